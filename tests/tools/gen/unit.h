#ifndef TESTS_TOOLS_GEN_UNIT_H
#define TESTS_TOOLS_GEN_UNIT_H

/* unit -- an invented unit, and how the register's bulk file writes it. */

#include <string.h>

#include <zlib.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/num.h"

#include "tests/tools/gen/csv.h"
#include "tests/tools/gen/rand.h"
#include "tests/tools/gen/words.h"

enum gen_kind { KIND_ENHET, KIND_UNDERENHET };

struct gen_unit {
	int32_t orgnr, parent;
	enum gen_kind kind;
	const char *form, *form_name;
	char name[160], email[160];	/* email "" : none */
	const struct gen_code *code;	/* NULL: none */
	const struct gen_place *place;
	int employees;			/* -1: 1 to 4; 0: none; else 5 or more */
	int bankrupt, winding_up, forced;
	int dirty;			/* the address needs mending */
	struct rng rng;			/* for all the rest */
};

/*
 * Numbers that no unit of the real register has: units begin with 2 to 4,
 * sub-units with 5 to 7, the real ones with 8 or 9.  A step through all of
 * them, so none comes twice.
 */
enum { NUMBERS = 30000000 };

struct gen_numbers { int32_t first; uint32_t at; };

static inline void
numbers_begin(struct gen_numbers *n, enum gen_kind kind, uint64_t seed)
{
	struct rng r = { seed ^ 0x6f7267 };

	n->first = kind == KIND_ENHET ? 20000000 : 50000000;
	n->at = (uint32_t)rng_below(&r, NUMBERS);
}

static inline int32_t
numbers_next(struct gen_numbers *n)
{
	for (;;) {
		int32_t eight = n->first + (int32_t)n->at;
		int digit = num_orgnr_digit(eight);

		n->at = (n->at + 7368787) % NUMBERS;	/* no common factor */
		if (digit >= 0)
			return eight * 10 + digit;
	}
}

/* --- inventing ------------------------------------------------------------- */

static const struct { const char *form, *name; unsigned weight; } gen_forms[] = {
	{ "ENK", "Enkeltpersonforetak", 42 }, { "AS", "Aksjeselskap", 36 },
	{ "FLI", "Forening/lag/innretning", 10 }, { "NUF", "Norskregistrert utenlandsk foretak", 3 },
	{ "DA", "Selskap med delt ansvar", 2 }, { "ANS", "Ansvarlig selskap", 2 },
	{ "SA", "Samvirkeforetak", 2 }, { "STI", "Stiftelse", 1 },
	{ "ESEK", "Eierseksjonssameie", 2 },
};

static inline void
invent_form(struct gen_unit *u)
{
	unsigned at = (unsigned)rng_below(&u->rng, 100);
	size_t i = 0;

	if (u->kind == KIND_UNDERENHET) {
		u->form = "BEDR";
		u->form_name = "Underenhet til næringsdrivende og offentlig forvaltning";
		return;
	}
	while (at >= gen_forms[i].weight) {
		at -= gen_forms[i].weight;
		i++;
	}
	u->form = gen_forms[i].form;
	u->form_name = gen_forms[i].name;
}

static inline void
invent_name(struct gen_unit *u)
{
	struct rng *r = &u->rng;
	const char *trade = rng_chance(r, 40) ? *PICK(r, gen_back) : NULL;

	if (strcmp(u->form, "ENK") == 0 && rng_chance(r, 70))
		snprintf(u->name, sizeof(u->name), "%s %s%s%s%s", *PICK(r, gen_given),
		    *PICK(r, gen_family_front), *PICK(r, gen_family_back),
		    trade != NULL ? " " : "", trade != NULL ? trade : "");
	else if (rng_chance(r, 2))
		snprintf(u->name, sizeof(u->name), "%s \"%s\"", *PICK(r, gen_back),
		    *PICK(r, gen_front));
	else
		snprintf(u->name, sizeof(u->name), "%s%s %s", *PICK(r, gen_front),
		    *PICK(r, gen_family_back), *PICK(r, gen_back));
	if (strcmp(u->form, "ENK") != 0 && strcmp(u->form, "BEDR") != 0 &&
	    strcmp(u->form, "FLI") != 0 && strcmp(u->form, "STI") != 0)
		snprintf(u->name + strlen(u->name), sizeof(u->name) - strlen(u->name),
		    " %s", u->form);
}

