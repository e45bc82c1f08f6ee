#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/utf8.h"

#include "config/study_private.h"
#include "config/value.h"

enum { FILE_MAX = 1 << 20, FAULTS_MAX = 200, NAMED_MAX = 250 };

/* ------------------------------------------------------------------ faults */

void
study_fault(struct study_faults *f, int line, const char *fmt, ...)
{
	char text[1024];
	struct buf clean = BUF(4096);
	struct study_fault *one;
	size_t n;
	va_list ap;

	if (f == NULL || f->n > FAULTS_MAX)
		return;
	if (f->n == 0 || (f->n & (f->n - 1)) == 0)
		f->fault = mem_grow(f->fault, f->n == 0 ? 1 : 2 * f->n,
		    sizeof(*f->fault));
	one = &f->fault[f->n++];
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (f->n > FAULTS_MAX) {
		line = 0;
		strcpy(text, "there are more faults than these");
	}
	utf8_clean(&clean, text, strlen(text));
	n = clean.len < sizeof(one->text) ? clean.len : sizeof(one->text) - 1;
	while (n < clean.len && n > 0 && ((unsigned char)clean.data[n] & 0xc0) == 0x80)
		n--;
	one->line = line;
	memcpy(one->text, buf_text(&clean), n);
	one->text[n] = '\0';
	buf_free(&clean);
}

void
study_faults_sort(struct study_faults *f)
{
	/* by insertion: few, nearly in order, and equals keep theirs */
	for (size_t i = 1; i < f->n; i++) {
		struct study_fault one = f->fault[i];
		size_t j = i;

		for (; j > 0 && one.line != 0 && (f->fault[j - 1].line == 0 ||
		    f->fault[j - 1].line > one.line); j--)
			f->fault[j] = f->fault[j - 1];
		f->fault[j] = one;
	}
}

void
study_faults_free(struct study_faults *f)
{
	free(f->fault);
	f->fault = NULL;
	f->n = 0;
}

/* ---------------------------------------------------------------- sections */

int
study_key_line(const struct study_reading *r, const char *section,
    const char *key)
{
	for (size_t i = 0; i < STUDY_KEYS; i++)
		if (strcmp(study_keys[i].section, section) == 0 &&
		    strcmp(study_keys[i].key, key) == 0)
			return r->seen[i];
	return 0;
}

/* A section's word as it is written. */
static const char *
written(const struct study_section *s)
{
	return strcmp(s->word, "table:") == 0 ? "table" : s->word;
}

/* Begin the keys of a section anew, with their defaults. */
static void
defaults(struct study_reading *r, const char *section, int line)
{
	for (size_t i = 0; i < STUDY_KEYS; i++) {
		const struct study_key *k = &study_keys[i];

		if (strcmp(k->section, section) != 0)
			continue;
		r->seen[i] = 0;
		if (k->value != NULL)
			study_take(r, k, "", k->value, line, 0);
	}
}

static void
label_default(struct study_label *l, const char *nb, const char *en)
{
	if (l->nb == NULL)
		l->nb = nb;
	else
		en = l->nb;
	if (l->en == NULL)
		l->en = en;
}

/* Is what a key says nothing?  (Others are not taken without a value.) */
static int
says_nothing(const struct study_reading *r, const struct study_key *k)
{
	const char *const *text = (void *)((char *)r->object + k->at);
	const size_t *n = (void *)((char *)r->object + k->n_at);

	switch ((int)k->kind) {
	case STUDY_TEXT:
		return *text == NULL || (*text)[0] == '\0';
	case STUDY_WORDS:
	case STUDY_PHRASES:
	case STUDY_CODES:
		return *n == 0;
	default:
		return 0;
	}
}

