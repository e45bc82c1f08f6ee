#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/csv.h"
#include "pipeline/base/date.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"

#include "pipeline/frame/diff.h"

static const struct {
	const char *code, *came_nb, *went_nb, *came_en, *went_en;
} whys[DIFF_WHYS] = {
	[DIFF_IN_BOTH] = { "-", "-", "-", "-", "-" },
	[DIFF_ERASED] = { "erased", "slettet på forespørsel", "slettet på forespørsel",
	    "erased on request", "erased on request" },
	[DIFF_LIST] = { "list", "kom fra en liste", "ikke lenger i en liste",
	    "came from a list", "no longer in a list" },
	[DIFF_KIND] = { "kind", "den første hadde ikke slike enheter",
	    "den andre har ikke slike enheter", "the first had no such kind of unit",
	    "the second has no such kind of unit" },
	[DIFF_REGISTER] = { "register", "ny i registeret", "ikke lenger i registeret",
	    "new in the register", "no longer in the register" },
	[DIFF_DELETED] = { "deleted", "var slettet før", "slettet i registeret",
	    "was deleted before", "deleted in the register" },
	[DIFF_CODE] = { "code", "annen næringskode", "annen næringskode",
	    "another industry code", "another industry code" },
	[DIFF_PLACE] = { "place", "flyttet hit", "flyttet bort", "moved here",
	    "moved away" },
	[DIFF_FORM] = { "form", "annen organisasjonsform", "annen organisasjonsform",
	    "another legal form", "another legal form" },
	[DIFF_EMPLOYEES] = { "employees", "annet antall ansatte",
	    "annet antall ansatte", "another number of employees",
	    "another number of employees" },
	[DIFF_FIELD] = { "field", "annet i registeret er endret",
	    "annet i registeret er endret", "something else in the register",
	    "something else in the register" },
	[DIFF_PARENT] = { "parent", "hovedenheten er endret", "hovedenheten er endret",
	    "the unit above it has changed", "the unit above it has changed" },
	[DIFF_STUDY] = { "study", "studiefil eller kodelister er endret",
	    "studiefil eller kodelister er endret", "study file or code lists",
	    "study file or code lists" },
};

static const char *const changes[] = { "came", "went", "moved", "other" };

const char *
diff_why_code(enum diff_why why)
{
	return whys[why].code;
}

const char *
diff_why_text(enum diff_why why, int came, enum lang lang)
{
	if (lang == LANG_EN)
		return came ? whys[why].came_en : whys[why].went_en;
	return came ? whys[why].came_nb : whys[why].went_nb;
}

/* What is counted together. */
struct count {
	const struct diff_unit *unit;
	int64_t n;
};

/* The word a change is counted under: why it is absent on the other side, or
 * that side's reason. */
static const char *
cause(const struct diff_unit *u)
{
	if (u->change == DIFF_MOVED)
		return "moved";
	if (u->why != DIFF_IN_BOTH)
		return whys[u->why].code;
	return u->change == DIFF_CAME ? u->before : u->after;
}

static int
by_cell(const void *a, const void *b)
{
	const struct diff_unit *x = *(struct diff_unit *const *)a;
	const struct diff_unit *y = *(struct diff_unit *const *)b;
	int r = (int)x->change - (int)y->change;

	if (r == 0)
		r = strcmp(cause(x), cause(y));
	if (r == 0)
		r = strcmp(x->group, y->group);
	if (r == 0)
		r = strcmp(x->area, y->area);
	if (r == 0)
		r = strcmp(x->from_group, y->from_group);
	return r != 0 ? r : strcmp(x->from_area, y->from_area);
}

static int
by_cause(const void *a, const void *b)
{
	const struct diff_unit *x = *(struct diff_unit *const *)a;
	const struct diff_unit *y = *(struct diff_unit *const *)b;
	int r = (int)x->change - (int)y->change;

	return r != 0 ? r : strcmp(cause(x), cause(y));
}

