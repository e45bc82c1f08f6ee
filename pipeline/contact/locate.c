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
	int64_t planned;		/* its last mailing */
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

	if (db_prepare(l->w->db, "SELECT study, bounce, max(planned) FROM mailing"
	    " GROUP BY 1, 2 ORDER BY 1, 2", &s, err) != 0)
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
		h->planned = sqlite3_column_int64(s, 2);
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
	    " WHERE r.email_key = ?1 AND r.state IN ('sent',"
	    " 'uncertain') AND r.sent >= ?2"
	    " AND ?3 IN (0, m.study)"
	    /* a report is about a mail that was sent before it came */
	    " ORDER BY r.sent > ?4, r.id DESC", &l->by_key, err) != 0) {
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
	size_t len = strlen(h->name);
	const char *at;

	address += *address == '<';
	at = strrchr(address, '@');
	if (at == NULL || !same_fold(at + 1, strcspn(at + 1, ">"), h->domain))
		return 0;
	return (size_t)(at - address) >= len && same_fold(address, len, h->name) &&
	    (address[len] == '@' || address[len] == l->delimiter);
}

/* The study that evidence speaks for, while homes are gone through. */
struct pick {
	int64_t any, recent;		/* 0: none */
	int several, several_recent;
};

static void
pick(const struct locator *l, struct pick *p, const struct home *h,
    int64_t received)
{
	p->several |= p->any != 0 && p->any != h->study;
	p->any = h->study;
	if (h->planned < received - l->w->set->address_days * 86400)
		return;
	p->several_recent |= p->recent != 0 && p->recent != h->study;
	p->recent = h->study;
}

static int64_t
picked(const struct pick *p, int *shared)
{
	if (p->any != 0 && !p->several)
		return p->any;
	if (p->recent != 0 && !p->several_recent)
		return p->recent;
	*shared |= p->any != 0;
	return 0;
}

/* The study whose bounce address the mail came to. */
static int64_t
by_home(const struct locator *l, const struct bounce *b, int64_t received,
    int *shared)
{
	for (size_t c = 0; c < b->ncandidate; c++) {
		struct pick p = { 0, 0, 0, 0 };

		if (b->candidate[c].place != BOUNCE_AT_ENVELOPE &&
		    b->candidate[c].place != BOUNCE_AT_DELIVERED &&
		    b->candidate[c].place != BOUNCE_AT_TO)
			continue;
		for (size_t i = 0; i < l->nhome; i++)
			if (is_home(l, &l->home[i], b->candidate[c].text))
				pick(l, &p, &l->home[i], received);
		if (p.any != 0)
			return picked(&p, shared);
	}
	return 0;
}

/* The study whose domain made the returned copy's Message-ID. */
static int64_t
by_message_id(const struct locator *l, const struct bounce *b,
    int64_t received, int *shared)
{
	const char *at = b->copy_message_id != NULL ?
	    strrchr(b->copy_message_id, '@') : NULL;
	struct pick p = { 0, 0, 0, 0 };

	for (size_t i = 0; at != NULL && i < l->nhome; i++)
		if (same_fold(at + 1, strlen(at + 1), l->home[i].domain))
			pick(l, &p, &l->home[i], received);
	return picked(&p, shared);
}

int
locate(struct locator *l, const struct bounce *b, int64_t received,
    struct location *ret, struct err *err)
{
	int32_t today = date_of(received);
	enum token_state state;
	struct token token = { 0, 0, 0 };

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
	if ((ret->study = by_home(l, b, received, &ret->shared)) != 0)
		ret->assigned = "bounce-address";
	else if ((ret->study = by_message_id(l, b, received, &ret->shared)) != 0)
		ret->assigned = "message-id";
	return 0;
}

void
locate_probe(const struct locator *l, const struct bounce *b)
{
	struct token token;
	int shared = 0;

	(void)find_token(l, b, 0, &token);
	(void)by_home(l, b, 0, &shared);
	(void)by_message_id(l, b, 0, &shared);
}

int
locate_address(struct locator *l, const char *address, int64_t received,
    int64_t within, struct address_match *ret, struct err *err)
{
	char key[EMAIL_KEY_MAX];
	int r;

	memset(ret, 0, sizeof(*ret));
	if (email_key(address, strlen(address), key, sizeof(key)) != 0)
		return 0;
	db_text(l->by_key, 1, key);
	db_i64(l->by_key, 2, received - l->w->set->address_days * 86400);
	db_i64(l->by_key, 3, within);
	db_i64(l->by_key, 4, received);
	while ((r = db_step(l->by_key, err)) == 1) {
		int64_t unit = sqlite3_column_int64(l->by_key, 2);

		if (ret->how == LOCATED_NONE) {		/* the newest */
			ret->how = LOCATED_ADDRESS;
			ret->recipient = sqlite3_column_int64(l->by_key, 0);
			ret->study = sqlite3_column_int64(l->by_key, 1);
			ret->unit[0] = unit;
		} else if (unit != ret->unit[0]) {
			if (ret->how == LOCATED_ADDRESS)
				ret->unit[1] = unit;
			ret->how = LOCATED_AMBIGUOUS;
			ret->recipient = 0;
			if (ret->study != sqlite3_column_int64(l->by_key, 1))
				ret->study = 0;
		}
	}
	sqlite3_reset(l->by_key);
	return r;
}
