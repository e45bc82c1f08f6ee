#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/utf8.h"
#include "pipeline/frame/frame.h"
#include "pipeline/frame/lists.h"
#include "pipeline/frame/plan_then.h"
#include "pipeline/frame/select.h"

#include "pipeline/frame/plan.h"

enum { OTHERS_SHOWN = 4 };

/* What plan and study check know: the population, and, with a register, who is
 * in it. */
struct planned {
	const struct world *w;
	const struct study *study;
	const struct population *p;
	const struct selection *s;	/* NULL: no register */
	int nb;
	struct buf *out;
};

static const char *
label(const struct planned *x, const struct study_label *l)
{
	return x->nb ? l->nb : l->en;
}

static void
pad(struct buf *b, const char *s, size_t width)
{
	size_t w = utf8_width(s);

	buf_str(b, s);
	for (; w < width; w++)
		buf_chr(b, ' ');
}

static int64_t
units_of(const struct planned *x, size_t target)
{
	return x->s->by_code[x->p->plan->target[target].item->number];
}

/* "+ 46.491, 46.492 ... (6)": what else flows into a target. */
static void
print_others(const struct planned *x, const struct nace_target *t)
{
	buf_printf(x->out, "  ! %s ", x->nb ? "tar også inn" : "also takes in");
	for (size_t i = 0; i < t->nother && i < OTHERS_SHOWN; i++)
		buf_printf(x->out, "%s%s", i > 0 ? ", " : "", t->other[i]->code);
	if (t->nother > OTHERS_SHOWN)
		buf_printf(x->out, x->nb ? " og %zu til" : " and %zu more",
		    t->nother - OTHERS_SHOWN);
}

static void
print_target(const struct planned *x, size_t code, const struct population_link *l)
{
	const struct nace_target *t = &x->p->plan->target[l->target];
	const struct population_target *pt = &x->p->target[l->target];

	buf_printf(x->out, "        -> %s ", t->item->code);
	if (l->out)
		pad(x->out, x->nb ? "tatt ut" : "left out", 9);
	else if (x->s == NULL)
		pad(x->out, "", 9);
	else if (pt->code != code)
		pad(x->out, x->nb ? "se over" : "above", 9);
	else
		buf_printf(x->out, "%8" PRId64 " ", units_of(x, l->target));
	buf_str(x->out, t->item->name);
	if (t->nother > 0 && !l->out)
		print_others(x, t);
	buf_chr(x->out, '\n');
}

static void
print_codes(const struct planned *x)
{
	for (size_t g = 0; g < x->study->ngroup; g++) {
		const struct study_group *group = &x->study->group[g];

		buf_printf(x->out, "\n%s (%s)\n", label(x, &group->label), group->name);
		for (size_t i = 0; i < x->p->ncode; i++) {
			const struct population_code *c = &x->p->code[i];
			const struct nace_step *step = &x->p->plan->step[i];

			if (c->group != g)
				continue;
			buf_str(x->out, "  ");
			pad(x->out, c->text, 6);
			buf_printf(x->out, "%s: %s", x->p->written[i].item->name,
			    nace_fate_text(step->fate, x->nb ? LANG_NB : LANG_EN));
			if (x->p->written[i].as_group)
				buf_printf(x->out, x->nb ? " (lest som %s)" :
				    " (read as %s)", x->p->written[i].item->code);
			buf_chr(x->out, '\n');
			for (size_t k = 0; k < c->nlink; k++)
				print_target(x, i, &c->link[k]);
		}
		for (size_t i = 0; i < x->study->nlist; i++)
			if (strcmp(x->study->list[i].group, group->name) == 0)
				buf_printf(x->out, "  %s %s\n", x->nb ? "liste" : "list",
				    x->study->list[i].file);
	}
}

static size_t
places_in(const struct population *p, size_t area)
{
	size_t n = 0;

	for (size_t i = 0; i < POPULATION_PLACES; i++)
		n += p->area_of[i] == 1 + area;
	return n;
}

/* A county by its name, also where the study file has its number. */
static const char *
county_name(const struct planned *x, const char *written)
{
	const struct region_county *county;
	struct err ignored;

	return region_find_county(x->w->region, written, x->p->date, &county,
	    &ignored) == 0 ? county->name : written;
}

