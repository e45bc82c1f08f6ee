#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "nace/fold.h"
#include "nace/region_name.h"

static void
cut_tail(char *s, const char *tail)
{
	size_t n = strlen(s), k = strlen(tail);

	if (n > k && strcmp(s + n - k, tail) == 0)
		s[n - k] = '\0';
}

int
region_name_read(const char *s, struct region_name *ret)
{
	struct region_name w = { NULL, NULL, NULL };
	char *open;
	size_t len;

	w.key = fold(s);
	if (w.key == NULL)
		return -1;
	cut_tail(w.key, " fylke");
	cut_tail(w.key, " fylkeskommune");
	cut_tail(w.key, " kommune");
	len = strlen(w.key);
	open = strrchr(w.key, '(');
	if (open != NULL && open > w.key && w.key[len - 1] == ')') {
		w.base = mem_strn(w.key, (size_t)(open - w.key));
		cut_tail(w.base, " ");
		cut_tail(w.base, " kommune");
		w.inside = mem_strn(open + 1, (size_t)(w.key + len - 2 - open));
		cut_tail(w.inside, " fylke");
	}
	*ret = w;
	return 0;
}

void
region_name_free(struct region_name *w)
{
	free(w->key);
	free(w->base);
	free(w->inside);
	memset(w, 0, sizeof(*w));
}

/* Past what does not count: blank, hyphen, slash, U+2010 to U+2015. */
static const char *
skip(const char *s, const char *end)
{
	for (;;) {
		if (s < end && (*s == ' ' || *s == '-' || *s == '/'))
			s++;
		else if (end - s >= 3 && memcmp(s, "\xe2\x80", 2) == 0 &&
		    (unsigned char)s[2] >= 0x90 && (unsigned char)s[2] <= 0x95)
			s += 3;
		else
			return s;
	}
}

/* The same but for what does not count? */
static int
equal(const char *a, size_t len, const char *b)
{
	const char *a_end = a + len, *b_end = b + strlen(b);

	for (;;) {
		a = skip(a, a_end);
		b = skip(b, b_end);
		if (a == a_end || b == b_end)
			return a == a_end && b == b_end;
		if (*a++ != *b++)
			return 0;
	}
}

static int
one_of(const char *name, size_t len, char *const *key, size_t max)
{
	for (size_t i = 0; i < max && key[i] != NULL; i++)
		if (equal(name, len, key[i]))
			return 1;
	return 0;
}

/* Length up to the mark between two languages ("/", " - ", " – "), and that of
 * the mark, 0 at the end. */
static size_t
part(const char *s, size_t *mark)
{
	size_t i;

	for (i = 0; s[i] != '\0'; i++) {
		*mark = s[i] == '/' ? 1 : strncmp(s + i, " - ", 3) == 0 ? 3 :
		    strncmp(s + i, " \xe2\x80\x93 ", 5) == 0 ? 5 : 0;
		if (*mark > 0)
			return i;
	}
	*mark = 0;
	return i;
}

int
region_name_is(const char *name, char *const *key, size_t max)
{
	size_t len, mark;

	if (one_of(name, strlen(name), key, max))
		return 1;
	do {
		len = part(name, &mark);
		if (!one_of(name, len, key, max))
			return 0;
		name += len + mark;
	} while (mark > 0);
	return 1;
}
