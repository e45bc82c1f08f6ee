#ifndef PIPELINE_REGISTER_LEX_H
#define PIPELINE_REGISTER_LEX_H

/*
 * lex -- JSON (RFC 8259) in pieces of any size, read once, kept nowhere.
 *
 * Octets are pushed in; what they mean is told to the functions of struct
 * lex_to, in order.  The grammar is taken at its word: no comments, no comma
 * before a closing bracket, no control character in a string, no malformed
 * UTF-8 (RFC 3629), one value and behind it blanks only.  A byte order mark in
 * front is let pass.  Nesting deeper than LEX_DEPTH is refused.
 *
 * An escape that no Unicode text can hold (\u0000, half a surrogate pair) is
 * good JSON: it is told as a flaw of that string, and stands in it as U+FFFD.
 *
 * Who reads values by itself may do so between the elements of an array: see
 * lex_due().
 *
 * A number comes as it was written, cut at LEX_NUMBER octets, a key at LEX_KEY:
 * who compares it with names shorter than that will not find it.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

enum { LEX_DEPTH = 64, LEX_KEY = 128, LEX_NUMBER = 64 };
enum { LEX_NUL = 1, LEX_SURROGATE = 2 };	/* flaws */

struct lex_to {
	/* Each returns 0; otherwise reading stops and lex_push() returns -1. */
	int (*open)(void *ctx, int object);		/* { or [ */
	int (*close)(void *ctx);			/* } or ] */
	int (*key)(void *ctx, const char *key, size_t len);
	/* A string value begins: append it to *${ret}, or NULL: nowhere. */
	int (*string)(void *ctx, struct buf **ret);
	int (*string_end)(void *ctx, unsigned flaws);
	int (*number)(void *ctx, const char *text, size_t len);
	int (*word)(void *ctx, char first);		/* 't', 'f' or 'n' */
	void *ctx;
};

struct lex {
	/* to be read by the functions of struct lex_to */
	size_t line;		/* of the octet now read, from 1 */
	size_t at;		/* octets before the token now read */
	int depth;		/* open brackets, this one included on open and
				 * on close */
	int pause;		/* may be set on open and close: lex_push()
				 * returns behind the bracket */
	/* private */
	const struct lex_to *to;
	uint64_t objects;	/* a bit per depth */
	int want, token, number, bom;
	const char *word;
	int is_key;
	struct buf *text;	/* where the string goes */
	unsigned flaws;
	uint32_t high, hex;	/* first half of a pair; digits so far */
	int hexes;
	unsigned char more, low, top;	/* UTF-8: octets to come, bounds of the next */
	size_t total;		/* octets of earlier pieces */
	size_t len;
	char buf[LEX_KEY];
};

void lex_begin(struct lex *, const struct lex_to *);
/* 0, or -1 with EX_DATAERR and the line, or whatever a function said.  Of the
 * ${len} octets *${used} have been read: all, but for ${pause}. */
int lex_push(struct lex *, const void *data, size_t len, size_t *used,
    struct err *);

/*
 * Somebody else's turn?  LEX_VALUE: a value may come next (or the end of an
 * array), LEX_COMMA: a comma and a value may, 0: something else.  Blanks may
 * stand before each.  lex_skip(): they were read, ${octets} of them, with
 * ${lines} line feeds, by the rules above.
 */
enum { LEX_VALUE = 1, LEX_COMMA };
int lex_due(const struct lex *);
void lex_skip(struct lex *, size_t octets, size_t lines);
/* No more: was it whole? */
int lex_end(struct lex *, struct err *);

#endif /* !PIPELINE_REGISTER_LEX_H */
