#include "config.h"

#include "db/digest_check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "db/source_reader.h"
#include "db/statement.h"

const char *digest_state_words(enum digest_state state)
{
    static const char *const words[DIGEST_STATE_COUNT] = {
#define X(identifier, text) text,
        DIGEST_STATES(X)
#undef X
    };
    return (unsigned)state < DIGEST_STATE_COUNT ? words[state] : "";
}

/* A digest is a record that was skipped; its source says so. */
#define IS_DIGEST "reason LIKE '%CloudTrail digest%'"

int digest_count(struct case_file *handle, uint64_t *out, struct error *error)
{
    sqlite3_stmt *statement = statement_prepare(
        handle, SLICE("SELECT count(*) FROM source WHERE member = '' AND " IS_DIGEST),
        error);
    *out = 0;
    if (!statement)
        return -1;
    int result = sqlite3_step(statement);
    *out = result == SQLITE_ROW ? statement_count(statement, 0) : 0;
    return statement_end(handle, statement, result, "counting digests", error);
}

/* A source that was read, to be found by the last part of its path. */
struct loaded {
    struct slice name, path;
    bool archived; /* path is that of a member: it is not read again */
};

struct check {
    struct case_file *handle;
    struct loaded *loaded; /* by name, then path */
    size_t count, room;
    struct arena names;
    struct source_reader *reader;
    struct sha256 *hash;
    digest_visit visit;
    void *payload;
    struct digest_totals *totals;
    struct arena arena; /* of one digest */
};

/* --- the content of a file -------------------------------------------------------- */

typedef int (*take_bytes)(struct check *check, const char *data, size_t length,
                          void *payload);

/* 0: all of it was given; -1: it cannot be read, or `take` has had enough. */
static int read_content(struct check *check, struct slice path, take_bytes take,
                        void *payload)
{
    struct error error = {.code = ERROR_NONE};
    struct source_window window = {.state = SOURCE_MORE};
    struct slice name = arena_copy(&check->arena, path);
    int descriptor = slice_present(name) ? open(name.data, O_RDONLY | O_CLOEXEC) : -1;
    if (descriptor < 0)
        return -1;
    int result = source_reader_open(check->reader, descriptor, false, &error);
    if (!result && source_reader_is_archive(check->reader))
        result = -1;
    size_t seen = 0;
    while (!result && window.state == SOURCE_MORE) {
        result = source_reader_next(check->reader, seen, &window, &error);
        if (!result)
            result = take(check, window.data, window.length, payload);
        seen = window.length;
    }
    source_reader_close(check->reader);
    return result || window.state != SOURCE_WHOLE ? -1 : 0;
}

static int add_to_hash(struct check *check, const char *data, size_t length,
                       void *payload)
{
    (void)payload;
    sha256_add(check->hash, data, length);
    return 0;
}

struct bytes {
    char *data;
    size_t length;
};

static int add_to_bytes(struct check *check, const char *data, size_t length,
                        void *payload)
{
    struct bytes *bytes = payload;
    (void)check;
    if (bytes->length + length > LIMIT_DIGEST_BYTES)
        return -1;
    char *more = realloc(bytes->data, bytes->length + length + 1);
    if (!more)
        return -1;
    memcpy(more + bytes->length, data, length);
    bytes->data = more;
    bytes->length += length;
    return 0;
}

/* --- what is loaded --------------------------------------------------------------- */

static struct slice last_part(struct slice path)
{
    ptrdiff_t slash = slice_rindex(path, '/');
    return slash < 0 ? path : slice_skip(path, (size_t)slash + 1);
}

static int by_name(const void *left, const void *right)
{
    const struct loaded *a = left, *b = right;
    int order = slice_compare(a->name, b->name);
    return order ? order : slice_compare(a->path, b->path);
}

static int add_loaded(struct check *check, sqlite3_stmt *row, struct error *error)
{
    if (check->count == check->room) {
        check->room = check->room ? 2 * check->room : 64;
        void *more = realloc(check->loaded, check->room * sizeof *check->loaded);
        if (!more)
            return error_set(error, ERROR_MEMORY, "out of memory");
        check->loaded = more;
    }
    struct slice path = statement_text(row, 0, &check->names);
    check->loaded[check->count++] =
        (struct loaded){last_part(path), path, sqlite3_column_int(row, 1) != 0};
    return 0;
}

