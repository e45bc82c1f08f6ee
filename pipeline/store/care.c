#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/talk.h"
#include "pipeline/store/store.h"

#include "pipeline/store/care.h"

/*
 * Each is a question for the rows that break it.  The first two are SQLite's
 * own and are asked apart.
 */
static const struct { const char *says, *sql; } questions[] = {
	{ "the register in force has as many units as were loaded",
	  "SELECT count(*) FROM extract e WHERE id IN (SELECT max(id) FROM extract"
	  " WHERE refused IS NULL GROUP BY kind) AND coalesce(held, units) <> (SELECT"
	  " count(*) FROM unit u WHERE u.kind = (e.kind = 'underenhet'))" },
	{ "an extract's records are units, unreadable or erased",
	  "SELECT count(*) FROM extract WHERE refused IS NULL AND origin = 'file' AND"
	  " read <> units + unreadable + erased" },
	{ "a unit came with an extract that is known",
	  "SELECT count(*) FROM unit WHERE extract NOT IN (SELECT id FROM extract)" },
	{ "a version of a unit ended after it began",
	  "SELECT count(*) FROM unit_history WHERE until <= extract" },
	{ "a frame's counts are its rows",
	  "SELECT count(*) FROM frame f WHERE population <> (SELECT count(*) FROM"
	  " frame_unit u WHERE u.frame = f.id) OR kept <> (SELECT count(*) FROM"
	  " frame_unit u WHERE u.frame = f.id AND u.kept = 1)" },
	{ "a frame's funnel adds up to the unit",
	  "SELECT count(*) FROM frame WHERE register_units + listed <> outside_code +"
	  " outside_area + outside_filter + listed_matched + listed_outside +"
	  " population" },
	{ "a duplicate's keeper is kept in the same frame",
	  "SELECT count(*) FROM frame_unit d WHERE d.keeper IS NOT NULL AND NOT EXISTS"
	  " (SELECT 1 FROM frame_unit k WHERE k.frame = d.frame AND k.unit_key ="
	  " d.keeper AND k.kept = 1)" },
	{ "an address is invited once a frame",
	  "SELECT count(*) FROM (SELECT 1 FROM frame_unit WHERE kept = 1 GROUP BY"
	  " frame, email_key HAVING count(*) > 1)" },
	{ "drawn units are kept units of the frame that was drawn from",
	  "SELECT count(*) FROM sample_unit s JOIN sample p ON p.id = s.sample"
	  " JOIN frame_unit u ON u.id = s.frame_unit WHERE u.frame <> p.frame OR"
	  " u.kept = 0" },
	{ "a sample's counts are its rows",
	  "SELECT count(*) FROM sample p WHERE units <> (SELECT count(*) FROM"
	  " sample_unit s WHERE s.sample = p.id) OR units <> (SELECT"
	  " sum(drawn_units) FROM sample_stratum t WHERE t.sample = p.id)" },
	{ "an inclusion probability is over 0 and at most 1",
	  "SELECT count(*) FROM sample_unit WHERE NOT (pi > 0 AND pi <= 1)" },
	{ "who was written to was drawn for that study",
	  "SELECT count(*) FROM mailing_recipient r JOIN mailing m ON m.id = r.mailing"
	  " JOIN sample_unit s ON s.id = r.sample_unit JOIN sample p ON p.id ="
	  " s.sample WHERE p.study <> m.study" },
	{ "a return is of a study that wrote to its recipient",
	  "SELECT count(*) FROM bounce b JOIN bounce_message g ON g.id = b.message"
	  " JOIN mailing_recipient r ON r.id = b.recipient JOIN mailing m ON m.id ="
	  " r.mailing WHERE g.study IS NOT m.study" },
	{ "every drawn unit that was written to has a state",
	  "SELECT count(*) FROM mailing_recipient r WHERE r.state = 'sent' AND"
	  " EXISTS (SELECT 1 FROM disposition) AND NOT EXISTS (SELECT 1 FROM"
	  " disposition d WHERE d.sample_unit = r.sample_unit)" },
	{ "one answer stands for a unit",
	  "SELECT count(*) FROM (SELECT 1 FROM answer WHERE used = 1 GROUP BY"
	  " sample_unit HAVING count(*) > 1)" },
	{ "who counts as returned was sent to and has not answered",
	  "SELECT count(*) FROM disposition WHERE returned = 1 AND (sent = 0 OR"
	  " state <> 'returned')" },
};

/* Rows of a pragma but the one word that says all is well. */
static int64_t
pragma_rows(sqlite3 *db, const char *sql, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int64_t n = 0;
	int r;

	if (db_prepare(db, sql, &s, err) != 0)
		return -1;
	while ((r = db_step(s, err)) == 1)
		n += strcmp(db_col(s, 0), "ok") != 0;
	sqlite3_finalize(s);
	return r < 0 ? -1 : n;
}

