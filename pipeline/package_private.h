#ifndef PIPELINE_PACKAGE_PRIVATE_H
#define PIPELINE_PACKAGE_PRIVATE_H

/* package_private -- what the files of package.h share: the facts that are told,
 * and the files that are described.  Each variable is described once, in its
 * dataset, and written from there as codebook, DDI and Data Package. */

#include "pipeline/package.h"
#include "pipeline/package_files.h"
#include "pipeline/tables/dataset.h"
#include "pipeline/tables/frame_data.h"
#include "pipeline/tables/tables.h"

/* A CSV file of the package, of which every variable is described. */
struct package_set {
	const char *file;		/* "sample.csv" */
	const char *title[2];		/* by enum lang */
	struct dataset *data;
	int telling;			/* it says who the units are */
};
enum { PACKAGE_SETS = 5 };

struct package_facts {
	const struct study *study;
	enum lang lang;
	int64_t frame, sample;		/* ids */
	int32_t register_date;
	int64_t frozen, drawn;		/* moments */
	int64_t population, kept, units, strata;
	char extract_sha256[200], code_version[300];
	struct tables_status status;
	struct frame_risk risk;
	const char *left_out;		/* columns of the answers; "" */
	int64_t nleft_out, blotted;
	int open;			/* less is told: tables/coarse.h */
	const char *open_answers;	/* left out for that; "" */
	const char *without;		/* what could not be made, and why; "" */
	const struct package_set *set;
	size_t nset;
	const struct package_files *files;
};

#define PACKAGE_NLOD_NB "Inneholder data under norsk lisens for offentlige data" \
    " (NLOD) tilgjengeliggjort av Brønnøysundregistrene"
#define PACKAGE_NLOD_EN "Contains data under the Norwegian licence for Open" \
    " Government data (NLOD) distributed by the Brønnøysund Register Centre"

static inline const char *
package_say(const struct package_facts *f, const char *nb, const char *en)
{
	return f->lang == LANG_EN ? en : nb;
}

/* Append a share as per cent with one decimal, "15,0 %" or "15.0%"; NaN: "–". */
void package_percent(struct buf *, double share, enum lang);
/* How the sample was drawn, and what came of it, in a sentence or two. */
void package_design(const struct package_facts *, struct buf *);
void package_response(const struct package_facts *, struct buf *);

void package_readme(const struct package_facts *, struct buf *out);
void package_codebook(const struct package_facts *, struct buf *out);
void package_datapackage(const struct package_facts *, struct buf *out);
/* DDI-Codebook 2.5. */
int package_ddi(const struct package_facts *, struct buf *out, struct err *);
#endif /* !PIPELINE_PACKAGE_PRIVATE_H */
