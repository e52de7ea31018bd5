#include "config.h"

#include "db/export.h"

#include "core/timestamp.h"
#include "db/coverage_grid.h"
#include "db/query_mirrors.h"
#include "db/row_writer.h"

enum { MIRRORS_WINDOW = 256, MIRROR_CELLS_MAX = 32 };

struct mirror_cells {
    struct cell cells[MIRROR_CELLS_MAX];
    size_t count;
};

static void add(struct mirror_cells *out, struct cell cell)
{
    if (out->count < MIRROR_CELLS_MAX)
        out->cells[out->count++] = cell;
}

/* Seconds, as the contract's other spans of time. */
static struct cell overstay_cell(int64_t overstay_us)
{
    return overstay_us ? cell_number("overstay", overstay_us / 1000000)
                       : cell_null("overstay");
}

/* A row's logs: of its account and region, or of all regions where it has none. */
static bool is_logged_by(const struct mirror *mirror,
                         const struct coverage_place *place)
{
    struct slice account = mirror->device.length ? mirror->device : mirror->account;
    bool regional = mirror->provider != PROVIDER_AZURE &&
                    mirror->provider != PROVIDER_GCP && !mirror->device.length;
    return place->provider == mirror->provider &&
           slice_equal(place->account, account) &&
           (!regional || !mirror->region.length ||
            slice_equal(place->region, mirror->region));
}

/* "FROM/UNTIL" of each gap since it opened. */
static struct cell unseen_cell(const struct mirror_row *row,
                               const struct coverage_grid *grid, struct arena *arena)
{
    struct cell cell = {.name = "unseen", .kind = CELL_LIST};
    struct slice *items = NULL;
    if (!grid || row->mirror.state != MIRROR_LIVE)
        return cell_null("unseen");
    for (size_t i = 0; i < grid->count; i++) {
        const struct coverage_place *place = &grid->places[i];
        if (!is_logged_by(&row->mirror, place))
            continue;
        struct slice *more =
            arena_alloc(arena, (cell.item_count + place->gap_count + 1) * sizeof *more);
        if (!more)
            break;
        if (cell.item_count)
            memcpy(more, items, cell.item_count * sizeof *more);
        items = more;
        for (size_t j = 0; j < place->gap_count; j++) {
            const struct rhythm_gap *gap = &place->gaps[j];
            char from[TIMESTAMP_TEXT_MAX], until[TIMESTAMP_TEXT_MAX];
            if (gap->until_us <= row->mirror.since_us || gap->from_us >= row->as_of_us)
                continue;
            timestamp_format(gap->from_us, from);
            timestamp_format(gap->until_us, until);
            items[cell.item_count++] = arena_printf(arena, "%s/%s", from, until);
        }
    }
    cell.items = items;
    return cell;
}

static void fill(struct mirror_cells *out, const struct mirror_row *row,
                 const struct coverage_grid *grid, struct arena *arena)
{
    const struct mirror *mirror = &row->mirror;
    out->count = 0;
    add(out, cell_text("mirror", mirror->id));
    add(out, cell_text("provider", slice_from(provider_name(mirror->provider))));
    add(out,
        cell_text("account", mirror->device.length ? SLICE_NONE : mirror->account));
    add(out, cell_text("region", mirror->region));
    add(out, cell_text("device", mirror->device));
    add(out, cell_text("state", slice_from(mirror_state_name(mirror->state))));
    add(out, cell_time("since", mirror->since_us, arena));
    add(out, cell_time("until", mirror->until_us, arena));
    add(out, cell_time("as_of", row->as_of_us, arena));
    add(out, unseen_cell(row, grid, arena));
    add(out, cell_text("mirrored", mirror->mirrored));
    add(out, cell_text("destination", mirror->destination));
    add(out, cell_text("filter", mirror->filter));
    add(out, cell_text("foreign", slice_from(foreign_name(mirror->foreign))));
    add(out, cell_text("foreign_reason", mirror->foreign_reason));
    add(out, cell_text("opened_by", mirror->opened_by));
    add(out, cell_text("closed_by", mirror->closed_by));
    add(out, cell_text("closed_how", mirror->closed_how));
    add(out, row->approval ? cell_number("approval.id", row->approval)
                           : cell_null("approval.id"));
    add(out, cell_text("approval.ticket", row->approval_ticket));
    add(out, cell_text("approval.state", row->approval_state));
    add(out, overstay_cell(row->overstay_us));
    add(out, cell_split("hit_ids", row->hit_ids, arena));
}

/* For reading: the answer in the order of the question. */
static void fill_table(struct mirror_cells *out, const struct mirror_row *row,
                       struct arena *arena)
{
    const struct mirror *mirror = &row->mirror;
    out->count = 0;
    add(out, cell_text("state", slice_from(mirror_state_name(mirror->state))));
    add(out, cell_text("foreign", slice_from(foreign_name(mirror->foreign))));
    add(out, cell_time("since", mirror->since_us, arena));
    add(out, cell_time("until", mirror->until_us, arena));
    add(out, cell_text("mirrored", mirror->mirrored));
    add(out, cell_text("destination", mirror->destination));
    add(out, cell_text("opened by", mirror->opened_by));
    add(out, cell_text("account", mirror->account));
    add(out, cell_text("region", mirror->region));
    add(out, cell_text("how", mirror->closed_how));
    add(out, cell_text("approval", row->approval_state));
    add(out, cell_text("mirror", mirror->id));
}

static void cells_of(enum export_format format, struct mirror_cells *out,
                     const struct mirror_row *row, const struct coverage_grid *grid,
                     struct arena *arena)
{
    if (format == EXPORT_TABLE)
        fill_table(out, row, arena);
    else
        fill(out, row, grid, arena);
}

int export_mirrors(struct case_file *handle, const struct filter *filter,
                   enum export_format format, const struct export_sink *sink,
                   struct error *error)
{
    static const struct mirror_row empty = {.id = 0};
    const struct mirror_scope scope = {.filter = filter};
    struct row_writer *writer = row_writer_new(format, sink);
    struct mirror_rows list = {.total = 1};
    struct mirror_cells cells;
    struct coverage_grid grid = {.count = 0};
    struct arena arena, kept;
    bool open = true;
    int result = 0;
    if (!writer)
        return error_set(error, ERROR_MEMORY, "no memory for the export");
    arena_init(&arena);
    arena_init(&kept);
    if (format != EXPORT_TABLE)
        result = coverage_grid(handle, &kept, &grid, error);
    for (uint64_t at = 0; !result && open && at < list.total; at += MIRRORS_WINDOW) {
        arena_reset(&arena);
        result = query_mirrors(handle, &scope, MIRROR_BY_URGENCY, false, at,
                               MIRRORS_WINDOW, &arena, &list, error);
        for (size_t i = 0; !result && open && i < list.count; i++) {
            cells_of(format, &cells, &list.rows[i], &grid, &arena);
            open = row_writer_row(writer, cells.cells, cells.count);
        }
    }
    cells_of(format, &cells, &empty, NULL, &arena);
    if (row_writer_end(writer, cells.cells, cells.count, error))
        result = -1;
    arena_fini(&kept);
    arena_fini(&arena);
    return result;
}
