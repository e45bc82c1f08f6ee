#ifndef PIPELINE_REGISTER_LEX_PRIVATE_H
#define PIPELINE_REGISTER_LEX_PRIVATE_H

/* The states of lex.h, shared by its structure (lex.c) and its strings
 * (lex_string.c). */

#include "pipeline/register/lex.h"

/* What may come next. */
enum want {
	W_BEGIN,	/* the one value, or a byte order mark */
	W_VALUE,
	W_VALUE_OR_END,	/* [ was read */
	W_KEY,
	W_KEY_OR_END,	/* { was read */
	W_COLON,
	W_NEXT,		/* comma or closing bracket */
	W_NOTHING
};

/* What the next octet is in the middle of. */
enum token { T_NONE, T_STRING, T_ESCAPE, T_HEX, T_NUMBER, T_WORD, T_BOM };

int lex_bad(const struct lex *, struct err *, const char *what);

/* From ${p}, inside a string, to its end, to an escape or to the end of the
 * piece: where it stopped, NULL on error. */
const unsigned char *lex_string(struct lex *, const unsigned char *p,
    const unsigned char *end, struct err *);

/* The whole of a string without escapes or letters beyond ASCII, as nearly all
 * are, if it ends in this piece; ${p} is behind its opening quote.  Where it
 * ends, ${p} itself if it must be read step by step, NULL on error. */
const unsigned char *lex_string_whole(struct lex *, const unsigned char *p,
    const unsigned char *end);

/* The octet behind a backslash, and the four behind \u. */
int lex_escape(struct lex *, unsigned char c, struct err *);
int lex_hex(struct lex *, unsigned char c, struct err *);

#endif /* !PIPELINE_REGISTER_LEX_PRIVATE_H */
