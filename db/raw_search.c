#define PCRE2_CODE_UNIT_WIDTH 8
#include "config.h"

#include "db/raw_search.h"

#include <pcre2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "db/embedded.h"
#include "db/raw_places.h"
#include "db/source_reopen.h"
#include "db/statement.h"

enum {
    BEAT_MS = 10,
    EMBEDDED_STEP = 1024 * 1024,
    /* What was found so far is listed again after so many times what it took, and not
     * before so long. */
    LIST_PAUSE = 10,
    LIST_US = 100000,
};

/* A source as it is to be read; those of one file follow each other. */
struct wanted {
    int64_t source;
    const char *path, *member;
    bool embedded, read;
};

struct search {
    struct case_file *handle;
    pcre2_code *pattern;
    size_t needle_length;
    struct wanted *wanted;
    size_t wanted_count;
    /* Of the caller's thread: */
    sqlite3_stmt *beat;
    const struct query_progress *progress; /* may be NULL */
    size_t listed;                         /* places in the last list */
    int64_t list_at_us;                    /* when the next one is due */
    /* Under the lock: */
    pthread_mutex_t lock;
    pthread_cond_t step;
    size_t next; /* file that nobody has taken */
    size_t done, running;
    struct raw_place *places;
    size_t place_count, place_room;
    bool no_memory;
    atomic_bool stop, full;
    atomic_uint_fast64_t bytes;
};

/* What one thread searches with. */
struct searcher {
    struct search *search;
    struct source_reader *reader;
    pcre2_match_data *match;
};

/* --- bytes ------------------------------------------------------------------------ */

static bool note_place(struct search *search, int64_t source, uint64_t offset)
{
    pthread_mutex_lock(&search->lock);
    if (search->place_count == search->place_room) {
        size_t room = search->place_room ? 2 * search->place_room : 1024;
        void *places = realloc(search->places, room * sizeof *search->places);
        search->no_memory = !places;
        if (places) {
            search->places = places;
            search->place_room = room;
        }
    }
    if (!search->no_memory)
        search->places[search->place_count++] = (struct raw_place){source, offset};
    if (search->place_count >= LIMIT_SEARCH_PLACES)
        atomic_store(&search->full, true);
    if (search->no_memory)
        atomic_store(&search->stop, true);
    pthread_mutex_unlock(&search->lock);
    return !atomic_load(&search->full) && !atomic_load(&search->stop);
}

/* All places in bytes that begin at `base`; false: it is enough. */
static bool search_bytes(struct searcher *searcher, int64_t source, struct slice bytes,
                         uint64_t base)
{
    struct search *search = searcher->search;
    size_t at = 0;
    while (at + search->needle_length <= bytes.length) {
        if (pcre2_match(search->pattern, (PCRE2_SPTR)bytes.data, bytes.length, at, 0,
                        searcher->match, NULL) < 0)
            break;
        size_t found = pcre2_get_ovector_pointer(searcher->match)[0];
        if (!note_place(search, source, base + found))
            return false;
        at = found + search->needle_length;
    }
    return !atomic_load(&search->stop);
}

/* What the reader is at, to its end; windows overlap by less than the text. */
static bool search_reader(struct searcher *searcher, int64_t source)
{
    struct source_window window = {.state = SOURCE_MORE};
    size_t overlap = searcher->search->needle_length - 1;
    struct error ignored = {0};
    uint64_t searched = 0;
    while (window.state == SOURCE_MORE) {
        size_t keep = window.length > overlap ? window.length - overlap : 0;
        if (source_reader_next(searcher->reader, keep, &window, &ignored))
            return false;
        if (!search_bytes(searcher, source, (struct slice){window.data, window.length},
                          window.base))
            return true;
        uint64_t end = window.base + window.length;
        atomic_fetch_add(&searcher->search->bytes, end - searched);
        searched = end;
    }
    return window.state == SOURCE_WHOLE;
}

/* --- files ------------------------------------------------------------------------ */

