#include <string.h>

#include "pipeline/register/pack.h"

/* How a field lies in struct unit. */
enum lies { AS_TEXT, AS_32, AS_DAY, AS_64, AS_REAL };

static const unsigned char lies[] = {
	[UNIT_TEXT] = AS_TEXT, [UNIT_LINES] = AS_TEXT, [UNIT_SCALAR] = AS_TEXT,
	[UNIT_NAMES] = AS_TEXT, [UNIT_INT] = AS_64, [UNIT_COUNT] = AS_64,
	[UNIT_BOOL] = AS_32, [UNIT_CODE] = AS_32, [UNIT_ORGNR] = AS_32,
	[UNIT_KIND] = AS_32, [UNIT_DATE] = AS_DAY, [UNIT_REAL] = AS_REAL
};

/* Before the fields; ${size} is of all, this included. */
struct head {
	size_t size, line;
	int64_t hash;
	int32_t orgnr, nace1;
	size_t held;
	uint64_t has[PACK_WORDS], form;
	int32_t county;
};

/*
 * A field: its number, then the value: eight octets, or for a text its length
 * in four octets, the text and a NUL.
 */
static void
add_text(struct buf *b, unsigned char number, const char *s)
{
	uint32_t len = (uint32_t)strlen(s);
	char *at = buf_room(b, (size_t)len + 6);

	if (at == NULL)
		return;
	at[0] = (char)number;
	memcpy(at + 1, &len, 4);
	memcpy(at + 5, s, (size_t)len + 1);
	buf_wrote(b, (size_t)len + 6);
}

static void
add_number(struct buf *b, unsigned char number, const void *eight)
{
	char *at = buf_room(b, 9);

	if (at == NULL)
		return;
	at[0] = (char)number;
	memcpy(at + 1, eight, 8);
	buf_wrote(b, 9);
}

/* Field ${number}, which is there. */
static void
add_field(struct buf *b, const struct unit *u, unsigned char number)
{
	const struct unit_field *f = &unit_fields[number];
	const char *at = (const char *)u + f->offset, *s;
	int32_t small;
	int64_t big;

	switch ((enum lies)lies[f->type]) {
	case AS_TEXT:
		memcpy(&s, at, sizeof(s));
		add_text(b, number, s);
		return;
	case AS_32:
	case AS_DAY:
		memcpy(&small, at, sizeof(small));
		big = small;
		break;
	case AS_64:
	case AS_REAL:
	default:
		memcpy(&big, at, sizeof(big));
		break;
	}
	add_number(b, number, &big);
}

static int32_t
county_of(const struct unit *u)
{
	const char *m = u->kind == UNIT_UNDERENHET ? u->location.municipality :
	    u->business.municipality;

	if (m == NULL || m[0] < '0' || m[0] > '9' || m[1] < '0' || m[1] > '9')
		return PACK_NO_COUNTY;
	return (m[0] - '0') * 10 + (m[1] - '0');
}

static uint64_t
form_of(const struct unit *u)
{
	uint64_t letters = 0;

	if (u->legal_form != NULL)
		memcpy(&letters, u->legal_form, strnlen(u->legal_form, PACK_FORM));
	return letters;
}

void
pack_unit(struct buf *b, const struct unit *u, size_t line,
    const struct held *held)
{
	struct head h = { .line = line, .orgnr = u->orgnr, .nace1 = u->nace1,
	    .form = form_of(u), .county = county_of(u) };
	size_t from = b->len;

	if (held != NULL)	/* while the sum is worked out */
		held_ahead(held, u->orgnr);
	unit_has(u, h.has);
	h.hash = unit_hash_of(u, h.has);
	if (held != NULL)
		h.held = held_find(held, u->orgnr, h.hash);
	buf_add(b, &h, sizeof(h));
	for (size_t w = 0; h.held == 0 && w < PACK_WORDS; w++)
		for (uint64_t bits = h.has[w]; bits != 0; bits &= bits - 1)
			add_field(b, u, (unsigned char)(w * 64 +
			    (size_t)__builtin_ctzll(bits)));
	h.size = b->len - from;
	if (!b->over)
		memcpy(b->data + from, &h, sizeof(h));
}