static void
section_end(struct study_reading *r)
{
	if (r->section == NULL)
		return;
	for (size_t i = 0; i < STUDY_KEYS; i++) {
		const struct study_key *k = &study_keys[i];

		if (strcmp(k->section, r->section->word) != 0)
			continue;
		if (r->seen[i] != 0 && says_nothing(r, k))
			study_fault(r->faults, r->seen[i], "'%s' has no value", k->key);
		if (r->seen[i] == 0 && (k->flags & STUDY_MUST) != 0)
			study_fault(r->faults, r->line, "[%s] has no '%s'",
			    written(r->section), k->key);
	}
	if (strcmp(r->section->word, "group") == 0) {
		struct study_group *g = r->object;

		label_default(&g->label, g->name, g->name);
	} else if (strcmp(r->section->word, "area") == 0) {
		struct study_area *a = r->object;

		label_default(&a->label, a->name, a->name);
		label_default(&a->short_label, a->label.nb, a->label.en);
	} else if (strcmp(r->section->word, "table:") == 0) {
		struct study_table *t = r->object;

		label_default(&t->title, t->name, t->name);
	}
	r->section = NULL;
}

/* The struct of a new named section, or NULL with the fault told. */
static void *
named(struct study_reading *r, const char *word, const char *name, int line)
{
	struct study *s = r->s;
	const char *own = arena_str(s->arena, name);
	int before = 0;

	if (!study_name_ok(name)) {
		study_fault(r->faults, line, name[0] == '\0' ? "[%s NAME] has no name" :
		    "[%s ...]: its name is not 1 to 41 of letters a to z, digits, _ and"
		    " -", word);
		return NULL;
	}
	for (size_t i = 0; word[0] == 'g' && i < s->ngroup; i++)
		if (strcmp(s->group[i].name, name) == 0)
			before = s->group[i].line;
	for (size_t i = 0; word[0] == 'a' && i < s->narea; i++)
		if (strcmp(s->area[i].name, name) == 0)
			before = s->area[i].line;
	for (size_t i = 0; word[0] == 'l' && i < s->nlist; i++)
		if (strcmp(s->list[i].name, name) == 0)
			before = s->list[i].line;
	for (size_t i = 0; word[0] == 't' && i < s->ntable; i++)
		if (strcmp(s->table[i].name, name) == 0)
			before = s->table[i].line;
	if (before != 0) {
		study_fault(r->faults, line, "[%s %s] again: it begins on line %d",
		    word, name, before);
		return NULL;
	}
	if (s->ngroup >= NAMED_MAX || s->narea >= NAMED_MAX || s->nlist >= NAMED_MAX ||
	    s->ntable >= NAMED_MAX) {
		study_fault(r->faults, line, "more than %d [%s] sections", NAMED_MAX,
		    word);
		return NULL;
	}
	if (word[0] == 'g') {
		s->group = study_room(s->arena, s->group, s->ngroup, sizeof(*s->group));
		s->group[s->ngroup] = (struct study_group){ .name = own, .line = line };
		return &s->group[s->ngroup++];
	}
	if (word[0] == 'a') {
		s->area = study_room(s->arena, s->area, s->narea, sizeof(*s->area));
		s->area[s->narea] = (struct study_area){ .name = own, .line = line };
		return &s->area[s->narea++];
	}
	if (word[0] == 't') {
		s->table = study_room(s->arena, s->table, s->ntable, sizeof(*s->table));
		s->table[s->ntable] = (struct study_table){ .name = own, .small = -1,
		    .line = line };
		return &s->table[s->ntable++];
	}
	s->list = study_room(s->arena, s->list, s->nlist, sizeof(*s->list));
	s->list[s->nlist] = (struct study_list){ .name = own, .line = line };
	return &s->list[s->nlist++];
}

