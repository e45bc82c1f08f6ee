#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/fixture.h"

#include "pipeline/contact/disposition.h"

/*
 * A unit's life in words, "KIND MAILING @ DAY": S sent, D delivered, A an
 * automatic reply, K feedback, C complete, P partial, R refused, N screened
 * out, L late; and what came back:
 */
static const struct {
	char letter;
	int hard, status_class;
	const char *reason;
	char fault;
	int certain;
} bounces[] = {
	{ 'h', 1, 5, "userunknown", 'A', 1 },
	{ 'i', 1, 0, "hostunknown", 'A', 1 },	/* no status */
	{ 'j', 1, 4, "userunknown", 'A', 1 },	/* class 4 */
	{ 'k', 1, 5, "userunknown", 'A', 0 },	/* by address */
	{ 'u', 0, 5, "suspend", 'R', 1 },
	{ 'f', 0, 5, "filtered", 'R', 1 },
	{ 'v', 0, 4, "suspend", 'R', 1 },	/* class 4: other soft */
	{ 'q', 0, 5, "mailboxfull", 'R', 1 },
	{ 'r', 0, 5, "mailboxfull", 'R', 0 },	/* by address */
	{ 'e', 0, 4, "expired", 'N', 1 },
	{ 'x', 0, 5, "blocked", 'S', 1 },
	{ 'w', 0, 5, "undefined", '-', 1 },
};

