#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "nace/fold.h"
#include "nace/nace_table.h"
#include "nace/tsv.h"

extern const unsigned char embed_sn2007_tsv[], embed_sn2025_tsv[];
extern const unsigned char embed_sn2007_sn2025_tsv[];

/* 2025-09-01, the day Enhetsregisteret changed over. */
enum { CHANGEOVER = 20332 };

static const char built_in[] =
    "SN2007 v30, SN2025 v3218 as of 2026-10, correspondence 2919";

const char *
nace_version(const struct nace *n)
{
	return n->version;
}

/* Level of a code by its shape, 0 if it has none of them. */
static int
level_of(const char *c)
{
	static const char *const shape[] = { "A", "00", "00.0", "00.00", "00.000" };
	size_t len = strlen(c);

	for (int level = 1; level <= NACE_LEVELS; level++) {
		const char *s = shape[level - 1];
		size_t i = 0;

		if (strlen(s) != len)
			continue;
		for (; i < len; i++)
			if ((s[i] == '.' && c[i] != '.') ||
			    (s[i] == '0' && (c[i] < '0' || c[i] > '9')) ||
			    (s[i] == 'A' && (c[i] < 'A' || c[i] > 'Z')))
				break;
		if (i == len)
			return level;
	}
	return 0;
}

/* One row of a standard; path[] is the way down to the row before. */
static int
load_item(struct nace *n, enum nace_std std, struct nace_item **path,
    char **field, const struct tsv *t, struct err *err)
{
	struct nace_item *it = &n->item[std][n->nitem[std]];
	struct nace_item *up;

	it->std = std;
	it->level = level_of(field[0]);
	it->name = field[1];
	it->number = -1;
	it->leaf = &n->leaf[std][n->nleaf[std]];
	if (it->level == 0 || *it->name == '\0')
		return err_set(err, EX_SOFTWARE, "%s: line %zu: no code, or no name",
		    t->name, t->line);
	snprintf(it->code, sizeof(it->code), "%s", field[0]);
	up = it->level > 1 ? path[it->level - 1] : NULL;
	if (it->level > 1 && (up == NULL || (it->level > 2 &&
	    strncmp(up->code, it->code, strlen(up->code)) != 0)))
		return err_set(err, EX_SOFTWARE, "%s: line %zu: %s lies in nothing",
		    t->name, t->line, it->code);
	it->parent = up;
	it->section = up != NULL ? up->section : it->code[0];
	path[it->level] = it;
	for (int deeper = it->level + 1; deeper <= NACE_LEVELS; deeper++)
		path[deeper] = NULL;
	n->nitem[std]++;
	if (it->level < NACE_LEVELS)
		return 0;
	nace_number(it->code, strlen(it->code), &it->number);
	if (n->nleaf[std] > 0 && it->leaf[-1]->number >= it->number)
		return err_set(err, EX_SOFTWARE, "%s: line %zu: %s is out of order",
		    t->name, t->line, it->code);
	n->leaf[std][n->nleaf[std]++] = it;
	for (int level = 1; level <= NACE_LEVELS && path[level] != NULL; level++)
		path[level]->nleaf++;
	return 0;
}

static int
load_standard(struct nace *n, enum nace_std std, const char *name, struct err *err)
{
	struct tsv t = { name, n->text[std], 0 };
	struct nace_item *path[NACE_LEVELS + 1] = { NULL };
	char *field[TSV_FIELDS];
	size_t rows = tsv_count(&t);
	int got;

	n->item[std] = mem_array(rows, sizeof(struct nace_item));
	n->leaf[std] = mem_array(rows, sizeof(struct nace_item *));
	while ((got = tsv_next(&t, field, 2, err)) == 1)
		if (load_item(n, std, path, field, &t, err) == -1)
			return -1;
	return got;
}

enum nace_std
nace_other_std(enum nace_std std)
{
	return std == NACE_SN2007 ? NACE_SN2025 : NACE_SN2007;
}

const struct nace_item *
nace_other_end(const struct nace_link *l, enum nace_std from)
{
	return from == NACE_SN2007 ? l->new : l->old;
}

size_t
nace_leaf_index(const struct nace *n, const struct nace_item *level5)
{
	return (size_t)(level5->leaf - n->leaf[level5->std]);
}

static int
by_old(const void *a, const void *b)
{
	const struct nace_link *p = a, *q = b;
	int32_t d = p->old->number - q->old->number;

	if (d == 0)
		d = p->new->number - q->new->number;
	return (d > 0) - (d < 0);
}

