#ifndef PIPELINE_BASE_ERR_H
#define PIPELINE_BASE_ERR_H

/*
 * err -- why something failed, in words for the operator, and the exit status
 * that says so to a program.
 *
 * Code below cmd/ never prints and never exits.  It returns -1 and leaves the
 * reason in the caller's struct err; every level on the way up may put its own
 * context in front, so that cmd/ reports one line that reads from the outside
 * in:
 *
 *	pull: enheter.json.gz: unit 41: organisation number has 8 digits
 *
 * ${status} is one of <sysexits.h>, set where the failure is understood and
 * kept on the way up.  Text is cut at the size of the buffer; a newline or
 * control character in it (a file may have put it there) becomes a '?', so the
 * line stays one line.  Never a name, an address or a token in it.
 */

#include <sysexits.h>

struct err {
	int status;		/* EX_*, 0 while nothing failed */
	char text[480];
};

/* Set the reason.  Returns -1, so that a failure is one statement. */
int err_set(struct err *err, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set() with ": " and the text of errno behind; EX_NOINPUT for ENOENT,
 * EX_NOPERM for EACCES and EPERM, EX_CANTCREAT for EROFS, EX_IOERR otherwise. */
int err_errno(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Put "fmt: " in front of the reason; the status stays.  Returns -1. */
int err_context(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif /* !PIPELINE_BASE_ERR_H */
