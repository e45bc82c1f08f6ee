/* family -- see family.h. */

#include <string.h>

#include "pipeline/base/buf.h"
#include "pipeline/contact/family.h"
#include "pipeline/contact/notice.h"

enum { LINES = 8192, EXCERPT = 3000, MANY = 20, EXCERPT_MANY = 400 };

struct line {
	const char *s;		/* without outer blanks */
	size_t len;
	size_t indent;
	const char *address;	/* in its place on this line; or NULL */
	const char *original;
	int place;		/* 3: alone or leading, 2: labelled, 0: none */
	size_t rest;		/* where the text after the address begins */
};

struct reader {
	struct arena *mem;
	struct family *f;
	struct line *line;
	size_t n;
	const char *const *own;
	size_t nown, max;
};

static int
is_header_line(const struct line *l)
{
	static const char *const names[] = { "received: ", "return-path: ",
	    "dkim-signature: ", "message-id: <", "x-google-dkim", "arc-seal: ",
	    "delivered-to: " };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (field_starts(l->s, l->len, names[i]))
			return (l->indent == 0 || i < 2);
	return (0);
}

/* Cut the text into lines up to the copy. */
static void
split(struct reader *r, const char *text, size_t len)
{
	const char *s = text, *end = text + len, *nl;
	struct line *l;
	size_t quoted = 0, room;

	for (room = 1; s < end && room < LINES; room++)
		if ((s = memchr(s, '\n', (size_t)(end - s))) == NULL ||
		    ++s == end)
			break;
	s = text;
	r->line = arena_alloc(r->mem, room * sizeof(*r->line));
	while (s < end && r->n < room) {
		nl = memchr(s, '\n', (size_t)(end - s));
		if (nl == NULL)
			nl = end;
		l = &r->line[r->n];
		l->s = s;
		l->len = (size_t)(nl - s);
		while (l->len > 0 && *l->s == ' ')
			l->s++, l->len--, l->indent++;
		while (l->len > 0 && l->s[l->len - 1] == ' ')
			l->len--;
		if (is_header_line(l) ||
		    (r->n > 0 && notice_is_copy_line(l->s, l->len))) {
			r->f->copy = is_header_line(l) ? s :
			    nl < end ? nl + 1 : end;
			r->f->body = arena_strn(r->mem, text, (size_t)(s - text));
			break;
		}
		/* Quoted: somebody's answer or forward.  ">>>" is a transcript,
		 * a single "> addr" a bullet. */
		if (l->len > 1 && l->s[0] == '>' && l->s[1] != '>')
			quoted++;
		r->n++;
		s = nl < end ? nl + 1 : end;
	}
	if (r->f->copy == NULL)
		r->f->body = arena_strn(r->mem, text, (size_t)(s - text));
	if (quoted > 3)
		for (l = r->line; l < r->line + r->n; l++)
			if (l->len > 0 && l->s[0] == '>')
				l->len = 0;
}

static int
address_octet(char c)
{

	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || strchr("!#$%&*+-/=?^_`{|}~.", c) != NULL ||
	    (unsigned char)c >= 0x80);
}

/*
 * The address around the "@" at ${at}: from *${from} to *${to}, without what
 * encloses it.  NULL if it is none.
 */
static const char *
around(struct arena *mem, const char *s, size_t len, size_t at, size_t *from,
    size_t *to)
{
	size_t a = at, b = at + 1;

	if (a > 0 && s[a - 1] == '"') {		/* "quoted local part"@ */
		for (a--; a > 0 && s[a - 1] != '"'; a--)
			continue;
		if (a > 0)
			a--;
	} else
		while (a > 0 && at - a < 254 && address_octet(s[a - 1]))
			a--;
	while (b < len && b - at < 254 && (address_octet(s[b]) || s[b] == '[' ||
	    (s[b] == ']' && memchr(s + at, '[', b - at) != NULL)))
		b++;
	/* "=" before it is a label: addr=..., RFC822=... */
	while (a < at && (s[a] == '=' && s[a + 1] != '?'))
		a++;
	if (field_starts(s + a, at - a, "smtp="))
		a += 5;
	if (field_starts(s + a, at - a, "dda:smtp="))
		a += 9;
	while (a < at && (s[a] == '*' || s[a] == '`' || s[a] == '-'))
		a++;
	while (b > at + 1 && strchr(".-*`=!?", s[b - 1]) != NULL)
		b--;
	*from = a;
	*to = b;
	return (field_address(mem, s + a, b - a));
}

/* What may stand in front of an address that is in its place. */
static int
only_bullets(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (strchr(" <>*-\"'`([:.=", s[i]) == NULL &&
		    (unsigned char)s[i] < 0x80)
			return (0);
		else if ((unsigned char)s[i] >= 0x80 && len > 8)
			return (0);
	return (1);
}

