#ifndef TESTS_HTTPD_FEED_H
#define TESTS_HTTPD_FEED_H

/*
 * httpd_feed -- the change feeds and single units of the register, for
 * tests/tools/httpd.c: as the register serves them, and badly on demand.
 *
 * All from a folder, read at each request:
 *
 *	enheter.tsv, underenheter.tsv	events: id, moment, number, kind, and, where
 *					there is a fifth field, "endringer" as JSON
 *	enheter/NUMBER.json		the answer to a single-unit request (200);
 *	enheter/NUMBER.410		that of a removed one; neither: 404
 *	say				what goes wrong, a line each:
 *		feed WORD [TIMES]	or	NUMBER WORD [TIMES]
 *
 * WORD: 429 (with Retry-After: 1), 429-long (an hour), 500, 503, html, cut (half
 * of the body and its length agrees), stall, 410, 404; for the feed also empty,
 * other (the other register's list), repeat (each event twice), shuffle
 * (backwards), gap (every third is missing), promise (totalElements and no
 * event).  TIMES: so often only, counted since the start.
 *
 * Of the feed: id from and including, dato from and including in exactly one
 * form, size up to 10 000, page times size up to 10 000; else 400.  Behind the
 * end: 200 without _embedded.
 */

#include <microhttpd.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/file.h"
#include "pipeline/base/num.h"

enum { HTTPD_SAYS = 64, HTTPD_FEED_MAX = 64 << 20 };

static struct {
	const char *folder;
	pthread_mutex_t lock;
	struct { char who[16]; char word[16]; int done; } say[HTTPD_SAYS];
	int n;
} httpd_feed = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* What goes wrong for ${who} this time, "" for nothing. */
static inline void
httpd_feed_say(const char *who, char word[static 16])
{
	struct buf b = BUF(1 << 16);
	char path[1100], a[16], w[16];
	struct err err;
	int times, at;

	word[0] = '\0';
	snprintf(path, sizeof(path), "%s/say", httpd_feed.folder);
	if (!file_exists(path) || file_read(path, 1 << 16, &b, &err) != 0) {
		buf_free(&b);
		return;
	}
	pthread_mutex_lock(&httpd_feed.lock);
	for (char *line = b.data, *next; line != NULL && *line != '\0' && !word[0];
	    line = next) {
		if ((next = strchr(line, '\n')) != NULL)
			*next++ = '\0';
		times = 1 << 30;
		if (sscanf(line, "%15s %15s %d", a, w, &times) < 2 ||
		    strcmp(a, who) != 0)
			continue;
		for (at = 0; at < httpd_feed.n; at++)
			if (strcmp(httpd_feed.say[at].who, a) == 0 &&
			    strcmp(httpd_feed.say[at].word, w) == 0)
				break;
		if (at == HTTPD_SAYS)
			continue;
		if (at == httpd_feed.n) {
			httpd_feed.n++;
			memcpy(httpd_feed.say[at].who, a, 16);
			memcpy(httpd_feed.say[at].word, w, 16);
		}
		if (httpd_feed.say[at].done < times) {
			httpd_feed.say[at].done++;
			memcpy(word, w, 16);
		}
	}
	pthread_mutex_unlock(&httpd_feed.lock);
	buf_free(&b);
}

struct httpd_query { int64_t id, size, page; const char *since; };

static inline int
httpd_feed_query(struct MHD_Connection *c, struct httpd_query *q)
{
	const char *id = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND,
	    "oppdateringsid");
	const char *size = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "size");
	const char *page = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "page");
	static const char form[] = "0000-00-00T00:00:00.000Z";

	q->id = q->page = 0;
	q->size = 20;
	q->since = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "dato");
	if ((id != NULL && num_int(id, 1, INT32_MAX, &q->id) != 0) ||
	    (size != NULL && num_int(size, 1, 10000, &q->size) != 0) ||
	    (page != NULL && num_int(page, 0, 10000, &q->page) != 0) ||
	    (q->page + 1) * q->size > 10000)
		return -1;
	if (q->since != NULL) {
		if (strlen(q->since) != sizeof(form) - 1)
			return -1;
		for (size_t i = 0; form[i] != '\0'; i++)
			if (form[i] == '0' ? q->since[i] < '0' || q->since[i] > '9' :
			    q->since[i] != form[i])
				return -1;
	}
	return 0;
}

static inline void
httpd_feed_event(struct buf *b, char *line, int first, const char *one)
{
	char *field[5] = { line, NULL, NULL, NULL, NULL };

	for (int i = 1; i < 5 && field[i - 1] != NULL; i++)
		if ((field[i] = strchr(field[i - 1], '\t')) != NULL)
			*field[i]++ = '\0';
	if (field[3] == NULL)
		return;
	buf_printf(b, "%s{\"oppdateringsid\":%s,\"dato\":\"%s\",\"organisasjonsnummer\":"
	    "\"%s\",\"endringstype\":\"%s\"", first ? "" : ",", field[0], field[1],
	    field[2], field[3]);
	if (field[4] != NULL)
		buf_printf(b, ",\"endringer\":%s", field[4]);
	if (strcmp(field[3], "Fjernet") != 0)
		buf_printf(b, ",\"_links\":{\"%s\":{\"href\":\"https://register.example.no/"
		    "%ser/%s\"}}", one, one, field[2]);
	buf_chr(b, '}');
	for (int i = 1; i < 5 && field[i] != NULL; i++)
		*(field[i] - 1) = '\t';
}

/* Does it belong on the page? */
static inline int
httpd_feed_in(const char *line, const struct httpd_query *q)
{
	const char *moment = strchr(line, '\t');
	size_t n = q->since != NULL ? strlen(q->since) : 0;

	if (moment == NULL || atoll(line) < q->id)
		return 0;
	return n == 0 || strncmp(moment + 1, q->since, n) >= 0;
}

