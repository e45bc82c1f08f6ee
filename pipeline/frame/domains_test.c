#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/frame/domains.h"
#include "pipeline/frame/lab_test.h"
#include "pipeline/frame/plan.h"

enum { DAY = 86400 };
#define NOON	((int64_t)LAB_DAY * DAY + DAY / 2)

#define STUDY	LAB_STUDY "[email]\nmx = yes\n"

/* Nobody listens there: what is not remembered is unknown, at once. */
static char nobody[] = "127.0.0.1:1";

static void
begin(struct lab *l)
{
	lab_open(l);
	lab_study(l, STUDY);
	l->f.w.now = NOON;
	l->f.set.dns_servers = nobody;
	l->f.set.dns_timeout = 1;
	l->f.set.dns_tries = 1;
	l->f.set.dns_max_unknown = 0.10;
}

static void
remember(struct lab *l, const char *name, const char *verdict, int64_t asked,
    int64_t absent)
{
	char sql[400], since[32] = "NULL";

	if (absent != 0)
		snprintf(since, sizeof(since), "%lld", (long long)absent);
	snprintf(sql, sizeof(sql), "INSERT OR REPLACE INTO domain (name, verdict, asked,"
	    " ttl, resolver, absent) VALUES ('%s', '%s', %lld, %d, '192.0.2.53', %s)",
	    name, verdict, (long long)asked, strcmp(verdict, "mx") == 0 ||
	    strcmp(verdict, "fallback") == 0 ? DOMAIN_POSITIVE : DOMAIN_NEGATIVE,
	    since);
	fixture_exec(&l->f, sql);
}

static void
settled(void **state)
{
	struct lab l;
	char first[65];

	(void)state;
	begin(&l);
	lab_add(&l, (struct lab_unit){ .orgnr = lab_orgnr(0), .email = "a@lives.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = lab_orgnr(1), .email = "a@null.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = lab_orgnr(2), .email = "b@null.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = lab_orgnr(3), .email = "a@none.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = lab_orgnr(4), .email = "a@once.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = lab_orgnr(5), .email = "a@twice.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = lab_orgnr(6), .email = "a@other.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = lab_orgnr(7),
	    .email = "bl\xc3\xa5@null.no" });
	lab_add(&l, (struct lab_unit){ .orgnr = lab_orgnr(8), .email = "c@null.no",
	    .bankrupt = 1 });
	remember(&l, "lives.no", "mx", NOON - 6 * DAY, 0);
	remember(&l, "other.no", "fallback", NOON - DAY, 0);
	remember(&l, "null.no", "null-mx", NOON - DAY / 2, 0);
	remember(&l, "none.no", "no-mail", NOON - 1, 0);
	remember(&l, "once.no", "no-domain", NOON - 3600, NOON - 3600);
	remember(&l, "twice.no", "no-domain", NOON - 3600, NOON - DAY);
	lab_frame(&l);
	assert_string_equal(lab_rows(&l, "coalesce(reason || ':' || coalesce(detail, ''),"
	    " email)"), "a@lives.no; email_unusable:null-mx; email_unusable:null-mx; "
	    "email_unusable:no-mail; a@once.no; email_unusable:no-domain; a@other.no; "
	    "email_unusable:null-mx; bankrupt:");
	assert_int_equal(l.r.domains, 6);
	assert_int_equal(l.r.dead, 3);
	assert_int_equal(l.r.unknown, 0);
	snprintf(first, sizeof(first), "%s", fixture_text(&l.f,
	    "SELECT dns_sha256 FROM frame"));
	assert_int_equal(strlen(first), 64);

	/* the same found dead, at another time: the same frame */
	remember(&l, "null.no", "null-mx", NOON - 1, 0);
	remember(&l, "lives.no", "fallback", NOON - 1, 0);
	lab_frame(&l);
	assert_true(l.r.again);
	/* it lives again: another frame */
	remember(&l, "null.no", "mx", NOON, 0);
	lab_frame(&l);
	assert_false(l.r.again);
	assert_string_not_equal(first, fixture_text(&l.f,
	    "SELECT dns_sha256 FROM frame ORDER BY id DESC"));
	lab_close(&l);
}

