#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/mem.h"
#include "pipeline/register/inflate.h"

#include "pipeline/register/gunzip.h"

enum { IN_SIZE = 64 * 1024 };

/*
 *	START ---two octets 1f 8b---> MEMBER ---trailer right---> BETWEEN
 *					^			   |   |
 *					+------1f 8b---------------+   +--no more--> END
 *
 *	START ---neither, and plain is allowed---> PLAIN
 */
enum state { START, MEMBER, BETWEEN, PLAIN, END };

struct gunzip {
	int fd;
	int64_t max, in, out;
	enum state state;
	int plain;			/* is allowed */
	int eof;
	int inflating;			/* z has been started */
	enum inflate_with with;
	struct inflate z;
	void (*tap)(void *, const void *, size_t);
	void *tap_ctx;
	unsigned char buf[IN_SIZE];
};

struct gunzip *
gunzip_with(int fd, int64_t max, enum inflate_with with)
{
	struct gunzip *g = mem_alloc(sizeof(*g));

	g->fd = fd;
	g->max = max;
	g->state = START;
	g->with = with;
	g->z.in = g->buf;
	return g;
}

struct gunzip *
gunzip_new(int fd, int64_t max)
{
	return gunzip_with(fd, max, INFLATE_BEST);
}

void
gunzip_free(struct gunzip *g)
{
	if (g == NULL)
		return;
	inflate_stop(&g->z);
	free(g);
}

void
gunzip_tap(struct gunzip *g, void (*fn)(void *, const void *, size_t), void *ctx)
{
	g->tap = fn;
	g->tap_ctx = ctx;
}

void
gunzip_plain(struct gunzip *g)
{
	g->plain = 1;
}

int64_t
gunzip_in(const struct gunzip *g)
{
	return g->in;
}

int64_t
gunzip_out(const struct gunzip *g)
{
	return g->out;
}

/* At least ${want} octets in the buffer, or all there are. */
static int
fill(struct gunzip *g, size_t want, struct err *err)
{
	if (g->z.nin >= want || g->eof)
		return 0;
	memmove(g->buf, g->z.in, g->z.nin);
	g->z.in = g->buf;
	while (g->z.nin < want) {
		ssize_t n = read(g->fd, g->buf + g->z.nin,
		    sizeof(g->buf) - g->z.nin);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "read");
		if (n == 0) {
			g->eof = 1;
			break;
		}
		if (g->tap != NULL)
			g->tap(g->tap_ctx, g->buf + g->z.nin, (size_t)n);
		g->z.nin += (size_t)n;
		g->in += n;
	}
	return 0;
}

static int64_t
at(const struct gunzip *g)
{
	return g->in - (int64_t)g->z.nin;
}

static int
not_gzip(const struct gunzip *g, struct err *err)
{
	char begin[5];
	size_t i;

	for (i = 0; i < g->z.nin && i < sizeof(begin) - 1; i++) {
		unsigned char c = g->z.in[i];

		if (c < 0x20 || c > 0x7e)
			break;
		begin[i] = (char)c;
	}
	begin[i] = '\0';
	if (i == 0)
		return err_set(err, EX_DATAERR,
		    "not gzip: begins with octet %02x", g->z.in[0]);
	return err_set(err, EX_DATAERR, "not gzip: begins with \"%s\"", begin);
}

/* The beginning of JSON or CSV? */
static int
is_plain(const struct gunzip *g)
{
	unsigned char c = g->z.nin > 0 ? g->z.in[0] : 0, low = c | 0x20;

	return c == '[' || c == '"' || (low >= 'a' && low <= 'z') || c == ' ' ||
	    c == '\t' || c == '\r' || c == '\n' ||
	    (g->z.nin >= 3 && memcmp(g->z.in, "\xef\xbb\xbf", 3) == 0);
}

/* Before a member: is there one? */
static int
begin(struct gunzip *g, struct err *err)
{
	if (fill(g, g->state == START ? 3 : 2, err) != 0)
		return -1;
	if (g->state == START && g->plain && is_plain(g)) {
		g->state = PLAIN;
		return 0;
	}
	if (g->z.nin == 0) {
		if (g->state == START)
			return err_set(err, EX_DATAERR, "empty");
		g->state = END;
		return 0;
	}
	if (g->z.nin == 1 && g->z.in[0] == 0x1f)
		return err_set(err, EX_DATAERR,
		    "truncated after %" PRId64 " octets", g->in);
	if (g->z.nin < 2 || g->z.in[0] != 0x1f ||
	    g->z.in[1] != 0x8b) {
		if (g->state == START)
			return not_gzip(g, err);
		return err_set(err, EX_DATAERR,
		    "%zu octets or more behind the end, at octet %" PRId64,
		    g->z.nin, at(g));
	}
	if (!g->inflating && inflate_start(&g->z, g->with) != 0)
		return err_set(err, EX_OSERR, "the inflater does not start");
	g->inflating = 1;
	if (g->state == BETWEEN)
		inflate_again(&g->z);
	g->state = MEMBER;
	return 0;
}

/* As much as is there: its number, or 0 at the end. */
static int64_t
read_plain(struct gunzip *g, void *out, size_t room, int probe, struct err *err)
{
	size_t n;

	if (fill(g, 1, err) != 0)
		return -1;
	n = g->z.nin < room ? g->z.nin : room;
	if (n > 0 && probe)
		return err_set(err, EX_DATAERR, "is of more than %" PRId64 " octets",
		    g->max);
	if (n > 0)
		memcpy(out, g->z.in, n);
	g->z.in += n;
	g->z.nin -= n;
	g->out += (int64_t)n;
	return (int64_t)n;
}

int64_t
gunzip_read(struct gunzip *g, void *out, size_t len, struct err *err)
{
	unsigned char one;
	size_t room = len < INT_MAX ? len : INT_MAX;
	int probe = 0;

	if (len == 0)
		return 0;
	if ((int64_t)room > g->max - g->out)
		room = (size_t)(g->max - g->out);
	/* At the limit the file may still end: one octet more would be a bomb. */
	if (room == 0) {
		probe = 1;
		out = &one;
		room = 1;
	}
	for (;;) {
		enum inflate_status status;
		size_t got;

		if (g->state == START || g->state == BETWEEN)
			if (begin(g, err) != 0)
				return -1;
		if (g->state == END)
			return 0;
		if (g->state == PLAIN)
			return read_plain(g, out, room, probe, err);
		if (fill(g, 1, err) != 0)
			return -1;
		g->z.out = out;
		g->z.nout = room;
		status = inflate_run(&g->z);
		got = room - g->z.nout;
		if (status == INFLATE_END)
			g->state = BETWEEN;
		else if (status == INFLATE_MEMORY)
			return err_set(err, EX_OSERR, "inflate: out of memory");
		else if (status == INFLATE_BROKEN)
			return err_set(err, EX_DATAERR,
			    "broken gzip data at octet %" PRId64 ": %s", at(g),
			    g->z.why);
		if (got > 0 && probe)
			return err_set(err, EX_DATAERR,
			    "unpacks to more than %" PRId64 " octets", g->max);
		if (got > 0) {
			g->out += (int64_t)got;
			return (int64_t)got;
		}
		if (g->state == MEMBER && g->z.nin == 0 && g->eof)
			return err_set(err, EX_DATAERR,
			    "truncated after %" PRId64 " octets", g->in);
	}
}
