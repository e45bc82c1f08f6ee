#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"
#include "pipeline/base/utf8.h"

#include "pipeline/contact/smtp.h"

enum {
	ANSWER_MAX = 64 << 10,	/* octets of one answer, all its lines */
	CONNECT_TIMEOUT = 30,
	OFFERS = 40, OFFER = 32
};

struct smtp {
	const struct smtp_server *server;
	CURL *curl;
	curl_socket_t socket;
	char offer[OFFERS][OFFER];	/* first words of what EHLO was answered */
	size_t noffer;
	struct buf in;			/* read, not yet looked at */
	int open_mail;			/* a transaction was begun */
	int gone;
};

/* ------------------------------------------------------------------- pure -- */

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "5.1.1 " at ${s}: its length, or 0 (RFC 2034). */
static size_t
enhanced(const char *s, size_t len, char class)
{
	size_t i = 1;

	if (len < 5 || s[0] != class)
		return 0;
	for (int part = 0; part < 2; part++) {
		size_t n = 0;

		if (i >= len || s[i++] != '.')
			return 0;
		while (i < len && is_digit(s[i]) && n < 4)
			i++, n++;
		if (n == 0 || n > 3)
			return 0;
	}
	return i == len || s[i] == ' ' ? i : 0;
}

static void
take_text(const char *s, size_t len, struct handed *ret)
{
	struct buf flat = BUF(ANSWER_MAX), clean = BUF(4 * (size_t)ANSWER_MAX);
	size_t n;

	for (size_t i = 0; i < len; i++)
		buf_chr(&flat, (unsigned char)s[i] < 0x20 || s[i] == 0x7f ? ' ' : s[i]);
	utf8_clean(&clean, buf_text(&flat), flat.len);
	n = clean.len < sizeof(ret->text) ? clean.len : sizeof(ret->text) - 1;
	while (n > 0 && n < clean.len && ((unsigned char)clean.data[n] & 0xc0) == 0x80)
		n--;
	if (n > 0)
		memcpy(ret->text, clean.data, n);
	ret->text[n] = '\0';
	buf_free(&flat);
	buf_free(&clean);
}

int
smtp_answer(const char *data, size_t len, struct handed *ret)
{
	struct buf text = BUF(ANSWER_MAX);
	size_t at = 0;
	int last = 0, r = -1;

	ret->code[0] = ret->status[0] = ret->text[0] = '\0';
	while (!last) {
		const char *line = data + at;
		const char *end = memchr(line, '\n', len - at);
		size_t n, status;

		if (end == NULL) {
			r = len < ANSWER_MAX ? 0 : -1;
			goto out;
		}
		n = (size_t)(end - line);
		at += n + 1;
		if (n > 0 && line[n - 1] == '\r')
			n--;
		if (n < 3 || line[0] < '2' || line[0] > '5' || !is_digit(line[1]) ||
		    !is_digit(line[2]) || (n > 3 && line[3] != ' ' && line[3] != '-'))
			goto out;
		last = n == 3 || line[3] == ' ';
		memcpy(ret->code, line, 3);	/* that of the last line stands */
		ret->code[3] = '\0';
		line += n > 3 ? 4 : 3;
		n -= n > 3 ? 4 : 3;
		status = enhanced(line, n, ret->code[0]);
		if (status > 0 && ret->status[0] == '\0') {
			memcpy(ret->status, line, status);
			ret->status[status] = '\0';
		}
		if (status > 0 && text.len > 0) {	/* said once is enough */
			line += status;
			n -= status;
		}
		while (n > 0 && *line == ' ')
			line++, n--;
		buf_printf(&text, "%s%.*s", text.len > 0 ? " " : "", (int)n, line);
	}
	take_text(buf_text(&text), text.len, ret);
	if (strlen(ret->text) + 5 < sizeof(ret->text)) {
		memmove(ret->text + 4, ret->text, strlen(ret->text) + 1);
		memcpy(ret->text, ret->code, 3);
		ret->text[3] = ' ';
	}
	r = (int)at;
out:
	buf_free(&text);
	return r;
}

