#include <string.h>

#include "pipeline/register/lex_private.h"

void
lex_begin(struct lex *l, const struct lex_to *to)
{
	memset(l, 0, sizeof(*l));
	l->to = to;
	l->line = 1;
	l->want = W_BEGIN;
	l->token = T_NONE;
}

int
lex_bad(const struct lex *l, struct err *err, const char *what)
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

/* --- numbers and words ---------------------------------------------------- */

enum number { N_MINUS, N_ZERO, N_INT, N_POINT, N_FRAC, N_E, N_SIGN, N_EXP };

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
		return lex_bad(l, err, "a number that is none");
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
		return lex_bad(l, err, "nested too deep");
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
		return lex_bad(l, err, "a bracket is closed by the other kind");
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
		return lex_bad(l, err, "a word that is none");
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
		return lex_bad(l, err, "malformed UTF-8");
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
lex_push(struct lex *l, const void *data, size_t len, size_t *used,
    struct err *err)
{
	const unsigned char *p = data, *begin = p, *end = p + len;

	for (l->pause = 0; p < end && !l->pause;) {
		int ret = 0;

		switch ((enum token)l->token) {
		case T_STRING:
			if ((p = lex_string(l, p, end, err)) == NULL)
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
			    (p = lex_string_whole(l, p, end)) == NULL)
				return -1;
			continue;
		case T_ESCAPE:
			ret = lex_escape(l, *p++, err);
			break;
		case T_HEX:
			ret = lex_hex(l, *p++, err);
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
	*used = (size_t)(p - begin);
	l->total += *used;
	return 0;
}

int
lex_due(const struct lex *l)
{
	if (l->token != T_NONE || l->depth == 0 || in_object(l))
		return 0;
	if (l->want == W_NEXT)
		return LEX_COMMA;
	return l->want == W_VALUE || l->want == W_VALUE_OR_END ? LEX_VALUE : 0;
}

void
lex_skip(struct lex *l, size_t octets, size_t lines)
{
	l->want = W_NEXT;
	l->line += lines;
	l->total += octets;
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
