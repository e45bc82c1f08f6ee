#include <stdio.h>
#include <string.h>

#include "config/study.h"

#include "cmd/exits.h"
#include "cmd/help.h"
#include "cmd/ui.h"

/* "--out KIND:WHERE", "-q, --quiet", "--wait[=SECONDS]" */
static void
option_words(const struct cmd_option *o, struct buf *b)
{
	if (o->letter != 0)
		buf_printf(b, "-%c, ", o->letter);
	buf_printf(b, "--%s", o->name);
	if (o->kind == CMD_OPTIONAL)
		buf_printf(b, "[=%s]", o->arg);
	else if (o->kind != CMD_FLAG)
		buf_printf(b, " %s", o->arg);
}

static void
print_options(const struct cmd_option *o)
{
	struct buf b = BUF(200);

	for (; o != NULL && o->name != NULL; o++) {
		buf_clear(&b);
		option_words(o, &b);
		ui_printf("  %-24s %s\n", buf_text(&b), o->help);
	}
	buf_free(&b);
}

static void
print_indented(const char *lines)
{
	while (*lines != '\0') {
		size_t n = strcspn(lines, "\n");

		ui_printf("  %.*s\n", (int)n, lines);
		lines += n + (lines[n] == '\n');
	}
}

static void
print_all(void)
{
	ui_text("usage: utvalg [OPTION ...] COMMAND [OPTION ...] [OPERAND ...]\n\n"
	    "From the business register to survey samples that stand up.\n\n"
	    "Commands, in the order of a study:\n");
	for (size_t i = 0; i < ncommands; i++)
		if (!commands[i]->hidden)
			ui_printf("  %-10s %s\n", commands[i]->name,
			    commands[i]->summary);
	ui_text("\nOptions, before or after the command:\n");
	print_options(general);
	ui_text("\nA study, from its file to its tables:\n"
	    "  utvalg study check mikrobedrifter.ini\n"
	    "  utvalg pull\n"
	    "  utvalg plan mikrobedrifter.ini\n"
	    "  utvalg frame mikrobedrifter.ini\n"
	    "  utvalg draw mikrobedrifter\n"
	    "  utvalg mail mikrobedrifter --wave invite\n"
	    "  utvalg bounces\n"
	    "  utvalg answers mikrobedrifter svar.csv\n"
	    "  utvalg table mikrobedrifter rates\n"
	    "\nMore: utvalg help COMMAND, utvalg help exits, utvalg(1).\n");
}

void
help_print(const struct cmd *c)
{
	if (c == NULL) {
		print_all();
		return;
	}
	ui_printf("usage: utvalg %s%s%s%s\n\n", c->name,
	    c->option != NULL ? " [OPTION ...]" : "",
	    c->args != NULL && *c->args != '\0' ? " " : "",
	    c->args != NULL ? c->args : "");
	if (c->examples != NULL) {
		ui_text("Examples:\n");
		print_indented(c->examples);
		ui_text("\n");
	}
	ui_printf("%s: %s.\n", c->name, c->summary);
	if (c->text != NULL)
		ui_printf("\n%s", c->text);
	if (c->option != NULL) {
		ui_text("\nOptions:\n");
		print_options(c->option);
	}
	ui_text("\nOptions of every command:\n");
	print_options(general);
}

void
help_exits(void)
{
	for (size_t i = 0; i < nexits; i++)
		ui_printf("%3d  %-15s %s\n", exits[i].status, exits[i].name,
		    exits[i].text);
}

static void
option_list(const struct cmd_option *o, struct buf *b)
{
	for (; o != NULL && o->name != NULL; o++)
		buf_printf(b, "%s--%s", b->len > 0 ? " " : "", o->name);
}

/* What can stand behind an option of ${cmd} ("*": of any): words, a file, a
 * folder. */