/* "SMTP:", "rfc822;", "To:", a display name in quotes before <addr>. */
static int
only_label(const char *s, size_t len)
{

	if (len > 5 && field_starts(s + len - 5, 5, "smtp="))
		return (1);

	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '<' ||
	    s[len - 1] == '"' || s[len - 1] == '\'' || s[len - 1] == '['))
		len--;
	return (len >= 4 && len < 40 && (field_starts(s + len - 5 + (len < 5),
	    5, "smtp:") || field_starts(s, len, "rfc822")));
}

static int
is_own(const struct reader *r, const char *address)
{
	size_t i;

	for (i = 0; i < r->nown; i++)
		if (r->own[i] != NULL && field_same(r->own[i], address))
			return (1);
	return (field_starts(address, strlen(address), "postmaster@") ||
	    field_starts(address, strlen(address), "mailer-daemon@") ||
	    field_starts(address, strlen(address), "abuse@"));
}

/* "(expanded from <a@b>)", "(generated from a@b)", "(was addressed to a@b)". */
static const char *
expanded(struct arena *mem, const char *s, size_t len)
{
	static const char *const words[] = { "expanded from", "generated from",
	    "was addressed to", "originally addressed to", "generated by",
	    "original address:" };
	const char *p, *at;
	size_t i, from, to, n;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		p = field_find(s, len, words[i]);
		if (p == NULL)
			continue;
		n = len - (size_t)(p - s);
		at = memchr(p, '@', n);
		if (at == NULL || at - p > 120)
			continue;
		return (around(mem, p, n, (size_t)(at - p), &from, &to));
	}
	return (NULL);
}

/* "on 2 March", "den 02.03.2026", "am 02.03.2026": Exchange's date. */
static int
is_date(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len && i < 8 && s[i] != ' ')
		i++;
	return (field_starts(s, len, "on ") || (i > 0 && i + 1 < len &&
	    s[i] == ' ' && s[i + 1] >= '0' && s[i + 1] <= '9'));
}

/* What may stand behind an address in its place. */
static int
good_rest(const char *s, size_t len)
{

	return (len == 0 || s[0] == ':' || s[0] == ',' || s[0] == ';' ||
	    s[0] == '.' || s[0] == '(' || s[0] == '<' || s[0] == '-' ||
	    s[0] == '\t' || s[0] == '[' ||
	    is_date(s, len) || field_starts(s, len, "... "));
}

/* "550 ...", "<<< 550 ...": a line of a transcript. */
static int
is_reply(const char *s, size_t len)
{

	if (field_starts(s, len, "<<< "))
		s += 4, len -= 4;
	return (len > 4 && (s[0] == '4' || s[0] == '5') && s[1] >= '0' &&
	    s[1] <= '7' && s[2] >= '0' && s[2] <= '9' &&
	    (s[3] == ' ' || s[3] == '-'));
}

static void
look(struct reader *r, struct line *l)
{
	const char *p = l->s, *end = l->s + l->len, *a = NULL, *b;
	size_t from = 0, to = 0, x, y, lead;
	int n = 0;

	if (l->len < 4 || l->len > 1000)
		return;
	/* The first that is not our own; else the first. */
	for (; n < 5 && (p = memchr(p, '@', (size_t)(end - p))) != NULL; p++) {
		b = around(r->mem, l->s, l->len, (size_t)(p - l->s), &x, &y);
		if (b == NULL)
			continue;
		if (n++ == 0 || !is_own(r, b)) {
			a = b;
			from = x;
			to = y;
		}
		if (!is_own(r, b))
			break;
	}
	if (a == NULL)
		return;
	l->original = expanded(r->mem, l->s, l->len);
	lead = from;
	l->rest = to;
	while (l->rest < l->len && strchr("\">'])", l->s[l->rest]) != NULL)
		l->rest++;
	while (l->rest < l->len && l->s[l->rest] == ' ')
		l->rest++;
	l->address = a;
	if (field_starts(l->s, l->len, "(expanded") ||
	    field_starts(l->s, l->len, "(generated") ||
	    field_starts(l->s, l->len, "generated by") ||
	    field_starts(l->s, l->len, "(ultimately") ||
	    field_starts(l->s, l->len, "(was addressed")) {
		l->address = NULL;	/* belongs to the line above */
		return;
	}
	if ((only_bullets(l->s, lead) &&
	    good_rest(l->s + l->rest, l->len - l->rest)) ||
	    (only_label(l->s, lead) &&
	    good_rest(l->s + l->rest, l->len - l->rest)) ||
	    /* "Name" <addr> alone */
	    (lead > 1 && l->s[lead - 1] == '<' && l->s[0] == '"' &&
	    l->rest == l->len))
		l->place = 3;
	else if (is_reply(l->s, l->len) || (notice_is_label(l->s, l->len) &&
	    !notice_is_aside(l->s, lead)))
		l->place = 2;
	else
		l->address = NULL;
}

/* A line of words, no heading and no address. */
static int
is_reason_above(const struct line *l)
{

	return (l->len > 0 && l->address == NULL && l->s[l->len - 1] != ':' &&
	    strchr("-=*_#", l->s[0]) == NULL &&
	    !notice_is_label(l->s, l->len));
}

