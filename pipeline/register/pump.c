#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "pipeline/register/pump.h"

struct piece {
	int64_t n;		/* as gunzip_read() returned it */
	int64_t in;		/* gunzip_in() then */
	char data[PUMP_SIZE];
};

/*
 * A ring: the thread fills piece[filled % PUMP_PIECES] while filled - taken <
 * PUMP_PIECES, the reader takes piece[taken % PUMP_PIECES] while taken < filled.
 * The piece the reader holds counts as not yet taken.
 */
struct pump {
	struct gunzip *gz;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t filled, taken;
	int holding;		/* the reader has piece[taken] */
	int stop;
	struct err err;		/* of a piece with n -1 */
	struct piece piece[PUMP_PIECES];
};

static void *
work(void *ctx)
{
	struct pump *p = ctx;
	int64_t n = 1;

	while (n > 0) {
		struct piece *at;
		size_t have = 0;

		pthread_mutex_lock(&p->lock);
		while (!p->stop && p->filled - p->taken == PUMP_PIECES)
			pthread_cond_wait(&p->changed, &p->lock);
		at = &p->piece[p->filled % PUMP_PIECES];
		if (p->stop)
			at = NULL;
		pthread_mutex_unlock(&p->lock);
		if (at == NULL)
			break;
		/* full pieces: the reader is woken seldom */
		while (have < PUMP_SIZE && (n = gunzip_read(p->gz, at->data + have,
		    PUMP_SIZE - have, &p->err)) > 0)
			have += (size_t)n;
		at->n = have > 0 ? (int64_t)have : n;
		at->in = gunzip_in(p->gz);
		pthread_mutex_lock(&p->lock);
		p->filled++;
		if (have > 0 && n <= 0) {	/* the end, or the fault, behind it */
			while (!p->stop && p->filled - p->taken == PUMP_PIECES)
				pthread_cond_wait(&p->changed, &p->lock);
			at = &p->piece[p->filled % PUMP_PIECES];
			at->n = n;
			at->in = gunzip_in(p->gz);
			p->filled++;
		}
		pthread_cond_broadcast(&p->changed);
		pthread_mutex_unlock(&p->lock);
	}
	return NULL;
}

struct pump *
pump_start(struct gunzip *gz, struct err *err)
{
	struct pump *p = mem_alloc(sizeof(*p));

	p->gz = gz;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	if (pthread_create(&p->thread, NULL, work, p) == 0)
		return p;
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
	err_set(err, EX_OSERR, "no thread could be started");
	return NULL;
}

int64_t
pump_read(struct pump *p, const char **data, int64_t *unpacked_from,
    struct err *err)
{
	struct piece *at;

	pthread_mutex_lock(&p->lock);
	if (p->holding) {
		p->taken++;
		p->holding = 0;
		pthread_cond_broadcast(&p->changed);
	}
	while (p->taken == p->filled)
		pthread_cond_wait(&p->changed, &p->lock);
	at = &p->piece[p->taken % PUMP_PIECES];
	if (at->n > 0)
		p->holding = 1;	/* an end stays where it is: it can be read again */
	pthread_mutex_unlock(&p->lock);
	if (unpacked_from != NULL)
		*unpacked_from = at->in;
	if (at->n < 0)
		*err = p->err;
	*data = at->data;
	return at->n;
}

void
pump_stop(struct pump *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = 1;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
