#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/num.h"
#include "pipeline/contact/pop3.h"

#include "pipeline/contact/mailbox.h"

struct pop3 {
	struct wire *wire;
	struct buf line;
};

int
pop3_entry(const char *line, size_t len, int64_t *number, char word[static 71])
{
	int64_t v = 0;
	size_t i = 0, n;

	for (; i < len && line[i] >= '0' && line[i] <= '9' && i < 10; i++)
		v = v * 10 + (line[i] - '0');
	if (i == 0 || v == 0 || i >= len || line[i] != ' ')
		return -1;
	while (i < len && line[i] == ' ')
		i++;
	for (n = 0; i + n < len && line[i + n] > ' ' && line[i + n] < 0x7f; n++)
		;
	if (n == 0 || n > 70)
		return -1;
	memcpy(word, line + i, n);
	word[n] = '\0';
	*number = v;
	return 0;
}

/* Say it; 1: +OK, 0: -ERR, -1. */
static int
command(struct pop3 *p, struct err *err, const char *word, int64_t number)
{
	char text[64];
	int n = number > 0 ?
	    snprintf(text, sizeof(text), "%s %" PRId64 "\r\n", word, number) :
	    snprintf(text, sizeof(text), "%s\r\n", word);

	if (wire_put(p->wire, text, (size_t)n, err) != 0 ||
	    wire_line(p->wire, &p->line, err) != 0)
		return -1;
	if (strncmp(buf_text(&p->line), "+OK", 3) == 0)
		return 1;
	if (strncmp(buf_text(&p->line), "-ERR", 4) == 0)
		return 0;
	return err_set(err, EX_PROTOCOL, "the mail server's answer is none");
}

/* The next line of a listing or mail; 1, 0 at its end, -1. */
static int
next(struct pop3 *p, const char **line, size_t *len, struct err *err)
{
	if (wire_line(p->wire, &p->line, err) != 0)
		return -1;
	*line = buf_text(&p->line);
	*len = p->line.len;
	if (*len == 1 && **line == '.')
		return 0;
	if (*len > 0 && **line == '.') {
		(*line)++;
		(*len)--;
	}
	return 1;
}

static void
close_box(void *ctx)
{
	struct pop3 *p = ctx;

	wire_close(p->wire);
	buf_free(&p->line);
	free(p);
}

static int
open_box(const struct wire_server *server, const char *folder, int write,
    void **ctx, struct err *err)
{
	struct pop3 *p = mem_alloc(sizeof(*p));

	(void)folder;
	(void)write;
	p->line = (struct buf)BUF(2 * (size_t)WIRE_LINE_MAX);
	if ((p->wire = wire_open(server, err)) == NULL) {
		close_box(p);
		return -1;
	}
	*ctx = p;
	return 0;
}

/* The mail of that number: servers list them in order. */
static struct mailbox_mail *
find(struct mailbox_list *l, int64_t number, size_t *at)
{
	for (; *at < l->n && l->mail[*at].number <= number; ++*at)
		if (l->mail[*at].number == number)
			return &l->mail[*at];
	return NULL;
}

static int
list_box(void *ctx, struct mailbox_list *l, struct err *err)
{
	struct pop3 *p = ctx;
	const char *line;
	char word[71];
	int64_t number;
	size_t len, at = 0;
	int r = command(p, err, "UIDL", 0);

	if (r == 0)
		return err_set(err, EX_UNAVAILABLE, "the mail server has no UIDL: "
		    "mails cannot be told from those of the last time");
	while (r == 1 && (r = next(p, &line, &len, err)) == 1) {
		struct mailbox_mail mail = { .size = -1, .received = MOMENT_NONE };

		if (pop3_entry(line, len, &mail.number, mail.uid) != 0)
			return err_set(err, EX_PROTOCOL, "the mail server: a list of "
			    "mails that cannot be read");
		if (l->n >= MAILBOX_MAILS)
			return err_set(err, EX_DATAERR, "mailbox: more than %d mails",
			    (int)MAILBOX_MAILS);
		mailbox_list_add(l, &mail);
	}
	if (r != 0 || (r = command(p, err, "LIST", 0)) < 0)
		return -1;
	while (r == 1 && (r = next(p, &line, &len, err)) == 1) {
		struct mailbox_mail *mail;

		if (pop3_entry(line, len, &number, word) == 0 &&
		    (mail = find(l, number, &at)) != NULL &&
		    num_int(word, 0, INT64_MAX, &mail->size) != 0)
			mail->size = -1;
	}
	return r;
}

static int
fetch_mail(void *ctx, const struct mailbox_mail *mail, size_t max,
    struct buf *out, struct err *err)
{
	struct pop3 *p = ctx;
	const char *line;
	size_t len;
	int r = command(p, err, "RETR", mail->number);

	buf_clear(out);
	if (r != 1)
		return r;
	while ((r = next(p, &line, &len, err)) == 1) {
		if (out->len + len + 1 > max)
			return err_set(err, EX_PROTOCOL, "the mail server sends more "
			    "than %zu octets for a mail of %" PRId64, max, mail->size);
		buf_add(out, line, len);
		buf_str(out, "\r\n");
	}
	return r < 0 ? -1 : 1;
}

static int
settle_mail(void *ctx, const struct mailbox_mail *mail, enum mailbox_after after,
    const char *to, struct err *err)
{
	struct pop3 *p = ctx;
	int r;

	(void)to;
	if (after == MAILBOX_LEAVE)
		return 0;
	r = mail != NULL ? command(p, err, "DELE", mail->number) :
	    command(p, err, "QUIT", 0);
	if (r == 0)
		return err_set(err, EX_UNAVAILABLE,
		    "the mail server does not delete what has been read");
	return r < 0 ? -1 : 0;
}

const struct mailbox_way mailbox_pop3 = {
	.open = open_box,
	.list = list_box,
	.fetch = fetch_mail,
	.settle = settle_mail,
	.close = close_box,
};
