#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/fixture.h"

#include "nace/nace.h"
#include "nace/region.h"
#include "pipeline/request.h"
#include "pipeline/request_form.h"

static const char good[] = "[study]\nname = film\nstandard = SN2025\n"
    "[group film]\nlabel = Film\ncodes = 59.1\n"
    "[area nord]\nlabel = Nord\ncounty = Finnmark\n";

/* A world whose spool and results lie in its state. */
struct place {
	struct fixture f;
	struct nace *nace;
	struct region *region;
	char requests[100], results[100], file[100];
};

static void
open_place(struct place *p)
{
	fixture_open(&p->f);
	snprintf(p->requests, sizeof(p->requests), "%s/requests", p->f.state);
	snprintf(p->results, sizeof(p->results), "%s/results", p->f.state);
	snprintf(p->file, sizeof(p->file), "%s/film.ini", p->f.state);
	p->f.set.requests = p->requests;
	p->f.set.results = p->results;
	p->f.set.request_max = 2000;
	p->nace = nace_load(&p->f.err);
	p->region = region_load(&p->f.err);
	assert_non_null(p->nace);
	assert_non_null(p->region);
	p->f.w.nace = p->nace;
	p->f.w.region = p->region;
}

static void
close_place(struct place *p)
{
	nace_free(p->nace);
	region_free(p->region);
	fixture_close(&p->f);
}

static int
hand_in(struct place *p, const char *text, char id[static 64])
{
	struct err err;

	assert_int_equal(file_write(p->file, 0600, text, strlen(text), &err), 0);
	return request_hand_in(&p->f.w, p->file, id, &p->f.err);
}

/* Text of RESULTS/ID/NAME into ${b}. */
static const char *
answer(struct place *p, const char *id, const char *name, struct buf *b)
{
	struct err err;

	buf_clear(b);
	if (file_read(request_path(p->results, id, name), 100000, b, &err) != 0)
		fail_msg("%s", err.text);
	return buf_text(b);
}

static void
names_are_letters_digits_and_dashes(void **state)
{
	static const struct { const char *name; int ok; } c[] = {
		{ "20261125-053000-0123456789abcdef.ini", 1 }, { "a.ini", 1 },
		{ "A_b-9.ini", 1 }, { ".ini", 0 }, { "a.txt", 0 }, { "ini", 0 },
		{ "../a.ini", 0 }, { "a/b.ini", 0 }, { ".a.ini", 0 }, { "a b.ini", 0 },
		{ "\303\246.ini", 0 }, { "", 0 }, { "a.ini.ini", 0 },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.ini", 1 },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.ini", 0 },
	};
	char id[64], file[80];

	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++)
		if ((request_id(c[i].name, id) == 0) != c[i].ok)
			fail_msg("%s: want %d", c[i].name, c[i].ok);
	request_make_id(INT64_C(1772449800), id);
	assert_int_equal(strncmp(id, "20260302-111000-", 16), 0);
	snprintf(file, sizeof(file), "%s.ini", id);
	assert_int_equal(request_id(file, id), 0);
}

static void
handing_in_checks_first_and_writes_whole(void **state)
{
	struct place p;
	struct stat st;
	char id[64] = "", file[80];

	(void)state;
	open_place(&p);
	assert_int_equal(hand_in(&p, "[study]\nname = x\n", id), -1);
	assert_int_equal(p.f.err.status, EX_CONFIG);
	assert_int_equal(file_exists(p.requests), 0);
	p.f.w.dry_run = 1;
	assert_int_equal(hand_in(&p, good, id), 0);
	assert_int_equal(file_exists(p.requests), 0);
	p.f.w.dry_run = 0;
	assert_int_equal(hand_in(&p, good, id), 0);
	snprintf(file, sizeof(file), "%s.ini", id);
	assert_int_equal(stat(request_path(p.requests, "", file), &st), 0);
	assert_int_equal(st.st_size, sizeof(good) - 1);
	assert_int_equal(st.st_mode & 07777, 0600);
	close_place(&p);
}

