#include <stdio.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/utf8.h"

#include "pipeline/contact/message.h"

enum {
	LINE = 76,	/* RFC 2045 6.7 (5), RFC 2047 2 */
	WORD = 52,	/* of an encoded word's text: it fits behind any header's
			 * name */
	PLAIN = 60,	/* a longer phrase is encoded, which can be folded */
};

/* --------------------------------------------------------------- template -- */

static int
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static int
refuse(struct err *err, size_t line, const char *name, size_t len,
    const struct message_field *f, size_t n)
{
	struct buf known = BUF(300);

	for (size_t i = 0; i < n; i++)
		if (f[i].value != NULL)
			buf_printf(&known, "%s%s", known.len > 0 ? ", " : "", f[i].name);
	err_set(err, EX_CONFIG, "line %zu: there is no field {%.*s} (there are %s)",
	    line, len < 40 ? (int)len : 40, name, buf_text(&known));
	buf_free(&known);
	return -1;
}

/* A value in running text: one line, valid UTF-8. */
static void
put_value(struct buf *b, const char *value)
{
	struct buf clean = BUF(BUF_ANY);

	for (; *value != '\0'; value++)
		buf_chr(&clean, (unsigned char)*value < 0x20 || *value == 0x7f ?
		    ' ' : *value);
	utf8_clean(b, buf_text(&clean), clean.len);
	buf_free(&clean);
}

/* The same in HTML: what structures a page is written as what it looks like. */
static void
put_html(struct buf *b, const char *value)
{
	struct buf text = BUF(BUF_ANY);

	put_value(&text, value);
	for (const char *s = buf_text(&text); *s != '\0'; s++)
		switch (*s) {
		case '&':
			buf_str(b, "&amp;");
			break;
		case '<':
			buf_str(b, "&lt;");
			break;
		case '>':
			buf_str(b, "&gt;");
			break;
		case '"':
			buf_str(b, "&quot;");
			break;
		case '\'':
			buf_str(b, "&#39;");
			break;
		default:
			buf_chr(b, *s);
		}
	buf_free(&text);
}

static int
expand(const char *s, const struct message_field *f, size_t n, int html,
    struct buf *b, struct err *err)
{
	size_t line = 1, i;

	for (; *s != '\0'; s++) {
		const char *name = s + 1;
		size_t len = 0;

		line += *s == '\n';
		if ((*s == '{' || *s == '}') && s[1] == *s) {
			buf_chr(b, *s++);
			continue;
		}
		if (*s == '}')
			return err_set(err, EX_CONFIG, "line %zu: a lone '}' (write "
			    "'}}' for a brace)", line);
		if (*s != '{') {
			buf_chr(b, *s);
			continue;
		}
		while (is_name(name[len]))
			len++;
		if (len == 0 || name[len] != '}')
			return err_set(err, EX_CONFIG, "line %zu: '{' without a field "
			    "and '}' (write '{{' for a brace)", line);
		for (i = 0; i < n; i++)
			if (strlen(f[i].name) == len && f[i].value != NULL &&
			    memcmp(f[i].name, name, len) == 0)
				break;
		if (i == n)
			return refuse(err, line, name, len, f, n);
		if (html)
			put_html(b, f[i].value);
		else
			put_value(b, f[i].value);
		s = name + len;
	}
	return 0;
}

int
message_expand(const char *template, const struct message_field *f, size_t n,
    struct buf *b, struct err *err)
{
	return expand(template, f, n, 0, b, err);
}

int
message_expand_html(const char *template, const struct message_field *f, size_t n,
    struct buf *b, struct err *err)
{
	return expand(template, f, n, 1, b, err);
}

/* ---------------------------------------------------------------- headers -- */

int
message_address(const char *s)
{
	const char *at = strchr(s, '@');

	if (at == NULL || at == s || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
	    strlen(s) > 254)
		return 0;
	for (; *s != '\0'; s++)
		if (*s <= 0x20 || *s >= 0x7f || strchr("<>()[],;:\\\"", *s) != NULL)
			return 0;
	return 1;
}