/* What is not asked for is nobody's loss, and too much of it no frame. */
static void
unknown(void **state)
{
	struct lab l;
	char name[40], email[40];

	(void)state;
	begin(&l);
	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "d%d.no", i);
		snprintf(email, sizeof(email), "a@d%d.no", i);
		lab_add(&l, (struct lab_unit){ .orgnr = lab_orgnr(i), .email = email });
		remember(&l, name, i == 0 ? "null-mx" : "mx", NOON - 2 * DAY, 0);
	}
	/* the negative one is too old, nobody answers: one of ten */
	lab_frame(&l);
	assert_int_equal(l.r.kept, 10);
	assert_int_equal(l.r.unknown, 1);
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM domain WHERE verdict ="
	    " 'null-mx'"), 1);
	fixture_exec(&l.f, "DELETE FROM domain WHERE name = 'd1.no'");
	assert_int_equal(lab_try(&l), -1);
	assert_int_equal(l.err.status, EX_TEMPFAIL);
	assert_non_null(strstr(l.err.text, "of 10 domains asked for, 2 are unknown"));
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM frame"), 1);
	/* a plan asks nobody, and says so */
	{
		struct buf b = BUF(1 << 20);

		buf_clear(&l.said);
		assert_int_equal(plan_make(&l.f.w, l.study, 0, &b, &l.err), 0);
		assert_non_null(strstr(buf_text(&l.said), "2 of 10 domains"));
		buf_free(&b);
	}
	/* nor does a study that does not want to know */
	lab_study(&l, LAB_STUDY);
	lab_frame(&l);
	assert_int_equal(l.r.domains, 0);
	assert_string_equal(fixture_text(&l.f,
	    "SELECT dns_sha256 FROM frame ORDER BY id DESC"), "");
	lab_close(&l);
}

static void
memory(void **state)
{
	struct domain d[] = { { .name = "a.no" }, { .name = "b.no" }, { .name = "c.no" },
		{ .name = "d.no" } };
	struct arena *arena = arena_new();
	struct lab l;

	(void)state;
	begin(&l);
	remember(&l, "a.no", "mx", NOON - DOMAIN_POSITIVE + 1, 0);
	remember(&l, "b.no", "no-domain", NOON - DAY / 2 - 1, NOON - DAY / 2 - 1);
	remember(&l, "c.no", "mx", NOON + 1, 0);	/* a clock that went back */
	assert_int_equal(domains_recall(&l.f.w, d, 4, arena, &l.err), 0);
	assert_true(d[0].known && d[0].remembered);
	assert_string_equal(d[0].resolver, "192.0.2.53");
	assert_false(d[1].known);	/* since yesterday: to be asked again */
	assert_true(d[1].absent == NOON - DAY / 2 - 1);
	assert_false(d[2].known);
	assert_false(d[3].known);

	/* seen again: it counts */
	d[1].known = 1;
	d[1].verdict = MX_NO_DOMAIN;
	d[1].asked = NOON;
	d[1].resolver = "192.0.2.54";
	d[3].known = 1;
	d[3].verdict = MX_UNKNOWN;
	assert_int_equal(domains_store(&l.f.w, d, 4, &l.err), 0);
	assert_int_equal(domains_recall(&l.f.w, d, 4, arena, &l.err), 0);
	assert_true(d[1].known && d[1].twice && domain_dead(&d[1]));
	assert_false(d[3].known);
	assert_int_equal(fixture_int(&l.f, "SELECT count(*) FROM domain"), 3);
	arena_free(arena);
	lab_close(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settled),
		cmocka_unit_test(unknown),
		cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
