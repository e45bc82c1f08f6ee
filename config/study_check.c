#include <string.h>

#include "config/study_private.h"
#include "config/value.h"

/*
 * What refers to what, once all of the file has been read.  Everything here is
 * bounded by the limits of study.c and study_value.c, so a loop in a loop will
 * do.
 */

int
study_code(const char *text, char out[static 6])
{
	size_t n = 0, i = 0;

	if (text[0] >= 'A' && text[0] <= 'V' && text[1] == '\0') {
		memcpy(out, text, 2);
		return 0;
	}
	for (; text[i] != '\0'; i++) {
		if (text[i] == '.' && i == 2 && text[3] != '\0')
			continue;
		if (text[i] < '0' || text[i] > '9' || n == 5)
			return -1;
		out[n++] = text[i];
	}
	out[n] = '\0';
	return n < 2 ? -1 : 0;
}

static void
no_such(struct study_reading *r, int line, const char *what, const char *name)
{
	const struct study *s = r->s;
	struct value_near near;
	char hint[128];

	value_near(&near, name);
	for (size_t i = 0; what[0] == 'g' && i < s->ngroup; i++)
		value_near_offer(&near, s->group[i].name);
	for (size_t i = 0; what[0] == 'a' && i < s->narea; i++)
		value_near_offer(&near, s->area[i].name);
	study_fault(r->faults, line, "there is no [%s %s]%s", what, name,
	    value_near_hint(&near, hint));
}

/* All codes of the study as digits, in the file's order. */
struct written {
	char digits[6];
	const struct study_word *word;
};

static struct written *
written_codes(const struct study *s, size_t *n)
{
	struct written *w;
	size_t all = 0;

	for (size_t i = 0; i < s->ngroup; i++)
		all += s->group[i].ncode;
	w = arena_alloc(s->arena, (all + 1) * sizeof(*w));
	*n = 0;
	for (size_t i = 0; i < s->ngroup; i++)
		for (size_t k = 0; k < s->group[i].ncode; k++) {
			w[*n].word = &s->group[i].code[k];
			if (study_code(w[*n].word->text, w[*n].digits) == 0)
				++*n;
		}
	return w;
}

static void
check_codes(struct study_reading *r)
{
	enum { MOST = 2000 };
	const struct study *s = r->s;
	struct written *w;
	size_t n;

	w = written_codes(s, &n);
	if (n > MOST) {
		study_fault(r->faults, w[MOST].word->line, "more than %d codes", MOST);
		return;
	}
	if (n > 0 && study_key_line(r, "study", "standard") == 0)
		study_fault(r->faults, r->section_line[0], "[study] has no 'standard',"
		    " which the codes are written in: SN2007 or SN2025");
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(w[i].digits, w[k].digits) == 0) {
				study_fault(r->faults, w[i].word->line, "code '%s' again: it"
				    " stands on line %d", w[i].word->text, w[k].word->line);
				break;
			}
	for (size_t i = 0; i < s->ntarget; i++) {
		const struct study_target *t = &s->target[i];
		char from[6], to[6], other[6], other_to[6];
		size_t k;

		if (study_code(t->from, from) != 0 || study_code(t->to, to) != 0)
			continue;	/* told when it was read */
		for (k = 0; k < n && strcmp(w[k].digits, from) != 0; k++)
			;
		if (k == n)
			study_fault(r->faults, t->line, "no group has the code '%s'",
			    t->from);
		for (k = 0; k < i; k++)
			if (study_code(s->target[k].from, other) == 0 &&
			    study_code(s->target[k].to, other_to) == 0 &&
			    strcmp(other, from) == 0 && strcmp(other_to, to) == 0) {
				study_fault(r->faults, t->line, "'%s -> %s' again: it stands"
				    " on line %d", t->from, t->to, s->target[k].line);
				break;
			}
	}
}

