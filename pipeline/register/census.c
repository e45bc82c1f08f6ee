#include <stdio.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/num.h"
#include "pipeline/register/unit_row.h"
#include "pipeline/store/store.h"

#include "pipeline/register/census.h"

/* ---------------------------------------------------------------- counting -- */

/* The slot of a form, or the free one where it would be. */
static size_t
slot_of(const struct census *t, uint64_t letters)
{
	size_t i = (size_t)(letters * UINT64_C(0x9e3779b97f4a7c15) >> 32) % CENSUS_SLOTS;

	while (t->form[i].units != 0 && t->form[i].letters != letters)
		i = (i + 1) % CENSUS_SLOTS;
	return i;
}

static void
add_form(struct census *t, uint64_t letters, int64_t n)
{
	struct census_form *f = &t->form[slot_of(t, letters)];

	if (f->units == 0) {
		if (t->forms == CENSUS_FORMS) {
			t->other_forms += n;
			return;
		}
		t->forms++;
		f->letters = letters;
	}
	f->units += n;
}

/* One more for each bit: a carry goes as far as bits are set, two planes on the
 * average. */
static void
add_fields(uint64_t *plane, uint64_t has)
{
	for (int k = 0; has != 0; k++) {
		uint64_t carry = plane[k] & has;

		plane[k] ^= has;
		has = carry;
	}
}

void
census_add(struct census *t, const struct packed *u)
{
	t->units++;
	t->county[u->county]++;
	add_form(t, u->form, 1);
	for (int w = 0; w < PACK_WORDS; w++)
		add_fields(t->plane[w], u->has[w]);
}

void
census_close(struct census *t)
{
	for (size_t i = 0; i < CENSUS_FIELDS; i++) {
		const uint64_t *plane = t->plane[i / 64];

		for (int k = 0; k < 40; k++)
			t->field[i] += (int64_t)(plane[k] >> i % 64 & 1) << k;
	}
	memset(t->plane, 0, sizeof(t->plane));
}

int64_t
census_form(const struct census *t, uint64_t letters)
{
	return t->form[slot_of(t, letters)].units;
}

const char *
census_form_name(uint64_t letters, char out[static PACK_FORM + 1])
{
	memcpy(out, &letters, PACK_FORM);
	out[PACK_FORM] = '\0';
	return out;
}

/* ----------------------------------------------------------------- keeping -- */

static int
save_one(sqlite3_stmt *s, const char *what, const char *name, int64_t units,
    struct err *err)
{
	if (units == 0)
		return 0;
	db_text(s, 2, what);
	db_text(s, 3, name);
	db_i64(s, 4, units);
	return db_run(s, err);
}

static int
save_all(sqlite3_stmt *s, const struct census *t, struct err *err)
{
	char name[16];
	int r = save_one(s, "units", "", t->units, err);

	for (int i = 0; r == 0 && i < CENSUS_COUNTIES; i++) {
		snprintf(name, sizeof(name), "%02d", i);
		r = save_one(s, "county", i == PACK_NO_COUNTY ? "" : name,
		    t->county[i], err);
	}
	for (size_t i = 0; r == 0 && i < CENSUS_SLOTS; i++)
		r = save_one(s, "form", census_form_name(t->form[i].letters, name),
		    t->form[i].units, err);
	for (size_t i = 0; r == 0 && i < unit_fields_n; i++)
		r = save_one(s, "field", unit_fields[i].name, t->field[i], err);
	return r;
}

int
census_save(sqlite3 *db, int64_t extract, const struct census *t, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(db, "INSERT INTO extract_count (extract, what, name, units)"
	    " VALUES (?1, ?2, ?3, ?4)", &s, err) != 0)
		return -1;
	db_i64(s, 1, extract);
	r = save_all(s, t, err);
	sqlite3_finalize(s);
	return r;
}

static void
read_one(struct census *t, const char *what, const char *name, int64_t units)
{
	uint64_t letters = 0;
	int64_t county;
	size_t i;

	if (strcmp(what, "units") == 0) {
		t->units = units;
	} else if (strcmp(what, "county") == 0) {
		if (name[0] == '\0')
			t->county[PACK_NO_COUNTY] = units;
		else if (num_int(name, 0, 99, &county) == 0)
			t->county[county] = units;
	} else if (strcmp(what, "form") == 0) {
		memcpy(&letters, name, strnlen(name, PACK_FORM));
		add_form(t, letters, units);
	} else {
		for (i = 0; i < unit_fields_n; i++)
			if (strcmp(name, unit_fields[i].name) == 0)
				t->field[i] = units;
	}
}

int
census_read(sqlite3 *db, int64_t extract, struct census *t, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	memset(t, 0, sizeof(*t));
	if (db_prepare(db, "SELECT what, name, units FROM extract_count"
	    " WHERE extract = ?1", &s, err) != 0)
		return -1;
	db_i64(s, 1, extract);
	while ((r = db_step(s, err)) == 1)
		read_one(t, db_col(s, 0), db_col(s, 1), sqlite3_column_int64(s, 2));
	sqlite3_finalize(s);
	return r < 0 ? -1 : t->units > 0;
}

int
census_units(sqlite3 *db, enum unit_kind kind, struct census *t, struct err *err)
{
	struct buf text = BUF(BUF_ANY);
	struct packed p;
	struct unit u;
	sqlite3_stmt *s = NULL;
	const char *at;
	int r;

	memset(t, 0, sizeof(*t));
	buf_str(&text, "SELECT ");
	unit_row_columns(&text);
	buf_str(&text, " 0 FROM unit WHERE kind = ?1");
	if ((r = db_prepare(db, buf_text(&text), &s, err)) == 0)
		db_i64(s, 1, kind);
	while (r == 0 && (r = db_step(s, err)) == 1) {
		unit_row_read(s, &u);
		buf_clear(&text);
		pack_unit(&text, &u, 0, NULL);
		at = text.data;
		(void)pack_next(&at, at + text.len, &p);
		census_add(t, &p);
		r = 0;
	}
	sqlite3_finalize(s);
	buf_free(&text);
	census_close(t);
	return r < 0 ? -1 : 0;
}