int
care_doctor(sqlite3 *db, struct care_check check[static CARE_CHECKS_MAX],
    struct err *err)
{
	int n = 0;

	check[n].says = "the database file is whole";
	if ((check[n++].breaches = pragma_rows(db, "PRAGMA integrity_check", err)) < 0)
		return -1;
	check[n].says = "every row that is referred to is there";
	if ((check[n++].breaches = pragma_rows(db, "PRAGMA foreign_key_check", err)) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		check[n].says = questions[i].says;
		check[n].breaches = 0;
		if (db_int(db, questions[i].sql, &check[n++].breaches, err) < 0)
			return -1;
	}
	return n;
}

/* Files of the spool that came before ${moment}. */
static int64_t
waited(const char *state, int64_t moment)
{
	struct file_list l;
	struct err ignored;
	struct stat st;
	char path[4600];
	int64_t n = 0;

	snprintf(path, sizeof(path), "%.4000s/spool/new", state);
	if (file_list(path, &l, &ignored) != 0)
		return 0;
	for (size_t i = 0; i < l.n; i++) {
		snprintf(path, sizeof(path), "%.4000s/spool/new/%.255s", state, l.name[i]);
		n += stat(path, &st) == 0 && st.st_mtime < moment;
	}
	file_list_free(&l);
	return n;
}

/* 1: no room for the database once more. */
static int64_t
no_room(const char *state)
{
	struct statvfs vfs;
	struct stat st;
	char path[4600];

	snprintf(path, sizeof(path), "%.4000s/utvalg.db", state);
	return stat(path, &st) == 0 && statvfs(state, &vfs) == 0 &&
	    (double)vfs.f_bavail * (double)vfs.f_frsize < (double)st.st_size;
}

/* Packages from before an erasure that still lie where they were laid. */
static int64_t
stale(sqlite3 *db, struct err *err)
{
	struct buf zip = BUF(8192);
	sqlite3_stmt *q = NULL;
	int64_t n = 0;
	int r;

	if (db_prepare(db, "SELECT path FROM package WHERE stale IS NOT NULL", &q,
	    err) != 0)
		return -1;
	while ((r = db_step(q, err)) == 1) {
		buf_clear(&zip);
		buf_printf(&zip, "%s.zip", db_col(q, 0));
		n += file_exists(db_col(q, 0)) || file_exists(buf_text(&zip));
	}
	sqlite3_finalize(q);
	buf_free(&zip);
	return r < 0 ? -1 : n;
}

int
care_watch(sqlite3 *db, const char *state, int64_t now,
    struct care_check check[static CARE_CHECKS_MAX], struct err *err)
{
	enum { HOUR = 3600, NIGHT = 30 * HOUR };
	int64_t well = 0, nights = 0, open = 0;

	if (db_int(db, "SELECT count(*) FROM run", &nights, err) < 0 ||
	    db_int(db, "SELECT coalesce(max(ended), 0) FROM run WHERE status = 0",
	    &well, err) < 0 ||
	    db_int(db, "SELECT count(*) FROM run WHERE ended IS NULL AND night ="
	    " (SELECT max(night) FROM run)", &open, err) < 0)
		return -1;
	check[0].says = "returned mail has not waited for an hour";
	check[0].breaches = waited(state, now - HOUR);
	check[1].says = "a step of the night ended well in the last 30 hours";
	check[1].breaches = nights > 0 && now - well > NIGHT;
	check[2].says = "no step of the last night was cut off";
	check[2].breaches = open;
	check[3].says = "the disk has room for another copy of the database";
	check[3].breaches = no_room(state);
	check[4].says = "no package holds a unit that has been erased";
	check[4].breaches = stale(db, err);
	return check[4].breaches < 0 ? -1 : 5;
}

/* --- backup --------------------------------------------------------------- */

int
care_copy(sqlite3 *db, const char *to, struct err *err)
{
	sqlite3 *copy = NULL;
	sqlite3_backup *b;
	int fd = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), r = -1;

	if (fd == -1)
		return err_errno(err, "%s", to);
	close(fd);
	if (sqlite3_open_v2(to, &copy, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
	    (b = sqlite3_backup_init(copy, "main", db, "main")) == NULL) {
		db_fail(copy, err, to);
		goto close_copy;
	}
	if (sqlite3_backup_step(b, -1) == SQLITE_DONE)
		r = 0;
	if (sqlite3_backup_finish(b) != SQLITE_OK)
		r = -1;
	if (r != 0)
		db_fail(copy, err, to);
	else	/* one file, without a log beside it */
		r = db_exec(copy, "PRAGMA journal_mode = DELETE", err);
close_copy:
	sqlite3_close(copy);
	return r;
}

