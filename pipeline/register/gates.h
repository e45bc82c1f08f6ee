#ifndef PIPELINE_REGISTER_GATES_H
#define PIPELINE_REGISTER_GATES_H

/*
 * gates -- is a new extract so unlike the one in force that a person should look
 * first?
 *
 * Held against what the extract in force had when it was taken (census.h):
 *
 *	county		units in a county, or in none: settings.max_county_change
 *	legal form	units of a form, or of none: settings.max_form_change
 *	e-mail		share of the units that have an address:
 *			settings.max_email_change, as a share of that share
 *	column gone	a field that nobody has, and that more than
 *			settings.max_field_gone of the units had
 *	duplicates	numbers that came before in the file: more than
 *			settings.max_duplicates, whatever was in force
 *
 * More and fewer alike, but for the last two.  A change of fewer units than
 * settings.min_change never counts: of a form that nine firms have, one firm is
 * eleven per cent.  A county or form that is new is a change by all it has.
 */

#include <stdint.h>

#include "config/settings.h"
#include "pipeline/base/buf.h"
#include "pipeline/register/census.h"

/*
 * How many of them it does not pass.  The worst (by how many units it
 * concerns), "and N more", go to ${say}: "county 46: 700 units after 1000 (-30.0
 * %, more than the 10 % of register.max_county_change), and 2 more".
 * ${before} NULL: nothing is in force.
 */
int gates_judge(const struct settings *, const struct census *before,
    const struct census *now, int64_t duplicates, struct buf *say);

#endif /* !PIPELINE_REGISTER_GATES_H */
