#include <string.h>

#include "pipeline/base/utf8.h"

#include "pipeline/register/lex.h"

/* What may come next. */
enum want {
	W_BEGIN,	/* the one value, or a byte order mark */
	W_VALUE,
	W_VALUE_OR_END,	/* [ was read */
	W_KEY,
	W_KEY_OR_END,	/* { was read */
	W_COLON,
	W_NEXT,		/* comma or closing bracket */
	W_NOTHING
};

/* What the next octet is in the middle of. */
enum token { T_NONE, T_STRING, T_ESCAPE, T_HEX, T_NUMBER, T_WORD, T_BOM };

enum number { N_MINUS, N_ZERO, N_INT, N_POINT, N_FRAC, N_E, N_SIGN, N_EXP };

void
lex_begin(struct lex *l, const struct lex_to *to)
{
	memset(l, 0, sizeof(*l));
	l->to = to;
	l->line = 1;
	l->want = W_BEGIN;
	l->token = T_NONE;
}

static int
bad(const struct lex *l, struct err *err, const char *what)
{
	return err_set(err, EX_DATAERR, "not JSON: line %zu: %s", l->line, what);
}

static int
unexpected(const struct lex *l, unsigned char c, struct err *err)
{
	static const char *const wanted[] = {
		[W_BEGIN] = "a value",
		[W_VALUE] = "a value",
		[W_VALUE_OR_END] = "a value or ]",
		[W_KEY] = "a key in quotes",
		[W_KEY_OR_END] = "a key in quotes or }",
		[W_COLON] = "a colon",
		[W_NEXT] = "a comma or a closing bracket",
		[W_NOTHING] = "nothing more",
	};

	if (c >= 0x20 && c < 0x7f)
		return err_set(err, EX_DATAERR,
		    "not JSON: line %zu: there is '%c' where %s should be",
		    l->line, c, wanted[l->want]);
	return err_set(err, EX_DATAERR,
	    "not JSON: line %zu: there is octet %02x where %s should be",
	    l->line, c, wanted[l->want]);
}

/* --- strings -------------------------------------------------------------- */

static int
is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\' && c < 0x80;
}

#define ONES	UINT64_C(0x0101010101010101)
#define HIGHS	UINT64_C(0x8080808080808080)

/* Which octets of a word are not plain: the high bit of each, in the order of
 * memory from the lowest on.  The sums cannot miss one; they may see one too
 * many, but only behind a true one, whose borrow it is. */
static uint64_t
not_plain(const unsigned char *p)
{
	uint64_t w, quote, slash;

	memcpy(&w, p, 8);
	quote = w ^ ONES * '"';
	slash = w ^ ONES * '\\';
	return (w | (w - ONES * 0x20) | (quote - ONES) | (slash - ONES)) & HIGHS;
}

/* The first octet from ${p} on that is not plain. */
static const unsigned char *
plain(const unsigned char *p, const unsigned char *end)
{
	for (; end - p >= 8; p += 8) {
		uint64_t hits = not_plain(p);

		if (hits == 0)
			continue;
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		return p + (__builtin_ctzll(hits) >> 3);
#else
		break;
#endif
	}
	while (p < end && is_plain(*p))
		p++;
	return p;
}

static void
put(struct lex *l, const void *data, size_t len)
{
	if (l->is_key) {
		size_t room = sizeof(l->buf) - l->len;

		if (len > room)
			len = room;
		memcpy(l->buf + l->len, data, len);
		l->len += len;
	} else if (l->text != NULL)
		buf_add(l->text, data, len);
}

static void
put_code_point(struct lex *l, uint32_t cp)
{
	char room[8];
	struct buf b = { room, 0, sizeof(room), sizeof(room) - 1, 0 };

	utf8_put(&b, cp);
	put(l, b.data, b.len);
}

/* The first half of a pair was not followed by the second. */
static void
widow(struct lex *l)
{
	if (l->high == 0)
		return;
	l->high = 0;
	l->flaws |= LEX_SURROGATE;
	put_code_point(l, 0xfffd);
}

/* The first octet of a character beyond ASCII: how many follow, and the bounds
 * of the first of them (RFC 3629, section 4).  -1: no such octet. */
