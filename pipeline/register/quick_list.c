#include "pipeline/register/quick_private.h"

enum { FORMERS = 3 };
static const char *const former_keys[FORMERS] = { "navn", "fraDato", "tilDato" };

struct piece { const octet *at; size_t len; };

/* The members of an earlier name, as they stand in the JSON. */
static const octet *
former_members(struct quick *q, const octet *p, struct piece found[FORMERS])
{
	p = blanks(q, p + 1);
	if (p < q->lim && *p == '}')
		return p + 1;
	for (;;) {
		const octet *key = p + 1, *value;
		size_t len, i;

		if (p >= q->lim || *p != '"' || (p = quick_string(q, key)) == NULL)
			return NULL;
		len = (size_t)(p - key) - 1;
		for (i = 0; i < FORMERS; i++)
			if (strlen(former_keys[i]) == len &&
			    memcmp(former_keys[i], key, len) == 0)
				break;
		if ((p = value = colon(q, p)) == NULL ||
		    (p = quick_skip(q, p, 0)) == NULL)
			return NULL;
		if (i < FORMERS && *value != 'n' && !is_empty(value)) {
			if (*value != '"' || found[i].len > 0)
				return NULL;
			found[i].at = value + 1;
			found[i].len = (size_t)(p - value) - 2;
		}
		p = blanks(q, p);
		if (p < q->lim && *p == '}')
			return p + 1;
		if (p >= q->lim || *p != ',')
			return NULL;
		p = blanks(q, p + 1);
	}
}

static void
put(struct quick *q, const void *data, size_t len)
{
	memcpy(q->out, data, len);
	q->out += len;
}

/* Would json.h write it with the same escapes? */
static int
is_written_so(const struct piece *s)
{
	const octet *p = s->at, *end = p + s->len;

	if (memchr(p, 0x7f, s->len) != NULL)
		return 0;
	for (; (p = memchr(p, '\\', (size_t)(end - p))) != NULL; p += 2)
		if (strchr("\"\\nrt", p[1]) == NULL)
			return 0;
	return 1;
}

/* One earlier name, as json.h would write it. */
static const octet *
former(struct quick *q, const octet *p)
{
	struct piece found[FORMERS] = { { NULL, 0 } };
	int n = 0;

	if ((p = former_members(q, p, found)) == NULL)
		return NULL;
	put(q, "{", 1);
	for (size_t i = 0; i < FORMERS; i++) {
		if (found[i].len == 0)
			continue;
		if (!is_written_so(&found[i]))
			return NULL;
		if (n++ > 0)
			put(q, ", ", 2);
		put(q, "\"", 1);
		put(q, former_keys[i], strlen(former_keys[i]));
		put(q, "\": \"", 4);
		put(q, found[i].at, found[i].len);
		put(q, "\"", 1);
	}
	put(q, "}", 1);
	return p;
}

/* An element of a list that is none of nothing: null or "". */
static const octet *
element(struct quick *q, const octet *p, const struct word *w, char *begin)
{
	char *from = q->out;

	switch (w->type) {
	case UNIT_LINES:
		if (*p != '"')
			return NULL;
		if (from > begin)
			*q->out++ = '\n';
		return string(q, p + 1, 1);
	case UNIT_NAMES:
		if (*p != '{')
			return NULL;
		put(q, from > begin ? ", " : "[", from > begin ? 2 : 1);
		return former(q, p);
	case UNIT_COUNT:
		++*(int64_t *)place(q, w);
		return quick_skip(q, p, 1);
	case UNIT_TEXT:
	case UNIT_SCALAR:
	case UNIT_INT:
	case UNIT_BOOL:
	case UNIT_CODE:
	case UNIT_ORGNR:
	case UNIT_KIND:
	case UNIT_DATE:
	case UNIT_REAL:
		break;
	}
	return NULL;
}

static const octet *
elements(struct quick *q, const octet *p, const struct word *w, char *begin)
{
	p = blanks(q, p + 1 + (p[1] == ' '));
	if (p < q->lim && *p == ']')
		return p + 1;
	for (;;) {
		if (p >= q->lim)
			return NULL;
		if (is_empty(p))
			p += 2;
		else if (*p == 'n' && is_null(p))
			p += 4;
		else if ((p = element(q, p, w, begin)) == NULL)
			return NULL;
		p = blanks(q, p + (*p == ' '));
		if (p >= q->lim)
			return NULL;
		if (*p == ']')
			return p + 1;
		if (*p != ',')
			return NULL;
		p = blanks(q, p + 1 + (p[1] == ' '));
	}
}

const octet *
quick_list(struct quick *q, const octet *p, const struct word *w)
{
	char *begin = q->out;

	if (!first_time(q, w))
		return NULL;
	if (w->type == UNIT_COUNT)
		*(int64_t *)place(q, w) = 0;
	else if (w->type != UNIT_LINES && w->type != UNIT_NAMES)
		return NULL;
	if ((p = elements(q, p, w, begin)) == NULL || q->out == begin)
		return p;
	if (w->type == UNIT_NAMES)
		*q->out++ = ']';
	*q->out++ = '\0';
	*(const char **)place(q, w) = begin;
	return p;
}
