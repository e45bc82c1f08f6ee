#include <string.h>

#include "pipeline/store/store.h"

#include "pipeline/tables/making.h"

/*
 * returns -- units that count as returned, by reason, by domain and by wave;
 * beneath them what is in no unit: reports that could not be located, and
 * reports that belong to no study.
 *
 * Each returned unit is counted once in each part, by the report that decides:
 * the last that is for good, else the last.  A domain with few returned units
 * may be somebody's own, and is not named.
 */

enum { DOMAIN_LEAST = 3, DOMAINS_SHOWN = 20 };

/* Reports of a failure of recipient r that may mark: no delay, no automatic answer,
 * no token that has run out, nothing that is held. */
#define FAILED \
    "JOIN bounce_message m ON m.id = b.message WHERE b.recipient = r.id" \
    " AND m.kind = 'bounce' AND b.reason <> 'delivered'" \
    " AND NOT (b.located = 'certain' AND m.token_state IS 'expired')" \
    " AND NOT EXISTS (SELECT 1 FROM bounce_hold h WHERE h.mailing = r.mailing" \
    " AND h.released IS NULL AND m.read >= h.since)"

/* Returned units of the sample with their deciding report. */
#define DECIDING \
    "WITH back AS (SELECT u.id AS unit, b.reason AS reason, g.wave AS wave," \
    " substr(r.email_key, instr(r.email_key, '@') + 1) AS domain," \
    " row_number() OVER (PARTITION BY u.id ORDER BY b.hard DESC, b.id DESC)" \
    " AS n FROM sample_unit u JOIN disposition d ON d.sample_unit = u.id" \
    " LEFT JOIN mailing_recipient r ON r.sample_unit = u.id AND EXISTS" \
    " (SELECT 1 FROM bounce b " FAILED ")" \
    " LEFT JOIN mailing g ON g.id = r.mailing" \
    " LEFT JOIN bounce b ON b.id IN (SELECT b.id FROM bounce b " FAILED ")" \
    " WHERE u.sample = ?1 AND d.returned = 1) "

static const struct part {
	enum word name;
	const char *key, *sql;
} parts[] = {
	{ WORD_BY_REASON, "reason", DECIDING
	    "SELECT coalesce(reason, '') AS value, count(*) AS units FROM back WHERE"
	    " n = 1 GROUP BY 1 ORDER BY value = '', units DESC, value" },
	{ WORD_BY_DOMAIN, "domain", DECIDING ", sums AS (SELECT CASE WHEN count(*)"
	    " < ?2 THEN '' ELSE domain END AS domain, count(*) AS k FROM back"
	    " WHERE n = 1 GROUP BY back.domain), top AS (SELECT domain, k,"
	    " row_number() OVER (ORDER BY domain IS NULL OR domain = '', k DESC,"
	    " domain) AS place FROM sums) SELECT CASE WHEN place > ?3 THEN '' ELSE"
	    " coalesce(domain, '') END AS value, sum(k) AS units FROM top GROUP BY 1"
	    " ORDER BY value = '', units DESC, value" },
	{ WORD_BY_WAVE, "wave", DECIDING
	    "SELECT coalesce(wave, '') AS value, count(*) FROM back WHERE n = 1"
	    " GROUP BY 1 ORDER BY value = '', value" },
};

static const struct { const char *key; enum word word; } known[] = {
	{ "userunknown", WORD_BOUNCE_USERUNKNOWN },
	{ "hostunknown", WORD_BOUNCE_HOSTUNKNOWN },
	{ "hasmoved", WORD_BOUNCE_HASMOVED },
	{ "notaccept", WORD_BOUNCE_NOTACCEPT },
	{ "mailboxfull", WORD_BOUNCE_MAILBOXFULL },
	{ "suspend", WORD_BOUNCE_SUSPEND },
	{ "expired", WORD_BOUNCE_EXPIRED },
	{ "undefined", WORD_BOUNCE_UNDEFINED },
};

