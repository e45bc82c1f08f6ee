/*
 * Any octets as a page of a change feed: what the header promises.
 *
 * - Error or page, never both; an error is EX_DATAERR with a text.
 * - Ids ascend, from 1; a number is right or 0; words are printable.
 * - The same octets say the same twice; a page is of one register.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/num.h"

#include "pipeline/register/feed.h"

#define MUST(what_)	do { if (!(what_)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int
look(const uint8_t *data, size_t len, enum unit_kind kind, struct feed_page *p)
{
	struct err err = { 0 };
	int r = feed_parse((const char *)data, len, kind, p, &err);

	MUST(r == 0 || (r == -1 && err.status == EX_DATAERR && err.text[0] != '\0'));
	MUST(p->n <= FEED_PAGE);
	for (size_t i = 0; r == 0 && i < p->n; i++) {
		const struct feed_event *e = &p->event[i];

		MUST(e->id >= 1 && (i == 0 || e->id >= e[-1].id));
		MUST(e->orgnr == 0 || num_orgnr_digit(e->orgnr / 10) == e->orgnr % 10);
		MUST(!e->idle || e->what == FEED_CHANGED);
		for (const char *s = e->word; *s != '\0'; s++)
			MUST(*s > ' ' && *s < 0x7f);
	}
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct feed_page a, b, c;
	int r = look(data, len, UNIT_ENHET, &a), q = look(data, len, UNIT_ENHET, &b);
	int s = look(data, len, UNIT_UNDERENHET, &c);

	MUST(r == q && a.n == b.n && a.total == b.total);
	MUST(r != 0 || s != 0 || (a.n == 0 && c.n == 0));
	feed_free(&a);
	feed_free(&b);
	feed_free(&c);
	return 0;
}
