#include "config.h"

#include "db/load_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/form.h"

void load_fail(struct load *load, const struct error *error)
{
    pthread_mutex_lock(&load->mutex);
    if (load->error.code == ERROR_NONE)
        load->error = *error;
    pthread_mutex_unlock(&load->mutex);
    atomic_store(&load->stop, true);
}

/* The case and the files that SQLite and the lock keep beside it. */
static void exclude_case(struct load *load)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal", "-lock"};
    char path[4096];
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        struct stat status;
        int length = snprintf(path, sizeof path, "%s%s", load->case_path, endings[i]);
        if (length > 0 && (size_t)length < sizeof path && !stat(path, &status)) {
            load->exclusions[load->exclusion_count++] =
                (struct path_exclusion){status.st_dev, status.st_ino};
        }
    }
}

static int list_files(struct load *load, struct error *error)
{
    exclude_case(load);
    if (path_list_fill(&load->files, (const char *const *)load->paths, load->path_count,
                       load->exclusions, load->exclusion_count, error))
        return -1;
    pthread_mutex_lock(&load->mutex);
    load->totals.files = load->files.count;
    load->totals.bytes = load->files.bytes;
    load->totals.listing = false;
    pthread_mutex_unlock(&load->mutex);
    return 0;
}

size_t load_add_file(struct load *load, const char *path)
{
    size_t at = SIZE_MAX;
    pthread_mutex_lock(&load->mutex);
    size_t count = load->files.count;
    if (path_list_add(&load->files, path)) {
        load->totals.files++;
        at = count;
    }
    pthread_mutex_unlock(&load->mutex);
    return at;
}

static unsigned worker_count(const struct load *load)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned count = load->options.workers;
    if (!count)
        count = processors > 0 ? (unsigned)processors : 1;
    uint64_t useful = load->files.count + load->files.bytes / PART_BYTES;
    if (count > useful)
        count = useful ? (unsigned)useful : 1;
    return count < LOAD_WORKERS_MAX ? count : LOAD_WORKERS_MAX;
}

static void run_workers(struct load *load)
{
    struct load_worker workers[LOAD_WORKERS_MAX];
    unsigned count = worker_count(load), started = 0;
    load->busy = count;
    for (; started < count; started++) {
        workers[started] = (struct load_worker){.load = load, .number = started};
        if (pthread_create(&workers[started].thread, NULL, load_worker_run,
                           &workers[started]))
            break;
    }
    if (!started) {
        struct error error;
        error_set(&error, ERROR_MEMORY, "no thread could be started");
        load_fail(load, &error);
    }
    pthread_mutex_lock(&load->mutex);
    load->busy -= count - started;
    pthread_cond_broadcast(&load->help);
    pthread_mutex_unlock(&load->mutex);
    for (unsigned i = 0; i < started; i++)
        pthread_join(workers[i].thread, NULL);
}

static void close_store(struct load *load)
{
    struct error error = {0};
    if (!load->store)
        return;
    if (load->error.code == ERROR_CASE)
        store_abandon(load->store);
    else if (store_close(load->store, &error))
        load_fail(load, &error);
    load->store = NULL;
}

/* What appears while the files are listed is told by the watches made before. */
static int follow_all(struct load *load, struct error *error)
{
    struct follower *follower = follow_new(load, error);
    if (!follower)
        return -1;
    int result = list_files(load, error);
    if (!result) {
        follow_choose(load);
        run_workers(load);
        result = atomic_load(&load->stop) ? 0 : follow_run(follower, error);
    }
    follow_free(follower);
    return result;
}

static void *coordinate(void *payload)
{
    struct load *load = payload;
    struct error error = {0};
    int result =
        load->options.follow ? follow_all(load, &error) : list_files(load, &error);
    if (result)
        load_fail(load, &error);
    else if (!load->options.follow)
        run_workers(load);
    close_store(load);
    pthread_mutex_lock(&load->mutex);
    atomic_store(&load->finished, true);
    pthread_cond_broadcast(&load->ended);
    pthread_mutex_unlock(&load->mutex);
    if (load->changed)
        load->changed(load->payload);
    return NULL;
}

