#include <stdio.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/hash.h"
#include "pipeline/frame/plan.h"

#include "pipeline/request_form.h"

void
request_make_id(int64_t now, char id[static 64])
{
	unsigned char r[8];
	char at[21], hex[17];

	hash_random(r, sizeof(r));
	moment_iso(now, at);
	snprintf(id, 64, "%.4s%.2s%.2s-%.2s%.2s%.2s-%s", at, at + 5, at + 8, at + 11,
	    at + 14, at + 17, hash_hex(r, sizeof(r), hex));
}

int
request_id(const char *name, char id[static 64])
{
	size_t n = strlen(name);

	if (n < 5 || n - 4 > 60 || strcmp(name + n - 4, ".ini") != 0)
		return -1;
	for (size_t i = 0; i < n - 4; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "0123456789-_", name[i]) == NULL)
			return -1;
	memcpy(id, name, n - 4);
	id[n - 4] = '\0';
	return 0;
}

const char *
request_path(const char *folder, const char *sub, const char *name)
{
	static char path[4][8192];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s%s%s%s%s", folder, *sub != '\0' ? "/" : "",
	    sub, *name != '\0' ? "/" : "", name);
	return p;
}

/* The line of a key, for a fault; 0 where it is not found. */
static int
line_of(const char *text, const char *key)
{
	size_t n = strlen(key);
	int line = 1;

	for (const char *p = text; *p != '\0'; line++) {
		const char *q = p + strspn(p, " \t");

		if (strncmp(q, key, n) == 0 && strchr(" \t=:", q[n]) != NULL)
			return line;
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	return 0;
}

/* What names a file outside the request's own text. */
static void
refuse_files(const struct study *s, const char *text, struct study_faults *f)
{
	for (size_t i = 0; i < s->nlist; i++)
		study_fault(f, s->list[i].line, "a request cannot name files: "
		    "[list %s]", s->list[i].name);
	if (s->exclude != NULL)
		study_fault(f, line_of(text, "exclude"),
		    "a request cannot name files: exclude");
	if (s->invite != NULL)
		study_fault(f, line_of(text, "invite"),
		    "a request cannot name files: invite");
	if (s->reminder != NULL)
		study_fault(f, line_of(text, "reminder"),
		    "a request cannot name files: reminder");
	if (s->invite_html != NULL)
		study_fault(f, line_of(text, "invite_html"),
		    "a request cannot name files: invite_html");
	if (s->reminder_html != NULL)
		study_fault(f, line_of(text, "reminder_html"),
		    "a request cannot name files: reminder_html");
	for (size_t i = 0; i <= STUDY_REMINDERS; i++)
		if (s->nth[i].text != NULL || s->nth[i].html != NULL)
			study_fault(f, line_of(text, "reminder"),
			    "a request cannot name files: reminder %zu", i);
	/* the service has no network, and a stranger's file no errand there */
	if (s->mx)
		study_fault(f, line_of(text, "mx"),
		    "a request cannot ask the domain name system: mx");
}

int
request_check(const struct world *w, const char *name, const struct buf *text,
    struct study **study, struct study_faults *f, struct err *err)
{
	struct buf said = BUF(16 << 20);
	int r = -1;

	if (study_read_text(name, buf_text(text), text->len, study, f, err) != 0)
		return -1;
	refuse_files(*study, buf_text(text), f);
	if (f->n > 0) {
		err_set(err, EX_CONFIG, "%s:%d: %s", name, f->fault[0].line,
		    f->fault[0].text);
		return -1;
	}
	r = plan_explain(w, *study, f, &said, err);
	buf_free(&said);
	return r;
}