static const struct {
	const char *says, *life;
	const char *state;
	int returned, our_fault, review;
	const char *aapor;
} cases[] = {
	{ "nothing happened", "", "not_sent", 0, 0, 0, "3.11" },
	{ "sent and silent", "S1@0", "sent", 0, 0, 0, "3.19" },

	/* hard */
	{ "one hard bounce, certain", "S1@0 h1@1", "returned", 1, 0, 0, "3.30" },
	{ "hard without a class", "S1@0 i1@1", "returned", 1, 0, 0, "3.30" },
	{ "hard stands over a silent reminder", "S1@0 h1@1 S2@9", "returned", 1, 0,
	    0, "3.30" },
	{ "a hard reason of class 4 is soft", "S1@0 j1@1 S2@9", "sent", 0, 0, 0,
	    "3.19" },
	{ "hard by address alone waits", "S1@0 k1@1", "sent", 0, 0, 1, "3.19" },
	{ "hard by address, of two mailings", "S1@0 k1@1 S2@9 k2@10", "returned",
	    1, 0, 0, "3.30" },
	{ "that stands over a third that is silent", "S1@0 k1@1 S2@9 k2@10 S3@12",
	    "returned", 1, 0, 0, "3.30" },
	{ "two of one mailing are one", "S1@0 k1@1 k1@2", "sent", 0, 0, 1,
	    "3.19" },
	{ "two of one mailing wait with a silent reminder", "S1@0 k1@1 k1@2 S2@9",
	    "sent", 0, 0, 1, "3.19" },
	{ "by address and then certain", "S1@0 k1@1 S2@9 h2@10", "returned", 1, 0,
	    0, "3.30" },

	/* suspend, filtered */
	{ "suspended twice, a week apart", "S1@0 u1@0 S2@7 u2@7 S3@9", "returned",
	    1, 0, 0, "3.30" },
	{ "suspended, then filtered", "S1@0 u1@0 S2@7 f2@8 S3@9", "returned", 1, 0,
	    0, "3.30" },
	{ "suspended twice in six days", "S1@0 u1@0 S2@6 u2@6 S3@9", "sent", 0, 0,
	    0, "3.19" },
	{ "suspended once", "S1@0 u1@0 S2@7", "sent", 0, 0, 0, "3.19" },
	{ "twice of one mailing is once", "S1@0 u1@0 u1@8 S2@9", "sent", 0, 0, 0,
	    "3.19" },
	{ "class 4 does not count here", "S1@0 v1@0 S2@7 v2@7 S3@9", "sent", 0, 0,
	    0, "3.19" },
	{ "delivered in between forgets it", "S1@0 u1@0 S2@3 D2@3 S3@7 u3@8",
	    "sent", 0, 0, 0, "3.19" },

	/* other soft */
	{ "three soft over two weeks", "S1@0 q1@0 S2@7 e2@7 S3@14 q3@14 S4@20",
	    "returned", 1, 0, 0, "3.30" },
	{ "three soft in 13 days", "S1@0 q1@0 S2@7 e2@7 S3@13 q3@13 S4@20", "sent",
	    0, 0, 0, "3.19" },
	{ "two soft over two weeks", "S1@0 q1@0 S3@14 q3@14 S4@20", "sent", 0, 0,
	    0, "3.19" },
	{ "a fourth makes up the time", "S1@0 q1@0 S2@5 q2@5 S3@10 q3@10 S4@15"
	    " q4@15 S5@20", "returned", 1, 0, 0, "3.30" },
	{ "three of one mailing are one", "S1@0 q1@0 q1@7 q1@14 S4@20", "sent", 0,
	    0, 0, "3.19" },
	{ "class 4 of a hard reason counts as soft", "S1@0 j1@0 S2@7 v2@7 S3@14"
	    " e3@14 S4@20", "returned", 1, 0, 0, "3.30" },
	{ "unknown fault counts, and is looked at", "S1@0 w1@0 S4@20", "sent", 0,
	    0, 1, "3.19" },
	{ "three of unknown fault", "S1@0 w1@0 S2@7 w2@7 S3@14 w3@14 S4@20",
	    "returned", 1, 0, 0, "3.30" },

	/* what is forgotten */
	{ "an automatic reply in between", "S1@0 q1@0 S2@7 q2@7 A2@8 S3@14 q3@14"
	    " S4@20", "sent", 0, 0, 0, "3.19" },
	{ "delivered in between", "S1@0 q1@0 S2@7 q2@7 S5@8 D5@8 S3@14 q3@14"
	    " S4@20", "sent", 0, 0, 0, "3.19" },
	{ "delivered before it all", "S5@0 D5@0 S1@1 q1@1 S2@8 q2@8 S3@15 q3@15"
	    " S4@20", "returned", 1, 0, 0, "3.30" },
	{ "30 days and a mailing without return", "S1@0 q1@0 S2@7 q2@7 S5@20"
	    " S3@37 q3@37 S4@40", "sent", 0, 0, 0, "3.19" },
	{ "29 days and a mailing without return", "S1@0 q1@0 S2@7 q2@7 S5@20"
	    " S3@36 q3@36 S4@40", "returned", 1, 0, 0, "3.30" },
	{ "30 days without a mailing", "S1@0 q1@0 S2@7 q2@7 S3@37 q3@37 S4@40",
	    "returned", 1, 0, 0, "3.30" },

	/* every mailing */
	{ "the only mailing came back", "S1@0 q1@1", "returned", 1, 0, 0, "3.30" },
	{ "the only mailing expired", "S1@0 e1@5", "returned", 1, 0, 0, "3.30" },
	{ "both came back", "S1@0 q1@1 S2@3 e2@4", "returned", 1, 0, 0, "3.30" },
	{ "one of two came back", "S1@0 q1@1 S2@3", "sent", 0, 0, 0, "3.19" },
	{ "the only one, by address alone, waits", "S1@0 r1@1", "sent", 0, 0, 1,
	    "3.19" },
	{ "two by address are enough", "S1@0 r1@1 S2@3 r2@4", "returned", 1, 0, 0,
	    "3.30" },
	{ "one by address and one certain", "S1@0 r1@1 S2@3 q2@4", "returned", 1,
	    0, 0, "3.30" },
	{ "the only one, nobody knows why", "S1@0 w1@1", "returned", 1, 0, 1,
	    "3.30" },
	{ "automatic reply does not undo it", "S1@0 q1@1 A1@2", "returned", 1, 0,
	    0, "3.30" },

	/* fault S */
	{ "our sending failed", "S1@0 x1@1", "sent", 0, 1, 0, "3.11" },
	{ "many times", "S1@0 x1@1 S2@9 x2@9 S3@20 x3@20", "sent", 0, 1, 0,
	    "3.11" },
	{ "and got through later", "S1@0 x1@1 S2@9", "sent", 0, 1, 0, "3.19" },
	{ "ours and theirs", "S1@0 x1@1 S2@9 q2@10", "returned", 1, 0, 0, "3.30" },
	{ "ours, then hard", "S1@0 x1@1 S2@9 h2@10", "returned", 1, 0, 0, "3.30" },
	{ "ours never counts as soft", "S1@0 q1@0 S2@7 x2@7 S3@14 q3@14 S4@20",
	    "sent", 0, 0, 0, "3.19" },

	/* one report a mailing, the latest */
	{ "delivered after all", "S1@0 q1@1 D1@2", "sent", 0, 0, 0, "3.19" },
	{ "hard, then delivered", "S1@0 h1@1 D1@2", "sent", 0, 0, 0, "3.19" },
	{ "delivered to a relay, then hard", "S1@0 D1@1 h1@2", "returned", 1, 0, 0,
	    "3.30" },
	{ "soft, then hard", "S1@0 q1@1 h1@2 S2@9", "returned", 1, 0, 0, "3.30" },
	{ "hard, then soft", "S1@0 h1@1 q1@2 S2@9", "sent", 0, 0, 0, "3.19" },
	{ "by address never replaces certain", "S1@0 h1@1 k1@2 S2@9", "returned",
	    1, 0, 0, "3.30" },

	/* never against it */
	{ "delivered", "S1@0 D1@1", "sent", 0, 0, 0, "3.19" },
	{ "an automatic reply", "S1@0 A1@1", "sent", 0, 0, 0, "3.19" },

	/* answers win */
	{ "answered", "S1@0 C0@3", "complete", 0, 0, 0, "1.1" },
	{ "answered after a hard bounce", "S1@0 h1@1 C0@3", "complete", 0, 0, 0,
	    "1.1" },
	{ "answered before a hard bounce", "S1@0 C0@1 S2@9 h2@9", "complete", 0, 0,
	    0, "1.1" },
	{ "answered though our sending failed", "S1@0 x1@1 C0@3", "complete", 0, 0,
	    0, "1.1" },
	{ "answered, nothing waits any more", "S1@0 k1@1 C0@3", "complete", 0, 0,
	    0, "1.1" },
	{ "complete over partial", "S1@0 C0@3 P0@4", "complete", 0, 0, 0, "1.1" },
	{ "partial after a return", "S1@0 q1@1 P0@4", "partial", 0, 0, 0, "1.2" },
	{ "opt-out keeps an answer", "S1@0 C0@3 K1@4", "complete", 0, 0, 0,
	    "1.1" },
	{ "partial over refused", "S1@0 R0@2 P0@3", "partial", 0, 0, 0, "1.2" },
	{ "answered without being written to", "C0@3", "complete", 0, 0, 0,
	    "1.1" },
	{ "late undoes a return", "S1@0 h1@1 L0@40", "sent", 0, 0, 0, "2.27" },
	{ "late", "S1@0 L0@40", "sent", 0, 0, 0, "2.27" },
	{ "refused over late", "S1@0 R0@2 L0@40", "refused", 0, 0, 0, "2.111" },

	/* opt-out and others */
	{ "feedback is an opt-out, not a return", "S1@0 K1@2", "refused", 0, 0, 0,
	    "2.111" },
	{ "feedback over a return", "S1@0 q1@1 K1@2", "refused", 0, 0, 0,
	    "2.111" },
	{ "refused", "S1@0 R0@2", "refused", 0, 0, 0, "2.111" },
	{ "screened out", "S1@0 N0@2", "not_eligible", 0, 0, 0, "4.10" },
	{ "refused over screened out", "S1@0 N0@2 R0@3", "refused", 0, 0, 0,
	    "2.111" },
	{ "screened out over a return", "S1@0 h1@1 N0@2", "not_eligible", 0, 0, 0,
	    "4.10" },
};

