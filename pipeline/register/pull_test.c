#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "pipeline/base/date.h"
#include "pipeline/base/num.h"
#include "tests/fixture.h"

#include "nace/nace.h"
#include "pipeline/register/pull.h"

/* The network's part is in tests/scenario/pull.sh. */

static struct fixture f;
static struct nace *nace;
static struct talk talk;
static struct buf said = BUF(1 << 16);
static char path[200];			/* of the file last put */
static struct pull_result got;
static char none[1];

static void
on_line(void *ctx, const char *text)
{
	(void)ctx;
	buf_printf(&said, "%s\n", text);
}

static int
begin(void **state)
{
	(void)state;
	fixture_open(&f);
	nace = nace_load(&f.err);
	assert_non_null(nace);
	f.set.max_loss = 0.10;
	f.set.max_bytes = 1 << 20;
	f.set.max_unpacked = 1 << 24;
	f.set.keep_extracts = 3;
	f.set.contact = f.set.proxy = f.set.ca_file = none;
	f.w.nace = nace;
	talk.line = on_line;
	f.w.talk = &talk;
	buf_clear(&said);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	nace_free(nace);
	buf_free(&said);
	fixture_close(&f);
	return 0;
}

/* --- files ----------------------------------------------------------------- */

/* Invented: the register gives out no number that begins with 3. */
static int32_t
number(int i)
{
	for (int32_t eight = 31000000; ; eight++) {
		int digit = num_orgnr_digit(eight);

		if (digit >= 0 && i-- == 0)
			return eight * 10 + digit;
	}
}

static void
put_plain(const char *name, const void *data, size_t len)
{
	snprintf(path, sizeof(path), "%s/%s", f.state, name);
	if (file_write(path, 0600, data, len, &f.err) != 0)
		fail_msg("%s", f.err.text);
}

static void
put(const char *name, const char *text)
{
	gzFile gz;

	snprintf(path, sizeof(path), "%s/%s", f.state, name);
	gz = gzopen(path, "wb");
	assert_non_null(gz);
	if (text[0] != '\0')
		assert_true(gzputs(gz, text) > 0);
	assert_int_equal(gzclose(gz), Z_OK);
}

static void
add_unit(struct buf *b, int i, const char *name, const char *code)
{
	buf_printf(b, "%s{\"organisasjonsnummer\":\"%09d\",\"navn\":\"%s\","
	    "\"naeringskode1\":{\"kode\":\"%s\"},\"respons_klasse\":\"Enhet\"}\n",
	    b->len > 1 ? "," : "", number(i), name, code);
}

/* Units ${from} to ${to} - 1, all with that name. */
static void
put_units(const char *name, int from, int to, const char *called)
{
	struct buf b = BUF(1 << 20);

	buf_chr(&b, '[');
	for (int i = from; i < to; i++)
		add_unit(&b, i, called, "56.110");
	buf_chr(&b, ']');
	put(name, buf_text(&b));
	buf_free(&b);
}

static int
pull_as(const char *kind, int32_t date, const char *accept)
{
	struct pull_ask ask = { kind, path, date, accept };

	memset(&f.err, 0, sizeof(f.err));
	buf_clear(&said);
	return register_pull(&f.w, &ask, &got, &f.err);
}

static void
pull(void)
{
	if (pull_as("enhet", 20000, NULL) != 0)
		fail_msg("%s", f.err.text);
}

static void
want(int read, int units, int unreadable, int added, int changed, int gone)
{
	assert_int_equal(got.read, read);
	assert_int_equal(got.units, units);
	assert_int_equal(got.unreadable, unreadable);
	assert_int_equal(got.added, added);
	assert_int_equal(got.changed, changed);
	assert_int_equal(got.gone, gone);
	assert_int_equal(got.read, got.units + got.unreadable);
}

