#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/prn.h"
#include "pipeline/frame/activity.h"
#include "pipeline/frame/cluster.h"
#include "pipeline/frame/corrections.h"
#include "pipeline/frame/domains.h"
#include "pipeline/frame/exclusions.h"
#include "pipeline/frame/firm.h"
#include "pipeline/frame/lists.h"
#include "pipeline/frame/past.h"
#include "pipeline/frame/quarantine.h"
#include "pipeline/frame/reach.h"
#include "pipeline/store/keys.h"
#include "pipeline/store/store.h"
#include "pipeline/store/suppress.h"

#include "pipeline/frame/select.h"

/* The register's kinds as table unit has them. */
enum { ENHET = 0, UNDERENHET = 1 };

struct candidate *
selection_add(struct selection *s)
{
	struct candidate *c;

	if (s->n == s->cap) {
		s->cap = s->cap > 0 ? s->cap * 2 : 1024;
		s->unit = mem_grow(s->unit, s->cap, sizeof(*s->unit));
	}
	c = &s->unit[s->n++];
	memset(c, 0, sizeof(*c));
	c->employees = -1;
	c->has_employees = -1;
	c->shared = 1;
	c->activity = -1;
	return c;
}

static int
wants(const struct study *study, int kind)
{
	return kind == ENHET ? (study->units & STUDY_ENHET) != 0 :
	    (study->units & STUDY_UNDERENHET) != 0;
}

/* What one extract in force says of itself. */
struct in_force {
	int64_t id;
	int32_t date;
	char sha256[120];	/* with what happened since: "...@ROW.CHANGES.ERASED" */
	int standard;		/* enum nace_std, -1: not known */
};

static const char *const kind_name[] = { "enhet", "underenhet" };

/* The file that a register goes back to and what the change feed brought after
 * it, up to extract ?2; a tombstone changes every register, of whatever day. */
static const char sql_extract[] =
    "SELECT coalesce(c.id, e.id), coalesce(c.register_date, e.register_date),"
    " e.sha256 || iif(c.id IS NULL AND t.n = 0, '', '@' || coalesce(c.id, 0) ||"
    " '.' || coalesce(c.added + c.changed + c.gone, 0) || '.' || t.n), e.standard"
    " FROM extract e JOIN (SELECT count(*) AS n FROM tombstone) t LEFT JOIN extract"
    " c ON c.id = (SELECT max(x.id) FROM extract x WHERE x.kind = ?1 AND x.origin ="
    " 'feed' AND x.id > e.id AND x.id <= ?2) WHERE e.kind = ?1 AND iif(?3,"
    " e.in_force = 1, e.id = (SELECT max(f.id) FROM extract f WHERE f.kind = ?1 AND"
    " f.origin = 'file' AND f.refused IS NULL AND f.id <= ?2))";

/* 1: read; 0: none of this kind is in force, or was on ${day}; -1. */
static int
read_extract(sqlite3 *db, int kind, int32_t day, struct in_force *x,
    struct err *err)
{
	sqlite3_stmt *s = NULL;
	int64_t last = 0;
	int r;

	memset(x, 0, sizeof(*x));
	if (day != DATE_NONE) {
		if (past_extract(db, kind_name[kind], day, &last, err) != 0)
			return -1;
		if (last == 0)
			return 0;
	}
	if (db_prepare(db, sql_extract, &s, err) != 0)
		return -1;
	db_text(s, 1, kind_name[kind]);
	db_i64(s, 2, day != DATE_NONE ? last : INT64_MAX);
	db_i64(s, 3, day == DATE_NONE);
	if ((r = db_step(s, err)) == 1) {
		enum nace_std std;

		x->id = sqlite3_column_int64(s, 0);
		x->date = sqlite3_column_int(s, 1);
		snprintf(x->sha256, sizeof(x->sha256), "%s", db_col(s, 2));
		x->standard = nace_std_parse(db_col(s, 3), &std) == 0 ? (int)std : -1;
	}
	sqlite3_finalize(s);
	return r;
}

int
selection_register(const struct world *w, const struct study *study,
    struct err *err)
{
	struct in_force x;
	int any = 0, r;