/* The kept units that came, went or moved, counted by ${order}; free(). */
static struct count *
count_up(const struct diff *d, int (*order)(const void *, const void *), size_t *n)
{
	const struct diff_unit **unit = mem_array(d->n + 1, sizeof(*unit));
	struct count *c = mem_array(d->n + 1, sizeof(*c));
	size_t m = 0;

	*n = 0;
	for (size_t i = 0; i < d->n; i++)
		if (d->unit[i].change != DIFF_OTHER)
			unit[m++] = &d->unit[i];
	if (m > 0)
		qsort(unit, m, sizeof(*unit), order);
	for (size_t i = 0; i < m; i++) {
		if (*n == 0 || order(&unit[i], &c[*n - 1].unit) != 0)
			c[(*n)++] = (struct count){ unit[i], 0 };
		c[*n - 1].n++;
	}
	free(unit);
	return c;
}

static void
pad(struct buf *b, const char *s, size_t width)
{
	buf_str(b, s);
	for (size_t w = utf8_width(s); w < width; w++)
		buf_chr(b, ' ');
}

/* In words: "new in the register"; "was left out: no e-mail address ...". */
static void
print_cause(const struct diff_unit *u, enum lang lang, struct buf *b)
{
	int came = u->change == DIFF_CAME;
	const char *code = came ? u->before : u->after;

	if (u->why != DIFF_IN_BOTH) {
		buf_str(b, diff_why_text(u->why, came, lang));
		return;
	}
	if (lang == LANG_EN)
		buf_str(b, came ? "was left out: " : "is left out: ");
	else
		buf_str(b, came ? "var utelatt: " : "er utelatt: ");
	for (int i = 0; i < FRAME_REASONS; i++)
		if (strcmp(frame_reason_code((enum frame_reason)i), code) == 0) {
			buf_str(b, frame_reason_text((enum frame_reason)i, lang));
			return;
		}
	buf_str(b, code);
}

static void
print_causes(const struct diff *d, enum diff_change change, enum lang lang,
    struct buf *b)
{
	struct buf text = BUF(1000);
	size_t n;
	struct count *c = count_up(d, by_cause, &n);

	for (size_t i = 0; i < n; i++) {
		if (c[i].unit->change != change)
			continue;
		buf_clear(&text);
		print_cause(c[i].unit, lang, &text);
		buf_str(b, "  ");
		pad(b, buf_text(&text), 58);
		buf_printf(b, "%9" PRId64 "\n", c[i].n);
	}
	free(c);
	buf_free(&text);
}

static void
print_cells(const struct diff *d, enum lang lang, struct buf *b)
{
	static const char *const nb[] = { "kom", "gikk", "flyttet" };
	size_t n;
	struct count *c = count_up(d, by_cell, &n);

	buf_str(b, lang == LANG_EN ? "\nBy change, reason, group and area\n" :
	    "\nEtter endring, grunn, gruppe og område\n");
	for (size_t i = 0; i < n; i++) {
		const struct diff_unit *u = c[i].unit;

		buf_str(b, "  ");
		pad(b, lang == LANG_EN ? changes[u->change] : nb[u->change], 8);
		pad(b, cause(u), 16);
		if (u->change == DIFF_MOVED)
			buf_printf(b, "%s/%s -> ", u->from_group, u->from_area);
		buf_printf(b, "%s/%s  %" PRId64 "\n", u->group, u->area, c[i].n);
	}
	free(c);
}

static void
print_row(struct buf *b, const char *label, char sign, int64_t population,
    int64_t kept)
{
	pad(b, label, 44);
	buf_printf(b, " %c%9" PRId64 "  %c%9" PRId64 "\n", sign, population, sign, kept);
}

static void
print_side(struct buf *b, const struct diff_side *s, enum lang lang, char sign)
{
	char label[120], day[11];

	snprintf(label, sizeof(label), lang == LANG_EN ?
	    "Frame %lld, %.44s, register %s" : "Ramme %lld, %.44s, register %s",
	    (long long)s->frame, s->study, date_iso(s->register_date, day));
	print_row(b, label, sign, s->population, s->kept);
}

