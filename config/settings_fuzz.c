/*
 * Any octets as a settings file: taken, and then shown, or refused with a line
 * that is in the file.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"

#include "config/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(int holds)
{
	if (!holds)
		abort();
}

static void
check(const struct settings *s)
{
	must(s->state != NULL && s->state[0] != '\0' && s->requests[0] != '\0' &&
	    s->results[0] != '\0');
	must(s->max_loss >= 0 && s->max_loss <= 1);
	must(s->max_bytes > 0 && s->max_unpacked >= s->max_bytes);
	must(s->delimiter[0] == '+' || s->delimiter[0] == '-');
	must(s->connect_timeout > 0 && s->token_days > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = mem_strn((const char *)data, len);
	struct settings s;
	struct err err = { 0, "" };
	struct buf out = BUF(1 << 20);
	struct json j;
	int lines = 1;

	for (size_t i = 0; i < strlen(text); i++)
		lines += text[i] == '\n';
	if (settings_load_text(&s, "fuzz.conf", text, &err) == 0) {
		check(&s);
		settings_show(&s, &out);
		json_begin(&j, &out, 0);
		settings_show_json(&s, &j);
		must(!out.over);
	} else {
		must(err.status == EX_CONFIG && strncmp(err.text, "fuzz.conf:", 10) == 0);
		must(atoi(err.text + 10) >= 1 && atoi(err.text + 10) <= lines);
	}
	settings_free(&s);
	buf_free(&out);
	free(text);
	return 0;
}
