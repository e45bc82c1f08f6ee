#include <errno.h>
#include <pwd.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nace/nace.h"
#include "nace/region.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/register/klass_sync.h"
#include "pipeline/store/lock.h"
#include "pipeline/store/migrate.h"
#include "pipeline/store/store.h"
#include "pipeline/store/studies.h"

#include "cmd/ready.h"
#include "cmd/ui.h"

enum { STUDY_FILE_MAX = 1 << 20 };

static int
settings(struct cmd_ctx *ctx)
{
	if (settings_load(&ctx->set, ctx->config, &ctx->err) != 0)
		return -1;
	ctx->world.set = &ctx->set;
	if (ctx->lang == NULL)
		ctx->world.lang = ctx->set.lang;
	return 0;
}

/* A folder for what must be a moment in a file; its files are known by name. */
static int
scratch_make(char *dir, size_t size, struct err *err)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, size, "%s/utvalg-XXXXXX", tmp != NULL && *tmp == '/' ? tmp :
	    "/tmp");
	if (mkdtemp(dir) == NULL)
		return err_errno(err, "%s", dir);
	return 0;
}

static void
scratch_remove(const char *dir)
{
	static const char *const name[] = { "utvalg.db", "utvalg.db-wal",
		"utvalg.db-shm", "keys/salt", "keys/bounce", "keys/suppression",
		"keys" };
	struct buf path = BUF(8192);

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		buf_clear(&path);
		buf_printf(&path, "%s/%s", dir, name[i]);
		if (i + 1 < sizeof(name) / sizeof(name[0]))
			unlink(buf_text(&path));
		else
			rmdir(buf_text(&path));
	}
	rmdir(dir);
	buf_free(&path);
}

static int
has(const char *state, const char *name)
{
	struct buf path = BUF(8192);
	int r;

	buf_printf(&path, "%s/%s", state, name);
	r = file_exists(buf_text(&path));
	buf_free(&path);
	return r;
}

/* All of ${from} into a database without a name, which goes with the process. */
static int
copy(sqlite3 *from, sqlite3 **ret, struct err *err)
{
	sqlite3_backup *b;
	sqlite3 *db = NULL;

	if (sqlite3_open("", &db) != SQLITE_OK ||
	    (b = sqlite3_backup_init(db, "main", from, "main")) == NULL) {
		db_fail(db, err, "copy of the database");
		sqlite3_close(db);
		return -1;
	}
	sqlite3_backup_step(b, -1);
	if (sqlite3_backup_finish(b) != SQLITE_OK) {
		db_fail(db, err, "copy of the database");
		sqlite3_close(db);
		return -1;
	}
	sqlite3_extended_result_codes(db, 1);
	if (db_exec(db, "PRAGMA foreign_keys = ON", err) != 0) {
		sqlite3_close(db);
		return -1;
	}
	*ret = db;
	return 0;
}

/* A private copy of an older database. */
static int
take_forward(struct cmd_ctx *ctx)
{
	int64_t schema = 0;

	if (db_int(ctx->world.db, "PRAGMA user_version", &schema, &ctx->err) < 0)
		return -1;
	if (schema == STORE_SCHEMA)
		return 0;
	if (migrate_database(ctx->world.db, schema, &ctx->err) != 0)
		return -1;
	ctx->migrated = schema;
	return 0;
}

static int
open_copy(struct cmd_ctx *ctx)
{
	sqlite3 *from = NULL;
	char dir[4096];
	int r = -1;

	if (has(ctx->set.state, "utvalg.db")) {
		if (store_open(ctx->set.state, STORE_READ_OLD, &from, &ctx->err) != 0)
			return -1;
		r = copy(from, &ctx->world.db, &ctx->err);
		store_close(from);
		return r != 0 ? -1 : take_forward(ctx);
	}
	if (scratch_make(dir, sizeof(dir), &ctx->err) != 0)
		return -1;
	if (store_open(dir, STORE_WRITE, &from, &ctx->err) == 0)
		r = copy(from, &ctx->world.db, &ctx->err);
	store_close(from);
	scratch_remove(dir);
	return r;
}

/* Files that root makes in a state of another account lock that account out,
 * and with it every night from then on. */
static int
check_owner(struct cmd_ctx *ctx)
{
	const struct passwd *pw;
	struct stat st;
	char number[24];

	if (geteuid() != 0 || stat(ctx->set.state, &st) != 0 || st.st_uid == 0)
		return 0;
	pw = getpwuid(st.st_uid);
	snprintf(number, sizeof(number), "#%ld", (long)st.st_uid);
	return err_set(&ctx->err, EX_NOPERM, "%s belongs to another account, which "
	    "could not use what root leaves there: run this as sudo -u %s utvalg ...",
	    ctx->set.state, pw != NULL ? pw->pw_name : number);
}

static int
open_write(struct cmd_ctx *ctx)
{
	char kept[MIGRATE_NAME];

	if (ctx->dry_run)
		return open_copy(ctx);
	if (check_owner(ctx) != 0)
		return -1;
	if (lock_take(ctx->set.state, ctx->cmd->name, ctx->world.now, ctx->wait,
	    &ctx->lock, &ctx->err) != 0 || migrate_state(ctx->set.state,
	    ctx->world.now, ctx->world.talk, &ctx->migrated, kept, &ctx->err) != 0)
		return -1;
	return store_open(ctx->set.state, STORE_WRITE, &ctx->world.db, &ctx->err);
}

