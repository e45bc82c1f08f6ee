#include <inttypes.h>

#include "pipeline/tables/funnel.h"

/* The account: what is left, and the table it is written in. */
struct account {
	struct table *t;
	int64_t left;
};

static void
change(struct account *a, const char *key, const char *label, int64_t units)
{
	table_row(a->t, TABLE_BODY, key);
	table_add_text(a->t, label);
	table_add_count(a->t, units);
	a->left += units;
}

static void
loss(struct account *a, enum word w, int64_t units)
{
	change(a, words_key(w), words_text(w, a->t->lang), -units);
}

/* A level as stored, held against the account. */
static int
level(struct account *a, enum word w, int64_t units, struct err *err)
{
	if (units != a->left)
		return err_set(err, EX_DATAERR, "the funnel does not add up at "
		    "%s: stored %" PRId64 ", by the losses %" PRId64,
		    words_key(w), units, a->left);
	table_row(a->t, a->t->nrow == 0 ? TABLE_BODY : TABLE_SUBTOTAL,
	    words_key(w));
	table_add_text(a->t, words_text(w, a->t->lang));
	table_add_empty(a->t);
	table_add_count(a->t, units);
	return 0;
}

static int
to_frame(struct account *a, const struct funnel *in, struct err *err)
{
	a->left = in->register_units;
	if (level(a, WORD_REGISTER, in->register_units, err) != 0)
		return -1;
	loss(a, WORD_OUTSIDE_CODE, in->outside_code);
	loss(a, WORD_OUTSIDE_AREA, in->outside_area);
	loss(a, WORD_OUTSIDE_FILTER, in->outside_filter);
	if (in->listed > 0)
		loss(a, WORD_LISTED, in->listed_matched + in->listed_outside -
		    in->listed);
	if (level(a, WORD_POPULATION, in->population, err) != 0)
		return -1;
	for (size_t i = 0; i < in->nreason; i++)
		if (in->reason[i].units != 0 || !in->reason[i].seldom)
			change(a, in->reason[i].key, in->reason[i].label,
			    -in->reason[i].units);
	return level(a, WORD_KEPT, in->kept, err);
}

static int
to_answers(struct account *a, const struct funnel *in, struct err *err)
{
	if (in->drawn < 0)
		return 0;
	loss(a, WORD_NOT_DRAWN, in->kept - in->drawn);
	if (level(a, WORD_DRAWN, in->drawn, err) != 0)
		return -1;
	if (in->sent < 0)
		return 0;
	loss(a, WORD_NOT_SENT, in->drawn - in->sent);
	if (level(a, WORD_SENT_LONG, in->sent, err) != 0)
		return -1;
	loss(a, WORD_RETURNS, in->returned);
	loss(a, WORD_NOT_LOCATED_LOSS, in->not_located);
	if (level(a, WORD_DELIVERED, in->delivered, err) != 0)
		return -1;
	loss(a, WORD_SILENT, in->delivered - in->answered);
	return level(a, WORD_ANSWERED, in->answered, err);
}

/* Each level within the one above. */
static int
in_order(const struct funnel *in, struct err *err)
{
	if (in->drawn > in->kept)
		return err_set(err, EX_DATAERR, "the funnel does not add up: "
		    "more units drawn than the frame kept");
	if (in->drawn >= 0 && in->sent > in->drawn)
		return err_set(err, EX_DATAERR, "the funnel does not add up: "
		    "more units sent to than drawn");
	return 0;
}

static void
notes(struct table *t, const struct funnel *in)
{
	const char *arg[3];

	table_note(t, WORD_DEF_POPULATION, NULL, 0);
	arg[0] = table_count(t, in->listed);
	arg[1] = table_count(t, in->listed_matched);
	arg[2] = table_count(t, in->listed_outside);
	if (in->listed > 0)
		table_note(t, WORD_NOTE_LISTS, arg, 3);
	if (in->drawn < 0 || in->sent < 0)
		table_note(t, WORD_NOTE_NOT_YET, NULL, 0);
	else {
		static const enum word defs[] = { WORD_DEF_SENT,
			WORD_DEF_RETURNED, WORD_DEF_NOT_LOCATED,
			WORD_DEF_ANSWERED };

		for (size_t i = 0; i < sizeof(defs) / sizeof(defs[0]); i++)
			table_note(t, defs[i], NULL, 0);
		arg[0] = table_count(t, in->our_fault);
		if (in->our_fault > 0)
			table_note(t, WORD_NOTE_OUR_FAULT, arg, 1);
		arg[0] = table_count(t, in->review);
		if (in->review > 0)
			table_note(t, WORD_NOTE_REVIEW, arg, 1);
	}
	table_note(t, WORD_NOTE_ADDS_UP, NULL, 0);
	table_end(t, in->register_date);
}

int
funnel_table(const struct funnel *in, enum lang lang, struct table **ret,
    struct err *err)
{
	struct account a = { table_new("funnel", lang), 0 };

	*ret = NULL;
	table_title(a.t, WORD_TITLE_FUNNEL, in->study);
	table_column(a.t, words_key(WORD_STEP), words_text(WORD_STEP, lang),
	    TABLE_LEFT);
	table_column(a.t, words_key(WORD_CHANGE), words_text(WORD_CHANGE, lang),
	    TABLE_RIGHT);
	table_column(a.t, words_key(WORD_LEFT), words_text(WORD_LEFT, lang),
	    TABLE_RIGHT);
	if (in_order(in, err) != 0 || to_frame(&a, in, err) != 0 ||
	    to_answers(&a, in, err) != 0) {
		table_free(a.t);
		return -1;
	}
	notes(a.t, in);
	*ret = a.t;
	return 0;
}
