/*
 * store.h - the writing side of a case while logs are loaded.
 *
 * Workers fill batches of their own without any lock; store_append takes a batch in
 * one short critical section: it maps the batch's values to the case's dictionaries,
 * adds the events to the open segment and folds the hits, and commits every 4
 * segments or 250 ms (performance.md: longer batches hurt readers' latency).  A batch
 * and its source's progress are committed together, so that no event is ever half
 * there: a load that is killed resumes at resume_offset and resume_leaf.
 *
 * The unfilled last segment is part of every commit and is rewritten by the next.
 */
#ifndef DB_STORE_H
#define DB_STORE_H

#include "core/fact.h"
#include "core/operation.h"
#include "db/access_point.h"
#include "db/case.h"
#include "db/segment.h"
#include "db/source_content.h"

struct store;
struct event_batch;

/* Takes the loader's lock of the case. `handle` stays the caller's, used by the
 * store alone until store_close, which commits what is pending. */
struct store *store_open(struct case_file *handle, struct error *error);
int store_close(struct store *store, struct error *error);
/* The same without writing anything more (after a failure). */
void store_abandon(struct store *store);

/* --- batches: one per worker ------------------------------------------------ */

struct event_batch *event_batch_new(void);
void event_batch_free(struct event_batch *batch);

/* Where a record stands in its source. */
struct record_place {
    uint64_t offset; /* in the unpacked bytes */
    uint32_t length; /* of what was framed there */
    uint32_t leaf;   /* its place among the records unfolded from that */
};

/*
 * Adds one event. Slices are copied into the batch's dictionaries, so nothing is
 * borrowed. Returns false when the batch must be appended first: it is full, or its
 * dictionaries are (the same caps as the case's: memory stays bounded whatever the
 * input).  lifecycle: LIFECYCLE_NONE for events that are no hits.
 */
bool event_batch_add(struct event_batch *batch, const struct event *event,
                     enum lifecycle lifecycle, const struct record_place *place);

/* A marked record, copied. The event itself is added by event_batch_add too. */
struct batch_hit {
    struct event event;
    struct slice raw;
    struct record_place place;
    const char *form_chain; /* static text or in the batch's arena */
    enum lifecycle lifecycle;
    enum severity severity;
    enum confidence confidence;
    struct slice rules;
    struct slice technique;
};
int event_batch_hit(struct event_batch *batch, const struct batch_hit *hit);

/* What the record at that offset tells the ledger, copied: the facts with the fields of
 * their record filled (fact.h), but for those that the store fills when it is asked. */
int event_batch_facts(struct event_batch *batch, const struct fact_list *facts,
                      uint64_t offset, uint32_t leaf);

enum reject_kind { REJECT_DAMAGED, REJECT_UNKNOWN, REJECT_NOTE };
int event_batch_reject(struct event_batch *batch, enum reject_kind kind,
                       uint64_t offset, uint64_t length, const char *reason,
                       struct slice bytes);
/* Unpacked bytes of a source that is embedded, in order of offset. */
int event_batch_embed(struct event_batch *batch, uint64_t offset, struct slice bytes);
int event_batch_point(struct event_batch *batch, const struct access_point *point);

size_t event_batch_count(const struct event_batch *batch);
/* Bytes held for hits, rejects and embedded input: append at 8 MiB or so. */
size_t event_batch_bytes(const struct event_batch *batch);

/* --- sources ---------------------------------------------------------------- */

struct source_start {
    const char *path;   /* absolute, or "-" */
    const char *member; /* "" for a file, or an archive as a whole */
    int64_t head;       /* growth.h; 0: not known */
    int64_t continues;  /* the source that this file is a longer version of, or 0 */
    int64_t supersedes; /* the source that this one is loaded instead of, or 0 */
    bool merging;       /* its events come from another case (merge.h) */
    const char *sample; /* growth.h; NULL or "": not taken */
    uint64_t bytes;
    int64_t mtime_us;
    const char *options;
    const char *loaded_by;
    const char *host;
    bool embedded;
    const char *packing; /* of the content, from the outside in: "zstd>gzip" */
};

