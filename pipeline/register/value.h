#ifndef PIPELINE_REGISTER_VALUE_H
#define PIPELINE_REGISTER_VALUE_H

/* value -- what one JSON value of the register means to a field of a unit. */

#include <stddef.h>

#include "pipeline/register/unit.h"

/* VALUE_OTHER: an object where none belongs, of no field's type. */
enum value_kind { VALUE_STRING, VALUE_NUMBER, VALUE_TRUE, VALUE_FALSE, VALUE_OTHER };

enum value_ret {
	VALUE_STORED,
	VALUE_TEXT,	/* right for a text field, which the caller keeps */
	VALUE_TYPE,	/* another JSON type than the field's */
	VALUE_MEANING	/* the right type, but *${why} (static, English) */
};

/*
 * Put into field ${f} of ${u} the decoded string or the number as written
 * (${text}, ${len}; not NUL-terminated), or true or false.  ${u} is untouched
 * unless VALUE_STORED.  A whole number may also stand in a string (the register
 * writes the year of accounts so) or end in ".0".
 */
enum value_ret value_store(struct unit *u, const struct unit_field *f,
    enum value_kind, const char *text, size_t len, const char **why);

/* The number as JSON wrote it, to the nearest double; 0 or -1 (too large, more
 * than 18 digits). */
int value_real(const char *text, size_t len, double *ret);

#endif /* !PIPELINE_REGISTER_VALUE_H */