static void
print_areas(const struct planned *x)
{
	buf_printf(x->out, "\n%s\n", x->nb ? "Områder" : "Areas");
	for (size_t a = 0; a < x->study->narea; a++) {
		const struct study_area *area = &x->study->area[a];
		size_t n = places_in(x->p, a);

		buf_printf(x->out, "  %s: %zu %s", label(x, &area->label), n,
		    n == 1 ? x->nb ? "kommune" : "municipality" :
		    x->nb ? "kommuner" : "municipalities");
		for (size_t i = 0; i < area->ncounty; i++)
			buf_printf(x->out, "%s%s", i > 0 ? ", " : x->nb ? " i " : " in ",
			    county_name(x, area->county[i].text));
		for (size_t i = 0; i < area->nmunicipality; i++)
			buf_printf(x->out, "%s%s", i > 0 ? ", " : x->nb ? ", med " :
			    ", with ", area->municipality[i].text);
		for (size_t i = 0; i < area->nexcept; i++)
			buf_printf(x->out, "%s%s", i > 0 ? ", " : x->nb ? ", uten " :
			    ", without ", area->except[i].text);
		buf_chr(x->out, '\n');
		plan_then_print(x->p, a, x->nb, x->out);
	}
}

/* Each filter of the study, and, with a register, how many it is the first to
 * leave out. */
static void
print_filters(const struct planned *x)
{
	struct buf value = BUF(10000);
	int any = 0;

	for (int i = 0; i < FILTERS; i++) {
		enum filter f = (enum filter)i;

		if (!filter_set(x->study, f))
			continue;
		if (!any++)
			buf_printf(x->out, "\n%s\n", x->nb ? "Filtre" : "Filters");
		buf_clear(&value);
		filter_value(x->study, f, &value);
		buf_printf(x->out, "  %s: %s", filter_text(f, x->w->lang),
		    buf_text(&value));
		if (x->s != NULL)
			buf_printf(x->out, "  (-%" PRId64 ")", x->s->count.filtered[f]);
		buf_chr(x->out, '\n');
	}
	buf_free(&value);
}

static void
json_filters(const struct planned *x, struct json *j)
{
	struct buf value = BUF(10000);

	json_key(j, "filters");
	json_array(j);
	for (int i = 0; i < FILTERS; i++) {
		enum filter f = (enum filter)i;

		if (!filter_set(x->study, f))
			continue;
		buf_clear(&value);
		filter_value(x->study, f, &value);
		json_object(j);
		json_kstr(j, "filter", filter_code(f));
		json_kstr(j, "value", buf_text(&value));
		if (x->s != NULL)
			json_kint(j, "units", x->s->count.filtered[f]);
		json_end(j);
	}
	json_end(j);
	buf_free(&value);
}

/* Population and kept, by group and area. */
static void
print_cells(const struct planned *x)
{
	buf_printf(x->out, "\n%s\n", x->nb ?
	    "Bruttopopulasjon / med i rammen, etter gruppe og område" :
	    "Population / kept in the frame, by group and area");
	for (size_t g = 0; g < x->study->ngroup; g++)
		for (size_t a = 0; a < x->study->narea; a++) {
			size_t at = g * x->study->narea + a;

			buf_str(x->out, "  ");
			pad(x->out, label(x, &x->study->group[g].label), 24);
			pad(x->out, label(x, &x->study->area[a].label), 20);
			buf_printf(x->out, "%8" PRId64 " / %7" PRId64 "\n",
			    x->s->pop_cell[at], x->s->by_cell[at]);
		}
}

/* "  124 / 310  40,0 %" */
static void
print_active(const struct planned *x, const char *group, const char *area,
    int64_t n, int64_t of)
{
	int64_t tenths = of > 0 ? (n * 2000 + of) / (2 * of) : 0;

	buf_str(x->out, "  ");
	pad(x->out, group, 24);
	pad(x->out, area, 20);
	buf_printf(x->out, "%8" PRId64 " / %7" PRId64, n, of);
	if (of > 0)
		buf_printf(x->out, " %5" PRId64 "%c%" PRId64 " %%", tenths / 10,
		    x->nb ? ',' : '.', tenths % 10);
	buf_chr(x->out, '\n');
}

