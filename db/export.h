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

/* raw: each hit's raw record as well (JSON Lines and CSV). */
int export_hits(struct case_file *handle, const struct hit_scope *scope,
                enum export_format format, bool raw, const struct export_sink *sink,
                struct error *error);
int export_mirrors(struct case_file *handle, const struct filter *filter,
                   enum export_format format, const struct export_sink *sink,
                   struct error *error);
int export_events(struct case_file *handle, const struct filter *filter,
                  enum export_format format, const struct export_sink *sink,
                  struct error *error);
int export_sources(struct case_file *handle, enum export_format format,
                   const struct export_sink *sink, struct error *error);
int export_approvals(struct case_file *handle, enum export_format format,
                     const struct export_sink *sink, struct error *error);
int export_rejects(struct case_file *handle, enum export_format format,
                   const struct export_sink *sink, struct error *error);
/* The raw records of hits, each with its file, place and the file's hash.  The files
 * are checked before (source_check.h); records of one that changed are refused and
 * counted. */
int export_evidence(struct case_file *handle, const struct hit_scope *scope,
                    enum export_format format, const struct export_sink *sink,
                    uint64_t *refused, struct error *error);
/* Any read-only statement, its columns as they are named. Anything that writes,
 * attaches or configures is refused (ERROR_UNSUPPORTED); wrong SQL is ERROR_SYNTAX. */
int export_sql(struct case_file *handle, const char *statement,
               enum export_format format, const struct export_sink *sink,
               struct error *error);

#endif
