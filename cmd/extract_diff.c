#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nace/region.h"
#include "pipeline/base/date.h"
#include "pipeline/base/json.h"
#include "pipeline/base/num.h"
#include "pipeline/base/utf8.h"
#include "pipeline/register/contrast.h"

#include "cmd/extract_diff.h"
#include "cmd/ui.h"

enum { FULL = 1 << 16 };	/* JSON is written in pieces of about so many octets */

static const char *const what_names[] = {
	[CONTRAST_CAME] = "came", [CONTRAST_WENT] = "went", [CONTRAST_CHANGED] = "changed"
};

struct telling {
	struct json j;
	struct buf b;
};

/* "3" is an extract, "2026-10-01" a day, and everything else a file. */
static int
find_side(struct cmd_ctx *ctx, const char *word, struct contrast_side *side)
{
	int64_t id;
	int32_t day;
	int is_id = num_int(word, 1, INT64_MAX, &id) == 0;

	if (!is_id && date_parse(word, strlen(word), &day) != 0) {
		side->file = word;
		return 0;
	}
	if (cmd_ready(ctx, CMD_READ) != 0)
		return -1;
	return is_id ? contrast_extract(&ctx->world, id, side, &ctx->err) :
	    contrast_day(&ctx->world, day, side, &ctx->err);
}

/* The kind that was asked for, that an extract's number tells, or enhet. */
static int
find_both(struct cmd_ctx *ctx, const char *const word[2], struct contrast_side side[2])
{
	const char *kind = cmd_option(ctx, "kind");
	enum unit_kind is = UNIT_ANY;
	int64_t id;

	if (kind != NULL && unit_kind_parse(kind, &is) != 0)
		return cmd_usage(ctx, "--kind is enhet or underenhet, not %.20s", kind);
	for (int i = 0; i < 2; i++) {
		if (num_int(word[i], 1, INT64_MAX, &id) != 0)
			continue;
		if (find_side(ctx, word[i], &side[i]) != 0)
			return -1;
		if (is != UNIT_ANY && is != side[i].kind)
			return err_set(&ctx->err, EX_USAGE, "extract %s is of kind %s, not "
			    "%s", word[i], unit_kind_name(side[i].kind),
			    unit_kind_name(is));
		is = side[i].kind;
	}
	for (int i = 0; i < 2; i++) {
		side[i].kind = is == UNIT_ANY ? UNIT_ENHET : is;
		if (side[i].extract == 0 && find_side(ctx, word[i], &side[i]) != 0)
			return -1;
	}
	return 0;
}

/* ---------------------------------------------------------------- the units -- */

static int
text_unit(void *to, const struct contrast_unit *u, struct err *err)
{
	struct buf name = BUF(BUF_ANY);
	int n = 0;

	(void)to;
	(void)err;
	utf8_clean(&name, u->name != NULL ? u->name : "", u->name != NULL ?
	    strlen(u->name) : 0);
	ui_printf("%s\t%09" PRId32 "\t%s", what_names[u->what], u->orgnr,
	    buf_text(&name));
	for (size_t i = 0; i < unit_fields_n; i++)
		if (u->differ[i / 64] >> i % 64 & 1)
			ui_printf("%c%s", n++ > 0 ? ',' : '\t', unit_fields[i].name);
	ui_text("\n");
	buf_free(&name);
	return 0;
}

static int
json_unit(void *to, const struct contrast_unit *u, struct err *err)
{
	struct telling *t = to;
	char digits[16];

	(void)err;
	snprintf(digits, sizeof(digits), "%09" PRId32, u->orgnr);
	json_object(&t->j);
	json_kstr(&t->j, "what", what_names[u->what]);
	json_kstr(&t->j, "orgnr", digits);
	json_kstr(&t->j, "name", u->name);
	if (u->what == CONTRAST_CHANGED) {
		json_key(&t->j, "fields");
		json_array(&t->j);
		for (size_t i = 0; i < unit_fields_n; i++)
			if (u->differ[i / 64] >> i % 64 & 1)
				json_str(&t->j, unit_fields[i].name);
		json_end(&t->j);
	}
	json_end(&t->j);
	if (t->b.len > FULL) {
		ui_buf(&t->b);
		buf_clear(&t->b);
	}
	return 0;
}

