#include <string.h>

#include "pipeline/base/utf8.h"

#include "pipeline/tables/table.h"

/*
 * For \input into a document with booktabs and UTF-8 (any LaTeX since 2018, or
 * an older one with inputenc).  Every character that TeX would act on is
 * escaped; control characters are gone.
 */

static const struct { const char *from, *to; } escapes[] = {
	{ "\\", "\\textbackslash{}" }, { "{", "\\{" }, { "}", "\\}" },
	{ "&", "\\&" }, { "%", "\\%" }, { "$", "\\$" }, { "#", "\\#" },
	{ "_", "\\_" }, { "~", "\\textasciitilde{}" },
	{ "^", "\\textasciicircum{}" }, { "<", "\\textless{}" },
	{ ">", "\\textgreater{}" }, { "|", "\\textbar{}" },
	{ "\"", "\\textquotedbl{}" }, { "'", "\\textquotesingle{}" },
	{ "`", "\\textasciigrave{}" },
	{ "\xc2\xa0", "~" },		/* no-break space */
	{ "\xe2\x88\x92", "$-$" },	/* minus */
	{ "\xe2\x80\x93", "--" },	/* en dash */
};

static void
escaped(struct buf *out, const char *text)
{
	struct buf clean = BUF(BUF_ANY);
	const char *s;

	utf8_clean(&clean, text, strlen(text));
	for (s = buf_text(&clean); *s != '\0'; ) {
		size_t i = 0, n = sizeof(escapes) / sizeof(escapes[0]);

		while (i < n && strncmp(s, escapes[i].from,
		    strlen(escapes[i].from)) != 0)
			i++;
		if (i < n) {
			buf_str(out, escapes[i].to);
			s += strlen(escapes[i].from);
		} else
			buf_chr(out, *s++);
	}
	buf_free(&clean);
}

/* A line that begins with "[" would be an argument of the "\\" before it. */
static void
put_row(struct buf *out, const struct table *t, size_t row)
{
	struct buf b = BUF(BUF_ANY);

	for (size_t c = 0; c < t->ncolumn; c++) {
		const char *s = t->column[c].head;

		if (row > 0) {
			buf_clear(&b);
			table_put_cell(&b, t, row - 1, c);
			s = buf_text(&b);
		}
		if (c > 0)
			buf_str(out, " & ");
		else if (*s == '[' || *s == '*')
			buf_str(out, "{}");
		escaped(out, s);
	}
	buf_str(out, " \\\\\n");
	buf_free(&b);
}

void
table_latex(const struct table *t, struct buf *out)
{
	buf_str(out, "% \\usepackage{booktabs}\n\\begin{table}\n\\centering\n"
	    "\\caption{");
	escaped(out, t->title);
	buf_str(out, "}\n\\label{tab:");
	for (const char *s = t->name; *s != '\0'; s++)
		buf_chr(out, *s == '_' || *s == ' ' ? '-' : *s);
	buf_str(out, "}\n\\begin{tabular}{");
	for (size_t c = 0; c < t->ncolumn; c++)
		buf_chr(out, t->column[c].align == TABLE_RIGHT ? 'r' : 'l');
	buf_str(out, "}\n\\toprule\n");
	put_row(out, t, 0);
	buf_str(out, "\\midrule\n");
	for (size_t r = 0; r < t->nrow; r++) {
		if (r > 0 && t->row[r].kind != TABLE_BODY &&
		    t->row[r - 1].kind != t->row[r].kind)
			buf_str(out, "\\midrule\n");
		put_row(out, t, r + 1);
	}
	buf_str(out, "\\bottomrule\n\\end{tabular}\n");
	if (t->nnote > 0)
		buf_str(out, "\n\\medskip\n\\begin{minipage}{\\linewidth}\n"
		    "\\footnotesize\\raggedright\n");
	for (size_t i = 0; i < t->nnote; i++) {
		if (t->note[i].warning)
			escaped(out, words_text(WORD_WARNING, t->lang));
		escaped(out, t->note[i].text);
		buf_str(out, "\\par\n");
	}
	if (t->nnote > 0)
		buf_str(out, "\\end{minipage}\n");
	buf_str(out, "\\end{table}\n");
}
