#include <idn2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"

#include "email/private.h"

/* RFC 5322 atext but the dot, as bits of the ASCII table. */
static int
is_atext(unsigned char c)
{
	static const char other[] = "!#$%&'*+-/=?^_`{|}~";

	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || (c != '\0' && strchr(other, c) != NULL);
}

static int
is_alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

static enum email_reason
wrong_char(unsigned char c, enum email_reason otherwise)
{
	if (c == ' ')
		return EMAIL_SPACE;
	return c == '(' || c == ')' ? EMAIL_COMMENT : otherwise;
}

/* Rule 4: code points that no address should hold. */
static int
unsafe_point(uint32_t cp)
{
	if (cp == ' ')
		return 0;
	return uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_C |
	    UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp | UC_CATEGORY_MASK_Zs);
}

static int
is_mark(uint32_t cp)
{
	return uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_M);
}

static int
unsafe_text(const char *s, size_t len)
{
	const uint8_t *p = (const uint8_t *)s;
	int first = 1;

	while (len > 0) {
		ucs4_t cp;
		int n = u8_mbtouc(&cp, p, len);

		if (cp >= 0x80 && (unsafe_point(cp) || (first && is_mark(cp))))
			return 1;
		first = cp == '@';
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* UTF-8 that was read as Latin-1 and encoded again: "bjÃ¸rn". */
static int
encoded_twice(const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;

	for (size_t i = 0; i + 3 < len; i++)
		if (p[i] == 0xc3 && p[i + 1] >= 0x82 && p[i + 1] <= 0x85 &&
		    p[i + 2] == 0xc2 && p[i + 3] >= 0x80 && p[i + 3] <= 0xbf)
			return 1;
	return 0;
}

/* Rule 7. */
static enum email_reason
check_local(const char *s, size_t len)
{
	enum email_reason dots = EMAIL_OK;

	if (len == 0)
		return EMAIL_EMPTY_LOCAL;
	if (len > EMAIL_LOCAL_MAX)
		return EMAIL_LOCAL_LONG;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '.') {
			if (i == 0 || i == len - 1 || s[i - 1] == '.')
				dots = EMAIL_LOCAL_DOT;
		} else if (c < 0x80 && !is_atext(c))
			return wrong_char(c, EMAIL_LOCAL_CHAR);
	}
	if (dots != EMAIL_OK)
		return dots;
	return encoded_twice(s, len) ? EMAIL_MOJIBAKE : EMAIL_OK;
}

/* Rule 9. */
static enum email_reason
check_domain_chars(const char *s, size_t len)
{
	if (len == 0)
		return EMAIL_EMPTY_DOMAIN;
	if (s[0] == '[')
		return EMAIL_DOMAIN_LITERAL;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x80 && !is_alnum(c) && c != '-' && c != '.')
			return wrong_char(c, EMAIL_DOMAIN_CHAR);
	}
	return EMAIL_OK;
}

/* Rule 10: U+3002, U+FF0E, U+FF61. */
static int
has_lookalike(const char *s, size_t len)
{
	for (size_t i = 0; i + 2 < len; i++)
		if (memcmp(s + i, "\xe3\x80\x82", 3) == 0 ||
		    memcmp(s + i, "\xef\xbc\x8e", 3) == 0 ||
		    memcmp(s + i, "\xef\xbd\xa1", 3) == 0)
			return 1;
	return 0;
}

/* Do the third and fourth characters of a label stand for "--", and the first
 * two not for "xn"? */
static int
reserved_hyphens(const char *l, size_t n)
{
	size_t i = 0, points = 0;

	if (n >= 2 && (l[0] | 0x20) == 'x' && (l[1] | 0x20) == 'n')
		return 0;
	/* characters, not octets: "æ--x" has its hyphens second and third */
	for (; i < n && points < 2; points++)
		for (i++; i < n && ((unsigned char)l[i] & 0xc0) == 0x80; )
			i++;
	return points == 2 && n - i >= 2 && l[i] == '-' && l[i + 1] == '-';
}

/* Rules 11 and 12. */
static enum email_reason
check_labels(const char *s, size_t len)
{
	enum email_reason hyphen = EMAIL_OK;

	for (size_t from = 0; from <= len; ) {
		const char *dot = memchr(s + from, '.', len - from);
		size_t end = dot != NULL ? (size_t)(dot - s) : len, n = end - from;
		const char *l = s + from;

		if (n == 0)
			return EMAIL_DOMAIN_DOT;
		if (l[0] == '-' || l[n - 1] == '-' || reserved_hyphens(l, n))
			hyphen = EMAIL_HYPHEN;
		from = end + 1;
	}
	return hyphen;
}

