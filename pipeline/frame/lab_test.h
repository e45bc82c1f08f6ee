#ifndef PIPELINE_FRAME_LAB_TEST_H
#define PIPELINE_FRAME_LAB_TEST_H

/*
 * lab_test -- a register of a few invented units and a study to frame them, for
 * the tests of this folder.  Include after cmocka.h.
 */

#include "nace/nace.h"
#include "nace/region.h"
#include "pipeline/base/date.h"
#include "pipeline/base/num.h"
#include "pipeline/frame/frame.h"
#include "pipeline/store/suppress.h"
#include "tests/fixture.h"

enum { LAB_DAY = 20782 };	/* 2026-11-25 */

struct lab {
	struct fixture f;
	struct nace *nace;
	struct region *region;
	struct study *study;
	struct talk talk;
	struct buf said;	/* lines of talk */
	struct frame_result r;
	struct err err;
};

/* A unit; what is left out is an ordinary one in Alta, code 59.110. */
struct lab_unit {
	int32_t orgnr;
	int kind;		/* 0 enhet, 1 underenhet */
	int32_t parent;
	const char *name, *form, *place, *email;
	int32_t nace;		/* 0: 59110 */
	int employees;		/* 0: none given; -1: none; -2: 1 to 4 */
	int32_t registered;	/* 0: 2010-01-04 */
	int bankrupt, winding_up, forced, deleted;
};

/* The ${i}th number that the register does not give out, right by its digit. */
static inline int32_t
lab_orgnr(int i)
{
	int32_t e = 81000000;

	for (;; e++) {
		int32_t d = num_orgnr_digit(e);

		if (d >= 0 && i-- == 0)
			return e * 10 + d;
	}
}

static inline void
lab_line(void *ctx, const char *text)
{
	buf_printf(ctx, "%s\n", text);
}

static inline void
lab_extract(struct lab *l, const char *kind, const char *standard, char hash)
{
	char sql[800];

	snprintf(sql, sizeof(sql), "UPDATE extract SET in_force = 0 WHERE kind = '%s'",
	    kind);
	fixture_exec(&l->f, sql);
	snprintf(sql, sizeof(sql), "INSERT INTO extract (kind, source, register_date,"
	    " date_basis, fetched, bytes, sha256, standard, read, units, unreadable,"
	    " added, changed, gone, in_force) VALUES ('%s', 'x', %d, 'given', 1, 1,"
	    " '%c', '%s', 1, 1, 0, 1, 0, 0, 1)", kind, LAB_DAY, hash, standard);
	fixture_exec(&l->f, sql);
}

static inline void
lab_study(struct lab *l, const char *text)
{
	char path[100];

	study_free(l->study);
	snprintf(path, sizeof(path), "%s/test.ini", l->f.state);
	if (study_read_text(path, text, strlen(text), &l->study, NULL, &l->err) != 0)
		fail_msg("%s", l->err.text);
}

#define LAB_HEAD	"[study]\nname = test\nstandard = SN2025\n"
#define LAB_GROUPS	"[group film]\ncodes = 59\n[group camping]\ncodes = 55.300\n"
#define LAB_AREAS	"[area north]\ncounty = Finnmark\n" \
			"[area east]\ncounty = Buskerud\nexcept = Drammen\n"
#define LAB_STUDY	LAB_HEAD LAB_GROUPS LAB_AREAS

static inline void
lab_open(struct lab *l)
{
	memset(l, 0, sizeof(*l));
	fixture_open(&l->f);
	l->said = (struct buf)BUF(BUF_ANY);
	l->talk = (struct talk){ lab_line, NULL, &l->said };
	l->nace = nace_load(&l->err);
	l->region = region_load(&l->err);
	assert_non_null(l->nace);
	assert_non_null(l->region);
	l->f.w.nace = l->nace;
	l->f.w.region = l->region;
	l->f.w.talk = &l->talk;
	lab_extract(l, "enhet", "SN2025", 'a');
	lab_study(l, LAB_STUDY);
}

static inline void
lab_close(struct lab *l)
{
	study_free(l->study);
	nace_free(l->nace);
	region_free(l->region);
	buf_free(&l->said);
	fixture_close(&l->f);
}

