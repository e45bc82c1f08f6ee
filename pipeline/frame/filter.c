#include <string.h>

#include "pipeline/base/date.h"

#include "pipeline/frame/filter.h"

static const struct {
	const char *code, *nb, *en;
} words[FILTERS] = {
	[FILTER_FORM] = { "legal_form", "organisasjonsform", "legal form" },
	[FILTER_FORM_NOT] = { "legal_form_not", "organisasjonsform, unntatt",
	    "legal form, but not" },
	[FILTER_EMPLOYEES] = { "employees", "antall ansatte", "number of employees" },
	[FILTER_REGISTERED_BEFORE] = { "registered_before", "registrert før",
	    "registered before" },
	[FILTER_REGISTERED_AFTER] = { "registered_after", "registrert etter",
	    "registered after" },
	[FILTER_VAT] = { "vat", "i Merverdiavgiftsregisteret", "in the VAT register" },
	[FILTER_ACCOUNTS] = { "accounts", "år for siste innsendte regnskap",
	    "year of the last accounts" },
	[FILTER_SECTOR] = { "sector", "institusjonell sektor", "institutional sector" },
	[FILTER_SECTOR_NOT] = { "sector_not", "sektor, unntatt", "sector, but not" },
	[FILTER_LANGUAGE] = { "language", "målform", "language form" },
	[FILTER_ACTIVITY] = { "activity", "poeng for aktivitet, minst",
	    "points of activity, at least" },
};

static int
in_words(const struct study_word *word, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(word[i].text, s) == 0)
			return 1;
	return 0;
}

static int
in_range(const int range[2], int64_t low, int64_t high)
{
	return (range[0] < 0 || low >= range[0]) && (range[1] < 0 || high <= range[1]);
}

static int
employees_pass(const struct study *study, const struct filter_unit *u)
{
	const int range[2] = { study->employees_min, study->employees_max };

	if (u->employees >= 0)
		return in_range(range, u->employees, u->employees);
	return u->has_employees == 1 ? in_range(range, 1, 4) : in_range(range, 0, 0);
}

static int
passes(const struct study *s, enum filter f, const struct filter_unit *u)
{
	static const char *const language[] = { "", "Bokmål", "Nynorsk" };

	switch (f) {
	case FILTER_FORM:
		return in_words(s->form_in, s->nform_in, u->form);
	case FILTER_FORM_NOT:
		return !in_words(s->form_out, s->nform_out, u->form);
	case FILTER_EMPLOYEES:
		return employees_pass(s, u);
	case FILTER_REGISTERED_BEFORE:
		return u->registered != DATE_NONE && u->registered < s->registered_before;
	case FILTER_REGISTERED_AFTER:
		return u->registered != DATE_NONE && u->registered > s->registered_after;
	case FILTER_VAT:
		return (u->vat == 1) == (s->vat == STUDY_VAT_YES);
	case FILTER_ACCOUNTS:
		return in_range(s->accounts, u->accounts_year, u->accounts_year) &&
		    (u->accounts_year != 0 || s->accounts[1] == 0);
	case FILTER_SECTOR:
		return in_words(s->sector_in, s->nsector_in, u->sector);
	case FILTER_SECTOR_NOT:
		return !in_words(s->sector_out, s->nsector_out, u->sector);
	case FILTER_LANGUAGE:
		return strcmp(u->language, language[s->language]) == 0;
	case FILTER_ACTIVITY:
		return u->activity >= s->activity_min;
	case FILTERS:
		break;
	}
	return 1;
}

int
filter_set(const struct study *s, enum filter f)
{
	switch (f) {
	case FILTER_FORM:
		return s->nform_in > 0;
	case FILTER_FORM_NOT:
		return s->nform_out > 0;
	case FILTER_EMPLOYEES:
		return s->employees_min >= 0 || s->employees_max >= 0;
	case FILTER_REGISTERED_BEFORE:
		return s->registered_before != DATE_NONE;
	case FILTER_REGISTERED_AFTER:
		return s->registered_after != DATE_NONE;
	case FILTER_VAT:
		return s->vat != STUDY_VAT_ANY;
	case FILTER_ACCOUNTS:
		return s->accounts[0] >= 0 || s->accounts[1] >= 0;
	case FILTER_SECTOR:
		return s->nsector_in > 0;
	case FILTER_SECTOR_NOT:
		return s->nsector_out > 0;
	case FILTER_LANGUAGE:
		return s->language != STUDY_LANGUAGE_ANY;
	case FILTER_ACTIVITY:
		return s->activity_min > 0;
	case FILTERS:
		break;
	}
	return 0;
}

enum filter
filter_first(const struct study *study, const struct filter_unit *u)
{
	enum filter f;

	for (f = FILTER_FORM; f < FILTERS; f++)
		if (filter_set(study, f) && !passes(study, f, u))
			break;
	return f;
}

const char *
filter_code(enum filter f)
{
	return words[f].code;
}

const char *
filter_text(enum filter f, enum lang lang)
{
	return lang == LANG_EN ? words[f].en : words[f].nb;
}

static void
value_words(const struct study_word *word, size_t n, struct buf *b)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%s", i > 0 ? " " : "", word[i].text);
}

static void
value_range(int low, int high, struct buf *b)
{
	if (high == 0) {
		buf_str(b, "none");
		return;
	}
	if (low >= 0)
		buf_printf(b, "%d", low);
	if (low != high)
		buf_chr(b, '-');
	if (low != high && high >= 0)
		buf_printf(b, "%d", high);
}

void
filter_value(const struct study *s, enum filter f, struct buf *b)
{
	char day[11];

	switch (f) {
	case FILTER_FORM:
		value_words(s->form_in, s->nform_in, b);
		break;
	case FILTER_FORM_NOT:
		value_words(s->form_out, s->nform_out, b);
		break;
	case FILTER_EMPLOYEES:
		value_range(s->employees_min, s->employees_max, b);
		break;
	case FILTER_REGISTERED_BEFORE:
		buf_str(b, date_iso(s->registered_before, day));
		break;
	case FILTER_REGISTERED_AFTER:
		buf_str(b, date_iso(s->registered_after, day));
		break;
	case FILTER_VAT:
		buf_str(b, s->vat == STUDY_VAT_YES ? "yes" : "no");
		break;
	case FILTER_ACCOUNTS:
		value_range(s->accounts[0], s->accounts[1], b);
		break;
	case FILTER_SECTOR:
		value_words(s->sector_in, s->nsector_in, b);
		break;
	case FILTER_SECTOR_NOT:
		value_words(s->sector_out, s->nsector_out, b);
		break;
	case FILTER_LANGUAGE:
		buf_str(b, s->language == STUDY_LANGUAGE_NYNORSK ? "nynorsk" : "bokmål");
		break;
	case FILTER_ACTIVITY:
		buf_printf(b, "%lld", (long long)s->activity_min);
		break;
	case FILTERS:
		break;
	}
}
