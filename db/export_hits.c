#include "config.h"

#include "db/export.h"

#include "core/timestamp.h"
#include "db/export_internal.h"

enum { HIT_CELLS_MAX = 64 };

struct hit_cells {
    struct cell cells[HIT_CELLS_MAX];
    size_t count;
};

static void add(struct hit_cells *out, struct cell cell)
{
    if (out->count < HIT_CELLS_MAX)
        out->cells[out->count++] = cell;
}

static struct cell mfa_cell(struct slice mfa)
{
    if (!slice_equal(mfa, SLICE("true")) && !slice_equal(mfa, SLICE("false")))
        return cell_null("mfa");
    return (struct cell){
        .name = "mfa", .kind = CELL_BOOLEAN, .number = slice_equal(mfa, SLICE("true"))};
}

/* The fields from operation to correlation_id, which events and hits share. */
static void add_fields(struct hit_cells *out, enum event_field from,
                       enum event_field to, const struct slice *texts)
{
    for (int i = from; i <= (int)to; i++) {
        if (i == FIELD_MFA)
            add(out, mfa_cell(texts[i]));
        else if (i != FIELD_MODE && i != FIELD_ISSUED)
            add(out, cell_text(event_fields[i].name, texts[i]));
    }
}

static void add_event(struct hit_cells *out, const struct hit_row *row,
                      struct arena *arena)
{
    const struct operation *operation = &row->operation;
    const struct event *event = &operation->event;
    const struct slice *texts = event->text;
    add(out, cell_time("time", event->time_us, arena));
    /* Not kept where the time is written back as the log has it. */
    add(out, texts[FIELD_TIME_TEXT].length
                 ? cell_text("time_text", texts[FIELD_TIME_TEXT])
                 : cell_time("time_text", event->time_us, arena));
    add(out,
        cell_text("time_quality", slice_from(time_quality_name(event->time_quality))));
    add(out, cell_text("provider", slice_from(provider_name(event->provider))));
    add_fields(out, FIELD_FORM, FIELD_SERVICE, texts);
    const char *lifecycle = lifecycle_name(operation->lifecycle);
    add(out, cell_text("lifecycle", slice_from(lifecycle[0] ? lifecycle : NULL)));
    add(out, cell_text("outcome", slice_from(outcome_name(event->outcome))));
    add_fields(out, FIELD_ERROR_CODE, FIELD_MIRROR - 1, texts);
    /* The ledger's own id, where it has a row for the operation. */
    add(out,
        cell_text("mirror", row->mirror.length ? row->mirror : texts[FIELD_MIRROR]));
    add_fields(out, FIELD_MIRRORED, FIELD_DESTINATION, texts);
    add(out, cell_text("foreign", row->foreign));
    add_fields(out, FIELD_EVENT_ID, FIELD_CORRELATION_ID, texts);
}

/* Six parallel lists: one object per record in JSON. */
static void add_evidence(struct hit_cells *out, const struct evidence_list *list,
                         struct arena *arena)
{
    enum { LISTS = 6 };
    static const char *const names[LISTS] = {"evidence.path",       "evidence.member",
                                             "evidence.offset",     "evidence.length",
                                             "evidence.form_chain", "evidence.sha256"};
    for (size_t i = 0; i < LISTS; i++) {
        struct slice *items =
            arena_alloc(arena, (list->count ? list->count : 1) * sizeof *items);
        bool number = i == 2 || i == 3;
        for (size_t j = 0; items && j < list->count; j++) {
            const struct evidence_row *row = &list->rows[j];
            const struct slice texts[LISTS] = {
                row->path,
                slice_blank(row->member) ? SLICE_NONE : row->member,
                arena_printf(arena, "%llu", (unsigned long long)row->offset),
                arena_printf(arena, "%llu", (unsigned long long)row->length),
                row->form_chain,
                row->sha256};
            items[j] = texts[i];
        }
        add(out, (struct cell){.name = names[i],
                               .kind = number ? CELL_NUMBERS : CELL_LIST,
                               .items = items,
                               .item_count = items ? list->count : 0});
    }
}

/* One text per record, in the order of `evidence`. */
static void add_raw(struct hit_cells *out, const struct evidence_list *list,
                    struct arena *arena)
{
    struct slice *items =
        arena_alloc(arena, (list->count ? list->count : 1) * sizeof *items);
    for (size_t i = 0; items && i < list->count; i++)
        items[i] = list->rows[i].raw;
    add(out, (struct cell){.name = "raw",
                           .kind = CELL_LIST,
                           .items = items,
                           .item_count = items ? list->count : 0});
}