/* A dry run makes no keys either: without them it uses some of a moment. */
static int
keys(struct cmd_ctx *ctx)
{
	char dir[4096];
	int r;

	if (!ctx->dry_run || getenv("CREDENTIALS_DIRECTORY") != NULL ||
	    (has(ctx->set.state, "keys/salt") && has(ctx->set.state, "keys/bounce") &&
	    has(ctx->set.state, "keys/suppression"))) {
		r = keys_load(ctx->set.state, &ctx->keys, &ctx->err);
	} else {
		if (scratch_make(dir, sizeof(dir), &ctx->err) != 0)
			return -1;
		r = keys_load(dir, &ctx->keys, &ctx->err);
		scratch_remove(dir);
	}
	if (r == 0)
		ctx->world.keys = &ctx->keys;
	return r;
}

/* Code lists out of a database that a command does not need otherwise: what
 * cannot be read, or is not there, is no error. */
static int
lists_beside(struct cmd_ctx *ctx)
{
	struct settings set = { 0 };
	sqlite3 *db = NULL;
	struct err why = { 0, "" };
	int r = 0;

	if (settings_load(&set, ctx->config, &why) == 0 &&
	    has(set.state, "utvalg.db") &&
	    store_open(set.state, STORE_READ, &db, &why) == 0)
		r = klass_in_use(db, &ctx->nace, &ctx->region, NULL, &why);
	store_close(db);
	settings_free(&set);
	if (r < 0)
		ui_detail("%s", why.text);
	return r == 1;
}

/* The lists that were fetched from Klass, or those that are compiled in. */
static int
lists(struct cmd_ctx *ctx)
{
	int r = ctx->world.db == NULL ? lists_beside(ctx) :
	    klass_in_use(ctx->world.db, &ctx->nace, &ctx->region, NULL, &ctx->err);

	if (r < 0)
		return -1;
	if (r == 0) {
		if ((ctx->nace = nace_load(&ctx->err)) == NULL)
			return -1;
		if ((ctx->region = region_load(&ctx->err)) == NULL)
			return -1;
	}
	ctx->world.nace = ctx->nace;
	ctx->world.region = ctx->region;
	ui_detail("%s; %s", nace_version(ctx->nace), region_version(ctx->region));
	return 0;
}

int
cmd_ready(struct cmd_ctx *ctx, unsigned needs)
{
	unsigned missing;

	if (needs & (CMD_MAY_READ | CMD_READ | CMD_WRITE | CMD_KEYS))
		needs |= CMD_SETTINGS;
	missing = needs & ~ctx->ready;
	if ((missing & CMD_SETTINGS) && settings(ctx) != 0)
		return -1;
	ctx->ready |= missing & CMD_SETTINGS;
	if ((missing & CMD_WRITE) && (needs & CMD_READ) &&
	    !has(ctx->set.state, "utvalg.db"))
		return store_open(ctx->set.state, STORE_READ, &ctx->world.db,
		    &ctx->err);
	if ((missing & CMD_WRITE) && open_write(ctx) != 0)
		return -1;
	if ((missing & CMD_READ) && ctx->world.db == NULL &&
	    store_open(ctx->set.state, STORE_READ, &ctx->world.db, &ctx->err) != 0)
		return -1;
	if ((missing & CMD_MAY_READ) && ctx->world.db == NULL) {
		struct err why = { 0 };

		/* not there, or not for this user: go on without it; but what is
		 * there and damaged or too new is not "no register yet" */
		if (store_open(ctx->set.state, STORE_READ, &ctx->world.db, &why) != 0) {
			if (why.status == EX_CONFIG || why.status == EX_DATAERR) {
				ctx->err = why;
				return -1;
			}
			ui_detail("%s", why.text);
		}
	}
	if ((missing & CMD_KEYS) && keys(ctx) != 0)
		return -1;
	if (missing & CMD_NACE) {
		if (lists(ctx) != 0)
			return -1;
	}
	ctx->ready |= needs;
	return 0;
}

/* By its name a study is what it was when it was framed.  Whoever has edited
 * the file since, and does not know that, would wonder. */
static void
say_if_edited(const struct study *study)
{
	struct buf now = BUF(STUDY_FILE_MAX);
	unsigned char sum[HASH_SIZE];
	struct err ignored;

	if (file_read(study->file, STUDY_FILE_MAX, &now, &ignored) == 0) {
		hash_sha256(buf_text(&now), now.len, sum);
		if (memcmp(sum, study->sha256, sizeof(sum)) != 0)
			ui_line("%s has changed since the frame; %s is taken as it was "
			    "then (utvalg study renew %s takes over what touches neither "
			    "population nor draw)", study->file, study->name,
			    study->file);
	}
	buf_free(&now);
}

int
cmd_find_study(struct cmd_ctx *ctx, const char *arg, int known,
    struct study **study, int64_t *id)
{
	if (studies_find(&ctx->world, arg, study, id, &ctx->err) != 0)
		return -1;
	if (*id != 0 && strcmp(arg, (*study)->name) == 0)
		say_if_edited(*study);
	if (known && *id == 0) {
		err_set(&ctx->err, EX_NOINPUT, "study %s has no frame yet: "
		    "utvalg frame comes first", (*study)->name);
		study_free(*study);
		*study = NULL;
		return -1;
	}
	return 0;
}

void
cmd_finish(struct cmd_ctx *ctx)
{
	if (ctx->world.db != NULL)
		db_rollback(ctx->world.db);
	store_close(ctx->world.db);
	lock_free(ctx->lock);
	nace_free(ctx->nace);
	region_free(ctx->region);
	settings_free(&ctx->set);
	explicit_bzero(&ctx->keys, sizeof(ctx->keys));
	free(ctx->given);
}
