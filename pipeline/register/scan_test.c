#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/date.h"
#include "pipeline/base/file.h"
#include "pipeline/base/mem.h"

#include "pipeline/register/scan.h"

/*
 * What was told, one line a unit or fault:
 *
 *	+ORGNR KIND NAME
 *	-ORGNR LINE NUMBER FIELD: WHY	(dropped)
 *	~ORGNR LINE NUMBER FIELD: WHY	(a field left out)
 */
struct told {
	struct buf text;
	uint64_t hash;			/* of all units */
	struct unit last;		/* numbers only: its texts are gone */
	int stop_at;			/* this unit is refused by the caller */
	int units;
	size_t longest;			/* text seen */
};

static int
told_unit(void *ctx, const struct unit *u, struct err *err)
{
	struct told *t = ctx;

	if (++t->units == t->stop_at)
		return err_set(err, EX_IOERR, "the caller stops");
	buf_printf(&t->text, "+%09d %s %s\n", u->orgnr,
	    unit_kind_name((enum unit_kind)u->kind), u->name != NULL ? u->name : "-");
	t->hash = t->hash * 31 + (uint64_t)unit_hash(u);
	t->last = *u;
	for (size_t i = 0; i < unit_fields_n; i++)
		if (unit_is_text(unit_fields[i].type)) {
			const char *s = unit_text(u, &unit_fields[i]);
			size_t len = s != NULL ? strlen(s) : 1;

			assert_true(len > 0);	/* "" is absent */
			if (len > t->longest)
				t->longest = len;
		}
	return 0;
}

static int
told_fault(void *ctx, const struct scan_fault *f, struct err *err)
{
	struct told *t = ctx;

	(void)err;
	buf_printf(&t->text, "%c%s %zu %zu %s: %s\n", f->dropped ? '-' : '~',
	    f->orgnr, f->line, f->number, f->field != NULL ? f->field : "", f->why);
	return 0;
}

static void
told_begin(struct told *t)
{
	memset(t, 0, sizeof(*t));
	t->text = (struct buf)BUF(1 << 20);
}

/* Scan in pieces, each in memory of its own. */
static int
scan_text(const char *text, size_t len, size_t piece, enum unit_kind kind,
    struct told *t, struct err *err)
{
	struct scan_to to = { told_unit, told_fault, t };
	struct scan *s = scan_new(kind, &to);
	struct scan_counts n;
	int ret = 0;

	for (size_t at = 0; at < len && ret == 0; at += piece) {
		size_t now = len - at < piece ? len - at : piece;
		char *copy = mem_alloc(now);

		memcpy(copy, text + at, now);
		ret = scan_push(s, copy, now, err);
		free(copy);
	}
	if (ret == 0)
		ret = scan_end(s, err);
	n = scan_counts(s);
	assert_true(n.read == n.units + n.dropped);
	assert_true((int)n.units == t->units);
	scan_free(s);
	return ret;
}

#define A	"\"organisasjonsnummer\":\"211111119\""
#define B	"\"organisasjonsnummer\":\"322222238\""
#define NAVN	"\"navn\":\"X\""

