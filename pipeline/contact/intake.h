#ifndef PIPELINE_CONTACT_INTAKE_H
#define PIPELINE_CONTACT_INTAKE_H

/*
 * intake -- returned mail out of a mailbox on a server, into the spool.
 *
 * intake_fetch() takes what table mailbox_mail does not know: each mail into
 * new/ of the spool (fsync, rename, fsync) under a name made of mailbox and
 * UID, and then its row.  Reading the spool makes evidence of it.
 * intake_settle() then does on the server what settings.mailbox_after says with
 * those that were understood; all others stay as they are.  Killed anywhere and
 * run again: nothing lost, nothing twice, since the file's name, the mail's hash
 * and the server's answers are the same again.
 *
 * A mail longer than settings.mailbox_max is not fetched and stays; it is
 * counted each time.  A server that breaks off, or lies, ends the fetching with
 * an error when all before it is safe.
 *
 * Steps to be killed at: intake.1 (in the spool, not yet known), intake.2
 * (known), intake.3 (before the server is asked to change anything), intake.4
 * (when it has).
 */

#include "pipeline/base/err.h"
#include "pipeline/contact/bounces.h"
#include "pipeline/store/world.h"

struct intake;

/* ${url} NULL: settings.mailbox.  User and folder may stand in the URL; a
 * password may not (EX_USAGE).  In a dry run what would be fetched is counted. */
struct intake *intake_open(const struct world *, const char *url,
    const char *spool, struct err *);	/* NULL */
int intake_fetch(struct intake *, struct bounces_result *, struct err *);
int intake_settle(struct intake *, struct bounces_result *, struct err *);
void intake_close(struct intake *);	/* NULL is harmless */

#endif /* !PIPELINE_CONTACT_INTAKE_H */
