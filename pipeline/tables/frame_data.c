#include <string.h>

#include "pipeline/store/store.h"
#include "pipeline/tables/accounts.h"
#include "pipeline/tables/vars.h"

#include "pipeline/tables/frame_data.h"

enum { VARS = VAR_ACCOUNTS + 1, FIXED = 10 };

/* of whom nothing is said but the cell */
#define HIDDEN "(f.unit_key LIKE 'erased:%' OR coalesce(f.reason, '') IN" \
    " ('suppressed', 'excluded'))"
#define COLUMNS "SELECT s.id, s.token, s.stratum, CASE WHEN " HIDDEN \
    " THEN NULL ELSE f.unit_key END, CASE WHEN " HIDDEN " THEN NULL ELSE f.name" \
    " END, CASE WHEN f.kept = 1 THEN f.email END, f.source, f.kept, f.reason," \
    " f.shared, " HIDDEN
#define FROM " FROM frame_unit f JOIN frame fr ON fr.id = f.frame" \
    " LEFT JOIN sample_unit s ON s.frame_unit = f.id AND s.sample = ?2" \
    " WHERE f.frame = ?1 ORDER BY s.token IS NULL, s.token, f.prn, f.id"

struct taking {
	const struct making *m;
	enum frame_rows what;
	struct dataset *d;
	size_t first;			/* place of the frame's variables */
	double number;			/* of a drawn unit: its place in the order
					 * of the tokens */
};

static struct making
speaking(const struct making *m, struct world *w, enum lang lang)
{
	struct making ret = *m;

	*w = *m->w;
	w->lang = lang;
	ret.w = w;
	return ret;
}

/* Codes have names: those that occur get theirs. */
static int
add_codes(struct taking *t, const struct making *nb, const struct making *en,
    const struct var *v, struct err *err)
{
	struct buf sql = BUF(BUF_ANY);
	sqlite3_stmt *q = NULL;
	int r;

	buf_printf(&sql, "SELECT DISTINCT %s FROM frame_unit f WHERE f.frame = ?1 AND"
	    " f.unit_key NOT LIKE 'erased:%%' ORDER BY 1", var_sql(v, 1));
	r = db_prepare(nb->w->db, buf_text(&sql), &q, err);
	buf_free(&sql);
	if (r != 0)
		return -1;
	db_i64(q, 1, nb->counts.frame);
	while ((r = db_step(q, err)) == 1) {
		const char *key = var_category(nb, v, db_col(q, 0));

		if (*key != '\0')
			dataset_add_value(t->d, key, var_meaning(nb, v, key),
			    var_meaning(en, v, key));
	}
	sqlite3_finalize(q);
	return r;
}

static int
add_frame_vars(struct taking *t, struct err *err)
{
	struct world wn, we;
	struct making nb = speaking(t->m, &wn, LANG_NB);
	struct making en = speaking(t->m, &we, LANG_EN);
	int r = 0;

	t->first = t->d->nvar;
	for (int k = 0; r == 0 && k < VARS; k++) {
		struct var v = var_of(&nb, (enum var_kind)k);
		struct var e = var_of(&en, (enum var_kind)k);
		int text = k == VAR_FORM || k == VAR_COUNTY ||
		    k == VAR_MUNICIPALITY || k == VAR_NACE;
		const char *key;

		dataset_add(t->d, v.name, text ? DATASET_TEXT : DATASET_CLASS,
		    v.label, e.label);
		for (size_t i = 0; !text && (key = var_key(&nb, v.kind, i)) != NULL;
		    i++)
			dataset_add_value(t->d, key, var_label(&nb, &v, key),
			    var_label(&en, &v, key));
		if (text)
			r = add_codes(t, &nb, &en, &v, err);
	}
	return r;
}

static void
add_reasons(struct taking *t)
{
	struct funnel_loss nb[COUNTS_REASONS], en[COUNTS_REASONS];

	counts_reasons(&t->m->counts, LANG_NB, nb);
	counts_reasons(&t->m->counts, LANG_EN, en);
	dataset_add(t->d, "reason", DATASET_CLASS, "Hvorfor den er utelatt",
	    "Why it was left out");
	for (int i = 0; i < COUNTS_REASONS; i++)
		dataset_add_value(t->d, nb[i].key, nb[i].label, en[i].label);
}

