#ifndef PIPELINE_TABLES_RATES_H
#define PIPELINE_TABLES_RATES_H

/*
 * rates -- outcome rates, and the arithmetic of the study's own tables.
 *
 * The letters, codes and formulas are those of AAPOR, Standard Definitions,
 * 10th edition (2023).  Counts may be sums of base weights and so have
 * decimals.  A rate is a share (0.15, not 15) and NaN where it is undefined,
 * that is where its denominator is 0: never 0 and never 1.
 *
 *	K = I + P + R + NC + O		U = UH + UR + UO
 *	eU = e_UH UH + e_UR UR + e_UO UO, or one e for all three
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/base/json.h"
#include "pipeline/tables/interval.h"

enum rates_letter {
	RATES_I,	/* complete */
	RATES_P,	/* partial */
	RATES_R,	/* refusal and break-off */
	RATES_NC,	/* non-contact */
	RATES_O,	/* other eligible non-interview */
	RATES_UH,	/* unknown whether the unit exists */
	RATES_UR,	/* unknown whether the unit is eligible */
	RATES_UO,	/* unknown, other */
	RATES_NE,	/* not eligible */
	RATES_LETTERS
};

enum rates_e {
	RATES_E_ESTIMATED,	/* e = K / (K + NE), proportional allocation */
	RATES_E_ONE,		/* one e, given */
	RATES_E_CLASS,		/* one e for each of UH, UR, UO, given */
};

/* All zero is a legal start: no cases, e estimated. */
struct rates_in {
	double count[RATES_LETTERS];	/* 0 to RATES_COUNT_MAX */
	enum rates_e basis;
	double e[3];			/* UH, UR, UO; 0 to 1; NaN: not given */
};

#define RATES_COUNT_MAX	1e12

enum rates_rate {
	RATES_RR1, RATES_RR2, RATES_RR3, RATES_RR4, RATES_RR5, RATES_RR6,
	RATES_COOP1, RATES_COOP2, RATES_COOP3, RATES_COOP4,
	RATES_REF1, RATES_REF2, RATES_REF3,
	RATES_CON1, RATES_CON2, RATES_CON3,
	RATES_LOC1, RATES_LOC2,		/* not AAPOR's */
	RATES_RATES
};

struct rates {
	double rate[RATES_RATES];	/* shares; NaN: undefined */
	double num[RATES_RATES], den[RATES_RATES];
	double k, u, eu;		/* eu NaN where an e is wanted and undefined */
	double e[3];			/* as used, UH, UR, UO */
};

const char *rates_letter_name(enum rates_letter);	/* "I" ... "NE" */
const char *rates_name(enum rates_rate);		/* "RR1" ... "LOC2" */
const char *rates_formula(enum rates_rate);		/* "I / (K + U)" */

/*
 * The letter of a case code, "1.0" or "10", "3.19" or "319".  -1 for a code
 * that the edition does not define (3.0, 3.6 to 3.8, 5.1, no code at all):
 * to be reported, not guessed.
 */
int rates_letter_of(const char *code);

/*
 * One option of `utvalg rates`: ${name} without dashes.  A letter takes a
 * count, "12", "12.5", "1e3"; "e" takes a share, "0.5" or "13/14", or one for
 * each class, "UH:0.4,UR:0.7,UO:0.2".  EX_USAGE, and ${in} as it was, for
 * anything else.
 */
int rates_option(struct rates_in *in, const char *name, const char *value,
    struct err *err);

/* e = K / (K + NE); NaN where both are 0. */
double rates_eligible(const struct rates_in *);

/* All rates.  With one e per class a class that has cases but no e makes the
 * rates that need it an error (EX_USAGE), as it could only be guessed. */
int rates_compute(const struct rates_in *, struct rates *, struct err *);

/* Members RR1 ... LOC2 (null: undefined), e, e_basis, counts, and intervals
 * ({interval, RR1: [low, high], ...}) into an object that the caller has
 * opened. */
void rates_json(const struct rates_in *, const struct rates *,
    enum interval_kind, struct json *);

/*
 * A share as a researcher writes it, kept exactly: "20 %", "0.20", "0,20" and
 * "1/5" are 1/5 (lowest terms).  From 0 to 1, at most six decimals (four of a
 * per cent), a denominator up to RATES_SHARE_DEN.  0 or -1.
 */
enum { RATES_SHARE_DEN = 1000000 };
int rates_share(const char *text, int64_t *num, int64_t *den);
/* To lowest terms; num >= 0, den > 0. */
void rates_reduce(int64_t *num, int64_t *den);

/*
 * One line of the study's table: what was sent, came back and was answered in
 * a county, or in all.  Counts are 0 to 10^9; active_num / active_den is the
 * assumed share of active units, 0 to 1, in any terms up to RATES_SHARE_DEN.
 *
 *	L = sent - returned - not_located	Levert
 *	gross = answered / L			Brutto svarprosent
 *	active = share * L			Aktive selskap
 *	net = answered / active			Netto svarprosent
 *	e' = (active - answered) / (L - answered)
 *
 * Everything is computed from exact values: nothing rounded goes into anything
 * else, and net is never capped.  L <= 0 leaves the rates undefined; a share of
 * 0 means that none was stated and leaves active, net, e' and RR3 undefined.
 */
struct rates_line {
	int64_t sent, returned, not_located, answered;
	int64_t active_num, active_den;
};

enum {				/* what the figures say about the assumption */
	RATES_OVER_ACTIVE = 1,	/* answered > active: the share is too low */
	RATES_E_NEGATIVE = 2,	/* e' < 0 */
	RATES_NONE_DELIVERED = 4,	/* L <= 0 */
};

struct rates_study {
	int64_t delivered;		/* L, may be negative */
	/* fractions with a positive denominator; 0/0: undefined */
	int64_t gross_num, gross_den;
	int64_t active_num, active_den;
	int64_t net_num, net_den;
	/* the same and more as shares; NaN: undefined */
	double gross, active, net;
	double gross_low, gross_high;	/* Wilson */
	double e;			/* e'; NaN too where all or more answered */
	double rr1_unknown;		/* returns coded 3.30: answered / sent */
	double rr1_ne;			/* returns coded NE: the gross rate */
	double rr3_unknown, rr3_ne;	/* RR3 with e = the active share */
	unsigned flags;
};

/* 0; -1 (EX_DATAERR) for counts or a share outside those limits. */
int rates_study(const struct rates_line *, struct rates_study *, struct err *);

/* The flags as words, "besvart>aktive;e_ekv<0", "" for none. */
const char *rates_flags(unsigned flags);

#endif /* !PIPELINE_TABLES_RATES_H */
