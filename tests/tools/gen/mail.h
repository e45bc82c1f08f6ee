#ifndef TESTS_TOOLS_GEN_MAIL_H
#define TESTS_TOOLS_GEN_MAIL_H

/* mail -- what the world sends back: delivery status notifications for dead
 * addresses, and the survey platform's export for those who answered. */

#include <string.h>
#include <strings.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"

#include "tests/tools/gen/rand.h"
#include "tests/tools/gen/words.h"

/* --- fates ----------------------------------------------------------------- */

struct fates_row { char *email, *county, *fate, *says; };
struct fates {
	struct buf text;
	struct fates_row *row;		/* in order of the address */
	size_t n;
};

static inline int
fates_order(const void *a, const void *b)
{
	const struct fates_row *x = a, *y = b;

	return strcmp(x->email, y->email);
}

static inline void
fates_read(struct fates *f, const char *path)
{
	struct err err;
	char *line, *rest, *more;
	size_t room = 0;

	memset(f, 0, sizeof(*f));
	f->text = (struct buf)BUF(1 << 26);
	if (file_read(path, 1 << 26, &f->text, &err) != 0)
		die(&err);
	for (line = f->text.data; line != NULL && *line != '\0'; line = rest) {
		struct fates_row r;

		if ((rest = strchr(line, '\n')) != NULL)
			*rest++ = '\0';
		r.email = strtok_r(line, "\t", &more);
		r.county = strtok_r(NULL, "\t", &more);
		(void)strtok_r(NULL, "\t", &more);
		r.fate = strtok_r(NULL, "\t", &more);
		r.says = strtok_r(NULL, "\t", &more);
		if (r.fate == NULL || line == f->text.data)
			continue;	/* the heading */
		if (f->n == room) {
			room = room == 0 ? 1024 : room * 2;
			f->row = mem_grow(f->row, room, sizeof(*f->row));
		}
		f->row[f->n++] = r;
	}
	if (f->n > 0)
		qsort(f->row, f->n, sizeof(*f->row), fates_order);
}

static const struct fates_row *
fates_find(const struct fates *f, const char *email)
{
	struct fates_row key = { NULL, NULL, NULL, NULL };
	char low[200];

	snprintf(low, sizeof(low), "%s", email);
	for (char *c = low; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 32);
	key.email = low;
	return f->n == 0 ? NULL :
	    bsearch(&key, f->row, f->n, sizeof(*f->row), fates_order);
}

static const char *
fates_of(const struct fates *f, const char *email)
{
	const struct fates_row *hit = fates_find(f, email);

	return hit != NULL ? hit->fate : "none";
}

/* What the plan has them say in a column, into ${out}; NULL: no plan of it. */
static const char *
fates_says(const struct fates *f, const char *email, const char *column,
    char *out, size_t size)
{
	const struct fates_row *hit = fates_find(f, email);
	char start[48];
	const char *at;

	if (hit == NULL || hit->says == NULL)
		return NULL;
	snprintf(start, sizeof(start), "%s=", column);
	out[0] = '\0';
	if ((at = strstr(hit->says, start)) != NULL) {
		at += strlen(start);
		snprintf(out, size, "%.*s", (int)strcspn(at, ";"), at);
	}
	return out;
}

static inline void
fates_free(struct fates *f)
{
	free(f->row);
	buf_free(&f->text);
}

/* --- mails in a maildir ---------------------------------------------------- */

struct mail {
	struct buf text;		/* line ends are LF */
	size_t head;			/* length of the header block */
	char to[200], from[200];	/* addresses; envelope sender */
	char date[64];
};

