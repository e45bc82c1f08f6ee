#ifndef PIPELINE_CONTACT_MAIL_OUT_H
#define PIPELINE_CONTACT_MAIL_OUT_H

/*
 * mail_out -- the seam for ways out: how letters are handed over.
 *
 * mail.c knows who is written to and what was handed over; a way out knows how.
 * A further one is a table like these and a line in mail.c.  There are two
 * kinds of them:
 *
 * put(): letters in groups.  0 says that all ${n} are safe where they were to
 * go.  What a killed run handed over without having it written down is found
 * again by there(), or does no harm when it is handed over again.
 *
 * hand(): letters one by one, each with an answer of its own, which cannot be
 * asked for again: a run that is killed between the answer and its writing down
 * leaves one letter of which nobody knows (mail_each.h).
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"

struct settings;

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

/* What became of a letter that was handed over by itself. */
enum handed_end {
	HANDED_SENT,		/* taken: theirs now */
	HANDED_LATER,		/* not now: 4yz */
	HANDED_REFUSED,		/* never: 5yz */
	HANDED_LOST,		/* the connection went before it can have been taken */
	HANDED_UNKNOWN		/* it went after all had been said: nobody knows */
};

enum { HANDED_TEXT = 500 };

struct handed {
	enum handed_end end;
	const char *stage;	/* connect helo mail rcpt data: what was answered */
	char code[4];		/* "550"; "" where there was no answer */
	char status[12];	/* "5.1.1"; "" where it named none */
	char text[HANDED_TEXT];	/* the answer with its codes, one line, UTF-8 */
};

struct mail_out {
	const char *kind;
	size_t group;		/* letters handed over at once; 0: all */
	int message;		/* wants the mail itself */
	int moves;		/* may be begun anew at another place as long as
				 * nothing is written down as sent; written again
				 * where it is gone */
	/* Fails where nothing could be handed over.  ${study} is its name. */
	int (*open)(const char *where, const char *study, void **ctx,
	    struct err *);
	/* Was it handed over by an earlier run? */
	int (*there)(void *ctx, int64_t recipient);
	int (*put)(void *ctx, const struct letter *, size_t n, struct err *);
	/* Or these in place of all but close(): its kind is all of its name, the
	 * settings say where.  hand() is -1 where it makes no sense to try further
	 * letters; *ret is set in either case. */
	int (*connect)(const struct settings *, void **ctx, struct err *);
	int (*hand)(void *ctx, const struct letter *, struct handed *ret,
	    struct err *);
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

/* The same as survey and mailing platforms import it (rules of output, section
 * 8): LimeSurvey's participants, listmonk's subscribers with token and link as
 * attributes, Qualtrics' contacts (the token is ExternalDataReference), and the
 * bare addresses that Nettskjema is given. */
extern const struct mail_out mail_limesurvey, mail_listmonk, mail_nettskjema,
    mail_qualtrics;

/* The mail server of the settings (mail_smtp.c): smtp.h with a connection that
 * is made anew where it was lost. */
extern const struct mail_out mail_smtp;

#endif /* !PIPELINE_CONTACT_MAIL_OUT_H */
