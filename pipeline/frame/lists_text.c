#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nace/region.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/json.h"
#include "pipeline/base/utf8.h"

#include "pipeline/frame/lists.h"

static const struct {
	const char *code, *nb, *en;
	char sign;
} fates[LIST_FATES] = {
	[LIST_NUMBER] = { "there_by_number", "fantes, funnet på organisasjonsnummer",
	    "there already, by organisation number", '-' },
	[LIST_NAME] = { "there_by_name", "fantes, funnet på navn og kommune",
	    "there already, by name and municipality", '-' },
	[LIST_RELATED] = { "there_by_relation", "fantes, som hoved- eller underenhet",
	    "there already, as its main unit or sub-unit", '-' },
	[LIST_DECIDED] = { "there_by_decision", "fantes, avgjort av et menneske",
	    "there already, decided by a person", '-' },
	[LIST_DOUBLED] = { "doubled", "står flere ganger i listene",
	    "more than once in the lists", '-' },
	[LIST_REVIEW] = { "review", "må avgjøres av et menneske",
	    "to be decided by a person", '-' },
	[LIST_OUTSIDE] = { "outside", "utenfor områdene", "outside the areas", '-' },
	[LIST_NO_NAME] = { "no_name", "avvist, uten navn", "refused, no name", '-' },
	[LIST_NO_PLACE] = { "no_municipality", "avvist, kommunen mangler eller er ukjent",
	    "refused, no municipality, or not known", '-' },
	[LIST_GONE] = { "deleted", "avvist, slettet i registeret",
	    "refused, deleted in the register", '-' },
	[LIST_OUT] = { "decided_out", "avvist, avgjort av et menneske",
	    "refused, decided by a person", '-' },
	[LIST_NEW_NUMBER] = { "new_by_number", "nye, i registeret på nummer",
	    "new, of the register by number", '+' },
	[LIST_NEW_NAME] = { "new_by_name", "nye, i registeret på navn og kommune",
	    "new, of the register by name and place", '+' },
	[LIST_NEW_DECIDED] = { "new_by_decision", "nye, avgjort av et menneske",
	    "new, decided by a person", '+' },
	[LIST_NEW_UNREGISTERED] = { "new_unregistered", "nye, nummeret er ikke i registeret",
	    "new, with a number not in the register", '+' },
	[LIST_NEW_LOCAL] = { "new_without_number", "nye, uten organisasjonsnummer",
	    "new, without organisation number", '+' },
};

/* As they are printed: losses first. */
static const enum list_fate order[LIST_FATES] = { LIST_NUMBER, LIST_NAME, LIST_RELATED,
	LIST_DECIDED, LIST_DOUBLED, LIST_REVIEW, LIST_OUTSIDE, LIST_NO_NAME,
	LIST_NO_PLACE, LIST_GONE, LIST_OUT, LIST_NEW_NUMBER, LIST_NEW_NAME,
	LIST_NEW_DECIDED, LIST_NEW_UNREGISTERED, LIST_NEW_LOCAL };

const char *
list_fate_code(enum list_fate f)
{
	return fates[f].code;
}

static void
line(struct buf *b, int indent, const char *label, char sign, int64_t n)
{
	size_t width = utf8_width(label) + (size_t)indent;

	buf_printf(b, "%*s%s ", indent, "", label);
	for (; width < 50; width++)
		buf_chr(b, '.');
	buf_printf(b, " %c%8" PRId64 "\n", sign, n);
}

/* What else is worth knowing of a file. */
static void
print_notes(const struct list_told *t, int nb, struct buf *b)
{
	const struct { int64_t n; const char *nb, *en; } note[] = {
		{ t->wrong, "organisasjonsnumre er feil og regnet som ingen",
		    "organisation numbers are wrong and taken as none" },
		{ t->address, "enheter bruker listens adresse, ikke registerets",
		    "units use the list's address, not the register's" },
		{ t->stale, "avgjørelser gjelder rader som ikke er der",
		    "decisions are about rows that are not there" },
		{ t->merged, "sammenslåtte celler: teksten står bare i den første",
		    "merged cells: the text is in the first one alone" },
		{ t->hidden, "skjulte rader er lest", "hidden rows are read" },
		{ t->errors, "celler viser en feil", "cells show an error" },
	};

	for (size_t i = 0; i < sizeof(note) / sizeof(note[0]); i++)
		if (note[i].n > 0)
			buf_printf(b, "    %" PRId64 " %s\n", note[i].n,
			    nb ? note[i].nb : note[i].en);
}

void
lists_print(const struct lists *l, enum lang lang, struct buf *b)
{
	int nb = lang == LANG_NB;

	if (l->ntold > 0)
		buf_printf(b, "\n%s\n", nb ? "Lister" : "Lists");
	for (size_t i = 0; i < l->ntold; i++) {
		const struct list_told *t = &l->told[i];

		buf_printf(b, "  %s: %s (%s", t->list->name, t->list->file, t->kind);
		if (t->sheet != NULL)
			buf_printf(b, nb ? ", ark %s" : ", sheet %s", t->sheet);
		buf_str(b, ")\n");
		line(b, 2, nb ? "rader" : "rows", ' ', t->rows);
		for (int k = 0; k < LIST_FATES; k++)
			if (t->fate[order[k]] > 0)
				line(b, 4, nb ? fates[order[k]].nb : fates[order[k]].en,
				    fates[order[k]].sign, t->fate[order[k]]);
		print_notes(t, nb, b);
	}
}