enum { MANY = 32 };

static struct unit_event
event_of(const char *word)
{
	static const char letters[] = "SDAKCPRNL";
	static const enum event_kind kinds[] = { EVENT_SENT, EVENT_DELIVERED,
		EVENT_AUTO_REPLY, EVENT_FEEDBACK, EVENT_COMPLETE, EVENT_PARTIAL,
		EVENT_REFUSED, EVENT_SCREENED, EVENT_LATE };
	struct unit_event e = { .kind = EVENT_BOUNCE };
	const char *l = strchr(letters, word[0]);
	char *at;

	e.mailing = strtoll(word + 1, &at, 10);
	assert_int_equal(*at, '@');
	e.at = strtoll(at + 1, NULL, 10) * 86400 + 1;
	if (l != NULL) {
		e.kind = kinds[l - letters];
		if (e.kind == EVENT_DELIVERED)
			e.certain = 1;
		return e;
	}
	for (size_t i = 0; i < sizeof(bounces) / sizeof(bounces[0]); i++)
		if (bounces[i].letter == word[0]) {
			e.hard = bounces[i].hard;
			e.status_class = bounces[i].status_class;
			e.reason = bounces[i].reason;
			e.fault = bounces[i].fault;
			e.certain = bounces[i].certain;
			return e;
		}
	fail_msg("no letter %c", word[0]);
	return e;
}

