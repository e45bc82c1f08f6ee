#include <stdio.h>

#include "email/email.h"

static const struct {
	const char *code, *nb, *en;
} reasons[EMAIL_REASONS] = {
	[EMAIL_OK] = { "ok", "Adressen er gyldig.", "The address is valid." },
	[EMAIL_UTF8] = { "utf8", "Teksten er ikke gyldig UTF-8.", "The text is not well-formed UTF-8." },
	[EMAIL_EMPTY] = { "empty", "Feltet er tomt.", "The field is empty." },
	[EMAIL_CONTROL] = { "control", "Teksten har styretegn.", "The text holds control characters." },
	[EMAIL_UNSAFE] = { "unsafe", "Teksten har usynlige eller ikke tildelte tegn.", "The text holds invisible or unassigned characters." },
	[EMAIL_QUOTED_LOCAL] = { "quoted_local", "Adressen begynner med anførselstegn.", "The address begins with a quotation mark." },
	[EMAIL_DISPLAY_NAME] = { "display_name", "Teksten har vinkelparenteser, som et navn foran en adresse.", "The text holds angle brackets, as a name before an address." },
	[EMAIL_MANY_AT] = { "many_at", "Teksten har mer enn én krøllalfa.", "The text holds more than one @." },
	[EMAIL_NO_AT] = { "no_at", "Teksten har ingen krøllalfa.", "The text holds no @." },
	[EMAIL_FULLWIDTH_AT] = { "fullwidth_at", "Krøllalfaen er et annet tegn som ligner.", "The @ is another character that looks like it." },
	[EMAIL_EMPTY_LOCAL] = { "empty_local", "Det står ingenting foran krøllalfaen.", "Nothing stands before the @." },
	[EMAIL_LOCAL_LONG] = { "local_long", "Delen foran krøllalfaen er over 64 oktetter.", "The part before the @ is over 64 octets." },
	[EMAIL_LOCAL_CHAR] = { "local_char", "Delen foran krøllalfaen har et tegn som ikke er tillatt.", "The part before the @ holds a character that is not allowed." },
	[EMAIL_SPACE] = { "space", "Adressen har et mellomrom.", "The address holds a blank." },
	[EMAIL_COMMENT] = { "comment", "Adressen har parenteser.", "The address holds parentheses." },
	[EMAIL_LOCAL_DOT] = { "local_dot", "Delen foran krøllalfaen begynner eller slutter med punktum, eller har to på rad.", "The part before the @ begins or ends with a dot, or has two in a row." },
	[EMAIL_MOJIBAKE] = { "mojibake", "Bokstavene er kodet to ganger.", "The letters have been encoded twice." },
	[EMAIL_EMPTY_DOMAIN] = { "empty_domain", "Det står ingenting bak krøllalfaen.", "Nothing stands behind the @." },
	[EMAIL_DOMAIN_LITERAL] = { "domain_literal", "Domenet er en IP-adresse i klammer.", "The domain is an IP address in brackets." },
	[EMAIL_DOMAIN_CHAR] = { "domain_char", "Domenet har et tegn som ikke er tillatt.", "The domain holds a character that is not allowed." },
	[EMAIL_DOT_LOOKALIKE] = { "dot_lookalike", "Domenet har et tegn som ligner punktum.", "The domain holds a character that looks like a dot." },
	[EMAIL_DOMAIN_DOT] = { "domain_dot", "Domenet begynner eller slutter med punktum, eller har to på rad.", "The domain begins or ends with a dot, or has two in a row." },
	[EMAIL_HYPHEN] = { "hyphen", "En del av domenet har bindestrek på et forbudt sted.", "A label of the domain has a hyphen where none may be." },
	[EMAIL_IDN] = { "idn", "Domenet er ikke et gyldig internasjonalt domenenavn.", "The domain is no valid internationalised name." },
	[EMAIL_LABEL_LONG] = { "label_long", "En del av domenet er over 63 tegn.", "A label of the domain is over 63 characters." },
	[EMAIL_DOMAIN_LONG] = { "domain_long", "Domenet er over 253 tegn.", "The domain is over 253 characters." },
	[EMAIL_DOTLESS] = { "dotless", "Domenet har bare ett ledd.", "The domain has one label only." },
	[EMAIL_TLD] = { "tld", "Toppdomenet finnes ikke i denne formen.", "No top-level domain has this form." },
	[EMAIL_SPECIAL_USE] = { "special_use", "Domenet er satt av til andre formål.", "The domain is reserved for special use." },
	[EMAIL_TOO_LONG] = { "too_long", "Adressen er over 254 oktetter.", "The address is over 254 octets." },
	[EMAIL_SEVERAL_ADDRESSES] = { "several", "Feltet har flere adresser.", "The field holds several addresses." },
	[EMAIL_PLACEHOLDER] = { "placeholder", "Feltet sier at det ikke er noen adresse.", "The field says that there is no address." },
	[EMAIL_URL] = { "url", "Feltet er en nettadresse.", "The field is a web address." },
	[EMAIL_PHONE] = { "phone", "Feltet er et telefonnummer.", "The field is a telephone number." },
};

