#include <math.h>
#include <string.h>

#include "pipeline/base/num.h"

#include "pipeline/tables/rates.h"

/* Letters as bits, so that a rate is two sets and not a formula in code. */
enum {
	B_I = 1 << RATES_I, B_P = 1 << RATES_P, B_R = 1 << RATES_R,
	B_NC = 1 << RATES_NC, B_O = 1 << RATES_O,
	B_K = B_I | B_P | B_R | B_NC | B_O,
	B_U = 1 << RATES_UH | 1 << RATES_UR | 1 << RATES_UO,
	B_EU = 1 << RATES_LETTERS,	/* the unknown, each class times its e */
};

static const struct {
	const char *name;
	unsigned num, den;
	const char *formula;
} rate_table[RATES_RATES] = {
	[RATES_RR1] = { "RR1", B_I, B_K | B_U, "I / (K + U)" },
	[RATES_RR2] = { "RR2", B_I | B_P, B_K | B_U, "(I + P) / (K + U)" },
	[RATES_RR3] = { "RR3", B_I, B_K | B_EU, "I / (K + eU)" },
	[RATES_RR4] = { "RR4", B_I | B_P, B_K | B_EU, "(I + P) / (K + eU)" },
	[RATES_RR5] = { "RR5", B_I, B_K, "I / K" },
	[RATES_RR6] = { "RR6", B_I | B_P, B_K, "(I + P) / K" },
	[RATES_COOP1] = { "COOP1", B_I, B_I | B_P | B_R | B_O,
	    "I / (I + P + R + O)" },
	[RATES_COOP2] = { "COOP2", B_I | B_P, B_I | B_P | B_R | B_O,
	    "(I + P) / (I + P + R + O)" },
	[RATES_COOP3] = { "COOP3", B_I, B_I | B_P | B_R, "I / (I + P + R)" },
	[RATES_COOP4] = { "COOP4", B_I | B_P, B_I | B_P | B_R,
	    "(I + P) / (I + P + R)" },
	[RATES_REF1] = { "REF1", B_R, B_K | B_U, "R / (K + U)" },
	[RATES_REF2] = { "REF2", B_R, B_K | B_EU, "R / (K + eU)" },
	[RATES_REF3] = { "REF3", B_R, B_K, "R / K" },
	[RATES_CON1] = { "CON1", B_I | B_P | B_R | B_O, B_K | B_U,
	    "(I + P + R + O) / (K + U)" },
	[RATES_CON2] = { "CON2", B_I | B_P | B_R | B_O, B_K | B_EU,
	    "(I + P + R + O) / (K + eU)" },
	[RATES_CON3] = { "CON3", B_I | B_P | B_R | B_O, B_K,
	    "(I + P + R + O) / K" },
	[RATES_LOC1] = { "LOC1", B_K, B_K | B_U, "K / (K + U)" },
	[RATES_LOC2] = { "LOC2", B_K, B_K | B_EU, "K / (K + eU)" },
};

static const char *const letter_table[RATES_LETTERS] = {
	"I", "P", "R", "NC", "O", "UH", "UR", "UO", "NE" };

const char *
rates_letter_name(enum rates_letter l)
{
	return letter_table[l];
}

const char *
rates_name(enum rates_rate r)
{
	return rate_table[r].name;
}

const char *
rates_formula(enum rates_rate r)
{
	return rate_table[r].formula;
}

int
rates_letter_of(const char *code)
{
	/* by the first two digits; -1 where the edition defines nothing */
	static const int one[10] = { RATES_I, RATES_I, RATES_P,
		-1, -1, -1, -1, -1, -1, -1 };
	static const int two[10] = { RATES_O, RATES_R, RATES_NC, RATES_O,
		-1, -1, -1, -1, -1, RATES_O };
	static const int three[10] = { -1, RATES_UH, RATES_UR, RATES_UO,
		RATES_UO, RATES_UO, -1, -1, -1, RATES_UO };
	char digits[8];
	size_t n = 0;
	int second;

	for (const char *s = code; *s != '\0'; s++) {
		if (*s == '.' && s == code + 1 && s[1] != '\0')
			continue;
		if (*s < '0' || *s > '9' || n == sizeof(digits))
			return -1;
		digits[n++] = *s;
	}
	if (n == 0)
		return -1;
	if (digits[0] == '4')
		return RATES_NE;
	if (n == 1)
		return -1;
	second = digits[1] - '0';
	switch (digits[0]) {
	case '1':
		return one[second];
	case '2':
		return two[second];
	case '3':
		return three[second];
	default:
		return -1;
	}
}

