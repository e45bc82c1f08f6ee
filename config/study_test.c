#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/date.h"
#include "pipeline/base/file.h"

#include "config/study.h"
#include "config/study_private.h"

/* A study that is right; faults are put in its place or behind it. */
static const char good[] =
    "[study]\n"			/* 1 */
    "name = test\n"
    "standard = SN2007\n"
    "[group one]\n"		/* 4 */
    "codes = 47630 90.03\n"
    "[group two]\n"		/* 6 */
    "codes = 55\n"
    "[area north]\n"		/* 8 */
    "county = Finnmark\n"
    "[area south]\n"		/* 10 */
    "county = 33\n";		/* 11; what is put behind it begins on 12 */

static struct study *
reads(const char *text)
{
	struct study *s;
	struct study_faults faults = { NULL, 0 };
	struct err err = { 0, "" };

	if (study_read_text("dir/test.ini", text, strlen(text), &s, &faults, &err) != 0)
		fail_msg("%s\n%s", text, err.text);
	assert_int_equal(faults.n, 0);
	return s;
}

static struct study *
reads_with(const char *more)
{
	char text[4000];

	snprintf(text, sizeof(text), "%s%s", good, more);
	return reads(text);
}

/* ${text} has exactly one fault, on this line, with these words. */
static void
refuses(const char *text, int line, const char *want)
{
	struct study *s;
	struct study_faults faults = { NULL, 0 };
	struct err err = { 0, "" };
	char front[40];

	if (study_read_text("dir/test.ini", text, strlen(text), &s, &faults, &err) == 0)
		fail_msg("taken:\n%s", text);
	assert_null(s);
	assert_int_equal(err.status, EX_CONFIG);
	snprintf(front, sizeof(front), line == 0 ? "dir/test.ini: " : "dir/test.ini:%d: ",
	    line);
	if (faults.n != 1 || faults.fault[0].line != line ||
	    strstr(faults.fault[0].text, want) == NULL ||
	    strncmp(err.text, front, strlen(front)) != 0 ||
	    strstr(err.text, want) == NULL) {
		for (size_t i = 0; i < faults.n; i++)
			print_message("got  %d: %s\n", faults.fault[i].line,
			    faults.fault[i].text);
		fail_msg("want %d: %s\nerr  %s\n%s", line, want, err.text, text);
	}
	study_faults_free(&faults);
}