void
smtp_stuff(const char *s, size_t len, struct buf *b)
{
	while (len > 0) {
		const char *end = memchr(s, '\n', len);
		size_t n = end != NULL ? (size_t)(end - s) : len;
		size_t text = n > 0 && s[n - 1] == '\r' ? n - 1 : n;

		if (text > 0 && *s == '.')
			buf_chr(b, '.');
		buf_add(b, s, text);
		buf_str(b, "\r\n");
		n += end != NULL;
		s += n;
		len -= n;
	}
	buf_str(b, ".\r\n");
}

void
smtp_xtext(const char *s, struct buf *b)
{
	for (; *s != '\0'; s++) {
		if (*s > ' ' && *s < 0x7f && *s != '+' && *s != '=')
			buf_chr(b, *s);
		else
			buf_printf(b, "+%02X", (unsigned char)*s);
	}
}

/* ---------------------------------------------------------------- connect -- */

/* What the server says while libcurl connects: remembered are the words of the
 * last EHLO.  Each begins behind a 220, the greeting or that of STARTTLS. */
static size_t
on_line(char *data, size_t size, size_t n, void *ctx)
{
	struct smtp *s = ctx;
	size_t len = size * n, w = 0;

	if (len >= 4 && memcmp(data, "220", 3) == 0)
		s->noffer = 0;
	if (len > 4 && memcmp(data, "250", 3) == 0 && s->noffer < OFFERS) {
		char *word = s->offer[s->noffer++];

		for (size_t i = 4; i < len && data[i] > ' ' && w < OFFER - 1; i++)
			word[w++] = data[i];
		word[w] = '\0';
	}
	return len;
}

static int
same_word(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++)
		if (((unsigned char)*a | 0x20) != ((unsigned char)*b | 0x20))
			return 0;
	return *a == *b;
}

int
smtp_offers(const struct smtp *s, const char *word)
{
	for (size_t i = 0; i < s->noffer; i++)
		if (same_word(s->offer[i], word))
			return 1;
	return 0;
}

static void
set_options(struct smtp *s, const char *url)
{
	const struct smtp_server *v = s->server;
	CURL *c = s->curl;

	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
	/* no CURLOPT_NOSIGNAL: libcurl is to ward off SIGPIPE */
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT);
	curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, v->timeout);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_line);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, s);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(v->starttls == SMTP_TLS_ALWAYS ?
	    CURLUSESSL_ALL : v->starttls == SMTP_TLS_TRY ? CURLUSESSL_TRY :
	    CURLUSESSL_NONE));
	if (v->starttls == SMTP_TLS_TRY && strncmp(url, "smtps:", 6) != 0) {
		/* who takes no TLS at all takes any certificate (RFC 7435) */
		curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (v->ca_file[0] != '\0')
		curl_easy_setopt(c, CURLOPT_CAINFO, v->ca_file);
	if (v->user[0] != '\0') {
		curl_easy_setopt(c, CURLOPT_USERNAME, v->user);
		curl_easy_setopt(c, CURLOPT_PASSWORD, v->password);
	}
}

static int
connect_failed(CURLcode code, const char *detail, struct err *err)
{
	if (code == CURLE_LOGIN_DENIED)
		return err_set(err, EX_NOPERM,
		    "the mail server does not take the user and password");
	return err_set(err, EX_TEMPFAIL, "the mail server: %s",
	    detail[0] != '\0' ? detail : curl_easy_strerror(code));
}

