#ifndef PIPELINE_FRAME_SELECT_H
#define PIPELINE_FRAME_SELECT_H

/*
 * select -- who is in the population of a study today, and who may be written
 * to: all of the frame stage but the writing down, for `plan` and `frame`
 * alike.
 *
 * Reads the register and the study's lists, gives each unit its first reason,
 * and settles shared addresses.  Nothing is written, but what the domain name
 * system said where it is asked (domains.h).
 */

#include <stddef.h>
#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/frame/activity.h"
#include "pipeline/base/mem.h"
#include "pipeline/frame/frame.h"
#include "pipeline/frame/population.h"
#include "pipeline/store/world.h"

struct candidate {
	const char *key;		/* unit_key: nine digits, or list:NAME:ID */
	const char *source;		/* "enhet", "underenhet", "list:NAME" */
	int32_t orgnr;			/* 0: none */
	int32_t parent;			/* 0: none */
	const char *name, *legal_form;	/* legal_form NULL: none */
	int32_t nace;			/* 0: from a list */
	int32_t municipality;
	size_t group, area;		/* indices into the study */
	int64_t employees;		/* -1: no count */
	int has_employees;		/* 0, 1, -1 */
	int bankrupt;
	int activity;			/* points, activity.h; -1: the register has
					 * no such unit */
	const char *email_raw, *email, *email_key;	/* NULL: none */
	const char *email_from;		/* "list:NAME"; NULL: the register */
	const char *email_other;	/* what the other of the two has; NULL */
	const char *note;		/* codes of repairs and flags; NULL */
	const char *detail;		/* of the reason; NULL */
	double prn;
	enum frame_reason reason;
	const struct candidate *keeper;	/* of a duplicate */
	int64_t shared;			/* units of this address */
};

struct selection {
	int32_t as_of;			/* DATE_NONE: today */
	struct arena *arena;
	struct population *population;	/* owned */
	struct candidate *unit;		/* by key, register units first */
	size_t n, cap;
	struct lists *lists;		/* lists.h; its rows in review are freed with it */
	struct frame_result count;	/* all but ${frame} and ${again} */
	int64_t *by_code;		/* [POPULATION_CODES] units in the areas */
	int64_t *by_cell;		/* [ngroup * narea] kept */
	int64_t *pop_cell;		/* [ngroup * narea] population */
	int64_t *active_cell;		/* [ngroup * narea] of the kept, active by points */
	int64_t *known_cell;		/* likewise, of whom the register tells points */
	int64_t points[ACTIVITY_MOST + 1];	/* kept units, by their points */
	int64_t extract_enhet, extract_underenhet;	/* ids, 0: not used; main
				 * units are used for what sub-units take from them */
	char extract_sha256[260];
	char lists_sha256[65];		/* "": no lists */
	char suppression_sha256[65];
	char dns_sha256[65];		/* "": no domain was asked for */
};

/* No register in force: EX_NOINPUT.  ${ask}: a study that wants to know which
 * domains take mail has them asked for; else by what is remembered.
 * selection_free() after success only. */
int selection_make(const struct world *, const struct study *, int ask,
    struct selection **ret, struct err *);
/*
 * The same as it would have been made on ${day} (DATE_NONE: today): by that day's
 * register, in the standard and the places of that register, and by what of the
 * suppression list and of letters counted then (entries that have been taken off
 * since are not known any more).  Lists and the study file are as they are now, and domains as
 * they are remembered.  No register that old: EX_NOINPUT.
 */
int selection_make_at(const struct world *, const struct study *, int32_t day,
    int ask, struct selection **ret, struct err *);
void selection_free(struct selection *);

/* 1: a register that the study asks for is in force; 0: none yet; -1. */
int selection_register(const struct world *, const struct study *, struct err *);

/* A new candidate, cleared; its reason is FRAME_KEPT, shared 1. */
struct candidate *selection_add(struct selection *);

#endif /* !PIPELINE_FRAME_SELECT_H */
