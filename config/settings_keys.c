#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/mem.h"
#include "pipeline/base/num.h"

#include "config/settings_private.h"
#include "config/value.h"

#define AT(member)	offsetof(struct settings, member)
#define KI		INT64_C(1024)
#define DAYS		INT64_C(3650)

const char settings_state[] = "/var/lib/utvalg";

const struct settings_key settings_keys[] = {
	{ "store", "state", SETTINGS_FOLDER, AT(state), settings_state, 0, 0,
	    "Folder of the database, the spool of returned mail, the extracts and"
	    " the keys." },
	{ "store", "metrics", SETTINGS_FILE, AT(metrics), "", 0, 0,
	    "Text file for Prometheus' node_exporter that each command writes anew,"
	    " as /var/lib/prometheus/node-exporter/utvalg.prom. Default: none." },

	{ "register", "url_enhet", SETTINGS_URL, AT(url_enhet),
	    "https://data.brreg.no/enhetsregisteret/api/enheter/lastned", 0, 0,
	    "The register's bulk file of units." },
	{ "register", "url_underenhet", SETTINGS_URL, AT(url_underenhet),
	    "https://data.brreg.no/enhetsregisteret/api/underenheter/lastned", 0, 0,
	    "The register's bulk file of sub-units (places of business)." },
	{ "register", "max_loss", SETTINGS_SHARE, AT(max_loss), "10 %", 0, 0,
	    "Share of the units that a new extract may lack before it is refused"
	    " whole." },
	{ "register", "max_county_change", SETTINGS_SHARE, AT(max_county_change),
	    "10 %", 0, 0, "It is refused, too, where the number of units in any county"
	    " is greater or smaller by more than this share, ..." },
	{ "register", "max_form_change", SETTINGS_SHARE, AT(max_form_change), "10 %",
	    0, 0, "... or that of any legal form, ..." },
	{ "register", "max_email_change", SETTINGS_SHARE, AT(max_email_change),
	    "10 %", 0, 0, "... or the share of units with an e-mail address (from 26 to"
	    " 23 of 100 is 11.5 %), ..." },
	{ "register", "max_field_gone", SETTINGS_SHARE, AT(max_field_gone), "1 %", 0,
	    0, "... or where no unit has a field that more than this share had." },
	{ "register", "max_duplicates", SETTINGS_COUNT, AT(max_duplicates), "100", 0,
	    1000000000, "And where more numbers than this came before in the file." },
	{ "register", "min_change", SETTINGS_COUNT, AT(min_change), "100", 0,
	    1000000000, "A change of a county, legal form, e-mail share or field that"
	    " concerns fewer units than this is never a reason to refuse." },
	{ "register", "max_bytes", SETTINGS_SIZE, AT(max_bytes), "1G", KI,
	    KI * KI * KI * KI, "Largest extract taken, as it is sent." },
	{ "register", "max_unpacked", SETTINGS_SIZE, AT(max_unpacked), "16G", KI,
	    KI * KI * KI * KI, "Largest extract taken, unpacked." },
	{ "register", "connect_timeout", SETTINGS_SPAN, AT(connect_timeout), "30s",
	    1, 3600, "How long to wait for the register to answer a call." },
	{ "register", "stall_timeout", SETTINGS_SPAN, AT(stall_timeout), "60s",
	    1, 3600, "How long a download may stand still before it is given up." },
	{ "register", "resume", SETTINGS_YES, AT(resume), "no", 0, 0,
	    "Whether a download that breaks off is taken up where it ended (Range)."
	    " Not known of the register; a mirror may do it: yes or no." },
	{ "register", "contact", SETTINGS_TEXT, AT(contact), "", 0, 0,
	    "E-mail address or URL that is sent in User-Agent, so that the register"
	    " can reach you." },
	{ "register", "proxy", SETTINGS_PROXY, AT(proxy), "", 0, 0,
	    "URL of a proxy to fetch through (http, https, socks5 or socks5h)." },
	{ "register", "ca_file", SETTINGS_FILE, AT(ca_file), "", 0, 0,
	    "PEM file of certificates to trust in place of the system's." },
	{ "register", "keep_extracts", SETTINGS_COUNT, AT(keep_extracts), "3", 0,
	    1000, "How many fetched extracts are kept, beside the one in force and"
	    " those that a study's frame was made from." },
	{ "register", "keep_days", SETTINGS_COUNT, AT(keep_days), "0", 0, DAYS,
	    "Days that such an extract is kept at most, counted from the day the"
	    " register looked like it; 0: no limit." },
	{ "register", "history_days", SETTINGS_COUNT, AT(history_days), "0", 0, DAYS,
	    "Days whose register can be read back (unit --as-of); what units were like"
	    " before them is forgotten, but for what a frame in use was made from. 0:"
	    " nothing is forgotten." },
	{ "register", "url_api", SETTINGS_API, AT(url_api), "", 0, 0,
	    "Where single units and change feeds are asked for. Default: what stands"
	    " before /enheter/lastned in url_enhet." },
	{ "register", "lookups_per_second", SETTINGS_COUNT, AT(lookups_per_second),
	    "5", 0, 1000, "Single units looked up a second, for the change feed; 0: no"
	    " limit." },
	{ "register", "lookups_parallel", SETTINGS_COUNT, AT(lookups_parallel), "4",
	    1, 64, "... of which so many at once." },
	{ "register", "lookup_tries", SETTINGS_COUNT, AT(lookup_tries), "5", 1, 20,
	    "How often one is asked for before it is left for the next run." },
	{ "register", "changes_page", SETTINGS_COUNT, AT(changes_page), "1000", 1,
	    10000, "Events of the change feed asked for at once." },
	{ "register", "changes_max", SETTINGS_COUNT, AT(changes_max), "50000", 1,
	    10000000, "Events of the change feed acted on in one run; the rest is left"
	    " for the next." },
	{ "register", "changes_overlap", SETTINGS_SPAN, AT(changes_overlap), "24h",
	    0, INT64_C(30) * 86400, "Each run reads the events of so long back again,"
	    " so that none is missed that came late; those known cost nothing." },

	{ "klass", "url", SETTINGS_API, AT(klass_url),
	    "https://data.ssb.no/api/klass/v1", 0, 0,
	    "Where `utvalg klass sync` reads code lists. How long to wait, how often to"
	    " try, proxy and certificates are those of [register]." },
	{ "klass", "version", SETTINGS_COUNT, AT(klass_version), "3218", 1, 1000000,
	    "The number that Klass gives the version of SN2025; that of SN2007 is 30." },

	{ "mail", "from", SETTINGS_ADDRESS, AT(from), "", 0, 0,
	    "Sender of invitations, for studies that do not name one." },
	{ "mail", "from_name", SETTINGS_TEXT, AT(from_name), "", 0, 0,
	    "Name of the sender, likewise." },
	{ "mail", "bounce", SETTINGS_BOUNCE, AT(bounce), "", 0, 0,
	    "NAME@DOMAIN that returned mail comes to, likewise. Each message is sent"
	    " from NAME, the delimiter, a token of 25 characters, @DOMAIN; that must"
	    " not pass 45 characters before the '@', nor 14 + domain + all before"
	    " the '@' pass 64." },
	{ "mail", "delimiter", SETTINGS_DELIMITER, AT(delimiter), "+", 0, 0,
	    "Stands between NAME and token: + or -, as the mail server splits"
	    " addresses (recipient_delimiter in Postfix)." },
	{ "mail", "smtp", SETTINGS_SMTP, AT(smtp), "", 0, 0,
	    "The mail server that takes letters: smtp://HOST, smtp://HOST:PORT or"
	    " smtps://HOST. Where it is set, `utvalg mail` without --out sends there." },
	{ "mail", "starttls", SETTINGS_STARTTLS, AT(starttls), "try", 0, 0,
	    "With smtp://: always (with a certificate that holds, or not at all), try"
	    " (where it is offered, whatever the certificate) or never. With a user"
	    " and a server that is not this machine, try is always and never is"
	    " refused." },
	{ "mail", "helo", SETTINGS_TEXT, AT(helo), "", 0, 0,
	    "The name given to the mail server. Default: this machine's." },
	{ "mail", "user", SETTINGS_TEXT, AT(user), "", 0, 0,
	    "User the mail server knows us as. Default: it asks for none." },
	{ "mail", "password_file", SETTINGS_FILE, AT(password_file), "", 0, 0,
	    "File with that user's password, one line, mode 0600. Default: utvalg-smtp"
	    " in $CREDENTIALS_DIRECTORY." },
	{ "mail", "ca_file", SETTINGS_FILE, AT(mail_ca_file), "", 0, 0,
	    "PEM file of certificates to trust in place of the system's." },
	{ "mail", "timeout", SETTINGS_SPAN, AT(mail_timeout), "300s", 1, 3600,
	    "How long the mail server may take for an answer; twice that for taking"
	    " a letter." },
	{ "mail", "per_minute", SETTINGS_COUNT, AT(per_minute), "0", 0, 1000000,
	    "Letters a minute; 0: as fast as it goes." },
	{ "mail", "domain_per_minute", SETTINGS_COUNT, AT(domain_per_minute), "0", 0,
	    1000000, "Letters a minute to one domain of recipients; 0: no limit." },
	{ "mail", "per_day", SETTINGS_COUNT, AT(per_day), "0", 0, 100000000,
	    "Letters in 24 hours, all studies together; 0: no limit. The rest waits"
	    " for the next run." },
	{ "mail", "window", SETTINGS_WINDOW, AT(window), "", 0, 0,
	    "When letters are sent, in Norwegian time: 08:00-16:00. Default: always." },

	{ "bounces", "token_days", SETTINGS_COUNT, AT(token_days), "60", 1, DAYS,
	    "Days a token counts after the day of sending; later returns are kept"
	    " and mark nothing." },
	{ "bounces", "address_days", SETTINGS_COUNT, AT(address_days), "60", 1, DAYS,
	    "Returns without a token are tied by address to mailings of so many"
	    " days back." },
	{ "bounces", "hard_by_address", SETTINGS_COUNT, AT(hard_by_address), "2", 1,
	    100, "Hard returns, from so many mailings, that it takes when they are"
	    " tied by address alone." },
	{ "bounces", "suspend_count", SETTINGS_COUNT, AT(suspend_count), "2", 1, 100,
	    "Permanent returns that may be a full box or a filter, before an address"
	    " counts as returned." },
	{ "bounces", "suspend_days", SETTINGS_COUNT, AT(suspend_days), "7", 0, DAYS,
	    "Days that must lie between them." },
	{ "bounces", "soft_count", SETTINGS_COUNT, AT(soft_count), "3", 1, 100,
	    "Passing returns before an address counts as returned." },
	{ "bounces", "soft_days", SETTINGS_COUNT, AT(soft_days), "14", 0, DAYS,
	    "Days that must lie between the first and the last of them." },
	{ "bounces", "soft_reset_days", SETTINGS_COUNT, AT(soft_reset_days), "30", 1,
	    DAYS, "Days without any after which passing returns are forgotten." },
	{ "bounces", "rules", SETTINGS_FILE, AT(rules), "", 0, 0,
	    "File of further rules for the wording of returned mail." },
	{ "bounces", "mailbox", SETTINGS_MAILBOX, AT(mailbox), "", 0, 0,
	    "A mailbox on a server that returned mail is fetched from, besides the"
	    " spool: imaps://HOST/FOLDER, pop3s://HOST, or imap:// and pop3:// with"
	    " STARTTLS. The server's certificate must hold." },
	{ "bounces", "mailbox_user", SETTINGS_TEXT, AT(mailbox_user), "", 0, 0,
	    "User of that mailbox, where the URL does not say USER@HOST." },
	{ "bounces", "mailbox_password_file", SETTINGS_FILE,
	    AT(mailbox_password_file), "", 0, 0,
	    "File with that user's password, one line, mode 0600. Default:"
	    " utvalg-mailbox in $CREDENTIALS_DIRECTORY." },
	{ "bounces", "mailbox_ca_file", SETTINGS_FILE, AT(mailbox_ca_file), "", 0, 0,
	    "PEM file of certificates to trust in place of the system's." },
	{ "bounces", "mailbox_starttls", SETTINGS_YES, AT(mailbox_starttls), "yes",
	    0, 0, "With imap:// and pop3://: insist on STARTTLS. no is taken for a"
	    " server on this machine only." },
	{ "bounces", "mailbox_timeout", SETTINGS_SPAN, AT(mailbox_timeout), "60s", 1,
	    3600, "How long that server may say nothing." },
	{ "bounces", "mailbox_max", SETTINGS_SIZE, AT(mailbox_max), "50M", KI,
	    50 * KI * KI, "Largest mail that is fetched; larger ones stay there." },
	{ "bounces", "mailbox_after", SETTINGS_AFTER, AT(mailbox_after), "leave", 0,
	    0, "What happens there to a mail that was understood and is safe: leave,"
	    " seen (IMAP's flag), move (to mailbox_move_to) or delete. What was not"
	    " understood stays as it is." },
	{ "bounces", "mailbox_move_to", SETTINGS_TEXT, AT(mailbox_move_to), "", 0, 0,
	    "The IMAP folder that mailbox_after = move moves to." },
	{ "bounces", "failure_ours", SETTINGS_COUNT, AT(failure_ours), "5", 1, 1000000,
	    "Mass failure, which stops a mailing and holds its returns: so many letters refused for our"
	    " sending (reputation, policy, content), ..." },
	{ "bounces", "failure_ours_share", SETTINGS_SHARE, AT(failure_ours_share),
	    "2 %", 0, 0, "... and more than this share of the letters." },
	{ "bounces", "failure_provider", SETTINGS_COUNT, AT(failure_provider), "10", 1,
	    1000000, "Or so many refused for one such reason by one domain." },
	{ "bounces", "failure_host", SETTINGS_COUNT, AT(failure_host), "10", 1, 1000000,
	    "Or so many unknown users at one domain, where earlier letters got"
	    " through, ..." },
	{ "bounces", "failure_host_share", SETTINGS_SHARE, AT(failure_host_share),
	    "80 %", 0, 0, "... and at least this share of those written to there." },
	{ "bounces", "failure_hard", SETTINGS_COUNT, AT(failure_hard), "20", 1, 1000000,
	    "Or so many dead addresses, ..." },
	{ "bounces", "failure_hard_share", SETTINGS_SHARE, AT(failure_hard_share),
	    "40 %", 0, 0, "... and more than this share in a study's first mailing: one"
	    " in five is usual, ..." },
	{ "bounces", "failure_growth", SETTINGS_COUNT, AT(failure_growth), "2", 1,
	    100, "... or more than so many times the share in its earlier ones." },
	{ "bounces", "failure_put_off", SETTINGS_COUNT, AT(failure_put_off), "10", 1,
	    1000000, "Or so many letters put off by the mail server one after the"
	    " other." },

	{ "requests", "requests", SETTINGS_FOLDER, AT(requests),
	    "/var/spool/utvalg/requests", 0, 0,
	    "Folder that researchers hand study files in to. Where state is not the"
	    " default and this is not set: STATE/requests." },
	{ "requests", "results", SETTINGS_FOLDER, AT(results),
	    "/var/spool/utvalg/results", 0, 0,
	    "Folder that answers to requests are laid in. Where state is not the"
	    " default and this is not set: STATE/results." },
	{ "requests", "request_max", SETTINGS_SIZE, AT(request_max), "256k", KI,
	    KI * KI, "Largest study file that can be handed in." },

	{ "dns", "servers", SETTINGS_SERVERS, AT(dns_servers), "", 0, 0,
	    "Name servers to ask for the mail servers of domains, blanks or commas"
	    " between: 192.0.2.1, [2001:db8::1]:53. Default: the system's"
	    " (resolv.conf)." },
	{ "dns", "timeout", SETTINGS_SPAN, AT(dns_timeout), "1s", 1, 60,
	    "How long a name server may take for an answer; each further try may"
	    " take twice as long." },
	{ "dns", "tries", SETTINGS_COUNT, AT(dns_tries), "2", 1, 10,
	    "How often each server is asked before a domain is given up as unknown." },
	{ "dns", "max_unknown", SETTINGS_SHARE, AT(dns_max_unknown), "10 %", 0, 0,
	    "Share of the domains of a frame that may be unknown; with more, nothing"
	    " is frozen." },

	{ "night", "pull", SETTINGS_YES, AT(pull), "yes", 0, 0,
	    "Fetch the register at night." },
	{ "night", "pull_underenhet", SETTINGS_YES, AT(pull_underenhet), "no", 0, 0,
	    "... and its sub-units, where studies use them." },
	{ "night", "pull_days", SETTINGS_COUNT, AT(pull_days), "1", 1, 365,
	    "Days from one fetched file to the next." },
	{ "night", "changes", SETTINGS_YES, AT(changes), "no", 0, 0,
	    "Then bring the register up to date by its change feed: between files"
	    " that are days apart, and for what happened since today's was made." },

	{ "output", "lang", SETTINGS_LANG, AT(lang), "nb", 0, 0,
	    "Language of tables, plans and reasons: nb (bokmål) or en (English)." },
};

