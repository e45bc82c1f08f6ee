#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/store/store.h"
#include "pipeline/tables/accounts.h"
#include "pipeline/tables/analysis_private.h"

#include "pipeline/tables/analysis.h"

enum { FIXED = 15 };		/* columns of the query before the frame's */

#define UNITS \
    "SELECT u.id, u.token, f.name, f.email, f.orgnr, u.stratum, f.source," \
    " d.state, d.aapor, u.pi, u.weight, f.shared, d.sent, d.returned, d.late," \
    " (SELECT min(r.sent) / 86400 FROM mailing_recipient r WHERE" \
    " r.sample_unit = u.id AND r.state IN ('sent', 'uncertain'))," \
    " x.answered / 86400"
#define FROM \
    " FROM sample_unit u JOIN frame_unit f ON f.id = u.frame_unit" \
    " JOIN frame fr ON fr.id = f.frame" \
    " LEFT JOIN disposition d ON d.sample_unit = u.id" \
    " LEFT JOIN answer x ON x.sample_unit = u.id AND x.used = 1" \
    " WHERE u.sample = ?1 GROUP BY u.id ORDER BY u.token"

static const struct { const char *key, *nb, *en; } states[] = {
	{ "complete", "besvart", "completed" },
	{ "partial", "delvis besvart", "partly completed" },
	{ "refused", "nektet", "refused" },
	{ "not_eligible", "utenfor populasjonen", "not eligible" },
	{ "returned", "retur", "returned" },
	{ "sent", "sendt, ikke besvart", "sent, not answered" },
	{ "not_sent", "ikke sendt", "not sent" },
}, dispositions[] = {
	{ "1.1", "besvart (I)", "complete (I)" },
	{ "1.2", "delvis besvart (P)", "partial (P)" },
	{ "2.111", "nektet (R)", "refusal (R)" },
	{ "2.27", "svart etter fristen (NC)", "answered after the deadline (NC)" },
	{ "3.11", "ikke sendt (UH)", "not sent (UH)" },
	{ "3.19", "sendt, ingenting hørt (UH)", "sent, nothing heard (UH)" },
	{ "3.30", "retur (UO)", "returned (UO)" },
	{ "4.10", "utenfor populasjonen (NE)", "not eligible (NE)" },
};

static int32_t
day_at(sqlite3_stmt *q, int i)
{
	return sqlite3_column_type(q, i) == SQLITE_NULL ? DATE_NONE :
	    sqlite3_column_int(q, i);
}

static void
take_unit(const struct making *m, sqlite3_stmt *q, struct analysis_unit *u)
{
	const char **text[] = { &u->token, &u->name, &u->email, &u->orgnr,
		&u->stratum, &u->source, &u->state, &u->aapor };
	int64_t *whole[] = { &u->shared, &u->sent, &u->returned, &u->late };

	u->id = sqlite3_column_int64(q, 0);
	for (int i = 0; i < 8; i++)
		*text[i] = arena_str(m->arena, db_col(q, 1 + i));
	u->pi = sqlite3_column_double(q, 9);
	u->weight = sqlite3_column_double(q, 10);
	for (int i = 0; i < 4; i++)
		*whole[i] = sqlite3_column_int64(q, 11 + i);
	u->sent_day = day_at(q, FIXED);
	u->answered_day = day_at(q, FIXED + 1);
	for (int k = 0; k < ANALYSIS_FRAME; k++) {
		struct var v = var_of(m, (enum var_kind)k);

		u->frame[k] = var_category(m, &v, db_col(q, FIXED + 2 + k));
	}
}

static int
read_units(const struct making *m, struct analysis_unit **ret, size_t *n,
    struct err *err)
{
	struct buf sql = BUF(BUF_ANY);
	sqlite3_stmt *q = NULL;
	size_t room = 0;
	int r;

	buf_str(&sql, UNITS);
	for (int k = 0; k < ANALYSIS_FRAME; k++) {
		struct var v = var_of(m, (enum var_kind)k);

		buf_printf(&sql, ", %s", var_sql(&v, 1));
	}
	buf_str(&sql, FROM);
	r = db_prepare(m->w->db, buf_text(&sql), &q, err);
	buf_free(&sql);
	if (r != 0)
		return -1;
	db_i64(q, 1, m->counts.sample);
	db_i64(q, 5, ACCOUNTS_YEARS);
	while ((r = db_step(q, err)) == 1) {
		if (*n == room) {
			room = room == 0 ? 1024 : 2 * room;
			*ret = mem_grow(*ret, room, sizeof(**ret));
		}
		memset(*ret + *n, 0, sizeof(**ret));
		take_unit(m, q, *ret + (*n)++);
	}
	sqlite3_finalize(q);
	return r;
}

