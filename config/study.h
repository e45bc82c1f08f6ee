#ifndef CONFIG_STUDY_H
#define CONFIG_STUDY_H

/*
 * study -- what a researcher decides, from one INI file.
 *
 * config/studies/mikrobedrifter.ini is the report's own study and the example
 * of every key.  study_read() checks the form: sections, keys, values, that
 * every group, area and list that is referred to exists.  Whether a code or a
 * county exists is for pipeline/frame/population.h, which knows the register's
 * date.  All faults are found in one reading, each with its line.
 *
 * All strings live in the study's arena; lists are arrays with a count.
 * ${line} members say where in the file a thing was written.
 */

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"
#include "pipeline/base/mem.h"

enum study_standard { STUDY_SN2007, STUDY_SN2025 };
enum study_units { STUDY_ENHET = 1, STUDY_UNDERENHET = 2, STUDY_BOTH = 3 };
enum study_design { STUDY_EVERYONE, STUDY_RANDOM, STUDY_SYSTEMATIC, STUDY_PPS,
	STUDY_BERNOULLI, STUDY_R_RANDOM, STUDY_TICKETS };
/* how design pps draws */
enum study_pps { STUDY_PARETO, STUDY_SEQUENTIAL, STUDY_EXPONENTIAL,
	STUDY_PPS_SYSTEMATIC, STUDY_SAMPFORD, STUDY_POISSON };
enum study_allocation { STUDY_PROPORTIONAL, STUDY_EQUAL, STUDY_NEYMAN,
	STUDY_POWER, STUDY_FIXED };
enum study_coordination { STUDY_NEGATIVE, STUDY_POSITIVE, STUDY_INDEPENDENT };
enum study_size_variable { STUDY_SIZE_NONE, STUDY_SIZE_EMPLOYEES,
	STUDY_SIZE_EMPLOYEES_1 };
enum study_vat { STUDY_VAT_ANY, STUDY_VAT_YES, STUDY_VAT_NO };
enum study_language { STUDY_LANGUAGE_ANY, STUDY_LANGUAGE_BOKMAAL,
	STUDY_LANGUAGE_NYNORSK };
enum study_firm { STUDY_FIRM_ENHET, STUDY_FIRM_UNDERENHET, STUDY_FIRM_BOTH };
enum { STUDY_POINTS_MOST = 8 };	/* points of activity that a unit can have */
enum study_keeper { STUDY_KEEP_LOWEST_PRN, STUDY_KEEP_MOST_EMPLOYEES,
	STUDY_KEEP_PARENT_FIRST };

struct study_word {		/* one word of a list, and its line */
	const char *text;
	int line;
};

struct study_label {		/* what is printed */
	const char *nb, *en;	/* never NULL; en is nb where it is not given */
};

/* [group NAME]: an industry group */
struct study_group {
	const char *name;
	struct study_label label;
	struct study_word *code;	/* as written */
	size_t ncode;
	int line;
};

/* [codes]  "47630 -> 47.690 = no": a decision about one target of one written
 * code.  ${keep} 0: the target is taken out; 1: with any "yes" for a written
 * code, only its targets with "yes" are kept. */
struct study_target {
	const char *from, *to;
	int keep;
	int line;
};

/* [area NAME]: counties and municipalities by name or number */
struct study_area {
	const char *name;
	struct study_label label;
	struct study_label short_label;	/* where columns are narrow; or label */
	struct study_word *county, *municipality;
	size_t ncounty, nmunicipality;
	struct study_word *except;	/* municipalities left out */
	size_t nexcept;
	int line;
};

/* [list NAME]: units that the register cannot show */
struct study_list {
	const char *name;
	const char *file;	/* as written; relative to the study file */
	const char *group;	/* name of a group */
	const char *col_name, *col_email, *col_municipality, *col_orgnr;
				/* col_orgnr NULL: not there; others never */
	const char *col_id;	/* own identity column, or NULL */
	const char *col_postcode;	/* or NULL */
	const char *sheet;	/* of a workbook, or NULL */
	const char *decisions;	/* CSV of what was decided about rows, or NULL */
	int undecided_in;	/* rows that may be the register's: units of their
				 * own till somebody decides, else left out */
	int email_from_list;	/* its addresses before the register's */
	int64_t heading;	/* row of the heading; 0: the first with text */
	int line;
};

