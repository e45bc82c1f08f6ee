#ifndef TESTS_TOOLS_GEN_CSV_H
#define TESTS_TOOLS_GEN_CSV_H

/*
 * gen/csv -- the same units as the register lays out its CSV: a header, every
 * field in quotes, real newlines in addresses, blanks for those of other text.
 * Made from the JSON of unit.h, so that both say the same.  (That layout is
 * known; this is no reader of JSON.)
 */

#include <string.h>
#include <strings.h>

#include "pipeline/base/buf.h"

static const char *const csv_enhet[] = {
	"organisasjonsnummer", "navn", "organisasjonsform.kode",
	"organisasjonsform.beskrivelse", "naeringskode1.kode",
	"naeringskode1.beskrivelse", "naeringskode2.kode", "naeringskode2.beskrivelse",
	"naeringskode3.kode", "naeringskode3.beskrivelse", "hjelpeenhetskode.kode",
	"hjelpeenhetskode.beskrivelse", "harRegistrertAntallAnsatte", "antallAnsatte",
	"registreringsdatoAntallAnsatteEnhetsregisteret",
	"registreringsdatoantallansatteNAVAaregisteret", "hjemmeside", "epostadresse",
	"telefon", "mobil", "postadresse.adresse", "postadresse.poststed",
	"postadresse.postnummer", "postadresse.kommune", "postadresse.kommunenummer",
	"postadresse.land", "postadresse.landkode", "forretningsadresse.adresse",
	"forretningsadresse.poststed", "forretningsadresse.postnummer",
	"forretningsadresse.kommune", "forretningsadresse.kommunenummer",
	"forretningsadresse.land", "forretningsadresse.landkode",
	"institusjonellSektorkode.kode", "institusjonellSektorkode.beskrivelse",
	"sisteInnsendteAarsregnskap", "registreringsdatoenhetsregisteret",
	"stiftelsesdato", "registrertIMvaRegisteret",
	"registreringsdatoMerverdiavgiftsregisteret",
	"registreringsdatoMerverdiavgiftsregisteretEnhetsregisteret",
	"frivilligMvaRegistrertBeskrivelser",
	"registreringsdatoFrivilligMerverdiavgiftsregisteret",
	"registrertIFrivillighetsregisteret",
	"registreringsdatoFrivillighetsregisteret", "registrertIForetaksregisteret",
	"registreringsdatoForetaksregisteret", "registrertIStiftelsesregisteret",
	"registrertIPartiregisteret", "registreringsdatoPartiregisteret", "konkurs",
	"konkursdato", "underAvvikling", "underAvviklingDato",
	"underTvangsavviklingEllerTvangsopplosning",
	"tvangsopplostPgaManglendeDagligLederDato",
	"tvangsopplostPgaManglendeRevisorDato",
	"tvangsopplostPgaManglendeRegnskapDato",
	"tvangsopplostPgaMangelfulltStyreDato",
	"tvangsavvikletPgaManglendeSlettingDato", "overordnetEnhet", "maalform",
	"vedtektsdato", "vedtektsfestetFormaal", "aktivitet", "paategninger",
	"underUtenlandskInsolvensbehandlingDato",
	"underRekonstruksjonsforhandlingDato", "fravalgRevisjonDato",
	"fravalgRevisjonBeslutningsDato", "erIKonsern", "kapital.belop",
	"kapital.antallAksjer", "kapital.type", "kapital.bundet", "kapital.valuta",
	"kapital.innbetalt", "kapital.fulltInnbetalt", "kapital.innfortDato",
	"registreringsnummerIHjemlandet", "utenlandskRegisterNavn",
	"utenlandskRegisterAdresse.land", "utenlandskRegisterAdresse.poststed",
	"utenlandskRegisterAdresse.adresse", "underlagtLovgivningLand",
	"underlagtLovgivningLandKode", "foretaksformIHjemlandet.kode",
	"foretaksformIHjemlandet.beskrivelse",
	"foretaksformIHjemlandet.beskrivelseBokmaal"
};

static const char *const csv_underenhet[] = {
	"organisasjonsnummer", "navn", "organisasjonsform.kode",
	"organisasjonsform.beskrivelse", "naeringskode1.kode",
	"naeringskode1.beskrivelse", "naeringskode2.kode", "naeringskode2.beskrivelse",
	"naeringskode3.kode", "naeringskode3.beskrivelse", "hjelpeenhetskode.kode",
	"hjelpeenhetskode.beskrivelse", "harRegistrertAntallAnsatte", "antallAnsatte",
	"registreringsdatoAntallAnsatteEnhetsregisteret",
	"registreringsdatoantallansatteNAVAaregisteret", "hjemmeside", "epostadresse",
	"telefon", "mobil", "postadresse.adresse", "postadresse.poststed",
	"postadresse.postnummer", "postadresse.kommune", "postadresse.kommunenummer",
	"postadresse.land", "postadresse.landkode", "beliggenhetsadresse.adresse",
	"beliggenhetsadresse.poststed", "beliggenhetsadresse.postnummer",
	"beliggenhetsadresse.kommune", "beliggenhetsadresse.kommunenummer",
	"beliggenhetsadresse.land", "beliggenhetsadresse.landkode",
	"registreringsdatoIEnhetsregisteret", "frivilligMvaRegistrertBeskrivelser",
	"registreringsdatoFrivilligMerverdiavgiftsregisteret",
	"registrertIMvaregisteret", "registreringsdatoMerverdiavgiftsregisteret",
	"registreringsdatoMerverdiavgiftsregisteretEnhetsregisteret", "oppstartsdato",
	"datoEierskifte", "overordnetEnhet", "nedleggelsesdato"
};

