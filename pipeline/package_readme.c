#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "pipeline/base/date.h"

#include "pipeline/package_private.h"

/* README.txt in the order that DataverseNO asks for: general information, method,
 * files, and then each file's variables. */

void
package_percent(struct buf *b, double share, enum lang lang)
{
	int64_t tenths;

	if (isnan(share)) {
		buf_str(b, "–");
		return;
	}
	tenths = (int64_t)floor(share * 1000 + 0.5);
	buf_printf(b, "%" PRId64 "%c%" PRId64 "%s", tenths / 10,
	    lang == LANG_EN ? '.' : ',', tenths % 10, lang == LANG_EN ? "%" :
	    "\302\240%");
}

void
package_design(const struct package_facts *f, struct buf *b)
{
	static const char *const design[][2] = {
		[STUDY_EVERYONE] = { "Alle i rammen.", "Everyone in the frame." },
		[STUDY_RANDOM] = { "Enkelt tilfeldig utvalg uten tilbakelegging.",
		    "Simple random sample without replacement." },
		[STUDY_SYSTEMATIC] = { "Systematisk utvalg.", "Systematic sample." },
		[STUDY_PPS] = { "Sannsynlighet etter størrelse, Pareto-trekking.",
		    "Probability proportional to size, Pareto sampling." },
		[STUDY_BERNOULLI] = { "Bernoulli-utvalg.", "Bernoulli sample." },
		[STUDY_R_RANDOM] = { "Enkelt tilfeldig utvalg, trukket som i R.",
		    "Simple random sample, drawn as R does." } };
	const struct study *s = f->study;
	const struct { int is; const char *nb, *en; } by[] = {
		{ s->stratify_area, "område", "area" },
		{ s->stratify_group, "gruppe", "group" },
		{ s->stratify_form, "organisasjonsform", "legal form" },
		{ s->stratify_size, "størrelse", "size" },
		{ s->stratify_activity, "næring", "activity" } };
	int n = 0;

	buf_str(b, design[s->design][f->lang]);
	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++)
		if (by[i].is)
			buf_printf(b, "%s%s", n++ > 0 ? " x " : package_say(f,
			    " Stratifisert etter ", " Stratified by "),
			    package_say(f, by[i].nb, by[i].en));
	if (n > 0)
		buf_printf(b, " (%" PRId64 " %s).", f->strata, package_say(f,
		    "strata", "strata"));
	buf_printf(b, " %s: %" PRId64 ", %s: %" PRId64 ". %s", package_say(f, "Ramme",
	    "Frame"), f->kept, package_say(f, "trukket", "drawn"), f->units,
	    package_say(f, "Permanente tilfeldige tall; manifest.json er"
	    " trekningens protokoll.", "Permanent random numbers; manifest.json is"
	    " the record of the draw."));
}

void
package_response(const struct package_facts *f, struct buf *b)
{
	const struct tables_status *s = &f->status;
	int64_t delivered = s->sent - s->returned - s->not_located;

	if (s->sent == 0) {
		buf_str(b, package_say(f, "Ingenting er sendt ut ennå.",
		    "Nothing has been sent yet."));
		return;
	}
	buf_printf(b, "%s %" PRId64 "; %s %" PRId64 "; %s %" PRId64 "; %s %" PRId64
	    "; %s %" PRId64 "; ", package_say(f, "Sendt", "Sent"), s->sent,
	    package_say(f, "retur", "returned"), s->returned, package_say(f,
	    "ikke lokalisert", "not located"), s->not_located, package_say(f,
	    "levert", "delivered"), delivered, package_say(f, "besvart", "answered"),
	    s->answered);
	buf_str(b, package_say(f, "brutto svarprosent (besvart / levert) ",
	    "gross response rate (answered / delivered) "));
	package_percent(b, s->gross_rate, f->lang);
	if (!isnan(s->net_rate)) {
		buf_str(b, package_say(f, "; netto svarprosent (besvart / aktive av"
		    " leverte) ", "; net response rate (answered / active of"
		    " delivered) "));
		package_percent(b, s->net_rate, f->lang);
	}
	buf_str(b, package_say(f, "; besvart / sendt ", "; answered / sent "));
	package_percent(b, (double)s->answered / (double)s->sent, f->lang);
	buf_str(b, package_say(f, ". AAPORs rater: tables/aapor.csv.",
	    ". AAPOR's rates: tables/aapor.csv."));
}