static size_t
events_of(const char *life, struct unit_event *e)
{
	char text[256], *save = NULL;
	size_t n = 0;

	snprintf(text, sizeof(text), "%s", life);
	for (char *w = strtok_r(text, " ", &save); w != NULL;
	    w = strtok_r(NULL, " ", &save)) {
		assert_true(n < MANY);
		e[n++] = event_of(w);
	}
	return n;
}

static struct settings
defaults(void)
{
	struct settings s;

	memset(&s, 0, sizeof(s));
	s.hard_by_address = 2;
	s.suspend_count = 2;
	s.suspend_days = 7;
	s.soft_count = 3;
	s.soft_days = 14;
	s.soft_reset_days = 30;
	return s;
}

static void
decides_as_the_table_says(void **state)
{
	struct settings set = defaults();
	struct unit_event e[MANY];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = events_of(cases[i].life, e);
		struct disposition d = disposition_of(e, n, &set);

		if (strcmp(d.state, cases[i].state) != 0 ||
		    d.returned != cases[i].returned ||
		    d.our_fault != cases[i].our_fault ||
		    d.review != cases[i].review ||
		    strcmp(d.aapor, cases[i].aapor) != 0)
			fail_msg("%s (%s): got %s, returned %d, ours %d, review %d, "
			    "%s, %s; want %s, %d, %d, %d, %s", cases[i].says,
			    cases[i].life, d.state, d.returned, d.our_fault, d.review,
			    d.aapor, d.why, cases[i].state, cases[i].returned,
			    cases[i].our_fault, cases[i].review, cases[i].aapor);
		assert_int_equal(d.late, strchr(cases[i].life, 'L') != NULL &&
		    strcmp(d.aapor, "2.27") == 0);
		assert_int_equal(d.sent, strchr(cases[i].life, 'S') != NULL);
		assert_int_equal(d.returned, strcmp(d.state, "returned") == 0);
		assert_true(*d.why != '\0');
	}
}

static void
the_limits_are_the_settings(void **state)
{
	struct settings set = defaults();
	struct unit_event e[MANY];
	size_t n;

	(void)state;
	set.hard_by_address = 1;
	n = events_of("S1@0 k1@1", e);
	assert_int_equal(disposition_of(e, n, &set).returned, 1);
	set.hard_by_address = 3;
	n = events_of("S1@0 k1@1 S2@3 k2@4 S3@9", e);
	assert_int_equal(disposition_of(e, n, &set).returned, 0);
	set.suspend_count = 3;
	n = events_of("S1@0 u1@0 S2@7 u2@7 S3@9", e);
	assert_int_equal(disposition_of(e, n, &set).returned, 0);
	set.suspend_count = 2;
	set.suspend_days = 8;
	assert_int_equal(disposition_of(e, n, &set).returned, 0);
	set.soft_count = 2;
	n = events_of("S1@0 q1@0 S2@14 q2@14 S3@20", e);
	assert_int_equal(disposition_of(e, n, &set).returned, 1);
	set.soft_days = 15;
	assert_int_equal(disposition_of(e, n, &set).returned, 0);
	set = defaults();
	set.soft_reset_days = 20;
	n = events_of("S1@0 q1@0 S2@7 q2@7 S5@20 S3@30 q3@30 S4@40", e);
	assert_int_equal(disposition_of(e, n, &set).returned, 0);
}

