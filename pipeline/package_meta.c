#include <inttypes.h>
#include <string.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/date.h"
#include "pipeline/base/json.h"

#include "pipeline/package_private.h"

/* --- codebook.csv ------------------------------------------------------------------- */

static const char *
type_word(enum dataset_type t)
{
	static const char *const word[] = { "string", "integer", "number", "date",
		"string" };

	return word[t];
}

static void
codebook_line(const struct package_set *s, const struct dataset_var *v,
    const struct dataset_value *one, struct buf *out)
{
	csv_put(out, ',', 1, s->file);
	csv_put(out, ',', 0, v->name);
	csv_put(out, ',', 0, v->source);
	csv_put(out, ',', 0, type_word(v->type));
	csv_put(out, ',', 0, v->label[LANG_NB]);
	csv_put(out, ',', 0, v->label[LANG_EN]);
	csv_put(out, ',', 0, one != NULL ? one->key : "");
	csv_put(out, ',', 0, one != NULL ? one->label[LANG_NB] : "");
	csv_put(out, ',', 0, one != NULL ? one->label[LANG_EN] : "");
	buf_chr(out, '\n');
}

void
package_codebook(const struct package_facts *f, struct buf *out)
{
	buf_str(out, "file,variable,source,type,label_nb,label_en,value,"
	    "value_label_nb,value_label_en\n");
	for (size_t s = 0; s < f->nset; s++)
		for (size_t i = 0; i < f->set[s].data->nvar; i++) {
			const struct dataset_var *v = &f->set[s].data->var[i];

			codebook_line(&f->set[s], v, NULL, out);
			for (size_t k = 0; k < v->nvalue; k++)
				codebook_line(&f->set[s], v, &v->value[k], out);
		}
}

/* --- datapackage.json --------------------------------------------------------------- */

static void
put_field(const struct package_facts *f, const struct dataset_var *v,
    struct json *j)
{
	json_object(j);
	json_kstr(j, "name", v->name);
	json_kstr(j, "type", type_word(v->type));
	json_kstr(j, "title", v->label[f->lang]);
	if (strcmp(v->source, v->name) != 0)
		json_kstr(j, "description", v->source);
	if (v->nvalue > 0) {
		json_key(j, "categories");
		json_array(j);
		for (size_t i = 0; i < v->nvalue; i++) {
			json_object(j);
			json_kstr(j, "value", v->value[i].key);
			json_kstr(j, "label", v->value[i].label[f->lang]);
			json_end(j);
		}
		json_end(j);
	}
	json_end(j);
}

static void
put_table(const struct package_facts *f, const struct package_set *s,
    struct json *j)
{
	json_key(j, "dialect");
	json_object(j);
	json_kstr(j, "$schema",
	    "https://datapackage.org/profiles/2.0/tabledialect.json");
	json_kbool(j, "header", 1);
	json_kstr(j, "delimiter", ",");
	json_kstr(j, "lineTerminator", "\n");
	json_kstr(j, "quoteChar", "\"");
	json_kbool(j, "doubleQuote", 1);
	json_end(j);
	json_key(j, "schema");
	json_object(j);
	json_kstr(j, "$schema",
	    "https://datapackage.org/profiles/2.0/tableschema.json");
	json_key(j, "fields");
	json_array(j);
	for (size_t i = 0; i < s->data->nvar; i++)
		put_field(f, &s->data->var[i], j);
	json_end(j);
	json_key(j, "missingValues");
	json_array(j);
	json_str(j, "");
	json_end(j);
	if (strcmp(s->file, "sample.csv") == 0) {
		json_key(j, "primaryKey");
		json_array(j);
		json_str(j, "case");
		json_end(j);
	}
	json_end(j);
}

static const struct { const char *end, *format, *type; } kinds[] = {
	{ ".csv", "csv", "text/csv" }, { ".md", "md", "text/markdown" },
	{ ".json", "json", "application/json" }, { ".xml", "xml", "application/xml" },
	{ ".html", "html", "text/html" }, { ".ini", "ini", "text/plain" },
	{ ".sav", "sav", "application/x-spss-sav" },
	{ ".dta", "dta", "application/x-stata-dta" },
	{ ".xlsx", "xlsx",
	    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ ".txt", "txt", "text/plain" },
};