struct bit {
	unsigned bit;
	const char *code, *nb, *en;
};

static const struct bit repairs[] = {
	{ EMAIL_TRIMMED, "trimmed", "Mellomrom i kantene er fjernet.", "Blanks at the edges were removed." },
	{ EMAIL_SOFT_HYPHEN, "unseen", "Usynlige tegn er fjernet.", "Invisible characters were removed." },
	{ EMAIL_BLANK_AT, "blank_at", "Mellomrom ved krøllalfaen er fjernet.", "A blank next to the @ was removed." },
	{ EMAIL_PREFIX, "prefix", "Ord foran adressen er fjernet.", "Words before the address were removed." },
	{ EMAIL_BRACKETS, "brackets", "Navn og vinkelparenteser er fjernet.", "Name and angle brackets were removed." },
	{ EMAIL_QUOTES, "quotes", "Anførselstegn er fjernet.", "Quotation marks were removed." },
	{ EMAIL_FINAL, "final", "Tegn bak adressen er fjernet.", "Marks behind the address were removed." },
	{ EMAIL_ASK_DOTS, "ask_dots", "Forslag: ett punktum der det står flere eller komma.", "Suggested: one dot for several or for a comma." },
	{ EMAIL_ASK_AT, "ask_at", "Forslag: én krøllalfa.", "Suggested: one @." },
	{ EMAIL_ASK_DOT_WORD, "ask_dot_word", "Forslag: punktum for et ord eller tegn.", "Suggested: a dot for a word or sign." },
	{ EMAIL_ASK_CHARSET, "ask_charset", "Forslag: bokstavene lest i et annet tegnsett.", "Suggested: the letters read in another character set." },
	{ EMAIL_ASK_BLANK, "ask_blank", "Forslag: uten mellomrom.", "Suggested: without the blank." },
	{ EMAIL_ASK_WORDS, "ask_words", "Forslag: adressen uten ordene rundt.", "Suggested: the address without the words around it." },
	{ EMAIL_ASK_MARKS, "ask_marks", "Forslag: uten tegn rundt adressen.", "Suggested: without the marks about it." },
};

