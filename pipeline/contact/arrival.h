#ifndef PIPELINE_CONTACT_ARRIVAL_H
#define PIPELINE_CONTACT_ARRIVAL_H

/*
 * arrival -- when a mail came that the hook has not noted.
 *
 * A maildir may be read months after it was filled, and a token must be as old
 * as it was when the mail came, not when somebody looked.  The topmost Received
 * field is our own server's (RFC 5321, section 4.4), so its time is that; a
 * mail without one, or with one that says nothing, has none.
 *
 * Pure.  The first 64 KiB of the header are looked at.
 */

#include <stddef.h>
#include <stdint.h>

/* Moment, or MOMENT_NONE. */
int64_t arrival_of(const char *mail, size_t len);

/* "[Mon,] 2 Mar 2026 10:00[:00] +0100" (or GMT, UT, UTC, Z; RFC 5322, 3.3), what
 * follows is ignored.  0 or -1. */
int arrival_date(const char *s, size_t len, int64_t *moment);

#endif /* !PIPELINE_CONTACT_ARRIVAL_H */
