#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"

#include "pipeline/register/relay.h"

/* A run of items, each a tag and what pack or add_fault() wrote behind it. */
struct piece {
	struct buf b;
	int64_t at;
};

enum tag { TAG_UNIT, TAG_FAULT };

/*
 * A ring as pump's: the thread fills piece[filled % RELAY_PIECES] while filled -
 * taken < RELAY_PIECES, the caller reads piece[taken % RELAY_PIECES] while taken
 * < filled.  ${mine} is the one being filled, without the lock.
 */
struct relay {
	relay_read *read;
	void *ctx;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t filled, taken;
	const struct held *held;
	int stop, ended, result;
	struct err err;		/* of result -1 */
	int64_t now;		/* the thread's relay_at() */
	struct piece *mine;
	const char *next, *end;	/* the caller's place in piece[taken] */
	struct piece piece[RELAY_PIECES];
};

/* The thread's next piece to fill, empty; NULL: nobody listens. */
static struct piece *
wait_free(struct relay *r)
{
	struct piece *p = NULL;

	pthread_mutex_lock(&r->lock);
	while (!r->stop && r->filled - r->taken == RELAY_PIECES)
		pthread_cond_wait(&r->changed, &r->lock);
	if (!r->stop)
		p = &r->piece[r->filled % RELAY_PIECES];
	pthread_mutex_unlock(&r->lock);
	if (p != NULL)
		buf_clear(&p->b);
	return p;
}

static void
hand_over(struct relay *r)
{
	if (r->mine == NULL)
		return;
	r->mine->at = r->now;
	pthread_mutex_lock(&r->lock);
	r->filled++;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
	r->mine = NULL;
}

static void *
work(void *arg)
{
	struct relay *r = arg;
	struct err err;
	int result = r->read(r->ctx, r, &err);

	hand_over(r);
	pthread_mutex_lock(&r->lock);
	r->ended = 1;
	r->result = result;
	if (result != 0)
		r->err = err;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

struct relay *
relay_start(relay_read *read, void *ctx, const struct held *held,
    struct err *err)
{
	struct relay *r = mem_alloc(sizeof(*r));

	r->read = read;
	r->ctx = ctx;
	r->held = held;
	for (size_t i = 0; i < RELAY_PIECES; i++)
		r->piece[i].b = (struct buf)BUF(BUF_ANY);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
	if (pthread_create(&r->thread, NULL, work, r) == 0)
		return r;
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
	free(r);
	err_set(err, EX_OSERR, "no thread could be started");
	return NULL;
}

/* Begin an item: where it goes, or NULL. */
static struct buf *
begin(struct relay *r, enum tag tag, struct err *err)
{
	if (r->mine == NULL && (r->mine = wait_free(r)) == NULL) {
		err_set(err, EX_SOFTWARE, "nobody listens");
		return NULL;
	}
	buf_chr(&r->mine->b, (char)tag);
	return &r->mine->b;
}

static int
end(struct relay *r)
{
	if (r->mine->b.len >= RELAY_SIZE)
		hand_over(r);
	return 0;
}

int
relay_unit(struct relay *r, const struct unit *u, size_t line, struct err *err)
{
	struct buf *b = begin(r, TAG_UNIT, err);

	if (b == NULL)
		return -1;
	pack_unit(b, u, line, r->held);
	return end(r);
}

static void
add_text(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s) + 1);
}

/* The struct with its pointers, of which only "is NULL" is looked at again, and
 * the texts behind it. */
int
relay_fault(struct relay *r, const struct scan_fault *f, struct err *err)
{
	struct buf *b = begin(r, TAG_FAULT, err);

	if (b == NULL)
		return -1;
	buf_add(b, f, sizeof(*f));
	add_text(b, f->orgnr);
	add_text(b, f->field != NULL ? f->field : "");
	add_text(b, f->why);
	return end(r);
}

void
relay_at(struct relay *r, int64_t at)
{
	r->now = at;
}

static void
take_fault(const char **at, struct scan_fault *f)
{
	const char *field;

	memcpy(f, *at, sizeof(*f));
	*at += sizeof(*f);
	f->orgnr = *at;
	field = f->orgnr + strlen(f->orgnr) + 1;
	f->why = field + strlen(field) + 1;
	*at = f->why + strlen(f->why) + 1;
	if (f->field != NULL)
		f->field = field;
}

/* The next piece is there to be read: 1; 0 or -1: how the thread ended. */
static int
wait_piece(struct relay *r, struct err *err)
{
	int there;

	pthread_mutex_lock(&r->lock);
	if (r->end != NULL) {	/* the one before has been read */
		r->taken++;
		r->end = NULL;
		pthread_cond_broadcast(&r->changed);
	}
	while (r->taken == r->filled && !r->ended)
		pthread_cond_wait(&r->changed, &r->lock);
	there = r->taken < r->filled;
	pthread_mutex_unlock(&r->lock);
	if (!there) {
		if (r->result != 0)
			*err = r->err;
		return r->result != 0 ? -1 : 0;
	}
	r->next = r->piece[r->taken % RELAY_PIECES].b.data;
	r->end = r->next + r->piece[r->taken % RELAY_PIECES].b.len;
	return 1;
}

int
relay_next(struct relay *r, struct relay_item *item, struct err *err)
{
	int there;

	if ((r->end == NULL || r->next == r->end) && (there = wait_piece(r, err)) != 1)
		return there;
	item->at = r->piece[r->taken % RELAY_PIECES].at;
	item->is_unit = *r->next++ == TAG_UNIT;
	if (item->is_unit)
		(void)pack_next(&r->next, r->end, &item->unit);
	else
		take_fault(&r->next, &item->fault);
	return 1;
}

void
relay_stop(struct relay *r)
{
	if (r == NULL)
		return;
	pthread_mutex_lock(&r->lock);
	r->stop = 1;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
	for (size_t i = 0; i < RELAY_PIECES; i++)
		buf_free(&r->piece[i].b);
	free(r);
}
