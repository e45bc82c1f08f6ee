/*
 * gen -- a world to test against, from a seed.  Nobody in it exists: numbers
 * that the register does not give out, invented names, example domains.  The
 * same arguments give the same octets.
 *
 *	gen extract --units N [--seed S] [--kind enhet|underenhet] [--out FILE]
 *	            [--changed PERCENT] [--study PERCENT] [--format json|csv]
 *	gen study --plan FILE --dir DIR [--seed S]
 *	gen bounces --maildir DIR --fates FILE --out DIR
 *	gen answers --maildir DIR --fates FILE --out FILE [--seed S]
 *
 * extract: a bulk file of the register, gzip, as it lays it out.  --changed: the
 * register of the same seed on another night: so many of a hundred units have
 * another name, address, number of employees or form, one of a thousand is gone,
 * and as many are new.  --format: the register's JSON or its CSV.  --study: so many of a hundred units are in the codes of
 * the study (half of them without it, which no register has).
 * study: a whole study's input from a plan of counts: DIR/enheter.json.gz,
 * DIR/matprodusenter.csv, and DIR/fates.tsv, which says of each address what
 * will become of it (dead, silent, answer, partial) and names the boxes that
 * unlocated returns speak of.
 * bounces: NNNN.eml for each dead address that was written to, and NNNN.rcpt,
 * the envelope recipient it comes to.
 * answers: a survey platform's CSV, for those who answer.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/err.h"
#include "pipeline/base/num.h"

#include "tests/tools/gen/mail.h"
#include "tests/tools/gen/rand.h"
#include "tests/tools/gen/study.h"
#include "tests/tools/gen/unit.h"

enum option { O_UNITS, O_SEED, O_KIND, O_OUT, O_PLAN, O_DIR, O_MAILDIR, O_FATES,
	O_CHANGED, O_STUDY, O_FORMAT, OPTIONS };
static const char *const option_names[OPTIONS] = {
	"--units", "--seed", "--kind", "--out", "--plan", "--dir", "--maildir",
	"--fates", "--changed", "--study", "--format"
};

_Noreturn static void
usage(void)
{
	fputs("usage: gen extract --units N [--seed S] [--kind enhet|underenhet] [--out FILE]\n"
	    "                   [--changed PERCENT] [--study PERCENT]\n"
	    "                   [--format json|csv]\n"
	    "       gen study --plan FILE --dir DIR [--seed S]\n"
	    "       gen bounces --maildir DIR --fates FILE --out DIR\n"
	    "       gen answers --maildir DIR --fates FILE --out FILE [--seed S]\n",
	    stderr);
	exit(EX_USAGE);
}

/* What is asked for on the command line. */
struct extract {
	size_t units;
	uint64_t seed;
	enum gen_kind kind;
	int changed, study;	/* percent; -1: not asked for */
	int csv;
};

static const struct gen_code *
extract_code(struct rng *r, int study)
{
	const struct gen_code *code = &gen_codes[rng_below(r, GEN_CODES)];
	int in;

	if (study < 0)
		return code;
	in = rng_chance(r, (unsigned)study);
	while ((code->group != GROUP_OTHER) != in)
		code = &gen_codes[rng_below(r, GEN_CODES)];
	return code;
}

static void
extract_unit(struct gen_unit *u, size_t serial, int study)
{
	struct rng *r = &u->rng;

	u->place = &gen_places[rng_below(r, GEN_PLACES)];
	if (rng_chance(r, 94))
		u->code = extract_code(r, study);
	if (rng_chance(r, 27))
		invent_email(u, serial);
	if (rng_chance(r, 12))
		u->employees = rng_chance(r, 60) ? -1 : 5 + (int)rng_below(r, 90);
	u->bankrupt = u->kind == KIND_ENHET && rng_chance(r, 1);
	u->winding_up = u->kind == KIND_ENHET && rng_chance(r, 1);
	u->forced = u->kind == KIND_ENHET && rng_below(r, 1000) < 4;
}

