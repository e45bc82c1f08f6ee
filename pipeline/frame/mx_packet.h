#ifndef PIPELINE_FRAME_MX_PACKET_H
#define PIPELINE_FRAME_MX_PACKET_H

/*
 * mx_packet -- what c-ares does not say of an answer (RFC 1035, section 4;
 * RFC 2308, section 2).  Any octets may come.
 */

#include <stddef.h>

/* Truncated: to be asked for over TCP. */
int mx_packet_cut(const unsigned char *packet, size_t len);

/*
 * Of an answer without the record asked for: does it only point elsewhere (a
 * referral, an alias)?  "No such record" counts from one that has looked to
 * the end: it recurses, or shows the zone's SOA, or speaks for the zone.
 */
int mx_packet_points_on(const unsigned char *packet, size_t len);

#endif /* !PIPELINE_FRAME_MX_PACKET_H */
