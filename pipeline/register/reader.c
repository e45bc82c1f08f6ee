#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/register/csvscan.h"

#include "pipeline/register/reader.h"

struct reader {
	enum unit_kind kind;
	struct scan_to to;
	char head[4];			/* octets not yet given to either */
	size_t head_n;
	struct scan *json;
	struct csvscan *csv;
};

struct reader *
reader_new(enum unit_kind kind, const struct scan_to *to)
{
	struct reader *r = mem_alloc(sizeof(*r));

	r->kind = kind;
	r->to = *to;
	return r;
}

void
reader_free(struct reader *r)
{
	if (r == NULL)
		return;
	scan_free(r->json);
	csvscan_free(r->csv);
	free(r);
}

static int
give(struct reader *r, const void *data, size_t len, struct err *err)
{
	return r->csv != NULL ? csvscan_push(r->csv, data, len, err) :
	    scan_push(r->json, data, len, err);
}

/* By the octet behind the mark; nothing at all is left to the JSON scanner. */
static void
choose(struct reader *r)
{
	char c = r->head_n > 0 ? r->head[r->head_n - 1] : '[';
	char low = (char)(c | 0x20);

	if (c == '"' || (low >= 'a' && low <= 'z'))
		r->csv = csvscan_new(r->kind, &r->to);
	else
		r->json = scan_new(r->kind, &r->to);
}

int
reader_push(struct reader *r, const void *data, size_t len, struct err *err)
{
	static const char mark[] = "\xef\xbb\xbf";
	const char *p = data;

	while (len > 0 && r->csv == NULL && r->json == NULL) {
		int in_mark = r->head_n < 3 && *p == mark[r->head_n];

		r->head[r->head_n++] = *p++;
		len--;
		if (in_mark)
			continue;
		choose(r);
		if (give(r, r->head, r->head_n, err) != 0)
			return -1;
	}
	return len > 0 ? give(r, p, len, err) : 0;
}

int
reader_end(struct reader *r, struct err *err)
{
	if (r->csv == NULL && r->json == NULL) {
		choose(r);
		if (give(r, r->head, r->head_n, err) != 0)
			return -1;
	}
	return r->csv != NULL ? csvscan_end(r->csv, err) : scan_end(r->json, err);
}

struct scan_counts
reader_counts(const struct reader *r)
{
	static const struct scan_counts none = { 0, 0, 0 };

	if (r->csv != NULL)
		return csvscan_counts(r->csv);
	return r->json != NULL ? scan_counts(r->json) : none;
}

size_t
reader_line(const struct reader *r)
{
	if (r->csv != NULL)
		return csvscan_line(r->csv);
	return r->json != NULL ? scan_line(r->json) : 0;
}

enum reader_format
reader_format(const struct reader *r)
{
	return r->csv != NULL ? READER_CSV : READER_JSON;
}
