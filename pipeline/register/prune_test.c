#include "tests/fixture.h"

#include "pipeline/register/prune.h"

#define COLUMNS \
    "id, kind, source, register_date, date_basis, fetched, etag, bytes, sha256," \
    " standard, read, units, unreadable, added, changed, gone, in_force, refused"

static struct fixture f;

static int
setup(void **state)
{
	(void)state;
	fixture_open(&f);		/* 2026-03-02 */
	f.set.keep_extracts = 1;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

static void
put(const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/extracts", f.state);
	assert_int_equal(file_mkdirs(path, 0700, &f.err), 0);
	snprintf(path, sizeof(path), "%s/extracts/%s", f.state, name);
	assert_int_equal(file_write(path, 0600, "gz", 2, &f.err), 0);
}

static int
there(const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/extracts/%s", f.state, name);
	return file_exists(path);
}

static void
row(int id, const char *kind, const char *hash, int in_force)
{
	char sql[500];

	snprintf(sql, sizeof(sql), "INSERT INTO extract (" COLUMNS ") VALUES (%d, '%s', 'a', 20500,"
	    " 'file', 1, NULL, 2, '%s0000', 'SN2025', 1, 1, 0, 1, 0, 0, %d, NULL)", id,
	    kind, hash, in_force);
	fixture_exec(&f, sql);
}

#define OLDEST	"enhet-2026-02-01-aaaaaaaaaaaa.json.gz"
#define OLD	"enhet-2026-02-10-bbbbbbbbbbbb.json.gz"
#define NEW	"enhet-2026-02-28-cccccccccccc.json.gz"
#define SUB	"underenhet-2026-02-01-dddddddddddd.csv.gz"

static void
what_is_needed_stays(void **state)
{
	static const struct {
		const char *says;
		int in_force;		/* which row, 0: none */
		int framed, drawn;	/* which extract, 0: none */
		int64_t keep, days;
		const char *spare;
		int stays[3];		/* OLDEST, OLD, NEW */
	} cases[] = {
		{ "one beside nothing in force", 0, 0, 0, 1, 0, NULL, { 0, 0, 1 } },
		{ "one beside the one in force", 3, 0, 0, 1, 0, NULL, { 0, 1, 1 } },
		{ "an old one in force", 1, 0, 0, 1, 0, NULL, { 1, 0, 1 } },
		{ "none but the one in force", 3, 0, 0, 0, 0, NULL, { 0, 0, 1 } },
		{ "the newest frame's", 3, 1, 0, 0, 0, NULL, { 1, 0, 1 } },
		{ "the drawn frame's, though a newer frame is there", 3, 2, 1, 0, 0, NULL,
		  { 1, 1, 1 } },
		{ "many, of 19 days at most", 0, 0, 0, 9, 19, NULL, { 0, 0, 1 } },
		{ "many, of 20 days at most", 0, 0, 0, 9, 20, NULL, { 0, 1, 1 } },
		{ "age spares what is in force", 1, 0, 0, 9, 1, NULL, { 1, 0, 0 } },
		{ "the one at hand", 3, 0, 0, 0, 1, OLD, { 0, 1, 1 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct prune_result res, again;
		char sql[200];

		put(OLDEST);
		put(OLD);
		put(NEW);
		put("notes.txt");
		put("enhet-of-somebody.json.gz");
		put("enhet.part");
		row(1, "enhet", "aaaaaaaaaaaa", cases[i].in_force == 1);
		row(2, "enhet", "bbbbbbbbbbbb", cases[i].in_force == 2);
		row(3, "enhet", "cccccccccccc", cases[i].in_force == 3);
		for (int d = 0; d < 2; d++) {
			int of = d == 0 ? cases[i].drawn : cases[i].framed;

			if (of == 0)
				continue;
			fixture_frame(&f);
			snprintf(sql, sizeof(sql), "UPDATE frame SET extract_enhet = %d WHERE"
			    " id = %d", of, (int)f.frame);
			fixture_exec(&f, sql);
			if (d == 0) {
				snprintf(sql, sizeof(sql), "INSERT INTO sample (id, study, frame,"
				    " drawn, design, salt_sha256, units, list_sha256) VALUES (1, 1, %d,"
				    " 1, 'everyone', 'x', 0, 'y')", (int)f.frame);
				fixture_exec(&f, sql);
			}
		}
		f.set.keep_extracts = cases[i].keep;
		f.set.keep_days = cases[i].days;
		f.w.dry_run = 1;
		assert_int_equal(prune_extracts(&f.w, "enhet", cases[i].spare, NULL, NULL,
		    &res, &f.err), 0);
		assert_true(there(OLDEST) && there(OLD) && there(NEW));
		f.w.dry_run = 0;
		assert_int_equal(prune_extracts(&f.w, "enhet", cases[i].spare, NULL, NULL,
		    &again, &f.err), 0);
		if (there(OLDEST) != cases[i].stays[0] || there(OLD) != cases[i].stays[1] ||
		    there(NEW) != cases[i].stays[2])
			fail_msg("%s: %d %d %d", cases[i].says, there(OLDEST), there(OLD),
			    there(NEW));
		assert_memory_equal(&res, &again, sizeof(res));
		assert_int_equal(res.files, 3);
		assert_int_equal(res.kept + res.removed + res.failed, 3);
		assert_int_equal(res.bytes, 2 * res.removed);
		assert_true(there("notes.txt") && there("enhet.part") &&
		    there("enhet-of-somebody.json.gz"));
		teardown(NULL);
		setup(NULL);
	}
}

static void
each_kind_has_its_own_count(void **state)
{
	struct prune_result res;

	(void)state;
	put(NEW);
	put(SUB);
	assert_int_equal(prune_extracts(&f.w, NULL, NULL, NULL, NULL, &res, &f.err), 0);
	assert_true(there(NEW) && there(SUB));
	f.set.keep_extracts = 0;
	assert_int_equal(prune_extracts(&f.w, "underenhet", NULL, NULL, NULL, &res,
	    &f.err), 0);
	assert_true(there(NEW) && !there(SUB));
}

static void
no_folder_no_work(void **state)
{
	struct prune_result res;

	(void)state;
	assert_int_equal(prune_extracts(&f.w, NULL, NULL, NULL, NULL, &res, &f.err), 0);
	assert_int_equal(res.files, 0);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_is_needed_stays),
		TEST(each_kind_has_its_own_count),
		TEST(no_folder_no_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
