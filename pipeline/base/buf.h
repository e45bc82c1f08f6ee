#ifndef PIPELINE_BASE_BUF_H
#define PIPELINE_BASE_BUF_H

/*
 * buf -- octets that grow, up to a limit.
 *
 * struct buf b = BUF(max) starts one; ${data} is NULL or NUL-terminated at
 * ${len}.  A write that would pass ${max} adds nothing and sets ${over}; the
 * caller looks at ${over} once, at the end.  buf_free() leaves it empty and
 * usable.
 */

#include <stddef.h>

struct buf {
	char *data;
	size_t len, cap, max;
	int over;
};

#define BUF(max_)	{ NULL, 0, 0, (max_), 0 }
#define BUF_ANY		((size_t)1 << 40)	/* a limit that is set elsewhere */

void buf_free(struct buf *);
void buf_clear(struct buf *);			/* len and over to 0, memory kept */
void buf_add(struct buf *, const void *data, size_t len);
void buf_str(struct buf *, const char *s);
void buf_chr(struct buf *, char c);
/* Where ${len} octets more can be written, NULL past the limit; buf_wrote() adds
 * as many as were. */
char *buf_room(struct buf *, size_t len);
void buf_wrote(struct buf *, size_t len);
void buf_printf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
const char *buf_text(const struct buf *);	/* never NULL */

#endif /* !PIPELINE_BASE_BUF_H */
