#include <sys/types.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/frame/mx_packet.h"

#include "pipeline/frame/mx_ask.h"

/* What of RFC 1035 is needed here. */
enum { CLASS_IN = 1, TYPE_A = 1, TYPE_MX = 15, TYPE_AAAA = 28, ADDRESSES = 32 };

/* A domain on its way. */
struct slot {
	struct asker *asker;
	struct mx_query *query;	/* NULL: free */
	struct mx_facts facts;
	enum mx_ask_for asked;
	int tcp;		/* the answer was cut: once more over TCP */
	int waiting;		/* for an answer */
};

/*
 * c-ares would turn to TCP by itself; but when a TCP connection fails it gives
 * up a try of every question to that server.  So questions over TCP have a
 * channel of their own, and only they suffer.
 */
enum { UDP, TCP, CHANNELS };

struct asker {
	ares_channel channel[CHANNELS];
	struct slot slot[MX_FLIGHT];
	struct mx_query *query;
	size_t n, next, done;
	int64_t unknown, give_up;
	struct arena *arena;
	const struct talk *talk;
};

static enum mx_status
take_mx(struct slot *s, const unsigned char *packet, int len)
{
	struct ares_mx_reply *list = NULL;
	struct mx_query *q = s->query;

	if (ares_parse_mx_reply(packet, len, &list) != ARES_SUCCESS)
		return MX_TROUBLE;
	if (list == NULL)
		return MX_NODATA;
	for (const struct ares_mx_reply *m = list; m != NULL; m = m->next) {
		if (mx_exchange(&s->facts, m->host) &&
		    (q->exchange == NULL || m->priority < q->preference)) {
			q->exchange = arena_str(s->asker->arena, m->host);
			q->preference = m->priority;
		}
	}
	ares_free_data(list);
	return MX_RECORDS;
}

static enum mx_status
take_a(struct slot *s, const unsigned char *packet, int len)
{
	struct ares_addrttl address[ADDRESSES];
	unsigned char octets[4];
	int n = ADDRESSES, r;

	r = ares_parse_a_reply(packet, len, NULL, address, &n);
	if (r == ARES_ENODATA || (r == ARES_SUCCESS && n == 0))
		return MX_NODATA;
	if (r != ARES_SUCCESS)
		return MX_TROUBLE;
	for (int i = 0; i < n; i++) {
		memcpy(octets, &address[i].ipaddr, sizeof(octets));
		mx_address4(&s->facts, octets);
	}
	return MX_RECORDS;
}

static enum mx_status
take_aaaa(struct slot *s, const unsigned char *packet, int len)
{
	struct ares_addr6ttl address[ADDRESSES];
	unsigned char octets[16];
	int n = ADDRESSES, r;

	r = ares_parse_aaaa_reply(packet, len, NULL, address, &n);
	if (r == ARES_ENODATA || (r == ARES_SUCCESS && n == 0))
		return MX_NODATA;
	if (r != ARES_SUCCESS)
		return MX_TROUBLE;
	for (int i = 0; i < n; i++) {
		memcpy(octets, &address[i].ip6addr, sizeof(octets));
		mx_address6(&s->facts, octets);
	}
	return MX_RECORDS;
}

/* An answer, or that there is none.  Nothing is asked from here: c-ares may
 * call this before ares_query() has returned. */
static void
answered(void *arg, int status, int timeouts, unsigned char *packet, int len)
{
	struct slot *s = arg;
	enum mx_status found = MX_TROUBLE;

	(void)timeouts;
	s->waiting = 0;
	if (!s->tcp && packet != NULL && len >= 0 && mx_packet_cut(packet, (size_t)len)) {
		s->tcp = 1;
		return;
	}
	s->tcp = 0;
	if (status == ARES_ENOTFOUND)
		found = MX_NXDOMAIN;
	else if (status == ARES_ENODATA)
		found = MX_NODATA;
	else if (status == ARES_SUCCESS && s->asked == MX_ASK_MX)
		found = take_mx(s, packet, len);
	else if (status == ARES_SUCCESS && s->asked == MX_ASK_A)
		found = take_a(s, packet, len);
	else if (status == ARES_SUCCESS && s->asked == MX_ASK_AAAA)
		found = take_aaaa(s, packet, len);
	if (found == MX_NODATA && (packet == NULL || len < 0 ||
	    mx_packet_points_on(packet, (size_t)len)))
		found = MX_TROUBLE;
	if (s->asked == MX_ASK_MX)
		s->facts.mx = found;
	else if (s->asked == MX_ASK_A)
		s->facts.a = found;
	else
		s->facts.aaaa = found;
}

