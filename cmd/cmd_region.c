#include <stdlib.h>
#include <string.h>

#include "nace/region.h"
#include "pipeline/base/date.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

enum {
	MOST = 1000,		/* municipalities of a day, rows of a name */
	FIRST = 11688		/* 2002-01-01: where the lists begin */
};

/* One answer: in which language, up to which day things are followed. */
struct answer {
	const struct region *r;
	int32_t to;
	int nb;
	enum lang lang;
	struct json *j;			/* NULL: text */
};

/* A set of municipalities of a day. */
struct set {
	const struct region_place *place[MOST];
	size_t n;
	int32_t day;
};

static const char *
say(const struct answer *a, const char *nb, const char *en)
{
	return a->nb ? nb : en;
}

/* ---- JSON -------------------------------------------------------------------- */

static void
json_day(struct json *j, const char *key, int32_t day)
{
	char text[11];

	json_kstr(j, key, day == DATE_NONE ? NULL : date_iso(day, text));
}

/* Number, name and days of a place; DATE_NONE stands for "before 2002". */
static void
json_head(struct json *j, const char *number, const char *name, int32_t from,
    int32_t to)
{
	json_kstr(j, "number", number);
	json_kstr(j, "name", name);
	json_day(j, "first_day", from);
	json_day(j, "last_day", to == DATE_NONE ? DATE_NONE : to - 1);
}

static void
json_places(struct json *j, const char *key, const struct region_place *const *p,
    size_t n)
{
	char text[8];

	json_key(j, key);
	json_array(j);
	for (size_t i = 0; i < n; i++) {
		json_object(j);
		json_kstr(j, "number", region_text(p[i]->number, text));
		json_kstr(j, "name", p[i]->name);
		json_end(j);
	}
	json_end(j);
}

static const char *
fate_word(enum region_fate fate)
{
	return region_fate_text(fate, LANG_EN);
}

/* What a municipality of ${from} is on ${to}. */
static void
json_became(const struct answer *a, const char *key, int32_t number, int32_t from,
    int32_t to)
{
	struct region_trace t;
	char text[8];

	region_trace(a->r, number, from, to, &t);
	json_key(a->j, key);
	json_object(a->j);
	json_day(a->j, "day", to);
	json_kstr(a->j, "fate", fate_word(t.fate));
	json_kstr(a->j, "county", t.county == 0 ? NULL :
	    region_county_text(t.county, text));
	json_places(a->j, "municipalities", t.to, t.n);
	json_end(a->j);
}