/* Letters and digits of a name as a domain can hold them. */
static inline void
slug(const char *name, char *out, size_t size)
{
	static const struct { const char *from; const char *to; } letters[] = {
		{ "Æ", "ae" }, { "Ø", "o" }, { "Å", "a" }
	};
	size_t n = 0;

	for (; *name != '\0' && n + 3 < size && n < 40; name++) {
		int hit = 0;

		for (size_t i = 0; i < 3; i++)
			if (strncmp(name, letters[i].from, 2) == 0) {
				n += (size_t)snprintf(out + n, size - n, "%s",
				    letters[i].to);
				name++;
				hit = 1;
				break;
			}
		if (!hit && ((*name >= 'A' && *name <= 'Z') ||
		    (*name >= '0' && *name <= '9')))
			out[n++] = *name >= 'A' && *name <= 'Z' ?
			    (char)(*name + 32) : *name;
	}
	out[n] = '\0';
}

/* An address of its own: ${serial} is another for every unit. */
static inline void
invent_email(struct gen_unit *u, size_t serial)
{
	static const char *const locals[] = {
		"post", "post", "kontakt", "firmapost", "info", "hei", "booking",
		"mail", "Post", "daglig.leder"
	};
	char host[64];

	slug(u->name, host, sizeof(host));
	snprintf(u->email, sizeof(u->email), "%s@%s-%zx.example.%s",
	    *PICK(&u->rng, locals), host, serial, rng_chance(&u->rng, 80) ? "no" : "org");
}

static inline void
invent_unit(struct gen_unit *u, enum gen_kind kind, struct gen_numbers *numbers,
    uint64_t seed, size_t serial)
{
	memset(u, 0, sizeof(*u));
	u->rng.s = seed * UINT64_C(0x9e3779b97f4a7c15) + serial;
	(void)rng_next(&u->rng);
	u->kind = kind;
	u->orgnr = numbers_next(numbers);
	invent_form(u);
	invent_name(u);
}

/* --- writing --------------------------------------------------------------- */

static inline void
quoted(struct buf *b, const char *s)
{
	buf_chr(b, '"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			buf_chr(b, '\\');
		if (*s == '\n')
			buf_str(b, "\\n");
		else
			buf_chr(b, *s);
	}
	buf_chr(b, '"');
}

static inline void
text(struct buf *b, const char *indent, const char *key, const char *value)
{
	buf_str(b, indent);
	buf_chr(b, '"');
	buf_str(b, key);
	buf_str(b, "\" : ");
	quoted(b, value);
	buf_str(b, ",\n");
}

static inline void
raw(struct buf *b, const char *key, const char *value)
{
	buf_str(b, "  \"");
	buf_str(b, key);
	buf_str(b, "\" : ");
	buf_str(b, value);
	buf_str(b, ",\n");
}

static inline void
flag(struct buf *b, const char *key, int value)
{
	raw(b, key, value ? "true" : "false");
}

static inline void
day_text(struct buf *b, const char *key, int32_t day)
{
	char iso[11];

	text(b, "  ", key, date_iso(day, iso));
}

static inline void
coded(struct buf *b, const char *key, const char *code, const char *name)
{
	buf_str(b, "  \"");
	buf_str(b, key);
	buf_str(b, "\" : {\n");
	text(b, "    ", "kode", code);
	text(b, "    ", "beskrivelse", name);
	buf_str(b, "    \"links\" : [ ]\n  },\n");
}

static inline void
address(struct buf *b, struct rng *r, const char *key, const struct gen_place *p)
{
	char line[80];

	buf_str(b, "  \"");
	buf_str(b, key);
	buf_str(b, "\" : {\n");
	text(b, "    ", "land", "Norge");
	text(b, "    ", "landkode", "NO");
	text(b, "    ", "postnummer", p->postcode);
	text(b, "    ", "poststed", p->place);
	snprintf(line, sizeof(line), "%s %zu", *PICK(r, gen_streets),
	    rng_below(r, 180) + 1);
	buf_str(b, "    \"adresse\" : [ ");
	if (rng_chance(r, 8))
		buf_str(b, "\"c/o Kontorfellesskapet\", ");
	quoted(b, line);
	buf_str(b, " ],\n");
	text(b, "    ", "kommune", p->name);
	buf_str(b, "    \"kommunenummer\" : ");
	quoted(b, p->number);
	buf_str(b, "\n  },\n");
}

