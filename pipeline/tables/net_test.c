#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/tables/net.h"

/* Table 7-4 of the report: what was counted, without its sums. */
static const struct net_row report_rows[] = {
	{ "more/opplevelse", "Møre & Romsdal", "Opplevelse", 1576, 305 },
	{ "more/mat", "Møre & Romsdal", "Mat", 71, 2 },
	{ "finnmark/opplevelse", "Finnmark", "Opplevelse", 743, 115 },
	{ "finnmark/mat", "Finnmark", "Mat", 40, 7 },
	{ "buskerud/opplevelse", "Buskerud", "Opplevelse", 2286, 466 },
	{ "buskerud/mat", "Buskerud", "Mat", 34, 2 },
};
static const struct net report = { "Studien", DATE_NONE, report_rows, 6, 54, 0, 0 };

static void
the_report_s_table_comes_out_with_951(void **state)
{
	static const char want[] =
	    "Område,Gruppe,Sendt ut,Retur,Netto\n"
	    "Møre & Romsdal,Opplevelse,1576,305,1271\n"
	    "Møre & Romsdal,Mat,71,2,69\n"
	    "Finnmark,Opplevelse,743,115,628\n"
	    "Finnmark,Mat,40,7,33\n"
	    "Buskerud,Opplevelse,2286,466,1820\n"
	    "Buskerud,Mat,34,2,32\n"
	    "Sum,,,,3853\n"
	    "Ikke lokalisert,,,54,\n"
	    "I alt,,4750,951,3799\n";
	struct table *t = net_table(&report, LANG_NB);
	struct buf b = BUF(10000);

	(void)state;
	table_csv(t, TABLE_PLAIN, &b);
	assert_string_equal(buf_text(&b), want);
	assert_int_equal(t->row[5].kind, TABLE_BODY);
	assert_int_equal(t->row[6].kind, TABLE_SUBTOTAL);
	assert_int_equal(t->row[7].kind, TABLE_SUBTOTAL);
	assert_int_equal(t->row[8].kind, TABLE_TOTAL);
	assert_string_equal(t->row[0].key, "more/opplevelse");
	assert_string_equal(t->row[7].key, "not_located");
	buf_free(&b);
	table_free(t);
}

static void
the_total_keeps_sum_and_whole_apart(void **state)
{
	struct net_total t = net_total(&report);
	struct net none = { "s", DATE_NONE, NULL, 0, 0, 0, 0 };
	struct buf b = BUF(1000);
	struct json j;

	(void)state;
	assert_int_equal(t.sent, 4750);
	assert_int_equal(t.returned, 951);
	assert_int_equal(t.net, 3799);
	assert_int_equal(t.rows_net, 3853);
	json_begin(&j, &b, 0);
	json_object(&j);
	net_json(&report, &j);
	json_end(&j);
	assert_string_equal(buf_text(&b), "{\"total\": {\"sent\": 4750, "
	    "\"returned\": 951, \"not_located\": 54, \"net\": 3799}, "
	    "\"our_fault\": 0, \"review\": 0}");
	buf_free(&b);

	t = net_total(&none);
	assert_int_equal(t.sent + t.returned + t.net + t.rows_net, 0);
	table_free(net_table(&none, LANG_EN));
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
every_figure_is_defined_and_what_is_apart_is_named(void **state)
{
	static const char *const defs[] = { "def_sent", "def_returned",
		"def_not_located", "def_net", "source" };
	struct net apart = report;

	(void)state;
	apart.our_fault = 3;
	apart.review = 12345;
	apart.register_date = 20780;
	for (int l = 0; l < 2; l++) {
		struct table *t = net_table(&report, (enum lang)l);

		for (size_t i = 0; i < sizeof(defs) / sizeof(defs[0]); i++)
			assert_non_null(note(t, defs[i]));
		assert_null(note(t, "our_fault"));
		assert_null(note(t, "review"));
		table_free(t);
		t = net_table(&apart, (enum lang)l);
		assert_non_null(strstr(note(t, "our_fault"), ": 3."));
		assert_non_null(strstr(note(t, "review"),
		    l == LANG_EN ? ": 12,345." : ": 12\xc2\xa0" "345."));
		assert_non_null(strstr(note(t, "source"),
		    l == LANG_EN ? "2026-11-23" : "23.11.2026"));
		table_free(t);
	}
}

static void
english_is_english(void **state)
{
	struct table *t = net_table(&report, LANG_EN);

	(void)state;
	assert_string_equal(t->title,
	    "Studien: gross and net sample, number of units");
	assert_string_equal(t->column[2].head, "Sent");
	assert_string_equal(t->row[8].cell[0].text, "In all");
	table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_report_s_table_comes_out_with_951),
		cmocka_unit_test(the_total_keeps_sum_and_whole_apart),
		cmocka_unit_test(every_figure_is_defined_and_what_is_apart_is_named),
		cmocka_unit_test(english_is_english),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