/* Octets of the character at ${s}, valid UTF-8. */
static size_t
character(const char *s, size_t len)
{
	size_t n = 1;

	while (n < len && ((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* May it stand for itself in any encoded word (RFC 2047 5 (3))? */
static int
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

/*
 * Encoded words, one a line, none cut inside a character.  "Q", not base64:
 * some readers join words before they decode, and trip over the padding.
 */
static void
put_encoded(struct buf *b, const char *s, size_t len)
{
	size_t width = 0;

	buf_str(b, "=?UTF-8?Q?");
	for (size_t n; len > 0; s += n, len -= n) {
		size_t wide;

		n = character(s, len);
		wide = n == 1 && (is_plain(*s) || *s == ' ') ? 1 : 3 * n;
		if (width + wide > WORD) {
			buf_str(b, "?=\n =?UTF-8?Q?");
			width = 0;
		}
		width += wide;
		if (wide == 1)
			buf_chr(b, *s == ' ' ? '_' : *s);
		else
			for (size_t i = 0; i < n; i++)
				buf_printf(b, "=%02X", (unsigned char)s[i]);
	}
	buf_str(b, "?=");
}

/*
 * Text of a header: as it is, in quotes (${phrase}: a name before an address),
 * or encoded.  What looks like an encoded word is encoded, so that it is shown
 * as it was written.
 */
static void
put_text(struct buf *b, const char *value, int phrase)
{
	struct buf text = BUF(BUF_ANY);
	const char *s;
	int plain = 1, quote = 0;

	put_value(&text, value);
	for (s = buf_text(&text); *s != '\0'; s++) {
		plain &= (unsigned char)*s < 0x80;
		quote |= strchr("()<>[]:;@\\,.\"", *s) != NULL;
	}
	s = buf_text(&text);
	plain &= text.len <= PLAIN && strstr(s, "=?") == NULL &&
	    *s != ' ' && (text.len == 0 || s[text.len - 1] != ' ') &&
	    (!phrase || strchr(s, '"') == NULL);
	if (!plain)
		put_encoded(b, s, text.len);
	else if (!phrase || !quote)
		buf_str(b, s);
	else {
		buf_chr(b, '"');
		for (; *s != '\0'; s++) {
			if (*s == '\\')
				buf_chr(b, '\\');
			buf_chr(b, *s);
		}
		buf_chr(b, '"');
	}
	buf_free(&text);
}

static void
put_mailbox(struct buf *b, const char *header, const char *name,
    const char *address)
{
	buf_printf(b, "%s: ", header);
	if (name != NULL && *name != '\0') {
		put_text(b, name, 1);
		buf_str(b, "\n ");
	}
	buf_printf(b, "<%s>\n", address);
}

/* ------------------------------------------------------------------- body -- */

/* Must octet ${c} be written as =XX?  At the line's end blanks too; at its
 * beginning what mbox files ("From ") and SMTP (a dot) make something of. */
static int
must_quote(const char *s, size_t at, size_t len)
{
	unsigned char c = (unsigned char)s[at];

	if (c == '=' || c >= 0x7f || (c < 0x20 && c != '\t'))
		return 1;
	if (at == 0 && (c == '.' || (len >= 5 && memcmp(s, "From ", 5) == 0)))
		return 1;
	return (c == ' ' || c == '\t') && at + 1 == len;
}

/* One line of text, broken softly where it is too long. */
static void
put_line(struct buf *b, const char *s, size_t len)
{
	size_t column = 0;

	for (size_t i = 0; i < len; i++) {
		int quote = must_quote(s, i, len);
		size_t width = quote ? 3 : 1;

		/* the last may fill the line, others leave room for "=" */
		if (column + width > (i + 1 == len ? LINE : LINE - 1)) {
			buf_str(b, "=\n");
			column = 0;
		}
		if (quote)
			buf_printf(b, "=%02X", (unsigned char)s[i]);
		else
			buf_chr(b, s[i]);
		column += width;
	}
	buf_chr(b, '\n');
}

static void
put_body(struct buf *b, const char *s)
{
	while (*s != '\0') {
		size_t len = strcspn(s, "\n");
		size_t text = len > 0 && s[len - 1] == '\r' ? len - 1 : len;

		put_line(b, s, text);
		s += len + (s[len] == '\n');
	}
}

/* ------------------------------------------------------------------ whole -- */

static void
put_unsubscribe(struct buf *b, const struct message *m)
{
	if (m->unsubscribe == NULL && m->one_click == NULL)
		return;
	buf_str(b, "List-Unsubscribe:");
	if (m->one_click != NULL)
		buf_printf(b, "\n <%s>%s", m->one_click,
		    m->unsubscribe != NULL ? "," : "");
	if (m->unsubscribe != NULL)
		buf_printf(b, "\n <%s>", m->unsubscribe);
	buf_chr(b, '\n');
	if (m->one_click != NULL)
		buf_str(b, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n");
}

static void
put_part(struct buf *b, const char *type, const char *text)
{
	buf_printf(b, "Content-Type: text/%s; charset=utf-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n", type);
	put_body(b, text);
}

int
message_build(const struct message *m, struct buf *b, struct err *err)
{
	char date[40];

	if (!message_address(m->to) || !message_address(m->from) ||
	    !message_address(m->return_path) || !message_address(m->message_id))
		return err_set(err, EX_DATAERR,
		    "an address that cannot stand in a mail's header");
	buf_printf(b, "Return-Path: <%s>\n", m->return_path);
	put_mailbox(b, "From", m->from_name, m->from);
	put_mailbox(b, "To", m->to_name, m->to);
	buf_str(b, "Subject: ");
	put_text(b, m->subject, 0);
	buf_printf(b, "\nDate: %s\nMessage-ID: <%s>\nX-Utvalg-Ref: %s\n"
	    "Auto-Submitted: auto-generated\n", moment_mail(m->date, date),
	    m->message_id, m->ref);
	put_unsubscribe(b, m);
	buf_str(b, "MIME-Version: 1.0\n");
	if (m->html == NULL)
		put_part(b, "plain", m->body);
	else {
		/* no line of quoted-printable holds "=_": the boundary is in none */
		buf_printf(b, "Content-Type: multipart/alternative;\n"
		    " boundary=\"=_%s\"\n\n--=_%s\n", m->ref, m->ref);
		put_part(b, "plain", m->body);
		buf_printf(b, "\n--=_%s\n", m->ref);
		put_part(b, "html", m->html);
		buf_printf(b, "\n--=_%s--\n", m->ref);
	}
	if (b->over)
		return err_set(err, EX_DATAERR, "the message is too long");
	return 0;
}

static void
show_mailbox(struct buf *b, const char *header, const char *name,
    const char *address)
{
	buf_printf(b, "%s: ", header);
	if (name != NULL && *name != '\0') {
		put_value(b, name);
		buf_chr(b, ' ');
	}
	buf_printf(b, "<%s>\n", address);
}

/* A terminal obeys control characters: each line as a value is put. */
static void
show_lines(struct buf *b, const char *s)
{
	while (*s != '\0') {
		size_t len = strcspn(s, "\n");
		struct buf line = BUF(BUF_ANY);

		buf_add(&line, s, len > 0 && s[len - 1] == '\r' ? len - 1 : len);
		put_value(b, buf_text(&line));
		buf_chr(b, '\n');
		buf_free(&line);
		s += len + (s[len] == '\n');
	}
}

void
message_show(const struct message *m, struct buf *b)
{
	show_mailbox(b, "From", m->from_name, m->from);
	show_mailbox(b, "To", m->to_name, m->to);
	buf_str(b, "Subject: ");
	put_value(b, m->subject);
	buf_str(b, "\n\n");
	show_lines(b, m->body);
	if (m->html == NULL)
		return;
	buf_str(b, "\n-- as HTML --\n\n");
	show_lines(b, m->html);
}
