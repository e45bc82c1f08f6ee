#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/mem.h"
#include "pipeline/base/utf8.h"
#include "pipeline/register/record.h"
#include "pipeline/register/span.h"

#include "pipeline/register/csvscan.h"

/*
 * Records that lie whole in a piece are read where they lie.  The rest of a
 * piece goes into ${carry}, octet by octet through the states below, until the
 * record is whole: no octet is looked at more than three times.
 */

enum { COLUMNS = 1000 };	/* of a header: ten times today's */

enum state { AT_START, PLAIN, QUOTED, QUOTE_IN_QUOTED };

/* What is told in columns that only one kind has. */
static const char *const only_enhet[] = {
	"forretningsadresse.kommunenummer", "konkurs", "stiftelsesdato",
	"institusjonellSektorkode.kode"
};
static const char *const only_underenhet[] = {
	"beliggenhetsadresse.kommunenummer", "oppstartsdato", "datoEierskifte",
	"registreringsdatoIEnhetsregisteret"
};

struct csvscan {
	struct scan_to to;
	enum unit_kind kind;		/* asked for */
	const char *class;		/* respons_klasse; NULL: not told */
	struct scan_counts counts;
	struct record record;
	size_t line, next_line;

	int *column;			/* field of each, RECORD_NONE */
	size_t columns;			/* 0: no header yet */
	int slash_n;			/* lines are parted by "/n" */
	int begun;			/* the byte order mark is behind us */

	enum state state;		/* at the end of ${carry} */
	struct buf carry;
	struct buf plain;		/* a field without its quotes' doubling */
};

/* --- fields ----------------------------------------------------------------- */

/* The next quote, or NULL.  Most are near, where memchr() costs more than it
 * gains. */
static inline const char *
next_quote(const char *p, const char *end)
{
	struct span span = { 0, 0 };
	unsigned n = 0;

	for (; end - p >= SPAN; p += n) {
		n = span_run(&span, (const unsigned char *)p, NULL, 0);
		if (n < SPAN && p[n] == '"')
			return p + n;
		n += n < SPAN;		/* it stops at more than quotes */
	}
	return p < end ? memchr(p, '"', (size_t)(end - p)) : NULL;
}

/* "", between commas: more than half of the fields are. */
static inline int
is_empty_field(const char *p, const char *end)
{
	return end - p >= 3 && p[0] == '"' && p[1] == '"' && p[2] == ',';
}

struct field {
	const char *text;
	size_t len;
	int stray;			/* a quote where none belongs */
};

/* The quoted field whose first quote is at ${p}; where it ends. */
static const char *
quoted_field(struct csvscan *s, const char *p, const char *end, struct field *f)
{
	const char *from = ++p, *q;
	int doubled = 0;

	for (;;) {
		q = next_quote(p, end);
		if (q == NULL) {		/* only at the end of the file */
			f->stray = 1;
			q = end;
			break;
		}
		if (q + 1 == end || q[1] != '"')
			break;
		if (!doubled)
			buf_clear(&s->plain);
		buf_add(&s->plain, from, (size_t)(q + 1 - from));
		doubled = 1;
		from = p = q + 2;
	}
	f->text = from;
	f->len = (size_t)(q - from);
	if (doubled) {
		buf_add(&s->plain, from, f->len);
		f->text = buf_text(&s->plain);
		f->len = s->plain.len;
	}
	return q < end ? q + 1 : end;
}

/* The next field; returns where its comma or the end of the record is. */
static const char *
next_field(struct csvscan *s, const char *p, const char *end, struct field *f)
{
	const char *q;

	f->stray = 0;
	if (is_empty_field(p, end)) {
		f->text = p + 1;
		f->len = 0;
		return p + 2;
	}
	if (p < end && *p == '"') {
		p = quoted_field(s, p, end, f);
		if (p == end || *p == ',')
			return p;
		f->stray = 1;
		q = memchr(p, ',', (size_t)(end - p));
		return q != NULL ? q : end;
	}
	q = memchr(p, ',', (size_t)(end - p));
	if (q == NULL)
		q = end;
	f->text = p;
	f->len = (size_t)(q - p);
	return q;
}

/* --- the header ------------------------------------------------------------- */

static int
named(const struct field *f, const char *name)
{
	return strlen(name) == f->len && strncasecmp(f->text, name, f->len) == 0;
}

static int
field_of(const struct field *f)
{
	static const char other[] = "registreringsdatoIEnhetsregisteret";
	const char *path = "registreringsdatoEnhetsregisteret";
	struct field asked = *f;

	if (named(f, other))
		asked = (struct field){ path, strlen(path), 0 };
	for (size_t i = 0; i < unit_fields_n; i++)
		if (unit_fields[i].path != NULL && named(&asked, unit_fields[i].path))
			return (int)i;
	return RECORD_NONE;
}

