#include <string.h>

#include "nace/fold.h"
#include "nace/region_name.h"
#include "nace/region_table.h"

/* A number of so many digits, or a name. */
struct wanted {
	int32_t number;			/* -1: a name */
	struct region_name name;
};

/* 0, or -1 if it can be neither. */
static int
read_wanted(const char *s, size_t digits, struct wanted *w)
{
	char said[FOLD_MAX + 1];
	size_t len;

	*w = (struct wanted){ -1, { NULL, NULL, NULL } };
	while (*s == ' ' || *s == '\t')
		s++;
	for (len = strlen(s); len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t');)
		len--;
	if ((digits == 2 ? region_county_number : region_number)(s, len,
	    &w->number) == 0)
		return 0;
	if (len == 0 || len > FOLD_MAX)
		return -1;
	memcpy(said, s, len);
	said[len] = '\0';
	return region_name_read(said, &w->name);
}

static int
is_wanted(const struct wanted *w, int32_t number, char *const *key)
{
	return w->name.key == NULL ? number == w->number :
	    region_name_is(w->name.key, key, REGION_KEYS);
}

size_t
region_place_history(const struct region *r, const char *s,
    const struct region_place **out, size_t max)
{
	struct wanted w;
	size_t n = 0;

	if (read_wanted(s, 4, &w) != 0)
		return 0;
	for (size_t i = 0; i < r->nplace; i++)
		if (is_wanted(&w, r->place[i].pub.number, r->place[i].key) &&
		    n++ < max)
			out[n - 1] = &r->place[i].pub;
	region_name_free(&w.name);
	return n;
}

size_t
region_county_history(const struct region *r, const char *s,
    const struct region_county **out, size_t max)
{
	struct wanted w;
	size_t n = 0;

	if (read_wanted(s, 2, &w) != 0)
		return 0;
	for (size_t i = 0; i < r->ncounty; i++)
		if (is_wanted(&w, r->county[i].pub.number, r->county[i].key) &&
		    n++ < max)
			out[n - 1] = &r->county[i].pub;
	region_name_free(&w.name);
	return n;
}
