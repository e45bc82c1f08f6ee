/*
 * httpd -- the register's bulk files on this machine, well served and badly.
 *
 *	httpd [--seconds N] [--log FILE] [--modified TEXT] [--feed FOLDER]
 *	    [--latency MS] ENHETER [UNDERENHETER]
 *
 * Prints the port it listens on (loopback only), then serves until its standard
 * input ends or N seconds (60) have gone.  The files are read at each request.
 * The log has a line for each: METHOD PATH STATUS ACCEPT | USER-AGENT
 *
 * /enheter/lastned and /underenheter/lastned answer as the register does: gzip
 * without Content-Encoding, an ETag of 32 hexadecimal digits without quotes, a
 * Last-Modified that is no HTTP date, 400 where JSON is asked for.  The other
 * paths serve the first file and are what their names say; see ways[].
 * /resume... break off half-way, and answer a Range as their names say.  With
 * --feed there are change feeds and single units too: tests/httpd_feed.h.  Each
 * answer waits MS milliseconds.
 */

#define ZLIB_CONST		/* it only reads what it packs */

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/num.h"
#include "tests/httpd_feed.h"

enum { FILE_MAX = 256 << 20, BOMB = 64 << 20 };

/* How the body comes. */
enum flow { WHOLE, CUT, STALL, TRICKLE, CHUNKED, CHUNKED_CUT };
/* What it is. */
enum body { THE_FILE, HALF, GARBAGE, MEMBERS, A_BOMB, HTML, EMPTY, PLAIN };
/* Headers that are left out or are otherwise. */
enum { NO_ETAG = 1, NO_DATE = 2, HTTP_DATE = 4, BAD_DATE = 8, TOO_LONG = 16 };

struct way {
	const char *path;
	enum body body;
	enum flow flow;
	unsigned headers;
};

static const struct way ways[] = {
	{ "/enheter/lastned", THE_FILE, WHOLE, 0 },
	{ "/underenheter/lastned", THE_FILE, WHOLE, 0 },
	{ "/no-etag", THE_FILE, WHOLE, NO_ETAG },
	{ "/no-date", THE_FILE, WHOLE, NO_DATE },
	{ "/http-date", THE_FILE, WHOLE, HTTP_DATE },
	{ "/bad-date", THE_FILE, WHOLE, BAD_DATE },
	{ "/chunked", THE_FILE, CHUNKED, 0 },
	{ "/chunked-cut", THE_FILE, CHUNKED_CUT, 0 },
	{ "/cut", THE_FILE, CUT, 0 },		/* connection closed half-way */
	{ "/half", HALF, WHOLE, 0 },		/* and the length agrees */
	{ "/too-long", THE_FILE, WHOLE, TOO_LONG }, /* length promises more */
	{ "/stall", THE_FILE, STALL, 0 },	/* half of it, then nothing */
	{ "/trickle", THE_FILE, TRICKLE, 0 },	/* 50 octets a second */
	{ "/garbage", GARBAGE, WHOLE, 0 },	/* something behind the gzip */
	{ "/members", MEMBERS, WHOLE, 0 },	/* two gzip members, one array */
	{ "/bomb", A_BOMB, WHOLE, 0 },
	{ "/html", HTML, WHOLE, 0 },
	{ "/empty", EMPTY, WHOLE, 0 },
	{ "/plain", PLAIN, WHOLE, 0 },		/* JSON that was never packed */
};

/* Answers without the file. */
static const struct answer {
	const char *path;
	unsigned status;
	const char *header, *value, *type, *body;
} answers[] = {
	{ "/404", 404, NULL, NULL, NULL, "" },
	{ "/400", 400, NULL, NULL, "application/json",
	    "{\"status\":400,\"feilmelding\":\"Feilaktig forespoersel\",\"antallFeil\":1}" },
	{ "/429", 429, "Retry-After", "120", NULL, "" },
	{ "/500", 500, NULL, NULL, "application/json",
	    "{\"status\":500,\"error\":\"Internal Server Error\",\"path\":\"/lastned\"}" },
	{ "/503", 503, NULL, NULL, "text/html", "<html>Vedlikehold</html>" },
	{ "/204", 204, NULL, NULL, NULL, "" },
	{ "/304", 304, NULL, NULL, NULL, "" },
	{ "/loop", 302, "Location", "/loop", NULL, "" },
	{ "/redirect", 302, "Location", "/enheter/lastned", NULL, "" },
	{ "/redirect-file", 302, "Location", "file:///etc/hostname", NULL, "" },
};

