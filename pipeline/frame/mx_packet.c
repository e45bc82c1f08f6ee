#include "pipeline/frame/mx_packet.h"

/* What of RFC 1035, section 4 is needed here. */
enum { TYPE_SOA = 6, HEADER = 12, RECORD = 10, QUESTION = 4 };

static unsigned
two(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* Over the name at ${at}; 0: there is none. */
static size_t
past_name(const unsigned char *packet, size_t len, size_t at)
{
	while (at < len) {
		if (packet[at] == 0)
			return at + 1;
		if (packet[at] >= 0xc0)
			return at + 2;
		at += (size_t)packet[at] + 1;
	}
	return 0;
}

/* Does the authority section begin with a SOA record? */
static int
has_soa(const unsigned char *packet, size_t len)
{
	unsigned questions = two(packet + 4), answers = two(packet + 6);
	size_t at = HEADER;

	if (two(packet + 8) == 0)
		return 0;
	for (unsigned i = 0; i < questions; i++) {
		if ((at = past_name(packet, len, at)) == 0)
			return 0;
		at += QUESTION;
	}
	for (unsigned i = 0; i <= answers; i++) {
		if ((at = past_name(packet, len, at)) == 0 || at + RECORD > len)
			return 0;
		if (i < answers)
			at += RECORD + two(packet + at + 8);
	}
	return two(packet + at) == TYPE_SOA;
}

int
mx_packet_cut(const unsigned char *packet, size_t len)
{
	return len >= HEADER && (packet[2] & 0x02) != 0;
}

int
mx_packet_points_on(const unsigned char *packet, size_t len)
{
	int authoritative, recursive;

	if (len < HEADER)
		return 1;
	authoritative = (packet[2] & 0x04) != 0;
	recursive = (packet[3] & 0x80) != 0;
	if (recursive || has_soa(packet, len))
		return 0;
	return two(packet + 6) > 0 || (!authoritative && two(packet + 8) > 0);
}
