#ifndef TESTS_TOOLS_GEN_WORDS_H
#define TESTS_TOOLS_GEN_WORDS_H

/* words -- codes and places that exist, names that do not. */

#include <stddef.h>

enum gen_group { GROUP_OTHER, GROUP_CULTURE, GROUP_EXPERIENCE, GROUP_FOOD, GROUPS };

static const char *const group_names[GROUPS] = {
	"other", "culture", "experience", "food"
};

/* SN2025.  Of the study's codes only successors that take in nothing from
 * outside it, so that no decision of a study file moves a count. */
static const struct gen_code {
	const char *code, *name;
	enum gen_group group;
} gen_codes[] = {
	{ "18.200", "Reproduksjon av innspilte opptak", GROUP_CULTURE },
	{ "32.120", "Produksjon av smykker og lignende artikler", GROUP_CULTURE },
	{ "32.130", "Produksjon av bijouteri og lignende artikler", GROUP_CULTURE },
	{ "32.400", "Produksjon av spill og leker", GROUP_CULTURE },
	{ "58.210", "Utgivelse av programvare for dataspill", GROUP_CULTURE },
	{ "59.110", "Produksjon av film, video og fjernsynsprogrammer", GROUP_CULTURE },
	{ "59.120", "Etterarbeid knyttet til produksjon av film, video og fjernsynsprogrammer", GROUP_CULTURE },
	{ "59.130", "Distribusjon av film og video", GROUP_CULTURE },
	{ "59.140", "Filmfremvisning", GROUP_CULTURE },
	{ "59.200", "Produksjon og utgivelse av musikk- og lydopptak", GROUP_CULTURE },
	{ "74.110", "Industri-, produkt- og motedesignvirksomhet", GROUP_CULTURE },
	{ "74.120", "Grafisk design og visuell kommunikasjonsdesign", GROUP_CULTURE },
	{ "74.130", "Interiørdesignvirksomhet", GROUP_CULTURE },
	{ "74.140", "Annen spesialisert designvirksomhet", GROUP_CULTURE },
	{ "74.200", "Fotografvirksomhet", GROUP_CULTURE },
	{ "85.529", "Annen undervisning innenfor kultur", GROUP_CULTURE },
	{ "90.111", "Skapende kunstnerisk virksomhet innenfor litteratur", GROUP_CULTURE },
	{ "90.112", "Skapende kunstnerisk virksomhet innenfor komposisjon av musikk", GROUP_CULTURE },
	{ "90.120", "Skapende kunstnerisk virksomhet innenfor visuell kunst", GROUP_CULTURE },
	{ "90.130", "Annen kunstnerisk virksomhet", GROUP_CULTURE },
	{ "90.201", "Utøvende kunstnerisk virksomhet og underholdningsvirksomhet innenfor musikk", GROUP_CULTURE },
	{ "90.202", "Utøvende kunstnerisk virksomhet og underholdningsvirksomhet innenfor scenekunst", GROUP_CULTURE },
	{ "90.209", "Annen utøvende kunstnerisk virksomhet og underholdningsvirksomhet ikke nevnt annet sted", GROUP_CULTURE },
	{ "90.310", "Drift av lokaler tilknyttet kunstnerisk virksomhet og underholdningsvirksomhet", GROUP_CULTURE },
	{ "90.390", "Andre tjenester tilknyttet kunstnerisk virksomhet og underholdningsvirksomhet", GROUP_CULTURE },
	{ "55.300", "Drift av campingplasser", GROUP_EXPERIENCE },
	{ "79.121", "Aktiviteter utført av utflukts- og eventarrangører", GROUP_EXPERIENCE },
	{ "79.902", "Guide- og reiseledervirksomhet", GROUP_EXPERIENCE },
	{ "01.110", "Dyrking av korn, unntatt ris, belgvekster og oljeholdige vekster", GROUP_OTHER },
	{ "01.410", "Melkeproduksjon på storfe og oppdrett av melkekyr", GROUP_OTHER },
	{ "01.500", "Kombinert husdyrhold og planteproduksjon", GROUP_OTHER },
	{ "41.000", "Oppføring av bygninger", GROUP_OTHER },
	{ "43.120", "Grunnarbeid", GROUP_OTHER },
	{ "43.210", "Elektrisk installasjonsarbeid", GROUP_OTHER },
	{ "43.221", "Rørleggerarbeid", GROUP_OTHER },
	{ "43.320", "Snekkerarbeid", GROUP_OTHER },
	{ "43.340", "Maler- og glassarbeid", GROUP_OTHER },
	{ "47.110", "Detaljhandel med bredt vareutvalg med hovedvekt på nærings- og nytelsesmidler", GROUP_OTHER },
	{ "47.710", "Detaljhandel med klær", GROUP_OTHER },
	{ "49.410", "Godstransport på vei", GROUP_OTHER },
	{ "55.100", "Drift av hoteller", GROUP_OTHER },
	{ "56.110", "Drift av restauranter", GROUP_OTHER },
	{ "62.100", "Dataprogrammeringstjenester", GROUP_OTHER },
	{ "62.200", "Konsulentvirksomhet tilknyttet informasjonsteknologi og forvaltning og drift av IT-systemer", GROUP_OTHER },
	{ "68.200", "Utleie av egen eller leid fast eiendom", GROUP_OTHER },
	{ "69.202", "Regnskapsføring og bokføring", GROUP_OTHER },
	{ "70.200", "Bedriftsrådgivning og annen administrativ rådgivning", GROUP_OTHER },
	{ "71.110", "Arkitektvirksomhet", GROUP_OTHER },
	{ "81.210", "Rengjøring av bygninger", GROUP_OTHER },
	{ "86.210", "Allmennlegetjenester", GROUP_OTHER },
	{ "86.950", "Fysioterapi- og ergoterapitjenester", GROUP_OTHER },
	{ "93.120", "Aktiviteter i idrettslag og -klubber", GROUP_OTHER },
	{ "94.992", "Aktiviteter i andre medlemsorganisasjoner ellers", GROUP_OTHER },
	{ "95.310", "Reparasjon og vedlikehold av motorvogner", GROUP_OTHER },
	{ "96.210", "Frisering og barbering", GROUP_OTHER },
	{ "96.220", "Skjønnhetspleie", GROUP_OTHER },
};
enum { GEN_CODES = sizeof(gen_codes) / sizeof(gen_codes[0]) };