static struct {
	const char *file[2];
	const char *modified, *log;
	int64_t latency;
	struct MHD_Daemon *daemon;
} httpd;

/* --- bodies --------------------------------------------------------------- */

static void
pack(const void *data, size_t len, struct buf *out)
{
	unsigned char piece[65536];
	z_stream z;
	int r;

	memset(&z, 0, sizeof(z));
	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	z.next_in = data;
	z.avail_in = (uInt)len;
	do {
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		r = deflate(&z, Z_FINISH);
		buf_add(out, piece, sizeof(piece) - z.avail_out);
	} while (r == Z_OK);
	deflateEnd(&z);
}

static void
make_bomb(struct buf *out)
{
	char *blanks = mem_alloc(BOMB);

	memset(blanks, ' ', BOMB);
	blanks[0] = '[';
	pack(blanks, BOMB, out);
	free(blanks);
}

static const char fictitious[] = "[ {\n  \"organisasjonsnummer\" : \"810000007\","
    "\n  \"navn\" : \"EKSEMPEL AS\",\n  \"respons_klasse\" : \"Enhet\"\n} ]\n";

static int
make_body(enum body body, const char *file, struct buf *out)
{
	static const char html[] =
	    "<!DOCTYPE html><html><body>Logg inn</body></html>\n";
	const size_t half = sizeof(fictitious) / 2;
	struct err err;

	switch (body) {
	case THE_FILE:
	case HALF:
	case GARBAGE:
		if (file_read(file, FILE_MAX, out, &err) != 0)
			return -1;
		if (body == HALF)
			out->len /= 2;
		if (body == GARBAGE)
			buf_str(out, "<!-- served by a cache -->\n");
		break;
	case MEMBERS:
		pack(fictitious, half, out);
		pack(fictitious + half, sizeof(fictitious) - 1 - half, out);
		break;
	case A_BOMB:
		make_bomb(out);
		break;
	case HTML:
		buf_str(out, html);
		break;
	case PLAIN:
		buf_str(out, fictitious);
		break;
	case EMPTY:
		break;
	}
	return 0;
}

/* --- how it flows --------------------------------------------------------- */

struct sending {
	struct buf b;
	enum flow flow;
};

static void
sending_free(void *ctx)
{
	struct sending *s = ctx;

	buf_free(&s->b);
	free(s);
}

static void
pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static ssize_t
next_piece(void *ctx, uint64_t at, char *out, size_t room)
{
	struct sending *s = ctx;
	size_t end = s->b.len, n;

	if (s->flow == CUT || s->flow == CHUNKED_CUT || s->flow == STALL)
		end /= 2;
	if (at >= end) {
		if (s->flow == STALL)
			pause_ms(3600 * 1000L);
		return s->flow == CHUNKED ? MHD_CONTENT_READER_END_OF_STREAM :
		    MHD_CONTENT_READER_END_WITH_ERROR;
	}
	n = end - (size_t)at;
	if (s->flow == TRICKLE) {
		pause_ms(200);
		if (n > 10)
			n = 10;
	}
	if (n > room)
		n = room;
	memcpy(out, s->b.data + at, n);
	return (ssize_t)n;
}

static struct MHD_Response *
respond(struct buf *b, const struct way *way)
{
	uint64_t size = b->len + (way->headers & TOO_LONG ? 100 : 0);
	struct sending *s;

	if (way->flow == WHOLE && !(way->headers & TOO_LONG)) {
		struct MHD_Response *r = MHD_create_response_from_buffer(b->len,
		    b->data, MHD_RESPMEM_MUST_COPY);

		buf_free(b);
		return r;
	}
	if (way->flow == CHUNKED || way->flow == CHUNKED_CUT)
		size = MHD_SIZE_UNKNOWN;
	s = mem_alloc(sizeof(*s));
	s->b = *b;
	s->flow = way->flow;
	return MHD_create_response_from_callback(size, 4096, next_piece, s,
	    sending_free);
}

