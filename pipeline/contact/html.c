/* mime_untag -- HTML to lines of text; see mime.h. */

#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/utf8.h"
#include "pipeline/contact/mime.h"

/* Tags that end a line. */
static int
is_block(const char *tag, size_t len)
{
	static const char *const names[] = { "br", "p", "div", "tr", "td", "th",
	    "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "hr", "pre",
	    "blockquote", "title", "body", "head", "dt", "dd" };
	size_t i, n;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		n = strlen(names[i]);
		if (len == n && field_starts(tag, len, names[i]))
			return (1);
	}
	return (0);
}

/* Decode the entity at ${s}; its length, or 0 where it is none. */
static size_t
entity(struct buf *b, const char *s, size_t len)
{
	static const struct { const char *name; uint32_t cp; } table[] = {
		{ "lt;", '<' }, { "gt;", '>' }, { "amp;", '&' },
		{ "quot;", '"' }, { "apos;", '\'' }, { "nbsp;", ' ' },
		{ "auml;", 0xe4 }, { "ouml;", 0xf6 }, { "uuml;", 0xfc },
		{ "szlig;", 0xdf }, { "eacute;", 0xe9 }, { "egrave;", 0xe8 },
		{ "agrave;", 0xe0 }, { "ecirc;", 0xea }, { "ccedil;", 0xe7 },
		{ "oslash;", 0xf8 }, { "aring;", 0xe5 }, { "aelig;", 0xe6 },
	};
	size_t i;
	uint32_t cp = 0, base = 10;
	int d;

	if (len < 4 || (s[1] != '#' && !(s[1] >= 'a' && s[1] <= 'z') &&
	    !(s[1] >= 'A' && s[1] <= 'Z')))
		return (0);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (len > 1 && field_starts(s + 1, len - 1, table[i].name)) {
			utf8_put(b, table[i].cp);
			return (1 + strlen(table[i].name));
		}
	if (len < 4 || s[1] != '#')
		return (0);
	i = 2;
	if (s[i] == 'x' || s[i] == 'X')
		base = 16, i++;
	for (; i < len && i < 10 && s[i] != ';'; i++) {
		d = s[i] >= '0' && s[i] <= '9' ? s[i] - '0' :
		    field_lower(s[i]) >= 'a' && field_lower(s[i]) <= 'f' &&
		    base == 16 ? field_lower(s[i]) - 'a' + 10 : -1;
		if (d < 0)
			return (0);
		cp = cp * base + (uint32_t)d;
	}
	if (i >= len || s[i] != ';' || cp < ' ' || cp == 0x7f || cp > 0x10ffff ||
	    (cp >= 0x80 && cp < 0xa0) || (cp >= 0xd800 && cp < 0xe000))
		return (0);
	utf8_put(b, cp == 0xa0 ? ' ' : cp);
	return (i + 1);
}

/* Behind the end of <style>, <script> or a comment that begins at ${s}. */
static size_t
skip(const char *s, size_t len, const char *end)
{
	const char *p = field_find(s, len, end);

	return (p == NULL ? len : (size_t)(p - s) + strlen(end));
}

/* An address in angle brackets that somebody forgot to escape. */
static int
is_bare_address(const char *s, size_t len)
{
	size_t i;
	int at = 0;

	for (i = 0; i < len && i < 255 && s[i] != '>'; i++) {
		if (s[i] == ' ' || s[i] == '<' || s[i] == '"' || s[i] == '=')
			return (0);
		at += s[i] == '@';
	}
	return (at == 1 && i < len && s[i] == '>');
}

const char *
mime_untag(struct arena *mem, const char *html, size_t len)
{
	struct buf b = BUF(2 * len + 16);
	const char *ret;
	size_t i, n, t;

	for (i = 0; i < len; i += n) {
		n = 1;
		if (html[i] == '&' &&
		    (t = entity(&b, html + i, len - i)) > 0) {
			n = t;
			continue;
		}
		if (html[i] != '<' || is_bare_address(html + i + 1, len - i - 1)) {
			buf_chr(&b, html[i]);
			continue;
		}
		t = i + 1 + (i + 1 < len && html[i + 1] == '/');
		while (t + n - 1 < len && ((field_lower(html[t + n - 1]) >= 'a' &&
		    field_lower(html[t + n - 1]) <= 'z') ||
		    (html[t + n - 1] >= '0' && html[t + n - 1] <= '9')))
			n++;
		n--;	/* of the tag's name */
		if (n > 0 && is_block(html + t, n))
			buf_chr(&b, '\n');
		if (field_starts(html + i, len - i, "<!--"))
			n = skip(html + i, len - i, "-->");
		else if (field_starts(html + i, len - i, "<style"))
			n = skip(html + i, len - i, "</style>");
		else if (field_starts(html + i, len - i, "<script"))
			n = skip(html + i, len - i, "</script>");
		else if (n == 0 && t == i + 1 && (t >= len || html[t] != '!')) {
			buf_chr(&b, '<');	/* "a < b" */
			n = 1;
		} else
			n = skip(html + i, len - i, ">");
	}
	ret = arena_strn(mem, buf_text(&b), b.len);
	buf_free(&b);
	return (ret);
}