	for (int kind = ENHET; kind <= UNDERENHET; kind++) {
		if (!wants(study, kind))
			continue;
		if ((r = read_extract(w->db, kind, DATE_NONE, &x, err)) < 0)
			return -1;
		any |= r;
	}
	return any;
}

static void
use_extract(struct selection *s, int kind, const struct in_force *x)
{
	size_t n = strlen(s->extract_sha256);

	*(kind == ENHET ? &s->extract_enhet : &s->extract_underenhet) = x->id;
	snprintf(s->extract_sha256 + n, sizeof(s->extract_sha256) - n, "%s%s",
	    n > 0 ? "+" : "", x->sha256);
}

static int
missing(const struct selection *s, int kind, struct err *err)
{
	char day[11];

	if (s->as_of != DATE_NONE)
		return err_set(err, EX_NOINPUT, "no register of kind %s from %s or before "
		    "is stored", kind_name[kind], date_iso(s->as_of, day));
	return err_set(err, EX_NOINPUT, "no register of kind %s is loaded: "
	    "utvalg pull --kind %s", kind_name[kind], kind_name[kind]);
}

/*
 * Which register this is: the extracts, their day and their standard.  A study
 * of sub-units alone leans on the main units too: legal form and bankruptcy are
 * theirs.  Where that register is missing it says so.
 */
static int
read_register(const struct world *w, const struct study *study,
    struct selection *s, enum nace_std *standard, struct err *err)
{
	struct in_force x;
	int std = -1, r;

	for (int kind = ENHET; kind <= UNDERENHET; kind++) {
		int this;

		if ((r = read_extract(w->db, kind, s->as_of, &x, err)) < 0)
			return -1;
		if (!wants(study, kind)) {
			if (kind == ENHET && r == 1)
				use_extract(s, kind, &x);
			else if (kind == ENHET)
				talk_line(w->talk, "the register of main units is not loaded: "
				    "legal form and bankruptcy of sub-units are not known");
			continue;
		}
		if (r == 0)
			return missing(s, kind, err);
		this = x.standard >= 0 ? x.standard : (int)nace_std_at(x.date);
		if (std >= 0 && this != std)
			return err_set(err, EX_DATAERR, "the registers of units and of "
			    "sub-units are in different standards of industry codes: "
			    "load both anew");
		if (std < 0)
			s->count.register_date = x.date;
		std = this;
		use_extract(s, kind, &x);
	}
	*standard = (enum nace_std)std;
	return 0;
}

/* A sub-unit has no flags of bankruptcy, no company form and no accounts: its
 * parent has.  The last column is the newest day that speaks of activity. */
static const char sql_units[] =
    "SELECT u.orgnr, u.kind, u.parent, u.name,"
    " CASE u.kind WHEN 0 THEN u.legal_form ELSE p.legal_form END,"
    " CASE u.kind WHEN 0 THEN u.business_municipality"
    "  ELSE u.location_municipality END,"
    " u.employees, u.has_employees, u.registered_date, u.email,"
    " CASE u.kind WHEN 0 THEN"
    "  coalesce(u.bankrupt, 0) + coalesce(u.winding_up, 0) +"
    "  coalesce(u.forced_winding_up, 0)"
    " ELSE coalesce(p.bankrupt, 0) + coalesce(p.winding_up, 0) +"
    "  coalesce(p.forced_winding_up, 0) END,"
    " iif(u.kind = 0, u.vat, p.vat), iif(u.kind = 0, u.accounts_year,"
    " p.accounts_year), iif(u.kind = 0, u.sector, p.sector), iif(u.kind = 0,"
    " u.language, p.language), max(coalesce(u.registered_date, 0),"
    " coalesce(u.employees_date, 0), coalesce(u.articles_date, 0),"
    " coalesce(u.vat_entry_date, 0), coalesce(u.owner_change_date, 0))"
    " FROM unit u LEFT JOIN unit p ON u.kind = 1 AND p.orgnr = u.parent"
    " WHERE u.nace1 = ?1 AND u.deleted_date IS NULL AND u.kind BETWEEN ?2 AND ?3";

static const char *
text_or_null(struct arena *a, sqlite3_stmt *s, int i)
{
	return sqlite3_column_type(s, i) == SQLITE_NULL ? NULL :
	    arena_str(a, db_col(s, i));
}

