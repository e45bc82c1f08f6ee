#include <stdio.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/tables/chart.h"
#include "pipeline/tables/report_private.h"

const char *
report_figure(const struct table *t, const char *row, const char *column)
{
	for (size_t i = 0; i < t->nrow; i++)
		if (strcmp(t->row[i].key, row) == 0)
			return chart_shown(t, i, column);
	return "";
}

const char *
report_day(const struct report *r, int32_t day)
{
	char iso[11];
	int y, m, d;

	if (r->lang == LANG_EN || day == DATE_NONE)
		return arena_str(r->m.arena, date_iso(day, iso));
	date_civil(day, &y, &m, &d);
	return arena_printf(r->m.arena, "%d.%d.%d", d, m, y);
}

enum { LONG = 25, WIDE = 8 };		/* rows over a page; columns set smaller */

/* --- tables --------------------------------------------------------------------- */

static void
put_heading(struct markup *h, const struct table *t)
{
	markup_open(h, "thead");
	markup_open(h, "tr");
	for (size_t c = 0; c < t->ncolumn; c++) {
		/* a corner without a word is no heading */
		if (t->column[c].head[0] == '\0') {
			markup_leaf(h, "td", NULL, "");
			continue;
		}
		markup_open(h, "th");
		markup_attr(h, "scope", "col");
		if (t->column[c].align == TABLE_RIGHT)
			markup_attr(h, "class", "n");
		markup_text(h, t->column[c].head);
		markup_close(h);
	}
	markup_close(h);
	markup_close(h);
}

/* The first cell with a text is what the row is called. */
static size_t
name_of(const struct table_row *r, size_t n)
{
	size_t c = 0;

	while (c < n && (r->cell[c].value != TABLE_TEXT ||
	    r->cell[c].text[0] == '\0'))
		c++;
	return c;
}

static void
put_row(struct markup *h, const struct table *t, size_t row)
{
	const struct table_row *r = &t->row[row];
	size_t name = name_of(r, t->ncolumn);
	int ruled = r->kind != TABLE_BODY && row > 0 &&
	    t->row[row - 1].kind != r->kind;

	markup_open(h, "tr");
	if (r->kind != TABLE_BODY)
		markup_attr(h, "class", ruled ? "sum ruled" : "sum");
	for (size_t c = 0; c < t->ncolumn; c++) {
		markup_open(h, c == name ? "th" : "td");
		if (c == name)
			markup_attr(h, "scope", "row");
		if (t->column[c].align == TABLE_RIGHT)
			markup_attr(h, "class", "n");
		markup_text(h, chart_shown(t, row, t->column[c].key));
		markup_close(h);
	}
	markup_close(h);
	markup_raw(h, "\n", 1);
}

static void
put_notes(struct report *r, const struct table *t)
{
	if (t->nnote == 0)
		return;
	markup_open(r->html, "ul");
	markup_attr(r->html, "class", "notes");
	for (size_t i = 0; i < t->nnote; i++) {
		markup_open(r->html, "li");
		if (t->note[i].warning) {
			markup_attr(r->html, "class", "warning");
			markup_leaf(r->html, "strong", NULL,
			    rword(R_WARNING, r->lang));
		}
		markup_text(r->html, t->note[i].text);
		markup_close(r->html);
	}
	markup_close(r->html);
}

void
report_table(struct report *r, const struct table *t)
{
	struct markup *h = r->html;

	r->tables++;
	markup_open(h, "div");
	markup_attrf(h, "class", "scroll%s%s", t->nrow > LONG ? " long" : "",
	    t->ncolumn > WIDE ? " wide" : "");
	markup_attr(h, "tabindex", "0");
	markup_attr(h, "role", "group");
	markup_attrf(h, "aria-labelledby", "tabell%d", r->tables);
	markup_open(h, "table");
	markup_open(h, "caption");
	markup_attrf(h, "id", "tabell%d", r->tables);
	markup_text(h, t->title);
	markup_close(h);
	put_heading(h, t);
	markup_open(h, "tbody");
	for (size_t i = 0; i < t->nrow; i++)
		put_row(h, t, i);
	markup_close(h);
	markup_close(h);
	markup_close(h);
	put_notes(r, t);
	markup_raw(h, "\n", 1);
}

/* --- method --------------------------------------------------------------------- */

static void
para(struct report *r, enum rword w, const char *const *arg, size_t n)
{
	markup_leaf(r->html, "p", NULL, rword_fill(r->m.arena, w, r->lang, arg, n));
}

static const char *
level(const struct report *r, enum word w)
{
	return report_figure(r->funnel, words_key(w), words_key(WORD_LEFT));
}

