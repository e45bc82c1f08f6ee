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
#include "pipeline/register/unit.h"

/* Fields that stand together in unit_fields[], so many in a group, 64 groups at
 * most (a test of put says so). */
enum { PACK_GROUP = 2 };

enum {
	PACK_WORDS = PACK_GROUP,	/* a bit for each field */
	PACK_FORM = 8,			/* letters of the legal form */
	PACK_NO_COUNTY = 100
};

struct packed {
	int32_t orgnr;
	int32_t nace1;		/* UNIT_NONE */
	int hashed;		/* unit_hash() is known: */
	int64_t hash;
	size_t line;		/* in the file, for who wants to tell */
	uint64_t groups;	/* bit g: a field of group g is there */
	uint64_t has[PACK_WORDS];	/* bit i % 64 of word i / 64: field i is */
	uint64_t form;		/* octets of the legal form, 0 behind them */
	int32_t county;		/* 0 to 99, or PACK_NO_COUNTY (census.h) */
	const char *field;	/* the fields, for pack_bind() */
	size_t len;
};

/* Add one to ${buf}; ${hash}: with its unit_hash(). */
void pack_unit(struct buf *, const struct unit *, size_t line, int hash);

/* The one at ${*at}, which moves behind it: 1, or 0 at the ${end}.  What it
 * points to lies in the octets. */
int pack_next(const char **at, const char *end, struct packed *);

/* The number of the one at ${at}, 0 at the ${end}. */
int32_t pack_peek(const char *at, const char *end);

/* unit_hash() of it, worked out now if it was not before. */
int64_t pack_hash(const struct packed *);

/* What two have different: bits as in packed.has. */
void pack_differ(const struct packed *, const struct packed *,
    uint64_t differ[static PACK_WORDS]);

/* A field's text, which is in the octets; NULL: absent, or no text. */
const char *pack_text(const struct packed *, size_t field);

/* What is there, field i to parameter ${param}[i]; texts stay where they are
 * until the statement is run. */
void pack_bind(sqlite3_stmt *, const unsigned char *param, const struct packed *);

#endif /* !PIPELINE_REGISTER_PACK_H */
