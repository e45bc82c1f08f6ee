/*
 * Any octets as an extract: what the headers promise.
 *
 * - The lexer and the second opinion agree on what is JSON and what it holds.
 * - In pieces of any size, the same or not, the scanner says the same: verdict,
 *   units, faults.  In the smallest it is the lexer that reads all of it (quick.h).
 * - A unit handed over has a right number, no empty text, valid UTF-8.
 * - What is no JSON is an error with EX_DATAERR and a line of text.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/num.h"
#include "pipeline/base/utf8.h"
#include "pipeline/register/quick.h"
#include "tests/slow_json.h"

#include "pipeline/register/scan.h"

#define MUST(what_)	do { if (!(what_)) abort(); } while (0)

struct seen { uint64_t sum; size_t units, faults; };

static int
see_unit(void *ctx, const struct unit *u, struct err *err)
{
	struct seen *s = ctx;

	(void)err;
	MUST(num_orgnr_digit(u->orgnr / 10) == u->orgnr % 10);
	MUST(u->kind == UNIT_ENHET || u->kind == UNIT_UNDERENHET);
	for (size_t i = 0; i < unit_fields_n; i++)
		if (unit_is_text(unit_fields[i].type)) {
			const char *text = unit_text(u, &unit_fields[i]);

			MUST(text == NULL || (text[0] != '\0' &&
			    utf8_valid(text, strlen(text))));
		}
	s->sum = s->sum * 31 + (uint64_t)unit_hash(u);
	s->units++;
	return 0;
}

static int
see_fault(void *ctx, const struct scan_fault *f, struct err *err)
{
	struct seen *s = ctx;

	(void)err;
	MUST(f->line > 0 && f->number > 0 && f->why != NULL && f->why[0] != '\0');
	s->sum = s->sum * 31 + f->line * 7 + f->number + (uint64_t)f->dropped;
	for (const char *p = f->why; *p != '\0'; p++)
		s->sum = s->sum * 31 + (unsigned char)*p;
	s->faults++;
	return 0;
}

/* The size of the next piece: ${piece}, or, if that is 0, whatever ${seed} says. */
static size_t
next_piece(size_t piece, uint64_t *seed)
{
	if (piece != 0)
		return piece;
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return 1 + (size_t)(*seed >> 33) % (*seed >> 60 < 8 ? 16 : 700);
}

/* Each piece in memory of its own: reading past it is seen. */
static int
scan_in(const uint8_t *data, size_t len, size_t piece, struct seen *seen,
    struct err *err)
{
	struct scan_to to = { see_unit, see_fault, seen };
	struct scan *s = scan_new(UNIT_ANY, &to);
	uint64_t seed = len;
	size_t now;
	int ret = 0;

	memset(seen, 0, sizeof(*seen));
	for (size_t at = 0; at < len && ret == 0; at += now) {
		char *copy;

		now = next_piece(piece, &seed);
		if (now > len - at)
			now = len - at;
		copy = mem_alloc(now);
		memcpy(copy, data + at, now);
		ret = scan_push(s, copy, now, err);
		free(copy);
	}
	if (ret == 0)
		ret = scan_end(s, err);
	scan_free(s);
	return ret;
}

/* Blanks behind it change nothing, but let the last unit be read quickly. */
static void
scan_alike(const uint8_t *data, size_t len, int json)
{
	enum { BLANKS = QUICK_SLACK + 1 };
	uint8_t *padded = mem_alloc(len + BLANKS);
	struct err err, err2;
	struct seen whole = { 0, 0, 0 }, pieces = { 0, 0, 0 };
	int ret;

	memcpy(padded, data, len);
	memset(padded + len, ' ', BLANKS);
	len += BLANKS;
	ret = scan_in(padded, len, len, &whole, &err);
	for (size_t way = 0; way < 2; way++) {
		MUST(scan_in(padded, len, way == 0 ? 1 + len % 7 : 0, &pieces,
		    &err2) == ret);
		MUST(memcmp(&whole, &pieces, sizeof(whole)) == 0);
		MUST(ret == 0 || strcmp(err.text, err2.text) == 0);
	}
	MUST(json == 0 || ret == -1);
	MUST(ret == 0 || (err.status == EX_DATAERR && err.text[0] != '\0'));
	free(padded);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct buf slow = BUF(1 << 22), quick = BUF(1 << 22);
	struct err err;
	struct seen pieces;
	struct scan_to to = { see_unit, see_fault, &pieces };
	int json, ret;

	json = slow_json((const char *)data, len, &slow);
	ret = trace_lex((const char *)data, len, 1 + len % 5, &quick, &err);
	MUST(ret == json);
	MUST(ret != 0 || (slow.len == quick.len &&
	    memcmp(buf_text(&slow), buf_text(&quick), slow.len) == 0));
	buf_free(&slow);
	buf_free(&quick);

	scan_alike(data, len, json);
	memset(&pieces, 0, sizeof(pieces));
	MUST((scan_one((const char *)data, len, UNIT_ANY, &to, &err) == 0) ||
	    json != 0 || err.status == EX_DATAERR);
	return 0;
}
