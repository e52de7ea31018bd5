#include "config.h"

#include "core/date_survey.h"

#include <stdlib.h>

#include "core/unfold.h"
#include "core/year_walk.h"

enum { DAY_BYTES = 7, HOST_BYTES = 64, HEADER_BYTES = 160 };

/* "Mar 14 " and the host of the line before. */
struct seen_line {
    char day[DAY_BYTES], host[HOST_BYTES];
    size_t host_length;
    bool known;
};

struct date_survey {
    struct framer *framer;
    struct normaliser *normaliser;
    struct unfolder *unfolder;
    struct json_slot *slots;
    struct year_walk *walk;
    struct seen_line seen;
    int64_t newest_us;
    bool lacks_years;
};

struct date_survey *date_survey_new(const struct json_projection *projection,
                                    const struct time_hint *hint)
{
    struct date_survey *survey = calloc(1, sizeof *survey);
    if (!survey)
        return NULL;
    survey->newest_us = hint->newest_us;
    survey->framer = framer_new(projection);
    survey->normaliser = normaliser_new();
    survey->unfolder =
        survey->normaliser ? unfolder_new(projection, survey->normaliser) : NULL;
    survey->slots =
        calloc(json_projection_slot_count(projection), sizeof *survey->slots);
    survey->walk = year_walk_new();
    if (!survey->framer || !survey->unfolder || !survey->slots || !survey->walk) {
        date_survey_free(survey);
        return NULL;
    }
    normaliser_reset(survey->normaliser, hint);
    return survey;
}

void date_survey_free(struct date_survey *survey)
{
    if (!survey)
        return;
    year_walk_free(survey->walk);
    free(survey->slots);
    unfolder_free(survey->unfolder);
    normaliser_free(survey->normaliser);
    framer_free(survey->framer);
    free(survey);
}

/* A clock that was never set, or lost its server, tells no order. */
static bool tells_order(const struct event *event)
{
    struct slice stamp = event->text[FIELD_TIME_TEXT];
    return event->time_us != EVENT_TIME_NONE &&
           event->time_quality == TIME_YEAR_INFERRED && stamp.length &&
           stamp.data[0] != '*' && stamp.data[0] != '.';
}

struct place {
    struct date_survey *survey;
    uint64_t offset;
};

static void remember(struct seen_line *seen, const struct event *event)
{
    struct slice stamp = event->text[FIELD_TIME_TEXT],
                 host = event->text[FIELD_ACCOUNT];
    seen->known = stamp.length > DAY_BYTES && host.length && host.length <= HOST_BYTES;
    if (!seen->known)
        return;
    memcpy(seen->day, stamp.data, DAY_BYTES);
    memcpy(seen->host, host.data, host.length);
    seen->host_length = host.length;
}

/* The same host on the same day as the line before: nothing new, and most lines. */
static bool tells_nothing(const struct seen_line *seen, struct slice line)
{
    struct slice header = slice_first(line, HEADER_BYTES);
    return seen->known &&
           slice_find(header, (struct slice){seen->day, DAY_BYTES}) >= 0 &&
           slice_find(header, (struct slice){seen->host, seen->host_length}) >= 0;
}

static int look(struct leaf *leaf, void *payload)
{
    const struct place *place = payload;
    if (leaf->class == RECORD_EVENT && tells_order(&leaf->event)) {
        place->survey->lacks_years = true;
        remember(&place->survey->seen, &leaf->event);
        year_walk_see(place->survey->walk, place->offset,
                      leaf->event.text[FIELD_ACCOUNT], leaf->event.time_us);
    }
    return 0;
}

size_t date_survey_window(struct date_survey *survey, struct slice window,
                          uint64_t base, bool final)
{
    struct frame_item item;
    framer_window(survey->framer, window.data, window.length, base, final, final);
    do {
        framer_next(survey->framer, &item, survey->slots);
        struct place place = {survey, item.offset};
        if (item.kind == FRAME_JSON ||
            (item.kind == FRAME_LINE && !tells_nothing(&survey->seen, item.bytes)))
            unfold(survey->unfolder, &item, survey->slots, look, &place);
    } while (item.kind != FRAME_END && item.kind != FRAME_MORE);
    return framer_tail(survey->framer);
}

bool date_survey_lacks_years(const struct date_survey *survey)
{
    return survey->lacks_years;
}

enum date_order date_survey_order(const struct date_survey *survey)
{
    return normaliser_date_order(survey->normaliser);
}

struct time_stretches date_survey_years(struct date_survey *survey)
{
    return year_walk_end(survey->walk, survey->newest_us);
}
