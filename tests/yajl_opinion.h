#ifndef TESTS_YAJL_OPINION_H
#define TESTS_YAJL_OPINION_H

/*
 * yajl_opinion -- what yajl reads in an array of units: for each element, what
 * stands at each path ("navn", "postadresse.land") and in which lists, decoded.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"

/* What a value is; inside a list, in capitals: then ${path} is the list's. */
enum opinion_kind {
	OPINION_STRING = 's', OPINION_NUMBER = 'n', OPINION_TRUE = 't',
	OPINION_FALSE = 'f', OPINION_NULL = 'z', OPINION_MAP = 'm',
	OPINION_ARRAY = 'a'
};

struct opinion_value {
	size_t record;		/* element of the array, from 1 */
	int listed;		/* it is an element of the list at ${path} */
	char kind;
	size_t path, path_len, text, len;	/* in ${texts} */
};

struct opinion {
	struct opinion_value *values;
	size_t n, cap, records;
	struct buf texts;
	int array;		/* the whole is one */
	int deepest;
	size_t end;		/* octets to the end of it */
	/* while reading */
	yajl_handle yajl;
	int depth, inner[4096];		/* per depth: it is a map */
	size_t key[8], key_len[8];	/* per depth: the last key, in texts */
};

static inline size_t
opinion_keep(struct opinion *o, const void *data, size_t len)
{
	size_t at = o->texts.len;

	buf_add(&o->texts, data, len);
	buf_chr(&o->texts, '\0');
	return at;
}

static inline void
opinion_value(struct opinion *o, char kind, const void *text, size_t len)
{
	struct opinion_value v = { .record = o->records, .kind = kind };
	int d = o->depth, maps;

	if (d == 0)
		o->array = kind == OPINION_ARRAY;
	if (d == 1)
		v.record = ++o->records;
	/* [ { "a": V, "a": [ V ], "a": { "b": V, "b": [ V ] } } ] */
	if (d < 1 || d > 4 || o->inner[1] || (d >= 2 && !o->inner[2]))
		return;
	v.listed = d >= 3 && !o->inner[d];
	maps = v.listed ? d - 1 : d;
	for (int i = 2; i <= maps; i++)
		if (!o->inner[i])
			return;
	if (maps > 3)
		return;
	v.path = o->texts.len;
	for (int i = 2; i <= maps; i++) {
		if (i > 2)
			buf_chr(&o->texts, '.');
		for (size_t k = 0; k < o->key_len[i]; k++)
			buf_chr(&o->texts, o->texts.data[o->key[i] + k]);
	}
	v.path_len = o->texts.len - v.path;
	buf_chr(&o->texts, '\0');
	v.text = opinion_keep(o, text, len);
	v.len = len;
	if (o->n == o->cap) {
		o->cap = o->cap > 0 ? o->cap * 2 : 256;
		o->values = mem_grow(o->values, o->cap, sizeof(*o->values));
	}
	o->values[o->n++] = v;
}

static inline int
opinion_open(struct opinion *o, char kind)
{
	opinion_value(o, kind, "", 0);
	if (++o->depth > o->deepest)
		o->deepest = o->depth;
	if (o->depth >= (int)(sizeof(o->inner) / sizeof(o->inner[0])))
		return 0;
	o->inner[o->depth] = kind == OPINION_MAP;
	return 1;
}

static inline int
opinion_string(void *ctx, const unsigned char *s, size_t len)
{
	opinion_value(ctx, OPINION_STRING, s, len);
	return 1;
}

static inline int
opinion_number(void *ctx, const char *s, size_t len)
{
	opinion_value(ctx, OPINION_NUMBER, s, len);
	return 1;
}

static inline int
opinion_boolean(void *ctx, int v)
{
	opinion_value(ctx, v ? OPINION_TRUE : OPINION_FALSE, v ? "true" : "false",
	    v ? 4 : 5);
	return 1;
}

static inline int
opinion_null(void *ctx)
{
	opinion_value(ctx, OPINION_NULL, "", 0);
	return 1;
}

static inline int
opinion_map(void *ctx)
{
	return opinion_open(ctx, OPINION_MAP);
}

static inline int
opinion_array(void *ctx)
{
	return opinion_open(ctx, OPINION_ARRAY);
}

static inline int
opinion_end(void *ctx)
{
	struct opinion *o = ctx;

	if (--o->depth == 0)
		o->end = yajl_get_bytes_consumed(o->yajl);
	return 1;
}

static inline int
opinion_key(void *ctx, const unsigned char *s, size_t len)
{
	struct opinion *o = ctx;

	if (o->depth < 8) {
		o->key[o->depth] = opinion_keep(o, s, len);
		o->key_len[o->depth] = len;
	}
	return 1;
}

/* 0: it is JSON, says yajl; else -1. */
static inline int
opinion_read(struct opinion *o, const char *text, size_t len)
{
	static const yajl_callbacks calls = {
		.yajl_null = opinion_null, .yajl_boolean = opinion_boolean,
		.yajl_number = opinion_number, .yajl_string = opinion_string,
		.yajl_start_map = opinion_map, .yajl_map_key = opinion_key,
		.yajl_end_map = opinion_end, .yajl_start_array = opinion_array,
		.yajl_end_array = opinion_end,
	};
	int ret;

	memset(o, 0, sizeof(*o));
	o->texts = (struct buf)BUF(BUF_ANY);
	o->yajl = yajl_alloc(&calls, NULL, o);
	ret = yajl_parse(o->yajl, (const unsigned char *)text, len) == yajl_status_ok &&
	    yajl_complete_parse(o->yajl) == yajl_status_ok ? 0 : -1;
	yajl_free(o->yajl);
	return ret;
}

static inline void
opinion_free(struct opinion *o)
{
	free(o->values);
	buf_free(&o->texts);
}

static inline const char *
opinion_text(const struct opinion *o, const struct opinion_value *v)
{
	return o->texts.data + v->text;
}

/* What stands at ${path} of element ${record}, or in the list there; the next
 * one from *${at} on, NULL if there is none. */
static inline const struct opinion_value *
opinion_next(const struct opinion *o, size_t record, const char *path, int listed,
    size_t *at)
{
	for (; *at < o->n; ++*at) {
		const struct opinion_value *v = &o->values[*at];

		if (v->record == record && v->listed == listed &&
		    v->path_len == strlen(path) &&
		    memcmp(o->texts.data + v->path, path, v->path_len) == 0) {
			++*at;
			return v;
		}
	}
	return NULL;
}

/* null and "" are absent. */
static inline int
opinion_absent(const struct opinion_value *v)
{
	return v->kind == OPINION_NULL || (v->kind == OPINION_STRING && v->len == 0);
}

#endif /* !TESTS_YAJL_OPINION_H */
