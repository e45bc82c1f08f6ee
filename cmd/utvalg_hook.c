/*
 * utvalg-hook -- one mail from the mail server into the spool.
 *
 *	utvalg-hook [-s SPOOL] [-f SENDER] [-r RECIPIENT] [-o ORIGINAL]
 *	    [-e EXTENSION]
 *
 * Reads all of standard input, stores it (spool.h), and answers 0 when it is
 * on the disk, 75 (EX_TEMPFAIL) for anything else whatever: every other status
 * makes one mail server or another give up a bounce, which nobody would be told
 * about.  It prints nothing, because Postfix reads a status out of what is
 * printed and Exim takes any output as a failure.  It opens no database, reads
 * no settings, and links nothing beyond libc.
 */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/contact/spool.h"

enum { SECONDS = 60 };	/* under any mail server's own limit */

static void
later(int sig)
{
	(void)sig;
	spool_abandon();	/* on a full disk it would stay in the way */
	_exit(EX_TEMPFAIL);
}

/*
 * Every signal that would end us says "later" instead: Exim takes death by a
 * signal as final.  A mask or an alarm that was inherited must not be in the
 * way.
 */
static void
catch(void)
{
	static const int ends[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGALRM,
		SIGXFSZ, SIGXCPU, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGIO,
		SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP };
	struct sigaction act;
	sigset_t none;

	memset(&act, 0, sizeof(act));
	sigemptyset(&act.sa_mask);
	act.sa_handler = later;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		sigaction(ends[i], &act, NULL);
	act.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &act, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	alarm(SECONDS);
}

/* Nothing that a library might say gets out. */
static int
silence(void)
{
	int fd = open("/dev/null", O_RDWR);

	if (fd == -1 || dup2(fd, STDOUT_FILENO) == -1 ||
	    dup2(fd, STDERR_FILENO) == -1)
		return -1;
	if (fd > STDERR_FILENO)
		close(fd);
	return 0;
}

/* What the mail server puts into the environment, where no option said it. */
static void
fill(const char **value, const char *name)
{
	const char *s;

	if (*value == NULL && (s = getenv(name)) != NULL && *s != '\0')
		*value = s;
}

static int
options(int argc, char **argv, const char **spool, struct envelope *e)
{
	int c;

	opterr = 0;
	while ((c = getopt(argc, argv, "s:f:r:o:e:")) != -1)
		switch (c) {
		case 's':
			*spool = optarg;
			break;
		case 'f':
			e->sender = optarg;
			break;
		case 'r':
			e->recipient = optarg;
			break;
		case 'o':
			e->original = optarg;
			break;
		case 'e':
			e->extension = optarg;
			break;
		default:
			return -1;
		}
	if (optind != argc || **spool == '\0')
		return -1;
	fill(&e->sender, "SENDER");
	fill(&e->recipient, "RECIPIENT");
	fill(&e->original, "ORIGINAL_RECIPIENT");
	fill(&e->extension, "EXTENSION");
	fill(&e->extension, "LOCAL_PART_SUFFIX");	/* Exim's word for it */
	return 0;
}

int
main(int argc, char **argv)
{
	const char *spool = "/var/lib/utvalg/spool";
	struct envelope e = { NULL, NULL, NULL, NULL };
	struct err err;

	catch();
	if (fcntl(STDIN_FILENO, F_GETFD) == -1 || silence() != 0 ||
	    options(argc, argv, &spool, &e) != 0 ||
	    spool_put(spool, STDIN_FILENO, &e, SPOOL_MAX, &err) != 0)
		return EX_TEMPFAIL;
	return 0;
}
