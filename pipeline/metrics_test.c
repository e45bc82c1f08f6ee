#include <ctype.h>
#include <sys/stat.h>

#include "tests/fixture.h"

#include "pipeline/metrics.h"

#define COLUMNS \
    "id, kind, source, register_date, date_basis, fetched, etag, bytes, sha256," \
    " standard, read, units, unreadable, added, changed, gone, in_force, refused"

static struct fixture f;

static int
setup(void **state)
{
	(void)state;
	fixture_open(&f);
	fixture_exec(&f, "INSERT INTO extract (" COLUMNS ") VALUES (1, 'enhet', 'a', 20510, 'file',"
	    " 1772363400, NULL, 10, 'aa', 'SN2025', 4, 3, 1, 3, 0, 0, 1, NULL)");
	fixture_exec(&f, "INSERT INTO extract (" COLUMNS ") VALUES (2, 'enhet', 'b', 20511, 'file',"
	    " 1772449000, NULL, 10, 'bb', 'unknown', 0, 0, 0, 0, 0, 0, 0, 'not gzip')");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

/*
 * What promtool check metrics asks for, and the format: HELP and TYPE before a
 * family's samples, each family once, names and labels of the right letters, no
 * sample twice, a unit at the end of a name, no counter's ending on a gauge.
 */
static void
lint(const char *text)
{
	char family[128] = "", seen[16384] = "", samples[32768] = "";

	assert_int_equal(text[strlen(text) - 1], '\n');
	while (*text != '\0') {
		size_t n = strcspn(text, "\n"), name;
		char line[512], key[512], *end;

		assert_true(n > 0 && n < sizeof(line));
		memcpy(line, text, n);
		line[n] = '\0';
		text += n + 1;
		if (strncmp(line, "# HELP ", 7) == 0) {
			name = strcspn(line + 7, " ");
			assert_true(strlen(line + 7) > name + 1);
			snprintf(family, sizeof(family), "%.*s", (int)name, line + 7);
			snprintf(key, sizeof(key), " %s ", family);
			if (strstr(seen, key) != NULL)
				fail_msg("%s stands twice", family);
			strcat(seen, key);
			assert_null(strstr(family, "_total"));
			assert_int_equal(strncmp(family, "utvalg_", 7), 0);
			snprintf(key, sizeof(key), "# TYPE %s gauge\n", family);
			assert_int_equal(strncmp(text, key, strlen(key)), 0);
			text += strlen(key);
			continue;
		}
		name = strspn(line, "abcdefghijklmnopqrstuvwxyz_0123456789");
		if (strlen(family) != name || strncmp(line, family, name) != 0)
			fail_msg("%s: under %s", line, family);
		end = strrchr(line, ' ');
		assert_non_null(end);
		snprintf(key, sizeof(key), "\n%.*s ", (int)(end - line), line);
		if (strstr(samples, key) != NULL)
			fail_msg("%s: twice", line);
		strcat(samples, key);
		(void)strtod(end + 1, &end);
		assert_int_equal(*end, '\0');
		if (line[name] == '{')
			assert_non_null(strstr(line, "\"} "));
	}
}

static const char *
text(const struct metrics_end *end, const char *old)
{
	static struct buf out = BUF(1 << 20);

	buf_clear(&out);
	if (metrics_text(&f.w, end, old, &out, &f.err) != 0)
		fail_msg("%s", f.err.text);
	lint(buf_text(&out));
	return buf_text(&out);
}

static void
says(const char *t, const char *want)
{
	if (strstr(t, want) == NULL)
		fail_msg("not in it: %s", want);
}

static void
what_is_in_force_is_said(void **state)
{
	const struct metrics_end end = { "pull", 0, 1.5 };
	const char *t = text(&end, "");

	(void)state;
	says(t, "\nutvalg_last_success_timestamp_seconds{stage=\"pull\"} 1772449800\n");
	says(t, "\nutvalg_last_run_duration_seconds{stage=\"pull\"} 1.500\n");
	says(t, "\nutvalg_register_units{kind=\"enhet\"} 3\n");
	says(t, "\nutvalg_register_unreadable{kind=\"enhet\"} 1\n");
	says(t, "\nutvalg_register_age_seconds{kind=\"enhet\"} 86400\n");
	says(t, "\nutvalg_extracts_refused{kind=\"enhet\"} 1\n");
	says(t, "\nutvalg_bounce_spool_files{folder=\"new\"} 0\n");
	says(t, "\nutvalg_state_free_bytes ");
}

static void
a_failure_keeps_the_last_success(void **state)
{
	const struct metrics_end well = { "pull", 0, 1 }, ill = { "pull", 75, 2 },
		other = { "bounces", 0, 3 };
	struct buf old = BUF(1 << 20);
	const char *t;

	(void)state;
	buf_str(&old, text(&well, ""));
	f.w.now += 3600;
	t = text(&ill, buf_text(&old));
	says(t, "\nutvalg_last_success_timestamp_seconds{stage=\"pull\"} 1772449800\n");
	says(t, "\nutvalg_last_run_timestamp_seconds{stage=\"pull\"} 1772453400\n");
	says(t, "\nutvalg_last_run_status{stage=\"pull\"} 75\n");
	buf_clear(&old);
	buf_str(&old, t);
	t = text(&other, buf_text(&old));
	says(t, "\nutvalg_last_run_status{stage=\"pull\"} 75\n");
	says(t, "\nutvalg_last_run_duration_seconds{stage=\"bounces\"} 3.000\n");
	buf_free(&old);
}

static void
steps_of_the_night_are_stages(void **state)
{
	const struct metrics_end end = { "night", 65, 9 };
	const char *t;

	(void)state;
	fixture_exec(&f, "INSERT INTO run (night, step, started, ended, status) VALUES"
	    " (1, 'pull enhet', 100, 100, 0), (2, 'pull enhet', 200, 200, 65),"
	    " (2, 'bounces', 200, 201, 0), (3, 'bounces', 300, NULL, NULL)");
	t = text(&end, "");
	says(t, "\nutvalg_last_success_timestamp_seconds{stage=\"pull\"} 100\n");
	says(t, "\nutvalg_last_run_timestamp_seconds{stage=\"pull\"} 200\n");
	says(t, "\nutvalg_last_run_status{stage=\"pull\"} 65\n");
	says(t, "\nutvalg_last_success_timestamp_seconds{stage=\"bounces\"} 201\n");
	says(t, "\nutvalg_last_run_status{stage=\"night\"} 65\n");
}

static void
a_damaged_file_says_nothing(void **state)
{
	static const char *const bad[] = {
		"utvalg_last_success_timestamp_seconds{stage=\"p",
		"utvalg_last_success_timestamp_seconds{stage=\"PU\\\"LL\"} 7\n",
		"utvalg_last_success_timestamp_seconds{stage=\"x\"} nan\n",
		"utvalg_last_success_timestamp_seconds{stage=\"x\"} -4\n",
		"utvalg_last_success_timestamp_seconds{stage=\"\"} 4\n",
		"utvalg_last_run_status{stage=\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"} 4\n",
		"utvalg_last_success_timestamp_seconds{stage=\"x\"\n} 4\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (strstr(text(NULL, bad[i]), "stage=") != NULL)
			fail_msg("taken: %s", bad[i]);
}

static void
the_file_is_written_whole_for_all_to_read(void **state)
{
	const struct metrics_end end = { "pull", 0, 1 };
	char path[128], part[140];
	struct stat st;

	(void)state;
	assert_int_equal(metrics_write(&f.w, &end, &f.err), 0);	/* not set */
	snprintf(path, sizeof(path), "%s/utvalg.prom", f.state);
	snprintf(part, sizeof(part), "%s.tmp", path);
	f.set.metrics = path;
	umask(077);
	assert_int_equal(metrics_write(&f.w, &end, &f.err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(stat(part, &st), -1);
	snprintf(path, sizeof(path), "%s/nowhere/utvalg.prom", f.state);
	assert_int_equal(metrics_write(&f.w, &end, &f.err), -1);
	assert_non_null(strstr(f.err.text, "metrics"));
	f.set.metrics = NULL;
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_is_in_force_is_said),
		TEST(a_failure_keeps_the_last_success),
		TEST(steps_of_the_night_are_stages),
		TEST(a_damaged_file_says_nothing),
		TEST(the_file_is_written_whole_for_all_to_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
