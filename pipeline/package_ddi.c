#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/tree.h>

#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"

#include "pipeline/package_private.h"

/*
 * DDI-Codebook 2.5.  The schema wants elements in a fixed order; each function here
 * writes those of one parent, in it.  Names of elements are the schema's.
 */

enum { DDI_MAX = 256 << 20 };
#define X(s)	((const xmlChar *)(s))

/* A child with text, whatever is in it; XML has no room for controls. */
static xmlNodePtr
put(xmlNodePtr parent, const char *name, const char *text)
{
	xmlNodePtr n = xmlNewChild(parent, NULL, X(name), NULL);
	struct buf clean = BUF(BUF_ANY);

	if (text != NULL && *text != '\0') {
		utf8_clean(&clean, text, strlen(text));
		xmlNodeAddContentLen(n, X(buf_text(&clean)), (int)clean.len);
	}
	buf_free(&clean);
	return n;
}

static void
attribute(xmlNodePtr n, const char *name, const char *value)
{
	struct buf clean = BUF(BUF_ANY);

	utf8_clean(&clean, value, strlen(value));
	xmlNewProp(n, X(name), X(buf_text(&clean)));
	buf_free(&clean);
}

static xmlNodePtr
put_number(xmlNodePtr parent, const char *name, int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, v);
	return put(parent, name, text);
}

/* In the other language too, where it says another thing. */
static void
put_label(xmlNodePtr parent, const char *name, const char *const label[2])
{
	int same = strcmp(label[LANG_NB], label[LANG_EN]) == 0;
	xmlNodePtr n = put(parent, name, label[LANG_NB]);

	if (same)
		return;
	attribute(n, "xml:lang", "nb");
	n = put(parent, name, label[LANG_EN]);
	attribute(n, "xml:lang", "en");
}

static void
put_day(xmlNodePtr parent, const char *name, int32_t day, const char *event)
{
	char text[11];
	xmlNodePtr n = put(parent, name, date_iso(day, text));

	if (event != NULL)
		attribute(n, "event", event);
	attribute(n, "date", text);
}

/* --- what the study is -------------------------------------------------------------- */

static void
put_document(const struct package_facts *f, xmlNodePtr book)
{
	xmlNodePtr c = put(put(book, "docDscr", NULL), "citation", NULL), n;

	n = put(c, "titlStmt", NULL);
	put(n, "titl", package_say(f, f->study->title.nb, f->study->title.en));
	n = put(n, "IDNo", f->study->name);
	attribute(n, "agency", "utvalg");
	n = put(c, "prodStmt", NULL);
	put_day(n, "prodDate", date_of(f->drawn), NULL);
	n = put(n, "software", "utvalg");
	attribute(n, "version", VERSION);
}

static void
put_citation(const struct package_facts *f, xmlNodePtr study)
{
	const struct study *s = f->study;
	xmlNodePtr c = put(study, "citation", NULL), n;
	char day[11];

	n = put(c, "titlStmt", NULL);
	put(n, "titl", package_say(f, s->title.nb, s->title.en));
	if (strcmp(s->title.nb, s->title.en) != 0)
		put(n, "parTitl", package_say(f, s->title.en, s->title.nb));
	n = put(n, "IDNo", s->name);
	attribute(n, "agency", "utvalg");
	if (s->controller[0] != '\0') {
		n = put(c, "rspStmt", NULL);
		put(n, "AuthEnty", s->controller);
		n = put(c, "distStmt", NULL);
		put(n, "distrbtr", s->controller);
		if (s->contact[0] != '\0')
			put(n, "contact", s->contact);
	}
	n = put(put(c, "verStmt", NULL), "version", date_iso(f->register_date, day));
	attribute(n, "date", day);
}

