/* All events counted by the values of one column. */
#include "config.h"

#include "core/actor.h"
#include "core/escape.h"
#include "tui/view.h"

enum { VALUE, EVENTS, BAR, HITS, FIRST, LAST, COLUMN_COUNT };

static const struct column columns[COLUMN_COUNT] = {
    [VALUE] = {"VALUE", 20, 120, 6, 0, CELL_TEXT},
    [EVENTS] = {"EVENTS", 11, 11, 0, 0, CELL_NUMBER},
    [BAR] = {"", 6, 20, 1, 4, CELL_TEXT},
    [HITS] = {"HITS", 6, 8, 0, 1, CELL_NUMBER},
    [FIRST] = {"FIRST SEEN", 14, 19, 0, 5, CELL_TIME},
    [LAST] = {"LAST SEEN", 14, 19, 0, 2, CELL_TIME},
};

static const int sort_columns[TALLY_SORT_COUNT] = {
    [TALLY_BY_EVENTS] = EVENTS, [TALLY_BY_HITS] = HITS, [TALLY_BY_VALUE] = VALUE,
    [TALLY_BY_FIRST] = FIRST,   [TALLY_BY_LAST] = LAST,
};

/* What can be counted by, in the order of Tab: what answers most comes first. */
static const enum filter_key keys[] = {
    FILTER_ACTOR,      FILTER_IP,
    FILTER_OPERATION,  FILTER_ACCOUNT,
    FILTER_REGION,     FILTER_USER_AGENT,
    FILTER_ERROR,      FILTER_OUTCOME,
    FILTER_CREDENTIAL, FILTER_SESSION_ISSUER,
    FILTER_ACTOR_TYPE, FILTER_ACTOR_ID,
    FILTER_VIA,        FILTER_SERVICE,
    FILTER_RESOURCE,   FILTER_RESOURCE_GROUP,
    FILTER_LIFECYCLE,  FILTER_PROVIDER,
    FILTER_FORM,
};
enum { KEYS = sizeof keys / sizeof keys[0] };

/* Filters name an address by the contract's `ip`, screens by what it is. */
static const char *words_of(enum filter_key key)
{
    return key == FILTER_IP ? "address" : filter_key_name(key);
}

static enum filter_key key_of(const struct app *app)
{
    return keys[app->tally_column];
}

static void ask(const struct app *app, struct request *request)
{
    struct request_scope scope = app_filter(app);
    request_set_scope(request, &scope);
    request->key = key_of(app);
}

static const struct tally_row *current(const struct app *app)
{
    ptrdiff_t index = rows_index(&app->tally, app->tally.list.cursor);
    return index < 0 ? NULL : &app->tally.result->tally.rows[index];
}

static void count_by(struct app *app, size_t column)
{
    app->tally_column = column % KEYS;
    app->waits[REQUEST_TALLY].pending = false;
    rows_forget(&app->tally);
}

/* The term that keeps a value: a `*` in it keeps what it matches as well. */
static struct slice term_of(struct arena *arena, enum filter_key key,
                            struct slice value)
{
    const char *name = filter_key_name(key);
    if (!slice_present(value))
        return arena_printf(arena, "-%s:*", name);
    char *quoted = arena_alloc(arena, 2 * value.length + 1);
    size_t length = 0;
    for (size_t i = 0; quoted && i < value.length; i++) {
        if (value.data[i] == '"' || value.data[i] == '\\')
            quoted[length++] = '\\';
        quoted[length++] = value.data[i];
    }
    const struct slice parts[] = {
        slice_from(name), SLICE(":\""), {quoted, length}, SLICE("\"")};
    return quoted ? arena_join(arena, parts, 4) : SLICE_NONE;
}

static void keep_value(struct app *app)
{
    const struct tally_row *row = current(app);
    struct arena arena;
    if (!row)
        return;
    if (!slice_present(row->value) &&
        filter_key_kind(key_of(app)) != FILTER_TEXT_KIND) {
        app_notice(app, "no filter keeps events without one");
        return;
    }
    arena_init(&arena);
    bool kept = app_filter_add(app, term_of(&arena, key_of(app), row->value));
    arena_fini(&arena);
    if (kept)
        count_by(app, app->tally_column + 1);
}

