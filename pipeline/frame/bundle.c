#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "pipeline/base/mem.h"

#include "pipeline/frame/bundle.h"

struct bundle {
	zip_t *zip;
	size_t unpacked;	/* octets of all parts so far */
};

struct part {
	struct bundle *bundle;
	zip_file_t *file;
	uint64_t packed, got;
};

int
bundle_open(const char *data, size_t len, struct bundle **ret, struct err *err)
{
	struct bundle *p = mem_alloc(sizeof(*p));
	zip_error_t why;
	zip_source_t *from;

	zip_error_init(&why);
	from = zip_source_buffer_create(data, len, 0, &why);
	if (from != NULL)
		p->zip = zip_open_from_source(from, ZIP_RDONLY, &why);
	if (p->zip == NULL) {
		zip_source_free(from);
		zip_error_fini(&why);
		free(p);
		return err_set(err, EX_DATAERR, "a workbook that is broken or cut off");
	}
	zip_error_fini(&why);
	*ret = p;
	if (zip_get_num_entries(p->zip, 0) <= BUNDLE_PARTS)
		return 0;
	bundle_close(p);
	*ret = NULL;
	return err_set(err, EX_DATAERR, "a workbook of more than %d parts", BUNDLE_PARTS);
}

void
bundle_close(struct bundle *p)
{
	if (p == NULL)
		return;
	zip_discard(p->zip);
	free(p);
}

int
bundle_has(const struct bundle *p, const char *name)
{
	return zip_name_locate(p->zip, name, 0) >= 0;
}

int
bundle_has_like(const struct bundle *p, const char *begin, const char *end)
{
	zip_int64_t n = zip_get_num_entries(p->zip, 0);

	for (zip_int64_t i = 0; i < n; i++) {
		const char *name = zip_get_name(p->zip, (zip_uint64_t)i, 0);

		if (name != NULL && strncmp(name, begin, strlen(begin)) == 0 &&
		    strlen(name) >= strlen(end) &&
		    strcmp(name + strlen(name) - strlen(end), end) == 0)
			return 1;
	}
	return 0;
}

int
part_open(struct bundle *p, const char *name, struct part **ret, struct err *err)
{
	zip_int64_t at = zip_name_locate(p->zip, name, 0);
	zip_file_t *file;
	zip_stat_t st;
	int why;

	if (at < 0)
		return err_set(err, EX_DATAERR, "no part %.80s in the workbook", name);
	zip_stat_init(&st);
	if (zip_stat_index(p->zip, (zip_uint64_t)at, 0, &st) != 0 ||
	    (st.valid & ZIP_STAT_COMP_SIZE) == 0)
		return err_set(err, EX_DATAERR, "%.80s: broken", name);
	if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
	    st.encryption_method != ZIP_EM_NONE)
		return err_set(err, EX_DATAERR, "an encrypted workbook: save it without"
		    " a password");
	if ((file = zip_fopen_index(p->zip, (zip_uint64_t)at, 0)) == NULL) {
		why = zip_error_code_zip(zip_get_error(p->zip));
		return err_set(err, EX_DATAERR, "%.80s: %s", name, why ==
		    ZIP_ER_COMPNOTSUPP ? "packed in a way that is not known" : "broken");
	}
	*ret = mem_alloc(sizeof(**ret));
	**ret = (struct part){ p, file, st.comp_size, 0 };
	return 0;
}

int
part_read(struct part *p, char *to, int len, struct err *err)
{
	zip_int64_t n = zip_fread(p->file, to, (zip_uint64_t)len);

	if (n < 0)
		return err_set(err, EX_DATAERR, "broken or cut off");
	p->got += (uint64_t)n;
	p->bundle->unpacked += (size_t)n;
	if (p->got > BUNDLE_FREE && p->got / BUNDLE_RATIO > p->packed)
		return err_set(err, EX_DATAERR, "unpacks to more than %d times its size:"
		    " not read", BUNDLE_RATIO);
	if (p->bundle->unpacked > BUNDLE_MAX)
		return err_set(err, EX_DATAERR, "unpacks to more than %d MB: not read",
		    BUNDLE_MAX >> 20);
	return (int)n;
}

void
part_close(struct part *p)
{
	if (p == NULL)
		return;
	zip_fclose(p->file);
	free(p);
}
