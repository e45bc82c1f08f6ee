#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/date.h"
#include "pipeline/base/num.h"
#include "pipeline/register/asof.h"
#include "pipeline/register/load.h"
#include "pipeline/store/care.h"
#include "pipeline/store/erase.h"
#include "tests/fixture.h"

#include "pipeline/register/changes.h"

/*
 * A register of few units to which everything happens, its feed, and what the
 * single-unit requests answer; as it should be, or with trouble.
 */

enum { UNITS = 24, EVENTS = 4000 };
enum state { NEVER, LIVE, DELETED, REMOVED };

static struct model {
	struct { enum state state; int version; int32_t day; } unit[UNITS];
	struct { int64_t id, at; int unit; const char *what; int lost; int late; } event[EVENTS];
	int nevents;
	int64_t id, now;
	uint64_t seed;
	/* trouble, in so many of 100 */
	int repeat, shuffle, fail, stop, meanwhile, lose, late;
	int broken;		/* look-ups that failed */
	int failing;		/* in this run */
} m;

static struct fixture f, alone;
static struct changes_source src;
static struct changes_result res;

static int
chance(int of)
{
	m.seed = m.seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((m.seed >> 33) % (unsigned)of);
}

static int
percent(int p)
{
	return p > 0 && chance(100) < p;
}

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
publish(int unit, const char *what)
{
	assert_true(m.nevents < EVENTS);
	m.id += 1 + chance(900);		/* with gaps in the ids */
	m.event[m.nevents].id = m.id;
	m.event[m.nevents].at = m.now;
	m.event[m.nevents].unit = unit;
	m.event[m.nevents].what = what;
	m.event[m.nevents].lost = percent(m.lose);
	/* ready only when later ones have been read */
	m.event[m.nevents].late = percent(m.late);
	m.nevents++;
}

static void
happen(void)
{
	static const char *const odd[] = { "Endring", "Ukjent", "Sammensl\\u00e5tt" };
	int i = chance(UNITS), k = chance(10);

	switch (m.unit[i].state) {
	case NEVER:
	case REMOVED:
		m.unit[i].state = LIVE;
		m.unit[i].version = chance(1000);
		publish(i, "Ny");
		break;
	case LIVE:
		if (k < 7) {
			m.unit[i].version = chance(1000);
			publish(i, odd[k < 5 ? 0 : k - 4]);
		} else if (k < 9) {
			m.unit[i].state = DELETED;
			m.unit[i].day = date_of(m.now);
			publish(i, "Sletting");
		} else {
			m.unit[i].state = REMOVED;
			publish(i, "Fjernet");
		}
		break;
	case DELETED:
		if (k < 3) {
			m.unit[i].state = LIVE;
			publish(i, "Endring");
		} else if (k < 5) {
			m.unit[i].state = REMOVED;
			publish(i, "Fjernet");
		}
		break;
	}
}

static void
put_event(struct buf *b, int i)
{
	char at[21];

	buf_printf(b, "%s{\"oppdateringsid\":%d,\"dato\":\"%.19s.000Z\","
	    "\"organisasjonsnummer\":\"%09d\",\"endringstype\":\"%s\"}",
	    b->data[b->len - 1] == '[' ? "" : ",", (int)m.event[i].id,
	    moment_iso(m.event[i].at, at), (int)number(m.event[i].unit),
	    m.event[i].what);
}

static int
page(void *ctx, enum unit_kind kind, int64_t from, int64_t at, int64_t size,
    struct buf *body, struct err *err)
{
	int on[EVENTS], n = 0, total = 0;

