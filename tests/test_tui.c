/* The parts that screens are made of. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tui/actions.h"
#include "tui/canvas.h"
#include "tui/clipboard.h"
#include "tui/columns.h"
#include "tui/document.h"
#include "tui/json_view.h"
#include "tui/key.h"
#include "tui/list.h"
#include "tui/prompt.h"

/* --- canvas -------------------------------------------------------------------- */

static const char *row_text(const struct canvas *canvas, int row)
{
    static char text[4096];
    size_t used = 0;
    for (int column = 0; column < canvas->width; column++) {
        const struct cell *cell = canvas_cell(canvas, row, column);
        memcpy(text + used, cell->text, cell->length);
        used += cell->length;
    }
    while (used && text[used - 1] == ' ')
        used--;
    text[used] = '\0';
    return text;
}

static void canvas_draws_only_safe_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *unicode, *ascii;
    } cases[] = {
        {"plain", "plain", "plain"},
        {"a\rb", "a\\rb", "a\\rb"},
        {"\033[2J", "\\x1B[2J", "\\x1B[2J"},
        {"back\\slash", "back\\\\slash", "back\\\\slash"},
        {"caf\xc3\xa9", "caf\xc3\xa9", "caf\\u{E9}"},
        {"e\xcc\x81!", "e\xcc\x81!", "e\\u{301}!"},
        /* A mark climbs on no other field's character. */
        {"\xcc\x81!", "\\u{301}!", "\\u{301}!"},
        {"much longer than this", "much longe\xe2\x80\xa6", "much longe~"},
        {"\xe4\xb8\xad\xe6\x96\x87", "\xe4\xb8\xad\xe6\x96\x87", "\\u{4E2D}\\u~"},
        /* Half of a wide character is never left at the edge. */
        {"0123456789\xe4\xb8\xad", "0123456789\xe2\x80\xa6", "0123456789~"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int unicode = 0; unicode < 2; unicode++) {
            struct canvas canvas;
            canvas_init(&canvas, unicode);
            assert_int_equal(canvas_resize(&canvas, 20, 2), 0);
            canvas_text(&canvas, 1, 2, 11, slice_from(cases[i].text), ROLE_TEXT);
            const char *text = row_text(&canvas, 1) + 2;
            canvas_fini(&canvas);
            assert_string_equal(text, unicode ? cases[i].unicode : cases[i].ascii);
        }
    }
}

static void canvas_marks_escapes(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_init(&canvas, true);
    assert_int_equal(canvas_resize(&canvas, 20, 1), 0);
    canvas_text(&canvas, 0, 0, 20, SLICE("a\x07z"), ROLE_TITLE);
    assert_int_equal(canvas_cell(&canvas, 0, 0)->role, ROLE_TITLE);
    assert_int_equal(canvas_cell(&canvas, 0, 1)->role, ROLE_ESCAPE);
    assert_int_equal(canvas_cell(&canvas, 0, 4)->role, ROLE_ESCAPE);
    assert_int_equal(canvas_cell(&canvas, 0, 5)->role, ROLE_TITLE);
    canvas_fini(&canvas);
}

static void canvas_is_never_left(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_init(&canvas, true);
    assert_int_equal(canvas_resize(&canvas, 5, 2), 0);
    for (int row = -2; row < 5; row++) {
        for (int column = -3; column < 9; column++) {
            canvas_text(&canvas, row, column, 7, SLICE("\xe4\xb8\xad\xe6\x96\x87xyz"),
                        ROLE_TEXT);
            canvas_fill(&canvas, row, column, 9, '-', ROLE_TEXT);
            canvas_right(&canvas, row, column, 3, "12345", ROLE_TEXT);
            canvas_bar(&canvas, row, column, 99, ROLE_TEXT);
            canvas_select(&canvas, row, column, 99);
            canvas_mark(&canvas, row, column, 99, SLICE("-"));
        }
    }
    canvas_fini(&canvas);
}

static void canvas_finds_matches(void **state)
{
    (void)state;
    struct canvas canvas;
    canvas_init(&canvas, true);
    assert_int_equal(canvas_resize(&canvas, 20, 1), 0);
    canvas_text(&canvas, 0, 0, 20, SLICE("Mallory, mallory"), ROLE_TEXT);
    canvas_mark(&canvas, 0, 0, 20, SLICE("MALL"));
    int matched = 0;
    for (int i = 0; i < 20; i++)
        matched += canvas_cell(&canvas, 0, i)->matched;
    assert_int_equal(matched, 8);
    assert_true(canvas_cell(&canvas, 0, 9)->matched);
    assert_false(canvas_cell(&canvas, 0, 4)->matched);
    canvas_fini(&canvas);
}

