#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/talk.h"

void
talk_line(const struct talk *t, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (t == NULL || t->line == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	t->line(t->ctx, text);
}

void
talk_progress(const struct talk *t, const char *what, int64_t done,
    int64_t total)
{
	if (t != NULL && t->progress != NULL)
		t->progress(t->ctx, what, done, total);
}

void
talk_step(const char *name)
{
	const char *at = getenv("UTVALG_KILL_AT");

	if (at != NULL && strcmp(at, name) == 0)
		raise(SIGKILL);
}
