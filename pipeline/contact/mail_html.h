#ifndef PIPELINE_CONTACT_MAIL_HTML_H
#define PIPELINE_CONTACT_MAIL_HTML_H

/*
 * mail_html -- a letter as HTML must not make its reader's program fetch
 * anything: that would tell who reads it and when, for which nobody was asked.
 * Nor is there a script, a form or a frame, which mail programs remove or warn
 * of.  Pure, in linear time.
 */

#include "pipeline/base/err.h"

/*
 * 0; -1 (EX_CONFIG), "line N: what".  Refused are the elements script, link,
 * base, iframe, frame, object, embed, applet, video, audio, form and input; meta
 * with http-equiv="refresh"; src, srcset, background, poster and data of any
 * element but as a data: URL; in style, url() but of data:, and @import.  A link
 * to follow (a href) is no fetch.
 */
int mail_html_check(const char *html, struct err *);

#endif /* !PIPELINE_CONTACT_MAIL_HTML_H */