/* --- variables ----------------------------------------------------------------- */

/* The study in a language, for labels. */
struct tongue { struct world w; struct making m; };

static void
speak(struct tongue *t, const struct making *m, enum lang lang)
{
	t->w = *m->w;
	t->w.lang = lang;
	t->m = *m;
	t->m.w = &t->w;
}

static int
by_key(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* The values that occur, with their labels: text in its order, classes in
 * theirs. */
static void
add_found(const struct tongue *nb, const struct tongue *en, enum var_kind kind,
    const struct analysis_unit *unit, size_t n, struct dataset *d)
{
	const char **key = mem_array(n + 1, sizeof(*key));
	struct var v = var_of(&nb->m, kind);
	const char *last = "";

	for (size_t i = 0; i < n; i++)
		key[i] = unit[i].frame[kind];
	qsort(key, n, sizeof(*key), by_key);
	for (size_t i = 0; i < n; i++) {
		if (key[i][0] != '\0' && strcmp(key[i], last) != 0)
			dataset_add_value(d, key[i], var_meaning(&nb->m, &v, key[i]),
			    var_meaning(&en->m, &v, key[i]));
		last = key[i];
	}
	free(key);
}

static void
add_frame(const struct making *m, const struct analysis_unit *unit, size_t n,
    struct dataset *d)
{
	struct tongue nb, en;

	speak(&nb, m, LANG_NB);
	speak(&en, m, LANG_EN);
	for (int k = 0; k < ANALYSIS_FRAME; k++) {
		struct var v = var_of(&nb.m, (enum var_kind)k);
		struct var e = var_of(&en.m, (enum var_kind)k);
		const char *key;
		int text = k == VAR_FORM || k == VAR_COUNTY ||
		    k == VAR_MUNICIPALITY || k == VAR_NACE;

		dataset_add(d, v.name, text ? DATASET_TEXT : DATASET_CLASS, v.label,
		    e.label);
		if (text)
			add_found(&nb, &en, v.kind, unit, n, d);
		for (size_t i = 0; !text && (key = var_key(m, v.kind, i)) != NULL;
		    i++)
			dataset_add_value(d, key, var_label(&nb.m, &v, key),
			    var_label(&en.m, &v, key));
	}
}

static void
add_yes_no(struct dataset *d, const char *name, const char *nb, const char *en)
{
	dataset_add(d, name, DATASET_WHOLE, nb, en);
}

static void
add_vars(const struct making *m, const struct analysis_unit *unit, size_t n,
    int token, struct dataset *d)
{
	dataset_add(d, "case", DATASET_WHOLE, "Løpenummer i tilfeldig rekkefølge",
	    "Running number in random order");
	if (token)
		dataset_add(d, "token", DATASET_TEXT, "Nøkkel i lenken til skjemaet",
		    "Token in the link to the form");
	dataset_add(d, "stratum", DATASET_TEXT, "Stratum", "Stratum");
	dataset_add(d, "pi", DATASET_REAL, "Trekksannsynlighet",
	    "Inclusion probability");
	dataset_add(d, "weight", DATASET_REAL, "Designvekt", "Design weight");
	dataset_add(d, "source", DATASET_TEXT, "Enhet, underenhet eller liste",
	    "Legal unit, place of business or list");
	dataset_add(d, "shared", DATASET_WHOLE,
	    "Enheter i rammen med samme e-postadresse",
	    "Units of the frame with the same e-mail address");
	add_frame(m, unit, n, d);
	dataset_add(d, "state", DATASET_CLASS, "Hva det ble av enheten",
	    "What came of the unit");
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		dataset_add_value(d, states[i].key, states[i].nb, states[i].en);
	dataset_add(d, "aapor", DATASET_TEXT, "Utfallskode (AAPOR)",
	    "Disposition code (AAPOR)");
	for (size_t i = 0; i < sizeof(dispositions) / sizeof(dispositions[0]); i++)
		dataset_add_value(d, dispositions[i].key, dispositions[i].nb,
		    dispositions[i].en);
	add_yes_no(d, "sent", "Sendt ut (0 nei, 1 ja)", "Sent (0 no, 1 yes)");
	add_yes_no(d, "returned", "Retur (0 nei, 1 ja)", "Returned (0 no, 1 yes)");
	add_yes_no(d, "late", "Svarte bare etter fristen (0 nei, 1 ja)",
	    "Answered after the deadline only (0 no, 1 yes)");
	dataset_add(d, "sent_date", DATASET_DATE, "Dagen den første utsendingen gikk",
	    "Day the first letter went");
	dataset_add(d, "answered_date", DATASET_DATE, "Dagen svaret kom",
	    "Day the answer came");
}

/* --- rows ----------------------------------------------------------------------- */

static void
put_text(struct dataset *d, size_t at, const char *text)
{
	if (text[0] != '\0')
		dataset_put_text(d, at, text);
}

static void
put_day(struct dataset *d, size_t at, int32_t day)
{
	if (day != DATE_NONE)
		dataset_put_number(d, at, day);
}

static void
put_row(const struct analysis_unit *u, size_t i, int token, struct dataset *d)
{
	size_t at = 0;

	dataset_row(d);
	dataset_put_number(d, at++, (double)(i + 1));
	if (token)
		put_text(d, at++, u->token);
	put_text(d, at++, u->stratum);
	dataset_put_number(d, at++, u->pi);
	dataset_put_number(d, at++, u->weight);
	put_text(d, at++, u->source);
	dataset_put_number(d, at++, (double)u->shared);
	for (int k = 0; k < ANALYSIS_FRAME; k++, at++)
		if (d->var[at].type == DATASET_CLASS)
			dataset_put_class(d, at, u->frame[k]);
		else
			put_text(d, at, u->frame[k]);
	dataset_put_class(d, at++, u->state);
	put_text(d, at++, u->aapor);
	dataset_put_number(d, at++, (double)u->sent);
	dataset_put_number(d, at++, (double)u->returned);
	dataset_put_number(d, at++, (double)u->late);
	put_day(d, at++, u->sent_day);
	put_day(d, at, u->answered_day);
}

static void
say_left_out(const struct making *m, const struct analysis_answers *a,
    struct analysis *ret)
{
	struct buf b = BUF(4000);

	for (size_t i = 0; i < a->n; i++)
		if (a->column[i].left_out) {
			buf_printf(&b, "%s%.60s", b.len > 0 ? ", " : "",
			    a->column[i].name);
			ret->nleft_out++;
		}
	ret->left_out = arena_str(ret->data->arena, buf_text(&b));
	ret->blotted = a->blotted;
	if (ret->nleft_out > 0)
		talk_line(m->w->talk, "left out, since they tell who a unit is: %s",
		    ret->left_out);
	if (ret->blotted > 0)
		talk_line(m->w->talk, "names and addresses blotted out of answers: %lld",
		    (long long)ret->blotted);
	buf_free(&b);
}

static int
build(const struct making *m, int token, struct analysis *ret, struct err *err)
{
	const struct study *s = m->study;
	struct analysis_unit *unit = NULL;
	struct analysis_answers a;
	size_t n = 0;
	int r;

	memset(&a, 0, sizeof(a));
	r = read_units(m, &unit, &n, err);
	if (r == 0)
		r = analysis_answers(m, unit, n, &a, err);
	if (r == 0) {
		ret->data = dataset_new("data", s->title.nb, s->title.en);
		ret->register_date = m->counts.register_date;
		add_vars(m, unit, n, token, ret->data);
		analysis_answers_vars(m, &a, n, ret->data);
		if (ret->data->nvar > DATASET_VARS)
			r = err_set(err, EX_DATAERR, "the answers have too many "
			    "columns: more than %d variables", DATASET_VARS);
	}
	for (size_t i = 0; r == 0 && i < n; i++) {
		put_row(&unit[i], i, token, ret->data);
		analysis_answers_put(&a, &unit[i], i, ret->data);
	}
	if (r == 0)
		say_left_out(m, &a, ret);
	else
		analysis_free(ret);
	analysis_answers_free(&a);
	free(unit);
	return r;
}

int
analysis_read(const struct world *w, const struct study *s, int64_t study_id,
    int token, struct analysis *ret, struct err *err)
{
	struct making m;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (making_begin(&m, w, s, study_id, err) != 0)
		return -1;
	if (m.counts.sample == 0)
		r = making_due(&m, err);
	else
		r = build(&m, token, ret, err);
	making_end(&m);
	return r;
}

void
analysis_free(struct analysis *a)
{
	dataset_free(a->data);
	a->data = NULL;
}
