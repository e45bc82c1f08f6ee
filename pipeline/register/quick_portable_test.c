/*
 * The tests of quick with spans of plain C, as on a machine without SSE2: this
 * quick.c is linked in place of the library's.
 */

#define SPAN_PORTABLE

#include "pipeline/register/quick.c"
#include "pipeline/register/quick_list.c"
#include "pipeline/register/quick_skip.c"
#include "pipeline/register/quick_test.c"
