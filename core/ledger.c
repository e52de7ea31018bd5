#include "config.h"

#include <stdlib.h>

#include "core/ledger_internal.h"

/* ---- memory ---- */

void *ledger_alloc(struct ledger *ledger, size_t size)
{
    void *memory = arena_alloc(ledger->arena, size);
    if (memory)
        memset(memory, 0, size);
    else
        ledger->failed = true;
    return memory;
}

void ledger_add_track(struct ledger *ledger, struct ledger_track *track,
                      const struct fact *fact)
{
    track->provider = fact->provider;
    track->account = fact->account;
    track->region = fact->region;
    *ledger->last_track = track;
    ledger->last_track = &track->next;
}

/* ---- rows ---- */

enum mirror_state ledger_state_of(const struct fact *fact)
{
    switch (fact->outcome) {
    case OUTCOME_PENDING:
        return MIRROR_PENDING;
    case OUTCOME_UNKNOWN:
        /* A device's line without a result counts as done. */
        return provider_is_device(fact->provider) ? MIRROR_LIVE : MIRROR_UNKNOWN;
    default:
        return MIRROR_LIVE;
    }
}

void ledger_link(struct ledger *ledger, struct ledger_row *row, const struct fact *fact,
                 enum mirror_part part)
{
    struct slice rest = fact->operation;
    while (slice_present(rest)) {
        struct slice id = slice_cut(&rest, ' ');
        struct mirror_operation **at = &row->mirror.operations;
        while (*at && slice_compare((*at)->operation, id) < 0)
            at = &(*at)->next;
        if (*at && slice_equal((*at)->operation, id)) {
            if (part < (*at)->part)
                (*at)->part = part;
            continue;
        }
        struct mirror_operation *link = ledger_alloc(ledger, sizeof *link);
        if (!link)
            return;
        *link = (struct mirror_operation){*at, id, part};
        *at = link;
    }
}

static struct ledger_row *add_row(struct ledger *ledger, struct ledger_track *track,
                                  const struct mirror *mirror)
{
    struct ledger_row *row = ledger_alloc(ledger, sizeof *row);
    if (!row)
        return NULL;
    row->mirror = *mirror;
    row->mirror.id = track->id;
    row->mirror.segment = ++track->segments;
    row->mirror.provider = track->provider;
    row->mirror.account = track->account;
    row->mirror.region = track->region;
    row->mirror.device = track->device;
    row->mirror.until_us = row->mirror.observed_us = EVENT_TIME_NONE;
    row->mirror.closed_by = row->mirror.closed_how = SLICE_NONE;
    row->mirror.operations = NULL;
    *ledger->last_row = row;
    ledger->last_row = &row->next;
    ledger->row_count++;
    track->row = row;
    return row;
}

struct ledger_row *ledger_open(struct ledger *ledger, struct ledger_track *track,
                               const struct fact *fact, enum mirror_state state,
                               bool before_log)
{
    struct mirror mirror = {.state = state,
                            .since_us = before_log ? EVENT_TIME_NONE : fact->time_us,
                            .foreign = FOREIGN_UNKNOWN};
    if (!before_log)
        mirror.opened_by = fact->actor;
    struct ledger_row *row = add_row(ledger, track, &mirror);
    if (row && !before_log)
        ledger_link(ledger, row, fact, PART_OPENED);
    return row;
}

/* What never copied anything has not ended as a mirror: it keeps its word. */
static bool has_copied(enum mirror_state state)
{
    return state == MIRROR_LIVE || state == MIRROR_UNKNOWN || state == MIRROR_PENDING;
}

void ledger_end(struct ledger *ledger, struct ledger_track *track,
                const struct fact *fact, const char *how)
{
    struct ledger_row *row = track->row;
    if (!row)
        return;
    if (has_copied(row->mirror.state))
        row->mirror.state = MIRROR_ENDED;
    row->mirror.until_us = fact->time_us;
    row->mirror.closed_by = fact->actor;
    row->mirror.closed_how = slice_from(how);
    ledger_link(ledger, row, fact, PART_CLOSED);
    track->row = NULL;
}

void ledger_drop(struct ledger_track *track)
{
    if (!track->row)
        return;
    track->row->dropped = true;
    track->row = NULL;
    track->segments--;
}

struct ledger_row *ledger_split(struct ledger *ledger, struct ledger_track *track,
                                const struct fact *fact, enum mirror_state state,
                                const char *how)
{
    struct ledger_row *before = track->row;
    if (!before)
        return ledger_open(ledger, track, fact, state, false);
    ledger_end(ledger, track, fact, how);
    struct mirror mirror = before->mirror;
    mirror.state = state;
    mirror.since_us = fact->time_us;
    mirror.opened_by = fact->actor;
    struct ledger_row *row = add_row(ledger, track, &mirror);
    if (row)
        ledger_link(ledger, row, fact, PART_OPENED);
    return row;
}

void ledger_doubt(struct ledger *ledger, struct ledger_track *track,
                  const struct fact *fact, const char *how, const char *why)
{
    struct ledger_row *row = ledger_split(ledger, track, fact, MIRROR_UNKNOWN, how);
    if (row)
        row->mirror.closed_how = slice_from(why);
}