static inline void
lab_add(struct lab *l, struct lab_unit u)
{
	sqlite3_stmt *s = NULL;

	if (db_prepare(l->f.w.db, "INSERT INTO unit (orgnr, kind, parent, name,"
	    " legal_form, business_municipality, location_municipality, email, nace1,"
	    " employees, has_employees, registered_date, bankrupt, winding_up,"
	    " forced_winding_up, deleted_date, row_hash, extract) VALUES (?1, ?2,"
	    " nullif(?3, 0), ?4, ?5, CASE ?2 WHEN 0 THEN ?6 END,"
	    " CASE ?2 WHEN 1 THEN ?6 END, ?7, ?8,"
	    " CASE WHEN ?9 > 0 THEN ?9 END,"
	    " CASE ?9 WHEN 0 THEN NULL WHEN -1 THEN 0 ELSE 1 END, ?10,"
	    " nullif(?11, 0), nullif(?12, 0), nullif(?13, 0), nullif(?14, 0), 1, 1)",
	    &s, &l->err) != 0)
		fail_msg("%s", l->err.text);
	db_i64(s, 1, u.orgnr);
	db_i64(s, 2, u.kind);
	db_i64(s, 3, u.parent);
	db_text(s, 4, u.name != NULL ? u.name : "EN VIRKSOMHET");
	db_text(s, 5, u.form != NULL ? u.form : u.kind == 0 ? "AS" : "BEDR");
	db_text(s, 6, u.place != NULL ? u.place : "5601");
	db_text(s, 7, u.email);
	db_i64(s, 8, u.nace != 0 ? u.nace : 59110);
	db_i64(s, 9, u.employees);
	db_i64(s, 10, u.registered != 0 ? u.registered : 14613);
	db_i64(s, 11, u.bankrupt);
	db_i64(s, 12, u.winding_up);
	db_i64(s, 13, u.forced);
	db_i64(s, 14, u.deleted);
	if (db_run(s, &l->err) != 0)
		fail_msg("%s", l->err.text);
	sqlite3_finalize(s);
}

static inline void
lab_file(struct lab *l, const char *name, const char *text)
{
	char path[100];

	snprintf(path, sizeof(path), "%s/%s", l->f.state, name);
	assert_int_equal(file_write(path, 0600, text, strlen(text), &l->err), 0);
}

static inline void
lab_suppress(struct lab *l, enum suppress_what what, const char *value)
{
	char hash[65];

	suppress_hash(&l->f.keys, what, value, hash);
	assert_int_equal(suppress_add(l->f.w.db, what, hash, "opt-out", 0, 1, &l->err),
	    1);
}

static inline int
lab_try(struct lab *l)
{
	buf_clear(&l->said);
	l->err = (struct err){ 0, "" };
	return frame_make(&l->f.w, l->study, -1, &l->r, &l->err);
}

/* The funnel adds up, whatever is in it. */
static inline void
lab_adds_up(const struct frame_result *r)
{
	int64_t sum = 0;

	for (int i = 0; i < FRAME_REASONS; i++)
		sum += r->reason[i];
	assert_int_equal(sum, r->population);
	assert_int_equal(r->reason[FRAME_KEPT], r->kept);
	assert_int_equal(r->register_units, r->outside_code + r->outside_area +
	    r->outside_filter + r->population -
	    (r->listed - r->listed_matched - r->listed_outside));
}

static inline void
lab_frame(struct lab *l)
{
	if (lab_try(l) != 0)
		fail_msg("%s", l->err.text);
	lab_adds_up(&l->r);
}

/* The newest frame: "key reason; ..." by key, keys of register units by their
 * place in lab_orgnr() where they are of it. */
static inline const char *
lab_rows(struct lab *l, const char *columns)
{
	char sql[600];

	snprintf(sql, sizeof(sql), "SELECT group_concat(%s, '; ') FROM (SELECT * FROM"
	    " frame_unit WHERE frame = (SELECT max(id) FROM frame) ORDER BY unit_key)",
	    columns);
	return fixture_text(&l->f, sql);
}

#endif /* !PIPELINE_FRAME_LAB_TEST_H */