/* Everything that is in force, and all that was said in the database. */
static void
picture(char out[static 2000])
{
	snprintf(out, 2000, "%s", fixture_text(&f, "SELECT"
	    " (SELECT group_concat(orgnr || name || row_hash || extract) FROM unit)"
	    " || '|' || (SELECT count(*) FROM unit_history) || '|' ||"
	    " (SELECT group_concat(id || sha256 || register_date) FROM extract"
	    "  WHERE in_force = 1) || '|' ||"
	    " (SELECT count(*) FROM extract_fault) || '|' ||"
	    " (SELECT count(*) FROM event)"));
}

static void
want_refused(int status, const char *text)
{
	char before[2000], after[2000];
	int64_t rows = fixture_int(&f, "SELECT count(*) FROM extract WHERE refused"
	    " IS NOT NULL");

	picture(before);
	assert_int_equal(pull_as("enhet", DATE_NONE, NULL), -1);
	picture(after);
	assert_string_equal(after, before);
	assert_int_equal(f.err.status, status);
	if (strstr(f.err.text, text) == NULL)
		fail_msg("\"%s\" does not hold \"%s\"", f.err.text, text);
	assert_true(strncmp(f.err.text, "pull ", 5) == 0);
	assert_int_equal(got.extract, 0);
	assert_true(sqlite3_get_autocommit(f.w.db));
	/* a row where there was a file to refuse */
	rows = fixture_int(&f, "SELECT count(*) FROM extract WHERE refused IS NOT"
	    " NULL") - rows;
	assert_int_equal(rows, status == EX_DATAERR);
	if (rows == 1) {
		const char *why = fixture_text(&f, "SELECT refused FROM extract ORDER"
		    " BY id DESC LIMIT 1");

		assert_non_null(strstr(why, text));
	}
}

/* --- days ------------------------------------------------------------------ */

static void
a_first_load(void **state)
{
	(void)state;
	put("enheter.json.gz", "[ {\n"
	    "  \"organisasjonsnummer\" : \"310000019\",\n"
	    "  \"navn\" : \"BLÅBÆR & ØL \\\"NORD\\\" AS\",\n"
	    "  \"links\" : [ ]\n"
	    "} ]\n");
	assert_int_equal(pull_as("enhet", 20000, NULL), 0);
	want(1, 1, 0, 1, 0, 0);
	assert_int_equal(got.unchanged, 0);
	assert_int_equal(got.extract, 1);
	assert_int_equal(got.date, 20000);
	assert_string_equal(fixture_text(&f, "SELECT name FROM unit"),
	    "BLÅBÆR & ØL \"NORD\" AS");
	assert_string_equal(fixture_text(&f, "SELECT kind || ' ' || source || ' ' ||"
	    " register_date || ' ' || date_basis || ' ' || fetched || ' ' ||"
	    " coalesce(etag, '-') || ' ' || length(sha256) || ' ' || standard ||"
	    " ' ' || read || units || unreadable || added || changed || gone ||"
	    " in_force || coalesce(refused, '-') FROM extract"),
	    "enhet enheter.json.gz 20000 given 1772449800 - 64 SN2007 1101001-");
	assert_int_equal(fixture_int(&f, "SELECT bytes FROM extract"),
	    fixture_int(&f, "SELECT bytes FROM extract WHERE bytes > 50"));
}

static void
the_next_day(void **state)
{
	(void)state;
	put_units("a", 0, 20, "A");
	pull();
	want(20, 20, 0, 20, 0, 0);
	put_units("b", 1, 22, "A");
	pull();
	want(21, 21, 0, 2, 0, 1);
	put_units("c", 1, 22, "B");
	pull();
	want(21, 21, 0, 0, 21, 0);
	assert_string_equal(fixture_text(&f, "SELECT group_concat(id || ' ' ||"
	    " in_force) FROM extract"), "1 0,2 0,3 1");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit"), 21);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit_history WHERE"
	    " until = 2"), 1);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit_history WHERE"
	    " until = 3 AND name = 'A'"), 21);
}

