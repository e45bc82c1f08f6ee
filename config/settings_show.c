#include <string.h>

#include "config/settings.h"
#include "config/settings_private.h"
#include "config/value.h"

enum { WIDTH = 76, ALIGN = 40 };

static void
spaces(struct buf *b, size_t from, size_t to)
{
	for (; from < to; from++)
		buf_chr(b, ' ');
}

/* A sentence or two in lines of ${width} octets, each begun with ${front}. */
static void
fill(struct buf *b, const char *front, const char *text)
{
	size_t column = 0;

	for (const char *w = text; *w != '\0'; ) {
		size_t n = strcspn(w, " ");

		if (column > 0 && column + 1 + n > WIDTH - strlen(front)) {
			buf_chr(b, '\n');
			column = 0;
		}
		buf_str(b, column == 0 ? front : " ");
		buf_add(b, w, n);
		column += n + (column > 0);
		w += n + strspn(w + n, " ");
	}
	buf_chr(b, '\n');
}

void
settings_show(const struct settings *s, struct buf *out)
{
	for (size_t i = 0; i < settings_keys_n; i++) {
		const struct settings_key *k = &settings_keys[i];
		const struct settings_origin *o = &s->origin[i];
		struct buf line = BUF(16384);

		buf_printf(&line, "%s.%s", k->section, k->key);
		spaces(&line, line.len, 26);
		buf_str(&line, " = ");
		settings_value(s, k, &line);
		spaces(&line, line.len, ALIGN + 26);
		buf_str(out, buf_text(&line));
		if (o->file != NULL)
			buf_printf(out, "  # %s:%d\n", o->file, o->line);
		else
			buf_printf(out, "  # default%s\n", o->derived ?
			    ", under state" : "");
		buf_free(&line);
	}
}

void
settings_show_json(const struct settings *s, struct json *j)
{
	const char *section = "";

	json_object(j);
	for (size_t i = 0; i < settings_keys_n; i++) {
		const struct settings_key *k = &settings_keys[i];
		const struct settings_origin *o = &s->origin[i];
		struct buf value = BUF(16384);

		if (strcmp(section, k->section) != 0) {
			if (section[0] != '\0')
				json_end(j);
			section = k->section;
			json_key(j, section);
			json_object(j);
		}
		settings_value(s, k, &value);
		json_key(j, k->key);
		json_object(j);
		json_kstr(j, "value", buf_text(&value));
		json_kstr(j, "file", o->file);		/* null: the default */
		if (o->file != NULL)
			json_kint(j, "line", o->line);
		json_end(j);
		buf_free(&value);
	}
	json_end(j);
	json_end(j);
}

void
settings_manual(struct buf *out)
{
	const char *section = "";

	for (size_t i = 0; i < settings_keys_n; i++) {
		const struct settings_key *k = &settings_keys[i];

		if (strcmp(section, k->section) != 0) {
			if (section[0] != '\0')
				buf_str(out, ".El\n");
			section = k->section;
			buf_printf(out, ".Ss The [%s] section\n.Bl -tag -width Ds\n", section);
		}
		buf_printf(out, ".It Cm %s\n", k->key);
		value_mdoc(out, k->about);
		if (k->value[0] != '\0') {
			buf_str(out, "Default:\n.Ql ");
			value_mdoc_word(out, k->value);
			buf_str(out, " .\n");
		} else
			buf_str(out, "Default: none.\n");
	}
	buf_str(out, ".El\n");
}

void
settings_example(struct buf *out)
{
	const char *section = "";

	fill(out, "# ", "Settings of utvalg, read from /etc/utvalg/utvalg.conf and then"
	    " /etc/utvalg/utvalg.conf.d/*.conf, later over earlier, or from the file"
	    " given with --config alone. Every key is here with its default; take the"
	    " semicolon away to change one. Relative paths begin at the folder this"
	    " file is in. See utvalg.conf(5), and `utvalg config` for what is in"
	    " force.");
	for (size_t i = 0; i < settings_keys_n; i++) {
		const struct settings_key *k = &settings_keys[i];

		if (strcmp(section, k->section) != 0) {
			section = k->section;
			buf_printf(out, "\n[%s]\n", section);
		}
		buf_chr(out, '\n');
		fill(out, "# ", k->about);
		buf_printf(out, ";%s =%s%s\n", k->key, k->value[0] != '\0' ? " " : "",
		    k->value);
	}
}
