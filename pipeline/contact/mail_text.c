#include <stdio.h>
#include <string.h>

#include "config/settings.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/utf8.h"
#include "pipeline/contact/mail_art14.h"
#include "pipeline/contact/mail_html.h"
#include "pipeline/contact/message.h"
#include "pipeline/contact/token.h"
#include "pipeline/store/keys.h"

#include "pipeline/contact/mail_text.h"

enum { TEMPLATE_MAX = 256 << 10, MAIL_MAX = 1 << 20 };
enum { FIRST_DAY = 18262, LAST_DAY = FIRST_DAY + 0xffff };	/* of a token */

static const char *
either(const char *study, const char *settings)
{
	if (study != NULL && *study != '\0')
		return study;
	return settings != NULL ? settings : "";
}

/* As a Norwegian letter writes it. */
static void
day_text(int32_t day, char out[static 12])
{
	int y, m, d;

	out[0] = '\0';
	if (day == DATE_NONE)
		return;
	date_civil(day, &y, &m, &d);
	snprintf(out, 12, "%02u.%02u.%04u", (unsigned)d % 100, (unsigned)m % 100,
	    (unsigned)y % 10000);
}

static int
load_file(const struct mail_text *t, const char *file, int html, int reminder,
    struct buf *b, struct err *err)
{
	struct buf path = BUF(8192);
	int r = -1;

	if (*file != '/')
		buf_printf(&path, "%s/", t->study->folder);
	buf_str(&path, file);
	if (file_read(buf_text(&path), TEMPLATE_MAX, b, err) != 0)
		goto out;
	if (!utf8_valid(buf_text(b), b->len) ||
	    memchr(buf_text(b), '\0', b->len) != NULL) {
		err_set(err, EX_DATAERR, "%s: not UTF-8: save it as UTF-8",
		    buf_text(&path));
		goto out;
	}
	if (b->len >= 3 && memcmp(b->data, "\xef\xbb\xbf", 3) == 0)
		memmove(b->data, b->data + 3, (b->len -= 3) + 1);
	if (b->len == 0)
		err_set(err, EX_DATAERR, "%s: is empty", buf_text(&path));
	else if (html && mail_html_check(buf_text(b), err) != 0)
		err_context(err, "%s", buf_text(&path));
	else
		r = mail_art14_check(t->study, buf_text(b), file, reminder, err);
out:
	buf_free(&path);
	return r;
}

/* Which files a wave's letters are made of, and its subject: the first reminder's
 * where a later one has none of its own. */
static struct study_nth
parts_of(const struct mail_text *t, int reminder)
{
	const struct study *s = t->study;
	struct study_nth p = { reminder && s->reminder_subject != NULL ?
	    s->reminder_subject : either(s->subject, s->title.nb),
	    reminder ? s->reminder : s->invite,
	    reminder ? s->reminder_html : s->invite_html };

	if (reminder < 2 || reminder > STUDY_REMINDERS)
		return p;
	if (s->nth[reminder].subject != NULL)
		p.subject = s->nth[reminder].subject;
	if (s->nth[reminder].text != NULL) {
		p.text = s->nth[reminder].text;
		p.html = s->nth[reminder].html;
	}
	return p;
}

static int
load_templates(struct mail_text *t, int reminder, struct err *err)
{
	struct study_nth p = parts_of(t, reminder);

	if (p.text == NULL)
		return err_set(err, EX_CONFIG, "the study file names no template for "
		    "this wave ([mail] %s)", reminder ? "reminder" : "invite");
	if (load_file(t, p.text, 0, reminder, &t->template, err) != 0 ||
	    (p.html != NULL &&
	    load_file(t, p.html, 1, reminder, &t->html, err) != 0))
		return -1;
	mail_art14_text(t->study, t->register_date, 0, &t->art14);
	mail_art14_text(t->study, t->register_date, 1, &t->art14_en);
	return 0;
}

static int
split_bounce(struct mail_text *t, const char *bounce, struct err *err)
{
	const char *at = strchr(bounce, '@');
	size_t n;

	if (*bounce == '\0')
		return err_set(err, EX_CONFIG, "no address that returns come to: set "
		    "[mail] bounce in the study file or the settings");
	n = at != NULL ? (size_t)(at - bounce) : 0;
	if (n == 0 || n >= sizeof(t->name) || strlen(at + 1) >= sizeof(t->domain))
		return err_set(err, EX_CONFIG, "[mail] bounce is no NAME@DOMAIN");
	memcpy(t->name, bounce, n);
	t->name[n] = '\0';
	snprintf(t->domain, sizeof(t->domain), "%s", at + 1);
	return token_fits(t->name, t->domain, err);
}

