/*
 * store_internal.h - the inside of the store, shared by store*.c alone.
 *
 * Everything is used under the store's mutex.  What is pending lives in `pending`
 * until one short transaction writes all of it (store.c).
 */
#ifndef DB_STORE_INTERNAL_H
#define DB_STORE_INTERNAL_H

#include <pthread.h>

#include "db/open_segment.h"
#include "db/source_index.h"

enum store_statement {
    STATEMENT_DICTIONARY,
    STATEMENT_SEGMENT,
    STATEMENT_COLUMN,
    STATEMENT_REJECT,
    STATEMENT_CHUNK,
    STATEMENT_ACCESS_POINT,
    STATEMENT_SOURCE,
    STATEMENT_SOURCE_BY_HASH,
    STATEMENT_SOURCE_BY_PATH,
    STATEMENT_SOURCE_BY_SIZE,
    STATEMENT_SOURCE_TWINS,
    STATEMENT_SOURCE_CANDIDATES,
    STATEMENT_SOURCE_BY_ID,
    STATEMENT_SOURCE_UNFINISHED,
    STATEMENT_SOURCE_CHANGED,
    STATEMENT_SOURCE_SUPERSEDED,
    STATEMENT_SOURCE_TAIL_GONE,
    STATEMENT_SOURCE_OPERATIONS,
    STATEMENT_SOURCE_ACTS,
    STATEMENT_SOURCE_RECORDS_GONE,
    STATEMENT_SOURCE_REJECTS_GONE,
    STATEMENT_SOURCE_FACTS_DUE,
    STATEMENT_SOURCE_FACTS_GONE,
    STATEMENT_FACT,
    STATEMENT_FACT_DUE,
    STATEMENT_ALIAS,
    STATEMENT_RECORD,
    STATEMENT_ACT_COUNT,
    STATEMENT_ACT_RECORDS,
    STATEMENT_RECORD_ALONE,
    STATEMENT_RECORD_OPERATION,
    STATEMENT_DEVICES_DUE,
    STATEMENT_DEVICE_RECORDS,
    STATEMENT_OPERATION_RECORDS,
    STATEMENT_OPERATION_KNOWN,
    STATEMENT_OPERATION,
    STATEMENT_OPERATION_GONE,
    STATEMENT_COUNT
};

/* A source that this load is at, or that has ended since the last commit. */
struct store_source {
    struct store_source *next;
    int64_t id;
    char *path, *member, *options, *loaded_by, *host, *forms, *reason, *status,
        *packing;
    char sha256[65]; /* "" until known */
    char sample[65]; /* growth.h, or "" */
    bool merging;
    uint64_t bytes;
    int64_t mtime_us, loaded_us, head;
    bool embedded, open_end;
    struct source_progress progress; /* forms: see above */
    bool changed, ended;
    bool again;     /* failed before: its rejects go */
    bool late_hash; /* records were stored before its hash was known */
    bool longer;    /* goes on where an earlier load ended: rejects beyond that go */
    uint64_t resumed_at;
    struct source_content content;
    bool duplicate; /* found at its end: the same content had been loaded meanwhile */
};

/* What a batch brought, with the source it is of. */
struct pending_record {
    struct pending_record *next;
    const struct store_source *source;
    struct batch_record record;
};
struct pending_reject {
    struct pending_reject *next;
    const struct store_source *source;
    struct batch_reject reject;
};
struct pending_fact {
    struct pending_fact *next;
    const struct store_source *source;
    struct batch_fact fact;
};
struct pending_chunk {
    struct pending_chunk *next;
    const struct store_source *source;
    struct batch_chunk chunk;
};
/* What was learnt of a source that this load is not at. */
enum note_kind {
    NOTE_ALIAS,      /* its content is at this path as well */
    NOTE_UNFINISHED, /* the file changed before its load was finished */
    NOTE_CHANGED,    /* the file changed after it */
    NOTE_SUPERSEDED, /* another source is loaded instead */
};
struct pending_note {
    struct pending_note *next;
    enum note_kind kind;
    int64_t source;
    const char *path; /* of an alias */
};

