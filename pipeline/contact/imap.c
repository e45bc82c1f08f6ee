#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "pipeline/contact/imap.h"

#include "pipeline/contact/mailbox.h"

enum { RESPONSE_MAX = 1 << 20, LITERALS = 64 };

struct imap {
	struct wire *wire;
	int tag;
	int can_move, can_expunge;
	int64_t validity, exists;
	/* the response being read: one text, "{N}" for each literal */
	struct buf line, text;
	struct buf *body;	/* where the literal of BODY[] goes; or NULL */
	size_t body_max;
};

/* --------------------------------------------------------------- responses -- */

/* Does the text so far end with the name of the body? */
static int
is_body(const struct buf *text)
{
	const char *brace = strrchr(buf_text(text), '{');
	size_t n = brace != NULL ? (size_t)(brace - text->data) : 0;

	return n >= 7 && memcmp(text->data + n - 7, "BODY[] ", 7) == 0;
}

static int
take_literal(struct imap *m, int64_t n, struct err *err)
{
	struct buf other = BUF(RESPONSE_MAX);
	struct buf *to = m->body != NULL && is_body(&m->text) ? m->body : &other;
	int64_t max = to == &other ? RESPONSE_MAX : (int64_t)m->body_max;
	int r;

	if (n > max)
		return err_set(err, EX_PROTOCOL, "the mail server sends %" PRId64
		    " octets where it may send %" PRId64, n, max);
	if (to != &other)
		buf_clear(to);
	r = wire_octets(m->wire, (size_t)n, to, err);
	buf_free(&other);
	return r;
}

/* The next response, its literals taken out. */
static int
response(struct imap *m, struct err *err)
{
	int64_t n;
	int literals = 0;

	buf_clear(&m->text);
	for (;;) {
		if (wire_line(m->wire, &m->line, err) != 0)
			return -1;
		buf_add(&m->text, m->line.data, m->line.len);
		if (m->text.over || literals > LITERALS)
			return err_set(err, EX_PROTOCOL,
			    "the mail server: a response without an end");
		n = imap_literal(buf_text(&m->line), m->line.len);
		if (n < 0)
			return 0;
		literals++;
		if (take_literal(m, n, err) != 0)
			return -1;
	}
}

/* ---------------------------------------------------------------- commands -- */

static int
send_command(struct imap *m, const char *command, struct err *err)
{
	struct buf b = BUF(8192);
	int r;

	buf_printf(&b, "u%d %s\r\n", ++m->tag, command);
	r = b.over ? err_set(err, EX_DATAERR, "mailbox: the name is too long") :
	    wire_put(m->wire, buf_text(&b), b.len, err);
	buf_free(&b);
	return r;
}

/* The tagged answer: 1 OK, 0 NO, -1. */
static int
tagged(struct imap *m, struct err *err)
{
	char tag[16];
	const char *s = buf_text(&m->text);
	size_t n;

	n = (size_t)snprintf(tag, sizeof(tag), "u%d ", m->tag);
	if (strncmp(s, tag, n) != 0)
		return err_set(err, EX_PROTOCOL, "the mail server answers what "
		    "nobody asked");
	if (strncmp(s + n, "OK", 2) == 0)
		return 1;
	if (strncmp(s + n, "NO", 2) == 0)
		return 0;
	return err_set(err, EX_PROTOCOL, "the mail server does not understand us");
}

static void
note_number(const char *s, const char *key, int64_t *ret)
{
	const char *at = strstr(s, key);

	if (at != NULL)
		*ret = strtoll(at + strlen(key), NULL, 10);
}

/* What the untagged responses of opening a mailbox say. */
static void
note(struct imap *m)
{
	const char *s = buf_text(&m->text);

	if (strncmp(s, "* CAPABILITY ", 13) == 0) {
		m->can_move = strstr(s, " MOVE") != NULL;
		m->can_expunge = strstr(s, " UIDPLUS") != NULL;
	} else if (strncmp(s, "* OK [UIDVALIDITY ", 18) == 0)
		note_number(s, "[UIDVALIDITY ", &m->validity);
	else if (strncmp(s, "* ", 2) == 0 && strstr(s, " EXISTS") != NULL)
		note_number(s, "* ", &m->exists);
}

/* Say it and read to the tagged answer: 1 OK, 0 NO, -1. */
static int
command(struct imap *m, const char *text, struct err *err)
{
	if (send_command(m, text, err) != 0)
		return -1;
	for (;;) {
		if (response(m, err) != 0)
			return -1;
		if (strncmp(buf_text(&m->text), "* BYE", 5) == 0)
			return err_set(err, EX_TEMPFAIL,
			    "the mail server hangs up");
		if (m->text.len > 0 && m->text.data[0] != '*' &&
		    m->text.data[0] != '+')
			return tagged(m, err);
		note(m);
	}
}

/* -------------------------------------------------------------------- way -- */

static void
close_box(void *ctx)
{
	struct imap *m = ctx;

	wire_close(m->wire);
	buf_free(&m->line);
	buf_free(&m->text);
	free(m);
}

