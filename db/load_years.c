#include "config.h"

#include "db/load_years.h"

#include <fcntl.h>

/* Where no stamp in these bytes lacks a year, none is expected to. */
enum { LOOK_BYTES = 64 * 1024 };

/* Documents of JSON date their records; one look at them must cost nothing. */
static bool is_text(struct slice bytes)
{
    struct slice rest = slice_trim(slice_first(bytes, LOOK_BYTES));
    return rest.length && rest.data[0] != '{' && rest.data[0] != '[';
}

static bool survey_whole(struct date_survey *survey, struct slice content)
{
    struct slice beginning = slice_first(content, LOOK_BYTES);
    bool final = beginning.length == content.length;
    size_t done = date_survey_window(survey, beginning, 0, final);
    if (!final && date_survey_lacks_years(survey))
        date_survey_window(survey, slice_skip(content, done), done, true);
    return date_survey_lacks_years(survey);
}

/* A large file, by a reader of its own. */
static bool survey_stream(struct date_survey *survey, struct source_reader *reader)
{
    struct source_window window = {.state = SOURCE_MORE};
    struct error ignored; /* what cannot be read is told when it is loaded */
    size_t tail = 0;
    while (window.state == SOURCE_MORE) {
        if (source_reader_next(reader, tail, &window, &ignored))
            return false;
        struct slice bytes = {window.data, window.length};
        if (window.base == 0 && tail == 0 && !is_text(bytes))
            return false;
        tail =
            date_survey_window(survey, bytes, window.base, window.state != SOURCE_MORE);
        if (window.base + tail > LOOK_BYTES && !date_survey_lacks_years(survey))
            return false;
    }
    return date_survey_lacks_years(survey);
}

static bool survey_again(struct date_survey *survey, const char *path)
{
    struct error ignored;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct source_reader *reader =
        descriptor < 0 ? NULL : source_reader_new(READER_CHECKS);
    bool told = reader && !source_reader_open(reader, descriptor, false, &ignored) &&
                survey_stream(survey, reader);
    source_reader_free(reader);
    return told;
}

int load_survey_years(const struct json_projection *projection,
                      const struct source_reader *reader, const char *path,
                      const struct time_hint *hint, struct date_survey **out,
                      struct error *error)
{
    struct slice content;
    bool whole = source_reader_whole(reader, &content);
    *out = NULL;
    if (hint->year || hint->path_year || (whole ? !is_text(content) : !path))
        return 0;
    struct date_survey *survey = date_survey_new(projection, hint);
    if (!survey)
        return error_set(error, ERROR_MEMORY, "no memory to look for years");
    if (whole ? survey_whole(survey, content) : survey_again(survey, path))
        *out = survey;
    else
        date_survey_free(survey);
    return 0;
}