/* Groups are of two (PACK_GROUP): bit g where bit 2g or 2g + 1 is set. */
static uint64_t
groups_of(const uint64_t has[PACK_WORDS])
{
	uint64_t all = 0;

	for (int w = 0; w < PACK_WORDS; w++) {
		uint64_t x = (has[w] | has[w] >> 1) & UINT64_C(0x5555555555555555);

		x = (x | x >> 1) & UINT64_C(0x3333333333333333);
		x = (x | x >> 2) & UINT64_C(0x0f0f0f0f0f0f0f0f);
		x = (x | x >> 4) & UINT64_C(0x00ff00ff00ff00ff);
		x = (x | x >> 8) & UINT64_C(0x0000ffff0000ffff);
		x = (x | x >> 16) & UINT64_C(0x00000000ffffffff);
		all |= x << 32 * w;
	}
	return all;
}

int
pack_next(const char **at, const char *end, struct packed *p)
{
	struct head h;

	if ((size_t)(end - *at) < sizeof(h))
		return 0;
	memcpy(&h, *at, sizeof(h));
	p->orgnr = h.orgnr;
	p->nace1 = h.nace1;
	p->hash = h.hash;
	p->held = h.held;
	p->line = h.line;
	memcpy(p->has, h.has, sizeof(p->has));
	p->groups = groups_of(h.has);
	p->form = h.form;
	p->county = h.county;
	p->field = *at + sizeof(h);
	p->len = h.size - sizeof(h);
	*at += h.size;
	return 1;
}

void
pack_bind(sqlite3_stmt *s, const unsigned char *param, const struct packed *p)
{
	const char *at = p->field, *end = p->field + p->len;

	while (at < end) {
		unsigned number = (unsigned char)*at++;
		enum lies how = (enum lies)lies[unit_fields[number].type];
		int i = param[number];
		uint32_t len;
		int64_t big;
		double real;

		if (how == AS_TEXT) {
			memcpy(&len, at, 4);
			sqlite3_bind_text(s, i, at + 4, (int)len, SQLITE_STATIC);
			at += 4 + (size_t)len + 1;
		} else if (how == AS_REAL) {
			memcpy(&real, at, 8);
			sqlite3_bind_double(s, i, real);
			at += 8;
		} else {
			memcpy(&big, at, 8);
			sqlite3_bind_int64(s, i, big);
			at += 8;
		}
	}
}

/* One field from ${at} on: its number, and what its value is.  -1 at the end. */
static int
field_at(const char **at, const char *end, const char **value, size_t *len)
{
	unsigned number;
	uint32_t text;

	if (*at >= end)
		return -1;
	number = (unsigned char)**at;
	*value = *at + 1;
	*len = 8;
	if ((enum lies)lies[unit_fields[number].type] == AS_TEXT) {
		memcpy(&text, *value, 4);
		*len = 4 + (size_t)text + 1;
	}
	*at = *value + *len;
	return (int)number;
}

/* The fields of each stand in their order. */
void
pack_differ(const struct packed *a, const struct packed *b,
    uint64_t differ[static PACK_WORDS])
{
	const char *ata = a->field, *atb = b->field, *va = NULL, *vb = NULL;
	const char *enda = a->field + a->len, *endb = b->field + b->len;
	size_t na = 0, nb = 0;
	int fa = field_at(&ata, enda, &va, &na), fb = field_at(&atb, endb, &vb, &nb);

	memset(differ, 0, PACK_WORDS * sizeof(*differ));
	while (fa >= 0 || fb >= 0) {
		size_t f = (size_t)(fb < 0 || (fa >= 0 && fa < fb) ? fa : fb);

		if (fa != fb || na != nb || memcmp(va, vb, na) != 0)
			differ[f / 64] |= UINT64_C(1) << f % 64;
		if (fa == (int)f)
			fa = field_at(&ata, enda, &va, &na);
		if (fb == (int)f)
			fb = field_at(&atb, endb, &vb, &nb);
	}
}

const char *
pack_text(const struct packed *p, size_t field)
{
	const char *at = p->field, *value = NULL;
	size_t len = 0;
	int f;

	while ((f = field_at(&at, p->field + p->len, &value, &len)) >= 0)
		if ((size_t)f == field)
			return (enum lies)lies[unit_fields[f].type] == AS_TEXT ?
			    value + 4 : NULL;
	return NULL;
}
