#ifndef PIPELINE_TABLES_HIDE_H
#define PIPELINE_TABLES_HIDE_H

/*
 * hide -- which cells of a table of counts are not to be printed.
 *
 * Counts from 1 to below ${small} are hidden.  Where a sum of a row or a column
 * would give a hidden count away, since it is the only one hidden there, or
 * since those hidden sum to as many as they are and so are 1 each, another cell
 * of that line is hidden too: the smallest that is not 0, a sum last.
 *
 * A sum over several tables is not looked at.
 */

#include <stddef.h>
#include <stdint.h>

/*
 * ${count} is [row * ${columns} + column]; the last row is the sum of the rows
 * above and the last column that of the columns before, where there is more
 * than one.  ${hidden}, of the same size, becomes 0 or 1.  ${small} 0 or 1
 * hides nothing.
 */
void hide_mark(const int64_t *count, size_t rows, size_t columns, int small,
    unsigned char *hidden);

#endif /* !PIPELINE_TABLES_HIDE_H */
