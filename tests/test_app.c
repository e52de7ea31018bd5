/* The state machine: what messages do, and that no order of them breaks it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/escape.h"
#include "sample_case.h"
#include "tui/app.h"
#include "tui/key.h"
#include "tui/view.h"

enum { POOL = 64, STEPS = 20000 };

/* An app with the real case behind it; answers are delivered when a test says so. */
struct bench {
    struct app app;
    struct canvas canvas;
    struct case_file *handle;
    struct result *waiting[POOL];
    size_t count;
    bool quit;
    size_t interrupts, copies;
};

static void bench_start(struct bench *bench)
{
    struct app_options options = {
        .case_name = "/cases/acme.case", .analyst = "tester", .unicode = true};
    *bench = (struct bench){.handle = sample_case_new("acme.case")};
    assert_non_null(bench->handle);
    app_init(&bench->app, &options);
    canvas_init(&bench->canvas, true);
    assert_int_equal(canvas_resize(&bench->canvas, 80, 24), 0);
}

static void bench_end(struct bench *bench)
{
    for (size_t i = 0; i < bench->count; i++)
        result_free(bench->waiting[i]);
    app_fini(&bench->app);
    canvas_fini(&bench->canvas);
    sample_case_free(bench->handle);
}

static void send(struct bench *bench, const struct message *message)
{
    const struct request_context context = {
        .analyst = {SLICE("tester"), SLICE("testhost")},
        .now_us = INT64_C(1773532800000000)};
    struct effects effects = {0};
    app_update(&bench->app, message, &effects);
    for (size_t i = 0; i < effects.count; i++) {
        struct effect *effect = &effects.list[i];
        if (effect->kind == EFFECT_REQUEST) {
            if (bench->count == POOL) {
                result_free(bench->waiting[0]);
                memmove(bench->waiting, bench->waiting + 1,
                        --bench->count * sizeof bench->waiting[0]);
            }
            bench->waiting[bench->count++] =
                request_run(effect->request, bench->handle, &context);
        }
        bench->quit |= effect->kind == EFFECT_QUIT;
        bench->interrupts += effect->kind == EFFECT_INTERRUPT;
        bench->copies += effect->kind == EFFECT_COPY;
        request_free(effect->request);
        free(effect->text);
    }
}

static void deliver(struct bench *bench, size_t index)
{
    struct message message = {.kind = MESSAGE_RESULT, .result = bench->waiting[index]};
    memmove(bench->waiting + index, bench->waiting + index + 1,
            (--bench->count - index) * sizeof bench->waiting[0]);
    send(bench, &message);
}

static void answer_all(struct bench *bench)
{
    for (int i = 0; bench->count && i < 1000; i++)
        deliver(bench, 0);
    assert_int_equal(bench->count, 0);
}

static void press(struct bench *bench, uint32_t key)
{
    send(bench, &(struct message){.kind = MESSAGE_KEY, .key = key});
}

static void type(struct bench *bench, const char *text)
{
    for (; *text; text++)
        press(bench, (unsigned char)*text);
}

static void resize(struct bench *bench, int width, int height)
{
    assert_int_equal(canvas_resize(&bench->canvas, width, height), 0);
    send(bench,
         &(struct message){.kind = MESSAGE_RESIZE, .width = width, .height = height});
}

static const char *row(struct bench *bench, int number)
{
    static char text[4096];
    size_t used = 0;
    app_render(&bench->app, &bench->canvas);
    for (int column = 0; column < bench->canvas.width; column++) {
        const struct cell *cell = canvas_cell(&bench->canvas, number, column);
        memcpy(text + used, cell->text, cell->length);
        used += cell->length;
    }
    text[used] = '\0';
    return text;
}

static void start(struct bench *bench)
{
    bench_start(bench);
    send(bench, &(struct message){.kind = MESSAGE_START});
}

/* --- behaviour ----------------------------------------------------------------- */

static void waits_quietly_then_says_so(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench);
    assert_true(app_wants_tick(&bench.app));
    assert_null(strstr(row(&bench, 3), "..."));
    send(&bench, &(struct message){.kind = MESSAGE_TICK});
    assert_non_null(strstr(row(&bench, 3), "..."));
    assert_false(app_wants_tick(&bench.app));
    answer_all(&bench);
    assert_null(strstr(row(&bench, 3), "..."));
    assert_false(app_wants_tick(&bench.app));
    bench_end(&bench);
}

