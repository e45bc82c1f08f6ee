#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pipeline/base/date.h"
#include "pipeline/base/utf8.h"

#include "pipeline/frame/frame.h"

static const struct {
	const char *code, *nb, *en;
} reasons[FRAME_REASONS] = {
	[FRAME_KEPT] = { "kept", "Med i rammen", "Kept in the frame" },
	[FRAME_BANKRUPT] = { "bankrupt", "konkurs eller under avvikling",
	    "bankrupt or being wound up" },
	[FRAME_EXCLUDED] = { "excluded", "på undersøkelsens unntaksliste",
	    "on the study's exclusion list" },
	[FRAME_SUPPRESSED] = { "suppressed", "har reservert seg eller er sperret",
	    "opted out or suppressed" },
	[FRAME_QUARANTINE] = { "quarantine", "har nylig fått brev fra en undersøkelse",
	    "written to lately by a study" },
	[FRAME_NO_EMAIL] = { "no_email", "ingen e-postadresse registrert",
	    "no e-mail address registered" },
	[FRAME_EMAIL_UNUSABLE] = { "email_unusable", "e-postadressen kan ikke brukes",
	    "e-mail address cannot be used" },
	[FRAME_EMAIL_REVIEW] = { "email_review", "e-postadressen må ses på av et menneske",
	    "e-mail address wants a human eye" },
	[FRAME_ONE_FIRM] = { "one_firm", "er samme virksomhet som en annen i rammen",
	    "is the same firm as another unit in the frame" },
	[FRAME_DUPLICATE] = { "duplicate", "en annen enhet svarer for adressen",
	    "another unit answers for the address" },
};

const char *
frame_reason_code(enum frame_reason reason)
{
	return reasons[reason].code;
}

const char *
frame_reason_text(enum frame_reason reason, enum lang lang)
{
	return lang == LANG_EN ? reasons[reason].en : reasons[reason].nb;
}

/* One line: label, dots, number. ${sign} is '-' for a loss, ' ' otherwise. */
static void
line(struct buf *b, int indent, const char *label, char sign, int64_t n)
{
	size_t width = utf8_width(label) + (size_t)indent;

	buf_printf(b, "%*s%s ", indent, "", label);
	for (; width < 50; width++)
		buf_chr(b, '.');
	buf_printf(b, " %c%8" PRId64 "\n", sign, n);
}

