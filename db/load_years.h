/*
 * load_years.h - the years of a source whose stamps have none, before it is loaded.
 *
 * Such a source is read twice: the order of all its lines tells their years
 * (core/year_walk).  What cannot be read twice, a large member of an archive or what is
 * being followed, is loaded by the time of the file alone, as before.
 */
#ifndef DB_LOAD_YEARS_H
#define DB_LOAD_YEARS_H

#include "core/date_survey.h"
#include "db/source_reader.h"

/*
 * The source that the reader has open, at its beginning; path: NULL where it cannot be
 * opened again.  *out: NULL where the hint says the year, no stamp lacks one, or the
 * source cannot be read twice.  Whoever calls frees it.  -1: no memory.
 */
int load_survey_years(const struct json_projection *projection,
                      const struct source_reader *reader, const char *path,
                      const struct time_hint *hint, struct date_survey **out,
                      struct error *error);

#endif