static enum email_reason
idn_fault(int code)
{
	if (code == IDN2_TOO_BIG_LABEL || code == IDN2_PUNYCODE_BIG_OUTPUT)
		return EMAIL_LABEL_LONG;
	return code == IDN2_TOO_BIG_DOMAIN ? EMAIL_DOMAIN_LONG : EMAIL_IDN;
}

/* Is a conversion needed, or will lower case do? */
static int
plain_ascii(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)s[i] >= 0x80)
			return 0;
		if (i + 4 <= len && (s[i] | 0x20) == 'x' && (s[i + 1] | 0x20) == 'n' &&
		    s[i + 2] == '-' && s[i + 3] == '-' && (i == 0 || s[i - 1] == '.'))
			return 0;
	}
	return 1;
}

/* Rule 13: the domain as lower-case A-labels, into ${out} of ${room}. */
static enum email_reason
to_alabels(const char *s, size_t len, char *out, size_t room)
{
	char *in, *done = NULL;
	int code;

	if (plain_ascii(s, len)) {
		if (len >= room)
			return EMAIL_DOMAIN_LONG;
		for (size_t i = 0; i < len; i++)
			out[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]);
		out[len] = '\0';
		return EMAIL_OK;
	}
	/* nothing this long comes out short enough; libidn2 need not see it */
	if (len > EMAIL_FIELD_MAX)
		return EMAIL_DOMAIN_LONG;
	in = mem_strn(s, len);
	/* Never USE_STD3_ASCII_RULES: it deletes what it should refuse. */
	code = idn2_lookup_u8((const uint8_t *)in, (uint8_t **)&done,
	    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	free(in);
	if (code != IDN2_OK)
		return idn_fault(code);
	if (strlen(done) >= room) {
		idn2_free(done);
		return EMAIL_DOMAIN_LONG;
	}
	strcpy(out, done);
	idn2_free(done);
	return EMAIL_OK;
}

/* Rules 14 to 17, on A-labels. */
static enum email_reason
check_alabels(const char *s)
{
	static const char *const special[] = { "arpa", "invalid", "local", "localhost",
		"onion", "test" };
	const char *last = s;
	size_t len = strlen(s), n;

	for (const char *l = s; ; l += n + 1) {
		n = strcspn(l, ".");
		if (n > EMAIL_LABEL_MAX)
			return EMAIL_LABEL_LONG;
		last = l;
		if (l[n] == '\0')
			break;
	}
	if (len > EMAIL_DOMAIN_MAX)
		return EMAIL_DOMAIN_LONG;
	if (last == s)
		return EMAIL_DOTLESS;
	n = strlen(last);
	if (n < 2 || last[n - 1] < 'a' || last[n - 1] > 'z')
		return EMAIL_TLD;
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (strcmp(last, special[i]) == 0)
			return EMAIL_SPECIAL_USE;
	return EMAIL_OK;
}

static enum email_reason
check_domain(const char *s, size_t len, char *out, size_t room)
{
	enum email_reason r;

	if ((r = check_domain_chars(s, len)) != EMAIL_OK)
		return r;
	if (has_lookalike(s, len))
		return EMAIL_DOT_LOOKALIKE;
	if ((r = check_labels(s, len)) != EMAIL_OK ||
	    (r = to_alabels(s, len, out, room)) != EMAIL_OK ||
	    (r = check_domain_chars(out, strlen(out))) != EMAIL_OK ||
	    (r = check_labels(out, strlen(out))) != EMAIL_OK)
		return r;
	return check_alabels(out);
}

/* Rules 5 and 6: where the one @ is. */
static enum email_reason
find_at(const char *s, size_t len, size_t *at)
{
	const char *first;

	if (s[0] == '"')
		return EMAIL_QUOTED_LOCAL;
	if (memchr(s, '<', len) != NULL || memchr(s, '>', len) != NULL)
		return EMAIL_DISPLAY_NAME;
	first = memchr(s, '@', len);
	if (first == NULL) {
		for (size_t i = 0; i + 2 < len; i++)
			if (memcmp(s + i, "\xef\xbc\xa0", 3) == 0 ||
			    memcmp(s + i, "\xef\xb9\xab", 3) == 0)
				return EMAIL_FULLWIDTH_AT;
		return EMAIL_NO_AT;
	}
	*at = (size_t)(first - s);
	return memchr(first + 1, '@', len - *at - 1) != NULL ? EMAIL_MANY_AT : EMAIL_OK;
}

