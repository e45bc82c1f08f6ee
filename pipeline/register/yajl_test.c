/*
 * yajl as a strict second opinion on whole extracts: made up, real and broken.
 *
 * What yajl refuses is refused; what it accepts is accepted, and every field of
 * every unit handed over holds what yajl read there.  But for:
 *
 * - A byte order mark in front is let pass (yajl is shown the text without it).
 * - Malformed UTF-8 is refused wherever it stands (RFC 3629); yajl takes overlong
 *   forms and surrogates.
 * - yajl takes VT and FF for blanks, and passes a string that is begun behind the
 *   end and goes on to the end of the file; RFC 8259 does not.
 * - Nesting deeper than LEX_DEPTH is refused.
 * - The whole must be one array (rules of the register, section 5.3).
 * - An element that is no unit, by the rules of scan.h, is dropped and told; that
 *   the reason given is true is looked up in what yajl read.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/num.h"
#include "pipeline/base/utf8.h"
#include "pipeline/register/lex.h"
#include "tests/extract.h"
#include "tests/yajl_opinion.h"

#include "pipeline/register/scan.h"

struct both {
	struct opinion o;
	struct scan *scan;
	size_t remark_on[SCAN_REMARKS];		/* fields of the unit to come */
	size_t remarks, units, dropped;
	int good;				/* yajl accepts it */
	const char *text;
	size_t len;
};

static void
differ(const struct both *b, const struct unit_field *f, const char *yajl)
{
	fail_msg("element %zu, %s: yajl read '%s' of\n%.*s",
	    scan_counts(b->scan).read, f->name, yajl, (int)b->len, b->text);
}

/* The one value of a field that is not absent. */
static const struct opinion_value *
the_value(const struct both *b, const struct unit_field *f)
{
	size_t at = 0, record = scan_counts(b->scan).read;
	const struct opinion_value *v, *found = NULL;

	while ((v = opinion_next(&b->o, record, f->path, 0, &at)) != NULL)
		if (!opinion_absent(v)) {
			if (found != NULL)
				differ(b, f, "two values");
			found = v;
		}
	return found;
}

static void
same_text(const struct both *b, const struct unit_field *f, const char *got,
    const char *want)
{
	if (got == NULL ? want[0] != '\0' : strcmp(got, want) != 0)
		differ(b, f, want);
}

/* Lines as one text; the number of elements that are not absent. */
static int64_t
listed(const struct both *b, const char *path, struct buf *lines)
{
	size_t at = 0, record = scan_counts(b->scan).read;
	const struct opinion_value *v;
	int64_t n = 0;

	while ((v = opinion_next(&b->o, record, path, 1, &at)) != NULL) {
		if (opinion_absent(v))
			continue;
		if (n++ > 0)
			buf_chr(lines, '\n');
		buf_str(lines, opinion_text(&b->o, v));
	}
	return n;
}

/* Numbers, days, codes: written again as they stood there, or nearly. */
static void
same_number(const struct both *b, const struct unit *u, const struct unit_field *f)
{
	const struct opinion_value *v = the_value(b, f);
	const char *want = v != NULL ? opinion_text(&b->o, v) : "";
	int64_t n = 0;
	int there = unit_int(u, f, &n);
	char text[40] = "";

	for (size_t i = 0; i < b->remarks; i++)
		if (&unit_fields[b->remark_on[i]] == f) {
			if (there || v == NULL)
				differ(b, f, want);
			return;
		}
	if (there != (v != NULL))
		differ(b, f, want);
	if (!there)
		return;
	if (f->type == UNIT_DATE)
		date_iso((int32_t)n, text);
	else if (f->type == UNIT_BOOL)
		snprintf(text, sizeof(text), "%s", n ? "true" : "false");
	else if (f->type == UNIT_CODE && want[2] == '.')
		snprintf(text, sizeof(text), "%02d.%03d", (int)n / 1000, (int)n % 1000);
	else if (f->type == UNIT_CODE)
		snprintf(text, sizeof(text), "%05d", (int)n);
	else if (f->type == UNIT_ORGNR)
		snprintf(text, sizeof(text), "%09d", (int)n);
	else {
		if (strtod(want, NULL) > (double)n || strtod(want, NULL) < (double)n)
			differ(b, f, want);
		return;
	}
	same_text(b, f, text, want);
}

