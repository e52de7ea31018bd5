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
#include "db/raw_portions.h"
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

struct search {
    struct case_file *handle;
    pcre2_code *pattern;
    size_t needle_length;
    struct raw_portions portions;
    /* Of the caller's thread: */
    sqlite3_stmt *beat;
    const struct query_progress *progress; /* may be NULL */
    size_t listed;                         /* places in the last list */
    int64_t list_at_us;                    /* when the next one is due */
    /* Under the lock: */
    pthread_mutex_t lock;
    pthread_cond_t step;
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

/* The portion of the source that the reader is at; windows overlap by less than the
 * text. */
static bool search_reader(struct searcher *searcher, int64_t source,
                          const struct raw_portion *portion)
{
    struct source_window window = {.state = SOURCE_MORE};
    size_t overlap = searcher->search->needle_length - 1;
    struct error ignored = {0};
    uint64_t searched = portion->from, end = searched, needed = portion->to + overlap;
    if (searched && !source_reader_seek(searcher->reader, searched))
        return false;
    while (window.state == SOURCE_MORE && end < needed) {
        size_t keep = window.length > overlap ? window.length - overlap : 0;
        if (source_reader_next(searcher->reader, keep, &window, &ignored))
            return false;
        end = window.base + window.length;
        uint64_t to = portion->to < end ? portion->to : end;
        struct slice bytes = {window.data, window.length};
        if (end > needed)
            bytes.length = (size_t)(needed - window.base);
        if (!search_bytes(searcher, source, bytes, window.base))
            return true;
        atomic_fetch_add(&searcher->search->bytes, to - searched);
        searched = to;
    }
    return window.state == SOURCE_WHOLE || end >= needed;
}

/* --- files ------------------------------------------------------------------------ */

static void search_source(struct searcher *searcher, struct raw_wanted *wanted,
                          const struct raw_portion *portion)
{
    if (search_reader(searcher, wanted->source, portion))
        raw_portions_read(&searcher->search->portions, wanted);
}

static void search_members(struct searcher *searcher, const struct raw_portion *portion)
{
    struct source_member member;
    struct error ignored = {0};
    while (!atomic_load(&searcher->search->stop) &&
           source_reader_next_member(searcher->reader, &member, &ignored) > 0) {
        struct raw_wanted *found =
            member.failure ? NULL : raw_portion_member(portion, member.name);
        if (found)
            search_source(searcher, found, portion);
    }
}

static void search_portion(struct searcher *searcher, const struct raw_portion *portion)
{
    struct error ignored = {0};
    if (source_reopen(searcher->reader, portion->first->path, "", false, &ignored) <= 0)
        return;
    if (source_reader_is_archive(searcher->reader))
        search_members(searcher, portion);
    else
        search_source(searcher, portion->first, portion);
    source_reader_close(searcher->reader);
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
    struct raw_portion portion;
    bool ready = searcher.reader && searcher.match;
    while (ready && !atomic_load(&search->stop) && !atomic_load(&search->full) &&
           raw_portions_take(&search->portions, &portion)) {
        search_portion(&searcher, &portion);
        tell_step(search, portion.ends, false);
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
    out->sources = search->portions.count;
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
        progress->step(progress->payload, done, search->portions.count);
    if (progress && progress->found && tell_found(search, error))
        return -1;
    int code = sqlite3_step(search->beat);
    sqlite3_reset(search->beat);
    return code == SQLITE_INTERRUPT ? error_set(error, ERROR_INTERRUPTED, "stopped")
                                    : 0;
}

/* --- what the case keeps itself ------------------------------------------------ */

static int search_embedded(struct searcher *searcher, struct raw_wanted *wanted,
                           char *buffer, struct error *error)
{
    struct search *search = searcher->search;
    size_t overlap = search->needle_length - 1, got;
    uint64_t offset = 0;
    bool more = true;
    int result = 0;
    while (more && !result) {
        struct error ignored = {0};
        wanted->unread = embedded_read(search->handle, wanted->source, offset, buffer,
                                       EMBEDDED_STEP, &got, &ignored) != 0;
        more = !wanted->unread &&
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
    for (size_t i = 0; !result && i < search->portions.count; i++)
        if (search->portions.wanted[i].embedded)
            result =
                search_embedded(&searcher, &search->portions.wanted[i], buffer, error);
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
    int result = raw_portions_init(&search.portions, handle, arena, error);
    if (!result)
        result = compile(&search, needle, error);
    if (!result)
        result = search_held(&search, threads, error);
    if (!result)
        result = raw_places_events(handle, search.places, search.place_count,
                                   LIMIT_SEARCH_EVENTS, arena, &out->events, error);
    sum_up(&search, out);
    for (size_t i = 0; i < search.portions.count; i++)
        out->unread += search.portions.wanted[i].unread && !out->more;
    pcre2_code_free(search.pattern);
    pthread_mutex_destroy(&search.lock);
    pthread_cond_destroy(&search.step);
    free(search.places);
    raw_portions_fini(&search.portions);
    return result;
}
