#include <math.h>
#include <string.h>

#include "pipeline/base/date.h"

#include "pipeline/register/unit.h"

#define F(name_, type_, path_, about_) \
	{ #name_, type_, offsetof(struct unit, name_), path_, about_ }
#define ADDRESS(pre_, key_, whose_) \
	A(pre_, country, UNIT_TEXT, key_ ".land", whose_ ": country"), \
	A(pre_, country_code, UNIT_TEXT, key_ ".landkode", whose_ ": country, two letters"), \
	A(pre_, postcode, UNIT_TEXT, key_ ".postnummer", whose_ ": postcode, none abroad"), \
	A(pre_, place, UNIT_TEXT, key_ ".poststed", whose_ ": place; abroad with the postcode"), \
	A(pre_, lines, UNIT_LINES, key_ ".adresse", whose_ ": lines, newline between them"), \
	A(pre_, municipality_name, UNIT_TEXT, key_ ".kommune", whose_ ": municipality, as the register writes it"), \
	A(pre_, municipality, UNIT_TEXT, key_ ".kommunenummer", whose_ ": municipality number, four digits")
#define A(pre_, name_, type_, path_, about_) \
	{ #pre_ "_" #name_, type_, offsetof(struct unit, pre_.name_), path_, about_ }

const struct unit_field unit_fields[] = {
	F(orgnr, UNIT_ORGNR, "organisasjonsnummer", "organisation number, nine digits, check digit right"),
	F(kind, UNIT_KIND, NULL, "0 enhet (legal unit), 1 underenhet (place of business)"),
	F(response_class, UNIT_TEXT, "respons_klasse", "what the register calls the record: Enhet, Underenhet, SlettetEnhet"),
	F(name, UNIT_TEXT, "navn", "name"),
	F(former_names, UNIT_NAMES, "historiskeNavn", "earlier names, JSON: navn, fraDato, tilDato (local time)"),
	F(legal_form, UNIT_TEXT, "organisasjonsform.kode", "legal form: AS, ENK, BEDR"),
	F(legal_form_ended, UNIT_DATE, "organisasjonsform.utgaatt", "day the legal form went out of use"),
	F(parent, UNIT_ORGNR, "overordnetEnhet", "organisation number of the unit above"),
	F(deleted_date, UNIT_DATE, "slettedato", "day it was deleted from the register"),

	F(email, UNIT_TEXT, "epostadresse", "e-mail address as registered"),
	F(website, UNIT_TEXT, "hjemmeside", "web page as registered"),
	F(phone, UNIT_TEXT, "telefon", "telephone as registered"),
	F(mobile, UNIT_TEXT, "mobil", "mobile telephone as registered"),
	ADDRESS(business, "forretningsadresse", "business address (enhet)"),
	ADDRESS(location, "beliggenhetsadresse", "location (underenhet)"),
	ADDRESS(postal, "postadresse", "postal address"),

	F(nace1, UNIT_CODE, "naeringskode1.kode", "first industry code, five digits as a number; 0 is 00.000 Uoppgitt"),
	F(nace2, UNIT_CODE, "naeringskode2.kode", "second industry code"),
	F(nace3, UNIT_CODE, "naeringskode3.kode", "third industry code"),
	F(nace_helper, UNIT_CODE, "hjelpeenhetskode.kode", "what it does for its own group; none of the three codes"),
	F(employees, UNIT_INT, "antallAnsatte", "employees; never 1 to 4, absent for 0 to 4"),
	F(has_employees, UNIT_BOOL, "harRegistrertAntallAnsatte", "1 with employees absent: 1 to 4; 0: none registered"),
	F(employees_date, UNIT_DATE, "registreringsdatoAntallAnsatteEnhetsregisteret", "day the number came into Enhetsregisteret"),
	F(employees_nav_date, UNIT_DATE, "registreringsdatoAntallAnsatteNAVAaregisteret", "day the number came into NAV Aa-registeret"),
	F(sector, UNIT_TEXT, "institusjonellSektorkode.kode", "institutional sector"),

	F(registered_date, UNIT_DATE, "registreringsdatoEnhetsregisteret", "day it came into Enhetsregisteret"),
	F(founded_date, UNIT_DATE, "stiftelsesdato", "day it was founded"),
	F(start_date, UNIT_DATE, "oppstartsdato", "day it started (underenhet)"),
	F(owner_change_date, UNIT_DATE, "datoEierskifte", "day it changed owner (underenhet)"),
	F(closed_date, UNIT_DATE, "nedleggelsesdato", "day it closed (underenhet)"),
	F(articles_date, UNIT_DATE, "vedtektsdato", "day of its articles"),

	F(vat, UNIT_BOOL, "registrertIMvaregisteret", "in the VAT register; exempt trades are not"),
	F(vat_date, UNIT_DATE, "registreringsdatoMerverdiavgiftsregisteret", "day it came into the VAT register"),
	F(vat_entry_date, UNIT_DATE, "registreringsdatoMerverdiavgiftsregisteretEnhetsregisteret", "day Enhetsregisteret noted that"),
	F(vat_voluntary_date, UNIT_DATE, "registreringsdatoFrivilligMerverdiavgiftsregisteret", "day of voluntary VAT registration"),
	F(vat_voluntary, UNIT_LINES, "frivilligMvaRegistrertBeskrivelser", "what it is voluntarily registered for"),

	F(business_register, UNIT_BOOL, "registrertIForetaksregisteret", "in Foretaksregisteret"),
	F(business_register_date, UNIT_DATE, "registreringsdatoForetaksregisteret", "since"),
	F(foundation_register, UNIT_BOOL, "registrertIStiftelsesregisteret", "in Stiftelsesregisteret"),
	F(foundation_register_date, UNIT_DATE, "registreringsdatoStiftelsesregisteret", "since"),
	F(voluntary_register, UNIT_BOOL, "registrertIFrivillighetsregisteret", "in Frivillighetsregisteret"),
	F(voluntary_register_date, UNIT_DATE, "registreringsdatoFrivillighetsregisteret", "since"),
	F(party_register, UNIT_BOOL, "registrertIPartiregisteret", "in Partiregisteret"),
	F(party_register_date, UNIT_DATE, "registreringsdatoPartiregisteret", "since"),

	F(accounts_year, UNIT_INT, "sisteInnsendteAarsregnskap", "year of the last accounts sent in"),
	F(audit_waived_date, UNIT_DATE, "fravalgRevisjonDato", "no auditor since"),
	F(audit_waiver_decided_date, UNIT_DATE, "fravalgRevisjonBeslutningsDato", "day that was decided"),

	F(bankrupt, UNIT_BOOL, "konkurs", "bankrupt"),
	F(bankrupt_date, UNIT_DATE, "konkursdato", "day of the ruling"),
	F(winding_up, UNIT_BOOL, "underAvvikling", "being wound up"),
	F(winding_up_date, UNIT_DATE, "underAvviklingDato", "since"),
	F(forced_winding_up, UNIT_BOOL, "underTvangsavviklingEllerTvangsopplosning", "being wound up or dissolved by force"),
	F(forced_no_deletion_date, UNIT_DATE, "tvangsavvikletPgaManglendeSlettingDato", "by force: not deleted in time"),
	F(forced_no_manager_date, UNIT_DATE, "tvangsopplostPgaManglendeDagligLederDato", "by force: no general manager"),
	F(forced_no_auditor_date, UNIT_DATE, "tvangsopplostPgaManglendeRevisorDato", "by force: no auditor"),
	F(forced_no_accounts_date, UNIT_DATE, "tvangsopplostPgaManglendeRegnskapDato", "by force: no accounts"),
	F(forced_no_board_date, UNIT_DATE, "tvangsopplostPgaMangelfulltStyreDato", "by force: board incomplete"),
	F(reconstruction_date, UNIT_DATE, "underRekonstruksjonsforhandlingDato", "negotiating a reconstruction since"),
	F(foreign_insolvency_date, UNIT_DATE, "underUtenlandskInsolvensbehandlingDato", "insolvent abroad since"),

	F(language, UNIT_TEXT, "maalform", "Bokmål or Nynorsk"),
	F(purpose, UNIT_LINES, "vedtektsfestetFormaal", "purpose in the articles"),
	F(activity, UNIT_LINES, "aktivitet", "activity in its own words"),
	F(endorsements, UNIT_COUNT, "paategninger", "number of endorsements"),
	F(in_group, UNIT_BOOL, "erIKonsern", "part of a group"),

	F(capital, UNIT_REAL, "kapital.belop", "capital, in capital_currency"),
	F(capital_shares, UNIT_INT, "kapital.antallAksjer", "number of shares"),
	F(capital_type, UNIT_TEXT, "kapital.type", "kind of capital"),
	F(capital_currency, UNIT_TEXT, "kapital.valuta", "its currency"),
	F(capital_bound, UNIT_SCALAR, "kapital.bundet", "bound, as written"),
	F(capital_paid, UNIT_SCALAR, "kapital.innbetalt", "paid in, as written"),
	F(capital_fully_paid, UNIT_SCALAR, "kapital.fulltInnbetalt", "fully paid in, as written"),
	F(capital_date, UNIT_DATE, "kapital.innfortDato", "day it was entered"),

	F(home_number, UNIT_TEXT, "registreringsnummerIHjemlandet", "number in its home country"),
	F(home_register, UNIT_TEXT, "utenlandskRegisterNavn", "register in its home country"),
	F(home_register_country, UNIT_TEXT, "utenlandskRegisterAdresse.land", "that register: country"),
	F(home_register_place, UNIT_TEXT, "utenlandskRegisterAdresse.poststed", "that register: place"),
	F(home_register_lines, UNIT_LINES, "utenlandskRegisterAdresse.adresse", "that register: lines"),
	F(home_law, UNIT_TEXT, "underlagtLovgivningLand", "country whose law it is under"),
	F(home_law_code, UNIT_TEXT, "underlagtLovgivningLandKode", "two letters of that country"),
	F(home_form, UNIT_TEXT, "foretaksformIHjemlandet.kode", "legal form at home"),
	F(home_form_name, UNIT_TEXT, "foretaksformIHjemlandet.beskrivelse", "its name"),
};

const size_t unit_fields_n = sizeof(unit_fields) / sizeof(unit_fields[0]);

/* The fields by what they are kept in. */
enum keep { KEEP_TEXT, KEEP_32, KEEP_64, KEEP_REAL };

static enum keep
keep_of(enum unit_type type)
{
	switch (type) {
	case UNIT_TEXT:
	case UNIT_LINES:
	case UNIT_SCALAR:
	case UNIT_NAMES:
		return KEEP_TEXT;
	case UNIT_INT:
	case UNIT_COUNT:
		return KEEP_64;
	case UNIT_REAL:
		return KEEP_REAL;
	case UNIT_BOOL:
	case UNIT_CODE:
	case UNIT_ORGNR:
	case UNIT_KIND:
	case UNIT_DATE:
		break;
	}
	return KEEP_32;
}

static void *
place(struct unit *u, const struct unit_field *f)
{
	return (char *)u + f->offset;
}

static const void *
place_const(const struct unit *u, const struct unit_field *f)
{
	return (const char *)u + f->offset;
}

void
unit_clear(struct unit *u)
{
	memset(u, 0, sizeof(*u));
	for (size_t i = 0; i < unit_fields_n; i++) {
		const struct unit_field *f = &unit_fields[i];

		switch (keep_of(f->type)) {
		case KEEP_TEXT:
			*(const char **)place(u, f) = NULL;
			break;
		case KEEP_32:
			*(int32_t *)place(u, f) =
			    f->type == UNIT_DATE ? DATE_NONE : UNIT_NONE;
			break;
		case KEEP_64:
			*(int64_t *)place(u, f) = UNIT_NONE;
			break;
		case KEEP_REAL:
			*(double *)place(u, f) = (double)NAN;
			break;
		}
	}
}

int
unit_is_text(enum unit_type type)
{
	return keep_of(type) == KEEP_TEXT;
}

const char *
unit_text(const struct unit *u, const struct unit_field *f)
{
	return *(const char *const *)place_const(u, f);
}

int
unit_int(const struct unit *u, const struct unit_field *f, int64_t *ret)
{
	if (keep_of(f->type) == KEEP_64) {
		*ret = *(const int64_t *)place_const(u, f);
		return *ret != UNIT_NONE;
	}
	*ret = *(const int32_t *)place_const(u, f);
	return *ret != (f->type == UNIT_DATE ? DATE_NONE : UNIT_NONE);
}

int
unit_real(const struct unit *u, const struct unit_field *f, double *ret)
{
	*ret = *(const double *)place_const(u, f);
	return !isnan(*ret);
}

static const char *const kinds[] = { "enhet", "underenhet" };

const char *
unit_kind_name(enum unit_kind kind)
{
	return kind == UNIT_ANY ? "any" : kinds[kind];
}

int
unit_kind_parse(const char *word, enum unit_kind *ret)
{
	for (int i = 0; i < 2; i++)
		if (strcmp(word, kinds[i]) == 0) {
			*ret = (enum unit_kind)i;
			return 0;
		}
	return -1;
}