static void
same_real(const struct both *b, const struct unit *u, const struct unit_field *f)
{
	const struct opinion_value *v = the_value(b, f);
	double got, want, most;

	if (b->remarks > 0)
		return;			/* perhaps on this: too many digits */
	if (unit_real(u, f, &got) != (v != NULL))
		differ(b, f, v != NULL ? opinion_text(&b->o, v) : "");
	if (v == NULL)
		return;
	want = strtod(opinion_text(&b->o, v), NULL);
	most = (want < 0 ? -want : want) * 1e-15;
	if (got > want + most || got < want - most)
		differ(b, f, opinion_text(&b->o, v));
}

static int
both_unit(void *ctx, const struct unit *u, struct err *err)
{
	struct both *b = ctx;

	(void)err;
	b->units++;
	for (size_t i = 0; i < unit_fields_n && b->good; i++) {
		const struct unit_field *f = &unit_fields[i];
		struct buf lines = BUF(BUF_ANY);
		const struct opinion_value *v;
		int64_t n = UNIT_NONE, want;

		switch (f->type) {
		case UNIT_TEXT:
		case UNIT_SCALAR:
			v = the_value(b, f);
			same_text(b, f, unit_text(u, f),
			    v != NULL ? opinion_text(&b->o, v) : "");
			break;
		case UNIT_LINES:
			listed(b, f->path, &lines);
			same_text(b, f, unit_text(u, f), buf_text(&lines));
			break;
		case UNIT_COUNT:
			want = listed(b, f->path, &lines);
			if (unit_int(u, f, &n) ? n != want : the_value(b, f) != NULL)
				differ(b, f, "another number of them");
			break;
		case UNIT_NAMES:
			if ((listed(b, f->path, &lines) > 0) != (unit_text(u, f) != NULL))
				differ(b, f, "other earlier names");
			break;
		case UNIT_REAL:
			same_real(b, u, f);
			break;
		case UNIT_KIND:
			break;
		case UNIT_INT:
		case UNIT_BOOL:
		case UNIT_CODE:
		case UNIT_ORGNR:
		case UNIT_DATE:
			same_number(b, u, f);
			break;
		}
		buf_free(&lines);
	}
	b->remarks = 0;
	return 0;
}

/* How often a path has a value in an element. */
static int
times(const struct both *b, size_t record, const char *path)
{
	size_t at = 0;
	const struct opinion_value *v;
	int n = 0;

	while ((v = opinion_next(&b->o, record, path, 0, &at)) != NULL)
		n += !opinion_absent(v);
	return n;
}

static void
true_reason(const struct both *b, const struct scan_fault *f)
{
	size_t at = 0;
	const struct opinion_value *v = opinion_next(&b->o, f->number, "", 0, &at);
	int so = 1;

	if (strcmp(f->why, "not an object") == 0)
		so = v != NULL && v->kind != OPINION_MAP;
	else if (strcmp(f->why, "no organisation number") == 0)
		so = times(b, f->number, "organisasjonsnummer") == 0;
	else if (strcmp(f->why, "stands twice") == 0 &&
	    strcmp(f->field, "historiskeNavn") != 0)
		so = times(b, f->number, f->field) > 1;
	else if (f->field != NULL)
		so = times(b, f->number, f->field) > 0;
	if (!so)
		fail_msg("element %zu is dropped, '%s' (%s), of\n%.*s", f->number, f->why,
		    f->field != NULL ? f->field : "", (int)b->len, b->text);
}

static int
both_fault(void *ctx, const struct scan_fault *f, struct err *err)
{
	struct both *b = ctx;

	(void)err;
	if (f->dropped) {
		b->dropped++;
		if (b->good)
			true_reason(b, f);
		return 0;
	}
	for (size_t i = 0; i < unit_fields_n; i++)
		if (unit_fields[i].path != NULL &&
		    strcmp(unit_fields[i].path, f->field) == 0)
			b->remark_on[b->remarks++] = i;
	return 0;
}

/* What yajl would say by RFC 8259 and RFC 3629. */
static int
is_strict(const struct opinion *o, const char *text, size_t len)
{
	for (size_t i = o->end; i < len; i++)
		if (text[i] == '\0' || strchr(" \t\r\n", text[i]) == NULL)
			return 0;
	return memchr(text, '\v', len) == NULL && memchr(text, '\f', len) == NULL &&
	    utf8_valid(text, len);
}

