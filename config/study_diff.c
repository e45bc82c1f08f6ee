#include <stdlib.h>
#include <string.h>

#include "config/inifile.h"

#include "config/study_diff.h"

/* One key with all that was written for it, in the order of the file. */
struct said {
	const char *section, *key;
	struct buf value;
	int fixed;
	int seen;		/* in the other file too */
};

struct reading {
	struct arena *arena;
	struct said *said;
	size_t n;
	struct buf order;	/* all that is fixed, as one text */
};

/* ${word} or, where it ends with '*', what begins so. */
static int
like(const char *s, const char *word)
{
	size_t n = strcspn(word, "*");

	return word[n] == '*' ? strncmp(s, word, n) == 0 : strcmp(s, word) == 0;
}

static int
is_fixed(const char *section, const char *key)
{
	static const struct { const char *section, *key; } changes[] = {
		{ "mail", "*" }, { "answers", "*" }, { "activity", "*" },
		{ "table", "*" }, { "table *", "*" },
		{ "study", "title" }, { "study", "title_en" },
		{ "study", "purpose" }, { "study", "controller" },
		{ "study", "legal_basis" }, { "study", "contact" },
		{ "study", "retention" },
		{ "group *", "label" }, { "group *", "label_en" },
		{ "area *", "label" }, { "area *", "label_en" },
		{ "area *", "short*" },
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (like(section, changes[i].section) && like(key, changes[i].key))
			return 0;
	return 1;
}

static struct said *
find(const struct reading *r, const char *section, const char *key)
{
	for (size_t i = r->n; i > 0; i--)
		if (strcmp(r->said[i - 1].key, key) == 0 &&
		    strcmp(r->said[i - 1].section, section) == 0)
			return &r->said[i - 1];
	return NULL;
}

/* Blanks between words are one blank. */
static void
put_value(struct buf *b, const char *s)
{
	for (size_t n; *s != '\0'; s += n) {
		s += strspn(s, " \t");
		n = strcspn(s, " \t");
		if (n > 0 && b->len > 0 && b->data[b->len - 1] != '\n')
			buf_chr(b, ' ');
		buf_add(b, s, n);
	}
}

static void
event(void *ctx, const struct inifile_event *e)
{
	struct reading *r = ctx;
	struct said *s;

	if (e->what == INIFILE_FAULT)
		return;		/* both files have been read without one */
	if (e->what == INIFILE_SECTION) {
		if (is_fixed(e->section, "codes"))
			buf_printf(&r->order, "[%s]\n", e->section);
		return;
	}
	s = find(r, e->section, e->key);
	if (s == NULL) {
		r->said = mem_grow(r->said, r->n + 1, sizeof(*r->said));
		s = &r->said[r->n++];
		*s = (struct said){ .section = arena_str(r->arena, e->section),
		    .key = arena_str(r->arena, e->key), .value = BUF(BUF_ANY),
		    .fixed = is_fixed(e->section, e->key) };
	} else if (e->what == INIFILE_ENTRY)
		buf_chr(&s->value, '\n');
	put_value(&s->value, e->value);
	if (s->fixed && e->what == INIFILE_ENTRY)
		buf_printf(&r->order, "%s\n", e->key);
}

static void
begin(struct reading *r, const struct study *s)
{
	memset(r, 0, sizeof(*r));
	r->arena = arena_new();
	r->order = (struct buf)BUF(BUF_ANY);
	inifile_read(s->text, s->len, INIFILE_MULTILINE, "codes", event, r);
}

static void
end(struct reading *r)
{
	for (size_t i = 0; i < r->n; i++)
		buf_free(&r->said[i].value);
	free(r->said);
	buf_free(&r->order);
	arena_free(r->arena);
}

static void
tell(const struct said *s, struct buf *fixed, struct buf *rest)
{
	struct buf *b = s->fixed ? fixed : rest;

	buf_printf(b, "%s[%s] %s", b->len > 0 ? ", " : "", s->section, s->key);
}

void
study_compare(const struct study *was, const struct study *now, struct buf *fixed,
    struct buf *rest)
{
	struct reading a, b;

	begin(&a, was);
	begin(&b, now);
	for (size_t i = 0; i < b.n; i++) {
		struct said *old = find(&a, b.said[i].section, b.said[i].key);

		if (old != NULL)
			old->seen = 1;
		if (old == NULL || strcmp(buf_text(&old->value),
		    buf_text(&b.said[i].value)) != 0)
			tell(&b.said[i], fixed, rest);
	}
	for (size_t i = 0; i < a.n; i++)
		if (!a.said[i].seen)
			tell(&a.said[i], fixed, rest);
	if (fixed->len == 0 &&
	    strcmp(buf_text(&a.order), buf_text(&b.order)) != 0)
		buf_str(fixed, "order of keys");
	end(&a);
	end(&b);
}