static int
add_vars(struct taking *t, struct err *err)
{
	struct dataset *d = t->d;

	dataset_add(d, "case", DATASET_WHOLE, "Løpenummer i utvalget, i tilfeldig"
	    " rekkefølge", "Running number in the sample, in random order");
	if (t->what == FRAME_CONTACT)
		dataset_add(d, "token", DATASET_TEXT, "Nøkkel i lenken til skjemaet",
		    "Token in the link to the form");
	if (t->what != FRAME_ALL) {
		dataset_add(d, "unit", DATASET_TEXT, "Organisasjonsnummer, eller"
		    " enhetens navn i en liste", "Organisation number, or what the"
		    " unit is called in a list");
		dataset_add(d, "unit_name", DATASET_TEXT, "Navn", "Name");
		dataset_add(d, "email", DATASET_TEXT, "E-postadresse",
		    "E-mail address");
	}
	if (t->what == FRAME_CONTACT)
		return 0;
	dataset_add(d, "stratum", DATASET_TEXT, "Stratum", "Stratum");
	dataset_add(d, "source", DATASET_TEXT, "Enhet, underenhet eller liste",
	    "Legal unit, place of business or list");
	dataset_add(d, "kept", DATASET_WHOLE, "Kan nås og er med (0 nei, 1 ja)",
	    "Can be reached and is kept (0 no, 1 yes)");
	add_reasons(t);
	dataset_add(d, "shared", DATASET_WHOLE,
	    "Enheter i rammen med samme e-postadresse",
	    "Units of the frame with the same e-mail address");
	return add_frame_vars(t, err);
}

static void
put_text(struct dataset *d, size_t at, const char *text)
{
	if (*text != '\0')
		dataset_put_text(d, at, text);
}

static void
put_frame_vars(struct taking *t, sqlite3_stmt *q)
{
	int hidden = sqlite3_column_int(q, FIXED);

	for (int k = 0; k < VARS; k++) {
		struct var v = var_of(t->m, (enum var_kind)k);
		const char *key;

		if (hidden && k != VAR_AREA && k != VAR_GROUP)
			continue;
		key = var_category(t->m, &v, db_col(q, FIXED + 1 + k));
		if (t->d->var[t->first + (size_t)k].type == DATASET_CLASS)
			dataset_put_class(t->d, t->first + (size_t)k, key);
		else
			put_text(t->d, t->first + (size_t)k, key);
	}
}

static void
put_row(struct taking *t, sqlite3_stmt *q)
{
	size_t at = 0;

	dataset_row(t->d);
	if (sqlite3_column_type(q, 0) != SQLITE_NULL)
		dataset_put_number(t->d, at, t->number);
	at++;
	if (t->what == FRAME_CONTACT)
		put_text(t->d, at++, db_col(q, 1));
	if (t->what != FRAME_ALL) {
		put_text(t->d, at++, db_col(q, 3));
		put_text(t->d, at++, db_col(q, 4));
		put_text(t->d, at++, db_col(q, 5));
	}
	if (t->what == FRAME_CONTACT)
		return;
	put_text(t->d, at++, db_col(q, 2));
	put_text(t->d, at++, db_col(q, 6));
	dataset_put_number(t->d, at++, sqlite3_column_double(q, 7));
	if (*db_col(q, 8) != '\0')
		dataset_put_class(t->d, at, db_col(q, 8));
	at++;
	dataset_put_number(t->d, at, sqlite3_column_double(q, 9));
	put_frame_vars(t, q);
}

static int
take(struct taking *t, struct err *err)
{
	const struct counts *c = &t->m->counts;
	struct buf sql = BUF(BUF_ANY);
	sqlite3_stmt *q = NULL;
	int r;

	buf_str(&sql, COLUMNS);
	for (int k = 0; k < VARS; k++) {
		struct var v = var_of(t->m, (enum var_kind)k);

		buf_printf(&sql, ", %s", var_sql(&v, 1));
	}
	buf_str(&sql, FROM);
	r = db_prepare(t->m->w->db, buf_text(&sql), &q, err);
	buf_free(&sql);
	if (r != 0)
		return -1;
	db_i64(q, 1, c->frame);
	db_i64(q, 2, c->sample);
	db_i64(q, 5, ACCOUNTS_YEARS);
	while ((r = db_step(q, err)) == 1) {
		if (t->what == FRAME_CONTACT && sqlite3_column_type(q, 0) ==
		    SQLITE_NULL)
			break;			/* the drawn ones come first */
		t->number++;
		if (t->what == FRAME_CONTACT && sqlite3_column_int(q, FIXED))
			continue;
		put_row(t, q);
	}
	sqlite3_finalize(q);
	return r < 0 ? -1 : 0;
}