enum { CSV_MOST = 100, CSV_SLOTS = 1024 };

struct gen_csv {
	const char *const *column;
	size_t n;
	unsigned char slot[CSV_SLOTS];	/* column + 1, by its hash */
	struct buf value[CSV_MOST];
	struct buf path;
};

static inline size_t
gen_csv_hash(const char *s)
{
	size_t h = 5381;

	for (; *s != '\0'; s++)
		h = h * 33 + (size_t)(*s | 0x20);
	return h % CSV_SLOTS;
}

static inline void
gen_csv_begin(struct gen_csv *c, int enhet)
{
	memset(c, 0, sizeof(*c));
	c->column = enhet ? csv_enhet : csv_underenhet;
	c->n = enhet ? sizeof(csv_enhet) / sizeof(csv_enhet[0]) :
	    sizeof(csv_underenhet) / sizeof(csv_underenhet[0]);
	c->path = (struct buf)BUF(1000);
	for (size_t i = 0; i < c->n; i++) {
		size_t at = gen_csv_hash(c->column[i]);

		while (c->slot[at] != 0)
			at = (at + 1) % CSV_SLOTS;
		c->slot[at] = (unsigned char)(i + 1);
		c->value[i] = (struct buf)BUF(1 << 16);
	}
}

static inline void
gen_csv_end(struct gen_csv *c)
{
	for (size_t i = 0; i < c->n; i++)
		buf_free(&c->value[i]);
	buf_free(&c->path);
}

static inline void
gen_csv_header(const struct gen_csv *c, struct buf *out)
{
	for (size_t i = 0; i < c->n; i++)
		buf_printf(out, "%s\"%s\"", i > 0 ? "," : "", c->column[i]);
	buf_chr(out, '\n');
}

/* The column of "a.b", or of another name it has there; NULL: it has none. */
static inline struct buf *
gen_csv_value(struct gen_csv *c, const char *path)
{
	size_t at = gen_csv_hash(path);

	if (c->column == csv_underenhet &&
	    strcmp(path, "registreringsdatoEnhetsregisteret") == 0)
		return gen_csv_value(c, "registreringsdatoIEnhetsregisteret");
	for (; c->slot[at] != 0; at = (at + 1) % CSV_SLOTS)
		if (strcasecmp(c->column[c->slot[at] - 1], path) == 0)
			return &c->value[c->slot[at] - 1];
	return NULL;
}

/* The string that begins behind ${s}'s quote; where its own quote is. */
static inline const char *
gen_csv_string(struct buf *to, const char *s)
{
	for (; *s != '"'; s++) {
		if (*s == '\\')
			s++;
		if (*s == '"')
			buf_chr(to, '"');
		buf_chr(to, *s);
	}
	return s;
}

static inline void
gen_csv_list(struct buf *to, const char *s, const char *eol, char between)
{
	int n = 0;

	for (; s < eol; s++)
		if (*s == '"') {
			if (n++ > 0)
				buf_chr(to, between);
			s = gen_csv_string(to, s + 1);
		}
}

/* What stands behind "key" : on its line. */
static inline void
gen_csv_put(struct gen_csv *c, const char *path, const char *s, const char *eol)
{
	struct buf *to = gen_csv_value(c, path);

	if (to == NULL)
		return;
	if (strcmp(path, "paategninger") == 0)
		buf_str(to, "false");
	else if (*s == '"')
		(void)gen_csv_string(to, s + 1);
	else if (*s == '[')
		gen_csv_list(to, s, eol, strstr(path, ".adresse") != NULL ? '\n' : ' ');
	else
		buf_add(to, s, (size_t)(eol - s) - (eol[-1] == ','));
}

/* ${json}: what write_unit() writes, a key to a line. */
static inline void
gen_csv_unit(struct gen_csv *c, struct buf *out, const char *json)
{
	size_t above = 0;
	int skip = 0;

	for (size_t i = 0; i < c->n; i++)
		buf_clear(&c->value[i]);
	buf_clear(&c->path);
	for (const char *eol; (eol = strchr(json, '\n')) != NULL; json = eol + 1) {
		const char *s = json + strspn(json, " "), *quote;

		if (*s == '}') {
			above = 0;
			skip = 0;
		}
		if (*s != '"' || skip || (quote = strchr(s + 1, '"')) >= eol)
			continue;
		c->path.len = above;
		buf_add(&c->path, s + 1, (size_t)(quote - s) - 1);
		s = quote + strlen("\" : ");
		if (*s == '{') {
			buf_chr(&c->path, '.');
			above = c->path.len;
		} else if (strncmp(s, "[ {", 3) == 0)
			skip = 1;
		else
			gen_csv_put(c, buf_text(&c->path), s, eol);
	}
	for (size_t i = 0; i < c->n; i++) {
		buf_str(out, i > 0 ? ",\"" : "\"");
		buf_str(out, buf_text(&c->value[i]));
		buf_chr(out, '"');
	}
	buf_chr(out, '\n');
}

#endif /* !TESTS_TOOLS_GEN_CSV_H */