struct smtp *
smtp_open(const struct smtp_server *server, struct err *err)
{
	struct smtp *s = mem_alloc(sizeof(*s));
	char detail[CURL_ERROR_SIZE] = "";
	struct buf url = BUF(2048);
	CURLcode code;

	s->server = server;
	s->in = (struct buf)BUF(2 * (size_t)ANSWER_MAX);
	s->curl = curl_easy_init();
	if (s->curl == NULL) {
		err_set(err, EX_OSERR, "libcurl");
		goto fail;
	}
	/* libcurl takes the name for EHLO from the path */
	buf_printf(&url, "%s%s%s", server->url, server->helo[0] != '\0' ? "/" : "",
	    server->helo);
	set_options(s, buf_text(&url));
	curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, detail);
	code = curl_easy_perform(s->curl);
	curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, NULL);
	if (code != CURLE_OK || curl_easy_getinfo(s->curl, CURLINFO_ACTIVESOCKET,
	    &s->socket) != CURLE_OK || s->socket == CURL_SOCKET_BAD) {
		connect_failed(code, detail, err);
		goto fail;
	}
	/* libcurl goes on unknown where the server asks for nobody */
	if (server->user[0] != '\0' && !smtp_offers(s, "AUTH")) {
		err_set(err, EX_NOPERM,
		    "the mail server offers no authentication (AUTH)");
		goto fail;
	}
	buf_free(&url);
	return s;

fail:
	s->gone = 1;
	buf_free(&url);
	smtp_close(s);
	return NULL;
}

/* ------------------------------------------------------------ send, receive -- */

static int64_t
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Wait until the socket is ready or ${deadline}.  0 or -1. */
static int
wait_for(const struct smtp *s, short what, int64_t deadline)
{
	struct pollfd p = { .fd = s->socket, .events = what };
	int64_t left;
	int r;

	do {
		left = deadline - milliseconds();
		if (left <= 0)
			return -1;
		r = poll(&p, 1, left < 60000 ? (int)left : 60000);
	} while (r == 0 || (r == -1 && errno == EINTR));
	return r > 0 ? 0 : -1;
}

/* All of it, or -1; *${left} octets had not been taken then. */
static int
put(struct smtp *s, const char *data, size_t len, size_t *left)
{
	int64_t deadline = milliseconds() + s->server->timeout * 1000;

	while (len > 0) {
		size_t n = 0;
		CURLcode code = curl_easy_send(s->curl, data, len, &n);

		data += n;
		len -= n;
		if (code == CURLE_AGAIN && wait_for(s, POLLOUT, deadline) == 0)
			continue;
		if (code != CURLE_OK)
			break;
	}
	*left = len;
	s->gone |= len > 0;
	return len > 0 ? -1 : 0;
}

/* The next answer.  0 or -1: there is none, or it is no answer. */
static int
get(struct smtp *s, long timeout, struct handed *ret)
{
	int64_t deadline = milliseconds() + (int64_t)timeout * 1000;
	char data[4096];

	for (;;) {
		int used = smtp_answer(buf_text(&s->in), s->in.len, ret);
		CURLcode code;
		size_t n = 0;

		if (used > 0) {
			s->in.len -= (size_t)used;
			memmove(s->in.data, s->in.data + used, s->in.len + 1);
			s->gone |= memcmp(ret->code, "421", 3) == 0;
			return 0;
		}
		if (used < 0)
			break;
		code = curl_easy_recv(s->curl, data, sizeof(data), &n);
		if (code == CURLE_AGAIN) {
			if (wait_for(s, POLLIN, deadline) != 0)
				break;
			continue;
		}
		if (code != CURLE_OK || n == 0)
			break;
		buf_add(&s->in, data, n);
	}
	s->gone = 1;
	ret->code[0] = ret->status[0] = '\0';
	snprintf(ret->text, sizeof(ret->text), "%s", s->in.len > 0 ?
	    "the server's answer is none" : "the server does not answer");
	return -1;
}

/* A command and its answer: HANDED_SENT for 2yz and 3yz. */
static enum handed_end
say(struct smtp *s, const char *stage, const struct buf *line,
    struct handed *ret)
{
	size_t left;

