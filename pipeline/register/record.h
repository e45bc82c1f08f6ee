#ifndef PIPELINE_REGISTER_RECORD_H
#define PIPELINE_REGISTER_RECORD_H

/*
 * record -- one unit while it is being read: values go in, a unit or the
 * reason why there is none comes out.  Where in the JSON a value stands is the
 * scanner's business (scan.h); here it is known by its field.
 *
 * Texts of a unit stand behind one another in ${text}, which may move while it
 * grows: they become pointers when the record ends.
 *
 * A string goes in like this: record_string() gives the buf its octets are
 * appended to; then record_scalar() or record_element() takes what has been
 * appended, and record_string_end() lets go of what was not kept.
 */

#include <stddef.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/json.h"
#include "pipeline/register/scan.h"
#include "pipeline/register/unit.h"
#include "pipeline/register/value.h"

enum { RECORD_NONE = -1 };	/* no field */
enum { RECORD_FORMERS = 3 };

struct record {
	struct unit unit;
	const char *why, *why_field;	/* why it is dropped; NULL: it is not */
	struct { const char *field, *why; } remarks[SCAN_REMARKS];
	size_t remarks_n;
	char orgnr[24];			/* as written, printable, cut */
	int list;			/* field of the open list, RECORD_NONE */

	/* private */
	struct unit blank;
	unsigned char *seen;		/* per field: it has a value */
	struct buf text;
	struct { int field; size_t at; } *texts;
	size_t texts_n;
	size_t value_at;		/* where the string begins */
	size_t list_at;
	struct buf former[RECORD_FORMERS];	/* of one earlier name */
	struct json json;
};

void record_init(struct record *);
void record_free(struct record *);

void record_begin(struct record *);
/* The unit is whole.  Sets its kind (see scan_new()) and ${why} where it has no
 * number or is of another kind than asked for. */
void record_end(struct record *, enum unit_kind asked);

/* What kind of unit its class or legal form say it is; else ${asked}. */
enum unit_kind record_kind(const struct unit *, enum unit_kind asked);

/* It cannot be read; the first reason stands. */
void record_drop(struct record *, int field, const char *why);
/* Only this value cannot be read: the field stays absent. */
void record_remark(struct record *, int field, const char *why);
/* The same as record_drop(), if it has grown too long or ${len} is too much. */
void record_check(struct record *, size_t len);

struct buf *record_string(struct record *);
void record_string_end(struct record *);
/* The string that has been appended, not absent. */
size_t record_string_len(const struct record *);

/* Does a value of this field matter? Once dropped, only the number does. */
int record_wants(const struct record *, int field);
/* A value that is not absent. */
void record_scalar(struct record *, int field, enum value_kind, const char *text,
    size_t len);

/* A list is opened, has an element that is not null, is closed. */
enum record_element { RECORD_STRING, RECORD_SCALAR, RECORD_OBJECT, RECORD_ARRAY };
void record_list(struct record *, int field);
void record_element(struct record *, enum record_element);
void record_list_end(struct record *);

/* An earlier name, an object in the list of them: where the value of a key goes
 * (NULL: it is none of ours); and its end. */
struct buf *record_former(struct record *, const char *key, size_t len);
void record_former_end(struct record *);

#endif /* !PIPELINE_REGISTER_RECORD_H */
