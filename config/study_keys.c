#include <string.h>

#include "config/study_private.h"
#include "config/value.h"

#define S(m)	offsetof(struct study, m)
#define G(m)	offsetof(struct study_group, m)
#define A(m)	offsetof(struct study_area, m)
#define L(m)	offsetof(struct study_list, m)
#define T(m)	offsetof(struct study_table, m)
#define R(m)	offsetof(struct study_reading, m)
#define N	0, NULL, 0, NULL	/* one value, neither needed nor defaulted */

static const struct study_choice standards[] = {
	{ "SN2007", STUDY_SN2007 }, { "SN2025", STUDY_SN2025 }, { NULL, 0 } };
static const struct study_choice units[] = { { "enhet", STUDY_ENHET },
	{ "underenhet", STUDY_UNDERENHET }, { "both", STUDY_BOTH }, { NULL, 0 } };
static const struct study_choice in_out[] = {
	{ "out", 0 }, { "in", 1 }, { NULL, 0 } };
static const struct study_choice firms[] = { { "enhet", STUDY_FIRM_ENHET },
	{ "underenhet", STUDY_FIRM_UNDERENHET }, { "both", STUDY_FIRM_BOTH },
	{ NULL, 0 } };
static const struct study_choice out_in[] = {
	{ "out", 1 }, { "in", 0 }, { NULL, 0 } };
static const struct study_choice yes_no[] = {
	{ "yes", 1 }, { "no", 0 }, { NULL, 0 } };
static const struct study_choice informs[] = {
	{ "letter", 1 }, { "elsewhere", 0 }, { NULL, 0 } };
static const struct study_choice designs[] = {
	{ "everyone", STUDY_EVERYONE }, { "random", STUDY_RANDOM },
	{ "systematic", STUDY_SYSTEMATIC }, { "pps", STUDY_PPS },
	{ "bernoulli", STUDY_BERNOULLI }, { "r-random", STUDY_R_RANDOM },
	{ "tickets", STUDY_TICKETS }, { NULL, 0 } };
static const struct study_choice pps_ways[] = {
	{ "pareto", STUDY_PARETO }, { "sequential", STUDY_SEQUENTIAL },
	{ "exponential", STUDY_EXPONENTIAL },
	{ "systematic", STUDY_PPS_SYSTEMATIC }, { "sampford", STUDY_SAMPFORD },
	{ "poisson", STUDY_POISSON }, { NULL, 0 } };
static const struct study_choice allocations[] = {
	{ "proportional", STUDY_PROPORTIONAL }, { "equal", STUDY_EQUAL },
	{ "neyman", STUDY_NEYMAN }, { "power", STUDY_POWER },
	{ "fixed", STUDY_FIXED }, { NULL, 0 } };
static const struct study_choice size_variables[] = {
	{ "employees", STUDY_SIZE_EMPLOYEES },
	{ "employees+1", STUDY_SIZE_EMPLOYEES_1 }, { NULL, 0 } };
static const struct study_choice coordinations[] = {
	{ "negative", STUDY_NEGATIVE }, { "positive", STUDY_POSITIVE },
	{ "none", STUDY_INDEPENDENT }, { NULL, 0 } };
static const struct study_choice keepers[] = {
	{ "lowest-random-number", STUDY_KEEP_LOWEST_PRN },
	{ "most-employees", STUDY_KEEP_MOST_EMPLOYEES },
	{ "parent-first", STUDY_KEEP_PARENT_FIRST }, { NULL, 0 } };

static const struct study_choice vats[] = { { "yes", STUDY_VAT_YES },
	{ "no", STUDY_VAT_NO }, { NULL, 0 } };
static const struct study_choice languages[] = {
	{ "bokmål", STUDY_LANGUAGE_BOKMAAL }, { "nynorsk", STUDY_LANGUAGE_NYNORSK },
	{ NULL, 0 } };

static const struct study_choice sources[] = {
	{ "register", 0 }, { "list", 1 }, { NULL, 0 } };
static const struct study_choice columns[] = {
	{ "area", 1 }, { "none", 0 }, { NULL, 0 } };
static const struct study_choice bases[] = {
	{ "answered", STUDY_BASE_ANSWERED }, { "said", STUDY_BASE_SAID },
	{ NULL, 0 } };
