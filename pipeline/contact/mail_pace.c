#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"

#include "pipeline/contact/mail_pace.h"

enum { MINUTE = 60000, SLOTS = 4096 };

/*
 * Domains by hash, a slot for each: two that share one are slowed down
 * together, which is seldom and does no harm.
 */
struct mail_pace {
	int64_t all, domain;		/* milliseconds between two; 0: none */
	int64_t next;			/* when one may go */
	int64_t slot[SLOTS];		/* ... to a domain */
};

static int64_t
gap(int64_t per_minute)
{
	return per_minute > 0 ? (MINUTE + per_minute - 1) / per_minute : 0;
}

struct mail_pace *
mail_pace_new(int64_t all, int64_t domain)
{
	struct mail_pace *p = mem_alloc(sizeof(*p));

	p->all = gap(all);
	p->domain = gap(domain);
	return p;
}

void
mail_pace_free(struct mail_pace *p)
{
	free(p);
}

static int64_t *
slot_of(struct mail_pace *p, const char *address)
{
	const char *at = strrchr(address, '@');
	uint32_t h = 2166136261u;	/* FNV-1a */

	for (const char *s = at != NULL ? at + 1 : address; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		h = (h ^ (c >= 'A' && c <= 'Z' ? c | 0x20u : c)) * 16777619u;
	}
	return &p->slot[h % SLOTS];
}

int64_t
mail_pace_wait(struct mail_pace *p, const char *address, int64_t now)
{
	int64_t when = p->next, domain = *slot_of(p, address);

	if (domain > when)
		when = domain;
	return when > now ? when - now : 0;
}

void
mail_pace_goes(struct mail_pace *p, const char *address, int64_t now)
{
	if (p->all > 0)
		p->next = now + p->all;
	if (p->domain > 0)
		*slot_of(p, address) = now + p->domain;
}

/* The last Sunday of a month of 31 days, 01:00 UTC. */
static int64_t
turn(int year, int month)
{
	char iso[] = "0000-00-31";
	int32_t day = 0;

	iso[0] = (char)('0' + year / 1000 % 10);
	iso[1] = (char)('0' + year / 100 % 10);
	iso[2] = (char)('0' + year / 10 % 10);
	iso[3] = (char)('0' + year % 10);
	iso[5] = (char)('0' + month / 10);
	iso[6] = (char)('0' + month % 10);
	(void)date_parse(iso, 10, &day);
	/* 1970-01-01 was a Thursday: day % 7 is 3 on Sundays */
	return ((int64_t)day - (day + 4) % 7) * 86400 + 3600;
}

static int
minutes(const char *s)
{
	return ((s[0] - '0') * 10 + s[1] - '0') * 60 + (s[3] - '0') * 10 + s[4] - '0';
}

int
mail_window_open(const char *window, int64_t moment)
{
	int y, m, d, now;

	if (window == NULL || *window == '\0')
		return 1;
	date_civil(date_of(moment), &y, &m, &d);
	moment += moment >= turn(y, 3) && moment < turn(y, 10) ? 7200 : 3600;
	now = (int)(moment % 86400 / 60);
	return now >= minutes(window) && now < minutes(window + 6);
}
