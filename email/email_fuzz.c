/*
 * Fields as somebody might write them.  Beyond not falling over, what email.h
 * promises: what is valid passes again unchanged and has the same key; lengths;
 * a suggestion is itself valid; a repair that needs a guess is never made; what
 * holds a header line is never mended.
 */

#define _GNU_SOURCE
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "email/email.h"
#include "pipeline/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct email_rules *rules;

static void
stands(const char *address, const char *key)
{
	struct email e;
	char other[EMAIL_KEY_MAX];
	size_t len = strlen(address);
	const char *at = strrchr(address, '@');

	assert(len <= EMAIL_MAX && utf8_valid(address, len));
	assert(at != NULL && at - address <= EMAIL_LOCAL_MAX && at > address);
	assert(strlen(at + 1) <= EMAIL_DOMAIN_MAX && strchr(at, '.') != NULL);
	for (const char *p = address; *p != '\0'; p++)
		assert(((unsigned char)*p > 0x20 && *p != 0x7f) && *p != '<' && *p != '>');
	email_check(rules, address, len, &e);
	assert(e.reason == EMAIL_OK && strcmp(e.address, address) == 0);
	if (key != NULL)
		assert(strcmp(e.key, key) == 0);
	assert(email_key(address, len, other, sizeof(other)) == 0);
	assert(strcmp(other, e.key) == 0);
}

static void
check(const char *s, size_t len)
{
	struct email e, plain;

	email_check(rules, s, len, &e);
	email_check(NULL, s, len, &plain);
	assert((e.reason == EMAIL_OK) == (plain.reason == EMAIL_OK));
	assert((e.reason == EMAIL_OK) == (e.address[0] != '\0'));
	assert((e.reason == EMAIL_OK) == (e.key[0] != '\0'));
	assert(plain.suggestion[0] == '\0');
	if (e.reason == EMAIL_OK) {
		assert(len <= EMAIL_MAX && strcmp(e.address, plain.address) == 0);
		assert(e.repairs == 0 && strlen(e.key) < EMAIL_KEY_MAX);
		stands(e.address, e.key);
	}
	if (e.suggestion[0] != '\0') {
		assert(strcmp(e.suggestion, e.address) != 0);
		stands(e.suggestion, NULL);
	}
}

static void
field(const char *s, size_t len)
{
	struct email_field f;

	email_field(rules, s, len, 1, &f);
	if (f.use == EMAIL_USE) {
		assert(f.first.reason == EMAIL_OK && f.n > 0);
		assert(f.first.repairs < EMAIL_ASK_DOTS);
		/* nothing is invented: the local part stands in the field */
		if ((f.first.flags & EMAIL_SMTPUTF8) == 0 && f.first.repairs == 0)
			assert(memmem(s, len, f.first.address,
			    strcspn(f.first.address, "@")) != NULL);
		assert(memchr(s, '\0', len) == NULL && len <= EMAIL_FIELD_MAX);
	}
	if (f.first.reason == EMAIL_OK)
		stands(f.first.address, f.first.key);
	assert(f.nother < EMAIL_SEVERAL && f.nother <= f.n);
	for (size_t i = 0; i < f.nother; i++)
		stands(f.other[i], NULL);
	email_field_free(&f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct err err;
	char *s = malloc(len > 0 ? len : 1);	/* no NUL behind it, so that
						 * reading on is seen */

	if (rules == NULL)
		rules = email_rules_new(&err);
	assert(rules != NULL && s != NULL);
	if (len > 0)
		memcpy(s, data, len);
	check(s, len);
	field(s, len);
	free(s);
	return 0;
}