static int
one_of(const struct field *f, const char *const names[4])
{
	for (size_t i = 0; i < 4; i++)
		if (named(f, names[i]))
			return 1;
	return 0;
}

static int
header_kind(struct csvscan *s, int enhet, int underenhet, struct err *err)
{
	enum unit_kind kind = s->kind;

	if (enhet != underenhet)
		kind = enhet ? UNIT_ENHET : UNIT_UNDERENHET;
	if (s->kind != UNIT_ANY && kind != s->kind)
		return err_set(err, EX_DATAERR, "the columns are those of %s, not of %s",
		    enhet ? "enheter" : "underenheter",
		    enhet ? "underenheter" : "enheter");
	if (kind != UNIT_ANY)
		s->class = kind == UNIT_ENHET ? "Enhet" : "Underenhet";
	return 0;
}

static int
read_header(struct csvscan *s, const char *p, const char *end, struct err *err)
{
	int enhet = 0, underenhet = 0, orgnr = 0, email = 0;
	unsigned char *seen = mem_alloc(unit_fields_n);
	struct field f;
	int twice = RECORD_NONE, stray = 0;

	for (;; p++) {
		int field;

		p = next_field(s, p, end, &f);
		stray |= f.stray;
		if (s->columns == COLUMNS)
			break;
		field = s->column[s->columns++] = field_of(&f);
		enhet |= one_of(&f, only_enhet);
		underenhet |= one_of(&f, only_underenhet);
		orgnr |= named(&f, "organisasjonsnummer");
		email |= named(&f, "epostadresse");
		if (field != RECORD_NONE && seen[field]++ != 0)
			twice = field;
		if (p == end)
			break;
	}
	free(seen);
	s->slash_n = !email;
	if (!orgnr || stray)
		return err_set(err, EX_DATAERR, "not an extract: neither an array of "
		    "units nor CSV with a column organisasjonsnummer");
	if (p != end)
		return err_set(err, EX_DATAERR, "not an extract: more than %d columns",
		    COLUMNS);
	if (twice != RECORD_NONE)
		return err_set(err, EX_DATAERR, "not an extract: the column %s stands "
		    "twice", unit_fields[twice].path);
	return header_kind(s, enhet, underenhet, err);
}

/* --- values ----------------------------------------------------------------- */

static void
text_value(struct record *r, int field, const char *text, size_t len)
{
	buf_add(record_string(r), text, len);
	record_scalar(r, field, VALUE_STRING, r->text.data + r->value_at, len);
	record_string_end(r);
}

/* Where the line from ${p} on ends, and how long its end is. */
static const char *
line_end(const struct csvscan *s, const char *p, const char *end, size_t *skip)
{
	const char *q;

	*skip = 0;
	if (!s->slash_n) {
		q = memchr(p, '\n', (size_t)(end - p));
		*skip = q != NULL;
		return q != NULL ? q : end;
	}
	for (q = p; q < end; q++) {
		*skip = *q == '\n' ? 1 : end - q > 1 && q[0] == '/' && q[1] == 'n' ? 2 : 0;
		if (*skip > 0)
			return q;
	}
	return end;
}

static void
lines_value(struct csvscan *s, int field, const char *p, size_t len)
{
	struct record *r = &s->record;
	const char *end = p + len, *q;
	size_t skip, n;

	record_list(r, field);
	for (; r->list != RECORD_NONE && p < end; p = q + skip) {
		q = line_end(s, p, end, &skip);
		n = (size_t)(q - p);
		if (n > 0 && p[n - 1] == '\r')
			n--;
		buf_add(record_string(r), p, n);
		record_element(r, RECORD_STRING);
		record_string_end(r);
	}
	if (r->list != RECORD_NONE)
		record_list_end(r);
}

static int
is_number(const char *p, size_t len)
{
	size_t i = len > 0 && p[0] == '-', digits = 0;
	int points = 0;

	for (; i < len; i++) {
		if (p[i] >= '0' && p[i] <= '9')
			digits++;
		else if (p[i] != '.' || digits == 0 || points++ > 0)
			return 0;
	}
	return digits > 0 && p[len - 1] != '.';
}

static void
number_value(struct record *r, int field, const struct field *f)
{
	if (is_number(f->text, f->len))
		record_scalar(r, field, VALUE_NUMBER, f->text, f->len);
	else
		record_remark(r, field, "is no number");
}

