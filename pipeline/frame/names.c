#include <stdlib.h>
#include <string.h>

#include "nace/fold.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/utf8.h"

#include "pipeline/frame/names.h"

enum { WORDS = 32, LONG_NAME = 10, SHORT_NAME = 5, EDITS = 2 };

static int
is_form(const char *s, size_t len)
{
	static const char *const forms[] = { "as", "asa", "da", "ans", "enk", "ba", "sa",
		"ks", "nuf", "ks", "iks", "sf", "fkf", "kf", "bl", "esek", "stiftelse",
		"stiftelsen", "samvirkelag", "enkeltpersonforetak", "aksjeselskap" };

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strlen(forms[i]) == len && memcmp(forms[i], s, len) == 0)
			return 1;
	return 0;
}

struct words {
	const char *at[WORDS];
	size_t len[WORDS], n;
};

static void
split(const char *s, struct words *w)
{
	w->n = 0;
	while (*s != '\0' && w->n < WORDS) {
		size_t len = strcspn(s, " ");

		if (len > 0) {
			w->at[w->n] = s;
			/* the last takes all there is */
			w->len[w->n] = w->n == WORDS - 1 ? strlen(s) : len;
			s += w->len[w->n++];
		}
		s += strspn(s, " ");
	}
}

const char *
names_key(struct arena *a, const char *name)
{
	char *low = fold(name);
	struct buf b = BUF(BUF_ANY), out = BUF(BUF_ANY);
	struct words w;
	const char *key;
	size_t from = 0, to;

	for (const char *p = low != NULL ? low : ""; *p != '\0'; p++) {
		if (strchr(".'`/", *p) != NULL)
			continue;
		if (strncmp(p, "\xe2\x80\x99", 3) == 0 || strncmp(p, "\xc2\xb4", 2) == 0) {
			p += (unsigned char)*p == 0xc2 ? 1 : 2;
			continue;
		}
		buf_chr(&b, (unsigned char)*p < 0x80 && strchr(",-_()[]\"+:;!?*#@|\\",
		    *p) != NULL ? ' ' : *p);
	}
	split(buf_text(&b), &w);
	to = w.n;
	while (to > 1 && is_form(w.at[to - 1], w.len[to - 1]))
		to--;
	while (from + 1 < to && is_form(w.at[from], w.len[from]))
		from++;
	for (size_t i = from; i < to; i++) {
		if (i > from)
			buf_chr(&out, ' ');
		buf_add(&out, w.at[i], w.len[i]);
	}
	key = arena_str(a, buf_text(&out));
	buf_free(&b);
	buf_free(&out);
	free(low);
	return key;
}

/* Are all words of ${a} in ${b}, each as often? */
static int
holds_words(const struct words *a, const struct words *b)
{
	int used[WORDS] = { 0 };

	for (size_t i = 0; i < a->n; i++) {
		size_t k = 0;

		while (k < b->n && (used[k] || a->len[i] != b->len[k] ||
		    memcmp(a->at[i], b->at[k], a->len[i]) != 0))
			k++;
		if (k == b->n)
			return 0;
		used[k] = 1;
	}
	return 1;
}

void
names_letters(const char *key, struct names_letters *l)
{
	unsigned long cp = 0;

	memset(l, 0, sizeof(*l));
	for (size_t i = 0; key[i] != '\0'; i++) {
		unsigned char c = (unsigned char)key[i];

		cp = (c & 0xc0) == 0x80 ? cp << 6 | (c & 0x3f) : c;
		/* the last octet of a letter; a key is at most FOLD_MAX of them */
		if (((unsigned char)key[i + 1] & 0xc0) != 0x80)
			l->n[cp & 31]++;
	}
}

/* An edit takes one letter away and puts one in; all words of one in the other:
 * all its letters too. */
int
names_may_be_close(const struct names_letters *a, const struct names_letters *b)
{
	int apart = 0, less = 0, more = 0;

	for (size_t i = 0; i < sizeof(a->n); i++) {
		int d = a->n[i] - b->n[i];

		apart += d < 0 ? -d : d;
		less |= d < 0;
		more |= d > 0;
	}
	return !less || !more || apart <= 2 * EDITS;
}

static const char *
first_word(const char *s, char word[static FOLD_MAX + 1])
{
	size_t n = strcspn(s, " ");

	if (n > FOLD_MAX)
		n = FOLD_MAX;
	memcpy(word, s, n);
	word[n] = '\0';
	return word;
}

int
names_close(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b), most = m > n ? m : n;
	size_t allowed = m < SHORT_NAME || n < SHORT_NAME ? 0 : m < LONG_NAME ? 1 : EDITS;
	struct words x, y;
	char word[FOLD_MAX + 1];

	if (strcmp(a, b) == 0)
		return 0;
	/* an edit is at most four octets */
	if (allowed > 0 && most - (m < n ? m : n) <= 4 * allowed &&
	    m <= FOLD_MAX && n <= FOLD_MAX && fold_distance(a, b) <= allowed)
		return 1;
	if (strchr(a, ' ') == NULL || strchr(b, ' ') == NULL)
		return 0;
	/* the first word of the shorter one is in the other */
	if (strstr(m < n ? b : a, m < n ? first_word(a, word) : first_word(b, word)) ==
	    NULL)
		return 0;
	split(a, &x);
	split(b, &y);
	return x.n <= y.n ? holds_words(&x, &y) : holds_words(&y, &x);
}