static int read_loaded(struct check *check, struct error *error)
{
    static const char sql[] =
        "SELECT CASE member WHEN '' THEN path ELSE member END, member <> ''"
        " FROM source WHERE status IN ('done', 'partial')"
        " UNION SELECT path, 0 FROM source_alias";
    sqlite3_stmt *statement = statement_prepare(check->handle, slice_from(sql), error);
    int code, result = 0;
    if (!statement)
        return -1;
    while (!result && (code = sqlite3_step(statement)) == SQLITE_ROW)
        result = add_loaded(check, statement, error);
    if (result) {
        sqlite3_finalize(statement);
        return -1;
    }
    if (check->count)
        qsort(check->loaded, check->count, sizeof *check->loaded, by_name);
    return statement_end(check->handle, statement, code, "reading sources", error);
}

/* --- one listed file -------------------------------------------------------------- */

/* Files are handed over with and without their folders: the one whose path ends with
 * the object's key, else one of the same name. */
static const struct loaded *find_loaded(const struct check *check, struct slice object)
{
    struct slice name = last_part(object);
    size_t low = 0, high = check->count;
    const struct loaded *found = NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (slice_compare(check->loaded[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < check->count && slice_equal(check->loaded[low].name, name); low++) {
        if (!found || slice_ends_with(check->loaded[low].path, object))
            found = &check->loaded[low];
    }
    return found;
}

static enum digest_state compare(struct check *check, const struct digest_file *file,
                                 const struct loaded *loaded)
{
    char hex[SHA256_HEX];
    if (!loaded)
        return DIGEST_MISSING;
    if (loaded->archived || slice_blank(file->sha256) || sha256_start(check->hash) ||
        read_content(check, loaded->path, add_to_hash, NULL) ||
        sha256_finish(check->hash, hex))
        return DIGEST_UNREAD;
    return slice_equal_nocase(file->sha256, slice_from(hex)) ? DIGEST_CONSISTENT
                                                             : DIGEST_DIFFERS;
}

static int check_digest(struct check *check, const struct digest *digest,
                        struct error *error)
{
    for (size_t i = 0; i < digest->count; i++) {
        const struct loaded *loaded = find_loaded(check, digest->files[i].object);
        enum digest_state state = compare(check, &digest->files[i], loaded);
        check->totals->files[state]++;
        if (check->visit(check->payload, state, digest->files[i].object,
                         loaded ? loaded->path : SLICE_NONE, error))
            return -1;
    }
    return 0;
}

static int check_path(struct check *check, struct slice path, struct error *error)
{
    struct bytes bytes = {.data = NULL};
    struct digest digest;
    struct error local;
    check->totals->digests++;
    int result = 0;
    if (read_content(check, path, add_to_bytes, &bytes) ||
        digest_read((struct slice){bytes.data, bytes.length}, &check->arena, &digest,
                    &local))
        check->totals->unread++;
    else
        result = check_digest(check, &digest, error);
    free(bytes.data);
    return result;
}

/* --- all of them ------------------------------------------------------------------ */

static int next_digest(struct check *check, int64_t *after, struct slice *path,
                       struct error *error)
{
    static const char sql[] = "SELECT id, path FROM source WHERE member = '' AND"
                              " id > ? AND " IS_DIGEST " ORDER BY id LIMIT 1";
    sqlite3_stmt *statement = statement_prepare(check->handle, slice_from(sql), error);
    *path = SLICE_NONE;
    if (!statement)
        return -1;
    sqlite3_bind_int64(statement, 1, *after);
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        *after = sqlite3_column_int64(statement, 0);
        *path = statement_text(statement, 1, &check->arena);
    }
    return statement_end(check->handle, statement, result, "reading digests", error);
}

int digest_check(struct case_file *handle, digest_visit visit, void *payload,
                 struct digest_totals *out, struct error *error)
{
    struct check check = {.handle = handle,
                          .reader = source_reader_new(READER_CHECKS),
                          .hash = sha256_new(),
                          .visit = visit,
                          .payload = payload,
                          .totals = out};
    *out = (struct digest_totals){.digests = 0};
    arena_init(&check.arena);
    arena_init(&check.names);
    int result = check.reader && check.hash
                     ? 0
                     : error_set(error, ERROR_MEMORY, "out of memory");
    struct slice path;
    int64_t after = 0;
    if (!result)
        result = read_loaded(&check, error);
    while (!result && !(result = next_digest(&check, &after, &path, error)) &&
           slice_present(path)) {
        result = check_path(&check, path, error);
        arena_reset(&check.arena);
    }
    source_reader_free(check.reader);
    sha256_free(check.hash);
    arena_fini(&check.arena);
    arena_fini(&check.names);
    free(check.loaded);
    return result;
}