static void
flag_value(struct record *r, int field, const struct field *f)
{
	if (named(f, "true"))
		record_scalar(r, field, VALUE_TRUE, "true", 4);
	else if (named(f, "false"))
		record_scalar(r, field, VALUE_FALSE, "false", 5);
	else
		record_remark(r, field, "is neither true nor false");
}

/* How many there are is not told, unless there are none. */
static void
count_value(struct record *r, int field, const struct field *f)
{
	if (!named(f, "false"))
		return;
	record_list(r, field);
	if (r->list != RECORD_NONE)
		r->list = RECORD_NONE;
}

static void
value(struct csvscan *s, int field, const struct field *f)
{
	struct record *r = &s->record;

	if (f->len == 0 || !record_wants(r, field))
		return;
	switch (unit_fields[field].type) {
	case UNIT_TEXT:
	case UNIT_SCALAR:
		text_value(r, field, f->text, f->len);
		return;
	case UNIT_LINES:
		lines_value(s, field, f->text, f->len);
		return;
	case UNIT_INT:
	case UNIT_REAL:
		number_value(r, field, f);
		return;
	case UNIT_BOOL:
		flag_value(r, field, f);
		return;
	case UNIT_COUNT:
		count_value(r, field, f);
		return;
	case UNIT_CODE:
	case UNIT_ORGNR:
	case UNIT_DATE:
		record_scalar(r, field, VALUE_STRING, f->text, f->len);
		return;
	case UNIT_NAMES:
	case UNIT_KIND:
	default:
		return;
	}
}

/* --- records ---------------------------------------------------------------- */

static int
tell(struct csvscan *s, const char *field, const char *why, int dropped,
    struct err *err)
{
	const struct scan_fault f = {
		.line = s->line, .number = s->counts.read,
		.orgnr = s->record.orgnr, .field = field, .why = why,
		.dropped = dropped,
	};

	return s->to.fault == NULL ? 0 : s->to.fault(s->to.ctx, &f, err);
}

static int
record_done(struct csvscan *s, struct err *err)
{
	struct record *r = &s->record;

	record_check(r, 0);
	record_end(r, s->kind);
	s->counts.read++;
	if (r->why != NULL) {
		s->counts.dropped++;
		return tell(s, r->why_field, r->why, 1, err);
	}
	for (size_t i = 0; i < r->remarks_n; i++)
		if (tell(s, r->remarks[i].field, r->remarks[i].why, 0, err) != 0)
			return -1;
	s->counts.units++;
	return s->to.unit(s->to.ctx, &r->unit, err);
}

static int
read_unit(struct csvscan *s, const char *p, const char *end, struct err *err)
{
	struct record *r = &s->record;
	struct field f;
	size_t n = 0;
	int stray = 0;

	record_begin(r);
	if (memchr(p, '\0', (size_t)(end - p)) != NULL)
		record_drop(r, RECORD_NONE, "holds a NUL");
	for (;; p++) {
		p = next_field(s, p, end, &f);
		stray |= f.stray;
		if (n < s->columns && s->column[n] != RECORD_NONE)
			value(s, s->column[n], &f);
		n++;
		if (p == end)
			break;
	}
	if (stray)
		record_drop(r, RECORD_NONE, "a quote inside a field");
	else if (n != s->columns)
		record_drop(r, RECORD_NONE, "not as many fields as the header has");
	if (r->why == NULL && s->class != NULL)
		r->unit.response_class = s->class;
	return record_done(s, err);
}

