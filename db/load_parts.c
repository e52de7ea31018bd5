#include "config.h"

#include "db/load_parts.h"

#include <stdlib.h>

#include "core/form.h"
#include "db/event_batch.h"

enum {
    /* In memory before a part: the beginning of its first record. */
    CARRY_BYTES = FRAME_WINDOW_BYTES,
    /* After a wrong guess so many parts are read in their turn, after another one twice
     * as many: guesses that are always wrong cost a core for nothing. */
    DOUBTED_PARTS_MAX = 64,
};

struct shared_source {
    struct work *owner; /* whose reader it is */
    bool embedding;
    unsigned helpers; /* under load.mutex */

    pthread_mutex_t reading; /* of: */
    uint64_t taken;          /* parts */
    uint64_t offset;         /* of the next one */
    char *rest;              /* its beginning, if that was read already */
    size_t rest_length;
    bool ended;         /* no part is left */
    struct error input; /* why, where the input failed */

    pthread_mutex_t mutex; /* of how things stand where the last settled part ends: */
    pthread_cond_t turn;
    uint64_t settled; /* parts */
    struct framer *framer;
    struct normaliser *normaliser;
    struct load_tally tally;
    struct source_progress told;
    uint64_t consumed, bytes_told;
    char *carry; /* the last bytes of that part, that belong to a record of the next */
    size_t carry_length;
    unsigned doubted, penalty; /* parts that are not guessed at */
    struct error error;        /* the first failure that ends the load */
};

static int no_memory(struct error *error)
{
    return error_set(error, ERROR_MEMORY, "no memory to read a large file");
}

/* --- taking a part ------------------------------------------------------------- */

/* Reads until the part is full. */
static int read_part(struct shared_source *shared, struct source_part *part, char *data,
                     struct error *error)
{
    struct source_reader *reader = shared->owner->reader;
    size_t length = shared->rest_length;
    memcpy(data, shared->rest, length);
    ssize_t got = 1;
    while (got > 0 && PART_BYTES - length >= SOURCE_READ_MIN) {
        got = source_reader_read(reader, data + length, PART_BYTES - length, error);
        length += got > 0 ? (size_t)got : 0;
    }
    shared->ended = got <= 0;
    part->window = (struct source_window){
        data, length, shared->offset, got ? SOURCE_MORE : source_reader_end(reader)};
    return got < 0 ? -1 : 0;
}

/* What stands behind the last joint is left for the next part. */
static void cut_part(struct shared_source *shared, struct source_part *part)
{
    struct source_window *window = &part->window;
    size_t joint = 0;
    pthread_mutex_lock(&shared->mutex);
    shared->consumed = source_reader_consumed(shared->owner->reader);
    if (!shared->ended)
        joint = framer_guess_joint(shared->framer,
                                   (struct slice){window->data, window->length});
    pthread_mutex_unlock(&shared->mutex);
    shared->rest_length = joint ? window->length - joint : 0;
    window->length -= shared->rest_length;
    memcpy(shared->rest, window->data + window->length, shared->rest_length);
    shared->offset += window->length;
}

/* 1: there is one. 0: no more. */
static int take_part(struct shared_source *shared, struct work *work,
                     struct error *error)
{
    struct source_part *part = &work->part;
    int result = 0;
    pthread_mutex_lock(&shared->reading);
    if (!shared->ended) {
        part->number = shared->taken;
        result = read_part(shared, part, work->room + CARRY_BYTES, error);
        if (!result) {
            source_reader_take_point(shared->owner->reader, &work->point);
            cut_part(shared, part);
            shared->taken++;
            result = 1;
        } else if (error->code == ERROR_INPUT) {
            shared->input = *error;
            result = 0;
        }
    }
    pthread_mutex_unlock(&shared->reading);
    return result;
}

/* --- the turn of a part -------------------------------------------------------- */

static int fail(struct shared_source *shared, struct error *error)
{
    pthread_mutex_lock(&shared->mutex);
    if (shared->error.code == ERROR_NONE)
        shared->error = *error;
    pthread_cond_broadcast(&shared->turn);
    pthread_mutex_unlock(&shared->mutex);
    return -1;
}

/* Under shared->mutex: until so many parts are settled. */
static int wait_settled(struct shared_source *shared, uint64_t parts,
                        struct error *error)
{
    while (shared->settled < parts && shared->error.code == ERROR_NONE)
        pthread_cond_wait(&shared->turn, &shared->mutex);
    if (shared->error.code == ERROR_NONE)
        return 0;
    *error = shared->error;
    return -1;
}

/* Everything counts from here on as if this worker had read all parts before. */
static void take_over(struct shared_source *shared, struct work *work)
{
    work->tally = shared->tally;
    work->told = shared->told;
    work->consumed = shared->consumed;
    work->bytes_told = shared->bytes_told;
    work->guessing = false;
}

static bool guess_was_right(const struct shared_source *shared, const struct work *work)
{
    return !shared->carry_length && framer_joined(shared->framer, work->framer) &&
           normaliser_joined(shared->normaliser, work->normaliser) &&
           shared->tally.rejects_kept + work->tally.rejects_kept <= LIMIT_REJECTS_KEPT;
}