/* [table]: "group Opplevelse = culture experience" */
struct study_merged {
	const char *name;
	struct study_label label;
	size_t *group;		/* indices into study.group */
	size_t ngroup;
	int line;
};

/* [table NAME]: a table of those who answered, `utvalg table STUDY NAME` */
struct study_value {		/* what is printed for a value */
	const char *value;
	struct study_label label;	/* NULL where not given */
};
enum study_base { STUDY_BASE_ANSWERED, STUDY_BASE_SAID };
struct study_table {
	const char *name;
	struct study_label title;	/* the name where it is not given */
	const char *rows;	/* a column of the answers or of the frame */
	const char *several;	/* what stands between several answers, or NULL */
	int areas;		/* a column for each area, and one in all */
	int base;		/* enum study_base */
	int decimals;		/* 0 to 2; -1: by the base */
	int small;		/* as study.small, which is the default */
	struct study_word *order;	/* values in printed order, others after */
	size_t norder;
	struct study_value *value;
	size_t nvalue;
	int line;
};

/* [sample] "allocate STRATUM = N", "spread STRATUM = S" */
struct study_stratum {
	const char *name;	/* as the draw names it: oslo/food */
	double value;
	int line;
};

/* [answers]: how the survey platform's export is read */
struct study_answers {
	const char *col_token, *col_email, *col_orgnr;	/* NULL: not there */
	const char *col_status, *col_time;
	struct study_word *complete, *partial, *refused, *screened;
	size_t ncomplete, npartial, nrefused, nscreened;	/* status values */
	int64_t deadline;	/* moment; MOMENT_NONE: none */
};

/* [mail] "reminder 2 = FILE": what the second says, where it is not the first's */
enum { STUDY_REMINDERS = 9 };	/* at most */
struct study_nth {
	const char *subject, *text, *html;	/* or NULL */
};

struct study {
	struct arena *arena;
	const char *file;	/* as given, for messages */
	const char *folder;	/* that the file is in, for lists and templates */
	const char *text;	/* its octets as read (arena), and their hash */
	size_t len;
	unsigned char sha256[32];
	/* of the file that frame and draw were made with: where its texts have been
	 * renewed since (studies.h) not of this one, else the same */
	unsigned char drawn_sha256[32];

	/* [study] */
	const char *name;	/* [a-z0-9][a-z0-9_-]{0,40} */
	struct study_label title;
	enum study_standard standard;
	enum study_units units;
	enum study_firm one_firm;	/* which is asked of an enhet and its only
					 * underenhet, with units = both */
	const char *purpose, *controller, *legal_basis, *contact;	/* or "" */
	const char *retention;	/* how long what is stored is kept; or NULL */

	struct study_group *group;
	size_t ngroup;
	struct study_target *target;
	size_t ntarget;
	struct study_area *area;
	size_t narea;
	struct study_list *list;
	size_t nlist;

	/* [filter] */
	struct study_word *form_in, *form_out;	/* legal forms; none: all */
	size_t nform_in, nform_out;
	int employees_min, employees_max;	/* -1: no limit; in this order */
	int32_t registered_before, registered_after;	/* days, DATE_NONE */
	enum study_vat vat;
	int accounts[2];	/* years of the last accounts, -1: no limit; none:
				 * 0, 0 */
	struct study_word *sector_in, *sector_out;	/* none: all */
	size_t nsector_in, nsector_out;
	enum study_language language;
	int64_t activity_min;	/* points of activity; 0: any */
	int bankrupt_out;	/* bankrupt or being wound up: left out (default) */
	const char *exclude;	/* CSV of orgnr or e-mail, or NULL */
	int64_t quarantine;	/* months, 0: none */
	const char *corrections;	/* CSV of decided addresses, or NULL */

	/* [email] */
	int noreply_out;	/* noreply, abuse, postmaster: unusable (default) */
	int mx;			/* domains that take no mail: unusable */
	enum study_keeper keeper;	/* which unit of one address is invited */

