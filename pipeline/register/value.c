#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/num.h"

#include "pipeline/register/value.h"

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * ${text} is mantissa * 10^exponent, trailing zeros of the mantissa gone: so
 * 150000.00, 1.5E5 and 150000 are the same.  -1: more digits than fit.
 */
static int
decimal(const char *text, size_t len, int64_t *mantissa, int *exponent)
{
	int64_t m = 0;
	int e = 0, shift = 0, minus, minus_e = 0, point = 0;
	size_t i;

	minus = len > 0 && text[0] == '-';
	for (i = (size_t)minus; i < len && (is_digit(text[i]) || text[i] == '.');
	    i++) {
		if (text[i] == '.') {
			point = 1;
			continue;
		}
		if (m > (INT64_MAX - 9) / 10)
			return -1;
		m = m * 10 + (text[i] - '0');
		shift -= point;
	}
	if (i < len) {
		i++;				/* e or E */
		if (i < len && (text[i] == '+' || text[i] == '-'))
			minus_e = text[i++] == '-';
		for (; i < len; i++) {
			if (e > 1000)
				return -1;
			e = e * 10 + (text[i] - '0');
		}
	}
	for (; m != 0 && m % 10 == 0; shift++)
		m /= 10;
	*mantissa = minus ? -m : m;
	*exponent = m == 0 ? 0 : shift + (minus_e ? -e : e);
	return 0;
}

/* Powers of ten that a double holds exactly. */
static const double tens[] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
	1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};

int
value_real(const char *text, size_t len, double *ret)
{
	int64_t m;
	int e;

	if (decimal(text, len, &m, &e) != 0 || e > 22 || e < -22)
		return -1;
	*ret = e >= 0 ? (double)m * tens[e] : (double)m / tens[-e];
	return 0;
}

static int
whole(const char *text, size_t len, int64_t *ret)
{
	int64_t m;
	int e;

	if (decimal(text, len, &m, &e) != 0 || m < 0 || e < 0 || e > 18)
		return -1;
	for (; e > 0; e--) {
		if (m > INT64_MAX / 10)
			return -1;
		m *= 10;
	}
	*ret = m;
	return 0;
}

static int
all_digits(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_digit(text[i]))
			return 0;
	return len > 0;
}

/* "90.201", or the five digits alone. */
static int
code(const char *text, size_t len, int32_t *ret)
{
	int32_t v = 0;

	if (len != 5 && (len != 6 || text[2] != '.'))
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (len == 6 && i == 2)
			continue;
		if (!is_digit(text[i]))
			return -1;
		v = v * 10 + (text[i] - '0');
	}
	*ret = v;
	return 0;
}

static enum value_ret
meaning(const char **why, const char *is)
{
	*why = is;
	return VALUE_MEANING;
}

static enum value_ret
string_store(struct unit *u, const struct unit_field *f, const char *text,
    size_t len, const char **why)
{
	void *place = (char *)u + f->offset;

	switch (f->type) {
	case UNIT_TEXT:
	case UNIT_SCALAR:
		return VALUE_TEXT;
	case UNIT_DATE:
		if (date_parse(text, len, place) != 0)
			return meaning(why, "is no day of the calendar");
		return VALUE_STORED;
	case UNIT_CODE:
		if (code(text, len, place) != 0)
			return meaning(why, "is no industry code of five digits");
		return VALUE_STORED;
	case UNIT_ORGNR:
		return num_orgnr(text, len, place, why) == 0 ? VALUE_STORED :
		    VALUE_MEANING;
	case UNIT_INT:
		if (!all_digits(text, len))
			return VALUE_TYPE;
		if (whole(text, len, place) != 0)
			return meaning(why, "is too large");
		return VALUE_STORED;
	case UNIT_LINES:
	case UNIT_NAMES:
	case UNIT_COUNT:
	case UNIT_BOOL:
	case UNIT_KIND:
	case UNIT_REAL:
		break;
	}
	return VALUE_TYPE;
}

static enum value_ret
number_store(struct unit *u, const struct unit_field *f, const char *text,
    size_t len, const char **why)
{
	void *place = (char *)u + f->offset;

	if (f->type == UNIT_SCALAR)
		return VALUE_TEXT;
	if (f->type == UNIT_INT) {
		if (whole(text, len, place) != 0)
			return meaning(why, "is no whole number from 0 up");
		return VALUE_STORED;
	}
	if (f->type == UNIT_REAL) {
		if (value_real(text, len, place) != 0)
			return meaning(why, "has too many digits");
		return VALUE_STORED;
	}
	return VALUE_TYPE;
}

enum value_ret
value_store(struct unit *u, const struct unit_field *f, enum value_kind kind,
    const char *text, size_t len, const char **why)
{
	if (kind == VALUE_STRING)
		return string_store(u, f, text, len, why);
	if (kind == VALUE_NUMBER)
		return number_store(u, f, text, len, why);
	if (kind == VALUE_OTHER)
		return VALUE_TYPE;
	if (f->type == UNIT_SCALAR)
		return VALUE_TEXT;
	if (f->type != UNIT_BOOL)
		return VALUE_TYPE;
	*(int32_t *)(void *)((char *)u + f->offset) = kind == VALUE_TRUE;
	return VALUE_STORED;
}
