#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/num.h"

#include "config/study_private.h"
#include "config/value.h"

enum { TEXT_MAX = 4000, WORD_MAX = 200, WORDS_MAX = 2000, PRINTED_MAX = 250,
	STRATA_MAX = 5000 };

/* One value being taken: what the functions below have in common. */
struct taking {
	struct study_reading *r;
	const struct study_key *k;
	const char *name;	/* in the key, or "" */
	int line;
	int more;
};

static void __attribute__((format(printf, 2, 3)))
fault(const struct taking *t, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	study_fault(t->r->faults, t->line, "'%.*s%s' %s",
	    (int)strcspn(t->k->key, "*"), t->k->key, t->name, text);
}

static void *
member(const struct taking *t)
{
	return (char *)t->r->object + t->k->at;
}

void *
study_room(struct arena *a, void *array, size_t n, size_t size)
{
	void *bigger;

	if (n != 0 && (n < 4 || (n & (n - 1)) != 0))
		return array;
	bigger = arena_alloc(a, (n == 0 ? 4 : 2 * n) * size);
	if (n > 0)
		memcpy(bigger, array, n * size);
	return bigger;
}

/* Add a word to a list; for codes, one with the shape of a code. */
static void
add_word(const struct taking *t, struct study_word **list, size_t *n,
    const char *s, size_t len)
{
	struct arena *a = t->r->s->arena;
	char digits[6];
	const char *word;

	if (len > WORD_MAX) {
		fault(t, "holds a word of more than %d octets", WORD_MAX);
		return;
	}
	word = arena_strn(a, s, len);
	/* kept all the same: a list with one wrong code is not an empty list */
	if (t->k->kind == STUDY_CODES && study_code(word, digits) != 0)
		fault(t, "'%s' is no industry code: two to five digits, with or"
		    " without a dot after the second", word);
	if (*n == WORDS_MAX) {
		/* told for each: study_fault() keeps the first of them */
		fault(t, "holds more than %d", WORDS_MAX);
		return;
	}
	*list = study_room(a, *list, *n, sizeof(**list));
	(*list)[*n].text = word;
	(*list)[*n].line = t->line;
	++*n;
}

/* Words with commas, and for all but phrases blanks, between them. */
static void
add_words(const struct taking *t, struct study_word **list, size_t *n,
    const char *text, int phrases)
{
	const char *between = phrases ? "," : ", \t";

	for (const char *p = text; *p != '\0'; ) {
		size_t len = strcspn(p, between), cut;

		while (*p == ' ' || *p == '\t') {
			p++;
			len -= len > 0;
		}
		for (cut = len; cut > 0 && (p[cut - 1] == ' ' || p[cut - 1] == '\t'); )
			cut--;
		if (cut > 0)
			add_word(t, list, n, p, cut);
		p += len;
		p += *p == ',';
	}
}

/*
 * Text is gathered in a piece of the arena that doubles, so that a thousand
 * lines of one letter cost no more than they are long.  What goes on is always
 * what was taken last.
 */
static void
take_text(const struct taking *t, const char *text)
{
	struct study_reading *r = t->r;
	const char **at = member(t);
	size_t len = strlen(text), have, need;

	if (!t->more)
		r->text_len = r->text_size = 0;
	have = r->text_len;
	need = have + (have > 0) + len;
	if (need > TEXT_MAX) {
		fault(t, "is longer than %d octets", TEXT_MAX);
		return;
	}
	if (need >= r->text_size) {
		char *text_new = arena_alloc(r->s->arena, 2 * need + 1);

		if (have > 0)
			memcpy(text_new, r->text, have);
		r->text = text_new;
		r->text_size = 2 * need + 1;
	}
	if (have > 0)
		r->text[have++] = ' ';
	memcpy(r->text + have, text, len + 1);
	r->text_len = need;
	*at = r->text;
}

static int
name_ok(const char *s, int lower)
{
	size_t n = strlen(s);

	if (n == 0 || n > 41 || s[0] == '-' || s[0] == '_')
		return 0;
	for (; *s != '\0'; s++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') ||
		    *s == '_' || *s == '-' || (!lower && *s >= 'A' && *s <= 'Z')))
			return 0;
	return 1;
}

int
study_name_ok(const char *s)
{
	return name_ok(s, 0);
}

/* Text of one line that has a form. */
static void
take_formed(const struct taking *t, const char *text)
{
	const char **at = member(t), *why = NULL;

	if (t->k->kind == STUDY_NAME && !name_ok(text, 1))
		why = "is not 1 to 41 of a-z, 0-9, _ and -, a letter or digit first";
	else if (t->k->kind == STUDY_ADDRESS)
		why = value_address(text);
	else if (t->k->kind == STUDY_BOUNCE)
		why = value_bounce(text, '\0');
	else if (t->k->kind == STUDY_LINK && !value_url(text, "https http"))
		why = "is no URL that begins with https:// or http://";
	else if (t->k->kind == STUDY_LINK && strstr(text, "{token}") == NULL)
		why = "does not hold {token}";
	else if (strlen(text) > 1000)
		why = "is too long";
	if (why != NULL)
		fault(t, "%s", why);
	else
		*at = arena_str(t->r->s->arena, text);
}

