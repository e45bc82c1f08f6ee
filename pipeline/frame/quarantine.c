#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/mem.h"
#include "pipeline/store/store.h"

#include "pipeline/frame/quarantine.h"

struct quarantine {
	struct arena *arena;
	const char **key;	/* unit keys and address keys, in order, each once */
	size_t n;
};

static const char sql_written[] =
    "WITH lately AS (SELECT sample_unit, email_key FROM mailing_recipient"
    " WHERE state IN ('handing', 'sent', 'uncertain') AND sent >= ?1 AND"
    " sent < ?2)"
    " SELECT f.unit_key AS k FROM lately l JOIN sample_unit u ON"
    " u.id = l.sample_unit JOIN frame_unit f ON f.id = u.frame_unit"
    " UNION SELECT email_key FROM lately WHERE email_key <> '' ORDER BY k";

int32_t
quarantine_from(int64_t now, int64_t months)
{
	char text[32];
	int32_t day;
	int y, m, d;

	date_civil(date_of(now), &y, &m, &d);
	months = (int64_t)y * 12 + m - 1 - months;
	if (months < 12000)
		return 0;		/* before any letter */
	do {
		snprintf(text, sizeof(text), "%04d-%02d-%02d", (int)(months / 12),
		    (int)(months % 12) + 1, d);
	} while (date_parse(text, 10, &day) != 0 && --d > 0);
	return day;
}

struct quarantine *
quarantine_load(const struct world *w, const struct study *study, int32_t day,
    struct err *err)
{
	int64_t end = day != DATE_NONE ? ((int64_t)day + 1) * 86400 : INT64_MAX;
	int64_t now = day != DATE_NONE ? end - 1 : w->now;
	struct quarantine *q = mem_alloc(sizeof(*q));
	sqlite3_stmt *s = NULL;
	size_t cap = 0;
	int r;

	q->arena = arena_new();
	if (study->quarantine <= 0)
		return q;
	if (db_prepare(w->db, sql_written, &s, err) != 0) {
		quarantine_free(q);
		return NULL;
	}
	db_i64(s, 1, (int64_t)quarantine_from(now, study->quarantine) * 86400);
	db_i64(s, 2, end);
	while ((r = db_step(s, err)) == 1) {
		if (q->n == cap) {
			cap = cap > 0 ? 2 * cap : 256;
			q->key = mem_grow(q->key, cap, sizeof(*q->key));
		}
		q->key[q->n++] = arena_str(q->arena, db_col(s, 0));
	}
	sqlite3_finalize(s);
	if (r == 0)
		return q;
	quarantine_free(q);
	return NULL;
}

void
quarantine_free(struct quarantine *q)
{
	if (q == NULL)
		return;
	free(q->key);
	arena_free(q->arena);
	free(q);
}

static int
has(const struct quarantine *q, const char *key)
{
	size_t low = 0, high = q->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcmp(q->key[mid], key);

		if (c == 0)
			return 1;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return 0;
}

int
quarantine_has(const struct quarantine *q, const char *unit_key,
    const char *email_key)
{
	return q->n > 0 && (has(q, unit_key) ||
	    (email_key != NULL && has(q, email_key)));
}

void
quarantine_sha256(const struct quarantine *q, unsigned char out[static 32])
{
	struct hash *h = hash_begin();

	for (size_t i = 0; i < q->n; i++) {
		hash_add(h, q->key[i], strlen(q->key[i]));
		hash_add(h, "\n", 1);
	}
	hash_end(h, out);
}
