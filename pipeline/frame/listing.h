#ifndef PIPELINE_FRAME_LISTING_H
#define PIPELINE_FRAME_LISTING_H

/*
 * listing -- one list of a study, as its file has it: the rows beneath the heading
 * and in them the columns that the study file names.
 *
 * Names of columns are compared without case, and with blanks of any kind as one.
 * Refused, EX_DATAERR, with nothing taken: a column that is not there (with the
 * row that looks like the heading, where there is one further down), one that is
 * there twice, and a second heading beneath the first.  The municipality's may be
 * missing where the study names one of postcodes.
 */

#include <stdint.h>

#include "config/study.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/hash.h"
#include "pipeline/frame/grid.h"

enum listing_field { LISTING_NAME, LISTING_EMAIL, LISTING_MUNICIPALITY,
	LISTING_ORGNR, LISTING_ID, LISTING_POSTCODE, LISTING_FIELDS };

struct listing_row {
	size_t line;
	const char *field[LISTING_FIELDS];	/* "" where there is none */
};
struct listing {
	struct grid grid;
	const char *word;	/* "line" of CSV, "row" of a workbook */
	struct listing_row *row;
	size_t n;
};

/* Relative names are beside the study file. */
void listing_path(const struct study *, const char *file, struct buf *path);

/* ${sum}: the file's octets are added.  listing_free() after success only. */
int listing_read(const struct study *, const struct study_list *,
    struct hash *sum, struct listing *, struct err *);
void listing_free(struct listing *);

/*
 * An organisation number as people and spreadsheets write it ("974 760 673",
 * "NO 974760673 MVA", "9,74760673E8"): 1; 0 where there is none; -1 with *${why}
 * if it is wrong ("has a wrong check digit"; "was rounded by a spreadsheet").
 */
int listing_orgnr(const char *, int32_t *ret, const char **why);

/* A postcode likewise ("9510 Alta", "150"): its number, -1 if it is none. */
int listing_postcode(const char *);

/* A municipality likewise ("5601 Alta", "301"): as region_find_place() takes it,
 * at most ${size} octets. */
void listing_place(const char *, char *out, size_t size);

#endif /* !PIPELINE_FRAME_LISTING_H */
