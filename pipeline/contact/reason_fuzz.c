/*
 * A file of rules, whatever its octets: read and usable, or refused with a
 * reason.  What is read is tried on a text that has something of everything.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/contact/reason.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char text[] = "550 5.1.1 <kari@example.no>: Mottakeren \xc3\xa5 "
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaa user unknown (in reply to RCPT TO)";
	struct reason_case c = { "5.1.1", "550", "rcpt", "smtp", text,
	    sizeof(text) - 1 };
	struct reason_rules *rules;
	struct reason got;
	struct err err;

	if (len > 4096)
		return (0);
	memset(&err, 0, sizeof(err));
	rules = reason_rules_read("fuzz", (const char *)data, len, &err);
	if (rules == NULL) {
		if (err.status != EX_CONFIG || err.text[0] == '\0')
			abort();
		return (0);
	}
	got = reason_of(rules, &c);
	if (!reason_known(got.word, NULL, NULL) || strchr("ARSN-", got.fault) ==
	    NULL || got.rule == NULL)
		abort();
	(void)reason_rules_check(rules, &err);
	reason_rules_free(rules);
	return (0);
}