/*
 * A decimal as programs write it, exponent allowed ("1e-05"), decimal comma
 * too, never through the locale.  Nineteen digits are kept; long double holds
 * them and the powers of ten used here, so that one rounding is left.
 */
static int
decimal(const char *s, double *ret)
{
	static const int e_max = 30;
	uint64_t m = 0;
	long double v;
	int digits = 0, kept = 0, point = 0, scale = 0, e = 0, minus = 0;

	if (strlen(s) > 64)
		return -1;
	for (; *s != '\0' && *s != 'e' && *s != 'E'; s++) {
		if ((*s == '.' || *s == ',') && !point && digits > 0) {
			point = 1;
			continue;
		}
		if (*s < '0' || *s > '9')
			return -1;
		digits++;
		if (kept < 19) {
			m = m * 10 + (uint64_t)(*s - '0');
			kept += m > 0;
			scale -= point;
		} else
			scale += !point;
	}
	if (digits == 0 || s[-1] == '.' || s[-1] == ',')
		return -1;
	if (*s != '\0') {
		s++;
		minus = *s == '-';
		if (*s == '-' || *s == '+')
			s++;
		if (*s == '\0')
			return -1;
		for (; *s != '\0'; s++) {
			if (*s < '0' || *s > '9' || e > e_max)
				return -1;
			e = e * 10 + (*s - '0');
		}
	}
	scale += minus ? -e : e;
	v = (long double)m;
	for (; scale > 0; scale--)
		v *= 10;
	if (scale < 0)
		v /= powl(10, -scale);
	*ret = (double)v;
	return 0;
}

/* "0.5", "13/14": 0 to 1. */
static int
share_real(const char *s, double *ret)
{
	const char *slash = strchr(s, '/');
	double a, b = 1;
	char text[32];

	if (slash != NULL) {
		if ((size_t)(slash - s) >= sizeof(text))
			return -1;
		memcpy(text, s, (size_t)(slash - s));
		text[slash - s] = '\0';
		if (decimal(text, &a) != 0 || decimal(slash + 1, &b) != 0)
			return -1;
	} else if (decimal(s, &a) != 0)
		return -1;
	if (!(b > 0 && a <= b))
		return -1;
	*ret = a / b;
	return 0;
}

/* "UH:0.4,UR:0.7,UO:0.2": each at most once, in any order, some may be left
 * out. */
static int
by_class(struct rates_in *in, const char *value)
{
	double e[3] = { NAN, NAN, NAN };
	char text[32];
	size_t n;
	int c;

	for (const char *s = value;; s += n + 1) {
		n = strcspn(s, ",");
		if (n < 4 || n >= sizeof(text) || s[0] != 'U' || s[2] != ':')
			return -1;
		c = s[1] == 'H' ? 0 : s[1] == 'R' ? 1 : s[1] == 'O' ? 2 : -1;
		memcpy(text, s, n);
		text[n] = '\0';
		if (c < 0 || !isnan(e[c]) || share_real(text + 3, &e[c]) != 0)
			return -1;
		if (s[n] == '\0')
			break;
	}
	in->basis = RATES_E_CLASS;
	memcpy(in->e, e, sizeof(e));
	return 0;
}

int
rates_option(struct rates_in *in, const char *name, const char *value,
    struct err *err)
{
	double v;

	for (size_t l = 0; l < RATES_LETTERS; l++) {
		if (strcmp(name, letter_table[l]) != 0)
			continue;
		if (decimal(value, &v) != 0 || v > RATES_COUNT_MAX)
			return err_set(err, EX_USAGE, "--%s wants a count from "
			    "0 to 10^12, not \"%s\"", name, value);
		in->count[l] = v;
		return 0;
	}
	if (strcmp(name, "e") != 0)
		return err_set(err, EX_USAGE, "unknown option \"--%s\"; the "
		    "letters are I P R NC O UH UR UO NE, and e", name);
	if (strchr(value, ':') != NULL) {
		if (by_class(in, value) != 0)
			return err_set(err, EX_USAGE, "--e wants one share for "
			    "each class as in \"UH:0.4,UR:0.7,UO:0.2\", not \"%s\"",
			    value);
		return 0;
	}
	if (share_real(value, &v) != 0)
		return err_set(err, EX_USAGE,
		    "--e wants a share from 0 to 1, not \"%s\"", value);
	in->basis = RATES_E_ONE;
	in->e[0] = in->e[1] = in->e[2] = v;
	return 0;
}

