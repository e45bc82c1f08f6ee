#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "pipeline/register/record.h"

enum { FORMER_MAX = 1 << 16 };
static const char *const former_keys[RECORD_FORMERS] = {
	"navn", "fraDato", "tilDato"
};

static const char wrong_type[] = "has another type than the register's";

void
record_init(struct record *r)
{
	memset(r, 0, sizeof(*r));
	r->seen = mem_alloc(unit_fields_n);
	r->texts = mem_array(unit_fields_n, sizeof(*r->texts));
	r->text = (struct buf)BUF(SCAN_UNIT_MAX);
	for (int i = 0; i < RECORD_FORMERS; i++)
		r->former[i] = (struct buf)BUF(FORMER_MAX);
	r->list = RECORD_NONE;
	unit_clear(&r->blank);
}

void
record_free(struct record *r)
{
	for (int i = 0; i < RECORD_FORMERS; i++)
		buf_free(&r->former[i]);
	buf_free(&r->text);
	free(r->texts);
	free(r->seen);
}

void
record_begin(struct record *r)
{
	r->unit = r->blank;
	r->why = r->why_field = NULL;
	r->remarks_n = 0;
	r->orgnr[0] = '\0';
	memset(r->seen, 0, unit_fields_n);
	buf_clear(&r->text);
	r->texts_n = 0;
	r->value_at = 0;
	r->list = RECORD_NONE;
	for (int i = 0; i < RECORD_FORMERS; i++)
		buf_clear(&r->former[i]);
}

/* What it has filled is let go, so that a unit without end fills nothing. */
void
record_drop(struct record *r, int field, const char *why)
{
	if (r->why != NULL)
		return;
	r->why = why;
	r->why_field = field != RECORD_NONE ? unit_fields[field].path : NULL;
	buf_clear(&r->text);
	r->value_at = 0;
	r->texts_n = 0;
	r->list = RECORD_NONE;
}

void
record_check(struct record *r, size_t len)
{
	if (r->text.over || len > SCAN_UNIT_MAX)
		record_drop(r, RECORD_NONE, "longer than 1 MiB");
}

void
record_remark(struct record *r, int field, const char *why)
{
	if (r->why != NULL || r->remarks_n == SCAN_REMARKS)
		return;
	r->remarks[r->remarks_n].field = unit_fields[field].path;
	r->remarks[r->remarks_n++].why = why;
}

/* --- its end ---------------------------------------------------------------- */

/* "Enhet", "Underenhet", "SlettetEnhet", "SlettetUnderEnhet"; the case of the
 * letters is not certain. */
static enum unit_kind
class_kind(const char *class)
{
	char low[32];
	size_t n;

	if (strcmp(class, "Enhet") == 0)
		return UNIT_ENHET;
	for (n = 0; n < sizeof(low) - 1 && class[n] != '\0'; n++)
		low[n] = class[n] >= 'A' && class[n] <= 'Z' ?
		    (char)(class[n] + ('a' - 'A')) : class[n];
	low[n] = '\0';
	if (strstr(low, "underenhet") != NULL)
		return UNIT_UNDERENHET;
	return strstr(low, "enhet") != NULL ? UNIT_ENHET : UNIT_ANY;
}

enum unit_kind
record_kind(const struct unit *u, enum unit_kind asked)
{
	enum unit_kind kind = UNIT_ANY;

	if (u->response_class != NULL)
		kind = class_kind(u->response_class);
	if (kind != UNIT_ANY)
		return kind;
	if (u->legal_form != NULL)
		return strcmp(u->legal_form, "BEDR") == 0 ||
		    strcmp(u->legal_form, "AAFY") == 0 ?
		    UNIT_UNDERENHET : UNIT_ENHET;
	return asked != UNIT_ANY ? asked : UNIT_ENHET;
}

void
record_end(struct record *r, enum unit_kind asked)
{
	enum unit_kind kind;

	for (size_t i = 0; i < r->texts_n; i++)
		*(const char **)(void *)((char *)&r->unit +
		    unit_fields[r->texts[i].field].offset) =
		    r->text.data + r->texts[i].at;
	kind = record_kind(&r->unit, asked);
	r->unit.kind = kind;
	if (r->unit.orgnr == UNIT_NONE)
		record_drop(r, RECORD_NONE, "no organisation number");
	if (asked != UNIT_ANY && kind != asked)
		record_drop(r, RECORD_NONE, asked == UNIT_ENHET ?
		    "an underenhet among enheter" : "an enhet among underenheter");
}

/* --- values ----------------------------------------------------------------- */

/* A text field runs from ${at} to the NUL at the end of the texts. */
static void
keep_text(struct record *r, int field, size_t at)
{
	r->texts[r->texts_n].field = field;
	r->texts[r->texts_n++].at = at;
	r->value_at = r->text.len;
}

