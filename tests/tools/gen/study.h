#ifndef TESTS_TOOLS_GEN_STUDY_H
#define TESTS_TOOLS_GEN_STUDY_H

/* study -- a register, a list of food producers and everybody's fate, from a
 * plan of input counts (tests/mikrobedrifter.plan shows all its lines). */

#include "pipeline/base/csv.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"

#include "tests/tools/gen/unit.h"

enum { PLAN_COUNTIES = 8 };

struct plan_cell { long found, dead; };
struct plan_county {
	char number[3];
	struct plan_cell cell[GROUPS];
	long complete, partial;
	long obliged, not_obliged;	/* of those who complete it; -1: any */
};

/* What those who complete the form say: a column of the export, a value, and
 * how many of each county say it.  Lines with "|" after the column may be said
 * together; of the others each says one. */
struct plan_saying {
	char column[40], value[80];
	int several;
	long n[PLAN_COUNTIES];
};
enum { PLAN_SAYINGS = 80 };

static const char *const plan_keys[] = {
	"unlocated", "repairable", "duplicate", "no-email", "unusable", "bankrupt",
	"winding-up", "drammen", "other-county", "other-code", "food-no-email",
	"food-duplicate", "food-orgnr", "companies"
};
enum plan_key {
	P_UNLOCATED, P_REPAIRABLE, P_DUPLICATE, P_NO_EMAIL, P_UNUSABLE, P_BANKRUPT,
	P_WINDING_UP, P_DRAMMEN, P_OTHER_COUNTY, P_OTHER_CODE, P_FOOD_NO_EMAIL,
	P_FOOD_DUPLICATE, P_FOOD_ORGNR, P_COMPANIES, P_KEYS
};

struct plan {
	int32_t date;
	struct plan_county county[PLAN_COUNTIES];
	size_t counties;
	long n[P_KEYS];
	struct plan_saying saying[PLAN_SAYINGS];
	size_t sayings;
};

/* --- the plan -------------------------------------------------------------- */

static inline long
plan_number(const char *word)
{
	int64_t n;

	if (word == NULL || num_int(word, 0, 1000000, &n) != 0)
		return -1;
	return (long)n;
}

static inline struct plan_county *
plan_county(struct plan *p, const char *number)
{
	for (size_t i = 0; i < p->counties; i++)
		if (strcmp(p->county[i].number, number) == 0)
			return &p->county[i];
	if (p->counties == PLAN_COUNTIES || strlen(number) != 2)
		return NULL;
	snprintf(p->county[p->counties].number, sizeof(p->county[0].number), "%s",
	    number);
	p->county[p->counties].obliged = -1;
	return &p->county[p->counties++];
}

static inline int
plan_found(struct plan *p, char *word[], size_t n)
{
	struct plan_county *c;

	if (n != 5 || (c = plan_county(p, word[1])) == NULL)
		return -1;
	for (int g = GROUP_CULTURE; g < GROUPS; g++)
		if (strcmp(group_names[g], word[2]) == 0) {
			c->cell[g].found = plan_number(word[3]);
			c->cell[g].dead = plan_number(word[4]);
			return c->cell[g].found < c->cell[g].dead ||
			    c->cell[g].dead < 0 ? -1 : 0;
		}
	return -1;
}

/* says COLUMN VALUE COUNTY:N ..., "_" for a blank, "|" after the column. */
static inline int
plan_says(struct plan *p, char *word[], size_t n)
{
	struct plan_saying *y = &p->saying[p->sayings];
	size_t len = n > 1 ? strlen(word[1]) : 0;

	if (n < 4 || p->sayings == PLAN_SAYINGS)
		return -1;
	y->several = word[1][len - 1] == '|';
	snprintf(y->column, sizeof(y->column), "%.*s",
	    (int)(len - (size_t)y->several), word[1]);
	snprintf(y->value, sizeof(y->value), "%s", word[2]);
	for (char *c = y->value; *c != '\0'; c++)
		if (*c == '_')
			*c = ' ';
	for (size_t i = 3; i < n; i++) {
		char *colon = strchr(word[i], ':');
		struct plan_county *c;

		if (colon == NULL)
			return -1;
		*colon = '\0';
		if ((c = plan_county(p, word[i])) == NULL ||
		    (y->n[c - p->county] = plan_number(colon + 1)) < 0)
			return -1;
	}
	p->sayings++;
	return 0;
}

