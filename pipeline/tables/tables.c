#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "pipeline/base/file.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"
#include "pipeline/store/store.h"
#include "pipeline/tables/counts.h"
#include "pipeline/tables/funnel.h"
#include "pipeline/tables/making.h"
#include "pipeline/tables/net.h"
#include "pipeline/tables/rates_table.h"

#include "pipeline/tables/tables.h"

enum { TABLE_MAX = 16 << 20 };

/* --- from counts to the builders' structs ------------------------------------ */

static void
net_of(const struct making *m, struct net *ret)
{
	const struct study *s = m->study;
	struct net_row *row = arena_alloc(m->arena,
	    (s->narea * s->nmerged + 1) * sizeof(*row));
	size_t n = 0;

	for (size_t a = 0; a < s->narea; a++) {
		const struct study_area *area = &s->area[s->net_area[a]];
		const struct counts_cell *cell =
		    &m->counts.cell[s->net_area[a] * s->ngroup];

		for (size_t p = 0; p < s->nmerged; p++, n++) {
			const struct study_merged *printed = &s->merged[p];

			row[n].key = arena_printf(m->arena, "%s/%s", area->name,
			    printed->name);
			row[n].area = making_label(m, &area->label);
			row[n].group = making_label(m, &printed->label);
			for (size_t g = 0; g < printed->ngroup; g++) {
				row[n].sent += cell[printed->group[g]].sent;
				row[n].returned +=
				    cell[printed->group[g]].returned;
			}
		}
	}
	*ret = (struct net){ making_label(m, &s->title),
		m->counts.register_date, row, n, m->counts.not_located,
		m->counts.all.our_fault, m->counts.all.review };
}

static void
rates_of(const struct making *m, struct rates_table *ret)
{
	const struct study *s = m->study;
	struct rates_area *area = arena_alloc(m->arena,
	    (s->narea + 1) * sizeof(*area));

	for (size_t a = 0; a < s->narea; a++) {
		const struct study_area *from = &s->area[s->rates_area[a]];
		const struct counts_cell *cell =
		    &m->counts.cell[s->rates_area[a] * s->ngroup];

		area[a].key = from->name;
		area[a].label = making_label(m, &from->short_label);
		for (size_t g = 0; g < s->ngroup; g++) {
			area[a].sent += cell[g].sent;
			area[a].returned += cell[g].returned;
			area[a].answered += cell[g].answered;
		}
	}
	*ret = (struct rates_table){ making_label(m, &s->title),
		m->counts.register_date, area, s->narea, m->counts.not_located,
		m->active.num, m->active.den, s->active_source,
		m->counts.all.partial, m->counts.all.our_fault,
		m->counts.all.review, m->counts.all.late, s->small,
		m->active.estimated, m->active.points, m->active.signs, m->active.of };
}

static void
funnel_of(const struct making *m, struct funnel *ret)
{
	const struct counts *c = &m->counts;
	struct funnel_loss *reason = arena_alloc(m->arena,
	    COUNTS_REASONS * sizeof(*reason));

	counts_reasons(c, m->w->lang, reason);
	*ret = (struct funnel){
		.study = making_label(m, &m->study->title),
		.register_date = c->register_date,
		.register_units = c->register_units,
		.outside_code = c->outside_code,
		.outside_area = c->outside_area,
		.outside_filter = c->outside_filter,
		.listed = c->listed,
		.listed_matched = c->listed_matched,
		.listed_outside = c->listed_outside,
		.population = c->population,
		.reason = reason,
		.nreason = COUNTS_REASONS,
		.kept = c->kept,
		.drawn = c->sample != 0 ? c->all.drawn : -1,
		.sent = c->mailed ? c->all.sent : -1,
		.returned = c->all.returned,
		.not_located = c->not_located,
		.delivered = c->all.sent - c->all.returned - c->not_located,
		.answered = c->all.answered,
		.our_fault = c->all.our_fault,
		.review = c->all.review,
	};
}

/* --- the tables ---------------------------------------------------------------- */

static int
make_net(const struct making *m, struct table **t, struct json *j,
    struct err *err)
{
	struct net in;

