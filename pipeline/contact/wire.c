#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/base/mem.h"

#include "pipeline/contact/wire.h"

enum { CONNECT_TIMEOUT = 30, PIECE = 65536 };

struct wire {
	CURL *curl;
	curl_socket_t socket;
	long timeout;
	char in[PIECE];
	size_t at, len;			/* of ${in} */
};

static int
gone(struct err *err)
{
	return err_set(err, EX_TEMPFAIL, "the mail server: the connection is gone");
}

/* ---------------------------------------------------------------- connect -- */

static void
set_options(CURL *c, const struct wire_server *v, const char *url)
{
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "imap,imaps,pop3,pop3s");
	curl_easy_setopt(c, CURLOPT_CONNECT_ONLY, 1L);
	/* no CURLOPT_NOSIGNAL: libcurl is to ward off SIGPIPE */
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT);
	curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, v->timeout);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(v->starttls ? CURLUSESSL_ALL :
	    CURLUSESSL_NONE));
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	if (v->ca_file[0] != '\0')
		curl_easy_setopt(c, CURLOPT_CAINFO, v->ca_file);
	curl_easy_setopt(c, CURLOPT_USERNAME, v->user);
	curl_easy_setopt(c, CURLOPT_PASSWORD, v->password);
}

static int
connect_failed(CURLcode code, const char *detail, struct err *err)
{
	if (code == CURLE_LOGIN_DENIED)
		return err_set(err, EX_NOPERM,
		    "the mail server does not take the user and password");
	if (code == CURLE_USE_SSL_FAILED)
		return err_set(err, EX_TEMPFAIL, "the mail server offers no TLS "
		    "(STARTTLS), and the password goes nowhere without");
	return err_set(err, EX_TEMPFAIL, "the mail server: %s",
	    detail[0] != '\0' ? detail : curl_easy_strerror(code));
}

struct wire *
wire_open(const struct wire_server *server, struct err *err)
{
	struct wire *w = mem_alloc(sizeof(*w));
	char detail[CURL_ERROR_SIZE] = "";
	const char *host = strstr(server->url, "://");
	struct buf url = BUF(2048);
	CURLcode code;

	w->timeout = server->timeout;
	w->curl = curl_easy_init();
	if (w->curl == NULL || host == NULL) {
		err_set(err, EX_OSERR, "libcurl");
		goto fail;
	}
	buf_add(&url, server->url,
	    (size_t)(host + 3 - server->url) + strcspn(host + 3, "/"));
	set_options(w->curl, server, buf_text(&url));
	curl_easy_setopt(w->curl, CURLOPT_ERRORBUFFER, detail);
	code = curl_easy_perform(w->curl);
	curl_easy_setopt(w->curl, CURLOPT_ERRORBUFFER, NULL);
	if (code != CURLE_OK || curl_easy_getinfo(w->curl, CURLINFO_ACTIVESOCKET,
	    &w->socket) != CURLE_OK || w->socket == CURL_SOCKET_BAD) {
		connect_failed(code, detail, err);
		goto fail;
	}
	buf_free(&url);
	return w;

fail:
	buf_free(&url);
	wire_close(w);
	return NULL;
}

void
wire_close(struct wire *w)
{
	if (w == NULL)
		return;
	if (w->curl != NULL)
		curl_easy_cleanup(w->curl);	/* which says LOGOUT or QUIT */
	free(w);
}

/* ------------------------------------------------------------ send, receive -- */

static int64_t
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Wait until the socket is ready.  0 or -1. */
static int
wait_for(const struct wire *w, short what)
{
	struct pollfd p = { .fd = w->socket, .events = what };
	int64_t deadline = milliseconds() + (int64_t)w->timeout * 1000, left;
	int r;

	do {
		left = deadline - milliseconds();
		if (left <= 0)
			return -1;
		r = poll(&p, 1, left < 60000 ? (int)left : 60000);
	} while (r == 0 || (r == -1 && errno == EINTR));
	return r > 0 ? 0 : -1;
}

int
wire_put(struct wire *w, const char *data, size_t len, struct err *err)
{
	while (len > 0) {
		size_t n = 0;
		CURLcode code = curl_easy_send(w->curl, data, len, &n);

		data += n;
		len -= n;
		if (code == CURLE_AGAIN && wait_for(w, POLLOUT) == 0)
			continue;
		if (code != CURLE_OK)
			return gone(err);
	}
	return 0;
}

static int
fill(struct wire *w, struct err *err)
{
	size_t n = 0;
	CURLcode code;

	while ((code = curl_easy_recv(w->curl, w->in, sizeof(w->in), &n)) ==
	    CURLE_AGAIN)
		if (wait_for(w, POLLIN) != 0)
			return err_set(err, EX_TEMPFAIL,
			    "the mail server does not answer");
	if (code != CURLE_OK || n == 0)
		return gone(err);
	w->at = 0;
	w->len = n;
	return 0;
}

int
wire_line(struct wire *w, struct buf *line, struct err *err)
{
	const char *end = NULL;

	buf_clear(line);
	while (end == NULL) {
		size_t n;

		if (w->at == w->len && fill(w, err) != 0)
			return -1;
		end = memchr(w->in + w->at, '\n', w->len - w->at);
		n = end != NULL ? (size_t)(end - (w->in + w->at)) : w->len - w->at;
		if (line->len + n > WIRE_LINE_MAX)
			return err_set(err, EX_PROTOCOL,
			    "the mail server: a line without an end");
		buf_add(line, w->in + w->at, n);
		w->at += n + (end != NULL);
	}
	if (line->len > 0 && line->data[line->len - 1] == '\r')
		line->data[--line->len] = '\0';
	return 0;
}

int
wire_octets(struct wire *w, size_t n, struct buf *out, struct err *err)
{
	while (n > 0) {
		size_t take;

		if (w->at == w->len && fill(w, err) != 0)
			return -1;
		take = w->len - w->at < n ? w->len - w->at : n;
		buf_add(out, w->in + w->at, take);
		w->at += take;
		n -= take;
	}
	return 0;
}
