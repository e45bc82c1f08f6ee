#include "pipeline/register/quick_private.h"

const octet *
quick_blanks_on(struct quick *q, const octet *p)
{
	for (; p < q->lim; p++) {
		if (*p == '\n')
			q->lines++;
		else if (*p != ' ' && *p != '\t' && *p != '\r')
			break;
	}
	return p;		/* at ${lim} nobody goes on */
}

char
quick_escape(octet c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *f = c != '\0' ? strchr(from, c) : NULL;

	return f != NULL ? to[f - from] : '\0';
}

const octet *
quick_string(struct quick *q, const octet *p)
{
	return string(q, p, 0);
}

static const octet *
digits(const struct quick *q, const octet *p)
{
	const octet *begin = p;

	while (p < q->lim && *p >= '0' && *p <= '9')
		p++;
	return p > begin && p < q->lim ? p : NULL;
}

static const octet *
number(const struct quick *q, const octet *p)
{
	p += *p == '-';
	if (*p == '0')
		p++;
	else if ((p = digits(q, p)) == NULL)
		return NULL;
	if (*p == '.' && (p = digits(q, p + 1)) == NULL)
		return NULL;
	if (*p == 'e' || *p == 'E') {
		p++;
		p += *p == '+' || *p == '-';
		p = digits(q, p);
	}
	return p;
}

static const octet *
skip_inside(struct quick *q, const octet *p, int depth)
{
	const int object = *p == '{';
	const octet shut = object ? '}' : ']';

	if (depth >= QUICK_DEPTH)
		return NULL;
	p = blanks(q, p + 1 + (p[1] == ' '));
	if (*p == shut && p < q->lim)
		return p + 1;
	for (;;) {
		if (object) {
			if (p >= q->lim || *p != '"' ||
			    (p = quick_string(q, p + 1)) == NULL)
				return NULL;
			if ((p = colon(q, p)) == NULL)
				return NULL;
		}
		if ((p = quick_skip(q, p, depth + 1)) == NULL)
			return NULL;
		p = blanks(q, p);
		if (p >= q->lim)
			return NULL;
		if (*p == shut)
			return p + 1;
		if (*p != ',')
			return NULL;
		p = blanks(q, p + 1);
	}
}

const octet *
quick_skip(struct quick *q, const octet *p, int depth)
{
	if (p >= q->lim)
		return NULL;
	switch (*p) {
	case '"':
		return quick_string(q, p + 1);
	case '[':
	case '{':
		return skip_inside(q, p, depth);
	case 't':
		return memcmp(p, "true", 4) == 0 ? p + 4 : NULL;
	case 'f':
		return memcmp(p, "false", 5) == 0 ? p + 5 : NULL;
	case 'n':
		return is_null(p) ? p + 4 : NULL;
	default:
		return number(q, p);
	}
}
