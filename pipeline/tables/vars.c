#include <stdio.h>
#include <string.h>

#include "nace/nace.h"
#include "nace/region.h"
#include "pipeline/base/num.h"
#include "pipeline/store/store.h"
#include "pipeline/tables/accounts.h"
#include "pipeline/tables/forms.h"

#include "pipeline/tables/vars.h"

static const struct { const char *name; enum word label; const char *sql; }
frame_var[] = {
	[VAR_AREA] = { "area", WORD_AREA, "f.area_name" },
	[VAR_GROUP] = { "group", WORD_GROUP, "f.group_name" },
	[VAR_FORM] = { "legal_form", WORD_LEGAL_FORM, "f.legal_form" },
	[VAR_COUNTY] = { "county", WORD_COUNTY, "f.county" },
	[VAR_MUNICIPALITY] = { "municipality", WORD_MUNICIPALITY,
	    "f.municipality" },
	[VAR_NACE] = { "nace", WORD_NACE,
	    "CASE WHEN f.source LIKE 'list:%' THEN NULL ELSE f.nace END" },
	[VAR_EMPLOYEES] = { "employees", WORD_EMPLOYEES,
	    "CASE WHEN f.employees IS NOT NULL THEN f.employees"
	    " WHEN f.has_employees = 1 THEN '1-4' WHEN f.has_employees = 0"
	    " THEN '0' END" },
	/* legal form, VAT, accounts sent in lately, employees: as the register
	 * had them when the frame was made */
	[VAR_ACCOUNTS] = { "accounts", WORD_ACCOUNTS,
	    "(SELECT r.legal_form || ':' || coalesce(r.vat, 0) || ':' ||"
	    " coalesce(r.accounts_year >= CAST(strftime('%Y', fr.register_date *"
	    " 86400, 'unixepoch') AS INTEGER) - ?5, 0) || ':' ||"
	    " coalesce(r.employees, 0) FROM ("
	    "SELECT h.kind, h.legal_form, h.vat, h.accounts_year, h.employees,"
	    " h.until FROM unit_history h WHERE h.orgnr = f.orgnr AND h.until >"
	    " coalesce(fr.extract_enhet, fr.extract_underenhet)"
	    " UNION ALL SELECT n.kind, n.legal_form, n.vat, n.accounts_year,"
	    " n.employees, 9223372036854775807 FROM unit n"
	    " WHERE n.orgnr = f.orgnr ORDER BY 6 LIMIT 1) r WHERE r.kind = 0)" },
};
enum { FRAME_VARS = sizeof(frame_var) / sizeof(frame_var[0]) };

struct var
var_of(const struct making *m, enum var_kind kind)
{
	return (struct var){ kind, frame_var[kind].name,
		words_text(frame_var[kind].label, m->w->lang) };
}

/* Does any used answer of the study have it?  Names of all into ${names}. */
static int
answer_var(const struct making *m, const char *name, int *found,
    struct buf *names, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int r, n = 0;

	*found = 0;
	if (db_prepare(m->w->db, "SELECT DISTINCT v.name FROM answer_value v JOIN"
	    " answer x ON x.id = v.answer WHERE x.study = ?1 ORDER BY 1", &q,
	    err) != 0)
		return -1;
	db_i64(q, 1, m->study_id);
	while ((r = db_step(q, err)) == 1) {
		*found |= strcmp(db_col(q, 0), name) == 0;
		if (n++ < 20)
			buf_printf(names, ", %.40s", db_col(q, 0));
	}
	sqlite3_finalize(q);
	return r;
}

int
var_find(const struct making *m, const char *name, int answers,
    struct var *ret, struct err *err)
{
	static const char mark[] = "answer:";
	int prefixed = strncmp(name, mark, sizeof(mark) - 1) == 0;
	struct buf names = BUF(2000);
	int found = 0, r;

	for (int i = 0; !prefixed && i < FRAME_VARS; i++)
		if (strcmp(frame_var[i].name, name) == 0) {
			*ret = var_of(m, (enum var_kind)i);
			return 0;
		}
	if (prefixed)
		name += sizeof(mark) - 1;
	for (int i = 0; i < FRAME_VARS; i++)
		buf_printf(&names, "%s%s", i > 0 ? ", " : "", frame_var[i].name);
	r = answers ? answer_var(m, name, &found, &names, err) : 0;
	if (r == 0 && !found)
		r = err_set(err, EX_USAGE, "there is no variable \"%.40s\": there "
		    "are %.400s", name, buf_text(&names));
	buf_free(&names);
	if (r == 0)
		*ret = (struct var){ VAR_ANSWER, arena_str(m->arena, name),
			arena_str(m->arena, name) };
	return r;
}

const char *
var_sql(const struct var *v, int column)
{
	if (v->kind == VAR_ANSWER)
		return column == 1 ? "v1.value" : "v2.value";
	return frame_var[v->kind].sql;
}

/* The digits that a text begins with: the first of "10-19", all of "0301". */
static int
leading(const char *s)
{
	int n = 0;

	for (; *s >= '0' && *s <= '9' && n < 100000000; s++)
		n = 10 * n + (*s - '0');
	return n;
}

static const struct { int64_t from; const char *key; } class[] = {
	{ 250, "250+" }, { 100, "100-249" }, { 50, "50-99" }, { 20, "20-49" },
	{ 10, "10-19" }, { 5, "5-9" }, { 1, "1-4" }, { 0, "0" },
};
enum { CLASSES = sizeof(class) / sizeof(class[0]) };

