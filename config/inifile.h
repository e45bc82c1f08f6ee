#ifndef CONFIG_INIFILE_H
#define CONFIG_INIFILE_H

/*
 * inifile -- INI text as events with right line numbers, over libinih.
 *
 * libinih splits lines; what it would let pass in silence is looked at before
 * it sees the line: text that is not UTF-8, control characters, lines that are
 * too long, a heading that is not closed or followed by something, a line that
 * is neither heading nor key.  Each is a fault with its line, and reading goes
 * on, so that one reading finds them all.
 *
 *	[section]
 *	key = value		; a comment begins with blank and semicolon,
 *	# or, with ; or #, at the start of a line
 *
 * With INIFILE_MULTILINE an indented line continues the value before it,
 * unless it has the shape of a key (one or two words and '='): then it is one,
 * so that a file that is indented throughout means what it says.  Without it
 * indentation means nothing.
 *
 * Two threads must not read at the same time (libinih's limits are global).
 */

#include <stddef.h>

enum {
	INIFILE_LINE = 4096,	/* octets in a line */
	INIFILE_NAME = 100,	/* octets in the name of a section or key */
};

enum { INIFILE_MULTILINE = 1 };

enum inifile_what {
	INIFILE_SECTION,	/* a heading; reported with or without keys */
	INIFILE_ENTRY,		/* key and value */
	INIFILE_MORE,		/* the value of ${key} goes on */
	INIFILE_FAULT,		/* ${value} says what is wrong */
};

struct inifile_event {
	enum inifile_what what;
	int line;		/* from 1 */
	const char *section;	/* "" before the first heading */
	const char *key;	/* "" where there is none */
	const char *value;	/* outer blanks and comment gone; never NULL */
};

/* Runs of blanks in names are folded to one. */
typedef void inifile_fn(void *ctx, const struct inifile_event *);

/*
 * ${loose}, where not NULL, names a section in which "WORDS VALUE" without '='
 * is read as "WORDS = VALUE" where it holds "->": decisions read better so.
 */
void inifile_read(const char *text, size_t len, int flags, const char *loose,
    inifile_fn *fn, void *ctx);

#endif /* !CONFIG_INIFILE_H */