static void
completion_values(const char *cmd, const struct cmd_option *o)
{
	for (; o != NULL && o->name != NULL; o++) {
		if (o->kind == CMD_FLAG || o->kind == CMD_OPTIONAL)
			continue;
		ui_printf("\t%s:--%s)\n", cmd, o->name);
		if (o->kind == CMD_FILE || o->kind == CMD_FOLDER)
			ui_printf("\t\tcompopt -o filenames\n\t\tmapfile -t COMPREPLY"
			    " < <(compgen -%c -- \"$cur\")\n",
			    o->kind == CMD_FILE ? 'f' : 'd');
		else if (strchr(o->arg, '|') != NULL) {
			ui_text("\t\tmapfile -t COMPREPLY < <(compgen -W '");
			for (const char *p = o->arg; *p != '\0'; p++)
				ui_data(*p == '|' ? " " : p, 1);
			ui_text("' -- \"$cur\")\n");
		}
		ui_text("\t\treturn ;;\n");
	}
}

/* The pattern of all options that are followed by a value. */
static void
completion_valued(void)
{
	const struct cmd_option *o = general;
	struct buf said = BUF(4096);
	char one[80];

	buf_str(&said, "|");
	for (size_t i = 0; i <= ncommands; i++) {
		for (; o != NULL && o->name != NULL; o++) {
			snprintf(one, sizeof(one), "|--%s|", o->name);
			if (o->kind != CMD_FLAG && o->kind != CMD_OPTIONAL &&
			    strstr(buf_text(&said), one) == NULL)
				buf_str(&said, one + 1);
		}
		o = i < ncommands ? commands[i]->option : NULL;
	}
	ui_data(said.data + 1, said.len - 2);
	buf_free(&said);
}

/* Does a STUDY stand first, or a FILE last? */
static int
mentions(const struct cmd *c, const char *what)
{
	return c->args != NULL && strstr(c->args, what) != NULL;
}

static void
completion_command(const struct cmd *c)
{
	struct buf b = BUF(4096);

	option_list(c->option, &b);
	ui_printf("\t%s)\n", c->name);
	ui_printf("\t\topts+=' %s'\n", buf_text(&b));
	if (c->words != NULL)
		ui_printf("\t\twords='%s'\n", c->words);
	/* behind a study: words of its own, or a file */
	if (mentions(c, "STUDY ") && strchr(c->args, '|') != NULL) {
		ui_text("\t\tlast='");
		for (const char *p = strchr(c->args, ' ') + 1;
		    *p != '\0' && *p != ' '; p++)
			ui_data(*p == '|' ? " " : p, 1);
		ui_text("'\n");
	}
	if (mentions(c, "COMMAND")) {
		ui_text("\t\twords='exits");
		for (size_t i = 0; i < ncommands; i++)
			if (!commands[i]->hidden)
				ui_printf(" %s", commands[i]->name);
		ui_text("'\n");
	}
	if (mentions(c, "FILE") || mentions(c, "STUDY"))
		ui_text("\t\tfiles=1\n");
	if (mentions(c, "STUDY"))
		ui_text("\t\tstudies=1\n");
	ui_text("\t\t;;\n");
	buf_free(&b);
}

