#ifndef PIPELINE_TABLES_RATES_TABLE_H
#define PIPELINE_TABLES_RATES_TABLE_H

/*
 * rates_table -- answers by area (the report's Table 7-5), and the rates of
 * `utvalg rates`.
 *
 * A column for each area and one for the whole.  Delivered in the whole is the
 * areas' sum less the not located; its active units and rates are computed
 * from that, never from the areas' rounded figures.  Per cents are printed
 * whole.  More answered than the active share allows is a warning with the
 * lower bound of the share; the figure is printed as it is.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/base/json.h"
#include "pipeline/base/talk.h"
#include "pipeline/tables/rates.h"
#include "pipeline/tables/table.h"

struct rates_area {
	const char *key;	/* stable name, for JSON */
	const char *label;	/* as printed */
	int64_t sent, returned, answered;
};

struct rates_table {
	const char *study;		/* title */
	int32_t register_date;		/* DATE_NONE: not said */
	const struct rates_area *area;	/* in printed order */
	size_t n;
	int64_t not_located;
	int64_t active_num, active_den;	/* share of active units, as written;
					 * 0/1: none stated, printed ".." */
	const char *active_source;	/* or NULL */
	int64_t partial;		/* units that answered in part */
	int64_t our_fault, review;
	int64_t late;			/* units that answered after the deadline only */
	int small;			/* counts of answers from 1 to below this are
					 * hidden (hide.h), with their rates; 0: none */
	int estimated;			/* the share is the estimate below */
	int64_t points;			/* of activity, and more: active */
	int64_t signs, signs_of;	/* of the frame, by the register; 0 of 0: not
					 * known */
};

/* The line of the whole. */
struct rates_line rates_total(const struct rates_table *);

/* 0 with *${ret} (table_free()); -1, *${ret} NULL, as rates_study() fails. */
int rates_table(const struct rates_table *, enum lang, struct table **ret,
    struct err *);

/*
 * Members into an open object: active_share {num, den, value, source}
 * or null, register_estimate {points, signs, of, value, used} where known, areas [{key, label, sent, returned, not_located, delivered, answered,
 * gross_rate, gross_low, gross_high, active, net_rate, rr1_returns_unknown,
 * rr1_returns_ne, rr3_returns_unknown, rr3_returns_ne, e, flags}], total with
 * the same members, sensitivity [{share, net_rate}].  Shares, exact as far as
 * a double goes; null: undefined.
 */
int rates_table_json(const struct rates_table *, struct json *, struct err *);

/* What `utvalg rates` prints: each rate with its formula, counts, interval. */
struct table *rates_aapor_table(const struct rates_in *, const struct rates *,
    enum interval_kind, enum lang);

#endif /* !PIPELINE_TABLES_RATES_TABLE_H */