	(void)err;
	net_of(m, &in);
	*t = net_table(&in, m->w->lang);
	if (j != NULL)
		net_json(&in, j);
	return 0;
}

static int
make_rates(const struct making *m, struct table **t, struct json *j,
    struct err *err)
{
	struct rates_table in;

	rates_of(m, &in);
	if (rates_table(&in, m->w->lang, t, err) != 0)
		return -1;
	if (j != NULL && rates_table_json(&in, j, err) != 0) {
		table_free(*t);
		return -1;
	}
	return 0;
}

static int
make_funnel(const struct making *m, struct table **t, struct json *j,
    struct err *err)
{
	struct funnel in;

	(void)j;			/* its rows say all */
	funnel_of(m, &in);
	return funnel_table(&in, m->w->lang, t, err);
}

enum stage { FRAMED, DRAWN, MAILED };

static const struct which {
	const char *name;
	enum stage wants;
	/* the table, and with ${j} what is beside it in JSON */
	int (*make)(const struct making *, struct table **, struct json *j,
	    struct err *);
} table_of[] = {
	{ "net", MAILED, make_net },
	{ "rates", MAILED, make_rates },
	{ "funnel", FRAMED, make_funnel },
	{ "codes", FRAMED, codes_make },
	{ "returns", MAILED, returns_make },
	{ "missing", MAILED, missing_make },
	{ "rindicator", MAILED, rindicator_make },
	{ "days", MAILED, days_make },
	{ "aapor", MAILED, aapor_make },
};
/* Those that ask for more than the study. */
static const struct which asked_of[] = {
	{ "cross", MAILED, cross_make },
	{ "rates --by", MAILED, rates_by_make },
	{ "own", MAILED, own_make },
};
enum { TABLES = sizeof(table_of) / sizeof(table_of[0]) };

/* How far has the study got?  -1: not even a frame. */
static int
reached(const struct counts *c)
{
	return c->frame == 0 ? -1 : c->sample == 0 ? FRAMED :
	    !c->mailed ? DRAWN : MAILED;
}

int
making_due(const struct making *m, struct err *err)
{
	static const struct { const char *what, *command, *rest; } next[] = {
		{ "has no frame yet", "frame", "" },
		{ "is not drawn yet", "draw", "" },
		{ "has not been sent yet", "mail", " --wave invite" },
	};
	const char *name = m->study->name;
	int i = reached(&m->counts) + 1;

	return err_set(err, EX_NOINPUT, "study %s %s: run utvalg %s %s%s", name,
	    next[i].what, next[i].command, name, next[i].rest);
}

/* The estimate has four decimals. */
static int
read_active(struct making *m, struct err *err)
{
	struct making_active *a = &m->active;
	sqlite3_stmt *q = NULL;
	int r;

	a->num = m->study->active_num;
	a->den = m->study->active_den;
	a->points = m->study->active_points;
	if (db_prepare(m->w->db, "SELECT count(activity), coalesce(sum(activity >= ?2),"
	    " 0) FROM frame_unit WHERE frame = ?1 AND kept = 1", &q, err) != 0)
		return -1;
	db_i64(q, 1, m->counts.frame);
	db_i64(q, 2, a->points);
	if ((r = db_step(q, err)) == 1) {
		a->of = sqlite3_column_int64(q, 0);
		a->signs = sqlite3_column_int64(q, 1);
	}
	sqlite3_finalize(q);
	a->estimated = m->study->active_estimated;
	if (a->estimated && a->of > 0) {
		a->num = (a->signs * 20000 + a->of) / (2 * a->of);
		a->den = 10000;
	}
	return r < 0 ? -1 : 0;
}

int
making_begin(struct making *m, const struct world *w, const struct study *s,
    int64_t study_id, struct err *err)
{
	struct err ignored;

	memset(m, 0, sizeof(*m));
	m->w = w;
	m->study = s;
	m->study_id = study_id;
	/* a savepoint also works within somebody's transaction */
	if (db_exec(w->db, "SAVEPOINT tables", err) != 0)
		return -1;
	if (counts_read(w, s, study_id, &m->counts, err) != 0 ||
	    read_active(m, err) != 0) {
		counts_free(&m->counts);
		(void)db_exec(w->db, "RELEASE tables", &ignored);
		return -1;
	}
	m->arena = arena_new();
	return 0;
}

