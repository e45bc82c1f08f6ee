#include <math.h>
#include <stdlib.h>

#include "pipeline/base/mem.h"
#include "pipeline/tables/hide.h"

#include "pipeline/tables/rates_table.h"

static struct rates_line
area_line(const struct rates_table *in, const struct rates_area *a)
{
	return (struct rates_line){ a->sent, a->returned, 0, a->answered,
		in->active_num, in->active_den };
}

struct rates_line
rates_total(const struct rates_table *in)
{
	struct rates_line l = { 0, 0, in->not_located, 0, in->active_num,
		in->active_den };

	for (size_t i = 0; i < in->n; i++) {
		l.sent += in->area[i].sent;
		l.returned += in->area[i].returned;
		l.answered += in->area[i].answered;
	}
	return l;
}

/* A line for each area and last that of the whole; free(). */
static struct rates_study *
all_lines(const struct rates_table *in, struct err *err)
{
	struct rates_study *s = mem_array(in->n + 1, sizeof(*s));
	struct rates_line l;

	for (size_t i = 0; i <= in->n; i++) {
		l = i < in->n ? area_line(in, &in->area[i]) : rates_total(in);
		if (rates_study(&l, &s[i], err) != 0) {
			free(s);
			return NULL;
		}
	}
	return s;
}

/* Whose answers are not shown, the whole last; free(). */
static unsigned char *
hidden_of(const struct rates_table *in)
{
	int64_t *n = mem_array(in->n + 1, sizeof(*n));
	unsigned char *h = mem_array(in->n + 1, 1);

	for (size_t i = 0; i < in->n; i++)
		n[i] = in->area[i].answered;
	n[in->n] = rates_total(in).answered;
	hide_mark(n, 1, in->n + 1, in->small, h);
	free(n);
	return h;
}

static void
columns(struct table *t, const struct rates_table *in)
{
	struct buf key = BUF(BUF_ANY);

	table_column(t, "figure", "", TABLE_LEFT);
	for (size_t i = 0; i < in->n; i++) {
		buf_clear(&key);		/* an area may be named "total" */
		buf_printf(&key, "area_%s", in->area[i].key);
		table_column(t, buf_text(&key), in->area[i].label, TABLE_RIGHT);
	}
	buf_free(&key);
	table_column(t, words_key(WORD_TOTAL), words_text(WORD_TOTAL, t->lang),
	    TABLE_RIGHT);
}

static void
label(struct table *t, enum word w, const char *arg)
{
	struct buf b = BUF(BUF_ANY);

	table_row(t, TABLE_BODY, words_key(w));
	words_fill(&b, w, t->lang, &arg, 1);
	table_add_text(t, buf_text(&b));
	buf_free(&b);
}

static void
rows(struct table *t, const struct rates_table *in, const struct rates_study *s,
    const unsigned char *hidden, const char *share)
{
	int stated = in->active_num > 0;

	label(t, WORD_DELIVERED, NULL);
	for (size_t i = 0; i <= in->n; i++)
		table_add_count(t, s[i].delivered);
	label(t, WORD_ANSWERED, NULL);
	for (size_t i = 0; i <= in->n; i++)
		if (hidden[i])
			table_add_sign(t, ":");
		else
			table_add_count(t, i < in->n ? in->area[i].answered :
			    rates_total(in).answered);
	label(t, WORD_GROSS_RATE, NULL);
	for (size_t i = 0; i <= in->n; i++)
		if (hidden[i])
			table_add_sign(t, ":");
		else
			table_add_percent(t, s[i].gross_num, s[i].gross_den, 0);
	label(t, stated ? WORD_ACTIVE : WORD_ACTIVE_UNKNOWN, share);
	for (size_t i = 0; i <= in->n; i++)
		if (stated)
			table_add_ratio(t, s[i].active_num, s[i].active_den, 0);
		else
			table_add_sign(t, "..");
	label(t, WORD_NET_RATE, NULL);
	for (size_t i = 0; i <= in->n && !stated; i++)
		table_add_sign(t, "..");
	if (!stated)
		return;
	for (size_t i = 0; i <= in->n; i++)
		if (hidden[i])
			table_add_sign(t, ":");
		else
			table_add_percent(t, s[i].net_num, s[i].net_den, 0);
}

