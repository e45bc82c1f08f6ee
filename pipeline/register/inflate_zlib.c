#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#include <zlib.h>

#include "pipeline/base/mem.h"

#include "pipeline/register/inflate.h"

static int
start(struct inflate *i)
{
	z_stream *z = mem_alloc(sizeof(*z));

	i->state = z;
	/* 16: a gzip wrapper and no other; zlib checks the trailer */
	return inflateInit2(z, 16 + MAX_WBITS) == Z_OK ? 0 : -1;
}

static void
again(struct inflate *i)
{
	(void)inflateReset(i->state);
}

static uInt
at_most(size_t n)
{
	return n < INT_MAX ? (uInt)n : INT_MAX;
}

static enum inflate_status
run(struct inflate *i)
{
	z_stream *z = i->state;
	uInt in = at_most(i->nin), out = at_most(i->nout);
	int status;

	/* zlib takes no pointer to const, and writes to none */
	z->next_in = (Bytef *)(uintptr_t)i->in;
	z->avail_in = in;
	z->next_out = i->out;
	z->avail_out = out;
	status = inflate(z, Z_NO_FLUSH);
	i->in += in - z->avail_in;
	i->nin -= in - z->avail_in;
	i->out += out - z->avail_out;
	i->nout -= out - z->avail_out;
	switch (status) {
	case Z_STREAM_END:
		return INFLATE_END;
	case Z_OK:
	case Z_BUF_ERROR:
		return INFLATE_MORE;
	case Z_MEM_ERROR:
		return INFLATE_MEMORY;
	default:
		i->why = z->msg != NULL ? z->msg : "a dictionary is asked for";
		return INFLATE_BROKEN;
	}
}

static void
stop(struct inflate *i)
{
	inflateEnd(i->state);
	free(i->state);
}

const struct inflate_kind inflate_zlib = { "zlib", start, again, run, stop };
