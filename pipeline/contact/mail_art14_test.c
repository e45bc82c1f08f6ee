#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipeline/base/file.h"
#include "pipeline/contact/mail_art14.h"

static const struct study whole = { .art14 = 1, .controller = "Instituttet",
	.contact = "NN", .purpose = "Forskning", .legal_basis = "Art. 6",
	.retention = "Slettes i 2030." };

static void
all_of_it_is_wanted(void **state)
{
	static const char all[] = "{controller} {contact} {purpose} {legal_basis}"
	    " Enhetsregisteret slettes protestere Datatilsynet";
	static const struct { const char *says, *letter; int reminder;
	    const char *want; } table[] = {
		{ "all by fields and words", all, 0, NULL },
		{ "the ready text", "{art14}", 0, NULL },
		{ "the ready text in English", "Hi {art14_en}", 0, NULL },
		{ "the study file's own words", "Instituttet NN Forskning Art. 6"
		    " ENHETSREGISTERET {retention} Svar NEI eller ordet NEI. DATATILSYNET",
		    0, NULL },
		{ "English", "{controller} {contact} {purpose} {legal_basis} from the"
		    " Central Coordinating Register for Legal Entities, erased, you may"
		    " object, and the data protection authority", 0, NULL },
		{ "nothing", "Hei", 0, "who is responsible: {controller}; whom to ask:"
		    " {contact}; what for: {purpose}; the legal basis: {legal_basis};"
		    " where the address is from: Enhetsregisteret; how long it is kept:"
		    " {retention}; how to object" },
		{ "no source", "{controller} {contact} {purpose} {legal_basis} slettes"
		    " protestere Datatilsynet", 0, ": where the address is from:"
		    " Enhetsregisteret; {art14}" },
		{ "no complaint", "{controller} {contact} {purpose} {legal_basis}"
		    " Enhetsregisteret slettes protestere", 0, ": whom to complain to" },
		{ "a short reminder", "{controller} {contact} ordet NEI", 1, NULL },
		{ "a reminder that cannot be answered", "{controller} {contact}", 1,
		    ": how to object" },
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int r = mail_art14_check(&whole, table[i].letter, "x.txt",
		    table[i].reminder, &err);

		if (table[i].want == NULL ? r != 0 : r != -1 ||
		    err.status != EX_CONFIG || strstr(err.text, table[i].want) == NULL)
			fail_msg("%s: got %d %s", table[i].says, r,
			    r != 0 ? err.text : "");
	}
}

static void
the_study_file_has_its_share(void **state)
{
	struct study s = whole;
	struct buf b = BUF(4000);
	struct err err;

	(void)state;
	s.legal_basis = "";
	s.retention = NULL;
	assert_int_equal(mail_art14_check(&s, "{art14}", "x", 0, &err), -1);
	assert_non_null(strstr(err.text, "[study] legal_basis, retention"));
	mail_art14_text(&s, "01.01.2026", 0, &b);
	assert_int_equal(b.len, 0);
	s.art14 = 0;
	assert_int_equal(mail_art14_check(&s, "Hei", "x", 0, &err), 0);
	mail_art14_text(&whole, "01.01.2026", 0, &b);
	assert_non_null(strstr(b.data, "Formål: Forskning. Behandlingsgrunnlag: Art. 6."
	    " Navn"));
	assert_non_null(strstr(b.data, "slik det var 01.01.2026"));
	assert_int_equal(b.data[b.len - 1], '.');
	/* the ready text passes by its own words: nothing is missing in it */
	s = whole;
	assert_int_equal(mail_art14_check(&s, b.data, "x", 0, &err), 0);
	buf_clear(&b);
	mail_art14_text(&s, "01.01.2026", 1, &b);
	assert_int_equal(mail_art14_check(&s, b.data, "x", 0, &err), 0);
	buf_free(&b);
}

/* What is shipped passes. */
static void
the_shipped_letters_say_it(void **state)
{
	static const char *const file[] = {
		"config/studies/mikrobedrifter-invitasjon.txt",
		"config/studies/mikrobedrifter-purring.txt" };
	struct study *s = NULL;
	struct err err;

	(void)state;
	assert_int_equal(study_read("config/studies/mikrobedrifter.ini", &s, NULL,
	    &err), 0);
	assert_int_equal(s->art14, 1);
	for (int i = 0; i < 2; i++) {
		struct buf b = BUF(1 << 16);

		assert_int_equal(file_read(file[i], 1 << 16, &b, &err), 0);
		if (mail_art14_check(s, buf_text(&b), file[i], i, &err) != 0)
			fail_msg("%s", err.text);
		buf_free(&b);
	}
	study_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_is_wanted),
		cmocka_unit_test(the_study_file_has_its_share),
		cmocka_unit_test(the_shipped_letters_say_it),
	};

	return cmocka_run_group_tests_name("mail_art14", tests, NULL, NULL);
}
