#ifndef PIPELINE_TABLES_NET_H
#define PIPELINE_TABLES_NET_H

/*
 * net -- gross and net sample (the report's Table 7-4).
 *
 *	area, group | Sendt ut | Retur | Netto
 *	Sum		only Netto: the sum of the rows' net
 *	Ikke lokalisert	only Retur
 *	I alt		all three; Retur is the rows' returns and the not located
 *
 * Every figure is computed from the rows.  (The report prints 948 returns in
 * all where its own rows, 897, and its 54 not located make 951.)
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/talk.h"
#include "pipeline/tables/table.h"

struct net_row {
	const char *key;		/* stable name, for JSON */
	const char *area, *group;	/* as printed; groups already merged */
	int64_t sent, returned;
};

struct net {
	const char *study;		/* title */
	int32_t register_date;		/* DATE_NONE: not said */
	const struct net_row *row;	/* in printed order */
	size_t n;
	int64_t not_located;
	int64_t our_fault, review;	/* units, printed beneath where not 0 */
};

/* What the total line says. */
struct net_total {
	int64_t sent, returned, net;	/* returned: with the not located */
	int64_t rows_net;		/* the line Sum */
};
struct net_total net_total(const struct net *);

/* Members into an open object: total {sent, returned, not_located, net},
 * our_fault, review. */
void net_json(const struct net *, struct json *);

/* The caller's to free with table_free(). */
struct table *net_table(const struct net *, enum lang);

#endif /* !PIPELINE_TABLES_NET_H */
