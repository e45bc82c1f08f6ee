#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "pipeline/base/mem.h"

#include "pipeline/contact/mail_failure.h"

enum { REASON = 24, DOMAINS = 8192 };

struct domain {
	char *name;
	int64_t letters, unknown;
	struct tally { char reason[REASON]; int64_t n; } ours[4];
};

struct mail_failure {
	const struct settings *set;
	int64_t before, before_hard;
	int64_t letters, hard, ours;
	char reason[REASON];		/* the last of fault S */
	struct domain *domain;		/* open addressing */
	size_t n;
};

struct mail_failure *
mail_failure_new(const struct settings *set, int64_t before, int64_t before_hard)
{
	struct mail_failure *f = mem_alloc(sizeof(*f));

	f->set = set;
	f->before = before;
	f->before_hard = before_hard;
	f->domain = mem_array(DOMAINS, sizeof(*f->domain));
	return f;
}

void
mail_failure_free(struct mail_failure *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < DOMAINS; i++)
		free(f->domain[i].name);
	free(f->domain);
	free(f);
}

/* The domain of an address; those that find no room share the last place,
 * which nobody looks at. */
static struct domain *
domain_of(struct mail_failure *f, const char *address)
{
	const char *at = strrchr(address, '@'), *name = at != NULL ? at + 1 : address;
	uint32_t h = 2166136261u;
	size_t i;

	for (const char *s = name; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	for (i = h % (DOMAINS - 1); f->domain[i].name != NULL;
	    i = (i + 1) % (DOMAINS - 1))
		if (strcmp(f->domain[i].name, name) == 0)
			return &f->domain[i];
	if (f->n >= DOMAINS / 2)
		return &f->domain[DOMAINS - 1];
	f->n++;
	f->domain[i].name = mem_str(name);
	return &f->domain[i];
}

static void
put_reason(char out[static REASON], const char *reason)
{
	size_t n = strlen(reason);

	n = n < REASON ? n : REASON - 1;
	memcpy(out, reason, n);
	out[n] = '\0';
}

void
mail_failure_letter(struct mail_failure *f, const char *address)
{
	f->letters++;
	domain_of(f, address)->letters++;
}

void
mail_failure_failed(struct mail_failure *f, const char *address,
    const char *reason, char fault, int hard)
{
	struct domain *d = domain_of(f, address);

	f->hard += hard != 0;
	d->unknown += strcmp(reason, "userunknown") == 0;
	if (fault != 'S')
		return;
	f->ours++;
	put_reason(f->reason, reason);
	for (size_t i = 0; i < sizeof(d->ours) / sizeof(d->ours[0]); i++) {
		if (d->ours[i].n == 0)
			put_reason(d->ours[i].reason, reason);
		if (strncmp(d->ours[i].reason, reason, REASON - 1) == 0) {
			d->ours[i].n++;
			return;
		}
	}
}

/* ${n} of ${all} against a share: exact for whole per cent, as those who set it
 * count. */
static int
over(int64_t n, int64_t all, double share)
{
	return (double)n > (double)all * share + 1e-9;
}

static int
at_least(int64_t n, int64_t all, double share)
{
	return (double)n + 1e-9 >= (double)all * share;
}

static int
is_skipped(const char *skip, const char *what)
{
	char word[16] = " ";
	size_t n = strlen(what);

	memcpy(word + 1, what, n);
	word[n + 1] = ' ';
	word[n + 2] = '\0';
	return strstr(skip, word) != NULL;
}

static int
check_ours(const struct mail_failure *f, struct err *err)
{
	const struct settings *set = f->set;

	if (set->failure_ours > 0 && f->ours >= set->failure_ours &&
	    over(f->ours, f->letters, set->failure_ours_share))
		return err_set(err, EX_TEMPFAIL, "held: %" PRId64 " of %" PRId64
		    " letters are refused by our sending, not by their addresses "
		    "(%s)", f->ours, f->letters, f->reason);
	return 0;
}

static int
check_provider(const struct mail_failure *f, struct err *err)
{
	for (size_t i = 0; f->set->failure_provider > 0 && i < DOMAINS - 1; i++)
		for (size_t k = 0; f->domain[i].name != NULL &&
		    k < sizeof(f->domain[i].ours) / sizeof(f->domain[i].ours[0]); k++)
			if (f->domain[i].ours[k].n >= f->set->failure_provider)
				return err_set(err, EX_TEMPFAIL, "held: one provider "
				    "refuses %" PRId64 " letters, by our sending (%s)",
				    f->domain[i].ours[k].n,
				    f->domain[i].ours[k].reason);
	return 0;
}

static int
check_host(const struct mail_failure *f, struct err *err)
{
	const struct settings *set = f->set;

	for (size_t i = 0; set->failure_host > 0 && f->before > 0 && i < DOMAINS - 1;
	    i++) {
		const struct domain *d = &f->domain[i];

		if (d->name != NULL && d->unknown >= set->failure_host &&
		    at_least(d->unknown, d->letters, set->failure_host_share))
			return err_set(err, EX_TEMPFAIL, "held: one provider knows "
			    "none of its users any more (%" PRId64 " of %" PRId64 ")",
			    d->unknown, d->letters);
	}
	return 0;
}

static int
check_hard(const struct mail_failure *f, struct err *err)
{
	const struct settings *set = f->set;

	if (set->failure_hard == 0 || f->hard < set->failure_hard)
		return 0;
	if (f->before > 0 ? f->hard * f->before >
	    set->failure_growth * f->before_hard * f->letters :
	    over(f->hard, f->letters, set->failure_hard_share))
		return err_set(err, EX_TEMPFAIL, "held: %" PRId64 " of %" PRId64
		    " addresses are dead, more than is to be believed", f->hard,
		    f->letters);
	return 0;
}

int
mail_failure_find(const struct mail_failure *f, const char *skip,
    const char **what, struct err *err)
{
	static const struct {
		const char *what;
		int (*check)(const struct mail_failure *, struct err *);
	} checks[] = { { "ours", check_ours }, { "provider", check_provider },
		{ "host", check_host }, { "hard", check_hard } };

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		*what = checks[i].what;
		if (!is_skipped(skip, *what) && checks[i].check(f, err) != 0)
			return -1;
	}
	return 0;
}

int
mail_failure_check(const struct mail_failure *f, struct err *err)
{
	const char *what;

	return mail_failure_find(f, "", &what, err);
}
