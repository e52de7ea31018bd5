/*
 * date_survey.h - what the stamps of a source tell of each other: which number of
 * 03/04/2026 is the day, and in which years stamps without one stand.
 *
 * Exports of one tool write all their stamps alike, so one with a number above 12 tells
 * of them all; and lines stand in the order in which they were written (year_walk.h).
 * A survey reads everything as the loader would and keeps nothing: as slow as a load,
 * so it is for sources that are in doubt.
 */
#ifndef CORE_DATE_SURVEY_H
#define CORE_DATE_SURVEY_H

#include "core/form.h"

struct date_survey;

/* hint: what the loader is told; both are borrowed.  NULL without memory. */
struct date_survey *date_survey_new(const struct json_projection *projection,
                                    const struct time_hint *hint);
void date_survey_free(struct date_survey *survey);

/* The next window of the source, as framer_window has it; returns how many of its bytes
 * are done with. */
size_t date_survey_window(struct date_survey *survey, struct slice window,
                          uint64_t base, bool final);
/* So far, some stamp had no year. */
bool date_survey_lacks_years(const struct date_survey *survey);

/* Unknown where no stamp showed it, or some differ. */
enum date_order date_survey_order(const struct date_survey *survey);
/* Live as long as the survey; none where the source does not tell. */
struct time_stretches date_survey_years(struct date_survey *survey);

#endif
