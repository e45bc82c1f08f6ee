#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pipeline/base/buf.h"
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

	if (number < 0 || number >= KEYS_BOUNCE || line[1] != ' ' ||
	    k->bounce_set[number] || hash_unhex(line + 2, k->bounce[number], 32) != 0)
		return -1;
	k->bounce_set[number] = 1;
	k->bounce_now = number;
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
			    "blank and 64 hex digits wanted, each letter once", n);
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