static int
by_new(const void *a, const void *b)
{
	const struct nace_link *p = a, *q = b;
	int32_t d = p->new->number - q->new->number;

	if (d == 0)
		d = p->old->number - q->old->number;
	return (d > 0) - (d < 0);
}

/* Sort the flows as seen from one standard and note where each code's begin. */
static void
index_links(struct nace *n, enum nace_std std)
{
	size_t at = 0, leaves = n->nleaf[std];

	qsort(n->link[std], n->nlink, sizeof(struct nace_link),
	    std == NACE_SN2007 ? by_old : by_new);
	n->start[std] = mem_array(leaves + 1, sizeof(size_t));
	for (size_t i = 0; i < leaves; i++) {
		n->start[std][i] = at;
		while (at < n->nlink && nace_other_end(&n->link[std][at],
		    nace_other_std(std)) == n->leaf[std][i])
			at++;
	}
	n->start[std][leaves] = at;
}

static const char *
kind_of(const struct nace *n, const struct nace_link *l)
{
	size_t out, in;

	nace_links(n, l->old, &out);
	nace_links(n, l->new, &in);
	if (out > 1)
		return in > 1 ? "n:n" : "1:n";
	if (l->old->number == l->new->number)
		return in > 1 ? "identity+merge" : "identity";
	return in > 1 ? "n:1" : "1:1";
}

static int
load_links(struct nace *n, struct err *err)
{
	struct tsv t = { "sn2007_sn2025.tsv", n->text[2], 0 };
	char *field[TSV_FIELDS];
	size_t rows = tsv_count(&t);
	struct nace_link *l = mem_array(rows, sizeof(*l));
	int got;

	n->link[NACE_SN2007] = l;
	while ((got = tsv_next(&t, field, 2, err)) == 1) {
		l[n->nlink].old = nace_item(n, NACE_SN2007, field[0]);
		l[n->nlink].new = nace_item(n, NACE_SN2025, field[1]);
		if (l[n->nlink].old == NULL || l[n->nlink].old->level != 5 ||
		    l[n->nlink].new == NULL || l[n->nlink].new->level != 5)
			return err_set(err, EX_SOFTWARE,
			    "%s: line %zu: not a code on either side", t.name, t.line);
		n->nlink++;
	}
	if (got == -1)
		return -1;
	n->link[NACE_SN2025] = mem_array(rows, sizeof(*l));
	memcpy(n->link[NACE_SN2025], l, n->nlink * sizeof(*l));
	for (int std = 0; std < NACE_STDS; std++)
		index_links(n, (enum nace_std)std);
	for (int std = 0; std < NACE_STDS; std++)
		for (size_t i = 0; i < n->nlink; i++)
			n->link[std][i].kind = kind_of(n, &n->link[std][i]);
	return 0;
}

struct nace *
nace_load_from(const struct nace_texts *texts, struct err *err)
{
	struct nace *n = mem_alloc(sizeof(*n));

	n->text[0] = mem_str(texts->sn2007);
	n->text[1] = mem_str(texts->sn2025);
	n->text[2] = mem_str(texts->links);
	n->version = mem_str(texts->version);
	if (load_standard(n, NACE_SN2007, "sn2007.tsv", err) == -1 ||
	    load_standard(n, NACE_SN2025, "sn2025.tsv", err) == -1 ||
	    load_links(n, err) == -1) {
		nace_free(n);
		return NULL;
	}
	return n;
}

/* What is compiled in ends in a NUL. */
struct nace *
nace_load(struct err *err)
{
	const struct nace_texts own = { (const char *)embed_sn2007_tsv,
		(const char *)embed_sn2025_tsv, (const char *)embed_sn2007_sn2025_tsv,
		built_in };

	return nace_load_from(&own, err);
}

void
nace_free(struct nace *n)
{
	if (n == NULL)
		return;
	for (int std = 0; std < NACE_STDS; std++) {
		free(n->item[std]);
		free(n->leaf[std]);
		free(n->link[std]);
		free(n->start[std]);
	}
	for (int i = 0; i < 3; i++)
		free(n->text[i]);
	free(n->version);
	free(n);
}

const char *
nace_std_text(enum nace_std std)
{
	return std == NACE_SN2007 ? "SN2007" : "SN2025";
}

