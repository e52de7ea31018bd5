/*
 * load_internal.h - what the coordinator (load.c) and the workers (load_worker.c) of
 * one load share.  Everything under `mutex` is named so.
 */
#ifndef DB_LOAD_INTERNAL_H
#define DB_LOAD_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/frame.h"
#include "db/growth.h"
#include "db/load.h"
#include "db/load_tally.h"
#include "db/path_list.h"
#include "db/source_reader.h"

enum { LOAD_WORKERS_MAX = 64 };

/* A file being loaded, so that no two workers load the same content at once. */
struct in_flight {
    bool active;
    uint64_t bytes;
    char sha256[SHA256_HEX]; /* "" until known */
};

/* What is told when the load ends. */
struct load_result {
    struct load_source_result told; /* its texts are owned, but for the path */
    size_t file;                    /* index of files */
    uint64_t ordinal;               /* 0: the file; else its members in order */
};
struct load_results {
    struct load_result *items;
    size_t count, room;
};

struct load {
    struct load_options options;
    struct json_projection *projection; /* read-only */
    struct path_list files;
    char **paths; /* as given */
    size_t path_count;
    char *case_path;
    struct case_file *handle; /* the store's */
    struct store *store;
    struct path_exclusion exclusions[8];
    size_t exclusion_count;

    void (*changed)(void *payload);
    void *payload;

    atomic_bool stop;
    int wake; /* made readable by load_stop, where the load follows; else -1 */
    atomic_bool finished;

    pthread_t coordinator;
    pthread_mutex_t mutex;
    pthread_cond_t flight_landed, help;
    pthread_mutex_t ending; /* held while a source ends: its twin may end as well */
    pthread_cond_t ended;
    /* under mutex */
    size_t next_file;
    struct in_flight flights[LOAD_WORKERS_MAX];
    unsigned busy; /* workers that may have files left */
    /* Large sources by their owner's number, see load_parts.h. */
    struct shared_source *shared[LOAD_WORKERS_MAX];
    struct load_totals totals;
    struct load_results results;
    struct error error; /* the first failure that ends the load */
};

/* One thread: takes files until there are none, or the load stops. */
struct load_worker {
    struct load *load;
    unsigned number;
    pthread_t thread;
};
void *load_worker_run(void *worker);

/* follow.c: reads what grows and appears until the load is stopped. */
struct follower;
struct follower *follow_new(struct load *load, struct error *error);
int follow_run(struct follower *follower, struct error *error);
void follow_free(struct follower *follower);
/* Leaves the files that may grow to follow_run: those that are not packed. */
void follow_choose(struct load *load);
/* One more file; SIZE_MAX: no memory. */
size_t load_add_file(struct load *load, const char *path);

/* Notes the failure that ends the load and stops it. */
void load_fail(struct load *load, const struct error *error);

/* --- the work of one thread ----------------------------------------------------- */

/* What a worker is at of a source that is read in parts. */
struct source_part {
    uint64_t number;
    struct source_window window;
};

/* The tools of one worker, reused for every file, and the file it is at. */
struct work {
    struct load *load;
    unsigned number;
    struct source_reader *reader;
    struct framer *framer;
    struct normaliser *normaliser;
    struct unfolder *unfolder;
    struct detector *detector;
    struct event_batch *batch;
    struct json_slot *slots;
    struct arena facts;                 /* texts of the current hit */
    const struct source_window *window; /* that the current record stands in */
    struct date_survey *years;          /* of stamps that have none, or NULL */

    size_t file;
    const char *member; /* "" or the name of the member */
    uint64_t ordinal;   /* of the member, from 1 */
    int64_t head;
    char sample[SHA256_HEX]; /* of a file whose hash is not known from its beginning */
    struct growth_found growth;
    int64_t source;
    int64_t mtime_us;
    /* Records before it, and so many of those unfolded from the one there, are in the
     * case already. */
    uint64_t resume_offset, resume_leaf;
    uint32_t leaf; /* of the present record, among those unfolded from its bytes */
    struct load_tally tally;
    struct source_progress told;   /* as added to the totals */
    uint64_t consumed, bytes_told; /* of the input, packed */
    char forms_text[TALLY_FORMS_BYTES];

    struct shared_source *shared; /* NULL: this worker reads the source alone */
    struct source_part part;      /* in `room` */
    struct access_point point;    /* passed while it was read, if one was */
    char *room;
    /* The part is read before its turn, and the tally is of the part alone. */
    bool guessing;
    bool astray; /* that was wrong: the part is to be read again */
};

bool work_stopped(const struct work *work);
/* The tools; false: no memory. */
bool load_equip(struct work *work, struct load *load, unsigned number);
void load_disband(struct work *work);
/* One file of the list, from its opening to its end. */
int load_file(struct work *work, struct error *error);
/* What a normaliser is told of a source of that path that was last written then. */
struct time_hint load_hint(const struct load_options *options, const char *path,
                           int64_t newest_us);
/* Room for every option, --device-tz as often as it may be given. */
struct load_options_text {
    char bytes[128 + LIMIT_LOAD_ZONES * (LIMIT_LOAD_ZONE_BYTES + 32)];
    size_t used;
};
const char *load_options_text(const struct load_options *options,
                              struct load_options_text *text);

/* load_record.c: the records and rejects of one framed item. */
int load_take_item(struct work *work, const struct frame_item *item,
                   struct error *error);
/* load_parts.c: before anything is done that depends on all records before: waits for
 * the part's turn.  -1 with work->astray: the part is given up and read again. */
int load_take_turn(struct work *work, struct error *error);
/* Takes every record of the window; *tail: where the next window must begin. */
int load_take_window(struct work *work, const struct source_window *window,
                     size_t *tail, struct error *error);
/* The whole lists that the source holds, when it has been read to its end. */
int load_keep_lists(struct work *work);
/* Everything before this offset is committed with the next batch, and nothing there. */
static inline void load_resume_at(struct source_progress *progress, uint64_t offset)
{
    progress->resume_offset = offset;
    progress->resume_leaf = 0;
}
int load_append(struct work *work, const struct source_end *end, struct error *error);
/* Loads what the reader has open: a file, an archive or a member. */
int load_opened(struct work *work, struct error *error);
/* A source that cannot be opened is kept in the case with the reason. */
int load_record_failure(struct work *work, const char *reason, struct error *error);
/* load_archive.c: all members of the archive whose row is begun, then its end. */
int load_members(struct work *work, struct error *error);
/* load_twin.c: whether the source that was read to its end has the content of another
 * one in another packing; reason says which. */
int load_find_twin(struct work *work, char reason[REASON_MAX], bool *found,
                   struct error *error);
/* The events and hits of the opened source. -1 with ERROR_INPUT: the input failed, and
 * only it; any other failure ends the load. */
int load_take_source(struct work *work, bool embedding, struct error *error);
/* Judges the source (failure: NULL or what went wrong), stores its last batch. */
int load_finish_source(struct work *work, const char *failure, struct error *error);
/* Before a file, or a member of it. */
void load_start_progress(struct work *work);
/* load_totals.c: what was counted since the last time. */
void load_add_to_totals(struct work *work);
/* The file is done with: what of it was not read counts as done for the progress. */
void load_end_file(struct work *work);
void load_tell_result(struct work *work, const char *status, const char *reason,
                      bool duplicate);

#endif