/* A study of ${units} drawn units, each written to in mailing 1; returns. */
static void
fill(struct fixture *f, int units)
{
	char key[32], sql[512];

	fixture_open(f);
	fixture_frame(f);
	fixture_exec(f, "BEGIN; INSERT INTO sample (id, study, frame, drawn, design,"
	    " salt_sha256, units, list_sha256) VALUES (1, 1, 1, 1, '', '', 0, '');"
	    " INSERT INTO mailing (id, study, wave, planned, out, bounce,"
	    " template_sha256) VALUES (1, 1, 'invite', 1, 'csv', 'b@example.no',"
	    " '')");
	for (int i = 1; i <= units; i++) {
		int64_t unit;

		snprintf(key, sizeof(key), "%09d", 810000000 + i);
		unit = fixture_unit(f, key, "nord", "mat", "N", "n@example.no", 1, 1);
		snprintf(sql, sizeof(sql), "INSERT INTO sample_unit (id, sample,"
		    " frame_unit, stratum, pi, weight, token) VALUES (%d, 1, %lld,"
		    " 'all', 1, 1, 't%d')", i, (long long)unit, i);
		fixture_exec(f, sql);
		snprintf(sql, sizeof(sql), "INSERT INTO mailing_recipient (id,"
		    " mailing, sample_unit, address, email_key, state, sent) VALUES"
		    " (%d, 1, %d, 'n@example.no', 'n@example.no', '%s', 86400)",
		    100 + i, i, i == 2 ? "planned" : "sent");
		fixture_exec(f, sql);
	}
	fixture_exec(f, "COMMIT");
}

static void
back(struct fixture *f, int recipient, int64_t at, const char *kind, int hard,
    const char *reason, char fault, const char *located, const char *token)
{
	static int n;
	char sql[1024];

	n++;
	snprintf(sql, sizeof(sql), "INSERT INTO bounce_message (id, sha256,"
	    " received, read, kind, study, assigned, token_state, file) VALUES"
	    " (%d, '%d', %lld, 1, '%s', 1, 'token', %s, 'f'); INSERT INTO bounce"
	    " (message, address, status, reason, hard, fault, rule, recipient,"
	    " located) VALUES (%d, 'a', '5.1.1', '%s', %d, '%c', 'r', %d, '%s')",
	    n, n, (long long)at, kind, token, n, reason, hard, fault, recipient,
	    located);
	fixture_exec(f, sql);
}

static void
answer(struct fixture *f, int unit, const char *status, int64_t at, int late)
{
	static int n;
	char sql[512];

	snprintf(sql, sizeof(sql), "INSERT INTO answer (study, row_sha256,"
	    " sample_unit, matched, status, answered, late, line, file, read) VALUES"
	    " (1, '%d', %d, 'token', '%s', %lld, %d, 1, 'f', 1)", n++, unit,
	    status, (long long)at, late);
	fixture_exec(f, sql);
}

static const char *
states(struct fixture *f)
{
	return fixture_text(f, "SELECT group_concat(state || returned || our_fault"
	    " || review || late, ' ') FROM (SELECT * FROM disposition ORDER BY"
	    " sample_unit)");
}