static inline int
plan_line(struct plan *p, char *word[], size_t n)
{
	struct plan_county *c;

	if (strcmp(word[0], "register") == 0)
		return n == 2 ? date_parse(word[1], strlen(word[1]), &p->date) : -1;
	if (strcmp(word[0], "found") == 0)
		return plan_found(p, word, n);
	if (strcmp(word[0], "answers") == 0) {
		if (n != 4 || (c = plan_county(p, word[1])) == NULL)
			return -1;
		c->complete = plan_number(word[2]);
		c->partial = plan_number(word[3]);
		return c->complete < 0 || c->partial < 0 ? -1 : 0;
	}
	if (strcmp(word[0], "obliged") == 0) {
		if (n != 4 || (c = plan_county(p, word[1])) == NULL)
			return -1;
		c->obliged = plan_number(word[2]);
		c->not_obliged = plan_number(word[3]);
		return c->obliged < 0 || c->not_obliged < 0 ? -1 : 0;
	}
	if (strcmp(word[0], "says") == 0)
		return plan_says(p, word, n);
	for (int k = 0; k < P_KEYS; k++)
		if (strcmp(plan_keys[k], word[0]) == 0 && n == 2)
			return (p->n[k] = plan_number(word[1])) < 0 ? -1 : 0;
	return -1;
}

static inline void
plan_read(struct plan *p, const char *path)
{
	struct buf b = BUF(1 << 20);
	struct err err;
	char *line, *rest, *more;
	size_t number = 0;

	memset(p, 0, sizeof(*p));
	if (file_read(path, 1 << 20, &b, &err) != 0)
		die(&err);
	for (line = b.data; line != NULL && *line != '\0'; line = rest) {
		char *word[6] = { NULL };
		size_t n = 0;

		number++;
		if ((rest = strchr(line, '\n')) != NULL)
			*rest++ = '\0';
		line[strcspn(line, "#")] = '\0';
		for (char *w = strtok_r(line, " \t\r", &more); w != NULL && n < 6;
		    w = strtok_r(NULL, " \t\r", &more))
			word[n++] = w;
		if (n > 0 && plan_line(p, word, n) != 0) {
			err_set(&err, EX_DATAERR, "%s:%zu: not understood", path, number);
			die(&err);
		}
	}
	buf_free(&b);
}

/* --- units ----------------------------------------------------------------- */

/* Somebody who is written to. */
struct person {
	char email[160];
	size_t county;
	enum gen_group group;
	const char *fate;
	const char *form;	/* NULL: in no register; "": in it by the way */
	char *says;		/* NULL: nothing */
};

struct study {
	struct plan plan;
	struct gen_numbers numbers;
	struct rng rng;
	uint64_t seed;
	size_t serial;
	struct gen_unit *unit;
	size_t units, room;
	struct person *person;
	size_t persons, person_room;
};

static inline struct gen_unit *
study_unit(struct study *s)
{
	if (s->units == s->room) {
		s->room = s->room == 0 ? 1024 : s->room * 2;
		s->unit = mem_grow(s->unit, s->room, sizeof(*s->unit));
	}
	invent_unit(&s->unit[s->units], KIND_ENHET, &s->numbers, s->seed, s->serial++);
	return &s->unit[s->units++];
}

static const struct gen_code *
code_of(struct study *s, enum gen_group group)
{
	const struct gen_code *c;

	do
		c = &gen_codes[rng_below(&s->rng, GEN_CODES)];
	while (c->group != group);
	return c;
}

/* A place in a county of the study, but not the one that is left out. */
static const struct gen_place *
place_in(struct study *s, size_t county, int on_list)
{
	const struct gen_place *p;

	do
		p = &gen_places[rng_below(&s->rng, GEN_PLACES)];
	while (strncmp(p->number, s->plan.county[county].number, 2) != 0 ||
	    strcmp(p->number, "3301") == 0 || (on_list && p->list == NULL));
	return p;
}

static const struct gen_place *
place_outside(struct study *s)
{
	for (;;) {
		const struct gen_place *p = &gen_places[rng_below(&s->rng, GEN_PLACES)];
		int inside = 0;

		for (size_t c = 0; c < s->plan.counties; c++)
			inside |= strncmp(p->number, s->plan.county[c].number, 2) == 0;
		if (!inside)
			return p;
	}
}

