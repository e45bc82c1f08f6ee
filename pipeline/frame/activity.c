#include "config/study.h"
#include "pipeline/base/date.h"

#include "pipeline/frame/activity.h"

_Static_assert((int)ACTIVITY_MOST == (int)STUDY_POINTS_MOST, "what a study can ask for");
_Static_assert(ACTIVITY_MOST == ACTIVITY_EMPLOYEES + ACTIVITY_VAT +
    ACTIVITY_ACCOUNTS + ACTIVITY_RECENT, "all of them");

int
activity_points(const struct activity *a, int32_t day)
{
	int year, month, mday, points = 0;

	if (a->ended)
		return 0;
	date_civil(day, &year, &month, &mday);
	if (a->employees)
		points += ACTIVITY_EMPLOYEES;
	if (a->vat)
		points += ACTIVITY_VAT;
	if (a->accounts_year >= year - 2)
		points += ACTIVITY_ACCOUNTS;
	if (a->noted > day - 365 && a->noted <= day)
		points += ACTIVITY_RECENT;
	return points;
}