static bool same_file(const struct wanted *a, const struct wanted *b)
{
    return !a->embedded && !b->embedded && !strcmp(a->path, b->path);
}

/* The first of those of this name that was not read yet. */
static struct wanted *member_wanted(struct wanted *first, size_t count,
                                    const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!first[i].read && !strcmp(first[i].member, name))
            return &first[i];
    return NULL;
}

static void search_members(struct searcher *searcher, struct wanted *first,
                           size_t count)
{
    struct source_member member;
    struct error ignored = {0};
    while (!atomic_load(&searcher->search->stop) &&
           source_reader_next_member(searcher->reader, &member, &ignored) > 0) {
        struct wanted *found =
            member.failure ? NULL : member_wanted(first, count, member.name);
        if (found)
            found->read = search_reader(searcher, found->source);
    }
}

static void search_file(struct searcher *searcher, struct wanted *first, size_t count)
{
    struct error ignored = {0};
    if (source_reopen(searcher->reader, first->path, "", false, &ignored) <= 0)
        return;
    if (source_reader_is_archive(searcher->reader))
        search_members(searcher, first, count);
    else
        first->read = search_reader(searcher, first->source);
    source_reader_close(searcher->reader);
}

/* The next file and how many sources are in it; 0: there is none. */
static size_t take_file(struct search *search, struct wanted **first)
{
    size_t count = 0;
    pthread_mutex_lock(&search->lock);
    while (search->next < search->wanted_count && search->wanted[search->next].embedded)
        search->next++;
    *first = search->wanted + search->next;
    while (search->next + count < search->wanted_count &&
           same_file(*first, *first + count))
        count++;
    search->next += count;
    pthread_mutex_unlock(&search->lock);
    return count;
}

static void tell_step(struct search *search, size_t done, bool ends)
{
    pthread_mutex_lock(&search->lock);
    search->done += done;
    search->running -= ends;
    pthread_cond_signal(&search->step);
    pthread_mutex_unlock(&search->lock);
}

static void *run(void *argument)
{
    struct search *search = argument;
    struct searcher searcher = {search, source_reader_new(READER_LOADS),
                                pcre2_match_data_create(1, NULL)};
    struct wanted *first;
    size_t count;
    bool ready = searcher.reader && searcher.match;
    while (ready && !atomic_load(&search->stop) && !atomic_load(&search->full) &&
           (count = take_file(search, &first))) {
        search_file(&searcher, first, count);
        tell_step(search, count, false);
    }
    source_reader_free(searcher.reader);
    pcre2_match_data_free(searcher.match);
    tell_step(search, 0, true);
    return NULL;
}

/* --- what the caller is told ------------------------------------------------------ */

static void sum_up(const struct search *search, struct raw_search_list *out)
{
    out->bytes = atomic_load(&search->bytes);
    out->sources = search->wanted_count;
    out->more = atomic_load(&search->full);
}

static int64_t clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* The places that are known by now, from malloc; NULL: no new ones, or no memory. */
static struct raw_place *new_places(struct search *search)
{
    struct raw_place *copy = NULL;
    pthread_mutex_lock(&search->lock);
    size_t bytes = search->place_count * sizeof *copy;
    if (search->place_count > search->listed)
        copy = malloc(bytes);
    if (copy) {
        memcpy(copy, search->places, bytes);
        search->listed = search->place_count;
    }
    pthread_mutex_unlock(&search->lock);
    return copy;
}

static int tell_found(struct search *search, struct error *error)
{
    int64_t begin_us = clock_us();
    struct raw_place *places =
        begin_us < search->list_at_us ? NULL : new_places(search);
    if (!places)
        return 0;
    struct raw_search_list list = {.bytes = 0};
    struct arena arena;
    arena_init(&arena);
    sum_up(search, &list);
    int result = raw_places_events(search->handle, places, search->listed,
                                   LIMIT_SEARCH_EVENTS, &arena, &list.events, error);
    free(places);
    if (result)
        arena_fini(&arena);
    else
        search->progress->found(search->progress->payload, &list, &arena);
    int64_t end_us = clock_us(), pause_us = LIST_PAUSE * (end_us - begin_us);
    search->list_at_us = end_us + (pause_us > LIST_US ? pause_us : LIST_US);
    return result;
}