static void
gathers_the_evidence_of_each_unit(void **state)
{
	struct fixture f;

	(void)state;
	fill(&f, 9);
	assert_int_equal(disposition_write(&f.w, f.id, &f.err), 0);
	assert_string_equal(states(&f), "sent0000 not_sent0000 sent0000 sent0000"
	    " sent0000 sent0000 sent0000 sent0000 sent0000");
	back(&f, 103, 90000, "bounce", 1, "userunknown", 'A', "certain", "'ok'");
	back(&f, 104, 90000, "bounce", 1, "userunknown", 'A', "address", "NULL");
	back(&f, 105, 90000, "delayed", 1, "userunknown", 'A', "certain", "'ok'");
	back(&f, 105, 90001, "bounce", 1, "userunknown", 'A', "certain", "'expired'");
	back(&f, 106, 90000, "bounce", 0, "blocked", 'S', "certain", "'ok'");
	back(&f, 107, 90000, "feedback", 0, "feedback", '-', "certain", "'ok'");
	back(&f, 108, 95000, "delivered", 0, "delivered", '-', "certain", "'ok'");
	back(&f, 108, 90000, "bounce", 0, "mailboxfull", 'R', "certain", "'ok'");
	back(&f, 103, 90001, "bounce", 0, "delivered", '-', "certain", "'ok'");
	answer(&f, 9, "partial", 2, 0);
	answer(&f, 9, "complete", 99, 1);
	answer(&f, 1, "unknown", 2, 0);
	assert_int_equal(disposition_write(&f.w, f.id, &f.err), 0);
	assert_string_equal(states(&f), "sent0000 not_sent0000 returned1000"
	    " sent0010 sent0000 sent0100 refused0000 sent0000 partial0000");
	answer(&f, 3, "complete", 100000, 0);
	answer(&f, 1, "complete", 100000, 1);
	assert_int_equal(disposition_write(&f.w, f.id, &f.err), 0);
	assert_string_equal(states(&f), "sent0001 not_sent0000 complete0000"
	    " sent0010 sent0000 sent0100 refused0000 sent0000 partial0000");
	/* nothing new: nothing is written */
	f.err.status = sqlite3_total_changes(f.w.db);
	assert_int_equal(disposition_write(&f.w, f.id, &f.err), 0);
	assert_int_equal(sqlite3_total_changes(f.w.db), f.err.status);
	fixture_close(&f);
}

/* Of these recipients' units alone: as of the whole study, and of no other. */
static void
derives_only_what_is_concerned(void **state)
{
	const int64_t concerned[] = { 103, 106, 103 };
	struct fixture f;

	(void)state;
	fill(&f, 7);
	assert_int_equal(disposition_write(&f.w, f.id, &f.err), 0);
	back(&f, 103, 90000, "bounce", 1, "userunknown", 'A', "certain", "'ok'");
	back(&f, 104, 90000, "bounce", 1, "userunknown", 'A', "certain", "'ok'");
	back(&f, 106, 90000, "bounce", 0, "blocked", 'S', "certain", "'ok'");
	answer(&f, 7, "complete", 100000, 0);
	assert_int_equal(disposition_rewrite(&f.w, concerned, 3, &f.err), 0);
	assert_string_equal(states(&f), "sent0000 not_sent0000 returned1000"
	    " sent0000 sent0000 sent0100 sent0000");
	assert_int_equal(disposition_write(&f.w, f.id, &f.err), 0);
	assert_string_equal(states(&f), "sent0000 not_sent0000 returned1000"
	    " returned1000 sent0000 sent0100 complete0000");
	assert_int_equal(disposition_rewrite(&f.w, NULL, 0, &f.err), 0);
	fixture_close(&f);
}

static void
five_thousand_units_take_no_time(void **state)
{
	struct fixture f;
	struct timespec a, b;

	(void)state;
	fill(&f, 5000);
	for (int i = 3; i < 1000; i++)
		back(&f, 100 + i, 90000 + i, "bounce", 1, "userunknown", 'A',
		    "certain", "'ok'");
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(db_begin(f.w.db, &f.err), 0);
	assert_int_equal(disposition_write(&f.w, f.id, &f.err), 0);
	assert_int_equal(db_commit(f.w.db, &f.err), 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM disposition"), 5000);
	assert_int_equal(fixture_int(&f, "SELECT sum(returned) FROM disposition"),
	    997);
	print_message("5000 units: %.1f ms\n", (double)(b.tv_sec - a.tv_sec) * 1e3 +
	    (double)(b.tv_nsec - a.tv_nsec) / 1e6);
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides_as_the_table_says),
		cmocka_unit_test(the_limits_are_the_settings),
		cmocka_unit_test(gathers_the_evidence_of_each_unit),
		cmocka_unit_test(derives_only_what_is_concerned),
		cmocka_unit_test(five_thousand_units_take_no_time),
	};

	return cmocka_run_group_tests_name("disposition", tests, NULL, NULL);
}
