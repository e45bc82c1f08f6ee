#ifndef PIPELINE_CONTACT_BOUNCES_H
#define PIPELINE_CONTACT_BOUNCES_H

/*
 * bounces -- stage 4, inward: from returned mail to evidence.
 *
 * Each mail is read (bounce.h), tied to a recipient by signed token first, by
 * address second (rules of returned mail, section 4), written down with what
 * it says, and only then moved out of new/: what was understood to done/, the
 * rest to unknown/.  Killed anywhere and run again, the same mail is the same
 * row.  Nothing is ever deleted but what killed hooks left in tmp/ an hour ago.
 *
 * Not located (Ikke lokalisert), per study: kind bounce, reason hard, no
 * recipient, but evidence that it is ours.  Without such evidence a bounce is
 * unassigned, outside every study.
 *
 * A mail that kills the reader, or keeps it busy for BOUNCES_CPU seconds, takes
 * this run with it; STATE/spool/trying names it, so the next run tries it in a
 * child of its own first, and if that dies too writes it down as broken and
 * goes on.
 *
 * A file that cannot be read, or not be moved when its evidence is safe, is
 * counted as left, named to the person running it, and taken up by the next
 * run; the others go on.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

enum { BOUNCES_CPU = 30 };

struct bounces_ask {
	const char *maildir, *mbox;	/* read in place, nothing is moved; or NULL */
	char *const *file;		/* further files; read in place */
	size_t nfile;
	int spool;			/* read STATE/spool (default without others) */
	int mailbox;			/* fetch from a mailbox on a server first, and read
					 * the spool, which it goes through (intake.h) */
	const char *url;		/* of it; NULL: settings.mailbox */
};
struct bounces_result {
	int64_t read, again;		/* mails; of them seen before */
	int64_t bounce, delayed, delivered, auto_reply, feedback, mdn, challenge,
	    other, broken;		/* of the new ones; sum = read - again */
	/* of the bounces, each once; sum = bounce */
	int64_t located, by_address;	/* recipient known: by token, by address alone */
	int64_t not_located;		/* hard and ours, nobody found */
	int64_t not_hard;		/* ours, but not hard, nobody found */
	int64_t ambiguous;		/* the address of two units, no more evidence */
	int64_t unassigned;		/* nothing says that it is ours */
	int64_t bad_token;		/* forged, of a lost key, or too old */
	int64_t left;			/* files that stay where they are */
	/* of a mailbox on a server; sum = box_mails */
	int64_t box_mails;
	int64_t box_known;		/* fetched by an earlier run */
	int64_t box_fetched;		/* dry run: would be */
	int64_t box_large;		/* too large, left there */
	int64_t box_gone;		/* taken by somebody else meanwhile */
	int64_t box_unread;		/* not reached, the server broke off */
	int64_t box_settled;		/* flagged, moved or deleted there */
};

/* EX_NOINPUT for a maildir, mbox or file that is not there, EX_CONFIG for wrong
 * rules (settings.rules). */
int bounces_read(const struct world *, const struct bounces_ask *,
    struct bounces_result *, struct err *);

#endif /* !PIPELINE_CONTACT_BOUNCES_H */
