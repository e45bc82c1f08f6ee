#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/utf8.h"

#include "config/inifile.h"

struct reader {
	const char *p, *end;
	int flags;
	const char *loose;
	inifile_fn *fn;
	void *ctx;
	int line;
	int have_key;		/* ${key} can be continued */
	int skip;		/* the line before was faulty: so is what continues it */
	int more;		/* the line given to libinih continues ${key} */
	char section[INIFILE_NAME + 1];
	char key[INIFILE_NAME + 1];
};

static int
blank(char c)
{
	return c == ' ' || c == '\t';
}

static void
tell(struct reader *r, enum inifile_what what, const char *value)
{
	struct inifile_event e = { what, r->line, r->section, "", value };

	if (what == INIFILE_ENTRY || what == INIFILE_MORE)
		e.key = r->key;
	r->fn(r->ctx, &e);
}

/* The first of ${chars} in ${s}, or where a comment or the line ends. */
static char *
find(char *s, const char *chars)
{
	int after_blank = 0;

	for (; *s != '\0'; s++) {
		if ((after_blank && *s == ';') || strchr(chars, *s) != NULL)
			break;
		after_blank = blank(*s);
	}
	return s;
}

/* Copy ${len} octets of a name, outer blanks gone and inner ones folded. */
static int
name_copy(char out[static INIFILE_NAME + 1], const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (blank(s[i]) && (n == 0 || out[n - 1] == ' '))
			continue;
		if (n == INIFILE_NAME)
			return -1;
		out[n++] = blank(s[i]) ? ' ' : s[i];
	}
	if (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return 0;
}

/* One or two words and '=': a key, and no text that goes on. */
static int
key_shaped(const char *s)
{
	int words = 0;

	for (;;) {
		size_t n = 0;

		while (blank(*s))
			s++;
		if (*s == '=')
			return words > 0;
		for (; *s != '\0' && !blank(*s) && *s != '='; s++, n++)
			if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
			    (*s >= '0' && *s <= '9') || *s == '_' || *s == '-' ||
			    (unsigned char)*s >= 0x80))
				return 0;
		if (n == 0 || ++words > 2)
			return 0;
	}
}

static int
is_heading(struct reader *r, char *s)
{
	char *close = strchr(s, ']');

	r->have_key = 0;
	r->skip = 1;
	if (close == NULL) {
		tell(r, INIFILE_FAULT, "the heading has no ']'");
		return -1;
	}
	*find(close + 1, "") = '\0';
	if (close[1 + strspn(close + 1, " \t")] != '\0') {
		tell(r, INIFILE_FAULT, "something follows the heading's ']'");
		return -1;
	}
	if (name_copy(r->section, s + 1, (size_t)(close - s - 1)) != 0) {
		r->section[0] = '\0';
		tell(r, INIFILE_FAULT, "the heading is too long");
		return -1;
	}
	if (r->section[0] == '\0') {
		tell(r, INIFILE_FAULT, "the heading is empty");
		return -1;
	}
	r->skip = 0;
	tell(r, INIFILE_SECTION, "");
	return 0;
}

/* "47630 -> 47.690 no": put the '=' where the last blank is. */
static void
loosen(char *s)
{
	char *end = find(s, ""), *last = NULL, *arrow;

	*end = '\0';
	if ((arrow = strstr(s, "->")) == NULL)
		return;
	while (end > s && blank(end[-1]))
		*--end = '\0';
	for (char *p = arrow + 2 + strspn(arrow + 2, " \t"); *p != '\0'; p++)
		if (blank(*p))
			last = p;
	if (last != NULL)
		*last = '=';
}

static int
is_entry(struct reader *r, char *s)
{
	char *sep = find(s, "=:");

	if (*sep != '=' && *sep != ':' && r->loose != NULL &&
	    strcmp(r->section, r->loose) == 0) {
		loosen(s);
		sep = find(s, "=:");
	}
	r->have_key = 0;
	r->skip = 1;
	if (*sep != '=' && *sep != ':')
		tell(r, INIFILE_FAULT, "is neither a heading nor KEY = VALUE");
	else if (name_copy(r->key, s, (size_t)(sep - s)) != 0)
		tell(r, INIFILE_FAULT, "the name of the key is too long");
	else if (r->key[0] == '\0')
		tell(r, INIFILE_FAULT, "there is no key before the '='");
	else {
		r->have_key = 1;
		r->skip = 0;
		return 0;
	}
	return -1;
}