static void
section_begin(struct study_reading *r, const struct inifile_event *e)
{
	const struct study_section *found = NULL;
	struct value_near near;
	char word[INIFILE_NAME + 1], hint[128];
	size_t n = strcspn(e->section, " "), i;

	section_end(r);
	r->key = NULL;
	r->line = e->line;
	memcpy(word, e->section, n);
	word[n] = '\0';
	value_near(&near, word);
	for (i = 0; i < STUDY_SECTIONS && found == NULL; i++) {
		if (strcmp(written(&study_sections[i]), word) == 0 &&
		    (strcmp(word, "table") != 0 ||
		    study_sections[i].named == (e->section[n] == ' ')))
			found = &study_sections[i];
		value_near_offer(&near, written(&study_sections[i]));
	}
	if (found == NULL) {
		study_fault(r->faults, e->line, "unknown section [%s]%s", e->section,
		    value_near_hint(&near, hint));
		return;
	}
	i = (size_t)(found - study_sections);
	if (found->named) {
		r->object = named(r, word, e->section[n] == ' ' ?
		    e->section + n + 1 : "", e->line);
		if (r->object == NULL)
			return;
		defaults(r, found->word, e->line);
	} else if (e->section[n] == ' ') {
		study_fault(r->faults, e->line, "[%s] has no name", word);
		return;
	} else if (r->section_line[i] != 0) {
		study_fault(r->faults, e->line, "[%s] again: it begins on line %d",
		    word, r->section_line[i]);
		return;
	} else {
		r->section_line[i] = e->line;
		r->object = strcmp(word, "table") == 0 ? (void *)r : (void *)r->s;
	}
	r->section = found;
}

/* -------------------------------------------------------------------- keys */

/* Does ${written} fit the key?  *${name}: what stands for the '*'. */
static int
fits(const struct study_key *k, const char *written, const char **name)
{
	size_t n = strcspn(k->key, "*");

	*name = "";
	if (k->kind == STUDY_DECISION) {
		*name = written;
		return 1;
	}
	if (k->key[n] == '\0')
		return strcmp(k->key, written) == 0;
	*name = written + n;
	return strncmp(k->key, written, n) == 0 && written[n] != '\0';
}

static void
unknown_key(struct study_reading *r, const struct inifile_event *e)
{
	struct value_near near;
	const char *name, *elsewhere = NULL;
	char hint[128];

	value_near(&near, e->key);
	for (size_t i = 0; i < STUDY_KEYS; i++) {
		const struct study_key *k = &study_keys[i];

		if (strcmp(k->section, r->section->word) == 0)
			value_near_offer(&near, k->key);
		else if (elsewhere == NULL && k->kind != STUDY_DECISION &&
		    fits(k, e->key, &name))
			elsewhere = strcmp(k->section, "table:") == 0 ? "table NAME" :
			    k->section;
	}
	if (near.word == NULL && elsewhere != NULL)
		study_fault(r->faults, e->line, "unknown key '%s' in [%s] (it belongs"
		    " in [%s])", e->key, written(r->section), elsewhere);
	else
		study_fault(r->faults, e->line, "unknown key '%s' in [%s]%s", e->key,
		    written(r->section), value_near_hint(&near, hint));
}

static void
entry(struct study_reading *r, const struct inifile_event *e)
{
	const struct study_key *k = NULL;
	const char *name = "";
	size_t i;

	r->key = NULL;
	if (e->section[0] == '\0')
		study_fault(r->faults, e->line, "'%s' stands before the first"
		    " [section]", e->key);
	if (r->section == NULL)
		return;
	for (i = 0; i < STUDY_KEYS; i++) {
		k = &study_keys[i];
		if (strcmp(k->section, r->section->word) == 0 && fits(k, e->key, &name))
			break;
	}
	if (i == STUDY_KEYS || k == NULL) {
		unknown_key(r, e);
		return;
	}
	if (r->seen[i] != 0 && k->kind != STUDY_CODES && name[0] == '\0') {
		study_fault(r->faults, e->line, "'%s' again: it stands on line %d",
		    e->key, r->seen[i]);
		return;
	}
	if (r->seen[i] == 0)
		r->seen[i] = e->line;
	r->key = k;
	r->name = arena_str(r->s->arena, name);
	study_take(r, k, r->name, e->value, e->line, 0);
}

