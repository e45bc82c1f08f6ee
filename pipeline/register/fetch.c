#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/date.h"
#include "pipeline/base/file.h"

#include "pipeline/register/fetch.h"

struct transfer {
	const struct settings *set;
	const struct talk *talk;
	int out;		/* -1: nowhere */
	int write_errno;
	int too_large;
	struct fetched *got;
	/* coming back for the rest of it */
	int64_t from;		/* octets that are there; 0: from the beginning */
	char etag[200];		/* of the file they are of */
	int64_t starts;		/* Content-Range says; -1: it does not */
	int partial;		/* what comes is a part (206) */
	int other;		/* what comes is no part of that file */
};

/* Times that it comes back, and the seconds before the first; then twice that. */
enum { COMES_BACK = 4, WAITS = 1 };

static size_t
on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * n;

	if (t->from > 0 && !t->partial) {
		/* all of it again, as for somebody who has nothing */
		if (ftruncate(t->out, 0) != 0 || lseek(t->out, 0, SEEK_SET) != 0) {
			t->write_errno = errno;
			return 0;
		}
		t->from = t->got->bytes = 0;
	} else if (t->from > 0 && (t->starts != t->from ||
	    strcmp(t->got->etag, t->etag) != 0)) {
		t->other = 1;
		return 0;
	}
	t->got->bytes += (int64_t)len;
	if (t->got->bytes > t->set->max_bytes) {
		t->too_large = 1;
		return 0;
	}
	if (t->out != -1 && file_write_all(t->out, data, len) != 0) {
		t->write_errno = errno;
		return 0;
	}
	return len;
}

/* The value of header ${name} in a line, trimmed into ${out}; 0 if another. */
static int
header_value(const char *line, size_t len, const char *name, char *out,
    size_t room)
{
	size_t n = strlen(name);

	if (len <= n || line[n] != ':')
		return 0;
	for (size_t i = 0; i < n; i++)
		if ((line[i] | 0x20) != (name[i] | 0x20))
			return 0;
	line += n + 1;
	len -= n + 1;
	while (len > 0 && (*line == ' ' || *line == '\t'))
		line++, len--;
	while (len > 0 && (unsigned char)line[len - 1] <= ' ')
		len--;
	if (len >= room)
		len = room - 1;
	memcpy(out, line, len);
	out[len] = '\0';
	return 1;
}

/* The first octets of a status line, ended by a NUL. */
static const char *
status_of(const char *data, size_t len, char out[static 200])
{
	len = len < 15 ? len : 15;
	memcpy(out, data, len);
	out[len] = '\0';
	return out;
}

static size_t
on_header(char *data, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	char value[200];

	if (size * n > 5 && memcmp(data, "HTTP/", 5) == 0) {
		/* a redirect's headers are not the file's */
		t->got->etag[0] = '\0';
		t->got->modified = MOMENT_NONE;
		t->starts = -1;
		t->partial = size * n > 12 && strstr(status_of(data, size * n, value),
		    " 206") != NULL;
	}
	if (header_value(data, size * n, "content-range", value, sizeof(value)) &&
	    strncmp(value, "bytes ", 6) == 0)
		t->starts = strtoll(value + 6, NULL, 10);
	if (header_value(data, size * n, "etag", value, sizeof(value)))
		memcpy(t->got->etag, value, sizeof(value));
	if (header_value(data, size * n, "last-modified", value, sizeof(value)))
		(void)moment_http(value, &t->got->modified);
	return size * n;
}

static int
on_progress(void *ctx, curl_off_t total, curl_off_t now, curl_off_t a,
    curl_off_t b)
{
	struct transfer *t = ctx;

	(void)a;
	(void)b;
	talk_progress(t->talk, "fetching", now, total);
	return 0;
}

static void
set_options(CURL *c, struct transfer *t, const char *url, struct curl_slist *headers)
{
	const struct settings *set = t->set;
	char agent[300];

	snprintf(agent, sizeof(agent), "utvalg/%s%s%s%s", VERSION,
	    set->contact[0] != '\0' ? " (" : "", set->contact,
	    set->contact[0] != '\0' ? ")" : "");
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, agent);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR,
	    strncmp(url, "https:", 6) == 0 ? "https" : "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(c, CURLOPT_MAXREDIRS, 5L);
	curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)set->max_bytes);
	curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)set->connect_timeout);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1000L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)set->stall_timeout);
	if (set->proxy[0] != '\0')
		curl_easy_setopt(c, CURLOPT_PROXY, set->proxy);
	if (set->ca_file[0] != '\0')
		curl_easy_setopt(c, CURLOPT_CAINFO, set->ca_file);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
}

/* An answer that is not the file. */
static int
answered(CURL *c, struct err *err)
{
	curl_off_t wait = 0;
	long http = 0;

	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &http);
	curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &wait);
	if (http != 408 && http != 429 && http < 500)
		return err_set(err, EX_UNAVAILABLE, "the register answered %ld", http);
	if (wait > 0)
		return err_set(err, EX_TEMPFAIL, "the register answered %ld: not again "
		    "for %lld seconds", http, (long long)wait);
	return err_set(err, EX_TEMPFAIL, "the register answered %ld", http);
}