static inline void
employees(struct buf *b, const struct gen_unit *u, int32_t today)
{
	char number[24];

	if (u->employees > 4) {
		snprintf(number, sizeof(number), "%d", u->employees);
		raw(b, "antallAnsatte", number);
	}
	flag(b, "harRegistrertAntallAnsatte", u->employees != 0);
	if (u->employees != 0) {
		day_text(b, "registreringsdatoAntallAnsatteEnhetsregisteret", today - 20);
		day_text(b, "registreringsdatoAntallAnsatteNAVAaregisteret", today - 24);
	}
}

static inline void
history(struct buf *b, struct rng *r)
{
	buf_str(b, "  \"historiskeNavn\" : [ {\n    \"navn\" : \"");
	buf_str(b, *PICK(r, gen_front));
	buf_str(b, *PICK(r, gen_back));
	buf_str(b, " UNDER STIFTELSE\",\n"
	    "    \"fraDato\" : \"2003-02-19 16:52:00\",\n"
	    "    \"tilDato\" : \"2014-11-15 12:54:30\"\n  } ],\n");
}

static inline void
enhet_only(struct buf *b, const struct gen_unit *u, struct rng *r, int32_t since,
    int32_t today)
{
	int company = strcmp(u->form, "ENK") != 0 && strcmp(u->form, "FLI") != 0;
	char year[8];

	address(b, r, "forretningsadresse", u->place);
	day_text(b, "stiftelsesdato", since - (int32_t)rng_below(r, 60));
	coded(b, "institusjonellSektorkode", company ? "2100" : "8200",
	    company ? "Private aksjeselskaper mv." : "Personlig næringsdrivende");
	flag(b, "registrertIForetaksregisteret", company);
	if (company)
		day_text(b, "registreringsdatoForetaksregisteret", since + 3);
	flag(b, "registrertIStiftelsesregisteret", strcmp(u->form, "STI") == 0);
	flag(b, "registrertIFrivillighetsregisteret", strcmp(u->form, "FLI") == 0);
	if (strcmp(u->form, "FLI") == 0)
		day_text(b, "registreringsdatoFrivillighetsregisteret", since + 40);
	flag(b, "registrertIPartiregisteret", 0);
	if (company) {
		snprintf(year, sizeof(year), "%d", 2019 + (int)rng_below(r, 7));
		text(b, "  ", "sisteInnsendteAarsregnskap", year);
	}
	flag(b, "konkurs", u->bankrupt);
	if (u->bankrupt)
		day_text(b, "konkursdato", today - (int32_t)rng_below(r, 300) - 1);
	flag(b, "underAvvikling", u->winding_up);
	if (u->winding_up)
		day_text(b, "underAvviklingDato", today - (int32_t)rng_below(r, 300) - 1);
	flag(b, "underTvangsavviklingEllerTvangsopplosning", u->forced);
	if (u->forced)
		day_text(b, "tvangsopplostPgaManglendeRegnskapDato", today - 60);
	text(b, "  ", "maalform", rng_chance(r, 85) ? "Bokmål" : "Nynorsk");
	if (company) {
		day_text(b, "vedtektsdato", since);
		buf_str(b, "  \"vedtektsfestetFormaal\" : [ ");
		quoted(b, *PICK(r, gen_activity));
		buf_str(b, " ],\n");
	}
	buf_str(b, "  \"aktivitet\" : [ ");
	quoted(b, *PICK(r, gen_activity));
	while (rng_chance(r, 45)) {
		buf_str(b, ", ");
		quoted(b, *PICK(r, gen_activity));
	}
	buf_str(b, " ],\n");
	raw(b, "paategninger", "[ ]");
	flag(b, "erIKonsern", company && rng_chance(r, 10));
	if (strcmp(u->form, "AS") == 0) {
		buf_printf(b, "  \"kapital\" : {\n    \"belop\" : %zu.00,\n"
		    "    \"antallAksjer\" : %zu,\n    \"type\" : \"Aksjekapital\",\n"
		    "    \"valuta\" : \"NOK\"\n  },\n",
		    (rng_below(r, 400) + 30) * 1000, (rng_below(r, 30) + 1) * 100);
	}
}