/* --- the text ------------------------------------------------------------------------ */

static void
heading(struct buf *b, const char *text)
{
	size_t n = 0;

	for (const char *c = text; *c != '\0'; c++)
		n += ((unsigned char)*c & 0xc0) != 0x80;
	buf_printf(b, "\n%s\n", text);
	while (n-- > 0)
		buf_chr(b, '=');
	buf_str(b, "\n\n");
}

static void
line(struct buf *b, const char *key, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	buf_printf(b, "%s: ", key);
	for (const char *c = text; *c != '\0'; c++)
		buf_chr(b, *c == '\n' ? ' ' : *c);
	buf_chr(b, '\n');
}

static void
general(const struct package_facts *f, struct buf *b)
{
	const struct study *s = f->study;
	char day[11], at[21], drawn[21];

	heading(b, package_say(f, "GENERELL INFORMASJON", "GENERAL INFORMATION"));
	line(b, package_say(f, "Tittel", "Title"), package_say(f, s->title.nb,
	    s->title.en));
	line(b, package_say(f, "Undersøkelse", "Study"), s->name);
	line(b, package_say(f, "Ansvarlig", "Responsible"), s->controller);
	line(b, package_say(f, "Kontakt", "Contact"), s->contact);
	line(b, package_say(f, "Formål", "Purpose"), s->purpose);
	line(b, package_say(f, "Rettslig grunnlag", "Legal basis"), s->legal_basis);
	line(b, package_say(f, "Oppbevaring", "Retention"), s->retention);
	line(b, package_say(f, "Registeret slik det var", "The register as of"),
	    date_iso(f->register_date, day));
	line(b, package_say(f, "Rammen frosset", "Frame frozen"),
	    moment_iso(f->frozen, at));
	line(b, package_say(f, "Utvalget trukket", "Sample drawn"),
	    moment_iso(f->drawn, drawn));
	line(b, package_say(f, "Laget med", "Made with"), "utvalg " VERSION);
	buf_str(b, "\n");
	line(b, package_say(f, "Lisens", "Licence"), package_say(f,
	    PACKAGE_NLOD_NB ".", PACKAGE_NLOD_EN "."));
	buf_str(b, package_say(f,
	    "  https://data.norge.no/nlod/no/2.0\n"
	    "  Lisensen gjelder det som er fra registeret, og ikke personopplysninger.\n"
	    "  Hva svarene kan brukes til, avgjør den som er ansvarlig.\n",
	    "  https://data.norge.no/nlod/en/2.0\n"
	    "  The licence is for what is from the register, and not for personal data.\n"
	    "  What the answers may be used for is decided by who is responsible.\n"));
}