int
frame_data(const struct world *w, const struct study *s, int64_t study_id,
    enum frame_rows what, struct dataset **ret, struct err *err)
{
	struct taking t = { .what = what };
	struct making m;
	int r;

	if (making_begin(&m, w, s, study_id, err) != 0)
		return -1;
	t.m = &m;
	if (m.counts.frame == 0 || (what == FRAME_CONTACT && m.counts.sample == 0))
		r = making_due(&m, err);
	else {
		t.d = dataset_new(what == FRAME_CONTACT ? "contact" : "frame",
		    s->title.nb, s->title.en);
		r = add_vars(&t, err);
		if (r == 0)
			r = take(&t, err);
	}
	making_end(&m);
	if (r != 0)
		dataset_free(t.d);
	else
		*ret = t.d;
	return r;
}

/* --- what can be told --------------------------------------------------------------- */

int
frame_risk(const struct world *w, int64_t frame, int64_t sample, int coarse,
    struct frame_risk *ret, struct err *err)
{
	static const char sql[] = "SELECT count(*), coalesce(sum(like = 1), 0), 0"
	    " FROM (SELECT s.id, count(*) OVER (PARTITION BY iif(?3, f.county,"
	    " f.municipality), iif(?3, f.nace / 1000, f.nace),"
	    " f.legal_form, coalesce(CASE WHEN f.employees >= 250 THEN 250 WHEN"
	    " f.employees >= 100 THEN 100 WHEN f.employees >= 50 THEN 50 WHEN"
	    " f.employees >= 20 THEN 20 WHEN f.employees >= 10 THEN 10 ELSE"
	    " min(f.employees, 5) END, -f.has_employees)) AS like FROM frame_unit f"
	    " LEFT JOIN sample_unit s ON s.frame_unit = f.id AND s.sample = ?2"
	    " WHERE f.frame = ?1 AND f.unit_key NOT LIKE 'erased:%')"
	    " WHERE id IS NOT NULL";
	sqlite3_stmt *q = NULL;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (db_prepare(w->db, sql, &q, err) != 0)
		return -1;
	db_i64(q, 1, frame);
	db_i64(q, 2, sample);
	db_i64(q, 3, coarse);
	if ((r = db_step(q, err)) == 1) {
		ret->drawn = sqlite3_column_int64(q, 0);
		ret->alone = sqlite3_column_int64(q, 1);
	}
	sqlite3_finalize(q);
	if (r < 0 || db_prepare(w->db, "SELECT count(*) FROM frame_unit WHERE frame ="
	    " ?1 AND unit_key LIKE 'erased:%'", &q, err) != 0)
		return -1;
	db_i64(q, 1, frame);
	if ((r = db_step(q, err)) == 1)
		ret->erased = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return r < 0 ? -1 : 0;
}

int
frame_data_erased(const struct world *w, int64_t sample, struct dataset *d,
    struct err *err)
{
	static const char *const gone[] = { "legal_form", "county", "municipality",
		"nace", "employees", "accounts" };
	sqlite3_stmt *q = NULL;
	int r;

	if (db_prepare(w->db, "SELECT n FROM (SELECT frame_unit, row_number() OVER"
	    " (ORDER BY token) AS n FROM sample_unit WHERE sample = ?1) s JOIN"
	    " frame_unit f ON f.id = s.frame_unit WHERE f.unit_key LIKE 'erased:%'",
	    &q, err) != 0)
		return -1;
	db_i64(q, 1, sample);
	while ((r = db_step(q, err)) == 1) {
		size_t row = (size_t)sqlite3_column_int64(q, 0) - 1;

		for (size_t v = 0; row < d->nrow && v < d->nvar; v++)
			for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
				if (strcmp(d->var[v].source, gone[i]) == 0)
					d->cell[row * d->nvar + v].state =
					    DATASET_MISSING;
	}
	sqlite3_finalize(q);
	return r < 0 ? -1 : 0;
}