void ledger_end_in_doubt(struct ledger *ledger, struct ledger_track *track,
                         const struct fact *fact)
{
    static const char why[] = "its deletion began; the logs do not show its result";
    struct ledger_row *row =
        ledger_split(ledger, track, fact, ledger_state_of(fact), why);
    if (row)
        row->mirror.closed_how = slice_from(why);
}

/* ---- snapshots ---- */

struct ledger_row *ledger_see(struct ledger *ledger, struct ledger_track *track,
                              const struct fact *fact, enum mirror_state state)
{
    track->seen = fact;
    if (!track->row)
        ledger_open(ledger, track, fact, state, true);
    if (!track->row)
        return NULL;
    track->row->mirror.state = state;
    track->row->mirror.observed_us = fact->time_us;
    track->row->mirror.closed_how = SLICE_NONE;
    return track->row;
}

bool ledger_is_absent(const struct fact *list, struct slice id,
                      struct slice destination, const struct fact *seen)
{
    struct slice collection = list->text[FACT_OBJECT];
    struct slice goes_to = list->text[FACT_DESTINATION];
    bool listed = collection.length
                      ? slice_equal(fact_collection(id), collection) ||
                            slice_equal(id, collection)
                      : goes_to.length && slice_equal(destination, goes_to) &&
                            slice_find(id, list->text[FACT_KIND]) >= 0;
    return listed && list->outcome == OUTCOME_SUCCESS &&
           !(seen && seen->time_us == list->time_us);
}

/* ---- texts ---- */

struct slice ledger_joined(struct arena *arena, const struct slice *parts, size_t count,
                           const char *separator)
{
    struct slice text = SLICE_NONE;
    for (size_t i = 0; i < count; i++) {
        if (!parts[i].length)
            continue;
        const struct slice pieces[] = {text, slice_from(text.length ? separator : ""),
                                       parts[i]};
        text = text.length ? arena_join(arena, pieces, 3) : parts[i];
    }
    return text;
}

struct slice ledger_described(struct arena *arena, struct slice first,
                              const struct slice *parts, size_t count)
{
    struct slice inside = ledger_joined(arena, parts, count, ", ");
    if (!inside.length)
        return first;
    const struct slice pieces[] = {first, SLICE(" ("), inside, SLICE(")")};
    return arena_join(arena, pieces, 4);
}

/* ---- all of it ---- */

static void (*const appliers[PROVIDER_COUNT])(struct ledger *ledger) = {
    [PROVIDER_AWS] = ledger_apply_sessions,
    [PROVIDER_AZURE] = ledger_apply_sessions,
    [PROVIDER_GCP] = ledger_apply_gcp,
    [PROVIDER_OCI] = ledger_apply_sessions,
    [PROVIDER_ALIBABA] = ledger_apply_sessions,
    [PROVIDER_HUAWEI] = ledger_apply_sessions,
};

static int compare_rows(const void *left, const void *right)
{
    const struct mirror *a = left, *b = right;
    int order = slice_compare(a->id, b->id);
    if (!order)
        order = (a->segment > b->segment) - (a->segment < b->segment);
    return order;
}

/* What a row without a beginning says of it. */
static struct slice why_no_beginning(const struct mirror *mirror)
{
    if (mirror->since_us != EVENT_TIME_NONE || mirror->closed_how.length)
        return mirror->closed_how;
    if (mirror->opened_by.length)
        return SLICE("since when is not known: what made it has no time");
    return mirror->state == MIRROR_UNKNOWN ? SLICE("made before the log starts")
                                           : SLICE_NONE;
}

static int list_rows(const struct ledger *ledger, struct mirror_list *out)
{
    out->rows = arena_alloc(ledger->arena, (ledger->row_count + 1) * sizeof *out->rows);
    if (!out->rows)
        return -1;
    for (const struct ledger_row *row = ledger->rows; row; row = row->next) {
        if (row->dropped)
            continue;
        struct mirror *mirror = &out->rows[out->count++];
        *mirror = row->mirror;
        mirror->closed_how = why_no_beginning(mirror);
    }
    if (out->count)
        qsort(out->rows, out->count, sizeof *out->rows, compare_rows);
    return 0;
}

int ledger_build(struct fact *facts, size_t count, const struct own *own,
                 struct arena *arena, struct mirror_list *out)
{
    struct ledger ledger = {.arena = arena, .own = own, .facts = facts};
    *out = (struct mirror_list){0};
    if (!count)
        return 0;
    enum provider provider = facts[0].provider;
    ledger.fact_count = ledger_fold(facts, count, arena);
    ledger.last_row = &ledger.rows;
    ledger.last_track = &ledger.tracks;
    if (provider_is_device(provider))
        ledger_apply_device(&ledger);
    else if ((unsigned)provider < PROVIDER_COUNT && appliers[provider])
        appliers[provider](&ledger);
    return ledger.failed ? -1 : list_rows(&ledger, out);
}