/* The text beside and beneath line ${i}: to the next failed address, or to an
 * empty line that is not followed by an indented one. */
static const char *
beneath(struct reader *r, size_t i, size_t *next)
{
	struct buf b = BUF(r->f->n < MANY ? EXCERPT : EXCERPT_MANY);
	struct line *l = &r->line[i];
	const char *ret, *address = l->address;
	char *lower;
	size_t j;
	int any = 0;

	address = lower = arena_str(r->mem, address);
	for (j = 0; lower[j] != '\0'; j++)
		lower[j] = field_lower(lower[j]);
	if (l->place == 3)
		buf_add(&b, l->s + l->rest, l->len - l->rest);
	else
		buf_add(&b, l->s, l->len);
	any = b.len > 3;
	for (j = i + 1; j < r->n; j++) {
		l = &r->line[j];
		if (l->place == 3 && (l->indent <= r->line[i].indent ||
		    r->line[i].place != 3))
			break;
		if (l->place == 2 && r->line[i].place == 2 &&
		    !field_same(l->address, r->line[i].address))
			break;
		/* A heading parts what is said of one from what is of all. */
		if (l->len > 3 && strncmp(l->s, "---", 3) == 0) {
			if (any)
				break;
			continue;
		}
		if (l->len == 0) {
			if (any && (j + 1 >= r->n || r->line[j + 1].indent == 0))
				break;
			continue;
		}
		/* A transcript goes on with others. */
		if (r->line[i].place == 2 && (is_reply(l->s, l->len) ||
		    field_starts(l->s, l->len, ">>> ")) && any &&
		    field_find(l->s, l->len, address) == NULL)
			break;
		any = 1;
		buf_chr(&b, '\n');
		if (b.len + l->len > b.max)
			break;
		buf_add(&b, l->s, l->len);
	}
	/* Notes and others put the reason in front of the address. */
	if (!any && i > 0 && is_reason_above(&r->line[i - 1]))
		buf_add(&b, r->line[i - 1].s, r->line[i - 1].len);
	*next = j;
	ret = arena_strn(r->mem, buf_text(&b), b.len);
	buf_free(&b);
	return (ret);
}

static void
add_failure(struct reader *r, size_t i)
{
	struct family *f = r->f;
	struct family_failure *x;
	size_t j, next;
	const char *text = beneath(r, i, &next);

	for (j = 0; j < f->n; j++)
		if (field_same(f->failure[j].address, r->line[i].address)) {
			/* Said again: keep both texts, in one. */
			if (strlen(f->failure[j].text) + strlen(text) < EXCERPT)
				f->failure[j].text = arena_printf(r->mem,
				    "%s\n%s", f->failure[j].text, text);
			return;
		}
	if (f->n == r->max) {
		f->more = 1;
		return;
	}
	x = &f->failure[f->n++];
	f->placed = f->placed || r->line[i].place == 3;
	x->address = r->line[i].address;
	x->text = text;
	x->original = r->line[i].original;
	for (j = i + 1; j < next && x->original == NULL; j++)
		if (r->line[j].len > 0 && r->line[j].address == NULL)
			x->original = expanded(r->mem, r->line[j].s,
			    r->line[j].len);
}

/* Failed addresses of the strongest place there is, own ones last. */
static void
collect(struct reader *r)
{
	size_t i, count = 0;
	int place, own;

	for (i = 0; i < r->n; i++) {
		look(r, &r->line[i]);
		count += r->line[i].address != NULL;
	}
	if (count == 0)
		return;
	if (count > r->max)
		count = r->max;
	r->f->failure = arena_alloc(r->mem, count * sizeof(*r->f->failure));
	for (own = 0; own < 2 && r->f->n == 0; own++)
		for (place = 3; place >= 2 && r->f->n == 0; place--)
			for (i = 0; i < r->n; i++)
				if (r->line[i].place == place &&
				    is_own(r, r->line[i].address) == own)
					add_failure(r, i);
}

void
family_read(struct arena *mem, const char *text, size_t len,
    const char *const *own, size_t nown, size_t max, struct family *ret)
{
	struct reader r = { mem, ret, NULL, 0, own, nown, max };
	struct buf b = BUF(len + LINES + 2);
	const struct notice_mark *mark;
	size_t i;

	memset(ret, 0, sizeof(*ret));
	ret->body = "";
	split(&r, text, len);
	/* The marks are looked for in what is left: no copy, nothing quoted,
	 * lines joined as they stand. */
	buf_chr(&b, '\n');
	for (i = 0; i < r.n; i++) {
		buf_add(&b, r.line[i].s, r.line[i].len);
		buf_chr(&b, '\n');
	}
	mark = notice_recognise(buf_text(&b), b.len, &ret->kind);
	if (mark != NULL) {
		ret->name = mark->name;
		ret->weak = mark->weak;
	}
	buf_free(&b);
	collect(&r);
}
