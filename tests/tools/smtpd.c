/*
 * smtpd -- a mail server that misbehaves on order, for tests.
 *
 *	smtpd PORTFILE BOX [--no-dsn] [--auth USER:PASSWORD] [--at N[-M]:WHAT]...
 *
 * Listens on a free port of loopback, which it writes into PORTFILE, for one
 * client at a time, two minutes at most.  Each letter that it takes is a file BOX/NUMBER: a line with
 * MAIL, one with RCPT, then the mail.  Letters are counted by MAIL, from 1; the
 * N-th (to the M-th) has its fate told:
 *
 *	unknown full blocked	550 5.1.1, 552 5.2.2, 554 5.7.1 to RCPT
 *	later			450 4.3.2 to RCPT
 *	busy			421 to MAIL, and hangs up
 *	content			554 5.6.0 to the end of the data
 *	drop			hangs up at RCPT
 *	silent			takes the letter, hangs up without an answer
 *	half			takes nothing: hangs up at DATA's end
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE = 4096, FATES = 64 };

static struct fate { long from, to; const char *what; } fates[FATES];
static int nfates, no_dsn;
static const char *box, *auth;
static long letters;

static const char *
fate(void)
{
	for (int i = 0; i < nfates; i++)
		if (letters >= fates[i].from && letters <= fates[i].to)
			return fates[i].what;
	return "";
}

static int
is(const char *what)
{
	return strcmp(fate(), what) == 0;
}

static FILE *in, *out;

static void
say(const char *text)
{
	fprintf(out, "%s\r\n", text);
	fflush(out);
}

static int
line(char *text)
{
	size_t n;

	if (fgets(text, LINE, in) == NULL)
		return -1;
	n = strlen(text);
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		text[--n] = '\0';
	return 0;
}

static void
hello(void)
{
	say("250-mail.example.no");
	if (!no_dsn)
		say("250-DSN");
	if (auth != NULL)
		say("250-AUTH PLAIN");
	say("250 ENHANCEDSTATUSCODES");
}

/* base64 of "\0USER\0PASSWORD" */
static int
knows(const char *given)
{
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char want[200] = { 0 };
	char text[300];
	size_t n = strlen(auth) + 1, k = 0;

	memcpy(want + 1, auth, n - 1);
	*strchr((char *)want + 1, ':') = '\0';
	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)want[i] << 16 | (unsigned)want[i + 1] << 8 |
		    want[i + 2];

		text[k++] = digit[v >> 18 & 63];
		text[k++] = digit[v >> 12 & 63];
		text[k++] = i + 1 < n ? digit[v >> 6 & 63] : '=';
		text[k++] = i + 2 < n ? digit[v & 63] : '=';
	}
	text[k] = '\0';
	return strcmp(text, given) == 0;
}

/* 0, or -1: hang up. */
static int
data(const char *from, const char *to)
{
	char path[LINE], text[LINE];
	FILE *file = NULL;

	say("354 go ahead");
	snprintf(path, sizeof(path), "%.3000s/%03ld", box, letters);
	if (!is("half") && !is("content")) {
		file = fopen(path, "w");
		if (file == NULL)
			exit(1);
		fprintf(file, "%s\n%s\n", from, to);
	}
	while (line(text) == 0) {
		if (strcmp(text, ".") == 0)
			break;
		if (file != NULL)
			fprintf(file, "%s\n", text[0] == '.' ? text + 1 : text);
	}
	if (file != NULL && fclose(file) != 0)
		exit(1);
	if (feof(in)) {		/* the client died before the end: not taken */
		unlink(path);
		return -1;
	}
	if (is("silent") || is("half"))
		return -1;
	say(is("content") ? "554 5.6.0 this is no mail" : "250 2.0.0 taken");
	return 0;
}

static int
rcpt(void)
{
	static const char *const table[][2] = {
		{ "unknown", "550 5.1.1 No such user here" },
		{ "full", "552 5.2.2 Mailbox full" },
		{ "blocked", "554 5.7.1 Client host blocked using list.example.org" },
		{ "later", "450 4.3.2 try again later" } };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (is(table[i][0])) {
			say(table[i][1]);
			return 0;
		}
	if (is("drop"))
		return -1;
	say("250 2.1.5 Ok");
	return 0;
}

static void
serve(void)
{
	char text[LINE], from[LINE] = "", to[LINE] = "";
	int known = auth == NULL;

	say("220 mail.example.no");
	while (line(text) == 0) {
		if (strncmp(text, "EHLO", 4) == 0)
			hello();
		else if (auth != NULL && strncmp(text, "AUTH PLAIN", 10) == 0) {
			if (text[10] == '\0') {
				say("334 ");
				if (line(text) != 0)
					return;
				known = knows(text);
			} else
				known = knows(text + 11);
			say(known ? "235 2.7.0 welcome" : "535 5.7.8 no");
		} else if (strncmp(text, "MAIL", 4) == 0) {
			memcpy(from, text, sizeof(from));
			letters++;
			if (is("busy")) {
				say("421 4.3.2 closing");
				return;
			}
			say(known ? "250 2.1.0 Ok" : "530 5.7.0 who are you?");
		} else if (strncmp(text, "RCPT", 4) == 0) {
			memcpy(to, text, sizeof(to));
			if (rcpt() != 0)
				return;
		} else if (strcmp(text, "DATA") == 0) {
			if (data(from, to) != 0)
				return;
		} else if (strcmp(text, "QUIT") == 0) {
			say("221 2.0.0 bye");
			return;
		} else
			say(strcmp(text, "RSET") == 0 ? "250 2.0.0 Ok" :
			    "502 5.5.1 what?");
	}
}

static void
take_fate(char *arg)
{
	char *end;
	struct fate *a = &fates[nfates++];

	a->from = a->to = strtol(arg, &end, 10);
	if (*end == '-')
		a->to = strtol(end + 1, &end, 10);
	if (*end != ':' || nfates == FATES)
		exit(64);
	a->what = end + 1;
}

int
main(int argc, char *argv[])
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	socklen_t len = sizeof(here);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FILE *f;

	if (argc < 3)
		return 64;
	box = argv[2];
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], "--no-dsn") == 0)
			no_dsn = 1;
		else if (strcmp(argv[i], "--auth") == 0 && i + 1 < argc)
			auth = argv[++i];
		else if (strcmp(argv[i], "--at") == 0 && i + 1 < argc)
			take_fate(argv[++i]);
		else
			return 64;
	}
	signal(SIGPIPE, SIG_IGN);
	alarm(120);
	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (s == -1 || bind(s, (void *)&here, sizeof(here)) != 0 ||
	    listen(s, 16) != 0 || getsockname(s, (void *)&here, &len) != 0)
		return 71;
	f = fopen(argv[1], "w");
	if (f == NULL || fprintf(f, "%d\n", ntohs(here.sin_port)) < 0 || fclose(f) != 0)
		return 73;
	for (;;) {
		int c = accept(s, NULL, NULL);

		if (c == -1)
			continue;
		in = fdopen(c, "r");
		out = fdopen(dup(c), "w");
		if (in == NULL || out == NULL)
			return 71;
		serve();
		fclose(in);
		fclose(out);
	}
}