static void
json_carry(struct json *j, const struct region_carry *c, int32_t day)
{
	char text[8];

	json_key(j, "carried");
	json_object(j);
	json_day(j, "day", day);
	json_key(j, "municipalities");
	json_array(j);
	for (size_t i = 0; i < c->nheir; i++) {
		json_object(j);
		json_kstr(j, "number", region_text(c->heir[i].place->number, text));
		json_kstr(j, "name", c->heir[i].place->name);
		json_kbool(j, "over_covers", c->heir[i].noutside > 0);
		json_places(j, "also_from", c->heir[i].outside, c->heir[i].noutside);
		json_end(j);
	}
	json_end(j);
	json_key(j, "split");
	json_array(j);
	for (size_t i = 0; i < c->nsplit; i++) {
		json_object(j);
		json_kstr(j, "number", region_text(c->split[i].old->number, text));
		json_kstr(j, "name", c->split[i].old->name);
		json_places(j, "into", c->split[i].into.to, c->split[i].into.n);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

/* ---- text -------------------------------------------------------------------- */

static void
text_places(const struct region_place *const *p, size_t n)
{
	char text[8];

	for (size_t i = 0; i < n; i++)
		ui_printf("%s%s %s", i > 0 ? ", " : "", region_text(p[i]->number, text),
		    p[i]->name);
	ui_text("\n");
}

/* ", 2020-01-01 til 2023-12-31" */
static void
text_days(const struct answer *a, int32_t from, int32_t to)
{
	char day[11];

	if (from != DATE_NONE)
		ui_printf(", %s%s", to == DATE_NONE ? say(a, "fra ", "from ") : "",
		    date_iso(from, day));
	if (to != DATE_NONE)
		ui_printf("%s %s", from == DATE_NONE ? say(a, ", til", ", until") :
		    say(a, " til", " to"), date_iso(to - 1, day));
}

/* The counties that the heirs lie in, each with how many. */
static void
text_counties(const struct answer *a, const struct region_carry *c, int32_t day)
{
	char text[8];
	size_t n;

	for (size_t i = 0; i < c->nheir; i += n) {
		int32_t county = c->heir[i].place->number / 100;
		const struct region_county *in = region_county(a->r, county, day);

		for (n = 1; i + n < c->nheir &&
		    c->heir[i + n].place->number / 100 == county; n++)
			;
		ui_printf("%s%s %s (%zu)", i > 0 ? ", " : "",
		    region_county_text(county, text), in != NULL ? in->name : "?", n);
	}
	ui_text("\n");
}

/* What cannot be told apart by number, and that it is taken whole. */
static void
text_carry(const struct answer *a, const struct region_carry *c)
{
	char text[8];

	for (size_t i = 0; i < c->nsplit; i++) {
		ui_printf("  %s %s %s: ", region_text(c->split[i].old->number, text),
		    c->split[i].old->name, say(a, "er delt, alle delene er med",
		    "was split, all parts are in"));
		text_places(c->split[i].into.to, c->split[i].into.n);
	}
	for (size_t i = 0; i < c->nheir; i++) {
		if (c->heir[i].noutside == 0)
			continue;
		ui_printf("  ! %s %s %s ", region_text(c->heir[i].place->number, text),
		    c->heir[i].place->name, say(a, "tar også inn", "also takes in"));
		text_places(c->heir[i].outside, c->heir[i].noutside);
	}
}

/* "ble 2024-01-01 (delt): 1508 Ålesund, 1580 Haram" */
static void
text_became(const struct answer *a, const char *word, int32_t number, int32_t from,
    int32_t to)
{
	struct region_trace t;
	char day[11];

	region_trace(a->r, number, from, to, &t);
	ui_printf("  %s %s (%s): ", word, date_iso(to, day),
	    region_fate_text(t.fate, a->lang));
	text_places(t.to, t.n);
}

/* ---- show -------------------------------------------------------------------- */

/* Where something that lasts [from, to) is followed to: today, but it may be
 * of a day that has not come. */
static int32_t
end_day(const struct answer *a, int32_t from)
{
	return from != DATE_NONE && from > a->to ? from : a->to;
}

static void
show_place(const struct answer *a, const struct region_place *p)
{
	const struct region_place *made_of[MOST];
	int32_t last = p->to != DATE_NONE ? p->to - 1 : end_day(a, p->from);
	const struct region_county *c = region_county_of(a->r, p->number, last);
	int ended = p->to != DATE_NONE && p->to <= a->to;
	/* what was before the lists begin is in none of them */
	size_t n = p->special || p->from == DATE_NONE || p->from <= FIRST ? 0 :
	    region_sources(a->r, p, p->from - 1, p->from, made_of, MOST);
	char text[8];

	n = n < MOST ? n : MOST;
	if (a->j != NULL) {
		json_object(a->j);
		json_head(a->j, region_text(p->number, text), p->name, p->from, p->to);
		json_kstr(a->j, "county", c == NULL || p->special ? NULL :
		    region_county_text(c->number, text));
		json_kbool(a->j, "special", p->special);
		json_places(a->j, "made_of", made_of, n);
		if (ended) {
			json_became(a, "became", p->number, last, p->to);
			json_became(a, "today", p->number, last, a->to);
		}
		json_end(a->j);
		return;
	}
	ui_printf("%s %s %s", p->special ? say(a, "Spesialnummer", "Special number") :
	    say(a, "Kommune", "Municipality"), region_text(p->number, text), p->name);
	text_days(a, p->from, p->to);
	if (c != NULL && !p->special)
		ui_printf(", %s %s %s", say(a, "i", "in"),
		    region_county_text(c->number, text), c->name);
	ui_text("\n");
	if (n > 0) {
		ui_printf("  %s ", say(a, "av", "made of"));
		text_places(made_of, n);
	}
	if (ended) {
		text_became(a, say(a, "ble", "became"), p->number, last, p->to);
		if (a->to != p->to)
			text_became(a, say(a, "er", "is"), p->number, last, a->to);
	}
}

static void
show_county(const struct answer *a, const struct region_county *c)
{
	int32_t last = c->to != DATE_NONE ? c->to - 1 : end_day(a, c->from);
	int ended = c->to != DATE_NONE && c->to <= a->to;
	struct set s = { { NULL }, 0, last };
	struct region_carry *then, *now;
	char text[8], day[11];

	s.n = region_places(a->r, c->number, last, s.place, MOST);
	s.n = s.n < MOST ? s.n : MOST;
	then = region_carry(a->r, s.place, s.n, last, ended ? c->to : last);
	now = region_carry(a->r, s.place, s.n, last, ended ? a->to : last);
	if (a->j != NULL) {
		json_object(a->j);
		json_head(a->j, region_county_text(c->number, text), c->name, c->from,
		    c->to);
		json_places(a->j, "municipalities", s.place, s.n);
		if (ended)
			json_carry(a->j, now, a->to);
		json_end(a->j);
	} else {
		ui_printf("%s %s %s", say(a, "Fylke", "County"),
		    region_county_text(c->number, text), c->name);
		text_days(a, c->from, c->to);
		ui_printf(", %zu %s\n", s.n, say(a, "kommuner", "municipalities"));
		if (ended) {
			ui_printf("  %s %s: ", say(a, "ble", "became"),
			    date_iso(c->to, day));
			text_counties(a, then, c->to);
			ui_printf("  %s %s: ", say(a, "er", "is"), date_iso(a->to, day));
			text_counties(a, now, a->to);
			text_carry(a, now);
		}
	}
	region_carry_free(then);
	region_carry_free(now);
}

/* What is wrong with a name or number that stands for nothing that day: said of
 * what it looks like, a county or a municipality. */
static int
no_such(struct cmd_ctx *ctx, const struct answer *a, const char *s, int32_t day)
{
	const struct region_county *c;
	const struct region_place *p;
	int number = strspn(s, "0123456789") == strlen(s);

	/* a slip of the pen is told by the county's answer */
	if (region_find_county(a->r, s, day, &c, &ctx->err) != 0 && (number ?
	    strlen(s) <= 2 : region_county_history(a->r, s, NULL, 0) > 0 ||
	    strstr(ctx->err.text, "did you mean") != NULL))
		return -1;
	return region_find_place(a->r, s, day, 0, &p, &ctx->err);
}

static int
show(struct cmd_ctx *ctx, const struct answer *a, int argc, char *argv[])
{
	const struct region_county *county[MOST];
	const struct region_place *place[MOST];

	for (int i = 2; i < argc; i++)
		if (region_county_history(a->r, argv[i], NULL, 0) +
		    region_place_history(a->r, argv[i], NULL, 0) == 0 &&
		    no_such(ctx, a, argv[i], a->to) != 0)
			return -1;
	for (int i = 2; i < argc; i++) {
		size_t nc = region_county_history(a->r, argv[i], county, MOST);
		size_t np = region_place_history(a->r, argv[i], place, MOST);

		if (a->j != NULL) {
			json_object(a->j);
			json_kstr(a->j, "written", argv[i]);
			json_key(a->j, "counties");
			json_array(a->j);
		}
		for (size_t k = 0; k < nc && k < MOST; k++)
			show_county(a, county[k]);
		if (a->j != NULL) {
			json_end(a->j);
			json_key(a->j, "municipalities");
			json_array(a->j);
		}
		for (size_t k = 0; k < np && k < MOST; k++)
			show_place(a, place[k]);
		if (a->j != NULL) {
			json_end(a->j);
			json_end(a->j);
		}
	}
	return 0;
}

/* ---- at ---------------------------------------------------------------------- */

/* A municipality of a day and what has become of it, as a line. */
static void
at_place(const struct answer *a, const struct region_place *p, int32_t day)
{
	struct region_trace t;
	char text[8];

	region_trace(a->r, p->number, day, a->to, &t);
	if (a->j != NULL) {
		json_object(a->j);
		json_head(a->j, region_text(p->number, text), p->name, p->from, p->to);
		json_became(a, "became", p->number, day, a->to);
		json_end(a->j);
		return;
	}
	ui_printf("  %s %s", region_text(p->number, text), p->name);
	if (t.fate == REGION_SAME && t.to[0] == p)
		ui_text("\n");
	else {
		ui_printf(" -> %s: ", region_fate_text(t.fate, a->lang));
		text_places(t.to, t.n);
	}
}

/* A county of a day, with its municipalities if ${all}. */
static void
at_county(const struct answer *a, const struct region_county *c, int32_t day,
    int all)
{
	struct set s = { { NULL }, 0, day };
	struct region_carry *now;
	char text[8], to[11];

	s.n = region_places(a->r, c->number, day, s.place, MOST);
	s.n = s.n < MOST ? s.n : MOST;
	now = region_carry(a->r, s.place, s.n, day, a->to);
	if (a->j != NULL) {
		json_object(a->j);
		json_head(a->j, region_county_text(c->number, text), c->name, c->from,
		    c->to);
		json_key(a->j, "municipalities");
		json_array(a->j);
	} else
		ui_printf("%s %s, %zu %s\n", region_county_text(c->number, text),
		    c->name, s.n, say(a, s.n == 1 ? "kommune" : "kommuner",
		    s.n == 1 ? "municipality" : "municipalities"));
	for (size_t i = 0; (all || a->j != NULL) && i < s.n; i++)
		at_place(a, s.place[i], day);
	if (a->j != NULL) {
		json_end(a->j);
		json_carry(a->j, now, a->to);
		json_end(a->j);
	} else if (all && day != a->to) {
		ui_printf("  %s: ", date_iso(a->to, to));
		text_counties(a, now, a->to);
		text_carry(a, now);
	}
	region_carry_free(now);
}

/* Counties by these names, or municipalities. */
static int
at_named(struct cmd_ctx *ctx, const struct answer *a, int32_t day, int argc,
    char *argv[])
{
	const struct region_county *c;
	const struct region_place *p;
	struct err ignored;

	for (int i = 3; i < argc; i++)
		if (region_find_county(a->r, argv[i], day, &c, &ignored) != 0 &&
		    region_find_place(a->r, argv[i], day, 0, &p, &ignored) != 0)
			return no_such(ctx, a, argv[i], day);
	for (int i = 3; i < argc; i++) {
		if (region_find_county(a->r, argv[i], day, &c, &ignored) == 0)
			at_county(a, c, day, 1);
		else if (region_find_place(a->r, argv[i], day, 0, &p, &ignored) == 0)
			at_place(a, p, day);
	}
	return 0;
}

static int
at(struct cmd_ctx *ctx, struct answer *a, int argc, char *argv[])
{
	const struct region_county *county[MOST];
	int32_t day;
	size_t n;

	(void)date_parse(argv[2], strlen(argv[2]), &day);	/* check() */
	if (a->to < day)
		a->to = day;
	if (argc > 3)
		return at_named(ctx, a, day, argc, argv);
	n = region_counties(a->r, day, county, MOST);
	for (size_t i = 0; i < n && i < MOST; i++)
		at_county(a, county[i], day, cmd_option(ctx, "all") != NULL);
	return 0;
}

static int
check(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *to = cmd_option(ctx, "to");
	int32_t day, until;

	(void)argc;
	if (to != NULL && date_parse(to, strlen(to), &until) != 0)
		return cmd_usage(ctx, "--to: a day is wanted, YYYY-MM-DD");
	if (strcmp(argv[1], "at") != 0)
		return 0;
	if (date_parse(argv[2], strlen(argv[2]), &day) != 0)
		return cmd_usage(ctx, "at: a day is wanted, YYYY-MM-DD, not \"%.40s\"",
		    argv[2]);
	if (day < FIRST)
		return cmd_usage(ctx, "at: the lists begin 2002-01-01");
	if (to != NULL && until < day)
		return cmd_usage(ctx, "--to: places are followed forward, and %s is "
		    "before %s", to, argv[2]);
	return 0;
}

static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	struct answer a = { ctx->world.region, date_of(ctx->world.now),
		ctx->world.lang == LANG_NB, ctx->world.lang, NULL };
	const char *to = cmd_option(ctx, "to");
	struct buf b = BUF(64 << 20);
	struct json j;
	int r;

	if (to != NULL)
		(void)date_parse(to, strlen(to), &a.to);	/* check() */
	json_begin(&j, &b, 1);
	if (ctx->json)
		a.j = &j;
	json_array(&j);
	r = strcmp(argv[1], "at") == 0 ? at(ctx, &a, argc, argv) :
	    show(ctx, &a, argc, argv);
	json_end(&j);
	buf_chr(&b, '\n');
	if (r == 0 && ctx->json)
		ui_buf(&b);
	buf_free(&b);
	return r;
}

static const struct cmd_option options[] = {
	{ "all", 0, CMD_FLAG, NULL, "at: every municipality, not the counties alone" },
	{ "to", 0, CMD_WORD, "DATE",
	    "the day that places are followed to; without it, today" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_region = {
	.name = "region",
	.run = run,
	.check = check,
	.needs = CMD_NACE,
	.min = 2, .max = -1,
	.args = "show PLACE ... | at DATE [PLACE ...]",
	.words = "show at",
	.summary = "counties and municipalities: what they were, what became of them",
	.text =
	    "show tells all that a number or a name has stood for since 2002, what it\n"
	    "was made of and what became of it.  at tells what there was on a day:\n"
	    "counties, or the municipalities of those that are named, each with what\n"
	    "it is today.  A municipality is known by its number alone, so one that was\n"
	    "split is all its parts, and what was merged with others is marked with\n"
	    "what else lies in it (!).  Needs no settings and no register.\n",
	.option = options,
	.examples =
	    "utvalg region show 1507\n"
	    "utvalg region at 2016-01-01 Finnmark\n"
	    "utvalg region at 2019-12-31 --all --to 2020-01-01\n",
};