static int
points(const struct selection *s, sqlite3_stmt *row, const struct candidate *c)
{
	const struct activity a = { c->employees > 0 || c->has_employees == 1,
		sqlite3_column_int(row, 11) == 1, sqlite3_column_int(row, 12),
		sqlite3_column_int(row, 15), c->bankrupt };

	return activity_points(&a, s->count.register_date);
}

static enum filter
filter_row(const struct study *study, sqlite3_stmt *row, const struct candidate *c)
{
	const struct filter_unit u = { c->legal_form != NULL ? c->legal_form : "",
		db_col(row, 13), db_col(row, 14), c->employees, c->has_employees,
		sqlite3_column_type(row, 8) != SQLITE_NULL ? sqlite3_column_int(row, 8) :
		DATE_NONE, sqlite3_column_int(row, 11), sqlite3_column_int(row, 12),
		c->activity };

	return filter_first(study, &u);
}

static void
take_row(const struct study *study, struct selection *s, sqlite3_stmt *row,
    int32_t code)
{
	struct candidate c = { .nace = code, .employees = -1, .has_employees = -1,
	    .shared = 1 };
	const char *place = db_col(row, 5);
	enum filter fails;
	int32_t number;
	size_t area = 0;

	if (region_number(place, strlen(place), &number) == 0) {
		c.municipality = number;
		area = s->population->area_of[number];
	}
	if (area == 0) {
		s->count.outside_area++;
		return;
	}
	s->by_code[code]++;
	c.area = area - 1;
	c.group = (size_t)s->population->group_of[code] - 1;
	c.orgnr = sqlite3_column_int(row, 0);
	c.source = sqlite3_column_int(row, 1) == ENHET ? "enhet" : "underenhet";
	c.parent = sqlite3_column_int(row, 2);
	c.legal_form = text_or_null(s->arena, row, 4);
	if (sqlite3_column_type(row, 6) != SQLITE_NULL)
		c.employees = sqlite3_column_int64(row, 6);
	if (sqlite3_column_type(row, 7) != SQLITE_NULL)
		c.has_employees = sqlite3_column_int(row, 7);
	c.bankrupt = sqlite3_column_int(row, 10) > 0;
	c.activity = points(s, row, &c);
	if ((fails = filter_row(study, row, &c)) != FILTERS) {
		s->count.outside_filter++;
		s->count.filtered[fails]++;
		return;
	}
	c.name = arena_str(s->arena, db_col(row, 3));
	c.email_raw = text_or_null(s->arena, row, 9);
	c.key = arena_printf(s->arena, "%09d", (int)c.orgnr);
	*selection_add(s) = c;
}

static int
by_key(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static int
read_units(const struct world *w, const struct study *study, struct selection *s,
    struct err *err)
{
	const struct nace_plan *plan = s->population->plan;
	int from = wants(study, ENHET) ? ENHET : UNDERENHET;
	int to = wants(study, UNDERENHET) ? UNDERENHET : ENHET;
	int64_t in_codes = 0;
	sqlite3_stmt *row = NULL;
	char sql[120];
	int r = 0;

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM unit WHERE deleted_date"
	    " IS NULL AND kind BETWEEN %d AND %d", from, to);
	if (db_int(w->db, sql, &s->count.register_units, err) < 0 ||
	    db_prepare(w->db, sql_units, &row, err) != 0)
		return -1;
	for (size_t t = 0; r == 0 && t < plan->ntarget; t++) {
		if (!s->population->target[t].kept)
			continue;
		db_i64(row, 1, plan->target[t].item->number);
		db_i64(row, 2, from);
		db_i64(row, 3, to);
		for (; (r = db_step(row, err)) == 1; in_codes++)
			take_row(study, s, row, plan->target[t].item->number);
		sqlite3_reset(row);
	}
	sqlite3_finalize(row);
	s->count.outside_code = s->count.register_units - in_codes;
	if (r == 0 && s->n > 0)
		qsort(s->unit, s->n, sizeof(*s->unit), by_key);
	return r;
}

/*
 * Listed units with a number: bankrupt is bankrupt, whoever listed it.  Only
 * kinds that the study reads, so that a frame leans on no other register.
 */