static void
the_same_file_again_changes_nothing(void **state)
{
	char before[2000], after[2000];

	(void)state;
	put_units("a", 0, 5, "A");
	pull();
	picture(before);
	put_units("other-name", 0, 5, "A");	/* gzopen() writes no time */
	assert_int_equal(pull_as("enhet", 20001, NULL), 0);
	assert_int_equal(got.unchanged, 1);
	assert_int_equal(got.extract, 1);
	assert_int_equal(got.date, 20000);
	picture(after);
	assert_string_equal(after, before);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM extract"), 1);
	/* the file of the day before, though, is another file */
	put_units("b", 0, 5, "B");
	pull();
	put_units("c", 0, 5, "A");
	assert_int_equal(pull_as("enhet", 19999, NULL), -1);
	assert_int_equal(pull_as("enhet", 19999, "back"), 0);
	want(5, 5, 0, 0, 5, 0);
}

/* --- records that are none ------------------------------------------------- */

static void
unreadable_records_are_counted_and_listed(void **state)
{
	(void)state;
	put("a", "[\n"
	    "{\"organisasjonsnummer\":\"310000019\",\"navn\":\"A\"},\n"
	    "{\"navn\":\"uten nummer\"},\n"
	    "{\"organisasjonsnummer\":\"310000015\"},\n"
	    "7,\n"
	    "{\"organisasjonsnummer\":\"310000019\",\"navn\":\"B\"},\n"
	    "{\"organisasjonsnummer\":\"310000027\",\"stiftelsesdato\":\"2023-02-29\"}\n"
	    "]\n");
	pull();
	want(6, 2, 4, 2, 0, 0);
	assert_string_equal(fixture_text(&f, "SELECT group_concat(line || ' ' ||"
	    " coalesce(orgnr, '-') || ' ' || reason, char(10)) FROM extract_fault"),
	    "3 - no organisation number\n"
	    "4 310000015 organisasjonsnummer: has a wrong check digit\n"
	    "5 - not an object\n"
	    "6 310000019 organisation number came before\n"
	    "7 310000027 stiftelsesdato: is no day of the calendar (taken as absent)");
	assert_string_equal(fixture_text(&f, "SELECT group_concat(name) FROM unit"),
	    "A");
	assert_int_equal(fixture_int(&f, "SELECT unreadable FROM extract"), 4);
}

static void
more_faults_than_are_listed_are_counted(void **state)
{
	struct buf b = BUF(1 << 20);

	(void)state;
	buf_chr(&b, '[');
	add_unit(&b, 0, "A", "56.110");
	for (int i = 0; i < 1500; i++)
		buf_str(&b, ",{}\n");
	buf_chr(&b, ']');
	put("a", buf_text(&b));
	buf_free(&b);
	pull();
	want(1501, 1, 1500, 1, 0, 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM extract_fault"), 1000);
}

static void
both_kinds(void **state)
{
	(void)state;
	put_units("a", 0, 3, "A");
	pull();
	put("b", "[{\"organisasjonsnummer\":\"310000116\",\"overordnetEnhet\":"
	    "\"310000019\",\"respons_klasse\":\"Underenhet\"}]");
	assert_int_equal(pull_as("underenhet", 20000, NULL), 0);
	want(1, 1, 0, 1, 0, 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM extract WHERE"
	    " in_force = 1"), 2);
	assert_string_equal(fixture_text(&f, "SELECT group_concat(kind, '') FROM"
	    " (SELECT kind FROM unit ORDER BY kind)"), "0001");
	/* given as the other kind: nothing in it is one */
	want_refused(EX_DATAERR, "no units in it, but 1 other records: line 1: "
	    "an underenhet among enheter");
	assert_int_equal(pull_as("enheter", 20000, NULL), -1);
	assert_int_equal(f.err.status, EX_USAGE);
}

