#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/num.h"
#include "pipeline/contact/disposition.h"
#include "pipeline/store/store.h"
#include "pipeline/store/suppress.h"

#include "pipeline/contact/mail_who.h"

/* Who is put off for longer than a mail server keeps trying does not keep the
 * others from being reminded. */
enum { DEFER_DAYS = 5 };

static const char sql_mailing[] =
    "SELECT id, planned, bounce, out, template_sha256 FROM mailing"
    " WHERE study = ?1 AND wave = ?2";

static const char sql_units[] =
    "SELECT u.id, u.token, f.name, coalesce(f.email, ''),"
    " coalesce(f.email_key, ''), f.area_name, f.group_name, f.orgnr,"
    " coalesce(d.state, 'not_sent'), coalesce(d.late, 0), coalesce(d.why, ''),"
    " i.id IS NOT NULL, coalesce(r.id, 0), coalesce(r.state, 'planned'),"
    " coalesce(r.return_token, ''), coalesce(x.at, 0)"
    " FROM sample s JOIN sample_unit u ON u.sample = s.id"
    " JOIN frame_unit f ON f.id = u.frame_unit"
    " LEFT JOIN sample_step x ON x.sample = s.id AND x.step = u.step AND x.step > 0"
    " LEFT JOIN disposition d ON d.sample_unit = u.id"
    " LEFT JOIN mailing m ON m.study = s.study AND m.wave = 'invite'"
    " LEFT JOIN mailing_recipient i ON i.sample_unit = u.id"
    "  AND i.mailing = m.id AND i.state IN ('sent', 'rejected')"
    " LEFT JOIN mailing_recipient r ON r.sample_unit = u.id AND r.mailing = ?2"
    " WHERE s.study = ?1 ORDER BY u.id";

/* The disposition a unit has, and what that means for a reminder. */
static enum mail_why
stands(const char *state, int late, const char *why)
{
	static const struct { const char *state; enum mail_why why; } table[] = {
		{ "complete", MAIL_ANSWERED }, { "partial", MAIL_ANSWERED },
		{ "not_eligible", MAIL_ANSWERED }, { "refused", MAIL_REFUSED },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(state, table[i].state) == 0)
			return table[i].why;
	if (late)
		return MAIL_ANSWERED;
	if (strcmp(state, "returned") == 0 && strcmp(why, DISPOSITION_SOFT) != 0)
		return MAIL_RETURNED;
	return MAIL_WRITE;
}

static int
is_suppressed(const struct world *w, const struct suppress *list,
    const char *key, const char *orgnr)
{
	char digits[16];

	if (suppress_listed(list, w->keys, SUPPRESS_EMAIL, key))
		return 1;
	if (*orgnr == '\0')
		return 0;
	if (*orgnr == '-')	/* erased */
		return 1;
	snprintf(digits, sizeof(digits), "%09ld", strtol(orgnr, NULL, 10));
	return suppress_listed(list, w->keys, SUPPRESS_ORGNR, digits);
}

static void
take(const struct world *w, const struct suppress *list, struct mail_wave *v,
    sqlite3_stmt *row, struct mail_unit *u)
{
	int invited = sqlite3_column_int(row, 11);
	const char *state;

	u->unit = sqlite3_column_int64(row, 0);
	u->token = arena_str(v->arena, db_col(row, 1));
	u->name = arena_str(v->arena, db_col(row, 2));
	u->address = arena_str(v->arena, db_col(row, 3));
	u->key = arena_str(v->arena, db_col(row, 4));
	u->area = arena_str(v->arena, db_col(row, 5));
	u->group = arena_str(v->arena, db_col(row, 6));
	u->recipient = sqlite3_column_int64(row, 12);
	u->ref = arena_str(v->arena, db_col(row, 14));
	state = db_col(row, 13);
	u->sent = strcmp(state, "sent") == 0 || strcmp(state, "rejected") == 0;
	u->uncertain = strcmp(state, "uncertain") == 0 ||
	    strcmp(state, "handing") == 0;
	u->deferred = strcmp(state, "deferred") == 0;
	u->drawn = sqlite3_column_int64(row, 15);
	u->late = !v->reminder && v->mailing != 0 && u->recipient == 0 &&
	    u->drawn != 0;
	u->why = MAIL_WRITE;
	if (is_suppressed(w, list, u->key, db_col(row, 7)))
		u->why = MAIL_SUPPRESSED;
	else if (v->reminder && !invited)
		u->why = MAIL_NOT_INVITED;
	else if (v->reminder)
		u->why = stands(db_col(row, 8), sqlite3_column_int(row, 9),
		    db_col(row, 10));
}

static int
read_mailing(const struct world *w, int64_t study_id, const char *wave,
    struct mail_wave *v, struct err *err)
{
	sqlite3_stmt *s;
	int r;

