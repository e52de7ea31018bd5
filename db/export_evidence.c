#include "config.h"

#include "db/export.h"

#include "db/export_internal.h"

/*
 * The raw records of hits, each with what proves it.  They are in the case; the file
 * that a record was read from is hashed as a whole first, once.
 */
enum { EVIDENCE_CELLS = 9 };

struct evidence_export {
    struct case_file *handle;
    struct row_writer *writer;
    struct source_checker *checker;
    struct export_raw *raw;
};

static void fill(struct cell cells[EVIDENCE_CELLS], struct slice operation,
                 const struct evidence_row *row, enum source_condition condition)
{
    const struct cell filled[EVIDENCE_CELLS] = {
        cell_text("operation", operation),
        cell_text("path", row->path),
        cell_given("member", row->member),
        cell_number("offset", (int64_t)row->offset),
        cell_number("length", (int64_t)row->length),
        cell_text("form_chain", row->form_chain),
        cell_text("sha256", row->sha256),
        cell_text("source", slice_from(source_condition_name(condition))),
        cell_text("raw", row->raw),
    };
    memcpy(cells, filled, sizeof filled);
}

static int write_operation(void *payload, const struct hit_row *hit,
                           struct arena *arena, struct error *error)
{
    struct evidence_export *export = payload;
    struct evidence_list list;
    struct cell cells[EVIDENCE_CELLS];
    if (query_evidence(export->handle, hit->id, true, arena, &list, error))
        return -1;
    for (size_t i = 0; i < list.count; i++) {
        struct source_standing standing;
        if (source_checker_ask(export->checker, list.rows[i].source, &standing, error))
            return -1;
        /* The file says something else by now: no evidence until that is explained. */
        if (!export_raw_stands(export->raw, standing.condition, true))
            continue;
        fill(cells, hit->id, &list.rows[i], standing.condition);
        if (!row_writer_row(export->writer, cells, EVIDENCE_CELLS))
            return 1;
    }
    return 0;
}

int export_evidence(struct case_file *handle, const struct hit_scope *scope,
                    enum export_format format, const struct export_sink *sink,
                    struct export_raw *raw, struct error *error)
{
    static const struct evidence_row empty = {.source = 0};
    struct cell cells[EVIDENCE_CELLS];
    struct evidence_export export = {
        .handle = handle,
        .writer = row_writer_new(format, sink),
        .raw = raw,
        .checker = source_checker_new(handle, SOURCE_HASH),
    };
    int result = -1;
    if (!export.writer || !export.checker)
        error_set(error, ERROR_MEMORY, "no memory for the export");
    else
        result = query_each_hit(handle, scope, write_operation, &export, error);
    fill(cells, SLICE_NONE, &empty, SOURCE_UNCHANGED);
    if (export.writer && row_writer_end(export.writer, cells, EVIDENCE_CELLS, error))
        result = -1;
    source_checker_free(export.checker);
    return result;
}