/* --- refused --------------------------------------------------------------- */

static void
what_is_no_extract_leaves_yesterday(void **state)
{
	static const char gz[] = "\x1f\x8b\x08\0\0\0\0\0\0\3";
	static const struct {
		const char *text;
		const char *why;
	} packed[] = {
		{ "", "not JSON: empty" },
		{ "[]", "no units in it" },
		{ " \n", "not JSON: empty" },
		{ "[{\"organisasjonsnummer\":\"310000019\",\"navn\":\"A", "not whole" },
		{ "[{\"organisasjonsnummer\":\"310000019\"}", "not whole" },
		{ "[{\"organisasjonsnummer\":\"310000019\"},]", "line 1" },
		{ "[{\"organisasjonsnummer\":\"310000019\"}][]", "line 1" },
		{ "{\"organisasjonsnummer\":\"310000019\"}", "not an extract: an object" },
		{ "<html>\n</html>", "line 1" },
		{ "[{\"navn\":\"A\"},{\"navn\":\"B\"}]", "no units in it, but 2 other "
		    "records: line 1: no organisation number" },
	};
	struct buf b = BUF(1 << 20);

	(void)state;
	put_units("a", 0, 20, "A");
	pull();
	assert_int_equal(file_read(path, 1 << 20, &b, &f.err), 0);
	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++) {
		put("b", packed[i].text);
		want_refused(EX_DATAERR, packed[i].why);
	}
	put_plain("b", "", 0);
	want_refused(EX_DATAERR, "empty");
	put_plain("b", "<html></html>", 13);
	want_refused(EX_DATAERR, "not gzip");
	put_plain("b", gz, sizeof(gz) - 1);
	want_refused(EX_DATAERR, "truncated");
	for (size_t cut = 1; cut < 9; cut++) {
		put_plain("b", buf_text(&b), b.len - cut);
		want_refused(EX_DATAERR, "truncated");
	}
	buf_str(&b, "!");
	put_plain("b", buf_text(&b), b.len);
	want_refused(EX_DATAERR, "behind the end");
	b.data[b.len - 3] ^= 1;		/* in the length of the trailer */
	put_plain("b", buf_text(&b), b.len - 1);
	want_refused(EX_DATAERR, "broken gzip");
	buf_free(&b);

	/* and the next good one goes in as if nothing had been */
	put_units("c", 0, 21, "A");
	pull();
	want(21, 21, 0, 1, 0, 0);
}

static void
limits(void **state)
{
	(void)state;
	put_units("a", 0, 20, "A");
	pull();
	put_units("b", 0, 21, "A");
	f.set.max_unpacked = 1000;
	want_refused(EX_DATAERR, "unpacks to more than 1000 octets");
	f.set.max_bytes = 100;
	assert_int_equal(pull_as("enhet", DATE_NONE, NULL), -1);
	assert_int_equal(f.err.status, EX_DATAERR);
	assert_non_null(strstr(f.err.text, "larger than the 100 octets"));
}

static void
what_is_not_there(void **state)
{
	(void)state;
	put_units("a", 0, 3, "A");
	pull();
	snprintf(path, sizeof(path), "%s/none", f.state);
	want_refused(EX_NOINPUT, "No such file");
	snprintf(path, sizeof(path), "%s", f.state);
	want_refused(EX_NOINPUT, "is a folder");
	snprintf(path, sizeof(path), "/dev/null");
	want_refused(EX_NOINPUT, "is no file");
	snprintf(path, sizeof(path), "gopher://127.0.0.1/x");
	assert_int_equal(pull_as("enhet", DATE_NONE, NULL), -1);
	assert_int_equal(f.err.status, EX_USAGE);
}

/* --- the gate -------------------------------------------------------------- */