	(void)ctx;
	(void)kind;
	if (percent(m.stop))
		return err_set(err, EX_TEMPFAIL, "no connection");
	for (int i = 0; i < m.nevents; i++) {
		if (m.event[i].lost || m.event[i].late ||
		    (from > 0 ? m.event[i].id < from : m.event[i].at < at))
			continue;
		total++;
		if (n < size)
			on[n++] = i;
	}
	if (n == 0) {
		buf_str(body, "{\"page\":{\"totalElements\":0}}");
		return 0;
	}
	for (int i = n - 1; i > 0 && percent(m.shuffle); i--) {
		int k = chance(i + 1), was = on[i];

		on[i] = on[k];
		on[k] = was;
	}
	buf_str(body, "{\"_embedded\":{\"oppdaterteEnheter\":[");
	for (int i = 0; i < n; i++) {
		put_event(body, on[i]);
		if (percent(m.repeat))
			put_event(body, on[i]);
	}
	buf_printf(body, "]},\"page\":{\"totalElements\":%d}}", total);
	return 0;
}

static void
describe(int i, struct buf *b)
{
	char day[11];
	int v = m.unit[i].version;

	if (m.unit[i].state == DELETED) {
		buf_printf(b, "{\"organisasjonsnummer\":\"%09d\",\"navn\":\"SLETTET\","
		    "\"slettedato\":\"%s\",\"respons_klasse\":\"SlettetEnhet\"}",
		    (int)number(i), date_iso(m.unit[i].day, day));
		return;
	}
	buf_printf(b, "{\"organisasjonsnummer\":\"%09d\",\"navn\":\"ENHET %d\","
	    "\"organisasjonsform\":{\"kode\":\"AS\"},\"epostadresse\":"
	    "\"post@v%d.example.no\",\"antallAnsatte\":%d,\"respons_klasse\":"
	    "\"Enhet\"}", (int)number(i), v, v, v);
}

static int
look(void *ctx, struct changes_look *l, size_t n, struct err *err)
{
	(void)ctx;
	for (size_t k = 0; k < n; k++) {
		int i = 0;

		if (percent(m.stop))
			return err_set(err, EX_TEMPFAIL, "no connection");
		/* the world does not wait for us */
		for (int t = 0; t < 3; t++)
			if (percent(m.meanwhile))
				happen();
		while (number(i) != l[k].orgnr)
			i++;
		l[k].body = (struct buf)BUF(1 << 16);
		if (percent(m.fail)) {
			m.broken++;
			l[k].status = 0;
			snprintf(l[k].why, sizeof(l[k].why), "answered 500");
		} else if (m.unit[i].state == REMOVED) {
			l[k].status = 410;
		} else if (m.unit[i].state == NEVER || l[k].kind != UNIT_ENHET) {
			l[k].status = 404;
		} else {
			l[k].status = 200;
			describe(i, &l[k].body);
		}
	}
	return 0;
}

static void
trouble_over(void)
{
	m.repeat = m.shuffle = m.fail = m.stop = m.meanwhile = m.lose = m.late = 0;
}

static void
begin(uint64_t seed)
{
	memset(&m, 0, sizeof(m));
	m.seed = seed * 7919 + 1;
	m.id = 25000000;
	m.now = INT64_C(1772449800);
	fixture_open(&f);
	f.w.now = m.now;
	f.set.changes_page = 7;
	f.set.changes_max = 100000;
	f.set.changes_overlap = 3 * 86400;
	src = (struct changes_source){ .page = page, .look = look,
		.where = "https://register.example.no/oppdateringer" };
	for (int i = 0; i < 40; i++)
		happen();
}

static const struct world *bar_world;

static int
bar(void *ctx, int32_t orgnr)
{
	return erased_has(ctx, bar_world, orgnr);
}