static const struct {
	const char *says, *text, *want;
} cases[] = {
	{ "no units", "[]", "" },
	{ "a unit", "[{" A "," NAVN "}]", "+211111119 enhet X\n" },
	{ "two units", "[{" A "},{" B "}]", "+211111119 enhet -\n+322222238 enhet -\n" },
	{ "unknown keys of every shape",
	  "[{\"ny\":{\"navn\":\"Y\",\"kode\":[1,{\"organisasjonsnummer\":\"1\"}]},"
	  "\"links\":[],\"_links\":{\"self\":{\"href\":\"h\"}},\"tall\":1e9," A ","
	  NAVN ",\"liste\":[\"navn\",null,[]]}]", "+211111119 enhet X\n" },
	{ "the word organisasjonsnummer as a value",
	  "[{" A ",\"navn\":\"organisasjonsnummer\"}]",
	  "+211111119 enhet organisasjonsnummer\n" },
	{ "signs that stand in texts", "[{" A ",\"navn\":\"a\\\"}],{[|\\\\\"}]",
	  "+211111119 enhet a\"}],{[|\\\n" },
	{ "null, empty text and a missing key are the same absence",
	  "[{" A ",\"navn\":null},{" B ",\"navn\":\"\"}]",
	  "+211111119 enhet -\n+322222238 enhet -\n" },
	{ "null in place of an object, a list, a number and a flag",
	  "[{" A ",\"postadresse\":null,\"aktivitet\":null,\"antallAnsatte\":null,"
	  "\"konkurs\":null,\"kapital\":\"\"}]", "+211111119 enhet -\n" },
	{ "links inside a part are no fields of it",
	  "[{" A ",\"organisasjonsform\":{\"_links\":{\"kode\":\"X\"},\"kode\":\"BEDR\"}}]",
	  "+211111119 underenhet -\n" },

	{ "a sub-unit by its class", "[{" A ",\"respons_klasse\":\"Underenhet\"}]",
	  "+211111119 underenhet -\n" },
	{ "a sub-unit by its class in any spelling",
	  "[{" A ",\"respons_klasse\":\"SlettetUnderEnhet\"}]",
	  "+211111119 underenhet -\n" },
	{ "a deleted unit", "[{" A ",\"respons_klasse\":\"SlettetEnhet\","
	  "\"organisasjonsform\":{\"kode\":\"BEDR\"}}]", "+211111119 enhet -\n" },
	{ "a sub-unit by its form",
	  "[{" A ",\"organisasjonsform\":{\"kode\":\"AAFY\"}}]",
	  "+211111119 underenhet -\n" },

	{ "no number", "[\n{" NAVN "},\n{" A "}]",
	  "- 2 1 : no organisation number\n+211111119 enhet -\n" },
	{ "an empty number", "[{\"organisasjonsnummer\":\"\"}]",
	  "- 1 1 : no organisation number\n" },
	{ "eight digits", "[{\"organisasjonsnummer\":\"21111111\"}]",
	  "-21111111 1 1 organisasjonsnummer: has 8 digits\n" },
	{ "a wrong check digit", "[{\"organisasjonsnummer\":\"211111111\"}]",
	  "-211111111 1 1 organisasjonsnummer: has a wrong check digit\n" },
	{ "a number that is a number", "[{\"organisasjonsnummer\":211111119}]",
	  "-211111119 1 1 organisasjonsnummer: has another type than the register's\n" },
	{ "the number behind the fault is still told",
	  "[{\"navn\":7,\"x\":[1]," A "},{" B "}]",
	  "-211111119 1 1 navn: has another type than the register's\n"
	  "+322222238 enhet -\n" },
	{ "the number twice", "[{" A "," A "}]",
	  "-211111119 1 1 organisasjonsnummer: stands twice\n" },
	{ "a key twice", "[{" A "," NAVN "," NAVN "}]",
	  "-211111119 1 1 navn: stands twice\n" },
	{ "null and then a value is one value", "[{" A ",\"navn\":null," NAVN "}]",
	  "+211111119 enhet X\n" },
	{ "a text where a list should be", "[{" A ",\"aktivitet\":\"a\"}]",
	  "-211111119 1 1 aktivitet: has another type than the register's\n" },
	{ "a list where a text should be", "[{" A ",\"navn\":[\"a\"]}]",
	  "-211111119 1 1 navn: has another type than the register's\n" },
	{ "an object where a text should be", "[{" A ",\"navn\":{\"navn\":\"a\"}}]",
	  "-211111119 1 1 navn: has another type than the register's\n" },
	{ "a number in a list of texts", "[{" A ",\"aktivitet\":[\"a\",1]}]",
	  "-211111119 1 1 aktivitet: has another type than the register's\n" },
	{ "a list in a list of texts", "[{" A ",\"aktivitet\":[[\"a\"]]}]",
	  "-211111119 1 1 aktivitet: has another type than the register's\n" },
	{ "a text where an object should be", "[{" A ",\"postadresse\":\"a\"}]",
	  "-211111119 1 1 : a string where an object should be\n" },
	{ "a list where an object should be", "[{" A ",\"postadresse\":[]}]",
	  "-211111119 1 1 : an array where an object should be\n" },
	{ "a flag in quotes", "[{" A ",\"konkurs\":\"false\"}]",
	  "-211111119 1 1 konkurs: has another type than the register's\n" },
	{ "a number of employees that is no number",
	  "[{" A ",\"antallAnsatte\":\"mange\"}]",
	  "-211111119 1 1 antallAnsatte: has another type than the register's\n" },
	{ "a text that holds a NUL", "[{" A ",\"navn\":\"a\\u0000b\"}]",
	  "-211111119 1 1 navn: holds a NUL\n" },
	{ "a text with half a pair", "[{" A ",\"navn\":\"a\\ud800\"}]",
	  "-211111119 1 1 navn: holds half a surrogate pair\n" },
	{ "... which matters in what is read only", "[{" A ",\"ny\":\"a\\ud800\"}]",
	  "+211111119 enhet -\n" },
	{ "elements that are no units", "[1,\"a\",null,[{" A "}],true,{" B "}]",
	  "- 1 1 : not an object\n- 1 2 : not an object\n- 1 3 : not an object\n"
	  "- 1 4 : not an object\n- 1 5 : not an object\n+322222238 enhet -\n" },

	{ "a day that does not exist", "[{" A ",\"stiftelsesdato\":\"2023-02-29\"}]",
	  "~211111119 1 1 stiftelsesdato: is no day of the calendar\n"
	  "+211111119 enhet -\n" },
	{ "a code of another standard's shape",
	  "[{" A ",\"naeringskode1\":{\"kode\":\"90.2\"}}]",
	  "~211111119 1 1 naeringskode1.kode: is no industry code of five digits\n"
	  "+211111119 enhet -\n" },
	{ "a parent with a wrong number", "[{" A ",\"overordnetEnhet\":\"211111111\"}]",
	  "~211111119 1 1 overordnetEnhet: has a wrong check digit\n"
	  "+211111119 enhet -\n" },
	{ "fewer than no employees", "[{" A ",\"antallAnsatte\":-1}]",
	  "~211111119 1 1 antallAnsatte: is no whole number from 0 up\n"
	  "+211111119 enhet -\n" },
	{ "a dropped unit has no remarks", "[{\"stiftelsesdato\":\"x\"}]",
	  "- 1 1 : no organisation number\n" },
};

