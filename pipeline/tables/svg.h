#ifndef PIPELINE_TABLES_SVG_H
#define PIPELINE_TABLES_SVG_H

/*
 * svg -- what the pictures of a report are drawn with: a figure with its
 * description, text whose width is known well enough, boxes and lines.
 *
 * Lengths are units of the picture, SVG_WIDTH wide; colours and type are the
 * style sheet's, by class.  No font is known here: widths are those of a wide
 * one (DejaVu Sans), so that what fits by them fits with any.
 */

#include "pipeline/base/mem.h"
#include "pipeline/tables/markup.h"

enum { SVG_WIDTH = 720 };
enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };

/* <svg> with role img, title and description, ids ${id}-title and ${id}-desc;
 * markup_close() ends it. */
void svg_begin(struct markup *, const char *id, double height,
    const char *title, const char *desc);

/* Width of a line of text, ${size} units high. */
double svg_width(const char *text, double size);
/* Lines no wider than ${width}, broken at blanks and, in a long word, where it
 * must be; in the arena.  At most ${most}: the last one ends in U+2026. */
size_t svg_lines(struct arena *, const char *text, double size, double width,
    size_t most, const char **ret);

void svg_text(struct markup *, double x, double y, enum svg_anchor,
    const char *class, const char *text);
void svg_line(struct markup *, double x1, double y1, double x2, double y2,
    const char *class);
void svg_box(struct markup *, double x, double y, double width, double height,
    const char *class);

/* The least of 1, 2, 2.5, 5 times a power of ten that divides 0 to ${max} into
 * at most ${steps}; ${whole}: at least 1. */
double svg_step(double max, int steps, int whole);

#endif /* !PIPELINE_TABLES_SVG_H */
