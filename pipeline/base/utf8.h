#ifndef PIPELINE_BASE_UTF8_H
#define PIPELINE_BASE_UTF8_H

/* utf8 -- is it text, and can it be shown?  (RFC 3629) */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"

/* Well-formed: no overlong forms, surrogates or code points over 10FFFF. */
int utf8_valid(const char *s, size_t len);
/* Number of code points; each malformed octet counts one. */
size_t utf8_length(const char *s, size_t len);
/* Columns on a terminal: combining marks 0, others 1 (Latin, no CJK width). */
size_t utf8_width(const char *s);
/* Append one code point. */
void utf8_put(struct buf *, uint32_t cp);
/* Append, read as Windows-1252 (holes become U+FFFD). */
void utf8_from_1252(struct buf *, const char *s, size_t len);
/* Append with every malformed octet replaced by U+FFFD. */
void utf8_repair(struct buf *, const char *s, size_t len);
/* Append with every malformed octet and control character (C0, DEL, C1,
 * bidirectional controls) replaced by U+FFFD: safe for terminal, log, JSON. */
void utf8_clean(struct buf *, const char *s, size_t len);

#endif /* !PIPELINE_BASE_UTF8_H */
