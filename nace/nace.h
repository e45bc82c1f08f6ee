#ifndef NACE_NACE_H
#define NACE_NACE_H

/*
 * nace -- industry codes: what a written code means, what lies beneath it, and
 * what became of it when the standard changed.
 *
 * Two standards, both Statistics Norway's: SN2007 (NACE Rev. 2) and SN2025
 * (NACE Rev. 2.1).  The register writes SN2025 since 2025-09-01 and wrote
 * SN2007 before; nace_std_at() says which.  A code means something only
 * together with its standard: 33 five-digit codes of SN2007 stand for another
 * activity in SN2025.
 *
 * Five levels: section "R", division "90", group "90.0", class "90.01",
 * five-digit code "90.011".  The register holds level 5 only.  As a number, a
 * five-digit code is its digits: 90011 is "90.011", 1110 is "01.110".
 *
 * The usual way through:
 *
 *	nace = nace_load(err);
 *	nace_parse(nace, NACE_SN2007, "90030", &w[0], err);
 *	plan = nace_plan(nace, nace_std_at(day), w, n);
 *	for each plan->target[i]: units with that code; .nother > 0 over-covers
 *	nace_plan_free(plan);
 *	nace_free(nace);
 *
 * The tables are compiled in (nace/data; Statistics Norway, Klass, CC BY 4.0).
 * The table given out is read only: any number of threads may look things up.
 * Everything pointed at by an item lives until nace_free().
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/base/talk.h"

enum nace_std { NACE_SN2007, NACE_SN2025 };

enum {
	NACE_LEVELS = 5,
	NACE_WRITTEN_MAX = 31,	/* octets of a code as somebody wrote it */
	NACE_UNSTATED = 0,	/* the register's "00.000", "Uoppgitt" */
};

/* One entry of a standard. */
struct nace_item {
	enum nace_std std;
	int level;			/* 1 section to 5 five-digit code */
	char code[8];			/* "R", "90", "90.0", "90.01", "90.011" */
	char section;			/* its letter in its own standard */
	int32_t number;			/* level 5: 90011; otherwise -1 */
	const char *name;		/* Norwegian bokmål, UTF-8 */
	const struct nace_item *parent;	/* NULL above a section */
	/* the five-digit codes beneath, in order; itself alone at level 5 */
	const struct nace_item *const *leaf;
	size_t nleaf;
};

struct nace;

/* NULL only if the compiled-in tables do not hold together (EX_SOFTWARE). */
struct nace *nace_load(struct err *);
void nace_free(struct nace *);

/* The same from other texts, in the form of nace/data (klass.h makes them); copied.
 * NULL and EX_SOFTWARE as above. */
struct nace_texts {
	const char *sn2007, *sn2025, *links;
	const char *version;	/* one line, no tab */
};
struct nace *nace_load_from(const struct nace_texts *, struct err *);

/* Which lists these are, for storing with a frame: one line, no tab,
 * "SN2007 v30, SN2025 v3218 of 2026-10, correspondence 2919". */
const char *nace_version(const struct nace *);

/* "SN2007", "SN2025"; and back, case ignored ("sn 2007", "SN-2007" too), 0 or -1. */
const char *nace_std_text(enum nace_std);
int nace_std_parse(const char *s, enum nace_std *ret);

/* The standard of the register's codes on ${day}: SN2025 from 2025-09-01, and for
 * DATE_NONE. */
enum nace_std nace_std_at(int32_t day);

/*
 * All entries of a standard, in the order of the printed book: R, 90, 90.0,
 * 90.01, 90.011, ... so that what lies beneath an entry follows it, as long as
 * the level is greater.  *ret is how many.
 */
const struct nace_item *nace_items(const struct nace *, enum nace_std,
    size_t *ret);

/* The entry with exactly this code ("90.01"), or NULL. */
const struct nace_item *nace_item(const struct nace *, enum nace_std, const char *code);

/* The five-digit code with this number, or NULL. */
const struct nace_item *nace_code(const struct nace *, enum nace_std, int32_t number);

/* The name of a code as it stands in the register: NULL if the standard has
 * no such code, "Uoppgitt" for NACE_UNSTATED. */
const char *nace_name(const struct nace *, enum nace_std, int32_t number);

/* "90.011" or "90011", nothing else: 0, *ret from 0 to 99999.  Not looked up. */
int nace_number(const char *s, size_t len, int32_t *ret);
/* Back to "90.011"; "" for a number out of range. */
char *nace_text(int32_t number, char out[static 8]);