static int
mark_listed(const struct world *w, const struct study *study,
    struct selection *s, struct err *err)
{
	sqlite3_stmt *row = NULL;
	int r = 0;

	if (db_prepare(w->db, "SELECT coalesce(p.bankrupt, 0) + coalesce(p.winding_up, 0)"
	    " + coalesce(p.forced_winding_up, 0), p.legal_form"
	    " FROM unit u JOIN unit p ON p.orgnr = CASE u.kind WHEN 1 THEN u.parent"
	    " ELSE u.orgnr END WHERE u.orgnr = ?1 AND u.kind BETWEEN ?2 AND ?3", &row,
	    err) != 0)
		return -1;
	db_i64(row, 2, wants(study, ENHET) ? ENHET : UNDERENHET);
	db_i64(row, 3, wants(study, UNDERENHET) ? UNDERENHET : ENHET);
	for (size_t i = 0; r >= 0 && i < s->n; i++) {
		struct candidate *c = &s->unit[i];

		if (c->nace != 0 || c->orgnr == 0)
			continue;
		db_i64(row, 1, c->orgnr);
		if ((r = db_step(row, err)) == 1) {
			c->bankrupt = sqlite3_column_int(row, 0) > 0;
			c->legal_form = text_or_null(s->arena, row, 1);
		}
		sqlite3_reset(row);
	}
	sqlite3_finalize(row);
	return r < 0 ? -1 : 0;
}

static int
orgnr_listed(const struct suppress *list, const struct keys *keys, int32_t orgnr)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%09d", (int)orgnr);
	return suppress_listed(list, keys, SUPPRESS_ORGNR, digits);
}

/* The first reason that holds, in the stated order; duplicates come later. */
static void
give_reason(const struct world *w, const struct study *study,
    struct candidate *c, const struct exclusions *excluded,
    const struct suppress *list, const struct quarantine *lately,
    enum frame_reason email)
{
	if (study->bankrupt_out && c->bankrupt)
		c->reason = FRAME_BANKRUPT;
	else if (exclusions_has(excluded, c->orgnr, c->email_key))
		c->reason = FRAME_EXCLUDED;
	else if ((c->orgnr != 0 && orgnr_listed(list, w->keys, c->orgnr)) ||
	    (c->email_key != NULL &&
	    suppress_listed(list, w->keys, SUPPRESS_EMAIL, c->email_key)))
		c->reason = FRAME_SUPPRESSED;
	else if (quarantine_has(lately, c->key, c->email_key))
		c->reason = FRAME_QUARANTINE;
	else
		c->reason = email;
	if (c->reason != email)
		c->detail = NULL;
}

/* One hash for lists, exclusions and corrections: any change is a change. */
static void
add_hash(char hex[static 65], const unsigned char more[static 32])
{
	struct hash *h = hash_begin();
	unsigned char sum[32];

	hash_add(h, hex, strlen(hex));
	hash_add(h, more, 32);
	hash_end(h, sum);
	hash_hex(sum, sizeof(sum), hex);
}

static int
judge(const struct world *w, const struct study *study, struct selection *s,
    struct err *err)
{
	struct reach *reach = reach_new(study, err);
	struct exclusions *excluded = NULL;
	struct corrections *decided = NULL;
	struct suppress *list = NULL;
	struct quarantine *lately = NULL;
	unsigned char sum[32], decisions[32];
	int r = -1;

	if (reach == NULL)
		return -1;
	if (exclusions_read(w, study, reach, &excluded, sum, err) != 0 ||
	    corrections_read(study, &decided, decisions, err) != 0 ||
	    (list = s->as_of != DATE_NONE ? suppress_load_day(w->db, s->as_of, err) :
	    suppress_load(w->db, w->now, err)) == NULL ||
	    (lately = quarantine_load(w, study, s->as_of, err)) == NULL)
		goto out;
	snprintf(s->suppression_sha256, sizeof(s->suppression_sha256), "%s",
	    suppress_sha256(list));
	if (study->exclude != NULL)
		add_hash(s->lists_sha256, sum);
	if (study->corrections != NULL)
		add_hash(s->lists_sha256, decisions);
	if (study->quarantine > 0) {
		quarantine_sha256(lately, sum);
		add_hash(s->suppression_sha256, sum);
	}
	for (size_t i = 0; i < s->n; i++) {
		struct candidate *c = &s->unit[i];
		enum frame_reason email;

		email = reach_candidate(reach, s->arena, c,
		    corrections_find(decided, c->key, c->email_raw), &s->count);
		give_reason(w, study, c, excluded, list, lately, email);
		c->prn = prn_of(w->keys->salt, c->key);
		talk_progress(w->talk, "checking addresses", (int64_t)i, (int64_t)s->n);
	}
	corrections_count(w, decided, &s->count.decided, &s->count.stale);
	r = 0;
out:
	quarantine_free(lately);
	suppress_free(list);
	corrections_free(decided);
	exclusions_free(excluded);
	reach_free(reach);
	return r;
}

