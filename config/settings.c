#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"

#include "config/inifile.h"
#include "config/settings.h"
#include "config/settings_private.h"
#include "config/value.h"

enum { FILE_MAX = 1 << 20, FILES_MAX = 1000 };

static const char etc[] = "/etc/utvalg";

/* One file being read into ${s}; the first fault ends up in ${err}. */
struct reading {
	struct settings *s;
	struct err *err;
	const char *file;
	char *folder;
	int *line;		/* where each key stands in this file, 0: nowhere */
	int known;		/* the section just begun is */
	int bad;
};

static void __attribute__((format(printf, 3, 4)))
fault(struct reading *r, int line, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	if (r->bad)
		return;
	r->bad = 1;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_set(r->err, EX_CONFIG, "%s:%d: %s", r->file, line, text);
}

static void
begin_section(struct reading *r, const struct inifile_event *e)
{
	struct value_near near;
	char hint[128];

	value_near(&near, e->section);
	r->known = 0;
	for (size_t i = 0; i < settings_keys_n; i++) {
		if (strcmp(settings_keys[i].section, e->section) == 0)
			r->known = 1;
		value_near_offer(&near, settings_keys[i].section);
	}
	if (!r->known)
		fault(r, e->line, "unknown section [%s]%s", e->section,
		    value_near_hint(&near, hint));
}

/* The key, or NULL with the fault told. */
static const struct settings_key *
find_key(struct reading *r, const struct inifile_event *e)
{
	struct value_near near;
	char hint[128];

	if (e->section[0] == '\0') {
		fault(r, e->line, "'%s' stands before the first [section]", e->key);
		return NULL;
	}
	value_near(&near, e->key);
	for (size_t i = 0; i < settings_keys_n; i++) {
		const struct settings_key *k = &settings_keys[i];

		if (strcmp(k->section, e->section) != 0)
			continue;
		if (strcmp(k->key, e->key) == 0)
			return k;
		value_near_offer(&near, k->key);
	}
	/* Right key, wrong section: the more likely slip. */
	for (size_t i = 0; i < settings_keys_n; i++)
		if (strcmp(settings_keys[i].key, e->key) == 0) {
			fault(r, e->line, "unknown key '%s' in [%s] (it belongs in"
			    " [%s])", e->key, e->section, settings_keys[i].section);
			return NULL;
		}
	fault(r, e->line, "unknown key '%s' in [%s]%s", e->key, e->section,
	    value_near_hint(&near, hint));
	return NULL;
}

static void
take(struct reading *r, const struct inifile_event *e)
{
	const struct settings_key *k = find_key(r, e);
	struct settings_origin *o;
	char text[200];
	const char *why;
	size_t i;

	if (k == NULL)
		return;
	i = (size_t)(k - settings_keys);
	if (r->line[i] != 0) {
		fault(r, e->line, "'%s' again: it stands on line %d", e->key,
		    r->line[i]);
		return;
	}
	r->line[i] = e->line;
	why = settings_take(r->s, k, e->value, r->folder, text);
	if (why != NULL) {
		fault(r, e->line, "'%s' %s", e->key, why);
		return;
	}
	o = &r->s->origin[i];
	free(o->file);
	o->file = mem_str(r->file);
	o->line = e->line;
}

static void
event(void *ctx, const struct inifile_event *e)
{
	struct reading *r = ctx;

	switch (e->what) {
	case INIFILE_FAULT:
		fault(r, e->line, "%s", e->value);
		break;
	case INIFILE_SECTION:
		begin_section(r, e);
		break;
	case INIFILE_ENTRY:
		if (!r->bad)
			take(r, e);
		break;
	case INIFILE_MORE:		/* not asked for */
		break;
	}
}

static int
read_text(struct settings *s, const char *file, const char *text, size_t len,
    struct err *err)
{
	struct reading r = { .s = s, .err = err, .file = file };
	const char *slash = strrchr(file, '/');

	r.line = mem_array(settings_keys_n, sizeof(*r.line));
	r.folder = slash == NULL ? mem_str(".") : slash == file ? mem_str("/") :
	    mem_strn(file, (size_t)(slash - file));
	inifile_read(text, len, 0, NULL, event, &r);
	free(r.folder);
	free(r.line);
	return r.bad ? -1 : 0;
}

static int
read_file(struct settings *s, const char *file, struct err *err)
{
	struct buf b = BUF(FILE_MAX);
	int r = file_read(file, FILE_MAX, &b, err);

	if (r == 0)
		r = read_text(s, file, buf_text(&b), b.len, err);
	else
		err->status = EX_CONFIG;
	buf_free(&b);
	return r;
}

static void
defaults(struct settings *s)
{
	char why[200];

	memset(s, 0, sizeof(*s));
	s->origin = mem_array(settings_keys_n, sizeof(*s->origin));
	for (size_t i = 0; i < settings_keys_n; i++)
		settings_take(s, &settings_keys[i], settings_keys[i].value, "/", why);
}

static struct settings_origin *
origin_of(const struct settings *s, size_t at)
{
	size_t i = 0;

	while (settings_keys[i].at != at)
		i++;			/* every member is in the table */
	return &s->origin[i];
}