/* Municipalities of 2024; the first two digits are the county.  ${list}: a name
 * that a list can hold, and that means one municipality only. */
static const struct gen_place {
	const char *number, *name, *postcode, *place, *list;
} gen_places[] = {
	{ "1505", "KRISTIANSUND", "6509", "KRISTIANSUND N", "Kristiansund" },
	{ "1506", "MOLDE", "6413", "MOLDE", "Molde" },
	{ "1508", "ÅLESUND", "6002", "ÅLESUND", "Ålesund" },
	{ "1511", "VANYLVEN", "6143", "FISKÅBYGD", "Vanylven" },
	{ "1515", "HERØY", "6092", "FOSNAVÅG", NULL },
	{ "1516", "ULSTEIN", "6065", "ULSTEINVIK", "Ulstein" },
	{ "1520", "ØRSTA", "6150", "ØRSTA", "Ørsta" },
	{ "1525", "STRANDA", "6200", "STRANDA", "Stranda" },
	{ "1535", "VESTNES", "6390", "VESTNES", "Vestnes" },
	{ "1539", "RAUMA", "6300", "ÅNDALSNES", "Rauma" },
	{ "1547", "AUKRA", "6480", "AUKRA", "Aukra" },
	{ "1554", "AVERØY", "6530", "AVERØY", "Averøy" },
	{ "1563", "SUNNDAL", "6600", "SUNNDALSØRA", "Sunndal" },
	{ "1566", "SURNADAL", "6650", "SURNADAL", "Surnadal" },
	{ "1573", "SMØLA", "6570", "SMØLA", "Smøla" },
	{ "1577", "VOLDA", "6100", "VOLDA", "Volda" },
	{ "1578", "FJORD", "6210", "VALLDAL", "Fjord" },
	{ "1579", "HUSTADVIKA", "6440", "ELNESVÅGEN", "Hustadvika" },
	{ "1580", "HARAM", "6270", "BRATTVÅG", "Haram" },
	{ "5601", "ALTA", "9510", "ALTA", "Alta" },
	{ "5603", "HAMMERFEST", "9600", "HAMMERFEST", NULL },
	{ "5605", "SØR-VARANGER", "9900", "KIRKENES", "Sør-Varanger" },
	{ "5607", "VADSØ", "9800", "VADSØ", "Vadsø" },
	{ "5610", "KARASJOK", "9730", "KARASJOK", NULL },
	{ "5612", "KAUTOKEINO", "9520", "KAUTOKEINO", NULL },
	{ "5614", "LOPPA", "9550", "ØKSFJORD", "Loppa" },
	{ "5616", "HASVIK", "9590", "HASVIK", "Hasvik" },
	{ "5620", "NORDKAPP", "9750", "HONNINGSVÅG", "Nordkapp" },
	{ "5622", "PORSANGER", "9700", "LAKSELV", NULL },
	{ "5624", "LEBESBY", "9740", "LEBESBY", "Lebesby" },
	{ "5628", "TANA", "9845", "TANA", NULL },
	{ "5632", "BÅTSFJORD", "9990", "BÅTSFJORD", "Båtsfjord" },
	{ "5634", "VARDØ", "9950", "VARDØ", "Vardø" },
	{ "3303", "KONGSBERG", "3611", "KONGSBERG", "Kongsberg" },
	{ "3305", "RINGERIKE", "3510", "HØNEFOSS", "Ringerike" },
	{ "3310", "HOLE", "3530", "RØYSE", "Hole" },
	{ "3312", "LIER", "3400", "LIER", "Lier" },
	{ "3314", "ØVRE EIKER", "3300", "HOKKSUND", "Øvre Eiker" },
	{ "3316", "MODUM", "3370", "VIKERSUND", "Modum" },
	{ "3318", "KRØDSHERAD", "3536", "NORESUND", "Krødsherad" },
	{ "3320", "FLÅ", "3539", "FLÅ", "Flå" },
	{ "3322", "NESBYEN", "3540", "NESBYEN", "Nesbyen" },
	{ "3324", "GOL", "3550", "GOL", "Gol" },
	{ "3326", "HEMSEDAL", "3560", "HEMSEDAL", "Hemsedal" },
	{ "3328", "ÅL", "3570", "ÅL", "Ål" },
	{ "3330", "HOL", "3580", "GEILO", "Hol" },
	{ "3332", "SIGDAL", "3350", "PRESTFOSS", "Sigdal" },
	{ "3334", "FLESBERG", "3623", "LAMPELAND", "Flesberg" },
	{ "3336", "ROLLAG", "3626", "ROLLAG", "Rollag" },
	{ "3338", "NORE OG UVDAL", "3630", "RØDBERG", "Nore og Uvdal" },
	{ "3301", "DRAMMEN", "3017", "DRAMMEN", NULL },
	{ "0301", "OSLO", "0170", "OSLO", NULL },
	{ "1103", "STAVANGER", "4006", "STAVANGER", NULL },
	{ "1804", "BODØ", "8006", "BODØ", NULL },
	{ "3107", "FREDRIKSTAD", "1606", "FREDRIKSTAD", NULL },
	{ "3203", "ASKER", "1383", "ASKER", NULL },
	{ "3403", "HAMAR", "2315", "HAMAR", NULL },
	{ "3907", "SANDEFJORD", "3210", "SANDEFJORD", NULL },
	{ "4003", "SKIEN", "3717", "SKIEN", NULL },
	{ "4204", "KRISTIANSAND", "4611", "KRISTIANSAND S", NULL },
	{ "4601", "BERGEN", "5003", "BERGEN", NULL },
	{ "4627", "ASKØY", "5300", "KLEPPESTØ", NULL },
	{ "5001", "TRONDHEIM", "7011", "TRONDHEIM", NULL },
	{ "5061", "RINDAL", "6657", "RINDAL", NULL },
	{ "5501", "TROMSØ", "9008", "TROMSØ", NULL },
};
enum { GEN_PLACES = sizeof(gen_places) / sizeof(gen_places[0]) };

