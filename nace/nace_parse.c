#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"
#include "nace/nace_table.h"

enum { NAMED_MAX = 8 };		/* counterparts an error names one by one */

/*
 * The code with its dot where it belongs and a letter in upper case, from
 * ${len} octets at ${s}; its level, or 0 if it has no such shape.
 */
static int
normal(const char *s, size_t len, char out[static 8])
{
	char digit[5];
	size_t n = 0;

	if (len == 1 && ((*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z'))) {
		snprintf(out, 8, "%c", *s >= 'a' ? *s - 'a' + 'A' : *s);
		return 1;
	}
	for (size_t i = 0; i < len; i++) {
		/* one dot, after the division, and something behind it */
		if (s[i] == '.' && i == 2 && len > 3)
			continue;
		if (s[i] < '0' || s[i] > '9' || n == sizeof(digit))
			return 0;
		digit[n++] = s[i];
	}
	if (n < 2)
		return 0;
	snprintf(out, 8, "%.2s%s%.*s", digit, n > 2 ? "." : "", (int)(n - 2),
	    digit + 2);
	return (int)n;
}

/* Digits, or the letter, as a number. */
static long
value(const char *code)
{
	long v = 0;

	for (; *code != '\0'; code++)
		if (*code != '.')
			v = v * 10 + (*code >= 'A' ? *code - 'A' : *code - '0');
	return v;
}

/* The entry of the same level that shares most of the beginning, and of those
 * the one next to it in the row. */
static const struct nace_item *
nearest(const struct nace *n, enum nace_std std, const char *code, int level)
{
	const struct nace_item *best = n->item[std];
	size_t best_common = 0;
	long best_gap = LONG_MAX;

	for (size_t i = 0; i < n->nitem[std]; i++) {
		const struct nace_item *it = &n->item[std][i];
		size_t common = 0;
		long gap = labs(value(it->code) - value(code));

		if (it->level != level)
			continue;
		while (code[common] != '\0' && code[common] == it->code[common])
			common++;
		if (common > best_common ||
		    (common == best_common && gap < best_gap)) {
			best = it;
			best_common = common;
			best_gap = gap;
		}
	}
	return best;
}

/* "47.690, 47.920": the codes that ${item} became in the other standard. */
static void
counterparts(const struct nace *n, const struct nace_item *item, struct buf *b)
{
	enum nace_std to = nace_other_std(item->std);
	unsigned char *mark = mem_array(n->nleaf[to], 1);
	size_t all = nace_spread(n, item, mark), named = 0;

	for (size_t i = 0; i < n->nleaf[to] && named < NAMED_MAX; i++)
		if (mark[i])
			buf_printf(b, "%s%s", named++ > 0 ? ", " : "",
			    n->leaf[to][i]->code);
	if (all > named)
		buf_printf(b, " and %zu more", all - named);
	if (all == 0)
		buf_str(b, "none");
	free(mark);
}

/* Refuse a code that the other standard has. */
static int
refuse_other(const struct nace *n, enum nace_std std,
    const struct nace_item *other, const struct nace_item *class, struct err *err)
{
	struct buf b = BUF(300);

	counterparts(n, other, &b);
	if (class != NULL)
		buf_printf(&b, " (or write %s for that class of %s)",
		    class->code, nace_std_text(std));
	err_set(err, EX_DATAERR, "%s is a code of %s, not of %s; its %s in %s: %s",
	    other->code, nace_std_text(other->std), nace_std_text(std),
	    std == NACE_SN2025 ? "successors" : "forerunners",
	    nace_std_text(std), buf_text(&b));
	buf_free(&b);
	return -1;
}

static int
refuse_invented(const struct nace *n, enum nace_std std, const char *code,
    int level, struct err *err)
{
	const struct nace_item *it = nearest(n, std, code, level);

	return err_set(err, EX_DATAERR, "%s is a code of neither SN2007 nor "
	    "SN2025; the nearest of %s is %s (%s)", code, nace_std_text(std),
	    it->code, it->name);
}

static int
refuse_shape(const char *s, size_t len, struct err *err)
{
	if (len == 0)
		return err_set(err, EX_DATAERR, "no industry code is written here");
	if (len > NACE_WRITTEN_MAX || !utf8_valid(s, len))
		return err_set(err, EX_DATAERR, "not an industry code (as 90.011, "
		    "90.01, 90.0, 90 or R)");
	return err_set(err, EX_DATAERR, "\"%.*s\" is not an industry code (as "
	    "90.011, 90.01, 90.0, 90 or R)", (int)len, s);
}

/* The class that XX.YY0 is a way of writing, if there is one. */
static const struct nace_item *
class_of(const struct nace *n, enum nace_std std, const char *code, int level)
{
	char class[8];

	if (level != NACE_LEVELS || code[5] != '0')
		return NULL;
	snprintf(class, sizeof(class), "%.5s", code);
	return nace_item(n, std, class);
}

/* What a code that is written in the right shape means, or why it is nothing. */
static int
look_up(const struct nace *n, enum nace_std std, const char *code, int level,
    struct nace_written *w, struct err *err)
{
	const struct nace_item *other, *class;

	w->as_group = 0;
	w->item = nace_item(n, std, code);
	if (w->item != NULL)
		return 0;
	if (value(code) == 0)
		return err_set(err, EX_DATAERR, "%s is in no standard: the register "
		    "writes 00.000, \"Uoppgitt\", for a unit without an industry",
		    code);
	other = nace_item(n, nace_other_std(std), code);
	class = class_of(n, std, code, level);
	/*
	 * Old sources write a class with a 0 behind.  But under SN2025 a code
	 * that SN2007 had is more likely just that, written under the wrong
	 * standard: then the reader must say.
	 */
	if (class != NULL && !(std == NACE_SN2025 && other != NULL)) {
		w->item = class;
		w->as_group = 1;
		return 0;
	}
	if (other == NULL)
		other = class_of(n, nace_other_std(std), code, level);
	if (other != NULL)
		return refuse_other(n, std, other, class, err);
	return refuse_invented(n, std, code, level, err);
}

static int
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

int
nace_parse(const struct nace *n, enum nace_std std, const char *s,
    struct nace_written *ret, struct err *err)
{
	struct nace_written w;
	char code[8];
	size_t len;
	int level;

	while (is_blank(*s))
		s++;
	for (len = strlen(s); len > 0 && is_blank(s[len - 1]);)
		len--;
	level = len <= 6 ? normal(s, len, code) : 0;
	if (level == 0)
		return refuse_shape(s, len, err);
	memset(&w, 0, sizeof(w));
	snprintf(w.text, sizeof(w.text), "%.*s", (int)len, s);
	if (look_up(n, std, code, level, &w, err) == -1)
		return -1;
	*ret = w;
	return 0;
}
