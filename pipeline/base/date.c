#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/base/num.h"

#include "pipeline/base/date.h"

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char weekdays[] = "ThuFriSatSunMonTueWed";	/* 1970-01-01: Thu */

/* Howard Hinnant's algorithm, whole numbers only. */
void
date_civil(int32_t day, int *y, int *m, int *d)
{
	int z = day + 719468, era, doe, yoe, doy, mp;

	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp + (mp < 10 ? 3 : -9);
	*y = yoe + era * 400 + (*m <= 2);
}

static int
digits(const char *s, int n, int *ret)
{
	int v = 0, bad = 0;

	for (int i = 0; i < n; i++) {
		bad |= s[i] < '0' || s[i] > '9';
		v = v * 10 + (s[i] - '0');
	}
	*ret = v;
	return bad ? -1 : 0;
}

static int
civil_day(int y, int m, int d, int32_t *day)
{
	static const short before[] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
	};
	int leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);

	if (y < 1000 || y > 9999 || m < 1 || m > 12 || d < 1 ||
	    d > before[m] - before[m - 1] + (m == 2 && leap))
		return -1;
	*day = 365 * (y - 1) + (y - 1) / 4 - (y - 1) / 100 + (y - 1) / 400 +
	    before[m - 1] + (m > 2 && leap) + d - 719163;	/* 0001 to 1970 */
	return 0;
}

int
date_parse(const char *s, size_t len, int32_t *day)
{
	int y, m, d;

	if (len != 10 || s[4] != '-' || s[7] != '-' ||
	    digits(s, 4, &y) != 0 || digits(s + 5, 2, &m) != 0 ||
	    digits(s + 8, 2, &d) != 0)
		return -1;
	return civil_day(y, m, d, day);
}

int32_t
date_of(int64_t moment)
{
	int64_t d = moment / 86400;

	if (moment % 86400 < 0)
		d--;
	return (int32_t)d;
}

char *
date_iso(int32_t day, char out[static 11])
{
	int y, m, d;
	char text[40];

	if (day == DATE_NONE) {
		out[0] = '\0';
		return out;
	}
	date_civil(day, &y, &m, &d);
	snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
	memcpy(out, text, 10);
	out[10] = '\0';
	return out;
}

static void
split(int64_t moment, int32_t *day, int *h, int *mi, int *s)
{
	int rest;

	*day = date_of(moment);
	rest = (int)(moment - (int64_t)*day * 86400);
	*h = rest / 3600;
	*mi = rest / 60 % 60;
	*s = rest % 60;
}

char *
moment_iso(int64_t moment, char out[static 21])
{
	int32_t day;
	int h, mi, s;
	char text[40];

	if (moment == MOMENT_NONE) {
		out[0] = '\0';
		return out;
	}
	split(moment, &day, &h, &mi, &s);
	date_iso(day, out);
	snprintf(text, sizeof(text), "T%02d:%02d:%02dZ", h, mi, s);
	memcpy(out + 10, text, 11);
	return out;
}

char *
moment_mail(int64_t moment, char out[static 40])
{
	int32_t day;
	int h, mi, s, y, m, d;

	split(moment, &day, &h, &mi, &s);
	date_civil(day, &y, &m, &d);
	snprintf(out, 40, "%.3s, %02d %.3s %04d %02d:%02d:%02d +0000",
	    weekdays + 3 * (((day % 7) + 7) % 7), d, months + 3 * (m - 1), y,
	    h, mi, s);
	return out;
}

/* "hh:mm" or "hh:mm:ss" at ${s}; ${used} octets. */
static int
clock_text(const char *s, int *seconds, size_t *used)
{
	int h, mi, sec = 0;

	if (strlen(s) < 5 || digits(s, 2, &h) != 0 || s[2] != ':' ||
	    digits(s + 3, 2, &mi) != 0)
		return -1;
	*used = 5;
	if (s[5] == ':') {
		if (strlen(s) < 8 || digits(s + 6, 2, &sec) != 0)
			return -1;
		*used = 8;
	}
	if (h > 23 || mi > 59 || sec > 60)
		return -1;
	*seconds = h * 3600 + mi * 60 + sec;
	return 0;
}

int
moment_parse(const char *s, int64_t *moment)
{
	int32_t day;
	int seconds;
	size_t used;

	if (strlen(s) < 10 || date_parse(s, 10, &day) != 0)
		return -1;
	s += 10;
	if (*s == '\0') {
		*moment = (int64_t)day * 86400;
		return 0;
	}
	if ((*s != 'T' && *s != ' ') || clock_text(s + 1, &seconds, &used) != 0)
		return -1;
	s += 1 + used;
	if (*s == '.')
		for (s++; *s >= '0' && *s <= '9'; s++)
			;
	if (*s == 'Z')
		s++;
	if (*s != '\0')
		return -1;
	*moment = (int64_t)day * 86400 + seconds;
	return 0;
}

static int
month_of(const char *s)
{
	for (int m = 0; m < 12; m++)
		if (strncmp(s, months + 3 * m, 3) == 0)
			return m + 1;
	return 0;
}

static int
zone_of(const char *s, size_t len, int *offset)
{
	static const struct { const char *name; int offset; } zones[] = {
		{ "CET", 3600 }, { "CEST", 7200 }, { "UTC", 0 }, { "GMT", 0 },
	};

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (strlen(zones[i].name) == len &&
		    memcmp(s, zones[i].name, len) == 0) {
			*offset = zones[i].offset;
			return 0;
		}
	return -1;
}

/* "Fri Sep 11 04:27:17 CEST 2026" */
static int
java_date(const char *s, int64_t *moment)
{
	int m, d, y, seconds, offset;
	int32_t day;
	size_t used, zone;

	if (strlen(s) < 23 || s[3] != ' ' || (m = month_of(s + 4)) == 0 ||
	    s[7] != ' ' || digits(s + 8, 2, &d) != 0 || s[10] != ' ' ||
	    clock_text(s + 11, &seconds, &used) != 0 || used != 8 || s[19] != ' ')
		return -1;
	s += 20;
	zone = strcspn(s, " ");
	if (zone_of(s, zone, &offset) != 0 || s[zone] != ' ')
		return -1;
	s += zone + 1;
	if (strlen(s) != 4 || digits(s, 4, &y) != 0 || civil_day(y, m, d, &day) != 0)
		return -1;
	*moment = (int64_t)day * 86400 + seconds - offset;
	return 0;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7) */
static int
http_date(const char *s, int64_t *moment)
{
	int m, d, y, seconds;
	int32_t day;
	size_t used;

	if (strlen(s) != 29 || s[3] != ',' || digits(s + 5, 2, &d) != 0 ||
	    (m = month_of(s + 8)) == 0 || digits(s + 12, 4, &y) != 0 ||
	    clock_text(s + 17, &seconds, &used) != 0 || used != 8 ||
	    strcmp(s + 25, " GMT") != 0 || civil_day(y, m, d, &day) != 0)
		return -1;
	*moment = (int64_t)day * 86400 + seconds;
	return 0;
}

int
moment_http(const char *s, int64_t *moment)
{
	return java_date(s, moment) == 0 || http_date(s, moment) == 0 ? 0 : -1;
}

int64_t
clock_now(void)
{
	const char *fixed = getenv("SOURCE_DATE_EPOCH");
	int64_t t;

	if (fixed != NULL && num_int(fixed, 0, INT64_C(253402300799), &t) == 0)
		return t;
	return (int64_t)time(NULL);
}
