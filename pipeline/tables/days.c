#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/store/store.h"

#include "pipeline/tables/making.h"

/*
 * days -- how the answers came in: each day on which a letter went or a form
 * came back, with the letters of each wave marked.
 *
 * A unit counts once, on the day of the answer that stands for it.  Days are
 * those of the export and of the database, UTC.
 */

/* Letters that went, by day and wave; then answers, by day. */
#define SENT \
    "SELECT r.sent / 86400, g.wave, count(*) FROM mailing g JOIN" \
    " mailing_recipient r ON r.mailing = g.id WHERE g.study = ?1 AND" \
    " r.state IN ('sent', 'uncertain') AND r.sent IS NOT NULL" \
    " GROUP BY 1, 2 ORDER BY 1, g.id"
#define ANSWERED \
    "SELECT x.answered / 86400, count(*) FROM sample_unit u JOIN disposition d" \
    " ON d.sample_unit = u.id AND d.state = 'complete' LEFT JOIN answer x ON" \
    " x.sample_unit = u.id AND x.used = 1 WHERE u.sample = ?1" \
    " GROUP BY 1 ORDER BY 1"

enum { DAYS_MAX = 20000 };

struct day { int32_t day; int64_t answered, sent; const char *waves; };
struct days { struct day *day; size_t n; int64_t undated, answered; };

const char *
making_wave(const struct making *m, const char *wave)
{
	static const char reminder[] = "reminder-";
	struct buf text = BUF(200);
	const char *arg, *ret;

	if (strcmp(wave, "invite") == 0)
		return words_text(WORD_WAVE_INVITE, m->w->lang);
	if (strcmp(wave, "reminder") == 0)
		return words_text(WORD_WAVE_REMINDER, m->w->lang);
	if (strncmp(wave, reminder, sizeof(reminder) - 1) != 0)
		return wave;
	arg = wave + sizeof(reminder) - 1;
	words_fill(&text, WORD_WAVE_REMINDER_N, m->w->lang, &arg, 1);
	ret = arena_str(m->arena, buf_text(&text));
	buf_free(&text);
	return ret;
}

static struct day *
day_of(struct days *d, int32_t day)
{
	size_t i = 0;

	while (i < d->n && d->day[i].day < day)
		i++;
	if (i < d->n && d->day[i].day == day)
		return &d->day[i];
	d->day = mem_grow(d->day, d->n + 1, sizeof(*d->day));
	memmove(d->day + i + 1, d->day + i, (d->n - i) * sizeof(*d->day));
	d->day[i] = (struct day){ day, 0, 0, "" };
	d->n++;
	return &d->day[i];
}

static int
read_days(const struct making *m, struct days *d, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int r;

	if (db_prepare(m->w->db, SENT, &q, err) != 0)
		return -1;
	db_i64(q, 1, m->study_id);
	while ((r = db_step(q, err)) == 1 && d->n < DAYS_MAX) {
		struct day *one = day_of(d, sqlite3_column_int(q, 0));
		const char *wave = making_wave(m, arena_str(m->arena, db_col(q, 1)));

		one->sent += sqlite3_column_int64(q, 2);
		one->waves = one->waves[0] == '\0' ? wave :
		    arena_printf(m->arena, "%s, %s", one->waves, wave);
	}
	sqlite3_finalize(q);
	if (r < 0 || db_prepare(m->w->db, ANSWERED, &q, err) != 0)
		return -1;
	db_i64(q, 1, m->counts.sample);
	while ((r = db_step(q, err)) == 1 && d->n < DAYS_MAX) {
		int64_t n = sqlite3_column_int64(q, 1);

		d->answered += n;
		if (sqlite3_column_type(q, 0) == SQLITE_NULL)
			d->undated += n;
		else
			day_of(d, sqlite3_column_int(q, 0))->answered += n;
	}
	sqlite3_finalize(q);
	if (r == 1)
		return err_set(err, EX_DATAERR, "the answers are of more than %d "
		    "different days", DAYS_MAX);
	return r;
}

static void
put_counts(struct table *t, int64_t sent, int64_t answered, int64_t so_far,
    int64_t delivered)
{
	table_add_count(t, sent);
	table_add_count(t, answered);
	table_add_count(t, so_far);
	table_add_percent(t, so_far, delivered < 0 ? 0 : delivered, 1);
}

static void
put_rows(const struct making *m, struct table *t, const struct days *d)
{
	const struct counts_cell *all = &m->counts.all;
	int64_t delivered = all->sent - all->returned, so_far = 0, sent = 0;
	char iso[11];

	for (size_t i = 0; i < d->n; i++) {
		const struct day *one = &d->day[i];
		const char *day = arena_str(m->arena, date_iso(one->day, iso));

		so_far += one->answered;
		sent += one->sent;
		table_row(t, TABLE_BODY, day);
		table_add_text(t, day);
		table_add_text(t, one->waves);
		put_counts(t, one->sent, one->answered, so_far, delivered);
	}
	if (d->undated > 0) {
		so_far += d->undated;
		table_row(t, TABLE_BODY, "undated");
		table_add_text(t, words_text(WORD_UNDATED, t->lang));
		table_add_text(t, "");
		put_counts(t, 0, d->undated, so_far, delivered);
	}
	table_row(t, TABLE_TOTAL, "total");
	table_add_text(t, words_text(WORD_ALL, t->lang));
	table_add_text(t, "");
	put_counts(t, sent, d->answered, so_far, delivered);
}

int
days_make(const struct making *m, struct table **ret, struct json *j,
    struct err *err)
{
	static const struct { enum word word; enum table_align align; } cols[] = {
		{ WORD_DAY, TABLE_LEFT }, { WORD_BY_WAVE, TABLE_LEFT },
		{ WORD_LETTERS, TABLE_RIGHT }, { WORD_ANSWERED, TABLE_RIGHT },
		{ WORD_SO_FAR, TABLE_RIGHT }, { WORD_GROSS_RATE, TABLE_RIGHT } };
	struct table *t;
	struct days d;

	(void)j;
	*ret = NULL;
	memset(&d, 0, sizeof(d));
	if (read_days(m, &d, err) != 0) {
		free(d.day);
		return -1;
	}
	t = table_new("days", m->w->lang);
	table_title(t, WORD_TITLE_DAYS, making_label(m, &m->study->title));
	for (size_t i = 0; i < sizeof(cols) / sizeof(cols[0]); i++)
		table_column(t, words_key(cols[i].word),
		    words_text(cols[i].word, t->lang), cols[i].align);
	put_rows(m, t, &d);
	table_note(t, WORD_DEF_DAYS, NULL, 0);
	table_note(t, WORD_DEF_GROSS_RATE, NULL, 0);
	table_end(t, m->counts.register_date);
	free(d.day);
	*ret = t;
	return 0;
}
