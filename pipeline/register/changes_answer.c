#include <stdio.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/register/scan.h"

#include "pipeline/register/changes_answer.h"

void
changes_fold(struct changes_fold *f, const struct feed_event *e)
{
	memset(f, 0, sizeof(*f));
	f->orgnr = e->orgnr;
	changes_fold_more(f, e);
}

void
changes_fold_more(struct changes_fold *f, const struct feed_event *e)
{
	f->n++;
	f->deleted = e->what == FEED_DELETED;
	f->day = e->at != MOMENT_NONE ? date_of(e->at) : DATE_NONE;
	if (e->what == FEED_REMOVED) {
		f->removed = e->id;
		f->ask = 0;	/* what came before it is of no interest */
	} else if (!e->idle)
		f->ask = 1;
}

/* --- what the body of a 200 holds ------------------------------------------ */

struct reading {
	int32_t asked;
	int units, others;
	const char *why;
	/* the second time */
	struct apply *apply;
	enum applied applied;
};

static int
count_unit(void *ctx, const struct unit *u, struct err *err)
{
	struct reading *r = ctx;

	(void)err;
	r->units++;
	r->others += u->orgnr != r->asked;
	return 0;
}

static int
count_fault(void *ctx, const struct scan_fault *f, struct err *err)
{
	struct reading *r = ctx;

	(void)err;
	if (f->dropped)
		r->why = f->why;
	return 0;
}

static int
apply_it(void *ctx, const struct unit *u, struct err *err)
{
	struct reading *r = ctx;

	return apply_unit(r->apply, u, &r->applied, err);
}

void
changes_judge(struct changes_fold *f)
{
	struct reading r = { .asked = f->orgnr };
	const struct scan_to to = { count_unit, count_fault, &r };
	const struct changes_look *l = &f->look;
	struct err why;

	if (l->status != 200)
		return;
	if (scan_one(buf_text(&l->body), l->body.len, l->kind, &to, &why) != 0)
		r.why = "the answer is no JSON";
	else if (r.why == NULL && r.units != 1)
		r.why = "the answer is no unit";
	else if (r.why == NULL && r.others > 0)
		r.why = "the answer is another unit";
	if (r.why == NULL)
		return;
	f->look.status = 0;
	snprintf(f->look.why, sizeof(f->look.why), "%s", r.why);
}

/* --- what becomes of it ----------------------------------------------------- */

static void
keep_waiting(struct changes_fold *f, const char *why)
{
	f->out = CHANGES_WAITS;
	if (f->look.why[0] == '\0')
		snprintf(f->look.why, sizeof(f->look.why), "%s", why);
}

static enum changes_out
out_of(enum applied a)
{
	static const enum changes_out out[] = { [APPLY_SAME] = CHANGES_SAME,
		[APPLY_ADDED] = CHANGES_ADDED, [APPLY_CHANGED] = CHANGES_CHANGED,
		[APPLY_DELETED] = CHANGES_DELETED, [APPLY_ABSENT] = CHANGES_ABSENT };

	return out[a];
}

static int
act_on_answer(struct apply *a, enum unit_kind feed, struct changes_fold *f,
    struct err *err)
{
	struct reading r = { .asked = f->orgnr, .apply = a };
	const struct scan_to to = { apply_it, NULL, &r };
	int was;

	switch (f->look.status) {
	case 200:
		if (scan_one(buf_text(&f->look.body), f->look.body.len, f->look.kind,
		    &to, err) != 0)
			return -1;
		f->out = out_of(r.applied);
		return 0;
	case 410:
		f->out = CHANGES_REMOVED;
		return apply_removed(a, f->orgnr, feed, &was, err);
	case 404:
		if (!f->deleted || f->day == DATE_NONE) {
			keep_waiting(f, "the register does not know it");
			return 0;
		}
		if (apply_deleted(a, f->orgnr, feed, f->day, &r.applied, err) != 0)
			return -1;
		f->out = out_of(r.applied);
		return 0;
	default:
		keep_waiting(f, "no answer");
		return 0;
	}
}

int
changes_act(const struct world *w, struct apply *a, enum unit_kind feed,
    struct changes_fold *f, const struct erased *barred, struct err *err)
{
	int was;

	f->out = CHANGES_IDLE;
	if (erased_count(barred) > 0 && erased_has(barred, w, f->orgnr)) {
		f->out = CHANGES_BARRED;
		f->removed = 0;
		return 0;
	}
	if (f->removed != 0) {
		if (apply_removed(a, f->orgnr, feed, &was, err) != 0)
			return -1;
		f->out = CHANGES_REMOVED;
	}
	return f->ask ? act_on_answer(a, feed, f, err) : 0;
}
