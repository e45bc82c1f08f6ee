#ifndef PIPELINE_PACKAGE_H
#define PIPELINE_PACKAGE_H

/*
 * package -- everything of a study that a colleague or an archive needs, as one
 * folder, and as a zip file beside it.
 *
 *	README.txt		what it is, whence, when, how, licence, contact
 *	sample.csv .xlsx .sav .dta	the drawn units and their answers
 *	frame.csv		the population, kept and left out
 *	weights.csv		weights of those who answered
 *	codebook.csv		each variable of each file, and its values
 *	codebook.xml		the same as DDI-Codebook 2.5
 *	datapackage.json	the same as a Data Package 2.0
 *	manifest.json		the record of the draw (sample/record.h)
 *	job.ini			the study file as used
 *	tables/			every table, as CSV and Markdown
 *	report.html		pictures, tables and definitions
 *	contact.csv		number, token, name and address: where asked for, 0600
 *	frame-identified.csv	the frame with names: where asked for, 0600
 *	SHA256SUMS
 *
 * A pipeline of its own and no stage's: it draws on what sample, contact and tables
 * have left.  Made from one moment of the database, and without the clock: the same
 * study, evidence and language are the same octets, and all times are midnight of
 * the register's day.
 *
 * Table `package` says which frame is in which folder, so that an erasure can name
 * the packages to be made again.
 */

#include "config/study.h"
#include "pipeline/base/err.h"
#include "pipeline/store/world.h"

struct package_how {
	int contact, identified;	/* contact.csv; frame-identified.csv too */
	int open;			/* for anybody: tables/coarse.h; neither of
					 * the above */
	int zip;
	int force;			/* an earlier package there is replaced */
};
struct package_result {
	size_t files;
	int again;			/* it was there already, the same */
	char sha256[65];		/* of SHA256SUMS */
	int64_t drawn, alone, erased;	/* tables/frame_data.h, struct frame_risk */
	int small;			/* least count that tables show; 0: all */
	int64_t left_out;		/* columns of the answers */
	char without[200];		/* what could not be made, and why; "" */
};

/*
 * EX_NOINPUT: no frame, or nothing drawn.  EX_CANTCREAT: ${dir} holds an earlier
 * package and force is not set, or anything else, whatever is set.
 */
int package(const struct world *, const struct study *, int64_t study_id,
    const char *dir, const struct package_how *, struct package_result *,
    struct err *);

#endif /* !PIPELINE_PACKAGE_H */
