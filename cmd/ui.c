#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/utf8.h"

#include "cmd/ui.h"

static struct {
	int quiet, verbose;
	int bar;		/* standard error is a terminal that can move */
	int shown;		/* a bar stands on the last line */
	int failed;		/* errno of the first write that failed, or 0 */
	int64_t began, last;	/* of the work under way, milliseconds */
	char what[64];
} ui;

static int
moving(int fd)
{
	const char *term = getenv("TERM");
	const char *plain = getenv("NO_COLOR");

	return isatty(fd) && (plain == NULL || *plain == '\0') &&
	    (term == NULL || strcmp(term, "dumb") != 0);
}

void
ui_begin(void)
{
	/*
	 * A descriptor that came closed must not become the database's: take
	 * its place, read-only, so that writing to it fails and is seen.
	 */
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
		    open("/dev/null", O_RDONLY) == -1)
			abort();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	ui.bar = moving(STDERR_FILENO);
}

void
ui_set(int quiet, int verbose)
{
	ui.quiet = quiet;
	ui.verbose = verbose;
}

/* Take the bar away before a line is written over it. */
static void
wipe(void)
{
	if (ui.shown)
		fputs("\r\033[K", stderr);
	ui.shown = 0;
}

void
ui_data(const void *data, size_t len)
{
	if (len == 0 || ui.failed)
		return;
	wipe();
	if (fwrite(data, 1, len, stdout) != len)
		ui.failed = errno == 0 ? EIO : errno;
}

void
ui_buf(const struct buf *b)
{
	ui_data(buf_text(b), b->len);
}

void
ui_text(const char *s)
{
	ui_data(s, strlen(s));
}

void
ui_printf(const char *fmt, ...)
{
	va_list ap;

	if (ui.failed)
		return;
	wipe();
	va_start(ap, fmt);
	if (vprintf(fmt, ap) < 0)
		ui.failed = errno == 0 ? EIO : errno;
	va_end(ap);
}

void
ui_flush(void)
{
	if (fflush(stdout) != 0 && !ui.failed)
		ui.failed = errno;
}

/* One line of talk; what a file may have put into it cannot move the cursor. */
static void talk(const char *front, const char *fmt, va_list)
    __attribute__((format(printf, 2, 0)));

static void
talk(const char *front, const char *fmt, va_list ap)
{
	char text[2048];
	struct buf clean = BUF(8192);

	vsnprintf(text, sizeof(text), fmt, ap);
	utf8_clean(&clean, text, strlen(text));
	wipe();
	ui_flush();
	fprintf(stderr, "%s%s\n", front, buf_text(&clean));
	buf_free(&clean);
}

void
ui_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	talk("utvalg: ", fmt, ap);
	va_end(ap);
}

void
ui_line(const char *fmt, ...)
{
	va_list ap;

	if (ui.quiet)
		return;
	va_start(ap, fmt);
	talk("", fmt, ap);
	va_end(ap);
}

void
ui_detail(const char *fmt, ...)
{
	va_list ap;

	if (!ui.verbose)
		return;
	va_start(ap, fmt);
	talk("", fmt, ap);
	va_end(ap);
}

static void
on_line(void *ctx, const char *text)
{
	(void)ctx;
	ui_line("%s", text);
}

static int64_t
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* "pull  [#########.....]  62 %", or a count where the whole is unknown. */
static void
on_progress(void *ctx, const char *what, int64_t done, int64_t total)
{
	enum { WIDE = 30 };
	char bar[WIDE + 1];
	int64_t now;
	int full;

	(void)ctx;
	if (ui.quiet || !ui.bar)
		return;
	now = milliseconds();
	if (strncmp(ui.what, what, sizeof(ui.what) - 1) != 0) {
		snprintf(ui.what, sizeof(ui.what), "%s", what);
		ui.began = now;
	}
	if (now - ui.began < 1000 || now - ui.last < 100)
		return;
	ui.last = now;
	if (total > 0 && done <= total) {
		full = (int)((double)done / (double)total * WIDE);
		memset(bar, '.', WIDE);
		memset(bar, '#', (size_t)full);
		bar[WIDE] = '\0';
		fprintf(stderr, "\r%s  [%s] %3d %%\033[K", what, bar,
		    (int)((double)done / (double)total * 100));
	} else
		fprintf(stderr, "\r%s  %" PRId64 "\033[K", what, done);
	fflush(stderr);
	ui.shown = 1;
}

const struct talk *
ui_talk(void)
{
	static const struct talk t = { on_line, on_progress, NULL };

	return &t;
}

int
ui_box(void)
{
	return moving(STDOUT_FILENO);
}

int
ui_sum(const char *whole, int64_t total, const struct ui_count *c, size_t n,
    struct err *err)
{
	int64_t sum = 0;

	ui_printf("%s %" PRId64, whole, total);
	for (size_t i = 0; i < n; i++) {
		ui_printf("%s%s %" PRId64, i == 0 ? " = " : " + ", c[i].name,
		    c[i].n);
		sum += c[i].n;
	}
	ui_text("\n");
	if (sum != total)
		return err_set(err, EX_SOFTWARE, "%s: %" PRId64 " is not the sum of "
		    "its parts, %" PRId64 "; please report this", whole, total, sum);
	return 0;
}

int
ui_end(struct err *err)
{
	wipe();
	if (fflush(stdout) != 0 && !ui.failed)
		ui.failed = errno;
	/* a network file system tells of a full disk only when it is closed */
	if (close(STDOUT_FILENO) == -1 && !ui.failed)
		ui.failed = errno;
	if (ui.failed) {
		errno = ui.failed;
		err_errno(err, "standard output");
		err->status = EX_IOERR;
		return -1;
	}
	return 0;
}