/* How far it is, what was found, and whether it was interrupted meanwhile: one more
 * step of a statement tells. */
static int tell(struct search *search, struct error *error)
{
    const struct query_progress *progress = search->progress;
    pthread_mutex_lock(&search->lock);
    uint64_t done = search->done;
    pthread_mutex_unlock(&search->lock);
    if (progress)
        progress->step(progress->payload, done, search->wanted_count);
    if (progress && progress->found && tell_found(search, error))
        return -1;
    int code = sqlite3_step(search->beat);
    sqlite3_reset(search->beat);
    return code == SQLITE_INTERRUPT ? error_set(error, ERROR_INTERRUPTED, "stopped")
                                    : 0;
}

/* --- what the case keeps itself ------------------------------------------------ */

static int search_embedded(struct searcher *searcher, struct wanted *wanted,
                           char *buffer, struct error *error)
{
    struct search *search = searcher->search;
    size_t overlap = search->needle_length - 1, got;
    uint64_t offset = 0;
    bool more = true;
    int result = 0;
    while (more && !result) {
        struct error ignored = {0};
        wanted->read = !embedded_read(search->handle, wanted->source, offset, buffer,
                                      EMBEDDED_STEP, &got, &ignored);
        more = wanted->read &&
               search_bytes(searcher, wanted->source, (struct slice){buffer, got},
                            offset) &&
               got == EMBEDDED_STEP;
        size_t searched = more ? got - overlap : got;
        atomic_fetch_add(&search->bytes, searched);
        offset += searched;
        if (!more)
            tell_step(search, 1, false);
        result = tell(search, error);
    }
    return result;
}

static int search_kept(struct search *search, struct error *error)
{
    struct searcher searcher = {.search = search,
                                .match = pcre2_match_data_create(1, NULL)};
    char *buffer = malloc(EMBEDDED_STEP);
    int result = searcher.match && buffer
                     ? 0
                     : error_set(error, ERROR_MEMORY, "no memory to search");
    for (size_t i = 0; !result && i < search->wanted_count; i++)
        if (search->wanted[i].embedded)
            result = search_embedded(&searcher, &search->wanted[i], buffer, error);
    pcre2_match_data_free(searcher.match);
    free(buffer);
    return result;
}

/* --- threads ---------------------------------------------------------------------- */

/* Waits for a step of the threads, not longer than a beat; false: all have ended. */
static bool wait_for_step(struct search *search)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += BEAT_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&search->lock);
    if (search->running)
        pthread_cond_timedwait(&search->step, &search->lock, &until);
    bool running = search->running > 0;
    pthread_mutex_unlock(&search->lock);
    return running;
}

static int search_all(struct search *search, unsigned threads, struct error *error)
{
    pthread_t running[LIMIT_SEARCH_THREADS];
    unsigned started = 0;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (!threads)
        threads = processors > 0 ? (unsigned)processors : 1;
    if (threads > LIMIT_SEARCH_THREADS)
        threads = LIMIT_SEARCH_THREADS;
    search->running = threads;
    while (started < threads && !pthread_create(&running[started], NULL, run, search))
        started++;
    for (unsigned i = started; i < threads; i++)
        tell_step(search, 0, true);
    int result = started ? search_kept(search, error)
                         : error_set(error, ERROR_MEMORY, "no thread to search");
    while (!result && wait_for_step(search))
        result = tell(search, error);
    if (result)
        atomic_store(&search->stop, true);
    for (unsigned i = 0; i < started; i++)
        pthread_join(running[i], NULL);
    if (!result && search->no_memory)
        result = error_set(error, ERROR_MEMORY, "no memory for what was found");
    return result;
}

/* --- the search ---------------------------------------------------------------- */