void
making_end(struct making *m)
{
	struct err ignored;

	(void)db_exec(m->w->db, "RELEASE tables", &ignored);
	arena_free(m->arena);
	counts_free(&m->counts);
}

static int
write_one(const struct making *m, const struct which *which,
    enum tables_format format, int box, struct buf *out, struct err *err)
{
	struct table *t = NULL;
	struct json j;
	int r = 0;

	json_begin(&j, out, 1);
	if (format == TABLES_JSON)
		json_object(&j);
	if (which->make(m, &t, format == TABLES_JSON ? &j : NULL, err) != 0)
		return -1;
	switch (format) {
	case TABLES_TEXT:
		table_text(t, box, 0, out);
		break;
	case TABLES_CSV:
		(void)table_csv(t, TABLE_PLAIN, out);
		break;
	case TABLES_EXCEL:
		(void)table_csv(t, TABLE_EXCEL_NB, out);
		break;
	case TABLES_JSON:
		table_json(t, &j);
		json_end(&j);
		buf_chr(out, '\n');
		break;
	case TABLES_MD:
		table_md(t, out);
		break;
	case TABLES_LATEX:
		table_latex(t, out);
		break;
	case TABLES_XLSX:
		r = table_xlsx(t, m->counts.register_date, out, err);
		break;
	}
	table_free(t);
	if (r != 0)
		return -1;
	if (out->over)
		return err_set(err, EX_DATAERR, "the table is too large");
	return 0;
}

static const struct which *
find(const struct study *s, const struct tables_ask *ask, struct err *err)
{
	struct buf names = BUF(2000);

	for (size_t i = 0; i < TABLES; i++) {
		if (strcmp(table_of[i].name, ask->table) == 0 && ask->by == NULL &&
		    ask->var == NULL) {
			buf_free(&names);
			return &table_of[i];
		}
		buf_printf(&names, "%s%s", i > 0 ? ", " : "", table_of[i].name);
	}
	if (strcmp(ask->table, "cross") == 0 ||
	    (strcmp(ask->table, "rates") == 0 && ask->var == NULL)) {
		buf_free(&names);
		return &asked_of[ask->table[0] == 'r'];
	}
	for (size_t i = 0; i < s->ntable; i++) {
		if (strcmp(s->table[i].name, ask->table) == 0 && ask->by == NULL &&
		    ask->var == NULL) {
			buf_free(&names);
			return &asked_of[2];
		}
		buf_printf(&names, ", %s", s->table[i].name);
	}
	for (size_t i = 0; i < TABLES; i++)
		if (strcmp(table_of[i].name, ask->table) == 0) {
			buf_free(&names);
			err_set(err, EX_USAGE, "table %s takes no variable",
			    ask->table);
			return NULL;
		}
	err_set(err, EX_USAGE, "there is no table \"%.40s\": there are %.800s and "
	    "cross VAR", ask->table, buf_text(&names));
	buf_free(&names);
	return NULL;
}

static void
set_ask(struct making *m, const struct which *which,
    const struct tables_ask *ask)
{
	m->var = which == &asked_of[2] ? ask->table : ask->var;
	m->by = ask->by;
	m->e = ask->e;
}

int
making_table(struct making *m, const struct tables_ask *ask, struct table **ret,
    struct err *err)
{
	const struct which *which = find(m->study, ask, err);

	*ret = NULL;
	if (which == NULL)
		return -1;
	set_ask(m, which, ask);
	if (reached(&m->counts) < (int)which->wants)
		return making_due(m, err);
	return which->make(m, ret, NULL, err);
}

int
tables_ask(const struct world *w, const struct study *s, int64_t study_id,
    const struct tables_ask *ask, enum tables_format format, int box,
    struct buf *out, struct err *err)
{
	const struct which *which = find(s, ask, err);
	struct making m;
	int r;