static void drops_what_is_out_of_date(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench);
    answer_all(&bench);
    press(&bench, '&');
    type(&bench, "provider:gcp");
    press(&bench, KEYCODE_ENTER);
    size_t old = bench.count;
    press(&bench, '&');
    press(&bench, KEY_CTRL('u'));
    type(&bench, "provider:azure");
    press(&bench, KEYCODE_ENTER);
    assert_true(bench.count > old);
    /* The newer answers come first. */
    while (bench.count)
        deliver(&bench, bench.count - 1);
    assert_int_equal(bench.app.groups.list.total, 1);
    assert_non_null(strstr(row(&bench, 4), "alice"));
    bench_end(&bench);
}

static const char *actor_under_cursor(struct bench *bench)
{
    static char text[256];
    ptrdiff_t index = rows_index(&bench->app.groups, bench->app.groups.list.cursor);
    assert_true(index >= 0);
    struct slice actor = bench->app.groups.result->groups.rows[index].actor;
    snprintf(text, sizeof text, "%.*s", (int)actor.length, actor.data);
    return text;
}

static void the_cursor_stays_on_its_row(void **state)
{
    (void)state;
    static const int jumps[] = {2, 12, 37};
    for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
        struct bench bench;
        char before[256];
        int serial = 0;
        start(&bench);
        answer_all(&bench);
        for (int j = 0; j < jumps[i]; j++)
            press(&bench, 'j');
        answer_all(&bench);
        snprintf(before, sizeof before, "%s", actor_under_cursor(&bench));
        /* Some rows, then more than any window holds, above. */
        for (int count = 3; count < 1000; count *= 10) {
            assert_int_equal(sample_case_grow(bench.handle, count, &serial), 0);
            send(&bench, &(struct message){.kind = MESSAGE_CHANGED});
            answer_all(&bench);
            assert_string_equal(actor_under_cursor(&bench), before);
        }
        bench_end(&bench);
    }
}

static void a_move_during_a_refresh_counts(void **state)
{
    (void)state;
    struct bench bench;
    char before[256];
    int serial = 0;
    start(&bench);
    answer_all(&bench);
    for (int i = 0; i < 5; i++)
        press(&bench, 'j');
    assert_int_equal(sample_case_grow(bench.handle, 4, &serial), 0);
    send(&bench, &(struct message){.kind = MESSAGE_CHANGED});
    press(&bench, 'j');
    snprintf(before, sizeof before, "%s", actor_under_cursor(&bench));
    answer_all(&bench);
    assert_string_equal(actor_under_cursor(&bench), before);
    bench_end(&bench);
}

static void a_wrong_filter_changes_nothing(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench);
    answer_all(&bench);
    uint64_t total = bench.app.groups.list.total;
    press(&bench, '&');
    type(&bench, "nokey:x");
    press(&bench, KEYCODE_ENTER);
    assert_int_equal(bench.app.prompt.kind, PROMPT_FILTER);
    assert_int_equal(bench.app.prompt.error_column, 1);
    press(&bench, KEYCODE_ESCAPE);
    answer_all(&bench);
    assert_int_equal(bench.app.filter_length, 0);
    assert_int_equal(bench.app.groups.list.total, total);
    bench_end(&bench);
}

static void quitting_asks_only_while_loading(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench);
    press(&bench, KEYCODE_ESCAPE);
    assert_false(bench.quit);
    send(&bench, &(struct message){.kind = MESSAGE_LOAD, .load = {.running = true}});
    press(&bench, 'q');
    assert_false(bench.quit);
    assert_int_equal(bench.app.prompt.kind, PROMPT_QUIT);
    press(&bench, 'n');
    assert_false(bench.quit);
    send(&bench, &(struct message){.kind = MESSAGE_LOAD});
    press(&bench, 'q');
    assert_true(bench.quit);
    bench_end(&bench);
}

static void control_c_stops_then_quits(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench);
    press(&bench, KEY_CTRL('c'));
    assert_int_equal(bench.interrupts, 1);
    assert_false(bench.quit);
    press(&bench, 'j');
    press(&bench, KEY_CTRL('c'));
    assert_false(bench.quit);
    press(&bench, KEY_CTRL('c'));
    assert_true(bench.quit);
    bench_end(&bench);
}