static int
explain(CURL *c, CURLcode code, const struct transfer *t, const char *detail,
    struct err *err)
{
	long redirects = 0;

	if (t->write_errno != 0) {
		errno = t->write_errno;
		return err_errno(err, "writing what was fetched");
	}
	if (t->too_large || code == CURLE_FILESIZE_EXCEEDED)
		return err_set(err, EX_DATAERR, "larger than the %lld octets that "
		    "register.max_bytes allows", (long long)t->set->max_bytes);
	if (detail[0] == '\0')
		detail = curl_easy_strerror(code);
	if (code == CURLE_HTTP_RETURNED_ERROR)
		return answered(c, err);
	if (code == CURLE_TOO_MANY_REDIRECTS)
		return err_set(err, EX_UNAVAILABLE, "redirected more than five times");
	if (code == CURLE_SSL_CACERT_BADFILE)
		return err_set(err, EX_CONFIG, "register.ca_file: %s", detail);
	if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT) {
		curl_easy_getinfo(c, CURLINFO_REDIRECT_COUNT, &redirects);
		return redirects > 0 ? err_set(err, EX_UNAVAILABLE,
		    "redirected to an address that is not to be followed") :
		    err_set(err, EX_USAGE, "not an http or https address");
	}
	if (t->other)
		return err_set(err, EX_TEMPFAIL, "the register has another file than "
		    "when it began");
	return err_set(err, EX_TEMPFAIL, "%s", detail);
}

static int
transfer(struct transfer *t, const char *url, const char *kind, int head,
    CURLcode *code, struct err *err)
{
	char accept[120], rest[300], detail[CURL_ERROR_SIZE] = "";
	struct curl_slist *headers = NULL;
	CURL *c = curl_easy_init();
	long http = 0;
	int r = 0;

	if (c == NULL)
		return err_set(err, EX_SOFTWARE, "libcurl does not start");
	/* No "or anything else": a third version must fail, not change shape. */
	snprintf(accept, sizeof(accept),
	    "Accept: application/vnd.brreg.enhetsregisteret.%s.v2+gzip", kind);
	headers = curl_slist_append(NULL, accept);
	if (t->from > 0) {
		snprintf(rest, sizeof(rest), "If-Range: %s", t->etag);
		headers = curl_slist_append(headers, rest);
		snprintf(rest, sizeof(rest), "%lld-", (long long)t->from);
	}
	set_options(c, t, url, headers);
	if (t->from > 0)
		curl_easy_setopt(c, CURLOPT_RANGE, rest);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, detail);
	if (head)
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	*code = curl_easy_perform(c);
	if (*code != CURLE_OK)
		r = explain(c, *code, t, detail, err);
	else if (curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &http) != CURLE_OK ||
	    http != (t->partial && t->from > 0 ? 206 : 200))
		r = answered(c, err);	/* 204, 304 and their like hold no file */
	curl_slist_free_all(headers);
	curl_easy_cleanup(c);
	return r;
}

/* Was it only the line, and is what came worth coming back for? */
static int
broken_off(const struct transfer *t, CURLcode code)
{
	return t->set->resume && t->out != -1 && t->got->bytes > 0 &&
	    t->got->etag[0] != '\0' && !t->too_large && t->write_errno == 0 &&
	    !t->other && (code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR ||
	    code == CURLE_OPERATION_TIMEDOUT);
}

static int
fetch(struct transfer *t, const char *url, const char *kind, int head,
    struct err *err)
{
	CURLcode code = CURLE_OK;
	int r;

	memset(t->got, 0, sizeof(*t->got));
	t->got->modified = MOMENT_NONE;
	r = transfer(t, url, kind, head, &code, err);
	for (unsigned i = 0; r != 0 && i < COMES_BACK && broken_off(t, code); i++) {
		struct timespec wait = { WAITS << i, 0 };

		talk_line(t->talk, "%s: coming back for the rest", err->text);
		nanosleep(&wait, NULL);
		t->from = t->got->bytes;
		memcpy(t->etag, t->got->etag, sizeof(t->etag));
		r = transfer(t, url, kind, head, &code, err);
	}
	return r;
}

int
fetch_head(const struct settings *set, const char *url, const char *kind,
    struct fetched *got, struct err *err)
{
	struct transfer t = { .set = set, .out = -1, .got = got };

	return fetch(&t, url, kind, 1, err);
}

int
fetch_file(const struct settings *set, const char *url, const char *kind,
    int fd, const struct talk *talk, struct fetched *got, struct err *err)
{
	struct transfer t = { .set = set, .talk = talk, .out = fd, .got = got };

	return fetch(&t, url, kind, 0, err);
}