/* More points than there are would leave everybody out. */
static void
check_points(struct study_reading *r)
{
	static const char text[] = "a unit has at most %d points of activity";

	if (r->s->activity_min > STUDY_POINTS_MOST)
		study_fault(r->faults, study_key_line(r, "filter", "activity"), text,
		    STUDY_POINTS_MOST);
	if (r->s->active_points > STUDY_POINTS_MOST)
		study_fault(r->faults, study_key_line(r, "activity", "points"), text,
		    STUDY_POINTS_MOST);
}

static void
check_sections(struct study_reading *r)
{
	const struct study *s = r->s;

	check_points(r);

	if (r->section_line[0] == 0)
		study_fault(r->faults, 0, "there is no [study] section");
	if (s->ngroup == 0)
		study_fault(r->faults, 0, "there is no [group NAME] section");
	if (s->narea == 0)
		study_fault(r->faults, 0, "there is no [area NAME] section");
	for (size_t i = 0; i < s->nlist; i++)
		if (s->list[i].group != NULL &&
		    study_group_at(s, s->list[i].group) == s->ngroup)
			no_such(r, s->list[i].line, "group", s->list[i].group);
	for (size_t i = 0; i < s->ngroup; i++) {
		size_t k = 0;

		while (k < s->nlist && (s->list[k].group == NULL ||
		    strcmp(s->list[k].group, s->group[i].name) != 0))
			k++;
		if (k == s->nlist && s->group[i].ncode == 0)
			study_fault(r->faults, s->group[i].line, "[group %s] has neither"
			    " 'codes' nor a [list NAME] that fills it", s->group[i].name);
	}
	for (size_t i = 0; i < s->narea; i++)
		if (s->area[i].ncounty == 0 && s->area[i].nmunicipality == 0)
			study_fault(r->faults, s->area[i].line, "[area %s] has neither"
			    " 'county' nor 'municipality'", s->area[i].name);
}

static int
form_ok(const char *s)
{
	size_t n = strlen(s);

	for (; *s != '\0'; s++)
		if (!(*s >= 'A' && *s <= 'Z') && !(*s >= '0' && *s <= '9'))
			return 0;
	return n >= 1 && n <= 6;
}

static void
check_forms(struct study_reading *r, const char *key,
    const struct study_word *word, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!form_ok(word[i].text))
			study_fault(r->faults, word[i].line, "'%s' '%s' is no legal form's"
			    " code, such as AS or ENK", key, word[i].text);
}

static const char *
word_of_design(enum study_design design)
{
	static const char *const word[] = { "everyone", "random", "systematic", "pps",
		"bernoulli", "r-random", "tickets" };

	return word[design];
}

/* A key that would do nothing is a misunderstanding. */
static void
check_keys_of_design(struct study_reading *r)
{
	enum { R = 1 << STUDY_RANDOM, Y = 1 << STUDY_SYSTEMATIC, P = 1 << STUDY_PPS,
		B = 1 << STUDY_BERNOULLI, M = 1 << STUDY_R_RANDOM,
		T = 1 << STUDY_TICKETS, SIZED = R | Y | P | M | T };
	static const struct { const char *key; int designs; const char *with; } keys[] = {
		{ "size", SIZED, "design random, systematic, pps, r-random or tickets" },
		{ "stratify", SIZED, "design random, systematic, pps, r-random or tickets" },
		{ "allocation", SIZED, "design random, systematic, pps, r-random or tickets" },
		{ "allocate *", SIZED, "design random, systematic, pps, r-random or tickets" },
		{ "spread *", SIZED, "design random, systematic, pps, r-random or tickets" },
		{ "power", SIZED, "allocation power" },
		{ "minimum", SIZED, "design random, systematic, pps, r-random or tickets" },
		{ "maximum", SIZED, "design random, systematic, pps, r-random or tickets" },
		{ "take_all", SIZED, "design random, systematic, pps, r-random or tickets" },
		{ "size_variable", P, "design pps" },
		{ "pps", P, "design pps" },
		{ "sort", Y | P, "design systematic" },
		{ "reserves", R | P | M | T, "design random, pps, r-random or tickets" },
		{ "seed", M | T, "design r-random or tickets" },
		{ "share", B, "design bernoulli" },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int line = study_key_line(r, "sample", keys[i].key);

		if (line != 0 && (keys[i].designs & (1 << r->s->design)) == 0)
			study_fault(r->faults, line, "'%.*s' goes with %s",
			    (int)strcspn(keys[i].key, " "), keys[i].key, keys[i].with);
	}
}

