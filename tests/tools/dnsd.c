/*
 * dnsd -- a name server that misbehaves as it is asked to: a stand-in for what
 * no well-behaved server does.  UDP on loopback, no TCP.
 *
 *	dnsd PORTFILE LOGFILE
 *
 * writes its port to PORTFILE and a line "TYPE NAME" for each question to
 * LOGFILE.  What comes back hangs on the first label of the name:
 *
 *	silent nothing; servfail, refused, notimp that code; garbage octets that
 *	are no records; short five octets; referral points to another server;
 *	alias an alias and nothing else, from one that does not recurse; cut a
 *	truncated answer; ghost no MX, then no such name; asick no MX, A fails;
 *	aok no MX, an A, AAAA never answered; anyone else one MX.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TYPE_A = 1, TYPE_MX = 15, TYPE_AAAA = 28, HEADER = 12, ROOM = 512,
	SERVFAIL = 2, NXDOMAIN = 3, NOTIMP = 4, REFUSED = 5,
	AA = 0x0400, TC = 0x0200, RD = 0x0100, RA = 0x0080, QR = 0x8000 };

struct packet {
	unsigned char octet[ROOM];
	size_t len;
};

static void
put(struct packet *p, const void *octets, size_t n)
{
	if (p->len + n <= ROOM) {
		memcpy(p->octet + p->len, octets, n);
		p->len += n;
	}
}

static void
set16(struct packet *p, size_t at, unsigned v)
{
	p->octet[at] = (unsigned char)(v >> 8);
	p->octet[at + 1] = (unsigned char)v;
}

/* A record about the name asked for; ${section} 6: answer, 8: authority. */
static void
record(struct packet *p, size_t section, unsigned type, const void *data, size_t n)
{
	unsigned char head[12] = { 0xc0, HEADER, 0, (unsigned char)type, 0, 1, 0, 0, 0,
		60, 0, (unsigned char)n };

	put(p, head, sizeof(head));
	put(p, data, n);
	p->octet[section + 1]++;
}

static const unsigned char exchange[] = "\0\12\2mx\xc0\14";	/* 10 mx.NAME */
static const unsigned char elsewhere[] = "\2ns\xc0\14";
static const unsigned char address[] = { 8, 8, 4, 4 };

/* The question of ${q} turned into an answer of its kind; 0: none. */
static int
answer(struct packet *p, const char *kind, unsigned type)
{
	static const struct { const char *kind; unsigned code; } codes[] = {
		{ "servfail", SERVFAIL }, { "refused", REFUSED }, { "notimp", NOTIMP } };
	unsigned flags = QR | RD | RA;

	if (strcmp(kind, "silent") == 0)
		return 0;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(kind, codes[i].kind) == 0) {
			set16(p, 2, flags | codes[i].code);
			return 1;
		}
	if (strcmp(kind, "garbage") == 0) {
		put(p, "\xff\xfe\xfd\xfc\xfb", 5);
		set16(p, 6, 9);
	} else if (strcmp(kind, "short") == 0) {
		p->len = 5;
	} else if (strcmp(kind, "referral") == 0) {
		flags = QR | RD;
		record(p, 8, 2, elsewhere, 5);
	} else if (strcmp(kind, "alias") == 0) {
		flags = QR | RD | AA;
		record(p, 6, 5, elsewhere, 5);
	} else if (strcmp(kind, "cut") == 0) {
		flags |= TC;
	} else if (strcmp(kind, "ghost") == 0) {
		flags |= type == TYPE_MX ? 0 : NXDOMAIN;
	} else if (strcmp(kind, "asick") == 0) {
		flags |= type == TYPE_A ? SERVFAIL : 0;
	} else if (strcmp(kind, "aok") == 0) {
		if (type == TYPE_AAAA)
			return 0;
		if (type == TYPE_A)
			record(p, 6, TYPE_A, address, sizeof(address));
	} else if (type == TYPE_MX) {
		record(p, 6, TYPE_MX, exchange, 7);
	}
	set16(p, 2, flags);
	return 1;
}

/* The name in a question as text, and the octets up to its end; 0: none. */
static size_t
name_of(const struct packet *p, char *text, size_t room)
{
	size_t at = HEADER, n = 0;

	while (at < p->len && p->octet[at] != 0) {
		size_t label = p->octet[at++];

		if (label > 63 || at + label > p->len || n + label + 2 > room)
			return 0;
		if (n > 0)
			text[n++] = '.';
		memcpy(text + n, p->octet + at, label);
		n += label;
		at += label;
	}
	text[n] = '\0';
	return at + 5 <= p->len ? at + 5 : 0;
}

static int
serve(int fd, FILE *log)
{
	struct sockaddr_in from;
	struct packet p;
	char name[256], kind[64];
	unsigned type;

	for (;;) {
		socklen_t size = sizeof(from);
		ssize_t n = recvfrom(fd, p.octet, ROOM, 0, (struct sockaddr *)&from,
		    &size);

		if (n < 0)
			return 1;
		p.len = (size_t)n;
		if (p.len < HEADER || (p.len = name_of(&p, name, sizeof(name))) == 0)
			continue;
		type = p.octet[p.len - 3];
		fprintf(log, "%u %s\n", type, name);
		fflush(log);
		memset(p.octet + 6, 0, 6);	/* no records yet */
		snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(name, ".0123456789"),
		    name);
		if (answer(&p, kind, type))
			(void)sendto(fd, p.octet, p.len, 0, (struct sockaddr *)&from, size);
	}
}

int
main(int argc, char *argv[])
{
	struct sockaddr_in here = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(here);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	FILE *port, *log;

	if (argc != 3) {
		fputs("usage: dnsd PORTFILE LOGFILE\n", stderr);
		return 64;
	}
	if (fd == -1 || bind(fd, (struct sockaddr *)&here, sizeof(here)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&here, &size) != 0 ||
	    (log = fopen(argv[2], "w")) == NULL ||
	    (port = fopen(argv[1], "w")) == NULL) {
		perror("dnsd");
		return 1;
	}
	fprintf(port, "%d\n", ntohs(here.sin_port));
	fclose(port);
	return serve(fd, log);
}