static const struct study_choice decimals[] = { { "auto", -1 }, { "0", 0 },
	{ "1", 1 }, { "2", 2 }, { NULL, 0 } };
static const struct study_choice smalls[] = { { "off", 0 }, { "2", 2 },
	{ "3", 3 }, { "4", 4 }, { "5", 5 }, { NULL, 0 } };

const struct study_section study_sections[] = {
	{ "study", 0, "What the study is." },
	{ "group", 1, "An industry group: its codes, or a list that fills it." },
	{ "codes", 0, "Decisions about single targets, where codes written in"
	    " another standard than the register's are carried over." },
	{ "area", 1, "An area: counties and municipalities, by name or number." },
	{ "list", 1, "Units that the register cannot show, from a file." },
	{ "filter", 0, "Who is in the population, beside code and area." },
	{ "email", 0, "Which addresses are written to." },
	{ "sample", 0, "How the sample is drawn." },
	{ "activity", 0, "How many of the units are active, for the net response"
	    " rate." },
	{ "mail", 0, "Invitation and reminder." },
	{ "answers", 0, "How the survey platform's export is read." },
	{ "table", 0, "How the tables are laid out." },
	{ "table:", 1, "A table of those who answered, printed by"
	    " `utvalg table STUDY NAME`: per cent of each value, by area." },
};

