#include <string.h>

#include "pipeline/register/inflate.h"

int
inflate_start(struct inflate *i, enum inflate_with with)
{
	if (with == INFLATE_ISAL && inflate_isal == NULL)
		return -1;
	i->kind = with != INFLATE_ZLIB && inflate_isal != NULL ? inflate_isal :
	    &inflate_zlib;
	return i->kind->start(i);
}

void
inflate_again(struct inflate *i)
{
	i->kind->again(i);
}

enum inflate_status
inflate_run(struct inflate *i)
{
	return i->kind->run(i);
}

void
inflate_stop(struct inflate *i)
{
	if (i->kind != NULL && i->state != NULL)
		i->kind->stop(i);
	i->state = NULL;
}
