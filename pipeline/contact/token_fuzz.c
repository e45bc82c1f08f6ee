/* Whatever the octets: no crash, and never a token that was not made here. */

#include <stdint.h>
#include <stdlib.h>

#include "pipeline/contact/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static unsigned char key[TOKEN_KEYS][32], set[TOKEN_KEYS] = { 1 };
	struct token_keys keys = { (const unsigned char (*)[32])key, set, 0 };
	struct token t = { -1, -1, -1 };
	enum token_state state;
	char *copy = malloc(len + 1);	/* so that a read too far is seen */
	size_t i;

	for (i = 0; i < len; i++)
		copy[i] = (char)data[i];
	state = token_find(&keys, "svar.example.no", '+', copy, len, 20000, &t);
	if ((state == TOKEN_OK || state == TOKEN_EXPIRED) !=
	    (t.recipient >= 0))
		abort();
	free(copy);
	return (0);
}