void
diff_print(const struct diff *d, enum lang lang, struct buf *b)
{
	int nb = lang == LANG_NB;

	pad(b, "", 44);
	buf_printf(b, nb ? " populasjon   med i rammen\n" :
	    " population   in the frame\n");
	print_side(b, &d->side[0], lang, ' ');
	print_row(b, nb ? "  kom til" : "  came", '+', d->came_population, d->came);
	print_row(b, nb ? "  falt fra" : "  went", '-', d->went_population, d->went);
	print_side(b, &d->side[1], lang, '=');
	if (d->moved > 0)
		buf_printf(b, nb ? "%" PRId64 " i begge rammene har byttet gruppe eller "
		    "område.\n" : "%" PRId64 " in both frames have changed group or "
		    "area.\n", d->moved);
	if (d->same > 0)
		buf_printf(b, nb ? "%" PRId64 " er utelatt i begge, av ulike grunner.\n" :
		    "%" PRId64 " are left out of both, for different reasons.\n", d->same);
	if (d->came > 0) {
		buf_str(b, nb ? "\nKom til rammen\n" : "\nCame to the frame\n");
		print_causes(d, DIFF_CAME, lang, b);
	}
	if (d->went > 0) {
		buf_str(b, nb ? "\nFalt fra rammen\n" : "\nWent from the frame\n");
		print_causes(d, DIFF_WENT, lang, b);
	}
	if (d->came + d->went + d->moved > 0)
		print_cells(d, lang, b);
	else
		buf_str(b, nb ? "Ingen er kommet til, falt fra eller flyttet.\n" :
		    "Nobody has come, gone or moved.\n");
}

static void
json_unit(struct json *j, const struct diff_unit *u)
{
	json_object(j);
	json_kstr(j, "unit", u->key);
	json_kstr(j, "change", changes[u->change]);
	json_kstr(j, "before", u->before);
	json_kstr(j, "after", u->after);
	json_kstr(j, "why", u->why == DIFF_IN_BOTH ? NULL : whys[u->why].code);
	json_kstr(j, "group", u->group);
	json_kstr(j, "area", u->area);
	json_kstr(j, "from_group", u->from_group);
	json_kstr(j, "from_area", u->from_area);
	json_end(j);
}

void
diff_json(const struct diff *d, int units, struct buf *b)
{
	static const char *const side[] = { "first", "second" };
	struct json j;
	char day[11];
	size_t n;
	struct count *c = count_up(d, by_cell, &n);

	json_begin(&j, b, 1);
	json_object(&j);
	for (int i = 0; i < 2; i++) {
		json_key(&j, side[i]);
		json_object(&j);
		json_kint(&j, "frame", d->side[i].frame);
		json_kstr(&j, "study", d->side[i].study);
		json_kstr(&j, "register_date", date_iso(d->side[i].register_date, day));
		json_kint(&j, "population", d->side[i].population);
		json_kint(&j, "kept", d->side[i].kept);
		json_end(&j);
	}
	json_kint(&j, "came", d->came);
	json_kint(&j, "went", d->went);
	json_kint(&j, "moved", d->moved);
	json_kint(&j, "came_population", d->came_population);
	json_kint(&j, "went_population", d->went_population);
	json_kint(&j, "left_out_otherwise", d->same);
	json_key(&j, "counts");
	json_array(&j);
	for (size_t i = 0; i < n; i++) {
		const struct diff_unit *u = c[i].unit;

		json_object(&j);
		json_kstr(&j, "change", changes[u->change]);
		json_kstr(&j, "reason", cause(u));
		json_kstr(&j, "group", u->group);
		json_kstr(&j, "area", u->area);
		json_kstr(&j, "from_group", u->from_group);
		json_kstr(&j, "from_area", u->from_area);
		json_kint(&j, "units", c[i].n);
		json_end(&j);
	}
	json_end(&j);
	if (units) {
		json_key(&j, "units");
		json_array(&j);
		for (size_t i = 0; i < d->n; i++)
			json_unit(&j, &d->unit[i]);
		json_end(&j);
	}
	json_end(&j);
	buf_chr(b, '\n');
	free(c);
}

void
diff_csv(const struct diff *d, struct buf *b)
{
	buf_str(b, "unit,change,before,after,why,group,area,from_group,from_area\n");
	for (size_t i = 0; i < d->n; i++) {
		const struct diff_unit *u = &d->unit[i];
		const char *const field[] = { u->key, changes[u->change], u->before,
		    u->after, u->why == DIFF_IN_BOTH ? "" : whys[u->why].code, u->group,
		    u->area, u->from_group, u->from_area };

		for (size_t k = 0; k < sizeof(field) / sizeof(field[0]); k++)
			csv_put(b, ',', k == 0, field[k]);
		buf_chr(b, '\n');
	}
}
