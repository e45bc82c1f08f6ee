#include <stdio.h>
#include <string.h>

#include "pipeline/tables/chart.h"
#include "pipeline/tables/report_private.h"
#include "pipeline/tables/tables.h"

#include "pipeline/tables/report.h"

extern const unsigned char embed_report_css[];
extern const size_t embed_report_css_len;

typedef int chart(struct markup *, const char *id, const struct table *);

/* The sections, in order; a section has parts, of which each is one table. */
struct part {
	const char *table, *by;
	enum rword heading;		/* RWORDS: that of the section is enough */
	chart *draw;
	enum rword note;
};
static const struct section {
	const char *id;
	enum rword heading, text;
	struct part part[4];
} sections[] = {
	{ "flyt", R_FLOW, R_FLOW_TEXT, {
	    { "funnel", NULL, RWORDS, chart_flow, R_FLOW_NOTE } } },
	{ "svarprosent", R_RATES, R_RATES_TEXT, {
	    { "rates", "area", RWORDS, chart_dots, R_DOTS_NOTE },
	    { "rates", "county", R_BY_COUNTY, chart_dots, R_DOTS_NOTE },
	    { "rates", "group", R_BY_GROUP, chart_dots, R_DOTS_NOTE } } },
	{ "dager", R_DAYS, R_DAYS_TEXT, {
	    { "days", NULL, RWORDS, chart_days, R_DAYS_NOTE } } },
	{ "returer", R_RETURNS, R_RETURNS_TEXT, {
	    { "returns", NULL, RWORDS, chart_bars, R_BARS_NOTE } } },
	{ "mangler", R_MISSING, R_MISSING_TEXT, {
	    { "rindicator", NULL, RWORDS, NULL, RWORDS },
	    { "missing", NULL, RWORDS, NULL, RWORDS } } },
	{ "svar", R_ANSWERS, R_ANSWERS_TEXT, { { NULL, NULL, RWORDS, NULL, RWORDS } } },
	{ "tall", R_MORE, R_MORE_TEXT, {
	    { "net", NULL, RWORDS, NULL, RWORDS },
	    { "rates", NULL, RWORDS, NULL, RWORDS },
	    { "aapor", NULL, RWORDS, NULL, RWORDS } } },
};
enum { SECTIONS = sizeof(sections) / sizeof(sections[0]) };

static int
has_section(const struct report *r, const struct section *s)
{
	if (s == &sections[0])
		return 1;
	if (s->part[0].table == NULL)
		return r->m.study->ntable > 0 && r->m.counts.all.answered > 0;
	return r->mailed;
}

/* Is there anything to draw?  Tried on a page of its own. */
static int
draws(const struct part *p, const struct table *t)
{
	struct buf b = BUF(BUF_ANY);
	struct markup *trial;
	struct err ignored;
	int r;

	if (p->draw == NULL)
		return 0;
	trial = markup_new();
	r = p->draw(trial, "x", t);
	(void)markup_end(trial, &b, &ignored);
	buf_free(&b);
	return r;
}

/* The picture, in a figure that scrolls where the screen is narrow. */
static void
put_picture(struct report *r, const struct part *p, const struct table *t)
{
	struct markup *h = r->html;
	char id[24];

	snprintf(id, sizeof(id), "figur%d", r->tables + 1);
	markup_open(h, "figure");
	markup_open(h, "div");
	markup_attr(h, "class", "scroll");
	markup_attr(h, "tabindex", "0");
	markup_attr(h, "role", "group");
	markup_attrf(h, "aria-labelledby", "%s-title", id);
	(void)p->draw(h, id, t);
	markup_close(h);
	markup_leaf(h, "figcaption", NULL, rword(p->note, r->lang));
	markup_close(h);
}

static int
put_part(struct report *r, const struct part *p, struct err *err)
{
	struct tables_ask ask = { .table = p->table, .by = p->by };
	struct table *t;

	if (making_table(&r->m, &ask, &t, err) != 0)
		return -1;
	/* one value and the total say the same twice */
	if (p->by != NULL && t->nrow < 3) {
		table_free(t);
		return 0;
	}
	if (p->heading != RWORDS)
		markup_leaf(r->html, "h3", NULL, rword(p->heading, r->lang));
	if (draws(p, t))
		put_picture(r, p, t);
	report_table(r, t);
	table_free(t);
	return 0;
}