/* What pull does with a file that was made now. */
static void
load_file(struct fixture *to, int64_t made, int64_t start)
{
	struct load_counts n;
	struct load *l;
	int64_t id = fixture_int(to, "SELECT coalesce(max(id), 0) + 1 FROM extract");
	struct erased *erased;
	char sql[400];

	snprintf(sql, sizeof(sql), "UPDATE extract SET in_force = 0; INSERT INTO extract"
	    " (id, kind, source, register_date, date_basis, fetched, bytes, sha256,"
	    " standard, read, units, unreadable, added, changed, gone, in_force) VALUES"
	    " (%d, 'enhet', 'x', %d, 'given', 1, 1, '', 'unknown', 0, 0, 0, 0, 0, 0, 1)",
	    (int)id, (int)date_of(made));
	fixture_exec(to, sql);
	l = load_new(to->w.db, UNIT_ENHET, id, NULL, &to->err);
	assert_non_null(l);
	assert_int_equal(changes_newer(&to->w, UNIT_ENHET, made, l, &to->err), 0);
	bar_world = &to->w;
	erased = erased_load(to->w.db, made, &to->err);
	load_bar(l, bar, erased);
	for (int i = 0; i < UNITS; i++) {
		struct unit u;
		char name[40], email[40];

		if (m.unit[i].state != LIVE)
			continue;
		unit_clear(&u);
		snprintf(name, sizeof(name), "ENHET %d", m.unit[i].version);
		snprintf(email, sizeof(email), "post@v%d.example.no", m.unit[i].version);
		u.orgnr = number(i);
		u.kind = UNIT_ENHET;
		u.name = name;
		u.legal_form = "AS";
		u.email = email;
		u.employees = m.unit[i].version;
		u.response_class = "Enhet";
		assert_int_equal(load_unit(l, &u, 1, &to->err), 0);
	}
	load_count(l, &n);
	assert_int_equal(load_close(l, &to->err), 0);
	load_free(l);
	erased_free(erased);
	snprintf(sql, sizeof(sql), "UPDATE extract SET read = %d, units = %d WHERE id ="
	    " %d", (int)(n.units + n.barred), (int)n.units, (int)id);
	fixture_exec(to, sql);
	assert_int_equal(changes_loaded(&to->w, UNIT_ENHET, id, made, start, &n,
	    &to->err), 0);
}

static int64_t
position(int64_t at)
{
	for (int i = 0; i < m.nevents; i++)
		if (m.event[i].at >= at)
			return m.event[i].id;
	return m.id;
}

/* Run until it goes through. */
static void
catch_up(void)
{
	for (int tries = 0; ; tries++) {
		int r = changes_run(&f.w, UNIT_ENHET, &src, &res, &f.err);

		assert_true(sqlite3_get_autocommit(f.w.db));
		if (r == 0)
			break;
		assert_int_equal(f.err.status, EX_TEMPFAIL);
		assert_true(tries < 5000);
	}
	assert_int_equal(res.events, res.added + res.changed + res.deleted +
	    res.removed + res.same + res.folded + res.idle + res.absent + res.waiting +
	    res.nameless + res.barred);
}

static const char live[] = "SELECT group_concat(orgnr || ':' || name || ':' || email"
    " || ':' || employees || ':' || row_hash, ' ') FROM (SELECT * FROM unit WHERE"
    " deleted_date IS NULL ORDER BY orgnr)";

/* Is what is held what the register of now holds, loaded alone? */
static void
want_converged(const char *says, uint64_t seed)
{
	char have[16384];

	snprintf(have, sizeof(have), "%s", fixture_text(&f, live));
	fixture_exec(&alone, "DELETE FROM feed; DELETE FROM unit; DELETE FROM"
	    " unit_history; DELETE FROM"
	    " extract");
	load_file(&alone, m.now, 0);
	if (strcmp(have, fixture_text(&alone, live)) != 0)
		fail_msg("%s, history %d:\nhave %s\nwant %s", says, (int)seed, have,
		    fixture_text(&alone, live));
}

/* Nothing is left of what was removed. */
static void
want_removed(void)
{
	char sql[200];

	for (int i = 0; i < UNITS; i++) {
		if (m.unit[i].state != REMOVED)
			continue;
		snprintf(sql, sizeof(sql), "SELECT (SELECT count(*) FROM unit WHERE orgnr ="
		    " %d) + (SELECT count(*) FROM unit_history WHERE orgnr = %d)",
		    (int)number(i), (int)number(i));
		assert_int_equal(fixture_int(&f, sql), 0);
	}
}

