#ifndef PIPELINE_BASE_TALK_H
#define PIPELINE_BASE_TALK_H

/*
 * talk -- how a stage says something while it works, without knowing whether
 * there is a terminal.  cmd/ui.c fills it in; tests leave it zero.
 */

#include <stdint.h>

enum lang { LANG_NB, LANG_EN };

struct talk {
	/* one line for the person running it (standard error), no newline */
	void (*line)(void *ctx, const char *text);
	/* ${done} of ${total} (0: unknown) ${what}; called often, shown rarely */
	void (*progress)(void *ctx, const char *what, int64_t done, int64_t total);
	void *ctx;
};

void talk_line(const struct talk *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void talk_progress(const struct talk *, const char *what, int64_t done,
    int64_t total);

/*
 * A point between two steps of a stage, named "stage.n".  Does nothing, unless
 * $UTVALG_KILL_AT holds that name: then the process kills itself with SIGKILL
 * there, so that a test can stop a stage at each of its steps.
 */
void talk_step(const char *name);

#endif /* !PIPELINE_BASE_TALK_H */
