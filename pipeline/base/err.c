#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/err.h"

/* One line stays one line, whatever a file put into it. */
static void
oneline(char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

int
err_set(struct err *err, int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	oneline(err->text);
	err->status = status;
	return -1;
}

static int
status_of(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return EX_NOINPUT;
	case EACCES:
	case EPERM:
		return EX_NOPERM;
	case EROFS:
	case EEXIST:
		return EX_CANTCREAT;
	default:
		return EX_IOERR;
	}
}

int
err_errno(struct err *err, const char *fmt, ...)
{
	int number = errno;
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	n = strlen(err->text);
	snprintf(err->text + n, sizeof(err->text) - n, ": %s", strerror(number));
	oneline(err->text);
	err->status = status_of(number);
	return -1;
}

int
err_context(struct err *err, const char *fmt, ...)
{
	char front[sizeof(err->text)], all[2 * sizeof(err->text) + 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(front, sizeof(front), fmt, ap);
	va_end(ap);
	snprintf(all, sizeof(all), "%s: %s", front, err->text);
	memcpy(err->text, all, sizeof(err->text) - 1);
	err->text[sizeof(err->text) - 1] = '\0';
	oneline(err->text);
	return -1;
}