	if (db_prepare(w->db, "SELECT f.register_date FROM sample s JOIN frame f ON"
	    " f.id = s.frame WHERE s.study = ?1", &s, err) != 0)
		return -1;
	db_i64(s, 1, study_id);
	if ((r = db_step(s, err)) == 1)
		v->register_date = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	if (r < 0)
		return -1;
	if (r == 0)
		return err_set(err, EX_NOINPUT, "nobody is drawn yet: draw first "
		    "(utvalg draw STUDY)");
	if (db_prepare(w->db, sql_mailing, &s, err) != 0)
		return -1;
	db_i64(s, 1, study_id);
	db_text(s, 2, wave);
	if ((r = db_step(s, err)) == 1) {
		v->mailing = sqlite3_column_int64(s, 0);
		v->planned = sqlite3_column_int64(s, 1);
		v->bounce = arena_str(v->arena, db_col(s, 2));
		v->out = arena_str(v->arena, db_col(s, 3));
		v->template_sha256 = arena_str(v->arena, db_col(s, 4));
	}
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

/* ------------------------------------------------------------------ waves -- */

void
mail_wave_name(int reminder, char out[static MAIL_WAVE_NAME])
{
	if (reminder > 1)
		snprintf(out, MAIL_WAVE_NAME, "reminder-%d", reminder);
	else
		snprintf(out, MAIL_WAVE_NAME, "%s", reminder ? "reminder" : "invite");
}

/* The number of a wave's name: 0 invite; -1: it is none. */
static int
number_of(const char *wave)
{
	int64_t n;

	if (strcmp(wave, "invite") == 0)
		return 0;
	if (strcmp(wave, "reminder") == 0)
		return 1;
	if (strncmp(wave, "reminder-", 9) != 0 ||
	    num_int(wave + 9, 1, STUDY_REMINDERS, &n) != 0)
		return -1;
	return (int)n;
}

int
mail_wave_is(const char *wave)
{
	return number_of(wave) >= 0;
}

/* What became of a wave's letters. */
struct tally {
	int begun;
	int64_t sent, unsent, uncertain;
	int64_t last;			/* moment of the last that went */
};

static int
tally_wave(const struct world *w, int64_t study_id, int reminder,
    struct tally *t, struct err *err)
{
	char name[MAIL_WAVE_NAME];
	sqlite3_stmt *s;
	int r;

	memset(t, 0, sizeof(*t));
	mail_wave_name(reminder, name);
	if (db_prepare(w->db, "SELECT count(DISTINCT m.id),"
	    " coalesce(sum(r.state IN ('sent', 'rejected')), 0),"
	    " coalesce(sum(r.state = 'planned' OR r.state = 'deferred'"
	    "  AND m.planned > ?2), 0),"
	    " coalesce(sum(r.state IN ('handing', 'uncertain')), 0),"
	    " coalesce(max(r.sent), max(m.planned))"
	    " FROM mailing m LEFT JOIN mailing_recipient r ON r.mailing = m.id"
	    " WHERE m.study = ?1 AND m.wave = ?3", &s, err) != 0)
		return -1;
	db_i64(s, 1, study_id);
	db_i64(s, 2, w->now - DEFER_DAYS * 86400);
	db_text(s, 3, name);
	if ((r = db_step(s, err)) == 1) {
		t->begun = sqlite3_column_int(s, 0);
		t->sent = sqlite3_column_int64(s, 1);
		t->unsent = sqlite3_column_int64(s, 2);
		t->uncertain = sqlite3_column_int64(s, 3);
		t->last = sqlite3_column_int64(s, 4);
	}
	sqlite3_finalize(s);
	return r < 0 ? -1 : 0;
}

int
mail_wave_which(const struct world *w, int64_t study_id, const char *wave,
    int *reminder, struct err *err)
{
	struct tally t;
	int n = number_of(wave);

	if (n < 0)
		return err_set(err, EX_USAGE, "a wave is invite, reminder or "
		    "reminder-N, N from 1 to %d, not %.20s", STUDY_REMINDERS, wave);
	*reminder = n;
	if (strcmp(wave, "reminder") != 0)
		return 0;
	/* the one that is on its way, else the one to come */
	for (; n <= STUDY_REMINDERS; n++) {
		if (tally_wave(w, study_id, n, &t, err) != 0)
			return -1;
		*reminder = n;
		if (!t.begun || t.unsent > 0 || t.uncertain > 0)
			break;
	}
	return 0;
}

/* The last letter of the wave before, and the first day of this one. */
static int
days_of(const struct world *w, const struct study *study, int64_t study_id,
    int reminder, int32_t *last, int32_t *first, struct err *err)
{
	struct tally t;

	if (tally_wave(w, study_id, reminder - 1, &t, err) != 0)
		return -1;
	*last = date_of(t.last);
	*first = *last + (int32_t)study->days_between;
	return 0;
}

int
mail_wave_when(const struct world *w, const struct study *study,
    int64_t study_id, const struct mail_wave *v, int32_t *due, struct err *err)
{
	int32_t last, first;

	*due = DATE_NONE;
	if (v->reminder == 0 || v->mailing != 0)
		return 0;
	if (days_of(w, study, study_id, v->reminder, &last, &first, err) != 0)
		return -1;
	if (date_of(w->now) < first)
		*due = first;
	return 0;
}

int
mail_wave_due(const struct world *w, const struct study *study,
    int64_t study_id, const struct mail_wave *v, struct err *err)
{
	char before[MAIL_WAVE_NAME], on[16], day[16];
	int32_t last, first;

	if (v->reminder == 0 || v->mailing != 0)
		return 0;
	mail_wave_name(v->reminder - 1, before);
	if (days_of(w, study, study_id, v->reminder, &last, &first, err) != 0)
		return -1;
	if (v->reminder > study->reminders)
		return err_set(err, EX_DATAERR, "reminder %d would be one too many: the "
		    "study file allows %" PRId64 " ([mail] reminders), and %s is "
		    "through", v->reminder, study->reminders, before);
	if (date_of(w->now) < first)
		return err_set(err, EX_TEMPFAIL, "reminder %d is too early: the last "
		    "letter of %s went on %s, and [mail] days_between is %" PRId64
		    ": it may go on %s", v->reminder, before, date_iso(last, on),
		    study->days_between, date_iso(first, day));
	return 0;
}

/* Is the wave before through?  A reminder planned before would miss people. */
static int
check_through(const struct world *w, int64_t study_id, int reminder,
    struct err *err)
{
	char name[MAIL_WAVE_NAME];
	struct tally t;