static int
utf8_first(struct lex *l, unsigned char c)
{
	l->low = 0x80;
	l->top = 0xbf;
	if (c >= 0xc2 && c <= 0xdf) {
		l->more = 1;
	} else if (c >= 0xe0 && c <= 0xef) {
		l->more = 2;
		if (c == 0xe0)
			l->low = 0xa0;
		if (c == 0xed)
			l->top = 0x9f;
	} else if (c >= 0xf0 && c <= 0xf4) {
		l->more = 3;
		if (c == 0xf0)
			l->low = 0x90;
		if (c == 0xf4)
			l->top = 0x8f;
	} else
		return -1;
	return 0;
}

static int
string_done(struct lex *l)
{
	int ret;

	widow(l);
	l->token = T_NONE;
	if (l->is_key) {
		l->want = W_COLON;
		ret = l->to->key(l->to->ctx, l->buf, l->len);
		l->is_key = 0;
		l->len = 0;
		return ret;
	}
	l->text = NULL;
	l->want = l->depth == 0 ? W_NOTHING : W_NEXT;
	return l->to->string_end(l->to->ctx, l->flaws);
}

/*
 * The whole of a string without escapes or letters beyond ASCII, as nearly all
 * are, if it ends in this piece: ${p} is behind its opening quote.  Returns
 * where it ends, ${p} itself if it must be read step by step, NULL on error.
 */
static const unsigned char *
whole_string(struct lex *l, const unsigned char *p, const unsigned char *end)
{
	const unsigned char *q = plain(p, end);
	size_t len = (size_t)(q - p);
	int ret;

	if (q == end || *q != '"')
		return p;
	l->token = T_NONE;
	if (l->is_key) {
		l->is_key = 0;
		l->want = W_COLON;
		ret = l->to->key(l->to->ctx, (const char *)p,
		    len < LEX_KEY ? len : LEX_KEY);
	} else {
		if (l->text != NULL)
			buf_add(l->text, p, len);
		l->text = NULL;
		l->want = l->depth == 0 ? W_NOTHING : W_NEXT;
		ret = l->to->string_end(l->to->ctx, 0);
	}
	return ret == 0 ? q + 1 : NULL;
}

/* From ${p}, inside a string, to its end, to an escape or to the end of the
 * piece.  Returns where it stopped, NULL on error. */
static const unsigned char *
in_string(struct lex *l, const unsigned char *p, const unsigned char *end,
    struct err *err)
{
	const unsigned char *run = p;

	for (;;) {
		if (l->more == 0)
			p = plain(p, end);
		if (p == end) {
			break;
		} else if (l->more > 0) {
			if (*p < l->low || *p > l->top) {
				bad(l, err, "malformed UTF-8");
				return NULL;
			}
			l->low = 0x80;
			l->top = 0xbf;
			l->more--;
		} else if (*p == '"' || *p == '\\') {
			break;
		} else if (*p < 0x20) {
			bad(l, err, "a control character in a string");
			return NULL;
		} else if (utf8_first(l, *p) != 0) {
			bad(l, err, "malformed UTF-8");
			return NULL;
		}
		p++;
	}
	if (p > run) {
		widow(l);
		put(l, run, (size_t)(p - run));
	}
	if (p == end)
		return p;
	if (*p == '"')
		return string_done(l) == 0 ? p + 1 : NULL;
	l->token = T_ESCAPE;
	return p + 1;
}

static int
escape(struct lex *l, unsigned char c, struct err *err)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *f;

	if (c == 'u') {
		l->token = T_HEX;
		l->hex = 0;
		l->hexes = 0;
		return 0;
	}
	if (c == '\0' || (f = strchr(from, c)) == NULL)
		return bad(l, err, "an escape that is none");
	widow(l);
	put(l, &to[f - from], 1);
	l->token = T_STRING;
	return 0;
}

/* Four digits of \u are there. */
static void
escaped(struct lex *l, uint32_t cp)
{
	l->token = T_STRING;
	if (cp >= 0xdc00 && cp <= 0xdfff && l->high != 0) {
		put_code_point(l, 0x10000 + ((l->high - 0xd800) << 10) + (cp - 0xdc00));
		l->high = 0;
		return;
	}
	widow(l);
	if (cp >= 0xd800 && cp <= 0xdbff) {
		l->high = cp;
	} else if (cp >= 0xdc00 && cp <= 0xdfff) {
		l->high = cp;	/* a second half alone: as good as widowed */
		widow(l);
	} else if (cp == 0) {
		l->flaws |= LEX_NUL;
		put_code_point(l, 0xfffd);
	} else
		put_code_point(l, cp);
}

