#ifndef PIPELINE_CONTACT_MAIL_WHO_H
#define PIPELINE_CONTACT_MAIL_WHO_H

/* mail_who -- the drawn units of a study and whether a wave goes to them. */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/base/mem.h"
#include "pipeline/contact/mail.h"
#include "pipeline/store/world.h"

enum mail_why { MAIL_WRITE, MAIL_SUPPRESSED, MAIL_NOT_INVITED, MAIL_ANSWERED,
	MAIL_REFUSED, MAIL_RETURNED };

struct mail_unit {
	int64_t unit;			/* sample_unit */
	const char *token, *name, *address, *key, *area, *group;
	enum mail_why why;
	int64_t recipient;		/* of this wave; 0: not planned */
	int sent;			/* through: taken by the server, or refused by
					 * it for good */
	int uncertain;			/* nobody knows; not to be sent again */
	int deferred;			/* put off by the server */
};

struct mail_wave {
	struct arena *arena;
	int reminder;
	int32_t register_date;		/* of the frame drawn from */
	int64_t mailing;		/* 0: not planned yet */
	int64_t planned;		/* moment */
	char *bounce, *out, *template_sha256;	/* as planned */
	struct mail_unit *unit;		/* in order of sample_unit */
	size_t n;
};

/* mail_wave_free() after either outcome. */
int mail_wave_read(const struct world *, int64_t study_id, const char *wave,
    struct mail_wave *, struct err *);
void mail_wave_free(struct mail_wave *);

/* Add up who is in the wave and who is not.  ${planned} counts those that are
 * written down, else those that would be. */
void mail_wave_count(const struct mail_wave *, struct mail_result *);

#endif /* !PIPELINE_CONTACT_MAIL_WHO_H */
