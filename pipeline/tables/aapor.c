#include <math.h>
#include <string.h>

#include "pipeline/store/store.h"
#include "pipeline/tables/rates.h"
#include "pipeline/tables/vars.h"

#include "pipeline/tables/making.h"

/*
 * aapor -- how the drawn units ended, by AAPOR's disposition codes, the outcome
 * rates that follow, and the study's net rate for other active shares.
 *
 * e: as given (--e SHARE); "register", the share of the unknown units that the
 * register shows signs of activity of (employees, VAT, accounts sent in
 * lately); "activity", the share of them with as many points of activity as the
 * study asks for, of those that the register tells of; else K / (K + NE).
 */

struct aapor {
	struct rates_in in, weighted;	/* units; sums of design weights */
	struct rates rates, weighted_rates;
	const char *basis;		/* of e, in words */
};

static int
read_codes(const struct making *m, struct table *t, struct aapor *a,
    struct err *err)
{
	sqlite3_stmt *q = NULL;
	int r, letter;

	/* what is drawn and has no disposition has not been sent anything */
	if (db_prepare(m->w->db, "SELECT coalesce(d.aapor, '3.11'), count(*),"
	    " sum(u.weight) FROM sample_unit u LEFT JOIN disposition d ON d.sample_unit = u.id"
	    " WHERE u.sample = ?1 GROUP BY 1 ORDER BY 1", &q, err) != 0)
		return -1;
	db_i64(q, 1, m->counts.sample);
	while ((r = db_step(q, err)) == 1) {
		const char *code = arena_str(m->arena, db_col(q, 0));

		if ((letter = rates_letter_of(code)) < 0) {
			r = err_set(err, EX_DATAERR, "disposition code %.20s is not "
			    "AAPOR's", code);
			break;
		}
		a->in.count[letter] += (double)sqlite3_column_int64(q, 1);
		a->weighted.count[letter] += sqlite3_column_double(q, 2);
		table_row(t, TABLE_BODY, code);
		table_add_text(t, code);
		table_add_text(t, rates_letter_name((enum rates_letter)letter));
		table_add_count(t, sqlite3_column_int64(q, 1));
	}
	sqlite3_finalize(q);
	return r;
}

/* Of the units whose eligibility is unknown, how many show signs of life? */
static int
register_share(const struct making *m, struct aapor *a, struct err *err)
{
	struct var v = var_of(m, VAR_ACCOUNTS);
	struct buf sql = BUF(BUF_ANY);
	sqlite3_stmt *q = NULL;
	int64_t unknown = 0, alive = 0;
	int r;

	buf_printf(&sql, "SELECT coalesce(%s, ''), coalesce(f.has_employees, 0),"
	    " count(*) FROM sample_unit u JOIN frame_unit f ON f.id = u.frame_unit"
	    " JOIN frame fr ON fr.id = f.frame LEFT JOIN disposition d ON"
	    " d.sample_unit = u.id WHERE u.sample = ?1 AND"
	    " coalesce(d.aapor, '3.11') LIKE '3%%' GROUP BY 1, 2", var_sql(&v, 1));
	r = db_prepare(m->w->db, buf_text(&sql), &q, err);
	buf_free(&sql);
	if (r != 0)
		return -1;
	db_i64(q, 1, m->counts.sample);
	db_i64(q, 5, 3);		/* years, as in accounts.h */
	while ((r = db_step(q, err)) == 1) {
		const char *p = strchr(db_col(q, 0), ':');	/* FORM:VAT:SENT:N */
		int sign = sqlite3_column_int(q, 1) == 1 || (p != NULL &&
		    strlen(p) > 5 && (p[1] == '1' || p[3] == '1' ||
		    strcmp(p + 5, "0") != 0));

		unknown += sqlite3_column_int64(q, 2);
		alive += sign ? sqlite3_column_int64(q, 2) : 0;
	}
	sqlite3_finalize(q);
	if (r == 0) {
		a->in.basis = RATES_E_ONE;
		a->in.e[0] = a->in.e[1] = a->in.e[2] = unknown > 0 ?
		    (double)alive / (double)unknown : 0;
	}
	return r;
}

