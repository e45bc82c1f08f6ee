/* What a person says of a returned mail, and how it is taken back; and what is
 * held at a mass failure. */

#include "tests/returns.h"

#include "pipeline/contact/bounces.h"
#include "pipeline/contact/hold.h"
#include "pipeline/contact/spool.h"
#include "pipeline/contact/verdict.h"

/* A mail of kind bounce about that recipient (0: nobody), as reading has it. */
static void
add(struct fixture *f, int id, int recipient, const char *reason, int hard,
    const char *fault)
{
	char who[16];

	snprintf(who, sizeof(who), "%d", recipient);
	returns_sql(f, "INSERT INTO bounce_message (id, sha256, received, read, kind,"
	    " study, assigned, file) VALUES (%d, 'h%d', %lld, %lld, 'bounce', 1,"
	    " 'token', '')", id, id, (long long)f->w.now, (long long)f->w.now);
	returns_sql(f, "INSERT INTO bounce (message, status, reason, hard, fault, rule,"
	    " recipient, located) VALUES (%d, '5.0.0', '%s', %d, '%s', 'code', %s,"
	    " '%s')", id, reason, hard, fault, recipient != 0 ? who : "NULL",
	    recipient != 0 ? "certain" : "none");
}

static int64_t
mark(struct fixture *f, int message, const char *what, const char *value)
{
	const struct verdict_mark m = { .message = message, .what = what,
	    .value = value, .why = "so it is" };
	int64_t id = 0;

	if (verdict_mark(&f->w, &m, &id, &f->err) != 0 ||
	    verdict_settle(&f->w, message, &f->err) != 0)
		fail_msg("%s", f->err.text);
	return id;
}

static void
undo(struct fixture *f, int64_t mark_id)
{
	int64_t message;

	if (verdict_undo(&f->w, mark_id, "it is not", &message, &f->err) != 0 ||
	    verdict_settle(&f->w, message, &f->err) != 0)
		fail_msg("%s", f->err.text);
}

static int
returned(struct fixture *f)
{
	return (int)fixture_int(f, "SELECT count(*) FROM disposition WHERE returned");
}

static void
marks_lie_over_the_reading_and_come_off_in_any_order(void **state)
{
	struct buf before = BUF(1 << 16), after = BUF(1 << 16);
	struct fixture f;
	int64_t a, b, c;

	(void)state;
	returns_open(&f);
	add(&f, 1, 0, "userunknown", 1, "A");
	assert_int_equal(verdict_text(f.w.db, 1, &before, &f.err), 0);
	a = mark(&f, 1, "recipient", "102");
	assert_int_equal(returned(&f), 1);
	b = mark(&f, 1, "reason", "mailboxfull");
	assert_int_equal(fixture_int(&f, "SELECT hard FROM bounce"), 0);
	c = mark(&f, 1, "kind", "other");
	assert_int_equal(returned(&f), 0);
	undo(&f, b);
	assert_int_equal(returned(&f), 0);
	undo(&f, c);
	assert_int_equal(fixture_int(&f, "SELECT hard FROM bounce"), 1);
	assert_int_equal(returned(&f), 1);
	undo(&f, a);
	assert_int_equal(returned(&f), 0);
	assert_int_equal(verdict_text(f.w.db, 1, &after, &f.err), 0);
	assert_string_equal(buf_text(&before), buf_text(&after));
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM event"), 6);
	buf_free(&before);
	buf_free(&after);
	fixture_close(&f);
}

static void
a_new_reading_goes_beneath_the_marks(void **state)
{
	struct buf was = BUF(1 << 16);
	struct fixture f;
	int64_t id;

	(void)state;
	returns_open(&f);
	add(&f, 1, 101, "undefined", 0, "-");
	id = mark(&f, 1, "hard", "1");
	assert_int_equal(verdict_reading(f.w.db, 1, &was, &f.err), 1);
	returns_sql(&f, "UPDATE bounce SET reason = 'hasmoved', hard = 0");
	assert_int_equal(verdict_supersede(&f.w, 1, buf_text(&was), &f.err), 0);
	assert_int_equal(fixture_int(&f, "SELECT hard = 1 AND reason = 'hasmoved' FROM"
	    " bounce"), 1);
	assert_int_equal(fixture_int(&f, "SELECT json_extract(verdict,"
	    " '$.lines[0].reason') = 'undefined' FROM bounce_reading WHERE superseded"), 1);
	undo(&f, id);
	assert_int_equal(fixture_int(&f, "SELECT hard = 0 AND reason = 'hasmoved' FROM"
	    " bounce"), 1);
	buf_free(&was);
	fixture_close(&f);
}

static void
a_mass_failure_is_held_until_it_is_released(void **state)
{
	static const int64_t all[] = { 101, 102, 103, 104, 105 };
	struct fixture f;
	struct hold *h;
	int64_t n;

	(void)state;
	returns_open(&f);
	f.set.failure_ours = 5;
	f.set.failure_ours_share = 0.02;
	h = hold_new(&f.w);
	for (int i = 1; i <= 4; i++)
		add(&f, i, 100 + i, "blocked", 0, "S");
	assert_int_equal(hold_look(h, all, 4, &f.err), 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM bounce_hold"), 0);
	/* a second report on one of them is none more */
	add(&f, 5, 101, "blocked", 0, "S");
	assert_int_equal(hold_look(h, all, 1, &f.err), 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM bounce_hold"), 0);
	add(&f, 6, 105, "blocked", 0, "S");
	add(&f, 7, 106, "userunknown", 1, "A");
	assert_int_equal(hold_look(h, all, 5, &f.err), 0);
	assert_int_equal(fixture_int(&f, "SELECT what = 'ours' FROM bounce_hold"), 1);
	assert_int_equal(returned(&f), 0);
	assert_int_equal(hold_release(&f.w, 1, "seen", &n, &f.err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(returned(&f), 1);
	assert_int_equal(hold_release(&f.w, 1, "seen", &n, &f.err), -1);
	assert_int_equal(f.err.status, EX_NOINPUT);
	hold_free(h);
	/* what was released is not held for that again */
	h = hold_new(&f.w);
	assert_int_equal(hold_look(h, all, 5, &f.err), 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM bounce_hold WHERE"
	    " released IS NULL"), 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM event WHERE what ="
	    " 'bounces held'"), 1);
	hold_free(h);
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_lie_over_the_reading_and_come_off_in_any_order),
		cmocka_unit_test(a_new_reading_goes_beneath_the_marks),
		cmocka_unit_test(a_mass_failure_is_held_until_it_is_released),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
