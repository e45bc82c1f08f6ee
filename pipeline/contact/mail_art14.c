#include <string.h>

#include "pipeline/contact/mail_art14.h"

enum { REMIND = 1 };	/* wanted in reminders too */

/* What a letter must say: by a field, by the study file's own words, or by one
 * of the words it can be told by (ASCII in lower case, bars between). */
static const struct wanted {
	const char *field;	/* or NULL */
	const char *name;
	const char *words;	/* or NULL */
	int flags;
} wanted[] = {
	{ "{controller}", "who is responsible: {controller}", NULL, REMIND },
	{ "{contact}", "whom to ask: {contact}", NULL, REMIND },
	{ "{purpose}", "what for: {purpose}", NULL, 0 },
	{ "{legal_basis}", "the legal basis: {legal_basis}", NULL, 0 },
	{ NULL, "where the address is from: Enhetsregisteret",
	    "enhetsregister|einingsregister|register of legal entities|"
	    "register for legal entities", 0 },
	{ "{retention}", "how long it is kept: {retention}",
	    "slett|anonymiser|oppbevar|lagres til|deleted|erased|anonymis|anonymiz|"
	    "kept until", 0 },
	{ NULL, "how to object (protestere, reservere, melde av, NEI)",
	    "protester|reserver|motsett|motset|melde deg av|meld deg av|"
	    "ordet nei|object|opt out|unsubscribe", REMIND },
	{ NULL, "whom to complain to: Datatilsynet",
	    "datatilsyn|data protection authority|supervisory authority", 0 },
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Is one of ${words} in ${text}, which is in lower case? */
static int
has_word(const char *text, const char *words)
{
	char word[64];

	while (*words != '\0') {
		size_t n = strcspn(words, "|");

		memcpy(word, words, n);
		word[n] = '\0';
		if (strstr(text, word) != NULL)
			return 1;
		words += n + (words[n] == '|');
	}
	return 0;
}

static const char *
value_of(const struct study *s, const char *field)
{
	const struct { const char *field, *value; } all[] = {
		{ "{controller}", s->controller }, { "{contact}", s->contact },
		{ "{purpose}", s->purpose }, { "{legal_basis}", s->legal_basis },
		{ "{retention}", s->retention },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(all[i].field, field) == 0 && all[i].value != NULL &&
		    *all[i].value != '\0')
			return all[i].value;
	return NULL;
}

static int
says(const struct study *s, const struct wanted *w, const char *template,
    const char *low)
{
	const char *value = w->field != NULL ? value_of(s, w->field) : NULL;

	if (w->field != NULL && strstr(template, w->field) != NULL)
		return 1;
	if (value != NULL && strstr(template, value) != NULL)
		return 1;
	return w->words != NULL && has_word(low, w->words);
}

static void
add(struct buf *b, const char *what)
{
	buf_printf(b, "%s%s", b->len > 0 ? "; " : "", what);
}

/* What the study file owes: all but the retention, which a letter may say in its
 * own words unless it uses the field. */
static void
check_keys(const struct study *s, int all, struct buf *lacks)
{
	static const char *const key[] = { "{controller}", "{contact}", "{purpose}",
		"{legal_basis}", "{retention}" };

	for (size_t i = 0; i < sizeof(key) / sizeof(key[0]) - !all; i++)
		if (value_of(s, key[i]) == NULL)
			buf_printf(lacks, "%s%.*s", lacks->len > 0 ? ", " : "",
			    (int)strlen(key[i]) - 2, key[i] + 1);
}

int
mail_art14_check(const struct study *s, const char *template, const char *what,
    int reminder, struct err *err)
{
	struct buf lacks = BUF(2000), low = BUF(BUF_ANY);
	int whole = strstr(template, "{art14}") != NULL ||
	    strstr(template, "{art14_en}") != NULL;
	int r = 0;

	if (!s->art14)
		return 0;
	check_keys(s, whole || strstr(template, "{retention}") != NULL, &lacks);
	if (lacks.len > 0) {
		r = err_set(err, EX_CONFIG, "the study file lacks what recipients must "
		    "be told (GDPR art. 14): [study] %s", buf_text(&lacks));
		goto out;
	}
	for (const char *p = template; *p != '\0'; p++)
		buf_chr(&low, lower(*p));
	for (size_t i = 0; !whole && i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if ((!reminder || (wanted[i].flags & REMIND)) &&
		    !says(s, &wanted[i], template, buf_text(&low)))
			add(&lacks, wanted[i].name);
	if (lacks.len > 0)
		r = err_set(err, EX_CONFIG, "%s: does not say what recipients must be "
		    "told (GDPR art. 14): %s; {art14} says it all", what,
		    buf_text(&lacks));
out:
	buf_free(&lacks);
	buf_free(&low);
	return r;
}

/* A sentence of the study file, with one full stop behind it. */
static void
sentence(struct buf *b, const char *front, const char *text)
{
	size_t n = strlen(text);

	while (n > 0 && (text[n - 1] == '.' || text[n - 1] == ' '))
		n--;
	buf_printf(b, "%s%.*s. ", front, (int)n, text);
}

void
mail_art14_text(const struct study *s, const char *register_date, int english,
    struct buf *b)
{
	struct buf lacks = BUF(200);

	check_keys(s, 1, &lacks);
	if (lacks.len == 0 && !english) {
		sentence(b, "Behandlingsansvarlig: ", s->controller);
		sentence(b, "Formål: ", s->purpose);
		sentence(b, "Behandlingsgrunnlag: ", s->legal_basis);
		buf_printf(b, "Navn, organisasjonsnummer, næring, kommune og "
		    "e-postadresse er hentet fra Enhetsregisteret slik det var %s. Vi "
		    "lagrer disse opplysningene, at vi har skrevet til deg, om e-posten "
		    "kom fram, og svarene dine. ", register_date);
		sentence(b, "", s->retention);
		buf_str(b, "Det er frivillig å være med: svar på denne e-posten med "
		    "ordet NEI, så skriver vi ikke til deg igjen. Du kan be om å se, få "
		    "rettet, slettet eller begrenset det vi har om deg, du kan "
		    "protestere mot at vi bruker det, og du kan klage til Datatilsynet. ");
		sentence(b, "Kontakt: ", s->contact);
	} else if (lacks.len == 0) {
		sentence(b, "Controller: ", s->controller);
		sentence(b, "Purpose: ", s->purpose);
		sentence(b, "Legal basis: ", s->legal_basis);
		buf_printf(b, "Name, organisation number, industry, municipality and "
		    "e-mail address are from Enhetsregisteret, the Norwegian Central "
		    "Coordinating Register for Legal Entities, as it was on %s. We store "
		    "these, that we have written to you, whether the mail arrived, and "
		    "your answers. ", register_date);
		sentence(b, "", s->retention);
		buf_str(b, "Taking part is voluntary: answer this mail with the word NO "
		    "and we shall not write to you again. You may ask to see, correct, "
		    "erase or restrict what we have on you, you may object to its use, "
		    "and you may complain to Datatilsynet, the data protection "
		    "authority. ");
		sentence(b, "Contact: ", s->contact);
	}
	if (b->len > 0)
		b->data[--b->len] = '\0';
	buf_free(&lacks);
}