/* A folder of its own under a state that has been moved. */
static void
follow_state(struct settings *s, size_t at, const char *name)
{
	struct settings_origin *state, *own;
	char **member = (char **)(void *)((char *)s + at);
	struct buf b = BUF(8192);

	state = origin_of(s, offsetof(struct settings, state));
	own = origin_of(s, at);
	if (state->file == NULL || own->file != NULL ||
	    strcmp(s->state, settings_state) == 0)
		return;
	buf_printf(&b, "%s/%s", s->state, name);
	free(*member);
	*member = mem_str(buf_text(&b));
	own->derived = 1;
	buf_free(&b);
}

/* What can only be seen when all files have been read. */
static int
finish(struct settings *s, struct err *err)
{
	struct settings_origin *o = origin_of(s, offsetof(struct settings, bounce));
	const char *why;

	follow_state(s, offsetof(struct settings, requests), "requests");
	follow_state(s, offsetof(struct settings, results), "results");
	if (s->bounce[0] != '\0' && (why = value_bounce(s->bounce,
	    s->delimiter[0])) != NULL)
		return err_set(err, EX_CONFIG, "%s:%d: 'bounce' %s", o->file, o->line,
		    why);
	if (s->max_unpacked < s->max_bytes) {
		o = origin_of(s, offsetof(struct settings, max_unpacked));
		if (o->file == NULL)
			o = origin_of(s, offsetof(struct settings, max_bytes));
		return err_set(err, EX_CONFIG, "%s:%d: 'max_unpacked' is less than"
		    " 'max_bytes'", o->file, o->line);
	}
	return 0;
}

/* What is there and cannot be read is not the same as what is not there. */
static int
present(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* The files of ${folder}/utvalg.conf.d in order of their octets. */
static int
read_drop_ins(struct settings *s, const char *folder, struct err *err)
{
	struct buf path = BUF(8192);
	struct file_list list = { NULL, 0 };
	size_t base;
	int r = 0;

	buf_printf(&path, "%s/utvalg.conf.d", folder);
	if (!present(buf_text(&path)))
		goto out;
	if ((r = file_list(buf_text(&path), &list, err)) != 0) {
		err->status = EX_CONFIG;
		goto out;
	}
	base = path.len;
	for (size_t i = 0, n = 0; r == 0 && i < list.n; i++) {
		size_t len = strlen(list.name[i]);

		if (list.name[i][0] == '.' || len < 6 ||
		    strcmp(list.name[i] + len - 5, ".conf") != 0)
			continue;
		path.data[path.len = base] = '\0';
		buf_printf(&path, "/%s", list.name[i]);
		if (++n > FILES_MAX)
			r = err_set(err, EX_CONFIG, "%s: more than %d files",
			    buf_text(&path), FILES_MAX);
		else
			r = read_file(s, buf_text(&path), err);
	}
	file_list_free(&list);
out:
	buf_free(&path);
	return r;
}

int
settings_load_folder(struct settings *s, const char *folder, struct err *err)
{
	struct buf path = BUF(8192);
	int r = 0;

	defaults(s);
	buf_printf(&path, "%s/utvalg.conf", folder);
	if (present(buf_text(&path)))
		r = read_file(s, buf_text(&path), err);
	buf_free(&path);
	if (r == 0)
		r = read_drop_ins(s, folder, err);
	return r == 0 ? finish(s, err) : r;
}

int
settings_load(struct settings *s, const char *file, struct err *err)
{
	if (file == NULL)
		return settings_load_folder(s, etc, err);
	defaults(s);
	if (read_file(s, file, err) != 0)
		return -1;
	return finish(s, err);
}

int
settings_load_text(struct settings *s, const char *name, const char *text,
    struct err *err)
{
	defaults(s);
	if (read_text(s, name, text, strlen(text), err) != 0)
		return -1;
	return finish(s, err);
}

void
settings_free(struct settings *s)
{
	for (size_t i = 0; s->origin != NULL && i < settings_keys_n; i++) {
		free(s->origin[i].file);
		switch (settings_keys[i].kind) {
		case SETTINGS_TEXT:
		case SETTINGS_FOLDER:
		case SETTINGS_FILE:
		case SETTINGS_URL:
		case SETTINGS_API:
		case SETTINGS_PROXY:
		case SETTINGS_ADDRESS:
		case SETTINGS_BOUNCE:
		case SETTINGS_DELIMITER:
		case SETTINGS_SMTP:
		case SETTINGS_STARTTLS:
		case SETTINGS_MAILBOX:
		case SETTINGS_AFTER:
		case SETTINGS_WINDOW:
		case SETTINGS_SERVERS:
			free(*(char **)(void *)((char *)s + settings_keys[i].at));
			break;
		case SETTINGS_SHARE:
		case SETTINGS_SIZE:
		case SETTINGS_SPAN:
		case SETTINGS_COUNT:
		case SETTINGS_YES:
		case SETTINGS_LANG:
			break;
		}
	}
	free(s->origin);
	memset(s, 0, sizeof(*s));
}
