#include "config.h"

#include "db/load_internal.h"

#include <stdlib.h>

void load_add_to_totals(struct work *work)
{
    struct load *load = work->load;
    const struct source_progress *now = &work->tally.progress, *before = &work->told;
    pthread_mutex_lock(&load->mutex);
    load->totals.records += now->records - before->records;
    load->totals.events += now->events - before->events;
    load->totals.hits += now->hits - before->hits;
    load->totals.skipped += now->skipped - before->skipped;
    load->totals.unknown += now->unknown - before->unknown;
    load->totals.damaged += now->damaged - before->damaged;
    if (work->consumed > work->bytes_told)
        load->totals.bytes_done += work->consumed - work->bytes_told;
    pthread_mutex_unlock(&load->mutex);
    work->told = *now;
    work->bytes_told = work->consumed;
}

void load_end_file(struct work *work)
{
    struct load *load = work->load;
    const struct path_entry *entry = &load->files.entries[work->file];
    pthread_mutex_lock(&load->mutex);
    if (entry->bytes > work->bytes_told && !entry->followed)
        load->totals.bytes_done += entry->bytes - work->bytes_told;
    pthread_mutex_unlock(&load->mutex);
}

/* Under the mutex. NULL: it is not told. */
static struct load_result *new_result(struct load_results *results)
{
    if (results->count == LIMIT_RESULTS)
        return NULL;
    if (results->count == results->room) {
        size_t room = results->room ? 2 * results->room : 64;
        struct load_result *items = realloc(results->items, room * sizeof *items);
        if (!items)
            return NULL;
        results->items = items;
        results->room = room;
    }
    return &results->items[results->count++];
}

void load_tell_result(struct work *work, const char *status, const char *reason,
                      bool duplicate)
{
    struct load *load = work->load;
    pthread_mutex_lock(&load->mutex);
    struct load_result *result = new_result(&load->results);
    if (result) {
        *result = (struct load_result){
            .told = {.path = load->files.entries[work->file].path,
                     .member = strdup(work->member),
                     .status = strdup(status),
                     .reason = strdup(reason),
                     .duplicate = duplicate,
                     .progress = work->tally.progress},
            .file = work->file,
            .ordinal = work->ordinal,
        };
        result->told.progress.forms = SLICE_NONE;
    }
    load->totals.untold += !result;
    load->totals.members += work->ordinal != 0;
    load->totals.files_done += work->ordinal == 0;
    load->totals.partial += !strcmp(status, "partial");
    load->totals.failed += !strcmp(status, "failed");
    load->totals.duplicates += duplicate;
    pthread_mutex_unlock(&load->mutex);
    if (load->changed)
        load->changed(load->payload);
}
