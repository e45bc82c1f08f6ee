/*
 * Answers of Klass: the first octet says what was asked for.  Beyond not falling
 * over: a refusal has a reason and leaves nothing, what is read is text within its
 * limits, and a list that is made of it is loaded, or refused with a reason.
 */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "pipeline/base/utf8.h"
#include "nace/klass.h"
#include "nace/nace.h"
#include "nace/region.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The list alone, with what is compiled in beside it: there is none, so that it
 * stands for itself. */
static void
lists(const struct klass_rows *rows, enum klass_kind kind)
{
	static const struct klass_rows none = { NULL, 0, NULL };
	struct buf b = BUF(1 << 20);
	struct err err = { 0, "" };
	struct region *region;
	struct nace *nace;

	if (kind == KLASS_VERSION && klass_standard(rows, "x", &b, &err) == 0) {
		nace = nace_load_from(&(struct nace_texts){ buf_text(&b), "", "", "x" },
		    &err);
		assert(nace != NULL || err.text[0] != '\0');
		nace_free(nace);
	}
	if (kind == KLASS_CODES && klass_places(rows, &none, "2030-01-01", &b,
	    &err) == 0) {
		region = region_load_from(&(struct region_texts){ "", buf_text(&b), "x" },
		    &err);
		assert(region != NULL || err.text[0] != '\0');
		region_free(region);
	}
	buf_clear(&b);
	if (kind == KLASS_CODES && klass_counties(rows, &none, "2030-01-01", &b,
	    &err) == 0) {
		region = region_load_from(&(struct region_texts){ buf_text(&b), "", "x" },
		    &err);
		assert(region != NULL || err.text[0] != '\0');
		region_free(region);
	}
	if (kind == KLASS_TABLES)
		assert(klass_table(rows, 3218, 30) >= 0);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct klass_rows rows;
	struct err err = { 0, "" };
	enum klass_kind kind;

	if (len == 0)
		return 0;
	kind = (enum klass_kind)(data[0] % KLASS_KINDS);
	if (klass_read((const char *)data + 1, len - 1, kind, &rows, &err) != 0) {
		assert(err.text[0] != '\0' && err.status == EX_DATAERR);
		assert(rows.row == NULL && rows.n == 0);
		return 0;
	}
	assert(rows.n <= KLASS_ROWS);
	for (size_t i = 0; i < rows.n; i++)
		for (int f = 0; f < KLASS_FIELDS; f++) {
			const char *s = rows.row[i].field[f];

			assert(strlen(s) <= KLASS_TEXT && utf8_valid(s, strlen(s)));
			assert(strpbrk(s, "\t\n") == NULL);
		}
	lists(&rows, kind);
	klass_rows_free(&rows);
	return 0;
}
