#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "email/email.h"
#include "pipeline/base/date.h"
#include "pipeline/base/mem.h"
#include "pipeline/store/keys.h"
#include "pipeline/store/store.h"

#include "pipeline/contact/locate.h"

/* One NAME@DOMAIN that returns come to, of one study. */
struct home {
	int64_t study;
	const char *name, *domain;
};

struct locator {
	const struct world *w;
	struct arena *arena;
	struct home *home;
	size_t nhome;
	struct token_keys keys;
	char delimiter;
	sqlite3_stmt *by_id, *by_key;
};

const char *
located_word(enum located how)
{
	static const char *const word[] = { "none", "ambiguous", "address", "certain" };

	return word[how];
}

static int
read_homes(struct locator *l, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (db_prepare(l->w->db, "SELECT DISTINCT study, bounce FROM mailing"
	    " ORDER BY study, bounce", &s, err) != 0)
		return -1;
	while ((r = db_step(s, err)) == 1) {
		const char *bounce = db_col(s, 1), *at = strrchr(bounce, '@');
		struct home *h;

		if (at == NULL)
			continue;
		l->home = mem_grow(l->home, l->nhome + 1, sizeof(*l->home));
		h = &l->home[l->nhome++];
		h->study = sqlite3_column_int64(s, 0);
		h->name = arena_strn(l->arena, bounce, (size_t)(at - bounce));
		h->domain = arena_str(l->arena, at + 1);
	}
	sqlite3_finalize(s);
	return r;
}

struct locator *
locator_new(const struct world *w, struct err *err)
{
	struct locator *l = mem_alloc(sizeof(*l));

	l->w = w;
	l->arena = arena_new();
	l->keys.key = w->keys->bounce;
	l->keys.set = w->keys->bounce_set;
	l->keys.now = w->keys->bounce_now;
	l->delimiter = w->set->delimiter[0];
	if (read_homes(l, err) != 0 ||
	    db_prepare(w->db, "SELECT m.study, r.email_key, f.orgnr FROM"
	    " mailing_recipient r JOIN mailing m ON m.id = r.mailing"
	    " JOIN sample_unit s ON s.id = r.sample_unit"
	    " JOIN frame_unit f ON f.id = s.frame_unit WHERE r.id = ?1", &l->by_id,
	    err) != 0 ||
	    db_prepare(w->db, "SELECT r.id, m.study, r.sample_unit FROM"
	    " mailing_recipient r JOIN mailing m ON m.id = r.mailing"
	    " WHERE r.email_key = ?1 AND r.state = 'sent' AND r.sent >= ?2"
	    " ORDER BY r.id DESC", &l->by_key, err) != 0) {
		locator_free(l);
		return NULL;
	}
	return l;
}

void
locator_free(struct locator *l)
{
	if (l == NULL)
		return;
	sqlite3_finalize(l->by_id);
	sqlite3_finalize(l->by_key);
	free(l->home);
	arena_free(l->arena);
	free(l);
}

/* The best token under any domain that we have sent with. */
static enum token_state
find_token(const struct locator *l, const struct bounce *b, int32_t today,
    struct token *ret)
{
	enum token_state best = TOKEN_NONE;

	for (size_t i = 0; i < l->nhome && best != TOKEN_OK; i++) {
		struct token t;
		enum token_state now;

		if (i > 0 && strcmp(l->home[i].domain, l->home[i - 1].domain) == 0)
			continue;
		now = bounce_token(b, &l->keys, l->home[i].domain, l->delimiter, today, &t,
		    NULL);
		if (now > best) {
			best = now;
			if (now == TOKEN_OK || now == TOKEN_EXPIRED)
				*ret = t;
		}
	}
	return best;
}

/* Who the token's number is; a number nobody has is an unknown key's. */
static int
by_token(struct locator *l, int64_t recipient, int expired,
    struct location *ret, struct err *err)
{
	int r;

	db_i64(l->by_id, 1, recipient);
	if ((r = db_step(l->by_id, err)) == 1) {
		ret->study = sqlite3_column_int64(l->by_id, 0);
		ret->assigned = "token";
		if (!expired) {
			ret->recipient = recipient;
			snprintf(ret->email_key, sizeof(ret->email_key), "%s",
			    db_col(l->by_id, 1));
			ret->orgnr = sqlite3_column_int(l->by_id, 2);
		}
	} else if (r == 0)
		ret->token_state = token_state_word(TOKEN_UNKNOWN_KEY);
	sqlite3_reset(l->by_id);
	return r < 0 ? -1 : 0;
}

