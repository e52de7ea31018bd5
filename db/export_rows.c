#include "config.h"

#include "db/export.h"

#include "core/escape.h"
#include "db/row_writer.h"
#include "db/triage.h"

/* Sources, rejects and approvals: windows of rows, each a fixed list of cells. */
enum {
    ROWS_WINDOW = 256,
    SOURCE_CELLS = 22,
    REJECT_CELLS = 6,
    APPROVAL_CELLS = APPROVAL_SELECTOR_COUNT + 13
};

static void fill_source(struct cell cells[SOURCE_CELLS], const struct source_row *row,
                        struct arena *arena)
{
    const struct cell filled[SOURCE_CELLS] = {
        cell_text("path", row->path),
        cell_split("aliases", row->aliases, arena),
        cell_given("member", row->member),
        cell_text("sha256", row->sha256),
        cell_number("bytes", (int64_t)row->bytes),
        cell_number("unpacked_bytes", (int64_t)row->unpacked_bytes),
        cell_time("mtime", row->mtime_us, arena),
        cell_split("forms", row->forms, arena),
        cell_number("records", (int64_t)row->records),
        cell_number("events", (int64_t)row->events),
        cell_number("skipped", (int64_t)row->skipped),
        cell_number("unknown", (int64_t)row->unknown),
        cell_number("damaged", (int64_t)row->damaged),
        cell_time("first_time", row->first_us, arena),
        cell_time("last_time", row->last_us, arena),
        cell_text("status", row->status),
        cell_given("reason", row->reason),
        cell_given("options", row->options),
        cell_time("loaded_at", row->loaded_us, arena),
        cell_given("loaded_by", row->loaded_by),
        cell_given("host", row->host),
        cell_given("tool_version", row->tool_version),
    };
    memcpy(cells, filled, sizeof filled);
}

int export_sources(struct case_file *handle, enum export_format format,
                   const struct export_sink *sink, struct error *error)
{
    static const struct source_row empty = {.id = 0};
    struct row_writer *writer = row_writer_new(format, sink);
    struct source_list list = {.total = 1};
    struct cell cells[SOURCE_CELLS];
    struct arena arena;
    bool open = true;
    int result = 0;
    if (!writer)
        return error_set(error, ERROR_MEMORY, "no memory for the export");
    arena_init(&arena);
    for (uint64_t at = 0; !result && open && at < list.total; at += ROWS_WINDOW) {
        arena_reset(&arena);
        result = query_sources(handle, at, ROWS_WINDOW, &arena, &list, error);
        for (size_t i = 0; !result && open && i < list.count; i++) {
            fill_source(cells, &list.rows[i], &arena);
            open = row_writer_row(writer, cells, SOURCE_CELLS);
        }
    }
    fill_source(cells, &empty, &arena);
    if (row_writer_end(writer, cells, SOURCE_CELLS, error))
        result = -1;
    arena_fini(&arena);
    return result;
}

/* Bytes that are no text: escaped in JSON too, whatever they happen to spell; CSV and
 * tables escape every cell once. */
static struct slice bytes_text(enum export_format format, struct slice bytes,
                               struct arena *arena)
{
    return format == EXPORT_JSONL ? escape_text(arena, bytes) : bytes;
}

static void fill_reject(struct cell cells[REJECT_CELLS], const struct reject_row *row,
                        enum export_format format, struct arena *arena)
{
    const struct cell filled[REJECT_CELLS] = {
        cell_text("path", row->path),
        cell_given("member", row->member),
        cell_number("offset", (int64_t)row->offset),
        cell_number("length", (int64_t)row->length),
        cell_text("reason", row->reason),
        cell_text("bytes_text", bytes_text(format, row->bytes, arena)),
    };
    memcpy(cells, filled, sizeof filled);
}

int export_rejects(struct case_file *handle, enum export_format format,
                   const struct export_sink *sink, struct error *error)
{
    static const struct reject_row empty = {.offset = 0};
    struct row_writer *writer = row_writer_new(format, sink);
    struct reject_list list = {.total = 1};
    struct cell cells[REJECT_CELLS];
    struct arena arena;
    bool open = true;
    int result = 0;
    if (!writer)
        return error_set(error, ERROR_MEMORY, "no memory for the export");
    arena_init(&arena);
    for (uint64_t at = 0; !result && open && at < list.total; at += ROWS_WINDOW) {
        arena_reset(&arena);
        result = query_rejects(handle, 0, at, ROWS_WINDOW, &arena, &list, error);
        for (size_t i = 0; !result && open && i < list.count; i++) {
            fill_reject(cells, &list.rows[i], format, &arena);
            open = row_writer_row(writer, cells, REJECT_CELLS);
        }
    }
    fill_reject(cells, &empty, format, &arena);
    if (row_writer_end(writer, cells, REJECT_CELLS, error))
        result = -1;
    arena_fini(&arena);
    return result;
}

