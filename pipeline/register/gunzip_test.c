#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"

#include "pipeline/register/gunzip.h"

enum { BIG = 1 << 26 };

/* One gzip member around these octets. */
static void
member(struct buf *b, const void *data, size_t len, gz_header *head)
{
	unsigned char out[4096];
	z_stream z;
	int status;

	memset(&z, 0, sizeof(z));
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8,
	    Z_DEFAULT_STRATEGY), Z_OK);
	if (head != NULL)
		assert_int_equal(deflateSetHeader(&z, head), Z_OK);
	z.next_in = (unsigned char *)(uintptr_t)data;
	z.avail_in = (uInt)len;
	do {
		z.next_out = out;
		z.avail_out = sizeof(out);
		status = deflate(&z, Z_FINISH);
		buf_add(b, out, sizeof(out) - z.avail_out);
	} while (status == Z_OK);
	assert_int_equal(status, Z_STREAM_END);
	deflateEnd(&z);
}

/* Octets as a file to read from. */
static int
as_file(const struct buf *b)
{
	FILE *f = tmpfile();
	int fd;

	assert_non_null(f);
	if (b->len > 0)
		assert_int_equal(fwrite(b->data, 1, b->len, f), b->len);
	assert_int_equal(fflush(f), 0);
	fd = dup(fileno(f));
	fclose(f);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* The library that is being tried. */
static enum inflate_with with;

/* Read it all, ${piece} octets at a time: 0, or -1 with the reason. */
static int
unpack(const struct buf *gz, int64_t max, size_t piece, struct buf *out,
    struct err *err)
{
	int fd = as_file(gz);
	struct gunzip *g = gunzip_with(fd, max, with);
	char *room = mem_alloc(piece);
	int64_t n;

	buf_clear(out);
	while ((n = gunzip_read(g, room, piece, err)) > 0) {
		assert_true(n <= (int64_t)piece);
		buf_add(out, room, (size_t)n);
	}
	assert_true(gunzip_out(g) == (int64_t)out->len);
	assert_true(gunzip_in(g) <= (int64_t)gz->len);
	free(room);
	gunzip_free(g);
	close(fd);
	return (int)n;
}

static void
refused(const struct buf *gz, int64_t max, const char *want)
{
	struct buf out = BUF(BIG);
	struct err err;

	assert_int_equal(unpack(gz, max, 1000, &out, &err), -1);
	/* where data is broken ISA-L has read further, and has words of its own */
	if (with == INFLATE_ISAL && strncmp(want, "broken gzip data", 16) == 0)
		assert_memory_equal(err.text, want, 16);
	else
		assert_string_equal(err.text, want);
	assert_int_equal(err.status, EX_DATAERR);
	buf_free(&out);
}

static const char hello[] = "Hei på deg\nHei på deg\nHei på deg\n";
enum { HELLO = sizeof(hello) - 1 };

static void
reads_one_member(void **state)
{
	struct buf gz = BUF(BIG), out = BUF(BIG);
	struct err err;

	(void)state;
	member(&gz, hello, HELLO, NULL);
	for (size_t piece = 1; piece < 60; piece++) {
		assert_int_equal(unpack(&gz, BIG, piece, &out, &err), 0);
		assert_string_equal(out.data, hello);
	}
	buf_free(&gz);
	buf_free(&out);
}

static void
reads_several_members_as_one_file(void **state)
{
	struct buf gz = BUF(BIG), out = BUF(BIG);
	struct err err;

	(void)state;
	member(&gz, "[\n", 2, NULL);
	member(&gz, "", 0, NULL);
	member(&gz, hello, HELLO, NULL);
	member(&gz, "]", 1, NULL);
	for (size_t piece = 1; piece < 60; piece += 7) {
		assert_int_equal(unpack(&gz, BIG, piece, &out, &err), 0);
		assert_int_equal(out.len, HELLO + 3);
		assert_memory_equal(out.data + 2, hello, HELLO);
	}
	buf_free(&gz);
	buf_free(&out);
}

static void
reads_every_optional_field_of_the_header(void **state)
{
	unsigned char extra[] = "ab\4\0data", name[] = "enheter.json",
	    note[] = "natt";
	gz_header head;
	struct buf gz = BUF(BIG), out = BUF(BIG);
	struct err err;

	(void)state;
	memset(&head, 0, sizeof(head));
	head.extra = extra;
	head.extra_len = sizeof(extra) - 1;
	head.name = name;
	head.comment = note;
	head.hcrc = 1;
	head.time = 1790000000;
	member(&gz, hello, HELLO, &head);
	assert_int_equal(unpack(&gz, BIG, 5, &out, &err), 0);
	assert_string_equal(out.data, hello);
	buf_free(&gz);
	buf_free(&out);
}

/* Cut anywhere, it is an error: never a short good file. */
static void
sees_that_a_file_is_cut(void **state)
{
	struct buf gz = BUF(BIG), cut = BUF(BIG), out = BUF(BIG);
	struct err err;
	size_t first;

	(void)state;
	member(&gz, hello, HELLO, NULL);
	first = gz.len;
	member(&gz, hello, HELLO, NULL);
	for (size_t len = 1; len < gz.len; len++) {
		char want[60];

		if (len == first)
			continue;	/* the first member is a whole file */
		buf_clear(&cut);
		buf_add(&cut, gz.data, len);
		snprintf(want, sizeof(want), "truncated after %zu octets", len);
		refused(&cut, BIG, want);
	}
	buf_clear(&cut);
	buf_add(&cut, gz.data, first);
	assert_int_equal(unpack(&cut, BIG, 100, &out, &err), 0);
	buf_free(&gz);
	buf_free(&cut);
	buf_free(&out);
}

/* Any octet changed: an error, or (name, time, system of the header) no matter. */
static void
sees_that_an_octet_is_changed(void **state)
{
	struct buf gz = BUF(BIG), out = BUF(BIG);
	struct err err;
	size_t seen = 0;

	(void)state;
	member(&gz, hello, HELLO, NULL);
	for (size_t at = 0; at < gz.len; at++)
		for (int bit = 0; bit < 8; bit++) {
			gz.data[at] = (char)(gz.data[at] ^ 1 << bit);
			if (unpack(&gz, BIG, 100, &out, &err) == 0) {
				if (out.len != HELLO || memcmp(out.data, hello, HELLO) != 0)
					fail_msg("octet %zu bit %d: other text, no error",
					    at, bit);
			} else {
				assert_int_equal(err.status, EX_DATAERR);
				seen++;
			}
			gz.data[at] = (char)(gz.data[at] ^ 1 << bit);
		}
	assert_true(seen > 8 * (gz.len - 10));
	buf_free(&gz);
	buf_free(&out);
}

/* ${text} with plain allowed, in reads of ${step}: what comes out, or "!". */
static const char *
plain(const char *text, size_t step, int64_t max)
{
	static char out[100];
	struct err err;
	FILE *f = tmpfile();
	int fd = f != NULL ? fileno(f) : -1;
	struct gunzip *g = gunzip_new(fd, max);
	size_t at = 0;
	int64_t n;

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	gunzip_plain(g);
	while ((n = gunzip_read(g, out + at, step, &err)) > 0)
		at += (size_t)n;
	if (n == 0)
		assert_int_equal(gunzip_out(g), at);
	out[at] = '\0';
	gunzip_free(g);
	assert_int_equal(fclose(f), 0);
	return n < 0 ? "!" : out;
}

static void
plain_where_it_is_allowed(void **state)
{
	static const char *const texts[] = { "[]", "[ {} ]\n", "\"a\",\"b\"\n",
		"a,b\n1,2\n", "\xef\xbb\xbf[]", " \n[]", "a" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (size_t step = 1; step < 12; step++)
			assert_string_equal(plain(texts[i], step, 50), texts[i]);
	assert_string_equal(plain("[1,2,3]", 3, 7), "[1,2,3]");
	assert_string_equal(plain("[1,2,3]", 3, 6), "!");
	assert_string_equal(plain("<html>", 3, 50), "!");
	assert_string_equal(plain("{}", 3, 50), "!");
	assert_string_equal(plain("", 3, 50), "!");
}

static void
tells_faults_apart(void **state)
{
	struct buf gz = BUF(BIG), b = BUF(BIG);

	(void)state;
	refused(&b, BIG, "empty");
	buf_str(&b, "<html><body>Feil</body></html>");
	refused(&b, BIG, "not gzip: begins with \"<htm\"");
	buf_clear(&b);
	buf_str(&b, "{\"status\":500}");
	refused(&b, BIG, "not gzip: begins with \"{\"st\"");
	buf_clear(&b);
	buf_add(&b, "PK\3\4", 4);
	refused(&b, BIG, "not gzip: begins with \"PK\"");
	buf_clear(&b);
	buf_add(&b, "\x28\xb5\x2f\xfd", 4);	/* zstd */
	refused(&b, BIG, "not gzip: begins with \"(\"");
	buf_clear(&b);
	buf_add(&b, "\0\0", 2);
	refused(&b, BIG, "not gzip: begins with octet 00");
	buf_clear(&b);
	buf_add(&b, "\x1f\x8b\x07\x00\0\0\0\0\0\0\0\0", 12);
	refused(&b, BIG, "broken gzip data at octet 4: unknown compression method");

	member(&gz, hello, HELLO, NULL);
	buf_clear(&b);
	buf_add(&b, gz.data, gz.len);
	b.data[b.len - 8] = (char)(b.data[b.len - 8] ^ 1);
	buf_str(&b, "");
	{
		struct buf out = BUF(BIG);
		struct err err;

		assert_int_equal(unpack(&b, BIG, 100, &out, &err), -1);
		assert_non_null(strstr(err.text, "incorrect data check"));
		b.data[b.len - 8] = (char)(b.data[b.len - 8] ^ 1);
		b.data[b.len - 1] = (char)(b.data[b.len - 1] ^ 1);
		assert_int_equal(unpack(&b, BIG, 100, &out, &err), -1);
		assert_non_null(strstr(err.text, with == INFLATE_ISAL ?
		    "incorrect data check" : "incorrect length check"));
		buf_free(&out);
	}
	buf_free(&gz);
	buf_free(&b);
}

static void
refuses_what_stands_behind_the_end(void **state)
{
	struct buf gz = BUF(BIG), b = BUF(BIG);
	char want[80];

	(void)state;
	member(&gz, hello, HELLO, NULL);
	snprintf(want, sizeof(want),
	    "1 octets or more behind the end, at octet %zu", gz.len);
	buf_add(&b, gz.data, gz.len);
	buf_chr(&b, '\n');
	refused(&b, BIG, want);
	buf_clear(&b);
	buf_add(&b, gz.data, gz.len);
	buf_add(&b, "\0\0\0\0", 4);
	want[0] = '4';
	refused(&b, BIG, want);
	buf_free(&gz);
	buf_free(&b);
}

static void
stops_at_the_limit(void **state)
{
	struct buf gz = BUF(BIG), zeros = BUF(BIG), out = BUF(BIG);
	struct err err;

	(void)state;
	member(&gz, hello, HELLO, NULL);
	for (size_t piece = 1; piece < 60; piece++)
		assert_int_equal(unpack(&gz, HELLO, piece, &out, &err), 0);
	refused(&gz, HELLO - 1, "unpacks to more than 35 octets");
	refused(&gz, 0, "unpacks to more than 0 octets");

	for (int i = 0; i < 1 << 20; i++)	/* a thousand to one */
		buf_chr(&zeros, '0');
	buf_clear(&gz);
	member(&gz, zeros.data, zeros.len, NULL);
	assert_true(gz.len < 2000);
	refused(&gz, 100000, "unpacks to more than 100000 octets");
	assert_int_equal(unpack(&gz, 1 << 20, 65536, &out, &err), 0);
	assert_int_equal(out.len, 1 << 20);
	buf_free(&gz);
	buf_free(&zeros);
	buf_free(&out);
}

static void
collect(void *ctx, const void *data, size_t len)
{
	buf_add(ctx, data, len);
}

/* More than its buffer holds; through a pipe, where reads are short. */
static void
shows_every_octet_it_reads(void **state)
{
	struct buf gz = BUF(BIG), text = BUF(BIG), tapped = BUF(BIG), out = BUF(BIG);
	struct gunzip *g;
	uint64_t r = 1;
	char room[5000];
	struct err err;
	int64_t n;
	int fd;

	(void)state;
	for (int i = 0; i < 300000; i++) {
		r = r * UINT64_C(6364136223846793005) + 1442695040888963407u;
		buf_chr(&text, (char)(r >> 56));
	}
	member(&gz, text.data, text.len, NULL);
	fd = as_file(&gz);
	g = gunzip_with(fd, BIG, with);
	gunzip_tap(g, collect, &tapped);
	while ((n = gunzip_read(g, room, sizeof(room), &err)) > 0)
		buf_add(&out, room, (size_t)n);
	assert_int_equal(n, 0);
	assert_int_equal(out.len, text.len);
	assert_memory_equal(out.data, text.data, text.len);
	assert_int_equal(tapped.len, gz.len);
	assert_memory_equal(tapped.data, gz.data, gz.len);
	assert_true(gunzip_in(g) == (int64_t)gz.len);
	assert_int_equal(gunzip_read(g, room, sizeof(room), &err), 0);
	gunzip_free(g);
	gunzip_free(NULL);
	close(fd);
	buf_free(&gz);
	buf_free(&text);
	buf_free(&tapped);
	buf_free(&out);
}

static void
says_when_the_file_cannot_be_read(void **state)
{
	struct gunzip *g = gunzip_with(-1, BIG, with);
	struct err err;
	char c;

	(void)state;
	assert_int_equal(gunzip_read(g, &c, 1, &err), -1);
	assert_int_equal(err.status, EX_IOERR);
	gunzip_free(g);
}

static void
reads_a_real_payload(void **state)
{
	int fd = open("../shared/data/register/underenheter_lastned_alle.json.gz",
	    O_RDONLY | O_CLOEXEC);
	struct gunzip *g;
	struct err err;
	char room[100];
	int64_t n, sum = 0;

	(void)state;
	if (fd < 0)
		return;			/* the folder is not there */
	g = gunzip_with(fd, BIG, with);
	while ((n = gunzip_read(g, room, sizeof(room), &err)) > 0)
		sum += n;
	assert_int_equal(n, 0);
	assert_true(sum > 1000);
	gunzip_free(g);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_one_member),
		cmocka_unit_test(reads_several_members_as_one_file),
		cmocka_unit_test(reads_every_optional_field_of_the_header),
		cmocka_unit_test(sees_that_a_file_is_cut),
		cmocka_unit_test(sees_that_an_octet_is_changed),
		cmocka_unit_test(plain_where_it_is_allowed),
		cmocka_unit_test(tells_faults_apart),
		cmocka_unit_test(refuses_what_stands_behind_the_end),
		cmocka_unit_test(stops_at_the_limit),
		cmocka_unit_test(shows_every_octet_it_reads),
		cmocka_unit_test(says_when_the_file_cannot_be_read),
		cmocka_unit_test(reads_a_real_payload),
	};

	int failed;

	with = INFLATE_ZLIB;
	failed = cmocka_run_group_tests_name("zlib", tests, NULL, NULL);
	if (inflate_isal == NULL)
		return failed;
	with = INFLATE_ISAL;
	return failed + cmocka_run_group_tests_name("ISA-L", tests, NULL, NULL);
}