static void
no_file_can_be_named(void **state)
{
	static const char *const more[] = {
		"[list mat]\nfile = liste.csv\ngroup = film\n",
		"[filter]\nexclude = ut.csv\n",
		"[mail]\ninvite = brev.txt\n",
		"[mail]\nreminder = brev.txt\n",
	};
	struct place p;
	char id[64], text[1000];

	(void)state;
	open_place(&p);
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", good, more[i]);
		assert_int_equal(hand_in(&p, text, id), -1);
		assert_int_equal(p.f.err.status, EX_CONFIG);
		if (strstr(p.f.err.text, "cannot name files") == NULL ||
		    strstr(p.f.err.text, ":1") == NULL)
			fail_msg("%s", p.f.err.text);
	}
	/* nor the network be asked */
	snprintf(text, sizeof(text), "%s[email]\nmx = yes\n", good);
	assert_int_equal(hand_in(&p, text, id), -1);
	assert_non_null(strstr(p.f.err.text, "cannot ask the domain name system"));
	close_place(&p);
}

static void
a_refusal_is_an_answer(void **state)
{
	struct buf b = BUF(100000);
	struct request_result r;
	struct place p;
	char id[64];

	(void)state;
	open_place(&p);
	assert_int_equal(hand_in(&p, good, id), 0);
	/* there is no register */
	assert_int_equal(request_serve(&p.f.w, &r, &p.f.err), 0);
	assert_int_equal(r.served, 0);
	assert_int_equal(r.refused, 1);
	assert_int_equal(r.left, 0);
	assert_non_null(strstr(answer(&p, id, "answer.txt", &b), "Avvist"));
	assert_non_null(strstr(answer(&p, id, "record.json", &b),
	    "\"state\": \"refused\""));
	assert_int_equal(fixture_int(&p.f, "SELECT count(*) FROM frame"), 0);
	assert_int_equal(fixture_int(&p.f, "SELECT count(*) FROM study WHERE name"
	    " = 'film'"), 0);
	/* and nothing waits any more */
	assert_int_equal(request_serve(&p.f.w, &r, &p.f.err), 0);
	assert_int_equal(r.served + r.refused + r.left, 0);
	buf_clear(&b);
	assert_int_equal(request_list(&p.f.w, 1, &b, &p.f.err), 0);
	assert_non_null(strstr(buf_text(&b), "\"state\": \"refused\""));
	assert_non_null(strstr(buf_text(&b), id));
	buf_free(&b);
	close_place(&p);
}

static void
trouble_of_ours_keeps_the_request(void **state)
{
	struct request_result r;
	struct place p;
	char id[64];
	struct err err;

	(void)state;
	open_place(&p);
	assert_int_equal(hand_in(&p, good, id), 0);
	/* results is no folder */
	assert_int_equal(file_write(p.results, 0600, "x", 1, &err), 0);
	assert_int_equal(request_serve(&p.f.w, &r, &p.f.err), -1);
	assert_int_equal(r.left, 1);
	assert_int_equal(remove(p.results), 0);
	assert_int_equal(request_serve(&p.f.w, &r, &p.f.err), 0);
	assert_int_equal(r.refused, 1);
	assert_int_equal(file_exists(request_path(p.results, id, "answer.txt")), 1);
	close_place(&p);
}

static void
a_dry_run_moves_nothing(void **state)
{
	struct request_result r;
	struct place p;
	char id[64], file[80];

	(void)state;
	open_place(&p);
	p.f.w.dry_run = 1;
	assert_int_equal(request_serve(&p.f.w, &r, &p.f.err), 0);
	p.f.w.dry_run = 0;
	assert_int_equal(hand_in(&p, good, id), 0);
	p.f.w.dry_run = 1;
	assert_int_equal(request_serve(&p.f.w, &r, &p.f.err), 0);
	assert_int_equal(r.refused, 1);
	snprintf(file, sizeof(file), "%s.ini", id);
	assert_int_equal(file_exists(request_path(p.requests, "", file)), 1);
	assert_int_equal(file_exists(p.results), 0);
	close_place(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_letters_digits_and_dashes),
		cmocka_unit_test(handing_in_checks_first_and_writes_whole),
		cmocka_unit_test(no_file_can_be_named),
		cmocka_unit_test(a_refusal_is_an_answer),
		cmocka_unit_test(trouble_of_ours_keeps_the_request),
		cmocka_unit_test(a_dry_run_moves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