/* Ask the next question of a domain, or close it.  1: something moved. */
static int
advance(struct asker *a, struct slot *s)
{
	static const int type[] = { [MX_ASK_MX] = TYPE_MX, [MX_ASK_A] = TYPE_A,
		[MX_ASK_AAAA] = TYPE_AAAA };

	if (s->waiting)
		return 0;
	if (s->query == NULL) {
		if (a->next == a->n || (a->give_up >= 0 && a->unknown > a->give_up))
			return 0;
		memset(&s->facts, 0, sizeof(s->facts));
		s->query = &a->query[a->next++];
	}
	s->asked = mx_next(&s->facts, &s->query->verdict);
	if (s->asked == MX_ASK_NOTHING) {
		a->unknown += s->query->verdict == MX_UNKNOWN;
		a->done++;
		s->query = NULL;
		talk_progress(a->talk, "asking for mail servers", (int64_t)a->done,
		    (int64_t)a->n);
		return 1;
	}
	s->waiting = 1;
	ares_query(a->channel[s->tcp ? TCP : UDP], s->query->domain, CLASS_IN, type[s->asked], answered,
	    s);
	return 1;
}

/* All that can be asked now; how many domains are on their way then. */
static size_t
advance_all(struct asker *a)
{
	size_t waiting;
	int moved;

	do {
		moved = 0;
		waiting = 0;
		for (size_t i = 0; i < MX_FLIGHT; i++) {
			moved |= advance(a, &a->slot[i]);
			waiting += (size_t)(a->slot[i].waiting != 0);
		}
	} while (moved);
	return waiting;
}

/* The sockets of a channel. */
static nfds_t
sockets(ares_channel channel, struct pollfd fd[static ARES_GETSOCK_MAXNUM])
{
	ares_socket_t sock[ARES_GETSOCK_MAXNUM];
	/* the masks of ares.h shift a signed 1 into the sign */
	unsigned bits = (unsigned)ares_getsock(channel, sock, ARES_GETSOCK_MAXNUM);
	nfds_t n = 0;

	for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
		int in = (bits >> i & 1) != 0;
		int out = (bits >> (i + ARES_GETSOCK_MAXNUM) & 1) != 0;

		if (in || out)
			fd[n++] = (struct pollfd){ .fd = sock[i],
			    .events = (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0)) };
	}
	return n;
}

