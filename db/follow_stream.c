#include "config.h"

#include "db/follow_stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "core/packing.h"
#include "core/unfold.h"

enum {
    READ_BYTES = 1024 * 1024,
    /* The last bytes read are compared with the file before more is read: a file that
     * was cut and has grown beyond its old size again is not taken for the same. */
    LAST_BYTES = 256,
};

struct follow_stream {
    struct follow_tools *tools;
    struct work work; /* its framer and normaliser are its own, the rest the tools' */
    int descriptor;
    bool is_stdin;
    bool begun;       /* its source has */
    uint64_t settled; /* not begun: nothing to do up to this size */
    uint64_t read, told;
    char *pending; /* the incomplete record, from `read` - pending_length on */
    size_t pending_length;
    uint64_t embedded; /* up to here, the bytes are in the case or on the way */
    EVP_MD_CTX *digest;
    char last[LAST_BYTES]; /* the bytes before `read` */
    size_t last_length;
};

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --- life ------------------------------------------------------------------ */

int follow_tools_init(struct follow_tools *tools, struct load *load,
                      struct error *error)
{
    *tools = (struct follow_tools){.window = malloc(FRAME_WINDOW_BYTES)};
    bool equipped = load_equip(&tools->work, load, 0);
    return equipped && tools->window
               ? 0
               : error_set(error, ERROR_MEMORY, "no memory for the loading buffers");
}

void follow_tools_fini(struct follow_tools *tools)
{
    load_disband(&tools->work);
    free(tools->window);
}

struct follow_stream *follow_stream_new(struct follow_tools *tools, size_t file,
                                        int descriptor)
{
    struct load *load = tools->work.load;
    struct follow_stream *stream = calloc(1, sizeof *stream);
    if (!stream) {
        close(descriptor);
        return NULL;
    }
    stream->tools = tools;
    stream->work = tools->work;
    arena_init(&stream->work.facts);
    stream->work.file = file;
    stream->work.framer = framer_new(load->projection);
    stream->work.normaliser = normaliser_new();
    stream->work.unfolder =
        stream->work.normaliser
            ? unfolder_new(load->projection, stream->work.normaliser)
            : NULL;
    stream->descriptor = descriptor;
    stream->is_stdin = load->files.entries[file].is_stdin;
    stream->digest = EVP_MD_CTX_new();
    if (stream->work.framer && stream->work.unfolder && stream->digest)
        return stream;
    follow_stream_free(stream);
    return NULL;
}

void follow_stream_free(struct follow_stream *stream)
{
    if (!stream)
        return;
    framer_free(stream->work.framer);
    unfolder_free(stream->work.unfolder);
    normaliser_free(stream->work.normaliser);
    arena_fini(&stream->work.facts);
    EVP_MD_CTX_free(stream->digest);
    free(stream->pending);
    if (!stream->is_stdin)
        close(stream->descriptor);
    free(stream);
}

int follow_stream_descriptor(const struct follow_stream *stream)
{
    return stream->descriptor;
}

const char *follow_stream_path(const struct follow_stream *stream)
{
    return stream->work.load->files.entries[stream->work.file].path;
}

uint64_t follow_stream_progress(struct follow_stream *stream)
{
    uint64_t bytes = stream->read - stream->told;
    stream->told = stream->read;
    return bytes;
}

/* --- reading --------------------------------------------------------------- */

static bool readable(int descriptor)
{
    struct pollfd fd = {.fd = descriptor, .events = POLLIN};
    return poll(&fd, 1, 0) > 0;
}

static ssize_t read_more(const struct follow_stream *stream, char *to, size_t room)
{
    ssize_t got;
    do
        got = stream->is_stdin
                  ? read(stream->descriptor, to, room)
                  : pread(stream->descriptor, to, room, (off_t)stream->read);
    while (got < 0 && errno == EINTR);
    return got;
}