static void copy(struct app *app, struct effects *effects)
{
    const struct tally_row *row = current(app);
    struct arena arena;
    if (!row)
        return;
    arena_init(&arena);
    app_copy(app, effects, escape_text(&arena, row->value), "the value");
    arena_fini(&arena);
}

static bool act(struct app *app, enum action_id action, struct effects *effects)
{
    switch (action) {
    case ACTION_KEEP_VALUE:
        keep_value(app);
        return true;
    case ACTION_NEXT_COLUMN:
        count_by(app, app->tally_column + 1);
        return true;
    case ACTION_PREVIOUS_COLUMN:
        count_by(app, app->tally_column + KEYS - 1);
        return true;
    case ACTION_COPY:
        copy(app, effects);
        return true;
    default:
        return false;
    }
}

static void title(const struct app *app, struct canvas *canvas, int row)
{
    const struct wait *wait = &app->waits[REQUEST_TALLY];
    char a[NUMBER_MAX], b[NUMBER_MAX];
    int column = 1 + canvas_printf(canvas, row, 1, canvas->width, ROLE_TITLE,
                                   "All events by %s  ", words_of(key_of(app)));
    if (wait->pending && wait->all) {
        canvas_printf(canvas, row, column, sub_sat(canvas->width, column), ROLE_TEXT,
                      "counting: %u %%", (unsigned)(100 * wait->done / wait->all));
        return;
    }
    if (!app->tally.result)
        return;
    const struct tally_list *tally = &app->tally.result->tally;
    column +=
        canvas_printf(canvas, row, column, sub_sat(canvas->width, column), ROLE_TITLE,
                      "%s events, %s values", format_number(tally->events, a),
                      format_number(tally->total, b));
    if (tally->others)
        canvas_printf(canvas, row, column, sub_sat(canvas->width, column), ROLE_ALERT,
                      ", and %s events of further values",
                      format_number(tally->others, a));
}

static void render_row(const struct app *app, size_t index, const struct row_pen *pen,
                       bool selected)
{
    const struct tally_list *tally = &app->tally.result->tally;
    const struct tally_row *row = &tally->rows[index];
    char text[NUMBER_MAX];
    draw_marks(pen->canvas, pen->row, selected, row->hits ? '!' : ' ', ROLE_ALERT);
    if (slice_blank(row->value))
        row_text(pen, VALUE, SLICE("(none in the log)"), ROLE_DIM);
    else
        row_text(pen, VALUE,
                 key_of(app) == FILTER_ACTOR ? actor_short(row->value) : row->value,
                 ROLE_TEXT);
    row_right(pen, EVENTS, format_number(row->events, text), ROLE_TEXT);
    draw_bar(pen, BAR, row->events, tally->most, row->hits > 0);
    if (row->hits)
        row_right(pen, HITS, format_number(row->hits, text), ROLE_ALERT);
    row_time(pen, FIRST, row->first_us);
    row_time(pen, LAST, row->last_us);
}

/* The value under the cursor as it is: several may have one short name. */
static void render_details(const struct app *app, size_t index, struct canvas *canvas,
                           int row, int lines)
{
    (void)lines;
    canvas_text(canvas, row, 1, sub_sat(canvas->width, 2),
                app->tally.result->tally.rows[index].value, ROLE_DIM);
}

static const struct list_view rows = {
    .kind = REQUEST_TALLY,
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .row = render_row,
    .sort_columns = sort_columns,
    .sorting = offsetof(struct app, tally_sorting),
    .ask = ask,
    .empty = "No event fits the filter; & changes it.",
    .details = 1,
    .render_details = render_details,
};

const struct view view_tally = {
    .rows = &rows,
    .act = act,
    .title = title,
};