	/* [sample] */
	enum study_design design;
	int64_t size;		/* units in all; 0 with everyone, bernoulli and
				 * a fixed allocation */
	int stratify_area, stratify_group;	/* of the study */
	int stratify_form, stratify_size, stratify_activity;	/* of the unit:
				 * legal form, class of employees, two digits */
	enum study_allocation allocation;
	struct study_stratum *allocate, *spread;	/* n_h; S_h or CV_h */
	size_t nallocate, nspread;
	int64_t minimum, maximum;	/* of a stratum; 0: 1, no limit */
	struct study_word *take_all;	/* strata taken whole */
	size_t ntake_all;
	int64_t power_num, power_den;	/* exponent of the power allocation */
	enum study_size_variable size_variable;	/* of pps */
	enum study_pps pps;
	struct study_word *sort;	/* of systematic: area group size activity
					 * municipality legal_form */
	size_t nsort;
	int64_t seed;		/* of r-random and tickets; 0: not given */
	int64_t reserves;	/* held in each stratum, 0: none */
	int64_t share_num, share_den;	/* of bernoulli; 0/1: not given */
	enum study_coordination coordination;
	int draw_on_request;	/* a handed-in study is drawn, not only framed */

	/* [activity] */
	int64_t active_num, active_den;	/* the share, exactly as written: 20/100;
					 * 0/1: not stated, there is no net rate */
	const char *active_source;
	int active_estimated;	/* "share = estimated": by the signs of activity of
				 * the units in the frame; the share above is 0/1 */
	int64_t active_points;	/* signs enough to count as active */

	/* [mail] */
	const char *from, *from_name, *bounce;	/* NULL: the settings' */
	const char *subject, *reminder_subject;
	const char *link;	/* with {token} */
	const char *unsubscribe;/* with {token}, of the return address; or NULL */
	const char *invite, *reminder;	/* template files, as written, or NULL */
	const char *invite_html, *reminder_html;	/* the same as HTML, or NULL */
	struct study_nth nth[STUDY_REMINDERS + 1];	/* of reminder 2, 3, ... */
	int64_t reminders;	/* how many, 0 to STUDY_REMINDERS */
	int64_t days_between;	/* days from one letter to the next */
	int art14;		/* the invitation must say what GDPR art. 14 wants */

	struct study_answers answers;

	/* [table] */
	struct study_merged *merged;	/* printed groups, in printed order */
	size_t nmerged;
	size_t *net_area;	/* areas in the order of the net table */
	size_t *rates_area;	/* ... and of the rates table; both narea long */

	int small;		/* counts of answers from 1 to below this are
				 * hidden; 0: none */

	struct study_table *table;	/* [table NAME] */
	size_t ntable;
};

/* One fault; a file can have many. */
struct study_fault {
	int line;		/* 0: the file as a whole */
	char text[240];
};
struct study_faults {
	struct study_fault *fault;
	size_t n;
};

/*
 * Read ${path} ("-": standard input).  0 with *${ret} set; or -1, *${ret} NULL,
 * the first fault in *${err} ("FILE:LINE: text", EX_CONFIG; the file itself
 * unreadable: EX_NOINPUT) and all of them in *${faults} where that is not NULL
 * (study_faults_free()).
 */
int study_read(const char *path, struct study **ret, struct study_faults *faults,
    struct err *err);
/* The same from text, with ${path} for messages and as the place of lists. */
int study_read_text(const char *path, const char *text, size_t len,
    struct study **ret, struct study_faults *faults, struct err *err);
void study_free(struct study *);

/* The index of [group NAME] or [area NAME]; their count where it is not there. */
size_t study_group_at(const struct study *, const char *name);
size_t study_area_at(const struct study *, const char *name);

void study_faults_free(struct study_faults *);
/* Append a fault (for the later checks of population.h). */
void study_fault(struct study_faults *, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Sort by line, whole-file faults last. */
void study_faults_sort(struct study_faults *);

/* The keys as mdoc list items for utvalg-study(5). */
void study_manual(struct buf *);

#endif /* !CONFIG_STUDY_H */