static inline void
httpd_feed_page(const char *text, const struct httpd_query *q, int sub,
    const char *say, struct buf *b)
{
	static const char *const list[] = { "oppdaterteEnheter",
		"oppdaterteUnderenheter" };
	struct buf copy = BUF(HTTPD_FEED_MAX);
	char *on[10001];
	int64_t total = 0, n = 0;
	int gap = strcmp(say, "gap") == 0, back = strcmp(say, "shuffle") == 0;
	int first = 1;

	buf_str(&copy, text);
	for (char *line = copy.data, *next; line != NULL && *line != '\0'; line = next) {
		if ((next = strchr(line, '\n')) != NULL)
			*next++ = '\0';
		if (!httpd_feed_in(line, q) || (gap && atoll(line) % 3 == 0))
			continue;
		if (total++ >= q->page * q->size && n < q->size)
			on[n++] = line;
	}
	if (strcmp(say, "empty") == 0)
		n = total = 0;
	if (strcmp(say, "promise") == 0)
		n = 0;
	buf_chr(b, '{');
	if (n > 0) {
		buf_printf(b, "\"_embedded\":{\"%s\":[", list[strcmp(say, "other") == 0 ?
		    !sub : sub]);
		for (int64_t i = 0; i < n; i++) {
			char *line = on[back ? n - 1 - i : i];

			httpd_feed_event(b, line, first, sub ? "underenhet" : "enhet");
			first = 0;
			if (strcmp(say, "repeat") == 0)
				httpd_feed_event(b, line, 0, sub ? "underenhet" : "enhet");
		}
		buf_str(b, "]},");
	}
	buf_printf(b, "\"_links\":{\"self\":{\"href\":\"https://register.example.no/\"}},"
	    "\"page\":{\"size\":%d,\"totalElements\":%d,\"totalPages\":%d,\"number\":%d}}",
	    (int)q->size, (int)total, (int)((total + q->size - 1) / q->size),
	    (int)q->page);
	buf_free(&copy);
}

/* What is wrong comes first.  1: ${b} and ${status} are the answer already. */
static inline int
httpd_feed_wrong(const char *say, struct buf *b, unsigned *status, int *retry)
{
	if (strncmp(say, "429", 3) == 0) {
		*status = 429;
		*retry = strcmp(say, "429-long") == 0 ? 3600 : 1;
	} else if (strcmp(say, "500") == 0) {
		*status = 500;
		buf_str(b, "{\"status\":500,\"error\":\"Internal Server Error\"}");
	} else if (strcmp(say, "503") == 0) {
		*status = 503;
		buf_str(b, "<html>Vedlikehold</html>");
	} else if (strcmp(say, "404") == 0)
		*status = 404;
	else if (strcmp(say, "html") == 0)
		buf_str(b, "<!DOCTYPE html><html><body>Logg inn</body></html>\n");
	else
		return 0;
	return 1;
}

/*
 * The answer to ${path}: 1 with ${b}, ${status}, ${retry} (Retry-After, 0: none)
 * and ${stall}; 0: not one of ours.
 */
static inline int
httpd_feed_find(struct MHD_Connection *c, const char *path, struct buf *b,
    unsigned *status, int *retry, int *stall)
{
	static const char *const which[] = { "enheter", "underenheter" };
	char file[1100], say[16], number[10] = "";
	struct buf text = BUF(HTTPD_FEED_MAX);
	struct httpd_query q;
	struct err err;
	int feed = 0, sub = -1, removed;

	*status = 200;
	*retry = *stall = 0;
	if (strncmp(path, "/oppdateringer", 14) == 0) {
		feed = 1;
		path += 14;
	}
	for (int i = 0; i < 2; i++)
		if (*path == '/' && strncmp(path + 1, which[i], strlen(which[i])) == 0 &&
		    (feed ? path[1 + strlen(which[i])] == '\0' :
		    strspn(path + 2 + strlen(which[i]), "0123456789") == 9)) {
			sub = i;
			if (!feed)
				snprintf(number, sizeof(number), "%.9s",
				    path + 2 + strlen(which[i]));
		}
	if (sub < 0 || httpd_feed.folder == NULL)
		return 0;
	httpd_feed_say(feed ? "feed" : number, say);
	if (httpd_feed_wrong(say, b, status, retry))
		return 1;
	if (feed) {
		snprintf(file, sizeof(file), "%s/%s.tsv", httpd_feed.folder, which[sub]);
		if (httpd_feed_query(c, &q) != 0) {
			*status = 400;
			buf_str(b, "{\"status\":400,\"antallFeil\":1}");
			return 1;
		}
		if (file_exists(file) && file_read(file, HTTPD_FEED_MAX, &text, &err) != 0)
			*status = 500;
		httpd_feed_page(buf_text(&text), &q, sub, say, b);
	} else {
		snprintf(file, sizeof(file), "%s/%s/%s.410", httpd_feed.folder, which[sub],
		    number);
		removed = file_exists(file) || strcmp(say, "410") == 0;
		snprintf(file, sizeof(file), "%s/%s/%s.json", httpd_feed.folder,
		    which[sub], number);
		if (removed) {
			*status = 410;
			buf_printf(b, "{\"organisasjonsnummer\":\"%s\",\"slettedato\":"
			    "\"2026-10-05\",\"_links\":{}}", number);
		} else if (!file_exists(file) || file_read(file, 1 << 20, b, &err) != 0)
			*status = 404;
	}
	buf_free(&text);
	if (strcmp(say, "cut") == 0)
		b->len /= 2;
	*stall = strcmp(say, "stall") == 0;
	return 1;
}

#endif /* !TESTS_HTTPD_FEED_H */
