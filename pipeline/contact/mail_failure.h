#ifndef PIPELINE_CONTACT_MAIL_FAILURE_H
#define PIPELINE_CONTACT_MAIL_FAILURE_H

/*
 * mail_failure -- when so much fails that going on does harm (rules of returned
 * mail, section 9: mass failure).  Pure.
 *
 *	ours		fault S: 5 or more, and over 2 % of the letters
 *	provider	one reason of fault S at one domain: 10 or more
 *	host		one domain says "no such user" to 10 or more and to 80 % of
 *			those written to there, while earlier waves got through
 *	hard		the share of hard returns is over twice that of the study's
 *			earlier waves, or over 40 % in its first; of at least 20
 *
 * Each of these numbers is a setting ([bounces] failure_...).
 *
 * A plain limit of a few per cent would stop every study from a register: one
 * address in five is dead.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/err.h"

struct settings;
struct mail_failure;

/* ${before}, ${before_hard}: letters of the study's earlier waves, and of them
 * hard returns; 0: this is its first. */
struct mail_failure *mail_failure_new(const struct settings *, int64_t before,
    int64_t before_hard);
void mail_failure_free(struct mail_failure *);

/* A letter to ${address} was taken, or tried and refused. */
void mail_failure_letter(struct mail_failure *, const char *address);
/* ... and it failed, at once or in a mail that came back. */
void mail_failure_failed(struct mail_failure *, const char *address,
    const char *reason, char fault, int hard);

/* As mail_failure_check(), past the causes that stand in ${skip}, with a blank
 * before and behind each; *${what} is the cause: ours, provider, host, hard.
 * A limit of 0 is none. */
int mail_failure_find(const struct mail_failure *, const char *skip,
    const char **what, struct err *);

/* 0; or -1, EX_TEMPFAIL, with one line that says what failed how often. */
int mail_failure_check(const struct mail_failure *, struct err *);

#endif /* !PIPELINE_CONTACT_MAIL_FAILURE_H */