const size_t settings_keys_n = sizeof(settings_keys) / sizeof(settings_keys[0]);

/* A path of a settings file; "" stays "". */
static char *
path_from(const char *folder, const char *text)
{
	struct buf b = BUF(8192);
	char *s;

	if (text[0] != '\0' && text[0] != '/' && strcmp(folder, ".") != 0)
		buf_printf(&b, "%s%s", folder, strcmp(folder, "/") == 0 ? "" : "/");
	buf_str(&b, text);
	while (b.len > 1 && b.data[b.len - 1] == '/')
		b.data[--b.len] = '\0';
	s = mem_str(buf_text(&b));
	buf_free(&b);
	return s;
}

static void
put_text(struct settings *s, const struct settings_key *k, char *text)
{
	char **member = (char **)(void *)((char *)s + k->at);

	free(*member);
	*member = text;
}

/* smtp://HOST[:PORT], smtps://...: no user, no path. */
static int
is_server(const char *s)
{
	const char *host = strstr(s, "://");

	return value_url(s, "smtp smtps") && host != NULL &&
	    strpbrk(host + 3, "@/?#\\") == NULL;
}

/* "HH:MM-HH:MM", the second later. */
static int
is_window(const char *s)
{
	static const char form[] = "00:00-00:00";

	if (strlen(s) != sizeof(form) - 1)
		return 0;
	for (size_t i = 0; form[i] != '\0'; i++)
		if (form[i] == '0' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
			return 0;
	return memcmp(s, "24:00", 5) < 0 && memcmp(s + 6, "24:00", 5) <= 0 &&
	    s[3] < '6' && s[9] < '6' && memcmp(s, s + 6, 5) < 0;
}

static const char *
take_text(struct settings *s, const struct settings_key *k, const char *text,
    const char *folder)
{
	const char *why = NULL;
	int path = k->kind == SETTINGS_FOLDER || k->kind == SETTINGS_FILE;

	if (text[0] == '\0' && (k->kind == SETTINGS_FOLDER || k->kind == SETTINGS_URL))
		return "has no value";
	if (strlen(text) > 1000)
		return "is too long";
	if (k->kind == SETTINGS_URL && !value_url(text, "https http file"))
		return "is no URL that begins with https://, http:// or file://";
	if (text[0] != '\0' && k->kind == SETTINGS_API && !value_url(text, "https http"))
		return "is no URL that begins with https:// or http://";
	if (text[0] != '\0' && k->kind == SETTINGS_PROXY &&
	    !value_url(text, "http https socks5 socks5h"))
		return "is no URL that begins with http://, https://, socks5:// or"
		    " socks5h://";
	if (k->kind == SETTINGS_DELIMITER && strcmp(text, "+") != 0 &&
	    strcmp(text, "-") != 0)
		return "is neither + nor -";
	if (text[0] != '\0' && k->kind == SETTINGS_SMTP && !is_server(text))
		return "is neither smtp://HOST nor smtps://HOST, with or without a port"
		    " (user and password have settings of their own)";
	if (k->kind == SETTINGS_STARTTLS && strcmp(text, "always") != 0 &&
	    strcmp(text, "try") != 0 && strcmp(text, "never") != 0)
		return "is neither always, try nor never";
	if (text[0] != '\0' && k->kind == SETTINGS_MAILBOX)
		why = value_mailbox(text);
	if (k->kind == SETTINGS_AFTER && strcmp(text, "leave") != 0 &&
	    strcmp(text, "seen") != 0 && strcmp(text, "move") != 0 &&
	    strcmp(text, "delete") != 0)
		return "is neither leave, seen, move nor delete";
	if (text[0] != '\0' && k->kind == SETTINGS_WINDOW && !is_window(text))
		return "is no time of day such as 08:00-16:00";
	if (k->kind == SETTINGS_SERVERS)
		why = value_servers(text);
	/* A bounce address is measured when the delimiter is known. */
	if (text[0] != '\0' && (k->kind == SETTINGS_ADDRESS || k->kind == SETTINGS_BOUNCE))
		why = value_address(text);
	if (why == NULL)
		put_text(s, k, path ? path_from(folder, text) : mem_str(text));
	return why;
}

static void
put_size(struct buf *b, int64_t v)
{
	static const char unit[] = "\0kMG";
	int u = 0;

	while (u < 3 && v != 0 && v % 1024 == 0) {
		v /= 1024;
		u++;
	}
	buf_printf(b, "%" PRId64, v);
	if (u > 0)
		buf_chr(b, unit[u]);
}

static void
put_span(struct buf *b, int64_t v)
{
	if (v != 0 && v % 3600 == 0)
		buf_printf(b, "%" PRId64 "h", v / 3600);
	else
		buf_printf(b, "%" PRId64 "s", v);
}

/* ${text} as a number of a key's kind and within its range. */
static const char *
take_number(const struct settings_key *k, const char *text, int64_t *ret,
    char why[static 200])
{
	struct buf range = BUF(100);
	int64_t v;
	const char *form = "a whole number";
	int bad;

	if (k->kind == SETTINGS_SIZE) {
		bad = num_size(text, &v);
		form = "a size such as 500k, 64M or 2G";
	} else if (k->kind == SETTINGS_SPAN) {
		bad = num_span(text, &v);
		form = "a time such as 30s, 15m or 12h";
	} else
		bad = num_int(text, INT64_MIN, INT64_MAX, &v);
	if (bad != 0) {
		snprintf(why, 200, "is not %s", form);
		return why;
	}
	if (v >= k->min && v <= k->max) {
		*ret = v;
		return NULL;
	}
	for (int i = 0; i < 2; i++) {
		int64_t limit = i == 0 ? k->min : k->max;

		buf_str(&range, i == 0 ? "" : " to ");
		if (k->kind == SETTINGS_SIZE)
			put_size(&range, limit);
		else if (k->kind == SETTINGS_SPAN)
			put_span(&range, limit);
		else
			buf_printf(&range, "%" PRId64, limit);
	}
	snprintf(why, 200, "is outside %s", buf_text(&range));
	buf_free(&range);
	return why;
}

const char *
settings_take(struct settings *s, const struct settings_key *k,
    const char *text, const char *folder, char why[static 200])
{
	void *at = (char *)s + k->at;

	switch (k->kind) {
	case SETTINGS_TEXT:
	case SETTINGS_FOLDER:
	case SETTINGS_FILE:
	case SETTINGS_URL:
	case SETTINGS_API:
	case SETTINGS_PROXY:
	case SETTINGS_ADDRESS:
	case SETTINGS_BOUNCE:
	case SETTINGS_DELIMITER:
	case SETTINGS_SMTP:
	case SETTINGS_STARTTLS:
	case SETTINGS_MAILBOX:
	case SETTINGS_AFTER:
	case SETTINGS_WINDOW:
	case SETTINGS_SERVERS:
		return take_text(s, k, text, folder);
	case SETTINGS_SHARE:
		return num_share(text, at) == 0 ? NULL :
		    "is not a share such as 10 % or 0.10";
	case SETTINGS_SIZE:
	case SETTINGS_SPAN:
	case SETTINGS_COUNT:
		return take_number(k, text, at, why);
	case SETTINGS_YES:
		return num_bool(text, at) == 0 ? NULL : "is neither yes nor no";
	case SETTINGS_LANG:
		if (strcmp(text, "nb") != 0 && strcmp(text, "en") != 0)
			return "is neither nb nor en";
		*(enum lang *)at = strcmp(text, "en") == 0 ? LANG_EN : LANG_NB;
		return NULL;
	}
	return "is of no known kind";
}

/* A proxy's URL may hold a password. */
static void
put_proxy(struct buf *b, const char *url)
{
	const char *at = strrchr(url, '@'), *sep = strstr(url, "://");

	if (at == NULL || sep == NULL) {
		buf_str(b, url);
		return;
	}
	buf_add(b, url, (size_t)(sep + 3 - url));
	buf_str(b, "***");
	buf_str(b, at);
}

void
settings_value(const struct settings *s, const struct settings_key *k,
    struct buf *b)
{
	const void *at = (const char *)s + k->at;
	const char *text;

	switch (k->kind) {
	case SETTINGS_TEXT:
	case SETTINGS_FOLDER:
	case SETTINGS_FILE:
	case SETTINGS_URL:
	case SETTINGS_API:
	case SETTINGS_ADDRESS:
	case SETTINGS_BOUNCE:
	case SETTINGS_DELIMITER:
	case SETTINGS_SMTP:
	case SETTINGS_STARTTLS:
	case SETTINGS_MAILBOX:
	case SETTINGS_AFTER:
	case SETTINGS_WINDOW:
	case SETTINGS_SERVERS:
	case SETTINGS_PROXY:
		text = *(char *const *)at;
		if (k->kind == SETTINGS_PROXY && text != NULL)
			put_proxy(b, text);
		else
			buf_str(b, text != NULL ? text : "");
		break;
	case SETTINGS_SHARE:
		/* to a millionth of a per cent, without idle zeros */
		buf_printf(b, "%.10g %%", *(const double *)at * 100);
		break;
	case SETTINGS_SIZE:
		put_size(b, *(const int64_t *)at);
		break;
	case SETTINGS_SPAN:
		put_span(b, *(const int64_t *)at);
		break;
	case SETTINGS_COUNT:
		buf_printf(b, "%" PRId64, *(const int64_t *)at);
		break;
	case SETTINGS_YES:
		buf_str(b, *(const int *)at ? "yes" : "no");
		break;
	case SETTINGS_LANG:
		buf_str(b, *(const enum lang *)at == LANG_EN ? "en" : "nb");
		break;
	}
}