static void
want_sound(void)
{
	struct care_check check[CARE_CHECKS_MAX];
	int n = care_doctor(f.w.db, check, &f.err);

	for (int i = 0; i < n; i++)
		if (check[i].breaches != 0)
			fail_msg("%s: %d", check[i].says, (int)check[i].breaches);
	assert_true(n > 0);
}

/* --- any history ------------------------------------------------------------ */

static void
one_history(uint64_t seed)
{
	int days;

	begin(seed);
	load_file(&f, m.now, position(m.now - 86400));
	if (chance(2)) {
		m.repeat = chance(60);
		m.shuffle = chance(2) * 100;
		m.fail = chance(25);
		m.stop = chance(4);
		m.meanwhile = chance(12);
		m.late = chance(20);
	}
	days = 2 + chance(6);
	for (int d = 0; d < days; d++) {
		int n = chance(40);

		m.now += 86400 / 2;
		for (int i = 0; i < n; i++) {
			m.now += chance(600);
			happen();
		}
		f.w.now = m.now;
		if (chance(4) != 0)
			catch_up();
		for (int i = 0; i < m.nevents; i++)
			m.event[i].late = 0;
		if (chance(5) == 0) {
			int64_t made = m.now;

			m.now += 3600;
			f.w.now = m.now;
			load_file(&f, made, position(made - 86400));
		}
	}
	trouble_over();
	m.now += 60;
	f.w.now = m.now;
	catch_up();
	catch_up();	/* and what waited */
	assert_int_equal(res.waits, 0);
	want_converged("feed alone", seed);
	want_removed();
	want_sound();
	fixture_close(&f);
}

static void
any_history_converges(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 250; seed++)
		one_history(seed);
}

/* What the feed never told, the next file mends, and undoes nothing newer. */
static void
lost_events_are_mended(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		int64_t made;

		begin(seed);
		load_file(&f, m.now, position(m.now - 86400));
		m.lose = 30;
		for (int d = 0; d < 4; d++) {
			m.now += 86400;
			for (int i = 0; i < 20; i++)
				happen();
			f.w.now = m.now;
			catch_up();
		}
		trouble_over();
		m.now += 600;
		f.w.now = made = m.now;
		load_file(&f, made, position(made - 86400));
		want_converged("after the file", seed);
		/* the file's own day is read again; what comes now is not lost */
		m.now += 600;
		f.w.now = m.now;
		for (int i = 0; i < 10; i++)
			happen();
		catch_up();
		want_converged("after file and feed", seed);
		want_sound();
		fixture_close(&f);
	}
}

/* A file is loaded late: what was looked up after it was made stays. */
static void
an_older_file_undoes_nothing(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct model then;
		int64_t made, start;

		begin(seed);
		load_file(&f, m.now, position(m.now - 86400));
		m.now += 86400;
		for (int i = 0; i < 30; i++)
			happen();
		then = m;
		made = m.now;
		start = position(made - 86400);
		m.now += 86400;
		for (int i = 0; i < 30; i++)
			happen();
		f.w.now = m.now;
		catch_up();
		want_converged("before the old file", seed);
		/* the old file: the register as it was */
		{
			struct model today = m;

			m = then;
			load_file(&f, made, start);
			m = today;
		}
		want_converged("the old file", seed);
		m.now += 60;
		f.w.now = m.now;
		catch_up();
		want_converged("and the feed again", seed);
		want_sound();
		fixture_close(&f);
	}
}

/* --- any day ---------------------------------------------------------------- */

struct seen { int n; char name[40]; int deleted; };

static int
see(void *ctx, const struct asof_version *v, struct err *err)
{
	struct seen *s = ctx;

	(void)err;
	s->n++;
	s->deleted = v->unit->deleted_date != DATE_NONE;
	snprintf(s->name, sizeof(s->name), "%s", v->unit->name);
	return 0;
}