static void
tells_units_and_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t piece = 1; piece <= strlen(cases[i].text); piece++) {
			struct told t;
			struct err err;

			told_begin(&t);
			if (scan_text(cases[i].text, strlen(cases[i].text), piece,
			    UNIT_ANY, &t, &err) != 0)
				fail_msg("%s: %s", cases[i].says, err.text);
			if (strcmp(buf_text(&t.text), cases[i].want) != 0)
				fail_msg("%s, in pieces of %zu: got\n%swant\n%s",
				    cases[i].says, piece, buf_text(&t.text),
				    cases[i].want);
			buf_free(&t.text);
		}
}

static void
refuses_what_is_no_extract(void **state)
{
	static const struct { const char *text, *want; } broken[] = {
		{ "", "not JSON: empty" },
		{ "\"a\"", "not an extract: a single value where units should be" },
		{ "null", "not an extract: a single value where units should be" },
		{ "7 ", "not an extract: a single value where units should be" },
		{ "{" A "}",
		  "not an extract: an object where an array of units should be" },
		{ "[{" A "}", "not whole: ends at line 1 before the closing bracket" },
		{ "[\n{" A "},\n{" A ",\"navn\":\"Hal",
		  "not whole: ends at line 3 before the closing bracket" },
		{ "[{" A "}{" B "}]", "not JSON: line 1: there is '{' where a comma or "
		  "a closing bracket should be" },
		{ "[{" A "}] x",
		  "not JSON: line 1: there is 'x' where nothing more should be" },
		{ "[{" A "}][]",
		  "not JSON: line 1: there is '[' where nothing more should be" },
		{ "[{" A ",\"navn\":\"a\tb\"}]",
		  "not JSON: line 1: a control character in a string" },
		{ "[{" A ",\"ny\":\"bl\xe5\"}]", "not JSON: line 1: malformed UTF-8" },
		{ "<html>", "not JSON: line 1: there is '<' where a value should be" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		for (size_t piece = 1; piece <= strlen(broken[i].text) + 1; piece++) {
			struct told t;
			struct err err;

			told_begin(&t);
			assert_int_equal(scan_text(broken[i].text,
			    strlen(broken[i].text), piece, UNIT_ANY, &t, &err), -1);
			assert_string_equal(err.text, broken[i].want);
			assert_int_equal(err.status, EX_DATAERR);
			buf_free(&t.text);
		}
}

/* --- one unit with every field -------------------------------------------- */

#define ADDRESS(n_) "{\"land\":\"Norge\",\"landkode\":\"NO\",\"postnummer\":\"0" n_ \
    "01\",\"poststed\":\"STED " n_ "\",\"adresse\":[\"c/o " n_ "\",null,\"\",\"Vei " n_ \
    "\"],\"kommune\":\"BY " n_ "\",\"kommunenummer\":\"030" n_ "\"}"

static const char *const whole[] = {
	A, "\"navn\":\"Blåbærgården \\u00c6 \\ud83d\\ude00\"",
	"\"respons_klasse\":\"Enhet\"",
	"\"historiskeNavn\":[{\"navn\":\"Før \\\"A\\\"\",\"fraDato\":\"1995-03-12 16:23:00\","
	"\"tilDato\":\"2010-11-11 20:21:23\"},{\"links\":[],\"navn\":\"Da\"}]",
	"\"organisasjonsform\":{\"kode\":\"AS\",\"beskrivelse\":\"b\",\"utgaatt\":\"2017-07-17\"}",
	"\"overordnetEnhet\":\"322222238\"", "\"slettedato\":\"2026-09-21\"",
	"\"epostadresse\":\" Post@example.no \"", "\"hjemmeside\":\"www.example.no\"",
	"\"telefon\":\"22 00 00 00\"", "\"mobil\":\"900 00 000\"",
	"\"forretningsadresse\":" ADDRESS("1"), "\"beliggenhetsadresse\":" ADDRESS("2"),
	"\"postadresse\":" ADDRESS("3"),
	"\"naeringskode1\":{\"beskrivelse\":\"b\",\"kode\":\"90.201\"}",
	"\"naeringskode2\":{\"kode\":\"01.110\"}", "\"naeringskode3\":{\"kode\":\"00.000\"}",
	"\"hjelpeenhetskode\":{\"kode\":\"70.100\"}",
	"\"antallAnsatte\":12", "\"harRegistrertAntallAnsatte\":true",
	"\"registreringsdatoAntallAnsatteEnhetsregisteret\":\"2026-01-01\"",
	"\"registreringsdatoAntallAnsatteNAVAaregisteret\":\"2026-01-02\"",
	"\"institusjonellSektorkode\":{\"kode\":\"2100\"}",
	"\"registreringsdatoEnhetsregisteret\":\"2026-01-03\"",
	"\"stiftelsesdato\":\"1905-06-07\"", "\"oppstartsdato\":\"2026-01-04\"",
	"\"datoEierskifte\":\"2026-01-05\"", "\"nedleggelsesdato\":\"2026-01-06\"",
	"\"vedtektsdato\":\"2026-01-07\"", "\"registrertIMvaregisteret\":true",
	"\"registreringsdatoMerverdiavgiftsregisteret\":\"2026-01-08\"",
	"\"registreringsdatoMerverdiavgiftsregisteretEnhetsregisteret\":\"2026-01-09\"",
	"\"registreringsdatoFrivilligMerverdiavgiftsregisteret\":\"2026-01-10\"",
	"\"frivilligMvaRegistrertBeskrivelser\":[\"Utleier\"]",
	"\"registrertIForetaksregisteret\":true",
	"\"registreringsdatoForetaksregisteret\":\"2026-01-11\"",
	"\"registrertIStiftelsesregisteret\":false",
	"\"registreringsdatoStiftelsesregisteret\":\"2026-01-12\"",
	"\"registrertIFrivillighetsregisteret\":true",
	"\"registreringsdatoFrivillighetsregisteret\":\"2026-01-13\"",
	"\"registrertIPartiregisteret\":false",
	"\"registreringsdatoPartiregisteret\":\"2026-01-14\"",
	"\"sisteInnsendteAarsregnskap\":\"2024\"", "\"fravalgRevisjonDato\":\"2026-01-15\"",
	"\"fravalgRevisjonBeslutningsDato\":\"2026-01-16\"", "\"konkurs\":true",
	"\"konkursdato\":\"2026-01-17\"", "\"underAvvikling\":true",
	"\"underAvviklingDato\":\"2026-01-18\"",
	"\"underTvangsavviklingEllerTvangsopplosning\":true",
	"\"tvangsavvikletPgaManglendeSlettingDato\":\"2026-01-19\"",
	"\"tvangsopplostPgaManglendeDagligLederDato\":\"2026-01-20\"",
	"\"tvangsopplostPgaManglendeRevisorDato\":\"2026-01-21\"",
	"\"tvangsopplostPgaManglendeRegnskapDato\":\"2026-01-22\"",
	"\"tvangsopplostPgaMangelfulltStyreDato\":\"2026-01-23\"",
	"\"underRekonstruksjonsforhandlingDato\":\"2026-01-24\"",
	"\"underUtenlandskInsolvensbehandlingDato\":\"2026-01-25\"",
	"\"maalform\":\"Nynorsk\"", "\"vedtektsfestetFormaal\":[\"linje 1\",\"linje 2\"]",
	"\"aktivitet\":[\"en\\nto\",\"tre\"]", "\"paategninger\":[{\"navn\":\"p\"},null,\"q\"]",
	"\"erIKonsern\":false",
	"\"kapital\":{\"belop\":6392018780.00,\"antallAksjer\":2556807512,"
	"\"type\":\"Aksjekapital\",\"valuta\":\"NOK\",\"bundet\":true,\"innbetalt\":1.50,"
	"\"fulltInnbetalt\":\"Ja\",\"innfortDato\":\"2026-01-26\"}",
	"\"registreringsnummerIHjemlandet\":\"HRB 1\"",
	"\"utenlandskRegisterNavn\":\"Handelsregister\"",
	"\"utenlandskRegisterAdresse\":{\"land\":\"Tyskland\",\"poststed\":\"KIEL\","
	"\"adresse\":[\"Weg 1\"]}", "\"underlagtLovgivningLand\":\"Tyskland\"",
	"\"underlagtLovgivningLandKode\":\"DE\"",
	"\"foretaksformIHjemlandet\":{\"kode\":\"GMBH\",\"beskrivelse\":\"GmbH\"}",
};
enum { WHOLE = sizeof(whole) / sizeof(whole[0]) };

/* The members from ${from} on, round the corner. */
static void
whole_from(struct buf *b, size_t from)
{
	buf_str(b, "[{");
	for (size_t i = 0; i < WHOLE; i++) {
		buf_str(b, i > 0 ? "," : "");
		buf_str(b, whole[(from + i) % WHOLE]);
	}
	buf_str(b, "}]");
}

/* As the register's bulk file: a member a line, a blank before the colon. */
static void
prettily(struct buf *out, const char *text)
{
	int inside = 0;

	for (; *text != '\0'; text++) {
		if (*text == '"')
			inside = !inside;
		if (inside && *text == '\\') {
			buf_chr(out, *text++);
			buf_chr(out, *text);
			continue;
		}
		if (!inside && *text == ':')
			buf_str(out, " : ");
		else
			buf_chr(out, *text);
		if (!inside && strchr("{[,", *text) != NULL)
			buf_str(out, "\r\n\t  ");
	}
}

static int
check_unit(void *ctx, const struct unit *u, struct err *err)
{
	char iso[11];
	int n = 0;

	(void)err;
	(*(int *)ctx)++;
	assert_int_equal(u->orgnr, 211111119);
	assert_string_equal(u->name, "Blåbærgården Æ \xf0\x9f\x98\x80");
	assert_non_null(strstr(u->former_names, "\"Før \\\"A\\\"\""));
	assert_non_null(strstr(u->former_names, "\"2010-11-11 20:21:23\"}"));
	assert_non_null(strstr(u->former_names, "\"Da\"}]"));
	assert_string_equal(u->legal_form, "AS");
	assert_string_equal(date_iso(u->legal_form_ended, iso), "2017-07-17");
	assert_int_equal(u->parent, 322222238);
	assert_string_equal(u->email, " Post@example.no ");	/* as registered */
	assert_string_equal(u->business.municipality, "0301");
	assert_string_equal(u->business.lines, "c/o 1\nVei 1");
	assert_string_equal(u->location.place, "STED 2");
	assert_string_equal(u->postal.postcode, "0301");
	assert_int_equal(u->nace1, 90201);
	assert_int_equal(u->nace2, 1110);
	assert_int_equal(u->nace3, 0);
	assert_int_equal(u->nace_helper, 70100);
	assert_true(u->employees == 12);
	assert_true(u->accounts_year == 2024);
	assert_string_equal(date_iso(u->founded_date, iso), "1905-06-07");
	assert_int_equal(u->foundation_register, 0);
	assert_string_equal(u->activity, "en\nto\ntre");
	assert_true(u->endorsements == 2);
	assert_true(u->capital > 6392018779.5 && u->capital < 6392018780.5);
	assert_true(u->capital_shares == 2556807512);
	assert_string_equal(u->capital_bound, "true");
	assert_string_equal(u->capital_paid, "1.50");
	assert_string_equal(u->capital_fully_paid, "Ja");
	assert_string_equal(u->home_form_name, "GmbH");

	/* every field of the table is there, and the days are all different */
	for (size_t i = 0; i < unit_fields_n; i++) {
		const struct unit_field *f = &unit_fields[i];
		int64_t number;
		double real;

		if (unit_is_text(f->type) ? unit_text(u, f) == NULL :
		    f->type == UNIT_REAL ? !unit_real(u, f, &real) :
		    !unit_int(u, f, &number))
			fail_msg("%s is absent", f->name);
		if (f->type == UNIT_DATE && number >= 20454 && number <= 20479)
			n |= 1 << (number - 20454);
	}
	assert_int_equal(n, (1 << 26) - 1);
	return 0;
}

static void
reads_every_field(void **state)
{
	struct buf b = BUF(1 << 20);
	int n = 0;
	struct scan_to to = { check_unit, NULL, &n };
	struct err err;

	(void)state;
	whole_from(&b, 0);
	assert_int_equal(scan_one(b.data, b.len, UNIT_ENHET, &to, &err), 0);
	assert_int_equal(n, 1);
	buf_free(&b);
}

static void
is_indifferent_to_order_layout_and_pieces(void **state)
{
	struct buf b = BUF(1 << 20), pretty = BUF(1 << 20);
	struct told t;
	struct err err;
	uint64_t want = 0;

	(void)state;
	for (size_t from = 0; from < WHOLE; from++) {
		buf_clear(&b);
		whole_from(&b, from);
		buf_clear(&pretty);
		prettily(&pretty, b.data);
		for (int i = 0; i < 2; i++) {
			const struct buf *text = i ? &pretty : &b;

			told_begin(&t);
			assert_int_equal(scan_text(text->data, text->len,
			    1 + from % 13, UNIT_ANY, &t, &err), 0);
			assert_int_equal(t.units, 1);
			if (want == 0)
				want = t.hash;
			assert_true(t.hash == want);
			buf_free(&t.text);
		}
	}
	for (size_t piece = 1; piece <= pretty.len; piece++) {
		told_begin(&t);
		assert_int_equal(scan_text(pretty.data, pretty.len, piece, UNIT_ANY,
		    &t, &err), 0);
		assert_true(t.hash == want);
		buf_free(&t.text);
	}
	buf_free(&b);
	buf_free(&pretty);
}

/* Leave any one member out, and the hash is another. */
static void
hashes_every_field(void **state)
{
	uint64_t seen[WHOLE];

	(void)state;
	for (size_t out = 1; out < WHOLE; out++) {
		struct buf b = BUF(1 << 20);
		struct told t;
		struct err err;

		buf_str(&b, "[{" A);
		for (size_t i = 1; i < WHOLE; i++)
			if (i != out) {
				buf_chr(&b, ',');
				buf_str(&b, whole[i]);
			}
		buf_str(&b, "}]");
		told_begin(&t);
		assert_int_equal(scan_text(b.data, b.len, b.len, UNIT_ANY, &t, &err), 0);
		seen[out] = t.hash;
		for (size_t i = 1; i < out; i++)
			/* respons_klasse is not what makes this one a legal unit */
			if (seen[i] == seen[out])
				fail_msg("%s and %s make no difference", whole[i],
				    whole[out]);
		buf_free(&b);
		buf_free(&t.text);
	}
}

/* --- limits ----------------------------------------------------------------- */

static void
drops_a_unit_that_is_too_long(void **state)
{
	static const char *const long_parts[] = {
		"\"navn\":\"%\"", "\"ny\":\"%\"", "\"aktivitet\":[\"%\"]",
		"\"historiskeNavn\":[{\"navn\":\"%\"}]", "\"ny\":[\"\"%,1]", "%\"x\":1"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(long_parts) / sizeof(long_parts[0]); i++)
		for (int first = 0; first < 2; first++) {
			struct buf b = BUF(8 << 20);
			const char *hole = strchr(long_parts[i], '%');
			struct told t;
			struct err err;

			buf_str(&b, "[{");
			if (first)
				buf_str(&b, A ",");
			buf_add(&b, long_parts[i], (size_t)(hole - long_parts[i]));
			for (int n = 0; n < SCAN_UNIT_MAX + 100; n++)
				buf_str(&b, i == 4 ? ",\"\"" : i == 5 ? " " : "x");
			buf_str(&b, hole + 1);
			if (!first)
				buf_str(&b, "," A);
			buf_str(&b, "},{" B "}]");
			told_begin(&t);
			assert_int_equal(scan_text(b.data, b.len, 65536, UNIT_ANY, &t,
			    &err), 0);
			assert_non_null(strstr(t.text.data, "longer than 1 MiB\n"));
			assert_non_null(strstr(t.text.data, "-211111119 1 1 "));
			assert_non_null(strstr(t.text.data, "+322222238 enhet -\n"));
			buf_free(&b);
			buf_free(&t.text);
		}
}

static void
tells_no_more_than_so_many_remarks(void **state)
{
	struct buf b = BUF(1 << 16);
	struct told t;
	struct err err;
	size_t n = 0;

	(void)state;
	buf_str(&b, "[{" A);
	for (size_t i = 0; i < unit_fields_n; i++)
		if (unit_fields[i].type == UNIT_DATE &&
		    strchr(unit_fields[i].path, '.') == NULL)
			buf_printf(&b, ",\"%s\":\"i går\"", unit_fields[i].path);
	buf_str(&b, "}]");
	told_begin(&t);
	assert_int_equal(scan_text(b.data, b.len, 100, UNIT_ANY, &t, &err), 0);
	for (const char *p = t.text.data; (p = strchr(p, '~')) != NULL; p++)
		n++;
	assert_int_equal(n, SCAN_REMARKS);
	assert_int_equal(t.units, 1);
	buf_free(&b);
	buf_free(&t.text);
}

static void
shows_no_strange_octets_of_a_number(void **state)
{
	struct told t;
	struct err err;
	static const char text[] = "[{\"organisasjonsnummer\":\"\\u001b[31m<æ> "
	    "0123456789012345678901234567890123456789\"}]";

	(void)state;
	told_begin(&t);
	assert_int_equal(scan_text(text, sizeof(text) - 1, 9, UNIT_ANY, &t, &err), 0);
	assert_string_equal(t.text.data, "-?[31m<?" "?>?0123456789012 1 1 "
	    "organisasjonsnummer: is not a number\n");
	buf_free(&t.text);
}

static void
stops_when_the_caller_says_so(void **state)
{
	static const char text[] = "[{" A "},{" B "}]";
	struct scan_to to;
	struct told t;
	struct err err;
	struct scan *s;

	(void)state;
	told_begin(&t);
	t.stop_at = 2;
	to = (struct scan_to){ told_unit, told_fault, &t };
	s = scan_new(UNIT_ANY, &to);
	assert_int_equal(scan_push(s, text, sizeof(text) - 1, &err), -1);
	assert_string_equal(err.text, "the caller stops");
	assert_int_equal(err.status, EX_IOERR);
	scan_free(s);
	scan_free(NULL);
	buf_free(&t.text);
}

static void
keeps_the_kinds_apart(void **state)
{
	static const char text[] = "[{" A ",\"respons_klasse\":\"Enhet\"},{" B
	    ",\"organisasjonsform\":{\"kode\":\"BEDR\"}}]";
	struct told t;
	struct err err;

	(void)state;
	told_begin(&t);
	assert_int_equal(scan_text(text, sizeof(text) - 1, 9, UNIT_ENHET, &t, &err), 0);
	assert_string_equal(t.text.data, "+211111119 enhet -\n"
	    "-322222238 1 2 : an underenhet among enheter\n");
	buf_free(&t.text);
	told_begin(&t);
	assert_int_equal(scan_text(text, sizeof(text) - 1, 9, UNIT_UNDERENHET, &t,
	    &err), 0);
	assert_string_equal(t.text.data,
	    "-211111119 1 1 : an enhet among underenheter\n+322222238 underenhet -\n");
	buf_free(&t.text);
}

/* --- look-ups --------------------------------------------------------------- */

static void
reads_what_a_look_up_brings(void **state)
{
	static const struct { const char *says, *text, *want; } answers[] = {
		{ "one unit", "{" A "," NAVN "}", "+211111119 enhet X\n" },
		{ "an array", "[{" A "}]", "+211111119 enhet -\n" },
		{ "a search answer", "{\"_embedded\":{\"enheter\":[{" A "},{" B "}]},"
		  "\"page\":{\"size\":20}}", "+211111119 enhet -\n+322222238 enhet -\n" },
		{ "a search answer, its page first",
		  "{\"page\":{\"navn\":\"x\"},\"_embedded\":{\"x\":[{" B "}],"
		  "\"underenheter\":[{" A "}]}}", "+211111119 enhet -\n" },
		{ "no hits", "{\"_links\":{},\"page\":{\"totalElements\":0}}", "" },
		{ "a change feed holds no units", "{\"_embedded\":{\"oppdaterteEnheter\":[{"
		  A "}]},\"page\":{}}", "" },
		{ "a hit that is none", "{\"_embedded\":{\"enheter\":[7,{" A "}]}}",
		  "- 1 1 : not an object\n+211111119 enhet -\n" },
		{ "no list of hits", "{\"_embedded\":{\"enheter\":{" A "}}}", "" },
		{ "a removed unit", "{" A ",\"slettedato\":\"2026-09-01\",\"_links\":{}}",
		  "+211111119 enhet -\n" },
		{ "an error of the register", "{\"status\":400,\"feilmelding\":\"x\"}",
		  "- 1 1 : no organisation number\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct told t;
		struct scan_to to = { told_unit, told_fault, &t };
		struct err err;

		told_begin(&t);
		if (scan_one(answers[i].text, strlen(answers[i].text), UNIT_ANY, &to,
		    &err) != 0)
			fail_msg("%s: %s", answers[i].says, err.text);
		if (strcmp(buf_text(&t.text), answers[i].want) != 0)
			fail_msg("%s: got\n%swant\n%s", answers[i].says,
			    buf_text(&t.text), answers[i].want);
		buf_free(&t.text);
	}
}

static void
reads_real_payloads(void **state)
{
	static const struct { const char *file; int units, dropped; } real[] = {
		{ "address_foreign.json", 0, 1 },
		{ "enhet_410_gone.json", 1, 0 },
		{ "enhet_923609016_2026-03.json", 1, 0 },
		{ "enhet_925836613_2026-08.json", 1, 0 },
		{ "enhet_974760673_2026-09.json", 1, 0 },
		{ "enhet_docs_example_v2.json", 0, 1 },	/* check digit */
		{ "enhet_mock_orgl_910562223.json", 1, 0 },
		{ "enhet_slettet_2026-09.json", 1, 0 },
		{ "enhet_slettet_docs_example.json", 0, 1 },
		{ "enheter_search_asa_5_2026-03.json", 5, 0 },
		{ "enheter_search_empty.json", 0, 0 },
		{ "enheter_search_page1.json", 2, 0 },
		{ "enheter_search_page2.json", 1, 0 },
		{ "error_400_valideringsfeil.json", 0, 1 },
		{ "error_500.json", 0, 1 },
		{ "oppdateringer_enheter_2026-09.json", 0, 0 },
		{ "underenhet_docs_example_v2.json", 0, 1 },
		{ "underenheter_bulk_2020_2stk.json", 2, 0 },
		{ "underenheter_search_925836613_2026-08.json", 1, 0 },
		{ "underenheter_search_docs_example.json", 0, 1 },
		{ "underenheter_search_empty.json", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(real) / sizeof(real[0]); i++) {
		struct buf b = BUF(1 << 20);
		struct told t;
		struct scan_to to = { told_unit, told_fault, &t };
		struct err err;
		char path[120];
		int faults = 0;

		snprintf(path, sizeof(path), "../shared/data/register/%s", real[i].file);
		if (!file_exists(path) || file_read(path, 1 << 20, &b, &err) != 0)
			continue;	/* the folder is not there */
		told_begin(&t);
		if (scan_one(b.data, b.len, UNIT_ANY, &to, &err) != 0)
			fail_msg("%s: %s", real[i].file, err.text);
		for (const char *p = buf_text(&t.text); (p = strchr(p, '\n')) != NULL; p++)
			faults++;
		if (t.units != real[i].units || faults != t.units + real[i].dropped)
			fail_msg("%s: got %d units\n%s", real[i].file, t.units,
			    buf_text(&t.text));
		buf_free(&b);
		buf_free(&t.text);
	}
}

/* The seeds of the fuzzer: whole and octet by octet, the same is told. */
static void
replays_the_corpus(void **state)
{
	struct file_list list;
	struct err err;

	(void)state;
	assert_int_equal(file_list("tests/corpus/scan", &list, &err), 0);
	assert_true(list.n > 0);
	for (size_t i = 0; i < list.n; i++) {
		struct buf b = BUF(1 << 20);
		struct told whole_t, pieces;
		struct err err2;
		char path[300];
		int ret;

		snprintf(path, sizeof(path), "tests/corpus/scan/%s", list.name[i]);
		assert_int_equal(file_read(path, 1 << 20, &b, &err), 0);
		told_begin(&whole_t);
		told_begin(&pieces);
		ret = scan_text(b.data, b.len, b.len + 1, UNIT_ANY, &whole_t, &err);
		assert_int_equal(scan_text(b.data, b.len, 1, UNIT_ANY, &pieces, &err2),
		    ret);
		assert_string_equal(buf_text(&whole_t.text), buf_text(&pieces.text));
		assert_true(whole_t.hash == pieces.hash);
		if (ret != 0)
			assert_string_equal(err.text, err2.text);
		buf_free(&b);
		buf_free(&whole_t.text);
		buf_free(&pieces.text);
	}
	file_list_free(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_units_and_faults),
		cmocka_unit_test(refuses_what_is_no_extract),
		cmocka_unit_test(reads_every_field),
		cmocka_unit_test(is_indifferent_to_order_layout_and_pieces),
		cmocka_unit_test(hashes_every_field),
		cmocka_unit_test(drops_a_unit_that_is_too_long),
		cmocka_unit_test(tells_no_more_than_so_many_remarks),
		cmocka_unit_test(shows_no_strange_octets_of_a_number),
		cmocka_unit_test(stops_when_the_caller_says_so),
		cmocka_unit_test(keeps_the_kinds_apart),
		cmocka_unit_test(reads_what_a_look_up_brings),
		cmocka_unit_test(reads_real_payloads),
		cmocka_unit_test(replays_the_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