/* How many of the kept show signs of activity, by group and area and in all. */
static void
print_activity(const struct planned *x)
{
	int64_t n = 0, of = 0;

	buf_printf(x->out, x->nb ? "\nTegn til aktivitet: %" PRId64 " poeng eller mer, av "
	    "dem som er med i rammen\n" : "\nSigns of activity: %" PRId64 " points or "
	    "more, of those kept in the frame\n", x->study->active_points);
	for (size_t g = 0; g < x->study->ngroup; g++)
		for (size_t a = 0; a < x->study->narea; a++) {
			size_t at = g * x->study->narea + a;

			print_active(x, label(x, &x->study->group[g].label),
			    label(x, &x->study->area[a].label), x->s->active_cell[at],
			    x->s->known_cell[at]);
			n += x->s->active_cell[at];
			of += x->s->known_cell[at];
		}
	print_active(x, x->nb ? "I alt" : "In all", "", n, of);
	buf_str(x->out, x->nb ? "  poeng" : "  points");
	for (int i = 0; i <= ACTIVITY_MOST; i++)
		buf_printf(x->out, "  %d: %" PRId64, i, x->s->points[i]);
	buf_chr(x->out, '\n');
}

static void
json_activity(const struct planned *x, struct json *j)
{
	json_key(j, "activity");
	json_object(j);
	json_kint(j, "points", x->study->active_points);
	json_key(j, "units_by_points");
	json_array(j);
	for (int i = 0; i <= ACTIVITY_MOST; i++)
		json_int(j, x->s->points[i]);
	json_end(j);
	json_key(j, "cells");
	json_array(j);
	for (size_t g = 0; g < x->study->ngroup; g++)
		for (size_t a = 0; a < x->study->narea; a++) {
			size_t at = g * x->study->narea + a;

			json_object(j);
			json_kstr(j, "group", x->study->group[g].name);
			json_kstr(j, "area", x->study->area[a].name);
			json_kint(j, "population", x->s->pop_cell[at]);
			json_kint(j, "kept", x->s->by_cell[at]);
			json_kint(j, "known", x->s->known_cell[at]);
			json_kint(j, "active", x->s->active_cell[at]);
			json_end(j);
		}
	json_end(j);
	json_end(j);
}

static void
print_head(const struct planned *x)
{
	char day[11];

	buf_printf(x->out, "%s: %s\n", x->study->name, label(x, &x->study->title));
	buf_printf(x->out, x->nb ? "Koder skrevet i %s, " : "Codes written in %s, ",
	    x->study->standard == STUDY_SN2007 ? "SN2007" : "SN2025");
	if (x->s != NULL)
		buf_printf(x->out, x->nb ? "registeret av %s bruker %s.\n"
		    "Tallene ved kodene er enheter i områdene, før filtrene.\n" :
		    "the register of %s uses %s.\n"
		    "The numbers at the codes are units in the areas, before the filters.\n",
		    date_iso(x->p->date, day), nace_std_text(x->p->standard));
	else
		buf_printf(x->out, x->nb ? "registeret bruker nå %s (uten register: ingen "
		    "tall).\n" : "the register now uses %s (without a register: no "
		    "counts).\n", nace_std_text(x->p->standard));
}

/* Which of the two rows of a firm is asked, and how many are left out for it. */
static void
print_firm(const struct planned *x)
{
	static const char *const says[][2] = {
		[STUDY_FIRM_ENHET] = { "spørres enheten", "the enhet is asked" },
		[STUDY_FIRM_UNDERENHET] = { "spørres underenheten",
		    "the underenhet is asked" },
		[STUDY_FIRM_BOTH] = { "spørres begge", "both are asked" } };

	if (x->study->units != STUDY_BOTH)
		return;
	buf_printf(x->out, x->nb ? "\nDer en enhet og dens eneste underenhet er samme "
	    "virksomhet, %s" : "\nWhere an enhet and its only underenhet are one firm, "
	    "%s", says[x->study->one_firm][x->nb ? 0 : 1]);
	if (x->s != NULL && x->study->one_firm != STUDY_FIRM_BOTH)
		buf_printf(x->out, x->nb ? ": %" PRId64 " går ut av rammen" : ": %" PRId64
		    " are left out of the frame", x->s->count.reason[FRAME_ONE_FIRM]);
	buf_str(x->out, ".\n");
}

static void
json_firm(const struct planned *x, struct json *j)
{
	static const char *const asked[] = { [STUDY_FIRM_ENHET] = "enhet",
		[STUDY_FIRM_UNDERENHET] = "underenhet", [STUDY_FIRM_BOTH] = "both" };

	if (x->study->units != STUDY_BOTH)
		return;
	json_key(j, "one_firm");
	json_object(j);
	json_kstr(j, "asked", asked[x->study->one_firm]);
	if (x->s != NULL)
		json_kint(j, "left_out", x->s->count.reason[FRAME_ONE_FIRM]);
	json_end(j);
}