static void
put_resource(const struct package_facts *f, const struct package_file *p,
    struct json *j)
{
	const struct package_set *s = NULL;
	struct buf name = BUF(400), hash = BUF(100);
	size_t k = 0, n = sizeof(kinds) / sizeof(kinds[0]);
	size_t len = strlen(p->name);

	for (size_t i = 0; i < f->nset; i++)
		if (strcmp(f->set[i].file, p->name) == 0)
			s = &f->set[i];
	while (k < n && (len < strlen(kinds[k].end) ||
	    strcmp(p->name + len - strlen(kinds[k].end), kinds[k].end) != 0))
		k++;
	for (const char *c = p->name; *c != '\0'; c++)
		buf_chr(&name, *c == '/' ? '-' : *c >= 'A' && *c <= 'Z' ?
		    (char)(*c + 32) : *c);
	buf_printf(&hash, "sha256:%s", p->sha256);
	json_object(j);
	json_kstr(j, "name", buf_text(&name));
	json_kstr(j, "path", p->name);
	if (s != NULL)
		json_kstr(j, "title", s->title[f->lang]);
	if (s != NULL)
		json_kstr(j, "type", "table");
	if (k < n) {
		json_kstr(j, "format", kinds[k].format);
		json_kstr(j, "mediatype", kinds[k].type);
		if (strcmp(kinds[k].format, "sav") != 0 &&
		    strcmp(kinds[k].format, "dta") != 0 &&
		    strcmp(kinds[k].format, "xlsx") != 0)
			json_kstr(j, "encoding", "utf-8");
	}
	json_kint(j, "bytes", (int64_t)p->text.len);
	json_kstr(j, "hash", buf_text(&hash));
	if (s != NULL)
		put_table(f, s, j);
	json_end(j);
	buf_free(&name);
	buf_free(&hash);
}

static void
put_source(struct json *j, const char *title, const char *path)
{
	json_object(j);
	json_kstr(j, "title", title);
	json_kstr(j, "path", path);
	json_end(j);
}

void
package_datapackage(const struct package_facts *f, struct buf *out)
{
	const struct study *s = f->study;
	struct json j;
	char day[11], at[21];

	json_begin(&j, out, 1);
	json_object(&j);
	json_kstr(&j, "$schema",
	    "https://datapackage.org/profiles/2.0/datapackage.json");
	json_kstr(&j, "name", s->name);
	json_kstr(&j, "title", package_say(f, s->title.nb, s->title.en));
	json_kstr(&j, "description", package_say(f, PACKAGE_NLOD_NB,
	    PACKAGE_NLOD_EN));
	json_kstr(&j, "version", date_iso(f->register_date, day));
	json_kstr(&j, "created", moment_iso(f->drawn, at));
	json_key(&j, "licenses");
	json_array(&j);
	json_object(&j);
	json_kstr(&j, "name", "NLOD-2.0");
	json_kstr(&j, "path", "https://data.norge.no/nlod/no/2.0");
	json_kstr(&j, "title", package_say(f, "Norsk lisens for offentlige data, for"
	    " det som er fra registeret", "Norwegian Licence for Open Government"
	    " Data, for what is from the register"));
	json_end(&j);
	json_end(&j);
	json_key(&j, "sources");
	json_array(&j);
	put_source(&j, "Enhetsregisteret, Brønnøysundregistrene",
	    "https://data.brreg.no/enhetsregisteret/");
	put_source(&j, "Klass, Statistisk sentralbyrå (CC BY 4.0)",
	    "https://www.ssb.no/klass/");
	json_end(&j);
	if (s->controller[0] != '\0') {
		json_key(&j, "contributors");
		json_array(&j);
		json_object(&j);
		json_kstr(&j, "title", s->controller);
		json_end(&j);
		json_end(&j);
	}
	json_key(&j, "resources");
	json_array(&j);
	for (size_t i = 0; i < f->files->n; i++)
		put_resource(f, &f->files->file[i], &j);
	json_end(&j);
	json_end(&j);
	buf_chr(out, '\n');
}
