#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/utf8.h"

#include "pipeline/base/json.h"

void
json_begin(struct json *j, struct buf *out, int pretty)
{
	memset(j, 0, sizeof(*j));
	j->out = out;
	j->pretty = pretty;
	j->first[0] = 1;
}

static void
newline(struct json *j)
{
	if (!j->pretty)
		return;
	buf_chr(j->out, '\n');
	for (int i = 0; i < j->depth; i++)
		buf_str(j->out, "  ");
}

/* What stands between this value and the one before it. */
static void
lead(struct json *j)
{
	if (j->after_key) {
		j->after_key = 0;
		return;
	}
	if (j->depth == 0)
		return;
	if (!j->first[j->depth])
		buf_str(j->out, j->pretty ? "," : ", ");
	j->first[j->depth] = 0;
	newline(j);
}

static void
open_with(struct json *j, char c)
{
	assert(j->depth < 32);
	lead(j);
	buf_chr(j->out, c);
	j->depth++;
	j->first[j->depth] = 1;
	j->object[j->depth] = c == '{';
}

void
json_object(struct json *j)
{
	open_with(j, '{');
}

void
json_array(struct json *j)
{
	open_with(j, '[');
}

void
json_end(struct json *j)
{
	int empty = j->first[j->depth];
	char c = j->object[j->depth] ? '}' : ']';

	assert(j->depth > 0);
	j->depth--;
	if (!empty)
		newline(j);
	buf_chr(j->out, c);
}

/* How many octets can stand in a string as they are. */
static size_t
plain(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && (unsigned char)s[n] >= 0x20 && s[n] != 0x7f && s[n] != '"' &&
	    s[n] != '\\')
		n++;
	return n;
}

static void
string(struct json *j, const char *s, size_t len)
{
	struct buf clean = BUF(BUF_ANY);

	buf_chr(j->out, '"');
	if (!utf8_valid(s, len)) {
		utf8_repair(&clean, s, len);
		s = buf_text(&clean);
		len = clean.len;
	}
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];
		size_t run = plain(s + i, len - i);

		if (run > 0) {
			buf_add(j->out, s + i, run);
			i += run - 1;
		} else if (c == '"' || c == '\\') {
			buf_chr(j->out, '\\');
			buf_chr(j->out, (char)c);
		} else if (c == '\n')
			buf_str(j->out, "\\n");
		else if (c == '\t')
			buf_str(j->out, "\\t");
		else if (c == '\r')
			buf_str(j->out, "\\r");
		else
			buf_printf(j->out, "\\u%04x", c);
	}
	buf_chr(j->out, '"');
	buf_free(&clean);
}

void
json_key(struct json *j, const char *key)
{
	lead(j);
	string(j, key, strlen(key));
	buf_str(j->out, ": ");
	j->after_key = 1;
}

void
json_strn(struct json *j, const char *s, size_t len)
{
	lead(j);
	string(j, s, len);
}

void
json_str(struct json *j, const char *s)
{
	if (s == NULL)
		json_null(j);
	else
		json_strn(j, s, strlen(s));
}

void
json_int(struct json *j, int64_t v)
{
	lead(j);
	buf_printf(j->out, "%" PRId64, v);
}

void
json_real(struct json *j, double v)
{
	char text[40];

	if (!isfinite(v)) {
		json_null(j);
		return;
	}
	lead(j);
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	buf_str(j->out, text);
}

void
json_bool(struct json *j, int v)
{
	lead(j);
	buf_str(j->out, v ? "true" : "false");
}

void
json_null(struct json *j)
{
	lead(j);
	buf_str(j->out, "null");
}

void
json_kstr(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	json_str(j, s);
}

void
json_kint(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

void
json_kreal(struct json *j, const char *key, double v)
{
	json_key(j, key);
	json_real(j, v);
}

void
json_kbool(struct json *j, const char *key, int v)
{
	json_key(j, key);
	json_bool(j, v);
}
