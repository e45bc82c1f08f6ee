#ifndef PIPELINE_CONTACT_MAILBOX_H
#define PIPELINE_CONTACT_MAILBOX_H

/*
 * mailbox -- the seam for mailboxes on a server: IMAP (imap.h), POP3 (pop3.h).
 *
 * A mail is known by ${uid}, which with the mailbox's ${validity} is the same
 * in every session (UID and UIDVALIDITY, RFC 9051 2.3.1.1; unique-id, RFC 1939
 * section 7).  Nothing here writes a flag or takes a mail away but
 * settle().  Errors as in wire.h; a refusal of the server is EX_UNAVAILABLE.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/contact/wire.h"

enum { MAILBOX_UID = 71, MAILBOX_MAILS = 1000000 };

struct mailbox_mail {
	char uid[MAILBOX_UID];
	int64_t number;		/* in this session */
	int64_t size;		/* as the server says; -1: it does not */
	int64_t received;	/* moment, or MOMENT_NONE */
};

struct mailbox_list {
	struct mailbox_mail *mail;
	size_t n, cap;
	int64_t validity;	/* 0: the protocol has none */
};
void mailbox_list_add(struct mailbox_list *, const struct mailbox_mail *);
void mailbox_list_free(struct mailbox_list *);

/* What is done with a mail that was understood and is safe. */
enum mailbox_after { MAILBOX_LEAVE, MAILBOX_SEEN, MAILBOX_MOVE, MAILBOX_DELETE };

struct mailbox_way {
	/* ${folder}: IMAP's, UTF-8.  ${write}: settle() will be called. */
	int (*open)(const struct wire_server *, const char *folder, int write,
	    void **ctx, struct err *);
	int (*list)(void *ctx, struct mailbox_list *, struct err *);
	/* 1: the whole mail; 0: the server has it no more; -1.  A mail that turns
	 * out longer than ${max} is EX_PROTOCOL. */
	int (*fetch)(void *ctx, const struct mailbox_mail *, size_t max,
	    struct buf *out, struct err *);
	/* Idempotent.  ${to}: folder of MAILBOX_MOVE.  NULL ${mail}: done, make
	 * it final. */
	int (*settle)(void *ctx, const struct mailbox_mail *, enum mailbox_after,
	    const char *to, struct err *);
	void (*close)(void *ctx);
};
extern const struct mailbox_way mailbox_imap, mailbox_pop3;

#endif /* !PIPELINE_CONTACT_MAILBOX_H */
