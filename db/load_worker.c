#include "config.h"

#include "db/load_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/form.h"
#include "core/unfold.h"
#include "db/event_batch.h"
#include "db/load_parts.h"
#include "db/load_years.h"
#include "db/merge.h"

/* --- no two workers at the same content --------------------------------------- */

static bool same_flight(const struct in_flight *other, const struct in_flight *mine)
{
    return other->active && other->bytes == mine->bytes &&
           (!other->sha256[0] || !mine->sha256[0] ||
            !strcmp(other->sha256, mine->sha256));
}

static void take_off(struct work *work, const char *sha256)
{
    struct load *load = work->load;
    struct in_flight mine = {true, source_reader_bytes(work->reader), ""};
    if (sha256)
        memcpy(mine.sha256, sha256, SHA256_HEX);
    pthread_mutex_lock(&load->mutex);
    for (unsigned i = 0; i < LOAD_WORKERS_MAX;) {
        if (i != work->number && same_flight(&load->flights[i], &mine)) {
            pthread_cond_wait(&load->flight_landed, &load->mutex);
            i = 0;
        } else {
            i++;
        }
    }
    load->flights[work->number] = mine;
    pthread_mutex_unlock(&load->mutex);
}

static void land(struct work *work)
{
    struct load *load = work->load;
    pthread_mutex_lock(&load->mutex);
    load->flights[work->number].active = false;
    pthread_cond_broadcast(&load->flight_landed);
    pthread_mutex_unlock(&load->mutex);
}

/* --- one file ------------------------------------------------------------------ */

static void add_option(struct load_options_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_option(struct load_options_text *text, const char *format, ...)
{
    size_t room = sizeof text->bytes - text->used;
    if (text->used && room > 1) {
        text->bytes[text->used++] = ' ';
        room--;
    }
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text->bytes + text->used, room, format, arguments);
    va_end(arguments);
    text->used += length < 0 || (size_t)length >= room ? 0 : (size_t)length;
}

const char *load_options_text(const struct load_options *options,
                              struct load_options_text *text)
{
    *text = (struct load_options_text){.used = 0};
    if (options->year)
        add_option(text, "--year %d", options->year);
    if (options->offset_given) {
        int minutes = options->offset_minutes;
        add_option(text, "--tz %c%02d:%02d", minutes < 0 ? '-' : '+', abs(minutes) / 60,
                   abs(minutes) % 60);
    }
    for (size_t i = 0; i < options->zone_count; i++) {
        const struct time_zone_name *zone = &options->zones[i];
        add_option(text, "--device-tz %.*s=%c%02d:%02d", (int)zone->name.length,
                   zone->name.data, zone->minutes < 0 ? '-' : '+',
                   abs(zone->minutes) / 60, abs(zone->minutes) % 60);
    }
    if (options->date_order != DATE_ORDER_UNKNOWN)
        add_option(text, "--date-order %s",
                   options->date_order == DATE_ORDER_DAY_FIRST ? "dmy" : "mdy");
    return text->bytes;
}

struct time_hint load_hint(const struct load_options *options, const char *path,
                           int64_t newest_us)
{
    return (struct time_hint){
        .year = options->year,
        .path_year = timestamp_year_of_path(slice_from(path)),
        .newest_us = newest_us > options->now_us ? options->now_us : newest_us,
        .zones = options->zones,
        .zone_count = options->zone_count,
        .offset_minutes = options->offset_minutes,
        .offset_given = options->offset_given,
        .date_order = options->date_order,
    };
}

/* Why the bytes cannot be read, where they are packed in a way that is not opened. */
static bool cannot_open(const struct packing *packing, char *failure, size_t size)
{
    if (packing->kind == PACKING_NONE)
        return false;
    bool known = packing_is_stream(packing->kind) || packing_is_archive(packing->kind);
    snprintf(failure, size, "%s: %s%s", packing->name,
             known ? "this build cannot open it: " : "", packing->hint);
    return true;
}

