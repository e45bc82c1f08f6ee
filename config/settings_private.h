#ifndef CONFIG_SETTINGS_PRIVATE_H
#define CONFIG_SETTINGS_PRIVATE_H

/* The key table of settings.h, shared by its reader and its printers. */

#include <stddef.h>

#include "config/settings.h"

enum settings_kind {
	SETTINGS_TEXT,		/* char *, may be empty */
	SETTINGS_FOLDER,	/* char *, path; relative: to the file it stands in */
	SETTINGS_FILE,		/* the same, may be empty */
	SETTINGS_URL,		/* char *, http, https or file */
	SETTINGS_API,		/* char *, http or https, or empty */
	SETTINGS_PROXY,		/* char *, URL or empty */
	SETTINGS_ADDRESS,	/* char *, e-mail address or empty */
	SETTINGS_BOUNCE,	/* char *, the same with room for a token */
	SETTINGS_DELIMITER,	/* char *, + or - */
	SETTINGS_SMTP,		/* char *, URL of a mail server, or empty */
	SETTINGS_STARTTLS,	/* char *, always, try or never */
	SETTINGS_MAILBOX,	/* char *, URL of a mailbox on a server, or empty */
	SETTINGS_AFTER,		/* char *, leave, seen, move or delete */
	SETTINGS_WINDOW,	/* char *, HH:MM-HH:MM or empty */
	SETTINGS_SERVERS,	/* char *, addresses with or without port, may be empty */
	SETTINGS_SHARE,		/* double, 0 to 1 */
	SETTINGS_SIZE,		/* int64_t, octets */
	SETTINGS_SPAN,		/* int64_t, seconds */
	SETTINGS_COUNT,		/* int64_t */
	SETTINGS_YES,		/* int */
	SETTINGS_LANG,		/* enum lang */
};

struct settings_key {
	const char *section, *key;
	enum settings_kind kind;
	size_t at;		/* offset in struct settings */
	const char *value;	/* the default, as it is written in a file */
	int64_t min, max;	/* of sizes, spans and counts */
	const char *about;	/* one or two sentences */
};

/* Where a setting comes from; one for each key, in the table's order. */
struct settings_origin {
	char *file;		/* NULL: the default */
	int line;
	int derived;		/* the default, under [store] state */
};

extern const struct settings_key settings_keys[];
extern const size_t settings_keys_n;

extern const char settings_state[];	/* default of [store] state */

/* Take ${text} as the value of a key; ${folder} is where relative paths begin.
 * NULL, or what is wrong with it (written into ${why}). */
const char *settings_take(struct settings *, const struct settings_key *,
    const char *text, const char *folder, char why[static 200]);

/* The value in force as it would be written in a file. */
void settings_value(const struct settings *, const struct settings_key *,
    struct buf *);

#endif /* !CONFIG_SETTINGS_PRIVATE_H */