/* By county too, but not where the areas are the counties. */
static int
same_split(struct report *r, int *same, struct err *err)
{
	struct tables_ask area = { .table = "rates", .by = "area" };
	struct tables_ask county = { .table = "rates", .by = "county" };
	struct table *a, *c;

	if (making_table(&r->m, &area, &a, err) != 0)
		return -1;
	if (making_table(&r->m, &county, &c, err) != 0) {
		table_free(a);
		return -1;
	}
	*same = a->nrow == c->nrow;
	for (size_t i = 0; *same && i < a->nrow; i++) {
		int found = 0;

		for (size_t k = 0; k < c->nrow; k++)
			found |= chart_value(a, i, "sent") ==
			    chart_value(c, k, "sent") &&
			    chart_value(a, i, "returned") ==
			    chart_value(c, k, "returned");
		*same = found;
	}
	table_free(c);
	table_free(a);
	return 0;
}

static int
put_section(struct report *r, const struct section *s, struct err *err)
{
	struct part own = { NULL, NULL, RWORDS, NULL, RWORDS };
	int same = 0;

	markup_open(r->html, "section");
	markup_attr(r->html, "id", s->id);
	markup_leaf(r->html, "h2", NULL, rword(s->heading, r->lang));
	markup_leaf(r->html, "p", NULL, rword(s->text, r->lang));
	for (size_t i = 0; i < 4 && s->part[i].table != NULL; i++) {
		const char *by = s->part[i].by;

		if (by != NULL && strcmp(by, "county") == 0 &&
		    same_split(r, &same, err) != 0)
			return -1;
		if (same && by != NULL && strcmp(by, "county") == 0)
			continue;
		if (put_part(r, &s->part[i], err) != 0)
			return -1;
	}
	for (size_t i = 0; s->part[0].table == NULL && i < r->m.study->ntable; i++) {
		own.table = r->m.study->table[i].name;
		if (put_part(r, &own, err) != 0)
			return -1;
	}
	markup_close(r->html);
	return 0;
}

/* --- the top -------------------------------------------------------------------- */

static void
put_meta(struct markup *h, const char *key, const char *name,
    const char *content)
{
	markup_open(h, "meta");
	markup_attr(h, key, name);
	markup_attr(h, "content", content);
	markup_void(h);
}

static void
put_head(struct report *r)
{
	struct markup *h = r->html;
	const char *title = making_label(&r->m, &r->m.study->title);

	markup_open(h, "head");
	markup_open(h, "meta");
	markup_attr(h, "charset", "utf-8");
	markup_void(h);
	put_meta(h, "http-equiv", "Content-Security-Policy",
	    "default-src 'none'; style-src 'unsafe-inline'");
	put_meta(h, "name", "viewport", "width=device-width, initial-scale=1");
	put_meta(h, "name", "color-scheme", "light dark");
	put_meta(h, "name", "generator", "utvalg " VERSION);
	markup_leaf(h, "title", NULL, arena_printf(r->m.arena, "%s – %s", title,
	    rword(R_KIND, r->lang)));
	markup_open(h, "style");
	markup_raw(h, (const char *)embed_report_css, embed_report_css_len);
	markup_close(h);
	markup_close(h);
}

static void
put_key(struct report *r, const char *term, const char *figure)
{
	if (figure[0] == '\0')
		return;
	markup_open(r->html, "div");
	markup_leaf(r->html, "dt", NULL, term);
	markup_leaf(r->html, "dd", NULL, figure);
	markup_close(r->html);
}

static void
put_keys(struct report *r)
{
	static const enum word levels[] = { WORD_POPULATION, WORD_KEPT, WORD_DRAWN,
		WORD_SENT_LONG, WORD_DELIVERED, WORD_ANSWERED };

	markup_open(r->html, "dl");
	markup_attr(r->html, "class", "keys");
	markup_attr(r->html, "aria-label", rword(R_KEY, r->lang));
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		put_key(r, words_text(levels[i], r->lang), report_figure(r->funnel,
		    words_key(levels[i]), words_key(WORD_LEFT)));
	if (r->rates != NULL) {
		put_key(r, words_text(WORD_GROSS_RATE, r->lang),
		    report_figure(r->rates, words_key(WORD_GROSS_RATE),
		    words_key(WORD_TOTAL)));
		if (r->m.study->active_num > 0)
			put_key(r, words_text(WORD_NET_RATE, r->lang),
			    report_figure(r->rates, words_key(WORD_NET_RATE),
			    words_key(WORD_TOTAL)));
	}
	markup_close(r->html);
}

