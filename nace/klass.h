#ifndef NACE_KLASS_H
#define NACE_KLASS_H

/*
 * klass -- Statistics Norway's Klass, read: from the XML of its answers to lists
 * in the form of nace/data.
 *
 * Source: Klass API v1 (https://data.ssb.no/api/klass/v1): versions/{id},
 * correspondencetables/{id}, classifications/{id}/codes and /changes.  XML is
 * its default and is always UTF-8.  An element that is empty, closed at once or
 * not there is the same: nothing.  In codes the items stand right under the
 * root, and the days that count are those "InRequestedRange", cut to the
 * request.  The table of correspondence goes from SN2025 to SN2007 and holds
 * changed codes only: one that it does not name is unchanged.
 *
 * Pure: texts in, texts out.  Everything is refused whole (EX_DATAERR): what is
 * not XML, or another answer (a page of HTML, a problem report), has a
 * document type, more than KLASS_ROWS rows or fields of more than KLASS_TEXT
 * octets; a code that is in no list, lies in nothing, or went nowhere; a number
 * that ended without a successor.
 */

#include <stddef.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

enum {
	KLASS_ROWS = 5000,	/* the longest list, SN2007, has 1811 */
	KLASS_TEXT = 255,	/* octets of a name */
	KLASS_FIELDS = 6,
	KLASS_OCTETS = 32 << 20	/* of one answer: SN2007 with its notes is 3 MB */
};

/* Answers, and the fields of their rows, in this order. */
enum klass_kind {
	KLASS_CODES,	/* code, parentCode, level, name, validFromInRequestedRange,
			 * validToInRequestedRange */
	KLASS_CHANGES,	/* oldCode, newCode, changeOccurred */
	KLASS_VERSION,	/* code, parentCode, level, name */
	KLASS_TABLES,	/* of a version: id, sourceId, targetId of its tables */
	KLASS_MAPS,	/* sourceCode, targetCode */
	KLASS_KINDS
};

struct klass_row {
	const char *field[KLASS_FIELDS];	/* never NULL; "" is nothing */
};

struct klass_rows {
	struct klass_row *row;
	size_t n;
	struct arena *arena;	/* private */
};

/* Blanks at the ends of a field are gone, those within are one blank each.  0,
 * or -1 with *ret empty. */
int klass_read(const char *xml, size_t len, enum klass_kind kind,
    struct klass_rows *ret, struct err *err);
void klass_rows_free(struct klass_rows *);

/* The table from version ${source} to version ${target} among those of a version:
 * its id, 1 to 2^31 - 1; 0 where there is none. */
long klass_table(const struct klass_rows *tables, long source, long target);

/* nace/data/sn2007.tsv and its like, from all levels of a version. */
int klass_standard(const struct klass_rows *version, const char *name,
    struct buf *tsv, struct err *err);

/* sn2007_sn2025.tsv: the table turned round, the unchanged filled in. */
int klass_links(const struct klass_rows *sn2007, const struct klass_rows *sn2025,
    const struct klass_rows *maps, struct buf *tsv, struct err *err);

/* counties.tsv and municipalities.tsv, from codes and changes asked for from
 * 2002-01-01 to ${until}, "YYYY-MM-DD": a day not after the first is before 2002,
 * one not before the last has not come. */
int klass_counties(const struct klass_rows *codes, const struct klass_rows *changes,
    const char *until, struct buf *tsv, struct err *err);
int klass_places(const struct klass_rows *codes, const struct klass_rows *changes,
    const char *until, struct buf *tsv, struct err *err);

#endif /* !NACE_KLASS_H */