void
help_completion(void)
{
	struct buf b = BUF(4096);

	option_list(general, &b);
	ui_text("# Completion of utvalg(1) for bash.  Made by `utvalg help"
	    " --completion`\n# from the table of commands; do not edit.\n\n"
	    "# shellcheck shell=bash\n"
	    "_utvalg() {\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	    "\tlocal cmd='' opts words='' last='' files='' studies='' i n=0 w\n"
	    "\tlocal -a world=()\n\n"
	    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	    "\t\t[[ ${COMP_WORDS[i]} == --config ]] &&"
	    " world=(--config \"${COMP_WORDS[i+1]}\")\n"
	    "\t\tcase ${COMP_WORDS[i]} in\n"
	    "\t\t");
	completion_valued();
	ui_text(") ((i++)) ;;\n"
	    "\t\t-*) ;;\n"
	    "\t\t*) if [[ -z $cmd ]]; then cmd=${COMP_WORDS[i]}; else ((n++)); fi ;;\n"
	    "\t\tesac\n"
	    "\tdone\n");
	ui_printf("\topts='%s'\n", buf_text(&b));
	buf_free(&b);
	ui_text("\tCOMPREPLY=()\n\tcase $cmd:$prev in\n");
	completion_values("*", general);
	for (size_t i = 0; i < ncommands; i++)
		if (!commands[i]->hidden)
			completion_values(commands[i]->name, commands[i]->option);
	ui_text("\tesac\n\tcase $cmd in\n");
	ui_text("\t'')\n\t\twords='");
	for (size_t i = 0, n = 0; i < ncommands; i++)
		if (!commands[i]->hidden)
			ui_printf("%s%s", n++ > 0 ? " " : "", commands[i]->name);
	ui_text("'\n\t\t;;\n");
	for (size_t i = 0; i < ncommands; i++)
		if (!commands[i]->hidden)
			completion_command(commands[i]);
	ui_text("\tesac\n"
	    "\tif [[ $cur == -* ]]; then\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -W \"$opts\" -- \"$cur\")\n"
	    "\t\treturn\n"
	    "\tfi\n"
	    "\tif ((n == 0)); then\n"
	    "\t\tif [[ -n $studies ]]; then\n"
	    "\t\t\tw=$(utvalg \"${world[@]}\" status --names 2>/dev/null)\n"
	    "\t\t\twords+=\" $w\"\n"
	    "\t\tfi\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	    "\tfi\n"
	    "\tif ((n > 0)) && [[ -n $last ]]; then\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -W \"$last\" -- \"$cur\")\n"
	    "\telif [[ -n $files ]]; then\n"
	    "\t\tcompopt -o filenames\n"
	    "\t\tmapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- \"$cur\")\n"
	    "\tfi\n"
	    "}\n"
	    "complete -F _utvalg utvalg\n");
}

/* Text as mdoc takes it: a line that begins with a dot would be a request, a
 * backslash an escape. */
static void
mdoc_text(const char *s)
{
	if (*s == '.' || *s == '\'')
		ui_text("\\&");
	for (; *s != '\0'; s++)
		if (*s == '\\')
			ui_text("\\e");
		else
			ui_data(s, 1);
}

static void
mdoc_capital(const char *s)
{
	char first = *s;

	if (first >= 'a' && first <= 'z')
		first = (char)(first - 'a' + 'A');
	ui_data(&first, 1);
	mdoc_text(s + 1);
}

static void
mdoc_options(const struct cmd_option *o)
{
	if (o == NULL || o->name == NULL)
		return;
	ui_text(".Bl -tag -width Ds\n");
	for (; o->name != NULL; o++) {
		ui_text(".It ");
		if (o->letter != 0)
			ui_printf("Fl %c , ", o->letter);
		ui_printf("Fl -%s", o->name);
		if (o->kind == CMD_OPTIONAL)
			ui_printf(" Ns Op = Ns Ar %s", o->arg);
		else if (o->kind != CMD_FLAG) {
			ui_text(" ");
			for (const char *p = o->arg; *p != '\0';) {
				size_t n = strcspn(p, "|");

				ui_printf("Ar %.*s%s", (int)n, p, p[n] == '|' ? " | " : "");
				p += n + (p[n] == '|');
			}
		}
		ui_text("\n");
		mdoc_capital(o->help);
		ui_text(".\n");
	}
	ui_text(".El\n");
}

/* Each sentence on a line of its own, as mdoc wants it. */
static void
mdoc_sentences(char *s)
{
	for (char *p = s; *p != '\0'; p++)
		if (*p == '.' && p[1] == ' ' && p[2] == ' ') {
			p[1] = '\0';
			mdoc_text(s);
			ui_text("\n");
			s = p + 1 + 1 + strspn(p + 2, " ");
			p = s;
		}
	mdoc_text(s);
}