static int hash_so_far(struct follow_stream *stream, char out[SHA256_HEX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    bool done = copy && EVP_MD_CTX_copy_ex(copy, stream->digest) &&
                EVP_DigestFinal_ex(copy, digest, &length) && length == SHA256_HEX / 2;
    EVP_MD_CTX_free(copy);
    if (done)
        sha256_text(digest, out);
    return done ? 0 : -1;
}

static void remember_last(struct follow_stream *stream, const char *bytes,
                          size_t length)
{
    if (length >= LAST_BYTES) {
        memcpy(stream->last, bytes + length - LAST_BYTES, LAST_BYTES);
        stream->last_length = LAST_BYTES;
        return;
    }
    size_t kept = stream->last_length;
    if (kept + length > LAST_BYTES)
        kept = LAST_BYTES - length;
    memmove(stream->last, stream->last + stream->last_length - kept, kept);
    memcpy(stream->last + kept, bytes, length);
    stream->last_length = kept + length;
}

/* Whether the file still begins with what was read of it. */
static bool is_unchanged(const struct follow_stream *stream)
{
    char now[LAST_BYTES];
    struct stat status;
    if (stream->is_stdin || !stream->begun)
        return true;
    if (fstat(stream->descriptor, &status) || (uint64_t)status.st_size < stream->read)
        return false;
    size_t length = stream->last_length;
    return pread(stream->descriptor, now, length, (off_t)(stream->read - length)) ==
               (ssize_t)length &&
           !memcmp(now, stream->last, length);
}

/* The window is the pending bytes and `fresh` new ones; what is left of it waits. */
static int take(struct follow_stream *stream, size_t fresh, enum source_state state,
                struct error *error)
{
    size_t tail = 0;
    struct source_window window = {
        .data = stream->tools->window,
        .length = stream->pending_length + fresh,
        .base = stream->read - fresh - stream->pending_length,
        .state = state,
    };
    if (load_take_window(&stream->work, &window, &tail, error))
        return -1;
    size_t left = window.length - tail;
    char *pending = realloc(stream->pending, left ? left : 1);
    if (!pending)
        return error_set(error, ERROR_MEMORY, "no memory for a record");
    memcpy(pending, window.data + tail, left);
    stream->pending = pending;
    stream->pending_length = left;
    return 0;
}

/* What is committed says how much was read, so that it can be told later whether the
 * file is the same. */
static int note_progress(struct follow_stream *stream, char hash[SHA256_HEX])
{
    struct source_progress *progress = &stream->work.tally.progress;
    progress->bytes = progress->unpacked_bytes = stream->read;
    progress->sha256 = hash;
    if (!progress->head && !stream->is_stdin)
        progress->head = growth_head(stream->descriptor);
    return hash_so_far(stream, hash);
}

/* One piece, embedded and cut into records. *got: 0 where nothing is there. */
static int read_piece(struct follow_stream *stream, ssize_t *got, struct error *error)
{
    struct work *work = &stream->work;
    char *fresh = stream->tools->window + stream->pending_length;
    size_t room = FRAME_WINDOW_BYTES - stream->pending_length;
    char hash[SHA256_HEX];
    memcpy(stream->tools->window, stream->pending ? stream->pending : "",
           stream->pending_length);
    *got = read_more(stream, fresh, room < READ_BYTES ? room : READ_BYTES);
    if (*got <= 0)
        return 0;
    size_t length = (size_t)*got;
    stream->read += length;
    work->consumed = stream->read;
    remember_last(stream, fresh, length);
    if (!EVP_DigestUpdate(stream->digest, fresh, length) || note_progress(stream, hash))
        return error_set(error, ERROR_MEMORY, "SHA-256 cannot be computed");
    if (stream->read > stream->embedded) {
        size_t skip = stream->embedded > stream->read - length
                          ? (size_t)(stream->embedded - (stream->read - length))
                          : 0;
        if (event_batch_embed(work->batch, stream->read - length + skip,
                              (struct slice){fresh + skip, length - skip}))
            return error_set(error, ERROR_MEMORY, "no memory to embed the input");
        stream->embedded = stream->read;
    }
    if (take(stream, length, SOURCE_MORE, error))
        return -1;
    uint64_t complete = stream->read - stream->pending_length;
    if (complete > work->tally.progress.resume_offset)
        load_resume_at(&work->tally.progress, complete);
    return load_append(work, NULL, error);
}

/* --- the source ------------------------------------------------------------ */

static void restart(struct follow_stream *stream)
{
    stream->begun = false;
    stream->settled = stream->read = stream->told = stream->embedded = 0;
    stream->pending_length = stream->last_length = 0;
}

/* What was read of it was another source. */
static int next_generation(struct follow_stream *stream, struct error *error)
{
    struct work *work = &stream->work;
    if (follow_stream_end(stream, FOLLOW_CUT, error))
        return -1;
    restart(stream);
    work->file = load_add_file(work->load, follow_stream_path(stream));
    return work->file == SIZE_MAX
               ? error_set(error, ERROR_MEMORY, "no memory for another file")
               : 0;
}

static int start_source(struct follow_stream *stream, const struct stat *status,
                        struct error *error)
{
    struct work *work = &stream->work;
    const struct load_options *options = &work->load->options;
    struct load_options_text text;
    const struct growth_found *growth = &work->growth;
    struct source_start start = {
        .path = follow_stream_path(stream),
        .member = "",
        .head = work->head,
        .continues = growth->kind == GROWTH_CONTINUES ? growth->source : 0,
        .supersedes = growth->kind == GROWTH_SUPERSEDES ? growth->source : 0,
        .mtime_us =
            (int64_t)status->st_mtim.tv_sec * 1000000 + status->st_mtim.tv_nsec / 1000,
        .options = load_options_text(options, &text),
        .loaded_by = options->analyst,
        .host = options->host,
        .embedded = true,
        .packing = "",
    };
    enum source_known known;
    if (stream->is_stdin)
        start.mtime_us = now_us();
    work->mtime_us = start.mtime_us;
    struct time_hint hint = load_hint(options, start.path, start.mtime_us);
    if (store_begin_source(work->load->store, &start, NULL, &known, &work->source,
                           &work->told, error))
        return -1;
    bool resumed = known == SOURCE_RESUMED;
    work->resume_offset = resumed ? work->told.resume_offset : 0;
    work->resume_leaf = resumed ? work->told.resume_leaf : 0;
    stream->embedded = resumed && growth->embedded ? work->told.unpacked_bytes : 0;
    work->tally.progress.resume_offset = work->resume_offset;
    work->tally.progress.resume_leaf = work->resume_leaf;
    work->told = work->tally.progress;
    framer_reset(work->framer);
    normaliser_reset(work->normaliser, &hint);
    if (!EVP_DigestInit_ex(stream->digest, EVP_sha256(), NULL))
        return error_set(error, ERROR_MEMORY, "SHA-256 cannot be started");
    stream->begun = true;
    return 0;
}

/* The source is known, and there is nothing new. */
static int settle(struct follow_stream *stream, uint64_t bytes, struct error *error)
{
    struct work *work = &stream->work;
    bool first = !stream->settled;
    stream->settled = bytes;
    if (!work->growth.same_path && first &&
        store_note_alias(work->load->store, work->growth.source,
                         follow_stream_path(stream), error))
        return -1;
    if (first)
        load_tell_result(work, "done", "what it holds is in the case already", true);
    return 0;
}

bool follow_is_packed(int descriptor)
{
    char head[PACKING_SNIFF_BYTES];
    ssize_t got = pread(descriptor, head, sizeof head, 0);
    return got > 0 &&
           packing_of((struct slice){head, (size_t)got}).kind != PACKING_NONE;
}

/* Finds out what the file is, once there is something in it. */
static int begin(struct follow_stream *stream, enum follow_state *state,
                 struct error *error)
{
    struct work *work = &stream->work;
    struct stat status;
    if (fstat(stream->descriptor, &status))
        return 0;
    load_start_progress(work);
    if (stream->is_stdin)
        return start_source(stream, &status, error);
    uint64_t bytes = (uint64_t)status.st_size;
    if (bytes < stream->settled)
        restart(stream);
    if (bytes == stream->settled)
        return 0;
    if (follow_is_packed(stream->descriptor)) {
        *state = FOLLOW_PACKED;
        return 0;
    }
    work->head = growth_head(stream->descriptor);
    /* So that what this load has read itself is among what is known. */
    if (store_flush_head(work->load->store, work->head, follow_stream_path(stream),
                         error) ||
        growth_find(work->load->store, stream->descriptor, bytes,
                    follow_stream_path(stream), work->head, &work->growth, error))
        return -1;
    if (work->growth.kind == GROWTH_SAME || work->growth.kind == GROWTH_PART)
        return settle(stream, bytes, error);
    return start_source(stream, &status, error);
}

int follow_stream_read(struct follow_stream *stream, enum follow_state *state,
                       struct error *error)
{
    *state = FOLLOW_GROWS;
    if (!is_unchanged(stream) && next_generation(stream, error))
        return -1;
    if (!stream->begun && begin(stream, state, error))
        return -1;
    if (!stream->begun)
        return 0;
    for (ssize_t got = 1; got > 0 && !work_stopped(&stream->work);) {
        if (stream->is_stdin && !readable(stream->descriptor))
            break;
        if (read_piece(stream, &got, error))
            return -1;
        if (got <= 0 && stream->is_stdin)
            *state = FOLLOW_ENDED;
    }
    normaliser_set_newest(stream->work.normaliser, now_us());
    return 0;
}

int follow_stream_end(struct follow_stream *stream, enum follow_end how,
                      struct error *error)
{
    struct work *work = &stream->work;
    char reason[REASON_MAX], hash[SHA256_HEX];
    if (!stream->begun)
        return 0;
    stream->begun = false;
    bool incomplete = how == FOLLOW_PAUSED && stream->pending_length;
    memcpy(stream->tools->window, stream->pending ? stream->pending : "",
           stream->pending_length);
    if (how != FOLLOW_PAUSED &&
        take(stream, 0, how == FOLLOW_CUT ? SOURCE_CUT : SOURCE_WHOLE, error))
        return -1;
    if (note_progress(stream, hash))
        return error_set(error, ERROR_MEMORY, "SHA-256 cannot be computed");
    struct source_end end = {
        .status = tally_judge(
            &work->tally, NULL, "",
            how == FOLLOW_CUT ? "the file was cut or written anew" : "", reason),
        .reason = reason,
        .sha256 = hash,
        .bytes = stream->read,
        .open_end =
            how != FOLLOW_PAUSED && work->tally.tail_open && work->tally.tail_is_event,
    };
    if (incomplete)
        end.status = "loading";
    else
        load_resume_at(&work->tally.progress,
                       how == FOLLOW_PAUSED || end.open_end || !work->tally.tail_open
                           ? stream->read
                           : work->tally.tail_offset);
    if (load_append(work, &end, error))
        return -1;
    load_tell_result(work, incomplete ? "partial" : end.status,
                     incomplete ? "its last record is not complete" : reason, false);
    return 0;
}
