#include <assert.h>

#include "pipeline/base/buf.h"

#include "pipeline/tables/report_words.h"

static const struct { const char *nb, *en; } table[RWORDS] = {
	[R_KIND] = { "Rapport om utvalg og svar", "Report on sample and response" },
	[R_LEAD] = { "Registeret slik det var {1}.", "The register as of {1}." },
	[R_CONTENTS] = { "Innhold", "Contents" },
	[R_KEY] = { "Hovedtall", "Key figures" },
	[R_WARNING] = { "Advarsel: ", "Warning: " },
	[R_FLOW] = { "Fra register til svar", "From register to answers" },
	[R_FLOW_TEXT] = {
	    "Hvert trinn er trinnet over med det som falt fra mellom dem. Tallene er "
	    "kontrollert mot hverandre.",
	    "Each step is the step above less what was lost between the two. The "
	    "figures have been checked against each other." },
	[R_FLOW_TITLE] = { "Flytdiagram: enheter på hvert trinn, og frafallet mellom",
	    "Flow diagram: units at each step, and the loss between" },
	[R_FLOW_NOTE] = {
	    "Streken nederst i hver boks viser antallet på logaritmisk skala.",
	    "The bar at the foot of each box shows the number on a logarithmic "
	    "scale." },
	[R_RATES] = { "Svarprosent", "Response rates" },
	[R_RATES_TEXT] = {
	    "Brutto svarprosent er besvart i prosent av levert. Intervallene sier "
	    "hvor mye tilfeldigheter alene kan bety; de sier ikke noe om "
	    "skjevhet.",
	    "The gross response rate is answered in per cent of delivered. The "
	    "intervals say how much chance alone can do; they say nothing of bias." },
	[R_DOTS_TITLE] = { "Brutto svarprosent etter {1}, med 95 %-intervall",
	    "Gross response rate by {1}, with 95% interval" },
	[R_DOTS_NOTE] = {
	    "Punkt: brutto svarprosent. Strek: 95 %-intervall (Wilson). Stiplet: "
	    "alle. Høyest først.",
	    "Dot: gross response rate. Bar: 95% interval (Wilson). Dashed: all. "
	    "Highest first." },
	[R_BY_COUNTY] = { "Etter fylke", "By county" },
	[R_BY_GROUP] = { "Etter gruppe", "By group" },
	[R_DAYS] = { "Svar dag for dag", "Answers day by day" },
	[R_DAYS_TEXT] = {
	    "Når svarene kom, og hva hver utsending førte til.",
	    "When the answers came, and what each letter brought." },
	[R_DAYS_TITLE] = { "Svar hittil, dag for dag", "Answers so far, day by day" },
	[R_DAYS_NOTE] = {
	    "Linje: antall svar hittil. Søyler: antall svar den dagen. Stiplede "
	    "linjer: utsendinger.",
	    "Line: number of answers so far. Bars: number of answers that day. Dashed "
	    "lines: letters." },
	[R_DAYS_DAILY] = { "{1} til {2}: {3} svar. Utsendinger: {4}.",
	    "{1} to {2}: answers {3}. Letters: {4}." },
	[R_RETURNS] = { "Returer", "Returned mail" },
	[R_RETURNS_TEXT] = {
	    "E-post som kom tilbake som endelig ikke leverbar, etter grunn.",
	    "Mail that came back as undeliverable for good, by reason." },
	[R_BARS_TITLE] = { "Returer etter grunn, antall enheter",
	    "Returns by reason, number of units" },
	[R_BARS_NOTE] = { "Prosent av alle returnerte enheter.",
	    "Per cent of all returned units." },
	[R_MISSING] = { "Hvem som mangler", "Who is missing" },
	[R_MISSING_TEXT] = {
	    "De som svarte, mot dem som fikk skjemaet, og mot rammen, i det registeret "
	    "vet om alle.",
	    "Those who answered against those who got the form, and against the frame, "
	    "in what the register knows of all." },
	[R_ANSWERS] = { "Svarene", "The answers" },
	[R_ANSWERS_TEXT] = { "Tabellene som undersøkelsesfilen ber om.",
	    "The tables that the study file asks for." },
	[R_MORE] = { "Utvalg og rater i tall", "Sample and rates in figures" },
	[R_MORE_TEXT] = {
	    "Brutto- og nettoutvalg, svarprosent etter område, og utfallsratene etter "
	    "AAPOR.",
	    "Gross and net sample, response rates by area, and AAPOR's outcome "
	    "rates." },
	[R_METHOD] = { "Metode og definisjoner", "Method and definitions" },
	[R_DEFINITIONS] = { "Hva tallene betyr", "What the figures mean" },
	[R_METHOD_POPULATION] = {
	    "Populasjonen er hentet fra Enhetsregisteret slik det var {1}: {2} enheter "
	    "innenfor næringskoder, områder og filtre, og fra lister. Av dem kunne {3} "
	    "trekkes (rammen); grunnen til at en enhet er utelatt, står i "
	    "flytdiagrammet, én for hver enhet.",
	    "The population is from the Central Coordinating Register for Legal "
	    "Entities (Enhetsregisteret) as of {1}: {2} units within industry codes, "
	    "areas and filters, and from lists. Of these {3} could be drawn (the "
	    "frame); why a unit was left out stands in the flow diagram, one reason "
	    "a unit." },
	[R_METHOD_STANDARD] = { "Næringskodene er skrevet i {1}.",
	    "The industry codes are written in {1}." },
	[R_METHOD_DRAWN] = { "Trukket: {1} enheter. Trekkmåte: {2}.",
	    "Drawn: {1} units. Design: {2}." },
	[R_METHOD_SENT] = {
	    "Spørreskjemaet gikk til {1} enheter; {2} kom i retur, og {3} returer kunne "
	    "ikke knyttes til en mottaker. Nevneren for brutto svarprosent er da {4} "
	    "leverte, telleren {5} besvarte.",
	    "The form went to {1} units; {2} came back, and {3} returns could not be "
	    "tied to a recipient. So the denominator of the gross response rate is "
	    "{4} delivered, its numerator {5} answered." },
	[R_METHOD_RATES] = {
	    "Alle summer og prosenter er regnet av antallene, ikke av avrundede tall, "
	    "og avrundet én gang.",
	    "All sums and per cents are computed from the counts, not from rounded "
	    "figures, and rounded once." },
	[R_METHOD_SMALL] = {
	    "Celler med færre enn {1} svar vises ikke, og heller ikke andre som ville "
	    "røpe dem.",
	    "Cells with fewer than {1} answers are not shown, nor are others that "
	    "would tell them." },
	[R_METHOD_NOT_YET] = { "Undersøkelsen er ikke kommet lenger ennå.",
	    "The survey has not got further yet." },
	[R_NUMBER] = { "{1}: {2}", "{1}: {2}" },
	[R_RATE_OF] = { "{1}: {2} ({3}–{4}), besvart {5} av {6}",
	    "{1}: {2} ({3}–{4}), answered {5} of {6}" },
	[R_NOT_SHOWN] = { "vises ikke", "not shown" },
	[R_TABLE_UNDER] = { "Alle tallene står i tabellen under.",
	    "All figures are in the table below." },
	[R_PURPOSE] = { "Formål", "Purpose" },
	[R_CONTROLLER] = { "Ansvarlig", "Responsible" },
	[R_CONTACT] = { "Kontakt", "Contact" },
	[R_LICENCE] = {
	    "Inneholder data under norsk lisens for offentlige data (NLOD) "
	    "tilgjengeliggjort av Brønnøysundregistrene.",
	    "Contains data under the Norwegian licence for Open Government data "
	    "(NLOD) distributed by the Brønnøysund Register Centre." },
	[R_LICENCE_CODES] = {
	    "Næringskoder og områder: Statistisk sentralbyrå, CC BY 4.0.",
	    "Industry codes and areas: Statistics Norway, CC BY 4.0." },
	[R_MADE] = { "Laget med utvalg {1} av undersøkelsesfilen {2}.",
	    "Made by utvalg {1} from the study file {2}." },
	[R_DESIGN_EVERYONE] = { "alle i rammen", "everyone in the frame" },
	[R_DESIGN_RANDOM] = { "tilfeldig, innen strata der de er oppgitt",
	    "simple random, within strata where there are any" },
	[R_DESIGN_SYSTEMATIC] = { "systematisk, av en sortert ramme",
	    "systematic, from a sorted frame" },
	[R_DESIGN_PPS] = { "sannsynlighet proporsjonal med størrelse (Pareto)",
	    "probability proportional to size (Pareto)" },
	[R_DESIGN_BERNOULLI] = { "Bernoulli, hver enhet for seg",
	    "Bernoulli, each unit by itself" },
	[R_DESIGN_R] = { "tilfeldig, som i R (set.seed og sample)",
	    "simple random, as in R (set.seed and sample)" },
};

const char *
rword(enum rword w, enum lang lang)
{
	assert(w < RWORDS);
	return lang == LANG_EN ? table[w].en : table[w].nb;
}

const char *
rword_fill(struct arena *a, enum rword w, enum lang lang,
    const char *const *arg, size_t n)
{
	struct buf b = BUF(BUF_ANY);
	const char *ret;

	for (const char *s = rword(w, lang); *s != '\0'; s++) {
		if (s[0] == '{' && s[1] >= '1' && s[1] <= '9' && s[2] == '}') {
			size_t i = (size_t)(s[1] - '1');

			assert(i < n);
			buf_str(&b, arg[i]);
			s += 2;
		} else
			buf_chr(&b, *s);
	}
	ret = arena_str(a, buf_text(&b));
	buf_free(&b);
	return ret;
}