static void fill_approval(struct cell cells[APPROVAL_CELLS],
                          const struct approval_row *row, struct arena *arena)
{
    const struct approval *approval = &row->approval;
    size_t count = 0;
    cells[count++] = cell_number("id", approval->id);
    cells[count++] = (struct cell){
        .name = "enabled", .kind = CELL_BOOLEAN, .number = approval->enabled};
    for (unsigned i = 0; i < APPROVAL_SELECTOR_COUNT; i++)
        cells[count++] = cell_text(approval_selector_name((enum approval_selector)i),
                                   approval->selector[i]);
    cells[count++] = cell_time("start", approval->start_us, arena);
    cells[count++] = cell_time("end", approval->end_us, arena);
    cells[count++] = cell_null("days");
    cells[count++] = cell_given("ticket", approval->ticket);
    cells[count++] = cell_given("reason", approval->reason);
    cells[count++] = cell_given("approved_by", approval->approved_by);
    cells[count++] = cell_given("created_by", approval->created_by);
    cells[count++] = cell_time("created_at", approval->created_us, arena);
    cells[count++] = cell_time("review_by", approval->review_us, arena);
    cells[count++] =
        cell_text("state", approval->enabled ? SLICE("active") : SLICE("disabled"));
    cells[count++] = cell_number("covers", (int64_t)row->covers);
}

/* For reading: the selectors in one column. */
static size_t fill_approval_table(struct cell *cells, const struct approval_row *row,
                                  struct arena *arena)
{
    const struct approval *approval = &row->approval;
    struct slice selectors = SLICE("");
    size_t count = 0;
    for (unsigned i = 0; i < APPROVAL_SELECTOR_COUNT; i++) {
        struct slice pattern = approval->selector[i];
        if (slice_present(pattern))
            selectors = arena_printf(arena, "%.*s%s%s:%.*s", (int)selectors.length,
                                     selectors.data, selectors.length ? " " : "",
                                     approval_selector_name((enum approval_selector)i),
                                     (int)pattern.length, pattern.data);
    }
    cells[count++] = cell_number("id", approval->id);
    cells[count++] =
        cell_text("state", approval->enabled ? SLICE("active") : SLICE("disabled"));
    cells[count++] = cell_number("covers", (int64_t)row->covers);
    cells[count++] = cell_text("ticket", approval->ticket);
    cells[count++] = cell_text("selectors", selectors);
    cells[count++] = cell_time("start", approval->start_us, arena);
    cells[count++] = cell_time("end", approval->end_us, arena);
    cells[count++] = cell_text("created by", approval->created_by);
    cells[count++] = cell_text("reason", approval->reason);
    return count;
}

static size_t approval_cells(enum export_format format, struct cell *cells,
                             const struct approval_row *row, struct arena *arena)
{
    if (format == EXPORT_TABLE)
        return fill_approval_table(cells, row, arena);
    fill_approval(cells, row, arena);
    return APPROVAL_CELLS;
}

int export_approvals(struct case_file *handle, enum export_format format,
                     const struct export_sink *sink, struct error *error)
{
    static const struct approval_row empty = {.covers = 0};
    struct row_writer *writer = row_writer_new(format, sink);
    struct approval_list list;
    struct cell cells[APPROVAL_CELLS];
    struct arena arena;
    if (!writer)
        return error_set(error, ERROR_MEMORY, "no memory for the export");
    arena_init(&arena);
    int result = triage_approvals(handle, &arena, &list, error);
    bool open = true;
    for (size_t i = 0; !result && open && i < list.count; i++) {
        size_t count = approval_cells(format, cells, &list.rows[i], &arena);
        open = row_writer_row(writer, cells, count);
    }
    size_t count = approval_cells(format, cells, &empty, &arena);
    if (row_writer_end(writer, cells, count, error))
        result = -1;
    arena_fini(&arena);
    return result;
}
