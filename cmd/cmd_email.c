#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "email/email.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"

#include "cmd/cmd.h"
#include "cmd/email_mx.h"
#include "cmd/email_review.h"
#include "cmd/ui.h"

enum { LINE_MAX_OCTETS = 1 << 20 };

static void
explain_bits(unsigned bits, enum lang lang,
    const char *(*text)(unsigned, enum lang))
{
	for (unsigned bit = 1; bit != 0 && bit <= bits; bit <<= 1)
		if ((bits & bit) != 0)
			ui_printf("  %s\n", text(bit, lang));
}

/* The same for a person. */
static void
explain(const char *s, size_t len, const struct email *e, enum lang lang)
{
	struct buf shown = BUF(BUF_ANY);

	utf8_clean(&shown, s, len);
	ui_printf("%s: %s (%s)\n", buf_text(&shown),
	    email_reason_text(e->reason, lang), email_reason_code(e->reason));
	buf_free(&shown);
	if (e->reason == EMAIL_OK)
		ui_printf(lang == LANG_NB ? "  sendes til %s, nøkkel %s\n" :
		    "  sent to %s, key %s\n", e->address, e->key);
	if (e->suggestion[0] != '\0')
		ui_printf(lang == LANG_NB ? "  forslag: %s\n" : "  suggestion: %s\n",
		    e->suggestion);
	explain_bits(e->repairs, lang, email_repair_text);
	explain_bits(e->flags, lang, email_flag_text);
}

/* Is it usable?  ${b} is for the answer, and kept from one to the next. */
static int
answer(struct cmd_ctx *ctx, const struct email_rules *rules, const char *s,
    size_t len, struct buf *b)
{
	struct json j;
	struct email e;

	email_check(rules, s, len, &e);
	if (!ctx->json) {
		explain(s, len, &e, ctx->world.lang);
		return e.reason == EMAIL_OK;
	}
	buf_clear(b);
	json_begin(&j, b, 0);
	email_json(&j, s, len, &e);
	buf_chr(b, '\n');
	ui_buf(b);
	return e.reason == EMAIL_OK;
}

static int
hex4(const char *s, unsigned *ret)
{
	*ret = 0;
	for (int i = 0; i < 4; i++) {
		char c = s[i];
		unsigned d;

		if (c >= '0' && c <= '9')
			d = (unsigned)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			d = (unsigned)((c | 0x20) - 'a' + 10);
		else
			return -1;
		*ret = *ret << 4 | d;
	}
	return 0;
}

/* One escape at ${s}, behind the backslash; its length, 0 if there is none. */
static size_t
unescape(const char *s, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;
	unsigned cp, low;
	size_t n = 5;

	if (*s != 'u') {
		at = *s != '\0' ? strchr(from, *s) : NULL;
		if (at == NULL)
			return 0;
		buf_chr(out, to[at - from]);
		return 1;
	}
	if (strlen(s) < 5 || hex4(s + 1, &cp) != 0)
		return 0;
	if (cp >= 0xd800 && cp < 0xdc00 && strlen(s) >= 11 && s[5] == '\\' &&
	    s[6] == 'u' && hex4(s + 7, &low) == 0 && low >= 0xdc00 && low < 0xe000) {
		cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
		n = 11;
	}
	utf8_put(out, cp);
	return n;
}

/* A JSON string on a line of its own (RFC 8259). */
static int
json_line(const char *s, struct buf *out)
{
	size_t n;

	while (*s == ' ' || *s == '\t')
		s++;
	if (*s++ != '"')
		return -1;
	for (; *s != '"'; s += n) {
		if (*s == '\0' || (unsigned char)*s < 0x20)
			return -1;
		if (*s != '\\') {
			buf_chr(out, *s);
			n = 1;
		} else if ((n = unescape(s + 1, out)) == 0)
			return -1;
		else
			n++;
	}
	s++;
	while (*s == ' ' || *s == '\t' || *s == '\r')
		s++;
	return *s == '\0' ? 0 : -1;
}

/* Standard input, line by line. */
struct lines {
	char *data;
	size_t at, len, cap;		/* read, and not yet asked for, from at to len */
	int ended;
};

/*
 * 1 with the next line in *${line}, its newline a NUL, which lasts until the next;
 * 0: no more; -1.  What has been said is shown before more is waited for, and no
 * oftener: somebody may be waiting for it before asking on.
 */
static int
next_line(struct lines *in, char **line, size_t *len, struct err *err)
{
	size_t seen = in->at;

	for (;;) {
		char *end = seen < in->len ? memchr(in->data + seen, '\n',
		    in->len - seen) : NULL;
		ssize_t n;

		if (end == NULL && in->ended && in->at < in->len)
			end = in->data + in->len;
		if (end != NULL) {
			*line = in->data + in->at;
			*len = (size_t)(end - *line);
			*end = '\0';
			in->at += *len + 1;
			return 1;
		}
		if (in->ended)
			return 0;
		seen = in->len - in->at;
		if (seen > LINE_MAX_OCTETS) {	/* the caller says so */
			*line = in->data + in->at;
			*len = seen;
			return 1;
		}
		ui_flush();
		if (seen > 0)
			memmove(in->data, in->data + in->at, seen);
		in->at = 0;
		in->len = seen;
		if (in->cap - in->len < 65536) {
			in->cap = in->cap > 0 ? 2 * in->cap : 131072;
			in->data = mem_grow(in->data, in->cap, 1);
		}
		do
			n = read(STDIN_FILENO, in->data + in->len, in->cap - in->len - 1);
		while (n == -1 && errno == EINTR);
		if (n == -1) {
			err_errno(err, "standard input");
			return -1;
		}
		in->ended = n == 0;
		in->len += (size_t)n;
	}
}

