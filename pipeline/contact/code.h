#ifndef PIPELINE_CONTACT_CODE_H
#define PIPELINE_CONTACT_CODE_H

/*
 * code -- status codes (RFC 3463), reply codes (RFC 5321) and the command that
 * failed, found in free text.
 */

#include <stddef.h>

enum { CODE_STATUS = 12 };	/* "5.123.123" and a NUL */

/*
 * The most specific status of class 4 or 5 in the text: the last that is not
 * x.0.0, else the last.  A status has no digit, dot, slash or letter in front
 * and no digit or ".digit" behind, so that no address or version is one.
 * 1 or 0.
 */
int code_status(const char *s, size_t len, char out[static CODE_STATUS]);

/* Does the text begin with a status (class 2, 4 or 5)?  Its length, or 0. */
size_t code_status_at(const char *s, size_t len);

/* x.0.0, or 4.4.7 (expired): says little, better ones come before it. */
int code_weak(const char *status);

/*
 * The last reply code 4yz or 5yz that stands where replies stand: at the
 * beginning of a line, behind a colon, quote, bracket, "said" and the like, and
 * with a blank, "-", ":" or the end behind.  1 or 0.
 */
int code_reply(const char *s, size_t len, char out[static 4]);

/* "connect", "helo", "mail", "rcpt", "data", or NULL where it does not say. */
const char *code_stage(const char *s, size_t len);

#endif /* !PIPELINE_CONTACT_CODE_H */
