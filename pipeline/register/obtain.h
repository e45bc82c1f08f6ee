#ifndef PIPELINE_REGISTER_OBTAIN_H
#define PIPELINE_REGISTER_OBTAIN_H

/*
 * obtain -- the file of an extract, wherever it comes from, as one open
 * descriptor with its hash and its date: what is hashed is what is read, even
 * if somebody puts another file under that name meanwhile.
 *
 * A local file is opened where it lies and left alone.  What can be read only
 * once (a URL, "-" for standard input, a pipe) goes to STATE/extracts/KIND.part
 * first, synced, and gets a name of its own with obtain_keep():
 *
 *	STATE/extracts/KIND-DATE-HASH.json.gz	12 digits of the SHA-256
 *
 * A killed run leaves KIND.part at most, which the next one removes.  A dry run
 * uses a file without a name instead.
 *
 *	    obtain()                 obtain_keep()            obtain_close()
 *	URL, - ----> KIND.part, open ------------> named, open -----------> named
 *	                  |                            |
 *	                  | obtain_close()             | obtain_forget()
 *	                  v                            v
 *	              nothing                   unnamed, then nothing
 */

#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/register/fetch.h"
#include "pipeline/store/world.h"

struct obtained {
	int fd;			/* at its beginning */
	int same;		/* what is in force, says its ETag: not fetched,
				 * no descriptor, hash or date */
	char source[512];	/* URL without user and password, "-", or the file's
				 * name without its folder */
	struct fetched http;	/* etag "" unless it was fetched */
	int64_t bytes;
	char sha256[65];	/* "": not known before it is read (obtain()) */
	int32_t date;		/* and what it rests on, for table extract */
	const char *basis;

	/* private */
	const char *kind;
	int part;		/* KIND.part is ours */
	int local;		/* a file that lies where it lay */
	char kept[128];		/* name in extracts, "" */
};

/* What is in force, to compare with. */
struct obtain_known {
	char source[512], etag[200];	/* "" where there is none */
	int64_t bytes;
	/* Called right before a URL is fetched, or NULL; ${modified} as HEAD has
	 * said, MOMENT_NONE where it was not asked or did not say. */
	void (*before)(void *ctx, int64_t modified);
	void *ctx;
};

/*
 * A local file of another size than what is in force is not read twice to tell
 * that it is another: its hash is for whoever reads it to fill in.
 *
 * ${from}: file, "-", file:// or URL.  ${date} DATE_NONE: from Last-Modified,
 * the file's time, or the clock, in this order.
 *
 * EX_NOINPUT: no such file, or a folder or device; EX_DATAERR: larger than
 * register.max_bytes, or where it is no gzip register.max_unpacked; EX_CANTCREAT or EX_NOPERM: STATE/extracts; fetch.h.
 * obtain_close() after either outcome.
 */
int obtain(const struct world *, const char *from, const char *kind,
    int32_t date, const struct obtain_known *, struct obtained *, struct err *);

/* A file that lies where it lay need be no gzip (gunzip_plain()); what the
 * register sends and what is kept always is. */
int obtain_may_be_plain(const struct obtained *);

/* The hash, where it is not known yet; the descriptor is at its beginning then. */
int obtain_hash(struct obtained *, struct err *);

/* Keep KIND.part; nothing to do for a local file and in a dry run.  Its time is
 * set to Last-Modified, so that it has the same date when it is loaded again. */
int obtain_keep(const struct world *, struct obtained *, struct err *);
/* The name in STATE/extracts it is kept under, or "". */
const char *obtain_kept(const struct obtained *);
/* It is not worth keeping after all. */
void obtain_forget(const struct world *, struct obtained *);

/* Remove old extracts of its kind, but this one (prune.h).  What cannot be
 * removed is said and stays. */
void obtain_prune(const struct world *, const struct obtained *);

void obtain_close(const struct world *, struct obtained *);

#endif /* !PIPELINE_REGISTER_OBTAIN_H */