static void
event(void *ctx, const struct inifile_event *e)
{
	struct study_reading *r = ctx;

	switch (e->what) {
	case INIFILE_FAULT:
		study_fault(r->faults, e->line, "%s", e->value);
		break;
	case INIFILE_SECTION:
		section_begin(r, e);
		break;
	case INIFILE_ENTRY:
		entry(r, e);
		break;
	case INIFILE_MORE:
		if (r->key != NULL)
			study_take(r, r->key, r->name, e->value, e->line, 1);
		break;
	}
}

/* ----------------------------------------------------------------- reading */

static struct study *
study_new(const char *path)
{
	struct arena *a = arena_new();
	struct study *s = arena_alloc(a, sizeof(*s));
	const char *slash = strrchr(path, '/');

	s->arena = a;
	s->file = arena_str(a, strcmp(path, "-") == 0 ? "standard input" : path);
	s->folder = slash == NULL ? "." : slash == path ? "/" :
	    arena_strn(a, path, (size_t)(slash - path));
	s->standard = STUDY_SN2025;	/* nothing is written in it without codes */
	s->employees_min = s->employees_max = -1;
	s->accounts[0] = s->accounts[1] = -1;
	s->registered_before = s->registered_after = DATE_NONE;
	s->answers.deadline = MOMENT_NONE;
	s->active_den = 1;
	s->active_source = "";
	s->active_points = 2;
	return s;
}

int
study_read_text(const char *path, const char *text, size_t len,
    struct study **ret, struct study_faults *faults, struct err *err)
{
	struct study_faults own = { NULL, 0 };
	struct study_reading r = { .faults = faults != NULL ? faults : &own };
	int result = 0;

	*ret = NULL;
	r.s = study_new(path);
	hash_sha256(text, len, r.s->sha256);
	memcpy(r.s->drawn_sha256, r.s->sha256, sizeof(r.s->drawn_sha256));
	r.s->text = arena_strn(r.s->arena, text, len);
	r.s->len = len;
	r.object = r.s;
	for (size_t i = 0; i < STUDY_SECTIONS; i++)
		if (!study_sections[i].named) {
			r.object = strcmp(study_sections[i].word, "table") == 0 ?
			    (void *)&r : (void *)r.s;
			defaults(&r, study_sections[i].word, 0);
		}
	if (len > FILE_MAX)
		study_fault(r.faults, 0, "is longer than %d octets", FILE_MAX);
	else {
		inifile_read(text, len, INIFILE_MULTILINE, "codes", event, &r);
		section_end(&r);
		study_check(&r);
	}
	if (r.faults->n > 0) {
		const struct study_fault *first;

		study_faults_sort(r.faults);
		first = &r.faults->fault[0];
		if (first->line > 0)
			err_set(err, EX_CONFIG, "%s:%d: %s", r.s->file, first->line,
			    first->text);
		else
			err_set(err, EX_CONFIG, "%s: %s", r.s->file, first->text);
		study_free(r.s);
		result = -1;
	} else
		*ret = r.s;
	study_faults_free(&own);
	return result;
}

int
study_read(const char *path, struct study **ret, struct study_faults *faults,
    struct err *err)
{
	struct buf b = BUF(FILE_MAX);
	int result;

	*ret = NULL;
	result = file_read(path, FILE_MAX, &b, err);
	if (result == 0)
		result = study_read_text(path, buf_text(&b), b.len, ret, faults, err);
	buf_free(&b);
	return result;
}

size_t
study_group_at(const struct study *s, const char *name)
{
	size_t i = 0;

	while (i < s->ngroup && strcmp(s->group[i].name, name) != 0)
		i++;
	return i;
}

size_t
study_area_at(const struct study *s, const char *name)
{
	size_t i = 0;

	while (i < s->narea && strcmp(s->area[i].name, name) != 0)
		i++;
	return i;
}

void
study_free(struct study *s)
{
	if (s != NULL)
		arena_free(s->arena);
}
