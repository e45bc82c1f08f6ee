#ifndef PIPELINE_REGISTER_FEED_H
#define PIPELINE_REGISTER_FEED_H

/*
 * feed -- one page of a change feed (rules of the register, section 6).
 *
 * A page is {"_embedded": {"oppdaterteEnheter": [...]}, "page": {...}}, with
 * "oppdaterteUnderenheter" in the other register's feed.  Whoever has read all
 * gets a page without "_embedded" and with totalElements 0; anything else that
 * holds no events is an error, never "no news": HTML, a body cut short, the
 * other register's list, a number of events promised and none given.
 *
 * Unknown keys, links and the order of keys make no difference.  An event
 * without an id, or with one that is no whole number from 1 to 2^53, spoils the
 * page (EX_DATAERR): ids are what the feed is read by.  One without a right
 * organisation number is kept with number 0, so that it is stepped over and
 * counted.  A kind that is not known is FEED_OTHER, by its word.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/register/unit.h"

enum { FEED_PAGE = 10000, FEED_WORD = 24 };	/* most events of a page */

enum feed_what {
	FEED_NEW,		/* Ny */
	FEED_CHANGED,		/* Endring */
	FEED_DELETED,		/* Sletting: deleted from the register */
	FEED_REMOVED,		/* Fjernet: copies are to be removed too */
	FEED_UNKNOWN,		/* Ukjent: the kind was not recorded */
	FEED_OTHER		/* a kind that came later than this program */
};

struct feed_event {
	int64_t id;
	int64_t at;		/* moment of publication, MOMENT_NONE */
	int32_t orgnr;		/* 0: none that is right */
	enum feed_what what;
	char word[FEED_WORD];	/* as sent, printable, cut */
	/* The changes are listed (includeChanges) and none of them is of a field
	 * that a unit has here: there is nothing to fetch. */
	int idle;
	int known;		/* for the reader's own use; 0 */
};

struct feed_page {
	struct feed_event *event;	/* in order of their ids */
	size_t n;
	int64_t total;		/* events from the asked-for id on; -1: not said */
};

/* 0, or -1 with EX_DATAERR.  feed_free() after either outcome. */
int feed_parse(const char *data, size_t len, enum unit_kind,
    struct feed_page *, struct err *);
void feed_free(struct feed_page *);

const char *feed_word(enum feed_what);	/* "Ny" ...; FEED_OTHER: "annet" */

#endif /* !PIPELINE_REGISTER_FEED_H */
