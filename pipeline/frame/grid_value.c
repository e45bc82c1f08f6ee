#include <inttypes.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/num.h"

#include "pipeline/frame/grid_private.h"

enum { DIGITS = 40, EXPONENT_MAX = 40 };

/* A decimal number taken apart: its digits without the point, and how many of
 * them stand before it (also more than there are, or fewer than none). */
struct decimal {
	int minus;
	char digit[DIGITS];
	int n, point;
};

/* 0, or -1 where the text is no number of sensible length. */
static int
take_apart(const char *s, struct decimal *d)
{
	int any = 0, dot = 0, exponent = 0, minus = 0;

	memset(d, 0, sizeof(*d));
	d->minus = *s == '-';
	for (s += *s == '-' || *s == '+'; (*s >= '0' && *s <= '9') || (*s == '.' && !dot);
	    s++) {
		if (*s == '.') {
			dot = 1;
			continue;
		}
		any = 1;
		d->point += !dot;
		if (d->n == 0 && *s == '0') {	/* leading: only the point moves */
			d->point--;
			continue;
		}
		if (d->n == DIGITS)
			return -1;
		d->digit[d->n++] = *s;
	}
	if (any && (*s == 'e' || *s == 'E')) {
		s++;
		minus = *s == '-';
		s += *s == '-' || *s == '+';
		if (*s == '\0')
			return -1;
		for (; *s >= '0' && *s <= '9' && exponent <= EXPONENT_MAX; s++)
			exponent = exponent * 10 + *s - '0';
		d->point += minus ? -exponent : exponent;
	}
	while (d->n > 0 && d->digit[d->n - 1] == '0')
		d->n--;
	return !any || *s != '\0' || exponent > EXPONENT_MAX ? -1 : 0;
}

void
grid_number(const char *s, struct buf *out)
{
	struct decimal d;

	if (take_apart(s, &d) != 0) {
		buf_str(out, s);
		return;
	}
	if (d.n == 0) {
		buf_chr(out, '0');
		return;
	}
	if (d.minus)
		buf_chr(out, '-');
	if (d.point <= 0)
		buf_chr(out, '0');
	for (int i = 0; i < d.point; i++)
		buf_chr(out, i < d.n ? d.digit[i] : '0');
	if (d.point >= d.n)
		return;
	buf_chr(out, '.');
	for (int i = d.point; i < 0; i++)
		buf_chr(out, '0');
	for (int i = d.point > 0 ? d.point : 0; i < d.n; i++)
		buf_chr(out, d.digit[i]);
}

/* Seconds of the day of a fraction, ${digit} of it from ${i}. */
static int
seconds(const struct decimal *d)
{
	int64_t parts = 0, whole = 1;

	for (int i = 0; i < 10; i++, whole *= 10) {
		int at = d->point + i;

		parts = parts * 10 + (at >= 0 && at < d->n ? d->digit[at] - '0' : 0);
	}
	return (int)num_ratio(parts, whole, 86400);
}

void
grid_day(const char *number, int format, int from_1904, struct buf *out)
{
	struct decimal d;
	int64_t day = 0;
	int s = 0;
	char text[11];

	if (format == 0 || take_apart(number, &d) != 0 || d.minus || d.point > 7) {
		grid_number(number, out);
		return;
	}
	for (int i = 0; i < d.point; i++)
		day = day * 10 + (i < d.n ? d.digit[i] - '0' : 0);
	s = seconds(&d);
	day += s / 86400;
	s %= 86400;
	if (day > 2958465) {		/* 9999-12-31 */
		grid_number(number, out);
		return;
	}
	/* Excel has a 29 February 1900; nothing before it is a day of ours. */
	if ((format & XLSX_DAY) != 0 && (from_1904 || day > 60))
		buf_str(out, date_iso((int32_t)(from_1904 ? day - 24107 : day - 25569),
		    text));
	else if ((format & XLSX_DAY) != 0) {
		grid_number(number, out);
		return;
	}
	if ((format & XLSX_DAY) != 0 && s == 0)
		return;
	if (out->len > 0 && (format & XLSX_DAY) != 0)
		buf_chr(out, ' ');
	buf_printf(out, "%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
}

int
grid_format(const char *code)
{
	int shows = 0, month = 0;

	for (; *code != '\0' && *code != ';'; code++) {
		if (*code == '"') {
			code = strchr(code + 1, '"');
			if (code == NULL)
				break;
		} else if (*code == '\\' || *code == '_' || *code == '*') {
			if (*++code == '\0')
				break;
		} else if (*code == '[') {	/* a colour, a language; but [h] */
			shows |= strchr("hHmMsS", code[1]) != NULL && code[1] != '\0' &&
			    (code[2] == ']' || code[2] == code[1]) ? XLSX_TIME : 0;
			code += strcspn(code, "]");
			if (*code == '\0')
				break;
		} else if (strncmp(code, "General", 7) == 0)
			code += 6;
		else if (strchr("dDyY", *code) != NULL)
			shows |= XLSX_DAY;
		else if (strchr("hHsS", *code) != NULL)
			shows |= XLSX_TIME;
		else if (*code == 'm' || *code == 'M')
			month = 1;
	}
	/* by itself; in mm:ss it is minutes */
	return month && shows == 0 ? XLSX_DAY : shows;
}

int
grid_format_of(int id)
{
	if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 ||
	    (id >= 50 && id <= 58))
		return XLSX_DAY;
	if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47) || (id >= 32 && id <= 35))
		return XLSX_TIME;
	return id == 22 ? XLSX_DAY | XLSX_TIME : 0;
}

long
grid_column_of(const char *s)
{
	long n = 0;
	const char *p = s;

	for (; *p >= 'A' && *p <= 'Z' && p - s < 4; p++)
		n = n * 26 + *p - 'A' + 1;
	return p == s ? -1 : n - 1;
}