static int add_wanted(struct search *search, sqlite3_stmt *row, struct arena *arena)
{
    if (!(search->wanted_count & (search->wanted_count + 1))) {
        size_t room = 2 * (search->wanted_count + 1);
        void *more = realloc(search->wanted, room * sizeof *search->wanted);
        if (!more)
            return -1;
        search->wanted = more;
    }
    /* statement_text ends its texts with a NUL. */
    const struct wanted wanted = {
        .source = sqlite3_column_int64(row, 0),
        .path = statement_text(row, 1, arena).data,
        .member = statement_text(row, 2, arena).data,
        .embedded = sqlite3_column_int(row, 3) != 0,
    };
    if (!wanted.path || !wanted.member)
        return -1;
    search->wanted[search->wanted_count++] = wanted;
    return 0;
}

static int list_wanted(struct search *search, struct arena *arena, struct error *error)
{
    sqlite3_stmt *rows = statement_prepare(
        search->handle,
        SLICE("SELECT id, path, member, embedded FROM source"
              " WHERE records > 0 AND doubled = 0 ORDER BY path, member, id"),
        error);
    int code = SQLITE_DONE;
    bool room = true;
    if (!rows)
        return -1;
    while (room && (code = sqlite3_step(rows)) == SQLITE_ROW)
        room = !add_wanted(search, rows, arena);
    if (statement_end(search->handle, rows, code, "listing the sources", error))
        return -1;
    return room ? 0 : error_set(error, ERROR_MEMORY, "no memory for the sources");
}

static int compile(struct search *search, struct slice needle, struct error *error)
{
    int code;
    PCRE2_SIZE at;
    search->needle_length = needle.length;
    if (!needle.length || needle.length > LIMIT_SEARCH_TEXT)
        return error_set(error, ERROR_SYNTAX,
                         "a text of 1 to %d bytes can be searched for",
                         LIMIT_SEARCH_TEXT);
    search->pattern = pcre2_compile((PCRE2_SPTR)needle.data, needle.length,
                                    PCRE2_LITERAL | PCRE2_CASELESS, &code, &at, NULL);
    if (!search->pattern)
        return error_set(error, ERROR_MEMORY, "the text cannot be searched for");
    /* Without executable memory the interpreter does it, more slowly. */
    pcre2_jit_compile(search->pattern, PCRE2_JIT_COMPLETE);
    return 0;
}

/* `hold` is open all the time: an interrupt lasts until no statement runs, and stops
 * the end of a transaction as well. */
static int search_held(struct search *search, unsigned threads, struct error *error)
{
    sqlite3 *db = search->handle->db;
    sqlite3_stmt *hold =
        statement_prepare(search->handle, SLICE("SELECT 1 UNION ALL SELECT 2"), error);
    int result = -1;
    search->beat =
        hold ? statement_prepare(search->handle, SLICE("SELECT 1"), error) : NULL;
    if (search->beat && sqlite3_step(hold) == SQLITE_ROW)
        result = search_all(search, threads, error);
    sqlite3_finalize(search->beat);
    sqlite3_finalize(hold);
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

int raw_search(struct case_file *handle, struct slice needle, unsigned threads,
               const struct query_progress *progress, struct arena *arena,
               struct raw_search_list *out, struct error *error)
{
    struct search search = {.handle = handle, .progress = progress};
    *out = (struct raw_search_list){.bytes = 0};
    pthread_mutex_init(&search.lock, NULL);
    pthread_cond_init(&search.step, NULL);
    int result = compile(&search, needle, error);
    if (!result)
        result = list_wanted(&search, arena, error);
    if (!result)
        result = search_held(&search, threads, error);
    if (!result)
        result = raw_places_events(handle, search.places, search.place_count,
                                   LIMIT_SEARCH_EVENTS, arena, &out->events, error);
    sum_up(&search, out);
    for (size_t i = 0; i < search.wanted_count; i++)
        out->unread += !search.wanted[i].read && !out->more;
    pcre2_code_free(search.pattern);
    pthread_mutex_destroy(&search.lock);
    pthread_cond_destroy(&search.step);
    free(search.places);
    free(search.wanted);
    return result;
}