static void
put_info(const struct package_facts *f, xmlNodePtr study)
{
	const struct study *s = f->study;
	xmlNodePtr info = put(study, "stdyInfo", NULL), n;

	n = put(info, "subject", NULL);
	for (size_t g = 0; g < s->ngroup; g++)
		put(n, "keyword", package_say(f, s->group[g].label.nb,
		    s->group[g].label.en));
	for (size_t g = 0; g < s->ngroup; g++)
		for (size_t i = 0; i < s->group[g].ncode; i++)
			attribute(put(n, "topcClas", s->group[g].code[i].text),
			    "vocab", s->standard == STUDY_SN2007 ? "SN2007" :
			    "SN2025");
	put(info, "abstract", s->purpose[0] != '\0' ? s->purpose : package_say(f,
	    "Ramme, utvalg og svar.", "Frame, sample and answers."));
	n = put(info, "sumDscr", NULL);
	put_day(n, "timePrd", f->register_date, "single");
	attribute(put(n, "nation", package_say(f, "Norge", "Norway")), "abbr", "NO");
	for (size_t a = 0; a < s->narea; a++)
		put(n, "geogCover", package_say(f, s->area[a].label.nb,
		    s->area[a].label.en));
	put(n, "anlyUnit", s->units == STUDY_ENHET ? package_say(f,
	    "Enhet i Enhetsregisteret", "Legal unit of the register") :
	    s->units == STUDY_UNDERENHET ? package_say(f, "Underenhet i"
	    " Enhetsregisteret", "Place of business of the register") :
	    package_say(f, "Enhet eller underenhet i Enhetsregisteret",
	    "Legal unit or place of business of the register"));
	put(n, "universe", package_say(f, "Registrerte enheter med undersøkelsens"
	    " næringskoder i dens områder, og enhetene på dens lister", "Registered"
	    " units with the study's industry codes in its areas, and the units of"
	    " its lists"));
	put(n, "dataKind", "survey data");
}

/* --- how it was done ---------------------------------------------------------------- */

static void
put_frame(const struct package_facts *f, xmlNodePtr coll)
{
	xmlNodePtr n = put(coll, "sampleFrame", NULL), unit;
	char day[11], text[24];

	put(n, "sampleFrameName", "Enhetsregisteret");
	attribute(put(n, "validPeriod", date_iso(f->register_date, day)), "event",
	    "single");
	put(n, "custodian", "Brønnøysundregistrene");
	put(put(n, "useStmt", NULL), "conditions", package_say(f, "NLOD 2.0. "
	    PACKAGE_NLOD_NB, "NLOD 2.0. " PACKAGE_NLOD_EN));
	put(n, "universe", package_say(f, "Enheter som kan nås på e-post",
	    "Units that can be reached by e-mail"));
	unit = put(n, "frameUnit", NULL);
	attribute(unit, "isPrimary", "true");
	snprintf(text, sizeof(text), "%" PRId64, f->kept);
	attribute(put(unit, "unitType", package_say(f, "Enhet", "Unit")),
	    "numberOfUnits", text);
	attribute(put(n, "referencePeriod", day), "event", "single");
}

static void
put_method(const struct package_facts *f, xmlNodePtr study)
{
	xmlNodePtr m = put(study, "method", NULL), c, n;
	struct buf text = BUF(8000);

	c = put(m, "dataColl", NULL);
	put(c, "timeMeth", package_say(f, "Tverrsnitt", "Cross-section"));
	package_design(f, &text);
	put(c, "sampProc", buf_text(&text));
	put_frame(f, c);
	put_number(put(c, "targetSampleSize", NULL), "sampleSize", f->units);
	buf_clear(&text);
	buf_printf(&text, "%" PRId64 "%s%" PRId64 "%s", f->population - f->kept,
	    package_say(f, " av ", " of "), f->population, package_say(f,
	    " enheter i populasjonen kan ikke nås på e-post eller er utelatt av en"
	    " annen grunn (frame.csv, tables/funnel.csv): underdekning.",
	    " units of the population cannot be reached by e-mail or are left out for"
	    " another reason (frame.csv, tables/funnel.csv): undercoverage."));
	put(c, "deviat", buf_text(&text));
	put(c, "collMode", package_say(f, "Nettskjema, invitasjon på e-post",
	    "Web form, invited by e-mail"));
	put(c, "weight", package_say(f, "Designvekt: 1/π, ganget med antall enheter"
	    " som deler e-postadressen; weights.csv har vektene for dem som svarte.",
	    "Design weight: 1/π, times the units that share the address; weights.csv"
	    " has the weights of those who answered."));
	n = put(m, "anlyInfo", NULL);
	buf_clear(&text);
	package_response(f, &text);
	put(n, "respRate", buf_text(&text));
	put(n, "EstSmpErr", package_say(f, "Se tables/rates.csv: 95 % intervaller"
	    " (Wilson).", "See tables/rates.csv: 95% intervals (Wilson)."));
	buf_free(&text);
}

