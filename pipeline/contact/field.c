/* field -- see field.h. */

#include <assert.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/utf8.h"
#include "pipeline/contact/field.h"

enum { ADDRESS_MAX = 254, NAME_OCTETS = 76 };

char
field_lower(char c)
{

	return ((c >= 'A' && c <= 'Z') ? (char)(c - 'A' + 'a') : c);
}

int
field_starts(const char *s, size_t len, const char *prefix)
{
	size_t i;

	for (i = 0; prefix[i] != '\0'; i++)
		if (i >= len || field_lower(s[i]) != field_lower(prefix[i]))
			return (0);
	return (1);
}

int
field_same(const char *a, const char *b)
{

	for (; *a != '\0' && *b != '\0'; a++, b++)
		if (field_lower(*a) != field_lower(*b))
			return (0);
	return (*a == *b);
}

/*
 * memmem without case.  The first octet is looked for with memchr in both
 * cases; with needles of words the inner comparison ends at once, so that the
 * whole is linear in practice, and never more than len * strlen(needle).
 */
const char *
field_find(const char *s, size_t len, const char *needle)
{
	size_t n = strlen(needle), i;
	char lo = needle[0], up;
	const char *a = s, *b = s, *p, *end = s + len;

	if (n == 0 || n > len)
		return (n == 0 ? s : NULL);
	assert(s != NULL);
	up = (lo >= 'a' && lo <= 'z') ? (char)(lo - 'a' + 'A') : lo;
	a = memchr(s, lo, len);
	b = up == lo ? NULL : memchr(s, up, len);
	while (a != NULL || b != NULL) {
		p = (b == NULL || (a != NULL && a < b)) ? a : b;
		if ((size_t)(end - p) < n)
			return (NULL);
		for (i = 1; i < n && field_lower(p[i]) == needle[i]; i++)
			continue;
		if (i == n)
			return (p);
		if (p == a)
			a = memchr(p + 1, lo, (size_t)(end - p) - 1);
		else
			b = memchr(p + 1, up, (size_t)(end - p) - 1);
	}
	return (NULL);
}

int
field_any(const char *s, size_t len, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (field_find(s, len, list[i]) != NULL)
			return (1);
	return (0);
}

int
field_starts_any(const char *s, size_t len, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (field_starts(s, len, list[i]))
			return (1);
	return (0);
}

static int
blank(char c)
{

	return (c == ' ' || c == '\t' || c == '\r' || c == '\n');
}

static void
trim(const char **s, size_t *len)
{

	while (*len > 0 && blank(**s))
		(*s)++, (*len)--;
	while (*len > 0 && blank((*s)[*len - 1]))
		(*len)--;
}

void
field_add(struct arena *mem, struct fields *f, const char *name,
    size_t namelen, const char *value, size_t valuelen)
{
	struct field *more;

	if (f->n == f->room) {
		f->room = f->room == 0 ? 16 : 2 * f->room;
		more = arena_alloc(mem, f->room * sizeof(*more));
		if (f->n > 0)
			memcpy(more, f->field, f->n * sizeof(*more));
		f->field = more;
	}
	f->field[f->n].name = arena_strn(mem, name, namelen);
	f->field[f->n].value = arena_strn(mem, value, valuelen);
	f->n++;
}

/* The length of the name in front of a colon, or 0: not a field's first line. */
static size_t
name_length(const char *line, size_t len)
{
	size_t i, n;

	for (i = 0; i < len && i < NAME_OCTETS && line[i] > ' ' &&
	    line[i] != ':' && line[i] < 0x7f; i++)
		continue;
	n = i;
	while (i < len && (line[i] == ' ' || line[i] == '\t'))
		i++;
	return (n > 0 && i < len && line[i] == ':' ? n : 0);
}

int
field_block(struct arena *mem, const char *text, size_t len, size_t *at,
    size_t max, struct fields *f)
{
	struct buf value = BUF(65536);
	const char *line, *nl, *v, *name = NULL;
	size_t n, namelen = 0, vlen;
	int any = 0;

	while (*at <= len) {
		line = text + *at;
		nl = *at < len ? memchr(line, '\n', len - *at) : NULL;
		n = nl != NULL ? (size_t)(nl - line) : len - *at;
		v = line;
		vlen = n;
		trim(&v, &vlen);
		if (vlen == 0) {
			if (nl == NULL) {
				*at = len + 1;
				break;
			}
			*at += n + 1;
			if (any)
				break;
			continue;
		}
		any = 1;
		*at += n + 1;
		if ((line[0] == ' ' || line[0] == '\t') && name != NULL) {
			buf_chr(&value, ' ');
			buf_add(&value, v, vlen);
			continue;
		}
		/* An indented first line begins a field too (forwarders indent). */
		if (name_length(v, vlen) == 0)
			continue;
		if (name != NULL && f->n < max)
			field_add(mem, f, name, namelen, buf_text(&value),
			    value.len);
		name = v;
		namelen = name_length(v, vlen);
		buf_clear(&value);
		v = memchr(v, ':', vlen);
		v++;
		vlen = (size_t)(line + n - v);
		trim(&v, &vlen);
		buf_add(&value, v, vlen);
	}
	if (name != NULL && f->n < max)
		field_add(mem, f, name, namelen, buf_text(&value), value.len);
	buf_free(&value);
	return (any);
}