static void
check_sort(struct study_reading *r)
{
	static const char *const by[] = { "area", "group", "legal_form", "size",
		"activity", "municipality" };

	for (size_t i = 0; i < r->s->nsort; i++) {
		size_t k = 0;

		while (k < 6 && strcmp(by[k], r->s->sort[i].text) != 0)
			k++;
		if (k == 6)
			study_fault(r->faults, r->s->sort[i].line, "'sort': '%s' is none of"
			    " area, group, legal_form, size, activity and municipality",
			    r->s->sort[i].text);
	}
}

static void
check_design(struct study_reading *r)
{
	const struct study *s = r->s;
	int design = study_key_line(r, "sample", "design");
	int sized = s->design != STUDY_EVERYONE && s->design != STUDY_BERNOULLI;
	int size = study_key_line(r, "sample", "size");
	int before = study_key_line(r, "filter", "registered_before");

	check_forms(r, "legal_form", s->form_in, s->nform_in);
	check_forms(r, "legal_form_not", s->form_out, s->nform_out);
	if (before != 0 && study_key_line(r, "filter", "registered_after") != 0 &&
	    s->registered_before <= s->registered_after)
		study_fault(r->faults, before, "no day is before 'registered_before' and"
		    " after 'registered_after'");
	check_keys_of_design(r);
	if (sized && size == 0 && s->allocation != STUDY_FIXED)
		study_fault(r->faults, design, "design %s needs a 'size'",
		    word_of_design(s->design));
	if (s->design == STUDY_PPS && s->size_variable == STUDY_SIZE_NONE)
		study_fault(r->faults, design, "design pps needs a 'size_variable'");
	if (s->design == STUDY_BERNOULLI && s->share_num == 0)
		study_fault(r->faults, design, "design bernoulli needs a 'share'");
	if ((s->design == STUDY_R_RANDOM || s->design == STUDY_TICKETS) && s->seed == 0)
		study_fault(r->faults, design, "design %s needs a 'seed'",
		    word_of_design(s->design));
	if (s->design == STUDY_PPS && s->nsort > 0 && s->pps != STUDY_PPS_SYSTEMATIC)
		study_fault(r->faults, study_key_line(r, "sample", "sort"),
		    "'sort' goes with design or pps systematic");
	if (s->design == STUDY_PPS && s->pps >= STUDY_PPS_SYSTEMATIC && s->reserves > 0)
		study_fault(r->faults, study_key_line(r, "sample", "reserves"),
		    "'reserves' do not go with this pps: there is no next unit");
	if (s->maximum > 0 && s->maximum < s->minimum)
		study_fault(r->faults, study_key_line(r, "sample", "maximum"),
		    "'maximum' is under 'minimum'");
	if ((s->allocation == STUDY_NEYMAN || s->allocation == STUDY_POWER) &&
	    s->nspread == 0)
		study_fault(r->faults, study_key_line(r, "sample", "allocation"),
		    "this allocation needs a 'spread STRATUM' for every stratum");
	if (s->allocation == STUDY_FIXED && s->nallocate == 0)
		study_fault(r->faults, study_key_line(r, "sample", "allocation"),
		    "this allocation needs an 'allocate STRATUM' for every stratum");
	if (s->allocation == STUDY_FIXED && size != 0)
		study_fault(r->faults, size, "'size' does not go with a fixed"
		    " allocation, which sums to it");
	check_sort(r);
}

