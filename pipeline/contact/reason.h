#ifndef PIPELINE_CONTACT_REASON_H
#define PIPELINE_CONTACT_REASON_H

/*
 * reason -- from status code and text to why a mail did not arrive.
 *
 * The reasons are the words of the table below, with their hardness (is the
 * address not to be used again?) and fault.  Which text means which of them is
 * data: one ordered table of rules, pipeline/contact/bounce.rules, compiled in.
 * An administrator's file of the same format stands in front of it; a rule of
 * his with the name of one of ours takes its place.  First rule that hits wins,
 * and the answer names it.  (A name twice in one file is an error.)
 *
 * A rules file has blocks of "key value" lines, parted by empty lines; "#"
 * begins a comment line:
 *
 *	rule NAME		letters, digits and "-", once in the file
 *	reason WORD		of the table
 *	fault A|R|S|N|-		where it is not the reason's own
 *	status PREFIX ...	only with one of these: "5.1.1", "5.1", "4"; "none"
 *	reply CODE ...		only with one of these: "550", "55", "none"
 *	stage WORD ...		only if it failed there: connect helo mail rcpt data
 *				none; "!rcpt": not there
 *	kind WORD ...		only for mail of that make: smtp, x-unix, text
 *	pattern REGEX		PCRE2, case and doubled blanks ignored; further
 *				pattern lines are alternatives; none: any text
 *	hit TEXT		an example that must hit; one at least with a pattern
 *	miss TEXT		and one that must not; one at least with a pattern
 *
 * An example may begin with "[status reply stage kind] " for the conditions,
 * "-" for none: "[5.1.1 550 rcpt -] user unknown".
 *
 * Linear time: texts are cut at REASON_TEXT, PCRE2's match and depth limits
 * are set, JIT is tried and its failure costs speed only.
 */

#include <stddef.h>

#include "pipeline/base/err.h"

enum { REASON_TEXT = 4096, REASON_RULES_MAX = 1000 };

/* What is known of a failure; NULL: not known. */
struct reason_case {
	const char *status;	/* "5.1.1" */
	const char *reply;	/* "550" */
	const char *stage;	/* connect helo mail rcpt data */
	const char *kind;	/* smtp, x-unix (a program's exit), text */
	const char *text;	/* UTF-8, case as it came */
	size_t len;
};

struct reason {
	const char *word;	/* static or of the rules; "undefined" at the least */
	const char *rule;	/* that decided; of the rules, or "code", "none" */
	char fault;		/* A R S N - */
	int hard;		/* by section 5 of the rules; notaccept not with 4yz */
};

struct reason_rules;

/* The rules compiled in; never fails in a tested program. */
struct reason_rules *reason_rules_builtin(struct err *);
/* Rules of a file, before those compiled in; ${name} stands in errors.  NULL:
 * EX_CONFIG with the line. */
struct reason_rules *reason_rules_read(const char *name, const char *data,
    size_t len, struct err *);
void reason_rules_free(struct reason_rules *);
size_t reason_rules_count(const struct reason_rules *);

struct reason reason_of(const struct reason_rules *, const struct reason_case *);

/* Has the rule of that name a pattern?  Then the text decided, not a code. */
int reason_by_text(const struct reason_rules *, const char *name);

/* Does the text name an undeliverable mail at all (some rule with a pattern
 * hits, whatever the conditions)? */
int reason_speaks(const struct reason_rules *, const char *text, size_t len);

/*
 * Every example against its rule.  0, or -1 with the first that is wrong
 * (EX_CONFIG), so that a file is refused that does not do what it says.
 */
int reason_rules_check(const struct reason_rules *, struct err *);

/* A rule of the table, by its place in it: for lists. */
struct reason_about {
	const char *name, *reason;
	char fault;
	int hard;
	int ours;		/* compiled in; else of the file that was read */
	size_t line;		/* of its file */
	size_t patterns, examples;
};
void reason_about(const struct reason_rules *, size_t i, struct reason_about *);

/*
 * What the rules say of a reply written as examples are.  What the conditions in
 * front do not say is taken from the text itself: status, reply code, stage.
 */
struct reason reason_try(const struct reason_rules *, const char *line);

/* Is it a word of the table; its fault and hardness (either may be NULL). */
int reason_known(const char *word, char *fault, int *hard);

#endif /* !PIPELINE_CONTACT_REASON_H */