static void
sum_up(struct mail_text *t, int reminder)
{
	const char *const part[] = { t->subject, t->from, t->from_name,
		t->study->link != NULL ? t->study->link : "" };
	unsigned char sum[HASH_SIZE];
	struct hash *h = hash_begin();

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
		hash_add(h, part[i], strlen(part[i]) + 1);
	if (t->study->unsubscribe != NULL)
		hash_add(h, t->study->unsubscribe, strlen(t->study->unsubscribe) + 1);
	hash_add(h, reminder ? "r" : "i", 1);
	hash_add(h, buf_text(&t->template), t->template.len);
	if (t->html.len > 0) {
		hash_add(h, "html", 5);
		hash_add(h, buf_text(&t->html), t->html.len);
	}
	hash_end(h, sum);
	hash_hex(sum, sizeof(sum), t->sha256);
}

/* Does it all come out for somebody whose every field is there? */
static int
try_out(const struct mail_text *t, struct err *err)
{
	static const struct mail_unit nobody = { .token =
		"aaaaaaaaaaaaaaaaaaaaaaaaaa", .name = "x", .address = "x@example.no",
		.area = "", .group = "" };
	struct arena *arena = arena_new();
	struct letter l;
	int r = mail_text_letter(t, &nobody, 0, arena, &l, err);

	arena_free(arena);
	return r;
}

/* RFC 8058, 3.1: HTTPS; and nothing that structures the header (RFC 2369). */
static int
is_click(const char *s)
{
	if (s == NULL)
		return 1;
	if (strncmp(s, "https://", 8) != 0)
		return 0;
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s >= 0x7f || strchr("<>,\"", *s) != NULL)
			return 0;
	return 1;
}

int
mail_text_load(const struct world *w, const struct study *s,
    const struct mail_wave *v, int mail, const char *bounce, struct mail_text *t,
    struct err *err)
{
	const struct settings *set = w->set;

	memset(t, 0, sizeof(*t));
	t->w = w;
	t->study = s;
	t->mail = mail;
	t->template = t->html = (struct buf)BUF(TEMPLATE_MAX);
	t->art14 = t->art14_en = (struct buf)BUF(TEMPLATE_MAX);
	t->planned = v->mailing != 0 ? v->planned : w->now;
	t->delimiter = set->delimiter != NULL && set->delimiter[0] != '\0' ?
	    set->delimiter[0] : '+';
	t->from = either(s->from, set->from);
	t->from_name = either(s->from_name, set->from_name);
	t->subject = parts_of(t, v->reminder).subject;
	day_text(v->register_date, t->register_date);
	day_text(s->answers.deadline == MOMENT_NONE ? DATE_NONE :
	    date_of(s->answers.deadline), t->deadline);
	if (split_bounce(t, bounce != NULL ? bounce : either(s->bounce, set->bounce),
	    err) != 0)
		return -1;
	if (date_of(t->planned) < FIRST_DAY || date_of(t->planned) > LAST_DAY)
		return err_set(err, EX_OSERR, "the clock is wrong: a mailing before "
		    "2020 or after 2199");
	if (mail && *t->from == '\0')
		return err_set(err, EX_CONFIG, "no sender: set [mail] from in the "
		    "study file or the settings");
	if (mail && !is_click(s->unsubscribe))
		return err_set(err, EX_CONFIG, "[mail] unsubscribe is no https address "
		    "that can stand in a header");
	if (mail && load_templates(t, v->reminder, err) != 0)
		return -1;
	sum_up(t, v->reminder);
	return try_out(t, err);
}

void
mail_text_free(struct mail_text *t)
{
	buf_free(&t->template);
	buf_free(&t->html);
	buf_free(&t->art14);
	buf_free(&t->art14_en);
}

/* Of its letter: of the plan, or of its draw where that came after. */
static int64_t
moment_of(const struct mail_text *t, const struct mail_unit *u)
{
	return u->drawn > t->planned ? u->drawn : t->planned;
}

void
mail_text_token(const struct mail_text *t, const struct mail_unit *u,
    int64_t recipient, char out[static 26])
{
	const struct keys *k = t->w->keys;
	const struct token_keys keys = { (const unsigned char (*)[32])k->bounce,
		k->bounce_set, k->bounce_now };

	token_make(&keys, t->domain, recipient, date_of(moment_of(t, u)), out);
}

static const char *
label_of(const struct mail_text *t, const char *name, int area)
{
	const struct study *s = t->study;

	for (size_t i = 0; area && i < s->narea; i++)
		if (strcmp(s->area[i].name, name) == 0)
			return s->area[i].label.nb;
	for (size_t i = 0; !area && i < s->ngroup; i++)
		if (strcmp(s->group[i].name, name) == 0)
			return s->group[i].label.nb;
	return name;
}

static const char *
known(const char *s)
{
	return s != NULL && *s != '\0' ? s : NULL;
}

