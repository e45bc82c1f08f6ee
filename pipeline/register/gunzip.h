#ifndef PIPELINE_REGISTER_GUNZIP_H
#define PIPELINE_REGISTER_GUNZIP_H

/*
 * gunzip -- a gzip file (RFC 1952), octet by octet as it was before, in
 * bounded memory.
 *
 * Several members behind one another are one file.  Each member's CRC-32 and
 * length are checked.  What is wrong is told apart, EX_DATAERR each:
 *
 *	"empty"					no octet at all
 *	"not gzip: begins with ..."		first two octets are not 1f 8b
 *	"truncated after N octets"		the file ends within a member
 *	"broken gzip data at octet N: ..."	does not unpack, CRC or length wrong
 *	"N octets or more behind the end"	something that is no further member
 *	"unpacks to more than N octets"		the limit; a bomb, or a wrong limit
 *
 * A wrong CRC and a truncated file show at the end only, after every octet has
 * been handed out: nothing that was read may count before gunzip_read() has
 * returned 0.
 *
 * ISA-L does the work where it is built in, else zlib (inflate.h).
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"
#include "pipeline/register/inflate.h"

struct gunzip;

/* Read from ${fd}, which stays the caller's, at most ${max} octets of output. */
struct gunzip *gunzip_new(int fd, int64_t max);
/* The same by a library that is named: for tests. */
struct gunzip *gunzip_with(int fd, int64_t max, enum inflate_with);
void gunzip_free(struct gunzip *);

/* A file that is no gzip, and begins as JSON or CSV does (with a bracket, a
 * quote, a letter, a blank or a byte order mark), is handed out as it is.  Where
 * it was cut, nothing here can tell. */
void gunzip_plain(struct gunzip *);

/* Show every octet of the file, as it is read, to ${fn} (a hash, say). */
void gunzip_tap(struct gunzip *, void (*fn)(void *ctx, const void *data,
    size_t len), void *ctx);

/* Up to ${len} octets into ${out}; their number, 0 at the good end of the
 * file, -1 on error, after which there is only gunzip_free(). */
int64_t gunzip_read(struct gunzip *, void *out, size_t len, struct err *);

/* Octets read from the file and handed out so far. */
int64_t gunzip_in(const struct gunzip *);
int64_t gunzip_out(const struct gunzip *);

#endif /* !PIPELINE_REGISTER_GUNZIP_H */