/* --- list ---------------------------------------------------------------------- */

static void list_stays_valid(void **state)
{
    (void)state;
    struct list list = {0};
    uint32_t random = 1;
    for (int i = 0; i < 20000; i++) {
        random = random * 1664525u + 1013904223u;
        uint32_t value = random >> 12;
        switch (random >> 8 & 7) {
        case 0:
            list_resize(&list, value % 60);
            break;
        case 1:
            list_set_total(&list, value % 3 ? value % 100 : 0);
            break;
        case 2:
            list_go(&list, value);
            break;
        case 3:
            list_follow(&list, value % 120);
            break;
        default:
            list_move(&list, (int64_t)(value % 200) - 100);
        }
        assert_true(list.total == 0 ? list.cursor == 0 : list.cursor < list.total);
        assert_true(list.cursor >= list.top);
        if (list.page)
            assert_true(list.cursor - list.top < list.page);
    }
}

static void list_follows_a_row(void **state)
{
    (void)state;
    struct list list = {0};
    list_resize(&list, 10);
    list_set_total(&list, 100);
    list_go(&list, 50);
    uint64_t line = list.cursor - list.top;
    list_follow(&list, 57);
    assert_int_equal(list.cursor, 57);
    assert_int_equal(list.cursor - list.top, line);
    /* At the top new rows come into sight above the cursor. */
    list_go(&list, 0);
    list_follow(&list, 3);
    assert_int_equal(list.top, 0);
    assert_int_equal(list.cursor, 3);
}

static void list_says_where_it_ends(void **state)
{
    (void)state;
    struct list list = {0};
    list_resize(&list, 3);
    list_set_total(&list, 2);
    assert_true(list_move(&list, 5));
    assert_false(list_move(&list, 1));
    assert_true(list_move(&list, INT64_MIN));
    assert_false(list_move(&list, -1));
}

/* --- columns ------------------------------------------------------------------- */

static void columns_fit(void **state)
{
    (void)state;
    static const struct column columns[] = {{"A", 10, 30, 2, 0, CELL_TEXT},
                                            {"B", 6, 6, 0, 2, CELL_NUMBER},
                                            {"C", 8, 40, 1, 1, CELL_TEXT}};
    for (int width = 10; width < 120; width++) {
        struct column_place places[3];
        columns_place(columns, 3, width, false, places);
        int end = 0;
        for (int i = 0; i < 3; i++) {
            if (!places[i].width)
                continue;
            assert_true(places[i].width >= columns[i].min);
            assert_true(places[i].width <= columns[i].max);
            assert_true(places[i].start >= end);
            end = places[i].start + places[i].width;
        }
        assert_true(end <= width);
        /* The highest `drop` goes first, column A never. */
        assert_int_equal(places[0].width > 0, 1);
        assert_int_equal(places[2].width > 0, width >= 19);
        assert_int_equal(places[1].width > 0, width >= 26);
    }
}

/* --- prompt -------------------------------------------------------------------- */

static void type(struct prompt *prompt, const char *text)
{
    for (; *text; text++)
        prompt_key(prompt, (unsigned char)*text);
}

static void prompt_edits(void **state)
{
    (void)state;
    struct prompt prompt;
    prompt_open(&prompt, PROMPT_FILTER, "filter: ", SLICE("actor:x"));
    type(&prompt, " ip:1");
    prompt_key(&prompt, KEY_CTRL('w'));
    type(&prompt, "one two");
    prompt_key(&prompt, KEYCODE_HOME);
    prompt_key(&prompt, 0xe9);
    prompt_key(&prompt, KEYCODE_LEFT);
    prompt_key(&prompt, KEYCODE_DELETE);
    prompt_key(&prompt, KEYCODE_END);
    prompt_key(&prompt, KEYCODE_BACKSPACE);
    prompt_key(&prompt, KEYCODE_LEFT);
    prompt_key(&prompt, KEY_CTRL('k'));
    assert_true(slice_equal(prompt_text(&prompt), SLICE("actor:x one t")));
    assert_int_equal(prompt_key(&prompt, KEYCODE_ENTER), PROMPT_DONE);
    prompt_key(&prompt, KEY_CTRL('u'));
    assert_int_equal(prompt.length, 0);
    assert_int_equal(prompt_key(&prompt, KEYCODE_ESCAPE), PROMPT_CANCELLED);
}

