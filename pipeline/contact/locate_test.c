/* What a mail shows of whose it is, row by row of section 4. */

#include "tests/returns.h"

#include "pipeline/contact/locate.h"

static struct reason_rules *rules;
static struct buf mail = BUF(1 << 20);

/* Read the mail and locate it; how the address it names is found, as one
 * word each: study, how assigned, token, recipient. */
static const char *
located(struct fixture *f, const struct returned *r, const char *envelope_to)
{
	const struct bounce_envelope envelope = { .recipient = envelope_to };
	struct locator *l = locator_new(&f->w, &f->err);
	struct location at;
	struct bounce b;
	const char *text;

	assert_non_null(l);
	returns_mail(r, &mail);
	bounce_read(rules, mail.data, mail.len, &envelope, NULL, &b);
	assert_int_equal(b.kind, BOUNCE_FINAL);
	if (locate(l, &b, f->w.now, &at, &f->err) != 0)
		fail_msg("%s", f->err.text);
	locate_probe(l, &b);
	text = returns_text("%d %s %s %d%s", (int)at.study, at.assigned,
	    at.token_state != NULL ? at.token_state : "-", (int)at.recipient,
	    at.shared ? " shared" : "");
	bounce_free(&b);
	locator_free(l);
	return text;
}

static const char *
address(struct fixture *f, const char *text, int days_later, int within)
{
	struct locator *l = locator_new(&f->w, &f->err);
	struct address_match m;

	assert_non_null(l);
	if (locate_address(l, text, f->w.now + days_later * RETURNS_DAY, within, &m,
	    &f->err) != 0)
		fail_msg("%s", f->err.text);
	locator_free(l);
	return returns_text("%s %d %d", located_word(m.how), (int)m.study,
	    (int)m.recipient);
}

static const char *
upper(const char *s)
{
	char out[200];
	size_t i;

	for (i = 0; i < sizeof(out) - 1 && s[i] != '\0'; i++)
		out[i] = s[i] >= 'a' && s[i] <= 'z' ? (char)(s[i] - 32) : s[i];
	out[i] = '\0';
	return returns_text("%s", out);
}