void
frame_print(const struct frame_result *r, enum lang lang, struct buf *b)
{
	int nb = lang == LANG_NB;
	char day[11];
	int64_t from_lists = r->listed - r->listed_matched - r->listed_outside;
	int64_t from_register = r->population - from_lists;

	buf_printf(b, nb ? "Registerdato %s\n" : "Register date %s\n",
	    date_iso(r->register_date, day));
	line(b, 0, nb ? "Enheter i registeret" : "Units in the register", ' ',
	    r->register_units);
	line(b, 2, nb ? "utenfor næringskodene" : "outside the industry codes", '-',
	    r->outside_code);
	line(b, 2, nb ? "utenfor områdene" : "outside the areas", '-', r->outside_area);
	line(b, 2, nb ? "utenfor filtrene" : "outside the filters", '-',
	    r->outside_filter);
	for (int i = 0; i < FILTERS; i++)
		if (r->filtered[i] > 0)
			line(b, 6, filter_text((enum filter)i, lang), ' ', r->filtered[i]);
	line(b, 0, nb ? "Populasjon fra registeret" : "Population from the register",
	    '=', from_register);
	if (r->listed > 0) {
		line(b, 0, nb ? "Rader i listene" : "Rows in the lists", ' ', r->listed);
		line(b, 2, nb ? "fantes fra før" : "there already", '-',
		    r->listed_matched);
		line(b, 2, nb ? "utenfor områdene" : "outside the areas", '-',
		    r->listed_outside - r->listed_review);
		if (r->listed_review > 0)
			line(b, 2, nb ? "må avgjøres av et menneske" :
			    "to be decided by a person", '-', r->listed_review);
		line(b, 0, nb ? "Populasjon fra listene" : "Population from the lists",
		    '=', from_lists);
		if (r->listed_local > 0)
			line(b, 2, nb ? "av dem uten organisasjonsnummer" :
			    "of them without organisation number", ' ',
			    r->listed_local);
	}
	line(b, 0, nb ? "Bruttopopulasjon" : "Population", '=', r->population);
	for (int i = FRAME_BANKRUPT; i < FRAME_REASONS; i++)
		if ((i != FRAME_QUARANTINE && i != FRAME_ONE_FIRM) || r->reason[i] > 0)
			line(b, 2, frame_reason_text((enum frame_reason)i, lang), '-',
		    r->reason[i]);
	line(b, 0, frame_reason_text(FRAME_KEPT, lang), '=', r->kept);
	if (r->repaired > 0)
		buf_printf(b, nb ? "%" PRId64 " adresser er rettet på trygg måte.\n" :
		    "%" PRId64 " addresses were mended in a safe way.\n", r->repaired);
	if (r->several > 0)
		buf_printf(b, nb ? "%" PRId64 " felt hadde flere adresser; den første "
		    "brukbare er brukt.\n" : "%" PRId64 " fields held several addresses; "
		    "the first usable one is used.\n", r->several);
	if (r->decided > 0)
		buf_printf(b, nb ? "%" PRId64 " adresser er avgjort av et menneske.\n" :
		    "%" PRId64 " addresses were decided by a person.\n", r->decided);
	if (r->stale > 0)
		buf_printf(b, nb ? "%" PRId64 " avgjørelser gjelder adresser som er "
		    "endret i registeret siden, og er ikke brukt.\n" : "%" PRId64
		    " decisions are about addresses that the register has changed since, "
		    "and are not used.\n", r->stale);
	if (r->clusters > 0)
		buf_printf(b, nb ? "%" PRId64 " adresser deles av flere enheter, på det "
		    "meste %" PRId64 "; én enhet inviteres for hver.\n" :
		    "%" PRId64 " addresses are shared by several units, %" PRId64
		    " at most; one unit is invited for each.\n", r->clusters, r->largest);
	if (r->domains > 0)
		buf_printf(b, nb ? "%" PRId64 " domener er slått opp; %" PRId64 " tar ikke "
		    "imot e-post, %" PRId64 " er ikke avklart.\n" : "%" PRId64
		    " domains were looked up; %" PRId64 " take no mail, %" PRId64
		    " are not known.\n", r->domains, r->dead, r->unknown);
}

void
frame_json(const struct frame_result *r, struct json *j)
{
	char day[11];

	json_object(j);
	json_kint(j, "frame", r->frame);
	json_kbool(j, "again", r->again);
	json_kstr(j, "register_date", date_iso(r->register_date, day));
	json_kint(j, "register_units", r->register_units);
	json_kint(j, "outside_code", r->outside_code);
	json_kint(j, "outside_area", r->outside_area);
	json_kint(j, "outside_filter", r->outside_filter);
	json_key(j, "filters");
	json_object(j);
	for (int i = 0; i < FILTERS; i++)
		if (r->filtered[i] > 0)
			json_kint(j, filter_code((enum filter)i), r->filtered[i]);
	json_end(j);
	json_kint(j, "listed", r->listed);
	json_kint(j, "listed_matched", r->listed_matched);
	json_kint(j, "listed_outside", r->listed_outside);
	json_kint(j, "listed_review", r->listed_review);
	json_kint(j, "listed_without_number", r->listed_local);
	json_kint(j, "population", r->population);
	json_kint(j, "kept", r->kept);
	json_key(j, "left_out");
	json_object(j);
	for (int i = FRAME_BANKRUPT; i < FRAME_REASONS; i++)
		json_kint(j, frame_reason_code((enum frame_reason)i), r->reason[i]);
	json_end(j);
	json_kint(j, "repaired", r->repaired);
	json_kint(j, "several", r->several);
	json_kint(j, "decided", r->decided);
	json_kint(j, "decisions_stale", r->stale);
	json_kint(j, "clusters", r->clusters);
	json_kint(j, "largest_cluster", r->largest);
	json_kint(j, "domains", r->domains);
	json_kint(j, "domains_dead", r->dead);
	json_kint(j, "domains_unknown", r->unknown);
	json_end(j);
}