static const struct gen_place *
place_numbered(const char *number)
{
	for (size_t i = 0; i < GEN_PLACES; i++)
		if (strcmp(gen_places[i].number, number) == 0)
			return &gen_places[i];
	abort();
}

static inline int
small(struct study *s)
{
	return rng_chance(&s->rng, 30) ? -1 : 0;
}

static inline void
lower(char *s)
{
	for (; *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + 32);
}

static inline void
study_person(struct study *s, const char *email, size_t county,
    enum gen_group group, const char *form)
{
	struct person *p;

	if (s->persons == s->person_room) {
		s->person_room = s->person_room == 0 ? 1024 : s->person_room * 2;
		s->person = mem_grow(s->person, s->person_room, sizeof(*s->person));
	}
	p = &s->person[s->persons++];
	snprintf(p->email, sizeof(p->email), "%s", email);
	lower(p->email);
	p->county = county;
	p->group = group;
	p->fate = "silent";
	p->form = form;
	p->says = NULL;
}

/* A unit that is in the population, with an address or without. */
static inline struct gen_unit *
study_member(struct study *s, size_t county, enum gen_group group, int with_email)
{
	struct gen_unit *u = study_unit(s);

	if (s->plan.n[P_COMPANIES] > 0) {	/* companies and sole proprietors */
		int company = rng_chance(&s->rng, (unsigned)s->plan.n[P_COMPANIES]);

		u->form = company ? "AS" : "ENK";
		u->form_name = company ? "Aksjeselskap" : "Enkeltpersonforetak";
		invent_name(u);
	}
	u->code = code_of(s, group);
	u->place = place_in(s, county, 0);
	u->employees = small(s);
	if (with_email)
		invent_email(u, s->serial);
	return u;
}

static inline void
study_found(struct study *s)
{
	for (size_t c = 0; c < s->plan.counties; c++)
		for (int g = GROUP_CULTURE; g <= GROUP_EXPERIENCE; g++)
			for (long i = 0; i < s->plan.county[c].cell[g].found; i++) {
				struct gen_unit *u = study_member(s, c,
				    (enum gen_group)g, 1);

				study_person(s, u->email, c, (enum gen_group)g,
				    u->form);
			}
}

/* As people write an address into a form: safe to mend. */
static inline void
study_repairable(struct study *s, size_t found)
{
	static const char *const ways[] = {
		" %s", "%s ", "mailto:%s", "E-post: %s", "<%s>", "%s.", "%s;"
	};

	for (long i = 0; found > 0 && i < s->plan.n[P_REPAIRABLE]; i++) {
		struct gen_unit *u = &s->unit[rng_below(&s->rng, found)];
		const char *way = ways[(size_t)i % 7], *hole = strchr(way, '%');
		char old[sizeof(u->email)];

		if (u->dirty)
			continue;
		u->dirty = 1;
		snprintf(old, sizeof(old), "%s", u->email);
		snprintf(u->email, sizeof(u->email), "%.*s%.120s%s",
		    (int)(hole - way), way, old, hole + 2);
	}
}

/* The first twelve share one address, as an accountant's clients do; the others
 * go in pairs. */
static inline void
study_duplicates(struct study *s, size_t found)
{
	size_t with = 0;

	for (long i = 0; found > 0 && i < s->plan.n[P_DUPLICATE]; i++) {
		size_t county = 0;
		struct gen_unit *u;

		if (i == 0 || i > 11)
			with = rng_below(&s->rng, found);
		while (strncmp(s->unit[with].place->number,
		    s->plan.county[county].number, 2) != 0)
			county++;
		u = study_member(s, county, s->unit[with].code->group, 0);
		/* whichever of them is drawn by lot, the form is the same */
		if (s->plan.n[P_COMPANIES] > 0) {
			u->form = s->unit[with].form;
			u->form_name = s->unit[with].form_name;
			invent_name(u);
		}
		memcpy(u->email, s->unit[with].email, sizeof(u->email));
	}
}

