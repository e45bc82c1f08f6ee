#include <string.h>

#include "pipeline/base/utf8.h"

#include "email/work.h"

/* Put ${to} for every ${from}; how often. */
static int
replace(struct work *w, const char *from, const char *to)
{
	size_t nf = strlen(from), nt = strlen(to);
	int n = 0;

	for (size_t i = 0; i + nf <= w->len; ) {
		if (memcmp(w->s + i, from, nf) != 0) {
			i++;
			continue;
		}
		memmove(w->s + i + nt, w->s + i + nf, w->len - i - nf + 1);
		memcpy(w->s + i, to, nt);	/* ${to} is never the longer one */
		w->len = w->len - nf + nt;
		i += nt;
		n++;
	}
	return n;
}

/* "bjÃ¸rn" back to "bjørn". */
static int
decode_twice(struct work *w)
{
	int n = 0;

	for (size_t i = 0; i + 3 < w->len; i++) {
		unsigned char *p = (unsigned char *)w->s + i;

		if (p[0] != 0xc3 || p[1] < 0x82 || p[1] > 0x85 || p[2] != 0xc2)
			continue;
		p[0] = (unsigned char)(p[1] + 0x40);
		p[1] = p[3];
		work_cut(w, i + 2, 2);
		n++;
	}
	return n;
}

static void
note(struct work *w, int n, unsigned bit)
{
	if (n > 0)
		w->done |= bit;
}

static void
decode_1252(struct work *w)
{
	struct buf b = BUF(EMAIL_FIELD_MAX);

	if (utf8_valid(w->s, w->len))
		return;
	utf8_from_1252(&b, w->s, w->len);
	if (!b.over) {
		work_set(w, buf_text(&b), b.len);
		w->done |= EMAIL_ASK_CHARSET;
	}
	buf_free(&b);
}

/* What needs a person's nod. */
void
work_guess(struct work *w)
{
	static const char *const at[] = { "(at)", "[at]", "{at}", "(AT)", "[AT]",
		"(alfakrøll)", " at ", " (a) ", "(a)" };
	static const char *const dot[] = { "[dot]", "(dot)", "[punktum]", "(punktum)",
		" dot ", "[DOT]", "(DOT)", "\xe3\x80\x82", "\xef\xbc\x8e", "\xef\xbd\xa1" };
	char *domain;

	decode_1252(w);
	note(w, decode_twice(w), EMAIL_ASK_CHARSET);
	if (memchr(w->s, '@', w->len) == NULL)
		for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
			note(w, replace(w, at[i], "@"), EMAIL_ASK_AT);
	note(w, replace(w, "\xef\xbc\xa0", "@"), EMAIL_ASK_AT);
	note(w, replace(w, "\xef\xb9\xab", "@"), EMAIL_ASK_AT);
	while (replace(w, "@@", "@") > 0)
		w->done |= EMAIL_ASK_AT;
	for (size_t i = 0; i < sizeof(dot) / sizeof(dot[0]); i++)
		note(w, replace(w, dot[i], "."), EMAIL_ASK_DOT_WORD);
	while (replace(w, "..", ".") > 0)
		w->done |= EMAIL_ASK_DOTS;
	work_mend(w);
	domain = strchr(w->s, '@');
	if (domain != NULL)
		for (char *p = domain; *p != '\0'; p++)
			if (*p == ',') {
				*p = '.';
				w->done |= EMAIL_ASK_DOTS;
			}
	note(w, replace(w, " ", ""), EMAIL_ASK_BLANK);
}