static int
is_orgnr(int field)
{
	return field != RECORD_NONE &&
	    unit_fields[field].offset == offsetof(struct unit, orgnr);
}

static void
note_orgnr(struct record *r, const char *text, size_t len)
{
	size_t n;

	for (n = 0; n < len && n < sizeof(r->orgnr) - 1; n++)
		r->orgnr[n] = text[n] > 0x20 && text[n] < 0x7f ? text[n] : '?';
	r->orgnr[n] = '\0';
}

static int
first_time(struct record *r, int field)
{
	if (r->seen[field])
		record_drop(r, field, "stands twice");
	r->seen[field] = 1;
	return r->why == NULL;
}

struct buf *
record_string(struct record *r)
{
	r->value_at = r->text.len;
	return &r->text;
}

size_t
record_string_len(const struct record *r)
{
	return r->text.len - r->value_at;
}

void
record_string_end(struct record *r)
{
	r->text.len = r->value_at;
}

int
record_wants(const struct record *r, int field)
{
	return field != RECORD_NONE && (r->why == NULL || is_orgnr(field));
}

void
record_scalar(struct record *r, int field, enum value_kind kind, const char *text,
    size_t len)
{
	const char *why = NULL;

	if (is_orgnr(field))
		note_orgnr(r, text, len);
	if (r->why != NULL || !first_time(r, field))
		return;
	switch (value_store(&r->unit, &unit_fields[field], kind, text, len, &why)) {
	case VALUE_STORED:
		return;
	case VALUE_TEXT:
		if (kind != VALUE_STRING) {
			r->value_at = r->text.len;
			buf_add(&r->text, text, len);
		}
		buf_chr(&r->text, '\0');
		keep_text(r, field, r->value_at);
		return;
	case VALUE_TYPE:
		record_drop(r, field, wrong_type);
		return;
	case VALUE_MEANING:
		if (is_orgnr(field))
			record_drop(r, field, why);
		else
			record_remark(r, field, why);
		return;
	}
}

/* --- lists ------------------------------------------------------------------ */

static int64_t *
count_of(struct record *r, int field)
{
	return (int64_t *)(void *)((char *)&r->unit + unit_fields[field].offset);
}

void
record_list(struct record *r, int field)
{
	enum unit_type type = unit_fields[field].type;

	if (r->why != NULL || !first_time(r, field))
		return;
	if (type != UNIT_LINES && type != UNIT_NAMES && type != UNIT_COUNT) {
		record_drop(r, field, wrong_type);
		return;
	}
	r->list = field;
	r->list_at = r->text.len;
	if (type == UNIT_COUNT)
		*count_of(r, field) = 0;
	if (type == UNIT_NAMES) {
		json_begin(&r->json, &r->text, 0);
		json_array(&r->json);
	}
}

void
record_element(struct record *r, enum record_element what)
{
	enum unit_type type = unit_fields[r->list].type;

	if (what == RECORD_STRING && record_string_len(r) == 0)
		return;				/* "" is absent */
	if (type == UNIT_COUNT) {
		(*count_of(r, r->list))++;
	} else if (type == UNIT_LINES && what == RECORD_STRING) {
		buf_chr(&r->text, '\n');
		r->value_at = r->text.len;
	} else if (type != UNIT_NAMES || what != RECORD_OBJECT)
		record_drop(r, r->list, wrong_type);
}

void
record_list_end(struct record *r)
{
	int field = r->list;

	r->list = RECORD_NONE;
	if (unit_fields[field].type == UNIT_NAMES) {
		json_end(&r->json);
		buf_chr(&r->text, '\0');
		if (r->text.len - r->list_at <= sizeof("[]")) {
			r->text.len = r->list_at;
			return;
		}
	} else if (r->text.len == r->list_at)
		return;
	else
		r->text.data[r->text.len - 1] = '\0';	/* the last newline */
	keep_text(r, field, r->list_at);
}

struct buf *
record_former(struct record *r, const char *key, size_t len)
{
	for (int i = 0; i < RECORD_FORMERS; i++)
		if (strlen(former_keys[i]) == len &&
		    memcmp(former_keys[i], key, len) == 0) {
			if (r->former[i].len > 0)
				record_drop(r, r->list, "stands twice");
			return &r->former[i];
		}
	return NULL;
}

void
record_former_end(struct record *r)
{
	json_object(&r->json);
	for (int i = 0; i < RECORD_FORMERS; i++) {
		if (r->former[i].over)
			r->text.over = 1;
		if (r->former[i].len > 0) {
			json_key(&r->json, former_keys[i]);
			json_strn(&r->json, r->former[i].data, r->former[i].len);
		}
		buf_clear(&r->former[i]);
	}
	json_end(&r->json);
}