int
nace_std_parse(const char *s, enum nace_std *ret)
{
	if ((s[0] != 'S' && s[0] != 's') || (s[1] != 'N' && s[1] != 'n'))
		return -1;
	s += 2;
	if (*s == ' ' || *s == '-')
		s++;
	if (strcmp(s, "2007") == 0)
		*ret = NACE_SN2007;
	else if (strcmp(s, "2025") == 0)
		*ret = NACE_SN2025;
	else
		return -1;
	return 0;
}

enum nace_std
nace_std_at(int32_t day)
{
	return day != DATE_NONE && day < CHANGEOVER ? NACE_SN2007 : NACE_SN2025;
}

const struct nace_item *
nace_items(const struct nace *n, enum nace_std std, size_t *ret)
{
	*ret = n->nitem[std];
	return n->item[std];
}

const struct nace_item *
nace_code(const struct nace *n, enum nace_std std, int32_t number)
{
	size_t low = 0, high = n->nleaf[std];

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (n->leaf[std][mid]->number < number)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == n->nleaf[std] || n->leaf[std][low]->number != number)
		return NULL;
	return n->leaf[std][low];
}

const struct nace_item *
nace_item(const struct nace *n, enum nace_std std, const char *code)
{
	int32_t number;
	int level = level_of(code);

	if (level == NACE_LEVELS) {
		nace_number(code, strlen(code), &number);
		return nace_code(n, std, number);
	}
	for (size_t i = 0; level > 0 && i < n->nitem[std]; i++)
		if (strcmp(n->item[std][i].code, code) == 0)
			return &n->item[std][i];
	return NULL;
}

const char *
nace_name(const struct nace *n, enum nace_std std, int32_t number)
{
	const struct nace_item *it = nace_code(n, std, number);

	if (it != NULL)
		return it->name;
	return number == NACE_UNSTATED ? "Uoppgitt" : NULL;
}

int
nace_number(const char *s, size_t len, int32_t *ret)
{
	int32_t v = 0;

	if (len != 5 && !(len == 6 && s[2] == '.'))
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (len == 6 && i == 2)
			continue;
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	*ret = v;
	return 0;
}

char *
nace_text(int32_t number, char out[static 8])
{
	out[0] = '\0';
	if (number >= 0 && number <= 99999)
		snprintf(out, 8, "%02d.%03d", (int)(number / 1000 % 100),
		    (int)(number % 1000));
	return out;
}

const struct nace_link *
nace_links(const struct nace *n, const struct nace_item *level5, size_t *ret)
{
	const size_t *start;

	*ret = 0;
	if (level5->level != NACE_LEVELS)
		return NULL;
	start = &n->start[level5->std][nace_leaf_index(n, level5)];
	*ret = start[1] - start[0];
	return &n->link[level5->std][start[0]];
}

/* Does folded ${text} hold every word of folded ${words}? */
static int
holds_words(const char *text, const char *words)
{
	char word[FOLD_MAX * 4 + 1];

	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		if (len >= sizeof(word))
			return 0;
		memcpy(word, words, len);
		word[len] = '\0';
		if (strstr(text, word) == NULL)
			return 0;
		words += len;
		if (*words == ' ')
			words++;
	}
	return 1;
}

/* Does the code begin with these digits, dots left out on both sides? */
static int
begins(const char *code, const char *digits)
{
	while (*digits != '\0') {
		if (*digits == '.') {
			digits++;
			continue;
		}
		if (*code == '.')
			code++;
		if (*code >= 'A' && *code <= 'Z') {
			if (*digits != *code - 'A' + 'a')
				return 0;
		} else if (*digits != *code) {
			return 0;
		}
		code++;
		digits++;
	}
	return 1;
}

size_t
nace_search(const struct nace *n, enum nace_std std, const char *words,
    const struct nace_item **out, size_t max)
{
	char *key = fold(words), *name;
	size_t found = 0;
	int code;

	if (key == NULL)
		return 0;
	code = key[strspn(key, ".")] != '\0' &&
	    (strspn(key, "0123456789.") == strlen(key) || strlen(key) == 1);
	for (size_t i = 0; *key != '\0' && i < n->nitem[std]; i++) {
		const struct nace_item *it = &n->item[std][i];
		int hit;

		if (code) {
			hit = begins(it->code, key);
		} else {
			name = fold(it->name);
			hit = name != NULL && holds_words(name, key);
			free(name);
		}
		if (hit && found++ < max)
			out[found - 1] = it;
	}
	free(key);
	return found;
}
