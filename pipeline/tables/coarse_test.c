#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/date.h"

#include "pipeline/tables/coarse.h"

static const char *
cell(const struct dataset *d, size_t row, size_t var)
{
	const struct dataset_cell *c = &d->cell[row * d->nvar + var];

	return c->state == DATASET_GIVEN ? c->text : NULL;
}

static void
test_coarse(void **state)
{
	static const char *const code[] = { "32.120", "90.200", "90.110" };
	struct dataset *d = dataset_new("data", "t", "t");
	struct buf out = BUF(200), csv = BUF(2000);
	struct err err = { 0 };
	struct nace *nace = nace_load(&err);

	(void)state;
	dataset_add(d, "case", DATASET_WHOLE, "nr", "no");
	dataset_add(d, "municipality", DATASET_TEXT, "Kommune", "Municipality");
	dataset_add_value(d, "1506", "1506 Molde", "1506 Molde");
	dataset_add(d, "nace", DATASET_TEXT, "Næring", "Industry");
	for (int i = 0; i < 3; i++)
		dataset_add_value(d, i == 0 ? "32.120" : i == 1 ? "90.110" : "90.200",
		    "x", "x");
	dataset_add(d, "kommentar", DATASET_TEXT, "Si mer", "Say more")->asked = 1;
	dataset_add(d, "fersk", DATASET_TEXT, "Ny?", "New?")->asked = 1;
	dataset_add(d, "by", DATASET_TEXT, "By?", "Town?")->asked = 1;
	/* an answer of that name is not the register's */
	dataset_add(d, "nace", DATASET_WHOLE, "Hvor mange", "How many")->asked = 1;
	for (int i = 0; i < 3; i++) {
		dataset_row(d);
		dataset_put_number(d, 0, i + 1);
		if (i > 0)
			dataset_put_text(d, 1, "1506");
		dataset_put_text(d, 2, code[i]);
		dataset_put_text(d, 3, i == 2 ? "Vi holder til ved kirken" : "Nei");
		dataset_put_text(d, 4, "Ja");
		dataset_put_text(d, 5, i == 0 ? "Molde" : "Oslo");
		dataset_put_number(d, 6, 10 * i);
	}
	coarse_data(nace, DATE_NONE, d, &out);
	assert_string_equal(buf_text(&out), "kommentar, by");
	assert_int_equal(d->nvar, 4);
	assert_string_equal(cell(d, 0, 1), "32");
	assert_string_equal(cell(d, 1, 1), "90");
	assert_int_equal(d->var[1].nvalue, 2);
	assert_string_equal(d->var[1].value[1].key, "90");
	assert_memory_equal(d->var[1].value[1].label[LANG_NB], "90 ", 3);
	assert_true(strlen(d->var[1].value[1].label[LANG_NB]) > 5);
	(void)dataset_csv(d, 0, &csv);
	assert_string_equal(buf_text(&csv), "case,nace,fersk,nace_2\n1,32,Ja,0\n"
	    "2,90,Ja,10\n3,90,Ja,20\n");
	buf_free(&out);
	buf_free(&csv);
	dataset_free(d);
	nace_free(nace);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_coarse) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