/* The address in a header field of that name, without < and >; "" if none. */
static inline void
header_value(const struct mail *m, const char *name, char *out, size_t size)
{
	const char *p = m->text.data, *end = p + m->head;
	size_t len = strlen(name);

	out[0] = '\0';
	while (p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		if (eol == NULL)
			eol = end;
		if ((size_t)(eol - p) > len && strncasecmp(p, name, len) == 0) {
			p += len;
			while (eol < end && eol + 1 < end &&
			    (eol[1] == ' ' || eol[1] == '\t')) {	/* folded */
				const char *next = memchr(eol + 1, '\n',
				    (size_t)(end - eol - 1));

				eol = next != NULL ? next : end;
			}
			while (p < eol && (*p == ' ' || *p == '\n' || *p == '\t'))
				p++;
			snprintf(out, size, "%.*s", (int)(eol - p), p);
			return;
		}
		p = eol + 1;
	}
}

static inline void
only_address(char *s)
{
	char *open = strrchr(s, '<'), *shut = strrchr(s, '>');

	if (open == NULL || shut == NULL || shut < open)
		return;
	*shut = '\0';
	memmove(s, open + 1, strlen(open + 1) + 1);
}

static inline void
mail_read(struct mail *m, const char *path)
{
	struct buf raw = BUF(1 << 24);
	struct err err;
	const char *blank;

	m->text = (struct buf)BUF(1 << 24);
	if (file_read(path, 1 << 24, &raw, &err) != 0)
		die(&err);
	for (size_t i = 0; i < raw.len; i++)
		if (raw.data[i] != '\r')
			buf_chr(&m->text, raw.data[i]);
	buf_free(&raw);
	buf_str(&m->text, "");
	blank = strstr(buf_text(&m->text), "\n\n");
	m->head = blank != NULL ? (size_t)(blank - m->text.data) + 1 : m->text.len;
	header_value(m, "To:", m->to, sizeof(m->to));
	only_address(m->to);
	header_value(m, "Return-Path:", m->from, sizeof(m->from));
	if (m->from[0] == '\0')
		header_value(m, "X-Envelope-From:", m->from, sizeof(m->from));
	only_address(m->from);
	header_value(m, "Date:", m->date, sizeof(m->date));
}

/* Each mail of MAILDIR/new, in order of their names. */
static inline void
each_mail(const char *maildir, void (*fn)(void *, const struct mail *), void *ctx)
{
	struct file_list list;
	struct buf path = BUF(4096);
	struct err err;

	buf_printf(&path, "%s/new", maildir);
	if (file_list(path.data, &list, &err) != 0)
		die(&err);
	for (size_t i = 0; i < list.n; i++) {
		struct mail m;

		buf_clear(&path);
		buf_printf(&path, "%s/new/%s", maildir, list.name[i]);
		mail_read(&m, path.data);
		fn(ctx, &m);
		buf_free(&m.text);
	}
	file_list_free(&list);
	buf_free(&path);
}

/* --- bounces --------------------------------------------------------------- */

struct bounces {
	struct fates fates;
	const char *out;
	size_t n;
	char plain[200];		/* the study's bounce address, no token */
	char date[64];
};

