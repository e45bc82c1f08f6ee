#ifndef PIPELINE_BASE_PRN_H
#define PIPELINE_BASE_PRN_H

/*
 * prn -- the permanent random number of a unit (rules of sampling, section 6).
 *
 * prn = (be64(first 8 octets of SHA-256(salt ":" key)) >> 11) * 2^-53, so
 * 0 <= prn < 1, exactly representable as a double.  It has no state: the same
 * salt and key give the same number whatever the order, the machine or the
 * number of units.  ${key} is the unit's key in the frame: the nine digits of
 * its organisation number, or 'list:NAME:IDENTITY' where it has none.
 *
 * Who knows the salt before the draw can choose to be drawn: it is a secret.
 * Equal numbers are told apart by the lower key.
 */

double prn_of(const char *salt, const char *key);

#endif /* !PIPELINE_BASE_PRN_H */