static void
check_answers(struct study_reading *r)
{
	const struct study_answers *a = &r->s->answers;
	const struct study_word *const list[] = { a->complete, a->partial,
		a->refused, a->screened };
	const size_t n[] = { a->ncomplete, a->npartial, a->nrefused, a->nscreened };
	size_t section = 0, words = n[0] + n[1] + n[2] + n[3];
	int status = study_key_line(r, "answers", "status");

	while (strcmp(study_sections[section].word, "answers") != 0)
		section++;
	if (r->section_line[section] == 0)
		return;
	if (a->col_token == NULL && a->col_email == NULL && a->col_orgnr == NULL)
		study_fault(r->faults, r->section_line[section], "[answers] has none of"
		    " 'token', 'email' and 'orgnr' to know a unit by");
	if (status != 0 && n[0] == 0)
		study_fault(r->faults, status, "'status' needs the words for 'complete'");
	if (status == 0 && words > 0)
		study_fault(r->faults, r->section_line[section], "[answers] has words for"
		    " a status, and no column 'status'");
	if (words > 2000) {
		study_fault(r->faults, status, "'status' has more than 2000 words");
		return;
	}
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < n[i]; k++)
			for (size_t j = 0; j <= i; j++)
				for (size_t l = 0; l < (j < i ? n[j] : k); l++)
					if (strcmp(list[i][k].text, list[j][l].text) == 0)
						study_fault(r->faults, list[i][k].line, "status '%s'"
						    " again: it stands on line %d", list[i][k].text,
						    list[j][l].line);
}

/* An order of all areas; where none is written, the file's. */
static size_t *
area_order(struct study_reading *r, const char *key, const struct study_words *w)
{
	const struct study *s = r->s;
	size_t *order = arena_alloc(s->arena, (s->narea + 1) * sizeof(*order));
	int *line = arena_alloc(s->arena, (s->narea + 1) * sizeof(*line));
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		size_t a;

		a = study_area_at(s, w->word[i].text);
		if (a == s->narea)
			no_such(r, w->word[i].line, "area", w->word[i].text);
		else if (line[a] != 0)
			study_fault(r->faults, w->word[i].line, "'%s' names area '%s' twice",
			    key, w->word[i].text);
		else {
			line[a] = w->word[i].line;
			order[n++] = a;
		}
	}
	for (size_t a = 0; a < s->narea; a++)
		if (w->n == 0)
			order[n++] = a;
		else if (line[a] == 0)
			study_fault(r->faults, study_key_line(r, "table", key),
			    "'%s' leaves out area '%s'", key, s->area[a].name);
	return order;
}

/* In the order of their "group" lines; a label may have come first. */
static void
sort_printed(struct study_reading *r)
{
	struct study *s = r->s;

	for (size_t i = 1; i < s->nmerged; i++) {
		struct study_merged m = s->merged[i];
		struct study_printed p = r->printed[i];
		size_t j = i;

		for (; j > 0 && s->merged[j - 1].line > m.line; j--) {
			s->merged[j] = s->merged[j - 1];
			r->printed[j] = r->printed[j - 1];
		}
		s->merged[j] = m;
		r->printed[j] = p;
	}
}

static void
resolve_printed(struct study_reading *r, int *stands)
{
	struct study *s = r->s;

	for (size_t i = 0; i < s->nmerged; i++) {
		struct study_merged *m = &s->merged[i];
		const struct study_words *w = &r->printed[i].group;

		if (m->label.nb == NULL)
			m->label.nb = m->name;
		if (m->label.en == NULL)
			m->label.en = m->label.nb;
		if (m->line == 0) {
			study_fault(r->faults, r->printed[i].label_line,
			    "a label for '%s', and no 'group %s'", m->name, m->name);
			continue;
		}
		if (w->n == 0)
			study_fault(r->faults, m->line, "'group %s' has no value", m->name);
		m->group = arena_alloc(s->arena, (w->n + 1) * sizeof(*m->group));
		for (size_t k = 0; k < w->n; k++) {
			size_t g;

			g = study_group_at(s, w->word[k].text);
			if (g == s->ngroup)
				no_such(r, w->word[k].line, "group", w->word[k].text);
			else if (stands[g] != 0)
				study_fault(r->faults, w->word[k].line, "group '%s' is printed"
				    " twice: it stands on line %d", w->word[k].text, stands[g]);
			else {
				stands[g] = w->word[k].line;
				m->group[m->ngroup++] = g;
			}
		}
	}
}