/* Paragraphs are parted by empty lines, which mdoc does not take. */
static void
mdoc_paragraphs(const char *s, int literal)
{
	while (*s != '\0') {
		size_t n = strcspn(s, "\n");

		if (n == 0)
			ui_text(".Pp\n");
		else {
			char line[400];

			snprintf(line, sizeof(line), "%.*s", (int)n, s);
			if (literal)
				mdoc_text(line);
			else
				mdoc_sentences(line);
			ui_text("\n");
		}
		s += n + (s[n] == '\n');
	}
}

/* "show", "FILE", "--json", "FILE...", "a|b": one word of a synopsis. */
static void
mdoc_word(const char *w, size_t n)
{
	if (n == 1 && (*w == '|' || *w == '-')) {
		ui_text(*w == '|' ? " |" : " Fl");
		return;
	}
	if (n >= 3 && memcmp(w + n - 3, "...", 3) == 0) {
		if (n > 3)
			mdoc_word(w, n - 3);
		ui_text(" ...");
		return;
	}
	for (const char *end = w + n; w < end;) {
		size_t len = strcspn(w, "|");

		if (len > (size_t)(end - w))
			len = (size_t)(end - w);
		if (*w == '-')
			ui_printf(" Fl %.*s", (int)len - 1, w + 1);
		else
			ui_printf(" %s %.*s", *w >= 'a' && *w <= 'z' ? "Cm" : "Ar",
			    (int)len, w);
		w += len;
		if (w < end) {
			ui_text(" |");
			w++;
		}
	}
}

static void
mdoc_args(const char *args)
{
	for (const char *w = args; *w != '\0';) {
		size_t n = strcspn(w, " ");
		int opens = *w == '[', closes = n > 0 && w[n - 1] == ']';

		if (opens)
			ui_text(" Oo");
		mdoc_word(w + opens, n - (size_t)opens - (size_t)closes);
		if (closes)
			ui_text(" Oc");
		w += n + (w[n] == ' ');
	}
}

static void
mdoc_commands(void)
{
	for (size_t i = 0; i < ncommands; i++) {
		const struct cmd *c = commands[i];

		if (c->hidden)
			continue;
		ui_printf(".Ss utvalg %s\n", c->name);
		ui_printf(".Nm Cm %s", c->name);
		if (c->option != NULL)
			ui_text(" Oo Ar option ... Oc");
		if (c->args != NULL && *c->args != '\0')
			mdoc_args(c->args);
		ui_text("\n.Pp\n");
		mdoc_capital(c->summary);
		ui_text(".\n");
		if (c->text != NULL) {
			ui_text(".Pp\n");
			mdoc_paragraphs(c->text, 0);
		}
		mdoc_options(c->option);
		if (c->examples != NULL) {
			ui_text(".Bd -literal -offset indent\n");
			mdoc_paragraphs(c->examples, 1);
			ui_text(".Ed\n");
		}
	}
}

static void
mdoc_exits(void)
{
	ui_text(".Bl -tag -width Ds\n");
	for (size_t i = 0; i < nexits; i++) {
		ui_printf(".It %d", exits[i].status);
		if (exits[i].name[0] != '\0')
			ui_printf(" Pq Dv %s", exits[i].name);
		ui_text("\n");
		mdoc_capital(exits[i].text);
		ui_text(".\n");
	}
	ui_text(".El\n");
}

int
help_mdoc(const char *what)
{
	struct buf b = BUF(1 << 20);

	if (strcmp(what, "commands") == 0)
		mdoc_commands();
	else if (strcmp(what, "options") == 0)
		mdoc_options(general);
	else if (strcmp(what, "exits") == 0)
		mdoc_exits();
	else if (strcmp(what, "conf") == 0)
		settings_manual(&b);
	else if (strcmp(what, "study") == 0)
		study_manual(&b);
	else if (strcmp(what, "example") == 0)
		settings_example(&b);
	else
		return -1;
	ui_buf(&b);
	buf_free(&b);
	return 0;
}
