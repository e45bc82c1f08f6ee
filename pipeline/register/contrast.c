#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/settings.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "pipeline/register/gunzip.h"
#include "pipeline/register/held.h"
#include "pipeline/register/pack.h"
#include "pipeline/register/pump.h"
#include "pipeline/register/reader.h"
#include "pipeline/register/unit_row.h"
#include "pipeline/store/store.h"

#include "pipeline/register/contrast.h"

enum { MAP = 100000000 / 8 + 1 };	/* a bit for each number (held.h) */

/* The first is read into held, the second met with it; then what is not the same
 * in both is kept from the first, and met with the second. */
enum pass { HOLD, MEET, KEEP, COMPARE };

struct differ {
	const struct world *w;
	enum pass pass;
	struct contrast_side *side;		/* that is being read */
	int64_t between[2];		/* only what changed after the one id and up
					 * to the other; 0: all of it */
	struct held *held;
	unsigned char *seen;		/* in this pass */
	unsigned char *same;
	sqlite3 *tmp;
	sqlite3_stmt *keep, *find, *drop, *list;
	struct buf one;
	struct contrast *d;
	struct contrast_form form[CENSUS_FORMS];
	size_t forms;
	int listing;
};

static int
bit(const unsigned char *map, int32_t orgnr)
{
	size_t i = (size_t)orgnr / 10;

	return map[i / 8] >> i % 8 & 1;
}

static void
set_bit(unsigned char *map, int32_t orgnr)
{
	size_t i = (size_t)orgnr / 10;

	map[i / 8] |= (unsigned char)(1 << i % 8);
}

/* ---------------------------------------------------------- what is counted -- */

