#include <string.h>

#include "pipeline/contact/mbox.h"

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The length of the line at ${s}, its newline included. */
static size_t
line_len(const char *s, size_t len)
{
	const char *nl = len > 0 ? memchr(s, '\n', len) : NULL;

	return nl != NULL ? (size_t)(nl - s) + 1 : len;
}

/* "From ", somewhere "HH:MM", and a year somewhere behind it. */
static int
is_from(const char *s, size_t len)
{
	int time = 0;

	if (len < 5 || memcmp(s, "From ", 5) != 0)
		return 0;
	for (size_t i = 5; i + 4 <= len; i++) {
		size_t digits = 0;

		while (i + digits < len && is_digit(s[i + digits]))
			digits++;
		if (digits == 2 && i + 4 < len && s[i + 2] == ':' &&
		    is_digit(s[i + 3]) && is_digit(s[i + 4]))
			time = 1;
		else if (digits == 4 && time && s[i - 1] == ' ')
			return 1;
		i += digits;
	}
	return 0;
}

int
mbox_is(const char *text, size_t len)
{
	return len == 0 || is_from(text, line_len(text, len));
}

static void
add_line(struct buf *mail, const char *s, size_t len)
{
	size_t k = 0;
	int over;

	while (k < len && s[k] == '>')
		k++;
	if (k > 0 && len - k >= 5 && memcmp(s + k, "From ", 5) == 0) {
		s++;
		len--;
	}
	if (mail->over)
		return;
	over = len > mail->max - mail->len;
	buf_add(mail, s, over ? mail->max - mail->len : len);
	mail->over = over;
}

int
mbox_next(const char *text, size_t len, size_t *at, struct buf *mail)
{
	size_t from = *at, blank = 0;

	if (from >= len)
		return 0;
	from += line_len(text + from, len - from);
	while (from < len) {
		size_t n = line_len(text + from, len - from);

		if (is_from(text + from, n))
			break;
		/* an empty line is held back until something follows it */
		if (blank > 0)
			add_line(mail, text + from - blank, blank);
		blank = text[from + n - 1] == '\n' &&
		    (n == 1 || (n == 2 && text[from] == '\r')) ? n : 0;
		if (blank == 0)
			add_line(mail, text + from, n);
		from += n;
	}
	*at = from;
	return 1;
}
