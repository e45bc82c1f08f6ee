#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"

#include "pipeline/store/keys.h"

static void
random_hex(struct buf *b, const char *front)
{
	unsigned char octets[32];
	char hex[65];

	hash_random(octets, sizeof(octets));
	buf_printf(b, "%s%s\n", front, hash_hex(octets, sizeof(octets), hex));
	memset(octets, 0, sizeof(octets));
}

/* Where the key is: the credential systemd hands over, else the state's file. */
static void
place(const char *state, const char *name, struct buf *path, int *credential)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	*credential = 0;
	if (dir != NULL && *dir != '\0') {
		buf_printf(path, "%s/utvalg-%s", dir, name);
		if (file_exists(buf_text(path))) {
			*credential = 1;
			return;
		}
		buf_clear(path);
	}
	buf_printf(path, "%s/keys/%s", state, name);
}

/* The text of key ${name}; made, with ${front} before the digits, if missing. */
static int
load(const char *state, const char *name, const char *front, struct buf *text,
    struct err *err)
{
	struct buf path = BUF(4096), dir = BUF(4096);
	struct stat st;
	int credential, r = -1;

	place(state, name, &path, &credential);
	if (!credential && stat(buf_text(&path), &st) != 0) {
		if (errno != ENOENT) {
			err_errno(err, "%s", buf_text(&path));
			goto out;
		}
		buf_printf(&dir, "%s/keys", state);
		random_hex(text, front);
		if (file_mkdirs(buf_text(&dir), 0700, err) == 0 &&
		    file_write(buf_text(&path), 0600, text->data, text->len, err) == 0)
			r = 0;
		goto out;
	}
	if (!credential && (st.st_mode & 077) != 0) {
		err_set(err, EX_CONFIG, "%s: others may read it: chmod 600",
		    buf_text(&path));
		goto out;
	}
	if (file_read(buf_text(&path), 65536, text, err) != 0)
		goto out;
	r = 0;
out:
	buf_free(&path);
	buf_free(&dir);
	return r;
}

static int
load_salt(const char *state, struct keys *k, struct err *err)
{
	struct buf text = BUF(65536);
	size_t n;
	int r = -1;

	if (load(state, "salt", "", &text, err) != 0)
		goto out;
	n = strcspn(buf_text(&text), "\n");
	if (n == 0 || n >= sizeof(k->salt)) {
		err_set(err, EX_CONFIG, "keys/salt: one line of 1 to 128 octets wanted");
		goto out;
	}
	memcpy(k->salt, text.data, n);
	k->salt[n] = '\0';
	r = 0;
out:
	buf_free(&text);
	return r;
}

static int
bounce_line(struct keys *k, char *line)
{
	int number = line[0] - 'a';
	int32_t made = DATE_NONE;
	char *day;

	if (number < 0 || number >= KEYS_BOUNCE || line[1] != ' ' ||
	    k->bounce_set[number])
		return -1;
	day = strchr(line + 2, ' ');
	if (day != NULL) {
		*day++ = '\0';
		if (date_parse(day, strlen(day), &made) != 0)
			return -1;
	}
	if (hash_unhex(line + 2, k->bounce[number], 32) != 0)
		return -1;
	k->bounce_set[number] = 1;
	k->bounce_now = number;
	k->bounce_order[k->nbounce++] = number;
	k->bounce_made[number] = made;
	return 0;
}

static int
load_bounce(const char *state, struct keys *k, struct err *err)
{
	struct buf text = BUF(65536);
	char *line, *next;
	int n = 0, r = -1;

	k->bounce_now = -1;
	if (load(state, "bounce", "a ", &text, err) != 0)
		goto out;
	for (line = text.data; line != NULL && *line != '\0'; line = next) {
		n++;
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (*line != '\0' && *line != '#' && bounce_line(k, line) != 0) {
			err_set(err, EX_CONFIG, "keys/bounce:%d: a letter a to p, a "
			    "blank, 64 hex digits and perhaps a day YYYY-MM-DD wanted, "
			    "each letter once", n);
			goto out;
		}
	}
	if (k->bounce_now < 0) {
		err_set(err, EX_CONFIG, "keys/bounce: holds no key");
		goto out;
	}
	r = 0;
out:
	buf_free(&text);
	return r;
}