static void
each_fault_behind_a_good_study_is_told_by_line(void **state)
{
	static const struct { const char *more; int line; const char *want; } t[] = {
		{ "[filtre]\n", 12, "unknown section [filtre] (did you mean 'filter'?)" },
		{ "[filtre]\nwhat = ever\n  and = more\n", 12, "unknown section" },
		{ "[filter x]\n", 12, "[filter] has no name" },
		{ "[study]\n", 12, "[study] again: it begins on line 1" },
		{ "[group one]\ncodes = 1\n", 12, "[group one] again: it begins on line 4" },
		{ "[area north]\n", 12, "[area north] again: it begins on line 8" },
		{ "[list a]\nfile=f\ngroup=one\n[list a]\n", 15, "[list a] again" },
		{ "[group]\n", 12, "[group NAME] has no name" },
		{ "[group a b]\n", 12, "its name is not" },
		{ "[group bl\xc3\xa5]\n", 12, "its name is not" },
		{ "[group", 12, "the heading has no ']'" },
		{ "lable = x\n", 12, "unknown key 'lable' in [area] (did you mean 'label'?)" },
		{ "employees = 1-4\n", 12, "(it belongs in [filter])" },
		{ "county = 34\n", 12, "'county' again: it stands on line 11" },
		{ "what is this\n", 12, "is neither a heading nor KEY = VALUE" },
		{ "except =\n", 12, "'except' has no value" },
		{ "except = ,\n", 12, "'except' has no value" },
		{ "label = \n", 12, "'label' has no value" },
		{ "label = x\xff\n", 12, "is not UTF-8 text" },

		{ "[group three]\n", 12, "[group three] has neither 'codes' nor" },
		{ "[group three]\ncodes = 9002x\n", 13, "'9002x' is no industry code" },
		{ "[group three]\ncodes = 1 23 9.01\n", 13, "" },
		{ "[group three]\ncodes = 62\n  63, 902.01\n", 14,
		    "'902.01' is no industry code" },
		{ "[group three]\ncodes = 62 # no\n", 13, "" },
		{ "[group three]\ncodes = 62 47.630\n", 13,
		    "code '47.630' again: it stands on line 5" },
		{ "[group three]\ncodes = 123456\n", 13, "is no industry code" },
		{ "[group three]\ncodes = 90.\n", 13, "is no industry code" },
		{ "[group three]\ncodes = 9.0301\n", 13, "is no industry code" },
		{ "[area west]\n", 12, "[area west] has neither 'county' nor" },

		{ "[codes]\n47630 -> 47.690\n", 13, "is neither a heading nor KEY" },
		{ "[codes]\n47630 -> 47.690 maybe\n", 13, "'47630 -> 47.690' is neither yes"
		    " nor no" },
		{ "[codes]\n47630 = no\n", 13, "'47630' is not FROM -> TO" },
		{ "[codes]\n47630 -> x = no\n", 13, "two industry codes" },
		{ "[codes]\n47640 -> 47.690 no\n", 13, "no group has the code '47640'" },
		{ "[codes]\n47630 -> 47.690 no\n47.630 -> 47690 = yes\n", 14,
		    "again: it stands on line 13" },

		{ "[list l]\ngroup = one\n", 12, "[list] has no 'file'" },
		{ "[list l]\nfile = f.csv\n", 12, "[list] has no 'group'" },
		{ "[list l]\nfile = f.csv\ngroup = on\n", 12,
		    "there is no [group on] (did you mean 'one'?)" },
		{ "[list l]\nfile =\ngroup = one\n", 13, "'file' has no value" },
		{ "[list l]\nfile = f\n  g\ngroup = one\n", 14, "'file' goes on over a line" },

		{ "[filter]\nemployees = some\n", 13, "'employees' is not a range" },
		{ "[filter]\nemployees = 4-1\n", 13, "'employees' is not a range" },
		{ "[filter]\nemployees = -\n", 13, "'employees' is not a range" },
		{ "[filter]\nemployees = 1-4-6\n", 13, "'employees' is not a range" },
		{ "[filter]\nregistered_before = 2021-02-29\n", 13, "is not a day that exists" },
		{ "[filter]\nregistered_after = 1.1.2021\n", 13, "is not a day that exists" },
		{ "[filter]\nregistered_before = 2020-01-01\nregistered_after = 2020-01-01\n",
		    13, "no day is before" },
		{ "[filter]\nbankrupt = maybe\n", 13, "'bankrupt' is not one of out, in" },
		{ "[filter]\nlegal_form = enk\n", 13, "'enk' is no legal form's code" },
		{ "[filter]\nlegal_form_not = AS, A-S\n", 13, "'A-S' is no legal form" },
		{ "[filter]\nexclude =\n", 13, "'exclude' has no value" },

		{ "[email]\nkeep = most-employes\n", 13, "is not one of lowest-random-number,"
		    " most-employees, parent-first (did you mean 'most-employees'?)" },
		{ "[email]\nnoreply = yes\n", 13, "'noreply' is not one of out, in" },

		{ "[sample]\ndesign = random\n", 13, "design random needs a 'size'" },
		{ "[sample]\nsize = 10\n", 13, "'size' goes with design random" },
		{ "[sample]\nstratify = area\n", 13, "'stratify' goes with design random" },
		{ "[sample]\ndesign = random\nsize = 9\nshare = 0.1\n", 15,
		    "'share' goes with design bernoulli" },
		{ "[sample]\ndesign = bernoulli\n", 13, "needs a 'share'" },
		{ "[sample]\ndesign = bernoulli\nsize = 9\nshare = 0.1\n", 14,
		    "'size' goes with" },
		{ "[sample]\ndesign = pps\nsize = 9\n", 13, "needs a 'size_variable'" },
		{ "[sample]\ndesign = r-random\nsize = 9\n", 13, "needs a 'seed'" },
		{ "[sample]\ndesign = tickets\nsize = 9\n", 13, "needs a 'seed'" },
		{ "[sample]\ndesign = random\nsize = 9\npps = pareto\n", 15,
		    "'pps' goes with design pps" },
		{ "[sample]\ndesign = pps\nsize = 9\nsize_variable = employees\nsort ="
		    " area\n", 16, "'sort' goes with design or pps systematic" },
		{ "[sample]\ndesign = pps\nsize = 9\nsize_variable = employees\npps ="
		    " sampford\nreserves = 2\n", 17, "'reserves' do not go" },
		{ "[sample]\nreserves = 2\n", 13, "'reserves' goes with design random" },
		{ "[sample]\ndesign = systematic\nsize = 9\nsort = name\n", 15,
		    "'name' is none of" },
		{ "[sample]\ndesign = random\nsize = 9\nallocation = neyman\n", 15,
		    "needs a 'spread STRATUM'" },
		{ "[sample]\ndesign = random\nsize = 9\nallocation = fixed\n"
		    "allocate x = 3\n", 14, "does not go with a fixed" },
		{ "[sample]\ndesign = random\nsize = 9\nallocate x = 3.5\n", 15,
		    "'allocate x' is not a whole number" },
		{ "[sample]\ndesign = random\nsize = 9\nallocate x = 3\n"
		    "allocate x = 4\n", 16, "'allocate x' again" },
		{ "[sample]\ndesign = random\nsize = 9\nspread x = -1\n", 15,
		    "'spread x' is not a number" },
		{ "[sample]\ndesign = random\nsize = 9\nminimum = 4\nmaximum = 3\n", 16,
		    "'maximum' is under" },
		{ "[sample]\ndesign = random\nsize = 0\n", 14, "'size' is not a whole number"
		    " from 1" },
		{ "[sample]\ndesign = random\nsize = 1e3\n", 14, "'size' is not a whole" },
		{ "[sample]\ndesign = random\nsize = 9\nstratify = county\n", 15,
		    "'county' is none of area, group" },
		{ "[sample]\ndesign = census\n", 13, "'design' is not one of everyone" },

		{ "[activity]\nshare = 0.20\n", 12, "[activity] has no 'source'" },
		{ "[activity]\nsource = x\n", 12, "[activity] has no 'share'" },
		{ "[activity]\nsource = x\nshare = 0\n", 14, "'share' is not above 0" },
		{ "[activity]\nsource = x\nshare = 20\n", 14, "'share' is not above 0" },
		{ "[activity]\nsource = x\nshare = 101 %\n", 14, "'share' is not above 0" },
		{ "[activity]\nsource = x\nshare = a fifth\n", 14, "'share' is not a share" },
		{ "[activity]\nsource = x\nshare = 1.\n", 14, "'share' is not a share" },
		{ "[activity]\nsource = x\nshare = 0.2 % x\n", 14, "'share' is not a share" },
		{ "[activity]\nsource = x\nshare = 0.2.0\n", 14, "'share' is not a share" },
		{ "[activity]\nsource = x\nshare = 0.0000000000001\n", 14, "is not a share" },

		{ "[mail]\nfrom = nobody\n", 13, "'from' is no address" },
		{ "[mail]\nfrom = a@example.no\nfrom = b@example.no\n", 14, "'from' again" },
		{ "[mail]\nbounce = retur-mikro@svar.example.no\n", 13,
		    "'bounce' is too long: 14 + domain" },
		{ "[mail]\nbounce = a-name-of-twenty-chr@x.n\n", 13,
		    "'bounce' is too long before the '@'" },
		{ "[mail]\nbounce = a+b@example.no\n", 13, "'bounce' has the delimiter" },
		{ "[mail]\nreminders = many\n", 13, "'reminders' is not a whole number from 0" },
		{ "[mail]\nreminders = 10\n", 13, "'reminders' is over 9" },
		{ "[mail]\nreminder 1 = x\n", 13, "'reminder 1' is of no reminder" },
		{ "[mail]\nreminder = x\nreminder 2 = x\n", 0, "'reminders' is 1" },
		{ "[mail]\nreminders = 2\nreminder 2 = x\nreminder 2 = x\n", 15, "'reminder 2' again" },
		{ "[mail]\nreminders = 2\nreminder_html 2 = x\n", 14, "needs the text 'reminder 2'" },
		{ "[mail]\ninvite_html = x\n", 13, "needs the text 'invite'" },
		{ "[mail]\nart14 = no\n", 13, "'art14' is not one of letter, elsewhere" },
		{ "[mail]\nlink = https://svar.example.no/\n", 13, "'link' does not hold {token}" },
		{ "[mail]\nlink = svar.example.no/{token}\n", 13, "'link' is no URL" },
		{ "[mail]\nlink = ftp://svar.example.no/{token}\n", 13, "'link' is no URL" },

		{ "[answers]\ntime = t\n", 12, "[answers] has none of" },
		{ "[answers]\ntoken = t\nstatus = s\n", 14, "needs the words for 'complete'" },
		{ "[answers]\ntoken = t\ncomplete = c\n", 12, "no column 'status'" },
		{ "[answers]\ntoken = t\nstatus = s\ncomplete = a, b\nrefused = b\n", 16,
		    "status 'b' again: it stands on line 15" },
		{ "[answers]\ntoken = t\nstatus = s\ncomplete = a, a\n", 15, "status 'a' again" },
		{ "[answers]\ntoken = t\ndeadline = soon\n", 14, "'deadline' is not a day or" },

		{ "[table]\ngroup X = one\n", 6, "[table] prints groups, and not group 'two'" },
		{ "[table]\ngroup X = one two\ngroup Y = two\n", 14,
		    "group 'two' is printed twice: it stands on line 13" },
		{ "[table]\ngroup X = one two tree\n", 13, "there is no [group tree]" },
		{ "[table]\ngroup X = one\ngroup X = two\n", 14, "'group X' again" },
		{ "[table]\ngroup X = one two\ngroup Y =\n", 14, "'group Y' has no value" },
		{ "[table]\ngroup X = one two\nlabel Y = y\n", 14,
		    "a label for 'Y', and no 'group Y'" },
		{ "[table]\ngroup X = one two\nlabel_en X = y\nlabel_en X = z\n", 15,
		    "'label_en X' again" },
		{ "[table]\ngroup = one two\n", 13, "unknown key 'group' in [table]" },
		{ "[table]\nnet areas = north\n", 13, "'net areas' leaves out area 'south'" },
		{ "[table]\nrates areas = north south north\n", 13, "names area 'north' twice" },
		{ "[table]\nnet areas = north south nort\n", 13,
		    "there is no [area nort] (did you mean 'north'?)" },
		{ "[table]\nnet area = north south\n", 13, "did you mean 'net areas'?" },
		{ "[table x]\ntitle = t\n", 12, "[table] has no 'rows'" },
		{ "[table x]\nrows = a\nbase = all\n", 14,
		  "'base' is not one of answered, said" },
		{ "[table x]\nrows = a\nsmall = 1\n", 14, "'small' is not one of" },
		{ "[table x]\nrows = a\n[table x]\nrows = b\n", 14,
		  "[table x] again: it begins on line 12" },
		{ "[table rates]\nrows = a\n", 12, "a table of that name already" },
		{ "[table x]\nrows = a\nlabel b = c\nlabel b = d\n", 15,
		  "'label b' again" },
		{ "[table x]\nrow = a\nrows = a\n", 13, "did you mean 'rows'?" },
		{ "[table x]\nrows = a\nnet areas = north south\n", 14,
		  "unknown key 'net areas' in [table]" },
		{ "[table X Y]\nrows = a\n", 12, "its name is not 1 to 41 of" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		char text[4000];

		snprintf(text, sizeof(text), "%s%s", good, t[i].more);
		if (t[i].want[0] != '\0')
			refuses(text, t[i].line, t[i].want);
		else {
			/* more than one: the first is on that line */
			struct study *s;
			struct err err = { 0, "" };

			assert_int_equal(study_read_text("t", text, strlen(text), &s, NULL,
			    &err), -1);
			assert_int_equal(atoi(err.text + 2), t[i].line);
		}
	}
}

static void
a_study_lacks_nothing_it_needs(void **state)
{
	static const char g[] = "[group g]\ncodes = 55\n", a[] = "[area a]\ncounty = 33\n",
	    head[] = "[study]\nname = t\nstandard = SN2025\n";
	char text[1000];

	(void)state;
	snprintf(text, sizeof(text), "%s%s", head, g);
	refuses(text, 0, "there is no [area NAME] section");
	snprintf(text, sizeof(text), "%s%s", head, a);
	refuses(text, 0, "there is no [group NAME] section");
	snprintf(text, sizeof(text), "[study]\nname = t\n%s%s", g, a);
	refuses(text, 1, "[study] has no 'standard'");
	snprintf(text, sizeof(text), "[study]\nstandard = SN2025\n%s%s", g, a);
	refuses(text, 1, "[study] has no 'name'");
	snprintf(text, sizeof(text), "[study]\nstandard = SN2025\nname = My Study\n%s%s",
	    g, a);
	refuses(text, 3, "'name' is not 1 to 41 of a-z");
	snprintf(text, sizeof(text), "[study]\nstandard = SN2008\nname = t\n%s%s", g, a);
	{
		struct study *s;
		struct err err = { 0, "" };

		assert_int_equal(study_read_text("t", text, strlen(text), &s, NULL, &err), -1);
		assert_string_equal(err.text, "t:2: 'standard' is not one of SN2007, SN2025"
		    " (did you mean 'SN2007'?)");
		assert_int_equal(study_read_text("t", "", 0, &s, NULL, &err), -1);
		assert_string_equal(err.text, "t: there is no [study] section");
	}
	snprintf(text, sizeof(text), "name = x\n%s%s%s", head, g, a);
	refuses(text, 1, "'name' stands before the first [section]");
	snprintf(text, sizeof(text), "%s%s%s", head, g, a);
	study_free(reads(text));
}

static void
all_faults_are_found_in_one_reading_in_order(void **state)
{
	static const char text[] = "[study]\nname = T\n[group g]\ncods = 1\ncodes = x\n"
	    "nonsense\n[area a]\n[mail]\nfrom = f\n[table]\nnet areas = b\n";
	static const struct { int line; const char *want; } t[] = {
		{ 2, "'name'" }, { 4, "did you mean 'codes'" }, { 5, "'x' is no industry code" },
		{ 6, "neither a heading" }, { 7, "has neither" }, { 9, "'from'" },
		{ 11, "no [area b]" }, { 11, "leaves out area 'a'" },
	};
	struct study *s;
	struct study_faults faults = { NULL, 0 };
	struct err err = { 0, "" };

	(void)state;
	assert_int_equal(study_read_text("t.ini", text, strlen(text), &s, &faults, &err),
	    -1);
	assert_int_equal(faults.n, sizeof(t) / sizeof(t[0]));
	for (size_t i = 0; i < faults.n; i++) {
		assert_int_equal(faults.fault[i].line, t[i].line);
		assert_non_null(strstr(faults.fault[i].text, t[i].want));
	}
	assert_int_equal(strncmp(err.text, "t.ini:2: 'name'", 15), 0);
	study_faults_free(&faults);

	/* What the file lacks as a whole comes last. */
	study_fault(&faults, 0, "first");
	study_fault(&faults, 7, "second");
	study_fault(&faults, 3, "third");
	study_faults_sort(&faults);
	assert_int_equal(faults.fault[0].line, 3);
	assert_int_equal(faults.fault[1].line, 7);
	assert_int_equal(faults.fault[2].line, 0);
	study_faults_free(&faults);
}

static void
faults_have_an_end(void **state)
{
	struct buf b = BUF(1 << 20);
	struct study *s;
	struct study_faults faults = { NULL, 0 };
	struct err err = { 0, "" };

	(void)state;
	for (int i = 0; i < 5000; i++)
		buf_str(&b, "nonsense\n");
	assert_int_equal(study_read_text("t", b.data, b.len, &s, &faults, &err), -1);
	assert_true(faults.n < 300);
	assert_string_equal(faults.fault[faults.n - 1].text,
	    "there are more faults than these");
	study_faults_free(&faults);

	/* A fault is one line of text, cut between letters. */
	buf_clear(&b);
	for (int i = 0; i < 200; i++)
		buf_str(&b, "\xc3\xa5");
	study_fault(&faults, 3, "a\nb %s", buf_text(&b));
	assert_null(strchr(faults.fault[0].text, '\n'));
	assert_true(strlen(faults.fault[0].text) < sizeof(faults.fault[0].text));
	assert_int_equal((unsigned char)faults.fault[0].text[
	    strlen(faults.fault[0].text) - 1], 0xa5);
	study_faults_free(&faults);
	buf_free(&b);

	assert_int_equal(study_read("config/none.ini", &s, NULL, &err), -1);
	assert_int_equal(err.status, EX_NOINPUT);
	assert_null(s);
}

static void
what_is_not_said_has_its_default(void **state)
{
	struct study *s = reads(good);

	(void)state;
	assert_string_equal(s->file, "dir/test.ini");
	assert_string_equal(s->folder, "dir");
	assert_string_equal(s->title.nb, "test");
	assert_string_equal(s->title.en, "test");
	assert_int_equal(s->standard, STUDY_SN2007);
	assert_int_equal(s->units, STUDY_ENHET);
	assert_string_equal(s->purpose, "");
	assert_string_equal(s->contact, "");
	assert_int_equal(s->employees_min, -1);
	assert_int_equal(s->employees_max, -1);
	assert_int_equal(s->registered_before, DATE_NONE);
	assert_int_equal(s->bankrupt_out, 1);
	assert_null(s->exclude);
	assert_int_equal(s->noreply_out, 1);
	assert_int_equal(s->mx, 0);
	assert_int_equal(s->keeper, STUDY_KEEP_LOWEST_PRN);
	assert_int_equal(s->design, STUDY_EVERYONE);
	assert_int_equal(s->size, 0);
	assert_int_equal(s->draw_on_request, 0);
	assert_int_equal(s->active_num, 0);
	assert_int_equal(s->active_den, 1);
	assert_string_equal(s->active_source, "");
	assert_null(s->from);
	assert_null(s->link);
	assert_null(s->answers.col_token);
	assert_true(s->answers.deadline == MOMENT_NONE);
	assert_string_equal(s->group[0].label.nb, "one");
	assert_string_equal(s->area[1].short_label.en, "south");
	assert_int_equal(s->nmerged, 2);
	assert_string_equal(s->merged[1].name, "two");
	assert_int_equal(s->merged[1].group[0], 1);
	assert_int_equal(s->net_area[0], 0);
	assert_int_equal(s->rates_area[1], 1);
	study_free(s);
	study_free(NULL);
}

static void
values_are_taken_as_they_are_written(void **state)
{
	static const struct { const char *text; int64_t num, den; } share[] = {
		{ "0.20", 20, 100 }, { "0,20", 20, 100 }, { "20 %", 20, 100 },
		{ "20%", 20, 100 }, { "12,5 %", 125, 1000 }, { "1", 1, 1 },
		{ "100 %", 100, 100 }, { "0.5 %", 5, 1000 },
	};
	static const struct { const char *text; int min, max; } employees[] = {
		{ "1-4", 1, 4 }, { "1 - 4", 1, 4 }, { "1\xe2\x80\x93" "4", 1, 4 },
		{ "5-", 5, -1 }, { "-4", -1, 4 }, { "none", 0, 0 }, { "3", 3, 3 },
		{ "0-0", 0, 0 },
	};
	char more[300];
	struct study *s;

	(void)state;
	for (size_t i = 0; i < sizeof(share) / sizeof(share[0]); i++) {
		snprintf(more, sizeof(more), "[activity]\nshare = %s\nsource = x\n",
		    share[i].text);
		s = reads_with(more);
		assert_int_equal(s->active_num, share[i].num);
		assert_int_equal(s->active_den, share[i].den);
		study_free(s);
	}
	for (size_t i = 0; i < sizeof(employees) / sizeof(employees[0]); i++) {
		snprintf(more, sizeof(more), "[filter]\nemployees = %s\n",
		    employees[i].text);
		s = reads_with(more);
		assert_int_equal(s->employees_min, employees[i].min);
		assert_int_equal(s->employees_max, employees[i].max);
		study_free(s);
	}
	s = reads_with("[answers]\ntoken = t\ndeadline = 1970-01-02\n");
	assert_int_equal(s->answers.deadline, 2 * 86400 - 1);
	study_free(s);
	s = reads_with("[answers]\ntoken = t\ndeadline = 1970-01-02 01:00\n");
	assert_int_equal(s->answers.deadline, 86400 + 3600);
	study_free(s);
}

static void
sections_hold_what_they_say(void **state)
{
	struct study *s = reads_with(
	    "[group three]\nlabel = Tre\ncodes =\n  62,\n\t63 64 ; and\n"	/* 12-16 */
	    "# between\ncodes = Q 8552\n"					/* 17-18 */
	    "[codes]\n47630 -> 47.690 yes\n47630->47920 = no ; why\n"	/* 19-21 */
	    "[area west]\nlabel = V\nlabel_en = W\nshort = v\n"
	    "county = M\xc3\xb8re og Romsdal, 46\nmunicipality = Lier ,  0301\n"
	    "except = Drammen,\n  \xc3\x98vre Eiker\n"			/* ... 29 */
	    "[list l]\nfile = l.csv\ngroup = two\nid = nr\n"
	    "[filter]\nlegal_form = AS, ENK DA\nregistered_before = 2021-01-01\n"
	    "bankrupt = in\nexclude = out.csv\n"
	    "[email]\nnoreply = in\nmx = yes\nkeep = most-employees\n"
	    "[sample]\ndesign = random\nsize = 50\nstratify = group\n"
	    "draw_on_request = yes\n"
	    "[table]\nlabel_en Y = Why\ngroup X Z = three one\ngroup Y = two\n"
	    "label X Z = Iks\nrates areas = west south\n  north\n");

	(void)state;
	assert_string_equal(s->group[2].label.en, "Tre");
	assert_int_equal(s->group[2].ncode, 5);
	assert_string_equal(s->group[2].code[1].text, "63");
	assert_int_equal(s->group[2].code[1].line, 16);
	assert_string_equal(s->group[2].code[3].text, "Q");
	assert_int_equal(s->group[2].code[4].line, 18);
	assert_int_equal(s->ntarget, 2);
	assert_string_equal(s->target[0].from, "47630");
	assert_string_equal(s->target[0].to, "47.690");
	assert_int_equal(s->target[0].keep, 1);
	assert_string_equal(s->target[1].to, "47920");
	assert_int_equal(s->target[1].keep, 0);
	assert_int_equal(s->target[1].line, 21);
	assert_string_equal(s->area[2].short_label.nb, "v");
	assert_string_equal(s->area[2].short_label.en, "v");
	assert_int_equal(s->area[2].ncounty, 2);
	assert_string_equal(s->area[2].county[0].text, "M\xc3\xb8re og Romsdal");
	assert_string_equal(s->area[2].municipality[0].text, "Lier");
	assert_string_equal(s->area[2].municipality[1].text, "0301");
	assert_int_equal(s->area[2].nexcept, 2);
	assert_string_equal(s->area[2].except[1].text, "\xc3\x98vre Eiker");
	assert_int_equal(s->area[2].except[1].line, 29);
	assert_string_equal(s->list[0].col_name, "navn");
	assert_string_equal(s->list[0].col_email, "epost");
	assert_string_equal(s->list[0].col_municipality, "kommune");
	assert_null(s->list[0].col_orgnr);
	assert_string_equal(s->list[0].col_id, "nr");
	assert_int_equal(s->nform_in, 3);
	assert_int_equal(s->bankrupt_out, 0);
	assert_string_equal(s->exclude, "out.csv");
	assert_int_equal(s->noreply_out, 0);
	assert_int_equal(s->mx, 1);
	assert_int_equal(s->keeper, STUDY_KEEP_MOST_EMPLOYEES);
	assert_int_equal(s->design, STUDY_RANDOM);
	assert_int_equal(s->size, 50);
	assert_int_equal(s->stratify_area, 0);
	assert_int_equal(s->stratify_group, 1);
	assert_int_equal(s->draw_on_request, 1);
	assert_int_equal(s->nmerged, 2);
	assert_string_equal(s->merged[0].name, "X Z");
	assert_string_equal(s->merged[0].label.en, "Iks");
	assert_int_equal(s->merged[0].group[0], 2);
	assert_string_equal(s->merged[1].label.nb, "Y");
	assert_string_equal(s->merged[1].label.en, "Why");
	assert_int_equal(s->rates_area[0], 2);
	assert_int_equal(s->rates_area[2], 0);
	assert_int_equal(s->net_area[2], 2);
	study_free(s);
}

static void
a_label_stands_in_for_what_is_not_given(void **state)
{
	static const struct { const char *more, *nb, *en, *short_nb, *short_en; } t[] = {
		{ "", "south", "south", "south", "south" },
		{ "label = S\xc3\xb8r\n", "S\xc3\xb8r", "S\xc3\xb8r", "S\xc3\xb8r",
		    "S\xc3\xb8r" },
		{ "label = A\nlabel_en = B\n", "A", "B", "A", "B" },
		{ "label = A\nlabel_en = B\nshort = C\n", "A", "B", "C", "C" },
		{ "label = A\nlabel_en = B\nshort_en = D\n", "A", "B", "A", "D" },
		{ "label_en = B\nshort = C\nshort_en = D\n", "south", "B", "C", "D" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct study *s = reads_with(t[i].more);

		assert_string_equal(s->area[1].label.nb, t[i].nb);
		assert_string_equal(s->area[1].label.en, t[i].en);
		assert_string_equal(s->area[1].short_label.nb, t[i].short_nb);
		assert_string_equal(s->area[1].short_label.en, t[i].short_en);
		study_free(s);
	}
}

static void
long_text_goes_on_over_lines(void **state)
{
	struct study *s;
	struct buf b = BUF(1 << 20);

	(void)state;
	buf_str(&b, "[study]\nname = t\nstandard = SN2025\npurpose =\n");
	for (int i = 0; i < 300; i++)
		buf_str(&b, "  word\n");
	buf_str(&b, "contact = me\n[group g]\ncodes = 55\n[area a]\ncounty = 33\n");
	s = reads(buf_text(&b));
	assert_int_equal(strlen(s->purpose), 300 * 5 - 1);
	assert_int_equal(strncmp(s->purpose, "word word word", 14), 0);
	assert_string_equal(s->contact, "me");
	study_free(s);
	buf_free(&b);
}

static void
the_reports_own_study_is_read(void **state)
{
	static const char *const experience[] = { "55300", "79902", "79903", "79909",
		"93291" };
	struct study *s;
	struct err err = { 0, "" };

	(void)state;
	if (study_read("config/studies/mikrobedrifter.ini", &s, NULL, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(s->name, "mikrobedrifter");
	assert_string_equal(s->folder, "config/studies");
	assert_int_equal(s->standard, STUDY_SN2007);
	assert_int_equal(s->ngroup, 3);
	assert_string_equal(s->group[0].name, "culture");
	assert_int_equal(s->group[0].ncode, 27);
	assert_int_equal(s->group[1].ncode, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(s->group[1].code[i].text, experience[i]);
	assert_string_equal(s->group[2].name, "food");
	assert_int_equal(s->group[2].ncode, 0);
	assert_int_equal(s->narea, 3);
	assert_string_equal(s->area[0].label.nb, "M\xc3\xb8re & Romsdal");
	assert_string_equal(s->area[0].short_label.nb, "M\xc3\xb8re o. Roms");
	assert_string_equal(s->area[2].name, "buskerud");
	assert_int_equal(s->area[2].nexcept, 1);
	assert_string_equal(s->area[2].except[0].text, "Drammen");
	assert_int_equal(s->nlist, 1);
	assert_string_equal(s->list[0].group, "food");
	assert_string_equal(s->list[0].file, "matprodusenter.csv");
	assert_string_equal(s->list[0].col_orgnr, "orgnr");
	assert_int_equal(s->active_num, 20);
	assert_int_equal(s->active_den, 100);
	assert_string_not_equal(s->active_source, "");
	assert_int_equal(s->nmerged, 2);
	assert_string_equal(s->merged[0].label.nb, "Opplevelse");
	assert_int_equal(s->merged[0].ngroup, 2);
	assert_string_equal(s->merged[1].label.nb, "Mat");
	assert_string_equal(s->area[s->net_area[0]].name, "more");
	assert_string_equal(s->area[s->net_area[1]].name, "finnmark");
	assert_string_equal(s->area[s->rates_area[0]].name, "buskerud");
	assert_string_equal(s->area[s->rates_area[1]].name, "more");
	assert_int_equal(s->design, STUDY_EVERYONE);
	study_free(s);
}

/* The shipped study is the example of every key, used or behind a semicolon. */
static void
the_reports_own_study_shows_every_key(void **state)
{
	struct buf file = BUF(1 << 20), manual = BUF(1 << 20);
	struct err err = { 0, "" };

	(void)state;
	assert_int_equal(file_read("config/studies/mikrobedrifter.ini", 1 << 20, &file,
	    &err), 0);
	study_manual(&manual);
	for (size_t i = 0; i < STUDY_KEYS; i++) {
		const struct study_key *k = &study_keys[i];
		int n = (int)strcspn(k->key, "*");
		char used[80], shown[80], told[80];

		if (k->kind == STUDY_DECISION)
			continue;
		snprintf(used, sizeof(used), "\n%.*s%s", n, k->key,
		    k->key[n] == '*' ? "" : " =");
		snprintf(shown, sizeof(shown), "\n;%.*s%s", n, k->key,
		    k->key[n] == '*' ? "" : " =");
		if (strstr(buf_text(&file), used) == NULL &&
		    strstr(buf_text(&file), shown) == NULL)
			fail_msg("[%s] %s is not shown", k->section, k->key);
		snprintf(told, sizeof(told), "\n.It Cm %.*s%s\n", n, k->key,
		    k->key[n] == '*' ? "Ar NAME" : "");
		assert_non_null(strstr(buf_text(&manual), told));
	}
	for (size_t i = 0; i < STUDY_SECTIONS; i++) {
		char heading[40];

		snprintf(heading, sizeof(heading), "\n[%.*s%s",
		    (int)strcspn(study_sections[i].word, ":"),
		    study_sections[i].word, study_sections[i].named ? " " : "]");
		assert_non_null(strstr(buf_text(&file), heading));
	}
	buf_free(&file);
	buf_free(&manual);
}

static int
of_another_design(const char *line)
{
	static const char *const key[] = { "size_variable =", "pps =", "sort =",
		"seed =", "share =" };

	for (size_t i = 0; i < sizeof(key) / sizeof(key[0]); i++)
		if (strncmp(line, key[i], strlen(key[i])) == 0)
			return 1;
	return 0;
}

/* With the semicolons before its examples gone it is still a study. */
static void
the_examples_in_it_are_right_too(void **state)
{
	struct buf file = BUF(1 << 20), bare = BUF(1 << 20);
	struct study *s;
	struct err err = { 0, "" };

	(void)state;
	assert_int_equal(file_read("config/studies/mikrobedrifter.ini", 1 << 20, &file,
	    &err), 0);
	for (size_t i = 0; i < file.len; i++)
		if (file.data[i] != ';' || file.data[i - 1] != '\n' ||
		    of_another_design(file.data + i + 1))
			buf_chr(&bare, file.data[i]);
	/* "everyone" has no size and no strata, and random no key of the others */
	memcpy(strstr(bare.data, "design = everyone"), "design = random  ", 17);
	/* ... and a text for the second reminder wants two */
	memcpy(strstr(bare.data, "\nreminders = 1"), "\nreminders = 2", 14);
	s = reads(buf_text(&bare));
	assert_string_equal(s->nth[2].text, "mikrobedrifter-siste.txt");
	assert_string_equal(s->nth[2].html, "mikrobedrifter-siste.html");
	assert_int_equal(s->days_between, 7);
	assert_int_equal(s->size, 1000);
	assert_int_equal(s->employees_max, 4);
	study_free(s);
	buf_free(&file);
	buf_free(&bare);
}

static void
the_templates_name_only_known_fields(void **state)
{
	static const char *const path[] = {
		"config/studies/mikrobedrifter-invitasjon.txt",
		"config/studies/mikrobedrifter-purring.txt" };
	static const char *const fields[] = { "{name}", "{link}", "{token}",
		"{register_date}", "{title}", "{controller}", "{contact}",
		"{retention}", "{purpose}", "{legal_basis}" };
	const size_t known = sizeof(fields) / sizeof(fields[0]);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct buf b = BUF(1 << 20);
		struct err err = { 0, "" };
		size_t seen = 0;

		assert_int_equal(file_read(path[i], 1 << 20, &b, &err), 0);
		for (const char *p = buf_text(&b); (p = strchr(p, '{')) != NULL; p++) {
			size_t k = 0;

			while (k < known && strncmp(p, fields[k], strlen(fields[k])) != 0)
				k++;
			assert_true(k < known);
			seen |= (size_t)1 << k;
		}
		/* the last two in the invitation alone */
		assert_int_equal(seen, i == 0 ? 0x3ff : 0xff);
		buf_free(&b);
	}
}

static void
what_was_fuzzed_once_does_no_harm(void **state)
{
	struct file_list list;
	struct err err = { 0, "" };

	(void)state;
	assert_int_equal(file_list("tests/corpus/study", &list, &err), 0);
	for (size_t i = 0; i < list.n; i++) {
		struct study_faults faults = { NULL, 0 };
		struct study *s;
		char path[400];

		snprintf(path, sizeof(path), "tests/corpus/study/%s", list.name[i]);
		if (study_read(path, &s, &faults, &err) != 0)
			assert_int_equal(err.status, EX_CONFIG);
		study_free(s);
		study_faults_free(&faults);
	}
	file_list_free(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_behind_a_good_study_is_told_by_line),
		cmocka_unit_test(a_study_lacks_nothing_it_needs),
		cmocka_unit_test(all_faults_are_found_in_one_reading_in_order),
		cmocka_unit_test(faults_have_an_end),
		cmocka_unit_test(what_is_not_said_has_its_default),
		cmocka_unit_test(values_are_taken_as_they_are_written),
		cmocka_unit_test(sections_hold_what_they_say),
		cmocka_unit_test(a_label_stands_in_for_what_is_not_given),
		cmocka_unit_test(long_text_goes_on_over_lines),
		cmocka_unit_test(the_reports_own_study_is_read),
		cmocka_unit_test(the_reports_own_study_shows_every_key),
		cmocka_unit_test(the_examples_in_it_are_right_too),
		cmocka_unit_test(the_templates_name_only_known_fields),
		cmocka_unit_test(what_was_fuzzed_once_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
