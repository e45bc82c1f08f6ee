#ifndef PIPELINE_CONTACT_MAIL_OUT_H
#define PIPELINE_CONTACT_MAIL_OUT_H

/*
 * mail_out -- the seam for ways out: how letters are handed over.
 *
 * mail.c knows who is written to and what was handed over; a way out knows how.
 * A further one (SMTP) is a table like these two and a line in mail.c.
 *
 * The promise of put(): 0 says that all ${n} letters are safe where they were to
 * go.  What a killed run handed over without having it written down is found
 * again by there(), or does no harm when it is handed over again.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"

struct letter {
	int64_t recipient;	/* number of mailing_recipient */
	const char *address, *name;
	const char *token;	/* access to the survey */
	const char *link;	/* "" where the study has none */
	const char *return_address;
	const char *area, *group;	/* labels */
	const char *message;	/* the mail, where the way out wants it */
	size_t len;
};

struct mail_out {
	const char *kind;
	size_t group;		/* letters handed over at once; 0: all */
	int message;		/* wants the mail itself */
	int moves;		/* may be begun anew at another place as long as
				 * nothing is written down as sent */
	/* Fails where nothing could be handed over.  ${study} is its name. */
	int (*open)(const char *where, const char *study, void **ctx,
	    struct err *);
	/* Was it handed over by an earlier run? */
	int (*there)(void *ctx, int64_t recipient);
	int (*put)(void *ctx, const struct letter *, size_t n, struct err *);
	void (*close)(void *ctx);
};

/*
 * A maildir: one file for each letter, mode 0600, its name "rNUMBER.STUDY", so
 * that one in new/ or cur/ is known again.  Whoever empties it does so when the
 * command has ended.
 */
extern const struct mail_out mail_maildir;

/*
 * One CSV for a survey platform's or a mail merge's import, written whole:
 * token,email,name,link,return_address,area,group.
 */
extern const struct mail_out mail_csv;

#endif /* !PIPELINE_CONTACT_MAIL_OUT_H */
