#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

/*
 * settings -- what an administrator decides, from INI files.
 *
 * Sources, later over earlier: built-in defaults, /etc/utvalg/utvalg.conf,
 * /etc/utvalg/utvalg.conf.d/?*.conf in order of their octets; or, with
 * --config FILE, the defaults and that file alone.  One key table in
 * settings.c (section, key, kind, default, range, where it goes, what it is
 * for) gives the parser, the defaults, `utvalg config`, and the list of keys
 * in utvalg.conf(5).  To add a setting: a member here, a line there.
 *
 * An unknown section or key, a value out of range, a line that is none, a file
 * that cannot be read: -1 with EX_CONFIG, "FILE:LINE: what", and the nearest
 * known key where there is one.
 */

#include <stdint.h>
#include <stdio.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/json.h"
#include "pipeline/base/talk.h"

struct settings {
	/* [store] */
	char *state;		/* folder of database, spool, extracts, keys */
	char *metrics;		/* text file for Prometheus, or empty */

	/* [register] */
	char *url_enhet;	/* bulk file of units */
	char *url_underenhet;	/* bulk file of sub-units */
	double max_loss;	/* share of units an extract may lose, 0..1 */
	double max_county_change;	/* shares 0..1, see register/gates.h */
	double max_form_change;
	double max_email_change;
	double max_field_gone;
	int64_t max_duplicates;	/* numbers that came before in the file */
	int64_t min_change;	/* units; what concerns fewer passes */
	int64_t max_bytes;	/* compressed, of one extract */
	int64_t max_unpacked;	/* unpacked, of one extract */
	int64_t connect_timeout;/* seconds */
	int64_t stall_timeout;	/* seconds without a useful flow of octets */
	char *contact;		/* e-mail or URL in User-Agent; may be empty */
	char *proxy;		/* URL, or empty */
	char *ca_file;		/* PEM, or empty: the system's */
	int64_t keep_extracts;	/* how many old extract files are kept */
	int resume;		/* a transfer that broke off */
	int64_t keep_days;	/* and how long at most; 0: no limit */
	int64_t history_days;	/* that can be read back; 0: all */
	char *klass_url;	/* of Klass' API, without a path behind v1 */
	int64_t klass_version;	/* of SN2025 in Klass */
	char *url_api;		/* single units and change feeds; "": from url_enhet */
	int64_t lookups_per_second;	/* 0: no limit */
	int64_t lookups_parallel;
	int64_t lookup_tries;
	int64_t changes_page;	/* events asked for at once */
	int64_t changes_max;	/* events read in one run */
	int64_t changes_overlap;/* seconds of events that are read again */

	/* [mail] defaults for studies that do not say themselves */
	char *from;		/* address */
	char *from_name;
	char *bounce;		/* NAME@DOMAIN returns come to */
	char *delimiter;	/* between NAME and token, "+" or "-" */
	char *smtp;		/* smtp://HOST[:PORT], smtps://..., or empty */
	char *starttls;		/* always, try, never */
	char *helo;		/* own name to the server, or empty */
	char *user;		/* or empty: nobody asks */
	char *password_file;	/* or empty: the credential */
	char *mail_ca_file;	/* PEM, or empty: the system's */
	int64_t mail_timeout;	/* seconds for an answer */
	int64_t per_minute;	/* letters; 0: no limit, in these three */
	int64_t domain_per_minute;	/* to one domain of recipients */
	int64_t per_day;	/* within 24 hours, of all studies */
	char *window;		/* HH:MM-HH:MM in Norway, or empty */

	/* [bounces]: rules of returned mail, section 9; days and counts */
	int64_t token_days;	/* a token is good for, 60 */
	int64_t address_days;	/* match by address to mailings of the last, 60 */
	int64_t hard_by_address;/* hard bounces located by address alone, 2 */
	int64_t suspend_count;	/* suspend, filtered with class 5: 2 ... */
	int64_t suspend_days;	/* ... at least so many days apart, 7 */
	int64_t soft_count;	/* other soft, fault R or N: 3 ... */
	int64_t soft_days;	/* ... first and last at least so far apart, 14 */
	int64_t soft_reset_days;/* soft counts are forgotten after, 30 */
	char *rules;		/* file of further rules, or empty */
	/* ... mass failure: shares 0..1 */
	int64_t failure_ours;	/* letters refused by our sending, 5 ... */
	double failure_ours_share;	/* ... and more than this share, 2 % */
	int64_t failure_provider;	/* one such reason at one domain, 10 */
	int64_t failure_host;	/* unknown users at one domain, 10 ... */
	double failure_host_share;	/* ... and at least this share there, 80 % */
	int64_t failure_hard;	/* hard returns, 20 ... */
	double failure_hard_share;	/* ... over this share in the first wave, 40 % */
	int64_t failure_growth;	/* ... or over so many times that of earlier ones, 2 */
	int64_t failure_put_off;	/* letters put off in a row, 10 */
	char *mailbox;		/* URL of a mailbox on a server, or empty */
	char *mailbox_user;
	char *mailbox_password_file;	/* or empty: the credential */
	char *mailbox_ca_file;	/* PEM, or empty: the system's */
	int mailbox_starttls;	/* insist on it with imap:// and pop3:// */
	int64_t mailbox_timeout;/* seconds for the next octet */
	int64_t mailbox_max;	/* octets of a mail that is fetched */
	char *mailbox_after;	/* leave, seen, move, delete */
	char *mailbox_move_to;	/* folder, or empty */

	/* [requests] */
	char *requests;		/* folder of the spool of requests */
	char *results;		/* folder the results are laid out in */
	int64_t request_max;	/* octets of one study file handed in */

	/* [dns]: mail servers of domains */
	char *dns_servers;	/* addresses, or empty: the system's */
	int64_t dns_timeout;	/* seconds for the first try, then doubled */
	int64_t dns_tries;	/* of each server */
	double dns_max_unknown;	/* share of the domains, 0..1 */

	/* [night] */
	int pull;		/* fetch the register */
	int pull_underenhet;	/* ... and sub-units */
	int64_t pull_days;	/* days between two files */
	int changes;		/* then what the change feed says */

	/* [output] */
	enum lang lang;		/* nb, en */

	/* where it all came from: private to settings.c */
	struct settings_origin *origin;
};

/*
 * ${file} NULL: /etc/utvalg (which may be missing).  settings_free() after
 * either outcome.
 *
 * A relative path in a file begins at the folder that file is in.  Where state
 * is set to another folder and requests or results is not, they are STATE/requests and
 * STATE/results: a settings file of one line gives a private world.
 */
int settings_load(struct settings *, const char *file, struct err *);
/* As with NULL, from another folder than /etc/utvalg.  For tests. */
int settings_load_folder(struct settings *, const char *folder, struct err *);
/* The same from text; ${name} is the file named in errors.  For tests. */
int settings_load_text(struct settings *, const char *name, const char *text,
    struct err *);
void settings_free(struct settings *);

/* `utvalg config`: every key, its value, and the file and line (or "default")
 * it came from; as text or JSON (an object of sections).  A password in the
 * proxy's URL is shown as ***. */
void settings_show(const struct settings *, struct buf *);
void settings_show_json(const struct settings *, struct json *);

/* The keys as mdoc list items for utvalg.conf(5), and as a commented example
 * file (config/utvalg.conf is this output, and a test holds them equal). */
void settings_manual(struct buf *);
void settings_example(struct buf *);

#endif /* !CONFIG_SETTINGS_H */