static void
json_codes(const struct planned *x, struct json *j)
{
	json_key(j, "codes");
	json_array(j);
	for (size_t i = 0; i < x->p->ncode; i++) {
		const struct population_code *c = &x->p->code[i];

		json_object(j);
		json_kstr(j, "written", c->text);
		json_kstr(j, "name", x->p->written[i].item->name);
		json_kstr(j, "group", x->study->group[c->group].name);
		json_kstr(j, "fate", nace_fate_text(x->p->plan->step[i].fate, LANG_EN));
		json_kbool(j, "read_as_class", x->p->written[i].as_group);
		json_key(j, "targets");
		json_array(j);
		for (size_t k = 0; k < c->nlink; k++) {
			const struct nace_target *t =
			    &x->p->plan->target[c->link[k].target];

			json_object(j);
			json_kstr(j, "code", t->item->code);
			json_kstr(j, "name", t->item->name);
			json_kbool(j, "out", c->link[k].out);
			json_kbool(j, "over_covers", t->nother > 0);
			json_key(j, "other");
			json_array(j);
			for (size_t o = 0; o < t->nother; o++)
				json_str(j, t->other[o]->code);
			json_end(j);
			json_kbool(j, "counted_here", !c->link[k].out &&
			    x->p->target[c->link[k].target].code == i);
			if (x->s != NULL)
				json_kint(j, "units", units_of(x, c->link[k].target));
			json_end(j);
		}
		json_end(j);
		json_end(j);
	}
	json_end(j);
}

static void
json_areas(const struct planned *x, struct json *j)
{
	char text[8];

	json_key(j, "areas");
	json_array(j);
	for (size_t a = 0; a < x->study->narea; a++) {
		json_object(j);
		json_kstr(j, "name", x->study->area[a].name);
		json_key(j, "municipalities");
		json_array(j);
		for (int32_t i = 0; i < POPULATION_PLACES; i++)
			if (x->p->area_of[i] == 1 + a)
				json_str(j, region_text(i, text));
		json_end(j);
		plan_then_json(x->p, a, j);
		json_end(j);
	}
	json_end(j);
}

static void
json_members(const struct planned *x, struct json *j)
{
	char day[11];

	json_kstr(j, "study", x->study->name);
	json_kstr(j, "standard", x->study->standard == STUDY_SN2007 ? "SN2007" : "SN2025");
	json_kstr(j, "register_standard", nace_std_text(x->p->standard));
	json_kstr(j, "register_date", x->s != NULL ? date_iso(x->p->date, day) : NULL);
	json_codes(x, j);
	json_areas(x, j);
	json_filters(x, j);
	json_firm(x, j);
	if (x->s != NULL)
		json_activity(x, j);
	json_key(j, "lists");
	if (x->s != NULL)
		lists_json(x->s->lists, j);
	else
		json_null(j);
	json_key(j, "funnel");
	if (x->s != NULL)
		frame_json(&x->s->count, j);
	else
		json_null(j);
}

/* Into ${j}, an open object, or as text into ${out}. */
static int
make(const struct world *w, const struct study *study, int32_t day,
    struct json *j, struct buf *out, struct err *err)
{
	struct planned x = { w, study, NULL, NULL, w->lang == LANG_NB, out };
	struct population *alone = NULL;
	struct selection *s = NULL;
	int there = 0;

	/* no register yet: codes and places alone */
	if (w->db != NULL && (there = selection_register(w, study, err)) < 0)
		return -1;
	if (there && selection_make_at(w, study, day, 0, &s, err) != 0)
		return -1;
	if (s == NULL) {
		int32_t today = day != DATE_NONE ? day : date_of(w->now);

		if (population_make(study, w->nace, w->region, nace_std_at(today), today,
		    &alone, NULL, err) != 0)
			return -1;
	}
	x.s = s;
	x.p = s != NULL ? s->population : alone;
	if (j != NULL)
		json_members(&x, j);
	else {
		print_head(&x);
		print_codes(&x);
		print_areas(&x);
		print_filters(&x);
		print_firm(&x);
		if (s != NULL) {
			lists_print(s->lists, w->lang, out);
			print_cells(&x);
			print_activity(&x);
			buf_chr(out, '\n');
			frame_print(&s->count, w->lang, out);
		}
	}
	selection_free(s);
	population_free(alone);
	return 0;
}

int
plan_make(const struct world *w, const struct study *study, int as_json,
    struct buf *out, struct err *err)
{
	return plan_make_at(w, study, DATE_NONE, as_json, out, err);
}