/* How mail servers say it.  %A the address, %D its domain. */
static const struct dialect {
	const char *from, *subject, *mta, *agent;
	const char *human;		/* the first part */
	const char *status, *diagnostic;
	int whole;			/* the mail comes back, not its head only */
} dialects[] = {
	{ "MAILER-DAEMON@mx.example.org (Mail Delivery System)",
	  "Undelivered Mail Returned to Sender", "mx.example.org", "Postfix",
	  "This is the mail system at host mx.example.org.\n\n"
	  "I'm sorry to have to inform you that your message could not\n"
	  "be delivered to one or more recipients. It's attached below.\n\n"
	  "                   The mail system\n\n"
	  "<%A>: host mail.%D[192.0.2.25] said: 550 5.1.1 <%A>: Recipient\n"
	  "    address rejected: User unknown in virtual mailbox table (in reply to RCPT\n"
	  "    TO command)\n",
	  "5.1.1", "smtp; 550 5.1.1 <%A>: Recipient address rejected: User\n"
	  "    unknown in virtual mailbox table", 0 },
	{ "Mail Delivery System <Mailer-Daemon@relay.example.org>",
	  "Mail delivery failed: returning message to sender",
	  "relay.example.org", "Exim",
	  "This message was created automatically by mail delivery software.\n\n"
	  "A message that you sent could not be delivered to one or more of its\n"
	  "recipients. This is a permanent error. The following address(es) failed:\n\n"
	  "  %A\n"
	  "    host mail.%D [198.51.100.7]\n"
	  "    SMTP error from remote mail server after RCPT TO:<%A>:\n"
	  "    550 No such user here\n",
	  "5.0.0", "smtp; 550 No such user here", 1 },
	{ "postmaster@outbound.example.org",
	  "Undeliverable: %S", "outbound.example.org", "Exchange",
	  "Delivery has failed to these recipients or groups:\n\n"
	  "%A<mailto:%A>\n"
	  "The email address you entered couldn't be found. Please check the\n"
	  "recipient's email address and try to resend the message.\n\n\n"
	  "Diagnostic information for administrators:\n\n"
	  "Generating server: outbound.example.org\n\n"
	  "%A\n"
	  "Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient\n"
	  "not found by SMTP address lookup'\n",
	  "5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound;\n"
	  "    Recipient not found by SMTP address lookup", 0 },
	{ "Mail Delivery Subsystem <MAILER-DAEMON@gate.example.org>",
	  "Returned mail: see transcript for details", "gate.example.org", "Sendmail",
	  "The original message was received from localhost [127.0.0.1]\n\n"
	  "   ----- The following addresses had permanent fatal errors -----\n"
	  "<%A>\n"
	  "    (reason: 550 Host unknown)\n\n"
	  "   ----- Transcript of session follows -----\n"
	  "550 5.1.2 <%A>... Host unknown (Name server: %D: host not found)\n",
	  "5.1.2", "SMTP; 550 Host unknown", 0 },
};
enum { DIALECTS = sizeof(dialects) / sizeof(dialects[0]) };

static inline void
fill_in(struct buf *b, const char *pattern, const char *email, const char *subject)
{
	const char *at = strchr(email, '@');

	for (; *pattern != '\0'; pattern++) {
		if (*pattern != '%') {
			buf_chr(b, *pattern);
			continue;
		}
		pattern++;
		if (*pattern == 'A')
			buf_str(b, email);
		else if (*pattern == 'D')
			buf_str(b, at != NULL ? at + 1 : "example.org");
		else
			buf_str(b, subject);
	}
}

static inline void
bounce_files(struct bounces *bs, const struct buf *b, const char *rcpt)
{
	struct buf path = BUF(4096), line = BUF(4096);

	bs->n++;
	buf_printf(&path, "%s/%04zu.eml", bs->out, bs->n);
	put_file(path.data, b->data, b->len);
	buf_clear(&path);
	buf_printf(&path, "%s/%04zu.rcpt", bs->out, bs->n);
	buf_printf(&line, "%s\n", rcpt);
	put_file(path.data, line.data, line.len);
	buf_free(&path);
	buf_free(&line);
}

/* A report that ${email} does not exist, to ${rcpt}; ${m} is the mail it is
 * about, NULL: the report does not show it. */
