/*
 * peak -- how much memory a command takes.
 *
 *	peak FILE COMMAND...
 *
 * Runs it and writes into FILE the largest resident set of the command and its
 * children in KiB, a blank, and the seconds it took.  Ends as the command did.
 */

#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	struct timespec t0, t1;
	struct rusage use;
	FILE *f;
	pid_t pid;
	int status;

	if (argc < 3) {
		fputs("usage: peak FILE COMMAND...\n", stderr);
		return EX_USAGE;
	}
	clock_gettime(CLOCK_MONOTONIC, &t0);
	if ((pid = fork()) == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid) {
		perror("peak");
		return EX_OSERR;
	}
	clock_gettime(CLOCK_MONOTONIC, &t1);
	getrusage(RUSAGE_CHILDREN, &use);
	if ((f = fopen(argv[1], "we")) == NULL) {
		perror(argv[1]);
		return EX_CANTCREAT;
	}
	fprintf(f, "%ld %.2f\n", use.ru_maxrss, (double)(t1.tv_sec - t0.tv_sec) +
	    (double)(t1.tv_nsec - t0.tv_nsec) / 1e9);
	fclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