static void load_free(struct load *load)
{
    for (size_t i = 0; i < load->path_count; i++)
        free(load->paths[i]);
    free(load->paths);
    for (size_t i = 0; i < load->results.count; i++) {
        struct load_source_result *told = &load->results.items[i].told;
        free((char *)told->member);
        free((char *)told->status);
        free((char *)told->reason);
    }
    free(load->results.items);
    path_list_fini(&load->files);
    json_projection_free(load->projection);
    case_close(load->handle);
    free(load->case_path);
    if (load->wake >= 0)
        close(load->wake);
    pthread_mutex_destroy(&load->mutex);
    pthread_mutex_destroy(&load->ending);
    pthread_cond_destroy(&load->flight_landed);
    pthread_cond_destroy(&load->help);
    pthread_cond_destroy(&load->ended);
    free(load);
}

static int copy_paths(struct load *load, const char *const *paths, size_t count)
{
    load->paths = calloc(count ? count : 1, sizeof *load->paths);
    if (!load->paths)
        return -1;
    for (; load->path_count < count; load->path_count++) {
        if (!(load->paths[load->path_count] = strdup(paths[load->path_count])))
            return -1;
    }
    return 0;
}

static int prepare(struct load *load, const char *case_path, const char *const *paths,
                   size_t count, struct error *error)
{
    load->case_path = strdup(case_path);
    if (!load->case_path || copy_paths(load, paths, count))
        return error_set(error, ERROR_MEMORY, "no memory to start loading");
    load->projection = form_projection_new(error);
    if (!load->projection)
        return -1;
    load->handle = case_open(case_path, CASE_WRITE, error);
    if (!load->handle)
        return -1;
    load->store = store_open(load->handle, error);
    return load->store ? 0 : -1;
}

struct load *load_start(const char *case_path, const char *const *paths, size_t count,
                        const struct load_options *options,
                        void (*changed)(void *payload), void *payload,
                        struct error *error)
{
    struct load *load = calloc(1, sizeof *load);
    if (!load) {
        error_set(error, ERROR_MEMORY, "no memory to start loading");
        return NULL;
    }
    load->options = *options;
    load->changed = changed;
    load->payload = payload;
    load->totals.listing = true;
    load->wake = options->follow ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
    pthread_mutex_init(&load->mutex, NULL);
    pthread_mutex_init(&load->ending, NULL);
    pthread_cond_init(&load->flight_landed, NULL);
    pthread_cond_init(&load->help, NULL);
    pthread_cond_init(&load->ended, NULL);
    if (!prepare(load, case_path, paths, count, error)) {
        if (!pthread_create(&load->coordinator, NULL, coordinate, load))
            return load;
        error_set(error, ERROR_MEMORY, "no thread could be started");
    }
    if (load->store)
        store_abandon(load->store);
    load_free(load);
    return NULL;
}

void load_totals(struct load *load, struct load_totals *out)
{
    pthread_mutex_lock(&load->mutex);
    *out = load->totals;
    pthread_mutex_unlock(&load->mutex);
}

bool load_finished(struct load *load)
{
    return atomic_load(&load->finished);
}

bool load_wait(struct load *load, unsigned milliseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += (long)(milliseconds % 1000) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    pthread_mutex_lock(&load->mutex);
    int result = 0;
    while (!atomic_load(&load->finished) && !result)
        result = pthread_cond_timedwait(&load->ended, &load->mutex, &until);
    pthread_mutex_unlock(&load->mutex);
    return atomic_load(&load->finished);
}

void load_stop(struct load *load)
{
    atomic_store(&load->stop, true);
    uint64_t one = 1;
    ssize_t ignored = load->wake < 0 ? 0 : write(load->wake, &one, sizeof one);
    (void)ignored;
}

static int by_place(const void *a, const void *b)
{
    const struct load_result *left = a, *right = b;
    if (left->file != right->file)
        return left->file < right->file ? -1 : 1;
    return left->ordinal < right->ordinal ? -1 : left->ordinal > right->ordinal;
}

int load_join(struct load *load, struct load_totals *totals,
              void (*each)(const struct load_source_result *result, void *payload),
              void *payload, struct error *error)
{
    pthread_join(load->coordinator, NULL);
    if (totals)
        *totals = load->totals;
    struct load_results *results = &load->results;
    if (results->count)
        qsort(results->items, results->count, sizeof *results->items, by_place);
    for (size_t i = 0; each && i < results->count; i++) {
        const struct load_source_result *told = &results->items[i].told;
        if (told->member && told->status && told->reason)
            each(told, payload);
    }
    int result = 0;
    if (load->error.code != ERROR_NONE) {
        if (error)
            *error = load->error;
        result = -1;
    } else if (atomic_load(&load->stop)) {
        result = error_set(error, ERROR_INTERRUPTED,
                           "loading was stopped; what was committed is kept");
    }
    load_free(load);
    return result;
}
