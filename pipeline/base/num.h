#ifndef PIPELINE_BASE_NUM_H
#define PIPELINE_BASE_NUM_H

/*
 * num -- numbers from text and back, whole and checked, without locale.
 *
 * Every parser wants the whole of the text, without blanks, and leaves *${ret}
 * as it was on failure (-1).
 */

#include <stddef.h>
#include <stdint.h>

int num_int(const char *s, int64_t min, int64_t max, int64_t *ret);
/* Decimal with point or comma, digits both sides, optional exponent refused. */
int num_real(const char *s, double min, double max, double *ret);
/* "10 %", "10%", "0.10", "0,10": a share from 0 to 1. */
int num_share(const char *s, double *ret);
/* "512", "64k", "10M", "2G" (1024), octets. */
int num_size(const char *s, int64_t *ret);
/* "90", "30s", "15m", "12h", "60d": seconds. */
int num_span(const char *s, int64_t *ret);
/* yes/no, true/false, on/off, 1/0. */
int num_bool(const char *s, int *ret);

/*
 * Nine digits with a right check digit (weights 3 2 7 6 5 4 3 2, modulus 11,
 * Enhetsregisteret).  0, or -1 with *why a short reason: "has 8 digits",
 * "is not a number", "has a wrong check digit".
 */
int num_orgnr(const char *s, size_t len, int32_t *ret, const char **why);

/* The check digit of eight digits, or -1 where they have none. */
int num_orgnr_digit(int32_t eight);

/* ${num}/${den} times ${scale}, rounded half away from zero, exactly, in
 * integers; den > 0. */
int64_t num_ratio(int64_t num, int64_t den, int64_t scale);

#endif /* !PIPELINE_BASE_NUM_H */