static int
hex(struct lex *l, unsigned char c, struct err *err)
{
	uint32_t v;

	if (c >= '0' && c <= '9')
		v = c - '0';
	else if (c >= 'a' && c <= 'f')
		v = c - 'a' + 10u;
	else if (c >= 'A' && c <= 'F')
		v = c - 'A' + 10u;
	else
		return bad(l, err, "an escape that is none");
	l->hex = l->hex << 4 | v;
	if (++l->hexes == 4)
		escaped(l, l->hex);
	return 0;
}

/* --- numbers and words ---------------------------------------------------- */

/* The state of a number after one more octet, or -1: it does not belong. */
static int
number_step(int state, unsigned char c)
{
	int digit = c >= '0' && c <= '9', e = c == 'e' || c == 'E';

	switch ((enum number)state) {
	case N_MINUS:
		return c == '0' ? N_ZERO : digit ? N_INT : -1;
	case N_ZERO:
		return c == '.' ? N_POINT : e ? N_E : -1;
	case N_INT:
		return digit ? N_INT : c == '.' ? N_POINT : e ? N_E : -1;
	case N_POINT:
	case N_FRAC:
		if (digit)
			return N_FRAC;
		return state == N_FRAC && e ? N_E : -1;
	case N_E:
		if (c == '+' || c == '-')
			return N_SIGN;
		return digit ? N_EXP : -1;
	case N_SIGN:
	case N_EXP:
		return digit ? N_EXP : -1;
	}
	return -1;
}

static int
number_done(struct lex *l, struct err *err)
{
	size_t len = l->len;

	if (l->number != N_ZERO && l->number != N_INT && l->number != N_FRAC &&
	    l->number != N_EXP)
		return bad(l, err, "a number that is none");
	l->token = T_NONE;
	l->want = l->depth == 0 ? W_NOTHING : W_NEXT;
	l->len = 0;
	return l->to->number(l->to->ctx, l->buf, len);
}

static const unsigned char *
in_number(struct lex *l, const unsigned char *p, const unsigned char *end,
    struct err *err)
{
	int next;

	for (; p < end && (next = number_step(l->number, *p)) >= 0; p++) {
		l->number = next;
		if (l->len < LEX_NUMBER)
			l->buf[l->len++] = (char)*p;
	}
	if (p < end && number_done(l, err) != 0)
		return NULL;
	return p;
}

/* --- structure ------------------------------------------------------------ */

static int
open_bracket(struct lex *l, int object, struct err *err)
{
	if (l->depth == LEX_DEPTH)
		return bad(l, err, "nested too deep");
	l->objects &= ~(UINT64_C(1) << l->depth);
	l->objects |= (uint64_t)object << l->depth;
	l->depth++;
	l->want = object ? W_KEY_OR_END : W_VALUE_OR_END;
	return l->to->open(l->to->ctx, object);
}

static int
in_object(const struct lex *l)
{
	return (l->objects >> (l->depth - 1) & 1) != 0;
}

static int
close_bracket(struct lex *l, unsigned char c, struct err *err)
{
	if (in_object(l) != (c == '}'))
		return bad(l, err, "a bracket is closed by the other kind");
	if (l->to->close(l->to->ctx) != 0)
		return -1;
	l->depth--;
	l->want = l->depth == 0 ? W_NOTHING : W_NEXT;
	return 0;
}

static int
begin_value(struct lex *l, unsigned char c, struct err *err)
{
	switch (c) {
	case '{':
	case '[':
		return open_bracket(l, c == '{', err);
	case '"':
		l->token = T_STRING;
		l->flaws = 0;
		l->text = NULL;
		return l->to->string(l->to->ctx, &l->text);
	case 't':
		l->word = "true";
		break;
	case 'f':
		l->word = "false";
		break;
	case 'n':
		l->word = "null";
		break;
	default:
		if (c != '-' && (c < '0' || c > '9'))
			return unexpected(l, c, err);
		l->token = T_NUMBER;
		l->number = c == '-' ? N_MINUS : c == '0' ? N_ZERO : N_INT;
		l->buf[0] = (char)c;
		l->len = 1;
		return 0;
	}
	l->token = T_WORD;
	l->buf[0] = (char)c;
	l->len = 1;
	return 0;
}