static void
the_gate_stands_at_the_limit_and_not_before(void **state)
{
	static const struct {
		double max_loss;
		int before, left;	/* exactly the limit */
	} gates[] = {
		{ 0.10, 20, 18 }, { 0.10, 30, 27 }, { 0.29, 100, 71 },
		{ 0.07, 100, 93 }, { 0.55, 100, 45 }, { 0.10, 19, 18 },
		{ 0.58, 50, 21 }, { 0.0, 10, 10 }, { 1.0, 10, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(gates) / sizeof(gates[0]); i++) {
		const int left = gates[i].left, before = gates[i].before;

		fixture_exec(&f, "DELETE FROM unit; DELETE FROM unit_history;"
		    "DELETE FROM extract");
		f.set.max_loss = gates[i].max_loss;
		put_units("a", 0, before, "A");
		pull();
		if (left > 1) {
			put_units("b", 0, left - 1, "A");
			want_refused(EX_DATAERR, "units are gone");
			/* the row of the refusal has what was counted */
			assert_int_equal(fixture_int(&f, "SELECT gone FROM extract"
			    " WHERE refused IS NOT NULL"), before - left + 1);
			assert_int_equal(fixture_int(&f, "SELECT units FROM extract"
			    " WHERE refused IS NOT NULL"), left - 1);
		}
		put_units("b", 0, left, "A");
		pull();
		if (left == before)
			assert_int_equal(got.unchanged, 1);
		else
			want(left, left, 0, 0, 0, before - left);
	}
	/* as many units, but others: they are gone all the same */
	f.set.max_loss = 0.10;
	put_units("c", 50, 60, "A");
	want_refused(EX_DATAERR, "units are gone");
}

static void
a_loss_is_accepted_with_its_reason(void **state)
{
	(void)state;
	put_units("a", 0, 20, "A");
	pull();
	/* given, but not needed: nothing to tell of */
	put_units("b", 0, 19, "A");
	assert_int_equal(pull_as("enhet", 20001, "just in case"), 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM event"), 0);
	put_units("c", 0, 5, "A");
	assert_int_equal(pull_as("enhet", 20002, "the register was cleaned"), 0);
	want(5, 5, 0, 0, 0, 14);
	assert_string_equal(fixture_text(&f, "SELECT at || ' ' || what || ': ' ||"
	    " detail FROM event"), "1772449800 loss accepted: enhet: 14 of 19 "
	    "units: the register was cleaned");
	/* no reason takes an empty register */
	put("d", "[]");
	assert_int_equal(pull_as("enhet", 20002, "really"), -1);
	assert_int_equal(f.err.status, EX_DATAERR);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit"), 5);
}

static void
an_older_one_is_refused(void **state)
{
	(void)state;
	put_units("a", 0, 20, "A");
	assert_int_equal(pull_as("enhet", 20001, NULL), 0);
	put_units("b", 0, 20, "B");
	assert_int_equal(pull_as("enhet", 20000, NULL), -1);
	assert_int_equal(f.err.status, EX_DATAERR);
	assert_non_null(strstr(f.err.text, "of 2024-10-04, older than the one in force,"
	    " of 2024-10-05"));
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit WHERE name = 'A'"),
	    20);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM extract WHERE refused IS"
	    " NOT NULL"), 1);
	/* of the same day is none older */
	assert_int_equal(pull_as("enhet", 20001, NULL), 0);
	put_units("c", 0, 20, "C");
	assert_int_equal(pull_as("enhet", 20000, "back to before"), 0);
	assert_string_equal(fixture_text(&f, "SELECT detail FROM event"),
	    "enhet: older than the one in force: back to before");
}

/* The same units as put_units() writes. */
static void
put_csv(const char *name, int from, int to, const char *called)
{
	struct buf b = BUF(1 << 20);

	buf_str(&b, "\"organisasjonsnummer\",\"NAVN\",\"naeringskode1.kode\","
	    "\"konkurs\"\n");
	for (int i = from; i < to; i++)
		buf_printf(&b, "\"%09d\",\"%s\",\"56.110\",\"\"\n", number(i), called);
	put(name, buf_text(&b));
	buf_free(&b);
}