static struct MHD_Response *
serve(const struct way *way)
{
	struct buf b = BUF(FILE_MAX);
	unsigned char sum[HASH_SIZE];
	char etag[HASH_HEX];
	struct MHD_Response *r;

	if (make_body(way->body, httpd.file[way == &ways[1]], &b) != 0)
		return NULL;
	hash_sha256(buf_text(&b), b.len, sum);
	hash_hex(sum, 16, etag);
	r = respond(&b, way);
	MHD_add_response_header(r, "Content-Type",
	    way->body == HTML ? "text/html" : "application/gzip");
	MHD_add_response_header(r, "Content-Disposition",
	    "attachment; filename=\"enheter_alle.json.gz\"");
	if (!(way->headers & NO_ETAG))
		MHD_add_response_header(r, "ETag", etag);
	if (way->headers & HTTP_DATE)
		MHD_add_response_header(r, "Last-Modified",
		    "Sat, 03 Oct 2026 02:30:43 GMT");
	else if (way->headers & BAD_DATE)
		MHD_add_response_header(r, "Last-Modified", "i går");
	else if (!(way->headers & NO_DATE))
		MHD_add_response_header(r, "Last-Modified", httpd.modified);
	return r;
}

/* --- requests ------------------------------------------------------------- */

static struct MHD_Response *
find(const char *path, const char *accept, const char *method, unsigned *status)
{
	const struct answer *a = &answers[0];
	struct MHD_Response *r;

	*status = 200;
	if (strcmp(path, "/no-head") == 0) {
		*status = strcmp(method, "HEAD") == 0 ? 405 : 200;
		path = *status == 405 ? "/404" : "/enheter/lastned";
	}
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(path, ways[i].path) != 0)
			continue;
		if (accept != NULL && strcmp(accept, "application/json") == 0) {
			path = "/400";
			break;
		}
		if ((r = serve(&ways[i])) != NULL)
			return r;
		path = "/500";
	}
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (strcmp(path, answers[i].path) == 0)
			a = &answers[i];
	if (*status == 200)
		*status = a->status;
	r = MHD_create_response_from_buffer(strlen(a->body), (void *)(uintptr_t)a->body,
	    MHD_RESPMEM_PERSISTENT);
	if (a->header != NULL)
		MHD_add_response_header(r, a->header, a->value);
	if (a->type != NULL)
		MHD_add_response_header(r, "Content-Type", a->type);
	return r;
}

/* Half of the file, and what is asked for when somebody comes back for the rest:
 * the rest; the rest of another file; all of it; a rest that begins elsewhere;
 * half of what is missing, and then the line breaks again. */
static struct MHD_Response *
find_resume(struct MHD_Connection *c, const char *path, unsigned *status)
{
	static const struct way cut = { "", THE_FILE, CUT, 0 };
	static const struct way whole = { "", THE_FILE, WHOLE, 0 };
	const char *range = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Range");
	const char *if_range = MHD_lookup_connection_value(c, MHD_HEADER_KIND,
	    "If-Range");
	struct buf b = BUF(FILE_MAX), rest = BUF(FILE_MAX);
	struct MHD_Response *r;
	unsigned char sum[HASH_SIZE];
	char etag[HASH_HEX], text[100];
	size_t from;

	if (strncmp(path, "/resume", 7) != 0)
		return NULL;
	*status = 200;
	if (range == NULL)
		return serve(&cut);
	if (strcmp(path, "/resume-whole") == 0)
		return serve(&whole);
	if (make_body(THE_FILE, httpd.file[0], &b) != 0)
		return NULL;
	hash_sha256(buf_text(&b), b.len, sum);
	hash_hex(sum, 16, etag);
	from = (size_t)strtoull(range + strcspn(range, "=") + 1, NULL, 10);
	if (from >= b.len || if_range == NULL || strcmp(if_range, etag) != 0) {
		buf_free(&b);
		return serve(&whole);
	}
	*status = 206;
	snprintf(text, sizeof(text), "bytes %zu-%zu/%zu",
	    strcmp(path, "/resume-elsewhere") == 0 ? from - 1 : from, b.len - 1, b.len);
	buf_add(&rest, b.data + from, b.len - from);
	buf_free(&b);
	r = respond(&rest, strcmp(path, "/resume-again") == 0 && rest.len > 20000 ?
	    &cut : &whole);
	MHD_add_response_header(r, "Content-Range", text);
	MHD_add_response_header(r, "Content-Type", "application/gzip");
	if (strcmp(path, "/resume-changed") == 0)
		etag[0] = etag[0] == 'a' ? 'b' : 'a';
	MHD_add_response_header(r, "ETag", etag);
	MHD_add_response_header(r, "Last-Modified", httpd.modified);
	return r;
}