/* Another night: one thing is another. */
static void
extract_change(struct gen_unit *u, struct rng *r, size_t serial)
{
	switch (rng_below(r, 4)) {
	case 0:
		snprintf(u->name + strlen(u->name), sizeof(u->name) - strlen(u->name),
		    " II");
		break;
	case 1:
		snprintf(u->email, sizeof(u->email), "ny-%zx@example.no", serial);
		break;
	case 2:
		u->employees = 100 + (int)rng_below(r, 900);
		break;
	default:
		u->place = &gen_places[(size_t)(u->place - gen_places + 1) % GEN_PLACES];
		break;
	}
}

static int
extract_make(const struct extract *x, const char *out)
{
	struct gen_numbers numbers, parents;
	struct rng night = { x->seed ^ 0x6e69676874 };
	size_t more = 0;
	struct gen_csv csv;
	struct gen_file f;
	int32_t today;

	(void)date_parse("2026-10-03", 10, &today);
	numbers_begin(&numbers, x->kind, x->seed);
	numbers_begin(&parents, KIND_ENHET, x->seed);
	file_begin(&f, out);
	if (x->csv)
		file_csv(&f, &csv, x->kind);
	for (size_t i = 0; i < x->units + more; i++) {
		struct gen_unit u;
		int old = x->changed >= 0 && i < x->units;

		invent_unit(&u, x->kind, &numbers, x->seed, i);
		extract_unit(&u, i, x->study);
		if (x->kind == KIND_UNDERENHET)	/* those of gen extract, same seed */
			u.parent = numbers_next(&parents);
		if (old && rng_below(&night, 1000) == 0) {
			more++;
			continue;
		}
		if (old && rng_chance(&night, (unsigned)x->changed))
			extract_change(&u, &night, i);
		file_unit(&f, &u, today);
	}
	file_end(&f);
	return 0;
}

/* A share in percent; -1 where it is not asked for. */
static int
percent(const char *text)
{
	int64_t n = -1;

	if (text != NULL && num_int(text, 0, 100, &n) != 0)
		usage();
	return (int)n;
}

static const char *
need(const char *const value[], enum option o)
{
	if (value[o] == NULL)
		usage();
	return value[o];
}

int
main(int argc, char *argv[])
{
	const char *value[OPTIONS] = { NULL };
	int64_t units = 0, seed = 1;

	if (argc < 2 || argc % 2 != 0)
		usage();
	for (int i = 2; i < argc; i += 2) {
		int o = 0;

		while (o < OPTIONS && strcmp(argv[i], option_names[o]) != 0)
			o++;
		if (o == OPTIONS)
			usage();
		value[o] = argv[i + 1];
	}
	if (value[O_SEED] != NULL && num_int(value[O_SEED], 0, INT64_MAX, &seed) != 0)
		usage();
	if (strcmp(argv[1], "extract") == 0) {
		struct extract x = { .kind = KIND_ENHET };

		if (num_int(need(value, O_UNITS), 0, 15000000, &units) != 0)
			usage();
		if (value[O_KIND] != NULL && strcmp(value[O_KIND], "underenhet") == 0)
			x.kind = KIND_UNDERENHET;
		else if (value[O_KIND] != NULL && strcmp(value[O_KIND], "enhet") != 0)
			usage();
		x.units = (size_t)units;
		x.seed = (uint64_t)seed;
		x.changed = percent(value[O_CHANGED]);
		x.study = percent(value[O_STUDY]);
		if (value[O_FORMAT] != NULL && strcmp(value[O_FORMAT], "csv") == 0)
			x.csv = 1;
		else if (value[O_FORMAT] != NULL && strcmp(value[O_FORMAT], "json") != 0)
			usage();
		return extract_make(&x, value[O_OUT] != NULL ? value[O_OUT] : "-");
	}
	if (strcmp(argv[1], "study") == 0)
		return study_make(need(value, O_PLAN), (uint64_t)seed, need(value, O_DIR));
	if (strcmp(argv[1], "bounces") == 0)
		return bounces_make(need(value, O_MAILDIR), need(value, O_FATES),
		    need(value, O_OUT));
	if (strcmp(argv[1], "answers") == 0)
		return answers_make(need(value, O_MAILDIR), need(value, O_FATES),
		    need(value, O_OUT), (uint64_t)seed);
	usage();
}
