/*
 * Any octets as a study file: read whole or refused with faults that have a
 * line within the file, never both; and what is read holds study.h's promises.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/study.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(int holds)
{
	if (!holds)
		abort();
}

static void
check(const struct study *s)
{
	must(s->name != NULL && s->title.nb != NULL && s->title.en != NULL);
	must(s->ngroup > 0 && s->narea > 0 && s->nmerged > 0);
	must(s->active_den > 0 && s->active_num >= 0 && s->active_num <= s->active_den);
	for (size_t i = 0; i < s->narea; i++)
		must(s->net_area[i] < s->narea && s->rates_area[i] < s->narea &&
		    s->area[i].short_label.en != NULL && s->area[i].label.nb != NULL);
	for (size_t i = 0; i < s->nmerged; i++) {
		must(s->merged[i].ngroup > 0 && s->merged[i].label.en != NULL);
		for (size_t k = 0; k < s->merged[i].ngroup; k++)
			must(s->merged[i].group[k] < s->ngroup);
	}
	for (size_t i = 0; i < s->nlist; i++)
		must(s->list[i].file != NULL && s->list[i].group != NULL &&
		    s->list[i].col_name != NULL && s->list[i].col_email != NULL &&
		    s->list[i].col_municipality != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct study_faults faults = { NULL, 0 };
	struct study *s;
	struct err err = { 0, "" };
	int lines = 1, r;

	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n';
	r = study_read_text("fuzz/study.ini", (const char *)data, len, &s, &faults,
	    &err);
	must((r == 0) == (s != NULL) && (r == 0) == (faults.n == 0));
	if (r == 0)
		check(s);
	else
		must(r == -1 && err.status == EX_CONFIG &&
		    strncmp(err.text, "fuzz/study.ini:", 15) == 0);
	for (size_t i = 0; i < faults.n; i++)
		must(faults.fault[i].line >= 0 && faults.fault[i].line <= lines &&
		    faults.fault[i].text[0] != '\0' &&
		    strchr(faults.fault[i].text, '\n') == NULL);
	study_faults_free(&faults);
	study_free(s);
	return 0;
}
