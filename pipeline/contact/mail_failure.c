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
check_domain(const struct mail_failure *f, const struct domain *d, struct err *err)
{
	for (size_t i = 0; i < sizeof(d->ours) / sizeof(d->ours[0]); i++)
		if (d->ours[i].n >= f->set->failure_provider)
			return err_set(err, EX_TEMPFAIL, "held: one provider refuses "
			    "%" PRId64 " letters, by our sending (%s)",
			    d->ours[i].n, d->ours[i].reason);
	if (f->before > 0 && d->unknown >= f->set->failure_host &&
	    at_least(d->unknown, d->letters, f->set->failure_host_share))
		return err_set(err, EX_TEMPFAIL, "held: one provider knows none of its "
		    "users any more (%" PRId64 " of %" PRId64 ")", d->unknown,
		    d->letters);
	return 0;
}

int
mail_failure_check(const struct mail_failure *f, struct err *err)
{
	const struct settings *set = f->set;

	if (f->ours >= set->failure_ours &&
	    over(f->ours, f->letters, set->failure_ours_share))
		return err_set(err, EX_TEMPFAIL, "held: %" PRId64 " of %" PRId64
		    " letters are refused by our sending, not by their addresses "
		    "(%s)", f->ours, f->letters, f->reason);
	for (size_t i = 0; i < DOMAINS - 1; i++)
		if (f->domain[i].name != NULL &&
		    check_domain(f, &f->domain[i], err) != 0)
			return -1;
	if (f->hard < set->failure_hard)
		return 0;
	if (f->before > 0 ? f->hard * f->before >
	    set->failure_growth * f->before_hard * f->letters : over(f->hard, f->letters, set->failure_hard_share))
		return err_set(err, EX_TEMPFAIL, "held: %" PRId64 " of %" PRId64
		    " addresses are dead, more than is to be believed", f->hard,
		    f->letters);
	return 0;
}
