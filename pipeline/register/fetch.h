#ifndef PIPELINE_REGISTER_FETCH_H
#define PIPELINE_REGISTER_FETCH_H

/*
 * fetch -- a bulk file over HTTP (facts of the register, sections 3, 5, 9, 10).
 *
 * One attempt: after a failure the register wants hours, not seconds.  The body
 * goes to ${path}, synced; its length is held against Content-Length and
 * settings.max_bytes, its flow against settings.stall_timeout.  Certificates
 * are verified; at most five redirects; no automatic decoding.  A failure
 * leaves no file.
 *
 * EX_TEMPFAIL: could not be reached, stalled, cut short, 429 or 5xx: later may
 * do.  EX_UNAVAILABLE: 4xx.  EX_DATAERR: larger than allowed.  EX_USAGE: no
 * HTTP address.
 */

#include <stdint.h>

#include "config/settings.h"
#include "pipeline/base/err.h"
#include "pipeline/base/talk.h"

struct fetched {
	char etag[200];		/* as sent, "" if none */
	int64_t modified;	/* moment of Last-Modified, MOMENT_NONE */
	int64_t bytes;
};

/* HEAD alone: ${etag} and ${modified}.  ${kind} names the media type. */
int fetch_head(const struct settings *, const char *url, const char *kind,
    struct fetched *, struct err *);
int fetch_file(const struct settings *, const char *url, const char *kind,
    const char *path, const struct talk *, struct fetched *, struct err *);

#endif /* !PIPELINE_REGISTER_FETCH_H */