/* The smallest share that holds all that answered, rounded up to a tenth of a
 * per cent, so that what is printed is indeed enough. */
static const char *
least_share(struct table *t, int64_t answered, int64_t delivered)
{
	int64_t tenths = (answered * 1000 + delivered - 1) / delivered;

	return table_percent(t, tenths, 1000, tenths % 10 != 0);
}

static void
warnings(struct table *t, const struct rates_table *in,
    const struct rates_study *s, const unsigned char *hidden)
{
	for (size_t i = 0; i <= in->n; i++) {
		const char *name = i < in->n ? in->area[i].label :
		    words_text(WORD_TOTAL, t->lang);
		int64_t answered = i < in->n ? in->area[i].answered :
		    rates_total(in).answered;

		if (s[i].flags & RATES_NONE_DELIVERED)
			table_warning(t, WORD_WARN_NONE_DELIVERED, &name, 1);
		if ((s[i].flags & RATES_OVER_ACTIVE) && !hidden[i]) {
			const char *arg[] = { name, table_count(t, answered),
				table_real(t, s[i].active, 1),
				least_share(t, answered, s[i].delivered) };

			table_warning(t, WORD_WARN_OVER_ACTIVE, arg, 4);
		}
	}
}

/* "10 %: 81 %, 20 %: 41 %, ..." */
static void
sensitivity(struct table *t, const struct rates_study *whole)
{
	struct buf b = BUF(BUF_ANY);
	const char *arg;

	for (int64_t tenth = 1; tenth <= 10; tenth++)
		buf_printf(&b, "%s%s: %s", tenth > 1 ? ", " : "",
		    table_percent(t, tenth, 10, 0),
		    table_percent(t, whole->gross_num * 10,
		    whole->gross_den * tenth, 0));
	arg = buf_text(&b);
	table_note(t, WORD_NOTE_SENSITIVITY, &arg, 1);
	buf_free(&b);
}

/* A share that is known as a double only, as per cent with one decimal. */
static const char *
percent_of(struct table *t, double share)
{
	return isnan(share) ? "." :
	    table_percent(t, llround(share * 1e9), 1000000000, 1);
}

static void
about_total(struct table *t, const struct rates_table *in,
    const struct rates_study *whole)
{
	struct rates_line l = rates_total(in);
	struct buf b = BUF(BUF_ANY);
	const char *arg[2];

	if (whole->gross_den == 0)
		return;
	arg[0] = table_percent(t, whole->gross_num, whole->gross_den, 1);
	arg[1] = table_percent(t, l.answered, l.sent, 1);
	table_note(t, WORD_NOTE_RR1, arg, 2);
	if (!isnan(whole->gross_low)) {
		buf_printf(&b, "%s\xe2\x80\x93%s",
		    table_real(t, 100 * whole->gross_low, 1),
		    percent_of(t, whole->gross_high));
		arg[0] = buf_text(&b);
		table_note(t, WORD_NOTE_INTERVAL, arg, 1);
		buf_free(&b);
	}
	if (in->active_num > 0) {
		arg[0] = percent_of(t, whole->rr3_ne);
		arg[1] = table_real(t, whole->e, 3);
		table_note(t, WORD_NOTE_RR3, arg, 2);
	}
	sensitivity(t, whole);
}

/* What the register shows, whether the share is of it or not. */
static void
about_signs(struct table *t, const struct rates_table *in)
{
	const char *arg[4];

	arg[0] = table_count(t, in->signs);
	arg[1] = table_count(t, in->signs_of);
	arg[2] = table_percent(t, in->signs, in->signs_of, 1);
	arg[3] = table_count(t, in->points);
	table_note(t, WORD_NOTE_ACTIVITY_SIGNS, arg, 4);
}

