#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "email/private.h"

/* Keep a valid one, unless it is there already. */
static void
found(struct email_several *s, const struct email *e)
{
	for (size_t i = 0; i < s->nfound; i++)
		if (strcmp(s->found[i].key, e->key) == 0)
			return;
	if (s->nfound < EMAIL_SEVERAL)
		s->found[s->nfound++] = *e;
}

/* A piece with one @. */
static void
take_piece(struct email_several *s, struct email_work *piece,
    const struct email_work *whole, size_t from, size_t end)
{
	struct email e;

	s->n++;
	if (email_work_set(piece, whole->rules, whole->s + from, end - from) != 0)
		return;
	email_mend(piece);
	if (!email_work_valid(piece, &e))
		return;
	e.repairs = piece->done | whole->done;
	found(s, &e);
}

/*
 * A piece with more than one @: what can be an address about each of them.
 * Between them only separators may stand, or a name before "<".
 */
static void
take_stretches(struct email_several *s, const struct email_work *w, size_t low,
    size_t high)
{
	struct email e;
	size_t from, end;
	int names = memchr(w->s + low, '<', high - low) != NULL;

	for (size_t i = low; i <= high; i++) {
		if (i == high || w->s[i] == '@') {
			from = end = high;
			if (i < high) {
				s->n++;
				email_stretch(w, i, low, &from, &end);
			}
			for (; low < from; low++)
				if (!names && strchr(" \t,/()[]\"'", w->s[low]) == NULL)
					s->ask = EMAIL_ASK_WORDS;
			if (i == high)
				return;
			email_check_strict(w->rules, w->s + from, end - from, &e);
			e.repairs = w->done;
			if (from > 0 && end < high && w->s[from - 1] == '<' &&
			    w->s[end] == '>')
				e.repairs |= EMAIL_BRACKETS;
			if (e.reason == EMAIL_OK)
				found(s, &e);
			low = end;
			i = end - 1;
		}
	}
}

static size_t
count_at(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += s[i] == '@';
	return n;
}

int
email_several(const struct email_work *w, struct email_several *s)
{
	struct email_work *piece;
	size_t from = 0, sep, next, n, parts = 0;

	s->nfound = s->n = 0;
	s->ask = 0;
	if (count_at(w->s, w->len) < 2)
		return 0;
	piece = mem_alloc(sizeof(*piece));
	while (from <= w->len) {
		if (!email_find(w->rules, PAT_SEPARATOR, w->s, w->len, from, &sep,
		    &next) || next <= from)
			sep = next = w->len;
		n = count_at(w->s + from, sep - from);
		parts += n > 0;
		if (n == 1)
			take_piece(s, piece, w, from, sep);
		else if (n > 1)
			take_stretches(s, w, from, sep);
		if (next == w->len)
			break;
		from = next;
	}
	free(piece);
	return s->nfound > 0 && (parts > 1 || s->nfound > 1);
}