static void
check_table(struct study_reading *r)
{
	struct study *s = r->s;
	int *stands = arena_alloc(s->arena, (s->ngroup + 1) * sizeof(*stands));

	s->net_area = area_order(r, "net areas", &r->net);
	s->rates_area = area_order(r, "rates areas", &r->rates);
	if (s->nmerged == 0) {
		s->merged = arena_alloc(s->arena, (s->ngroup + 1) * sizeof(*s->merged));
		s->nmerged = s->ngroup;
		for (size_t g = 0; g < s->ngroup; g++) {
			struct study_merged *m = &s->merged[g];

			m->name = s->group[g].name;
			m->label = s->group[g].label;
			m->line = s->group[g].line;
			m->ngroup = 1;
			m->group = arena_alloc(s->arena, sizeof(*m->group));
			m->group[0] = g;
		}
		return;
	}
	sort_printed(r);
	resolve_printed(r, stands);
	for (size_t g = 0; g < s->ngroup; g++)
		if (stands[g] == 0)
			study_fault(r->faults, s->group[g].line, "[table] prints groups, and"
			    " not group '%s'", s->group[g].name);
}

/* The tables that there are anyway keep their names. */
static void
check_tables(struct study_reading *r)
{
	static const char *const taken[] = { "net", "rates", "funnel", "codes",
		"returns", "missing", "cross", "aapor" };
	struct study *s = r->s;

	s->small = r->small;
	for (size_t i = 0; i < s->ntable; i++)
		if (s->table[i].small < 0)
			s->table[i].small = s->small;
	for (size_t i = 0; i < s->ntable; i++)
		for (size_t k = 0; k < sizeof(taken) / sizeof(taken[0]); k++)
			if (strcmp(s->table[i].name, taken[k]) == 0)
				study_fault(r->faults, s->table[i].line, "[table %s]: there"
				    " is a table of that name already", taken[k]);
}

/* Letters that would never be sent, or not as meant. */
static void
check_mail(struct study_reading *r)
{
	const struct study *s = r->s;

	if (s->reminders > STUDY_REMINDERS)
		study_fault(r->faults, study_key_line(r, "mail", "reminders"),
		    "'reminders' is over %d", STUDY_REMINDERS);
	if (s->invite_html != NULL && s->invite == NULL)
		study_fault(r->faults, study_key_line(r, "mail", "invite_html"),
		    "'invite_html' needs the text 'invite' beside it");
	if (s->reminder_html != NULL && s->reminder == NULL)
		study_fault(r->faults, study_key_line(r, "mail", "reminder_html"),
		    "'reminder_html' needs the text 'reminder' beside it");
	for (int n = 2; n <= STUDY_REMINDERS; n++) {
		const struct study_nth *x = &s->nth[n];

		if (n > s->reminders && (x->subject != NULL || x->text != NULL ||
		    x->html != NULL))
			study_fault(r->faults, study_key_line(r, "mail", "reminders"),
			    "there is a text for reminder %d, and 'reminders' is %d", n,
			    (int)s->reminders);
		if (x->html != NULL && x->text == NULL)
			study_fault(r->faults, study_key_line(r, "mail",
			    "reminder_html *"), "'reminder_html %d' needs the text "
			    "'reminder %d' beside it", n, n);
	}
}

void
study_check(struct study_reading *r)
{
	struct study *s = r->s;

	if (s->title.nb == NULL)
		s->title.nb = s->name != NULL ? s->name : "";
	if (s->title.en == NULL)
		s->title.en = s->title.nb;
	check_sections(r);
	check_codes(r);
	check_design(r);
	check_answers(r);
	check_mail(r);
	check_table(r);
	check_tables(r);
}
