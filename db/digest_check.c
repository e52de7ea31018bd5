#include "config.h"

#include "db/digest_check.h"

#include <stdlib.h>

#include "db/source_reopen.h"
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
        handle, SLICE("SELECT count(*) FROM source WHERE " IS_DIGEST), error);
    *out = 0;
    if (!statement)
        return -1;
    int result = sqlite3_step(statement);
    *out = result == SQLITE_ROW ? statement_count(statement, 0) : 0;
    return statement_end(handle, statement, result, "counting digests", error);
}

/* A source that was read, to be found by the last part of its name. */
struct loaded {
    struct slice name, path, member;
};

static struct slice full_name(const struct loaded *loaded)
{
    return loaded->member.length ? loaded->member : loaded->path;
}

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

/* --- the content of a source ------------------------------------------------------ */

/* 0: all of it was given; -1: it cannot be read, or `take` has had enough. */
static int read_content(struct check *check, const struct loaded *loaded,
                        source_take take, void *payload)
{
    struct error error = {.code = ERROR_NONE};
    const char *path = arena_copy(&check->arena, loaded->path).data;
    const char *member = arena_copy(&check->arena, loaded->member).data;
    int found =
        path && member ? source_reopen(check->reader, path, member, false, &error) : -1;
    int result = found == 1 && !source_reader_is_archive(check->reader)
                     ? source_read_through(check->reader, take, payload, &error)
                     : -1;
    if (found == 1)
        source_reader_close(check->reader);
    return result;
}

static bool add_to_hash(void *payload, struct slice bytes)
{
    sha256_add(payload, bytes.data, bytes.length);
    return true;
}

struct bytes {
    char *data;
    size_t length;
};

static bool add_to_bytes(void *payload, struct slice more)
{
    struct bytes *bytes = payload;
    if (bytes->length + more.length > LIMIT_DIGEST_BYTES)
        return false;
    char *data = realloc(bytes->data, bytes->length + more.length + 1);
    if (!data)
        return false;
    memcpy(data + bytes->length, more.data, more.length);
    bytes->data = data;
    bytes->length += more.length;
    return true;
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
    if (!order)
        order = slice_compare(a->path, b->path);
    return order ? order : slice_compare(a->member, b->member);
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
    struct loaded *loaded = &check->loaded[check->count++];
    *loaded = (struct loaded){.path = statement_text(row, 0, &check->names),
                              .member = statement_text(row, 1, &check->names)};
    loaded->name = last_part(full_name(loaded));
    return 0;
}

static int read_loaded(struct check *check, struct error *error)
{
    static const char sql[] =
        "SELECT path, member FROM source WHERE status IN ('done', 'partial')"
        " UNION SELECT path, '' FROM source_alias";
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
        if (!found || slice_ends_with(full_name(&check->loaded[low]), object))
            found = &check->loaded[low];
    }
    return found;
}

static enum digest_state compare(struct check *check, const struct digest_file *file,
                                 const struct loaded *loaded)
{
    char hex[SHA256_HEX];
    if (!loaded)
        return file->digest ? DIGEST_GAP : DIGEST_MISSING;
    if (slice_blank(file->sha256) || sha256_start(check->hash) ||
        read_content(check, loaded, add_to_hash, check->hash) ||
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
                         loaded ? full_name(loaded) : SLICE_NONE, error))
            return -1;
    }
    return 0;
}

static int check_source(struct check *check, const struct loaded *source,
                        struct error *error)
{
    struct bytes bytes = {.data = NULL};
    struct digest digest;
    struct error local;
    check->totals->digests++;
    int result = 0;
    if (read_content(check, source, add_to_bytes, &bytes) ||
        digest_read((struct slice){bytes.data, bytes.length}, &check->arena, &digest,
                    &local))
        check->totals->unread++;
    else
        result = check_digest(check, &digest, error);
    free(bytes.data);
    return result;
}

/* --- all of them ------------------------------------------------------------------ */

static int next_digest(struct check *check, int64_t *after, struct loaded *out,
                       struct error *error)
{
    static const char sql[] = "SELECT id, path, member FROM source WHERE"
                              " id > ? AND " IS_DIGEST " ORDER BY id LIMIT 1";
    sqlite3_stmt *statement = statement_prepare(check->handle, slice_from(sql), error);
    *out = (struct loaded){.path = SLICE_NONE};
    if (!statement)
        return -1;
    sqlite3_bind_int64(statement, 1, *after);
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        *after = sqlite3_column_int64(statement, 0);
        out->path = statement_text(statement, 1, &check->arena);
        out->member = statement_text(statement, 2, &check->arena);
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
    struct loaded source;
    int64_t after = 0;
    if (!result)
        result = read_loaded(&check, error);
    while (!result && !(result = next_digest(&check, &after, &source, error)) &&
           slice_present(source.path)) {
        result = check_source(&check, &source, error);
        arena_reset(&check.arena);
    }
    source_reader_free(check.reader);
    sha256_free(check.hash);
    arena_fini(&check.arena);
    arena_fini(&check.names);
    free(check.loaded);
    return result;
}
