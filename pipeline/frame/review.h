#ifndef PIPELINE_FRAME_REVIEW_H
#define PIPELINE_FRAME_REVIEW_H

/*
 * review -- the addresses of a population that a person should look at before
 * they are written to or left out; what is decided goes into the study's
 * corrections (corrections.h), and is not asked again.
 *
 * Beside the rules of e-mail two things are known here that `utvalg email check`
 * does not: how many units of the register use a domain, and what the domain
 * name system said of it.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/talk.h"
#include "pipeline/frame/mx.h"
#include "pipeline/frame/select.h"
#include "pipeline/store/world.h"

enum review_why {
	REVIEW_HELD,		/* not used before somebody decides */
	REVIEW_UNUSABLE,	/* left out, but something else was probably meant */
	REVIEW_DEAD,		/* its domain takes no mail */
	REVIEW_TYPO,		/* used, but looks like a slip in a known domain */
	REVIEW_RARE,		/* used, but its domain is one edit from one that far
				 * more units have (below) */
	REVIEW_SEVERAL,		/* used, one of several in its field */
	REVIEW_WHYS
};

/* A rare domain is one of at most so many units, beside one that at least so
 * many have, and so many times as many. */
enum { REVIEW_RARE_MOST = 2, REVIEW_COMMON_LEAST = 50, REVIEW_TIMES = 50 };

struct review_row {
	const struct candidate *unit;
	enum review_why why;
	const char *code;	/* of the e-mail rule or verdict, "" for none */
	const char *address;	/* as it would be sent, "" where it is not */
	const char *suggestion;	/* "" for none; several: the others, blanks between */
	const char *domain, *suggested;	/* of both, "" for none */
	int64_t users, suggested_users;	/* units of the register with that domain */
	enum mx_verdict dns, suggested_dns;	/* MX_UNKNOWN: not known */
};
struct review {
	struct arena *arena;
	struct review_row *row;	/* by why, then by unit */
	size_t n;
	size_t of[REVIEW_WHYS];
};

/* ${ask}: have the domain name system asked for what is not remembered; nothing
 * is stored.  review_free() after success only; it lives in ${s}'s time. */
int review_make(const struct world *, const struct selection *s,
    const struct study *, int ask, struct review *, struct err *);
void review_free(struct review *);

const char *review_code(enum review_why);
const char *review_text(enum review_why, enum lang);

/*
 * As a table for people; as CSV with the columns of corrections.h in front, the
 * decision's empty, to be filled in (${excel}: semicolons, a byte order mark,
 * and an apostrophe before what Excel would run); as JSON lines of rows.
 */
void review_print(const struct review *, enum lang, struct buf *);
void review_csv(const struct review *, int excel, enum lang, struct buf *);
void review_json(const struct review *, struct buf *);

#endif /* !PIPELINE_FRAME_REVIEW_H */