static int
by_name(const void *a, const void *b)
{
	const struct contrast_form *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Forms that are too many to be told apart share the last place. */
static struct contrast_group *
form_of(struct differ *f, const struct packed *u)
{
	char name[PACK_FORM + 1];
	size_t i;

	census_form_name(u->form, name);
	for (i = 0; i < f->forms; i++)
		if (strcmp(f->form[i].name, name) == 0)
			return &f->form[i].group;
	if (i == CENSUS_FORMS)
		return &f->form[i - 1].group;
	if (i == CENSUS_FORMS - 1)
		strcpy(name, "...");
	memcpy(f->form[i].name, name, sizeof(name));
	f->forms++;
	return &f->form[i].group;
}

static void
count_groups(struct contrast_group *was, struct contrast_group *is, enum contrast_what what)
{
	if (is != NULL)
		is->n[what]++;
	else if (was != NULL)
		was->n[what]++;
	if (is != NULL && was != NULL && was != is) {
		was->out++;
		is->in++;
	}
}

static void
count_fields(struct contrast *d, const struct packed *a, const struct packed *b,
    const uint64_t *differ)
{
	for (size_t i = 0; i < unit_fields_n; i++) {
		uint64_t at = UINT64_C(1) << i % 64;

		if ((differ[i / 64] & at) == 0)
			continue;
		if ((a->has[i / 64] & at) == 0)
			d->field[i].gained++;
		else if ((b->has[i / 64] & at) == 0)
			d->field[i].lost++;
		else
			d->field[i].other++;
	}
}

static size_t
name_field(void)
{
	size_t i = 0;

	while (unit_fields[i].offset != offsetof(struct unit, name))
		i++;
	return i;
}

/* ${a} or ${b} NULL: it has none. */
static int
found(struct differ *f, const struct packed *a, const struct packed *b,
    struct err *err)
{
	enum contrast_what what = a == NULL ? CONTRAST_CAME : b == NULL ? CONTRAST_WENT :
	    CONTRAST_CHANGED;
	const struct packed *u = b != NULL ? b : a;
	uint64_t differ[PACK_WORDS] = { 0 };
	struct contrast_group *was = NULL;

	f->d->n[what]++;
	count_groups(a != NULL ? &f->d->county[a->county] : NULL,
	    b != NULL ? &f->d->county[b->county] : NULL, what);
	if (a != NULL)
		was = form_of(f, a);
	count_groups(was, b != NULL ? form_of(f, b) : NULL, what);
	if (what == CONTRAST_CHANGED) {
		pack_differ(a, b, differ);
		count_fields(f->d, a, b, differ);
	}
	if (!f->listing)
		return 0;
	db_i64(f->list, 1, u->orgnr);
	db_i64(f->list, 2, what);
	db_text(f->list, 3, pack_text(u, name_field()));
	sqlite3_bind_blob(f->list, 4, differ, sizeof(differ), SQLITE_TRANSIENT);
	return db_run(f->list, err);
}

/* ------------------------------------------------------ a unit, in each pass -- */

static void
meet(struct differ *f, const struct unit *u)
{
	if (held_meet(f->held, u->orgnr, unit_hash(u)) == HELD_SAME)
		set_bit(f->same, u->orgnr);
}

static int
keep(struct differ *f, const struct unit *u, struct err *err)
{
	buf_clear(&f->one);
	pack_unit(&f->one, u, 0, NULL);
	db_i64(f->keep, 1, u->orgnr);
	sqlite3_bind_blob(f->keep, 2, f->one.data, (int)f->one.len, SQLITE_STATIC);
	return db_run(f->keep, err);
}

/* A blob is put where the octets of its head may lie. */
static void
unpack(sqlite3_stmt *s, int column, struct packed *p)
{
	const char *at = sqlite3_column_blob(s, column);

	(void)pack_next(&at, at + sqlite3_column_bytes(s, column), p);
}

static int
compare(struct differ *f, const struct unit *u, struct err *err)
{
	struct packed a, b;
	const char *at;
	int r;

	buf_clear(&f->one);
	pack_unit(&f->one, u, 0, NULL);
	at = f->one.data;
	(void)pack_next(&at, at + f->one.len, &b);
	db_i64(f->find, 1, u->orgnr);
	if ((r = db_step(f->find, err)) < 0)
		return -1;
	if (r == 1)
		unpack(f->find, 0, &a);
	if (found(f, r == 1 ? &a : NULL, &b, err) != 0)
		return -1;
	sqlite3_reset(f->find);
	db_i64(f->drop, 1, u->orgnr);
	return r == 1 ? db_run(f->drop, err) : 0;
}

static int
on_unit(void *ctx, const struct unit *u, struct err *err)
{
	struct differ *f = ctx;
	int again = bit(f->seen, u->orgnr);

	set_bit(f->seen, u->orgnr);
	if (f->pass == HOLD || f->pass == MEET) {
		f->side->units += !again;
		f->side->doubled += again;
	}
	if (again)
		return 0;
	switch (f->pass) {
	case HOLD:
		held_add(f->held, u->orgnr, unit_hash(u));
		return 0;
	case MEET:
		meet(f, u);
		return 0;
	case KEEP:
		return bit(f->same, u->orgnr) ? 0 : keep(f, u, err);
	case COMPARE:
	default:
		return bit(f->same, u->orgnr) ? 0 : compare(f, u, err);
	}
}

/* ---------------------------------------------------------- where they stand -- */

static int
on_fault(void *ctx, const struct scan_fault *fault, struct err *err)
{
	struct differ *f = ctx;

	(void)err;
	if (fault->dropped && (f->pass == HOLD || f->pass == MEET))
		f->side->unreadable++;
	return 0;
}

static int
read_to_end(struct differ *f, int fd, struct err *err)
{
	const struct scan_to to = { on_unit, on_fault, f };
	struct gunzip *gz = gunzip_new(fd, f->w->set->max_unpacked);
	struct reader *reader = reader_new(f->side->kind, &to);
	struct pump *pump;
	const char *piece;
	int64_t n = -1;

	gunzip_plain(gz);
	pump = pump_start(gz, err);
	while (pump != NULL && (n = pump_read(pump, &piece, NULL, err)) > 0)
		if (reader_push(reader, piece, (size_t)n, err) != 0) {
			n = -1;
			break;
		}
	if (n == 0)
		n = reader_end(reader, err);
	pump_stop(pump);
	gunzip_free(gz);
	reader_free(reader);
	return n == 0 ? 0 : -1;
}

static int
read_file(struct differ *f, struct err *err)
{
	struct stat st;
	int fd = open(f->side->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK), r = -1;

	if (fd == -1)
		return err_errno(err, "%s", f->side->file);
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		err_set(err, EX_NOINPUT, "is no file on a disk");
	else
		r = read_to_end(f, fd, err);
	close(fd);
	return r == 0 ? 0 : err_context(err, "%s", f->side->file);
}

/* Rows of the register of an extract.  What is in force since before both is in
 * both of them and the same. */
static void
make_sql(struct buf *sql, const char *columns)
{
	buf_printf(sql, "SELECT %s 0 FROM unit WHERE kind = ?1 AND extract <= ?2"
	    " AND extract > ?3 UNION ALL SELECT %s 0 FROM unit_history WHERE kind = ?1"
	    " AND extract <= ?2 AND until > ?2 AND (extract > ?3 OR until <= ?4)",
	    columns, columns);
}

static int
read_rows(struct differ *f, struct err *err)
{
	struct buf sql = BUF(BUF_ANY), columns = BUF(BUF_ANY);
	sqlite3_stmt *s = NULL;
	struct unit u;
	int r;

	unit_row_columns(&columns);
	make_sql(&sql, buf_text(&columns));
	r = db_prepare(f->w->db, buf_text(&sql), &s, err);
	buf_free(&columns);
	buf_free(&sql);
	if (r != 0)
		return -1;
	db_i64(s, 1, f->side->kind);
	db_i64(s, 2, f->side->extract);
	db_i64(s, 3, f->between[0]);
	db_i64(s, 4, f->between[1] != 0 ? f->between[1] : INT64_MAX);
	while ((r = db_step(s, err)) == 1) {
		unit_row_read(s, &u);
		if (on_unit(f, &u, err) != 0) {
			r = -1;
			break;
		}
	}
	sqlite3_finalize(s);
	return r;
}

static int
pass(struct differ *f, enum pass p, struct contrast_side *side, struct err *err)
{
	f->pass = p;
	f->side = side;
	memset(f->seen, 0, MAP);
	return side->extract == 0 ? read_file(f, err) : read_rows(f, err);
}

/* Where not all rows are read. */
static int
count_rows(const struct differ *f, struct contrast_side *side, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(f->w->db, "SELECT (SELECT count(*) FROM unit WHERE kind = ?1 AND"
	    " extract <= ?2) + (SELECT count(*) FROM unit_history WHERE kind = ?1 AND"
	    " extract <= ?2 AND until > ?2)", &s, err) != 0)
		return -1;
	db_i64(s, 1, side->kind);
	db_i64(s, 2, side->extract);
	if ((r = db_step(s, err)) == 1)
		side->units = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

int
contrast_extract(const struct world *w, int64_t id, struct contrast_side *side,
    struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	memset(side, 0, sizeof(*side));
	if (db_prepare(w->db, "SELECT kind, refused IS NULL, history FROM extract"
	    " WHERE id = ?1", &s, err) != 0)
		return -1;
	db_i64(s, 1, id);
	if ((r = db_step(s, err)) == 0)
		r = err_set(err, EX_NOINPUT, "there is no extract %" PRId64, id);
	else if (r == 1 && sqlite3_column_int(s, 1) == 0)
		r = err_set(err, EX_NOINPUT, "extract %" PRId64 " was refused: its file "
		    "can be compared", id);
	else if (r == 1 && sqlite3_column_int(s, 2) == 0)
		r = err_set(err, EX_NOINPUT, "the register of extract %" PRId64 " is no "
		    "longer kept (register.history_days): its file can be compared", id);
	else if (r == 1)
		r = unit_kind_parse(db_col(s, 0), &side->kind);
	side->extract = id;
	sqlite3_finalize(s);
	return r;
}

int
contrast_day(const struct world *w, int32_t day, struct contrast_side *side,
    struct err *err)
{
	sqlite3_stmt *s = NULL;
	char text[11];
	int64_t id = 0;
	int r;

	if (db_prepare(w->db, "SELECT id FROM extract WHERE kind = ?1 AND refused IS"
	    " NULL AND register_date <= ?2 ORDER BY id DESC LIMIT 1", &s, err) != 0)
		return -1;
	db_text(s, 1, unit_kind_name(side->kind));
	db_i64(s, 2, day);
	if ((r = db_step(s, err)) == 1)
		id = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	if (r == 0)
		return err_set(err, EX_NOINPUT, "no register from %s or before is stored",
		    date_iso(day, text));
	return r < 0 ? -1 : contrast_extract(w, id, side, err);
}

/* ------------------------------------------------------------------ the whole -- */

static int
open_tmp(struct differ *f, struct err *err)
{
	if (sqlite3_open_v2("", &f->tmp, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	    NULL) != SQLITE_OK)
		return db_fail(f->tmp, err, "a temporary file");
	return db_exec(f->tmp, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
	    "CREATE TABLE kept (orgnr INTEGER PRIMARY KEY, u BLOB);"
	    "CREATE TABLE list (orgnr INTEGER PRIMARY KEY, what INTEGER, name TEXT,"
	    " differ BLOB); BEGIN", err) != 0 ||
	    db_prepare(f->tmp, "INSERT INTO kept VALUES (?1, ?2)", &f->keep, err) != 0 ||
	    db_prepare(f->tmp, "SELECT u FROM kept WHERE orgnr = ?1", &f->find,
	    err) != 0 ||
	    db_prepare(f->tmp, "DELETE FROM kept WHERE orgnr = ?1", &f->drop,
	    err) != 0 ||
	    db_prepare(f->tmp, "INSERT INTO list VALUES (?1, ?2, ?3, ?4)", &f->list,
	    err) != 0 ? -1 : 0;
}

/* What the second has not met. */
static int
the_gone(struct differ *f, struct err *err)
{
	sqlite3_stmt *s = NULL;
	struct packed a;
	int r;

	if (db_prepare(f->tmp, "SELECT u FROM kept ORDER BY orgnr", &s, err) != 0)
		return -1;
	while ((r = db_step(s, err)) == 1) {
		unpack(s, 0, &a);
		if (found(f, &a, NULL, err) != 0) {
			r = -1;
			break;
		}
	}
	sqlite3_finalize(s);
	return r;
}

static int
show(const struct differ *f, int (*each)(void *, const struct contrast_unit *,
    struct err *), void *ctx, struct err *err)
{
	uint64_t differ[PACK_WORDS];
	sqlite3_stmt *s = NULL;
	struct contrast_unit u;
	int r;

	if (db_prepare(f->tmp, "SELECT orgnr, what, name, differ FROM list"
	    " ORDER BY orgnr", &s, err) != 0)
		return -1;
	while ((r = db_step(s, err)) == 1) {
		memcpy(differ, sqlite3_column_blob(s, 3), sizeof(differ));
		u = (struct contrast_unit){ (enum contrast_what)sqlite3_column_int(s, 1),
			sqlite3_column_int(s, 0),
			(const char *)sqlite3_column_text(s, 2), differ };
		if (each(ctx, &u, err) != 0) {
			r = -1;
			break;
		}
	}
	sqlite3_finalize(s);
	return r;
}

static int
run(struct differ *f, struct contrast_side *a, struct contrast_side *b, struct err *err)
{
	int both = a->extract != 0 && b->extract != 0;

	if (both) {
		f->between[0] = a->extract < b->extract ? a->extract : b->extract;
		f->between[1] = a->extract < b->extract ? b->extract : a->extract;
	}
	if (open_tmp(f, err) != 0 || pass(f, HOLD, a, err) != 0)
		return -1;
	held_ready(f->held);
	if (pass(f, MEET, b, err) != 0 || pass(f, KEEP, a, err) != 0 ||
	    pass(f, COMPARE, b, err) != 0 || the_gone(f, err) != 0)
		return -1;
	if (both && (count_rows(f, a, err) != 0 || count_rows(f, b, err) != 0))
		return -1;
	if (a->units - f->d->n[CONTRAST_WENT] + f->d->n[CONTRAST_CAME] != b->units)
		return err_set(err, EX_SOFTWARE, "the units of the two do not add up, or "
		    "a file changed while it was read");
	return 0;
}

int
contrast_registers(const struct world *w, struct contrast_side *a, struct contrast_side *b,
    int (*each)(void *ctx, const struct contrast_unit *, struct err *), void *ctx,
    struct contrast *ret, struct err *err)
{
	struct differ *f = mem_alloc(sizeof(*f));
	int r;

	memset(ret, 0, sizeof(*ret));
	a->units = a->unreadable = a->doubled = 0;
	b->units = b->unreadable = b->doubled = 0;
	f->w = w;
	f->d = ret;
	f->listing = each != NULL;
	f->held = held_new(0);
	f->seen = mem_alloc(MAP);
	f->same = mem_alloc(MAP);
	f->one = (struct buf)BUF(BUF_ANY);
	r = run(f, a, b, err);
	if (r == 0) {
		qsort(f->form, f->forms, sizeof(f->form[0]), by_name);
		ret->forms = f->forms;
		ret->form = mem_array(f->forms + 1, sizeof(*ret->form));
		memcpy(ret->form, f->form, f->forms * sizeof(*ret->form));
		if (each != NULL)
			r = show(f, each, ctx, err);
	}
	sqlite3_finalize(f->keep);
	sqlite3_finalize(f->find);
	sqlite3_finalize(f->drop);
	sqlite3_finalize(f->list);
	sqlite3_close(f->tmp);
	held_free(f->held);
	buf_free(&f->one);
	free(f->seen);
	free(f->same);
	free(f);
	return r;
}

void
contrast_free(struct contrast *d)
{
	free(d->form);
	d->form = NULL;
	d->forms = 0;
}
