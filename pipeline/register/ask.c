#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/base/mem.h"

#include "pipeline/register/ask.h"

enum { FLIGHTS = 64, MILLI = 1000, AGENT = 300 };

struct flight {
	CURL *easy;
	struct ask_item *item;		/* NULL: free */
	struct curl_slist *headers;
	const char *accept;		/* that the headers say */
	int over;			/* longer than its buf takes */
};

struct ask {
	const struct settings *set;
	const struct talk *talk;
	CURLM *multi;
	struct flight flight[FLIGHTS];
	size_t nflights, busy;
	uint64_t chance;
	int64_t next;			/* when one may begin, milliseconds */
	int64_t quiet;			/* until then the register is left alone */
	int answered;			/* by the register, in this round */
	char agent[AGENT];
};

static int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * MILLI + t.tv_nsec / 1000000;
}

static uint32_t
draw(struct ask *a)
{
	a->chance = a->chance * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (uint32_t)(a->chance >> 33);
}

int64_t
ask_backoff(int tries, uint32_t chance)
{
	int64_t full = INT64_C(500) << (tries < 1 ? 0 : tries > 8 ? 7 : tries - 1);

	return full - (int64_t)(chance % (uint32_t)(full / 2 + 1));
}

static size_t
on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct flight *f = ctx;

	buf_add(&f->item->body, data, size * n);
	f->over = f->item->body.over;
	return f->over ? 0 : size * n;
}

static int
set_up(struct ask *a, struct flight *f, struct err *err)
{
	const struct settings *set = a->set;
	CURL *c = f->easy = curl_easy_init();

	if (c == NULL)
		return err_set(err, EX_SOFTWARE, "libcurl does not start");
	curl_easy_setopt(c, CURLOPT_PRIVATE, f);
	curl_easy_setopt(c, CURLOPT_USERAGENT, a->agent);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)set->connect_timeout);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)set->stall_timeout);
	if (set->proxy[0] != '\0')
		curl_easy_setopt(c, CURLOPT_PROXY, set->proxy);
	if (set->ca_file[0] != '\0')
		curl_easy_setopt(c, CURLOPT_CAINFO, set->ca_file);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
	return 0;
}

struct ask *
ask_new(const struct settings *set, const struct talk *talk, uint64_t seed,
    struct err *err)
{
	struct ask *a = mem_alloc(sizeof(*a));

	a->set = set;
	a->talk = talk;
	a->chance = seed;
	a->nflights = set->lookups_parallel < 1 ? 1 :
	    set->lookups_parallel > FLIGHTS ? FLIGHTS : (size_t)set->lookups_parallel;
	snprintf(a->agent, sizeof(a->agent), "utvalg/%s%s%s%s", VERSION,
	    set->contact[0] != '\0' ? " (" : "", set->contact,
	    set->contact[0] != '\0' ? ")" : "");
	if ((a->multi = curl_multi_init()) == NULL) {
		err_set(err, EX_SOFTWARE, "libcurl does not start");
		ask_free(a);
		return NULL;
	}
	for (size_t i = 0; i < a->nflights; i++)
		if (set_up(a, &a->flight[i], err) != 0) {
			ask_free(a);
			return NULL;
		}
	return a;
}

void
ask_free(struct ask *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->nflights; i++) {
		if (a->flight[i].item != NULL)
			curl_multi_remove_handle(a->multi, a->flight[i].easy);
		curl_easy_cleanup(a->flight[i].easy);
		curl_slist_free_all(a->flight[i].headers);
	}
	if (a->multi != NULL)
		curl_multi_cleanup(a->multi);
	free(a);
}

static int
launch(struct ask *a, struct flight *f, struct ask_item *it, struct err *err)
{
	char header[160];

	if (f->accept != it->accept) {
		curl_slist_free_all(f->headers);
		snprintf(header, sizeof(header), "Accept: %s", it->accept);
		f->headers = curl_slist_append(NULL, header);
		f->accept = it->accept;
		curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->headers);
	}
	curl_easy_setopt(f->easy, CURLOPT_URL, it->url);
	f->item = it;
	f->over = 0;
	buf_clear(&it->body);
	it->status = 0;
	it->why[0] = '\0';
	it->tries++;
	it->flying = 1;
	a->busy++;
	if (curl_multi_add_handle(a->multi, f->easy) != CURLM_OK)
		return err_set(err, EX_SOFTWARE, "libcurl takes no question");
	return 0;
}

/* As many as may fly now.  *${left}: not answered yet.  *${wake}: when the next
 * one may begin. */