static const struct bit flags[] = {
	{ EMAIL_ROLE, "role", "Felles postkasse.", "A role's mailbox." },
	{ EMAIL_NOREPLY, "noreply", "Adressen tar ikke svar.", "The address takes no replies." },
	{ EMAIL_POSTMASTER, "postmaster", "Adressen er til drift av e-post.", "The address serves the running of mail." },
	{ EMAIL_FREE, "free", "Postkasse hos en stor leverandør.", "A mailbox at a big provider." },
	{ EMAIL_DISPOSABLE, "disposable", "Engangsadresse.", "A disposable address." },
	{ EMAIL_NAMED, "named", "Ser ut som et personnavn: personopplysning.", "Looks like a person's name: personal data." },
	{ EMAIL_SMTPUTF8, "needs_smtputf8", "Krever SMTPUTF8 hele veien.", "Needs SMTPUTF8 all the way." },
	{ EMAIL_MIXED_SCRIPT, "mixed_script", "Domenet blander skriftsystemer.", "The domain mixes scripts." },
	{ EMAIL_UNLISTED, "unlisted_suffix", "Toppdomenet er ikke på listen over kjente.", "The suffix is not on the public suffix list." },
	{ EMAIL_TYPO, "typo", "Domenet ligner et annet: se forslaget.", "The domain resembles another: see the suggestion." },
	{ EMAIL_MANY, "several", "Feltet hadde flere adresser.", "The field held several addresses." },
	{ EMAIL_INJECTION, "injection", "Linjeskift fulgt av en e-postheader: et angrep, ikke en skrivefeil.", "A line break and a header line: an attack, not a slip." },
};

static const struct bit none = { 0, "", "", "" };

static const struct bit *
find(const struct bit *table, size_t n, unsigned bit)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].bit == bit)
			return &table[i];
	return &none;
}
#define FIND(table, bit)	find(table, sizeof(table) / sizeof(table[0]), bit)

const char *
email_reason_code(enum email_reason r)
{
	return reasons[r].code;
}

const char *
email_reason_text(enum email_reason r, enum lang lang)
{
	return lang == LANG_EN ? reasons[r].en : reasons[r].nb;
}

const char *
email_repair_code(unsigned bit)
{
	return FIND(repairs, bit)->code;
}

const char *
email_repair_text(unsigned bit, enum lang lang)
{
	return lang == LANG_EN ? FIND(repairs, bit)->en : FIND(repairs, bit)->nb;
}

const char *
email_flag_code(unsigned bit)
{
	return FIND(flags, bit)->code;
}

const char *
email_flag_text(unsigned bit, enum lang lang)
{
	return lang == LANG_EN ? FIND(flags, bit)->en : FIND(flags, bit)->nb;
}

static void
add_codes(const struct bit *table, size_t n, unsigned bits, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		if ((bits & table[i].bit) != 0)
			buf_printf(out, "%s%s", out->len > 0 ? "," : "", table[i].code);
}

void
email_codes(unsigned repair_bits, unsigned flag_bits, struct buf *out)
{
	add_codes(repairs, sizeof(repairs) / sizeof(repairs[0]), repair_bits, out);
	add_codes(flags, sizeof(flags) / sizeof(flags[0]), flag_bits, out);
}

static void
json_codes(struct json *j, const char *key, const struct bit *table, size_t n,
    unsigned bits)
{
	json_key(j, key);
	json_array(j);
	for (size_t i = 0; i < n; i++)
		if ((bits & table[i].bit) != 0)
			json_str(j, table[i].code);
	json_end(j);
}

void
email_json(struct json *j, const char *input, size_t len, const struct email *e)
{
	int valid = e->reason == EMAIL_OK;

	json_object(j);
	json_key(j, "input");
	json_strn(j, input, len);
	json_kbool(j, "valid", valid);
	json_kstr(j, "address", valid ? e->address : NULL);
	json_kstr(j, "key", valid ? e->key : NULL);
	json_kstr(j, "reason", valid ? NULL : email_reason_code(e->reason));
	json_kstr(j, "suggestion", e->suggestion[0] != '\0' ? e->suggestion : NULL);
	json_codes(j, "repairs", repairs, sizeof(repairs) / sizeof(repairs[0]),
	    e->repairs);
	json_codes(j, "flags", flags, sizeof(flags) / sizeof(flags[0]), e->flags);
	json_end(j);
}
