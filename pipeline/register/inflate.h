#ifndef PIPELINE_REGISTER_INFLATE_H
#define PIPELINE_REGISTER_INFLATE_H

/*
 * inflate -- one gzip member (RFC 1952) by whichever library is there: ISA-L,
 * which is more than twice as fast, or zlib.  Both check the CRC and the length.
 *
 * Private to gunzip.c, which knows members, limits and files.
 */

#include <stddef.h>

enum inflate_with { INFLATE_BEST, INFLATE_ZLIB, INFLATE_ISAL };

enum inflate_status {
	INFLATE_MORE,		/* wants more input or more room */
	INFLATE_END,		/* the member is whole and its sums are right */
	INFLATE_BROKEN,		/* *${why} says what */
	INFLATE_MEMORY,
};

struct inflate {
	const unsigned char *in;	/* what is left of the input */
	size_t nin;
	unsigned char *out;		/* what is left of the room */
	size_t nout;
	const char *why;
	const struct inflate_kind *kind;	/* private */
	void *state;
};

/* What a library brings: see inflate_zlib.c. */
struct inflate_kind {
	const char *name;
	int (*start)(struct inflate *);		/* 0, or -1: no memory */
	void (*again)(struct inflate *);	/* another member */
	enum inflate_status (*run)(struct inflate *);
	void (*stop)(struct inflate *);
};

extern const struct inflate_kind inflate_zlib;
extern const struct inflate_kind *const inflate_isal;	/* NULL: not built in */

/* 0, or -1: no memory, or INFLATE_ISAL where it is not built in. */
int inflate_start(struct inflate *, enum inflate_with);
void inflate_again(struct inflate *);
enum inflate_status inflate_run(struct inflate *);
void inflate_stop(struct inflate *);		/* harmless if never started */

#endif /* !PIPELINE_REGISTER_INFLATE_H */