static void
take_choice(const struct taking *t, const char *text)
{
	struct buf all = BUF(200);
	struct value_near near;
	char hint[128];

	for (const struct study_choice *c = t->k->choice; c->word != NULL; c++)
		if (strcmp(c->word, text) == 0) {
			memcpy(member(t), &c->value, sizeof(c->value));
			return;
		}
	value_near(&near, text);
	for (const struct study_choice *c = t->k->choice; c->word != NULL; c++) {
		value_near_offer(&near, c->word);
		buf_printf(&all, "%s%s", c == t->k->choice ? "" : ", ", c->word);
	}
	fault(t, "is not one of %s%s", buf_text(&all), value_near_hint(&near, hint));
	buf_free(&all);
}

/* "1-4", "5-", "-4", "3", "none"; a dash as printed is a hyphen too. */
static void
take_range(const struct taking *t, const char *text)
{
	int years = t->k->kind == STUDY_YEARS, *at = member(t);
	const int64_t least = years ? 1900 : 0, most = years ? 2999 : 10000000;
	const char *dash = strstr(text, "\xe2\x80\x93");
	size_t skip = dash != NULL ? 3 : 1;
	char low[16];
	int64_t min = -1, max = -1;
	size_t n;

	if (dash == NULL)
		dash = strchr(text, '-');
	if (strcmp(text, "none") == 0) {
		at[0] = at[1] = 0;
		return;
	}
	n = dash != NULL ? (size_t)(dash - text) : strlen(text);
	while (n > 0 && text[n - 1] == ' ')
		n--;
	if (n >= sizeof(low))
		goto bad;
	memcpy(low, text, n);
	low[n] = '\0';
	if (n > 0 && num_int(low, least, most, &min) != 0)
		goto bad;
	if (dash == NULL)
		max = min;
	else {
		dash += skip + strspn(dash + skip, " ");
		if (*dash != '\0' && num_int(dash, least, most, &max) != 0)
			goto bad;
	}
	if ((min == -1 && max == -1) || (max != -1 && min > max))
		goto bad;
	at[0] = (int)min;
	at[1] = (int)max;
	return;
bad:
	fault(t, years ? "is not a range of years such as 2023-, 2020-2023 or none" :
	    "is not a range such as 1-4, 5-, -4 or none");
}

/* "0.20", "0,20", "20 %", "12.5%": exact, as written. */
static void
take_share(const struct taking *t, const char *text)
{
	int64_t num = 0, den = 1, *at = member(t);
	int point = 0, digits = 0;
	const char *p = text;

	if (t->k->at == offsetof(struct study, active_num) &&
	    strcmp(t->k->section, "activity") == 0) {
		t->r->s->active_estimated = strcmp(text, "estimated") == 0;
		if (t->r->s->active_estimated)
			return;
	}
	for (; (*p >= '0' && *p <= '9') || *p == '.' || *p == ','; p++) {
		if (*p == '.' || *p == ',') {
			if (point++ || digits == 0)
				goto bad;
			continue;
		}
		if (++digits > 12)
			goto bad;
		num = num * 10 + (*p - '0');
		den *= point ? 10 : 1;
	}
	if (digits == 0 || p[-1] == '.' || p[-1] == ',')
		goto bad;
	p += strspn(p, " ");
	if (*p == '%') {
		den *= 100;
		p++;
	}
	if (*p != '\0')
		goto bad;
	if (num == 0 || num > den) {
		fault(t, "is not above 0 and at most 1 (100 %%)");
		return;
	}
	at[0] = num;
	at[1] = den;
	return;
bad:
	fault(t, "is not a share such as 0.20 or 20 %%");
}

static void
take_number(const struct taking *t, const char *text)
{
	int32_t day;
	int64_t v;

	if (t->k->kind == STUDY_COUNT) {
		if (num_int(text, 1, 10000000, &v) != 0)
			fault(t, "is not a whole number from 1 to 10000000");
		else
			memcpy(member(t), &v, sizeof(v));
	} else if (t->k->kind == STUDY_DAYS) {
		if (num_int(text, 0, 365, &v) != 0)
			fault(t, "is not a whole number from 0 to 365");
		else
			memcpy(member(t), &v, sizeof(v));
	} else if (date_parse(text, strlen(text), &day) == 0) {
		v = (int64_t)day * 86400 + 86399;
		if (t->k->kind == STUDY_DAY)
			memcpy(member(t), &day, sizeof(day));
		else
			memcpy(member(t), &v, sizeof(v));
	} else if (t->k->kind == STUDY_DAY)
		fault(t, "is not a day that exists, as YYYY-MM-DD");
	else if (moment_parse(text, &v) != 0)
		fault(t, "is not a day or moment, as YYYY-MM-DD or YYYY-MM-DD hh:mm");
	else
		memcpy(member(t), &v, sizeof(v));
}