int
plan_make_at(const struct world *w, const struct study *study, int32_t day,
    int as_json, struct buf *out, struct err *err)
{
	struct json j;
	int r;

	if (!as_json)
		return make(w, study, day, NULL, out, err);
	json_begin(&j, out, 1);
	json_object(&j);
	r = make(w, study, day, &j, out, err);
	json_end(&j);
	buf_chr(out, '\n');
	return r;
}

int
plan_members(const struct world *w, const struct study *study, int32_t day,
    struct json *j, struct err *err)
{
	return make(w, study, day, j, NULL, err);
}


/* A share as it was written: 20/100 is "0,20". */
static void
print_share(const struct planned *x, int64_t num, int64_t den)
{
	int digits = 0;

	for (int64_t d = den; d > 1 && d % 10 == 0; d /= 10)
		digits++;
	buf_printf(x->out, "%" PRId64, num / den);
	if (digits > 0)
		buf_printf(x->out, "%c%0*" PRId64, x->nb ? ',' : '.', digits, num % den);
}

static void
explain_random(const struct planned *x)
{
	static const char *const how[][2] = { { "", "" },
		{ " tilfeldig", " at random" }, { " systematisk", " systematically" },
		{ " med sannsynlighet etter størrelse", " with probability by size" },
		{ "", "" }, { " tilfeldig som i R", " at random as in R" } };
	const struct study *s = x->study;
	const struct { int on; const char *nb, *en; } by[] = {
		{ s->stratify_area, "område", "area" },
		{ s->stratify_group, "gruppe", "group" },
		{ s->stratify_form, "organisasjonsform", "legal form" },
		{ s->stratify_size, "størrelse", "size" },
		{ s->stratify_activity, "næring", "activity" } };
	int n = 0;

	if (s->allocation == STUDY_FIXED)
		buf_str(x->out, x->nb ? "Et fast antall enheter trekkes" :
		    "A fixed number of units is drawn");
	else
		buf_printf(x->out, x->nb ? "%" PRId64 " enheter trekkes" :
		    "%" PRId64 " units are drawn", s->size);
	buf_str(x->out, how[s->design][x->nb ? 0 : 1]);
	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++)
		if (by[i].on)
			buf_printf(x->out, "%s%s", n++ > 0 ? (x->nb ? " og " : " and ") :
			    x->nb ? ", fordelt på " : ", shared out by ",
			    x->nb ? by[i].nb : by[i].en);
	buf_str(x->out, ".\n");
}

static void
explain_design(const struct planned *x)
{
	const struct study *s = x->study;

	if (s->design == STUDY_EVERYONE)
		buf_str(x->out, x->nb ? "Alle i rammen trekkes.\n" :
		    "Everyone in the frame is drawn.\n");
	else if (s->design == STUDY_BERNOULLI) {
		buf_str(x->out, x->nb ? "Hver enhet trekkes for seg, med sannsynlighet " :
		    "Each unit is drawn for itself, with probability ");
		print_share(x, s->share_num, s->share_den);
		buf_str(x->out, ".\n");
	} else
		explain_random(x);
	if (s->active_estimated) {
		buf_printf(x->out, x->nb ? "Aktiv andel anslås av registerets tegn til "
		    "aktivitet, %" PRId64 " poeng eller mer.\n" : "The active share is "
		    "estimated by the register's signs of activity, %" PRId64 " points or "
		    "more.\n", s->active_points);
		return;
	}
	if (s->active_num == 0) {
		buf_str(x->out, x->nb ? "Aktiv andel er ikke oppgitt: ingen netto svarprosent.\n" :
		    "No active share is given: there is no net rate.\n");
		return;
	}
	buf_str(x->out, x->nb ? "Aktiv andel " : "Active share ");
	print_share(x, s->active_num, s->active_den);
	buf_printf(x->out, " (%s).\n", s->active_source != NULL ? s->active_source : "-");
}

int
plan_explain(const struct world *w, const struct study *study,
    struct study_faults *faults, struct buf *out, struct err *err)
{
	struct planned x = { w, study, NULL, NULL, w->lang == LANG_NB, out };
	struct population *p;
	int32_t today = date_of(w->now);

	if (population_make(study, w->nace, w->region, nace_std_at(today), today, &p,
	    faults, err) != 0) {
		study_faults_sort(faults);
		return -1;
	}
	x.p = p;
	print_head(&x);
	print_codes(&x);
	print_areas(&x);
	print_filters(&x);
	print_firm(&x);
	buf_chr(out, '\n');
	explain_design(&x);
	population_free(p);
	return 0;
}