const struct study_key study_keys[] = {
	{ "study", "name", STUDY_NAME, S(name), 0, NULL, STUDY_MUST, NULL,
	    "Short name, used in commands: a-z, 0-9, _ and -, at most 41 characters." },
	{ "study", "title", STUDY_TEXT, S(title.nb), N,
	    "Title in Norwegian. Default: the name." },
	{ "study", "title_en", STUDY_TEXT, S(title.en), N,
	    "Title in English. Default: the Norwegian one." },
	{ "study", "standard", STUDY_CHOICE, S(standard), 0, standards, 0, NULL,
	    "The standard the codes are written in, SN2007 or SN2025. Must be given"
	    " where a group has codes." },
	{ "study", "units", STUDY_CHOICE, S(units), 0, units, 0, "enhet",
	    "What is a unit: enhet (legal unit), underenhet (place of business) or"
	    " both." },
	{ "study", "one_firm", STUDY_CHOICE, S(one_firm), 0, firms, 0, "enhet",
	    "With units = both: an enhet and its only underenhet are one firm, of"
	    " which is asked: enhet, underenhet, or both. The other is left out where"
	    " both could be written to." },
	{ "study", "purpose", STUDY_TEXT, S(purpose), 0, NULL, 0, "",
	    "What the data are for, as those invited are told." },
	{ "study", "controller", STUDY_TEXT, S(controller), 0, NULL, 0, "",
	    "Who answers for the personal data." },
	{ "study", "legal_basis", STUDY_TEXT, S(legal_basis), 0, NULL, 0, "",
	    "Legal basis of the processing." },
	{ "study", "retention", STUDY_TEXT, S(retention), N,
	    "How long what is stored about the recipients is kept; a sentence for"
	    " the letters." },
	{ "study", "contact", STUDY_TEXT, S(contact), 0, NULL, 0, "",
	    "Whom those invited can turn to." },

	{ "group", "label", STUDY_TEXT, G(label.nb), N,
	    "What is printed, in Norwegian. Default: the group's name." },
	{ "group", "label_en", STUDY_TEXT, G(label.en), N,
	    "The same in English. Default: the Norwegian one." },
	{ "group", "codes", STUDY_CODES, G(code), G(ncode), NULL, 0, NULL,
	    "Industry codes, blanks or commas between, over as many indented lines"
	    " as it takes; the key may be given again. A code includes everything"
	    " beneath it." },

	{ "codes", "FROM -> TO", STUDY_DECISION, 0, N,
	    "no: the target TO of the written code FROM is taken out. yes: it is"
	    " kept, and of the targets of FROM only those with yes. The equals sign"
	    " may be left out." },

	{ "area", "label", STUDY_TEXT, A(label.nb), N,
	    "What is printed, in Norwegian. Default: the area's name." },
	{ "area", "label_en", STUDY_TEXT, A(label.en), N,
	    "The same in English. Default: the Norwegian one." },
	{ "area", "short", STUDY_TEXT, A(short_label.nb), N,
	    "What is printed where columns are narrow. Default: the label." },
	{ "area", "short_en", STUDY_TEXT, A(short_label.en), N,
	    "The same in English. Default: the short label, else the label." },
	{ "area", "county", STUDY_PHRASES, A(county), A(ncounty), NULL, 0, NULL,
	    "Counties by name or number, commas between, at the register's date; or"
	    " as of a day since 2002, \"Finnmark as of 2016-01-01\": the municipalities"
	    " it had then, followed through mergers and splits. What was split is all"
	    " its parts, what was merged is taken whole; `utvalg plan` names both." },
	{ "area", "municipality", STUDY_PHRASES, A(municipality), A(nmunicipality),
	    NULL, 0, NULL, "Municipalities, likewise; in addition to the counties." },
	{ "area", "except", STUDY_PHRASES, A(except), A(nexcept), NULL, 0, NULL,
	    "Municipalities that are left out, likewise." },

	{ "list", "file", STUDY_FILE, L(file), 0, NULL, STUDY_MUST, NULL,
	    "A CSV file, an Excel workbook (.xlsx) or an OpenDocument spreadsheet"
	    " (.ods), relative to the study file. Which it is, is seen by what is in"
	    " it." },
	{ "list", "sheet", STUDY_COLUMN, L(sheet), N,
	    "The sheet of a workbook. Default: the only one that holds anything." },
	{ "list", "decisions", STUDY_FILE, L(decisions), N,
	    "CSV file of rows that a person has decided about, with the columns row,"
	    " decision, by and date: utvalg list review prints one to fill in. A"
	    " decision is the organisation number that is meant, new for a unit that"
	    " the register does not have, or - to leave the row out." },
	{ "list", "undecided", STUDY_CHOICE, L(undecided_in), 0, in_out, 0, "out",
	    "Rows without organisation number whose name is that of several units of"
	    " the register in the municipality, or nearly that of one, until somebody"
	    " decides: out, or in as units of their own." },
	{ "list", "email_from", STUDY_CHOICE, L(email_from_list), 0, sources, 0,
	    "register", "Which address a unit is written to at that both the register"
	    " and the list have one of: register or list. The other one is kept"
	    " beside it; where one has none, the other's is used." },
	{ "list", "heading", STUDY_COUNT, L(heading), N,
	    "The row that the names of the columns stand in. Default: the first that"
	    " holds anything." },
	{ "list", "group", STUDY_COLUMN, L(group), 0, NULL, STUDY_MUST, NULL,
	    "Name of the group its units belong to." },
	{ "list", "name", STUDY_COLUMN, L(col_name), 0, NULL, 0, "navn",
	    "Column of the unit's name." },
	{ "list", "email", STUDY_COLUMN, L(col_email), 0, NULL, 0, "epost",
	    "Column of the e-mail address." },
	{ "list", "municipality", STUDY_COLUMN, L(col_municipality), 0, NULL, 0,
	    "kommune", "Column of the municipality, name or number." },
	{ "list", "orgnr", STUDY_COLUMN, L(col_orgnr), N,
	    "Column of the organisation number, where there is one; it may be empty"
	    " in a row." },
	{ "list", "postcode", STUDY_COLUMN, L(col_postcode), N,
	    "Column of the postcode, for rows without municipality: theirs is the one"
	    " that at least 19 of 20 of the register's units with that postcode are"
	    " in. With it a file may do without the column kommune." },
	{ "list", "id", STUDY_COLUMN, L(col_id), N,
	    "Column of an identity of the list's own, for units without"
	    " organisation number." },

	{ "filter", "legal_form", STUDY_WORDS, S(form_in), S(nform_in), NULL, 0, NULL,
	    "Only these legal forms, as the register codes them: AS ENK." },
	{ "filter", "legal_form_not", STUDY_WORDS, S(form_out), S(nform_out), NULL, 0,
	    NULL, "Not these legal forms." },
	{ "filter", "employees", STUDY_EMPLOYEES, S(employees_min), N,
	    "Registered employees: 1-4, 5-, -4, or none. The register keeps 1 to 4"
	    " as a class without a count." },
	{ "filter", "registered_before", STUDY_DAY, S(registered_before), N,
	    "Registered before this day, YYYY-MM-DD." },
	{ "filter", "registered_after", STUDY_DAY, S(registered_after), N,
	    "Registered after this day." },
	{ "filter", "vat", STUDY_CHOICE, S(vat), 0, vats, 0, NULL,
	    "In the VAT register: yes or no. Exempt trades such as health and"
	    " culture are not in it. Default: both." },
	{ "filter", "accounts", STUDY_YEARS, S(accounts), N,
	    "Year of the last accounts sent in: 2023-, 2020-2023, -2019, or none for"
	    " units that never sent any. Sole proprietors seldom have to." },
	{ "filter", "sector", STUDY_WORDS, S(sector_in), S(nsector_in), NULL, 0, NULL,
	    "Only these institutional sectors, by code: 2100 8200." },
	{ "filter", "sector_not", STUDY_WORDS, S(sector_out), S(nsector_out), NULL, 0,
	    NULL, "Not these institutional sectors." },
	{ "filter", "language", STUDY_CHOICE, S(language), 0, languages, 0, NULL,
	    "Only units that the register has this language form of: bokmål or"
	    " nynorsk." },
	{ "filter", "activity", STUDY_COUNT, S(activity_min), N,
	    "Least points of activity, 1 to 8: employees 3, VAT 2, accounts of the"
	    " year before last or later 2, something noted within a year 1; bankrupt"
	    " or being wound up 0." },
	{ "filter", "bankrupt", STUDY_CHOICE, S(bankrupt_out), 0, out_in, 0, "out",
	    "Units that are bankrupt or being wound up: out or in." },
	{ "filter", "exclude", STUDY_FILE, S(exclude), N,
	    "CSV file of organisation numbers or addresses that are left out." },

	{ "filter", "quarantine", STUDY_COUNT, S(quarantine), N,
	    "Months for which units that any study has written to are left in"
	    " peace." },

	{ "email", "noreply", STUDY_CHOICE, S(noreply_out), 0, out_in, 0, "out",
	    "Addresses nobody reads, such as noreply, abuse and postmaster: out or"
	    " in." },
	{ "email", "corrections", STUDY_FILE, S(corrections), N,
	    "CSV file of addresses that a person has decided about, with the columns"
	    " unit, registered, corrected, by and date: utvalg email review prints"
	    " one to fill in. A decision holds for as long as the register has the"
	    " same address." },
	{ "email", "mx", STUDY_CHOICE, S(mx), 0, yes_no, 0, "no",
	    "Whether utvalg frame asks the domain name system if the domains take"
	    " mail, and leaves out addresses of those that do not: yes or no. A domain"
	    " that does not exist must be seen so on two days; one that is not"
	    " answered for leaves nobody out." },
	{ "email", "keep", STUDY_CHOICE, S(keeper), 0, keepers, 0,
	    "lowest-random-number", "Which unit of several with one address is"
	    " invited: lowest-random-number; most-employees; or parent-first, a unit"
	    " that has none above it before those that do. Ties go by random number." },

	{ "sample", "design", STUDY_CHOICE, S(design), 0, designs, 0, "everyone",
	    "everyone; or within strata: random (simple random), systematic (every"
	    " so-manyth in the order of sort), pps (probability proportional to"
	    " size), bernoulli (each for itself, with probability share), r-random"
	    " (what set.seed and sample draw in R, from the units of each stratum in"
	    " order of their keys), or tickets (the smallest tickets of a published"
	    " seed, which anybody can work out: Rivest's consistent_sampler)." },
	{ "sample", "size", STUDY_COUNT, S(size), N,
	    "Units to draw in all, with a design that has a size." },
	{ "sample", "stratify", STUDY_STRATIFY, S(stratify_area), N,
	    "Strata: one or more of area, group, legal_form, size (class of"
	    " employees) and activity (two digits of the industry code). They are"
	    " named by them in this order: oslo/food/AS/1-4." },
	{ "sample", "allocation", STUDY_CHOICE, S(allocation), 0, allocations, 0,
	    "proportional", "How the size is shared: proportional, equal, neyman (by"
	    " units times spread), power (by units to the power of power, times"
	    " spread), or fixed (allocate names every stratum)." },
	{ "sample", "allocate *", STUDY_STRATUM, S(allocate), S(nallocate), NULL, 0,
	    NULL, "Units of that stratum, whatever the allocation gives the others." },
	{ "sample", "spread *", STUDY_STRATUM, S(spread), S(nspread), NULL, 0, NULL,
	    "Spread of what is measured in that stratum: standard deviation with"
	    " neyman, coefficient of variation with power." },
	{ "sample", "power", STUDY_SHARE, S(power_num), 0, NULL, 0, "0.5",
	    "Exponent of the power allocation: over 0, at most 1." },
	{ "sample", "minimum", STUDY_COUNT, S(minimum), N,
	    "Least number of a stratum, or all of it. Default: 1." },
	{ "sample", "maximum", STUDY_COUNT, S(maximum), N,
	    "Greatest number of a stratum that is not taken whole." },
	{ "sample", "take_all", STUDY_WORDS, S(take_all), S(ntake_all), NULL, 0, NULL,
	    "Strata that are taken whole." },
	{ "sample", "size_variable", STUDY_CHOICE, S(size_variable), 0,
	    size_variables, 0, NULL, "Size of a unit, with design pps: employees (a"
	    " unit without any cannot be drawn) or employees+1." },
	{ "sample", "pps", STUDY_CHOICE, S(pps), 0, pps_ways, 0, "pareto",
	    "How design pps draws. pareto, sequential (Poisson) and exponential take"
	    " the units by their permanent random numbers and can be extended; their"
	    " probabilities are near those that are claimed, pareto's nearest."
	    " systematic (in the order of sort), sampford and poisson are exact;"
	    " the first two are not coordinated, and poisson leaves the number to"
	    " chance." },
	{ "sample", "sort", STUDY_WORDS, S(sort), S(nsort), NULL, 0, NULL,
	    "Order of the units, with design or pps systematic: one or more of area, group,"
	    " legal_form, size, activity and municipality." },
	{ "sample", "seed", STUDY_COUNT, S(seed), N,
	    "What set.seed is given, with design r-random, and the tickets, with design"
	    " tickets: a whole number." },
	{ "sample", "share", STUDY_SHARE, S(share_num), 0, NULL, 0, NULL,
	    "Probability of every unit, with design bernoulli: 0.10 or 10 %." },
	{ "sample", "coordination", STUDY_CHOICE, S(coordination), 0, coordinations,
	    0, "negative", "negative: those drawn by earlier studies are drawn last;"
	    " positive: the same units again as far as possible; none: a draw of"
	    " its own." },
	{ "sample", "reserves", STUDY_COUNT, S(reserves), N,
	    "Reserves held in each stratum: the next units in order, which come in by"
	    " utvalg draw --replace. Default: none." },
	{ "sample", "draw_on_request", STUDY_CHOICE, S(draw_on_request), 0, yes_no, 0,
	    "no", "Whether a study that is handed in is drawn, not only framed." },

	{ "activity", "share", STUDY_SHARE, S(active_num), 0, NULL, STUDY_MUST, NULL,
	    "Share of the units that are active: 0.20 or 20 %; or estimated, by the"
	    " signs of activity that the register has of the units in the frame. The"
	    " tables tell the estimate in either case." },
	{ "activity", "points", STUDY_COUNT, S(active_points), 0, NULL, 0, "2",
	    "Points of activity, as in [filter], from which a unit is counted as"
	    " active in that estimate." },
	{ "activity", "source", STUDY_TEXT, S(active_source), 0, NULL, STUDY_MUST,
	    NULL, "Where the share comes from; printed beneath the tables." },

	{ "mail", "from", STUDY_ADDRESS, S(from), N,
	    "Sender's address. Default: the settings'." },
	{ "mail", "from_name", STUDY_TEXT, S(from_name), N,
	    "Sender's name. Default: the settings'." },
	{ "mail", "bounce", STUDY_BOUNCE, S(bounce), N,
	    "NAME@DOMAIN that returned mail comes to; NAME and DOMAIN together at"
	    " most 24 characters, NAME at most 19, for a token is added. Default:"
	    " the settings'." },
	{ "mail", "subject", STUDY_TEXT, S(subject), N,
	    "Subject of the invitation. Default: the title." },
	{ "mail", "reminder_subject", STUDY_TEXT, S(reminder_subject), N,
	    "Subject of the reminder. Default: the invitation's." },
	{ "mail", "link", STUDY_LINK, S(link), N,
	    "Address of the questionnaire; {token} in it becomes the recipient's." },
	{ "mail", "unsubscribe", STUDY_LINK, S(unsubscribe), N,
	    "https address that takes refusals by one click (RFC 8058); {token} in it"
	    " becomes that of the return address, which does not open the"
	    " questionnaire. Default: refusals by e-mail alone." },
	{ "mail", "invite", STUDY_FILE, S(invite), N,
	    "Text file of the invitation, UTF-8, relative to the study file." },
	{ "mail", "reminder", STUDY_FILE, S(reminder), N,
	    "Text file of the reminder." },
	{ "mail", "invite_html", STUDY_FILE, S(invite_html), N,
	    "The invitation as HTML, UTF-8: an alternative to the text, which goes"
	    " first. Fields are escaped; a brace of a style sheet is written twice."
	    " What a mail reader would fetch from the net (pictures, scripts, style"
	    " sheets) is refused: it tells who reads when." },
	{ "mail", "reminder_html", STUDY_FILE, S(reminder_html), N,
	    "The reminder as HTML." },
	{ "mail", "reminders", STUDY_DAYS, S(reminders), 0, NULL, 0, "1",
	    "How many reminders may follow the invitation, 0 to 9." },
	{ "mail", "days_between", STUDY_DAYS, S(days_between), 0, NULL, 0, "7",
	    "Days from the last letter of one wave to the first of the next: a"
	    " reminder is refused before." },
	{ "mail", "reminder *", STUDY_NTH_FILE, S(nth[0].text), N,
	    "Text file of the second, third ... reminder. Default: the first's." },
	{ "mail", "reminder_subject *", STUDY_NTH_TEXT, S(nth[0].subject), N,
	    "Subject of that reminder. Default: the first's." },
	{ "mail", "reminder_html *", STUDY_NTH_FILE, S(nth[0].html), N,
	    "That reminder as HTML. Default: none where it has a text of its own,"
	    " else the first's." },
	{ "mail", "art14", STUDY_CHOICE, S(art14), 0, informs, 0, "letter",
	    "Where recipients are told what article 14 of the General Data"
	    " Protection Regulation wants said to whom one has an address of from"
	    " elsewhere. letter: in the invitation, which is refused without"
	    " {controller}, {contact}, {purpose}, {legal_basis}, Enhetsregisteret as"
	    " the source, how long things are kept, how to object and to whom to"
	    " complain; the field {art14} (in English {art14_en}) says it all."
	    " elsewhere: nothing is looked for." },

	{ "answers", "token", STUDY_COLUMN, S(answers.col_token), N,
	    "Column of the token." },
	{ "answers", "email", STUDY_COLUMN, S(answers.col_email), N,
	    "Column of the e-mail address." },
	{ "answers", "orgnr", STUDY_COLUMN, S(answers.col_orgnr), N,
	    "Column of the organisation number. One of the three is needed." },
	{ "answers", "status", STUDY_COLUMN, S(answers.col_status), N,
	    "Column of the status. Without one every row is a complete answer." },
	{ "answers", "time", STUDY_COLUMN, S(answers.col_time), N,
	    "Column of the moment the answer came in." },
	{ "answers", "complete", STUDY_PHRASES, S(answers.complete),
	    S(answers.ncomplete), NULL, 0, NULL,
	    "Words of the status column for a complete answer, commas between." },
	{ "answers", "partial", STUDY_PHRASES, S(answers.partial),
	    S(answers.npartial), NULL, 0, NULL, "... for a partial one." },
	{ "answers", "refused", STUDY_PHRASES, S(answers.refused),
	    S(answers.nrefused), NULL, 0, NULL, "... for one who says no." },
	{ "answers", "screened", STUDY_PHRASES, S(answers.screened),
	    S(answers.nscreened), NULL, 0, NULL,
	    "... for one who turns out not to belong to the population." },
	{ "answers", "deadline", STUDY_MOMENT, S(answers.deadline), N,
	    "Answers after this are late: a day (to its end) or YYYY-MM-DD hh:mm,"
	    " UTC." },

	{ "table", "group *", STUDY_PRINTED, 0, N,
	    "A printed row: the groups that are merged in it. The name is what is"
	    " printed. Where there are any, each group stands in exactly one;"
	    " default: each group by itself." },
	{ "table", "label *", STUDY_PRINTED_NB, 0, N,
	    "What is printed for it, where the name is not." },
	{ "table", "label_en *", STUDY_PRINTED_EN, 0, N,
	    "The same in English." },
	{ "table", "net areas", STUDY_WORDS, R(net.word), R(net.n), NULL, 0, NULL,
	    "All areas in the order of the net sample's table. Default: as they"
	    " stand in the file." },
	{ "table", "rates areas", STUDY_WORDS, R(rates.word), R(rates.n), NULL, 0,
	    NULL, "All areas in the order of the table of response rates." },
	{ "table", "small", STUDY_CHOICE, R(small), 0, smalls, 0, "3",
	    "In tables of answers, cells of fewer units than this are printed as a"
	    " colon, and others with them where a sum would give them away: off, or"
	    " 2 to 5." },

	{ "table:", "title", STUDY_TEXT, T(title.nb), N,
	    "What stands above it, in Norwegian. Default: its name." },
	{ "table:", "title_en", STUDY_TEXT, T(title.en), N,
	    "The same in English. Default: the Norwegian one." },
	{ "table:", "rows", STUDY_COLUMN, T(rows), 0, NULL, STUDY_MUST, NULL,
	    "The variable its rows are values of: a column of the answers, or of"
	    " the frame: area, group, legal_form, county, municipality, nace,"
	    " employees, accounts." },
	{ "table:", "several", STUDY_COLUMN, T(several), N,
	    "What stands between the answers where several are allowed in one"
	    " field. Per cent are of respondents then, and sum to more than 100." },
	{ "table:", "columns", STUDY_CHOICE, T(areas), 0, columns, 0, "area",
	    "area: a column for each area, in the order of 'rates areas', and one"
	    " in all. none: that one only." },
	{ "table:", "base", STUDY_CHOICE, T(base), 0, bases, 0, "answered",
	    "What per cent are of. answered: all who completed the form, with a row"
	    " of those who gave no answer here. said: only those who gave one, or"
	    " of whom it can be told." },
	{ "table:", "decimals", STUDY_CHOICE, T(decimals), 0, decimals, 0, "auto",
	    "Decimals of per cent, 0 to 2. auto: one where the base is 200 or more,"
	    " none below, and no per cent where it is under 20." },
	{ "table:", "small", STUDY_CHOICE, T(small), 0, smalls, 0, NULL,
	    "The same for this table. Default: as in [table]." },
	{ "table:", "values", STUDY_PHRASES, T(order), T(norder), NULL, 0, NULL,
	    "Values in the order they are printed, commas between; others come"
	    " after them." },
	{ "table:", "label *", STUDY_VALUE_NB, 0, N,
	    "What is printed for a value, in Norwegian. Default: the value." },
	{ "table:", "label_en *", STUDY_VALUE_EN, 0, N,
	    "The same in English. Default: the Norwegian label." },
};

