#ifndef PIPELINE_REQUEST_H
#define PIPELINE_REQUEST_H

/*
 * request -- a researcher who cannot read the state asks for a frame.
 *
 * SPOOL is a folder that the group may write (settings.requests, 03770: what
 * is handed in cannot be removed or read by others); request_hand_in() puts
 * one study file there, whole or not at all.  request_serve() takes them in
 * order: owner of the file = asker; checks it, frames, draws where the file
 * says so, and lays the result in RESULTS/ID (0700, readable by the asker's
 * account through an access control list and by nobody else): answer.txt with
 * what was done or why not, frame.csv, sample.csv, funnel.txt, record.json.
 *
 * A request cannot name files, commands or settings outside its own text:
 * lists, exclusion files and templates are refused; its study belongs to the
 * asker, and nobody else's can be changed by it.  Links, other file kinds and
 * files over settings.request_max are refused.  Served requests move to
 * SPOOL/done; killed anywhere and run again, the same answer is laid out.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/json.h"
#include "pipeline/store/world.h"

/* Without a database: world->db is NULL.  *${id}: the request's name. */
int request_hand_in(const struct world *, const char *path, char id[static 64],
    struct err *);

struct request_result {
	int64_t served, refused, left;
};
int request_serve(const struct world *, struct request_result *, struct err *);

/* What waits and what was answered: the asker's own, all for ${all}. */
int request_list(const struct world *, int as_json, struct buf *out,
    struct err *);

#endif /* !PIPELINE_REQUEST_H */
