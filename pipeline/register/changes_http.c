#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "pipeline/register/ask.h"
#include "pipeline/register/feed.h"
#include "pipeline/register/fetch.h"
#include "pipeline/register/scan.h"

#include "pipeline/register/changes.h"

enum { PAGE_MAX = 32 << 20, URL_MAX = 1100 };

static const char *const registers[] = { "enheter", "underenheter" };
static const char *const media[] = {
	"application/vnd.brreg.enhetsregisteret.enhet.v2+json",
	"application/vnd.brreg.enhetsregisteret.underenhet.v2+json",
};

struct http {
	const struct world *w;
	struct ask *ask;
	char api[1024];
};

/* "https://host/enhetsregisteret/api", from the setting or the bulk file's. */
static int
find_api(const struct settings *set, char api[static 1024])
{
	static const char end[] = "/enheter/lastned";
	size_t n = strlen(set->url_enhet);

	if (set->url_api != NULL && set->url_api[0] != '\0') {
		snprintf(api, 1024, "%s", set->url_api);
		n = strlen(api);
		if (n > 0 && api[n - 1] == '/')
			api[n - 1] = '\0';
		return 0;
	}
	if (strncmp(set->url_enhet, "http", 4) != 0 || n < sizeof(end) || n > 1000 ||
	    strcmp(set->url_enhet + n - (sizeof(end) - 1), end) != 0)
		return -1;
	snprintf(api, 1024, "%.*s", (int)(n - (sizeof(end) - 1)), set->url_enhet);
	return 0;
}

static int
page_is_whole(void *ctx, const struct buf *body)
{
	const enum unit_kind *kind = ctx;
	struct feed_page page;
	struct err ignored;
	int r = feed_parse(buf_text(body), body->len, *kind, &page, &ignored);

	feed_free(&page);
	return r;
}

static int
page(void *ctx, enum unit_kind kind, int64_t from, int64_t at, int64_t size,
    struct buf *body, struct err *err)
{
	struct http *h = ctx;
	struct ask_item *it = mem_alloc(sizeof(*it));
	char moment[21];
	int r;

	moment_iso(at, moment);
	if (from > 0)
		snprintf(it->url, sizeof(it->url), "%s/oppdateringer/%s?oppdateringsid=%"
		    PRId64 "&size=%" PRId64 "&includeChanges=true", h->api,
		    registers[kind], from, size);
	else	/* the feed wants milliseconds */
		snprintf(it->url, sizeof(it->url), "%s/oppdateringer/%s?dato=%.19s.000Z&"
		    "size=%" PRId64, h->api, registers[kind], moment, size);
	it->accept = "application/json";
	it->check = page_is_whole;
	it->ctx = &kind;
	it->body = (struct buf)BUF(PAGE_MAX);
	r = ask_all(h->ask, it, 1, err);
	if (r == 0 && it->status != 200)
		r = err_set(err, it->status == 0 ? EX_TEMPFAIL : EX_UNAVAILABLE,
		    "the change feed: %s", it->status == 0 ? it->why :
		    "there is none at that address");
	if (r == 0)
		buf_add(body, it->body.data, it->body.len);
	buf_free(&it->body);
	free(it);
	return r;
}

/* From a brace to a brace: HTML and what was cut are not. */
static int
unit_is_whole(void *ctx, const struct buf *body)
{
	const char *p = buf_text(body), *end = p + body->len;

	(void)ctx;
	while (p < end && (unsigned char)*p <= ' ')
		p++;
	while (end > p && (unsigned char)end[-1] <= ' ')
		end--;
	return end - p >= 2 && *p == '{' && end[-1] == '}' ? 0 : -1;
}

static int
look(void *ctx, struct changes_look *l, size_t n, struct err *err)
{
	struct http *h = ctx;
	struct ask_item *it = mem_array(n, sizeof(*it));
	int r;

	for (size_t i = 0; i < n; i++) {
		snprintf(it[i].url, sizeof(it[i].url), "%s/%s/%09" PRId32, h->api,
		    registers[l[i].kind], l[i].orgnr);
		it[i].accept = media[l[i].kind];
		it[i].check = unit_is_whole;
		it[i].body = (struct buf)BUF(SCAN_UNIT_MAX);
	}
	r = ask_all(h->ask, it, n, err);
	for (size_t i = 0; i < n; i++) {
		buf_free(&l[i].body);
		l[i].body = it[i].body;
		l[i].status = it[i].status;
		memcpy(l[i].why, it[i].why, sizeof(l[i].why));
	}
	free(it);
	return r;
}

/* A URL may hold a password. */
static void
set_where(const char *api, char *out, size_t room)
{
	const char *host = strstr(api, "://"), *at;

	host = host != NULL ? host + 3 : api;
	at = memchr(host, '@', strcspn(host, "/"));
	snprintf(out, room, "%.*s%s/oppdateringer", (int)(host - api), api,
	    at != NULL ? at + 1 : host);
}

int
changes_http(const struct world *w, struct changes_source *src, struct err *err)
{
	struct http *h = mem_alloc(sizeof(*h));

	memset(src, 0, sizeof(*src));
	h->w = w;
	src->page = page;
	src->look = look;
	src->ctx = h;
	if (find_api(w->set, h->api) != 0)
		return err_set(err, EX_CONFIG, "where the change feed is cannot be told "
		    "from register.url_enhet: set register.url_api");
	set_where(h->api, src->where, sizeof(src->where));
	h->ask = ask_new(w->set, w->talk, (uint64_t)w->now, err);
	return h->ask != NULL ? 0 : -1;
}

void
changes_http_free(struct changes_source *src)
{
	struct http *h = src->ctx;

	if (h == NULL)
		return;
	ask_free(h->ask);
	free(h);
	src->ctx = NULL;
}

void
changes_begin(const struct world *w, enum unit_kind kind, const char *url,
    int64_t modified, int64_t *start)
{
	struct settings set = *w->set;
	struct world once = *w;
	struct changes_source src;
	struct fetched head = { "", MOMENT_NONE, 0 };
	struct feed_page p = { 0 };
	struct buf body = BUF(PAGE_MAX);
	struct err why;
	char api[1024];
	int64_t day;

	*start = 0;
	set.lookup_tries = 1;	/* it can be asked for later, by the file's day */
	once.set = &set;
	if (find_api(w->set, api) != 0 || strncmp(url, "http", 4) != 0)
		return;
	head.modified = modified;
	if (modified == MOMENT_NONE && fetch_head(w->set, url, unit_kind_name(kind),
	    &head, &why) != 0)
		return;		/* the fetch will say why */
	/* the day before, from its midnight: 24 to 48 hours */
	day = date_of(head.modified != MOMENT_NONE ? head.modified : w->now);
	if (changes_http(&once, &src, &why) == 0 && page(src.ctx, kind, 0,
	    (day - 1) * 86400, 1, &body, &why) == 0 &&
	    feed_parse(buf_text(&body), body.len, kind, &p, &why) == 0 && p.n > 0)
		*start = p.event[0].id;
	feed_free(&p);
	buf_free(&body);
	changes_http_free(&src);
}