/* A code as somebody wrote it in a study. */
struct nace_written {
	const struct nace_item *item;	/* what it means; it and all beneath */
	int as_group;			/* "90030": no code, read as class 90.03 */
	char text[NACE_WRITTEN_MAX + 1];	/* as written, outer blanks gone */
};

/*
 * Read a code in the standard it is written in.  Taken are "R", "90", "90.0",
 * "90.03", "90.031" and the same without the dot ("900", "9003", "90031");
 * letters in either case.  "XX.YY0" and "XXYY0" where the standard has no such
 * code but a class XX.YY is read as that class, with ${as_group} set.
 *
 * Everything else is refused (-1, EX_DATAERR, *ret untouched) with a reason that
 * helps: a code of the other standard is named as such with its counterparts
 * in this one, an invented one with the nearest that exists, "00.000" for what
 * it is.  Zero hits in a register never tell these apart; this does.
 */
int nace_parse(const struct nace *, enum nace_std, const char *s,
    struct nace_written *ret, struct err *);

/*
 * One flow between the standards, as the correspondence table has it.  The
 * table says that something flows, never how much.  Codes it does not mention
 * are unchanged and have a link to themselves.
 */
struct nace_link {
	const struct nace_item *old;	/* five-digit code of SN2007 */
	const struct nace_item *new;	/* five-digit code of SN2025 */
	/* as seen from both ends: "identity", "identity+merge" (others flow in
	 * too), "1:1", "n:1", "1:n", "n:n" */
	const char *kind;
};

/* The flows out of (SN2007) or into (SN2025) a five-digit code, by the other
 * end's code; *ret is how many: 0 for 46.890, 98.100 and 98.200 of SN2025 and
 * for no other. */
const struct nace_link *nace_links(const struct nace *,
    const struct nace_item *level5, size_t *ret);

/*
 * What became of a written code in the standard of the register.  Seen for the
 * code and all beneath it as one:
 */
enum nace_fate {
	NACE_SAME,		/* same code, same content; or no change of standard */
	NACE_SCOPE,		/* same code, but takes in or gives away something */
	NACE_ONE_TO_ONE,	/* another code, exactly the same content */
	NACE_SPLIT,		/* several codes (exact or wider) */
	NACE_MERGED,		/* one code that holds more than this one */
	NACE_NOT_A_CODE,	/* written so that it is none: read as its class */
	NACE_NOWHERE,		/* a new activity the old standard has no code for */
	NACE_FATES
};

/* The fate of one item; never NACE_NOT_A_CODE. */
enum nace_fate nace_fate(const struct nace *, const struct nace_item *,
    enum nace_std to);
/* A short phrase in lower case, never NULL. */
const char *nace_fate_text(enum nace_fate, enum lang);

/* A code of the register that the written set leads to. */
struct nace_target {
	const struct nace_item *item;	/* level 5, in the register's standard */
	const size_t *from;		/* indices into written[], ascending */
	size_t nfrom;			/* at least 1 */
	/* Codes of the other standard that flow into it too and are not in the
	 * set: it brings in units from outside the study.  None: exact. */
	const struct nace_item *const *other;
	size_t nother;
};

/* What one written code became. */
struct nace_step {
	enum nace_fate fate;
	int translated;			/* 0: written in the register's standard */
	const size_t *target;		/* indices into plan->target, ascending */
	size_t ntarget;			/* 0 only with NACE_NOWHERE */
};

struct nace_plan {
	enum nace_std to;
	struct nace_step *step;		/* one for each written code */
	size_t nstep;
	struct nace_target *target;	/* by code, each once */
	size_t ntarget;
	struct arena *arena;		/* private */
};

/*
 * Translate a set of written codes (standards may be mixed) to the register's
 * standard ${to}.  Whether a target over-covers is judged for the whole set:
 * 85.529 takes in a part of 85.522, which is no over-cover when both are
 * written.  A target that is also written as such, in ${to}, is exact.  Never
 * fails; ${nwritten} may be 0.
 */
struct nace_plan *nace_plan(const struct nace *, enum nace_std to,
    const struct nace_written *written, size_t nwritten);
void nace_plan_free(struct nace_plan *);
/* The target with this number, or NULL. */
const struct nace_target *nace_plan_find(const struct nace_plan *, int32_t number);

/*
 * Entries whose code begins with ${words}, if that is digits and dots or one
 * letter; else those whose name holds each of its words (case ignored, parts of
 * words count).  In the order of nace_items().  Returns how many there
 * are; the first ${max} of them are in ${out}.  0 if ${words} is blank or not
 * UTF-8.
 */
size_t nace_search(const struct nace *, enum nace_std, const char *words,
    const struct nace_item **out, size_t max);

#endif /* !NACE_NACE_H */
