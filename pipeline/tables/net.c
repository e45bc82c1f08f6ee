#include "pipeline/tables/net.h"

struct net_total
net_total(const struct net *in)
{
	struct net_total t = { 0, 0, 0, 0 };

	for (size_t i = 0; i < in->n; i++) {
		t.sent += in->row[i].sent;
		t.returned += in->row[i].returned;
	}
	t.rows_net = t.sent - t.returned;
	t.returned += in->not_located;
	t.net = t.sent - t.returned;
	return t;
}

void
net_json(const struct net *in, struct json *j)
{
	struct net_total t = net_total(in);

	json_key(j, "total");
	json_object(j);
	json_kint(j, "sent", t.sent);
	json_kint(j, "returned", t.returned);
	json_kint(j, "not_located", in->not_located);
	json_kint(j, "net", t.net);
	json_end(j);
	json_kint(j, "our_fault", in->our_fault);
	json_kint(j, "review", in->review);
}

static void
notes(struct table *t, const struct net *in)
{
	static const enum word defs[] = { WORD_DEF_SENT, WORD_DEF_RETURNED,
		WORD_DEF_NOT_LOCATED, WORD_DEF_NET };
	const char *arg;

	for (size_t i = 0; i < sizeof(defs) / sizeof(defs[0]); i++)
		table_note(t, defs[i], NULL, 0);
	arg = table_count(t, in->our_fault);
	if (in->our_fault > 0)
		table_note(t, WORD_NOTE_OUR_FAULT, &arg, 1);
	arg = table_count(t, in->review);
	if (in->review > 0)
		table_note(t, WORD_NOTE_REVIEW, &arg, 1);
	table_end(t, in->register_date);
}

struct table *
net_table(const struct net *in, enum lang lang)
{
	static const struct { enum word word; enum table_align align; } cols[] = {
		{ WORD_AREA, TABLE_LEFT }, { WORD_GROUP, TABLE_LEFT },
		{ WORD_SENT, TABLE_RIGHT }, { WORD_RETURNED, TABLE_RIGHT },
		{ WORD_NET, TABLE_RIGHT } };
	struct table *t = table_new("net", lang);
	struct net_total total = net_total(in);

	table_title(t, WORD_TITLE_NET, in->study);
	for (size_t i = 0; i < sizeof(cols) / sizeof(cols[0]); i++)
		table_column(t, words_key(cols[i].word),
		    words_text(cols[i].word, lang), cols[i].align);
	for (size_t i = 0; i < in->n; i++) {
		const struct net_row *r = &in->row[i];

		table_row(t, TABLE_BODY, r->key);
		table_add_text(t, r->area);
		table_add_text(t, r->group);
		table_add_count(t, r->sent);
		table_add_count(t, r->returned);
		table_add_count(t, r->sent - r->returned);
	}
	table_row(t, TABLE_SUBTOTAL, words_key(WORD_SUM));
	table_add_text(t, words_text(WORD_SUM, lang));
	for (int i = 0; i < 3; i++)
		table_add_empty(t);
	table_add_count(t, total.rows_net);

	table_row(t, TABLE_SUBTOTAL, words_key(WORD_NOT_LOCATED));
	table_add_text(t, words_text(WORD_NOT_LOCATED, lang));
	for (int i = 0; i < 2; i++)
		table_add_empty(t);
	table_add_count(t, in->not_located);

	table_row(t, TABLE_TOTAL, words_key(WORD_ALL));
	table_add_text(t, words_text(WORD_ALL, lang));
	table_add_empty(t);
	table_add_count(t, total.sent);
	table_add_count(t, total.returned);
	table_add_count(t, total.net);
	notes(t, in);
	return t;
}
