#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "email/email.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/json.h"
#include "pipeline/base/utf8.h"

#include "pipeline/frame/review.h"

static const struct { const char *code, *nb, *en; } why[REVIEW_WHYS] = {
	[REVIEW_HELD] = { "held", "Ikke brukt før noen har avgjort det",
	    "Not used before somebody decides" },
	[REVIEW_UNUSABLE] = { "unusable", "Kan ikke brukes, men noe annet var trolig ment",
	    "Not usable, but something else was probably meant" },
	[REVIEW_DEAD] = { "dead-domain", "Domenet tar ikke imot e-post",
	    "The domain takes no mail" },
	[REVIEW_TYPO] = { "typo", "Brukes, men ligner en skrivefeil i et kjent domene",
	    "Used, but looks like a slip in a known domain" },
	[REVIEW_RARE] = { "rare-domain",
	    "Brukes, men domenet er nesten likt et som langt flere har",
	    "Used, but the domain is nearly one that far more units have" },
	[REVIEW_SEVERAL] = { "several", "Brukes, den første av flere i feltet",
	    "Used, the first of several in its field" },
};

const char *
review_code(enum review_why w)
{
	return why[w].code;
}

const char *
review_text(enum review_why w, enum lang lang)
{
	return lang == LANG_EN ? why[w].en : why[w].nb;
}

static void
domain_note(struct buf *b, const char *domain, int64_t users,
    enum mx_verdict dns, enum lang lang)
{
	if (domain[0] == '\0')
		return;
	buf_str(b, "      ");
	utf8_clean(b, domain, strlen(domain));
	buf_printf(b, lang == LANG_EN ? ": units %" PRId64 : ": enheter %" PRId64, users);
	if (dns != MX_UNKNOWN)
		buf_printf(b, ", %s", mx_text(dns, lang));
	buf_chr(b, '\n');
}

void
review_print(const struct review *v, enum lang lang, struct buf *b)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct review_row *r = &v->row[i];

		if (i == 0 || v->row[i - 1].why != r->why)
			buf_printf(b, "%s%s: %zu\n", i > 0 ? "\n" : "",
			    review_text(r->why, lang), v->of[r->why]);
		buf_printf(b, "  %s  ", r->unit->key);
		utf8_clean(b, r->unit->email_raw, strlen(r->unit->email_raw));
		if (r->suggestion[0] != '\0')
			buf_printf(b, "  -> %s", r->suggestion);
		if (r->code[0] != '\0')
			buf_printf(b, "  (%s)", r->code);
		buf_chr(b, '\n');
		if (r->why == REVIEW_SEVERAL)
			continue;
		domain_note(b, r->domain, r->users, r->dns, lang);
		domain_note(b, r->suggested, r->suggested_users, r->suggested_dns,
		    lang);
	}
	if (v->n == 0)
		buf_str(b, lang == LANG_EN ? "Nothing to look at.\n" :
		    "Ingenting å se på.\n");
}

/* What Excel would take for a formula gets an apostrophe before it. */
static void
put(struct buf *b, int excel, int first, const char *text)
{
	struct buf safe = BUF(1 << 16);

	if (excel && text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL)
		buf_chr(&safe, '\'');
	buf_str(&safe, text);
	csv_put(b, excel ? ';' : ',', first, buf_text(&safe));
	buf_free(&safe);
}

void
review_csv(const struct review *v, int excel, enum lang lang, struct buf *b)
{
	static const char *const head[][2] = { { "enhet", "unit" },
		{ "registrert", "registered" }, { "rettet", "corrected" },
		{ "av", "by" }, { "dato", "date" }, { "hvorfor", "why" },
		{ "kode", "code" }, { "forslag", "suggestion" },
		{ "enheter", "users" }, { "forslag_enheter", "suggested_users" },
		{ "dns", "dns" }, { "forslag_dns", "suggested_dns" } };
	const char *end = excel ? "\r\n" : "\n";
	char number[32];

	if (excel)
		buf_str(b, "\xef\xbb\xbf");
	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		put(b, excel, i == 0, head[i][lang == LANG_EN]);
	buf_str(b, end);
	for (size_t i = 0; i < v->n; i++) {
		const struct review_row *r = &v->row[i];

		put(b, excel, 1, r->unit->key);
		put(b, excel, 0, r->unit->email_raw);
		for (int empty = 0; empty < 3; empty++)
			put(b, excel, 0, "");
		put(b, excel, 0, review_code(r->why));
		put(b, excel, 0, r->code);
		put(b, excel, 0, r->suggestion);
		snprintf(number, sizeof(number), "%" PRId64, r->users);
		put(b, excel, 0, number);
		snprintf(number, sizeof(number), "%" PRId64, r->suggested_users);
		put(b, excel, 0, number);
		put(b, excel, 0, r->dns == MX_UNKNOWN ? "" : mx_code(r->dns));
		put(b, excel, 0, r->suggested_dns == MX_UNKNOWN ? "" :
		    mx_code(r->suggested_dns));
		buf_str(b, end);
	}
}

void
review_json(const struct review *v, struct buf *b)
{
	struct json j;

	for (size_t i = 0; i < v->n; i++) {
		const struct review_row *r = &v->row[i];

		json_begin(&j, b, 0);
		json_object(&j);
		json_kstr(&j, "unit", r->unit->key);
		json_kstr(&j, "registered", r->unit->email_raw);
		json_kstr(&j, "why", review_code(r->why));
		json_kstr(&j, "code", r->code);
		json_kstr(&j, "address", r->address);
		json_kstr(&j, "suggestion", r->suggestion);
		json_kstr(&j, "domain", r->domain);
		json_kint(&j, "users", r->users);
		json_kstr(&j, "dns", mx_code(r->dns));
		json_kstr(&j, "suggested_domain", r->suggested);
		json_kint(&j, "suggested_users", r->suggested_users);
		json_kstr(&j, "suggested_dns", mx_code(r->suggested_dns));
		json_end(&j);
		buf_chr(b, '\n');
	}
}