static int
activity_share(const struct making *m, struct aapor *a, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int64_t unknown = 0, alive = 0;
	int r;

	if (db_prepare(m->w->db, "SELECT count(f.activity), coalesce(sum(f.activity >="
	    " ?2), 0) FROM sample_unit u JOIN frame_unit f ON f.id = u.frame_unit LEFT"
	    " JOIN disposition d ON d.sample_unit = u.id WHERE u.sample = ?1 AND"
	    " coalesce(d.aapor, '3.11') LIKE '3%'", &q, err) != 0)
		return -1;
	db_i64(q, 1, m->counts.sample);
	db_i64(q, 2, m->active.points);
	if ((r = db_step(q, err)) == 1) {
		unknown = sqlite3_column_int64(q, 0);
		alive = sqlite3_column_int64(q, 1);
		r = 0;
	}
	sqlite3_finalize(q);
	if (r == 0 && unknown == 0 && m->active.of == 0)
		r = err_set(err, EX_DATAERR, "the frame has no points of activity: it is "
		    "of an older version; --e register asks the register itself");
	a->in.basis = RATES_E_ONE;
	a->in.e[0] = a->in.e[1] = a->in.e[2] = unknown > 0 ?
	    (double)alive / (double)unknown : 0;
	return r;
}

static int
take_e(const struct making *m, struct aapor *a, struct err *err)
{
	a->basis = "K / (K + NE)";
	if (m->e == NULL)
		return 0;
	if (strcmp(m->e, "register") == 0) {
		a->basis = words_text(WORD_E_REGISTER, m->w->lang);
		return register_share(m, a, err);
	}
	if (strcmp(m->e, "activity") == 0) {
		a->basis = words_text(WORD_E_ACTIVITY, m->w->lang);
		return activity_share(m, a, err);
	}
	a->basis = words_text(WORD_E_GIVEN, m->w->lang);
	return rates_option(&a->in, "e", m->e, err);
}

/* e is the same for both where it is given; estimated, each has its own. */
static int
compute(struct aapor *a, struct err *err)
{
	a->weighted.basis = a->in.basis;
	memcpy(a->weighted.e, a->in.e, sizeof(a->in.e));
	return rates_compute(&a->in, &a->rates, err) != 0 ? -1 :
	    rates_compute(&a->weighted, &a->weighted_rates, err);
}

static void
json(const struct aapor *a, struct json *j)
{
	rates_json(&a->in, &a->rates, INTERVAL_WILSON, j);
	json_key(j, "weighted");
	json_object(j);
	for (int i = 0; i < RATES_RATES; i++)
		json_kreal(j, rates_name((enum rates_rate)i),
		    a->weighted_rates.rate[i]);
	json_key(j, "sums");
	json_object(j);
	for (int l = 0; l < RATES_LETTERS; l++)
		json_kreal(j, rates_letter_name((enum rates_letter)l),
		    a->weighted.count[l]);
	json_end(j);
	json_end(j);
}

static void
put_count(struct table *t, double v)
{
	if (isnan(v))
		table_add_sign(t, ".");
	else
		table_add_ratio(t, llround(v * 1000), 1000, v == floor(v) ? 0 : 1);
}

static void
rate_rows(struct table *t, const struct aapor *a)
{
	for (int i = 0; i < RATES_RATES; i++) {
		enum rates_rate k = (enum rates_rate)i;
		double low, high;

		table_row(t, i == 0 ? TABLE_SUBTOTAL : TABLE_BODY, rates_name(k));
		table_add_text(t, rates_name(k));
		table_add_text(t, rates_formula(k));
		put_count(t, a->rates.num[i]);
		put_count(t, a->rates.den[i]);
		table_add_share(t, a->rates.rate[i]);
		interval_wilson(a->rates.num[i], a->rates.den[i], &low, &high);
		table_add_share(t, low);
		table_add_share(t, high);
		table_add_share(t, a->weighted_rates.rate[i]);
	}
}

/* The net rate, were the active share another.  The figure is never cut; a
 * share that the answers themselves refute is named. */
