#ifndef PIPELINE_REGISTER_CSVSCAN_H
#define PIPELINE_REGISTER_CSVSCAN_H

/*
 * csvscan -- the units of a CSV extract of the register, one after another.
 *
 * RFC 4180 with the register's ways: comma, a header line, fields with or
 * without quotes, real newlines inside quotes, LF or CRLF, a byte order mark let
 * pass.  Columns are known by name without regard to the case of ASCII letters:
 * the paths of unit_fields[] ("postadresse.poststed"), and the spellings that
 * only the CSV has.  Unknown columns are passed over, missing ones are absent
 * fields, an empty field is absent.
 *
 * The same units give the same rows (and unit_hash()) as the JSON extract, but
 * for what the CSV does not hold:
 *
 *	earlier names				no column: absent
 *	endorsements				a flag: false is 0, true absent
 *	day a legal form ended			no column: absent
 *	several lines in purpose, activity, voluntary VAT
 *						parted by blanks, not newlines
 *
 * respons_klasse has no column either, but is "Enhet" or "Underenhet" on every
 * unit of a bulk file: it is set by the kind of the file.  That is told from the
 * columns: only enheter have forretningsadresse, konkurs ..., only underenheter
 * beliggenhetsadresse, oppstartsdato ...  Columns of both, or of neither, tell
 * nothing: it is the kind asked for, else that of the legal form.
 *
 * In files from before there was a column epostadresse (October 2024) the lines
 * of an address are parted by the two characters "/n".
 *
 * Trouble is told as in scan.h.  Not an extract (-1, EX_DATAERR): a header
 * without organisasjonsnummer, with a column twice, or of the other kind than
 * asked for; malformed UTF-8; a record longer than SCAN_UNIT_MAX (a quote never
 * closed); an end inside a record.  Dropped units: another number of fields than
 * the header, a stray quote, a NUL.  A value that means nothing costs itself.
 */

#include <stddef.h>

#include "pipeline/base/err.h"
#include "pipeline/register/scan.h"

struct csvscan;

struct csvscan *csvscan_new(enum unit_kind kind, const struct scan_to *);
void csvscan_free(struct csvscan *);

/* As scan_push(), scan_end(), scan_counts(), scan_line(). */
int csvscan_push(struct csvscan *, const void *data, size_t len, struct err *);
int csvscan_end(struct csvscan *, struct err *);
struct scan_counts csvscan_counts(const struct csvscan *);
size_t csvscan_line(const struct csvscan *);

#endif /* !PIPELINE_REGISTER_CSVSCAN_H */