static void
put_access(const struct package_facts *f, xmlNodePtr study)
{
	xmlNodePtr u = put(put(study, "dataAccs", NULL), "useStmt", NULL);
	int telling = 0;

	for (size_t i = 0; i < f->nset; i++)
		telling |= f->set[i].telling;
	put(u, "restrctn", telling ? package_say(f, "Filene contact.csv og"
	    " frame-identified.csv sier hvem enhetene er og deles ikke videre.",
	    "The files contact.csv and frame-identified.csv say who the units are"
	    " and are not to be passed on.") : package_say(f, "Navn, adresser,"
	    " organisasjonsnumre og nøkler er ikke med.", "Names, addresses,"
	    " organisation numbers and tokens are not in it."));
	if (f->study->contact[0] != '\0')
		put(u, "contact", f->study->contact);
	put(u, "citReq", package_say(f, PACKAGE_NLOD_NB, PACKAGE_NLOD_EN));
	put(u, "conditions", package_say(f, "NLOD 2.0 for det som er fra registeret;"
	    " personopplysninger omfattes ikke av lisensen.", "NLOD 2.0 for what is"
	    " from the register; the licence does not cover personal data."));
}

/* --- files and variables ------------------------------------------------------------ */

static void
put_file(const struct package_facts *f, size_t i, xmlNodePtr book)
{
	const struct package_set *s = &f->set[i];
	const struct package_file *made = package_get(f->files, s->file);
	xmlNodePtr d = put(book, "fileDscr", NULL), t, n;
	char id[24];

	snprintf(id, sizeof(id), "F%zu", i + 1);
	attribute(d, "ID", id);
	attribute(d, "URI", s->file);
	t = put(d, "fileTxt", NULL);
	put(t, "fileName", s->file);
	if (made != NULL) {
		n = put(t, "dataFingerprint", NULL);
		attribute(n, "type", "dataFile");
		put(n, "digitalFingerprintValue", made->sha256);
		put(n, "algorithmSpecification", "SHA-256");
	}
	put(t, "fileCont", s->title[f->lang]);
	n = put(t, "dimensns", NULL);
	put_number(n, "caseQnty", (int64_t)s->data->nrow);
	put_number(n, "varQnty", (int64_t)s->data->nvar);
	put(t, "fileType", "text/csv; charset=UTF-8");
}

static void
put_stat(xmlNodePtr var, const char *type, double v)
{
	char text[40];

	snprintf(text, sizeof(text), "%.15g", v);
	attribute(put(var, "sumStat", text), "type", type);
}

/* Cells with a value, without one, and of numbers the least and the most. */
static void
put_stats(const struct dataset *d, size_t i, xmlNodePtr var)
{
	enum dataset_type type = d->var[i].type;
	int64_t valid = 0;
	double least = 0, most = 0;

	for (size_t r = 0; r < d->nrow; r++) {
		const struct dataset_cell *c = &d->cell[r * d->nvar + i];

		if (c->state != DATASET_GIVEN)
			continue;
		if (valid == 0 || c->number < least)
			least = c->number;
		if (valid++ == 0 || c->number > most)
			most = c->number;
	}
	put_stat(var, "vald", (double)valid);
	put_stat(var, "invd", (double)d->nrow - (double)valid);
	if (valid > 0 && (type == DATASET_WHOLE || type == DATASET_REAL)) {
		put_stat(var, "min", least);
		put_stat(var, "max", most);
	}
}