static int
load_suppression(const char *state, struct keys *k, struct err *err)
{
	struct buf text = BUF(65536);
	int r = -1;

	if (load(state, "suppression", "", &text, err) == 0) {
		if (text.len > 0)
			text.data[strcspn(text.data, "\n")] = '\0';
		r = hash_unhex(buf_text(&text), k->suppression, 32);
		if (r != 0)
			err_set(err, EX_CONFIG, "keys/suppression: one line of 64 hex "
			    "digits wanted");
	}
	buf_free(&text);
	return r;
}

int
keys_load(const char *state, struct keys *k, struct err *err)
{
	memset(k, 0, sizeof(*k));
	if (load_salt(state, k, err) != 0 || load_bounce(state, k, err) != 0 ||
	    load_suppression(state, k, err) != 0)
		return -1;
	return 0;
}

/* ----------------------------------------------------------------- rotation -- */

int
keys_bounce_is_credential(const char *state)
{
	struct buf path = BUF(4096);
	int credential;

	place(state, "bounce", &path, &credential);
	buf_free(&path);
	return credential;
}

int32_t
keys_needed_until(const struct keys *k, int number, int64_t token_days)
{
	for (int i = 0; i + 1 < k->nbounce; i++) {
		int32_t next = k->bounce_made[k->bounce_order[i + 1]];

		if (k->bounce_order[i] == number)
			return next == DATE_NONE ? DATE_NONE :
			    next + (int32_t)token_days + KEYS_GRACE + 1;
	}
	return DATE_NONE;
}

static void
drop_old(struct keys *k, int32_t today, int64_t token_days, int *dropped)
{
	struct keys old = *k;
	int n = 0;

	for (int i = 0; i < old.nbounce; i++) {
		int number = old.bounce_order[i];
		int32_t until = keys_needed_until(&old, number, token_days);

		if (until == DATE_NONE || until > today) {
			k->bounce_order[n++] = number;
			continue;
		}
		explicit_bzero(k->bounce[number], 32);
		k->bounce_set[number] = 0;
		++*dropped;
	}
	k->nbounce = n;
	explicit_bzero(&old, sizeof(old));
}

/* The number behind the newest: one that was dropped is used again last. */
static int
free_number(const struct keys *k)
{
	for (int i = 1; i < KEYS_BOUNCE; i++) {
		int number = (k->bounce_now + i) % KEYS_BOUNCE;

		if (!k->bounce_set[number])
			return number;
	}
	return -1;
}

static int
write_bounce(const struct keys *k, const char *path, struct err *err)
{
	/* no growing: octets left behind in freed memory are as good as written */
	char text[KEYS_BOUNCE * 80 + 1], hex[65], day[11];
	size_t at = 0;
	int r;

	for (int i = 0; i < k->nbounce; i++) {
		int number = k->bounce_order[i];
		int32_t made = k->bounce_made[number];

		at += (size_t)snprintf(text + at, sizeof(text) - at, "%c %s%s%s\n",
		    'a' + number, hash_hex(k->bounce[number], 32, hex),
		    made != DATE_NONE ? " " : "",
		    made != DATE_NONE ? date_iso(made, day) : "");
	}
	r = file_write(path, 0600, text, at, err);
	explicit_bzero(text, sizeof(text));
	explicit_bzero(hex, sizeof(hex));
	return r;
}

int
keys_rotate(const char *state, struct keys *k, int32_t today, int64_t token_days,
    const char *out, int *dropped, struct err *err)
{
	struct buf path = BUF(4096);
	struct keys new = *k;
	int number, r = -1;

	*dropped = 0;
	if (out == NULL && keys_bounce_is_credential(state))
		return err_set(err, EX_CONFIG, "the bounce keys are a credential of "
		    "systemd's: write the new ones with --out FILE, and make the "
		    "credential utvalg-bounce of that");
	drop_old(&new, today, token_days, dropped);
	if ((number = free_number(&new)) < 0) {
		err_set(err, EX_CONFIG, "all %d key numbers are still needed: mail "
		    "signed with them may come back", KEYS_BOUNCE);
		goto out;
	}
	hash_random(new.bounce[number], 32);
	new.bounce_set[number] = 1;
	new.bounce_made[number] = today;
	new.bounce_order[new.nbounce++] = number;
	new.bounce_now = number;
	buf_printf(&path, "%s", out != NULL ? out : state);
	if (out == NULL)
		buf_str(&path, "/keys/bounce");
	if ((r = write_bounce(&new, buf_text(&path), err)) == 0)
		*k = new;
out:
	explicit_bzero(&new, sizeof(new));
	buf_free(&path);
	return r;
}
