#ifndef PIPELINE_REGISTER_PACK_H
#define PIPELINE_REGISTER_PACK_H

/*
 * pack -- a unit as one run of octets that holds what is there and nothing
 * else, so that a thread can hand it to another and a row can be bound from it.
 *
 * The octets are of this machine and this run: nothing to be stored.
 */

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/register/held.h"
#include "pipeline/register/unit.h"

/* Fields that stand together in unit_fields[], so many in a group, 64 groups at
 * most (a test of put says so). */
enum { PACK_GROUP = 2 };

enum {
	PACK_WORDS = UNIT_WORDS,	/* a bit for each field */
	PACK_FORM = 8,			/* letters of the legal form */
	PACK_NO_COUNTY = 100
};

struct packed {
	int32_t orgnr;
	int32_t nace1;		/* UNIT_NONE */
	int64_t hash;		/* unit_hash() */
	size_t held;		/* held_find(): it is in force just so, and no
				 * field is here.  0: all are */
	size_t line;		/* in the file, for who wants to tell */
	uint64_t groups;	/* bit g: a field of group g is there */
	uint64_t has[PACK_WORDS];	/* unit_has() */
	uint64_t form;		/* octets of the legal form, 0 behind them */
	int32_t county;		/* 0 to 99, or PACK_NO_COUNTY (census.h) */
	const char *field;	/* the fields, for pack_bind() */
	size_t len;
};

/* Add one to ${buf}, without its fields where that is what ${held} has of it
 * (NULL: nothing is held). */
void pack_unit(struct buf *, const struct unit *, size_t line, const struct held *);

/* The one at ${*at}, which moves behind it: 1, or 0 at the ${end}.  What it
 * points to lies in the octets. */
int pack_next(const char **at, const char *end, struct packed *);

/* What two have different: bits as in packed.has. */
void pack_differ(const struct packed *, const struct packed *,
    uint64_t differ[static PACK_WORDS]);

/* A field's text, which is in the octets; NULL: absent, or no text. */
const char *pack_text(const struct packed *, size_t field);

/* What is there, field i to parameter ${param}[i]; texts stay where they are
 * until the statement is run. */
void pack_bind(sqlite3_stmt *, const unsigned char *param, const struct packed *);

#endif /* !PIPELINE_REGISTER_PACK_H */
