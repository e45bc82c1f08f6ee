#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#include "pipeline/base/mem.h"

#include "pipeline/register/inflate.h"

#ifdef HAVE_ISAL

#include <isa-l/igzip_lib.h>

static int
start(struct inflate *i)
{
	struct inflate_state *s = mem_alloc(sizeof(*s));

	i->state = s;
	isal_inflate_init(s);
	s->crc_flag = ISAL_GZIP;
	return 0;
}

static void
again(struct inflate *i)
{
	struct inflate_state *s = i->state;

	isal_inflate_reset(s);
	s->crc_flag = ISAL_GZIP;
}

static uint32_t
at_most(size_t n)
{
	return n < INT_MAX ? (uint32_t)n : INT_MAX;
}

static const char *
words(int code)
{
	switch (code) {
	case ISAL_INCORRECT_CHECKSUM:
		return "incorrect data check";
	case ISAL_INVALID_WRAPPER:
		return "incorrect header check";
	case ISAL_UNSUPPORTED_METHOD:
		return "unknown compression method";
	case ISAL_NEED_DICT:
		return "a dictionary is asked for";
	case ISAL_INVALID_LOOKBACK:
		return "invalid distance too far back";
	default:
		return "invalid block or code";
	}
}

static enum inflate_status
run(struct inflate *i)
{
	struct inflate_state *s = i->state;
	uint32_t in = at_most(i->nin), out = at_most(i->nout);
	int code;

	/* it takes no pointer to const, and writes to none */
	s->next_in = (uint8_t *)(uintptr_t)i->in;
	s->avail_in = in;
	s->next_out = i->out;
	s->avail_out = out;
	code = isal_inflate(s);
	i->in += in - s->avail_in;
	i->nin -= in - s->avail_in;
	i->out += out - s->avail_out;
	i->nout -= out - s->avail_out;
	if (code != ISAL_DECOMP_OK && code != ISAL_END_INPUT) {
		i->why = words(code);
		return INFLATE_BROKEN;
	}
	return s->block_state == ISAL_BLOCK_FINISH ? INFLATE_END : INFLATE_MORE;
}

static void
stop(struct inflate *i)
{
	free(i->state);
}

static const struct inflate_kind isal = { "ISA-L", start, again, run, stop };

const struct inflate_kind *const inflate_isal = &isal;

#else

const struct inflate_kind *const inflate_isal = NULL;

#endif
