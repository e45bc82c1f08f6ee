#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/csv.h"
#include "pipeline/base/file.h"
#include "pipeline/base/json.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/talk.h"

#include "pipeline/contact/mail_out.h"

enum { CSV_MAX = 512 << 20, FIELDS = 10 };

/*
 * What a platform reads: a heading, and a row for each letter.  Fields that are
 * the same in every row stand in the table; NULL ends it.
 */
enum what { SAME, TOKEN, EMAIL, NAME, LINK, RETURN, AREA, GROUP, ATTRIBUTES };
struct form {
	int bare;			/* no heading */
	struct { const char *head; enum what what; const char *same; } field[FIELDS];
};

static const struct form own = { 0, {
	{ "token", TOKEN, NULL }, { "email", EMAIL, NULL }, { "name", NAME, NULL },
	{ "link", LINK, NULL }, { "return_address", RETURN, NULL },
	{ "area", AREA, NULL }, { "group", GROUP, NULL } } };

/* A unit has no first name.  usesleft over 0 is what lets a token in. */
static const struct form limesurvey = { 0, {
	{ "firstname", SAME, "" }, { "lastname", NAME, NULL },
	{ "email", EMAIL, NULL }, { "emailstatus", SAME, "OK" },
	{ "token", TOKEN, NULL }, { "language", SAME, "nb" },
	{ "usesleft", SAME, "1" }, { "attribute_1 <area>", AREA, NULL },
	{ "attribute_2 <group>", GROUP, NULL } } };

static const struct form qualtrics = { 0, {
	{ "Email", EMAIL, NULL }, { "FirstName", SAME, "" },
	{ "LastName", NAME, NULL }, { "ExternalDataReference", TOKEN, NULL },
	{ "Language", SAME, "NO" }, { "area", AREA, NULL },
	{ "group", GROUP, NULL } } };

static const struct form listmonk = { 0, {
	{ "email", EMAIL, NULL }, { "name", NAME, NULL },
	{ "attributes", ATTRIBUTES, NULL } } };

/* Addresses to be pasted. */
static const struct form nettskjema = { 1, { { "email", EMAIL, NULL } } };

struct list {
	char *path;
	const struct form *form;
};

static int
csv_begin(const char *where, const struct form *form, void **ctx, struct err *err)
{
	struct buf tmp = BUF(8192);
	struct list *l;
	int fd, r = 0;

	/* Can a file be made there?  Better known before anything is planned. */
	buf_printf(&tmp, "%s.tmp", where);
	fd = open(buf_text(&tmp), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1) {
		r = err_errno(err, "%s", where);
		if (err->status == EX_NOINPUT)
			err->status = EX_CANTCREAT;
	} else {
		close(fd);
		unlink(buf_text(&tmp));
		l = mem_alloc(sizeof(*l));
		l->path = mem_str(where);
		l->form = form;
		*ctx = l;
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

/* listmonk's attributes: what a campaign's text names as .Subscriber.Attribs. */
static void
put_attributes(struct buf *b, int first, const struct letter *l)
{
	struct buf text = BUF(64 << 10);
	struct json j;

	json_begin(&j, &text, 0);
	json_object(&j);
	json_kstr(&j, "token", l->token);
	json_kstr(&j, "link", l->link);
	json_kstr(&j, "area", l->area);
	json_kstr(&j, "group", l->group);
	json_end(&j);
	csv_put(b, ',', first, buf_text(&text));
	buf_free(&text);
}

static void
put_row(struct buf *b, const struct form *f, const struct letter *l)
{
	for (size_t k = 0; k < FIELDS && f->field[k].head != NULL; k++) {
		const char *const of[] = { [SAME] = f->field[k].same,
			[TOKEN] = l->token, [EMAIL] = l->address, [NAME] = l->name,
			[LINK] = l->link, [RETURN] = l->return_address,
			[AREA] = l->area, [GROUP] = l->group };

		if (f->field[k].what == ATTRIBUTES)
			put_attributes(b, k == 0, l);
		else
			csv_put(b, ',', k == 0, of[f->field[k].what]);
	}
	buf_chr(b, '\n');
}

static int
csv_hand_over(void *ctx, const struct letter *l, size_t n, struct err *err)
{
	const struct list *list = ctx;
	const struct form *f = list->form;
	struct buf b = BUF(CSV_MAX);
	int r;

	for (size_t k = 0; !f->bare && k < FIELDS && f->field[k].head != NULL; k++)
		csv_put(&b, ',', k == 0, f->field[k].head);
	if (!f->bare)
		buf_chr(&b, '\n');
	for (size_t i = 0; i < n; i++)
		put_row(&b, f, &l[i]);
	talk_step("mail.4");
	r = b.over ? err_set(err, EX_DATAERR, "%s: too many letters", list->path) :
	    file_write(list->path, 0600, b.data, b.len, err);
	buf_free(&b);
	return r;
}

static void
csv_end(void *ctx)
{
	struct list *l = ctx;

	free(l->path);
	free(l);
}

#define LIST(name_, form_)						\
	static int							\
	begin_##form_(const char *where, const char *study, void **ctx,	\
	    struct err *err)						\
	{								\
		(void)study;						\
		return csv_begin(where, &form_, ctx, err);		\
	}								\
	const struct mail_out mail_##name_ = {				\
		.kind = #name_,						\
		.moves = 1,						\
		.open = begin_##form_,					\
		.there = csv_there,					\
		.put = csv_hand_over,					\
		.close = csv_end,					\
	}

LIST(csv, own);
LIST(limesurvey, limesurvey);
LIST(listmonk, listmonk);
LIST(nettskjema, nettskjema);
LIST(qualtrics, qualtrics);