/* --------------------------------------------------------------- the counts -- */

static int
is_empty(const struct contrast_group *g)
{
	return g->n[CONTRAST_CAME] + g->n[CONTRAST_WENT] + g->n[CONTRAST_CHANGED] + g->out == 0;
}

static void
json_counts(struct json *j, const struct contrast_group *g)
{
	for (int i = 0; i < CONTRAST_WHATS; i++)
		json_kint(j, what_names[i], g->n[i]);
	json_kint(j, "in", g->in);
	json_kint(j, "out", g->out);
	json_end(j);
}

static void
json_side(struct json *j, const char *key, const struct contrast_side *s)
{
	json_key(j, key);
	json_object(j);
	if (s->extract != 0)
		json_kint(j, "extract", s->extract);
	else
		json_kstr(j, "file", s->file);
	json_kint(j, "units", s->units);
	if (s->extract == 0) {
		json_kint(j, "unreadable", s->unreadable);
		json_kint(j, "doubled", s->doubled);
	}
	json_end(j);
}

static void
json_diff(struct json *j, const struct contrast_side side[2], const struct contrast *d)
{
	char number[16];

	json_kstr(j, "kind", unit_kind_name(side[0].kind));
	json_side(j, "from", &side[0]);
	json_side(j, "to", &side[1]);
	for (int i = 0; i < CONTRAST_WHATS; i++)
		json_kint(j, what_names[i], d->n[i]);
	json_key(j, "by_field");
	json_array(j);
	for (size_t i = 0; i < unit_fields_n; i++) {
		const struct contrast_field *f = &d->field[i];

		if (f->gained + f->lost + f->other == 0)
			continue;
		json_object(j);
		json_kstr(j, "field", unit_fields[i].name);
		json_kint(j, "gained", f->gained);
		json_kint(j, "lost", f->lost);
		json_kint(j, "other", f->other);
		json_end(j);
	}
	json_end(j);
	json_key(j, "by_county");
	json_array(j);
	for (int i = 0; i < CENSUS_COUNTIES; i++) {
		if (is_empty(&d->county[i]))
			continue;
		snprintf(number, sizeof(number), "%02d", i);
		json_object(j);
		json_kstr(j, "county", i == PACK_NO_COUNTY ? NULL : number);
		json_counts(j, &d->county[i]);
	}
	json_end(j);
	json_key(j, "by_form");
	json_array(j);
	for (size_t i = 0; i < d->forms; i++) {
		json_object(j);
		json_kstr(j, "form", d->form[i].name[0] == '\0' ? NULL :
		    d->form[i].name);
		json_counts(j, &d->form[i].group);
	}
	json_end(j);
}

static void
text_side(const char *word, const struct contrast_side *s)
{
	if (s->extract != 0)
		ui_printf("%s extract %" PRId64 ": ", word, s->extract);
	else
		ui_printf("%s %s: ", word, s->file);
	ui_printf("units %" PRId64, s->units);
	if (s->unreadable > 0)
		ui_printf(", unreadable %" PRId64, s->unreadable);
	if (s->doubled > 0)
		ui_printf(", numbers that came before %" PRId64, s->doubled);
	ui_text("\n");
}

static void
text_group(const char *name, const struct contrast_group *g)
{
	if (!is_empty(g))
		ui_printf("%-28s %9" PRId64 " %9" PRId64 " %9" PRId64 " %9" PRId64 " %9"
		    PRId64 "\n", name, g->n[CONTRAST_CAME], g->n[CONTRAST_WENT],
		    g->n[CONTRAST_CHANGED], g->in, g->out);
}