static void prompt_is_bounded(void **state)
{
    (void)state;
    struct prompt prompt;
    prompt_open(&prompt, PROMPT_REASON, "reason: ", SLICE_NONE);
    for (int i = 0; i < 2 * LIMIT_FILTER_BYTES; i++)
        prompt_key(&prompt, 0x1f600);
    assert_true(prompt.length < sizeof prompt.text);
    assert_int_equal(prompt.length % 4, 0);
}

static void a_question_takes_only_yes(void **state)
{
    (void)state;
    struct prompt prompt;
    prompt_ask(&prompt, PROMPT_DISABLE, "Sure?");
    assert_int_equal(prompt_key(&prompt, KEYCODE_ENTER), PROMPT_CANCELLED);
    assert_int_equal(prompt_key(&prompt, 'n'), PROMPT_CANCELLED);
    assert_int_equal(prompt_key(&prompt, 'y'), PROMPT_DONE);
}

/* --- keys and actions ---------------------------------------------------------- */

static void keys_have_names(void **state)
{
    (void)state;
    for (uint32_t key = KEYCODE_FIRST; key < KEYCODE_END_OF_LIST; key++) {
        char name[KEY_NAME_MAX];
        key_label(key, name);
        assert_int_equal(key_from_name(slice_from(name)), key);
    }
    assert_int_equal(key_from_name(SLICE("Ctrl-d")), 4);
    assert_int_equal(key_from_name(SLICE("j")), 'j');
    assert_int_equal(key_from_name(SLICE("nothing")), KEYCODE_NONE);
}

static void actions_are_one_table(void **state)
{
    (void)state;
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action *action = &actions_table[i];
        assert_int_equal(action->id, i);
        assert_true(action->views != 0 && action->keys[0] != KEYCODE_NONE);
        assert_non_null(action->section);
        assert_non_null(action->help);
        assert_int_equal(action->footer_rank > 0, action->label != NULL);
    }
}

static void no_key_means_two_things(void **state)
{
    (void)state;
    for (int view = 0; view < VIEW_COUNT; view++)
        for (int i = 0; i < ACTION_COUNT; i++)
            for (int k = 0; k < ACTION_KEYS && actions_table[i].keys[k]; k++)
                if (actions_table[i].views & 1u << view)
                    assert_ptr_equal(
                        action_for_key((enum view_id)view, actions_table[i].keys[k]),
                        &actions_table[i]);
}

static void every_screen_has_a_way_back_and_help(void **state)
{
    (void)state;
    for (int view = 1; view < VIEW_COUNT; view++) {
        static const uint32_t keys[] = {'q', 'h', KEYCODE_LEFT, KEYCODE_BACKSPACE,
                                        KEYCODE_ESCAPE};
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
            assert_int_equal(action_for_key((enum view_id)view, keys[k])->id,
                             ACTION_BACK);
        if (view != VIEW_HELP)
            assert_int_equal(action_for_key((enum view_id)view, '?')->id, ACTION_HELP);
    }
    /* Escape never quits. */
    assert_int_equal(action_for_key(VIEW_GROUPS, KEYCODE_ESCAPE)->id, ACTION_CLEAR);
}

/* --- documents ----------------------------------------------------------------- */

static const char *document_row(const struct document *document, size_t line)
{
    static struct canvas canvas;
    canvas_init(&canvas, true);
    assert_int_equal(canvas_resize(&canvas, document->width + 4, 1), 0);
    document_render(document, line, &canvas, 0);
    const char *text = row_text(&canvas, 0);
    canvas_fini(&canvas);
    return text;
}

static void json_is_indented(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "{",    "  \"a\": 1,",  "  \"b\": [",      "    true,", "    \"x\\n\\\"y\"",
        "  ],", "  \"c\": {},", "  \"a\": -2.5e3", "}",
    };
    struct document document;
    document_init(&document);
    document_start(&document, 60);
    json_view(&document,
              SLICE("{\"a\" : 1,\"b\":[true,\"x\\n\\\"y\"],\"c\":{ },\"a\":-2.5e3}"),
              0);
    assert_int_equal(document.line_count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < document.line_count; i++)
        assert_string_equal(document_row(&document, i), expected[i]);
    assert_int_equal(document.pieces[document.lines[1].first].role, ROLE_KEY);
    document_fini(&document);
}