static struct MHD_Response *
find_feed(struct MHD_Connection *c, const char *path, unsigned *status)
{
	static const struct way stalls = { "", EMPTY, STALL, 0 };
	struct buf b = BUF(FILE_MAX);
	struct MHD_Response *r;
	char seconds[16];
	int retry, stall;

	if (!httpd_feed_find(c, path, &b, status, &retry, &stall)) {
		buf_free(&b);
		return NULL;
	}
	if (stall)
		r = respond(&b, &stalls);
	else {
		r = MHD_create_response_from_buffer(b.len, b.len > 0 ? b.data : NULL,
		    MHD_RESPMEM_MUST_COPY);
		buf_free(&b);
	}
	if (retry > 0) {
		snprintf(seconds, sizeof(seconds), "%d", retry);
		MHD_add_response_header(r, "Retry-After", seconds);
	}
	MHD_add_response_header(r, "Content-Type", "application/json");
	return r;
}

static void
note(const char *method, const char *path, unsigned status, const char *accept,
    const char *agent)
{
	FILE *f;

	if (httpd.log == NULL || (f = fopen(httpd.log, "ae")) == NULL)
		return;
	fprintf(f, "%s %s %u %s | %s\n", method, path, status,
	    accept != NULL ? accept : "-", agent != NULL ? agent : "-");
	fclose(f);
}

static enum MHD_Result
on_request(void *ctx, struct MHD_Connection *c, const char *path,
    const char *method, const char *version, const char *upload, size_t *upload_len,
    void **state)
{
	static int seen;
	const char *accept = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Accept");
	struct MHD_Response *r;
	enum MHD_Result result;
	unsigned status;

	(void)ctx;
	(void)version;
	(void)upload;
	(void)upload_len;
	if (*state == NULL) {		/* headers only: the call comes again */
		*state = &seen;
		return MHD_YES;
	}
	if (httpd.latency > 0)
		pause_ms((long)httpd.latency);
	if ((r = find_feed(c, path, &status)) == NULL &&
	    (r = find_resume(c, path, &status)) == NULL)
		r = find(path, accept, method, &status);
	note(method, path, status, accept,
	    MHD_lookup_connection_value(c, MHD_HEADER_KIND, "User-Agent"));
	result = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return result;
}

static void
wait_for_the_end(int seconds)
{
	struct pollfd p = { STDIN_FILENO, POLLIN, 0 };
	struct timespec now, end;
	char c;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	for (;;) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= end.tv_sec)
			return;
		if (poll(&p, 1, 1000) == 1 && read(STDIN_FILENO, &c, 1) <= 0)
			return;
	}
}

int
main(int argc, char *argv[])
{
	struct sockaddr_in at;
	const union MHD_DaemonInfo *info;
	int64_t seconds = 60;
	int n = 0;

	httpd.modified = "Sat Oct 03 04:30:43 CEST 2026";
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc &&
		    num_int(argv[i + 1], 1, 3600, &seconds) == 0)
			i++;
		else if (strcmp(argv[i], "--log") == 0 && i + 1 < argc)
			httpd.log = argv[++i];
		else if (strcmp(argv[i], "--modified") == 0 && i + 1 < argc)
			httpd.modified = argv[++i];
		else if (strcmp(argv[i], "--feed") == 0 && i + 1 < argc)
			httpd_feed.folder = argv[++i];
		else if (strcmp(argv[i], "--latency") == 0 && i + 1 < argc &&
		    num_int(argv[i + 1], 0, 10000, &httpd.latency) == 0)
			i++;
		else if (argv[i][0] != '-' && n < 2)
			httpd.file[n++] = argv[i];
		else
			n = 3;
	}
	if (n < 1 || n > 2) {
		fputs("usage: httpd [--seconds N] [--log FILE] [--modified TEXT]"
		    " [--feed FOLDER] [--latency MS] ENHETER [UNDERENHETER]\n", stderr);
		return EX_USAGE;
	}
	if (n == 1)
		httpd.file[1] = httpd.file[0];
	memset(&at, 0, sizeof(at));
	at.sin_family = AF_INET;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	httpd.daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD |
	    MHD_USE_THREAD_PER_CONNECTION, 0, NULL, NULL, on_request, NULL,
	    MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&at, MHD_OPTION_END);
	if (httpd.daemon == NULL) {
		perror("httpd");
		return EX_OSERR;
	}
	info = MHD_get_daemon_info(httpd.daemon, MHD_DAEMON_INFO_BIND_PORT);
	printf("%u\n", info != NULL ? (unsigned)info->port : 0u);
	fflush(stdout);
	wait_for_the_end((int)seconds);
	_exit(0);	/* somebody may be stalled: not waiting for that */
}
