/*
 * Devices: by the login or the configuration notice of the same user.
 */
#include "config.h"

#include "core/lineage_internal.h"

static const int64_t DAY_US = 24 * LINEAGE_HOUR_US; /* of a login */
static const int64_t NOTICE_US = LINEAGE_HOUR_US; /* until configuration mode is left */

int lineage_sighting_kind(struct slice operation)
{
    if (slice_ends_with_nocase(operation, SLICE("-LOGIN_SUCCESS")) ||
        slice_ends_with_nocase(operation, SLICE("UI_LOGIN_EVENT")))
        return 0;
    return slice_ends_with_nocase(operation, SLICE("CONFIG_I")) ||
                   slice_ends_with_nocase(operation, SLICE("-CONFIG_P"))
               ? 1
               : -1;
}

static bool is_sighting(struct slice operation)
{
    return lineage_sighting_kind(operation) >= 0;
}

/* The nearest sighting of a kind within a span after (or before) the command. */
static ptrdiff_t nearest(const struct lineage_sighting *list, size_t count,
                         int64_t time_us, bool configured, int64_t span_us)
{
    ptrdiff_t best = -1;
    int64_t least = span_us;
    for (size_t i = 0; i < count; i++) {
        int64_t distance =
            configured ? list[i].time_us - time_us : time_us - list[i].time_us;
        if (list[i].configured != configured || list[i].time_us == EVENT_TIME_NONE ||
            distance < 0 || distance > least)
            continue;
        if (best < 0 || distance < least)
            best = (ptrdiff_t)i;
        least = distance;
    }
    return best;
}

ptrdiff_t lineage_pick_sighting(const struct lineage_sighting *list, size_t count,
                                int64_t time_us)
{
    if (time_us == EVENT_TIME_NONE)
        return -1;
    ptrdiff_t picked = nearest(list, count, time_us, true, NOTICE_US);
    if (picked < 0)
        picked = nearest(list, count, time_us, false, DAY_US);
    return picked < 0 ? nearest(list, count, time_us, true, DAY_US) : picked;
}

static int device_sightings(struct lineage_chain *chain)
{
    struct lineage_question question = lineage_before_last(chain, DAY_US);
    if (question.from_us != INT64_MIN)
        question.until_us = question.near_us + DAY_US;
    lineage_match(&question, FIELD_ACCOUNT, lineage_last_text(chain, FIELD_ACCOUNT));
    lineage_match(&question, FIELD_ACTOR, lineage_last_text(chain, FIELD_ACTOR));
    question.operation = is_sighting;
    return lineage_answer(chain, &question);
}

int lineage_device_step(struct lineage_chain *chain)
{
    struct lineage_sighting sightings[LIMIT_LINEAGE_ANSWERS];
    size_t count = 0, places[LIMIT_LINEAGE_ANSWERS];
    if (slice_blank(lineage_last_text(chain, FIELD_ACTOR)))
        return lineage_end(chain, false, SLICE("the line names no user"));
    if (device_sightings(chain))
        return -1;
    for (size_t i = 0; i < chain->answer_count; i++) {
        const struct event *event = &chain->answers[i].event;
        if (slice_blank(event->text[FIELD_SOURCE_IP]))
            continue;
        places[count] = i;
        sightings[count++] = (struct lineage_sighting){
            event->time_us, lineage_sighting_kind(event->text[FIELD_OPERATION]) == 1};
    }
    ptrdiff_t picked =
        lineage_pick_sighting(sightings, count, lineage_last_event(chain)->time_us);
    if (picked >= 0)
        lineage_push(chain,
                     sightings[picked].configured ? LINEAGE_CONFIGURED : LINEAGE_LOGIN,
                     &chain->answers[places[picked]]);
    if (picked >= 0)
        return lineage_end(chain, true, SLICE("a user of the device"));
    return lineage_end(
        chain, true,
        slice_blank(lineage_last_text(chain, FIELD_SOURCE_IP))
            ? SLICE("a user of the device; no login or notice near it tells an "
                    "address")
            : SLICE("a user of the device; the line itself tells the address"));
}
