#include <stdint.h>
#include <stdlib.h>

#include "pipeline/base/date.h"
#include "pipeline/contact/arrival.h"
#include "pipeline/contact/mbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Every mail is behind the one before, none is longer than the file, and the
 * walk comes to the end of it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf mail = BUF(4096);
	const char *text = (const char *)data;
	size_t at = 0, before = 0, sum = 0;
	int64_t when = arrival_of(text, size);

	if (when != MOMENT_NONE && (when < INT64_C(-40000000000) ||
	    when > INT64_C(300000000000)))
		abort();
	while (mbox_next(text, size, &at, &mail)) {
		if (at <= before || at > size || mail.len > mail.max)
			abort();
		before = at;
		sum += mail.len;
		(void)arrival_of(buf_text(&mail), mail.len);
		buf_clear(&mail);
	}
	if (at < size || sum > size)
		abort();
	buf_free(&mail);
	return 0;
}
