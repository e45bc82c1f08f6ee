#ifndef PIPELINE_REGISTER_CHANGES_H
#define PIPELINE_REGISTER_CHANGES_H

/*
 * changes -- the register kept up to date by its change feed, between two files
 * (rules of the register, sections 6 to 8).
 *
 * The feed says that something happened to a unit; the unit as it is looked up
 * says what.  From the position that was noted before the file in force was
 * fetched (changes_begin()), by id and never by page: pages of events, folded to
 * units, looked up many at once, written CHANGES_CHUNK units at a time; units,
 * events and the new position in one transaction.  Killed anywhere, the next
 * run goes on from the last commit and acts on no event twice.
 *
 *	Ny, Endring, Ukjent,	looked up; the answer is acted on: live, deleted
 *	anything else		(slettedato), or removed (410)
 *	Sletting		the same; marked as deleted, kept for panels
 *	Fjernet			erased everywhere (erase.h); looked up only where a
 *				later event of the unit has been read with it
 *	404			the other register is asked too; still 404: a Sletting is
 *				one, anything else waits
 *
 * What cannot be looked up waits (feed_event.looked NULL) and is tried again by
 * the next runs, at least CHANGES_TRIES times and CHANGES_DAYS days; then it is
 * left as it is, until the next file.  An Endring whose listed changes are of
 * no field that is held here costs no look-up.
 *
 * Events are remembered.  Each run reads those of settings.changes_overlap back
 * again, so that one that came late with a low id is not missed; known ones
 * cost nothing.
 *
 * Feed and file.  A file is the register as of the moment it was made.  When it
 * is loaded, a unit that was looked up later than that stays as the look-up
 * said (changes_newer()); every other unit is as the file says, and its events
 * are forgotten and the position goes back to the file's own (changes_loaded()),
 * so that they are looked up again.  So nothing later than the file is undone by
 * it, and what the feed never told is mended by it.  Where a file has a date and
 * no time, its end of day counts.
 */

#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/register/load.h"
#include "pipeline/register/unit.h"
#include "pipeline/store/world.h"

enum { CHANGES_CHUNK = 256, CHANGES_TRIES = 5, CHANGES_DAYS = 7 };

/* One unit that is looked up. */
struct changes_look {
	int32_t orgnr;
	enum unit_kind kind;	/* register that is asked */
	long status;		/* 200, 404, 410; 0: no answer, see ${why} */
	struct buf body;	/* of a 200 */
	char why[120];
};

/* Where events and units come from: the register over HTTP (changes_http()), or
 * a test. */
struct changes_source {
	/* Events from id ${from} on, at most ${size} of them; or, with ${from} 0,
	 * those published at moment ${at} or later. */
	int (*page)(void *ctx, enum unit_kind, int64_t from, int64_t at, int64_t size,
	    struct buf *body, struct err *);
	int (*look)(void *ctx, struct changes_look *, size_t n, struct err *);
	void *ctx;
	char where[1200];	/* for the database: no user, no password */
};

struct changes_result {
	int64_t events;		/* read and acted on; = the sum of the next */
	int64_t added, changed, deleted, removed, same;	/* units */
	int64_t folded;		/* events of a unit that had another one with it */
	int64_t idle;		/* Endring of nothing that is held here */
	int64_t absent;		/* deleted before we ever had it */
	int64_t barred;		/* erased on request: left out */
	int64_t waiting;	/* cannot be looked up now */
	int64_t nameless;	/* without a right organisation number */
	int64_t settled;	/* of what waited before: acted on now; no event */
	int64_t given_up;	/* likewise: not tried again */
	int64_t waits;		/* in all, after the run */
	int64_t known;		/* read again, by the overlap */
	int64_t unknown_kinds;	/* events of a kind that came after this program */
	int64_t left;		/* events not read: changes_max */
	char kinds[120];	/* the unknown kinds' words */
	int64_t from, next;	/* positions before and after */
};

/* EX_NOINPUT: no file of that register is in force.  EX_TEMPFAIL: the register
 * cannot be reached, or the feed goes wrong; what was committed stays. */
int changes_run(const struct world *, enum unit_kind,
    const struct changes_source *, struct changes_result *, struct err *);

/* The register itself; ${seed} for what is left to chance (ask.h).  EX_CONFIG:
 * register.url_api is neither set nor to be had from url_enhet. */
int changes_http(const struct world *, struct changes_source *, struct err *);
void changes_http_free(struct changes_source *);

/*
 * Before a file is fetched: where the feed is to be read from after it.  The day
 * before that of the file as it stands there (${modified} if that is known), so
 * that nothing falls between.
 * 0 where nothing can be had (*${start} 0): then changes_run() asks by the
 * file's day.
 */
void changes_begin(const struct world *, enum unit_kind, const char *url,
    int64_t modified, int64_t *start);

/* Inside the load's transaction, before it reads: units that a file made at
 * ${made} must leave alone; and after it, for extract ${id}. */
int changes_newer(const struct world *, enum unit_kind, int64_t made,
    struct load *, struct err *);
int changes_loaded(const struct world *, enum unit_kind, int64_t id,
    int64_t made, int64_t start, const struct load_counts *,
    struct err *);

#endif /* !PIPELINE_REGISTER_CHANGES_H */
