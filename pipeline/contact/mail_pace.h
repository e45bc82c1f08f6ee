#ifndef PIPELINE_CONTACT_MAIL_PACE_H
#define PIPELINE_CONTACT_MAIL_PACE_H

/*
 * mail_pace -- how fast letters may go.  Pure: time is told, in milliseconds.
 *
 * So many a minute in all, so many to one domain, evenly: a minute's letters do
 * not go in its first second, since receivers count by the second too.
 */

#include <stddef.h>
#include <stdint.h>

struct mail_pace;

/* Letters a minute; 0: no limit. */
struct mail_pace *mail_pace_new(int64_t all, int64_t domain);
void mail_pace_free(struct mail_pace *);

/* Milliseconds until a letter to the domain of ${address} may go; 0: now. */
int64_t mail_pace_wait(struct mail_pace *, const char *address, int64_t now);
/* One goes. */
void mail_pace_goes(struct mail_pace *, const char *address, int64_t now);

/*
 * Is the moment within "HH:MM-HH:MM" in Norway (CET, and CEST from the last
 * Sunday of March to that of October, 01:00 UTC)?  "" or NULL: always.
 */
int mail_window_open(const char *window, int64_t moment);

#endif /* !PIPELINE_CONTACT_MAIL_PACE_H */