static const char *const gen_front[] = {
	"FJELL", "FJORD", "ELVE", "SKOG", "SOL", "VINTER", "NORDLYS", "KYST",
	"DAL", "ØY", "STEIN", "GRAN", "BJØRKE", "HEI", "VANN", "ISBRE", "LYNG",
	"RØDE", "BLÅ", "GRØNN", "STJERNE", "MÅNE", "STORM", "HAV", "TIND", "SJØ",
	"ÆRFUGL", "ØRNE", "REV", "LOM", "MULTE", "TYTTEBÆR", "SILKE", "GLASS"
};
static const char *const gen_back[] = {
	"VERKSTEDET", "STUDIO", "SCENE", "ATELIER", "OPPLEVELSER", "KULTUR",
	"PRODUKSJON", "FOTO", "DESIGN", "EVENTYR", "CAMPING", "GUIDING", "MUSIKK",
	"FILM", "KERAMIKK", "BRUK", "HANDEL", "SERVICE", "EIENDOM", "BYGG",
	"TRANSPORT", "RÅDGIVNING", "INVEST", "KONSULT", "TEATER", "VERKET"
};
static const char *const gen_given[] = {
	"ASTRI", "BÅRD", "CELINE", "DAGNY", "EIVIND", "FRØYDIS", "GAUTE", "HEDDA",
	"IDUNN", "JARLE", "KJERSTI", "LEIDULV", "MARIT", "NJÅL", "OLAUG", "PEDER",
	"RAGNHILD", "SØLVI", "TORBJØRN", "UNNI", "VIGDIS", "ÅSMUND"
};
static const char *const gen_family_front[] = {
	"KVELDS", "TRÅD", "SNØ", "KVERN", "LANG", "HØG", "TVERR", "INNER", "YTTER",
	"STAV", "KLOKKE", "BEKKE", "MYR", "UR", "RAUD", "VÅR", "SEL", "TRØ"
};
static const char *const gen_family_back[] = {
	"GRINDEN", "HOLT", "STAD", "NESET", "VOLDEN", "BAKKMO", "HAUGLI", "TANGEN",
	"SLETTMO", "ÅSLI", "VIKMO", "BREKKUM", "FOSSLI", "RUDMO"
};
static const char *const gen_farm_back[] = {
	"GARD", "GÅRDSMAT", "YSTERI", "BÆR", "HONNING", "BAKERI", "SPEKEMAT",
	"SIDERI", "URTER", "GÅRDSBRYGGERI"
};
static const char *const gen_produce[] = {
	"ost", "bær og saft", "honning", "lefse og flatbrød", "spekemat", "sider",
	"urter", "fisk", "lammekjøtt", "egg", "syltetøy; saft", "øl og mjød"
};
static const char *const gen_streets[] = {
	"Strandgata", "Storgata", "Fjellveien", "Skolegata", "Kirkebakken",
	"Øvre vei", "Elvegata", "Sjøvegen", "Nygata", "Myrsletta", "Bryggen"
};
static const char *const gen_activity[] = {
	"Produksjon og formidling av kunst og kultur, samt det som naturlig",
	"hører sammen med dette, herunder å delta i andre foretak med lignende",
	"virksomhet.",
	"Utleie av utstyr og lokaler, kursvirksomhet og salg av egne varer.",
	"Guidede turer, overnatting og servering for grupper og enkeltreisende.",
	"Kjøp, salg og forvaltning av fast eiendom og verdipapirer.",
	"Konsulenttjenester innenfor \"drift og utvikling\" av små foretak.",
	"Selskapets formål er å fremme lokal verdiskaping i regionen og å eie",
	"andeler i andre selskaper.",
};

#endif /* !TESTS_TOOLS_GEN_WORDS_H */
