#include <stdlib.h>
#include <string.h>

#include "pipeline/base/utf8.h"

#include "pipeline/tables/table.h"

/*
 * The table as printed strings: row 0 is the heading, then the rows.  Labels
 * come from people's files, so what could steer a terminal is taken out here,
 * once, for both writers.
 */
struct printed {
	struct arena *arena;
	const char **cell;		/* [row * ncolumn + column] */
	size_t *width;			/* of each column */
};

static const char *
clean(struct arena *a, const char *s)
{
	struct buf b = BUF(BUF_ANY);
	const char *ret;

	utf8_clean(&b, s, strlen(s));
	ret = arena_str(a, buf_text(&b));
	buf_free(&b);
	return ret;
}

static void
print_cells(const struct table *t, struct printed *p)
{
	struct buf b = BUF(BUF_ANY);
	size_t n = t->ncolumn;

	p->arena = arena_new();
	p->cell = mem_array((t->nrow + 1) * n, sizeof(*p->cell));
	p->width = mem_array(n, sizeof(*p->width));
	for (size_t r = 0; r <= t->nrow; r++)
		for (size_t c = 0; c < n; c++) {
			const char *s = t->column[c].head;
			size_t w;

			if (r > 0) {
				buf_clear(&b);
				table_put_cell(&b, t, r - 1, c);
				s = buf_text(&b);
			}
			p->cell[r * n + c] = s = clean(p->arena, s);
			if ((w = utf8_width(s)) > p->width[c])
				p->width[c] = w;
		}
	buf_free(&b);
}

static void
printed_free(struct printed *p)
{
	free(p->width);
	free(p->cell);
	arena_free(p->arena);
}

static void
repeat(struct buf *out, const char *s, size_t n)
{
	while (n-- > 0)
		buf_str(out, s);
}

/* The lines of one style; plain has gaps and dashes only. */
struct style {
	const char *left, *between, *right;	/* of a row of cells */
	const char *line;
	const char *top[3], *mid[3], *end[3];	/* corners; NULL: no such rule */
};

static const struct style box_style = {
	"│ ", " │ ", " │", "─",
	{ "┌─", "─┬─", "─┐" }, { "├─", "─┼─", "─┤" }, { "└─", "─┴─", "─┘" },
};
static const struct style plain_style = {
	"", "  ", "", "-",
	{ NULL, NULL, NULL }, { "", "--", "" }, { NULL, NULL, NULL },
};

static void
rule(struct buf *out, const struct table *t, const struct printed *p,
    const struct style *st, const char *const corner[3])
{
	if (corner[0] == NULL)
		return;
	for (size_t c = 0; c < t->ncolumn; c++) {
		buf_str(out, corner[c == 0 ? 0 : 1]);
		repeat(out, st->line, p->width[c]);
	}
	buf_str(out, corner[2]);
	buf_chr(out, '\n');
}

static void
row(struct buf *out, const struct table *t, const struct printed *p,
    const struct style *st, size_t r)
{
	size_t last = t->ncolumn;

	/* no blanks at the end of a line that has no border there */
	if (st->right[0] == '\0')
		while (last > 0 && p->cell[r * t->ncolumn + last - 1][0] == '\0')
			last--;
	for (size_t c = 0; c < last; c++) {
		const char *s = p->cell[r * t->ncolumn + c];
		size_t pad = p->width[c] - utf8_width(s);

		buf_str(out, c == 0 ? st->left : st->between);
		if (t->column[c].align == TABLE_RIGHT)
			repeat(out, " ", pad);
		buf_str(out, s);
		if (t->column[c].align == TABLE_LEFT &&
		    (c + 1 < last || st->right[0] != '\0'))
			repeat(out, " ", pad);
	}
	buf_str(out, st->right);
	buf_chr(out, '\n');
}

/* One paragraph, broken at blanks (a no-break space is none). */
static void
wrap(struct buf *out, const char *lead, const char *s, size_t width)
{
	struct buf word = BUF(BUF_ANY);
	size_t at = utf8_width(lead), w;
	int first = 1;

	buf_str(out, lead);
	while (*s != '\0') {
		size_t n = strcspn(s, " ");

		buf_clear(&word);
		utf8_clean(&word, s, n);
		w = utf8_width(buf_text(&word));
		if (!first && at + 1 + w > width) {
			buf_chr(out, '\n');
			at = 0;
		} else if (!first) {
			buf_chr(out, ' ');
			at++;
		}
		buf_add(out, buf_text(&word), word.len);
		at += w;
		first = 0;
		s += n;
		s += strspn(s, " ");
	}
	buf_chr(out, '\n');
	buf_free(&word);
}

static int
ruled_off(const struct table *t, size_t r)
{
	return r > 0 && t->row[r].kind != TABLE_BODY &&
	    t->row[r - 1].kind != t->row[r].kind;
}

void
table_text(const struct table *t, int box, size_t width, struct buf *out)
{
	const struct style *st = box ? &box_style : &plain_style;
	struct printed p;

	if (width == 0)
		width = 80;
	print_cells(t, &p);
	wrap(out, "", t->title, width);
	buf_chr(out, '\n');
	rule(out, t, &p, st, st->top);
	row(out, t, &p, st, 0);
	rule(out, t, &p, st, st->mid);
	for (size_t r = 0; r < t->nrow; r++) {
		if (ruled_off(t, r))
			rule(out, t, &p, st, st->mid);
		row(out, t, &p, st, r + 1);
	}
	rule(out, t, &p, st, st->end);
	if (t->nnote > 0)
		buf_chr(out, '\n');
	for (size_t i = 0; i < t->nnote; i++)
		wrap(out, t->note[i].warning ?
		    words_text(WORD_WARNING, t->lang) : "", t->note[i].text,
		    width);
	printed_free(&p);
}

/* Every ASCII mark that Markdown or HTML could make something of. */
static void
escaped(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		/* a lone & is a lone &; &amp; would not be */
		if (strchr("\\`*_{}[]<>|#~", *s) != NULL ||
		    (*s == '&' && s[1] != ' ' && s[1] != '\0'))
			buf_chr(out, '\\');
		buf_chr(out, *s);
	}
}

static void
md_row(struct buf *out, const struct table *t, const struct printed *p, size_t r)
{
	for (size_t c = 0; c < t->ncolumn; c++) {
		buf_str(out, "| ");
		escaped(out, p->cell[r * t->ncolumn + c]);
		buf_chr(out, ' ');
	}
	buf_str(out, "|\n");
}

void
table_md(const struct table *t, struct buf *out)
{
	struct printed p;

	print_cells(t, &p);
	buf_str(out, "**");
	escaped(out, clean(p.arena, t->title));
	buf_str(out, "**\n\n");
	md_row(out, t, &p, 0);
	for (size_t c = 0; c < t->ncolumn; c++)
		buf_str(out, t->column[c].align == TABLE_RIGHT ? "| ---: " :
		    "| --- ");
	buf_str(out, "|\n");
	for (size_t r = 0; r < t->nrow; r++)
		md_row(out, t, &p, r + 1);
	buf_chr(out, '\n');
	for (size_t i = 0; i < t->nnote; i++) {
		buf_str(out, "- ");
		if (t->note[i].warning)
			buf_str(out, words_text(WORD_WARNING, t->lang));
		escaped(out, clean(p.arena, t->note[i].text));
		buf_chr(out, '\n');
	}
	printed_free(&p);
}