static int
make_link(const struct mail_text *t, const char *token, struct arena *arena,
    const char **ret, struct err *err)
{
	const struct message_field field = { "token", token };
	struct buf b = BUF(8192);
	int r = 0;

	*ret = "";
	if (t->study->link == NULL)
		return 0;
	if ((r = message_expand(t->study->link, &field, 1, &b, err)) == 0)
		*ret = arena_str(arena, buf_text(&b));
	else
		err_context(err, "[mail] link");
	buf_free(&b);
	return r;
}

static int
make_mail(const struct mail_text *t, const struct letter *l, int64_t date,
    const struct message_field *field, size_t n, const char *ref,
    struct buf *mail, struct err *err)
{
	const struct message_field token = { "token", ref };
	struct buf body = BUF(MAIL_MAX), html = BUF(MAIL_MAX), subject = BUF(4096), id = BUF(512),
	    unsubscribe = BUF(1024), click = BUF(2048);
	int r = -1;

	if (message_expand(buf_text(&t->template), field, n, &body, err) != 0) {
		err_context(err, "template");
		goto out;
	}
	if (t->html.len > 0 &&
	    message_expand_html(buf_text(&t->html), field, n, &html, err) != 0) {
		err_context(err, "HTML template");
		goto out;
	}
	if (message_expand(t->subject, field, n, &subject, err) != 0) {
		err_context(err, "[mail] subject");
		goto out;
	}
	if (body.over || html.over || subject.over) {
		err_set(err, EX_DATAERR, "the message is too long");
		goto out;
	}
	if (t->study->unsubscribe != NULL &&
	    message_expand(t->study->unsubscribe, &token, 1, &click, err) != 0) {
		err_context(err, "[mail] unsubscribe");
		goto out;
	}
	buf_printf(&id, "%s@%s", ref, t->domain);
	buf_printf(&unsubscribe, "mailto:%s?subject=unsubscribe",
	    l->return_address);
	const struct message m = { .return_path = l->return_address,
	    .from = t->from, .from_name = t->from_name, .to = l->address,
	    .to_name = l->name, .subject = buf_text(&subject),
	    .body = buf_text(&body),
	    .html = t->html.len > 0 ? buf_text(&html) : NULL,
	    .date = date, .message_id = buf_text(&id), .ref = ref,
	    .unsubscribe = buf_text(&unsubscribe),
	    .one_click = known(buf_text(&click)) };
	r = 0;
	if (t->show)
		message_show(&m, mail);
	else
		r = message_build(&m, mail, err);
out:
	buf_free(&body);
	buf_free(&html);
	buf_free(&subject);
	buf_free(&id);
	buf_free(&unsubscribe);
	buf_free(&click);
	return r;
}

int
mail_text_letter(const struct mail_text *t, const struct mail_unit *u,
    int64_t recipient, struct arena *arena, struct letter *l, struct err *err)
{
	const struct study *s = t->study;
	struct buf mail = BUF(MAIL_MAX);
	char ref[64];
	int r;

	memset(l, 0, sizeof(*l));
	if (t->trial > 0)
		snprintf(ref, sizeof(ref), "trial-%d-%lld", t->trial,
		    (long long)t->w->now);
	else if (u->ref != NULL && *u->ref != '\0')
		snprintf(ref, sizeof(ref), "%s", u->ref);
	else
		mail_text_token(t, u, recipient, ref);
	l->recipient = recipient;
	l->address = u->address;
	l->name = u->name;
	l->token = u->token;
	l->area = label_of(t, u->area, 1);
	l->group = label_of(t, u->group, 0);
	l->return_address = t->trial > 0 ? t->from : arena_printf(arena,
	    "%s%c%s@%s", t->name, t->delimiter, ref, t->domain);
	if (make_link(t, u->token, arena, &l->link, err) != 0)
		return -1;
	if (!t->mail)
		return 0;
	const struct message_field field[] = {
		{ "name", u->name }, { "email", u->address }, { "token", u->token },
		{ "link", known(l->link) }, { "area", l->area },
		{ "group", l->group }, { "title", known(s->title.nb) },
		{ "purpose", known(s->purpose) },
		{ "controller", known(s->controller) },
		{ "legal_basis", known(s->legal_basis) },
		{ "contact", known(s->contact) }, { "from_name", known(t->from_name) },
		{ "register_date", known(t->register_date) },
		{ "deadline", known(t->deadline) },
		{ "retention", known(s->retention) },
		{ "art14", known(buf_text(&t->art14)) },
		{ "art14_en", known(buf_text(&t->art14_en)) },
	};
	r = make_mail(t, l, moment_of(t, u), field, sizeof(field) / sizeof(field[0]), ref, &mail, err);
	if (r == 0) {
		l->message = arena_strn(arena, mail.data, mail.len);
		l->len = mail.len;
	}
	buf_free(&mail);
	return r;
}
