#ifndef CONFIG_STUDY_PRIVATE_H
#define CONFIG_STUDY_PRIVATE_H

/*
 * Inside of study.h: the key table (study_keys.c), one reading of a file
 * (study.c), values (study_value.c), and what can only be seen when all of it
 * has been read (study_check.c).
 */

#include <stddef.h>

#include "config/inifile.h"
#include "config/study.h"

enum study_kind {
	STUDY_NAME,		/* const char *, [a-z0-9][a-z0-9_-]{0,40} */
	STUDY_TEXT,		/* const char *, may go on over lines */
	STUDY_ADDRESS,		/* const char *, e-mail address */
	STUDY_BOUNCE,		/* the same, with room for a token */
	STUDY_FILE,		/* const char *, a file's name */
	STUDY_LINK,		/* const char *, URL with {token} */
	STUDY_COLUMN,		/* const char *, name of a column */
	STUDY_CHOICE,		/* int, one of ${choice} */
	STUDY_CODES,		/* words, industry codes; may be given again */
	STUDY_WORDS,		/* words, blank or comma between */
	STUDY_PHRASES,		/* words, comma between: names with blanks */
	STUDY_EMPLOYEES,	/* two ints: 1-4, 5-, -4, none */
	STUDY_YEARS,		/* two ints: 2023-, 2020-2023, none */
	STUDY_DAY,		/* int32_t */
	STUDY_MOMENT,		/* int64_t; a day: to its end */
	STUDY_COUNT,		/* int64_t, 1 or more */
	STUDY_DAYS,		/* int64_t, 0 to 365 */
	STUDY_NTH_TEXT,		/* [mail] reminder_subject N, N from 2 */
	STUDY_NTH_FILE,		/* [mail] reminder N, reminder_html N */
	STUDY_SHARE,		/* two int64_t, exact */
	STUDY_STRATIFY,		/* five ints: area, group, legal_form, size, activity */
	STUDY_STRATUM,		/* [sample] allocate, spread: study_stratum */
	STUDY_DECISION,		/* [codes] FROM -> TO */
	STUDY_PRINTED,		/* [table] group NAME */
	STUDY_PRINTED_NB,	/* [table] label NAME */
	STUDY_PRINTED_EN,	/* [table] label_en NAME */
	STUDY_VALUE_NB,		/* [table NAME] label VALUE */
	STUDY_VALUE_EN,		/* [table NAME] label_en VALUE */
};

struct study_choice {
	const char *word;
	int value;
};

enum { STUDY_MUST = 1 };	/* the section needs this key */

struct study_key {
	const char *section;	/* its first word */
	const char *key;	/* "group *": one word and a name */
	enum study_kind kind;
	size_t at;		/* offset in the section's struct */
	size_t n_at;		/* words: offset of their count */
	const struct study_choice *choice;
	int flags;
	const char *value;	/* default as written, or NULL */
	const char *about;
};

struct study_section {
	const char *word;	/* up to a ':', which tells [table NAME] from
				 * [table] */
	int named;		/* [group NAME] */
	const char *about;
};

extern const struct study_key study_keys[];
extern const struct study_section study_sections[];
enum { STUDY_KEYS = 118, STUDY_SECTIONS = 13 };	/* exactly, see study_keys.c */

/* Words that are resolved when everything has been read. */
struct study_words {
	struct study_word *word;
	size_t n;
};

struct study_printed {
	struct study_words group;
	int label_line;		/* of its first label, 0: none */
};

struct study_reading {
	struct study *s;
	struct study_faults *faults;

	/* the section being read */
	const struct study_section *section;	/* NULL: unknown, not read */
	void *object;		/* the struct its keys go into */
	int line;		/* of its heading */
	int seen[STUDY_KEYS];	/* line each key stands on, 0: not; of named
				 * sections in the one being read */
	const struct study_key *key;	/* the last one, for what continues it */
	const char *name;	/* ... and the name in it */
	char *text;		/* ... and its text, in the arena */
	size_t text_len, text_size;

	int section_line[STUDY_SECTIONS];	/* unnamed ones: where they are */

	struct study_words net, rates;		/* [table] orders */
	int small;				/* [table] */
	struct study_printed *printed;		/* one for each s->merged */
	size_t nprinted;
};

/* Take ${text} as (more of) the value of ${key} into ${object}; faults are
 * told. */
void study_take(struct study_reading *, const struct study_key *,
    const char *name, const char *text, int line, int more);

/* ${array} of ${n} things in the arena, with room (zeroed) for one more. */
void *study_room(struct arena *, void *array, size_t n, size_t size);

/* The line a key of an unnamed section stands on, 0: not in the file. */
int study_key_line(const struct study_reading *, const char *section,
    const char *key);

/* May a group, an area or a list be called that? */
int study_name_ok(const char *);

/* The end of the file: what refers to what. */
void study_check(struct study_reading *);

/* Digits of a code without its dot into ${out}; -1 if it has not the shape of
 * one (a section's letter, or two to five digits with or without a dot after
 * the second). */
int study_code(const char *text, char out[static 6]);

#endif /* !CONFIG_STUDY_PRIVATE_H */
