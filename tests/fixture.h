#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

/*
 * fixture -- a private world for tests of the stages: a state folder of its
 * own under /tmp, a database with the real schema, fixed keys, the defaults of
 * the settings that the stages ask for.  Everything in it is invented.
 *
 * All static inline, so that a test uses what it needs and no archive holds it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/settings.h"
#include "config/study.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/prn.h"
#include "pipeline/store/keys.h"
#include "pipeline/store/store.h"
#include "pipeline/store/world.h"

struct fixture {
	char state[64];
	struct settings set;
	struct keys keys;
	struct world w;
	struct study study;
	struct study_area area[3];
	struct study_group group[2];
	int64_t id;		/* of the study */
	int64_t frame;
	struct err err;
};

static inline void
fixture_exec(struct fixture *f, const char *sql)
{
	if (db_exec(f->w.db, sql, &f->err) != 0)
		fail_msg("%s: %s", sql, f->err.text);
}

static inline int64_t
fixture_int(struct fixture *f, const char *sql)
{
	int64_t v = -1;

	if (db_int(f->w.db, sql, &v, &f->err) < 0)
		fail_msg("%s: %s", sql, f->err.text);
	return v;
}

/* Text of one value; the same buffer each time. */
static inline const char *
fixture_text(struct fixture *f, const char *sql)
{
	static struct buf text = BUF(1 << 20);
	sqlite3_stmt *s = NULL;

	buf_clear(&text);
	if (db_prepare(f->w.db, sql, &s, &f->err) != 0)
		fail_msg("%s: %s", sql, f->err.text);
	if (db_step(s, &f->err) == 1)
		buf_str(&text, db_col(s, 0));
	sqlite3_finalize(s);
	return buf_text(&text);
}

static inline void
fixture_study(struct fixture *f)
{
	static const char *const area[] = { "nord", "vest", "sor" };
	static const char *const group[] = { "kultur", "mat" };
	struct study *s = &f->study;
	char sql[512], hex[65];

	for (size_t i = 0; i < 3; i++)
		f->area[i].name = f->area[i].label.nb = f->area[i].label.en = area[i];
	for (size_t i = 0; i < 2; i++)
		f->group[i].name = f->group[i].label.nb =
		    f->group[i].label.en = group[i];
	s->name = "smaa";
	s->file = "smaa.ini";
	s->folder = f->state;
	s->title.nb = s->title.en = "En undersøkelse";
	s->purpose = s->controller = s->legal_basis = s->contact = "";
	s->area = f->area;
	s->narea = 3;
	s->group = f->group;
	s->ngroup = 2;
	s->design = STUDY_EVERYONE;
	s->answers.deadline = INT64_MIN;
	memset(s->sha256, 7, sizeof(s->sha256));
	memset(s->drawn_sha256, 7, sizeof(s->drawn_sha256));
	snprintf(sql, sizeof(sql), "INSERT INTO study (id, name, file, folder,"
	    " file_sha256, created) VALUES (1, 'smaa', x'', '%s', '%s', 1)",
	    f->state, hash_hex(s->sha256, 32, hex));
	fixture_exec(f, sql);
	f->id = 1;
}

static inline void
fixture_open(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	snprintf(f->state, sizeof(f->state), "/tmp/utvalg-test-XXXXXX");
	assert_non_null(mkdtemp(f->state));
	f->set.state = f->state;
	f->set.max_county_change = f->set.max_form_change = 0.10;
	f->set.max_email_change = 0.10;
	f->set.max_field_gone = 0.01;
	f->set.max_duplicates = f->set.min_change = 100;
	f->set.token_days = f->set.address_days = 60;
	f->set.hard_by_address = 2;
	f->set.suspend_count = 2;
	f->set.suspend_days = 7;
	f->set.soft_count = 3;
	f->set.soft_days = 14;
	f->set.soft_reset_days = 30;
	snprintf(f->keys.salt, sizeof(f->keys.salt), "2026-001");
	for (size_t i = 0; i < 32; i++)
		f->keys.bounce[0][i] = (unsigned char)i;
	f->keys.bounce_set[0] = 1;
	f->w.set = &f->set;
	f->w.keys = &f->keys;
	f->w.now = INT64_C(1772449800);	/* 2026-03-02 11:10:00 */
	if (store_open(f->state, STORE_WRITE, &f->w.db, &f->err) != 0)
		fail_msg("%s", f->err.text);
	fixture_exec(f, "PRAGMA synchronous = OFF");	/* for speed only */
	fixture_study(f);
}

/* A new frame, which is then the newest, of the study as it is. */
static inline void
fixture_frame(struct fixture *f)
{
	char sql[512], hex[65];

	snprintf(sql, sizeof(sql), "INSERT INTO frame (study, frozen,"
	    " register_date, extract_sha256, study_sha256, lists_sha256,"
	    " suppression_sha256, code_version, register_units, outside_code,"
	    " outside_area, outside_filter, listed, listed_matched,"
	    " listed_outside, population, kept) VALUES (1, 1, 1, '', '%s', '', '',"
	    " '', 0, 0, 0, 0, 0, 0, 0, 0, 0)",
	    hash_hex(f->study.sha256, 32, hex));
	fixture_exec(f, sql);
	f->frame = sqlite3_last_insert_rowid(f->w.db);
}

/* One unit of the newest frame; left out as a bankrupt where ${kept} is 0. */
static inline int64_t
fixture_unit(struct fixture *f, const char *key, const char *area,
    const char *group, const char *name, const char *email, int shared, int kept)
{
	sqlite3_stmt *s = NULL;

	if (db_prepare(f->w.db, "INSERT INTO frame_unit (frame, unit_key, source,"
	    " orgnr, name, group_name, area_name, email_raw, email, email_key,"
	    " prn, kept, reason, shared) VALUES (?1, ?2, 'enhet',"
	    " CASE WHEN ?2 GLOB '[0-9]*' THEN CAST(?2 AS INTEGER) END,"
	    " ?3, ?4, ?5, ?6, ?6, lower(?6), ?7, ?8,"
	    " CASE ?8 WHEN 1 THEN NULL ELSE 'bankrupt' END, ?9)", &s, &f->err) != 0)
		fail_msg("%s", f->err.text);
	db_i64(s, 1, f->frame);
	db_text(s, 2, key);
	db_text(s, 3, name);
	db_text(s, 4, group);
	db_text(s, 5, area);
	db_text(s, 6, email);
	db_real(s, 7, prn_of(f->keys.salt, key));
	db_i64(s, 8, kept);
	db_i64(s, 9, shared);
	if (db_run(s, &f->err) != 0)
		fail_msg("%s", f->err.text);
	sqlite3_finalize(s);
	return sqlite3_last_insert_rowid(f->w.db);
}

/* rm -r; also for tests that make folders of their own. */
static inline void
fixture_remove(const char *path)
{
	struct file_list list;
	struct err err;
	struct buf inner = BUF(4096);

	if (remove(path) == 0 || file_list(path, &list, &err) != 0)
		return;
	for (size_t i = 0; i < list.n; i++) {
		buf_clear(&inner);
		buf_printf(&inner, "%s/%s", path, list.name[i]);
		fixture_remove(buf_text(&inner));
	}
	buf_free(&inner);
	file_list_free(&list);
	remove(path);
}

static inline void
fixture_close(struct fixture *f)
{
	store_close(f->w.db);
	fixture_remove(f->state);
}

#endif /* !TESTS_FIXTURE_H */