static int
open_box(const struct wire_server *server, const char *folder, int write,
    void **ctx, struct err *err)
{
	struct imap *m = mem_alloc(sizeof(*m));
	struct buf b = BUF(4096);
	int r = -1;

	m->line = (struct buf)BUF(2 * (size_t)WIRE_LINE_MAX);
	m->text = (struct buf)BUF(RESPONSE_MAX);
	m->validity = -1;
	buf_str(&b, write ? "SELECT " : "EXAMINE ");
	if (imap_mailbox_name(folder, &b) != 0 || b.over)
		err_set(err, EX_CONFIG, "mailbox: the folder's name is no UTF-8");
	else if ((m->wire = wire_open(server, err)) != NULL &&
	    command(m, "CAPABILITY", err) >= 0)
		r = command(m, buf_text(&b), err);
	buf_free(&b);
	if (r == 0)
		err_set(err, EX_UNAVAILABLE, "the mail server has no such folder, "
		    "or keeps it shut");
	if (r == 1 && m->validity < 0)
		r = err_set(err, EX_PROTOCOL,
		    "the mail server gives no UIDVALIDITY");
	if (r != 1) {
		close_box(m);
		return -1;
	}
	*ctx = m;
	return 0;
}

static int
list_box(void *ctx, struct mailbox_list *l, struct err *err)
{
	struct imap *m = ctx;
	int r;

	l->validity = m->validity;
	if (m->exists == 0)
		return 0;
	if (send_command(m, "UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE)", err) != 0)
		return -1;
	for (;;) {
		struct mailbox_mail mail = { .size = -1 };
		struct imap_item item;

		if (response(m, err) != 0)
			return -1;
		if (m->text.len > 0 && m->text.data[0] != '*')
			break;
		r = imap_item(buf_text(&m->text), m->text.len, &item);
		if (r < 0)
			return err_set(err, EX_PROTOCOL, "the mail server: a list of "
			    "mails that cannot be read");
		if (r == 0 || item.uid <= 0 || item.uid > UINT32_MAX)
			continue;
		if (l->n >= MAILBOX_MAILS)
			return err_set(err, EX_DATAERR, "mailbox: more than %d mails",
			    (int)MAILBOX_MAILS);
		snprintf(mail.uid, sizeof(mail.uid), "%" PRId64, item.uid);
		mail.number = item.number;
		mail.size = item.size;
		mail.received = item.received;
		mailbox_list_add(l, &mail);
	}
	r = tagged(m, err);
	return r == 0 ? err_set(err, EX_UNAVAILABLE,
	    "the mail server does not list the mails") : r < 0 ? -1 : 0;
}

/* The inside of a quoted string. */
static void
unquote(const char *s, size_t len, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\\' && i + 1 < len)
			i++;
		buf_chr(out, s[i]);
	}
}

static int
fetch_mail(void *ctx, const struct mailbox_mail *mail, size_t max,
    struct buf *out, struct err *err)
{
	struct imap *m = ctx;
	char text[128];
	int found = 0, r = 0;

	buf_clear(out);
	snprintf(text, sizeof(text), "UID FETCH %s (UID BODY.PEEK[])", mail->uid);
	if (send_command(m, text, err) != 0)
		return -1;
	m->body = out;
	m->body_max = max;
	for (;;) {
		struct imap_item item;
		char uid[MAILBOX_UID];

		if ((r = response(m, err)) != 0)
			break;
		if (m->text.len > 0 && m->text.data[0] != '*') {
			r = tagged(m, err);
			break;
		}
		if (imap_item(buf_text(&m->text), m->text.len, &item) != 1 ||
		    !item.has_body)
			continue;
		snprintf(uid, sizeof(uid), "%" PRId64, item.uid);
		if (strcmp(uid, mail->uid) != 0 || found) {
			r = err_set(err, EX_PROTOCOL,
			    "the mail server sends another mail than asked for");
			break;
		}
		found = 1;
		if (!item.body_is_literal)
			unquote(item.body, item.body_len, out);
	}
	m->body = NULL;
	return r < 0 ? -1 : r == 1 && found;
}

/* ${fmt} with the uid, and with ${to} as a folder's name. */
static int
on_mail(struct imap *m, const char *before, const char *uid, const char *behind,
    const char *to, struct err *err)
{
	struct buf b = BUF(4096);
	int r;

	buf_printf(&b, "%s%s%s", before, uid, behind);
	if (to != NULL && imap_mailbox_name(to, &b) != 0)
		r = err_set(err, EX_CONFIG, "mailbox: the folder's name is no UTF-8");
	else
		r = command(m, buf_text(&b), err);
	buf_free(&b);
	if (r == 0)
		return err_set(err, EX_UNAVAILABLE, "the mail server refuses: %s%s%s",
		    before, uid, behind);
	return r < 0 ? -1 : 0;
}

static int
settle_mail(void *ctx, const struct mailbox_mail *mail, enum mailbox_after after,
    const char *to, struct err *err)
{
	struct imap *m = ctx;

	if (mail == NULL || after == MAILBOX_LEAVE)
		return 0;
	if (after == MAILBOX_SEEN)
		return on_mail(m, "UID STORE ", mail->uid,
		    " +FLAGS.SILENT (\\Seen)", NULL, err);
	if (after == MAILBOX_MOVE && m->can_move)
		return on_mail(m, "UID MOVE ", mail->uid, " ", to, err);
	if (after == MAILBOX_MOVE &&
	    on_mail(m, "UID COPY ", mail->uid, " ", to, err) != 0)
		return -1;
	if (on_mail(m, "UID STORE ", mail->uid, " +FLAGS.SILENT (\\Deleted)", NULL,
	    err) != 0)
		return -1;
	return m->can_expunge ? on_mail(m, "UID EXPUNGE ", mail->uid, "", NULL, err) :
	    0;
}

const struct mailbox_way mailbox_imap = {
	.open = open_box,
	.list = list_box,
	.fetch = fetch_mail,
	.settle = settle_mail,
	.close = close_box,
};
