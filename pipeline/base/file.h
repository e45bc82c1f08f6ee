#ifndef PIPELINE_BASE_FILE_H
#define PIPELINE_BASE_FILE_H

/*
 * file -- reading with a limit and writing whole or not at all.
 *
 * "Written" means on the disk: temporary file beside the target, every short
 * write seen, fsync, rename, fsync of the folder (maildir's order).
 */

#include <stddef.h>
#include <sys/types.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

/* The whole of ${path} ("-": standard input) into ${out}; longer than ${max}
 * octets is EX_DATAERR. */
int file_read(const char *path, size_t max, struct buf *out, struct err *);

/* Replace ${path} by these octets; the temporary file is path + ".tmp". */
int file_write(const char *path, mode_t mode, const void *data, size_t len,
    struct err *);

/* All of it, however often write(2) stops short.  0 or -1 (errno). */
int file_write_all(int fd, const void *data, size_t len);

int file_sync_dir(const char *path, struct err *);
/* mkdir -p with ${mode}; an existing folder is left as it is. */
int file_mkdirs(const char *path, mode_t mode, struct err *);
int file_exists(const char *path);

/* Names in a folder but "." and "..", sorted by octets; free with
 * file_list_free(). EX_NOINPUT if it is not there. */
struct file_list { char **name; size_t n; };
int file_list(const char *path, struct file_list *, struct err *);
void file_list_free(struct file_list *);

#endif /* !PIPELINE_BASE_FILE_H */
