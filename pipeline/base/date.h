#ifndef PIPELINE_BASE_DATE_H
#define PIPELINE_BASE_DATE_H

/*
 * date -- days and moments, without locale, time zone files or the clock.
 *
 * A day is the number of days since 1970-01-01 in the proleptic Gregorian
 * calendar (DATE_NONE: none); a moment is the seconds since then, UTC.  Only
 * cmd/ asks the clock (clock_now()); everything else is told.
 */

#include <stddef.h>
#include <stdint.h>

#define DATE_NONE	INT32_MIN
#define MOMENT_NONE	INT64_MIN

/* "YYYY-MM-DD", exactly, years 1000 to 9999, days that exist.  0 or -1. */
int date_parse(const char *s, size_t len, int32_t *day);
int32_t date_of(int64_t moment);
void date_civil(int32_t day, int *y, int *m, int *d);

/* Write into ${out}: "YYYY-MM-DD", or "" for DATE_NONE. */
char *date_iso(int32_t day, char out[static 11]);
/* "YYYY-MM-DDThh:mm:ssZ", or "". */
char *moment_iso(int64_t moment, char out[static 21]);
/* RFC 5322 "Tue, 03 Mar 2026 05:30:00 +0000". */
char *moment_mail(int64_t moment, char out[static 40]);
/* "YYYY-MM-DD", "YYYY-MM-DD hh:mm[:ss]", "YYYY-MM-DDThh:mm:ss[.fff][Z]" (UTC). */
int moment_parse(const char *s, int64_t *moment);

/*
 * Last-Modified as the register sends it: Java's Date.toString(), "Fri Sep 11
 * 04:27:17 CEST 2026" with CET, CEST, UTC or GMT; a regular HTTP date is taken
 * too (rules of the register, section 5).  0, or -1 if neither fits.
 */
int moment_http(const char *s, int64_t *moment);

/* The clock; $SOURCE_DATE_EPOCH in its place where that is set and a number. */
int64_t clock_now(void);

#endif /* !PIPELINE_BASE_DATE_H */
