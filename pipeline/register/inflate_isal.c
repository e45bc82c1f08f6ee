#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#include "pipeline/base/mem.h"

#include "pipeline/register/inflate.h"

#ifdef HAVE_ISAL

#include <isa-l/igzip_lib.h>

/*
 * The member's header is read here (RFC 1952, 2.3): ISA-L 2.30 forgets its
 * flags where the input ends within it.  The header's own CRC, which hardly
 * anybody writes, is read over.  The deflate data and the trailer,
 * CRC and length, are ISA-L's.
 */
enum part { FIXED, EXTRA_LEN, EXTRA, NAME, COMMENT, HEADER_CRC, DATA };
enum { FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16, RESERVED = 0xe0 };

struct both {
	struct inflate_state isal;
	enum part part;
	unsigned flags;
	size_t have;		/* octets of the part that have been read */
	unsigned extra;		/* length of the extra field */
};

static void
set(struct both *b)
{
	b->isal.crc_flag = ISAL_GZIP_NO_HDR_VER;
	b->part = FIXED;
	b->have = 0;
	b->extra = 0;
}

static int
start(struct inflate *i)
{
	struct both *b = mem_alloc(sizeof(*b));

	i->state = b;
	isal_inflate_init(&b->isal);
	set(b);
	return 0;
}

static void
again(struct inflate *i)
{
	struct both *b = i->state;

	isal_inflate_reset(&b->isal);
	set(b);
}

static void
next_part(struct both *b)
{
	static const unsigned wants[] = { [EXTRA_LEN] = FEXTRA, [EXTRA] = FEXTRA,
		[NAME] = FNAME, [COMMENT] = FCOMMENT, [HEADER_CRC] = FHCRC };

	b->have = 0;
	do
		b->part++;
	while (b->part < DATA && (b->flags & wants[b->part]) == 0);
	if (b->part == EXTRA && b->extra == 0)
		next_part(b);
}

/* The ten octets that every header has.  NULL, or what is wrong. */
static const char *
fixed_octet(struct both *b, unsigned char c)
{
	switch (b->have++) {
	case 0:
		return c == 0x1f ? NULL : "incorrect header check";
	case 1:
		return c == 0x8b ? NULL : "incorrect header check";
	case 2:
		return c == 8 ? NULL : "unknown compression method";
	case 3:
		b->flags = c;
		return (c & RESERVED) == 0 ? NULL : "unknown header flags set";
	case 9:
		next_part(b);
		return NULL;
	default:
		return NULL;
	}
}

static const char *
header_octet(struct both *b, unsigned char c)
{
	switch (b->part) {
	case FIXED:
		return fixed_octet(b, c);
	case EXTRA_LEN:
		b->extra |= (unsigned)c << (8 * b->have++);
		if (b->have == 2)
			next_part(b);
		break;
	case EXTRA:
		if (++b->have == b->extra)
			next_part(b);
		break;
	case NAME:
	case COMMENT:
		if (c == '\0')
			next_part(b);
		break;
	case HEADER_CRC:
		if (++b->have == 2)
			next_part(b);
		break;
	case DATA:
		break;
	}
	return NULL;
}

static enum inflate_status
read_header(struct inflate *i, struct both *b)
{
	while (b->part < DATA && i->nin > 0) {
		i->why = header_octet(b, *i->in);
		if (i->why != NULL)
			return INFLATE_BROKEN;
		i->in++;
		i->nin--;
	}
	return INFLATE_MORE;
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
	struct both *b = i->state;
	struct inflate_state *s = &b->isal;
	uint32_t in, out;
	int code;

	if (b->part < DATA && (read_header(i, b) == INFLATE_BROKEN || b->part < DATA))
		return i->why != NULL ? INFLATE_BROKEN : INFLATE_MORE;
	in = at_most(i->nin);
	out = at_most(i->nout);
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
