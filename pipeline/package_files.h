#ifndef PIPELINE_PACKAGE_FILES_H
#define PIPELINE_PACKAGE_FILES_H

/*
 * package_files -- a folder of files that is there whole or not at all, and the
 * same as one zip file.
 *
 * All is held in memory until the last file is made; then it is laid out in
 * .NAME.utvalg-tmp beside DIR, and that becomes DIR in one step.  A run that was
 * killed leaves DIR as it was, and a folder that the next run takes away.  Files are sorted by name,
 * all have the same time, and SHA256SUMS (as sha256sum -c reads it) names each.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

struct package_file {
	char *name;		/* "tables/net.csv" */
	mode_t mode;		/* 0644; 0600 where it says who a unit is */
	struct buf text;
	char sha256[65];
};
struct package_files {
	struct package_file *file;	/* in the order of names once sealed */
	size_t n;
	size_t octets;
};
enum { PACKAGE_FILES_MAX = 400 };

/* Take ${text} over and leave it empty.  EX_DATAERR where it ran over its limit
 * or there are too many files; ${name} is ours, and new. */
int package_put(struct package_files *, const char *name, mode_t, struct buf *text,
    struct err *);
const struct package_file *package_get(const struct package_files *,
    const char *name);			/* NULL: not there */
/* Sort, and put SHA256SUMS; its SHA-256 is then what the package is known by. */
int package_seal(struct package_files *, struct err *);
void package_files_free(struct package_files *);

/*
 * What is at ${dir} now, held against a sealed package?  PACKAGE_OTHER: files that
 * are no package of ours, whole and unchanged, and never replaced.
 */
enum package_there { PACKAGE_NOTHING, PACKAGE_SAME, PACKAGE_EARLIER, PACKAGE_OTHER };
int package_look(const struct package_files *, const char *dir,
    enum package_there *, struct err *);

/*
 * Make what is to lie at ${dir}, beside it: the folder (${p} NULL: that one stays as
 * it is) and the zip file (NULL: none); ${moment} is every file's time.  A folder
 * that cannot be made or a full disk: EX_CANTCREAT, EX_IOERR, and nothing is left.
 */
int package_prepare(const struct package_files *p, const char *dir, int64_t moment,
    const struct buf *zip, mode_t zip_mode, struct err *err);
/* Put what was made in place of what is there, the folder in one step. */
int package_lay(const char *dir, struct err *err);
/* What a run that was killed left beside ${dir}. */
int package_sweep(const char *dir, struct err *err);

/* The same as octets of a zip file, everything beneath the folder ${top}. */
int package_zip(const struct package_files *, const char *top, int64_t moment,
    struct buf *out, struct err *);

#endif /* !PIPELINE_PACKAGE_FILES_H */
