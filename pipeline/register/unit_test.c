#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/date.h"

#include "pipeline/register/unit.h"

static size_t
size_of(enum unit_type type)
{
	if (unit_is_text(type))
		return sizeof(const char *);
	if (type == UNIT_REAL)
		return sizeof(double);
	return type == UNIT_INT || type == UNIT_COUNT ? sizeof(int64_t) :
	    sizeof(int32_t);
}

/* The fields cover the struct: what is between them is padding. */
static void
names_every_member_once_in_order(void **state)
{
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < unit_fields_n; i++) {
		const struct unit_field *f = &unit_fields[i];

		if (f->offset < at || f->offset - at > 4)
			fail_msg("%s begins at %zu, expected %zu", f->name, f->offset, at);
		at = f->offset + size_of(f->type);
		for (const char *c = f->name; *c != '\0'; c++)
			assert_true((*c >= 'a' && *c <= 'z') || *c == '_' ||
			    (*c >= '0' && *c <= '9' && c > f->name));
		assert_non_null(f->about);
		assert_true((f->path == NULL) == (f->type == UNIT_KIND));
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(f->name, unit_fields[j].name);
			if (f->path != NULL && unit_fields[j].path != NULL)
				assert_string_not_equal(f->path, unit_fields[j].path);
		}
	}
	assert_true(sizeof(struct unit) - at <= 4);
}

static void
has_nothing_when_cleared(void **state)
{
	struct unit u;

	(void)state;
	memset(&u, 0x5a, sizeof(u));
	unit_clear(&u);
	for (size_t i = 0; i < unit_fields_n; i++) {
		const struct unit_field *f = &unit_fields[i];
		int64_t number;
		double real;

		if (unit_is_text(f->type))
			assert_null(unit_text(&u, f));
		else if (f->type == UNIT_REAL)
			assert_int_equal(unit_real(&u, f, &real), 0);
		else
			assert_int_equal(unit_int(&u, f, &number), 0);
	}
	assert_int_equal(u.orgnr, UNIT_NONE);
	assert_int_equal(u.founded_date, DATE_NONE);
	assert_true(isnan(u.capital));
}

static void
tells_zero_from_absent(void **state)
{
	struct unit u;
	int64_t before, number;

	(void)state;
	unit_clear(&u);
	for (size_t i = 0; i < unit_fields_n; i++) {
		const struct unit_field *f = &unit_fields[i];
		char *place = (char *)&u + f->offset;

		before = unit_hash(&u);
		if (unit_is_text(f->type))
			*(const char **)(void *)place = "";
		else if (f->type == UNIT_REAL)
			*(double *)(void *)place = 0;
		else if (size_of(f->type) == sizeof(int64_t))
			*(int64_t *)(void *)place = 0;
		else
			*(int32_t *)(void *)place = 0;
		if (!unit_is_text(f->type) && f->type != UNIT_REAL) {
			assert_int_equal(unit_int(&u, f, &number), 1);
			assert_true(number == 0);
		}
		if (unit_hash(&u) == before)
			fail_msg("%s: 0 has the hash of absent", f->name);
	}
}

/* Kept in databases: it must not drift. */
static void
hashes_the_same_everywhere(void **state)
{
	struct unit u, v;

	(void)state;
	unit_clear(&u);
	u.orgnr = 211111119;
	u.name = "EKSEMPEL";
	v = u;
	assert_true(unit_hash(&u) == unit_hash(&v));
	/* nothing but another UNIT_HASH may make them others */
	v.email = "post@example.no";		/* one word and seven octets */
	v.capital = 1.5;
	v.sector = "123";
	v.language = "Bokm\xc3\xa5lnynorsk";	/* two words, no rest */
	v.website = "www.a-long-name.example.no";	/* 26 octets */
	assert_true(unit_hash(&u) == INT64_C(406410001770257033));
	assert_true(unit_hash(&v) == INT64_C(-3979138942781033364));
	v = u;
	v.name = NULL;
	v.former_names = "EKSEMPEL";
	assert_true(unit_hash(&u) != unit_hash(&v));
	v = u;
	v.name = "EKSEMPEK";
	assert_true(unit_hash(&u) != unit_hash(&v));
	v.name = "EKSEMPELEKSEMPEL";
	assert_true(unit_hash(&u) != unit_hash(&v));
	/* texts that differ in where one ends and the next begins */
	u.email = "ab";
	u.website = "c";
	v = u;
	v.email = "a";
	v.website = "bc";
	assert_true(unit_hash(&u) != unit_hash(&v));
}

static int
by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Texts of every length, and each with one octet another, in two fields. */
static void
every_octet_counts(void **state)
{
	enum { LONGEST = 70, ALL = 2 * (LONGEST + 1) * (LONGEST + 2) / 2 };
	static int64_t sums[ALL];
	size_t n = 0;

	(void)state;
	for (size_t len = 0; len <= LONGEST; len++)
		for (size_t at = 0; at <= len; at++) {	/* at len: none */
			char text[LONGEST + 1] = "";
			struct unit u;

			memset(text, 'a', len);
			if (at < len)
				text[at] = 'b';
			unit_clear(&u);
			u.name = text;
			sums[n++] = unit_hash(&u);
			u.name = NULL;
			u.email = text;
			sums[n++] = unit_hash(&u);
		}
	assert_int_equal(n, ALL);
	qsort(sums, n, sizeof(*sums), by_size);
	for (size_t i = 1; i < n; i++)
		assert_true(sums[i - 1] != sums[i]);
}

static void
names_the_kinds(void **state)
{
	enum unit_kind kind;

	(void)state;
	assert_string_equal(unit_kind_name(UNIT_ENHET), "enhet");
	assert_int_equal(unit_kind_parse("underenhet", &kind), 0);
	assert_int_equal(kind, UNIT_UNDERENHET);
	assert_int_equal(unit_kind_parse("Enhet", &kind), -1);
	assert_int_equal(unit_kind_parse("", &kind), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_every_member_once_in_order),
		cmocka_unit_test(has_nothing_when_cleared),
		cmocka_unit_test(tells_zero_from_absent),
		cmocka_unit_test(hashes_the_same_everywhere),
		cmocka_unit_test(every_octet_counts),
		cmocka_unit_test(names_the_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