/* Failures other than ERROR_INPUT end the load. */
int load_opened(struct work *work, struct error *error)
{
    struct load *load = work->load;
    const struct path_entry *entry = &load->files.entries[work->file];
    struct packing packing = source_reader_packing(work->reader);
    struct load_options_text options;
    struct source_start start = {
        .path = entry->path,
        .member = work->member,
        .head = work->head,
        .continues = work->growth.kind == GROWTH_CONTINUES ? work->growth.source : 0,
        .supersedes = work->growth.kind == GROWTH_SUPERSEDES ? work->growth.source : 0,
        .sample = work->ordinal ? NULL : work->sample,
        .bytes = source_reader_bytes(work->reader),
        .mtime_us = source_reader_mtime(work->reader),
        .options = load_options_text(&load->options, &options),
        .loaded_by = load->options.analyst,
        .host = load->options.host,
        .embedded = entry->is_stdin || load->options.embed || work->growth.embedded,
        .packing = source_reader_layers(work->reader),
    };
    const char *sha256 = source_reader_sha256(work->reader);
    enum source_known known;
    if (store_begin_source(load->store, &start, sha256, &known, &work->source,
                           &work->told, error))
        return -1;
    if (known == SOURCE_DUPLICATE) {
        work->tally.progress = work->told;
        load_tell_result(work, "done", "the same content is in the case already", true);
        return 0;
    }
    if (known == SOURCE_RESUMED) {
        work->resume_offset = work->told.resume_offset;
        work->resume_leaf = work->told.resume_leaf;
    }
    work->tally.progress.resume_offset = work->resume_offset;
    work->tally.progress.resume_leaf = work->resume_leaf;
    work->told = work->tally.progress;

    work->mtime_us = start.mtime_us;
    if (source_reader_is_archive(work->reader))
        return load_members(work, error);
    char failure[256];
    if (cannot_open(&packing, failure, sizeof failure))
        return load_finish_source(work, failure, error);
    struct time_hint hint = load_hint(
        &load->options, entry->path,
        entry->is_stdin ? load->options.now_us : source_reader_mtime(work->reader));
    int year = timestamp_year_of_path(slice_from(work->member));
    if (year)
        hint.path_year = year;
    bool readable = !entry->is_stdin && !source_reader_in_archive(work->reader);
    date_survey_free(work->years);
    if (load_survey_years(load->projection, work->reader, readable ? entry->path : NULL,
                          &hint, &work->years, error))
        return -1;
    if (work->years)
        hint.stretches = date_survey_years(work->years);
    framer_reset(work->framer);
    normaliser_reset(work->normaliser, &hint);
    if (!load_take_source(work, start.embedded, error))
        return load_finish_source(work, NULL, error);
    if (error->code != ERROR_INPUT)
        return -1;
    return load_finish_source(work, error->message, error);
}

int load_record_failure(struct work *work, const char *reason, struct error *error)
{
    struct load *load = work->load;
    struct source_start start = {
        .path = load->files.entries[work->file].path,
        .member = work->member,
        .options = "",
        .loaded_by = load->options.analyst,
        .host = load->options.host,
        .packing = "",
    };
    enum source_known known;
    struct source_progress progress;
    if (store_begin_source(load->store, &start, NULL, &known, &work->source, &progress,
                           error))
        return -1;
    if (known != SOURCE_DUPLICATE) {
        struct source_end end = {.status = "failed", .reason = reason};
        if (store_append(load->store, work->source, work->batch, &work->tally.progress,
                         &end, error))
            return -1;
    }
    load_tell_result(work, "failed", reason, false);
    return 0;
}

/* Standard input is kept in an unlinked file, so that it is read like any other. */
static int spool_stdin(struct error *error)
{
    FILE *spool = tmpfile();
    if (!spool)
        return error_set(error, ERROR_INPUT, "standard input cannot be kept: no room");
    char buffer[64 * 1024];
    int result = -1;
    for (;;) {
        ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            error_set(error, ERROR_INPUT, "standard input cannot be read");
        if (got <= 0) {
            result = got == 0 && !fflush(spool) ? dup(fileno(spool)) : -1;
            break;
        }
        if (fwrite(buffer, 1, (size_t)got, spool) != (size_t)got) {
            error_set(error, ERROR_INPUT, "standard input cannot be kept: disk full");
            break;
        }
    }
    fclose(spool);
    return result;
}

static int open_entry(const struct path_entry *entry, struct error *error)
{
    if (entry->is_stdin)
        return spool_stdin(error);
    int descriptor = open(entry->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) {
        char text[128] = "";
        (void)strerror_r(errno, text, sizeof text);
        return error_set(error, ERROR_INPUT, "%s", text);
    }
    return descriptor;
}

/* A source of this size is there already: its hash may save the load. */
static int hash_if_doubtful(struct work *work, bool always, struct error *error)
{
    if (source_reader_sha256(work->reader) ||
        (!always &&
         !store_has_size(work->load->store, source_reader_bytes(work->reader))))
        return 0;
    return source_reader_hash_first(work->reader, error);
}

/* Whether the file is a later version of a source. */
static int look_for_growth(struct work *work, int descriptor, struct error *error)
{
    struct load *load = work->load;
    const struct path_entry *entry = &load->files.entries[work->file];
    struct stat status;
    if (entry->is_stdin || fstat(descriptor, &status) || !S_ISREG(status.st_mode))
        return 0;
    work->head = growth_head(descriptor);
    if (growth_find(load->store, descriptor, (uint64_t)status.st_size, entry->path,
                    work->head, &work->growth, error))
        return -1;
    /* The whole content decides, as for any other file. */
    if (work->growth.kind == GROWTH_SAME)
        work->growth = (struct growth_found){.kind = GROWTH_NONE};
    return 0;
}

static int note_part(struct work *work, int descriptor, struct error *error)
{
    struct load *load = work->load;
    close(descriptor);
    if (store_note_alias(load->store, work->growth.source,
                         load->files.entries[work->file].path, error))
        return -1;
    load_tell_result(work, "done", "the beginning of a source that is in the case",
                     true);
    return 0;
}