static int
same_fold(const char *a, size_t len, const char *b)
{
	if (strlen(b) != len)
		return 0;
	for (size_t i = 0; i < len; i++) {
		char x = a[i], y = b[i];

		if (x >= 'A' && x <= 'Z')
			x = (char)(x + 32);
		if (y >= 'A' && y <= 'Z')
			y = (char)(y + 32);
		if (x != y)
			return 0;
	}
	return 1;
}

/* Is ${address} NAME@DOMAIN, or NAME delimiter anything @DOMAIN? */
static int
is_home(const struct locator *l, const struct home *h, const char *address)
{
	const char *at, *cut;

	address += *address == '<';
	at = strrchr(address, '@');
	if (at == NULL || !same_fold(at + 1, strcspn(at + 1, ">"), h->domain))
		return 0;
	cut = memchr(address, l->delimiter, (size_t)(at - address));
	return same_fold(address, (size_t)((cut != NULL ? cut : at) - address), h->name);
}

/* The study whose bounce address the mail came to. */
static int64_t
by_home(const struct locator *l, const struct bounce *b)
{
	for (size_t c = 0; c < b->ncandidate; c++) {
		if (b->candidate[c].place != BOUNCE_AT_ENVELOPE &&
		    b->candidate[c].place != BOUNCE_AT_DELIVERED &&
		    b->candidate[c].place != BOUNCE_AT_TO)
			continue;
		for (size_t i = 0; i < l->nhome; i++)
			if (is_home(l, &l->home[i], b->candidate[c].text))
				return l->home[i].study;
	}
	return 0;
}

/* The one study whose domain made the returned copy's Message-ID. */
static int64_t
by_message_id(const struct locator *l, const struct bounce *b)
{
	const char *at = b->copy_message_id != NULL ?
	    strrchr(b->copy_message_id, '@') : NULL;
	int64_t study = 0;

	for (size_t i = 0; at != NULL && i < l->nhome; i++) {
		if (!same_fold(at + 1, strlen(at + 1), l->home[i].domain))
			continue;
		if (study != 0 && study != l->home[i].study)
			return 0;
		study = l->home[i].study;
	}
	return study;
}

int
locate(struct locator *l, const struct bounce *b, const struct spooled *spooled,
    int64_t received, struct location *ret, struct err *err)
{
	int32_t today = date_of(received);
	enum token_state state;
	struct token token = { 0, 0, 0 };

	(void)spooled;
	memset(ret, 0, sizeof(*ret));
	ret->assigned = "none";
	/* token_find() counts TOKEN_DAYS; the setting may say otherwise */
	today += TOKEN_DAYS - (int32_t)l->w->set->token_days;
	state = find_token(l, b, today, &token);
	ret->token_state = token_state_word(state);
	if (state == TOKEN_OK || state == TOKEN_EXPIRED)
		return by_token(l, token.recipient, state == TOKEN_EXPIRED, ret, err);
	if (state != TOKEN_NONE)
		return 0;		/* noise or an attack: marks nothing */
	if ((ret->study = by_home(l, b)) != 0)
		ret->assigned = "bounce-address";
	else if ((ret->study = by_message_id(l, b)) != 0)
		ret->assigned = "message-id";
	return 0;
}

int
locate_address(struct locator *l, const char *address, int64_t received,
    int64_t *recipient, int64_t *study, enum located *how, struct err *err)
{
	char key[EMAIL_KEY_MAX];
	int64_t unit = 0;
	int r;

	*recipient = *study = 0;
	*how = LOCATED_NONE;
	if (email_key(address, strlen(address), key, sizeof(key)) != 0)
		return 0;
	db_text(l->by_key, 1, key);
	db_i64(l->by_key, 2, received - l->w->set->address_days * 86400);
	while ((r = db_step(l->by_key, err)) == 1) {
		int64_t this = sqlite3_column_int64(l->by_key, 2);

		if (unit == 0) {	/* the newest mailing to it */
			*recipient = sqlite3_column_int64(l->by_key, 0);
			*study = sqlite3_column_int64(l->by_key, 1);
			*how = LOCATED_ADDRESS;
			unit = this;
		} else if (this != unit) {
			*recipient = 0;
			*how = LOCATED_AMBIGUOUS;
			if (*study != sqlite3_column_int64(l->by_key, 1))
				*study = 0;
		}
	}
	sqlite3_reset(l->by_key);
	return r;
}
