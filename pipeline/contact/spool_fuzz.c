#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "pipeline/contact/spool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The mail is the rest of the file; the envelope's values are one line each. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data;
	struct spooled s;

	spool_read(text, len, &s);
	assert(s.len <= len);
	assert(s.mail + s.len == text + len);
	assert(strlen(s.sender) < sizeof(s.sender));
	assert(strchr(s.sender, '\n') == NULL && strchr(s.recipient, '\n') == NULL);
	assert(s.cut == 0 || s.cut == 1);
	return 0;
}
