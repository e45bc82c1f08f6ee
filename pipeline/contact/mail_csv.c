#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"

#include "pipeline/contact/mail_out.h"

enum { CSV_MAX = 512 << 20 };

static int
csv_begin(const char *where, const char *study, void **ctx, struct err *err)
{
	struct buf tmp = BUF(8192);
	int fd, r = 0;

	/* Can a file be made there?  Better known before anything is planned. */
	(void)study;
	buf_printf(&tmp, "%s.tmp", where);
	fd = open(buf_text(&tmp), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1) {
		r = err_errno(err, "%s", where);
		if (err->status == EX_NOINPUT)
			err->status = EX_CANTCREAT;
	} else {
		close(fd);
		unlink(buf_text(&tmp));
		*ctx = mem_str(where);
	}
	buf_free(&tmp);
	return r;
}

static int
csv_there(void *ctx, int64_t recipient)
{
	(void)ctx;
	(void)recipient;
	return 0;
}

static int
csv_hand_over(void *ctx, const struct letter *l, size_t n, struct err *err)
{
	static const char *const head[] = { "token", "email", "name", "link",
		"return_address", "area", "group" };
	struct buf b = BUF(CSV_MAX);
	int r;

	for (size_t k = 0; k < sizeof(head) / sizeof(head[0]); k++)
		csv_put(&b, ',', k == 0, head[k]);
	buf_chr(&b, '\n');
	for (size_t i = 0; i < n; i++) {
		const char *const field[] = { l[i].token, l[i].address, l[i].name,
			l[i].link, l[i].return_address, l[i].area, l[i].group };

		for (size_t k = 0; k < sizeof(field) / sizeof(field[0]); k++)
			csv_put(&b, ',', k == 0, field[k]);
		buf_chr(&b, '\n');
	}
	talk_step("mail.4");
	r = b.over ? err_set(err, EX_DATAERR, "%s: too many letters", (char *)ctx) :
	    file_write(ctx, 0600, b.data, b.len, err);
	buf_free(&b);
	return r;
}

static void
csv_end(void *ctx)
{
	free(ctx);
}

const struct mail_out mail_csv = {
	.kind = "csv",
	.moves = 1,
	.open = csv_begin,
	.there = csv_there,
	.put = csv_hand_over,
	.close = csv_end,
};
