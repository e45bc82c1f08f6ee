#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "pipeline/base/hash.h"
#include "pipeline/frame/mx_ask.h"
#include "pipeline/store/store.h"

#include "pipeline/frame/domains.h"

enum { DAY = 86400 };

int
domain_dead(const struct domain *d)
{
	return d->known && mx_dead(d->verdict) &&
	    (d->verdict != MX_NO_DOMAIN || d->twice);
}

/* Two runs on different days have seen that it does not exist. */
static int
seen_twice(const struct domain *d)
{
	return d->verdict == MX_NO_DOMAIN && d->absent / DAY < d->asked / DAY;
}

/* Does what is remembered still count? */
static int
still_counts(const struct domain *d, int64_t ttl, int64_t now)
{
	if (d->asked > now || now - d->asked >= ttl)
		return 0;
	return d->verdict != MX_NO_DOMAIN || d->twice || now / DAY == d->asked / DAY;
}

int
domains_recall(const struct world *w, struct domain *d, size_t n,
    struct arena *arena, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int r = 0;

	if (db_prepare(w->db, "SELECT verdict, asked, ttl, resolver, absent FROM domain"
	    " WHERE name = ?1", &q, err) != 0)
		return -1;
	for (size_t i = 0; r >= 0 && i < n; i++) {
		d[i].known = d[i].remembered = 0;
		d[i].absent = DOMAIN_NEVER;
		db_text(q, 1, d[i].name);
		if ((r = db_step(q, err)) == 1 &&
		    mx_parse(db_col(q, 0), &d[i].verdict) == 0) {
			d[i].asked = sqlite3_column_int64(q, 1);
			if (sqlite3_column_type(q, 4) != SQLITE_NULL)
				d[i].absent = sqlite3_column_int64(q, 4);
			d[i].twice = seen_twice(&d[i]);
			d[i].known = d[i].remembered = still_counts(&d[i],
			    sqlite3_column_int64(q, 2), w->now);
			d[i].resolver = arena_str(arena, db_col(q, 3));
		}
		sqlite3_reset(q);
	}
	sqlite3_finalize(q);
	return r < 0 ? -1 : 0;
}

/* A new answer about a domain that ${d} may have remembered something of. */
static void
take(struct domain *d, const struct mx_query *q, const char *resolver, int64_t now)
{
	d->known = 1;
	d->verdict = q->verdict;
	d->exchange = q->exchange;
	d->resolver = resolver;
	d->asked = now;
	if (d->verdict != MX_NO_DOMAIN)
		d->absent = DOMAIN_NEVER;
	else if (d->absent > now)
		d->absent = now;
	d->twice = seen_twice(d);
}

int
domains_ask(const struct world *w, struct domain *d, size_t n, int64_t give_up,
    struct arena *arena, struct err *err)
{
	struct mx_how how = { w->set->dns_servers, w->set->dns_timeout,
		w->set->dns_tries, give_up };
	struct mx_query *query = arena_alloc(arena, (n + 1) * sizeof(*query));
	const char *resolver = "";
	size_t nquery = 0;

	for (size_t i = 0; i < n; i++)
		if (!d[i].known)
			query[nquery++].domain = d[i].name;
	if (nquery == 0)
		return 0;
	if (mx_ask(&how, query, nquery, arena, &resolver, w->talk, err) != 0)
		return -1;
	nquery = 0;
	for (size_t i = 0; i < n; i++)
		if (!d[i].known)
			take(&d[i], &query[nquery++], resolver, w->now);
	return 0;
}

static int
store_all(const struct world *w, const struct domain *d, size_t n,
    struct err *err)
{
	sqlite3_stmt *q = NULL;
	int r = 0;

	if (db_prepare(w->db, "INSERT INTO domain (name, verdict, asked, ttl, resolver,"
	    " absent) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (name) DO UPDATE SET"
	    " verdict = excluded.verdict, asked = excluded.asked, ttl = excluded.ttl,"
	    " resolver = excluded.resolver, absent = excluded.absent", &q, err) != 0)
		return -1;
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (!d[i].known || d[i].remembered || d[i].verdict == MX_UNKNOWN)
			continue;
		db_text(q, 1, d[i].name);
		db_text(q, 2, mx_code(d[i].verdict));
		db_i64(q, 3, d[i].asked);
		db_i64(q, 4, mx_dead(d[i].verdict) ? DOMAIN_NEGATIVE : DOMAIN_POSITIVE);
		db_text(q, 5, d[i].resolver);
		if (d[i].verdict == MX_NO_DOMAIN)
			db_i64(q, 6, d[i].absent);
		else
			db_null(q, 6);
		r = db_run(q, err);
	}
	sqlite3_finalize(q);
	return r;
}

