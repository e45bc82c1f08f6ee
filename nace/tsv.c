#include <string.h>

#include "nace/tsv.h"

size_t
tsv_count(const struct tsv *t)
{
	const char *p = t->at;
	size_t n = 0;

	while (*p != '\0') {
		if (*p != '#' && *p != '\n')
			n++;
		p += strcspn(p, "\n");
		if (*p == '\n')
			p++;
	}
	return n;
}

/* Take one line off the front; NULL at the end of the text. */
static char *
take_line(struct tsv *t)
{
	char *line = t->at;
	size_t len;

	if (*line == '\0')
		return NULL;
	len = strcspn(line, "\n");
	t->at = line + len;
	if (*t->at == '\n')
		t->at++;
	line[len] = '\0';
	t->line++;
	return line;
}

int
tsv_next(struct tsv *t, char **field, size_t n, struct err *err)
{
	char *p;
	size_t got = 0;

	do {
		p = take_line(t);
		if (p == NULL)
			return 0;
	} while (*p == '#' || *p == '\0');
	while (p != NULL) {
		if (got < n)
			field[got] = p;
		got++;
		p = strchr(p, '\t');
		if (p != NULL)
			*p++ = '\0';
	}
	if (got != n)
		return err_set(err, EX_SOFTWARE,
		    "%s: line %zu has %zu fields and should have %zu", t->name,
		    t->line, got, n);
	return 1;
}
