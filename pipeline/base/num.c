#include <string.h>

#include "pipeline/base/num.h"

int
num_int(const char *s, int64_t min, int64_t max, int64_t *ret)
{
	int64_t v = 0;
	int minus = *s == '-';

	if (minus)
		s++;
	if (*s == '\0')
		return -1;
	for (; *s != '\0'; s++) {
		int d = *s - '0';

		if (d < 0 || d > 9 || v < (INT64_MIN + d) / 10)
			return -1;
		v = v * 10 - d;		/* kept negative: it reaches further */
	}
	if (!minus && v < -INT64_MAX)
		return -1;
	if (!minus)
		v = -v;
	if (v < min || v > max)
		return -1;
	*ret = v;
	return 0;
}

int
num_real(const char *s, double min, double max, double *ret)
{
	double v = 0, scale = 1;
	int minus = *s == '-', n = 0, seen = 0;

	if (minus)
		s++;
	for (; *s != '\0'; s++) {
		if ((*s == '.' || *s == ',') && !seen && n > 0) {
			seen = 1;
			continue;
		}
		if (*s < '0' || *s > '9' || ++n > 18)
			return -1;
		v = v * 10 + (*s - '0');
		if (seen)
			scale *= 10;
	}
	if (n == 0 || s[-1] == '.' || s[-1] == ',')
		return -1;
	v /= scale;
	if (minus)
		v = -v;
	if (!(v >= min && v <= max))
		return -1;
	*ret = v;
	return 0;
}

int
num_share(const char *s, double *ret)
{
	char text[32];
	size_t n = strlen(s);
	double v;

	if (n == 0 || n >= sizeof(text))
		return -1;
	memcpy(text, s, n + 1);
	if (text[n - 1] != '%')
		return num_real(text, 0, 1, ret);
	text[--n] = '\0';
	while (n > 0 && text[n - 1] == ' ')
		text[--n] = '\0';
	if (num_real(text, 0, 100, &v) != 0)
		return -1;
	*ret = v / 100;
	return 0;
}

/* A whole number and one unit letter out of ${letters}. */
static int
with_unit(const char *s, const char *letters, const int64_t *factor,
    int64_t *ret)
{
	char text[32];
	size_t n = strlen(s);
	int64_t v, f = 1;
	const char *l;

	if (n == 0 || n >= sizeof(text))
		return -1;
	memcpy(text, s, n + 1);
	l = strchr(letters, text[n - 1]);
	if (l != NULL) {
		f = factor[l - letters];
		text[n - 1] = '\0';
	}
	if (num_int(text, 0, INT64_MAX / f, &v) != 0)
		return -1;
	*ret = v * f;
	return 0;
}

int
num_size(const char *s, int64_t *ret)
{
	static const int64_t factor[] = {
		1024, 1024, INT64_C(1) << 20, INT64_C(1) << 30 };

	return with_unit(s, "kKMG", factor, ret);
}

int
num_span(const char *s, int64_t *ret)
{
	static const int64_t factor[] = { 1, 60, 3600, 86400 };

	return with_unit(s, "smhd", factor, ret);
}

int
num_bool(const char *s, int *ret)
{
	static const struct { const char *word; int value; } words[] = {
		{ "yes", 1 }, { "true", 1 }, { "on", 1 }, { "1", 1 },
		{ "no", 0 }, { "false", 0 }, { "off", 0 }, { "0", 0 },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(s, words[i].word) == 0) {
			*ret = words[i].value;
			return 0;
		}
	return -1;
}

int
num_orgnr_digit(int32_t eight)
{
	static const int weight[8] = { 2, 3, 4, 5, 6, 7, 2, 3 };
	int sum = 0;

	for (int i = 0; i < 8; i++) {
		sum += (int)(eight % 10) * weight[i];
		eight /= 10;
	}
	sum %= 11;
	if (sum == 0)
		return 0;
	return sum == 1 ? -1 : 11 - sum;
}

int
num_orgnr(const char *s, size_t len, int32_t *ret, const char **why)
{
	static const char *const wrong[] = { "is empty", "has 1 digit",
		"has 2 digits", "has 3 digits", "has 4 digits", "has 5 digits",
		"has 6 digits", "has 7 digits", "has 8 digits" };
	static const int weight[9] = { 3, 2, 7, 6, 5, 4, 3, 2, 1 };
	int32_t v = 0;
	int sum = 0;

	for (size_t i = 0; i < len; i++)
		if (s[i] < '0' || s[i] > '9') {
			*why = "is not a number";
			return -1;
		}
	if (len != 9) {
		*why = len < 9 ? wrong[len] : "has more than 9 digits";
		return -1;
	}
	for (size_t i = 0; i < 9; i++) {
		v = v * 10 + (s[i] - '0');
		sum += (s[i] - '0') * weight[i];
	}
	/* num_orgnr_digit(), all nine at once */
	if (sum % 11 != 0) {
		*why = "has a wrong check digit";
		return -1;
	}
	*ret = v;
	return 0;
}

int64_t
num_ratio(int64_t num, int64_t den, int64_t scale)
{
	__extension__ typedef __int128 wide;
	wide n = (wide)num * scale, q = n / den, rest = n % den;

	if (rest < 0)
		rest = -rest;
	if (rest * 2 >= den)
		q += n < 0 ? -1 : 1;
	return (int64_t)q;
}
