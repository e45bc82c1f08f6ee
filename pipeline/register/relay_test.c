#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/mem.h"

#include "pipeline/register/relay.h"

/* What the thread does: units, every tenth with a fault before it. */
struct work {
	int units;
	size_t name;		/* octets of a name */
	int fail;		/* at the end */
	int handed;		/* how many got through */
};

static int
read_some(void *ctx, struct relay *r, struct err *err)
{
	struct work *w = ctx;
	char *name = mem_alloc(w->name + 1), orgnr[16];
	struct scan_fault f = { 0, 0, orgnr, NULL, "a reason", 0 };
	struct unit u;
	int bad = 0;

	memset(name, 'n', w->name);
	for (int i = 0; i < w->units && !bad; i++) {
		relay_at(r, i);
		if (i % 10 == 0) {
			snprintf(orgnr, sizeof(orgnr), "%d", i);
			f.line = (size_t)i;
			f.field = i % 20 == 0 ? "navn" : NULL;
			f.dropped = i % 30 == 0;
			bad = relay_fault(r, &f, err) != 0;
		}
		unit_clear(&u);
		u.orgnr = i;
		u.kind = UNIT_ENHET;
		u.nace1 = i % 3 == 0 ? UNIT_NONE : i;
		u.name = name;
		if (!bad)
			bad = relay_unit(r, &u, (size_t)i + 7, err) != 0;
		/* what was shown is ours again */
		memset(name, 'a' + i % 26, w->name);
		if (!bad)
			w->handed++;
	}
	free(name);
	if (bad)
		return -1;
	return w->fail ? err_set(err, EX_DATAERR, "the file ends too soon") : 0;
}

static void
want_unit(const struct relay_item *item, int i, size_t name)
{
	const struct packed *p = &item->unit;
	struct unit u;
	char *text = mem_alloc(name + 1);

	assert_int_equal(item->is_unit, 1);
	assert_int_equal(p->orgnr, i);
	assert_int_equal(p->line, i + 7);
	assert_int_equal(p->nace1, i % 3 == 0 ? UNIT_NONE : i);
	unit_clear(&u);
	memset(text, i == 0 ? 'n' : 'a' + (i - 1) % 26, name);
	u.orgnr = i;
	u.kind = UNIT_ENHET;
	u.nace1 = p->nace1;
	u.name = text;
	assert_true(p->hash == unit_hash(&u));
	free(text);
}

static void
want_fault(const struct relay_item *item, int i)
{
	char orgnr[16];

	snprintf(orgnr, sizeof(orgnr), "%d", i);
	assert_int_equal(item->is_unit, 0);
	assert_int_equal(item->fault.line, i);
	assert_string_equal(item->fault.orgnr, orgnr);
	assert_string_equal(item->fault.why, "a reason");
	assert_int_equal(item->fault.dropped, i % 30 == 0);
	if (i % 20 == 0)
		assert_string_equal(item->fault.field, "navn");
	else
		assert_null(item->fault.field);
}

static void
see_all(struct work *w)
{
	struct relay_item item;
	struct err err;
	struct relay *r = relay_start(read_some, w, NULL, &err);
	int end = w->fail ? -1 : 0;

	assert_non_null(r);
	for (int i = 0; i < w->units; i++) {
		if (i % 10 == 0) {
			assert_int_equal(relay_next(r, &item, &err), 1);
			want_fault(&item, i);
		}
		assert_int_equal(relay_next(r, &item, &err), 1);
		want_unit(&item, i, w->name);
		assert_true(item.at >= i);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(relay_next(r, &item, &err), end);
		if (w->fail)
			assert_string_equal(err.text, "the file ends too soon");
	}
	relay_stop(r);
	assert_int_equal(w->handed, w->units);
}

static void
all_comes_out_in_order(void **state)
{
	static const struct work works[] = {
		{ 0, 1, 0, 0 }, { 1, 1, 0, 0 }, { 20000, 60, 0, 0 },
		{ 30, 1000000, 0, 0 }, { 0, 1, 1, 0 }, { 5000, 60, 1, 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		struct work w = works[i];

		see_all(&w);
	}
}

/* Every other unit is held as it is, every fourth as it was. */
static void
what_is_held_comes_without_fields(void **state)
{
	struct work w = { 20000, 8, 0, 0 };
	struct held *h = held_new(0);
	struct relay_item item;
	struct err err;
	struct relay *r;
	struct unit u;
	char name[9] = "";

	(void)state;
	for (int i = 0; i < w.units; i += 2) {
		memset(name, i == 0 ? 'n' : 'a' + (i - 1) % 26, 8);
		unit_clear(&u);
		u.orgnr = i;
		u.kind = UNIT_ENHET;
		u.nace1 = i % 3 == 0 ? UNIT_NONE : i;
		u.name = i % 4 == 0 ? name : "other";
		if (i > 0)	/* 0 is nobody's number */
			held_add(h, i, unit_hash(&u));
	}
	held_ready(h);
	r = relay_start(read_some, &w, h, &err);
	assert_non_null(r);
	for (int i = 0; i < w.units; i++) {
		do
			assert_int_equal(relay_next(r, &item, &err), 1);
		while (!item.is_unit);
		want_unit(&item, i, w.name);
		assert_int_equal(item.unit.held != 0, i > 0 && i % 4 == 0);
		assert_int_equal(item.unit.len != 0, item.unit.held == 0);
		if (item.unit.held != 0)
			assert_int_equal(held_meet_at(h, item.unit.held), HELD_SAME);
	}
	relay_stop(r);
	held_free(h);
}

/* The caller has enough: the thread hears of it. */
static void
nobody_listens(void **state)
{
	static const int after[] = { 0, 1, 5000 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct work w = { 1000000, 500, 0, 0 };
		struct relay_item item;
		struct err err;
		struct relay *r = relay_start(read_some, &w, NULL, &err);

		for (int k = 0; k < after[i]; k++)
			assert_int_equal(relay_next(r, &item, &err), 1);
		relay_stop(r);
		assert_true(w.handed < w.units);
	}
	relay_stop(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_comes_out_in_order),
		cmocka_unit_test(what_is_held_comes_without_fields),
		cmocka_unit_test(nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
