#ifndef PIPELINE_CONTACT_MBOX_H
#define PIPELINE_CONTACT_MBOX_H

/*
 * mbox -- the mails in one file of many (RFC 4155, mboxrd).
 *
 * A mail begins behind a line "From SENDER DATE" with a time of day and a year
 * in it, so that a sentence that begins with "From " is no new mail, quoted or
 * not.  A line of ">From " with any number of > has one too many; the one empty
 * line before the next From line is the file's, not the mail's, and so is one
 * at its end.  Line ends are LF or CRLF and stay as they are.
 *
 * Pure.
 */

#include <stddef.h>

#include "pipeline/base/buf.h"

/* Does it begin as one?  An empty file does. */
int mbox_is(const char *text, size_t len);

/* Add the mail that begins at *${at} (0 at first) to ${mail}, of one that is too
 * long for it the head, and move on.  1; 0: no more. */
int mbox_next(const char *text, size_t len, size_t *at, struct buf *mail);

#endif /* !PIPELINE_CONTACT_MBOX_H */
