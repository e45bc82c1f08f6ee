/* sieve -- see sieve.h. */

#include <string.h>

#include "pipeline/contact/bounce.h"
#include "pipeline/contact/field.h"
#include "pipeline/contact/sieve.h"

enum { BOUNDS = 5 };		/* lines like boundaries, for each part allowed */

enum where { HEAD, PART_HEAD, BODY, COPY_BODY };

struct state {
	enum where where;
	int top;		/* HEAD is that of the mail itself */
	int keep;		/* the field that goes on */
	int typing;		/* ... and it is Content-Type */
	int is_message;		/* this head says message/rfc822 ... */
	int is_encoded;		/* ... in base64 or quoted-printable */
	int has_parts;		/* the mail's own says multipart or message */
	int first;		/* no line of this head yet */
	int received;		/* the mail's last station has been kept */
};

/* The length of the name if the line begins a header field, else 0. */
static size_t
field_name(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len && i < 100; i++) {
		if (s[i] == ':')
			return (i);
		if (s[i] <= ' ' || s[i] >= 0x7f)
			return (0);
	}
	return (0);
}

/* What Content-Type says; it may be folded. */
static void
note_type(struct state *st, const char *s, size_t len)
{
	const char *p;
	size_t n;

	if (st->top && (field_find(s, len, "multipart/") != NULL ||
	    field_find(s, len, "message/") != NULL))
		st->has_parts = 1;
	if ((p = field_find(s, len, "message/")) == NULL)
		return;
	p += strlen("message/");
	n = len - (size_t)(p - s);
	st->is_message = (field_starts(p, n, "rfc822") ||
	    field_starts(p, n, "global")) && (n == 6 || p[6] != '-');
}

static void
note_field(struct state *st, const char *s, size_t len, size_t name)
{

	st->typing = name == 12 && field_starts(s, len, "content-type");
	if (st->typing)
		note_type(st, s, len);
	else if (name == 25 && field_starts(s, len, "content-transfer-encoding"))
		st->is_encoded = field_find(s, len, "base64") != NULL ||
		    field_find(s, len, "quoted") != NULL;
}

static void
begin_head(struct state *st, enum where where, int top)
{

	st->where = where;
	st->top = top;
	st->typing = st->is_message = st->is_encoded = 0;
	st->keep = st->first = 1;
}

/* An empty line ends a head. */
static void
end_head(struct state *st)
{

	if (st->where == HEAD && !st->top)
		st->where = COPY_BODY;
	else if (st->is_message && !st->is_encoded)
		begin_head(st, HEAD, 0);
	else
		st->where = BODY;
}

/* Of the stations only the mail's own last one is asked for. */
static int
is_kept(struct state *st, const char *s, size_t name,
    int (*wanted)(const char *, size_t))
{

	if (st->where == PART_HEAD || st->first)
		return (1);
	if (name == 8 && field_starts(s, name, "received"))
		return (st->top && st->received++ == 0);
	return (wanted(s, name));
}

/* Is this line of a head for the short text? */
static int
head_line(struct state *st, const char *s, size_t n, size_t name,
    int (*wanted)(const char *, size_t))
{

	if (name > 0) {
		note_field(st, s, n, name);
		/* the first stays: it is where a message begins */
		st->keep = is_kept(st, s, name, wanted);
	} else if (s[0] != ' ' && s[0] != '\t')
		st->keep = 1;
	else if (st->typing)
		note_type(st, s, n);
	st->first = 0;
	return (st->keep);
}

static int
take_line(struct state *st, const char *s, size_t n, size_t name,
    int (*wanted)(const char *, size_t))
{

	if (n > 2 && s[0] == '-' && s[1] == '-' && st->has_parts &&
	    (st->where != HEAD || !st->top)) {
		begin_head(st, PART_HEAD, 0);
		return (1);
	}
	if (st->where == BODY || st->where == COPY_BODY)
		return (st->where == BODY);
	if (n > 0)
		return (head_line(st, s, n, name, wanted));
	end_head(st);
	return (1);
}

static void
put(char *text, size_t *at, const char *s, size_t n, int ends)
{

	memcpy(text + *at, s, n);
	*at += n;
	if (ends)
		text[(*at)++] = '\n';
}

static void
add_line(struct sieve *v, struct state *st, const char *s, size_t n, int ends,
    size_t name, int (*wanted)(const char *, size_t))
{

	if (st->where == HEAD && !st->top && st->first && n > 0 &&
	    v->ncopy < SIEVE_COPIES) {
		v->copy[v->ncopy].in_whole = v->nwhole;
		v->copy[v->ncopy++].in_shorter = v->nshorter;
	}
	put(v->whole, &v->nwhole, s, n, ends);
	if (take_line(st, s, n, name, wanted))
		put(v->shorter, &v->nshorter, s, n, ends);
}

static void
no_nul(char *s, size_t len)
{
	char *p = s, *end = s + len;

	while ((p = memchr(p, '\0', (size_t)(end - p))) != NULL)
		*p++ = '?';
}

void
sieve_mail(struct arena *mem, const char *mail, size_t len,
    const struct bounce_limits *limits, int (*wanted)(const char *, size_t),
    struct sieve *v)
{
	char nl = memchr(mail, '\n', len) == NULL &&
	    memchr(mail, '\r', len) != NULL ? '\r' : '\n';
	const char *s = mail, *end = mail + len, *e;
	size_t n, name, run = 0, field = 0, bounds = 0;
	struct state st;
	int drop;

	memset(v, 0, sizeof(*v));
	/* A line grows by no more than the newline that it had. */
	v->whole = arena_alloc(mem, len + 2);
	v->shorter = arena_alloc(mem, len + 2);
	memset(&st, 0, sizeof(st));
	begin_head(&st, HEAD, 1);
	while (s < end) {
		e = memchr(s, nl, (size_t)(end - s));
		n = e != NULL ? (size_t)(e - s) : (size_t)(end - s);
		while (nl == '\n' && n > 0 && s[n - 1] == '\r')
			n--;
		drop = 0;
		name = field_name(s, n);
		if (n == 0)
			run = field = 0;
		else if (name > 0) {
			run++;
			field = n;
		} else
			field += n;
		if (n > 0 && (run > limits->headers ||
		    (run > 0 && field > SIEVE_HEADER))) {
			v->limits |= BOUNCE_LIMIT_HEADERS;
			drop = 1;
			if (run <= limits->headers && field == n)
				/* its first line: the head of it is kept */
				add_line(v, &st, s, SIEVE_HEADER, 1, name, wanted);
		}
		if (n > 2 && s[0] == '-' && s[1] == '-' && s[2] != '-' &&
		    ++bounds > BOUNDS * limits->parts) {
			v->limits |= BOUNCE_LIMIT_PARTS;
			drop = 1;
		}
		if (!drop)
			add_line(v, &st, s, n, e != NULL, name, wanted);
		s = e != NULL ? e + 1 : end;
	}
	no_nul(v->whole, v->nwhole);
	no_nul(v->shorter, v->nshorter);
	v->whole[v->nwhole] = v->shorter[v->nshorter] = '\0';
}

size_t
sieve_origin(const struct sieve *v, size_t at)
{
	size_t i;

	/* A "From " line may stand in front of the first field. */
	for (i = v->ncopy; i > 0; i--)
		if (v->copy[i - 1].in_shorter <= at)
			return (at - v->copy[i - 1].in_shorter < 1000 ?
			    v->copy[i - 1].in_whole : 0);
	return (0);
}