static void
add_up(const struct study *study, struct selection *s)
{
	s->count.population = (int64_t)s->n;
	for (size_t i = 0; i < s->n; i++) {
		const struct candidate *c = &s->unit[i];
		size_t at = c->group * study->narea + c->area;

		s->count.reason[c->reason]++;
		s->pop_cell[at]++;
		if (c->reason != FRAME_KEPT)
			continue;
		s->by_cell[at]++;
		if (c->activity < 0)
			continue;
		s->known_cell[at]++;
		s->active_cell[at] += c->activity >= study->active_points;
		s->points[c->activity]++;
	}
	s->count.kept = s->count.reason[FRAME_KEPT];
}

int
selection_make(const struct world *w, const struct study *study, int ask,
    struct selection **ret, struct err *err)
{
	return selection_make_at(w, study, DATE_NONE, ask, ret, err);
}

/* The register of the day has been named: put it where today's is. */
static int
go_back(const struct world *w, const struct selection *s, struct err *err)
{
	int64_t at[2];

	for (int kind = ENHET; kind <= UNDERENHET; kind++)
		if (past_extract(w->db, kind_name[kind], s->as_of, &at[kind], err) != 0)
			return -1;
	return past_open(w->db, at[ENHET], at[UNDERENHET], err);
}

int
selection_make_at(const struct world *w, const struct study *study, int32_t day,
    int ask, struct selection **ret, struct err *err)
{
	struct selection *s = mem_alloc(sizeof(*s));
	enum nace_std standard = NACE_SN2025;

	*ret = NULL;
	s->as_of = day;
	s->arena = arena_new();
	s->by_code = arena_alloc(s->arena, POPULATION_CODES * sizeof(*s->by_code));
	s->by_cell = arena_alloc(s->arena,
	    (study->ngroup * study->narea + 1) * sizeof(*s->by_cell));
	s->active_cell = arena_alloc(s->arena,
	    (study->ngroup * study->narea + 1) * sizeof(*s->active_cell));
	s->known_cell = arena_alloc(s->arena,
	    (study->ngroup * study->narea + 1) * sizeof(*s->known_cell));
	s->pop_cell = arena_alloc(s->arena,
	    (study->ngroup * study->narea + 1) * sizeof(*s->pop_cell));
	if (read_register(w, study, s, &standard, err) != 0 ||
	    population_make(study, w->nace, w->region, standard,
	    s->count.register_date, &s->population, NULL, err) != 0 ||
	    (day != DATE_NONE && go_back(w, s, err) != 0) ||
	    read_units(w, study, s, err) != 0 ||
	    lists_read(w, study, s, err) != 0 ||
	    mark_listed(w, study, s, err) != 0 ||
	    judge(w, study, s, err) != 0 ||
	    (study->mx && domains_settle(w, s, ask, err) != 0) ||
	    firm_settle(w, study, s, err) != 0)
		goto fail;
	if (day != DATE_NONE)
		past_close(w->db);
	cluster_settle(study, s);
	add_up(study, s);
	*ret = s;
	return 0;

fail:
	if (day != DATE_NONE)
		past_close(w->db);
	selection_free(s);
	return -1;
}

void
selection_free(struct selection *s)
{
	if (s == NULL)
		return;
	population_free(s->population);
	if (s->lists != NULL)
		free(s->lists->held);
	free(s->unit);
	arena_free(s->arena);
	free(s);
}