static bool merge_stopped(void *payload)
{
    return work_stopped(payload);
}

/* What another case holds is taken over; the file itself is no source. */
static int take_case(struct work *work, struct error *error)
{
    struct load *load = work->load;
    const struct load_options *options = &load->options;
    struct analyst who = {slice_from(options->analyst), slice_from(options->host)};
    struct merge merge = {
        .store = load->store,
        .batch = work->batch,
        .who = &who,
        .now_us = options->now_us,
        .stopped = merge_stopped,
        .payload = work,
    };
    if (!merge_case(&merge, load->files.entries[work->file].path, error)) {
        char reason[REASON_MAX];
        snprintf(reason, sizeof reason,
                 "a case: %llu sources were new, %llu are known already",
                 (unsigned long long)merge.sources, (unsigned long long)merge.known);
        load_tell_result(work, "merged", reason, false);
        return 0;
    }
    event_batch_reset(work->batch);
    char reason[sizeof error->message];
    memcpy(reason, error->message, sizeof reason);
    return error->code == ERROR_INPUT ? load_record_failure(work, reason, error) : -1;
}

int load_file(struct work *work, struct error *error)
{
    struct load *load = work->load;
    const struct path_entry *entry = &load->files.entries[work->file];
    if (entry->followed)
        return 0;
    load_start_progress(work);
    if (entry->reason)
        return load_record_failure(work, entry->reason, error);
    int descriptor = open_entry(entry, error);
    if (descriptor >= 0 && entry->named && merge_is_case(descriptor)) {
        close(descriptor);
        return take_case(work, error);
    }
    if (descriptor >= 0 && look_for_growth(work, descriptor, error)) {
        close(descriptor);
        return -1;
    }
    if (work->growth.kind == GROWTH_PART)
        return note_part(work, descriptor, error);
    if (descriptor < 0 ||
        source_reader_open(work->reader, descriptor, !load->options.no_hash, error)) {
        char reason[sizeof error->message];
        memcpy(reason, error->message, sizeof reason);
        return load_record_failure(work, reason, error);
    }
    bool archive = source_reader_is_archive(work->reader);
    if (hash_if_doubtful(work, entry->is_stdin || archive, error))
        return load_record_failure(work, error->message, error);
    if (!entry->is_stdin && !source_reader_sha256(work->reader))
        growth_sample(descriptor, source_reader_bytes(work->reader), work->sample);
    take_off(work, source_reader_sha256(work->reader));
    /* Again: another worker may just have landed with the same content. */
    int result = hash_if_doubtful(work, false, error)
                     ? load_record_failure(work, error->message, error)
                     : load_opened(work, error);
    land(work);
    source_reader_close(work->reader);
    return result;
}

/* --- the thread ---------------------------------------------------------------- */

static bool next_file(struct work *work)
{
    struct load *load = work->load;
    work->member = "";
    work->ordinal = work->bytes_told = 0;
    pthread_mutex_lock(&load->mutex);
    work->file = load->next_file;
    bool found = work->file < load->files.count;
    load->next_file += found;
    pthread_mutex_unlock(&load->mutex);
    return found && !work_stopped(work);
}

bool load_equip(struct work *work, struct load *load, unsigned number)
{
    *work = (struct work){.load = load, .number = number, .member = ""};
    arena_init(&work->facts);
    work->reader = source_reader_new(READER_LOADS);
    work->framer = framer_new(load->projection);
    work->normaliser = normaliser_new();
    work->unfolder =
        work->normaliser ? unfolder_new(load->projection, work->normaliser) : NULL;
    work->detector = detector_new(load->options.rules);
    work->batch = event_batch_new();
    work->slots =
        calloc(json_projection_slot_count(load->projection), sizeof *work->slots);
    return work->reader && work->framer && work->unfolder && work->detector &&
           work->batch && work->slots;
}

void load_disband(struct work *work)
{
    free(work->room);
    free(work->slots);
    date_survey_free(work->years);
    event_batch_free(work->batch);
    detector_free(work->detector);
    unfolder_free(work->unfolder);
    normaliser_free(work->normaliser);
    framer_free(work->framer);
    source_reader_free(work->reader);
    arena_fini(&work->facts);
}

void *load_worker_run(void *payload)
{
    struct load_worker *worker = payload;
    struct work work;
    struct error error = {0};
    if (!load_equip(&work, worker->load, worker->number)) {
        error_set(&error, ERROR_MEMORY, "no memory for the loading buffers");
        load_fail(work.load, &error);
    } else {
        while (next_file(&work)) {
            int result = load_file(&work, &error);
            load_end_file(&work);
            if (result) {
                if (error.code != ERROR_INTERRUPTED)
                    load_fail(work.load, &error);
                break;
            }
        }
    }
    load_help(&work);
    load_disband(&work);
    return NULL;
}