const char *
field_nth(const struct fields *f, const char *name, size_t nth)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (field_same(f->field[i].name, name) && nth-- == 0)
			return (f->field[i].value);
	return (NULL);
}

const char *
field_get(const struct fields *f, const char *name)
{

	return (field_nth(f, name, 0));
}

static int
local_octet(unsigned char c)
{

	return (c > ' ' && c != 0x7f && strchr("<>()[],;:\"@", c) == NULL);
}

static int
domain_octet(unsigned char c)
{

	return ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' ||
	    c >= 0x80);
}

/* LOCAL@DOMAIN and nothing else? */
static int
is_address(const char *s, size_t len)
{
	size_t i = 0, at;

	if (len < 3 || len > ADDRESS_MAX)
		return (0);
	if (s[0] == '"') {
		for (i = 1; i < len && s[i] != '"'; i++)
			if (s[i] == '\\')
				i++;
		i++;
	} else
		while (i < len && local_octet((unsigned char)s[i]))
			i++;
	if (i == 0 || i + 1 >= len || s[i] != '@')
		return (0);
	/* X.400 in disguise: /o=x/ou=y/@host, /c=ww/... */
	if (s[0] == '/' && memchr(s, '=', i) != NULL)
		return (0);
	at = ++i;
	if (s[i] == '[')
		return (len - i > 2 && s[len - 1] == ']');
	for (; i < len; i++)
		if (!domain_octet((unsigned char)s[i]))
			return (0);
	return (s[at] != '.' && s[at] != '-' && s[len - 1] != '-');
}

/* Take "(...)" at either end off. */
static void
uncomment(const char **s, size_t *len)
{
	const char *p;

	trim(s, len);
	while (*len > 0 && **s == '(' && (p = memchr(*s, ')', *len)) != NULL) {
		*len -= (size_t)(p + 1 - *s);
		*s = p + 1;
		trim(s, len);
	}
	while (*len > 0 && (*s)[*len - 1] == ')') {
		for (p = *s + *len; p > *s && p[-1] != '('; p--)
			continue;
		if (p == *s)
			break;
		*len = (size_t)(p - 1 - *s);
		trim(s, len);
	}
}

static int
quote(char c)
{

	return (c == '<' || c == '>' || c == '"' || c == '\'' || c == '`');
}

const char *
field_address(struct arena *mem, const char *s, size_t len)
{
	const char *lt, *gt, *p;

	if (len > 4096)
		len = 4096;
	uncomment(&s, &len);
	/* The last <...> that holds an "@": a display name may hold others. */
	for (gt = s + len; gt > s; gt--) {
		if (gt[-1] != '>')
			continue;
		for (lt = gt - 1; lt > s && lt[-1] != '<'; lt--)
			continue;
		if (lt > s && memchr(lt, '@', (size_t)(gt - 1 - lt)) != NULL) {
			s = lt;
			len = (size_t)(gt - 1 - lt);
			break;
		}
		gt = lt;
		if (gt <= s)
			break;
	}
	trim(&s, &len);
	if (len > 0 && s[0] == '@' && (p = memchr(s, ':', len)) != NULL) {
		len -= (size_t)(p + 1 - s);
		s = p + 1;
	}
	if (field_starts(s, len, "mailto:") || field_starts(s, len, "<mailto:")) {
		p = memchr(s, ':', len);
		len -= (size_t)(p + 1 - s);
		s = p + 1;
	}
	if (len > 5 && field_starts(s, len, "smtp:"))
		s += 5, len -= 5;
	while (len > 0 && (s[0] == '<' || s[0] == '\'' || s[0] == '`' ||
	    (s[0] == '"' && (p = memchr(s + 1, '"', len - 1)) != NULL &&
	    (p + 1 == s + len || p[1] != '@'))))
		s++, len--;
	while (len > 0 && (quote(s[len - 1]) || strchr(".,;:", s[len - 1]) != NULL))
		len--;
	trim(&s, &len);
	return (is_address(s, len) ? arena_strn(mem, s, len) : NULL);
}

