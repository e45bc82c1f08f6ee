#ifndef PIPELINE_CONTACT_CREDENTIAL_H
#define PIPELINE_CONTACT_CREDENTIAL_H

/*
 * credential -- a password that a server knows us by.
 *
 * From ${file}, or where that is NULL or "", from ${name} in
 * $CREDENTIALS_DIRECTORY (systemd.exec(5), LoadCredential=).  One line, of at
 * most 1023 octets, in a file that nobody else can read; anything else is
 * EX_CONFIG.  Never from the command line, where every user of the machine
 * could read it.  ${out} is the caller's to wipe: credential_wipe().
 */

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

/* ${setting} names the setting to be told about where there is none. */
int credential_read(const char *file, const char *name, const char *setting,
    struct buf *out, struct err *);
void credential_wipe(struct buf *);

/* Is the host of this URL this machine?  A password may go there in the clear. */
int credential_is_here(const char *url);

#endif /* !PIPELINE_CONTACT_CREDENTIAL_H */
