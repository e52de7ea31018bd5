/*
 * export.h - the case's rows for other tools, with exactly the fields of the contract.
 *
 * Output is streamed to a sink in a stable order and in bounded memory.  Every text
 * passes the escaper; CSV cells cannot become formulas.
 */
#ifndef DB_EXPORT_H
#define DB_EXPORT_H

#include "db/query.h"

enum export_format { EXPORT_TABLE, EXPORT_CSV, EXPORT_JSONL };

/* "table", "csv" or "jsonl"; -1 for another. */
int export_format_from_name(struct slice name);

/* write returns -1 when nobody reads any more: the export then ends quietly (0). */
struct export_sink {
    int (*write)(void *payload, const char *data, size_t length);
    void *payload;
};

/*
 * Where it is given (JSON Lines and CSV), each row has its raw records as well.  The
 * sources are checked before, as a whole (source_check.h): of one that changed no
 * record is handed out, and of one that is not found none that is not in the case.
 * Those are counted, and null.
 */
struct export_raw {
    uint64_t changed, missing;
};

int export_hits(struct case_file *handle, const struct hit_scope *scope,
                enum export_format format, struct export_raw *raw,
                const struct export_sink *sink, struct error *error);
int export_mirrors(struct case_file *handle, const struct filter *filter,
                   enum export_format format, const struct export_sink *sink,
                   struct error *error);
int export_events(struct case_file *handle, const struct filter *filter,
                  enum export_format format, struct export_raw *raw,
                  const struct export_sink *sink, struct error *error);
int export_sources(struct case_file *handle, enum export_format format,
                   const struct export_sink *sink, struct error *error);
int export_approvals(struct case_file *handle, enum export_format format,
                     const struct export_sink *sink, struct error *error);
int export_rejects(struct case_file *handle, enum export_format format,
                   const struct export_sink *sink, struct error *error);
/* The raw records of hits, a row for each, with its file, place and the file's hash;
 * those that are not handed out are left out. */
int export_evidence(struct case_file *handle, const struct hit_scope *scope,
                    enum export_format format, const struct export_sink *sink,
                    struct export_raw *raw, struct error *error);
/* Any read-only statement, its columns as they are named. Anything that writes,
 * attaches or configures is refused (ERROR_UNSUPPORTED); wrong SQL is ERROR_SYNTAX. */
int export_sql(struct case_file *handle, const char *statement,
               enum export_format format, const struct export_sink *sink,
               struct error *error);

#endif