/* The local part in NFC, into ${out}; rule 8 is rule 7 again. */
static enum email_reason
normal_local(const char *s, size_t len, char out[EMAIL_MAX + 1], size_t *outlen,
    int *ascii)
{
	size_t n = 0;
	uint8_t *nfc;
	enum email_reason r;

	*ascii = 1;
	for (size_t i = 0; i < len; i++)
		*ascii &= (unsigned char)s[i] < 0x80;
	if (*ascii) {
		memcpy(out, s, len);
		out[len] = '\0';
		*outlen = len;
		return EMAIL_OK;
	}
	nfc = u8_normalize(UNINORM_NFC, (const uint8_t *)s, len, NULL, &n);
	if (nfc == NULL)
		return EMAIL_UTF8;
	r = check_local((const char *)nfc, n);
	if (r == EMAIL_OK) {
		memcpy(out, nfc, n);
		out[n] = '\0';
		*outlen = n;
	}
	free(nfc);
	return r;
}

static enum email_reason
check(const struct email_rules *rules, const char *s, size_t len,
    struct email *e)
{
	char domain[1024], local[EMAIL_MAX + 1];
	size_t at = 0, locallen = 0;
	enum email_reason r;
	int ascii, plain = 1;

	if (!utf8_valid(s, len))
		return EMAIL_UTF8;
	if (len == 0)
		return EMAIL_EMPTY;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return EMAIL_CONTROL;
		plain &= (unsigned char)s[i] < 0x80;
	}
	if (!plain && unsafe_text(s, len))
		return EMAIL_UNSAFE;
	if ((r = find_at(s, len, &at)) != EMAIL_OK ||
	    (r = check_local(s, at)) != EMAIL_OK ||
	    (r = normal_local(s, at, local, &locallen, &ascii)) != EMAIL_OK ||
	    (r = check_domain(s + at + 1, len - at - 1, domain, sizeof(domain))) !=
	    EMAIL_OK)
		return r;
	if (len > EMAIL_MAX || locallen + 1 + strlen(domain) > EMAIL_MAX)
		return EMAIL_TOO_LONG;
	memcpy(e->address, local, locallen);
	e->address[locallen] = '@';
	strcpy(e->address + locallen + 1, domain);
	if (email_make_key(local, locallen, domain, e->key, sizeof(e->key)) != 0) {
		e->address[0] = '\0';
		return EMAIL_UTF8;
	}
	if (!ascii)
		e->flags |= EMAIL_SMTPUTF8;
	if (rules != NULL)
		e->flags |= email_flags_of(rules, e->address, e->key);
	return EMAIL_OK;
}

void
email_check_strict(const struct email_rules *rules, const char *s, size_t len,
    struct email *ret)
{
	ret->flags = ret->repairs = 0;
	ret->address[0] = ret->key[0] = ret->suggestion[0] = '\0';
	ret->reason = check(rules, s, len, ret);
}

/* A valid address with letters that were encoded twice all the same, the way
 * Windows-1252 shows them: what it was before. */
static void
suggest_letters(const struct email_rules *rules, struct email *e)
{
	struct email_work *w = mem_alloc(sizeof(*w));
	struct email got;

	if (email_work_set(w, rules, e->address, strlen(e->address)) == 0 &&
	    email_decode_twice(w) && email_work_valid(w, &got))
		strcpy(e->suggestion, got.address);
	free(w);
}

void
email_check(const struct email_rules *rules, const char *s, size_t len,
    struct email *ret)
{
	email_check_strict(rules, s, len, ret);
	if (rules == NULL)
		return;
	if (ret->reason != EMAIL_OK) {
		email_suggest(rules, s, len, ret);
		return;
	}
	if ((ret->flags & EMAIL_SMTPUTF8) != 0)
		suggest_letters(rules, ret);
	if (ret->suggestion[0] == '\0' &&
	    email_typo_of(rules, ret->address, ret->suggestion))
		ret->flags |= EMAIL_TYPO;
}