struct place { const char *key; size_t at; };

static int
by_key(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static void
put_values(const struct dataset *d, size_t i, xmlNodePtr var)
{
	const struct dataset_var *v = &d->var[i];
	struct place *place = mem_array(v->nvalue + 1, sizeof(*place)), *at;
	int64_t *n = mem_array(v->nvalue + 1, sizeof(*n));

	for (size_t k = 0; k < v->nvalue; k++)
		place[k] = (struct place){ v->value[k].key, k };
	qsort(place, v->nvalue, sizeof(*place), by_key);
	for (size_t r = 0; v->nvalue > 0 && r < d->nrow; r++) {
		const struct dataset_cell *c = &d->cell[r * d->nvar + i];
		struct place key = { c->text, 0 };

		if (c->state == DATASET_GIVEN && c->text != NULL && (at = bsearch(
		    &key, place, v->nvalue, sizeof(*place), by_key)) != NULL)
			n[at->at]++;
	}
	for (size_t k = 0; k < v->nvalue; k++) {
		xmlNodePtr c = put(var, "catgry", NULL);

		put(c, "catValu", v->value[k].key);
		put_label(c, "labl", v->value[k].label);
		attribute(put_number(c, "catStat", n[k]), "type", "freq");
	}
	free(place);
	free(n);
}

static void
put_var(const struct package_facts *f, size_t set, size_t i, size_t number,
    xmlNodePtr data)
{
	const struct dataset *d = f->set[set].data;
	const struct dataset_var *v = &d->var[i];
	int numeric = v->type == DATASET_WHOLE || v->type == DATASET_REAL;
	xmlNodePtr var = put(data, "var", NULL), n;
	char id[24], file[24];

	snprintf(id, sizeof(id), "V%zu", number);
	snprintf(file, sizeof(file), "F%zu", set + 1);
	attribute(var, "ID", id);
	attribute(var, "name", v->name);
	attribute(var, "files", file);
	attribute(var, "intrvl", v->type == DATASET_REAL ? "contin" : "discrete");
	if (strstr(v->name, "weight") != NULL)
		attribute(var, "wgt", "wgt");
	put_label(var, "labl", v->label);
	put_stats(d, i, var);
	put_values(d, i, var);
	n = put(var, "varFormat", NULL);
	attribute(n, "type", numeric ? "numeric" : "character");
	if (v->type == DATASET_DATE)
		attribute(n, "category", "date");
}

static void
put_book(const struct package_facts *f, xmlDocPtr doc)
{
	xmlNodePtr book = xmlNewNode(NULL, X("codeBook")), n;
	size_t number = 0;

	xmlDocSetRootElement(doc, book);
	attribute(book, "xmlns", "ddi:codebook:2_5");
	attribute(book, "version", "2.5");
	attribute(book, "xml:lang", package_say(f, "nb", "en"));
	put_document(f, book);
	n = put(book, "stdyDscr", NULL);
	put_citation(f, n);
	put_info(f, n);
	put_method(f, n);
	put_access(f, n);
	for (size_t i = 0; i < f->nset; i++)
		put_file(f, i, book);
	n = put(book, "dataDscr", NULL);
	for (size_t s = 0; s < f->nset; s++)
		for (size_t i = 0; i < f->set[s].data->nvar; i++)
			put_var(f, s, i, ++number, n);
}

int
package_ddi(const struct package_facts *f, struct buf *out, struct err *err)
{
	xmlDocPtr doc = xmlNewDoc(X("1.0"));
	xmlChar *text = NULL;
	int len = 0;

	put_book(f, doc);
	xmlDocDumpFormatMemoryEnc(doc, &text, &len, "UTF-8", 1);
	xmlFreeDoc(doc);
	if (text == NULL || len <= 0 || len > DDI_MAX) {
		xmlFree(text);
		return err_set(err, EX_SOFTWARE, "codebook.xml could not be made");
	}
	buf_add(out, text, (size_t)len);
	xmlFree(text);
	return 0;
}
