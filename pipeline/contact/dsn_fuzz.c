/*
 * The fields of a report, whatever its octets: statuses that are codes, nobody
 * twice beyond the limit, and a status to report that was in it or beside it.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/utf8.h"
#include "pipeline/contact/code.h"
#include "pipeline/contact/dsn.h"

enum { RECIPIENTS = 20 };

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_status(const char *s)
{

	if (s != NULL && code_status_at(s, strlen(s)) != strlen(s))
		abort();
}

static void
check_address(const char *s)
{

	if (s != NULL && (strchr(s, '@') == NULL || strlen(s) > 320))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *mem = arena_new();
	const struct dsn_recipient *r;
	const char *text, *status;
	struct dsn d;
	size_t i, n;

	/* Half of it is the report, half what a person reads beside it. */
	text = arena_strn(mem, (const char *)data, len);
	n = strlen(text);
	memset(&d, 0, sizeof(d));
	dsn_read(mem, text, n / 2, RECIPIENTS, &d);
	dsn_read(mem, text, n / 2, RECIPIENTS, &d);
	if (d.n > RECIPIENTS)
		abort();
	for (i = 0; i < d.n; i++) {
		r = &d.recipient[i];
		check_address(r->original);
		check_address(r->final);
		check_status(r->status);
		if (r->diagnostic == NULL || r->type == NULL ||
		    r->status_text == NULL)
			abort();
		status = dsn_status(mem, r, text + n / 2, text);
		check_status(status);
		if (status == NULL && r->status != NULL)
			abort();
		check_status(dsn_status(mem, r, NULL, NULL));
	}
	arena_free(mem);
	return (0);
}
