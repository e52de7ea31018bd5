#include "config.h"

#include "db/raw_reader.h"

#include <stdlib.h>

#include "core/leaf_reader.h"
#include "core/limits.h"
#include "db/access_point.h"
#include "db/embedded.h"
#include "db/source_reopen.h"
#include "db/statement.h"

/* As many as loaded at once: their events alternate in the case. */
enum {
    OPEN_SOURCES = 4,
    /* Fewer unpacked bytes are read faster than a way around them is found. */
    JUMP_BYTES = 1024 * 1024,
};

struct open_source {
    int64_t source; /* 0: none */
    uint64_t used;  /* the higher, the later */
    struct source_reader *reader;
    struct source_window window;
    char *member; /* the reader borrows it */
};

struct raw_reader {
    struct case_file *handle;
    enum source_proof proof;
    struct source_checker *checker;
    struct leaf_reader *leaves;
    sqlite3_stmt *record;
    struct open_source open[OPEN_SOURCES];
    struct access_point point;
    uint64_t clock;
};

struct raw_reader *raw_reader_new(struct case_file *handle, enum source_proof proof,
                                  struct error *error)
{
    struct raw_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        error_set(error, ERROR_MEMORY, "out of memory");
        return NULL;
    }
    reader->handle = handle;
    reader->proof = proof;
    reader->leaves = leaf_reader_new(error);
    reader->checker = source_checker_new(handle, proof);
    if (reader->leaves && !reader->checker)
        error_set(error, ERROR_MEMORY, "out of memory");
    if (reader->leaves && reader->checker)
        return reader;
    raw_reader_free(reader);
    return NULL;
}

void raw_reader_free(struct raw_reader *reader)
{
    if (!reader)
        return;
    for (size_t i = 0; i < OPEN_SOURCES; i++) {
        source_reader_free(reader->open[i].reader);
        free(reader->open[i].member);
    }
    sqlite3_finalize(reader->record);
    source_checker_free(reader->checker);
    leaf_reader_free(reader->leaves);
    free(reader);
}

/* --- marked records ------------------------------------------------------------- */

static int read_hit(struct raw_reader *reader, int64_t source,
                    const struct record_place *place, struct arena *arena,
                    struct slice *out, struct error *error)
{
    static const char sql[] =
        "SELECT raw FROM record WHERE source = ? AND offset = ? AND leaf = ?";
    if (!reader->record &&
        !(reader->record = statement_prepare(reader->handle, slice_from(sql), error)))
        return -1;
    sqlite3_bind_int64(reader->record, 1, source);
    sqlite3_bind_int64(reader->record, 2, (int64_t)place->offset);
    sqlite3_bind_int64(reader->record, 3, place->leaf);
    int code = sqlite3_step(reader->record);
    *out = code == SQLITE_ROW ? statement_text(reader->record, 0, arena) : SLICE_NONE;
    int result = code == SQLITE_ROW || code == SQLITE_DONE
                     ? 0
                     : case_error(reader->handle, "reading a record", error);
    sqlite3_reset(reader->record);
    return result;
}

/* --- the bytes at a place ------------------------------------------------------ */

static int read_embedded(struct raw_reader *reader, int64_t source,
                         const struct record_place *place, struct arena *arena,
                         struct slice *out, struct error *error)
{
    size_t got;
    char *bytes = arena_alloc(arena, place->length);
    if (!bytes)
        return error_set(error, ERROR_MEMORY, "out of memory");
    if (embedded_read(reader->handle, source, place->offset, bytes, place->length, &got,
                      error))
        return -1;
    *out = got == place->length ? (struct slice){bytes, got} : SLICE_NONE;
    return 0;
}

static void shut(struct open_source *open)
{
    if (open->reader)
        source_reader_close(open->reader);
    free(open->member);
    open->member = NULL;
    open->source = 0;
    open->window = (struct source_window){.state = SOURCE_MORE};
}

/* At the source, from its beginning. 0 where it is not there any more. */
static int begin(struct open_source *open, int64_t source,
                 const struct source_standing *standing, struct error *error)
{
    shut(open);
    if (!open->reader && !(open->reader = source_reader_new(READER_CHECKS)))
        return error_set(error, ERROR_MEMORY, "out of memory");
    open->member = strdup(standing->member);
    if (!open->member)
        return error_set(error, ERROR_MEMORY, "out of memory");
    int found = source_reopen(open->reader, standing->path, open->member, false, error);
    open->source = found > 0 ? source : 0;
    return found;
}