/* The answer to the search that is waited for: events of the case, `first` to the end
 * of the first ten. */
static struct result *search_answer(struct bench *bench, uint64_t first)
{
    const struct events_scope all = {.from_us = INT64_MIN, .until_us = INT64_MAX};
    struct request *request = request_new(REQUEST_SEARCH);
    assert_non_null(request);
    request->generation = bench->app.waits[REQUEST_SEARCH].generation;
    struct result *result = result_new(request);
    request_free(request);
    assert_non_null(result);
    struct event_list *events = &result->search.events;
    assert_int_equal(query_events(bench->handle, &all, first, 10 - first,
                                  &result->arena, events, &result->error),
                     0);
    events->offset = 0;
    events->total = events->count;
    return result;
}

static void send_part(struct bench *bench, uint64_t first, uint64_t done)
{
    struct result *part = search_answer(bench, first);
    part->partial = true;
    part->done = done;
    part->all = 20;
    send(bench, &(struct message){.kind = MESSAGE_RESULT, .result = part});
}

static void a_search_shows_what_it_finds_until_it_is_stopped(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench);
    answer_all(&bench);
    press(&bench, 'F');
    type(&bench, "mallory");
    press(&bench, KEYCODE_ENTER);
    send_part(&bench, 10, 2);
    assert_non_null(strstr(row(&bench, 2), "0 events; 2 of 20 sources, Ctrl-C"));
    send_part(&bench, 7, 5);
    assert_non_null(strstr(row(&bench, 2), "3 events; 5 of 20 sources, Ctrl-C"));
    press(&bench, 'j');
    const struct list *list = &bench.app.search.list;
    assert_int_equal(list->cursor, 1);
    /* Events before those come later: the cursor stays on its row. */
    send_part(&bench, 2, 9);
    assert_int_equal(list->total, 8);
    assert_int_equal(list->cursor, 6);
    press(&bench, KEY_CTRL('c'));
    assert_int_equal(bench.interrupts, 1);
    struct result *stopped = search_answer(&bench, 0);
    stopped->failed = true;
    error_set(&stopped->error, ERROR_INTERRUPTED, "stopped");
    send(&bench, &(struct message){.kind = MESSAGE_RESULT, .result = stopped});
    assert_non_null(strstr(row(&bench, 2), "8 events; 9 of 20 sources, stopped"));
    assert_int_equal(list->total, 8);
    bench_end(&bench);
}

static void an_unknown_key_says_so(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench);
    answer_all(&bench);
    press(&bench, 'Q');
    assert_non_null(strstr(row(&bench, 23), "is no key of this screen; ? shows"));
    press(&bench, 'j');
    assert_null(strstr(row(&bench, 23), "is no key"));
    bench_end(&bench);
}

static void times_tell_their_years_where_there_are_several(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench);
    answer_all(&bench);
    assert_non_null(strstr(row(&bench, 3), " 03-14 07:20:00 "));
    bench.app.overview->summary.first_us -= INT64_C(31536000000000);
    assert_non_null(strstr(row(&bench, 3), " 2026-03-14 07:20 "));
    assert_non_null(strstr(row(&bench, 22), "2026-03-14 07:20  hits/"));
    press(&bench, 'E');
    answer_all(&bench);
    bench.app.overview->summary.first_us -= INT64_C(31536000000000);
    assert_non_null(strstr(row(&bench, 4), " 2026-03-11 07:20:"));
    bench_end(&bench);
}

static void read_only_writes_nothing(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench);
    bench.app.read_only = true;
    answer_all(&bench);
    press(&bench, 'a');
    press(&bench, 'u');
    assert_int_equal(bench.count, 0);
    assert_non_null(strstr(row(&bench, 23), "read-only"));
    bench_end(&bench);
}

