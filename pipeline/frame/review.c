#include <stdlib.h>
#include <string.h>

#include "email/email.h"
#include "pipeline/base/mem.h"
#include "pipeline/frame/domains.h"
#include "pipeline/store/store.h"

#include "pipeline/frame/review.h"

/* --- how many units use a domain ---------------------------------------------- */

struct use { const char *domain; int64_t n; };
struct uses {
	struct use *slot;		/* open addressing, at most half full */
	size_t room, n;
	struct use *common;		/* with COMMON_LEAST and more, the most used first */
	size_t ncommon;
};

static struct use *
use_of(const struct uses *u, const char *domain)
{
	uint32_t h = 2166136261u;

	for (const char *p = domain; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	for (size_t i = h & (u->room - 1); ; i = (i + 1) & (u->room - 1))
		if (u->slot[i].domain == NULL ||
		    strcmp(u->slot[i].domain, domain) == 0)
			return &u->slot[i];
}

static void
count_use(struct uses *u, struct arena *a, const char *domain)
{
	struct use *at;

	if (2 * (u->n + 1) > u->room) {
		struct uses more = { .room = u->room > 0 ? 2 * u->room : 1024 };

		more.slot = mem_array(more.room, sizeof(*more.slot));
		for (size_t i = 0; i < u->room; i++)
			if (u->slot[i].domain != NULL)
				*use_of(&more, u->slot[i].domain) = u->slot[i];
		free(u->slot);
		u->slot = more.slot;
		u->room = more.room;
	}
	at = use_of(u, domain);
	if (at->domain == NULL) {
		at->domain = arena_str(a, domain);
		u->n++;
	}
	at->n++;
}

/* What is behind the last @, in lower case and without blanks, "" for none. */
static void
domain_of(const char *field, char out[static MX_NAME])
{
	const char *at = strrchr(field, '@');
	size_t n = 0;

	for (at = at != NULL ? at + 1 : ""; *at != '\0' && n + 1 < MX_NAME; at++)
		if ((unsigned char)*at > ' ')
			out[n++] = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
	while (n > 0 && out[n - 1] == '.')
		n--;
	out[n] = '\0';
}

static int
most_used(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	return x->n != y->n ? (x->n < y->n ? 1 : -1) : strcmp(x->domain, y->domain);
}

static int
count_uses(const struct world *w, struct arena *a, struct uses *u,
    struct err *err)
{
	char domain[MX_NAME];
	sqlite3_stmt *q = NULL;
	int r;

	if (db_prepare(w->db, "SELECT email FROM unit WHERE email IS NOT NULL AND"
	    " deleted_date IS NULL", &q, err) != 0)
		return -1;
	while ((r = db_step(q, err)) == 1) {
		domain_of(db_col(q, 0), domain);
		if (domain[0] != '\0')
			count_use(u, a, domain);
	}
	sqlite3_finalize(q);
	for (size_t i = 0; i < u->room; i++)
		if (u->slot[i].n >= REVIEW_COMMON_LEAST) {
			u->common = mem_grow(u->common, u->ncommon + 1,
			    sizeof(*u->common));
			u->common[u->ncommon++] = u->slot[i];
		}
	if (u->ncommon > 1)
		qsort(u->common, u->ncommon, sizeof(*u->common), most_used);
	return r;
}

static int64_t
users(const struct uses *u, const char *domain)
{
	return u->room == 0 || domain[0] == '\0' ? 0 : use_of(u, domain)->n;
}

/* One octet more, less, another, or two neighbours in each other's place. */
static int
one_edit(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), i = 0;

	if (la > lb + 1 || lb > la + 1)
		return 0;
	while (a[i] != '\0' && a[i] == b[i])
		i++;
	if (la > lb)
		return strcmp(a + i + 1, b + i) == 0;
	if (lb > la)
		return strcmp(a + i, b + i + 1) == 0;
	if (a[i] == '\0')
		return 0;
	return strcmp(a + i + 1, b + i + 1) == 0 || (a[i] == b[i + 1] &&
	    a[i + 1] == b[i] && a[i + 1] != '\0' &&
	    strcmp(a + i + 2, b + i + 2) == 0);
}

static const char *
common_one(const struct uses *u, const char *domain)
{
	int64_t n = users(u, domain);

	if (n == 0 || n > REVIEW_RARE_MOST)
		return NULL;
	for (size_t i = 0; i < u->ncommon; i++)
		if (u->common[i].n >= n * REVIEW_TIMES &&
		    one_edit(domain, u->common[i].domain))
			return u->common[i].domain;
	return NULL;
}

/* --- who is looked at ---------------------------------------------------------- */

static struct review_row *
add(struct review *v, const struct candidate *c, enum review_why why,
    const char *code)
{
	struct review_row *row;

	v->row = mem_grow(v->row, v->n + 1, sizeof(*v->row));
	row = &v->row[v->n++];
	*row = (struct review_row){ .unit = c, .why = why,
		.code = code != NULL ? code : "", .suggestion = "",
		.address = c->email != NULL ? c->email : "", .domain = "",
		.suggested = "" };
	v->of[why]++;
	return row;
}

static const char *
others(struct review *v, const struct email_field *f)
{
	struct buf b = BUF(1 << 16);
	const char *ret;

	for (size_t i = 0; i < f->nother; i++)
		buf_printf(&b, "%s%s", i > 0 ? " " : "", f->other[i]);
	ret = arena_str(v->arena, buf_text(&b));
	buf_free(&b);
	return ret;
}