int
domains_store(const struct world *w, const struct domain *d, size_t n,
    struct err *err)
{
	if (db_begin(w->db, err) != 0)
		return -1;
	if (store_all(w, d, n, err) != 0 || db_commit(w->db, err) != 0) {
		db_rollback(w->db);
		return -1;
	}
	return 0;
}

/* A unit that would be written to, and where. */
struct use {
	const char *domain;
	struct candidate *unit;
};

static int
by_domain(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	int r = strcmp(x->domain, y->domain);

	return r != 0 ? r : strcmp(x->unit->key, y->unit->key);
}

/* Who would be written to, by domain.  free() */
static struct use *
find_uses(struct selection *s, size_t *nuse)
{
	struct use *use = mem_array(s->n + 1, sizeof(*use));
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct candidate *c = &s->unit[i];
		const char *at = c->email != NULL ? strrchr(c->email, '@') : NULL;

		if (at != NULL && (c->reason == FRAME_KEPT ||
		    c->reason == FRAME_EMAIL_REVIEW))
			use[n++] = (struct use){ at + 1, c };
	}
	if (n > 1)
		qsort(use, n, sizeof(*use), by_domain);
	*nuse = n;
	return use;
}

/* Each domain once, in order. */
static struct domain *
find_domains(const struct use *use, size_t nuse, struct arena *arena, size_t *n)
{
	struct domain *d = arena_alloc(arena, (nuse + 1) * sizeof(*d));

	*n = 0;
	for (size_t i = 0; i < nuse; i++)
		if (i == 0 || strcmp(use[i].domain, use[i - 1].domain) != 0)
			d[(*n)++].name = use[i].domain;
	return d;
}

/* With the name service gone, nobody is left out and nothing is frozen. */
static int
enough_known(const struct world *w, const struct frame_result *count,
    struct err *err)
{
	if ((double)count->unknown <= w->set->dns_max_unknown * (double)count->domains)
		return 0;
	return err_set(err, EX_TEMPFAIL, "of %" PRId64 " domains asked for, %" PRId64
	    " are unknown, more than the %.10g %% allowed (dns.max_unknown): nothing has "
	    "been frozen; is the name service there? try again later", count->domains,
	    count->unknown, w->set->dns_max_unknown * 100);
}

static void
leave_out(struct selection *s, const struct use *use, size_t nuse,
    const struct domain *d, size_t n)
{
	struct hash *h = hash_begin();
	unsigned char sum[32];
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		const char *code = mx_code(d[i].verdict);
		int dead = domain_dead(&d[i]);

		if (dead) {
			hash_add(h, d[i].name, strlen(d[i].name));
			hash_add(h, " ", 1);
			hash_add(h, code, strlen(code));
			hash_add(h, "\n", 1);
		}
		s->count.dead += dead;
		for (; at < nuse && strcmp(use[at].domain, d[i].name) == 0; at++)
			if (dead) {
				use[at].unit->reason = FRAME_EMAIL_UNUSABLE;
				use[at].unit->detail = code;
			}
	}
	hash_end(h, sum);
	hash_hex(sum, sizeof(sum), s->dns_sha256);
}

int
domains_settle(const struct world *w, struct selection *s, int ask,
    struct err *err)
{
	size_t nuse, n, unasked = 0;
	struct use *use = find_uses(s, &nuse);
	struct domain *d = find_domains(use, nuse, s->arena, &n);
	int r = -1;

	s->count.domains = (int64_t)n;
	if (domains_recall(w, d, n, s->arena, err) != 0)
		goto out;
	if (ask && (domains_ask(w, d, n, (int64_t)(w->set->dns_max_unknown * (double)n),
	    s->arena, err) != 0 || (!w->dry_run && domains_store(w, d, n, err) != 0)))
		goto out;
	for (size_t i = 0; i < n; i++) {
		unasked += (size_t)!d[i].known;
		s->count.unknown += d[i].known && d[i].verdict == MX_UNKNOWN;
	}
	if (unasked > 0)
		talk_line(w->talk, "%zu of %zu domains have not been asked for their mail "
		    "servers: utvalg frame does", unasked, n);
	if (ask && enough_known(w, &s->count, err) != 0)
		goto out;
	leave_out(s, use, nuse, d, n);
	r = 0;
out:
	free(use);
	return r;
}