static inline void
study_noise(struct study *s)
{
	static const char *const no_address[] = {
		"-", "ingen", "mangler e-post", "www.side.example.no",
		"post.firma.example.no", "post@", "@firma.example.no",
		"post@firma", "post(at)firma.example.no", "90 00 00 00"
	};
	static const enum plan_key members[] = {
		P_NO_EMAIL, P_UNUSABLE, P_BANKRUPT, P_WINDING_UP
	};

	for (size_t m = 0; m < sizeof(members) / sizeof(members[0]); m++)
		for (long i = 0; i < s->plan.n[members[m]]; i++) {
			enum gen_group g = rng_chance(&s->rng, 65) ?
			    GROUP_CULTURE : GROUP_EXPERIENCE;
			struct gen_unit *u = study_member(s,
			    rng_below(&s->rng, s->plan.counties), g, m >= 2);

			if (members[m] == P_UNUSABLE)
				snprintf(u->email, sizeof(u->email), "%s",
				    *PICK(&s->rng, no_address));
			u->bankrupt = members[m] == P_BANKRUPT;
			u->winding_up = members[m] == P_WINDING_UP && i % 3 != 0;
			u->forced = members[m] == P_WINDING_UP && i % 3 == 0;
		}
	for (int k = P_DRAMMEN; k <= P_OTHER_CODE; k++)
		for (long i = 0; i < s->plan.n[k]; i++) {
			struct gen_unit *u = study_unit(s);

			u->code = code_of(s, k == P_OTHER_CODE ? GROUP_OTHER :
			    rng_chance(&s->rng, 65) ? GROUP_CULTURE : GROUP_EXPERIENCE);
			u->place = k == P_DRAMMEN ? place_numbered("3301") :
			    k == P_OTHER_COUNTY ? place_outside(s) :
			    place_in(s, rng_below(&s->rng, s->plan.counties), 0);
			u->employees = small(s);
			if (rng_chance(&s->rng, 40))
				invent_email(u, s->serial);
		}
}

/* --- the list of food producers -------------------------------------------- */

struct food { char name[120], email[160], orgnr[12]; const struct gen_place *place; };

/* A row whose name no other row has. */
static inline void
food_invent(struct study *s, struct food *f, size_t serial, size_t county)
{
	struct gen_unit u;

	memset(&u, 0, sizeof(u));
	memset(f, 0, sizeof(*f));
	f->place = place_in(s, county, 1);
	snprintf(f->name, sizeof(f->name), "%s%s %s %zu",
	    *PICK(&s->rng, gen_front), *PICK(&s->rng, gen_family_back),
	    *PICK(&s->rng, gen_farm_back), serial + 1);
	snprintf(u.name, sizeof(u.name), "%s", f->name);
	u.rng.s = rng_next(&s->rng);
	invent_email(&u, 0xf000 + serial);
	snprintf(f->email, sizeof(f->email), "%s", u.email);
}

static inline void
food_write(struct study *s, const struct food *food, size_t n, const char *path)
{
	struct buf b = BUF(1 << 24);
	char line[80];

	buf_str(&b, "navn;adresse;kommune;epost;produksjon;orgnr\r\n");
	for (size_t i = 0; i < n; i++) {
		csv_put(&b, ';', 1, food[i].name);
		snprintf(line, sizeof(line), "%s %zu, %s %s",
		    *PICK(&s->rng, gen_streets), rng_below(&s->rng, 90) + 1,
		    food[i].place->postcode, food[i].place->place);
		csv_put(&b, ';', 0, line);
		csv_put(&b, ';', 0, food[i].place->list);
		csv_put(&b, ';', 0, food[i].email);
		csv_put(&b, ';', 0, *PICK(&s->rng, gen_produce));
		csv_put(&b, ';', 0, food[i].orgnr);
		buf_str(&b, "\r\n");
	}
	put_file(path, b.data, b.len);
	buf_free(&b);
}

/* A farm that is in the register too, in a code outside the study. */
static inline void
food_register(struct study *s, struct food *f)
{
	struct gen_unit *u = study_unit(s);

	for (size_t i = 0; i < GEN_CODES; i++)
		if (strcmp(gen_codes[i].code, "01.500") == 0)
			u->code = &gen_codes[i];
	u->place = f->place;
	snprintf(u->name, sizeof(u->name), "%s", f->name);
	snprintf(f->orgnr, sizeof(f->orgnr), "%09d", u->orgnr);
}