static void
csv_gives_the_same_rows(void **state)
{
	(void)state;
	put_units("a", 0, 20, "A");
	pull();
	/* what the other format does not hold would look like news */
	put_csv("b", 0, 20, "A");
	want_refused(EX_DATAERR, "CSV, where the extract in force is JSON");
	assert_int_equal(pull_as("enhet", 20001, "JSON was broken off"), 0);
	want(20, 20, 0, 0, 0, 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit_history"), 0);
	assert_string_equal(fixture_text(&f, "SELECT what || ': ' || detail FROM event"),
	    "loss accepted: enhet: from JSON to CSV: JSON was broken off");
	/* CSV after CSV is as JSON after JSON */
	put_csv("c", 1, 21, "A");
	assert_int_equal(pull_as("enhet", 20002, NULL), 0);
	want(20, 20, 0, 1, 0, 1);
	put_units("d", 1, 21, "A");
	want_refused(EX_DATAERR, "JSON, where the extract in force is CSV");
}

/* --- day and standard ------------------------------------------------------ */

static void
the_day_is_given_or_the_files_or_the_clocks(void **state)
{
	struct timespec t[2] = { { 0, UTIME_OMIT }, { 1759451443, 0 } };

	(void)state;
	put_units("a", 0, 3, "A");
	assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
	assert_int_equal(pull_as("enhet", DATE_NONE, NULL), 0);
	assert_int_equal(got.date, date_of(1759451443));
	assert_string_equal(fixture_text(&f, "SELECT date_basis FROM extract WHERE"
	    " in_force = 1"), "file");

	put_units("a", 0, 4, "A");
	assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
	assert_int_equal(pull_as("enhet", 20400, NULL), 0);
	assert_int_equal(got.date, 20400);
	assert_string_equal(fixture_text(&f, "SELECT date_basis FROM extract WHERE"
	    " in_force = 1"), "given");

	/* a time that is no date */
	put_units("a", 0, 5, "A");
	t[1].tv_sec = -86400;
	assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
	assert_int_equal(pull_as("enhet", DATE_NONE, NULL), 0);
	assert_int_equal(got.date, date_of(f.w.now));
	assert_string_equal(fixture_text(&f, "SELECT date_basis FROM extract WHERE"
	    " in_force = 1"), "clock");
}

static void
a_pipe_is_read_once_and_kept(void **state)
{
	struct buf b = BUF(1 << 20);
	struct file_list l;
	char dir[100];
	int fd[2];

	(void)state;
	put_units("a", 0, 3, "A");
	assert_int_equal(file_read(path, 1 << 20, &b, &f.err), 0);
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(file_write_all(fd[1], b.data, b.len), 0);
	close(fd[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd[0]);
	assert_int_equal(pull_as("enhet", DATE_NONE, NULL), 0);
	close(fd[0]);
	want(3, 3, 0, 3, 0, 0);
	assert_string_equal(fixture_text(&f, "SELECT date_basis FROM extract"),
	    "clock");
	snprintf(dir, sizeof(dir), "%s/extracts", f.state);
	assert_int_equal(file_list(dir, &l, &f.err), 0);
	assert_int_equal(l.n, 1);
	assert_int_equal(strncmp(l.name[0], "enhet-2026-03-02-", 17), 0);
	file_list_free(&l);
	buf_free(&b);
}

static void
codes_tell_the_standard(void **state)
{
	/* 90.031 is of SN2007 alone, 90.201 of SN2025 alone */
	static const struct {
		int old, new, day;
		const char *standard, *said;
	} cases[] = {
		{ 0, 0, 20000, "SN2007", "" },
		{ 0, 0, 20332, "SN2025", "" },	/* 2025-09-01 */
		{ 0, 0, 20331, "SN2007", "" },
		{ 3, 0, 20000, "SN2007", "" },
		{ 0, 3, 20400, "SN2025", "" },
		{ 3, 0, 20400, "SN2007", "should use SN2025" },
		{ 0, 3, 20000, "SN2025", "should use SN2007" },
		{ 1, 3, 20400, "SN2025", "1 units have codes that only SN2007 has" },
	};

	(void)state;
	assert_non_null(nace_code(nace, NACE_SN2007, 90031));
	assert_null(nace_code(nace, NACE_SN2025, 90031));
	assert_non_null(nace_code(nace, NACE_SN2025, 90201));
	assert_null(nace_code(nace, NACE_SN2007, 90201));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF(1 << 20);
		int n = 0;

		fixture_exec(&f, "DELETE FROM unit; DELETE FROM unit_history;"
		    "DELETE FROM extract");
		buf_chr(&b, '[');
		add_unit(&b, n++, "A", "00.000");
		for (int k = 0; k < cases[i].old; k++)
			add_unit(&b, n++, "A", "90.031");
		for (int k = 0; k < cases[i].new; k++)
			add_unit(&b, n++, "A", "90.201");
		buf_chr(&b, ']');
		put("a", buf_text(&b));
		buf_free(&b);
		assert_int_equal(pull_as("enhet", cases[i].day, NULL), 0);
		if (strcmp(fixture_text(&f, "SELECT standard FROM extract"),
		    cases[i].standard) != 0)
			fail_msg("case %zu is not %s", i, cases[i].standard);
		if (cases[i].said[0] == '\0')
			assert_string_equal(buf_text(&said), "");
		else if (strstr(buf_text(&said), cases[i].said) == NULL)
			fail_msg("\"%s\" was not said: %s", cases[i].said,
			    buf_text(&said));
	}
}

/* --- dry run --------------------------------------------------------------- */

static void
a_dry_run_leaves_nothing(void **state)
{
	char before[2000], after[2000], dir[100];
	int fd[2];

	(void)state;
	put_units("a", 0, 20, "A");
	pull();
	picture(before);
	f.w.dry_run = 1;
	put("b", "[{\"organisasjonsnummer\":\"310000019\"},\n{\"navn\":\"x\"}]");
	f.set.max_loss = 1;
	pull();
	want(2, 1, 1, 0, 1, 19);
	assert_string_equal(buf_text(&said), "line 2: no organisation number\n");
	picture(after);
	assert_string_equal(after, before);

	/* not even a file, and a refusal is no row */
	assert_int_equal(pipe(fd), 0);
	close(fd[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd[0]);
	assert_int_equal(pull_as("enhet", DATE_NONE, NULL), -1);
	assert_int_equal(f.err.status, EX_DATAERR);
	close(fd[0]);
	picture(after);
	assert_string_equal(after, before);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM extract"), 1);
	snprintf(dir, sizeof(dir), "%s/extracts", f.state);
	assert_false(file_exists(dir));
}

int
main(void)
{
#define T(fn)	cmocka_unit_test_setup_teardown(fn, begin, end)
	const struct CMUnitTest tests[] = {
		T(a_first_load),
		T(the_next_day),
		T(the_same_file_again_changes_nothing),
		T(unreadable_records_are_counted_and_listed),
		T(more_faults_than_are_listed_are_counted),
		T(both_kinds),
		T(what_is_no_extract_leaves_yesterday),
		T(limits),
		T(what_is_not_there),
		T(the_gate_stands_at_the_limit_and_not_before),
		T(a_loss_is_accepted_with_its_reason),
		T(an_older_one_is_refused),
		T(csv_gives_the_same_rows),
		T(the_day_is_given_or_the_files_or_the_clocks),
		T(a_pipe_is_read_once_and_kept),
		T(codes_tell_the_standard),
		T(a_dry_run_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
