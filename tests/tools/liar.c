/*
 * liar -- a mail server on loopback that says what its script says.
 *
 *	liar PORT SCRIPT
 *
 * The first line of the script is the greeting.  Each further line is the answer
 * to the next line of the client: "%T WORD TEXT" says TEXT ('^' is CRLF), then
 * "TAG OK WORD"; "%! WORD TEXT" says TEXT and hangs up.  At the end of the script
 * it hangs up.  Says "ready" when it can be called.  One client after the other, for ever.
 */

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
say(int fd, const char *text)
{
	for (; *text != '\0'; text++) {
		const char *s = *text == '^' ? "\r\n" : text;

		if (write(fd, s, *text == '^' ? 2 : 1) < 0)
			return;
	}
}

static int
hear(int fd, char *tag, size_t size)
{
	char line[4096];
	size_t n = 0;

	while (n < sizeof(line) - 1 && read(fd, line + n, 1) == 1 &&
	    line[n++] != '\n')
		;
	line[n] = '\0';
	snprintf(tag, size, "%.*s", (int)strcspn(line, " \r\n"), line);
	return n > 0;
}

static void
serve(int fd, FILE *script)
{
	char line[4096], tag[64];

	rewind(script);
	if (fgets(line, sizeof(line), script) == NULL)
		return;
	line[strcspn(line, "\n")] = '\0';
	say(fd, line);
	say(fd, "^");
	while (fgets(line, sizeof(line), script) != NULL) {
		char *word = line + 3, *text;

		line[strcspn(line, "\n")] = '\0';
		if (!hear(fd, tag, sizeof(tag)))
			return;
		text = strchr(word, ' ');
		if (text != NULL)
			say(fd, text + 1);
		if (line[1] == '!')
			return;
		say(fd, text != NULL ? "^" : "");
		say(fd, tag);
		say(fd, " OK done^");
	}
}

int
main(int argc, char *argv[])
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int one = 1, s = socket(AF_INET, SOCK_STREAM, 0), fd;
	FILE *script = argc == 3 ? fopen(argv[2], "r") : NULL;

	signal(SIGPIPE, SIG_IGN);
	if (script == NULL || s == -1)
		return 1;
	a.sin_port = htons((unsigned short)strtol(argv[1], NULL, 10));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(s, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(s, 5) != 0)
		return 1;
	puts("ready");
	fflush(stdout);
	while ((fd = accept(s, NULL, NULL)) != -1) {
		serve(fd, script);
		close(fd);
	}
	return 1;
}
