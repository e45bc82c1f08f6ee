#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/json.h"
#include "pipeline/base/num.h"
#include "pipeline/base/utf8.h"
#include "pipeline/register/asof.h"

#include "cmd/cmd.h"
#include "cmd/ui.h"

struct shown {
	struct json *json;	/* NULL: text */
	int n;
};

static void
json_field(struct json *j, const struct unit *u, const struct unit_field *f)
{
	char day[11];
	int64_t v;
	double d;

	if (unit_is_text(f->type)) {
		if (unit_text(u, f) != NULL)
			json_kstr(j, f->name, unit_text(u, f));
	} else if (f->type == UNIT_REAL) {
		if (unit_real(u, f, &d))
			json_kreal(j, f->name, d);
	} else if (unit_int(u, f, &v)) {
		if (f->type == UNIT_DATE)
			json_kstr(j, f->name, date_iso((int32_t)v, day));
		else if (f->type == UNIT_BOOL)
			json_kbool(j, f->name, v != 0);
		else if (f->type == UNIT_KIND)
			json_kstr(j, f->name, unit_kind_name((enum unit_kind)v));
		else
			json_kint(j, f->name, v);
	}
}

/* One value in words, nothing where it is absent. */
static void
text_field(const struct unit *u, const struct unit_field *f)
{
	struct buf b = BUF(BUF_ANY), clean = BUF(BUF_ANY);
	char day[11];
	int64_t v;
	double d;

	if (unit_is_text(f->type)) {
		if (unit_text(u, f) != NULL)
			buf_str(&b, unit_text(u, f));
	} else if (f->type == UNIT_REAL) {
		if (unit_real(u, f, &d))
			buf_printf(&b, "%.2f", d);
	} else if (unit_int(u, f, &v)) {
		if (f->type == UNIT_DATE)
			buf_str(&b, date_iso((int32_t)v, day));
		else if (f->type == UNIT_BOOL)
			buf_str(&b, v ? "yes" : "no");
		else if (f->type == UNIT_KIND)
			buf_str(&b, unit_kind_name((enum unit_kind)v));
		else if (f->type == UNIT_ORGNR)
			buf_printf(&b, "%09" PRId64, v);
		else if (f->type == UNIT_CODE)
			buf_printf(&b, "%02d.%03d", (int)(v / 1000), (int)(v % 1000));
		else
			buf_printf(&b, "%" PRId64, v);
	}
	for (char *p = b.data; p != NULL && *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
	utf8_clean(&clean, buf_text(&b), b.len);
	if (clean.len > 0)
		ui_printf("  %-28s %s\n", f->name, buf_text(&clean));
	buf_free(&b);
	buf_free(&clean);
}

static int
show(void *ctx, const struct asof_version *v, struct err *err)
{
	struct shown *s = ctx;
	char from[11], to[11];

	(void)err;
	date_iso(v->from, from);
	date_iso(v->to, to);
	if (s->json != NULL) {
		json_object(s->json);
		json_kstr(s->json, "from", from);
		json_kstr(s->json, "to", v->to == DATE_NONE ? NULL : to);
		json_kint(s->json, "extract", v->extract);
		for (size_t i = 0; i < unit_fields_n; i++)
			json_field(s->json, v->unit, &unit_fields[i]);
		json_end(s->json);
	} else {
		ui_printf("%s%s %s%s\n", s->n > 0 ? "\n" : "", from,
		    v->to == DATE_NONE ? "and in force" : "until ", to);
		for (size_t i = 0; i < unit_fields_n; i++)
			text_field(v->unit, &unit_fields[i]);
	}
	s->n++;
	return 0;
}

/* Without --history the version of the day asked for, else that of today. */
static int
run(struct cmd_ctx *ctx, int argc, char *argv[])
{
	const char *day_text = cmd_option(ctx, "as-of"), *why;
	int history = cmd_option(ctx, "history") != NULL;
	struct buf b = BUF(64 << 20);
	struct json j;
	struct shown s = { NULL, 0 };
	int32_t orgnr, day = date_of(ctx->world.now);
	int n;

	(void)argc;
	if (num_orgnr(argv[1], strlen(argv[1]), &orgnr, &why) != 0)
		return cmd_usage(ctx, "organisation number %s", why);
	if (day_text != NULL && date_parse(day_text, strlen(day_text), &day) != 0)
		return cmd_usage(ctx, "--as-of: a day is wanted, YYYY-MM-DD");
	if (day_text != NULL && history)
		return cmd_usage(ctx, "--as-of and --history do not go together");
	if (ctx->json) {
		s.json = &j;
		json_begin(&j, &b, 1);
		json_array(&j);
	}
	n = asof_unit(&ctx->world, orgnr, history ? DATE_NONE : day, show, &s,
	    &ctx->err);
	if (n >= 0 && ctx->json) {
		json_end(&j);
		buf_chr(&b, '\n');
		ui_buf(&b);
	}
	buf_free(&b);
	if (n == 0)
		return err_set(&ctx->err, EX_NOINPUT, history || day_text == NULL ?
		    "the register holds no such unit" :
		    "the register of that day holds no such unit");
	return n < 0 ? -1 : 0;
}

static const struct cmd_option options[] = {
	{ "as-of", 0, CMD_WORD, "DATE", "as the register was on that day" },
	{ "history", 0, CMD_FLAG, NULL, "every version that is stored, oldest first" },
	{ NULL, 0, CMD_FLAG, NULL, NULL }
};

const struct cmd cmd_unit = {
	.name = "unit",
	.run = run,
	.needs = CMD_SETTINGS | CMD_READ,
	.min = 1, .max = 1,
	.args = "ORGNR",
	.summary = "what the register holds on a unit, today or on a past day",
	.text =
	    "Prints every field that is registered.  A past day is read back from\n"
	    "what changed since, and is the register of the last extract up to then.\n",
	.option = options,
	.examples =
	    "utvalg unit 974760673\n"
	    "utvalg unit 974760673 --as-of 2026-09-01\n"
	    "utvalg unit 974760673 --history --json\n",
};
