#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/tables/funnel.h"

static const struct funnel_loss reasons[] = {
	{ "bankrupt", "konkurs", 10, 0 }, { "no_email", "uten e-post", 230, 0 },
};

/* From 9000 units of a register to the report's 4750, 3799 and 308. */
static const struct funnel whole = { "Studien", DATE_NONE, 9000, 3000, 800, 200,
	150, 5, 5, 5140, reasons, 2, 4900, 4800, 4750, 897, 54, 3799, 308, 0, 0 };

static void
each_level_is_the_one_above_with_its_losses(void **state)
{
	static const char want[] =
	    "Trinn,Endring,Enheter\n"
	    "Enheter i registeret,,9000\n"
	    "utenfor næringskodene,-3000,\n"
	    "utenfor områdene,-800,\n"
	    "utenfor filtrene,-200,\n"
	    "lagt til fra lister,140,\n"
	    "Populasjon,,5140\n"
	    "konkurs,-10,\n"
	    "uten e-post,-230,\n"
	    "Ramme,,4900\n"
	    "ikke trukket,-100,\n"
	    "Trukket,,4800\n"
	    "ikke sendt,-50,\n"
	    "Sendt ut,,4750\n"
	    "retur,-897,\n"
	    "ikke lokalisert,-54,\n"
	    "Levert,,3799\n"
	    "ikke besvart,-3491,\n"
	    "Besvart,,308\n";
	struct table *t;
	struct buf b = BUF(10000);
	struct err err;

	(void)state;
	assert_int_equal(funnel_table(&whole, LANG_NB, &t, &err), 0);
	table_csv(t, TABLE_PLAIN, &b);
	assert_string_equal(buf_text(&b), want);
	assert_string_equal(t->row[6].key, "bankrupt");
	assert_int_equal(t->row[0].kind, TABLE_BODY);
	assert_int_equal(t->row[5].kind, TABLE_SUBTOTAL);
	buf_free(&b);
	table_free(t);
}

static void
what_does_not_add_up_makes_no_table(void **state)
{
	static const struct {
		size_t at;		/* which figure is one too many */
		const char *level;
	} t[] = {
		{ offsetof(struct funnel, register_units), "population" },
		{ offsetof(struct funnel, outside_code), "population" },
		{ offsetof(struct funnel, outside_area), "population" },
		{ offsetof(struct funnel, outside_filter), "population" },
		{ offsetof(struct funnel, listed), "population" },
		{ offsetof(struct funnel, listed_matched), "population" },
		{ offsetof(struct funnel, listed_outside), "population" },
		{ offsetof(struct funnel, population), "population" },
		{ offsetof(struct funnel, kept), "kept" },
		{ offsetof(struct funnel, returned), "delivered" },
		{ offsetof(struct funnel, not_located), "delivered" },
		{ offsetof(struct funnel, delivered), "delivered" },
	};
	struct funnel in;
	struct table *table;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int64_t v;

		in = whole;
		memcpy(&v, (char *)&in + t[i].at, sizeof(v));
		v++;
		memcpy((char *)&in + t[i].at, &v, sizeof(v));
		assert_int_equal(funnel_table(&in, LANG_NB, &table, &err), -1);
		assert_null(table);
		assert_int_equal(err.status, EX_DATAERR);
		assert_non_null(strstr(err.text, "does not add up at "));
		if (strstr(err.text, t[i].level) == NULL)
			fail_msg("figure %zu: %s", i, err.text);
	}
	in = whole;
	in.reason = (const struct funnel_loss[]){ reasons[0], { "x", "y", 231, 0 } };
	assert_int_equal(funnel_table(&in, LANG_NB, &table, &err), -1);
	assert_string_equal(err.text, "the funnel does not add up at kept: "
	    "stored 4900, by the losses 4899");
	in = whole;
	in.drawn = 4901;
	assert_int_equal(funnel_table(&in, LANG_NB, &table, &err), -1);
	in = whole;
	in.sent = 4801;
	assert_int_equal(funnel_table(&in, LANG_NB, &table, &err), -1);
}

static void
it_ends_where_the_study_has_got_to(void **state)
{
	struct funnel in = whole;
	struct table *t;
	struct err err;

	(void)state;
	in.sent = -1;
	assert_int_equal(funnel_table(&in, LANG_EN, &t, &err), 0);
	assert_string_equal(t->row[t->nrow - 1].key, "drawn");
	table_free(t);
	in.drawn = 0;				/* a draw of nobody */
	assert_int_equal(funnel_table(&in, LANG_EN, &t, &err), 0);
	assert_string_equal(t->row[t->nrow - 1].key, "drawn");
	table_free(t);
	in.drawn = -1;
	in.sent = 9999999;			/* not looked at */
	assert_int_equal(funnel_table(&in, LANG_EN, &t, &err), 0);
	assert_string_equal(t->row[t->nrow - 1].key, "kept");
	table_free(t);
}

static const char *
note(const struct table *t, const char *key)
{
	for (size_t i = 0; i < t->nnote; i++)
		if (strcmp(t->note[i].key, key) == 0)
			return t->note[i].text;
	return NULL;
}

static void
the_notes_fit_what_is_shown(void **state)
{
	struct funnel in = whole;
	struct table *t;
	struct err err;

	(void)state;
	in.our_fault = 1;
	in.review = 1;
	assert_int_equal(funnel_table(&in, LANG_EN, &t, &err), 0);
	assert_non_null(note(t, "adds_up"));
	assert_non_null(note(t, "def_sent"));
	assert_non_null(strstr(note(t, "our_fault"), ": 1."));
	assert_non_null(strstr(note(t, "review"), ": 1."));
	assert_string_equal(note(t, "lists"), "Lists: rows 150, of which found in "
	    "the register's population 5 and outside the areas, not usable or not "
	    "decided 5.");
	assert_null(note(t, "not_yet"));
	table_free(t);

	in = whole;
	in.listed = 1;
	in.listed_matched = in.listed_outside = 0;
	in.register_units += 139;
	assert_int_equal(funnel_table(&in, LANG_EN, &t, &err), 0);
	assert_non_null(note(t, "lists"));
	table_free(t);

	in = whole;
	in.sent = -1;
	in.listed = in.listed_matched = in.listed_outside = 0;
	in.register_units += 140;
	assert_int_equal(funnel_table(&in, LANG_EN, &t, &err), 0);
	assert_non_null(note(t, "not_yet"));
	assert_null(note(t, "def_sent"));
	assert_null(note(t, "lists"));
	for (size_t i = 0; i < t->nrow; i++)
		assert_string_not_equal(t->row[i].key, "listed");
	table_free(t);
	in.sent = in.returned = in.not_located = in.delivered = in.answered = 0;
	assert_int_equal(funnel_table(&in, LANG_EN, &t, &err), 0);
	assert_null(note(t, "not_yet"));	/* begun, nobody written to */
	table_free(t);
	assert_int_equal(funnel_table(&whole, LANG_EN, &t, &err), 0);
	assert_null(note(t, "our_fault"));
	assert_null(note(t, "review"));
	table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_level_is_the_one_above_with_its_losses),
		cmocka_unit_test(what_does_not_add_up_makes_no_table),
		cmocka_unit_test(it_ends_where_the_study_has_got_to),
		cmocka_unit_test(the_notes_fit_what_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