static inline void
study_food(struct study *s, const char *path)
{
	size_t n = 0, room = 0, county, found;
	struct food *food;

	for (size_t c = 0; c < s->plan.counties; c++)
		room += (size_t)s->plan.county[c].cell[GROUP_FOOD].found;
	found = room;
	room += (size_t)(s->plan.n[P_FOOD_NO_EMAIL] + s->plan.n[P_FOOD_DUPLICATE]);
	food = mem_array(room + 1, sizeof(*food));
	for (size_t c = 0; c < s->plan.counties; c++)
		for (long i = 0; i < s->plan.county[c].cell[GROUP_FOOD].found; i++) {
			food_invent(s, &food[n], n, c);
			study_person(s, food[n].email, c, GROUP_FOOD,
			    n < (size_t)s->plan.n[P_FOOD_ORGNR] ? "" : NULL);
			if (n < (size_t)s->plan.n[P_FOOD_ORGNR])
				food_register(s, &food[n]);
			n++;
		}
	for (long i = 0; i < s->plan.n[P_FOOD_NO_EMAIL]; i++, n++) {
		food_invent(s, &food[n], n, rng_below(&s->rng, s->plan.counties));
		food[n].email[0] = '\0';
	}
	for (long i = 0; found > 0 && i < s->plan.n[P_FOOD_DUPLICATE]; i++, n++) {
		size_t with = rng_below(&s->rng, found);

		for (county = 0; strncmp(food[with].place->number,
		    s->plan.county[county].number, 2) != 0; county++)
			;
		food_invent(s, &food[n], n, county);
		snprintf(food[n].email, sizeof(food[n].email), "%s", food[with].email);
	}
	for (size_t i = n; i > 1; i--) {
		size_t j = rng_below(&s->rng, i);
		struct food f = food[i - 1];

		food[i - 1] = food[j];
		food[j] = f;
	}
	food_write(s, food, n, path);
	free(food);
}

/* --- fates ----------------------------------------------------------------- */

/* Give ${n} persons of a county (and a group, unless ${any}; and a legal form,
 * unless that is "") who are silent so far another fate; the persons are in
 * random order. */
static inline void
fate(struct study *s, size_t county, enum gen_group group, int any,
    const char *form, long n, const char *what)
{
	struct err err;

	for (size_t i = 0; i < s->persons && n > 0; i++) {
		struct person *p = &s->person[i];

		if (p->county == county && (any || p->group == group) &&
		    (form == NULL ? p->form == NULL : form[0] == '\0' ||
		    (p->form != NULL && strcmp(p->form, form) == 0)) &&
		    strcmp(p->fate, "silent") == 0) {
			p->fate = what;
			n--;
		}
	}
	if (n > 0) {
		err_set(&err, EX_DATAERR, "county %s: the plan gives more of fate "
		    "%s than there are", s->plan.county[county].number, what);
		die(&err);
	}
}

static inline void
shuffle_persons(struct study *s)
{
	for (size_t i = s->persons; i > 1; i--) {
		size_t j = rng_below(&s->rng, i);
		struct person p = s->person[i - 1];

		s->person[i - 1] = s->person[j];
		s->person[j] = p;
	}
}

/* Put ${value} into what a person says in a column: "col=a|b;col=c". */
static inline void
person_says(struct person *p, const struct plan_saying *y)
{
	struct buf b = BUF(1 << 16);
	const char *old = p->says != NULL ? p->says : "";
	char start[48];
	const char *at;
	size_t end;

	snprintf(start, sizeof(start), "%s=", y->column);
	if ((at = strstr(old, start)) == NULL) {
		buf_printf(&b, "%s%s%s%s", old, old[0] != '\0' ? ";" : "", start,
		    y->value);
	} else {
		end = (size_t)(at - old) + strcspn(at, ";");
		buf_printf(&b, "%.*s|%s%s", (int)end, old, y->value, old + end);
	}
	free(p->says);
	p->says = mem_str(buf_text(&b));
	buf_free(&b);
}

/* Everybody who completes the form in a county says what the plan has, column
 * by column, each time in another order.  Of a column with several answers the
 * t-th tick is the t-th person's, and round again. */