static int
launch_all(struct ask *a, struct ask_item *item, size_t n, int64_t now,
    size_t *left, int64_t *wake, struct err *err)
{
	int64_t gap = a->set->lookups_per_second > 0 ?
	    (MILLI + a->set->lookups_per_second - 1) / a->set->lookups_per_second : 0;
	size_t f = 0;

	*left = 0;
	*wake = INT64_MAX;
	for (size_t i = 0; i < n; i++) {
		struct ask_item *it = &item[i];
		int64_t when = it->when;

		if (it->when < 0)
			continue;		/* settled */
		++*left;
		if (it->flying)
			continue;
		if (when < a->quiet)
			when = a->quiet;
		if (when < a->next)
			when = a->next;
		if (a->busy == a->nflights)
			return 0;		/* whoever lands wakes us */
		if (when > now) {
			if (when < *wake)
				*wake = when;
			continue;
		}
		while (a->flight[f].item != NULL)
			f++;
		if (launch(a, &a->flight[f], it, err) != 0)
			return -1;
		if (gap > 0)
			a->next = now + gap;
	}
	return 0;
}

/* Will it pass?  The reason, or NULL where the answer is one. */
static const char *
judge(const struct flight *f, CURLcode code, long status, int *passing)
{
	const struct ask_item *it = f->item;

	*passing = 1;
	if (f->over) {
		*passing = 0;
		return "the answer is larger than allowed";
	}
	if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ||
	    code == CURLE_SSL_CACERT_BADFILE)
		*passing = 0;
	if (code != CURLE_OK)
		return curl_easy_strerror(code);
	if (status == 404 || status == 410)
		return NULL;
	if (status == 200)
		return it->check == NULL || it->check(it->ctx, &it->body) == 0 ? NULL :
		    "answered with something else than what was asked for";
	*passing = status == 408 || status == 429 || status >= 500;
	return "";
}

static int
land(struct ask *a, struct flight *f, CURLcode code, int64_t now,
    struct err *err)
{
	struct ask_item *it = f->item;
	curl_off_t after = 0;
	long status = 0;
	int passing;
	const char *why;

	curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(f->easy, CURLINFO_RETRY_AFTER, &after);
	a->answered |= status != 0;
	why = judge(f, code, status, &passing);
	curl_multi_remove_handle(a->multi, f->easy);
	f->item = NULL;
	a->busy--;
	it->flying = 0;
	if (why == NULL) {
		it->status = status;
		it->when = -1;
		return 0;
	}
	if (*why == '\0')
		snprintf(it->why, sizeof(it->why), "the register answered %ld", status);
	else
		snprintf(it->why, sizeof(it->why), "%s", why);
	buf_clear(&it->body);
	if (code == CURLE_OK && after > ASK_WAIT)
		return err_set(err, EX_TEMPFAIL, "the register answered %ld: not again "
		    "for %lld seconds", status, (long long)after);
	if (!passing || it->tries >= a->set->lookup_tries) {
		it->when = -1;
		return 0;
	}
	it->when = now + ask_backoff(it->tries, draw(a));
	if (code == CURLE_OK && after > 0 && now + after * MILLI > a->quiet) {
		a->quiet = now + after * MILLI;
		talk_line(a->talk, "the register answered %ld: waiting %lld seconds",
		    status, (long long)after);
	}
	return 0;
}

/* How many have landed, or -1. */
static int
land_all(struct ask *a, int64_t now, struct err *err)
{
	CURLMsg *m;
	int n, landed = 0;

	while ((m = curl_multi_info_read(a->multi, &n)) != NULL) {
		struct flight *f = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&f);
		if (land(a, f, m->data.result, now, err) != 0)
			return -1;
		landed++;
	}
	return landed;
}

/* Whoever still flies is called back. */
static void
ground(struct ask *a)
{
	for (size_t i = 0; i < a->nflights; i++) {
		struct flight *f = &a->flight[i];

		if (f->item == NULL)
			continue;
		curl_multi_remove_handle(a->multi, f->easy);
		f->item->flying = 0;
		f->item = NULL;
		a->busy--;
	}
}

int
ask_all(struct ask *a, struct ask_item *item, size_t n, struct err *err)
{
	int64_t wake, now;
	size_t left, from = 0;
	int running, landed;

	a->answered = 0;
	for (size_t i = 0; i < n; i++) {
		item[i].tries = item[i].flying = 0;
		item[i].when = 0;
	}
	for (;;) {
		now = clock_ms();
		while (from < n && item[from].when < 0)
			from++;			/* a long list is walked once */
		if (launch_all(a, item + from, n - from, now, &left, &wake, err) != 0)
			goto fail;
		if (left == 0)
			break;
		if (curl_multi_perform(a->multi, &running) != CURLM_OK) {
			err_set(err, EX_SOFTWARE, "libcurl fails");
			goto fail;
		}
		if ((landed = land_all(a, clock_ms(), err)) < 0)
			goto fail;
		if (landed > 0)
			continue;	/* the next ones may fly */
		now = clock_ms();
		if (wake > now + MILLI)
			wake = now + MILLI;
		if (a->busy > 0 || wake > now)
			curl_multi_poll(a->multi, NULL, 0,
			    wake > now ? (int)(wake - now) : 0, NULL);
	}
	if (n > 0 && !a->answered)
		return err_set(err, EX_TEMPFAIL, "the register cannot be reached: %s",
		    item[0].why);
	return 0;
fail:
	ground(a);
	return -1;
}