static void damaged_json_is_shown_as_far_as_it_goes(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"a\":", "[[[[[[", "]}]}", "{\"a\":\"b\\", "\"", ",,,::{}", "{\"a\" 1", ""};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct document document;
        struct arena arena;
        document_init(&document);
        arena_init(&arena);
        document_start(&document, 20);
        json_view(&document, slice_from(texts[i]), 2);
        /* Every byte that is no blank comes out. */
        size_t bytes = 0, shown = 0;
        for (const char *at = texts[i]; *at; at++)
            bytes += *at != ' ';
        for (size_t p = 0; p < document.piece_count; p++)
            if (!slice_equal(document.pieces[p].text, SLICE(" ")))
                shown += document.pieces[p].text.length;
        assert_int_equal(shown, bytes);
        arena_fini(&arena);
        document_fini(&document);
    }
}

static void deep_json_ends(void **state)
{
    (void)state;
    static char text[100000];
    memset(text, '[', sizeof text);
    struct document document;
    document_init(&document);
    document_start(&document, 20);
    json_view(&document, (struct slice){text, sizeof text}, 0);
    assert_true(document.line_count <= DOCUMENT_MAX_LINES);
    assert_true(document.failed);
    document_end(&document, "cut here");
    assert_string_equal(document_row(&document, document.line_count - 1), " cut here");
    document_fini(&document);
}

static void documents_wrap(void **state)
{
    (void)state;
    struct document document;
    document_init(&document);
    document_start(&document, 20);
    document_line(&document, 2, 4);
    document_add(&document, SLICE("0123456789012345678901234567890"), ROLE_TEXT);
    assert_int_equal(document.line_count, 2);
    assert_string_equal(document_row(&document, 0), "  012345678901234567");
    assert_string_equal(document_row(&document, 1), "    8901234567890");
    document_line(&document, 0, 2);
    document_label(&document, "words are kept together", ROLE_TEXT);
    assert_string_equal(document_row(&document, 2), "words are kept");
    assert_string_equal(document_row(&document, 3), "  together");
    document_fini(&document);
}

static void documents_find_across_a_wrap(void **state)
{
    (void)state;
    struct document document;
    size_t found[8];
    document_init(&document);
    document_start(&document, 20);
    document_line(&document, 0, 0);
    document_add(&document, SLICE("................eni-0a1b......"), ROLE_TEXT);
    document_line(&document, 0, 0);
    document_add(&document, SLICE("ENI-0A1B here"), ROLE_TEXT);
    assert_int_equal(document_find(&document, SLICE("eni-0a1b"), found, 8), 2);
    assert_int_equal(found[0], 0);
    assert_int_equal(found[1], 2);
    assert_int_equal(document_find(&document, SLICE("eni-0a1b"), found, 1), 1);
    assert_int_equal(document_find(&document, SLICE("nothing"), found, 8), 0);
    document_fini(&document);
}

/* --- clipboard ----------------------------------------------------------------- */

static void osc52_is_bounded(void **state)
{
    (void)state;
    static char text[CLIPBOARD_OSC52_BYTES];
    struct arena arena;
    arena_init(&arena);
    assert_true(slice_equal(clipboard_osc52(&arena, SLICE("hello")),
                            SLICE("\033]52;c;aGVsbG8=\033\\")));
    assert_true(slice_equal(clipboard_osc52(&arena, SLICE("mirror")),
                            SLICE("\033]52;c;bWlycm9y\033\\")));
    assert_false(
        slice_present(clipboard_osc52(&arena, (struct slice){text, sizeof text})));
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canvas_draws_only_safe_text),
        cmocka_unit_test(canvas_marks_escapes),
        cmocka_unit_test(canvas_is_never_left),
        cmocka_unit_test(canvas_finds_matches),
        cmocka_unit_test(list_stays_valid),
        cmocka_unit_test(list_follows_a_row),
        cmocka_unit_test(list_says_where_it_ends),
        cmocka_unit_test(columns_fit),
        cmocka_unit_test(prompt_edits),
        cmocka_unit_test(prompt_is_bounded),
        cmocka_unit_test(a_question_takes_only_yes),
        cmocka_unit_test(keys_have_names),
        cmocka_unit_test(actions_are_one_table),
        cmocka_unit_test(no_key_means_two_things),
        cmocka_unit_test(every_screen_has_a_way_back_and_help),
        cmocka_unit_test(json_is_indented),
        cmocka_unit_test(damaged_json_is_shown_as_far_as_it_goes),
        cmocka_unit_test(deep_json_ends),
        cmocka_unit_test(documents_wrap),
        cmocka_unit_test(documents_find_across_a_wrap),
        cmocka_unit_test(osc52_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