static void
take_stratify(const struct taking *t, const char *text)
{
	struct study_word *word = NULL;
	size_t n = 0;

	add_words(t, &word, &n, text, 0);
	if (n == 0)
		fault(t, "has no value");
	for (size_t i = 0; i < n; i++)
		if (strcmp(word[i].text, "area") == 0)
			t->r->s->stratify_area = 1;
		else if (strcmp(word[i].text, "group") == 0)
			t->r->s->stratify_group = 1;
		else if (strcmp(word[i].text, "legal_form") == 0)
			t->r->s->stratify_form = 1;
		else if (strcmp(word[i].text, "size") == 0)
			t->r->s->stratify_size = 1;
		else if (strcmp(word[i].text, "activity") == 0)
			t->r->s->stratify_activity = 1;
		else
			fault(t, "'%s' is none of area, group, legal_form, size and"
			    " activity", word[i].text);
}

/* [sample] "allocate STRATUM = N", "spread STRATUM = S". */
static void
take_stratum(const struct taking *t, const char *text)
{
	struct study_stratum **array = member(t);
	size_t *n = (void *)((char *)t->r->object + t->k->n_at);
	int whole = strncmp(t->k->key, "allocate", 8) == 0;
	double v;

	for (size_t i = 0; i < *n; i++)
		if (strcmp((*array)[i].name, t->name) == 0) {
			fault(t, "again");
			return;
		}
	if (*n == STRATA_MAX)
		fault(t, "is more than the %d strata there may be", STRATA_MAX);
	else if (num_real(text, 0, whole ? 1e7 : 1e15, &v) != 0 ||
	    (whole && v > (double)(int64_t)v))
		fault(t, whole ? "is not a whole number from 0 to 10000000" :
		    "is not a number from 0");
	else {
		*array = study_room(t->r->s->arena, *array, *n, sizeof(**array));
		(*array)[(*n)++] = (struct study_stratum){ arena_str(t->r->s->arena,
		    t->name), v, t->line };
	}
}

/* ${name} is "FROM -> TO". */
static void
take_decision(const struct taking *t, const char *text)
{
	struct study *s = t->r->s;
	struct study_target *target;
	const char *arrow = strstr(t->name, "->"), *to;
	char *from, digits[6];
	size_t n;

	if (arrow == NULL) {
		fault(t, "is not FROM -> TO = yes or no");
		return;
	}
	for (n = (size_t)(arrow - t->name); n > 0 && t->name[n - 1] == ' '; )
		n--;
	from = arena_strn(s->arena, t->name, n);
	to = arrow + 2 + strspn(arrow + 2, " ");
	if (study_code(from, digits) != 0 || study_code(to, digits) != 0)
		fault(t, "is not FROM -> TO with two industry codes");
	else if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
		fault(t, "is neither yes nor no");
	else if (s->ntarget == WORDS_MAX)
		fault(t, "is more than the %d decisions there may be", WORDS_MAX);
	else {
		s->target = study_room(s->arena, s->target, s->ntarget,
		    sizeof(*s->target));
		target = &s->target[s->ntarget++];
		target->from = from;
		target->to = arena_str(s->arena, to);
		target->keep = strcmp(text, "yes") == 0;
		target->line = t->line;
	}
}

/* [table] "group NAME", "label NAME", "label_en NAME", in any order. */
static void
take_printed(const struct taking *t, const char *text)
{
	struct study_reading *r = t->r;
	struct study *s = r->s;
	struct study_merged *m;
	struct study_printed *p;
	const char **label;
	size_t i = 0;

	while (i < s->nmerged && strcmp(s->merged[i].name, t->name) != 0)
		i++;
	if (i == PRINTED_MAX) {
		fault(t, "is more than the %d rows there may be", PRINTED_MAX);
		return;
	}
	if (i == s->nmerged) {
		s->merged = study_room(s->arena, s->merged, i, sizeof(*s->merged));
		r->printed = study_room(s->arena, r->printed, i, sizeof(*r->printed));
		s->merged[i].name = arena_str(s->arena, t->name);
		s->nmerged++;
	}
	m = &s->merged[i];
	p = &r->printed[i];
	if (t->k->kind == STUDY_PRINTED) {
		if (!t->more && m->line != 0)
			fault(t, "again: it stands on line %d", m->line);
		else if (m->line == 0)
			m->line = t->line;
		add_words(t, &p->group.word, &p->group.n, text, 0);
		return;
	}
	label = t->k->kind == STUDY_PRINTED_NB ? &m->label.nb : &m->label.en;
	if (*label != NULL)
		fault(t, "again");
	else if (text[0] == '\0' || strlen(text) > WORD_MAX)
		fault(t, "is not a label of 1 to %d octets", WORD_MAX);
	else
		*label = arena_str(s->arena, text);
	if (p->label_line == 0)
		p->label_line = t->line;
}