static double
sum(const double *count, unsigned set)
{
	double v = 0;

	for (size_t l = 0; l < RATES_LETTERS; l++)
		if (set & 1u << l)
			v += count[l];
	return v;
}

double
rates_eligible(const struct rates_in *in)
{
	double k = sum(in->count, B_K), all = k + in->count[RATES_NE];

	return all > 0 ? k / all : NAN;
}

int
rates_compute(const struct rates_in *in, struct rates *ret, struct err *err)
{
	double estimate = rates_eligible(in);

	memset(ret, 0, sizeof(*ret));
	ret->k = sum(in->count, B_K);
	ret->u = sum(in->count, B_U);
	for (size_t c = 0; c < 3; c++) {
		ret->e[c] = in->basis == RATES_E_ESTIMATED ? estimate : in->e[c];
		/* no cases, no need for an e: 0 times undefined is 0 here */
		if (!(in->count[RATES_UH + c] > 0))
			continue;
		if (isnan(ret->e[c]) && in->basis == RATES_E_CLASS)
			return err_set(err, EX_USAGE, "%s has cases, and --e "
			    "gives no share for it", letter_table[RATES_UH + c]);
		ret->eu += ret->e[c] * in->count[RATES_UH + c];
	}
	for (size_t r = 0; r < RATES_RATES; r++) {
		ret->num[r] = sum(in->count, rate_table[r].num);
		ret->den[r] = sum(in->count, rate_table[r].den);
		if (rate_table[r].den & B_EU)
			ret->den[r] += ret->eu;
		ret->rate[r] = ret->den[r] > 0 ? ret->num[r] / ret->den[r] : NAN;
	}
	return 0;
}

void
rates_json(const struct rates_in *in, const struct rates *r,
    enum interval_kind kind, struct json *j)
{
	static const char *const basis[] = {
		[RATES_E_ESTIMATED] = "K/(K+NE)",
		[RATES_E_ONE] = "given",
		[RATES_E_CLASS] = "given by class",
	};

	for (size_t i = 0; i < RATES_RATES; i++)
		json_kreal(j, rate_table[i].name, r->rate[i]);
	json_key(j, "e");
	if (in->basis == RATES_E_CLASS) {
		json_object(j);
		for (size_t c = 0; c < 3; c++)
			json_kreal(j, letter_table[RATES_UH + c], r->e[c]);
		json_end(j);
	} else
		json_real(j, r->e[0]);
	json_kstr(j, "e_basis", basis[in->basis]);
	json_key(j, "counts");
	json_object(j);
	for (size_t l = 0; l < RATES_LETTERS; l++)
		json_kreal(j, letter_table[l], in->count[l]);
	json_kreal(j, "K", r->k);
	json_kreal(j, "U", r->u);
	json_kreal(j, "eU", r->eu);
	json_end(j);
	json_key(j, "intervals");
	json_object(j);
	json_kstr(j, "interval", interval_name(kind));
	for (size_t i = 0; i < RATES_RATES; i++) {
		double low, high;

		interval_of(kind, r->num[i], r->den[i], &low, &high);
		json_key(j, rate_table[i].name);
		json_array(j);
		json_real(j, low);
		json_real(j, high);
		json_end(j);
	}
	json_end(j);
}

void
rates_reduce(int64_t *num, int64_t *den)
{
	int64_t a = *num, b = *den;

	while (b != 0) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	*num /= a;
	*den /= a;
}

