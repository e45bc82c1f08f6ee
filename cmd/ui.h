#ifndef CMD_UI_H
#define CMD_UI_H

/*
 * ui -- the one printer: nothing else in utvalg writes to standard output or
 * standard error.
 *
 * Data goes to standard output and is never lost in silence: a full disk or a
 * closed pipe there makes the program end with EX_IOERR (ui_end()).  Talk goes
 * to standard error, a line each; what went wrong is one line, "utvalg: ...".  Boxes and moving
 * lines only on a terminal, and not with NO_COLOR or TERM=dumb; a bar is shown
 * once work has taken a second.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/talk.h"

/* Before anything is opened: closed descriptors 0 to 2 are taken, a closed
 * pipe and a file at its limit are errors like others, not signals. */
void ui_begin(void);
void ui_set(int quiet, int verbose);

/* Data, as it is. */
void ui_data(const void *data, size_t len);
void ui_buf(const struct buf *);		/* and the text of a buf */
void ui_text(const char *);
void ui_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Data to the disk or pipe now, for output that comes line by line. */
void ui_flush(void);

/* Talk: always; unless -q; only with -v. */
void ui_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void ui_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void ui_detail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* For the stages. */
const struct talk *ui_talk(void);

/* Standard output is a terminal that shows boxes. */
int ui_box(void);

/*
 * Closing counts that add up: "read 100 = units 98 + unreadable 2".  Fails with
 * EX_SOFTWARE where they do not, which is a bug of ours that must be seen.
 */
struct ui_count { const char *name; int64_t n; };
int ui_sum(const char *whole, int64_t total, const struct ui_count *, size_t n,
    struct err *);

/* The end of the data.  0, or -1 where not all of it could be written. */
int ui_end(struct err *);

#endif /* !CMD_UI_H */