static void
any_day_reads_back(void **state)
{
	enum { DAYS = 6 };
	static struct model then[DAYS];

	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		begin(seed);
		load_file(&f, m.now, position(m.now - 86400));
		for (int d = 0; d < DAYS; d++) {
			m.now += 86400;
			/* several runs a day: the day's last state counts */
			for (int run = 0; run < 3; run++) {
				for (int i = 0; i < 6; i++)
					happen();
				f.w.now = m.now;
				catch_up();
			}
			if (chance(3) == 0)
				load_file(&f, m.now, position(m.now - 86400));
			then[d] = m;
		}
		for (int d = 0; d < DAYS; d++)
			for (int i = 0; i < UNITS; i++) {
				struct seen s = { 0 };
				char want[40];

				/* of what was removed since no day tells */
				int gone = 0;

				for (int k = then[d].nevents; k < m.nevents; k++)
					gone |= m.event[k].unit == i &&
					    strcmp(m.event[k].what, "Fjernet") == 0;
				if (gone)
					continue;
				assert_true(asof_unit(&f.w, number(i), date_of(then[d].now),
				    see, &s, &f.err) >= 0);
				if (then[d].unit[i].state != LIVE) {
					assert_true(s.n == 0 || s.deleted);
					continue;
				}
				assert_int_equal(s.n, 1);
				snprintf(want, sizeof(want), "ENHET %d",
				    then[d].unit[i].version);
				assert_string_equal(s.name, want);
			}
		fixture_close(&f);
	}
}

/* --- single things ---------------------------------------------------------- */

static int
beginning(void **state)
{
	(void)state;
	begin(1);
	memset(m.unit, 0, sizeof(m.unit));
	m.nevents = 0;
	return 0;
}

static int
ending(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

static void
live_unit(int i, int version)
{
	m.unit[i].state = LIVE;
	m.unit[i].version = version;
}

static void
no_register_no_changes(void **state)
{
	(void)state;
	assert_int_equal(changes_run(&f.w, UNIT_ENHET, &src, &res, &f.err), -1);
	assert_int_equal(f.err.status, EX_NOINPUT);
}

static void
a_file_without_position_is_asked_by_its_day(void **state)
{
	(void)state;
	live_unit(0, 1);
	m.now -= 3 * 86400;
	publish(0, "Ny");		/* long before: not read */
	m.now += 2 * 86400;
	publish(0, "Endring");		/* the day before */
	m.now += 86400;
	load_file(&f, m.now, 0);
	catch_up();
	assert_int_equal(res.from, m.event[1].id);
	assert_int_equal(res.events, 1);
	assert_int_equal(res.same, 1);
	assert_int_equal(res.next, m.event[1].id + 1);
	catch_up();
	assert_int_equal(res.events, 0);
	assert_int_equal(res.known, 1);
}

static void
a_deletion_keeps_what_was_known(void **state)
{
	(void)state;
	live_unit(0, 5);
	publish(0, "Ny");
	load_file(&f, m.now, m.event[0].id);
	m.unit[0].state = DELETED;
	m.unit[0].day = 20500;
	m.now += 86400;
	f.w.now = m.now;
	publish(0, "Sletting");
	catch_up();
	assert_int_equal(res.deleted, 1);
	assert_string_equal(fixture_text(&f, "SELECT name || deleted_date || email ||"
	    " response_class FROM unit"), "ENHET 520500post@v5.example.noSlettetEnhet");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit_history"), 1);
	/* the next file does not have it: closed */
	m.now += 86400;
	f.w.now = m.now;
	load_file(&f, m.now, m.id);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit"), 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit_history"), 2);
}

