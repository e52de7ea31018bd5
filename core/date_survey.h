/*
 * date_survey.h - which of 03/04/2026 is the day, by the other stamps of the same
 * bytes.
 *
 * Exports of one tool write all their stamps alike, so one with a number above 12 tells
 * of them all.  Reads everything as the loader would and keeps nothing: as slow as a
 * load, so it is for sources that are in doubt.
 */
#ifndef CORE_DATE_SURVEY_H
#define CORE_DATE_SURVEY_H

#include "core/form.h"

/* bytes: the beginning of a source. Unknown where none shows it, or some differ, or
 * without memory. */
enum date_order date_survey(const struct json_projection *projection,
                            struct slice bytes);

#endif
