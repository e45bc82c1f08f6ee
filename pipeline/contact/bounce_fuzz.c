/*
 * Whatever the octets: a verdict whose strings are clean UTF-8 within the
 * limits, whose reasons are words of the table, and nothing hard that is not a
 * final failure.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/utf8.h"
#include "pipeline/contact/bounce.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check(const char *s)
{
	const char *p;

	if (s == NULL)
		return;
	if (!utf8_valid(s, strlen(s)) || strlen(s) > BOUNCE_STRING)
		abort();
	for (p = s; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct reason_rules *rules;
	const struct bounce_recipient *x;
	struct buf out = BUF(BUF_ANY);
	struct bounce b;
	struct json j;
	struct err err;
	size_t i;

	if (rules == NULL && (rules = reason_rules_builtin(&err)) == NULL)
		abort();
	bounce_read(rules, (const char *)data, len, NULL, NULL, &b);
	for (i = 0; i < b.nrecipient; i++) {
		x = &b.recipient[i];
		check(x->address);
		check(x->final);
		check(x->status);
		check(x->text);
		if (!reason_known(x->reason, NULL, NULL) ||
		    (x->address == NULL) != (x->source == BOUNCE_BY_NOTHING) ||
		    (x->hard && x->kind != BOUNCE_FINAL))
			abort();
	}
	for (i = 0; i < b.ncandidate; i++)
		check(b.candidate[i].text);
	for (i = 0; i < b.ncopy_to; i++)
		check(b.copy_to[i]);
	check(b.copy_message_id);
	check(b.copy_ref);
	check(b.copy_from);
	check(b.from);
	check(b.to);
	check(b.subject);
	check(b.message_id);
	check(b.auto_submitted);
	check(b.feedback_type);
	check(b.feedback_agent);
	check(b.feedback_rcpt);
	check(b.feedback_from);
	if ((b.kind == BOUNCE_FINAL || b.kind == BOUNCE_DELAYED) &&
	    b.nrecipient == 0)
		abort();
	json_begin(&j, &out, 0);
	bounce_json(&j, "x", &b);
	bounce_explain(&out, "x", &b);
	buf_free(&out);
	bounce_free(&b);
	return (0);
}
