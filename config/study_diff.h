#ifndef CONFIG_STUDY_DIFF_H
#define CONFIG_STUDY_DIFF_H

/*
 * study_diff -- what is different in two study files, and does it touch who is in
 * the population or who is drawn?
 *
 * Free to change are [mail], [answers], [activity], [table] and [table NAME]; of
 * [study] the titles and what recipients are told; of groups and areas the labels.
 * Everything else is fixed: also its order, a default that is written out, and
 * keys that do not exist yet.  Comments and blanks are nothing.
 */

#include "config/study.h"

/*
 * Append the names of keys, comma and blank between, each once: ${fixed} those that
 * touch population or draw, ${free} the others.  "[area oslo] county"; "order of
 * keys" where only that differs.
 */
void study_compare(const struct study *was, const struct study *now,
    struct buf *fixed, struct buf *free);

#endif /* !CONFIG_STUDY_DIFF_H */