/* A loss as a number that was taken off. */
static const char *
lost(const struct report *r, enum word w)
{
	for (size_t i = 0; i < r->funnel->nrow; i++)
		if (strcmp(r->funnel->row[i].key, words_key(w)) == 0)
			return chart_number(r->funnel, -chart_value(r->funnel, i,
			    words_key(WORD_CHANGE)), 0);
	return "";
}

static const char *
design(const struct report *r)
{
	static const enum rword of[] = {
		[STUDY_EVERYONE] = R_DESIGN_EVERYONE,
		[STUDY_RANDOM] = R_DESIGN_RANDOM,
		[STUDY_SYSTEMATIC] = R_DESIGN_SYSTEMATIC,
		[STUDY_PPS] = R_DESIGN_PPS,
		[STUDY_BERNOULLI] = R_DESIGN_BERNOULLI,
		[STUDY_R_RANDOM] = R_DESIGN_R };

	return rword(of[r->m.study->design], r->lang);
}

static void
put_definitions(struct report *r)
{
	static const enum word defs[] = { WORD_DEF_POPULATION, WORD_DEF_SENT,
		WORD_DEF_RETURNED, WORD_DEF_NOT_LOCATED, WORD_DEF_NET,
		WORD_DEF_ANSWERED, WORD_DEF_GROSS_RATE, WORD_DEF_NET_RATE,
		WORD_DEF_OTHER_WORDS };

	markup_leaf(r->html, "h3", NULL, rword(R_DEFINITIONS, r->lang));
	markup_open(r->html, "ul");
	for (size_t i = 0; i < sizeof(defs) / sizeof(defs[0]); i++)
		markup_leaf(r->html, "li", NULL, words_text(defs[i], r->lang));
	markup_close(r->html);
}

static void
put_about(struct report *r)
{
	const struct study *s = r->m.study;
	const struct { enum rword term; const char *text; } about[] = {
		{ R_PURPOSE, s->purpose }, { R_CONTROLLER, s->controller },
		{ R_CONTACT, s->contact } };

	markup_open(r->html, "dl");
	markup_attr(r->html, "class", "about");
	for (size_t i = 0; i < 3; i++)
		if (about[i].text != NULL && about[i].text[0] != '\0') {
			markup_leaf(r->html, "dt", NULL,
			    rword(about[i].term, r->lang));
			markup_leaf(r->html, "dd", NULL, about[i].text);
		}
	markup_close(r->html);
}

void
report_method(struct report *r)
{
	const struct study *s = r->m.study;
	const char *arg[5];

	markup_open(r->html, "section");
	markup_attr(r->html, "id", "metode");
	markup_leaf(r->html, "h2", NULL, rword(R_METHOD, r->lang));
	arg[0] = report_day(r, r->m.counts.register_date);
	arg[1] = level(r, WORD_POPULATION);
	arg[2] = level(r, WORD_KEPT);
	para(r, R_METHOD_POPULATION, arg, 3);
	arg[0] = s->standard == STUDY_SN2007 ? "SN2007" : "SN2025";
	para(r, R_METHOD_STANDARD, arg, 1);
	arg[0] = level(r, WORD_DRAWN);
	arg[1] = design(r);
	if (r->m.counts.sample != 0)
		para(r, R_METHOD_DRAWN, arg, 2);
	arg[0] = level(r, WORD_SENT_LONG);
	arg[1] = lost(r, WORD_RETURNS);
	arg[2] = lost(r, WORD_NOT_LOCATED_LOSS);
	arg[3] = level(r, WORD_DELIVERED);
	arg[4] = level(r, WORD_ANSWERED);
	if (r->mailed)
		para(r, R_METHOD_SENT, arg, 5);
	else
		para(r, R_METHOD_NOT_YET, NULL, 0);
	para(r, R_METHOD_RATES, NULL, 0);
	arg[0] = chart_number(r->funnel, s->small, 0);
	if (s->small > 1)
		para(r, R_METHOD_SMALL, arg, 1);
	if (r->mailed)
		put_definitions(r);
	put_about(r);
	markup_close(r->html);
}

void
report_foot(struct report *r)
{
	const char *arg[2] = { VERSION, r->m.study->name };

	markup_open(r->html, "footer");
	markup_leaf(r->html, "p", NULL, rword(R_LICENCE, r->lang));
	markup_leaf(r->html, "p", NULL, rword(R_LICENCE_CODES, r->lang));
	markup_leaf(r->html, "p", NULL, rword_fill(r->m.arena, R_MADE, r->lang, arg,
	    2));
	markup_close(r->html);
}