static void
a_token_is_found_wherever_it_stands(void **state)
{
	struct fixture f;
	const char *t, *path, *srs;

	(void)state;
	returns_open(&f);
	t = returns_token(&f, 103);
	path = returns_text("b+%s@%s", t, RETURNS_DOMAIN);
	srs = returns_text("<SRS0=Xy2z=TT=%s=b+%s@videre.example>", RETURNS_DOMAIN, t);
	const struct { const char *says; struct returned r; const char *envelope; }
	cases[] = {
		{ "envelope", { 0 }, path },
		{ "envelope in capitals", { 0 }, upper(path) },
		{ "envelope behind SRS", { 0 }, srs },
		{ "envelope behind BATV", { 0 }, returns_text(
		    "prvs=0123abcdef=b+%s@%s", t, RETURNS_DOMAIN) },
		{ "Delivered-To", { .delivered = path }, NULL },
		{ "To", { .to = path }, NULL },
		{ "ENVID", { .envid = t }, NULL },
		{ "Message-ID of the copy", { .copy_id = returns_text("<%s@%s>", t,
		    RETURNS_DOMAIN) }, NULL },
		{ "X-Utvalg-Ref of the copy", { .copy_ref = t }, NULL },
		{ "Return-Path of the copy", { .copy_path = returns_text("<%s>", path) },
		    NULL },
		{ "Return-Path behind SRS", { .copy_path = srs }, NULL },
		{ "Return-Path behind BATV", { .copy_path = returns_text(
		    "<btv1==042==b+%s@%s>", t, RETURNS_DOMAIN) }, NULL },
		{ "a good one behind a forged one", { .to = returns_text(
		    "b+aaaaaaaaaaaaaaaaaaaaaaaaa@%s", RETURNS_DOMAIN), .copy_ref = t },
		    NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = located(&f, &cases[i].r, cases[i].envelope);

		if (strcmp(got, "1 token ok 103") != 0)
			fail_msg("%s: got %s", cases[i].says, got);
	}
	fixture_close(&f);
}

static void
a_token_that_does_not_hold_is_nobodys(void **state)
{
	struct fixture f;
	const char *forged, *home = "b@" RETURNS_DOMAIN;
	struct returned r = { .final = "rfc822; post3@bedrift.example" };

	(void)state;
	returns_open(&f);
	forged = returns_token_of(&f, "other.example", 0, 103, 5);
	r.to = returns_text("b+%s@%s", forged, RETURNS_DOMAIN);
	assert_string_equal(located(&f, &r, NULL), "0 none bad-mac 0");
	assert_string_equal(located(&f, &r, home), "0 none bad-mac 0");
	r.to = returns_text("b+%s@%s", returns_token_of(&f, RETURNS_DOMAIN, 3, 103, 5),
	    RETURNS_DOMAIN);
	assert_string_equal(located(&f, &r, NULL), "0 none unknown-key 0");
	/* signed, but for a number that nobody has */
	r.to = returns_text("b+%s@%s", returns_token(&f, 999), RETURNS_DOMAIN);
	assert_string_equal(located(&f, &r, NULL), "0 none unknown-key 0");
	/* 60 days are good, 61 not; the study is known all the same */
	r.to = returns_text("b+%s@%s", returns_token_of(&f, RETURNS_DOMAIN, 0, 103, 60),
	    RETURNS_DOMAIN);
	assert_string_equal(located(&f, &r, NULL), "1 token ok 103");
	r.to = returns_text("b+%s@%s", returns_token_of(&f, RETURNS_DOMAIN, 0, 103, 61),
	    RETURNS_DOMAIN);
	assert_string_equal(located(&f, &r, NULL), "1 token expired 0");
	f.set.token_days = 61;
	assert_string_equal(located(&f, &r, NULL), "1 token ok 103");
	f.set.token_days = 1000;
	assert_string_equal(located(&f, &r, NULL), "1 token ok 103");
	f.set.token_days = 3;
	r.to = returns_text("b+%s@%s", returns_token(&f, 103), RETURNS_DOMAIN);
	assert_string_equal(located(&f, &r, NULL), "1 token expired 0");
	fixture_close(&f);
}

static void
the_bounce_address_speaks_for_its_study(void **state)
{
	struct fixture f;
	struct returned r = { 0 };
	static char minus[] = "-";

	(void)state;
	returns_open(&f);
	returns_second(&f, "to-b@" RETURNS_DOMAIN, 5);
	assert_string_equal(located(&f, &r, NULL), "0 none - 0");
	assert_string_equal(located(&f, &r, "b@" RETURNS_DOMAIN), "1 bounce-address - 0");
	assert_string_equal(located(&f, &r, "B@SVAR.example.NO"), "1 bounce-address - 0");
	assert_string_equal(located(&f, &r, "b+what@" RETURNS_DOMAIN),
	    "1 bounce-address - 0");
	assert_string_equal(located(&f, &r, "to-b@" RETURNS_DOMAIN),
	    "2 bounce-address - 0");
	assert_string_equal(located(&f, &r, "to-b+x@" RETURNS_DOMAIN),
	    "2 bounce-address - 0");
	assert_string_equal(located(&f, &r, "bb@" RETURNS_DOMAIN), "0 none - 0");
	assert_string_equal(located(&f, &r, "b@svar.example.no.evil.example"),
	    "0 none - 0");
	f.set.delimiter = minus;
	assert_string_equal(located(&f, &r, "to-b-x@" RETURNS_DOMAIN),
	    "2 bounce-address - 0");
	r.delivered = "<b@" RETURNS_DOMAIN ">";
	assert_string_equal(located(&f, &r, NULL), "1 bounce-address - 0");
	r.delivered = NULL;
	r.to = "Svar <b@" RETURNS_DOMAIN ">";
	assert_string_equal(located(&f, &r, NULL), "1 bounce-address - 0");
	fixture_close(&f);
}

static void
a_shared_address_speaks_for_who_is_writing(void **state)
{
	struct fixture f;
	struct returned r = { .to = "b@" RETURNS_DOMAIN }, id = {
	    .copy_id = "<noe-annet@" RETURNS_DOMAIN ">" };

	(void)state;
	returns_open(&f);
	assert_string_equal(located(&f, &id, NULL), "1 message-id - 0");
	returns_second(&f, "b@" RETURNS_DOMAIN, 5);
	assert_string_equal(located(&f, &r, NULL), "0 none - 0 shared");
	assert_string_equal(located(&f, &id, NULL), "0 none - 0 shared");
	fixture_exec(&f, "UPDATE mailing SET planned = planned - 61 * 86400"
	    " WHERE study = 1");
	assert_string_equal(located(&f, &r, NULL), "2 bounce-address - 0");
	assert_string_equal(located(&f, &id, NULL), "2 message-id - 0");
	fixture_exec(&f, "UPDATE mailing SET planned = planned - 61 * 86400");
	assert_string_equal(located(&f, &id, NULL), "0 none - 0 shared");
	id.copy_id = "<x@SVAR.EXAMPLE.NO.evil.example>";
	assert_string_equal(located(&f, &id, NULL), "0 none - 0");
	fixture_close(&f);
}

static void
an_address_is_good_for_sixty_days_and_one_unit(void **state)
{
	struct fixture f;

	(void)state;
	returns_open(&f);
	assert_string_equal(address(&f, "post3@bedrift.example", 0, 0), "address 1 103");
	assert_string_equal(address(&f, "Post3@BEDRIFT.example", 0, 0), "address 1 103");
	assert_string_equal(address(&f, "post3@bedrift.example", 55, 0),
	    "address 1 103");
	assert_string_equal(address(&f, "post3@bedrift.example", 56, 0), "none 0 0");
	assert_string_equal(address(&f, "post9@bedrift.example", 0, 0), "none 0 0");
	assert_string_equal(address(&f, "not an address", 0, 0), "none 0 0");
	assert_string_equal(address(&f, "", 0, 0), "none 0 0");
	/* of two mailings to one unit the one that the report can be about */
	returns_mailing(&f, 3, 1, "reminder", "b@" RETURNS_DOMAIN, 300, 1);
	assert_string_equal(address(&f, "post3@bedrift.example", 0, 0), "address 1 303");
	assert_string_equal(address(&f, "post3@bedrift.example", -2, 0),
	    "address 1 103");
	fixture_exec(&f, "UPDATE mailing_recipient SET state = 'planned', sent = NULL"
	    " WHERE id IN (103, 303)");
	assert_string_equal(address(&f, "post3@bedrift.example", 0, 0), "none 0 0");
	/* two units of one study, then of two */
	fixture_exec(&f, "UPDATE mailing_recipient SET email_key ="
	    " 'post5@bedrift.example' WHERE id IN (104, 304)");
	assert_string_equal(address(&f, "post5@bedrift.example", 0, 0),
	    "ambiguous 1 0");
	returns_second(&f, "b@annen.example.no", 2);
	assert_string_equal(address(&f, "post6@bedrift.example", 0, 0),
	    "ambiguous 0 0");
	assert_string_equal(address(&f, "post6@bedrift.example", 0, 1),
	    "address 1 306");
	assert_string_equal(address(&f, "post6@bedrift.example", 0, 2),
	    "address 2 206");
	fixture_close(&f);
}

static int
begin(void **state)
{
	struct err err;

	(void)state;
	return (rules = reason_rules_builtin(&err)) == NULL;
}

static int
end(void **state)
{
	(void)state;
	reason_rules_free(rules);
	buf_free(&mail);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_found_wherever_it_stands),
		cmocka_unit_test(a_token_that_does_not_hold_is_nobodys),
		cmocka_unit_test(the_bounce_address_speaks_for_its_study),
		cmocka_unit_test(a_shared_address_speaks_for_who_is_writing),
		cmocka_unit_test(an_address_is_good_for_sixty_days_and_one_unit),
	};

	return cmocka_run_group_tests_name("locate", tests, begin, end);
}