static void
text_fields(const struct contrast *d)
{
	ui_printf("\n%-28s %9s %9s %9s\n", "field", "gained", "lost", "another");
	for (size_t i = 0; i < unit_fields_n; i++) {
		const struct contrast_field *f = &d->field[i];

		if (f->gained + f->lost + f->other > 0)
			ui_printf("%-28s %9" PRId64 " %9" PRId64 " %9" PRId64 "\n",
			    unit_fields[i].name, f->gained, f->lost, f->other);
	}
}

static int
text_diff(struct cmd_ctx *ctx, const struct contrast_side side[2], const struct contrast *d)
{
	int64_t stayed = side[0].units - d->n[CONTRAST_WENT];
	const struct ui_count was[] = { { "stayed", stayed },
		{ "went", d->n[CONTRAST_WENT] } };
	const struct ui_count is[] = { { "stayed", stayed },
		{ "came", d->n[CONTRAST_CAME] } };
	const struct ui_count did[] = { { "changed", d->n[CONTRAST_CHANGED] },
		{ "the same", stayed - d->n[CONTRAST_CHANGED] } };
	static const char head[] = "\n%-28s %9s %9s %9s %9s %9s\n";
	char name[64];

	text_side("from", &side[0]);
	text_side("to", &side[1]);
	if (ui_sum("units before", side[0].units, was, 2, &ctx->err) != 0 ||
	    ui_sum("units after", side[1].units, is, 2, &ctx->err) != 0 ||
	    ui_sum("stayed", stayed, did, 2, &ctx->err) != 0)
		return -1;
	if (d->n[CONTRAST_CAME] + d->n[CONTRAST_WENT] + d->n[CONTRAST_CHANGED] == 0)
		return 0;
	if (d->n[CONTRAST_CHANGED] > 0)
		text_fields(d);
	ui_printf(head, "county", "came", "went", "changed", "moved in", "moved out");
	for (int i = 0; i < CENSUS_COUNTIES; i++) {
		const struct region_county *c = region_county(ctx->world.region, i,
		    date_of(ctx->world.now));

		snprintf(name, sizeof(name), "%02d %s", i, c != NULL ? c->name : "");
		text_group(i == PACK_NO_COUNTY ? "none" : name, &d->county[i]);
	}
	ui_printf(head, "legal form", "came", "went", "changed", "moved in",
	    "moved out");
	for (size_t i = 0; i < d->forms; i++) {
		struct buf clean = BUF(BUF_ANY);

		utf8_clean(&clean, d->form[i].name, strlen(d->form[i].name));
		text_group(clean.len == 0 ? "none" : buf_text(&clean),
		    &d->form[i].group);
		buf_free(&clean);
	}
	return 0;
}

int
extract_diff(struct cmd_ctx *ctx, const char *from, const char *to)
{
	const char *const word[2] = { from, to };
	struct contrast_side side[2];
	struct telling t = { .b = BUF(BUF_ANY) };
	struct contrast d;
	int list = cmd_option(ctx, "list") != NULL, r;

	memset(side, 0, sizeof(side));
	if (cmd_ready(ctx, CMD_NACE) != 0 || find_both(ctx, word, side) != 0)
		return -1;
	json_begin(&t.j, &t.b, 1);
	if (ctx->json) {
		json_object(&t.j);
		if (list) {
			json_key(&t.j, "units");
			json_array(&t.j);
		}
	}
	r = contrast_registers(&ctx->world, &side[0], &side[1], !list ? NULL :
	    ctx->json ? json_unit : text_unit, &t, &d, &ctx->err);
	if (r == 0 && ctx->json) {
		if (list)
			json_end(&t.j);
		json_diff(&t.j, side, &d);
		json_end(&t.j);
		buf_chr(&t.b, '\n');
		ui_buf(&t.b);
	} else if (r == 0 && !list)
		r = text_diff(ctx, side, &d);
	contrast_free(&d);
	buf_free(&t.b);
	return r;
}
