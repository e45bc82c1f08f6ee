#ifndef PIPELINE_CONTACT_POP3_H
#define PIPELINE_CONTACT_POP3_H

/*
 * pop3 -- a mailbox over POP3 (RFC 1939; mailbox_pop3 of mailbox.h).
 *
 * The server must have UIDL, or mails could not be told apart from those of
 * the last time.  There are no flags and no folders: a mail stays or goes, and
 * goes only when the session has ended well.
 *
 * Beneath it, pure: a line of a listing.
 */

#include <stddef.h>
#include <stdint.h>

/* "NUMBER WORD": 0, or -1.  The word is printable ASCII of at most 70 octets
 * (RFC 1939, section 7). */
int pop3_entry(const char *line, size_t len, int64_t *number, char word[static 71]);

#endif /* !PIPELINE_CONTACT_POP3_H */