static size_t
newlines(const char *p, const char *end)
{
	size_t n = 0;

	for (; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
		n++;
	return n;
}

/* A record without its line end.  Blank lines are none. */
static int
one_record(struct csvscan *s, const char *p, const char *end, struct err *err)
{
	s->line = s->next_line;
	s->next_line += newlines(p, end) + 1;
	if (end > p && end[-1] == '\r')
		end--;
	if (!s->begun && end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	s->begun = 1;
	if (p == end)
		return 0;
	if (!utf8_valid(p, (size_t)(end - p)))
		return err_set(err, EX_DATAERR, "line %zu: not UTF-8", s->line);
	if (s->columns == 0)
		return read_header(s, p, end, err);
	return read_unit(s, p, end, err);
}

/* The newline that ends the record from ${p} on; NULL: not in here. */
static const char *
record_end_at(const char *p, const char *end)
{
	const char *q, *newline = NULL;

	for (;;) {
		while (is_empty_field(p, end))
			p += 3;
		if (p < end && *p == '"') {
			do {
				q = next_quote(p + 1, end);
				if (q == NULL || q + 1 == end)
					return NULL;
				p = q + 1;
			} while (*p == '"');
		}
		if (p < end && *p == ',') {
			p++;
			continue;
		}
		/* Up to the next comma or newline.  The newline is sought once:
		 * it is behind us only when a quoted field held it. */
		if (newline == NULL || newline < p)
			newline = memchr(p, '\n', (size_t)(end - p));
		if (newline == NULL)
			return NULL;
		q = memchr(p, ',', (size_t)(newline - p));
		if (q == NULL)
			return newline;
		p = q + 1;
	}
}

static int
too_long(const struct csvscan *s, struct err *err)
{
	return err_set(err, EX_DATAERR, "line %zu: a record longer than 1 MiB, or a "
	    "quote that is not closed", s->next_line);
}

/* One octet more of the carried record; 1: it ends the record. */
static int
carry(struct csvscan *s, char c)
{
	if (c == '\n' && s->state != QUOTED)
		return 1;
	switch (s->state) {
	case AT_START:
		s->state = c == '"' ? QUOTED : c == ',' ? AT_START : PLAIN;
		/* the mark is not the first field's first octet */
		if (!s->begun && s->carry.len < 3 &&
		    c == "\xef\xbb\xbf"[s->carry.len])
			s->state = AT_START;
		break;
	case PLAIN:
		if (c == ',')
			s->state = AT_START;
		break;
	case QUOTED:
		if (c == '"')
			s->state = QUOTE_IN_QUOTED;
		break;
	case QUOTE_IN_QUOTED:
	default:
		s->state = c == '"' ? QUOTED : c == ',' ? AT_START : PLAIN;
		break;
	}
	buf_chr(&s->carry, c);
	return 0;
}

static int
end_carried(struct csvscan *s, struct err *err)
{
	int r;

	if (s->carry.over)
		return too_long(s, err);
	r = one_record(s, buf_text(&s->carry), buf_text(&s->carry) + s->carry.len,
	    err);
	buf_clear(&s->carry);
	s->state = AT_START;
	return r;
}

/* --- from outside ----------------------------------------------------------- */

struct csvscan *
csvscan_new(enum unit_kind kind, const struct scan_to *to)
{
	struct csvscan *s = mem_alloc(sizeof(*s));

	s->to = *to;
	s->kind = kind;
	s->next_line = 1;
	s->column = mem_array(COLUMNS, sizeof(*s->column));
	s->carry = s->plain = (struct buf)BUF(SCAN_UNIT_MAX);
	record_init(&s->record);
	return s;
}

void
csvscan_free(struct csvscan *s)
{
	if (s == NULL)
		return;
	record_free(&s->record);
	buf_free(&s->carry);
	buf_free(&s->plain);
	free(s->column);
	free(s);
}

int
csvscan_push(struct csvscan *s, const void *data, size_t len, struct err *err)
{
	const char *p = data, *end = p + len, *q;

	while (p < end) {
		/* The first record may have the mark before its first quote. */
		if (s->begun && s->carry.len == 0) {
			while ((q = record_end_at(p, end)) != NULL) {
				if (q - p > SCAN_UNIT_MAX)
					return too_long(s, err);
				if (one_record(s, p, q, err) != 0)
					return -1;
				p = q + 1;
				if (p == end)
					return 0;
			}
		}
		while (p < end)
			if (carry(s, *p++)) {
				if (end_carried(s, err) != 0)
					return -1;
				break;
			} else if (s->carry.over)
				return too_long(s, err);
	}
	return 0;
}

int
csvscan_end(struct csvscan *s, struct err *err)
{
	size_t commas = 0;
	size_t line = s->next_line;

	if (s->carry.len > 0 && s->state == QUOTED)
		return err_set(err, EX_DATAERR, "line %zu: ends inside a quoted field",
		    line);
	if (s->carry.len > 0 && s->columns > 0) {
		const char *p = buf_text(&s->carry), *end = p + s->carry.len;
		struct field f;

		for (;; p++, commas++)
			if ((p = next_field(s, p, end, &f)) == end)
				break;
		if (commas + 1 < s->columns)
			return err_set(err, EX_DATAERR, "line %zu: ends in the middle of "
			    "a record", line);
	}
	if (s->carry.len > 0 && end_carried(s, err) != 0)
		return -1;
	if (s->columns == 0)
		return err_set(err, EX_DATAERR, "not an extract: empty");
	return 0;
}

struct scan_counts
csvscan_counts(const struct csvscan *s)
{
	return s->counts;
}

size_t
csvscan_line(const struct csvscan *s)
{
	return s->line;
}