static void
what_waits_is_tried_again_and_given_up(void **state)
{
	(void)state;
	live_unit(0, 5);
	live_unit(1, 5);
	publish(1, "Ny");
	load_file(&f, m.now, m.event[0].id);
	m.unit[0].version = 6;
	publish(0, "Endring");
	m.fail = 100;
	catch_up();
	assert_int_equal(res.waiting, 2);
	assert_int_equal(res.waits, 2);
	assert_int_equal(res.next, m.id + 1);
	m.fail = 0;
	m.unit[1].state = NEVER;	/* the register knows it no more */
	catch_up();
	assert_int_equal(res.events, 0);
	assert_int_equal(res.settled, 1);
	assert_int_equal(res.waits, 1);
	assert_string_equal(fixture_text(&f, "SELECT name FROM unit ORDER BY orgnr"),
	    "ENHET 6");
	for (int i = 0; i < CHANGES_TRIES; i++)
		catch_up();
	assert_int_equal(res.waits, 1);		/* not before a week is over */
	f.w.now += (CHANGES_DAYS + 1) * 86400;
	catch_up();
	assert_int_equal(res.given_up, 1);
	assert_int_equal(res.waits, 0);
	/* absence is no deletion */
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit"), 2);
}

static void
a_run_has_a_ceiling(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		live_unit(i, 1);
		publish(i, "Ny");
	}
	load_file(&f, m.now, m.event[0].id);
	f.set.changes_max = 10;
	catch_up();
	assert_int_equal(res.events, 14);	/* whole pages of 7 */
	assert_int_equal(res.left, 6);
	catch_up();
	assert_int_equal(res.events, 6);
	assert_int_equal(res.left, 0);
}

static void
most_failing_stops_the_run(void **state)
{
	(void)state;
	f.set.changes_page = 100;
	for (int i = 0; i < UNITS; i++) {
		live_unit(i, 1);
		publish(i, "Ny");
	}
	load_file(&f, m.now, m.event[0].id);
	m.fail = 100;
	assert_int_equal(changes_run(&f.w, UNIT_ENHET, &src, &res, &f.err), -1);
	assert_int_equal(f.err.status, EX_TEMPFAIL);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM feed_event"), 0);
	assert_int_equal(fixture_int(&f, "SELECT next FROM feed"), m.event[0].id);
}

static void
removed_on_request_does_not_come_back(void **state)
{
	struct erase_counts n;

	(void)state;
	live_unit(0, 5);
	live_unit(1, 5);
	publish(0, "Ny");
	load_file(&f, m.now, m.event[0].id);
	assert_int_equal(erase_unit(&f.w, number(0), ERASE_ASKED, &n, &f.err), 0);
	assert_int_equal(n.units, 1);
	catch_up();
	assert_int_equal(res.barred, 1);
	f.w.now = m.now += 86400;
	load_file(&f, m.now, m.event[0].id);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM unit"), 1);
	want_sound();
}

static int
group_begin(void **state)
{
	(void)state;
	fixture_open(&alone);
	return 0;
}

static int
group_end(void **state)
{
	(void)state;
	fixture_close(&alone);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_history_converges),
		cmocka_unit_test(lost_events_are_mended),
		cmocka_unit_test(an_older_file_undoes_nothing),
		cmocka_unit_test(any_day_reads_back),
		cmocka_unit_test_setup_teardown(no_register_no_changes, beginning, ending),
		cmocka_unit_test_setup_teardown(a_file_without_position_is_asked_by_its_day,
		    beginning, ending),
		cmocka_unit_test_setup_teardown(a_deletion_keeps_what_was_known, beginning,
		    ending),
		cmocka_unit_test_setup_teardown(what_waits_is_tried_again_and_given_up,
		    beginning, ending),
		cmocka_unit_test_setup_teardown(a_run_has_a_ceiling, beginning, ending),
		cmocka_unit_test_setup_teardown(most_failing_stops_the_run, beginning,
		    ending),
		cmocka_unit_test_setup_teardown(removed_on_request_does_not_come_back,
		    beginning, ending),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
