#include "config.h"

#include "core/source_notes.h"

static const int64_t hour_us = INT64_C(3600000000);

/* One row a form. */
static const struct {
    struct slice form;
    const char *chain;
    uint64_t events; /* exactly so many are the tool's limit, 0: it has none */
    int64_t hours;   /* the tool's window, 0: it has none */
    const char *note;
    bool one_region; /* the tool asks one region at a time */
} exports[SOURCE_EXPORTS] = {
    {SLICE_INIT("azure-activity-rest"), "array", 50, 6,
     "looks like the default window of `az monitor activity-log list`: 50 events, 6 "
     "hours",
     false},
    {SLICE_INIT("gcp-audit"), "array", 0, 24,
     "looks like the default window of `gcloud logging read`: one day", false},
    {SLICE_INIT("cloudtrail"), "Events>lookup-events", 0, 0,
     "one region only: `lookup-events` asks one at a time", true},
};

void source_notes_reset(struct source_notes *notes)
{
    *notes = (struct source_notes){.export = SOURCE_EXPORTS};
    for (size_t i = 0; i < SOURCE_EXPORTS; i++)
        notes->tallies[i].first_us = notes->tallies[i].last_us = EVENT_TIME_NONE;
}

static size_t export_of(struct slice form)
{
    size_t i = 0;
    while (i < SOURCE_EXPORTS && !slice_equal(exports[i].form, form))
        i++;
    return i;
}

static void see_region(struct source_tally *tally, struct slice region)
{
    if (!region.length || region.length >= SOURCE_REGION_BYTES || tally->more_regions)
        return;
    if (!tally->region[0])
        memcpy(tally->region, region.data, region.length);
    else
        tally->more_regions = !slice_equal(slice_from(tally->region), region);
}

void source_notes_see(struct source_notes *notes, const struct event *event,
                      const char *chain)
{
    struct slice form = event->text[FIELD_FORM];
    if (form.data != notes->form) {
        notes->form = form.data;
        notes->export = export_of(form);
    }
    if (notes->export == SOURCE_EXPORTS || strcmp(exports[notes->export].chain, chain))
        return;
    struct source_tally *tally = &notes->tallies[notes->export];
    tally->events++;
    time_span_widen(&tally->first_us, &tally->last_us, event->time_us);
    see_region(tally, event->text[FIELD_REGION]);
}

void source_notes_add(struct source_notes *notes, const struct source_notes *part)
{
    for (size_t i = 0; i < SOURCE_EXPORTS; i++) {
        struct source_tally *tally = &notes->tallies[i];
        const struct source_tally *more = &part->tallies[i];
        tally->events += more->events;
        time_span_widen(&tally->first_us, &tally->last_us, more->first_us);
        time_span_widen(&tally->first_us, &tally->last_us, more->last_us);
        see_region(tally, slice_from(more->region));
        tally->more_regions = tally->more_regions || more->more_regions;
    }
}

struct slice source_notes_tell(const struct source_notes *notes, size_t export,
                               struct arena *arena)
{
    const struct source_tally *tally = &notes->tallies[export];
    if (!tally->events)
        return SLICE_NONE;
    if (exports[export].one_region)
        return tally->region[0] && !tally->more_regions
                   ? arena_printf(arena, "%s (%s)", exports[export].note, tally->region)
                   : SLICE_NONE;
    bool full = tally->events == exports[export].events;
    bool narrow = tally->first_us != EVENT_TIME_NONE &&
                  tally->last_us - tally->first_us <= exports[export].hours * hour_us;
    return full || narrow ? slice_from(exports[export].note) : SLICE_NONE;
}
