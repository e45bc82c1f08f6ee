#include <stdio.h>
#include <string.h>

#include "pipeline/base/date.h"

#include "pipeline/contact/arrival.h"

enum { HEAD_MAX = 65536 };

struct text {
	const char *s, *end;
};

static int
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip(struct text *t)
{
	while (t->s < t->end && is_blank(*t->s))
		t->s++;
}

/* A number of ${min} to ${max} digits; -1. */
static int
number(struct text *t, int min, int max)
{
	int n = 0, digits = 0;

	while (digits < max && t->s < t->end && *t->s >= '0' && *t->s <= '9') {
		n = 10 * n + (*t->s++ - '0');
		digits++;
	}
	return digits >= min ? n : -1;
}

static int
sign(struct text *t, char c)
{
	if (t->s == t->end || *t->s != c)
		return 0;
	t->s++;
	return 1;
}

static int
month(struct text *t)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	if (t->end - t->s < 3)
		return -1;
	for (int m = 0; m < 12; m++) {
		int k = 0;

		while (k < 3 && (t->s[k] | 32) == names[3 * m + k])
			k++;
		if (k == 3) {
			t->s += 3;
			return m + 1;
		}
	}
	return -1;
}

/* Seconds east of UTC. */
static int
zone(struct text *t, int *east)
{
	int minus, hours, minutes;

	if (t->s < t->end && ((*t->s | 32) == 'g' || (*t->s | 32) == 'u' ||
	    (*t->s | 32) == 'z')) {
		*east = 0;
		return 0;
	}
	minus = sign(t, '-');
	if (!minus && !sign(t, '+'))
		return -1;
	hours = number(t, 2, 2);
	minutes = number(t, 2, 2);
	if (hours < 0 || minutes < 0 || hours > 23 || minutes > 59)
		return -1;
	*east = (minus ? -60 : 60) * (60 * hours + minutes);
	return 0;
}

int
arrival_date(const char *s, size_t len, int64_t *moment)
{
	struct text t = { s, s + len };
	const char *comma = memchr(s, ',', len < 16 ? len : 16);
	int day, mon, year, hour, min, sec = 0, east = 0;
	char iso[40];
	int32_t date;

	if (comma != NULL)
		t.s = comma + 1;
	skip(&t);
	day = number(&t, 1, 2);
	skip(&t);
	mon = month(&t);
	skip(&t);
	year = number(&t, 4, 4);
	skip(&t);
	hour = number(&t, 2, 2);
	if (!sign(&t, ':'))
		return -1;
	min = number(&t, 2, 2);
	if (sign(&t, ':'))
		sec = number(&t, 2, 2);
	skip(&t);
	if (day < 1 || mon < 1 || year < 1000 || hour < 0 || hour > 23 || min < 0 ||
	    min > 59 || sec < 0 || sec > 60 || zone(&t, &east) != 0)
		return -1;
	snprintf(iso, sizeof(iso), "%04d-%02d-%02d", year, mon, day);
	if (date_parse(iso, strlen(iso), &date) != 0)
		return -1;
	*moment = (int64_t)date * 86400 + hour * 3600 + min * 60 + sec - east;
	return 0;
}

/* Behind the last semicolon of a field's value. */
static int
of_field(const char *s, size_t len, int64_t *moment)
{
	for (size_t i = len; i > 0; i--)
		if (s[i - 1] == ';')
			return arrival_date(s + i, len - i, moment);
	return -1;
}

static int
is_received(const char *s, size_t len)
{
	static const char name[] = "received:";

	if (len < sizeof(name) - 1)
		return 0;
	for (size_t i = 0; i + 1 < sizeof(name) - 1; i++)
		if ((s[i] | 32) != name[i])
			return 0;
	return s[sizeof(name) - 2] == ':';
}

int64_t
arrival_of(const char *mail, size_t len)
{
	size_t at = 0, max = len < HEAD_MAX ? len : HEAD_MAX;
	int64_t moment;

	while (at < max && mail[at] != '\n' && mail[at] != '\r') {
		size_t end = at;

		do {	/* the field with its folded lines */
			const char *nl = memchr(mail + end, '\n', max - end);

			end = nl != NULL ? (size_t)(nl - mail) + 1 : max;
		} while (end < max && (mail[end] == ' ' || mail[end] == '\t'));
		if (is_received(mail + at, end - at))
			return of_field(mail + at, end - at, &moment) == 0 ? moment :
			    MOMENT_NONE;
		at = end;
	}
	return MOMENT_NONE;
}