static const char *
label(const struct making *m, const struct part *p, const char *key)
{
	enum lang lang = m->w->lang;

	if (key[0] == '\0')
		return words_text(p->name == WORD_BY_DOMAIN ?
		    WORD_OTHER_DOMAINS : WORD_UNSTATED, lang);
	if (p->name == WORD_BY_WAVE)
		return making_wave(m, key);
	for (size_t i = 0; p->name == WORD_BY_REASON &&
	    i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].key, key) == 0)
			return words_text(known[i].word, lang);
	return key;
}

static int
put_part(const struct making *m, struct table *t, const struct part *p,
    struct err *err)
{
	int64_t all = m->counts.all.returned, sum = 0;
	sqlite3_stmt *q = NULL;
	int r, first = 1;

	if (db_prepare(m->w->db, p->sql, &q, err) != 0)
		return -1;
	db_i64(q, 1, m->counts.sample);
	if (p->name == WORD_BY_DOMAIN) {
		db_i64(q, 2, DOMAIN_LEAST);
		db_i64(q, 3, DOMAINS_SHOWN);
	}
	while ((r = db_step(q, err)) == 1) {
		const char *key = arena_str(m->arena, db_col(q, 0));

		table_row(t, TABLE_BODY, arena_printf(m->arena, "%s/%s", p->key,
		    key));
		if (first)
			table_add_text(t, words_text(p->name, t->lang));
		else
			table_add_empty(t);
		first = 0;
		table_add_text(t, label(m, p, key));
		table_add_count(t, sqlite3_column_int64(q, 1));
		table_add_percent(t, sqlite3_column_int64(q, 1), all, 1);
		sum += sqlite3_column_int64(q, 1);
	}
	sqlite3_finalize(q);
	if (r == 0 && sum != all)
		return err_set(err, EX_SOFTWARE, "returns by %s do not add up to "
		    "the returned units", p->key);
	table_row(t, TABLE_SUBTOTAL, arena_printf(m->arena, "%s/total", p->key));
	table_add_text(t, words_text(WORD_RETURNED, t->lang));
	table_add_empty(t);
	table_add_count(t, all);
	table_add_percent(t, all, all, 1);
	return r;
}

static void
put_apart(struct table *t, enum word w, int64_t n)
{
	table_row(t, TABLE_BODY, words_key(w));
	table_add_text(t, words_text(w, t->lang));
	table_add_empty(t);
	table_add_count(t, n);
	table_add_empty(t);
}

int
returns_make(const struct making *m, struct table **ret, struct json *j,
    struct err *err)
{
	static const struct { enum word word; enum table_align align; } cols[] = {
		{ WORD_PART, TABLE_LEFT }, { WORD_CATEGORY, TABLE_LEFT },
		{ WORD_UNITS, TABLE_RIGHT }, { WORD_SHARE, TABLE_RIGHT } };
	struct table *t = table_new("returns", m->w->lang);
	int64_t unassigned = 0;
	int r;

	(void)j;
	*ret = NULL;
	table_title(t, WORD_TITLE_RETURNS, making_label(m, &m->study->title));
	for (size_t i = 0; i < sizeof(cols) / sizeof(cols[0]); i++)
		table_column(t, words_key(cols[i].word),
		    words_text(cols[i].word, m->w->lang), cols[i].align);
	r = db_int(m->w->db, "SELECT count(*) FROM bounce_message WHERE kind ="
	    " 'bounce' AND study IS NULL", &unassigned, err) < 0 ? -1 : 0;
	for (size_t i = 0; r == 0 && i < sizeof(parts) / sizeof(parts[0]); i++)
		r = put_part(m, t, &parts[i], err);
	if (r != 0) {
		table_free(t);
		return -1;
	}
	put_apart(t, WORD_NOT_LOCATED, m->counts.not_located);
	put_apart(t, WORD_UNASSIGNED, unassigned);
	table_note(t, WORD_DEF_RETURNED, NULL, 0);
	table_note(t, WORD_DEF_DECIDES, NULL, 0);
	table_note(t, WORD_DEF_NOT_LOCATED, NULL, 0);
	table_note(t, WORD_DEF_UNASSIGNED, NULL, 0);
	table_end(t, m->counts.register_date);
	*ret = t;
	return 0;
}