static void
notes(struct table *t, const struct rates_table *in,
    const struct rates_study *s, const unsigned char *hidden, const char *share)
{
	const char *arg[2];

	warnings(t, in, s, hidden);
	arg[0] = table_count(t, in->not_located);
	table_note(t, WORD_DEF_DELIVERED, arg, 1);
	table_note(t, WORD_DEF_ANSWERED, NULL, 0);
	table_note(t, WORD_DEF_GROSS_RATE, NULL, 0);
	arg[0] = share;
	arg[1] = in->active_source;
	if (in->active_num == 0)
		table_note(t, WORD_NOTE_NO_SHARE, NULL, 0);
	else if (in->estimated)
		table_note(t, WORD_DEF_ACTIVE_ESTIMATED, arg, 2);
	else if (in->active_source != NULL && in->active_source[0] != '\0')
		table_note(t, WORD_DEF_ACTIVE_SOURCE, arg, 2);
	else
		table_note(t, WORD_DEF_ACTIVE, arg, 1);
	if (in->signs_of > 0)
		about_signs(t, in);
	if (in->active_num > 0)
		table_note(t, WORD_DEF_NET_RATE, NULL, 0);
	table_note(t, WORD_DEF_TOTAL, NULL, 0);
	if (!hidden[in->n])
		about_total(t, in, &s[in->n]);
	arg[0] = table_count(t, in->small);
	if (in->small > 1)
		table_note(t, WORD_DEF_SMALL, arg, 1);
	arg[0] = table_count(t, in->partial);
	if (in->partial > 0)
		table_note(t, WORD_NOTE_PARTIAL, arg, 1);
	arg[0] = table_count(t, in->late);
	if (in->late > 0)
		table_note(t, WORD_NOTE_LATE, arg, 1);
	arg[0] = table_count(t, in->our_fault);
	if (in->our_fault > 0)
		table_note(t, WORD_NOTE_OUR_FAULT, arg, 1);
	arg[0] = table_count(t, in->review);
	if (in->review > 0)
		table_note(t, WORD_NOTE_REVIEW, arg, 1);
	table_end(t, in->register_date);
}

int
rates_table(const struct rates_table *in, enum lang lang, struct table **ret,
    struct err *err)
{
	struct rates_study *s = all_lines(in, err);
	int64_t num = in->active_num, den = in->active_den;
	unsigned char *hidden;
	struct table *t;
	const char *share;

	*ret = NULL;
	if (s == NULL)
		return -1;
	rates_reduce(&num, &den);
	t = table_new("rates", lang);
	table_title(t, WORD_TITLE_RATES, in->study);
	columns(t, in);
	share = table_share(t, num, den);
	hidden = hidden_of(in);
	rows(t, in, s, hidden, share);
	notes(t, in, s, hidden, share);
	free(hidden);
	free(s);
	*ret = t;
	return 0;
}

/* Null where it would tell what is hidden. */
static void
shown_real(struct json *j, const char *key, double v, int hidden)
{
	json_kreal(j, key, hidden ? NAN : v);
}

static void
line_json(struct json *j, const struct rates_line *l, const struct rates_study *s,
    int hidden)
{
	json_kint(j, "sent", l->sent);
	json_kint(j, "returned", l->returned);
	json_kint(j, "not_located", l->not_located);
	json_kint(j, "delivered", s->delivered);
	if (hidden) {
		json_key(j, "answered");
		json_null(j);
	} else
		json_kint(j, "answered", l->answered);
	shown_real(j, "gross_rate", s->gross, hidden);
	shown_real(j, "gross_low", s->gross_low, hidden);
	shown_real(j, "gross_high", s->gross_high, hidden);
	json_kreal(j, "active", s->active);
	shown_real(j, "net_rate", s->net, hidden);
	shown_real(j, "rr1_returns_unknown", s->rr1_unknown, hidden);
	shown_real(j, "rr1_returns_ne", s->rr1_ne, hidden);
	shown_real(j, "rr3_returns_unknown", s->rr3_unknown, hidden);
	shown_real(j, "rr3_returns_ne", s->rr3_ne, hidden);
	shown_real(j, "e", s->e, hidden);
	json_kstr(j, "flags", rates_flags(hidden ? 0 : s->flags));
}