int
rates_share(const char *text, int64_t *num, int64_t *den)
{
	char copy[32];
	size_t n = strlen(text);
	char *slash, *mark;
	int64_t a, b = 1;

	if (n == 0 || n >= sizeof(copy))
		return -1;
	memcpy(copy, text, n + 1);
	if (copy[n - 1] == '%') {
		for (n--; n > 0 && copy[n - 1] == ' ';)
			n--;
		copy[n] = '\0';
		b = 100;
	}
	if ((slash = strchr(copy, '/')) != NULL) {
		*slash = '\0';
		if (b != 1 || num_int(slash + 1, 1, RATES_SHARE_DEN, &b) != 0)
			return -1;
	} else if ((mark = strpbrk(copy, ".,")) != NULL) {
		/* the digits move up over the mark: 0.20 is 020/100 */
		if (mark == copy || mark[1] == '\0')
			return -1;
		memmove(mark, mark + 1, strlen(mark));
		for (char *s = mark; *s != '\0'; s++)
			if ((b *= 10) > RATES_SHARE_DEN)
				return -1;
	}
	if (copy[0] == '-' || num_int(copy, 0, b, &a) != 0)
		return -1;
	rates_reduce(&a, &b);
	*num = a;
	*den = b;
	return 0;
}

/* Shares of sent or delivered, with e on those who said nothing. */
static double
rr3(double answered, double unknown, double e)
{
	double den = answered + e * unknown;

	return unknown >= 0 && den > 0 ? answered / den : NAN;
}

static double
over(int64_t num, int64_t den)
{
	return den > 0 ? (double)num / (double)den : NAN;
}

int
rates_study(const struct rates_line *in, struct rates_study *ret,
    struct err *err)
{
	static const int64_t max = 1000000000;
	int64_t l, a_num, a_den;
	double a;

	memset(ret, 0, sizeof(*ret));
	if (in->sent < 0 || in->returned < 0 || in->not_located < 0 ||
	    in->answered < 0 || in->sent > max || in->returned > max ||
	    in->not_located > max || in->answered > max)
		return err_set(err, EX_DATAERR,
		    "rates: a count is not between 0 and 10^9");
	if (in->active_den <= 0 || in->active_num < 0 ||
	    in->active_num > in->active_den)
		return err_set(err, EX_DATAERR,
		    "rates: the active share is not between 0 and 1");
	a_num = in->active_num;
	a_den = in->active_den;
	rates_reduce(&a_num, &a_den);
	if (a_den > RATES_SHARE_DEN)
		return err_set(err, EX_DATAERR,
		    "rates: the active share has more than six decimals");
	a = (double)a_num / (double)a_den;

	ret->delivered = l = in->sent - in->returned - in->not_located;
	ret->rr1_unknown = over(in->answered, in->sent);
	ret->rr3_unknown = a_num == 0 ? NAN : rr3((double)in->answered,
	    (double)(in->sent - in->answered), a);
	ret->gross = ret->active = ret->net = ret->e = ret->rr1_ne =
	    ret->rr3_ne = ret->gross_low = ret->gross_high = NAN;
	if (l <= 0) {
		ret->flags = RATES_NONE_DELIVERED;
		if (l == 0 && a_num > 0) {	/* a share of nothing: nothing */
			ret->active_den = 1;
			ret->active = 0;
		}
		return 0;
	}
	ret->gross_num = in->answered;
	ret->gross_den = l;
	ret->gross = ret->rr1_ne = over(ret->gross_num, ret->gross_den);
	interval_wilson((double)in->answered, (double)l, &ret->gross_low,
	    &ret->gross_high);
	if (a_num == 0)
		return 0;
	ret->active_num = l * a_num;
	ret->active_den = a_den;
	ret->net_num = in->answered * a_den;
	ret->net_den = l * a_num;
	ret->active = over(ret->active_num, ret->active_den);
	ret->net = over(ret->net_num, ret->net_den);
	ret->rr3_ne = rr3((double)in->answered, (double)(l - in->answered), a);
	if (in->answered < l)
		ret->e = (double)(l * a_num - in->answered * a_den) /
		    ((double)(l - in->answered) * (double)a_den);
	if (in->answered * a_den > l * a_num)
		ret->flags |= RATES_OVER_ACTIVE;
	if (ret->e < 0)
		ret->flags |= RATES_E_NEGATIVE;
	return 0;
}

const char *
rates_flags(unsigned flags)
{
	static const char *const text[8] = {
		"", "besvart>aktive", "e_ekv<0", "besvart>aktive;e_ekv<0",
		"levert=0", "", "", "" };

	return text[flags & 7];
}