/* One file's line for SHA256SUMS; ${name} is relative to the folder. */
static int
add_sum(const char *folder, const char *name, struct buf *sums, struct err *err)
{
	unsigned char piece[65536], sum[32];
	char path[4600], hex[65];
	struct hash *h;
	ssize_t n;
	int fd, r = 0;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return err_errno(err, "%s", path);
	h = hash_begin();
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		hash_add(h, piece, (size_t)n);
	hash_end(h, sum);
	if (n < 0 || fsync(fd) != 0)
		r = err_errno(err, "%s", path);
	close(fd);
	buf_printf(sums, "%s  %s\n", hash_hex(sum, 32, hex), name);
	return r;
}

static int
copy_keys(const char *state, const char *folder, struct buf *sums,
    struct err *err)
{
	struct file_list l;
	struct buf text = BUF(65536);
	char from[4200], to[4600], name[300];
	int r = 0;

	snprintf(from, sizeof(from), "%s/keys", state);
	if (!file_exists(from))
		return 0;		/* they come from systemd's credentials */
	snprintf(to, sizeof(to), "%s/keys", folder);
	if (file_mkdirs(to, 0700, err) != 0 || file_list(from, &l, err) != 0)
		return -1;
	for (size_t i = 0; r == 0 && i < l.n; i++) {
		snprintf(name, sizeof(name), "keys/%.250s", l.name[i]);
		snprintf(from, sizeof(from), "%.3800s/%s", state, name);
		snprintf(to, sizeof(to), "%s/%s", folder, name);
		buf_clear(&text);
		if (file_read(from, 65536, &text, err) != 0 ||
		    file_write(to, 0600, buf_text(&text), text.len, err) != 0 ||
		    add_sum(folder, name, sums, err) != 0)
			r = -1;
	}
	file_list_free(&l);
	buf_free(&text);
	return r;
}

/*
 * A backup under way holds a file of this name, which goes last.  What is in
 * its company was left by a run that was killed, and may be cleared away.
 */
static const char incomplete[] = "INCOMPLETE";

/* What a backup can consist of, and no more; the mark at the end. */
static void
clear_away(const char *folder)
{
	static const char *const part[] = { "utvalg.db-journal", "utvalg.db-wal",
		"utvalg.db-shm", "utvalg.db",
		"keys/salt.tmp", "keys/salt", "keys/bounce.tmp", "keys/bounce",
		"keys/suppression.tmp", "keys/suppression", "keys", "SHA256SUMS.tmp",
		"SHA256SUMS", incomplete };
	char path[4600];

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, part[i]);
		(void)remove(path);
	}
}

/* A folder of our own: made, found empty, or left half-filled by a killed run. */
static int
make_folder(const char *folder, struct err *err)
{
	struct file_list l;
	char mark[4600];
	size_t n;
	int fd;

	if (strlen(folder) > 4000)
		return err_set(err, EX_USAGE, "the folder's name is too long");
	if (file_mkdirs(folder, 0700, err) != 0)
		return -1;
	snprintf(mark, sizeof(mark), "%s/%s", folder, incomplete);
	if (file_exists(mark))
		clear_away(folder);
	if (file_list(folder, &l, err) != 0)
		return -1;
	n = l.n;
	file_list_free(&l);
	if (n > 0)
		return err_set(err, EX_CANTCREAT, "%s: holds something already; name an "
		    "empty or a new folder", folder);
	if ((fd = open(mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) == -1)
		return err_errno(err, "%s", mark);
	close(fd);
	return file_sync_dir(folder, err);
}

static int
fill(sqlite3 *db, const char *state, const char *folder, struct err *err)
{
	struct buf sums = BUF(65536);
	char path[4600];
	int r = -1;

	snprintf(path, sizeof(path), "%s/utvalg.db", folder);
	talk_step("backup.1");
	if (care_copy(db, path, err) != 0)
		goto out;
	talk_step("backup.2");
	if (add_sum(folder, "utvalg.db", &sums, err) != 0 ||
	    copy_keys(state, folder, &sums, err) != 0)
		goto out;
	talk_step("backup.3");
	snprintf(path, sizeof(path), "%s/SHA256SUMS", folder);
	if (file_write(path, 0600, buf_text(&sums), sums.len, err) != 0)
		goto out;
	talk_step("backup.4");
	snprintf(path, sizeof(path), "%s/%s", folder, incomplete);
	r = unlink(path) != 0 ? err_errno(err, "%s", path) :
	    file_sync_dir(folder, err);
out:
	buf_free(&sums);
	return r;
}

int
care_backup(sqlite3 *db, const char *state, const char *folder,
    struct err *err)
{
	if (make_folder(folder, err) != 0)
		return err_context(err, "backup");
	if (fill(db, state, folder, err) == 0)
		return 0;
	clear_away(folder);
	return err_context(err, "backup");
}