/*
 * Look at one line and turn it into what libinih is to see: ";" for nothing.
 * libinih's own copies of section and key are cut at 50 octets, so a heading
 * becomes a mere mark and the names are kept here.
 */
static void
prepare(struct reader *r, char *line)
{
	char *s = line + strspn(line, " \t");
	int indented = s > line;

	r->more = 0;
	if (*s == '\0' || *s == ';' || *s == '#') {
		strcpy(line, ";");
		return;
	}
	if (indented && ((r->flags & INIFILE_MULTILINE) == 0 ||
	    *s == '[' || key_shaped(s) || (!r->have_key && !r->skip))) {
		memmove(line, s, strlen(s) + 1);
		s = line;
		indented = 0;
	}
	if (indented) {
		*find(s, "") = '\0';	/* libinih 55 leaves that comment in */
		if (r->skip)
			strcpy(line, ";");
		r->more = 1;
	} else if (*s == '[') {
		strcpy(line, is_heading(r, s) == 0 ? "[x]" : ";");
	} else if (is_entry(r, s) != 0)
		strcpy(line, ";");
}

/* What is wrong with the octets of a line, or NULL. */
static const char *
bad_octets(const char *s, size_t len)
{
	if (len > INIFILE_LINE)
		return "the line is too long";
	if (len >= 2 && (memcmp(s, "\xff\xfe", 2) == 0 ||
	    memcmp(s, "\xfe\xff", 2) == 0))
		return "is UTF-16: save the file as UTF-8";
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)s[i] < 0x20 && s[i] != '\t') || s[i] == 0x7f)
			return "holds a control character";
	if (!utf8_valid(s, len))
		return "is not UTF-8 text: save the file as UTF-8";
	return NULL;
}

/* For libinih: fgets() on text in memory. */
static char *
next_line(char *out, int size, void *stream)
{
	struct reader *r = stream;
	const char *nl, *bad;
	size_t len;

	if (r->p == r->end)
		return NULL;
	nl = memchr(r->p, '\n', (size_t)(r->end - r->p));
	len = (size_t)((nl != NULL ? nl : r->end) - r->p);
	r->line++;
	if (len > 0 && r->p[len - 1] == '\r')
		len--;
	bad = bad_octets(r->p, len);
	if (bad != NULL || len + 3 > (size_t)size) {
		r->skip = 1;
		r->have_key = 0;
		tell(r, INIFILE_FAULT, bad != NULL ? bad : "the line is too long");
		strcpy(out, ";");
	} else {
		memcpy(out, r->p, len);
		out[len] = '\0';
		prepare(r, out);
	}
	r->p = nl != NULL ? nl + 1 : r->end;
	return out;
}

static int
entry(void *ctx, const char *section, const char *key, const char *value)
{
	struct reader *r = ctx;

	(void)section;
	(void)key;
	tell(r, r->more ? INIFILE_MORE : INIFILE_ENTRY, value != NULL ? value : "");
	return 1;
}

void
inifile_read(const char *text, size_t len, int flags, const char *loose,
    inifile_fn *fn, void *ctx)
{
	struct reader r = { .p = text, .end = text + len, .flags = flags,
		.loose = loose, .fn = fn, .ctx = ctx };

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		r.p += 3;

	/* Its limit for a line is 200 octets unless it is told otherwise. */
	ini_use_stack = false;
	ini_allow_realloc = false;
	ini_initial_alloc = INIFILE_LINE + 8;
	ini_max_line = INIFILE_LINE + 8;
	ini_allow_multiline = true;
	ini_allow_no_value = false;
	ini_stop_on_first_error = false;

	/* Nothing is left for it to find wrong; if it does, say so. */
	if (ini_parse_stream(next_line, &r, entry, &r) != 0)
		tell(&r, INIFILE_FAULT, "cannot be read");
}