/* One text by both, by ours in pieces of ${piece}; units handed over. */
static size_t
by_both(const char *text, size_t len, size_t piece)
{
	struct both *b = mem_alloc(sizeof(*b));
	struct scan_to to = { both_unit, both_fault, b };
	size_t bom = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	struct err err;
	size_t units;
	int ret = 0;

	b->text = text;
	b->len = len;
	b->good = opinion_read(&b->o, text + bom, len - bom) == 0 && b->o.array &&
	    is_strict(&b->o, text + bom, len - bom) && b->o.deepest <= LEX_DEPTH;
	b->scan = scan_new(UNIT_ANY, &to);
	for (size_t at = 0; at < len && ret == 0; at += piece)
		ret = scan_push(b->scan, text + at, len - at < piece ? len - at : piece,
		    &err);
	if (ret == 0)
		ret = scan_end(b->scan, &err);
	if ((ret == 0) != b->good)
		fail_msg("yajl %s, we %s %.*s", b->good ? "accepts" : "refuses",
		    ret == 0 ? "accept" : err.text, (int)len, text);
	if (b->good)
		assert_int_equal(b->units + b->dropped, b->o.records);
	units = b->units;
	scan_free(b->scan);
	opinion_free(&b->o);
	free(b);
	return units;
}

static void
agrees_on_what_is_made_up(void **state)
{
	size_t n = 0, all = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 400; seed++) {
		struct buf b = BUF(BUF_ANY);
		struct extract x = { &b, seed * UINT64_C(0x9e3779b97f4a7c15),
		    (enum extract_layout)(seed % 3), seed % 2 == 0 ? 60 : 0,
		    seed % 5 == 0 ? 20 : 0, 1 };

		extract_make(&x, 5);
		n = by_both(b.data, b.len, 1 + extract_random(&x, b.len));
		if (x.faults == 0)
			assert_int_equal(n, 5);	/* none is dropped without reason */
		all += n;
		buf_free(&b);
	}
	assert_true(all > 1000);
}

static void
agrees_on_what_is_broken(void **state)
{
	size_t accepted = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 10000; seed++) {
		struct buf b = BUF(BUF_ANY);
		struct extract x = { &b, seed * UINT64_C(0xbf58476d1ce4e5b9),
		    (enum extract_layout)(seed % 3), seed % 8 == 0 ? 40 : 0,
		    seed % 3 == 0 ? 10 : 0, 1 };

		extract_make(&x, 1 + seed % 2);
		b.len -= 32;
		do {
			extract_mutate(&x, &b);
		} while (extract_one_in(&x, 3));
		accepted += by_both(b.data, b.len, seed % 4 == 0 ? 7 : b.len) > 0;
		buf_free(&b);
	}
	assert_true(accepted > 500);
}

/* The register's own answers, as they are and as the unit of an array, whole and
 * with every octet left out or turned. */
static void
agrees_on_real_answers(void **state)
{
	static const char folder[] = "../shared/data/register";
	struct file_list list;
	struct err err;

	(void)state;
	if (file_list(folder, &list, &err) != 0)
		return;			/* the folder is not there */
	for (size_t i = 0; i < list.n; i++) {
		struct buf text = BUF(BUF_ANY), b = BUF(BUF_ANY);
		size_t dot = strlen(list.name[i]) - 5;
		char path[400];

		snprintf(path, sizeof(path), "%s/%s", folder, list.name[i]);
		if (strcmp(list.name[i] + dot, ".json") != 0 ||
		    strstr(list.name[i], "openapi") != NULL)
			continue;
		assert_int_equal(file_read(path, 1 << 20, &text, &err), 0);
		by_both(text.data, text.len, text.len);
		buf_printf(&b, "[%s,%s]%128s", text.data, text.data, "");
		by_both(b.data, b.len, b.len);
		for (size_t at = 0; at < text.len; at += 1 + text.len / 400) {
			char was = b.data[at];

			b.data[at] = (char)(was ^ (1 << at % 8));
			by_both(b.data, b.len, b.len);
			b.data[at] = was;
		}
		buf_free(&text);
		buf_free(&b);
	}
	file_list_free(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_on_what_is_made_up),
		cmocka_unit_test(agrees_on_what_is_broken),
		cmocka_unit_test(agrees_on_real_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