void
lists_json(const struct lists *l, struct json *j)
{
	json_array(j);
	for (size_t i = 0; i < l->ntold; i++) {
		const struct list_told *t = &l->told[i];

		json_object(j);
		json_kstr(j, "name", t->list->name);
		json_kstr(j, "file", t->list->file);
		json_kstr(j, "kind", t->kind);
		json_kstr(j, "sheet", t->sheet);
		json_kint(j, "rows", t->rows);
		for (int k = 0; k < LIST_FATES; k++)
			json_kint(j, fates[order[k]].code, t->fate[order[k]]);
		json_kint(j, "wrong_numbers", t->wrong);
		json_kint(j, "list_addresses", t->address);
		json_kint(j, "decisions_stale", t->stale);
		json_kint(j, "merged", t->merged);
		json_kint(j, "hidden", t->hidden);
		json_kint(j, "errors", t->errors);
		json_end(j);
	}
	json_end(j);
}

/* "810000007 NAME": a unit that may be meant. */
static void
put_unit(struct buf *b, const struct lookup_unit *u)
{
	buf_printf(b, "%09d ", (int)u->orgnr);
	utf8_clean(b, u->name, strlen(u->name));
}

void
lists_review_print(const struct lists *l, enum lang lang, struct buf *b)
{
	int nb = lang == LANG_NB;

	for (size_t i = 0; i < l->nheld; i++) {
		const struct list_held *h = &l->held[i];
		char place[8];

		buf_printf(b, "%s %zu: ", h->told->list->name, h->line);
		utf8_clean(b, h->name, strlen(h->name));
		buf_printf(b, " (%s), %s\n  %s\n", region_text(h->municipality, place),
		    h->key, h->same > 1 ? (nb ? "flere i registeret heter det:" :
		    "several units of the register are called that:") :
		    nb ? "noen i registeret heter nesten det:" :
		    "units of the register are nearly called that:");
		for (size_t k = 0; k < h->n; k++) {
			buf_str(b, "    ");
			put_unit(b, &h->unit[k]);
			buf_chr(b, '\n');
		}
	}
	if (l->nheld == 0)
		buf_str(b, nb ? "Ingen rader må avgjøres.\n" : "No row is to be decided.\n");
}

static void
put(struct buf *b, int excel, int first, const char *text)
{
	struct buf safe = BUF(BUF_ANY);

	if (excel && text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL)
		buf_chr(&safe, '\'');
	utf8_clean(&safe, text, strlen(text));
	csv_put(b, excel ? ';' : ',', first, buf_text(&safe));
	buf_free(&safe);
}

void
lists_review_csv(const struct lists *l, int excel, enum lang lang, struct buf *b)
{
	static const char *const head[][2] = { { "rad", "row" },
		{ "avgjort", "decision" }, { "av", "by" }, { "dato", "date" },
		{ "liste", "list" }, { "linje", "line" }, { "navn", "name" },
		{ "kommune", "municipality" }, { "samme_navn", "same_name" },
		{ "kandidater", "candidates" } };

	if (excel)
		buf_str(b, "\xef\xbb\xbf");
	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		put(b, excel, i == 0, head[i][lang != LANG_NB]);
	buf_str(b, excel ? "\r\n" : "\n");
	for (size_t i = 0; i < l->nheld; i++) {
		const struct list_held *h = &l->held[i];
		struct buf units = BUF(BUF_ANY);
		char place[8], number[24];

		put(b, excel, 1, h->key);
		for (int k = 0; k < 3; k++)
			put(b, excel, 0, "");
		put(b, excel, 0, h->told->list->name);
		snprintf(number, sizeof(number), "%zu", h->line);
		put(b, excel, 0, number);
		put(b, excel, 0, h->name);
		put(b, excel, 0, region_text(h->municipality, place));
		snprintf(number, sizeof(number), "%zu", h->same);
		put(b, excel, 0, number);
		for (size_t k = 0; k < h->n; k++) {
			buf_str(&units, k > 0 ? " | " : "");
			put_unit(&units, &h->unit[k]);
		}
		put(b, excel, 0, buf_text(&units));
		buf_str(b, excel ? "\r\n" : "\n");
		buf_free(&units);
	}
}

void
lists_review_json(const struct lists *l, struct buf *b)
{
	for (size_t i = 0; i < l->nheld; i++) {
		const struct list_held *h = &l->held[i];
		struct json j;
		char text[16];

		json_begin(&j, b, 0);
		json_object(&j);
		json_kstr(&j, "row", h->key);
		json_kstr(&j, "list", h->told->list->name);
		json_kint(&j, "line", (int64_t)h->line);
		json_kstr(&j, "name", h->name);
		json_kstr(&j, "municipality", region_text(h->municipality, text));
		json_kint(&j, "same_name", (int64_t)h->same);
		json_key(&j, "candidates");
		json_array(&j);
		for (size_t k = 0; k < h->n; k++) {
			json_object(&j);
			snprintf(text, sizeof(text), "%09d", (int)h->unit[k].orgnr);
			json_kstr(&j, "orgnr", text);
			json_kstr(&j, "name", h->unit[k].name);
			json_kbool(&j, "same_name", k < h->same);
			json_end(&j);
		}
		json_end(&j);
		json_end(&j);
		buf_chr(b, '\n');
	}
}
