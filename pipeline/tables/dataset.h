#ifndef PIPELINE_TABLES_DATASET_H
#define PIPELINE_TABLES_DATASET_H

/*
 * dataset -- rows and described variables, and the files that statistics
 * programs read: .sav (SPSS), .dta (Stata 14 and later), .xlsx, CSV.
 *
 * A builder (analysis.h) adds all variables, then rows, then fills cells; a
 * cell that is not filled is missing.  Names are made to fit all programs:
 * ASCII, at most 32 characters, a letter first, unique without regard to case,
 * no reserved word of SPSS or Stata.
 *
 *			.sav			.dta		CSV, .xlsx
 *	TEXT		string, as wide as	str#, strL	text
 *			the widest value
 *	WHOLE, REAL	number			double		number
 *	DATE		DATE11, a number of	%td		ISO 8601
 *			seconds since 1582
 *	CLASS		codes 1, 2 ... with	the same	its key
 *			value labels
 *	no answer	-1, user missing	.a, labelled	empty
 *	missing		system missing		.		empty
 *
 * A TEXT variable may have value labels too; .dta has no room for those.
 * The same data give the same octets: the time stamp is ${day}, at midnight.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"

enum dataset_type {
	DATASET_TEXT, DATASET_WHOLE, DATASET_REAL, DATASET_DATE, DATASET_CLASS
};
enum dataset_state { DATASET_MISSING, DATASET_BLANK, DATASET_GIVEN };

enum { DATASET_NO_ANSWER = -1 };	/* the code of DATASET_BLANK in .sav */

struct dataset_value {
	const char *key;	/* as in CSV; CLASS: its code is its place, from 1 */
	const char *label[2];	/* by enum lang */
};
struct dataset_var {
	const char *name;	/* in the files */
	const char *source;	/* the column or word that it comes from */
	const char *label[2];
	enum dataset_type type;
	struct dataset_value *value;
	size_t nvalue;
	int asked;		/* cells can be DATASET_BLANK */
};
struct dataset_cell {
	enum dataset_state state;
	const char *text;	/* TEXT; CLASS: the key */
	double number;		/* WHOLE, REAL; DATE: day; CLASS: code */
};
struct dataset {
	struct arena *arena;
	const char *name;	/* of the sheet: letters, digits, - and _ */
	const char *title[2];
	struct dataset_var *var;
	size_t nvar;
	struct dataset_cell *cell;	/* [row * nvar + variable] */
	size_t nrow, room;
};

enum { DATASET_VARS = 2000, DATASET_NAME = 32 };

struct dataset *dataset_new(const char *name, const char *nb, const char *en);
void dataset_free(struct dataset *);		/* NULL is harmless */

/* A variable that is called ${source}, or like it.  The pointer is good until
 * the next one. */
struct dataset_var *dataset_add(struct dataset *, const char *source,
    enum dataset_type, const char *nb, const char *en);
/* The variable just added gets one more value. */
void dataset_add_value(struct dataset *, const char *key, const char *nb,
    const char *en);

/* A new row, all missing; then its cells by the variable's place. */
void dataset_row(struct dataset *);
void dataset_put_text(struct dataset *, size_t var, const char *);
void dataset_put_number(struct dataset *, size_t var, double);
/* By key; one that is not among the values is missing. */
void dataset_put_class(struct dataset *, size_t var, const char *key);
/* Asked and not answered. */
void dataset_put_blank(struct dataset *, size_t var);

/* Whole text of a file into ${out}.  CSV: as table_csv() has the dialects. */
size_t dataset_csv(const struct dataset *, int excel_nb, struct buf *out);
/* One sheet with the data, one with the variables and their values. */
int dataset_xlsx(const struct dataset *, enum lang, int32_t day,
    struct buf *out, struct err *);
/* The same with a sheet of lines in front and one of rows of CSV behind. */
struct dataset_page { const char *name, *text; };
int dataset_book(const struct dataset *, enum lang, int32_t day,
    const struct dataset_page *front, const struct dataset_page *back,
    struct buf *out, struct err *err);
/* EX_DATAERR where a text does not fit the format, naming the variable. */
int dataset_sav(const struct dataset *, enum lang, int32_t day,
    struct buf *out, struct err *);
int dataset_dta(const struct dataset *, enum lang, int32_t day,
    struct buf *out, struct err *);

#endif /* !PIPELINE_TABLES_DATASET_H */
