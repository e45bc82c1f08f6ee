#include <string.h>

#include "pipeline/contact/mail_html.h"

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static int
is_letter(char c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	    c == ':' || c == '_';
}

/* Does ${s} begin with ${word}, which is in lower case? */
static int
begins(const char *s, const char *word)
{
	while (*word != '\0')
		if (lower(*s++) != *word++)
			return 0;
	return 1;
}

/* Is [s, s+n) one of ${words}, each with a blank before and behind it? */
static int
is_one(const char *s, size_t n, const char *words)
{
	for (const char *p = words + 1; *p != '\0'; p += strcspn(p, " ") + 1) {
		size_t i = 0;

		while (i < n && lower(s[i]) == p[i])
			i++;
		if (i == n && n > 0 && p[n] == ' ')
			return 1;
	}
	return 0;
}

static int
refuse(struct err *err, const char *html, const char *at, const char *what,
    size_t n)
{
	size_t line = 1;

	for (const char *p = html; p < at; p++)
		line += *p == '\n';
	return err_set(err, EX_CONFIG, "line %zu: %.*s: a letter must not make its "
	    "reader's program fetch or run anything", line, n < 40 ? (int)n : 40,
	    what);
}

/* One attribute at *${at}, inside an element: its value is looked at.  *${at} is
 * moved behind it. */
static int
attribute(const char *html, const char **at, int meta, struct err *err)
{
	const char *name = *at, *p = name, *value;
	size_t n, len;

	while (is_letter(*p))
		p++;
	n = (size_t)(p - name);
	if (n == 0) {
		*at = p + (*p != '\0' && *p != '>');
		return 0;
	}
	while (is_blank(*p))
		p++;
	if (*p != '=') {
		*at = p;
		return 0;
	}
	for (p++; is_blank(*p); p++)
		continue;
	if (*p == '"' || *p == '\'') {
		const char *end = strchr(p + 1, *p);

		if (end == NULL)
			return err_set(err, EX_CONFIG, "a quote in an element is not "
			    "closed: %.30s", name);
		value = p + 1;
		len = (size_t)(end - value);
		*at = end + 1;
	} else {
		value = p;
		len = strcspn(p, " \t\r\n\f>");
		*at = p + len;
	}
	while (len > 0 && is_blank(*value))
		value++, len--;
	if (is_one(name, n, " src srcset background poster data ") &&
	    !begins(value, "data:"))
		return refuse(err, html, name, name, (size_t)(*at - name));
	if (meta && is_one(name, n, " http-equiv ") && begins(value, "refresh"))
		return refuse(err, html, name, name, (size_t)(*at - name));
	if (n > 2 && begins(name, "on"))
		return refuse(err, html, name, name, (size_t)(*at - name));
	return 0;
}

/* The element whose '<' is at *${at}. */
static int
element(const char *html, const char **at, struct err *err)
{
	static const char banned[] = " script link base iframe frame object embed "
	    "applet video audio form input ";
	const char *open = *at, *name = open + 1, *p = name;
	int meta;

	if (strncmp(open, "<!--", 4) == 0) {
		const char *end = strstr(open + 4, "-->");

		if (end == NULL)
			return err_set(err, EX_CONFIG, "a comment is not closed");
		*at = end + 3;
		return 0;
	}
	while (is_letter(*p))
		p++;
	if (is_one(name, (size_t)(p - name), banned))
		return refuse(err, html, open, open, (size_t)(p - open));
	meta = is_one(name, (size_t)(p - name), " meta ");
	if (p == name) {	/* "</p>", "<!doctype>", a lone '<' */
		*at = name;
		return 0;
	}
	while (*p != '\0' && *p != '>')
		if (attribute(html, &p, meta, err) != 0)
			return -1;
	*at = p;
	return 0;
}

/* Style, wherever it stands: what is fetched there is fetched the same way. */
static int
check_style(const char *html, struct err *err)
{
	for (const char *p = html; *p != '\0'; p++) {
		if (*p == '@' && begins(p, "@import"))
			return refuse(err, html, p, p, 7);
		if (lower(*p) == 'u' && begins(p, "url(")) {
			const char *q = p + 4;

			while (is_blank(*q) || *q == '"' || *q == '\'')
				q++;
			if (!begins(q, "data:"))
				return refuse(err, html, p, p, strcspn(p, ")\n") + 1);
		}
	}
	return 0;
}

int
mail_html_check(const char *html, struct err *err)
{
	const char *p = html;

	while (*p != '\0') {
		p += strcspn(p, "<");
		if (*p == '<' && element(html, &p, err) != 0)
			return -1;
	}
	return check_style(html, err);
}
