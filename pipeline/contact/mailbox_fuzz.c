/* What a mailbox's server says: a line of IMAP, of POP3, and a folder's name. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/contact/imap.h"
#include "pipeline/contact/pop3.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *s = mem_strn((const char *)data, len), word[71];
	struct buf b = BUF(1 << 20);
	struct imap_item item;
	int64_t number;

	if (imap_item(s, len, &item) == 1 && item.body != NULL &&
	    (item.body < s || item.body + item.body_len > s + len))
		abort();
	if (imap_literal(s, len) < -1)
		abort();
	if (pop3_entry(s, len, &number, word) == 0 &&
	    (number <= 0 || strlen(word) > 70 || word[0] == '\0'))
		abort();
	if (imap_mailbox_name(s, &b) == 0 && !b.over)
		for (size_t i = 0; i < b.len; i++)
			if (b.data[i] < ' ' || b.data[i] == 0x7f)
				abort();	/* a command in a folder's name */
	buf_free(&b);
	free(s);
	return 0;
}
