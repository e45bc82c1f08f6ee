/*
 * Any octets as an answer of a name server, and as a domain somebody typed:
 * what the headers promise.
 *
 * - Nothing is read behind the end; what is too short for a header points on.
 * - A name that is taken is lower case, of labels of 1 to 63 octets and at most
 *   253 in all, and taken again as it is.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "pipeline/frame/mx.h"
#include "pipeline/frame/mx_packet.h"

#define MUST(what_)	do { if (!(what_)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mx_facts f = { 0 };
	size_t n;
	char name[MX_NAME], again[MX_NAME], *text;
	unsigned char *exact = mem_alloc(size + 1);

	/* at the very end of what is allocated */
	memcpy(exact + 1, data, size);
	if (size < 12)
		MUST(mx_packet_points_on(exact + 1, size) && !mx_packet_cut(exact + 1,
		    size));
	else
		(void)(mx_packet_points_on(exact + 1, size) +
		    mx_packet_cut(exact + 1, size));
	free(exact);

	text = mem_strn((const char *)data, size);
	(void)mx_exchange(&f, text);
	MUST(f.roots + f.usable + f.unusable == 1);
	if (mx_name(text, name) == 0) {
		MUST(strlen(name) > 0 && strlen(name) < MX_NAME);
		for (const char *p = name; *p != '\0'; p += n + (p[n] == '.')) {
			n = strcspn(p, ".");
			MUST(n >= 1 && n <= 63);
		}
		MUST(mx_name(name, again) == 0 && strcmp(name, again) == 0);
	}
	free(text);
	return 0;
}
