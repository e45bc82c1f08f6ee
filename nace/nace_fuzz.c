/*
 * Industry codes, county and municipality names as somebody might write them.
 * Beyond not falling over, what the headers promise: a refusal has a reason and
 * leaves the answer alone; what is taken is in the table, is in force, and is
 * found again under its own code or number.
 */

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "nace/nace.h"
#include "nace/region.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct nace *nace;
static struct region *region;

static void
codes(enum nace_std std, const char *s)
{
	struct nace_written w = { NULL, 0, "" }, again;
	const struct nace_item *out[4];
	struct err err = { 0, "" };

	if (nace_parse(nace, std, s, &w, &err) == -1) {
		assert(err.text[0] != '\0' && err.status == EX_DATAERR);
		assert(w.item == NULL);
	} else {
		struct nace_plan *p = nace_plan(nace, NACE_SN2025, &w, 1);

		assert(w.item->std == std && w.item->nleaf > 0);
		assert(nace_parse(nace, std, w.item->code, &again, &err) == 0);
		assert(again.item == w.item && !again.as_group);
		assert(p->step[0].ntarget == p->ntarget);
		for (size_t i = 0; i < p->ntarget; i++)
			assert(p->target[i].nfrom == 1);
		nace_plan_free(p);
	}
	nace_search(nace, std, s, out, 4);
}

static void
places(const char *s, int32_t day, int32_t in)
{
	const struct region_county *c = NULL;
	const struct region_place *p = NULL;
	struct err err = { 0, "" };

	if (region_find_county(region, s, day, &c, &err) == 0) {
		assert(c == region_county(region, c->number, day));
	} else {
		assert(c == NULL && err.text[0] != '\0');
	}
	err.text[0] = '\0';
	if (region_find_place(region, s, day, in, &p, &err) == 0) {
		assert(p == region_place(region, p->number, day));
		assert(in == 0 || p->number / 100 == in);
	} else {
		assert(p == NULL && err.text[0] != '\0');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const int32_t days[] = { 11688, 16953, 18628, 20454 };
	static const int32_t counties[] = { 0, 15, 33, 18 };
	struct err err = { 0, "" };
	char *s;

	if (nace == NULL) {
		nace = nace_load(&err);
		region = region_load(&err);
		assert(nace != NULL && region != NULL);
	}
	if (len == 0)
		return 0;
	s = mem_strn((const char *)data + 1, len - 1);
	codes(data[0] & 1 ? NACE_SN2025 : NACE_SN2007, s);
	places(s, days[data[0] >> 1 & 3], counties[data[0] >> 3 & 3]);
	free(s);
	return 0;
}