/* Until something comes or a time-out is due. */
static void
wait_for_answers(struct asker *a)
{
	struct pollfd fd[CHANNELS * ARES_GETSOCK_MAXNUM];
	struct timeval most = { 1, 0 }, room, *t = &most;
	nfds_t n[CHANNELS] = { 0 }, at = 0;
	int r;

	for (int c = 0; c < CHANNELS; c++) {
		n[c] = sockets(a->channel[c], fd + at);
		at += n[c];
		t = ares_timeout(a->channel[c], t, &room);
		most = *t;
		t = &most;
	}
	r = poll(fd, at, (int)(most.tv_sec * 1000 + most.tv_usec / 1000) + 1);
	at = 0;
	for (int c = 0; c < CHANNELS; c++) {
		for (nfds_t i = at; r > 0 && i < at + n[c]; i++)
			if (fd[i].revents != 0)
				ares_process_fd(a->channel[c],
				    fd[i].revents & ~POLLOUT ? fd[i].fd : ARES_SOCKET_BAD,
				    fd[i].revents & POLLOUT ? fd[i].fd : ARES_SOCKET_BAD);
		at += n[c];
		/* what is overdue, also while answers keep coming */
		ares_process_fd(a->channel[c], ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	}
}

/* "192.0.2.1 192.0.2.2" into the commas c-ares wants. */
static int
set_servers(ares_channel channel, const char *servers)
{
	struct buf b = BUF(1000);
	int r;

	for (const char *p = servers; *p != '\0';) {
		size_t len = strcspn(p, " \t,");

		if (len > 0 && b.len > 0)
			buf_chr(&b, ',');
		buf_add(&b, p, len);
		p += len;
		p += strspn(p, " \t,");
	}
	r = b.over ? ARES_EBADSTR : ares_set_servers_ports_csv(channel, buf_text(&b));
	buf_free(&b);
	return r;
}

/* Who is asked, as text. */
static const char *
name_servers(ares_channel channel, struct arena *arena)
{
	struct ares_addr_port_node *list = NULL;
	struct buf b = BUF(1000);
	char ip[INET6_ADDRSTRLEN];
	const char *text;

	if (ares_get_servers_ports(channel, &list) == ARES_SUCCESS)
		for (const struct ares_addr_port_node *s = list; s != NULL; s = s->next) {
			if (inet_ntop(s->family, &s->addr, ip, sizeof(ip)) == NULL)
				continue;
			buf_printf(&b, s->family == AF_INET6 && s->udp_port != 0 ?
			    "%s[%s]" : "%s%s", b.len > 0 ? "," : "", ip);
			if (s->udp_port != 0)
				buf_printf(&b, ":%d", s->udp_port);
		}
	ares_free_data(list);
	text = arena_str(arena, buf_text(&b));
	buf_free(&b);
	return text;
}

static int
open_channel(const struct mx_how *how, int flag, ares_channel *ret,
    struct err *err)
{
	struct ares_options o;
	int r;

	memset(&o, 0, sizeof(o));
	o.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_STAYOPEN | flag;
	o.timeout = (int)how->timeout * 1000;
	o.tries = (int)how->tries;
	if ((r = ares_init_options(ret, &o, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS |
	    ARES_OPT_TRIES)) != ARES_SUCCESS)
		return err_set(err, EX_OSERR, "c-ares: %s", ares_strerror(r));
	if (how->servers != NULL && how->servers[0] != '\0' &&
	    set_servers(*ret, how->servers) != ARES_SUCCESS) {
		ares_destroy(*ret);
		return err_set(err, EX_CONFIG, "dns.servers: not a list of addresses");
	}
	return 0;
}

static int
ask_all(const struct mx_how *how, struct asker *a, const char **resolver,
    struct err *err)
{
	if (open_channel(how, ARES_FLAG_IGNTC, &a->channel[UDP], err) != 0)
		return -1;
	if (open_channel(how, ARES_FLAG_USEVC, &a->channel[TCP], err) != 0) {
		ares_destroy(a->channel[UDP]);
		return -1;
	}
	*resolver = name_servers(a->channel[UDP], a->arena);
	while (advance_all(a) > 0)
		wait_for_answers(a);
	ares_destroy(a->channel[TCP]);
	ares_destroy(a->channel[UDP]);
	return 0;
}

int
mx_ask(const struct mx_how *how, struct mx_query *query, size_t n,
    struct arena *arena, const char **resolver, const struct talk *talk,
    struct err *err)
{
	struct asker *a;
	int r;

	for (size_t i = 0; i < n; i++) {
		query[i].verdict = MX_UNKNOWN;
		query[i].exchange = NULL;
		query[i].preference = 0;
	}
	if ((r = ares_library_init(ARES_LIB_INIT_ALL)) != ARES_SUCCESS)
		return err_set(err, EX_OSERR, "c-ares: %s", ares_strerror(r));
	a = mem_alloc(sizeof(*a));
	a->query = query;
	a->n = n;
	a->give_up = how->give_up;
	a->arena = arena;
	a->talk = talk;
	for (size_t i = 0; i < MX_FLIGHT; i++)
		a->slot[i].asker = a;
	r = ask_all(how, a, resolver, err);
	ares_library_cleanup();
	free(a);
	return r;
}
