#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "pipeline/base/buf.h"

void
buf_free(struct buf *b)
{
	free(b->data);
	b->data = NULL;
	b->len = b->cap = 0;
	b->over = 0;
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->over = 0;
	if (b->data != NULL)
		b->data[0] = '\0';
}

/* Room for ${more} octets and a NUL?  No, and ${over} set, beyond the limit. */
static int
room(struct buf *b, size_t more)
{
	size_t cap = b->cap;

	if (b->over || more > b->max || b->len > b->max - more) {
		b->over = 1;
		return 0;
	}
	if (b->len + more + 1 <= cap)
		return 1;
	if (cap < 64)
		cap = 64;
	while (cap < b->len + more + 1)
		cap += cap / 2;
	b->data = mem_grow(b->data, cap, 1);
	b->cap = cap;
	return 1;
}

char *
buf_room(struct buf *b, size_t len)
{
	return room(b, len) ? b->data + b->len : NULL;
}

void
buf_wrote(struct buf *b, size_t len)
{
	b->len += len;
	b->data[b->len] = '\0';
}

void
buf_add(struct buf *b, const void *data, size_t len)
{
	if (!room(b, len))
		return;
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_chr(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !room(b, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

const char *
buf_text(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}
