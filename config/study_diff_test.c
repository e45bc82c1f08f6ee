#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/study_diff.h"

static const char base[] =
    "[study]\nname = a\nstandard = SN2025\ntitle = T\n"
    "[group g]\nlabel = G\ncodes = 90011\ncodes = 90012\n"
    "[group h]\ncodes = 90020\n"
    "[area o]\ncounty = 03\n"
    "[mail]\nsubject = Hei\n"
    "[table own]\nrows = area\n";

static struct study *
reads(const char *text)
{
	struct study *s = NULL;
	struct err err;

	if (study_read_text("x.ini", text, strlen(text), &s, NULL, &err) != 0)
		fail_msg("%s", err.text);
	return s;
}

/* ${base} with one piece of it put into another's place. */
static void
compares(const char *says, const char *old, const char *new, const char *fixed,
    const char *rest)
{
	struct buf text = BUF(10000), f = BUF(4000), r = BUF(4000);
	const char *at = strstr(base, old);
	struct study *a, *b;

	assert_non_null(at);
	buf_add(&text, base, (size_t)(at - base));
	buf_str(&text, new);
	buf_str(&text, at + strlen(old));
	a = reads(base);
	b = reads(buf_text(&text));
	study_compare(a, b, &f, &r);
	if (strcmp(buf_text(&f), fixed) != 0 || strcmp(buf_text(&r), rest) != 0)
		fail_msg("%s: fixed \"%s\", free \"%s\"", says, buf_text(&f),
		    buf_text(&r));
	study_free(a);
	study_free(b);
	buf_free(&text);
	buf_free(&f);
	buf_free(&r);
}

static void
texts_are_free_and_the_draw_is_not(void **state)
{
	static const struct { const char *says, *old, *new, *fixed, *rest; } t[] = {
		{ "nothing", "Hei", "Hei", "", "" },
		{ "a comment", "[mail]", "# x\n\n[mail]", "", "" },
		{ "blanks", "codes = 90011", "codes  =  90011 ; x", "", "" },
		{ "a subject", "Hei", "Hallo", "", "[mail] subject" },
		{ "a new key", "subject = Hei", "subject = Hei\nreminders = 3", "",
		    "[mail] reminders" },
		{ "a key gone", "subject = Hei\n", "", "", "[mail] subject" },
		{ "a title and a label", "title = T\n[group g]\nlabel = G",
		    "title = U\n[group g]\nlabel = H", "",
		    "[study] title, [group g] label" },
		{ "what is told", "title = T", "title = T\npurpose = P\ncontroller = C"
		    "\nlegal_basis = L\ncontact = K\nretention = R", "",
		    "[study] purpose, [study] controller, [study] legal_basis,"
		    " [study] contact, [study] retention" },
		{ "a table", "rows = area", "rows = group\nbase = said", "",
		    "[table own] rows, [table own] base" },
		{ "another table", "[table own]", "[table new]", "",
		    "[table new] rows, [table own] rows" },
		{ "a code", "90012", "90030", "[group g] codes", "" },
		{ "a code more", "codes = 90012\n", "codes = 90012\ncodes = 90030\n",
		    "[group g] codes", "" },
		{ "a code less", "codes = 90012\n", "", "[group g] codes", "" },
		{ "an area", "03", "46", "[area o] county", "" },
		{ "an area's name", "area o", "area p", "[area p] county, [area o]"
		    " county", "" },
		{ "a filter", "[mail]", "[filter]\nemployees = 1-4\n[mail]",
		    "[filter] employees", "" },
		{ "a default that is written out", "[mail]", "[email]\nnoreply = out\n"
		    "[mail]", "[email] noreply", "" },
		{ "a design, and a subject", "[mail]\nsubject = Hei", "[sample]\ndesign ="
		    " everyone\n[mail]\nsubject = U", "[sample] design", "[mail] subject" },
		{ "the standard", "SN2025", "SN2007",
		    "[study] standard", "" },
		{ "the groups in another order", "[group g]\nlabel = G\ncodes = 90011\n"
		    "codes = 90012\n[group h]\ncodes = 90020\n", "[group h]\ncodes ="
		    " 90020\n[group g]\nlabel = G\ncodes = 90011\ncodes = 90012\n",
		    "order of keys", "" },
		{ "the letters before the areas", "[area o]\ncounty = 03\n[mail]\n"
		    "subject = Hei\n", "[mail]\nsubject = Hei\n[area o]\ncounty = 03\n",
		    "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		compares(t[i].says, t[i].old, t[i].new, t[i].fixed, t[i].rest);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_free_and_the_draw_is_not),
	};

	return cmocka_run_group_tests_name("study_diff", tests, NULL, NULL);
}