int load_take_turn(struct work *work, struct error *error)
{
    struct shared_source *shared = work->shared;
    if (!work->guessing)
        return 0;
    pthread_mutex_lock(&shared->mutex);
    int result = wait_settled(shared, work->part.number, error);
    if (!result && guess_was_right(shared, work)) {
        struct load_tally part = work->tally;
        take_over(shared, work);
        tally_add(&work->tally, &part);
        shared->penalty = 0;
    } else if (!result) {
        work->astray = true;
        shared->penalty = shared->penalty ? 2 * shared->penalty : 1;
        if (shared->penalty > DOUBTED_PARTS_MAX)
            shared->penalty = DOUBTED_PARTS_MAX;
        shared->doubted = shared->penalty;
        result = error_set(error, ERROR_INTERRUPTED, "a part began elsewhere");
    }
    pthread_mutex_unlock(&shared->mutex);
    return result;
}

static int begin_as(struct work *work, const struct shared_source *shared,
                    struct error *error)
{
    int result = work->guessing ? framer_guess(work->framer, shared->framer)
                                : framer_begin_as(work->framer, shared->framer);
    return result || normaliser_begin_as(work->normaliser, shared->normaliser)
               ? no_memory(error)
               : 0;
}

/* Whether to read the part before its turn, which needs an idea of the source. */
static int begin_guess(struct shared_source *shared, struct work *work,
                       struct error *error)
{
    pthread_mutex_lock(&shared->mutex);
    int result = wait_settled(shared, work->part.number > 0, error);
    bool turn = shared->settled == work->part.number;
    bool doubted = !turn && shared->doubted > 0;
    shared->doubted -= doubted;
    work->guessing = !result && !turn && !doubted;
    if (work->guessing)
        result = begin_as(work, shared, error);
    pthread_mutex_unlock(&shared->mutex);
    work->astray = false;
    if (work->guessing)
        tally_reset(&work->tally);
    return result;
}

/* The window then begins with what is left of the part before. */
static int begin_in_turn(struct shared_source *shared, struct work *work,
                         struct error *error)
{
    struct source_window *window = &work->part.window;
    work->guessing = false;
    pthread_mutex_lock(&shared->mutex);
    int result = wait_settled(shared, work->part.number, error);
    if (!result && !(result = begin_as(work, shared, error))) {
        take_over(shared, work);
        window->data -= shared->carry_length;
        window->length += shared->carry_length;
        window->base -= shared->carry_length;
        memcpy(work->room + CARRY_BYTES - shared->carry_length, shared->carry,
               shared->carry_length);
    }
    pthread_mutex_unlock(&shared->mutex);
    return result;
}

/* --- reading a part ------------------------------------------------------------ */

/* Of a source that goes on, the case may have none of the bytes yet. */
static int embed(struct work *work, const struct source_window *bytes,
                 struct error *error)
{
    bool none = work->growth.kind == GROWTH_CONTINUES && !work->growth.embedded;
    if (!work->shared->embedding ||
        (bytes->base + bytes->length <= work->resume_offset && !none) ||
        !event_batch_embed(work->batch, bytes->base,
                           (struct slice){bytes->data, bytes->length}))
        return 0;
    return error_set(error, ERROR_MEMORY, "no memory to embed the input");
}

static int keep_point(struct work *work, struct error *error)
{
    if (!work->point.offset || !event_batch_point(work->batch, &work->point))
        return 0;
    return error_set(error, ERROR_MEMORY, "no memory for an access point");
}

static int read_records(struct work *work, const struct source_window *bytes,
                        size_t *tail, struct error *error)
{
    return embed(work, bytes, error) || keep_point(work, error) ||
           load_take_window(work, &work->part.window, tail, error);
}

/* *tail: what of the window was taken. On return it is the part's turn. */
static int scan_part(struct shared_source *shared, struct work *work, size_t *tail,
                     struct error *error)
{
    const struct source_window bytes = work->part.window;
    if (begin_guess(shared, work, error))
        return -1;
    if (work->guessing) {
        if (!read_records(work, &bytes, tail, error) && !load_take_turn(work, error))
            return 0;
        if (!work->astray)
            return -1;
        event_batch_reset(work->batch);
    }
    return begin_in_turn(shared, work, error) ||
           read_records(work, &bytes, tail, error);
}

/* The next part may have its turn. */
static int settle_part(struct shared_source *shared, struct work *work, size_t tail,
                       struct error *error)
{
    const struct source_window *window = &work->part.window;
    uint64_t done = framer_settled(work->framer);
    if (done > work->tally.progress.resume_offset)
        load_resume_at(&work->tally.progress, done);
    if (load_append(work, NULL, error))
        return -1;
    pthread_mutex_lock(&shared->mutex);
    int result = framer_follow(shared->framer, work->framer) ||
                         normaliser_follow(shared->normaliser, work->normaliser)
                     ? no_memory(error)
                     : 0;
    shared->tally = work->tally;
    shared->told = work->told;
    shared->bytes_told = work->bytes_told;
    shared->carry_length = window->length - tail;
    memcpy(shared->carry, window->data + tail, shared->carry_length);
    shared->settled++;
    pthread_cond_broadcast(&shared->turn);
    pthread_mutex_unlock(&shared->mutex);
    return result;
}