static int
upper_hex(char c)
{

	if (c >= '0' && c <= '9')
		return (c - '0');
	return ((c >= 'A' && c <= 'F') ? c - 'A' + 10 : -1);
}

const char *
field_xtext(struct arena *mem, const char *s, size_t len)
{
	char *out = arena_alloc(mem, len + 1);
	size_t i, n = 0;
	int hi, lo, c;

	for (i = 0; i < len; i++) {
		if (s[i] != '+') {
			out[n++] = s[i];
			continue;
		}
		hi = i + 2 < len ? upper_hex(s[i + 1]) : -1;
		lo = i + 2 < len ? upper_hex(s[i + 2]) : -1;
		c = hi >= 0 && lo >= 0 ? hi << 4 | lo : 0;
		/* No encoder writes a letter or digit so: it is a "+" of an
		 * address that was never encoded. */
		if (c <= ' ' || c >= 0x7f || (c >= '0' && c <= '9') ||
		    (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
			return (arena_strn(mem, s, len));
		out[n++] = (char)c;
		i += 2;
	}
	return (out);
}

static int
any_hex(char c)
{

	return (upper_hex(c >= 'a' && c <= 'f' ? (char)(c - 'a' + 'A') : c));
}

/* RFC 6533 3: \x{HEX}, 2 to 6 digits; a broken one stands as it is. */
static const char *
unicode(struct arena *mem, const char *s, size_t len)
{
	struct buf b = BUF(4 * len + 1);
	const char *ret;
	size_t i, j;
	uint32_t cp;

	for (i = 0; i < len; i++) {
		if (!field_starts(s + i, len - i, "\\x{")) {
			buf_chr(&b, s[i]);
			continue;
		}
		cp = 0;
		for (j = i + 3; j < len && j < i + 9 && any_hex(s[j]) >= 0; j++)
			cp = cp << 4 | (uint32_t)any_hex(s[j]);
		if (j < i + 5 || j >= len || s[j] != '}' || cp < 0x20 ||
		    cp == 0x7f || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000)) {
			buf_chr(&b, s[i]);
			continue;
		}
		utf8_put(&b, cp);
		i = j;
	}
	ret = arena_strn(mem, buf_text(&b), b.len);
	buf_free(&b);
	return (ret);
}

const char *
field_recipient(struct arena *mem, const char *s, size_t len)
{
	const char *semi, *ret;
	size_t type;

	if (len > 4096)
		len = 4096;
	uncomment(&s, &len);
	semi = memchr(s, ';', len);
	if (semi != NULL && memchr(s, '@', (size_t)(semi - s)) == NULL) {
		type = (size_t)(semi - s);
		semi++;
		len -= (size_t)(semi - s);
		if (field_starts(s, type, "utf-8") ||
		    field_starts(s, type, "utf8")) {
			s = unicode(mem, semi, len);
			return (field_address(mem, s, strlen(s)));
		}
		if (field_starts(s, type, "x400") ||
		    field_starts(s, type, "x-x400"))
			return (NULL);
		s = semi;
	}
	ret = field_address(mem, s, len);
	return (ret == NULL ? NULL : field_xtext(mem, ret, strlen(ret)));
}

size_t
field_addresses(struct arena *mem, const char *s, const char **out, size_t max)
{
	const char *p = s, *from = s, *a;
	size_t n = 0, i;
	int quoted = 0, comment = 0, angle = 0;

	for (;; p++) {
		if (*p == '\\' && p[1] != '\0' && quoted)
			p++;
		else if (*p == '"' && comment == 0)
			quoted = !quoted;
		else if (*p == '(' && !quoted)
			comment++;
		else if (*p == ')' && !quoted && comment > 0)
			comment--;
		else if ((*p == '<' || *p == '>') && !quoted && comment == 0)
			angle = *p == '<';
		if (*p != '\0' && (quoted || comment > 0 || angle ||
		    (*p != ',' && *p != ';' && *p != ':')))
			continue;
		if (*p != ':' || p - from < 5 ||
		    memchr(from, '@', (size_t)(p - from)) != NULL) {
			a = field_address(mem, from, (size_t)(p - from));
			for (i = 0; a != NULL && i < n; i++)
				if (field_same(out[i], a))
					a = NULL;
			if (a != NULL && n < max)
				out[n++] = a;
		}
		if (*p == '\0' || n == max)
			return (n);
		from = p + 1;
	}
}
