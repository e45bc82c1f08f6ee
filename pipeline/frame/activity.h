#ifndef PIPELINE_FRAME_ACTIVITY_H
#define PIPELINE_FRAME_ACTIVITY_H

/*
 * activity -- what the register shows of a unit being at work: points, of which
 * docs/RULES.md (register, section 11) has the table and the reasons.
 *
 *	registered employees		3
 *	in the VAT register		2
 *	accounts of late		2	of the year before last, or later
 *	the register noted a thing	1	in the year up to its date: that the unit
 *						came, new articles, VAT, a number
 *						of employees, another owner
 *	bankrupt or being wound up	0	whatever else there is
 *
 * Days are the register's own.  That a field changed from one night's file to the
 * next is no sign: a new standard of codes changes every unit, and a register
 * that was loaded yesterday for the first time would have less of it than one
 * that has been followed for a year.
 *
 * Pure.
 */

#include <stdint.h>

enum { ACTIVITY_EMPLOYEES = 3, ACTIVITY_VAT = 2, ACTIVITY_ACCOUNTS = 2,
	ACTIVITY_RECENT = 1, ACTIVITY_MOST = 8 };

struct activity {
	int employees;		/* one or more registered */
	int vat;
	int accounts_year;	/* 0: none sent in */
	int32_t noted;		/* newest day of those above; 0: none */
	int ended;		/* bankrupt, being wound up, dissolved by force */
};

/* 0 to ACTIVITY_MOST, by the register of ${day}. */
int activity_points(const struct activity *, int32_t day);

#endif /* !PIPELINE_FRAME_ACTIVITY_H */