static const char *
employees_class(const char *raw)
{
	int64_t n;

	if (num_int(raw, 0, INT64_MAX, &n) != 0)
		return strcmp(raw, "1-4") == 0 ? "1-4" : "";
	for (size_t i = 0; i < CLASSES; i++)
		if (n >= class[i].from)
			return class[i].key;
	return "";
}

/* "ENK:1:0:3" */
static const char *
accounts_of(const struct making *m, const char *raw)
{
	const char *p = strchr(raw, ':');

	if (p == NULL || strlen(p) < 6)
		return accounts_key(ACCOUNTS_UNKNOWN);
	return accounts_key(accounts_rule(arena_strn(m->arena, raw,
	    (size_t)(p - raw)), p[1] == '1', p[3] == '1', leading(p + 5)));
}

const char *
var_category(const struct making *m, const struct var *v, const char *raw)
{
	char text[16];
	int64_t n = 0;

	switch (v->kind) {
	case VAR_ACCOUNTS:
		return accounts_of(m, raw);
	case VAR_EMPLOYEES:
		return employees_class(raw);
	case VAR_COUNTY:
	case VAR_MUNICIPALITY:
	case VAR_NACE:
		if (num_int(raw, 0, 99999, &n) != 0)
			return "";
		if (v->kind == VAR_NACE)
			nace_text((int32_t)n, text);
		else
			snprintf(text, sizeof(text), v->kind == VAR_COUNTY ?
			    "%02d" : "%04d", (int)n);
		return arena_str(m->arena, text);
	case VAR_AREA:
	case VAR_GROUP:
	case VAR_FORM:
	case VAR_ANSWER:
		break;
	}
	return arena_str(m->arena, raw);
}

const char *
var_key(const struct making *m, enum var_kind kind, size_t i)
{
	if (kind == VAR_AREA)
		return i < m->study->narea ? m->study->area[i].name : NULL;
	if (kind == VAR_GROUP)
		return i < m->study->ngroup ? m->study->group[i].name : NULL;
	if (kind == VAR_EMPLOYEES)
		return i < CLASSES ? class[CLASSES - 1 - i].key : NULL;
	if (kind == VAR_ACCOUNTS)
		return i <= ACCOUNTS_UNKNOWN ? accounts_key((enum accounts)i) : NULL;
	return NULL;
}

/* "15 Møre og Romsdal"; the bare number where nothing is known. */
static const char *
numbered(const struct making *m, const struct var *v, const char *key)
{
	const char *name = NULL;
	int32_t n = 0;

	if (v->kind == VAR_NACE && m->w->nace != NULL &&
	    nace_number(key, strlen(key), &n) == 0)
		name = nace_name(m->w->nace,
		    nace_std_at(m->counts.register_date), n);
	if (v->kind == VAR_COUNTY && m->w->region != NULL) {
		const struct region_county *c = region_county(m->w->region,
		    leading(key), m->counts.register_date);

		name = c != NULL ? c->name : NULL;
	}
	if (v->kind == VAR_MUNICIPALITY && m->w->region != NULL) {
		const struct region_place *p = region_place(m->w->region,
		    leading(key), m->counts.register_date);

		name = p != NULL ? p->name : NULL;
	}
	return name == NULL ? key : arena_printf(m->arena, "%s %s", key, name);
}

const char *
var_label(const struct making *m, const struct var *v, const char *key)
{
	const struct study *s = m->study;
	size_t i;

	if (key[0] == '\0')
		return words_text(v->kind == VAR_ANSWER ? WORD_UNANSWERED :
		    WORD_UNSTATED, m->w->lang);
	switch (v->kind) {
	case VAR_AREA:
		if ((i = study_area_at(s, key)) < s->narea)
			return making_label(m, &s->area[i].label);
		break;
	case VAR_GROUP:
		if ((i = study_group_at(s, key)) < s->ngroup)
			return making_label(m, &s->group[i].label);
		break;
	case VAR_ACCOUNTS:
		return words_text(strcmp(key, "obliged") == 0 ? WORD_OBLIGED :
		    strcmp(key, "not_obliged") == 0 ? WORD_NOT_OBLIGED :
		    WORD_CANNOT_BE_TOLD, m->w->lang);
	case VAR_COUNTY:
	case VAR_MUNICIPALITY:
	case VAR_NACE:
		return numbered(m, v, key);
	case VAR_EMPLOYEES:
	case VAR_FORM:
	case VAR_ANSWER:
		break;
	}
	return key;
}

const char *
var_meaning(const struct making *m, const struct var *v, const char *key)
{
	const char *name = v->kind == VAR_FORM ? forms_name(key, m->w->lang) : NULL;

	return name != NULL ? name : var_label(m, v, key);
}

static int
study_index(const struct making *m, const struct var *v, const char *key)
{
	return (int)(v->kind == VAR_AREA ? study_area_at(m->study, key) :
	    study_group_at(m->study, key));
}

int
var_order(const struct making *m, const struct var *v, const char *a,
    const char *b)
{
	if (a[0] == '\0' || b[0] == '\0')
		return (a[0] == '\0') - (b[0] == '\0');
	if (v->kind == VAR_AREA || v->kind == VAR_GROUP)
		return study_index(m, v, a) - study_index(m, v, b);
	if (v->kind == VAR_EMPLOYEES)
		return leading(a) - leading(b);
	if (v->kind == VAR_ACCOUNTS) {	/* obliged, not, unknown */
		static const char order[] = "onu";

		return (int)(strchr(order, a[0]) - strchr(order, b[0]));
	}
	return strcmp(a, b);
}
