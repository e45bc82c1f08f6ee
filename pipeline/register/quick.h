#ifndef PIPELINE_REGISTER_QUICK_H
#define PIPELINE_REGISTER_QUICK_H

/*
 * quick -- units of an extract that lie whole in memory and hold nothing
 * remarkable, at several times the speed of the lexer.
 *
 * The lexer, record and value (lex.h, record.h, value.h) are the authority on
 * what a unit is.  quick_unit() either returns the unit that they would give,
 * with neither a fault nor a remark, or says nothing, and they must read it.
 * It says nothing of a unit that is not JSON, has a value of another type or
 * without meaning, a key twice, an escape \u, no number or another kind than
 * asked for; that is longer than QUICK_MAX, nested deeper than QUICK_DEPTH, or
 * does not end QUICK_SLACK octets before the end of what lies in memory.
 * So nothing is lost if it gives up too often, but time.
 *
 * Where octets are looked at together, see span.h.  Which key comes next is
 * guessed from the units before; a wrong guess costs a look into keys.h.
 */

#include <stddef.h>

#include "pipeline/register/unit.h"

enum { QUICK_MAX = 1 << 16, QUICK_SLACK = 96, QUICK_DEPTH = 16 };

struct quick;
struct quick *quick_new(enum unit_kind asked);
void quick_free(struct quick *);

/*
 * ${p} is at the opening brace.  Returns where the unit ends, behind its closing
 * brace, with the unit in *${ret} (its texts and itself good until the next
 * call) and the number of line feeds in it added to *${lines}; or NULL.
 */
const char *quick_unit(struct quick *, const char *p, const char *end,
    const struct unit **ret, size_t *lines);

/* White space of JSON from ${p} on: where it ends; line feeds as above. */
const char *quick_blanks(const char *p, const char *end, size_t *lines);

#endif /* !PIPELINE_REGISTER_QUICK_H */
