#include <inttypes.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/hash.h"
#include "pipeline/store/store.h"

#include "pipeline/contact/mail_refusal.h"

struct reason
mail_refusal_reason(const struct reason_rules *rules, const struct handed *h)
{
	const struct reason_case c = { .status = h->status[0] != '\0' ? h->status :
	    NULL, .reply = h->code[0] != '\0' ? h->code : NULL, .stage = h->stage,
	    .kind = "smtp", .text = h->text, .len = strlen(h->text) };
	struct reason r = reason_of(rules, &c);

	if (strcmp(h->stage, "rcpt") != 0 && strcmp(h->stage, "data") != 0 &&
	    r.fault != 'S') {
		r.fault = 'S';
		r.hard = 0;
		r.word = "rejected";
		r.rule = "stage";
	}
	return r;
}

static int
write_message(const struct world *w, int64_t study, int64_t recipient, int64_t at,
    const struct handed *h, int review, int64_t *id, struct err *err)
{
	struct buf whole = BUF(2048);
	unsigned char sum[HASH_SIZE];
	char sha256[2 * HASH_SIZE + 1];
	sqlite3_stmt *s;
	int r;

	/* one for each try: nothing else can have this hash */
	buf_printf(&whole, "utvalg-refusal %" PRId64 " %" PRId64 " %s", recipient,
	    at, h->text);
	hash_sha256(buf_text(&whole), whole.len, sum);
	hash_hex(sum, sizeof(sum), sha256);
	buf_free(&whole);
	if (db_prepare(w->db, "INSERT INTO bounce_message (sha256, received, read,"
	    " kind, study, assigned, token_state, file, review, note) VALUES (?1, ?2,"
	    " ?2, 'bounce', ?3, 'token', 'ok', '', ?4, 'refused by the mail server')",
	    &s, err) != 0)
		return -1;
	db_text(s, 1, sha256);
	db_i64(s, 2, at);
	db_i64(s, 3, study);
	db_i64(s, 4, review);
	r = db_run(s, err);
	*id = sqlite3_last_insert_rowid(w->db);
	sqlite3_finalize(s);
	return r;
}

int
mail_refusal_write(const struct world *w, int64_t study, int64_t recipient,
    const char *address, int64_t at, const struct handed *h,
    const struct reason *why, struct err *err)
{
	char fault[2] = { why->fault, '\0' };
	sqlite3_stmt *s;
	int64_t message;
	int r;

	if (write_message(w, study, recipient, at, h,
	    strcmp(why->word, "undefined") == 0, &message, err) != 0 ||
	    db_prepare(w->db, "INSERT INTO bounce (message, address, status, reason,"
	    " hard, fault, rule, text, recipient, located) VALUES (?1, ?2, ?3, ?4, ?5,"
	    " ?6, ?7, ?8, ?9, 'certain')", &s, err) != 0)
		return -1;
	db_i64(s, 1, message);
	db_text(s, 2, address);
	db_text(s, 3, h->status[0] != '\0' ? h->status : NULL);
	db_text(s, 4, why->word);
	db_i64(s, 5, why->hard);
	db_text(s, 6, fault);
	db_text(s, 7, why->rule);
	db_text(s, 8, h->text);
	db_i64(s, 9, recipient);
	r = db_run(s, err);
	sqlite3_finalize(s);
	return r;
}