/* An answer for each line, also an empty one. */
static int
from_input(struct cmd_ctx *ctx, const struct email_rules *rules, int as_json)
{
	struct buf decoded = BUF(LINE_MAX_OCTETS), b = BUF(BUF_ANY);
	struct lines in = { NULL, 0, 0, 0, 0 };
	char *line = NULL;
	size_t len = 0;
	int64_t n = 0;
	int r;

	while ((r = next_line(&in, &line, &len, &ctx->err)) == 1) {
		n++;
		if (len > LINE_MAX_OCTETS) {
			r = err_set(&ctx->err, EX_DATAERR, "line %lld: longer than %d octets",
			    (long long)n, LINE_MAX_OCTETS);
			break;
		}
		if (!as_json) {
			(void)answer(ctx, rules, line, len, &b);
			continue;
		}
		buf_clear(&decoded);
		if (json_line(line, &decoded) != 0) {
			r = err_set(&ctx->err, EX_DATAERR, "line %lld: no JSON string",
			    (long long)n);
			break;
		}
		(void)answer(ctx, rules, buf_text(&decoded), decoded.len, &b);
	}
	ui_flush();
	free(in.data);
	buf_free(&b);
	buf_free(&decoded);
	return r;
}

/* Options of one of the words. */
static const struct { const char *option, *word; } only[] = {
	{ "stdin-json", "check" }, { "store", "mx" }, { "ask", "review" },
	{ "format", "review" },
};

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct buf b = BUF(BUF_ANY);
	struct email_rules *rules;
	int r = 0, bad = 0, as_json = cmd_option(ctx, "stdin-json") != NULL;

	for (size_t i = 0; i < sizeof(only) / sizeof(only[0]); i++)
		if (cmd_option(ctx, only[i].option) != NULL &&
		    strcmp(argv[1], only[i].word) != 0)
			return cmd_usage(ctx, "--%s is of email %s", only[i].option,
			    only[i].word);
	if (strcmp(argv[1], "mx") == 0)
		return email_mx(ctx, argc - 2, argv + 2);
	if (strcmp(argv[1], "review") == 0)
		return email_review(ctx, argc - 2, argv + 2);
	if (strcmp(argv[1], "check") != 0)
		return cmd_usage(ctx, "email check, email mx or email review is wanted, "
		    "not email %.40s", argv[1]);
	if (argc < 3 && !as_json)
		return cmd_usage(ctx, "an address or - is wanted");
	if ((rules = email_rules_new(&ctx->err)) == NULL)
		return -1;
	if (argc < 3)
		r = from_input(ctx, rules, 1);
	for (int i = 2; r == 0 && i < argc; i++) {
		if (strcmp(argv[i], "-") == 0)
			r = from_input(ctx, rules, as_json);
		else
			bad |= !answer(ctx, rules, argv[i], strlen(argv[i]), &b);
	}
	email_rules_free(rules);
	buf_free(&b);
	return r != 0 ? r : bad;
}

static const struct cmd_option options[] = {
	{ "stdin-json", 0, CMD_FLAG, NULL,
	    "check: standard input holds one JSON string a line" },
	{ "store", 0, CMD_FLAG, NULL,
	    "mx: answer from the database what it knows, and keep what is asked" },
	{ "ask", 0, CMD_FLAG, NULL,
	    "review: ask the domain name system for domains not known" },
	{ "format", 0, CMD_WORD, "text|csv|excel|json", "review: how it is written" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_email = {
	.name = "email",
	.run = run,
	.needs = CMD_NONE,
	.min = 1, .max = -1,
	.args = "check [--stdin-json] ADDRESS...|- | mx [--store] DOMAIN...|- | review STUDY",
	.words = "check mx review",
	.summary = "explain what is right or wrong with e-mail addresses",
	.text =
	    "check: the strict check of what stands there, without asking the network:\n"
	    "how it would be sent, the key it is known by for duplicates, or the first\n"
	    "fault and what was probably meant.  With - one address a line is read.\n"
	    "Ends with 1 where an address that was typed is not usable; of those that\n"
	    "are read, the answers tell.\n\n"
	    "mx: asks the domain name system whether domains (or the domains of\n"
	    "addresses) take mail: mx, they name a mail server; fallback, they have an\n"
	    "address instead; null-mx, they say that they take none; no-mail, there is\n"
	    "none; no-domain; unknown, no answer or trouble, which says nothing about\n"
	    "them.  Ends with 1 where one that was typed takes no mail, 75 where\n"
	    "more are unknown than dns.max_unknown allows.\n\n"
	    "review: the addresses of a study's population that a person should look\n"
	    "at: those held back until somebody decides, those that look like a slip,\n"
	    "those at a domain that takes no mail, one of several in a field; with how\n"
	    "many units use the domain and the one that was probably meant.  As CSV it\n"
	    "is the file of corrections to fill in: write the address to use, or -, by\n"
	    "whom and when, and name the file in the study, [email] corrections.\n",
	.option = options,
	.examples =
	    "utvalg email check post@firma.example.no\n"
	    "utvalg email check --json - < addresses.txt\n"
	    "utvalg email mx firma.example.no\n"
	    "utvalg email review mikrobedrifter --format excel > rettelser.csv\n",
};
