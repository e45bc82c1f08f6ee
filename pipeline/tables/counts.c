#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "pipeline/store/store.h"
#include "pipeline/tables/words.h"

#include "pipeline/tables/counts.h"

static const enum word reasons[COUNTS_REASONS] = {
	WORD_REASON_BANKRUPT, WORD_REASON_EXCLUDED, WORD_REASON_SUPPRESSED,
	WORD_REASON_QUARANTINE,
	WORD_REASON_NO_EMAIL, WORD_REASON_EMAIL_UNUSABLE,
	WORD_REASON_EMAIL_REVIEW, WORD_REASON_ONE_FIRM, WORD_REASON_DUPLICATE,
};

static const char sql_frame[] =
    "SELECT f.id, f.register_date, f.register_units, f.outside_code,"
    " f.outside_area, f.outside_filter, f.listed, f.listed_matched,"
    " f.listed_outside, f.population, f.kept, s.id,"
    " EXISTS (SELECT 1 FROM mailing m WHERE m.study = f.study"
    "  AND m.wave = 'invite'),"
    " (SELECT count(*) FROM not_located n WHERE n.study = f.study),"
    " s.units, (SELECT count(*) FROM sample_unit u WHERE u.sample = s.id)"
    " FROM frame f LEFT JOIN sample s ON s.study = f.study"
    " WHERE f.study = ?1 AND (s.frame IS NULL OR s.frame = f.id)"
    " ORDER BY f.id DESC LIMIT 1";

static const char sql_reasons[] =
    "SELECT reason, count(*) FROM frame_unit WHERE frame = ?1 AND kept = 0"
    " GROUP BY reason";

/* A unit without a disposition has not been sent anything. */
static const char sql_cells[] =
    "SELECT f.area_name, f.group_name, count(*),"
    " coalesce(sum(d.sent), 0), coalesce(sum(d.returned), 0),"
    " coalesce(sum(d.state = 'complete'), 0),"
    " coalesce(sum(d.state = 'partial'), 0),"
    " coalesce(sum(d.our_fault), 0), coalesce(sum(d.review), 0),"
    " coalesce(sum(d.late), 0)"
    " FROM sample_unit u JOIN frame_unit f ON f.id = u.frame_unit"
    " LEFT JOIN disposition d ON d.sample_unit = u.id"
    " WHERE u.sample = ?1 GROUP BY 1, 2";

static int
read_frame(sqlite3 *db, int64_t study_id, struct counts *c, struct err *err)
{
	int64_t *const to[] = { &c->register_units, &c->outside_code,
		&c->outside_area, &c->outside_filter, &c->listed,
		&c->listed_matched, &c->listed_outside, &c->population, &c->kept };
	sqlite3_stmt *q = NULL;
	int r, whole = 1;

	if (db_prepare(db, sql_frame, &q, err) != 0)
		return -1;
	db_i64(q, 1, study_id);
	if ((r = db_step(q, err)) == 1) {
		c->frame = sqlite3_column_int64(q, 0);
		c->register_date = sqlite3_column_int(q, 1);
		for (int i = 0; i < 9; i++)
			*to[i] = sqlite3_column_int64(q, 2 + i);
		c->sample = sqlite3_column_int64(q, 11);
		c->mailed = sqlite3_column_int(q, 12);
		c->not_located = sqlite3_column_int64(q, 13);
		whole = c->sample == 0 ||
		    sqlite3_column_int64(q, 14) == sqlite3_column_int64(q, 15);
	}
	sqlite3_finalize(q);
	if (!whole)
		return err_set(err, EX_DATAERR, "the sample does not have as many "
		    "units as were drawn");
	return r < 0 ? -1 : 0;
}

static int
read_reasons(sqlite3 *db, struct counts *c, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int r;

	if (db_prepare(db, sql_reasons, &q, err) != 0)
		return -1;
	db_i64(q, 1, c->frame);
	while ((r = db_step(q, err)) == 1) {
		size_t i = 0;

		while (i < COUNTS_REASONS &&
		    strcmp(db_col(q, 0), words_key(reasons[i])) != 0)
			i++;
		if (i == COUNTS_REASONS) {
			r = err_set(err, EX_DATAERR, "the frame has a reason that "
			    "is not known: %.40s", db_col(q, 0));
			break;
		}
		c->reason[i] = sqlite3_column_int64(q, 1);
	}
	sqlite3_finalize(q);
	return r;
}

static void
add_cell(struct counts_cell *to, sqlite3_stmt *q)
{
	to->drawn += sqlite3_column_int64(q, 2);
	to->sent += sqlite3_column_int64(q, 3);
	to->returned += sqlite3_column_int64(q, 4);
	to->answered += sqlite3_column_int64(q, 5);
	to->partial += sqlite3_column_int64(q, 6);
	to->our_fault += sqlite3_column_int64(q, 7);
	to->review += sqlite3_column_int64(q, 8);
	to->late += sqlite3_column_int64(q, 9);
}

static int
read_cells(sqlite3 *db, const struct study *s, struct counts *c, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int r;

	if (db_prepare(db, sql_cells, &q, err) != 0)
		return -1;
	db_i64(q, 1, c->sample);
	while ((r = db_step(q, err)) == 1) {
		size_t area = study_area_at(s, db_col(q, 0));
		size_t group = study_group_at(s, db_col(q, 1));

		if (area == s->narea || group == s->ngroup) {
			r = err_set(err, EX_DATAERR, "the sample has units of %s "
			    "%.60s, which the study file does not have: it has "
			    "been changed since the frame was made",
			    area == s->narea ? "area" : "group",
			    area == s->narea ? db_col(q, 0) : db_col(q, 1));
			break;
		}
		add_cell(&c->cell[area * s->ngroup + group], q);
		add_cell(&c->all, q);
	}
	sqlite3_finalize(q);
	return r;
}

int
counts_read(const struct world *w, const struct study *s, int64_t study_id,
    struct counts *c, struct err *err)
{
	memset(c, 0, sizeof(*c));
	c->register_date = DATE_NONE;
	c->cell = mem_array(s->narea * s->ngroup + 1, sizeof(*c->cell));
	if (read_frame(w->db, study_id, c, err) != 0)
		return -1;
	if (c->frame != 0 && read_reasons(w->db, c, err) != 0)
		return -1;
	if (c->sample != 0 && read_cells(w->db, s, c, err) != 0)
		return -1;
	return 0;
}

void
counts_free(struct counts *c)
{
	free(c->cell);
	c->cell = NULL;
}

void
counts_reasons(const struct counts *c, enum lang lang,
    struct funnel_loss ret[static COUNTS_REASONS])
{
	for (size_t i = 0; i < COUNTS_REASONS; i++)
		ret[i] = (struct funnel_loss){ words_key(reasons[i]),
			words_text(reasons[i], lang), c->reason[i],
			reasons[i] == WORD_REASON_QUARANTINE ||
			reasons[i] == WORD_REASON_ONE_FIRM };
}
