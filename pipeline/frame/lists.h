#ifndef PIPELINE_FRAME_LISTS_H
#define PIPELINE_FRAME_LISTS_H

/*
 * lists -- units that the register cannot show (the report's food producers):
 * lists beside it, put together with it.
 *
 * Whose row is it?  The unit with its organisation number; else the one unit of
 * the register with its name (names.h) in its municipality; else, where several
 * have it or others nearly have, a person says (decisions.h), and until then the
 * row is left out, or with [list] undecided = in a unit of its own; else nobody's
 * in the register: it is known by the list's own identity column, or by its name
 * and municipality, so that it keeps its key (list:NAME:HASH) and its permanent
 * random number from one list to the next.
 *
 * A row whose unit is in the population already adds nothing but its address.
 * An underenhet and its enhet are one firm: where the study reads one kind and a
 * row has a number of the other, they are told by the register.  Rows are taken
 * in an order of their own: how a file is sorted does not matter.  Each row has
 * one fate, and all are counted; rows that cannot be used are said by line.
 */

#include "pipeline/base/json.h"
#include "pipeline/frame/lookup.h"
#include "pipeline/frame/select.h"

enum list_fate {
	/* in the population already */
	LIST_NUMBER, LIST_NAME, LIST_RELATED, LIST_DECIDED,
	/* new: of the register outside the study's codes, by number, by name, by a
	 * decision; with a number that the register does not have; with none */
	LIST_NEW_NUMBER, LIST_NEW_NAME, LIST_NEW_DECIDED, LIST_NEW_UNREGISTERED,
	LIST_NEW_LOCAL,
	/* nothing comes of it */
	LIST_DOUBLED, LIST_REVIEW, LIST_OUTSIDE, LIST_NO_NAME, LIST_NO_PLACE,
	LIST_GONE, LIST_OUT,
	LIST_FATES
};
const char *list_fate_code(enum list_fate);

struct list_told {
	const struct study_list *list;
	const char *kind, *sheet;	/* as grid.h; sheet NULL: none */
	int64_t rows, fate[LIST_FATES];
	int64_t wrong;		/* organisation numbers that are none */
	int64_t stale;		/* decisions about rows that are not there */
	int64_t merged, hidden, errors;	/* as grid.h */
	int64_t address;	/* units written to at the list's address, where the
				 * register has another */
};

/* A row that somebody has to decide about. */
struct list_held {
	const struct list_told *told;
	size_t line;
	const char *key, *name;
	int32_t municipality;
	size_t same, n;		/* of the same name; in all */
	struct lookup_unit unit[LOOKUP_FOUND];
};

struct lists {
	struct list_told *told;	/* of each list of the study */
	size_t ntold;
	struct list_held *held;	/* by list, then by name */
	size_t nheld;
};

/* Read all lists of a study into the selection: s->lists, its counts, and the
 * hash of what was read.  A file that is missing or broken: -1,
 * "list NAME: FILE: what". */
int lists_read(const struct world *, const struct study *, struct selection *,
    struct err *);

/* What each list gave, for `plan`. */
void lists_print(const struct lists *, enum lang, struct buf *);
void lists_json(const struct lists *, struct json *);

/* What wants a decision, as a table for people; as CSV with the columns of
 * decisions.h in front (${excel} as review_csv()); as JSON lines. */
void lists_review_print(const struct lists *, enum lang, struct buf *);
void lists_review_csv(const struct lists *, int excel, enum lang, struct buf *);
void lists_review_json(const struct lists *, struct buf *);

#endif /* !PIPELINE_FRAME_LISTS_H */