	mail_wave_name(reminder - 1, name);
	if (tally_wave(w, study_id, reminder - 1, &t, err) != 0)
		return -1;
	if (reminder == 1 && t.sent == 0)
		return err_set(err, EX_DATAERR,
		    "no invitation has been sent: there is nobody to remind");
	if (!t.begun)
		return err_set(err, EX_DATAERR, "%s has not been sent: reminder %d "
		    "comes after it", name, reminder);
	if (t.unsent > 0)
		return err_set(err, EX_DATAERR, "%s is not through, %lld are unsent: "
		    "run that again first", reminder == 1 ? "the invitation" : name,
		    (long long)t.unsent);
	if (t.uncertain > 0)
		return err_set(err, EX_DATAERR, "of %lld letters of %s nobody knows "
		    "whether they went: settle that first (utvalg mail STUDY --wave "
		    "%s --resolve sent|again)", (long long)t.uncertain, name, name);
	return 0;
}

int
mail_wave_read(const struct world *w, int64_t study_id, const char *wave,
    struct mail_wave *v, struct err *err)
{
	struct suppress *list = NULL;
	sqlite3_stmt *s = NULL;
	size_t cap = 0;
	int r = -1;

	memset(v, 0, sizeof(*v));
	v->arena = arena_new();
	if (mail_wave_which(w, study_id, wave, &v->reminder, err) != 0)
		return -1;
	mail_wave_name(v->reminder, v->name);
	if (read_mailing(w, study_id, v->name, v, err) != 0 ||
	    (v->reminder && check_through(w, study_id, v->reminder, err) != 0) ||
	    (list = suppress_load(w->db, w->now, err)) == NULL ||
	    db_prepare(w->db, sql_units, &s, err) != 0)
		goto out;
	db_i64(s, 1, study_id);
	db_i64(s, 2, v->mailing);
	while ((r = db_step(s, err)) == 1) {
		if (v->n == cap) {
			cap = cap > 0 ? 2 * cap : 1024;
			v->unit = mem_grow(v->unit, cap, sizeof(*v->unit));
		}
		take(w, list, v, s, &v->unit[v->n++]);
	}
out:
	sqlite3_finalize(s);
	suppress_free(list);
	return r;
}

void
mail_wave_free(struct mail_wave *v)
{
	arena_free(v->arena);
	free(v->unit);
	memset(v, 0, sizeof(*v));
}

void
mail_wave_count(const struct mail_wave *v, struct mail_result *r)
{
	int64_t *const out[] = { [MAIL_SUPPRESSED] = &r->suppressed,
		[MAIL_NOT_INVITED] = &r->not_invited, [MAIL_ANSWERED] = &r->answered,
		[MAIL_REFUSED] = &r->refused, [MAIL_RETURNED] = &r->returned };

	memset(r, 0, sizeof(*r));
	for (size_t i = 0; i < v->n; i++) {
		const struct mail_unit *u = &v->unit[i];

		if (u->sent) {
			r->planned++;
			r->before++;
		} else if (u->uncertain) {
			r->planned++;
			r->uncertain++;
		} else if (u->why != MAIL_WRITE) {
			++*out[u->why];
			r->left_out++;
		} else if (v->mailing == 0 || u->recipient != 0 || u->late) {
			r->planned++;
			r->deferred += u->deferred;
		}
	}
}
