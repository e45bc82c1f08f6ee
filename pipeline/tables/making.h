#ifndef PIPELINE_TABLES_MAKING_H
#define PIPELINE_TABLES_MAKING_H

/*
 * making -- inside of tables.h: what one table is made from, and the tables
 * that ask the database themselves.
 *
 * The caller holds one savepoint around the counts and all that a table reads,
 * so that its figures are of one moment.
 */

#include "config/study.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"
#include "pipeline/store/world.h"
#include "pipeline/tables/counts.h"
#include "pipeline/tables/table.h"

/* The active share as the tables take it: as the study states it, or estimated;
 * and what the register shows of the units in the frame in any case. */
struct making_active {
	int64_t num, den;	/* 0/1: none */
	int estimated;
	int64_t points;		/* and more: active */
	int64_t signs, of;	/* kept units with so many, of those it tells of */
};

struct making {
	const struct world *w;
	const struct study *study;
	int64_t study_id;
	struct counts counts;
	struct making_active active;
	struct arena *arena;
	const char *var, *by;		/* as asked for, or NULL */
	const char *e;			/* aapor: as asked for, or NULL */
};

/* All of one moment, until making_end() after success. */
int making_begin(struct making *, const struct world *, const struct study *,
    int64_t study_id, struct err *);
void making_end(struct making *);
/* A table by what is asked for, as tables_ask(); table_free(). */
struct tables_ask;
int making_table(struct making *, const struct tables_ask *, struct table **ret,
    struct err *);
/* -1, EX_NOINPUT: which command comes next. */
int making_due(const struct making *, struct err *);

static inline const char *
making_label(const struct making *m, const struct study_label *l)
{
	return m->w->lang == LANG_EN ? l->en : l->nb;
}

/* "invite", "reminder-2" for people; as it is where it is neither. */
const char *making_wave(const struct making *, const char *wave);

/*
 * Each makes *${ret} (table_free()), and with ${json} puts members beside the
 * table's own into the open object.  -1 leaves nothing to free.
 */
int codes_make(const struct making *, struct table **ret, struct json *,
    struct err *);
int returns_make(const struct making *, struct table **ret, struct json *,
    struct err *);
int missing_make(const struct making *, struct table **ret, struct json *,
    struct err *);
int rindicator_make(const struct making *, struct table **ret, struct json *,
    struct err *);
int days_make(const struct making *, struct table **ret, struct json *,
    struct err *);
int cross_make(const struct making *, struct table **ret, struct json *,
    struct err *);
int rates_by_make(const struct making *, struct table **ret, struct json *,
    struct err *);
int aapor_make(const struct making *, struct table **ret, struct json *,
    struct err *);
/* The table that the study file defines as ${var}. */
int own_make(const struct making *, struct table **ret, struct json *,
    struct err *);

#endif /* !PIPELINE_TABLES_MAKING_H */
