#include <stdlib.h>
#include <string.h>

#include "pipeline/tables/forms.h"

static const struct form { const char *code, *nb, *en; } form[] = {
	/* in the order of strcmp() */
	{ "AAFY", "Underenhet til ikke-næringsdrivende",
	    "Place of business of a unit without trade" },
	{ "ADOS", "Administrativ enhet - offentlig sektor",
	    "Administrative unit, public sector" },
	{ "ANNA", "Annen juridisk person", "Other legal person" },
	{ "ANS", "Ansvarlig selskap med solidarisk ansvar",
	    "General partnership, joint liability" },
	{ "AS", "Aksjeselskap", "Private limited company" },
	{ "ASA", "Allmennaksjeselskap", "Public limited company" },
	{ "BA", "Selskap med begrenset ansvar", "Company with limited liability" },
	{ "BBL", "Boligbyggelag", "Housing cooperative association" },
	{ "BEDR", "Underenhet til næringsdrivende og offentlig forvaltning",
	    "Place of business of a trader or public body" },
	{ "BO", "Andre bo", "Other estate" },
	{ "BRL", "Borettslag", "Housing cooperative" },
	{ "DA", "Ansvarlig selskap med delt ansvar",
	    "General partnership, shared liability" },
	{ "ENK", "Enkeltpersonforetak", "Sole proprietorship" },
	{ "EOFG", "Europeisk økonomisk foretaksgruppe",
	    "European economic interest grouping" },
	{ "ESEK", "Eierseksjonssameie", "Condominium" },
	{ "FKF", "Fylkeskommunalt foretak", "County enterprise" },
	{ "FLI", "Forening/lag/innretning", "Association" },
	{ "FYLK", "Fylkeskommune", "County authority" },
	{ "GFS", "Gjensidig forsikringsselskap", "Mutual insurance company" },
	{ "IKJP", "Andre ikke-juridiske personer", "Other, no legal person" },
	{ "IKS", "Interkommunalt selskap", "Inter-municipal company" },
	{ "KBO", "Konkursbo", "Bankrupt's estate" },
	{ "KF", "Kommunalt foretak", "Municipal enterprise" },
	{ "KIRK", "Den norske kirke", "Church of Norway" },
	{ "KOMM", "Kommune", "Municipality" },
	{ "KS", "Kommandittselskap", "Limited partnership" },
	{ "KTRF", "Kontorfellesskap", "Office community" },
	{ "NUF", "Norskregistrert utenlandsk foretak",
	    "Norwegian-registered foreign enterprise" },
	{ "OPMV", "Særskilt oppdelt enhet, jf. mval. § 2-2",
	    "Separated unit, VAT act § 2-2" },
	{ "ORGL", "Organisasjonsledd", "Part of an organisation" },
	{ "PERS", "Andre enkeltpersoner som registreres i tilknyttet register",
	    "Other person in an attached register" },
	{ "PK", "Pensjonskasse", "Pension fund" },
	{ "PRE", "Partrederi", "Shipping partnership" },
	{ "SA", "Samvirkeforetak", "Cooperative" },
	{ "SAM", "Tingsrettslig sameie", "Joint ownership" },
	{ "SE", "Europeisk selskap", "European company" },
	{ "SF", "Statsforetak", "State enterprise" },
	{ "SPA", "Sparebank", "Savings bank" },
	{ "STAT", "Staten", "The State" },
	{ "STI", "Stiftelse", "Foundation" },
	{ "SÆR", "Annet foretak iflg. særskilt lov",
	    "Other enterprise by an act of its own" },
	{ "TVAM", "Tvangsregistrert for MVA", "Registered for VAT by force" },
	{ "UTBG", "Frivillig registrert utleiebygg",
	    "Building to let, voluntarily registered" },
	{ "UTLA", "Utenlandsk enhet", "Foreign unit" },
	{ "VIFE", "Virksomhet drevet i fellesskap", "Joint venture" },
	{ "VPFO", "Verdipapirfond", "Securities fund" },
};

static int
by_code(const void *key, const void *one)
{
	const struct form *f = one;

	return strcmp(key, f->code);
}

const char *
forms_name(const char *code, enum lang lang)
{
	const struct form *f = bsearch(code, form, sizeof(form) / sizeof(form[0]),
	    sizeof(form[0]), by_code);

	return f == NULL ? NULL : lang == LANG_EN ? f->en : f->nb;
}
