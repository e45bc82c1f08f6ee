#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/register/gates.h"

/* Rounding must not decide: 10 of 100 are not more than 10 %. */
static const double grain = 1e-9;

/* What has been found so far. */
struct gates {
	const struct settings *set;
	const struct census *before, *now;
	struct buf *say;
	int64_t worst;		/* units that what stands in say concerns */
	int n;
};

/* Does it count, and is it the worst?  1: write it to an empty say. */
static int
trip(struct gates *g, int64_t units)
{
	g->n++;
	if (units <= g->worst)
		return 0;
	g->worst = units;
	buf_clear(g->say);
	return 1;
}

static void
number(struct gates *g, const char *what, int64_t before, int64_t now,
    double limit, const char *key)
{
	int64_t units = llabs(now - before);

	if (units == 0 || units < g->set->min_change ||
	    (double)units <= limit * (double)before + grain || !trip(g, units))
		return;
	buf_printf(g->say, "%s: %" PRId64 " units after %" PRId64 " (", what, now,
	    before);
	if (before == 0)
		buf_str(g->say, "new");
	else
		buf_printf(g->say, "%+.1f %%", 100.0 * (double)(now - before) /
		    (double)before);
	buf_printf(g->say, ", more than the %g %% of register.%s)", 100.0 * limit, key);
}

static void
counties(struct gates *g)
{
	char what[32];

	for (int i = 0; i < CENSUS_COUNTIES; i++) {
		if (i == PACK_NO_COUNTY)
			snprintf(what, sizeof(what), "no county");
		else
			snprintf(what, sizeof(what), "county %02d", i);
		number(g, what, g->before->county[i], g->now->county[i],
		    g->set->max_county_change, "max_county_change");
	}
}

static void
form(struct gates *g, uint64_t letters)
{
	char name[PACK_FORM + 1], what[32];

	snprintf(what, sizeof(what), "%s%s", letters != 0 ? "legal form " :
	    "no legal form", census_form_name(letters, name));
	number(g, what, census_form(g->before, letters), census_form(g->now, letters),
	    g->set->max_form_change, "max_form_change");
}

static void
forms(struct gates *g)
{
	for (size_t i = 0; i < CENSUS_SLOTS; i++)
		if (g->before->form[i].units > 0)
			form(g, g->before->form[i].letters);
	for (size_t i = 0; i < CENSUS_SLOTS; i++)
		if (g->now->form[i].units > 0 &&
		    census_form(g->before, g->now->form[i].letters) == 0)
			form(g, g->now->form[i].letters);
}

static void
fields(struct gates *g)
{
	for (size_t i = 0; i < unit_fields_n; i++) {
		int64_t had = g->before->field[i];
		double share = (double)had / (double)g->before->units;

		if (g->now->field[i] > 0 || had == 0 || had < g->set->min_change ||
		    share <= g->set->max_field_gone + grain || !trip(g, had))
			continue;
		buf_printf(g->say, "field %s: no unit has it, after %" PRId64
		    " (%.1f %% of them, more than the %g %% of register.max_field_gone)",
		    unit_fields[i].path != NULL ? unit_fields[i].path :
		    unit_fields[i].name, had, 100.0 * share,
		    100.0 * g->set->max_field_gone);
	}
}

static int64_t
with_email(const struct census *t)
{
	for (size_t i = 0; i < unit_fields_n; i++)
		if (unit_fields[i].offset == offsetof(struct unit, email))
			return t->field[i];
	return 0;
}

/* As many units as are more, or fewer, than would be of today's with
 * yesterday's share. */
static void
email(struct gates *g)
{
	double was = (double)with_email(g->before) / (double)g->before->units;
	double is = (double)with_email(g->now) / (double)g->now->units;
	double gap = is > was ? is - was : was - is;
	int64_t units = (int64_t)(gap * (double)g->now->units + 0.5);

	if (units == 0 || units < g->set->min_change ||
	    gap <= g->set->max_email_change * was + grain || !trip(g, units))
		return;
	buf_printf(g->say, "e-mail addresses: %.1f %% of the units have one, after "
	    "%.1f %% (", 100.0 * is, 100.0 * was);
	if (with_email(g->before) == 0)
		buf_str(g->say, "new");
	else
		buf_printf(g->say, "%+.1f %%", 100.0 * (is - was) / was);
	buf_printf(g->say, ", more than the %g %% of register.max_email_change)",
	    100.0 * g->set->max_email_change);
}

int
gates_judge(const struct settings *set, const struct census *before,
    const struct census *now, int64_t duplicates, struct buf *say)
{
	struct gates g = { .set = set, .before = before, .now = now, .say = say };

	buf_clear(say);
	if (before != NULL && before->units > 0 && now->units > 0) {
		fields(&g);
		email(&g);
		counties(&g);
		forms(&g);
	}
	if (duplicates > set->max_duplicates && trip(&g, duplicates))
		buf_printf(say, "%" PRId64 " numbers came before in the same file, more "
		    "than the %" PRId64 " of register.max_duplicates", duplicates,
		    set->max_duplicates);
	if (g.n > 1)
		buf_printf(say, ", and %d more", g.n - 1);
	return g.n;
}