static inline void
bounce_write(struct bounces *bs, const char *email, const char *rcpt,
    const struct mail *m)
{
	const struct dialect *d = &dialects[bs->n % DIALECTS];
	struct buf b = BUF(1 << 24);
	char subject[200] = "Undersøkelse";

	if (m != NULL)
		header_value(m, "Subject:", subject, sizeof(subject));
	else
		snprintf(subject, sizeof(subject), "your message");
	buf_printf(&b, "Return-Path: <>\nReceived: from %s by mx.example.net;\n"
	    "\t%s\nFrom: %s\nTo: %s\nSubject: ", d->mta, bs->date, d->from, rcpt);
	fill_in(&b, d->subject, email, subject);
	buf_printf(&b, "\nDate: %s\nMessage-ID: <dsn.%zu@%s>\n", bs->date, bs->n + 1,
	    d->mta);
	if (strcmp(d->agent, "Exim") == 0)
		buf_printf(&b, "X-Failed-Recipients: %s\n", email);
	buf_printf(&b, "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/report; report-type=delivery-status;\n"
	    "\tboundary=\"=_dsn_%zu_%s\"\n\n", bs->n + 1, d->mta);
	buf_printf(&b, "This is a MIME-encapsulated message.\n\n--=_dsn_%zu_%s\n"
	    "Content-Description: Notification\n"
	    "Content-Type: text/plain; charset=us-ascii\n\n", bs->n + 1, d->mta);
	fill_in(&b, d->human, email, subject);
	buf_printf(&b, "\n--=_dsn_%zu_%s\nContent-Type: message/delivery-status\n\n"
	    "Reporting-MTA: dns; %s\nArrival-Date: %s\n\n", bs->n + 1, d->mta, d->mta,
	    bs->date);
	buf_printf(&b, "Final-Recipient: rfc822; %s\nAction: failed\nStatus: %s\n",
	    email, d->status);
	buf_printf(&b, "Remote-MTA: dns; mail.%s\nDiagnostic-Code: ",
	    strchr(email, '@') != NULL ? strchr(email, '@') + 1 : "example.org");
	fill_in(&b, d->diagnostic, email, subject);
	buf_str(&b, "\n");
	if (m != NULL) {
		buf_printf(&b, "\n--=_dsn_%zu_%s\nContent-Type: %s\n\n", bs->n + 1,
		    d->mta, d->whole ? "message/rfc822" : "text/rfc822-headers");
		buf_add(&b, m->text.data, d->whole ? m->text.len : m->head);
	}
	buf_printf(&b, "\n--=_dsn_%zu_%s--\n", bs->n + 1, d->mta);
	bounce_files(bs, &b, rcpt);
	buf_free(&b);
}

static inline void
bounce_mail(void *ctx, const struct mail *m)
{
	struct bounces *bs = ctx;

	if (bs->plain[0] == '\0' && m->from[0] != '\0') {
		size_t local = strcspn(m->from, "+@");
		const char *at = strchr(m->from, '@');

		snprintf(bs->plain, sizeof(bs->plain), "%.*s%s", (int)local, m->from,
		    at != NULL ? at : "");
	}
	snprintf(bs->date, sizeof(bs->date), "%s", m->date);
	if (strcmp(fates_of(&bs->fates, m->to), "dead") == 0)
		bounce_write(bs, m->to, m->from, m);
}

static inline int
bounces_make(const char *maildir, const char *fates, const char *out)
{
	struct bounces bs;
	struct err err;

	memset(&bs, 0, sizeof(bs));
	bs.out = out;
	fates_read(&bs.fates, fates);
	if (file_mkdirs(out, 0755, &err) != 0)
		die(&err);
	each_mail(maildir, bounce_mail, &bs);
	for (size_t i = 0; i < bs.fates.n; i++)
		if (strcmp(bs.fates.row[i].fate, "unlocated") == 0 &&
		    bs.plain[0] != '\0')
			bounce_write(&bs, bs.fates.row[i].email, bs.plain, NULL);
	fates_free(&bs.fates);
	return 0;
}

/* --- answers --------------------------------------------------------------- */

struct answers {
	struct fates fates;
	struct buf csv;
	struct rng rng;
	size_t n;
};

static inline int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static inline int
base64_digit(char c)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c != '\0' ? strchr(alphabet, c) : NULL;

	return p != NULL ? (int)(p - alphabet) : -1;
}

/* The body as it was written (RFC 2045, section 6). */
static inline void
decode(struct buf *out, const struct mail *m)
{
	const char *p = m->text.data + m->head, *end = m->text.data + m->text.len;
	char how[40];
	unsigned word = 0;
	int bits = 0;

	header_value(m, "Content-Transfer-Encoding:", how, sizeof(how));
	for (; p < end; p++) {
		if (strncasecmp(how, "base64", 6) == 0) {
			if (base64_digit(*p) < 0)
				continue;
			word = word << 6 | (unsigned)base64_digit(*p);
			if ((bits += 6) >= 8) {
				bits -= 8;
				buf_chr(out, (char)(word >> bits & 0xff));
			}
		} else if (*p == '=' && strncasecmp(how, "quoted", 6) == 0) {
			if (p + 1 < end && p[1] == '\n')
				p++;
			else if (end - p > 2 && hex_digit(p[1]) >= 0) {
				buf_chr(out, (char)(hex_digit(p[1]) * 16 +
				    hex_digit(p[2])));
				p += 2;
			}
		} else
			buf_chr(out, *p);
	}
}

