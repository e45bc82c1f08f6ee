#ifndef PIPELINE_REQUEST_FORM_H
#define PIPELINE_REQUEST_FORM_H

/*
 * request_form -- what a request is called, where it lies, and what may stand
 * in it.  Shared by who hands in and who serves, so that both refuse the same.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

enum { REQUEST_WAITING = 20 };	/* requests of one asker at a time */

/* A new name: "20261125-053000-0123456789abcdef". */
void request_make_id(int64_t now, char id[static 64]);

/* From a file's name: NAME.ini with NAME of at most 60 letters, digits, '-'
 * and '_'.  0 with *${id}, or -1. */
int request_id(const char *name, char id[static 64]);

/* "FOLDER/SUB/NAME"; "" for SUB or NAME leaves it out.  The text is good until
 * the fourth call after this one. */
const char *request_path(const char *folder, const char *sub, const char *name);

/*
 * Read and check all that can be known without the register; what names a file
 * outside the text is a fault.  0 with *${study}, or -1 with the faults.
 */
int request_check(const struct world *, const char *name, const struct buf *text,
    struct study **study, struct study_faults *, struct err *);

#endif /* !PIPELINE_REQUEST_FORM_H */