/* The slot that has the source open, else the one that was used longest ago. */
static struct open_source *slot_of(struct raw_reader *reader, int64_t source)
{
    struct open_source *oldest = &reader->open[0];
    for (size_t i = 0; i < OPEN_SOURCES; i++) {
        struct open_source *open = &reader->open[i];
        if (open->source == source)
            oldest = open;
        else if (oldest->source != source && open->used < oldest->used)
            oldest = open;
    }
    oldest->used = ++reader->clock;
    return oldest;
}

static bool holds(const struct source_window *window, const struct record_place *place)
{
    return place->offset >= window->base &&
           place->offset - window->base + place->length <= window->length;
}

/* Past what lies between the window and the place, where there is a way. */
static int jump(struct raw_reader *reader, struct open_source *open, uint64_t to,
                struct error *error)
{
    struct source_window *window = &open->window;
    struct access_point *point = &reader->point;
    uint64_t end = window->base + window->length;
    if (to < end + JUMP_BYTES)
        return 0;
    int jumped = source_reader_seek(open->reader, to);
    if (!jumped) {
        jumped = access_point_find(reader->handle, open->source, to, point, error);
        if (jumped > 0)
            jumped = point->offset > end
                         ? source_reader_resume(open->reader, point, error)
                         : 0;
        to = point->offset;
    }
    if (jumped > 0)
        *window = (struct source_window){.base = to, .state = SOURCE_MORE};
    return jumped < 0 ? -1 : 0;
}

/* Reads on until the window holds the place, which lies ahead of its beginning; the
 * source may end before. */
static int read_to(struct raw_reader *reader, struct open_source *open,
                   const struct record_place *place, struct error *error)
{
    struct source_window *window = &open->window;
    if (jump(reader, open, place->offset, error))
        return -1;
    while (!holds(window, place) && window->state == SOURCE_MORE) {
        uint64_t ahead = place->offset - window->base;
        size_t keep = ahead < window->length ? (size_t)ahead : window->length;
        if (source_reader_next(open->reader, keep, window, error))
            return -1;
    }
    return 0;
}

static int read_file(struct raw_reader *reader, int64_t source,
                     const struct record_place *place,
                     const struct source_standing *standing, struct slice *out,
                     struct error *error)
{
    struct open_source *open = slot_of(reader, source);
    struct source_window *window = &open->window;
    *out = SLICE_NONE;
    int there = 1;
    if (open->source != source || place->offset < window->base)
        there = begin(open, source, standing, error);
    if (there > 0 && read_to(reader, open, place, error))
        there = -1;
    if (there > 0 && holds(window, place))
        *out = (struct slice){window->data + (place->offset - window->base),
                              place->length};
    if (there >= 0)
        return 0;
    shut(open);
    return error->code == ERROR_INPUT ? 0 : -1;
}

/* --- asking -------------------------------------------------------------------- */

int raw_reader_read(struct raw_reader *reader, int64_t source,
                    const struct record_place *place, struct arena *arena,
                    struct raw_found *out, struct error *error)
{
    struct source_standing standing;
    struct slice bytes = SLICE_NONE;
    if (place->length > LIMIT_RECORD_BYTES)
        return error_set(error, ERROR_CASE, "the length of a record is damaged");
    if (source_checker_ask(reader->checker, source, &standing, error))
        return -1;
    *out = (struct raw_found){
        .condition = standing.condition,
        .path = arena_copy(arena, slice_from(standing.path)),
        .member = arena_copy(arena, slice_from(standing.member)),
    };
    bool changed = standing.condition == SOURCE_CHANGED;
    if (changed && reader->proof == SOURCE_HASH)
        return 0;
    if (read_hit(reader, source, place, arena, &out->raw, error))
        return -1;
    out->in_case = slice_present(out->raw) || standing.condition == SOURCE_KEPT;
    if (slice_present(out->raw) || changed || standing.condition == SOURCE_MOVED)
        return 0;
    if (standing.condition == SOURCE_KEPT
            ? read_embedded(reader, source, place, arena, &bytes, error)
            : read_file(reader, source, place, &standing, &bytes, error))
        return -1;
    if (!slice_present(bytes)) {
        out->condition = SOURCE_CHANGED;
        return 0;
    }
    out->raw = leaf_reader_find(reader->leaves, bytes, place->leaf, arena);
    if (!slice_present(out->raw))
        out->raw = arena_copy(arena, bytes);
    return slice_present(out->raw) ? 0
                                   : error_set(error, ERROR_MEMORY, "out of memory");
}