static void
method(const struct package_facts *f, struct buf *b)
{
	struct buf t = BUF(4000);

	heading(b, package_say(f, "METODE", "METHODOLOGICAL INFORMATION"));
	line(b, package_say(f, "Kilde", "Source"), package_say(f,
	    "Enhetsregisteret, totaluttrekk, data.brreg.no",
	    "Enhetsregisteret (the business register), bulk extract, data.brreg.no"));
	line(b, package_say(f, "Uttrekkets SHA-256", "SHA-256 of the extract"),
	    f->extract_sha256);
	line(b, package_say(f, "Kodelister", "Code lists"), f->code_version);
	buf_printf(&t, "%" PRId64 " %s, %" PRId64 " %s", f->population, package_say(f,
	    "enheter i populasjonen", "units in the population"), f->kept,
	    package_say(f, "kan nås og er i rammen", "can be reached and are in the"
	    " frame"));
	line(b, package_say(f, "Ramme", "Frame"), buf_text(&t));
	buf_clear(&t);
	package_design(f, &t);
	line(b, package_say(f, "Trekking", "Draw"), buf_text(&t));
	buf_clear(&t);
	package_response(f, &t);
	line(b, package_say(f, "Svar", "Response"), buf_text(&t));
	buf_str(b, package_say(f, "\nTegnsett UTF-8, skilletegn komma, desimaltegn"
	    " punktum, linjeskift LF.\nManglende verdi: tomt felt. I .sav og .dta er"
	    " ubesvart en egen verdi (-1, .a).\nDatoer: ÅÅÅÅ-MM-DD. Ja og nei: 1 og 0."
	    " Koder er tekst.\n", "\nEncoding UTF-8, delimiter comma, decimal mark"
	    " point, lines end in LF.\nMissing: empty field. In .sav and .dta asked and"
	    " not answered is a value of its own (-1, .a).\nDays: YYYY-MM-DD. Yes and"
	    " no: 1 and 0. Codes are text.\n"));
	buf_free(&t);
}

static void
privacy(const struct package_facts *f, struct buf *b)
{
	heading(b, package_say(f, "PERSONVERN", "DISCLOSURE"));
	buf_str(b, package_say(f,
	    "sample.*, frame.csv og weights.csv har ikke navn, adresse, organisasjons-\n"
	    "nummer eller nøkkel. Rekkefølgen er tilfeldig. «case» er det samme i alle\n"
	    "filene.\n", "sample.*, frame.csv and weights.csv have no name, address,"
	    " organisation number\nor token. The order is random. \"case\" is the same"
	    " in all of the files.\n"));
	if (f->open)
		buf_str(b, package_say(f, "Åpen utgave: uten kommune, næring med to"
		    " siffer, uten åpne svar.\n", "Open edition: no municipality,"
		    " two digits of the industry code, no open answers.\n"));
	line(b, package_say(f, "Åpne svar som er utelatt", "Open answers that are left"
	    " out"), f->open_answers);
	buf_printf(b, "%s %s%s: %" PRId64 " %s %" PRId64 "\n", package_say(f, "Trukne"
	    " enheter som er alene i rammen om", "Drawn units that are alone in the"
	    " frame with their"), f->open ? package_say(f, "fylke, to siffer av"
	    " næringskoden,\n", "county, two digits\nof the industry code, ") :
	    package_say(f, "kommune, næringskode,\n", "municipality, industry"
	    " code,\n"), package_say(f, "organisasjonsform og størrelse, og som kan"
	    " kjennes igjen i det åpne registeret", "legal form and size, and can be"
	    " recognised in the open register"), f->risk.alone, package_say(f, "av",
	    "of"), f->risk.drawn);
	if (f->study->small == 0)
		buf_str(b, package_say(f, "Tabellene viser alle tall, også små (small"
		    " = off i undersøkelsesfilen).\n", "The tables show all counts, small"
		    " ones too (small = off in the study file).\n"));
	if (f->nleft_out > 0)
		line(b, package_say(f, "Kolonner i svarene som sier hvem enheten er, og"
		    " er utelatt", "Columns of the answers that tell who a unit is, and"
		    " are left out"), f->left_out);
	if (f->blotted > 0)
		buf_printf(b, "%s: %" PRId64 "\n", package_say(f, "Svar der et navn"
		    " eller en adresse er tatt ut", "Answers that a name or an address"
		    " was taken out of"), f->blotted);
	if (f->risk.erased > 0)
		buf_printf(b, "%s: %" PRId64 "\n", package_say(f, "Enheter som er"
		    " slettet etter krav og bare telles", "Units that were erased and"
		    " are counted only"), f->risk.erased);
	if (!f->open)
		buf_str(b, package_say(f, "Fritekst i svarene kan likevel røpe noen: les den"
	    " før den deles.\n", "Free text of the answers may still tell: read it"
	    " before passing it on.\n"));
	for (size_t i = 0; i < f->nset; i++)
		if (f->set[i].telling)
			buf_printf(b, "%s %s\n", f->set[i].file, package_say(f,
			    "SIER HVEM ENHETENE ER: lagres adskilt, deles ikke.",
			    "SAYS WHO THE UNITS ARE: keep it apart, do not pass it"
			    " on."));
}

