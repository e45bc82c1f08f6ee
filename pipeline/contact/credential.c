#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/contact/credential.h"

enum { PASSWORD_MAX = 1024 };

static int
read_password(const char *path, struct buf *out, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	char data[PASSWORD_MAX];

	if (fd == -1)
		return err_errno(err, "%s", path);
	n = fstat(fd, &st) == 0 ? read(fd, data, sizeof(data)) : -1;
	if (n < 0)
		err_errno(err, "%s", path);
	close(fd);
	if (n < 0)
		return -1;
	if ((st.st_mode & 077) != 0)
		return err_set(err, EX_CONFIG, "%s: others can read the password: "
		    "chmod 600", path);
	while (n > 0 && (data[n - 1] == '\n' || data[n - 1] == '\r'))
		n--;
	if (n == 0 || n == sizeof(data) || memchr(data, '\0', (size_t)n) != NULL ||
	    memchr(data, '\n', (size_t)n) != NULL)
		return err_set(err, EX_CONFIG, "%s: holds no password on one line",
		    path);
	buf_add(out, data, (size_t)n);
	explicit_bzero(data, sizeof(data));
	return 0;
}

int
credential_read(const char *file, const char *name, const char *setting,
    struct buf *out, struct err *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	struct buf path = BUF(8192);
	int r;

	if (file != NULL && file[0] != '\0')
		return read_password(file, out, err);
	if (folder == NULL)
		return err_set(err, EX_CONFIG, "no password: set %s, or give the "
		    "service a credential %s", setting, name);
	buf_printf(&path, "%s/%s", folder, name);
	r = read_password(buf_text(&path), out, err);
	buf_free(&path);
	return r;
}

void
credential_wipe(struct buf *password)
{
	if (password->data != NULL)
		explicit_bzero(password->data, password->len);
	buf_free(password);
}

int
credential_is_here(const char *url)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };
	const char *host = strstr(url, "://");

	for (size_t i = 0; host != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (strncmp(host + 3, names[i], n) == 0 &&
		    (host[3 + n] == '\0' || host[3 + n] == ':' || host[3 + n] == '/'))
			return 1;
	}
	return 0;
}
