#include "pipeline/base/date.h"

#include "pipeline/frame/activity.h"

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