static void
put_link(struct report *r, const char *id, enum rword text)
{
	markup_open(r->html, "li");
	markup_open(r->html, "a");
	markup_attrf(r->html, "href", "#%s", id);
	markup_text(r->html, rword(text, r->lang));
	markup_close(r->html);
	markup_close(r->html);
}

static void
put_top(struct report *r)
{
	const struct study *s = r->m.study;
	struct markup *h = r->html;
	const char *day = report_day(r, r->m.counts.register_date);

	markup_open(h, "header");
	markup_leaf(h, "p", "kind", rword(R_KIND, r->lang));
	markup_leaf(h, "h1", NULL, making_label(&r->m, &s->title));
	markup_open(h, "p");
	markup_attr(h, "class", "lead");
	/* it is in the study file's language; its place in English is below */
	if (r->lang == LANG_NB && s->purpose != NULL && s->purpose[0] != '\0') {
		markup_text(h, s->purpose);
		markup_text(h, " ");
	}
	markup_text(h, rword_fill(r->m.arena, R_LEAD, r->lang, &day, 1));
	markup_close(h);
	put_keys(r);
	markup_close(h);
	markup_open(h, "nav");
	markup_attr(h, "aria-labelledby", "innhold");
	markup_open(h, "h2");
	markup_attr(h, "id", "innhold");
	markup_text(h, rword(R_CONTENTS, r->lang));
	markup_close(h);
	markup_open(h, "ol");
	for (size_t i = 0; i < SECTIONS; i++)
		if (has_section(r, &sections[i]))
			put_link(r, sections[i].id, sections[i].heading);
	put_link(r, "metode", R_METHOD);
	markup_close(h);
	markup_close(h);
}

static int
put_page(struct report *r, struct err *err)
{
	struct markup *h = r->html;
	const char *lang = r->lang == LANG_EN ? "en" : "nb";

	markup_open(h, "html");
	markup_attr(h, "xmlns", "http://www.w3.org/1999/xhtml");
	markup_attr(h, "lang", lang);
	markup_attr(h, "xml:lang", lang);
	put_head(r);
	markup_open(h, "body");
	put_top(r);
	markup_open(h, "main");
	for (size_t i = 0; i < SECTIONS; i++)
		if (has_section(r, &sections[i]) &&
		    put_section(r, &sections[i], err) != 0)
			return -1;
	report_method(r);
	markup_close(h);
	report_foot(r);
	return 0;
}

static int
make(struct report *r, struct buf *out, struct err *err)
{
	struct tables_ask funnel = { .table = "funnel" };
	struct tables_ask rates = { .table = "rates" };
	struct err ignored;
	int ret;

	r->mailed = r->m.counts.sample != 0 && r->m.counts.mailed;
	if (making_table(&r->m, &funnel, &r->funnel, err) != 0)
		return -1;
	if (r->mailed && making_table(&r->m, &rates, &r->rates, err) != 0)
		return -1;
	r->html = markup_new();
	ret = put_page(r, err);
	if (markup_end(r->html, out, ret == 0 ? err : &ignored) != 0)
		ret = -1;
	if (ret == 0 && out->over)
		ret = err_set(err, EX_DATAERR, "the report is too large");
	return ret;
}

int
report_make(const struct world *w, const struct study *s, int64_t study_id,
    struct buf *out, struct err *err)
{
	struct report r;
	int ret;

	memset(&r, 0, sizeof(r));
	r.lang = w->lang;
	if (making_begin(&r.m, w, s, study_id, err) != 0)
		return -1;
	ret = make(&r, out, err);
	table_free(r.funnel);
	table_free(r.rates);
	making_end(&r.m);
	return ret;
}