struct pending {
    struct arena arena;
    size_t bytes;
    unsigned full_segments, ended_sources;
    struct encoded_segment *segments, **last_segment;
    struct pending_record *records, **last_record;
    struct pending_reject *rejects, **last_reject;
    struct pending_chunk *chunks, **last_chunk;
    struct pending_fact *facts, **last_fact;
    struct pending_note *notes, **last_note;
};

/* Texts that are met many times and wanted once, in order. */
struct id_set {
    char (*ids)[OPERATION_ID_LENGTH + 1];
    size_t count, room;
};

struct store {
    pthread_mutex_t mutex;
    struct case_file *handle;
    int lock;
    uint64_t serial; /* random: tells a batch whose codes it holds */
    struct open_segment *open;
    struct pending pending;
    struct store_source *sources, **last_source;
    struct source_index index; /* of sources */
    bool reading;              /* a read transaction is open, see store_lookup */
    int64_t next_source;
    int64_t committed_us; /* monotonic clock */
    /* The ledger: whether it is behind, when it was worked out and how long that took.
     */
    bool ledger_behind;
    int64_t ledger_us, ledger_cost_us;
    bool failed;
    struct error failure;
    struct store_totals totals;
    struct id_set operations, acts; /* to be worked out before the commit */
    sqlite3_stmt *statements[STATEMENT_COUNT];
};

/* --- store_sql.c --- */
int store_prepare(struct store *store, struct error *error);
void store_finalize(struct store *store);
void store_bind(sqlite3_stmt *statement, int at, struct slice text); /* absent: NULL */
void store_bind_time(sqlite3_stmt *statement, int at, int64_t time_us);
/* Runs a statement that gives no rows and resets it. */
int store_run(struct store *store, enum store_statement which);
/* The text of a column in the arena, absent where it is NULL. */
struct slice store_column(sqlite3_stmt *row, int column, struct arena *arena);

/* Lookups since the last commit share one read transaction: taking SQLite's locks for
 * each costs more than the lookup. The commit ends it, so no checkpoint waits long. */
int store_lookup(struct store *store);

/* --- store_known.c --- */
/* Whether a source of this status has all its records in the case. */
bool store_status_loaded(const char *status);

/* --- store_source.c --- */
struct store_source *store_find_source(struct store *store, int64_t id);
/* NULL: no memory. It belongs to the store once it is added, whatever comes of that. */
struct store_source *store_source_new(const struct source_start *start,
                                      const char *sha256);
int store_source_add(struct store *store, struct store_source *source);
/* Takes over progress and end. */
int store_progress(struct store *store, struct store_source *source,
                   const struct source_progress *progress, const struct source_end *end,
                   struct error *error);
int store_write_sources(struct store *store);
/* After the records: operations of sources whose hash came late or that are doubles. */
int store_settle_sources(struct store *store);
/* What the source's records are part of is folded again. */
int store_touch_operations(struct store *store, int64_t source);
/* After a commit; -1: no memory. */
int store_forget_ended(struct store *store);
void store_free_sources(struct store *store);
int store_load_sources(struct store *store, struct error *error);

/* --- store_facts.c --- */
/* Copies a batch's facts; false: no memory. */
bool store_keep_facts(struct pending *pending, const struct store_source *source,
                      const struct event_batch *batch);
/* Writes them and notes whose ledger is due. */
int store_write_facts(struct store *store);
/* The ledger of this provider, or device, is due. */
int store_note_due(struct store *store, enum provider provider, struct slice account);

/* --- store_copies.c --- */
/* Puts the copies of a command under one operation, on devices whose ledger is due. */
int store_join_copies(struct store *store, struct error *error);

/* --- store_hits.c --- */
int store_write_records(struct store *store);
/* Numbers the records that look alike, folds what was touched and asks the approvals
 * about what that changed. */
int store_fold_operations(struct store *store, struct error *error);
int id_set_add(struct id_set *set, const char *id);
void id_set_clear(struct id_set *set);

#endif
