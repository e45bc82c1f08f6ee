/*
 * Any octets as a CSV extract: in pieces of any size the same verdict, units and
 * faults; a unit handed over has a right number, no empty text, valid UTF-8; an
 * error is EX_DATAERR with a line of text.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/num.h"
#include "pipeline/base/utf8.h"

#include "pipeline/register/csvscan.h"

#define MUST(what_)	do { if (!(what_)) abort(); } while (0)

struct seen { uint64_t sum; size_t units, faults; };

static int
see_unit(void *ctx, const struct unit *u, struct err *err)
{
	struct seen *s = ctx;

	(void)err;
	MUST(num_orgnr_digit(u->orgnr / 10) == u->orgnr % 10);
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
	MUST(f->line > 0 && f->number > 0 && f->why[0] != '\0');
	s->sum = s->sum * 31 + f->line * 7 + f->number + (uint64_t)f->dropped;
	s->faults++;
	return 0;
}

/* Each piece in memory of its own: reading past it is seen. */
static int
scan_in(const uint8_t *data, size_t len, size_t piece, struct seen *seen,
    struct err *err)
{
	const struct scan_to to = { see_unit, see_fault, seen };
	struct csvscan *s = csvscan_new(UNIT_ANY, &to);
	int ret = 0;

	memset(seen, 0, sizeof(*seen));
	for (size_t at = 0, now; at < len && ret == 0; at += now) {
		char *copy;

		now = piece > len - at ? len - at : piece;
		copy = mem_alloc(now);
		memcpy(copy, data + at, now);
		ret = csvscan_push(s, copy, now, err);
		free(copy);
	}
	if (ret == 0)
		ret = csvscan_end(s, err);
	csvscan_free(s);
	return ret;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct seen whole, pieces;
	struct err err, err2;
	int ret = scan_in(data, len, len, &whole, &err);

	MUST(scan_in(data, len, 1 + len % 7, &pieces, &err2) == ret);
	MUST(memcmp(&whole, &pieces, sizeof(whole)) == 0);
	MUST(ret == 0 || (err.status == EX_DATAERR && err.text[0] != '\0' &&
	    strcmp(err.text, err2.text) == 0));
	return 0;
}