static void fill(struct hit_cells *out, const struct hit_row *row,
                 const struct evidence_list *evidence, bool raw, struct arena *arena)
{
    const struct operation *operation = &row->operation;
    out->count = 0;
    add(out, cell_text("id", row->id));
    add_event(out, row, arena);
    add(out, cell_number("records", (int64_t)operation->records));
    add(out, cell_split("rules", operation->rules, arena));
    add(out, cell_given("technique", operation->technique));
    add(out, cell_text("severity", slice_from(severity_name(operation->severity))));
    add(out,
        cell_text("confidence", slice_from(confidence_name(operation->confidence))));
    if (row->approval)
        add(out, cell_number("approval.id", row->approval));
    else
        add(out, cell_null("approval.id"));
    add(out, cell_text("approval.ticket", row->approval_ticket));
    add(out, cell_text("approval.state", row->approval_state));
    add(out, cell_text("near_miss", row->near_miss));
    add(out, cell_null("verdict"));
    add(out, cell_null("note"));
    add_evidence(out, evidence, arena);
    if (raw)
        add_raw(out, evidence, arena);
}

/* The LogScale query's own columns open it. */
static void fill_table(struct hit_cells *out, const struct hit_row *row,
                       struct arena *arena)
{
    const struct event *event = &row->operation.event;
    const struct slice *texts = event->text;
    bool has_address = !slice_blank(texts[FIELD_SOURCE_IP]);
    out->count = 0;
    add(out, cell_time("time", event->time_us, arena));
    add(out, cell_text("operation", texts[FIELD_OPERATION]));
    add(out,
        cell_text("lifecycle", slice_from(lifecycle_name(row->operation.lifecycle))));
    add(out, cell_text("actor", texts[FIELD_ACTOR]));
    add(out, cell_text("source ip",
                       texts[has_address ? FIELD_SOURCE_IP : FIELD_SOURCE_TEXT]));
    add(out, cell_text("region", texts[FIELD_REGION]));
    add(out, cell_text("resource group", texts[FIELD_RESOURCE_GROUP]));
    add(out, cell_text("outcome", slice_from(outcome_name(event->outcome))));
    add(out, cell_text("account", texts[FIELD_ACCOUNT]));
    add(out, cell_text("approval", row->approval_state));
}

struct hit_export {
    struct case_file *handle;
    enum export_format format;
    struct export_raw *raw; /* NULL: without */
    struct source_checker *checker;
    struct row_writer *writer;
};

/* Of a source that says something else by now, no record is handed out. */
static int withhold(const struct hit_export *export, struct evidence_list *evidence,
                    struct error *error)
{
    for (size_t i = 0; i < evidence->count; i++) {
        struct source_standing standing;
        if (source_checker_ask(export->checker, evidence->rows[i].source, &standing,
                               error))
            return -1;
        if (!export_raw_stands(export->raw, standing.condition, true))
            evidence->rows[i].raw = SLICE_NONE;
    }
    return 0;
}

static int write_hit(void *payload, const struct hit_row *row, struct arena *arena,
                     struct error *error)
{
    const struct hit_export *export = payload;
    struct evidence_list evidence;
    struct hit_cells cells;
    if (export->format == EXPORT_TABLE) {
        fill_table(&cells, row, arena);
    } else {
        if (query_evidence(export->handle, row->id, export->raw, arena, &evidence,
                           error) ||
            (export->raw && withhold(export, &evidence, error)))
            return -1;
        fill(&cells, row, &evidence, export->raw, arena);
    }
    return row_writer_row(export->writer, cells.cells, cells.count) ? 0 : 1;
}

int export_hits(struct case_file *handle, const struct hit_scope *scope,
                enum export_format format, struct export_raw *raw,
                const struct export_sink *sink, struct error *error)
{
    static const struct hit_row no_hit = {.approval = 0};
    static const struct evidence_list no_evidence = {.count = 0};
    struct hit_export export = {handle, format, raw,
                                source_checker_new(handle, SOURCE_HASH),
                                row_writer_new(format, sink)};
    struct hit_cells header;
    struct arena arena;
    int result = -1;
    if (!export.writer || !export.checker)
        error_set(error, ERROR_MEMORY, "no memory for the export");
    else
        result = query_each_hit(handle, scope, write_hit, &export, error);
    source_checker_free(export.checker);
    arena_init(&arena);
    if (format == EXPORT_TABLE)
        fill_table(&header, &no_hit, &arena);
    else
        fill(&header, &no_hit, &no_evidence, raw, &arena);
    if (export.writer &&
        row_writer_end(export.writer, header.cells, header.count, error))
        result = -1;
    arena_fini(&arena);
    return result;
}