/* --- any order of anything ----------------------------------------------------- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static uint32_t random_key(uint32_t *seed)
{
    uint32_t value = next_random(seed);
    if (value % 4 == 0) {
        const struct action *action = &actions_table[value / 4 % ACTION_COUNT];
        uint32_t key = action->keys[next_random(seed) % ACTION_KEYS];
        return key ? key : action->keys[0];
    }
    if (value % 4 == 1)
        return KEYCODE_FIRST + value / 4 % (KEYCODE_END_OF_LIST - KEYCODE_FIRST);
    static const uint32_t often[] = {'j', 'k', KEYCODE_ENTER, 'q',    'n', 'G',
                                     'g', 'a', 'y',           '/',    '&', 'i',
                                     'A', 'x', 0xe9,          0x1f600};
    return often[value / 4 % (sizeof often / sizeof often[0])];
}

static void check_list(const struct list *list)
{
    assert_true(list->total == 0 ? list->cursor == 0 : list->cursor < list->total);
    if (list->page)
        assert_true(list->cursor - list->top < list->page);
}

static void check_cells(const struct canvas *canvas)
{
    for (int row_number = 0; row_number < canvas->height; row_number++) {
        for (int column = 0; column < canvas->width; column++) {
            const struct cell *cell = canvas_cell(canvas, row_number, column);
            struct slice rest = {cell->text, cell->length};
            struct escape_piece piece;
            assert_true(cell->role < ROLE_COUNT);
            while (escape_next(&rest, &piece))
                assert_true(!piece.escaped || slice_equal(piece.text, SLICE("\\\\")));
        }
    }
}

static void random_size(struct bench *bench, uint32_t *seed)
{
    static const int sizes[][2] = {{80, 24}, {40, 10}, {200, 50}, {20, 4},
                                   {1, 1},   {61, 13}, {39, 9},   {120, 11}};
    size_t pick = next_random(seed) % (sizeof sizes / sizeof sizes[0]);
    resize(bench, sizes[pick][0], sizes[pick][1]);
}

static void random_step(struct bench *bench, uint32_t *seed, int *serial)
{
    uint32_t value = next_random(seed) % 100;
    if (value < 60)
        press(bench, random_key(seed));
    else if (value < 90 && bench->count)
        deliver(bench, next_random(seed) % bench->count);
    else if (value < 92)
        random_size(bench, seed);
    else if (value < 94)
        send(bench, &(struct message){.kind = MESSAGE_TICK});
    else if (value < 96)
        send(bench, &(struct message){.kind = MESSAGE_LOAD,
                                      .load = {.running = value & 1, .files = 3}});
    else if (value == 96 && *serial < 200)
        assert_int_equal(sample_case_grow(bench->handle, 2, serial), 0);
    else if (value == 97)
        send(bench, &(struct message){.kind = MESSAGE_CHANGED});
    else if (value == 98 && bench->count) {
        bench->waiting[0]->failed = true;
        error_set(&bench->waiting[0]->error, ERROR_CASE, "the disk is gone");
        deliver(bench, 0);
    }
}

static void no_order_breaks_it(void **state)
{
    (void)state;
    struct bench bench;
    uint32_t seed = 20260314;
    int serial = 0;
    const char *more = getenv("APP_STEPS");
    long steps = more ? strtol(more, NULL, 10) : STEPS;
    start(&bench);
    for (long i = 0; i < steps; i++) {
        random_step(&bench, &seed, &serial);
        /* Quitting is for the loop to do: here it goes on. */
        bench.app.quitting = false;
        check_list(&bench.app.groups.list);
        check_list(&bench.app.hits.list);
        check_list(view_list(&bench.app, view_get(app_view(&bench.app))));
        assert_in_range(bench.app.depth, 1, APP_DEPTH);
        if (i % 8 == 0) {
            app_render(&bench.app, &bench.canvas);
            check_cells(&bench.canvas);
        }
    }
    answer_all(&bench);
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_quietly_then_says_so),
        cmocka_unit_test(drops_what_is_out_of_date),
        cmocka_unit_test(the_cursor_stays_on_its_row),
        cmocka_unit_test(a_move_during_a_refresh_counts),
        cmocka_unit_test(a_wrong_filter_changes_nothing),
        cmocka_unit_test(quitting_asks_only_while_loading),
        cmocka_unit_test(control_c_stops_then_quits),
        cmocka_unit_test(a_search_shows_what_it_finds_until_it_is_stopped),
        cmocka_unit_test(an_unknown_key_says_so),
        cmocka_unit_test(times_tell_their_years_where_there_are_several),
        cmocka_unit_test(read_only_writes_nothing),
        cmocka_unit_test(no_order_breaks_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