static int take_parts(struct shared_source *shared, struct work *work,
                      struct error *error)
{
    int result;
    work->shared = shared;
    if (!work->room && !(work->room = malloc(CARRY_BYTES + PART_BYTES)))
        result = no_memory(error);
    else
        result = take_part(shared, work, error);
    while (result > 0) {
        size_t tail;
        result = scan_part(shared, work, &tail, error) ||
                         settle_part(shared, work, tail, error)
                     ? -1
                     : take_part(shared, work, error);
    }
    work->shared = NULL;
    work->guessing = false;
    if (!result)
        return 0;
    event_batch_reset(work->batch);
    return fail(shared, error);
}

/* --- the owner ----------------------------------------------------------------- */

static void fini(struct shared_source *shared)
{
    framer_free(shared->framer);
    normaliser_free(shared->normaliser);
    free(shared->rest);
    free(shared->carry);
    pthread_mutex_destroy(&shared->reading);
    pthread_mutex_destroy(&shared->mutex);
    pthread_cond_destroy(&shared->turn);
}

static int init(struct shared_source *shared, struct work *work, bool embedding,
                struct error *error)
{
    *shared = (struct shared_source){
        .owner = work,
        .embedding = embedding,
        .framer = framer_new(work->load->projection),
        .normaliser = normaliser_new(),
        .rest = malloc(PART_BYTES),
        .carry = malloc(CARRY_BYTES),
        .tally = work->tally,
        .told = work->told,
        .bytes_told = work->bytes_told,
    };
    pthread_mutex_init(&shared->reading, NULL);
    pthread_mutex_init(&shared->mutex, NULL);
    pthread_cond_init(&shared->turn, NULL);
    if (shared->framer && shared->normaliser && shared->rest && shared->carry &&
        !framer_begin_as(shared->framer, work->framer) &&
        !normaliser_begin_as(shared->normaliser, work->normaliser))
        return 0;
    fini(shared);
    return no_memory(error);
}

/* Nobody else begins with it. */
static void withdraw(struct load *load, const struct shared_source *shared)
{
    for (unsigned i = 0; i < LOAD_WORKERS_MAX; i++) {
        if (load->shared[i] == shared)
            load->shared[i] = NULL;
    }
}

int load_take_parts(struct work *work, bool embedding, struct error *error)
{
    struct load *load = work->load;
    struct shared_source shared;
    if (init(&shared, work, embedding, error))
        return -1;
    pthread_mutex_lock(&load->mutex);
    load->shared[work->number] = &shared;
    pthread_cond_broadcast(&load->help);
    pthread_mutex_unlock(&load->mutex);
    int result = take_parts(&shared, work, error);
    pthread_mutex_lock(&load->mutex);
    withdraw(load, &shared);
    while (shared.helpers)
        pthread_cond_wait(&load->help, &load->mutex);
    pthread_mutex_unlock(&load->mutex);
    /* A helper may have failed after the owner was through. */
    if (shared.error.code != ERROR_NONE) {
        *error = shared.error;
        result = -1;
    }
    take_over(&shared, work);
    work->tally.progress.unpacked_bytes = shared.offset;
    if (!result && shared.input.code != ERROR_NONE) {
        *error = shared.input;
        result = -1;
    }
    fini(&shared);
    return result;
}

/* --- the others ---------------------------------------------------------------- */

/* The helper's records are the owner's source's. */
static void stand_in(struct work *work, const struct work *owner)
{
    work->file = owner->file;
    work->member = owner->member;
    work->ordinal = owner->ordinal;
    work->growth = owner->growth;
    work->source = owner->source;
    work->mtime_us = owner->mtime_us;
    work->resume_offset = owner->resume_offset;
    work->resume_leaf = owner->resume_leaf;
}

static struct shared_source *find_shared(const struct load *load)
{
    for (unsigned i = 0; i < LOAD_WORKERS_MAX; i++) {
        if (load->shared[i])
            return load->shared[i];
    }
    return NULL;
}

void load_help(struct work *work)
{
    struct load *load = work->load;
    struct error error;
    pthread_mutex_lock(&load->mutex);
    load->busy--;
    pthread_cond_broadcast(&load->help);
    while (load->busy) {
        struct shared_source *shared = find_shared(load);
        if (!shared) {
            pthread_cond_wait(&load->help, &load->mutex);
            continue;
        }
        shared->helpers++;
        pthread_mutex_unlock(&load->mutex);
        stand_in(work, shared->owner);
        (void)take_parts(shared, work, &error);
        pthread_mutex_lock(&load->mutex);
        withdraw(load, shared);
        shared->helpers--;
        pthread_cond_broadcast(&load->help);
    }
    pthread_mutex_unlock(&load->mutex);
}