static inline void
study_says(struct study *s, size_t county)
{
	struct person **who = mem_array(s->persons + 1, sizeof(struct person *));
	size_t n = 0, tick = 0;
	const char *column = "";

	for (size_t i = 0; i < s->persons; i++)
		if (s->person[i].county == county &&
		    strcmp(s->person[i].fate, "answer") == 0)
			who[n++] = &s->person[i];
	for (size_t y = 0; n > 0 && y < s->plan.sayings; y++) {
		const struct plan_saying *say = &s->plan.saying[y];

		if (strcmp(column, say->column) != 0) {
			column = say->column;
			tick = 0;
			for (size_t i = n; i > 1; i--) {
				size_t j = rng_below(&s->rng, i);
				struct person *p = who[i - 1];

				who[i - 1] = who[j];
				who[j] = p;
			}
		}
		for (long k = 0; k < say->n[county]; k++, tick++)
			if (tick < n || (say->several && k < (long)n))
				person_says(who[tick % n], say);
	}
	free(who);
}

static inline void
study_fates(struct study *s, const char *path)
{
	struct buf b = BUF(1 << 26);

	shuffle_persons(s);
	for (size_t c = 0; c < s->plan.counties; c++)
		for (int g = GROUP_CULTURE; g < GROUPS; g++)
			fate(s, c, (enum gen_group)g, 0, "",
			    s->plan.county[c].cell[g].dead, "dead");
	/* the dead stand first now; the living shall answer in any order */
	shuffle_persons(s);
	for (size_t c = 0; c < s->plan.counties; c++) {
		const struct plan_county *p = &s->plan.county[c];

		if (p->obliged < 0)
			fate(s, c, GROUP_OTHER, 1, "", p->complete, "answer");
		else {
			fate(s, c, GROUP_OTHER, 1, "AS", p->obliged, "answer");
			fate(s, c, GROUP_OTHER, 1, "ENK", p->not_obliged, "answer");
			fate(s, c, GROUP_OTHER, 1, NULL,
			    p->complete - p->obliged - p->not_obliged, "answer");
		}
		fate(s, c, GROUP_OTHER, 1, "", p->partial, "partial");
		study_says(s, c);
	}
	buf_str(&b, "key\tcounty\tgroup\tfate\tsays\n");
	for (size_t i = 0; i < s->persons; i++)
		buf_printf(&b, "%s\t%s\t%s\t%s%s%s\n", s->person[i].email,
		    s->plan.county[s->person[i].county].number,
		    group_names[s->person[i].group], s->person[i].fate,
		    s->person[i].says != NULL ? "\t" : "",
		    s->person[i].says != NULL ? s->person[i].says : "");
	/* boxes that somebody forwards to: in no list */
	for (long i = 0; i < s->plan.n[P_UNLOCATED]; i++)
		buf_printf(&b, "boks-%ld@videresendt.example.org\t-\t-\tunlocated\n",
		    i + 1);
	put_file(path, b.data, b.len);
	buf_free(&b);
}

static inline char *
path_in(const char *dir, const char *name)
{
	size_t size = strlen(dir) + strlen(name) + 2;
	char *path = mem_alloc(size);

	snprintf(path, size, "%s/%s", dir, name);
	return path;
}

static inline int
study_make(const char *plan, uint64_t seed, const char *dir)
{
	struct study s;
	struct gen_file f;
	struct err err;
	char *enheter = path_in(dir, "enheter.json.gz");
	char *food = path_in(dir, "matprodusenter.csv");
	char *fates = path_in(dir, "fates.tsv");
	size_t found;

	memset(&s, 0, sizeof(s));
	plan_read(&s.plan, plan);
	s.seed = seed;
	s.rng.s = seed;
	numbers_begin(&s.numbers, KIND_ENHET, seed);
	if (file_mkdirs(dir, 0755, &err) != 0)
		die(&err);
	study_found(&s);
	found = s.units;
	study_repairable(&s, found);
	study_duplicates(&s, found);
	study_noise(&s);
	study_food(&s, food);
	study_fates(&s, fates);

	for (size_t i = s.units; i > 1; i--) {
		size_t j = rng_below(&s.rng, i);
		struct gen_unit u = s.unit[i - 1];

		s.unit[i - 1] = s.unit[j];
		s.unit[j] = u;
	}
	file_begin(&f, enheter);
	for (size_t i = 0; i < s.units; i++)
		file_unit(&f, &s.unit[i], s.plan.date);
	file_end(&f);
	for (size_t i = 0; i < s.persons; i++)
		free(s.person[i].says);
	free(s.unit);
	free(s.person);
	free(enheter);
	free(food);
	free(fates);
	return 0;
}

#endif /* !TESTS_TOOLS_GEN_STUDY_H */