struct source_progress {
    uint64_t resume_offset; /* all records before it are in this or earlier batches, */
    uint64_t resume_leaf;   /* and so many of those unfolded from the one there */
    uint64_t unpacked_bytes;
    uint64_t records, events, skipped, unknown, damaged, hits;
    int64_t first_us, last_us;
    struct slice forms; /* names joined by ';', in order of name */
    /* Of a source that is still growing: how much of it was read, and that part's
     * SHA-256.  NULL for others. */
    const char *sha256;
    uint64_t bytes;
    int64_t head; /* as in source_start, or 0: as before */
};

struct source_end {
    const char *status; /* done, partial, skipped, failed; loading: read again later */
    const char *reason;
    const char *sha256; /* NULL with --no-hash */
    const char *sample; /* as in source_start */
    uint64_t bytes;
    bool open_end; /* the last event's line had no end */
    struct source_content content;
    bool doubled; /* another source has the same content: this one's events do not count
                   */
};

enum source_known {
    SOURCE_NEW,
    SOURCE_RESUMED,   /* a killed load of the same file: *progress is where it was */
    SOURCE_DUPLICATE, /* the same content is loaded: the path was noted as an alias */
};

/*
 * Whether a source of this content is in the case: by sha256 where it is given,
 * else by path, size and time.  SOURCE_DUPLICATE notes the alias at once.
 */
int store_begin_source(struct store *store, const struct source_start *start,
                       const char *sha256, enum source_known *known, int64_t *source,
                       struct source_progress *progress, struct error *error);

/* What the case knows of a source that a file may be a later version of. */
struct source_candidate {
    int64_t id;
    uint64_t bytes;  /* as read, packed */
    char sha256[65]; /* of them; "" where there is only a sample */
    char sample[65];
    bool same_path, loading, embedded, open_end;
    bool active; /* this load is at it */
};
/* Sources of this path or this head whose hash is known, and those of this path of
 * which there is a sample, as committed, the longest first; the number of them, at most
 * `room`. -1: failed. */
ptrdiff_t store_candidates(struct store *store, const char *path, int64_t head,
                           struct source_candidate *out, size_t room,
                           struct error *error);
/* embedded.h, through the store: any thread. */
int store_embedded(struct store *store, int64_t source, uint64_t offset, char *to,
                   size_t length, size_t *got);
/* A source that may have the same content in another packing. */
struct source_twin {
    bool packed;
    const char *path, *member, *sha256; /* in the arena */
};
/* Ended sources of so many unpacked bytes that are packed, and where `content` is
 * packed those that are not; with the same CRC-32 where both have one. Their number, at
 * most `room`; -1: failed. */
ptrdiff_t store_twins(struct store *store, int64_t source, uint64_t unpacked,
                      const struct source_content *content, struct arena *arena,
                      struct source_twin *out, size_t room, struct error *error);
/* Notes that the content of a source was met under this path as well. */
int store_note_alias(struct store *store, int64_t source, const char *path,
                     struct error *error);

/* A source of this size is in the case, so hashing before loading may save the load. */
bool store_has_size(struct store *store, uint64_t bytes);

/*
 * Takes over everything in the batch (which is empty afterwards, its dictionaries
 * kept) with the progress reached; `end` where this was the source's last batch.
 * Nothing is durable before the commit that follows within 250 ms or at
 * store_flush.
 */
int store_append(struct store *store, int64_t source, struct event_batch *batch,
                 const struct source_progress *progress, const struct source_end *end,
                 struct error *error);

/* Commits what is pending. */
int store_flush(struct store *store, struct error *error);
/* The same, where this load is at a source of this head (growth.h) or this path. */
int store_flush_head(struct store *store, int64_t head, const char *path,
                     struct error *error);

/* Totals of this load, for progress displays; any thread. */
struct store_totals {
    uint64_t events, hits, operations, segments;
};
void store_totals(struct store *store, struct store_totals *out);

#endif