_Static_assert(sizeof(study_keys) / sizeof(study_keys[0]) == STUDY_KEYS,
    "STUDY_KEYS");
_Static_assert(sizeof(study_sections) / sizeof(study_sections[0]) ==
    STUDY_SECTIONS, "STUDY_SECTIONS");

static void
manual_key(struct buf *out, const struct study_key *k)
{
	size_t n = 0;

	while (k->key[n] != '\0' && k->key[n] != '*')
		n++;
	buf_str(out, ".It ");
	if (k->key[n] == '*') {
		buf_str(out, "Cm ");
		buf_add(out, k->key, n);
		buf_str(out, "Ar NAME\n");
	} else if (k->kind == STUDY_DECISION)
		buf_str(out, "Ar FROM No -> Ar TO\n");
	else
		buf_printf(out, "Cm %s\n", k->key);
	value_mdoc(out, k->about);
	if (k->flags & STUDY_MUST)
		buf_str(out, "Must be given.\n");
	if (k->value != NULL && k->value[0] != '\0') {
		buf_str(out, "Default:\n.Ql ");
		value_mdoc_word(out, k->value);
		buf_str(out, " .\n");
	}
}

void
study_manual(struct buf *out)
{
	for (size_t i = 0; i < STUDY_SECTIONS; i++) {
		const struct study_section *s = &study_sections[i];

		buf_printf(out, ".Ss The [%.*s%s] section\n",
		    (int)strcspn(s->word, ":"), s->word, s->named ? " NAME" : "");
		value_mdoc(out, s->about);
		buf_str(out, ".Bl -tag -width Ds\n");
		for (size_t k = 0; k < STUDY_KEYS; k++)
			if (strcmp(study_keys[k].section, s->word) == 0)
				manual_key(out, &study_keys[k]);
		buf_str(out, ".El\n");
	}
}