/* What stands behind "token=" in the link of the mail. */
static inline void
token_of(const struct mail *m, char *out, size_t size)
{
	struct buf body = BUF(1 << 24);
	const char *p;
	size_t n = 0;

	decode(&body, m);
	if ((p = strstr(buf_text(&body), "token=")) != NULL)
		for (p += 6; n + 1 < size && ((*p >= '0' && *p <= '9') ||
		    (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') ||
		    *p == '-' || *p == '_'); p++)
			out[n++] = *p;
	out[n] = '\0';
	buf_free(&body);
}

/* A field as the plan has it, else ${other}. */
static inline void
planned(struct answers *as, const struct mail *m, const char *column,
    const char *other)
{
	char said[1000];
	const char *s = fates_says(&as->fates, m->to, column, said, sizeof(said));

	csv_put(&as->csv, ';', 0, s != NULL ? s : other);
}

static inline void
answer_mail(void *ctx, const struct mail *m)
{
	static const char *const trades[] = {
		"kunstnerisk virksomhet", "design og kunsthåndverk",
		"film foto og spill", "musikk", "opplevelser", "camping",
		"småskala mat", "annet"
	};
	static const char *const notes[] = {
		"", "", "", "", "Takk for en god undersøkelse",
		"Vi er to som driver; hun halvt", "\"Årsverk\" var vanskelig å svare på",
		"Første linje\nandre linje"
	};
	static const char *const incomes[] = { "Ja", "Ja", "Nei", "Nei", "" };
	struct answers *as = ctx;
	const char *fate = fates_of(&as->fates, m->to);
	int whole = strcmp(fate, "answer") == 0;
	const char *trade, *income;
	char token[128], time[40];
	size_t n;

	if (!whole && strcmp(fate, "partial") != 0)
		return;
	token_of(m, token, sizeof(token));
	n = as->n++;
	snprintf(time, sizeof(time), "2026-10-%02zu %02zu:%02zu:%02zu",
	    n % 17 + 12, n % 12 + 8, n * 7 % 60, n * 13 % 60);
	csv_put(&as->csv, ';', 1, token);
	csv_put(&as->csv, ';', 0, whole ? "Fullført" : "Delvis");
	csv_put(&as->csv, ';', 0, whole ? time : "");
	trade = *PICK(&as->rng, trades);
	income = whole ? *PICK(&as->rng, incomes) : "";
	planned(as, m, "naering", trade);
	planned(as, m, "hovedgruppe", "");
	planned(as, m, "hovedinntekt", income);
	csv_put(&as->csv, ';', 0, !whole ? "" : rng_chance(&as->rng, 22) ? "Ja" : "Nei");
	csv_put(&as->csv, ';', 0, whole ? *PICK(&as->rng, notes) : "");
	buf_str(&as->csv, "\r\n");
}

static inline int
answers_make(const char *maildir, const char *fates, const char *out, uint64_t seed)
{
	struct answers as;

	memset(&as, 0, sizeof(as));
	as.rng.s = seed;
	as.csv = (struct buf)BUF(1 << 26);
	fates_read(&as.fates, fates);
	buf_str(&as.csv, "\xef\xbb\xbftoken;status;submitdate;naering;hovedgruppe;"
	    "hovedinntekt;regnskapsplikt;kommentar\r\n");
	each_mail(maildir, answer_mail, &as);
	put_file(out, as.csv.data, as.csv.len);
	buf_free(&as.csv);
	fates_free(&as.fates);
	return 0;
}

#endif /* !TESTS_TOOLS_GEN_MAIL_H */
