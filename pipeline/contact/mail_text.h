#ifndef PIPELINE_CONTACT_MAIL_TEXT_H
#define PIPELINE_CONTACT_MAIL_TEXT_H

/* mail_text -- what a wave says: its texts, checked, and the letter to a unit. */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/contact/mail_out.h"
#include "pipeline/contact/mail_who.h"
#include "pipeline/store/world.h"

struct mail_text {
	const struct world *w;
	const struct study *study;
	struct buf template;		/* empty where no mail is written */
	struct buf html;		/* empty where there is none */
	struct buf art14, art14_en;	/* fields; empty where keys are missing */
	const char *subject, *from, *from_name;
	char name[64], domain[256];	/* of the return address */
	char delimiter;
	int64_t planned;
	int mail;			/* mails are written, not only lists */
	int show;			/* letters as they are read, not as sent */
	int trial;			/* > 0: the number of a letter to ourselves: of
					 * nobody, returned to the sender */
	char register_date[12], deadline[12];
	char sha256[65];		/* of all that a recipient reads */
};

/*
 * The texts of a wave, tried on an invented recipient so that nothing is
 * planned that cannot be written.  ${bounce}: as planned, or NULL for the
 * study's, else the settings'.  mail_text_free() after either outcome.
 */
int mail_text_load(const struct world *, const struct study *,
    const struct mail_wave *, int mail, const char *bounce, struct mail_text *,
    struct err *);
void mail_text_free(struct mail_text *);

/* The return token of a recipient (26 octets with the NUL); its day is the plan's,
 * or that of the unit's own draw where that came after. */
void mail_text_token(const struct mail_text *, const struct mail_unit *,
    int64_t recipient, char out[static 26]);

/* The letter to a unit; its strings live in ${arena}. */
int mail_text_letter(const struct mail_text *, const struct mail_unit *,
    int64_t recipient, struct arena *, struct letter *, struct err *);

#endif /* !PIPELINE_CONTACT_MAIL_TEXT_H */
