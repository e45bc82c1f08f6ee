#include <assert.h>
#include <string.h>

#include "pipeline/tables/words.h"

#define S "\xc2\xa0"		/* no-break space */

static const struct {
	const char *key, *nb, *en;
} table[WORDS] = {
	[WORD_NOTE_SIGNS] = { "signs", "Tegn: {1}.", "Signs: {1}." },
	[WORD_SIGN_ZERO] = { "zero", "- null", "- zero" },
	[WORD_SIGN_UNDEFINED] = { "undefined",
	    ". kan ikke forekomme (ikke definert)", ". not defined" },
	[WORD_SIGN_MISSING] = { "missing", ".. mangler", ".. not available" },
	[WORD_SIGN_HIDDEN] = { "hidden", ": vises ikke", ": not shown" },
	[WORD_NOTE_SOURCE] = { "source",
	    "Kilde: Enhetsregisteret og undersøkelsens egen utsending.",
	    "Source: the Central Coordinating Register for Legal Entities "
	    "(Enhetsregisteret) and the survey's own mailing." },
	[WORD_NOTE_SOURCE_DAY] = { "source",
	    "Kilde: Enhetsregisteret slik det var {1}, og undersøkelsens egen "
	    "utsending.",
	    "Source: the Central Coordinating Register for Legal Entities "
	    "(Enhetsregisteret) as of {1}, and the survey's own mailing." },
	[WORD_WARNING] = { "warning", "Advarsel: ", "Warning: " },

	[WORD_AREA] = { "area", "Område", "Area" },
	[WORD_GROUP] = { "group", "Gruppe", "Group" },
	[WORD_SENT] = { "sent", "Sendt ut", "Sent" },
	[WORD_RETURNED] = { "returned", "Retur", "Returned" },
	[WORD_NET] = { "net", "Netto", "Net" },
	[WORD_SUM] = { "sum", "Sum", "Sum" },
	[WORD_NOT_LOCATED] = { "not_located", "Ikke lokalisert", "Not located" },
	[WORD_ALL] = { "total", "I alt", "In all" },
	[WORD_DELIVERED] = { "delivered", "Levert", "Delivered" },
	[WORD_ANSWERED] = { "answered", "Besvart", "Answered" },
	[WORD_GROSS_RATE] = { "gross_rate", "Brutto svarprosent",
	    "Gross response rate" },
	[WORD_ACTIVE] = { "active", "Aktive selskap ({1})",
	    "Active enterprises ({1})" },
	[WORD_ACTIVE_UNKNOWN] = { "active", "Aktive selskap", "Active enterprises" },
	[WORD_NET_RATE] = { "net_rate", "Netto svarprosent", "Net response rate" },
	[WORD_TOTAL] = { "total", "Total", "Total" },
	[WORD_STEP] = { "step", "Trinn", "Step" },
	[WORD_CHANGE] = { "change", "Endring", "Change" },
	[WORD_LEFT] = { "left", "Enheter", "Units" },
	[WORD_REGISTER] = { "register", "Enheter i registeret",
	    "Units in the register" },
	[WORD_OUTSIDE_CODE] = { "outside_code", "utenfor næringskodene",
	    "outside the industry codes" },
	[WORD_OUTSIDE_AREA] = { "outside_area", "utenfor områdene",
	    "outside the areas" },
	[WORD_OUTSIDE_FILTER] = { "outside_filter", "utenfor filtrene",
	    "outside the filters" },
	[WORD_LISTED] = { "listed", "lagt til fra lister", "added from lists" },
	[WORD_POPULATION] = { "population", "Populasjon", "Population" },
	[WORD_KEPT] = { "kept", "Ramme", "Frame" },
	[WORD_NOT_DRAWN] = { "not_drawn", "ikke trukket", "not drawn" },
	[WORD_DRAWN] = { "drawn", "Trukket", "Drawn" },
	[WORD_NOT_SENT] = { "not_sent", "ikke sendt", "not sent" },
	[WORD_SENT_LONG] = { "sent", "Sendt ut", "Sent" },
	[WORD_RETURNS] = { "returned", "retur", "returned" },
	[WORD_NOT_LOCATED_LOSS] = { "not_located", "ikke lokalisert",
	    "not located" },
	[WORD_SILENT] = { "not_answered", "ikke besvart", "not answered" },
	[WORD_RATE] = { "rate", "Rate", "Rate" },
	[WORD_FORMULA] = { "formula", "Formel", "Formula" },
	[WORD_NUMERATOR] = { "numerator", "Teller", "Numerator" },
	[WORD_DENOMINATOR] = { "denominator", "Nevner", "Denominator" },
	[WORD_SHARE] = { "share", "Prosent", "Per cent" },

	[WORD_REASON_BANKRUPT] = { "bankrupt", "konkurs eller under avvikling",
	    "bankrupt or being wound up" },
	[WORD_REASON_EXCLUDED] = { "excluded", "på undersøkelsens unntaksliste",
	    "on the study's exclusion list" },
	[WORD_REASON_SUPPRESSED] = { "suppressed",
	    "har reservert seg eller er sperret", "opted out or suppressed" },
	[WORD_REASON_QUARANTINE] = { "quarantine",
	    "har nylig fått brev fra en undersøkelse",
	    "written to lately by a study" },
	[WORD_REASON_NO_EMAIL] = { "no_email", "ingen e-postadresse registrert",
	    "no e-mail address registered" },
	[WORD_REASON_EMAIL_UNUSABLE] = { "email_unusable",
	    "e-postadressen kan ikke brukes", "e-mail address cannot be used" },
	[WORD_REASON_EMAIL_REVIEW] = { "email_review",
	    "e-postadressen må ses på av et menneske",
	    "e-mail address wants a human eye" },
	[WORD_REASON_ONE_FIRM] = { "one_firm",
	    "er samme virksomhet som en annen i rammen",
	    "is the same firm as another unit in the frame" },
	[WORD_REASON_DUPLICATE] = { "duplicate",
	    "en annen enhet svarer for adressen",
	    "another unit answers for the address" },

	[WORD_TITLE_NET] = { "title_net",
	    "{1}: brutto- og nettoutvalg, antall enheter",
	    "{1}: gross and net sample, number of units" },
	[WORD_TITLE_RATES] = { "title_rates",
	    "{1}: svar etter område, antall og prosent",
	    "{1}: answers by area, number and per cent" },
	[WORD_TITLE_FUNNEL] = { "title_funnel",
	    "{1}: fra register til svar, antall enheter",
	    "{1}: from register to answers, number of units" },
	[WORD_TITLE_AAPOR] = { "title_aapor",
	    "Utfallsrater etter AAPOR (2023), prosent",
	    "Outcome rates by AAPOR (2023), per cent" },

	[WORD_DEF_SENT] = { "def_sent",
	    "Sendt ut: enheter med en invitasjon som er overlevert for sending, "
	    "til en e-posttjener eller på en liste til skjemaløsningen.",
	    "Sent: units with an invitation that was handed over for sending, to "
	    "a mail server or on a list for the survey platform." },
	[WORD_DEF_RETURNED] = { "def_returned",
	    "Retur: enheter der e-posten kom tilbake som endelig ikke leverbar. "
	    "En enhet som har svart eller meldt seg av, er aldri retur.",
	    "Returned: units whose mail came back as undeliverable for good. A "
	    "unit that has answered or opted out is never returned." },
	[WORD_DEF_NOT_LOCATED] = { "def_not_located",
	    "Ikke lokalisert: returer av denne undersøkelsens e-post som ikke kan "
	    "knyttes til en mottaker. De trekkes fra i alt, ikke i linjene.",
	    "Not located: returns of this survey's mail that cannot be tied to a "
	    "recipient. They are taken off the whole, not off the lines." },
	[WORD_DEF_NET] = { "def_net",
	    "Netto: sendt ut minus retur; i alt også minus ikke lokalisert. "
	    "(Statistisk sentralbyrå bruker nettoutvalg om dem som svarte.)",
	    "Net: sent less returned; in all also less not located. (Statistics "
	    "Norway's \"nettoutvalg\" is those who answered.)" },
	[WORD_DEF_DELIVERED] = { "def_delivered",
	    "Levert: sendt ut minus retur; i totalen også minus ikke lokalisert "
	    "(antall: {1}).",
	    "Delivered: sent less returned; in the total also less not located "
	    "(number: {1})." },
	[WORD_DEF_ANSWERED] = { "def_answered",
	    "Besvart: enheter med et fullført skjema.",
	    "Answered: units with a completed form." },
	[WORD_DEF_GROSS_RATE] = { "def_gross_rate",
	    "Brutto svarprosent: besvart i prosent av levert.",
	    "Gross response rate: answered in per cent of delivered." },
	[WORD_DEF_ACTIVE] = { "def_active",
	    "Aktive selskap: {1} av levert, en forutsetning og ikke en telling.",
	    "Active enterprises: {1} of delivered, an assumption and not a count." },
	[WORD_DEF_ACTIVE_SOURCE] = { "def_active",
	    "Aktive selskap: {1} av levert, en forutsetning og ikke en telling "
	    "({2}).",
	    "Active enterprises: {1} of delivered, an assumption and not a count "
	    "({2})." },
	[WORD_DEF_ACTIVE_ESTIMATED] = { "def_active",
	    "Aktive selskap: {1} av levert, anslått av registerets tegn til "
	    "aktivitet, ikke en telling ({2}).",
	    "Active enterprises: {1} of delivered, estimated by the register's "
	    "signs of activity, not a count ({2})." },
	[WORD_NOTE_ACTIVITY_SIGNS] = { "activity_signs",
	    "Registeret viser tegn til aktivitet ({4} poeng eller mer) hos {1} av "
	    "{2} i rammen, {3}.",
	    "The register shows signs of activity ({4} points or more) of {1} of "
	    "{2} in the frame, {3}." },
	[WORD_DEF_NET_RATE] = { "def_net_rate",
	    "Netto svarprosent: besvart i prosent av aktive selskap, regnet før "
	    "avrunding.",
	    "Net response rate: answered in per cent of active enterprises, "
	    "computed before rounding." },
	[WORD_DEF_TOTAL] = { "def_total",
	    "Total: regnet av summene, ikke av de avrundede tallene i områdene; "
	    "avrundede tall går derfor ikke alltid opp.",
	    "Total: computed from the sums, not from the rounded figures of the "
	    "areas; rounded figures therefore need not add up." },
	[WORD_NOTE_NO_SHARE] = { "no_share",
	    "Andelen aktive selskap er ikke oppgitt i undersøkelsesfilen, så netto "
	    "svarprosent kan ikke regnes ut.",
	    "The study file states no share of active enterprises, so that there "
	    "is no net response rate." },
	[WORD_NOTE_OUR_FAULT] = { "our_fault",
	    "Enheter der bare vår egen utsending feilet, ikke regnet som retur: "
	    "{1}.",
	    "Units whose only failures are our own sending's, not counted as "
	    "returned: {1}." },
	[WORD_NOTE_REVIEW] = { "review",
	    "Enheter med retur som venter på gjennomgang, ikke regnet som retur: "
	    "{1}.",
	    "Units with a return that waits for review, not counted as returned: "
	    "{1}." },
	[WORD_NOTE_PARTIAL] = { "partial",
	    "Delvis besvarte skjemaer, ikke regnet som besvart: {1}.",
	    "Partly completed forms, not counted as answered: {1}." },
	[WORD_NOTE_LATE] = { "late",
	    "Enheter som bare svarte etter fristen, ikke regnet som besvart: {1}.",
	    "Units that answered after the deadline only, not counted as "
	    "answered: {1}." },
	[WORD_NOTE_RR1] = { "rr1",
	    "Brutto svarprosent er AAPORs RR1 med hver retur regnet som utenfor "
	    "populasjonen (NE): {1}. Med retur regnet som ukjent (3.30) er RR1, "
	    "besvart av sendt ut, {2}.",
	    "The gross rate is AAPOR's RR1 with every return coded not eligible "
	    "(NE): {1}. With returns coded unknown (3.30), RR1, answered of sent, "
	    "is {2}." },
	[WORD_NOTE_INTERVAL] = { "interval",
	    "95" S "% intervall for brutto svarprosent i alt (Wilson): {1}. Det "
	    "sier noe om tilfeldighet, ikke om skjevhet.",
	    "95% interval of the total gross rate (Wilson): {1}. It speaks of "
	    "chance, not of bias." },
	[WORD_NOTE_RR3] = { "rr3",
	    "Netto svarprosent er ikke RR3 med e lik andelen aktive (i alt {1}); "
	    "den svarer til RR3 med e = {2}.",
	    "The net rate is not RR3 with e equal to the active share ({1} in "
	    "all); it equals RR3 with e = {2}." },
	[WORD_NOTE_SENSITIVITY] = { "sensitivity",
	    "Netto svarprosent i alt om andelen aktive var en annen: {1}.",
	    "The total net rate, were the active share another: {1}." },
	[WORD_WARN_OVER_ACTIVE] = { "over_active",
	    "{1}: besvart ({2}) er mer enn aktive selskap ({3}), så andelen aktive "
	    "er satt for lavt. Den må være minst {4}. Tallet er ikke kuttet.",
	    "{1}: answered ({2}) is more than active enterprises ({3}), so the "
	    "active share is too low. It must be at least {4}. The figure is not "
	    "capped." },
	[WORD_WARN_NONE_DELIVERED] = { "none_delivered",
	    "{1}: ingen levert, så svarprosenten er ikke definert.",
	    "{1}: none delivered, so the rates are not defined." },
	[WORD_NOTE_ADDS_UP] = { "adds_up",
	    "Tallene går opp: hvert nivå er nivået over pluss endringene mellom "
	    "dem, kontrollert.",
	    "The figures add up: each level is the level above plus the changes "
	    "between them, checked." },
	[WORD_DEF_POPULATION] = { "def_population",
	    "Populasjon: enheter innenfor næringskoder, områder og filtre, og "
	    "enheter fra lister. Ramme: de av dem som kan trekkes; hver enhet som "
	    "er utelatt, står med én grunn, den første som gjelder.",
	    "Population: units within industry codes, areas and filters, and "
	    "units from lists. Frame: those of them that can be drawn; each unit "
	    "left out is counted under one reason, the first that holds." },
	[WORD_NOTE_LISTS] = { "lists",
	    "Lister: {1} rader, derav {2} funnet i registerets populasjon og {3} "
	    "utenfor områdene, ubrukelige eller uavklarte.",
	    "Lists: rows {1}, of which found in the register's population {2} and "
	    "outside the areas, not usable or not decided {3}." },
	[WORD_NOTE_NOT_YET] = { "not_yet",
	    "Trinn som ikke er nådd ennå, er ikke med.",
	    "Steps that have not been reached yet are left out." },
	[WORD_NOTE_K] = { "letters",
	    "K = I + P + R + NC + O = {1}; U = UH + UR + UO = {2}. LOC1 og LOC2 er "
	    "ikke AAPORs.",
	    "K = I + P + R + NC + O = {1}; U = UH + UR + UO = {2}. LOC1 and LOC2 "
	    "are not AAPOR's." },
	[WORD_NOTE_E] = { "e", "e = {1} ({2}).", "e = {1} ({2})." },
	[WORD_NOTE_WILSON] = { "interval", "fra, til: 95" S "% intervall (Wilson).",
	    "from, to: 95% interval (Wilson)." },
	[WORD_NOTE_EXACT] = { "interval",
	    "fra, til: 95" S "% intervall (Clopper og Pearson).",
	    "from, to: 95% interval (Clopper and Pearson)." },
	[WORD_E_GIVEN] = { "given", "oppgitt", "given" },
	[WORD_NOTE_E_CLASS] = { "e", "e for hver klasse: {1}.",
	    "e for each class: {1}." },

	[WORD_LEGAL_FORM] = { "legal_form", "Organisasjonsform", "Legal form" },
	[WORD_COUNTY] = { "county", "Fylke", "County" },
	[WORD_MUNICIPALITY] = { "municipality", "Kommune", "Municipality" },
	[WORD_NACE] = { "nace", "Næringskode", "Industry code" },
	[WORD_EMPLOYEES] = { "employees", "Registrerte ansatte",
	    "Registered employees" },
	[WORD_ACCOUNTS] = { "accounts", "Regnskapsplikt",
	    "Obliged to keep accounts" },
	[WORD_OBLIGED] = { "obliged", "Pliktig", "Obliged" },
	[WORD_NOT_OBLIGED] = { "not_obliged", "Ikke pliktig", "Not obliged" },
	[WORD_CANNOT_BE_TOLD] = { "unknown", "Kan ikke avgjøres",
	    "Cannot be told" },
	[WORD_UNSTATED] = { "unstated", "Uoppgitt", "Not stated" },
	[WORD_UNANSWERED] = { "unanswered", "Ubesvart", "No answer" },
	[WORD_VARIABLE] = { "variable", "Kjennetegn", "Variable" },
	[WORD_CATEGORY] = { "category", "Verdi", "Value" },
	[WORD_UNITS] = { "units", "Antall", "Number" },

	[WORD_TITLE_CODES] = { "title_codes",
	    "{1}: næringskodene og hva de ble, antall enheter",
	    "{1}: the industry codes and what they became, number of units" },
	[WORD_CODE] = { "code", "Kode", "Code" },
	[WORD_CODE_NAME] = { "code_name", "Navn", "Name" },
	[WORD_FATE] = { "fate", "Skjebne", "Fate" },
	[WORD_BECAME] = { "became", "Ble", "Became" },
	[WORD_BECAME_NAME] = { "became_name", "Navn", "Name" },
	[WORD_REMARK] = { "remark", "Merknad", "Remark" },
	[WORD_KEPT_OUT] = { "kept_out", "Holdt utenfor", "Kept out" },
	[WORD_TAKEN_OUT] = { "taken_out", "tatt ut av undersøkelsen",
	    "taken out by the study" },
	[WORD_COUNTED_UNDER] = { "counted_under", "telt under {1}",
	    "counted under {1}" },
	[WORD_OVER_COVERS] = { "over_covers",
	    "videre: rommer også andre gamle koder, antall {1}",
	    "wider: holds other old codes too, number {1}" },
	[WORD_FROM_LISTS] = { "from_lists", "Fra lister", "From lists" },
	[WORD_OTHER_CODES] = { "other_codes", "Andre koder", "Other codes" },
	[WORD_WARN_OTHER_CODES] = { "other_codes",
	    "Rammen har enheter med koder som undersøkelsesfilen ikke lenger "
	    "fører til: filen er endret siden rammen ble laget.",
	    "The frame has units with codes that the study file no longer leads "
	    "to: it has been changed since the frame was made." },
	[WORD_DEF_CODES] = { "def_codes",
	    "Kodene er skrevet i {1}; registeret bruker {2}. En kode omfatter alt "
	    "under seg. Holdt utenfor: enheter i populasjonen som ikke er med i "
	    "rammen.",
	    "The codes are written in {1}; the register uses {2}. A code includes "
	    "everything beneath it. Kept out: units of the population that are "
	    "not in the frame." },

	[WORD_TITLE_RETURNS] = { "title_returns",
	    "{1}: returer etter grunn, domene og utsending",
	    "{1}: returns by reason, domain and wave" },
	[WORD_PART] = { "part", "Etter", "By" },
	[WORD_BY_REASON] = { "reason", "Grunn", "Reason" },
	[WORD_BY_DOMAIN] = { "domain", "Domene", "Domain" },
	[WORD_BY_WAVE] = { "wave", "Utsending", "Wave" },
	[WORD_OTHER_DOMAINS] = { "other_domains", "andre domener",
	    "other domains" },
	[WORD_UNASSIGNED] = { "unassigned", "Uten undersøkelse", "Of no study" },
	[WORD_DEF_DECIDES] = { "def_decides",
	    "Hver enhet er telt én gang i hver del, etter den meldingen som "
	    "avgjør: den siste endelige, ellers den siste. Domener med færre enn "
	    "tre returer er ikke nevnt.",
	    "Each unit is counted once in each part, by the report that decides: "
	    "the last that is for good, else the last. Domains with fewer than "
	    "three returned units are not named." },
	[WORD_DEF_UNASSIGNED] = { "def_unassigned",
	    "Uten undersøkelse: returer i hele anlegget som ikke viser hvilken "
	    "undersøkelse de gjelder. De er ikke regnet med.",
	    "Of no study: returns to the whole installation that do not show "
	    "which study they concern. They are not counted." },
	[WORD_BOUNCE_USERUNKNOWN] = { "userunknown", "ukjent mottaker",
	    "unknown recipient" },
	[WORD_BOUNCE_HOSTUNKNOWN] = { "hostunknown", "ukjent domene",
	    "unknown domain" },
	[WORD_BOUNCE_HASMOVED] = { "hasmoved", "flyttet", "has moved" },
	[WORD_BOUNCE_NOTACCEPT] = { "notaccept", "tar ikke imot e-post",
	    "accepts no mail" },
	[WORD_BOUNCE_MAILBOXFULL] = { "mailboxfull", "full postkasse",
	    "mailbox full" },
	[WORD_BOUNCE_SUSPEND] = { "suspend", "stengt postkasse",
	    "mailbox suspended" },
	[WORD_BOUNCE_EXPIRED] = { "expired", "tiden gikk ut", "expired" },
	[WORD_BOUNCE_UNDEFINED] = { "undefined", "grunn ikke oppgitt",
	    "no reason given" },
	[WORD_WAVE_INVITE] = { "invite", "invitasjon", "invitation" },
	[WORD_WAVE_REMINDER] = { "reminder", "purring", "reminder" },

	[WORD_TITLE_MISSING] = { "title_missing",
	    "{1}: hvem som mangler, antall og prosent",
	    "{1}: who is missing, number and per cent" },
	[WORD_KEPT_SHARE] = { "frame_share", "Ramme %", "Frame %" },
	[WORD_DELIVERED_SHARE] = { "delivered_share", "Levert %", "Delivered %" },
	[WORD_ANSWERED_SHARE] = { "answered_share", "Besvart %", "Answered %" },
	[WORD_DIFFERENCE] = { "difference", "Forskjell", "Difference" },
	[WORD_FROM] = { "low", "fra", "from" },
	[WORD_TO] = { "high", "til", "to" },
	[WORD_DEF_MISSING] = { "def_missing",
	    "Prosent av alle enheter i rammen, leverte og besvarte. Forskjell: "
	    "prosentpoeng mellom besvarte og ramme. Brutto svarprosent: besvart i "
	    "prosent av levert, med 95" S "% intervall (Wilson). Ikke lokaliserte "
	    "returer er ikke trukket fra.",
	    "Per cent of all units of the frame, delivered and answered. "
	    "Difference: percentage points from frame to answered. Gross response "
	    "rate: answered in per cent of delivered, with 95% interval (Wilson). "
	    "Returns not located are not taken off." },
	[WORD_DEF_CHI2] = { "def_chi2",
	    "Kjikvadrat: besvart og ikke besvart blant de leverte etter verdi.",
	    "Chi-square: answered and not answered among the delivered, by "
	    "value." },
	[WORD_NOTE_CHI2] = { "chi2",
	    "{1}: kjikvadrat {2}, frihetsgrader {3}, p {4}, Cramérs V {5}.",
	    "{1}: chi-square {2}, degrees of freedom {3}, p {4}, Cramér's V {5}." },
	[WORD_NOTE_CHI2_LOW] = { "chi2",
	    "{1}: kjikvadrat {2}, frihetsgrader {3}, p {4}, Cramérs V {5}; celler "
	    "med forventet antall under fem: {6}, så p er usikker.",
	    "{1}: chi-square {2}, degrees of freedom {3}, p {4}, Cramér's V {5}; "
	    "cells with an expected count under five: {6}, so that p is rough." },
	[WORD_TITLE_RIND] = { "title_rindicator",
	    "{1}: ligner de som svarte, på de som fikk skjemaet?",
	    "{1}: do those who answered resemble those who got the form?" },
	[WORD_RIND] = { "rindicator", "R-indikator", "R-indicator" },
	[WORD_RIND_ALONE] = { "unconditional", "Alene", "Unconditional" },
	[WORD_RIND_BESIDE] = { "conditional", "Ved siden av de andre",
	    "Conditional" },
	[WORD_RIND_R] = { "r", "R", "R" },
	[WORD_NOTE_RIND] = { "rindicator",
	    "R = {1} (ujustert {2}). Variasjonskoeffisient for "
	    "svarsannsynligheten: {3} (ujustert {4}).",
	    "R = {1} (unadjusted {2}). Coefficient of variation of the response "
	    "propensity: {3} (unadjusted {4})." },
	[WORD_NOTE_RIND_LINEAR] = { "rindicator_linear",
	    "Den logistiske modellen falt ikke til ro; sannsynlighetene er fra en "
	    "lineær modell.",
	    "The logistic model did not settle; the propensities are from a "
	    "linear one." },
	[WORD_NOTE_RIND_MANY] = { "rindicator_many",
	    "{1} har for mange verdier og er ikke med i modellen.",
	    "{1} has too many categories and is not in the model." },
	[WORD_WARN_NO_RIND] = { "no_rindicator",
	    "Ingen variabel skiller de leverte enhetene fra hverandre: R er ikke "
	    "definert.",
	    "No variable tells the delivered units apart: R is not defined." },
	[WORD_DEF_RIND] = { "def_rindicator",
	    "R-indikator: 1 minus to ganger standardavviket til sannsynligheten "
	    "for å svare, slik en logistisk modell med disse variablene gir den for "
	    "de leverte, justert for at sannsynlighetene er beregnet. R = 1: de som "
	    "svarte, ligner på de leverte i disse variablene. To R-er kan bare "
	    "sammenlignes når variablene er de samme. Skjevheten i et gjennomsnitt "
	    "av svar er høyst variasjonskoeffisienten ganger standardavviket til "
	    "det det spørres om.",
	    "R-indicator: 1 less twice the standard deviation of the propensity to "
	    "answer, as a logistic model with these variables gives it for the "
	    "delivered, adjusted for the propensities being estimates. R = 1: those "
	    "who answered resemble the delivered in these variables. Two R compare "
	    "only where the variables are the same. The bias of a mean of the "
	    "answers is at most the coefficient of variation times the standard "
	    "deviation of what is asked." },
	[WORD_DEF_RIND_PARTIAL] = { "def_rindicator_partial",
	    "Alene: delindikator uten betingelse; minus betyr at verdien er "
	    "underrepresentert. Ved siden av de andre: betinget delindikator, det "
	    "variabelen eller verdien skiller når de andre variablene er like. "
	    "Begge er ujusterte; null er ingen forskjell.",
	    "Unconditional: partial indicator by itself; minus means that the "
	    "category is under-represented. Conditional: what the variable or "
	    "category tells apart among units alike in the other variables. Both "
	    "are unadjusted; zero is no difference." },
	[WORD_TITLE_DAYS] = { "title_days", "{1}: svar dag for dag",
	    "{1}: answers day by day" },
	[WORD_DAY] = { "day", "Dag", "Day" },
	[WORD_LETTERS] = { "letters", "Brev", "Letters" },
	[WORD_SO_FAR] = { "so_far", "Hittil", "So far" },
	[WORD_UNDATED] = { "undated", "uten dato", "undated" },
	[WORD_DEF_DAYS] = { "def_days",
	    "Dager da det gikk ut brev eller kom inn et svar (UTC). En enhet telles "
	    "én gang, den dagen svaret som gjelder, kom. Hittil: besvart til og med "
	    "dagen; svarprosenten er av alle som til slutt er levert.",
	    "Days on which letters went or an answer came (UTC). A unit counts "
	    "once, on the day of the answer that stands for it. So far: answered to "
	    "the end of the day; the rate is of all that were delivered in the "
	    "end." },
	[WORD_WAVE_REMINDER_N] = { "reminder", "purring {1}", "reminder {1}" },
	[WORD_TITLE_CROSS] = { "title_cross", "{1}: {2}, antall og prosent",
	    "{1}: {2}, number and per cent" },
	[WORD_TITLE_CROSS_BY] = { "title_cross",
	    "{1}: {2} etter {3}, antall og prosent",
	    "{1}: {2} by {3}, number and per cent" },
	[WORD_DEF_CROSS] = { "def_cross",
	    "Enheter med et fullført skjema. Prosent av kolonnens sum; ingen "
	    "prosent når summen er under 20, én desimal fra 200.",
	    "Units with a completed form. Per cent of the column's sum; no per "
	    "cent of a sum under 20, one decimal from 200 on." },
	[WORD_NOTE_CROSS_CHI2] = { "chi2",
	    "Kjikvadrat {1}, frihetsgrader {2}, p = {3}, Cramérs V {4}.",
	    "Chi-square {1}, degrees of freedom {2}, p = {3}, Cramér's V {4}." },
	[WORD_DEF_ACCOUNTS] = { "def_accounts",
	    "Regnskapsplikt: står ikke i registeret. Regelen er etter "
	    "regnskapsloven § 1-2: innsendt årsregnskap for et av de tre siste "
	    "årene, ellers organisasjonsform, merverdiavgift og antall ansatte, "
	    "slik registeret var da rammen ble laget. Det som avhenger av omsetning "
	    "eller balanse, kan ikke avgjøres.",
	    "Obliged to keep accounts: not in the register. The rule is after the "
	    "Accounting Act (regnskapsloven) section 1-2: accounts sent in for one "
	    "of the last three years, else legal form, VAT and employees, as the "
	    "register was when the frame was made. What hangs on turnover or "
	    "balance cannot be told." },
	[WORD_TITLE_RATES_BY] = { "title_rates_by",
	    "{1}: svarprosent etter {2}, antall og prosent",
	    "{1}: response rates by {2}, number and per cent" },
	[WORD_WARN_BY_OVER] = { "over_active",
	    "{1}: besvart er mer enn aktive selskap, så andelen aktive er satt for "
	    "lavt. Tallet er ikke kuttet.",
	    "{1}: answered is more than active enterprises, so the active share is "
	    "too low. The figure is not capped." },
	[WORD_DEF_BY_INTERVAL] = { "interval",
	    "fra, til: 95" S "% intervall for brutto svarprosent (Wilson). Det "
	    "sier noe om tilfeldighet, ikke om skjevhet.",
	    "from, to: 95% interval of the gross response rate (Wilson). It "
	    "speaks of chance, not of bias." },

	[WORD_TITLE_OWN] = { "title", "{1}: {2}. Prosent av enhetene som svarte, "
	    "og antall (n)", "{1}: {2}. Per cent of units that answered and their "
	    "number (n)" },
	[WORD_ROW_N] = { "n", "n", "n" },
	[WORD_DEF_BASE_ANSWERED] = { "def_base",
	    "n: enheter med et fullført skjema, også de som ikke svarte på dette.",
	    "n: units with a completed form, with those who gave no answer here." },
	[WORD_DEF_BASE_SAID] = { "def_base",
	    "n: enheter med et fullført skjema og et svar på dette, eller der det "
	    "kan avgjøres. Holdt utenfor: {1}.",
	    "n: units with a completed form and an answer here, or of which it can "
	    "be told. Left out: {1}." },
	[WORD_DEF_SEVERAL] = { "def_several",
	    "Flere svar var mulige, så prosentene summerer til mer enn 100.",
	    "Several answers were allowed, so that per cents sum to more than "
	    "100." },
	[WORD_DEF_ROUNDED] = { "def_rounded",
	    "Avrundede tall går ikke alltid opp i 100.",
	    "Rounded figures need not sum to 100." },
	[WORD_DEF_SMALL] = { "def_small",
	    "Celler med færre enn {1} enheter vises ikke, og heller ikke andre som "
	    "ville røpe dem.",
	    "Cells of fewer than {1} units are not shown, nor others that would "
	    "give them away." },

	[WORD_TITLE_STUDY_AAPOR] = { "title_aapor",
	    "{1}: utfall og utfallsrater etter AAPOR (2023)",
	    "{1}: dispositions and outcome rates by AAPOR (2023)" },
	[WORD_E_ACTIVITY] = { "activity",
	    "andelen av de ukjente som har så mange poeng for aktivitet i registeret "
	    "som undersøkelsen krever",
	    "share of the unknown that have as many points of activity in the "
	    "register as the study asks for" },
	[WORD_E_REGISTER] = { "register",
	    "andelen av de ukjente som registeret viser tegn til drift hos: "
	    "ansatte, merverdiavgift eller årsregnskap for de siste årene",
	    "share of the unknown that the register shows signs of activity of: "
	    "employees, VAT, or accounts for the last years" },
	[WORD_WARN_REFUTED] = { "refuted",
	    "Svarene motsier en andel aktive (a) under {1}: flere svarte enn det "
	    "da ville være aktive. Tallene er ikke kuttet.",
	    "The answers refute an active share (a) under {1}: more answered than "
	    "would then be active. The figures are not capped." },
	[WORD_DEF_AAPOR] = { "def_aapor",
	    "Øverst: utfallskoder og antall enheter; retur er 3.30 og uten svar "
	    "3.19, begge ukjent (U). fra, til: 95" S "% intervall (Wilson); "
	    "nevneren kan ha desimaler. Rater med nevner null er ikke definert.",
	    "At the top: disposition codes and number of units; returned is 3.30 "
	    "and silent 3.19, both unknown (U). from, to: 95% interval (Wilson); "
	    "the denominator may have decimals. Rates with denominator zero are "
	    "not defined." },
	[WORD_WEIGHTED] = { "weighted", "Vektet", "Weighted" },
	[WORD_DEF_WEIGHTED] = { "def_weighted",
	    "Vektet: den samme raten av summer av designvekter (1 / "
	    "trekksannsynlighet, ganger enhetene som deler adressen). Uvektet "
	    "viser hvordan innsamlingen gikk, vektet hvor mye av rammen den "
	    "rakk.",
	    "Weighted: the same rate of sums of design weights (1 / inclusion "
	    "probability, times the units that share the address). Unweighted "
	    "shows how the collection went, weighted how much of the frame it "
	    "reached." },
	[WORD_DEF_OTHER_WORDS] = { "def_other_words",
	    "I andre ord: svarprosent hos Statistisk sentralbyrå er intervju av "
	    "intervju og frafall, med avgang (NE) utenfor; de som svarte (I) er der "
	    "nettoutvalget. Hos Eurostat er 1 minus RR3 frafallsraten for enheter, "
	    "med e som andelen av uavklarte (U) som er i populasjonen.",
	    "In other words: Statistics Norway's response rate is interviews of "
	    "interviews and non-response, over-coverage (NE) left out; those who "
	    "answered (I) are its \"nettoutvalg\". Eurostat's unit non-response "
	    "rate is 1 less RR3, e being the share of the unresolved (U) in the "
	    "population." },
};

const char *
words_text(enum word w, enum lang lang)
{
	assert(w < WORDS);
	return lang == LANG_EN ? table[w].en : table[w].nb;
}

const char *
words_key(enum word w)
{
	assert(w < WORDS);
	return table[w].key;
}

void
words_fill(struct buf *b, enum word w, enum lang lang, const char *const *arg,
    size_t n)
{
	const char *s = words_text(w, lang);

	for (; *s != '\0'; s++) {
		if (s[0] == '{' && s[1] >= '1' && s[1] <= '9' && s[2] == '}') {
			size_t i = (size_t)(s[1] - '1');

			assert(i < n);
			buf_str(b, arg[i]);
			s += 2;
		} else
			buf_chr(b, *s);
	}
}
