#ifndef PIPELINE_REGISTER_FETCH_H
#define PIPELINE_REGISTER_FETCH_H

/*
 * fetch -- a bulk file over HTTP (rules of the register, sections 3, 5, 9, 10).
 *
 * One attempt: after a failure the register wants hours, not seconds.  With
 * settings.resume a transfer that breaks off is taken up where it ended, four
 * times at most, after 1, 2, 4 and 8 seconds: by Range with If-Range, and only
 * where the rest has the ETag and begins at the octet that is wanted; the whole
 * file instead is taken from the beginning.  The body
 * goes to ${fd}; its length is held against Content-Length and
 * settings.max_bytes, its flow against settings.stall_timeout.  Certificates
 * are verified; at most five redirects, never from https to http; no automatic
 * decoding.  What has been written after a failure is worth nothing.
 *
 * EX_TEMPFAIL: could not be reached, stalled, cut short, 408, 429 or 5xx (with
 * the server's Retry-After in the text): later may do.  EX_UNAVAILABLE: 4xx,
 * redirects without end or to somewhere else than HTTP, no answer with a file.
 * EX_DATAERR: larger than allowed.  EX_USAGE: no HTTP address.  EX_CONFIG:
 * register.ca_file cannot be used.  EX_IOERR: writing failed.
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
    int fd, const struct talk *, struct fetched *, struct err *);

#endif /* !PIPELINE_REGISTER_FETCH_H */
