#ifndef CMD_CMD_H
#define CMD_CMD_H

/*
 * cmd -- what every sub-command of utvalg(1) looks like.
 *
 * To add one: write cmd/cmd_NAME.c with a `const struct cmd cmd_NAME`, declare
 * it here, and put it into the table of cmd/commands.c.  Help, the "did you
 * mean" of wrong options, the shell completion and the list of commands in
 * utvalg(1) are made from it (man/generate.sh writes the last two).
 *
 * Options are parsed before run() is called, the general ones (--config, --lang,
 * -q, -v, --json, --dry-run, --wait, --no-wait, --help, --version) as well as
 * the command's own, in any place until "--"; run() sees only the operands:
 * argv[0] is the command's name, argv[1] .. argv[argc - 1] what was typed, and
 * cmd_option() what an option was given.
 */

#include "config/settings.h"
#include "config/study.h"
#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/store/keys.h"
#include "pipeline/store/world.h"

/* What is made ready before run(). */
enum {
	CMD_NONE	= 0,
	CMD_SETTINGS	= 1 << 0,	/* ctx->set: read and checked */
	CMD_MAY_READ	= 1 << 1,	/* world.db, read-only, where there is one: else NULL */
	CMD_READ	= 1 << 2,	/* world.db, read-only; none is an error */
	CMD_WRITE	= 1 << 3,	/* world.db for writing, and the lock is held;
					 * made where there is none, unless with READ */
	CMD_KEYS	= 1 << 4,	/* world.keys */
	CMD_NACE	= 1 << 5	/* world.nace and .region: the code lists */
};

enum cmd_kind { CMD_FLAG, CMD_WORD, CMD_FILE, CMD_FOLDER, CMD_OPTIONAL };

struct cmd_option {
	const char *name;		/* without the dashes */
	char letter;			/* -x, or 0 */
	enum cmd_kind kind;		/* CMD_OPTIONAL: --name or --name=ARG */
	const char *arg;		/* its name in the help, or its words: "nb|en" */
	const char *help;
};

struct cmd_ctx;

struct cmd {
	const char *name;
	/*
	 * 0; or -1 with ctx->err, which main() prints as one line and whose
	 * status is the program's; or a positive status where all has been
	 * said already (a check that found something: 1).
	 */
	int (*run)(struct cmd_ctx *, int argc, char *argv[]);
	/* Before anything is made ready: are the options right?  Or NULL. */
	int (*check)(struct cmd_ctx *, int argc, char *argv[]);
	unsigned needs;
	int min, max;			/* operands; max -1: any number */
	const char *args;		/* "STUDY FILE", for the help */
	const char *words;		/* what the first operand can be, blanks
					 * between: "check explain"; or NULL */
	const char *summary;		/* half a line, no capital, no full stop */
	const char *text;		/* paragraphs of the help, or NULL */
	const struct cmd_option *option;/* ends with name NULL; or NULL */
	const char *examples;		/* lines "utvalg ...", each with a newline */
	int hidden;			/* not in the list */
};

struct cmd_ctx {
	struct world world;		/* now, lang, talk, dry_run always; db,
					 * keys, nace, set as the needs say */
	struct settings set;
	struct keys keys;
	const struct cmd *cmd;
	int json, dry_run, quiet, verbose;
	int64_t migrated;		/* schema the database had; 0: this one's */
	struct err err;
	/* private to cmd/ */
	const char *config, *lang;
	int help, version;
	int64_t wait;			/* seconds for the lock; -1: for ever */
	unsigned ready;			/* needs that are there */
	int lock;
	struct nace *nace;
	struct region *region;
	const char **given;		/* name, value, name, value ... */
	size_t ngiven;
};

/* What an option of the command was given: NULL if it was not there, "" for a
 * flag.  The last one counts. */
const char *cmd_option(const struct cmd_ctx *, const char *name);
/* As a whole number from ${min} to ${max}; *${ret} is kept where the option was
 * not given.  -1: EX_USAGE. */
int cmd_option_int(struct cmd_ctx *, const char *name, int64_t min, int64_t max,
    int64_t *ret);

/* --as-of DATE of a command that has it: the day, DATE_NONE where it was not
 * given.  -1: EX_USAGE. */
int cmd_as_of(struct cmd_ctx *, int32_t *day);

/* Make more ready from within run(), where the needs hang on the operands. */
int cmd_ready(struct cmd_ctx *, unsigned needs);

/*
 * The study meant by ${arg} (studies.h).  ${known}: the database must know it,
 * else EX_NOINPUT saying that its frame comes first.  study_free().
 */
int cmd_find_study(struct cmd_ctx *, const char *arg, int known,
    struct study **study, int64_t *id);

/* -1 with EX_USAGE: the text and where the help is. */
int cmd_usage(struct cmd_ctx *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The nearest of ${n} names (pointers ${stride} octets apart), or NULL where
 * none is near. */
const char *cmd_nearest(const char *typed, const void *names, size_t n,
    size_t stride);

/* The table, in the order of the help. */
extern const struct cmd *const commands[];
extern const size_t ncommands;
extern const struct cmd_option general[];	/* ends with name NULL */
const struct cmd *cmd_find(const char *name);

extern const struct cmd cmd_answers, cmd_audit, cmd_backup, cmd_bounce, cmd_bounces,
    cmd_config, cmd_doctor, cmd_draw, cmd_email, cmd_erase, cmd_extract, cmd_frame,
    cmd_help, cmd_key, cmd_klass, cmd_list, cmd_mail, cmd_migrate, cmd_nace,
    cmd_night, cmd_optout, cmd_package, cmd_plan, cmd_pull, cmd_rates, cmd_region,
    cmd_report, cmd_request, cmd_requests, cmd_sample, cmd_size, cmd_status,
    cmd_study, cmd_suppress, cmd_table, cmd_unit, cmd_verify, cmd_weights;

#endif /* !CMD_CMD_H */