/* One element of the array, without what stands between elements. */
static inline void
write_unit(struct buf *b, const struct gen_unit *u, int32_t today)
{
	struct rng r = u->rng;
	int32_t since = today - 30 - (int32_t)rng_below(&r, 11000);
	char number[24];

	buf_str(b, "{\n  \"links\" : [ ],\n");
	snprintf(number, sizeof(number), "%09d", u->orgnr);
	text(b, "  ", "organisasjonsnummer", number);
	text(b, "  ", "navn", u->name);
	coded(b, "organisasjonsform", u->form, u->form_name);
	if (rng_chance(&r, 19))
		history(b, &r);
	if (rng_chance(&r, 14))
		text(b, "  ", "hjemmeside", "www.hjemmeside.example.no");
	if (rng_chance(&r, 40))
		address(b, &r, "postadresse", u->place);
	day_text(b, "registreringsdatoEnhetsregisteret", since);
	flag(b, "registrertIMvaregisteret", rng_chance(&r, 45));
	if (u->code != NULL)
		coded(b, "naeringskode1", u->code->code, u->code->name);
	employees(b, u, today);
	if (u->parent != 0) {
		snprintf(number, sizeof(number), "%09d", u->parent);
		text(b, "  ", "overordnetEnhet", number);
	}
	if (u->email[0] != '\0')
		text(b, "  ", "epostadresse", u->email);
	if (rng_chance(&r, 12))
		text(b, "  ", "telefon", "22 00 00 00");
	if (rng_chance(&r, 23))
		text(b, "  ", "mobil", "900 00 000");
	if (u->kind == KIND_ENHET) {
		enhet_only(b, u, &r, since, today);
	} else {
		day_text(b, "oppstartsdato", since);
		address(b, &r, "beliggenhetsadresse", u->place);
	}
	buf_printf(b, "  \"respons_klasse\" : \"%s\"\n}",
	    u->kind == KIND_ENHET ? "Enhet" : "Underenhet");
}

/* --- the file -------------------------------------------------------------- */

struct gen_file {
	gzFile gz;
	const char *path;
	struct buf b;
	size_t n;
	struct gen_csv *csv;	/* NULL: JSON */
	struct buf one;
};

static inline void
file_flush(struct gen_file *f, size_t from)
{
	struct err err;

	if (f->b.len <= from)
		return;
	if (gzwrite(f->gz, f->b.data, (unsigned)f->b.len) != (int)f->b.len) {
		err_errno(&err, "%s", f->path);
		die(&err);
	}
	buf_clear(&f->b);
}

/* "-" is standard output. */
static inline void
file_begin(struct gen_file *f, const char *path)
{
	struct err err;

	memset(f, 0, sizeof(*f));
	f->path = path;
	f->b = (struct buf)BUF(1 << 24);
	f->gz = strcmp(path, "-") == 0 ? gzdopen(1, "wb1") : gzopen(path, "wb1");
	if (f->gz == NULL) {
		err_errno(&err, "%s", path);
		die(&err);
	}
	buf_str(&f->b, "[\n");
}

/* Instead, right behind file_begin(): the register's CSV. */
static inline void
file_csv(struct gen_file *f, struct gen_csv *csv, enum gen_kind kind)
{
	f->csv = csv;
	f->one = (struct buf)BUF(1 << 20);
	buf_clear(&f->b);
	gen_csv_begin(csv, kind == KIND_ENHET);
	gen_csv_header(csv, &f->b);
}

static inline void
file_unit(struct gen_file *f, const struct gen_unit *u, int32_t today)
{
	if (f->csv != NULL) {
		buf_clear(&f->one);
		write_unit(&f->one, u, today);
		gen_csv_unit(f->csv, &f->b, buf_text(&f->one));
	} else {
		if (f->n++ > 0)
			buf_str(&f->b, ",\n");
		write_unit(&f->b, u, today);
	}
	file_flush(f, 1 << 20);
}

static inline void
file_end(struct gen_file *f)
{
	struct err err;

	if (f->csv == NULL)
		buf_str(&f->b, "\n]\n");
	file_flush(f, 0);
	buf_free(&f->b);
	if (f->csv != NULL) {
		gen_csv_end(f->csv);
		buf_free(&f->one);
	}
	if (gzclose(f->gz) != Z_OK) {
		err_errno(&err, "%s", f->path);
		die(&err);
	}
}

#endif /* !TESTS_TOOLS_GEN_UNIT_H */
