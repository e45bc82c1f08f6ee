#include <sysexits.h>

#include "cmd/exits.h"

const struct exit_status exits[] = {
	{ EX_OK, "EX_OK", "done; also where there was nothing to do" },
	{ 1, "", "a check found something: an address that is not usable, codes "
	    "that are not there" },
	{ EX_USAGE, "EX_USAGE", "wrong command, option or operand" },
	{ EX_DATAERR, "EX_DATAERR", "the data is not what it should be: a "
	    "fetched file that is no extract, is cut short or has lost too many "
	    "units (the old register stays in force), a frame with nobody in it, "
	    "an export that lacks a column" },
	{ EX_NOINPUT, "EX_NOINPUT", "a file, a study or an earlier step is not "
	    "there; the message says which command comes first" },
	{ EX_UNAVAILABLE, "EX_UNAVAILABLE", "the register does not have what was "
	    "asked for" },
	{ EX_SOFTWARE, "EX_SOFTWARE", "a bug in utvalg: please report it" },
	{ EX_OSERR, "EX_OSERR", "the system refused memory or a process" },
	{ EX_CANTCREAT, "EX_CANTCREAT", "cannot be made: a read-only folder, or "
	    "another frame or draw where one stands" },
	{ EX_IOERR, "EX_IOERR", "reading or writing failed: full disk, closed "
	    "pipe" },
	{ EX_TEMPFAIL, "EX_TEMPFAIL", "try again later: another run holds the "
	    "lock, the network is down" },
	{ EX_NOPERM, "EX_NOPERM", "not permitted, or the study belongs to "
	    "somebody else" },
	{ EX_CONFIG, "EX_CONFIG", "settings, study file, keys or database cannot "
	    "be used as they are: the message has file and line" },
};

const size_t nexits = sizeof(exits) / sizeof(exits[0]);