/* [table NAME] "label VALUE", "label_en VALUE". */
static void
take_value(const struct taking *t, const char *text)
{
	struct arena *a = t->r->s->arena;
	struct study_table *table = t->r->object;
	const char **label;
	size_t i = 0;

	while (i < table->nvalue && strcmp(table->value[i].value, t->name) != 0)
		i++;
	if (i == PRINTED_MAX) {
		fault(t, "is more than the %d values there may be", PRINTED_MAX);
		return;
	}
	if (i == table->nvalue) {
		table->value = study_room(a, table->value, i, sizeof(*table->value));
		table->value[i].value = arena_str(a, t->name);
		table->nvalue++;
	}
	label = t->k->kind == STUDY_VALUE_NB ? &table->value[i].label.nb :
	    &table->value[i].label.en;
	if (*label != NULL)
		fault(t, "again");
	else if (strlen(text) > WORD_MAX)
		fault(t, "is not a label of 1 to %d octets", WORD_MAX);
	else
		*label = arena_str(a, text);
}

/* [mail] "reminder 2": something of the nth reminder. */
static void
take_nth(const struct taking *t, const char *text)
{
	const char **at;
	int64_t n;

	if (num_int(t->name, 2, STUDY_REMINDERS, &n) != 0) {
		fault(t, "is of no reminder: a number from 2 to %d is wanted",
		    STUDY_REMINDERS);
		return;
	}
	at = (const char **)(void *)((char *)t->r->object + t->k->at +
	    (size_t)n * sizeof(struct study_nth));
	if (*at != NULL)
		fault(t, "again");
	else if (strlen(text) > 1000)
		fault(t, "is too long");
	else
		*at = arena_str(t->r->s->arena, text);
}

/* May a value of this kind go on over lines; may it be empty to begin with? */
static int
goes_on(enum study_kind kind)
{
	return kind == STUDY_TEXT || kind == STUDY_CODES || kind == STUDY_WORDS ||
	    kind == STUDY_PHRASES || kind == STUDY_PRINTED;
}

void
study_take(struct study_reading *r, const struct study_key *k,
    const char *name, const char *text, int line, int more)
{
	struct taking t = { r, k, name, line, more };

	if (k->kind == STUDY_DECISION) {
		static const struct study_key bare = { .key = "*" };

		t.k = &bare;		/* named by what is written alone */
	}
	if (more && !goes_on(k->kind)) {
		fault(&t, "goes on over a line, which it may not");
		return;
	}
	if (text[0] == '\0' && !goes_on(k->kind)) {
		fault(&t, "has no value");
		return;
	}
	switch (k->kind) {
	case STUDY_TEXT:
		take_text(&t, text);
		break;
	case STUDY_NAME:
	case STUDY_ADDRESS:
	case STUDY_BOUNCE:
	case STUDY_FILE:
	case STUDY_LINK:
	case STUDY_COLUMN:
		take_formed(&t, text);
		break;
	case STUDY_CHOICE:
		take_choice(&t, text);
		break;
	case STUDY_CODES:
	case STUDY_WORDS:
	case STUDY_PHRASES:
		add_words(&t, member(&t), (void *)((char *)r->object + k->n_at), text,
		    k->kind == STUDY_PHRASES);
		break;
	case STUDY_EMPLOYEES:
	case STUDY_YEARS:
		take_range(&t, text);
		break;
	case STUDY_DAY:
	case STUDY_MOMENT:
	case STUDY_COUNT:
	case STUDY_DAYS:
		take_number(&t, text);
		break;
	case STUDY_NTH_TEXT:
	case STUDY_NTH_FILE:
		take_nth(&t, text);
		break;
	case STUDY_SHARE:
		take_share(&t, text);
		break;
	case STUDY_STRATIFY:
		take_stratify(&t, text);
		break;
	case STUDY_STRATUM:
		take_stratum(&t, text);
		break;
	case STUDY_DECISION:
		take_decision(&t, text);
		break;
	case STUDY_PRINTED:
	case STUDY_PRINTED_NB:
	case STUDY_PRINTED_EN:
		take_printed(&t, text);
		break;
	case STUDY_VALUE_NB:
	case STUDY_VALUE_EN:
		take_value(&t, text);
		break;
	}
}