static int
in_word(struct lex *l, unsigned char c, struct err *err)
{
	if ((char)c != l->word[l->len])
		return bad(l, err, "a word that is none");
	if (l->word[++l->len] != '\0')
		return 0;
	l->len = 0;
	l->token = T_NONE;
	l->want = l->depth == 0 ? W_NOTHING : W_NEXT;
	return l->to->word(l->to->ctx, l->word[0]);
}

static int
in_bom(struct lex *l, unsigned char c, struct err *err)
{
	if (c != (unsigned char)"\xef\xbb\xbf"[l->bom])
		return bad(l, err, "malformed UTF-8");
	if (++l->bom == 3) {
		l->token = T_NONE;
		l->want = W_VALUE;
	}
	return 0;
}

/* An octet between tokens that is no blank. */
static int
between(struct lex *l, unsigned char c, struct err *err)
{
	switch ((enum want)l->want) {
	case W_BEGIN:
		if (c == 0xef && l->at == 0) {
			l->token = T_BOM;
			l->bom = 1;
			return 0;
		}
		return begin_value(l, c, err);
	case W_VALUE_OR_END:
		if (c == ']')
			return close_bracket(l, c, err);
		return begin_value(l, c, err);
	case W_VALUE:
		return begin_value(l, c, err);
	case W_KEY_OR_END:
		if (c == '}')
			return close_bracket(l, c, err);
		/* FALLTHROUGH */
	case W_KEY:
		if (c != '"')
			return unexpected(l, c, err);
		l->token = T_STRING;
		l->is_key = 1;
		l->len = 0;
		return 0;
	case W_COLON:
		if (c != ':')
			return unexpected(l, c, err);
		l->want = W_VALUE;
		return 0;
	case W_NEXT:
		if (c == ',') {
			l->want = in_object(l) ? W_KEY : W_VALUE;
			return 0;
		}
		if (c == ']' || c == '}')
			return close_bracket(l, c, err);
		return unexpected(l, c, err);
	case W_NOTHING:
		break;
	}
	return unexpected(l, c, err);
}

static const unsigned char *
blanks(struct lex *l, const unsigned char *p, const unsigned char *end)
{
	for (; p < end; p++) {
		if (*p == '\n')
			l->line++;
		else if (*p != ' ' && *p != '\t' && *p != '\r')
			break;
	}
	return p;
}

int
lex_push(struct lex *l, const void *data, size_t len, struct err *err)
{
	const unsigned char *p = data, *begin = p, *end = p + len;

	while (p < end) {
		int ret = 0;

		switch ((enum token)l->token) {
		case T_STRING:
			if ((p = in_string(l, p, end, err)) == NULL)
				return -1;
			continue;
		case T_NUMBER:
			if ((p = in_number(l, p, end, err)) == NULL)
				return -1;
			continue;
		case T_NONE:
			if ((p = blanks(l, p, end)) == end)
				continue;
			l->at = l->total + (size_t)(p - begin);
			if (between(l, *p++, err) != 0)
				return -1;
			if (l->token == T_STRING &&
			    (p = whole_string(l, p, end)) == NULL)
				return -1;
			continue;
		case T_ESCAPE:
			ret = escape(l, *p++, err);
			break;
		case T_HEX:
			ret = hex(l, *p++, err);
			break;
		case T_WORD:
			ret = in_word(l, *p++, err);
			break;
		case T_BOM:
			ret = in_bom(l, *p++, err);
			break;
		}
		if (ret != 0)
			return -1;
	}
	l->total += len;
	return 0;
}

int
lex_end(struct lex *l, struct err *err)
{
	/* only the end tells that a number alone is over */
	if (l->token == T_NUMBER && l->depth == 0 && number_done(l, err) != 0)
		return -1;
	if (l->token != T_NONE || l->want != W_NOTHING) {
		if (l->want == W_BEGIN && l->token == T_NONE)
			return err_set(err, EX_DATAERR, "not JSON: empty");
		return err_set(err, EX_DATAERR,
		    "not whole: ends at line %zu before the closing bracket",
		    l->line);
	}
	return 0;
}
