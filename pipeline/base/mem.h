#ifndef PIPELINE_BASE_MEM_H
#define PIPELINE_BASE_MEM_H

/*
 * mem -- memory that is there or the program is not.
 *
 * Every size that comes from outside has been held against a limit before it
 * gets here, so running out means that the machine is broken or we are: the
 * program says "out of memory" on standard error and ends with 71 (EX_OSERR).
 * Every stage can be killed at any point and run again, so that loses nothing.
 */

#include <stddef.h>

void *mem_alloc(size_t size);			/* never NULL, zeroed; free() */
void *mem_array(size_t n, size_t size);		/* the same, n * size checked */
void *mem_grow(void *p, size_t n, size_t size);	/* realloc to n * size */
char *mem_str(const char *s);			/* copy; NULL gives NULL */
char *mem_strn(const char *s, size_t len);	/* copy of len octets and a NUL */

/*
 * An arena holds the many small things of one run and frees them together.
 * What it hands out is zeroed, aligned for anything, and lives until
 * arena_free(); arena_free(NULL) is harmless.
 */
struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *);
void *arena_alloc(struct arena *, size_t size);
char *arena_str(struct arena *, const char *s);
char *arena_strn(struct arena *, const char *s, size_t len);
char *arena_printf(struct arena *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif /* !PIPELINE_BASE_MEM_H */
