#ifndef PIPELINE_CONTACT_MAIL_WHO_H
#define PIPELINE_CONTACT_MAIL_WHO_H

/* mail_who -- the drawn units of a study and whether a wave goes to them. */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "config/study.h"
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
	int64_t drawn;			/* moment of the step after the draw that it came
					 * in by; 0: by the draw */
	int late;			/* drawn after its invitation was planned, and
					 * not in it yet */
	const char *ref;		/* its return token as planned: keys may have been
					 * rotated since; NULL or "": not planned */
	int sent;			/* through: taken by the server, or refused by
					 * it for good */
	int uncertain;			/* nobody knows; not to be sent again */
	int deferred;			/* put off by the server */
};

enum { MAIL_WAVE_NAME = 24 };

struct mail_wave {
	struct arena *arena;
	int reminder;			/* its number; 0: the invitation */
	char name[MAIL_WAVE_NAME];	/* as in table mailing */
	int32_t register_date;		/* of the frame drawn from */
	int64_t mailing;		/* 0: not planned yet */
	int64_t planned;		/* moment */
	char *bounce, *out, *template_sha256;	/* as planned */
	struct mail_unit *unit;		/* in order of sample_unit */
	size_t n;
};

/* The name in table mailing: invite, reminder (the first), reminder-2, ... */
void mail_wave_name(int reminder, char out[static MAIL_WAVE_NAME]);

/* invite, reminder or reminder-N? */
int mail_wave_is(const char *);

/*
 * Which wave is meant: invite; reminder-N; or reminder, which is the one that is
 * on its way, else the next one.  Another word: EX_USAGE.
 */
int mail_wave_which(const struct world *, int64_t study_id, const char *wave,
    int *reminder, struct err *);

/*
 * May this reminder be begun?  Too many for the study file: EX_DATAERR; too few
 * days since the last letter of the wave before: EX_TEMPFAIL, saying when.  One
 * that was begun may go on.
 */
int mail_wave_due(const struct world *, const struct study *, int64_t study_id,
    const struct mail_wave *, struct err *);

/* The day it may be begun, where that is to come; else DATE_NONE. */
int mail_wave_when(const struct world *, const struct study *, int64_t study_id,
    const struct mail_wave *, int32_t *due, struct err *);

/* mail_wave_free() after either outcome. */
int mail_wave_read(const struct world *, int64_t study_id, const char *wave,
    struct mail_wave *, struct err *);
void mail_wave_free(struct mail_wave *);

/* Add up who is in the wave and who is not.  ${planned} counts those that are
 * written down, else those that would be. */
void mail_wave_count(const struct mail_wave *, struct mail_result *);

#endif /* !PIPELINE_CONTACT_MAIL_WHO_H */
