#ifndef PIPELINE_BASE_JSON_H
#define PIPELINE_BASE_JSON_H

/*
 * json -- writes JSON (RFC 8259) into a buf.  Commas and colons are put where
 * they belong; strings are cleaned to valid UTF-8 and escaped; a NULL string
 * is null; a number that is no number (NaN) is null.  Nesting at most 32.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"

struct json {
	struct buf *out;
	int depth;
	int pretty;		/* newline and two blanks a level */
	unsigned char first[33];	/* nothing inside this level yet */
	unsigned char object[33];	/* this level is an object */
	int after_key;
};

void json_begin(struct json *, struct buf *out, int pretty);
void json_object(struct json *);
void json_array(struct json *);
void json_end(struct json *);			/* closes the innermost */
void json_key(struct json *, const char *key);
void json_str(struct json *, const char *s);
void json_strn(struct json *, const char *s, size_t len);
void json_int(struct json *, int64_t);
void json_real(struct json *, double);		/* shortest that reads back equal */
void json_bool(struct json *, int);
void json_null(struct json *);

/* key and value in one */
void json_kstr(struct json *, const char *key, const char *s);
void json_kint(struct json *, const char *key, int64_t);
void json_kreal(struct json *, const char *key, double);
void json_kbool(struct json *, const char *key, int);

#endif /* !PIPELINE_BASE_JSON_H */