static void
overview(const struct package_facts *f, struct buf *b)
{
	static const struct { const char *name, *nb, *en; } file[] = {
		{ "sample.xlsx", "utvalget for Excel", "the sample for Excel" },
		{ "sample.sav", "utvalget for SPSS", "the sample for SPSS" },
		{ "sample.dta", "utvalget for Stata 14 og senere",
		    "the sample for Stata 14 and later" },
		{ "codebook.csv", "variabler og verdier", "variables and values" },
		{ "codebook.xml", "det samme, DDI-Codebook 2.5",
		    "the same, DDI-Codebook 2.5" },
		{ "datapackage.json", "det samme, Data Package 2.0",
		    "the same, Data Package 2.0" },
		{ "manifest.json", "trekningens protokoll", "record of the draw" },
		{ "job.ini", "undersøkelsesfilen som brukt", "the study file as used" },
		{ "report.html", "rapport for nettleser", "report for a browser" },
	};

	heading(b, package_say(f, "FILER", "DATA & FILE OVERVIEW"));
	for (size_t i = 0; i < f->nset; i++)
		buf_printf(b, "%-22s %s\n", f->set[i].file, f->set[i].title[f->lang]);
	/* these two are made after this text */
	for (size_t i = 0; i < sizeof(file) / sizeof(file[0]); i++)
		if (package_get(f->files, file[i].name) != NULL ||
		    strcmp(file[i].name, "sample.xlsx") == 0 ||
		    strcmp(file[i].name, "datapackage.json") == 0)
			buf_printf(b, "%-22s %s\n", file[i].name, package_say(f,
			    file[i].nb, file[i].en));
	buf_printf(b, "%-22s %s\n%-22s %s\n", "tables/", package_say(f,
	    "tabellene, CSV og Markdown", "the tables, CSV and Markdown"),
	    "SHA256SUMS", package_say(f, "sjekksummer: sha256sum -c SHA256SUMS",
	    "sums: sha256sum -c SHA256SUMS"));
	line(b, package_say(f, "\nIkke med", "\nNot in it"), f->without);
}

static void
variables(const struct package_facts *f, struct buf *b)
{
	for (size_t s = 0; s < f->nset; s++) {
		const struct dataset *d = f->set[s].data;
		struct buf title = BUF(200);

		buf_printf(&title, "%s %s", package_say(f, "VARIABLER I",
		    "DATA-SPECIFIC INFORMATION FOR"), f->set[s].file);
		heading(b, buf_text(&title));
		buf_free(&title);
		buf_printf(b, "%s: %zu\n%s: %zu\n\n", package_say(f,
		    "Antall variabler", "Number of variables"), d->nvar,
		    package_say(f, "Antall rader", "Number of rows"), d->nrow);
		for (size_t i = 0; i < d->nvar; i++)
			buf_printf(b, "%-22s %s\n", d->var[i].name,
			    d->var[i].label[f->lang]);
	}
}

void
package_readme(const struct package_facts *f, struct buf *out)
{
	buf_printf(out, "%s\n", package_say(f, f->study->title.nb,
	    f->study->title.en));
	general(f, out);
	method(f, out);
	privacy(f, out);
	overview(f, out);
	variables(f, out);
}