static void
look_at(struct review *v, const struct uses *u, const struct candidate *c,
    const struct email_field *f)
{
	const char *suggestion = f->first.suggestion, *near;
	struct review_row *row = NULL;
	char domain[MX_NAME];

	domain_of(f->first.reason == EMAIL_OK ? f->first.address : c->email_raw,
	    domain);
	if (c->reason == FRAME_EMAIL_REVIEW)
		row = add(v, c, REVIEW_HELD, c->detail);
	else if (c->reason == FRAME_EMAIL_UNUSABLE && c->email != NULL &&
	    f->use == EMAIL_USE)
		row = add(v, c, REVIEW_DEAD, c->detail);
	else if (c->reason == FRAME_EMAIL_UNUSABLE && suggestion[0] != '\0')
		row = add(v, c, REVIEW_UNUSABLE, c->detail);
	else if (c->reason == FRAME_KEPT && (f->first.flags & EMAIL_TYPO) != 0)
		row = add(v, c, REVIEW_TYPO, email_flag_code(EMAIL_TYPO));
	else if (c->reason == FRAME_KEPT && (near = common_one(u, domain)) != NULL) {
		const char *at = strrchr(c->email, '@');

		row = add(v, c, REVIEW_RARE, NULL);
		suggestion = arena_printf(v->arena, "%.*s@%s", (int)(at - c->email),
		    c->email, near);
	} else if (c->reason == FRAME_KEPT && f->nother > 0) {
		row = add(v, c, REVIEW_SEVERAL, NULL);
		row->suggestion = others(v, f);
		suggestion = "";
	}
	if (row == NULL)
		return;
	row->domain = arena_str(v->arena, domain);
	row->users = users(u, domain);
	if (suggestion[0] == '\0')
		return;
	row->suggestion = arena_str(v->arena, suggestion);
	domain_of(suggestion, domain);
	row->suggested = arena_str(v->arena, domain);
	row->suggested_users = users(u, domain);
}

/* Decided by a person already? */
static int
decided(const struct candidate *c)
{
	return (c->note != NULL && strstr(c->note, "decided") != NULL) ||
	    (c->detail != NULL && strcmp(c->detail, "decided") == 0);
}

/* --- what is known of the domains ---------------------------------------------- */

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct domain *)a)->name,
	    ((const struct domain *)b)->name);
}

static enum mx_verdict
verdict(const struct domain *d, size_t n, const char *name)
{
	struct domain want = { .name = name }, *at;
	char plain[MX_NAME];

	if (n == 0 || mx_name(name, plain) != 0)
		return MX_UNKNOWN;
	want.name = plain;
	at = bsearch(&want, d, n, sizeof(*d), by_name);
	return at != NULL && at->known ? at->verdict : MX_UNKNOWN;
}

static int
look_up(const struct world *w, struct review *v, int ask, struct err *err)
{
	struct domain *d = mem_array(2 * v->n + 1, sizeof(*d));
	size_t n = 0, each = 0;
	char name[MX_NAME];
	int r;

	for (size_t i = 0; i < 2 * v->n; i++) {
		const char *s = i % 2 ? v->row[i / 2].suggested : v->row[i / 2].domain;

		if (s[0] != '\0' && mx_name(s, name) == 0)
			d[n++] = (struct domain){ .name = arena_str(v->arena, name),
				.resolver = "", .absent = DOMAIN_NEVER };
	}
	if (n > 1)
		qsort(d, n, sizeof(*d), by_name);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(d[i].name, d[each - 1].name) != 0)
			d[each++] = d[i];
	r = domains_recall(w, d, each, v->arena, err);
	if (r == 0 && ask)
		r = domains_ask(w, d, each, 0, v->arena, err);
	for (size_t i = 0; r == 0 && i < v->n; i++) {
		v->row[i].dns = verdict(d, each, v->row[i].domain);
		v->row[i].suggested_dns = verdict(d, each, v->row[i].suggested);
	}
	free(d);
	return r;
}

static int
by_why(const void *a, const void *b)
{
	const struct review_row *x = a, *y = b;

	return x->why != y->why ? (x->why < y->why ? -1 : 1) :
	    strcmp(x->unit->key, y->unit->key);
}

int
review_make(const struct world *w, const struct selection *s,
    const struct study *study, int ask, struct review *v, struct err *err)
{
	struct email_rules *rules = email_rules_new(err);
	struct uses u;
	int r;

	memset(v, 0, sizeof(*v));
	memset(&u, 0, sizeof(u));
	if (rules == NULL)
		return -1;
	v->arena = arena_new();
	r = count_uses(w, v->arena, &u, err);
	for (size_t i = 0; r == 0 && i < s->n; i++) {
		const struct candidate *c = &s->unit[i];
		struct email_field f;

		if (c->email_raw == NULL || decided(c))
			continue;
		email_field(rules, c->email_raw, strlen(c->email_raw),
		    study->noreply_out, &f);
		look_at(v, &u, c, &f);
		email_field_free(&f);
	}
	if (r == 0)
		r = look_up(w, v, ask, err);
	if (v->n > 1)
		qsort(v->row, v->n, sizeof(*v->row), by_why);
	free(u.slot);
	free(u.common);
	email_rules_free(rules);
	if (r != 0)
		review_free(v);
	return r;
}

void
review_free(struct review *v)
{
	free(v->row);
	arena_free(v->arena);
	memset(v, 0, sizeof(*v));
}