	ret->stage = stage;
	if (put(s, buf_text(line), line->len, &left) != 0) {
		snprintf(ret->text, sizeof(ret->text), "the connection is gone");
		return ret->end = HANDED_LOST;
	}
	if (get(s, s->server->timeout, ret) != 0)
		return ret->end = HANDED_LOST;
	return ret->end = ret->code[0] == '5' ? HANDED_REFUSED :
	    ret->code[0] == '4' ? HANDED_LATER : HANDED_SENT;
}

/* ------------------------------------------------------------ transaction -- */

/* The letter itself, behind 354. */
static void
send_data(struct smtp *s, const char *mail, size_t len, struct handed *ret)
{
	struct buf data = BUF(BUF_ANY);
	size_t left, end = sizeof("\r\n.\r\n") - 1;

	smtp_stuff(mail, len, &data);
	ret->end = HANDED_LOST;
	ret->code[0] = ret->status[0] = '\0';
	snprintf(ret->text, sizeof(ret->text), "the connection is gone");
	/* All but the end: what is lost here was not taken. */
	end = data.len < end ? data.len : end;
	if (put(s, buf_text(&data), data.len - end, &left) != 0)
		goto out;
	talk_step("smtp.1");
	ret->end = HANDED_UNKNOWN;
	/* The kernel may have sent what libcurl did not say it took: no use in
	 * telling the two apart. */
	if (put(s, buf_text(&data) + data.len - end, end, &left) != 0)
		goto out;
	if (get(s, 2 * s->server->timeout, ret) == 0) {
		ret->end = ret->code[0] == '5' ? HANDED_REFUSED :
		    ret->code[0] == '4' ? HANDED_LATER : HANDED_SENT;
		s->open_mail = 0;
	}
	talk_step("smtp.2");
out:
	buf_free(&data);
}

void
smtp_send(struct smtp *s, const char *from, const char *to, const char *envid,
    const char *mail, size_t len, struct handed *ret)
{
	int dsn = smtp_offers(s, "DSN");
	struct buf b = BUF(4096);

	memset(ret, 0, sizeof(*ret));
	if (s->open_mail) {
		buf_str(&b, "RSET\r\n");
		if (say(s, "mail", &b, ret) != HANDED_SENT)
			goto out;
		s->open_mail = 0;
	}
	buf_clear(&b);
	buf_printf(&b, "MAIL FROM:<%s>", from);
	if (dsn)
		buf_printf(&b, " RET=HDRS ENVID=%s", envid);
	buf_str(&b, "\r\n");
	if (say(s, "mail", &b, ret) != HANDED_SENT)
		goto out;
	s->open_mail = 1;
	buf_clear(&b);
	buf_printf(&b, "RCPT TO:<%s>", to);
	if (dsn) {
		buf_str(&b, " NOTIFY=FAILURE,DELAY ORCPT=rfc822;");
		smtp_xtext(to, &b);
	}
	buf_str(&b, "\r\n");
	if (say(s, "rcpt", &b, ret) != HANDED_SENT)
		goto out;
	buf_clear(&b);
	buf_str(&b, "DATA\r\n");
	if (say(s, "data", &b, ret) != HANDED_SENT)
		goto out;
	if (ret->code[0] != '3') {	/* 2yz to DATA: it waits for no letter */
		s->gone = 1;
		ret->end = HANDED_LOST;
		goto out;
	}
	send_data(s, mail, len, ret);
out:
	buf_free(&b);
}

int
smtp_gone(const struct smtp *s)
{
	return s->gone;
}

void
smtp_close(struct smtp *s)
{
	struct handed ignored;
	struct buf quit = BUF(16);
	size_t left;

	if (s == NULL)
		return;
	buf_str(&quit, "QUIT\r\n");
	if (!s->gone && put(s, buf_text(&quit), quit.len, &left) == 0)
		(void)get(s, 5, &ignored);
	buf_free(&quit);
	buf_free(&s->in);
	if (s->curl != NULL)
		curl_easy_cleanup(s->curl);
	free(s);
}