int
rates_table_json(const struct rates_table *in, struct json *j, struct err *err)
{
	struct rates_study *s = all_lines(in, err);
	unsigned char *hidden;
	struct rates_line l;

	if (s == NULL)
		return -1;
	hidden = hidden_of(in);
	json_key(j, "active_share");
	if (in->active_num > 0) {
		json_object(j);
		json_kint(j, "num", in->active_num);
		json_kint(j, "den", in->active_den);
		json_kreal(j, "value", (double)in->active_num /
		    (double)in->active_den);
		json_kstr(j, "source", in->active_source);
		json_end(j);
	} else
		json_null(j);
	if (in->signs_of > 0) {
		json_key(j, "register_estimate");
		json_object(j);
		json_kint(j, "points", in->points);
		json_kint(j, "signs", in->signs);
		json_kint(j, "of", in->signs_of);
		json_kreal(j, "value", (double)in->signs / (double)in->signs_of);
		json_kbool(j, "used", in->estimated);
		json_end(j);
	}
	json_key(j, "areas");
	json_array(j);
	for (size_t i = 0; i < in->n; i++) {
		json_object(j);
		json_kstr(j, "key", in->area[i].key);
		json_kstr(j, "label", in->area[i].label);
		l = area_line(in, &in->area[i]);
		line_json(j, &l, &s[i], hidden[i]);
		json_end(j);
	}
	json_end(j);
	json_key(j, "total");
	json_object(j);
	l = rates_total(in);
	line_json(j, &l, &s[in->n], hidden[in->n]);
	json_end(j);
	json_key(j, "sensitivity");
	json_array(j);
	for (int tenth = 1; tenth <= 10; tenth++) {
		json_object(j);
		json_kreal(j, "share", tenth / 10.0);
		shown_real(j, "net_rate", s[in->n].gross * 10 / tenth,
		    hidden[in->n]);
		json_end(j);
	}
	json_end(j);
	free(hidden);
	free(s);
	return 0;
}

/* A count that may be a sum of weights: no decimals where it has none. */
static const char *
plain_count(struct table *t, double v)
{
	return table_real(t, v, v == floor(v) ? 0 : 2);
}

struct table *
rates_aapor_table(const struct rates_in *in, const struct rates *r,
    enum interval_kind kind, enum lang lang)
{
	static const struct { enum word word; enum table_align align; } cols[] = {
		{ WORD_RATE, TABLE_LEFT }, { WORD_FORMULA, TABLE_LEFT },
		{ WORD_NUMERATOR, TABLE_RIGHT }, { WORD_DENOMINATOR, TABLE_RIGHT },
		{ WORD_SHARE, TABLE_RIGHT }, { WORD_FROM, TABLE_RIGHT },
		{ WORD_TO, TABLE_RIGHT } };
	struct table *t = table_new("aapor", lang);
	struct buf b = BUF(BUF_ANY);
	const char *arg[2];

	table_title(t, WORD_TITLE_AAPOR, NULL);
	for (size_t i = 0; i < sizeof(cols) / sizeof(cols[0]); i++)
		table_column(t, words_key(cols[i].word),
		    words_text(cols[i].word, lang), cols[i].align);
	for (int i = 0; i < RATES_RATES; i++) {
		enum rates_rate k = (enum rates_rate)i;
		double low, high;

		table_row(t, TABLE_BODY, rates_name(k));
		table_add_text(t, rates_name(k));
		table_add_text(t, rates_formula(k));
		table_add_text(t, plain_count(t, r->num[i]));
		table_add_text(t, plain_count(t, r->den[i]));
		if (isnan(r->rate[i]))
			table_add_sign(t, ".");
		else
			table_add_text(t, percent_of(t, r->rate[i]));
		interval_of(kind, r->num[i], r->den[i], &low, &high);
		table_add_share(t, low);
		table_add_share(t, high);
	}
	arg[0] = plain_count(t, r->k);
	arg[1] = plain_count(t, r->u);
	table_note(t, WORD_NOTE_K, arg, 2);
	for (enum rates_letter l = RATES_UH; l <= RATES_UO; l++)
		buf_printf(&b, "%s%s %s", l > RATES_UH ? ", " : "",
		    rates_letter_name(l), table_real(t, r->e[l - RATES_UH], 4));
	arg[0] = in->basis == RATES_E_CLASS ? buf_text(&b) :
	    table_real(t, r->e[0], 4);
	arg[1] = in->basis == RATES_E_ONE ? words_text(WORD_E_GIVEN, lang) :
	    "K / (K + NE)";
	table_note(t, in->basis == RATES_E_CLASS ? WORD_NOTE_E_CLASS :
	    WORD_NOTE_E, arg, 2);
	table_note(t, kind == INTERVAL_EXACT ? WORD_NOTE_EXACT : WORD_NOTE_WILSON,
	    NULL, 0);
	table_signs(t);
	buf_free(&b);
	return t;
}