static void
net_rows(const struct making *m, struct table *t)
{
	int64_t delivered = m->counts.all.sent - m->counts.all.returned -
	    m->counts.not_located, b = m->counts.all.answered;
	const char *arg[2];
	int refuted = 0;

	for (int tenth = 1; tenth <= 10; tenth++) {
		double low, high, active = (double)delivered * tenth / 10;
		const char *share = table_share(t, tenth, 10);

		table_row(t, tenth == 1 ? TABLE_SUBTOTAL : TABLE_BODY,
		    arena_printf(m->arena, "net/%d.%d", tenth / 10, tenth % 10));
		table_add_text(t, words_text(WORD_NET_RATE, t->lang));
		table_add_text(t, arena_printf(m->arena, "%s / (a * %s), a = %s",
		    words_text(WORD_ANSWERED, t->lang),
		    words_text(WORD_DELIVERED, t->lang), share));
		table_add_count(t, b);
		put_count(t, active);
		table_add_percent(t, 10 * b, delivered > 0 ? delivered * tenth : 0,
		    1);
		interval_wilson((double)b, active, &low, &high);
		table_add_share(t, low);
		table_add_share(t, high);
		refuted |= 10 * b > delivered * tenth;
	}
	if (refuted && delivered > 0) {
		arg[0] = table_percent(t, b, delivered, 1);
		table_warning(t, WORD_WARN_REFUTED, arg, 1);
	}
}

static void
notes(const struct making *m, struct table *t, const struct aapor *a)
{
	struct buf e = BUF(1000);
	const char *arg[2];

	arg[0] = table_real(t, a->rates.k, 0);
	arg[1] = table_real(t, a->rates.u, 0);
	table_note(t, WORD_NOTE_K, arg, 2);
	for (int i = 0; i < 3; i++)
		buf_printf(&e, "%s%s %s", i > 0 ? ", " : "",
		    rates_letter_name((enum rates_letter)(RATES_UH + i)),
		    table_real(t, a->rates.e[i], 4));
	arg[0] = a->in.basis == RATES_E_CLASS ? buf_text(&e) :
	    table_real(t, a->rates.e[0], 4);
	arg[1] = a->basis;
	table_note(t, a->in.basis == RATES_E_CLASS ? WORD_NOTE_E_CLASS :
	    WORD_NOTE_E, arg, 2);
	buf_free(&e);
	table_note(t, WORD_DEF_AAPOR, NULL, 0);
	table_note(t, WORD_DEF_WEIGHTED, NULL, 0);
	table_note(t, WORD_DEF_OTHER_WORDS, NULL, 0);
	table_end(t, m->counts.register_date);
}

int
aapor_make(const struct making *m, struct table **ret, struct json *j,
    struct err *err)
{
	static const struct { enum word word; enum table_align align; } cols[] = {
		{ WORD_RATE, TABLE_LEFT }, { WORD_FORMULA, TABLE_LEFT },
		{ WORD_NUMERATOR, TABLE_RIGHT }, { WORD_DENOMINATOR, TABLE_RIGHT },
		{ WORD_SHARE, TABLE_RIGHT }, { WORD_FROM, TABLE_RIGHT },
		{ WORD_TO, TABLE_RIGHT }, { WORD_WEIGHTED, TABLE_RIGHT } };
	struct table *t = table_new("aapor", m->w->lang);
	struct aapor a;

	*ret = NULL;
	memset(&a, 0, sizeof(a));
	table_title(t, WORD_TITLE_STUDY_AAPOR, making_label(m, &m->study->title));
	for (size_t i = 0; i < sizeof(cols) / sizeof(cols[0]); i++)
		table_column(t, words_key(cols[i].word),
		    words_text(cols[i].word, m->w->lang), cols[i].align);
	if (read_codes(m, t, &a, err) != 0 || take_e(m, &a, err) != 0 ||
	    compute(&a, err) != 0) {
		table_free(t);
		return -1;
	}
	rate_rows(t, &a);
	net_rows(m, t);
	notes(m, t, &a);
	if (j != NULL)
		json(&a, j);
	*ret = t;
	return 0;
}
