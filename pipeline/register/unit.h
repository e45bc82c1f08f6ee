#ifndef PIPELINE_REGISTER_UNIT_H
#define PIPELINE_REGISTER_UNIT_H

/*
 * unit -- one unit of Enhetsregisteret, as registered (API v2, bulk file,
 * single answer or search answer; enhet and underenhet alike).
 *
 * Nothing is mended here: an e-mail address, a web page or a telephone number
 * is what somebody typed into the register.  What is not registered is absent,
 * and the register's null, "" and missing key are all the same absence:
 *
 *	text		NULL
 *	flag, number, code, organisation number	UNIT_NONE (-1)
 *	day		DATE_NONE
 *	real		NAN
 *
 * An industry code is its five digits as a number: 90.201 is 90201, 01.110 is
 * 1110.  "00.000" (Uoppgitt), which is in no version of the standard, is 0 and
 * so not the same as absent.  Municipality numbers are text: 0301.
 *
 * Several lines (addresses, purpose, activity) are one text with a newline
 * between them; empty lines are left out.  Descriptions of codes are not kept:
 * they belong to the code lists.
 *
 * unit_fields[] names every field once, in the order of the struct.  Columns
 * of the table, what is bound to them, and unit_hash() are driven from it.
 *
 * Text is owned by whoever filled the unit in (scan.h: valid in the callback).
 */

#include <stddef.h>
#include <stdint.h>

enum { UNIT_NONE = -1 };

enum unit_kind {
	UNIT_ANY = -1,			/* asked for, never delivered */
	UNIT_ENHET = 0,			/* legal unit */
	UNIT_UNDERENHET = 1		/* place of business beneath one */
};

struct unit_address {
	const char *country;		/* land */
	const char *country_code;	/* landkode, "NO" */
	const char *postcode;		/* postnummer; none abroad */
	const char *place;		/* poststed */
	const char *lines;		/* adresse[] */
	const char *municipality_name;	/* kommune; none abroad */
	const char *municipality;	/* kommunenummer, four digits */
};

struct unit {
	int32_t orgnr;			/* always there, check digit right */
	int32_t kind;			/* enum unit_kind */
	const char *response_class;	/* respons_klasse, "SlettetEnhet" ... */
	const char *name;
	const char *former_names;	/* JSON: [{"navn":,"fraDato":,"tilDato":}] */
	const char *legal_form;		/* organisasjonsform.kode */
	int32_t legal_form_ended;	/* day the form went out of use */
	int32_t parent;			/* overordnetEnhet */
	int32_t deleted_date;		/* slettedato: set = deleted */

	const char *email;		/* epostadresse */
	const char *website;
	const char *phone;
	const char *mobile;
	struct unit_address business;	/* forretningsadresse (enhet) */
	struct unit_address location;	/* beliggenhetsadresse (underenhet) */
	struct unit_address postal;	/* postadresse */

	int32_t nace1, nace2, nace3;
	int32_t nace_helper;		/* hjelpeenhetskode */
	int64_t employees;		/* antallAnsatte: never 1 to 4 today */
	int32_t has_employees;		/* 1 with employees absent: 1 to 4 */
	int32_t employees_date;		/* registered in Enhetsregisteret */
	int32_t employees_nav_date;	/* registered in NAV Aa-registeret */
	const char *sector;		/* institusjonellSektorkode.kode */

	int32_t registered_date;
	int32_t founded_date;		/* stiftelsesdato */
	int32_t start_date;		/* oppstartsdato (underenhet) */
	int32_t owner_change_date;	/* datoEierskifte (underenhet) */
	int32_t closed_date;		/* nedleggelsesdato (underenhet) */
	int32_t articles_date;		/* vedtektsdato */

	int32_t vat;			/* registrertIMvaregisteret */
	int32_t vat_date;
	int32_t vat_entry_date;		/* ... as entered in Enhetsregisteret */
	int32_t vat_voluntary_date;
	const char *vat_voluntary;	/* frivilligMvaRegistrertBeskrivelser[] */

	int32_t business_register;	/* Foretaksregisteret */
	int32_t business_register_date;
	int32_t foundation_register;	/* Stiftelsesregisteret */
	int32_t foundation_register_date;
	int32_t voluntary_register;	/* Frivillighetsregisteret */
	int32_t voluntary_register_date;
	int32_t party_register;		/* Partiregisteret */
	int32_t party_register_date;

	int64_t accounts_year;		/* sisteInnsendteAarsregnskap */
	int32_t audit_waived_date;
	int32_t audit_waiver_decided_date;

