/* The search of raw records while it goes on; what it finds is tests/cli/search.sh. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sys/types.h>
#include <unistd.h>

#include "db/raw_portions.h"
#include "db/raw_search.h"
#include "store_bed.h"

enum { PIECE = 1024 * 1024, BYTES = 3 * PIECE - 1000, RECORD = 100 };

#define NEEDLE "vni 4711"

/* Bytes that the case keeps itself, 1 MiB of which are searched at a time, with a
 * record at each of these; the second one's text lies across two pieces. */
static const uint64_t records[] = {500, PIECE - 50, 2 * PIECE + 100};
static const uint64_t texts[] = {520, PIECE - 4, 2 * PIECE + 110};

static void keep_bytes(struct bed *bed)
{
    int64_t source;
    char *bytes = malloc(BYTES), actor[64];
    assert_non_null(bytes);
    memset(bytes, '.', BYTES);
    bed_begin(bed, "-", BYTES, "aa", &source, NULL);
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        struct event event;
        bed_event(&event, i, actor);
        memcpy(bytes + texts[i], NEEDLE, strlen(NEEDLE));
        bed_add(bed, bed->batch, source, &event, records[i], RECORD);
    }
    assert_int_equal(event_batch_embed(bed->batch, 0, (struct slice){bytes, BYTES}), 0);
    bed_finish(bed, source, "aa", BYTES);
    bed_flush(bed);
    bed_run(bed, "UPDATE source SET embedded = 1");
    free(bytes);
}

/* What the search told, and where it is to be interrupted. */
struct listener {
    struct bed *bed;
    bool stop_at_step, stop_at_found;
    uint64_t steps, lists, first_total;
};

static void hear_step(void *payload, uint64_t done, uint64_t all)
{
    struct listener *listener = payload;
    assert_true(done <= all);
    listener->steps++;
    if (listener->stop_at_step)
        sqlite3_interrupt(listener->bed->handle->db);
}

static void hear_found(void *payload, const struct raw_search_list *list,
                       struct arena *arena)
{
    struct listener *listener = payload;
    if (!listener->lists++)
        listener->first_total = list->events.total;
    assert_int_equal(list->events.count, list->events.total);
    assert_int_equal(list->events.rows[0].place.offset, records[0]);
    arena_fini(arena);
    if (listener->stop_at_found)
        sqlite3_interrupt(listener->bed->handle->db);
}

static int search(struct listener *listener, struct raw_search_list *list,
                  struct error *error)
{
    const struct query_progress progress = {hear_step, hear_found, listener};
    struct bed *bed = listener->bed;
    return raw_search(bed->handle, SLICE(NEEDLE), 1, &progress, &bed->arena, list,
                      error);
}

static void tells_what_it_found_before_the_end(void **state)
{
    struct listener listener = {.bed = *state};
    struct raw_search_list list;
    struct error error = {0};
    keep_bytes(*state);
    assert_int_equal(search(&listener, &list, &error), 0);
    assert_int_equal(listener.first_total, 1);
    assert_true(listener.steps >= 3);
    assert_int_equal(list.events.total, 3);
    assert_int_equal(list.bytes, BYTES);
    assert_int_equal(list.unread, 0);
}

/* Whenever the interrupt comes, the case is as it was: no transaction stays open. */
static void stops_in_bytes_that_the_case_keeps(void **state)
{
    struct bed *bed = *state;
    keep_bytes(bed);
    for (int at_found = 0; at_found < 2; at_found++) {
        struct listener listener = {
            .bed = bed, .stop_at_step = !at_found, .stop_at_found = at_found};
        struct raw_search_list list;
        struct error error = {0};
        assert_int_equal(search(&listener, &list, &error), -1);
        assert_int_equal(error.code, ERROR_INTERRUPTED);
        assert_int_equal(listener.steps, 1);
        assert_int_equal(listener.lists, at_found);
        assert_true(sqlite3_get_autocommit(bed->handle->db));
        listener.stop_at_step = listener.stop_at_found = false;
        assert_int_equal(search(&listener, &list, &error), 0);
        assert_int_equal(list.events.total, 3);
    }
}

/* In a file of three pieces with holes: the second text lies across two of them, and is
 * found by one alone. */
static void searches_a_large_file_in_pieces(void **state)
{
    static const uint64_t places[] = {500, RAW_PIECE_BYTES - 4,
                                      2 * (uint64_t)RAW_PIECE_BYTES + 110};
    enum { PLACES = sizeof places / sizeof places[0] };
    struct bed *bed = *state;
    char path[] = "/tmp/mirrorscope-search.XXXXXX", actor[64];
    int descriptor = mkstemp(path);
    uint64_t bytes = places[PLACES - 1] + PIECE;
    int64_t source;
    assert_int_equal(ftruncate(descriptor, (off_t)bytes), 0);
    bed_begin(bed, path, bytes, "aa", &source, NULL);
    for (size_t i = 0; i < PLACES; i++) {
        struct event event;
        bed_event(&event, i, actor);
        bed_add(bed, bed->batch, source, &event, places[i], RECORD);
        assert_int_equal(pwrite(descriptor, NEEDLE, strlen(NEEDLE), (off_t)places[i]),
                         strlen(NEEDLE));
    }
    close(descriptor);
    bed_finish(bed, source, "aa", bytes);
    bed_flush(bed);
    bed_run(bed, "UPDATE source SET unpacked_bytes = bytes");
    for (unsigned threads = 1; threads < 4; threads += 2) {
        struct raw_search_list list;
        struct error error = {0};
        assert_int_equal(raw_search(bed->handle, SLICE(NEEDLE), threads, NULL,
                                    &bed->arena, &list, &error),
                         0);
        assert_int_equal(list.events.total, PLACES);
        assert_int_equal(list.bytes, bytes);
        assert_int_equal(list.unread, 0);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BED(tells_what_it_found_before_the_end),
        ON_BED(stops_in_bytes_that_the_case_keeps),
        ON_BED(searches_a_large_file_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