	if (which == NULL || making_begin(&m, w, s, study_id, err) != 0)
		return -1;
	set_ask(&m, which, ask);
	if (reached(&m.counts) < (int)which->wants)
		r = making_due(&m, err);
	else
		r = write_one(&m, which, format, box, out, err);
	making_end(&m);
	return r;
}

int
tables_make(const struct world *w, const struct study *s, int64_t study_id,
    const char *name, enum tables_format format, int box, struct buf *out,
    struct err *err)
{
	struct tables_ask ask = { .table = name };

	return tables_ask(w, s, study_id, &ask, format, box, out, err);
}

static int
write_files(const struct making *m, const struct which *which,
    const char *name, const char *folder, struct err *err)
{
	static const struct { enum tables_format format; const char *end; } f[] = {
		{ TABLES_TEXT, ".txt" }, { TABLES_CSV, ".csv" },
		{ TABLES_EXCEL, "-excel.csv" }, { TABLES_JSON, ".json" },
		{ TABLES_MD, ".md" }, { TABLES_LATEX, ".tex" },
		{ TABLES_XLSX, ".xlsx" },
	};
	struct buf out = BUF(TABLE_MAX), path = BUF(8192);
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(f) / sizeof(f[0]); i++) {
		buf_clear(&out);
		buf_clear(&path);
		buf_printf(&path, "%s/%s%s", folder, name, f[i].end);
		r = write_one(m, which, f[i].format, 0, &out, err);
		if (r == 0 && !m->w->dry_run)
			r = file_write(buf_text(&path), 0600, buf_text(&out),
			    out.len, err);
	}
	buf_free(&path);
	buf_free(&out);
	return r;
}

int
tables_write(const struct world *w, const struct study *s, int64_t study_id,
    int64_t *written, struct err *err)
{
	struct buf folder = BUF(8192);
	struct making m;
	int r = 0;

	*written = 0;
	if (making_begin(&m, w, s, study_id, err) != 0)
		return -1;
	buf_printf(&folder, "%s/tables/%s", w->set->state, s->name);
	if (reached(&m.counts) >= (int)FRAMED && !w->dry_run)
		r = file_mkdirs(buf_text(&folder), 0700, err);
	for (size_t i = 0; r == 0 && i < TABLES; i++) {
		if (reached(&m.counts) < (int)table_of[i].wants)
			continue;
		r = write_files(&m, &table_of[i], table_of[i].name,
		    buf_text(&folder), err);
		if (r == 0)
			(*written)++;
	}
	for (size_t i = 0; r == 0 && i < s->ntable && m.counts.all.answered > 0;
	    i++) {
		m.var = s->table[i].name;
		r = write_files(&m, &asked_of[2], m.var, buf_text(&folder), err);
		if (r == 0)
			(*written)++;
	}
	buf_free(&folder);
	making_end(&m);
	return r;
}

const char *
tables_name(const struct study *s, size_t i)
{
	return i < TABLES ? table_of[i].name : i - TABLES < s->ntable ?
	    s->table[i - TABLES].name : NULL;
}

int
tables_status(const struct world *w, const struct study *s, int64_t study_id,
    struct tables_status *ret, struct err *err)
{
	const struct counts_cell *all;
	struct rates_line line;
	struct rates_study rates;
	struct making m;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (making_begin(&m, w, s, study_id, err) != 0)
		return -1;
	all = &m.counts.all;
	ret->frame = m.counts.kept;
	ret->drawn = all->drawn;
	ret->sent = all->sent;
	ret->returned = all->returned;
	ret->not_located = m.counts.not_located;
	ret->answered = all->answered;
	ret->review = all->review;
	ret->our_fault = all->our_fault;
	line = (struct rates_line){ all->sent, all->returned,
		m.counts.not_located, all->answered, m.active.num,
		m.active.den };
	r = rates_study(&line, &rates, err);
	if (r == 0) {
		ret->gross_rate = rates.gross;
		ret->net_rate = rates.net;
	}
	making_end(&m);
	return r;
}