	int32_t bankrupt;
	int32_t bankrupt_date;
	int32_t winding_up;
	int32_t winding_up_date;
	int32_t forced_winding_up;
	int32_t forced_no_deletion_date;
	int32_t forced_no_manager_date;
	int32_t forced_no_auditor_date;
	int32_t forced_no_accounts_date;
	int32_t forced_no_board_date;
	int32_t reconstruction_date;
	int32_t foreign_insolvency_date;

	const char *language;		/* maalform: "Bokmål", "Nynorsk" */
	const char *purpose;		/* vedtektsfestetFormaal[] */
	const char *activity;		/* aktivitet[] */
	int64_t endorsements;		/* number of paategninger */
	int32_t in_group;		/* erIKonsern */

	double capital;			/* kapital.belop, in capital_currency */
	int64_t capital_shares;
	const char *capital_type;
	const char *capital_currency;
	const char *capital_bound;	/* as written: no schema is published */
	const char *capital_paid;	/* likewise */
	const char *capital_fully_paid;	/* likewise */
	int32_t capital_date;

	const char *home_number;	/* registreringsnummerIHjemlandet */
	const char *home_register;
	const char *home_register_country;
	const char *home_register_place;
	const char *home_register_lines;
	const char *home_law;		/* underlagtLovgivningLand */
	const char *home_law_code;
	const char *home_form;		/* foretaksformIHjemlandet.kode */
	const char *home_form_name;	/* ... .beskrivelse */
};

enum unit_type {
	UNIT_TEXT,	/* const char *; from a string */
	UNIT_LINES,	/* const char *; from an array of strings */
	UNIT_SCALAR,	/* const char *; from a string, number or true/false */
	UNIT_NAMES,	/* const char *; JSON, see former_names */
	UNIT_INT,	/* int64_t, 0 or more */
	UNIT_COUNT,	/* int64_t; length of an array */
	UNIT_BOOL,	/* int32_t, 0 or 1 */
	UNIT_CODE,	/* int32_t, 0 to 99999 */
	UNIT_ORGNR,	/* int32_t, check digit right */
	UNIT_KIND,	/* int32_t, enum unit_kind; derived, no key of its own */
	UNIT_DATE,	/* int32_t, day */
	UNIT_REAL	/* double */
};

struct unit_field {
	const char *name;	/* column, snake case */
	enum unit_type type;
	size_t offset;		/* in struct unit */
	const char *path;	/* key in the register's JSON, "a" or "a.b"; NULL */
	const char *about;	/* one line for the data dictionary, English */
};

extern const struct unit_field unit_fields[];
extern const size_t unit_fields_n;

/* Everything absent (orgnr too). */
void unit_clear(struct unit *);

/* The value of a field.  unit_text(): for the text types, NULL if absent.
 * unit_int(): for the int32_t and int64_t types, 1 and *${ret}, or 0 if absent.
 * unit_real(): 1 and *${ret}, or 0. */
const char *unit_text(const struct unit *, const struct unit_field *);
int unit_int(const struct unit *, const struct unit_field *, int64_t *ret);
int unit_real(const struct unit *, const struct unit_field *, double *ret);

/* Is it one of the text types, to be asked with unit_text()? */
int unit_is_text(enum unit_type);

/* "enhet", "underenhet"; back: 0, or -1 for another word. */
const char *unit_kind_name(enum unit_kind);
int unit_kind_parse(const char *word, enum unit_kind *ret);

enum {
	UNIT_WORDS = 2,		/* 64 fields in each */
	UNIT_HASH = 2		/* which unit_hash() this is: extract.unit_hash */
};

/* Which fields are there: bit i % 64 of word i / 64, in unit_fields[]. */
void unit_has(const struct unit *, uint64_t has[UNIT_WORDS]);

/*
 * A 64-bit sum of all fields, absent ones included, to tell today's row from
 * yesterday's of the same organisation number.  The same on every machine; where
 * it changes, as when a field is added to unit_fields[], UNIT_HASH must count on,
 * so that the rows in a database are summed again before they are compared
 * (rehash.h).  Two different rows of one unit agree once in 2^64; it is no defence
 * against somebody who wants them to.
 */
int64_t unit_hash(const struct unit *);
/* For who has unit_has() of it. */
int64_t unit_hash_of(const struct unit *, const uint64_t has[UNIT_WORDS]);

#endif /* !PIPELINE_REGISTER_UNIT_H */
