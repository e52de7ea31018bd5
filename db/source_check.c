#include "config.h"

#include "db/source_check.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/growth.h"
#include "db/journal.h"
#include "db/source_reader.h"
#include "db/statement.h"

const char *source_condition_name(enum source_condition condition)
{
    static const char *const names[] = {
        [SOURCE_UNCHANGED] = "unchanged",  [SOURCE_KEPT] = "kept in the case",
        [SOURCE_UNHASHED] = "not checked", [SOURCE_MOVED] = "not found",
        [SOURCE_CHANGED] = "changed",
    };
    return names[condition];
}

/* What the file at `path` is; sha256 NULL: whether it is there is all that is asked. */
static enum source_condition check_file(const char *path, uint64_t bytes,
                                        const char *sha256)
{
    char now[SHA256_HEX];
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return SOURCE_MOVED;
    enum source_condition condition = SOURCE_CHANGED;
    if (!fstat(descriptor, &status) && S_ISREG(status.st_mode)) {
        if (!sha256)
            condition = SOURCE_UNHASHED;
        else if ((uint64_t)status.st_size >= bytes &&
                 !growth_hash(descriptor, bytes, now) && !strcmp(now, sha256))
            condition = SOURCE_UNCHANGED;
    }
    close(descriptor);
    return condition;
}

int source_check(struct case_file *handle, int64_t source,
                 enum source_condition *condition, struct error *error)
{
    static const char sql[] =
        "SELECT path, bytes, CASE member WHEN '' THEN sha256 END, embedded FROM source"
        " WHERE id = ?1 UNION ALL SELECT a.path, s.bytes, CASE s.member WHEN '' THEN"
        " s.sha256 END, s.embedded FROM source_alias AS a JOIN source AS s"
        " ON s.id = a.source WHERE s.id = ?1";
    sqlite3_stmt *select = statement_prepare(handle, slice_from(sql), error);
    int code;
    if (!select)
        return -1;
    sqlite3_bind_int64(select, 1, source);
    *condition = SOURCE_MOVED;
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        enum source_condition here =
            sqlite3_column_int(select, 3)
                ? SOURCE_KEPT
                : check_file((const char *)sqlite3_column_text(select, 0),
                             statement_count(select, 1),
                             (const char *)sqlite3_column_text(select, 2));
        if (*condition == SOURCE_MOVED || here < *condition)
            *condition = here;
    }
    return statement_end(handle, select, code, "checking a source", error);
}

/* --- relocating ------------------------------------------------------------ */

struct relocation {
    struct case_file *handle;
    const char *old, *new;
    relocate_visit visit;
    void *payload;
    struct relocated *out;
    sqlite3_stmt *update;
};

static int relocate_one(struct relocation *job, sqlite3_stmt *row, struct error *error)
{
    char moved[4096];
    const char *path = (const char *)sqlite3_column_text(row, 1);
    int length =
        snprintf(moved, sizeof moved, "%s%s", job->new, path + strlen(job->old));
    if (length < 0 || (size_t)length >= sizeof moved)
        return error_set(error, ERROR_LIMIT, "the new path is too long");
    enum source_condition condition = check_file(
        moved, statement_count(row, 2), (const char *)sqlite3_column_text(row, 3));
    job->out->missing += condition == SOURCE_MOVED;
    job->out->changed += condition == SOURCE_CHANGED;
    job->visit(job->payload, slice_from(path), slice_from(moved), condition);
    if (condition == SOURCE_MOVED || condition == SOURCE_CHANGED)
        return 0;
    job->out->moved++;
    sqlite3_bind_int64(job->update, 1, sqlite3_column_int64(row, 0));
    sqlite3_bind_text(job->update, 2, moved, -1, SQLITE_TRANSIENT);
    int code = sqlite3_step(job->update);
    sqlite3_reset(job->update);
    return code == SQLITE_DONE ? 0 : case_error(job->handle, "relocating", error);
}

static int relocate_all(struct relocation *job, struct error *error)
{
    /* Read in full before anything is changed: the order is by rowid. */
    static const char sql[] =
        "SELECT id, path, bytes, CASE member WHEN '' THEN sha256 END FROM source"
        " WHERE path = ?1 OR substr(path, 1, length(?1) + 1) = ?1 || '/' ORDER BY id";
    static const char update[] = "UPDATE source SET path = ?2 WHERE id = ?1";
    sqlite3_stmt *select = statement_prepare(job->handle, slice_from(sql), error);
    job->update = statement_prepare(job->handle, slice_from(update), error);
    int code = SQLITE_ERROR, result = -1;
    if (select && job->update) {
        sqlite3_bind_text(select, 1, job->old, -1, SQLITE_STATIC);
        result = 0;
        while (!result && (code = sqlite3_step(select)) == SQLITE_ROW)
            result = relocate_one(job, select, error);
        if (!result && code != SQLITE_DONE)
            result = case_error(job->handle, "relocating", error);
    }
    sqlite3_finalize(select);
    sqlite3_finalize(job->update);
    return result;
}

static int note_relocation(const struct relocation *job, const struct analyst *who,
                           int64_t now_us, struct error *error)
{
    struct arena arena;
    arena_init(&arena);
    struct journal_entry entry = {
        .action = "relocate",
        .subject = slice_from(job->old),
        .after = arena_printf(&arena, "%s: %llu sources", job->new,
                              (unsigned long long)job->out->moved),
    };
    int result = journal_append(job->handle, who, now_us, &entry, error);
    arena_fini(&arena);
    return result;
}

int source_relocate(struct case_file *handle, const struct analyst *who, int64_t now_us,
                    const char *old, const char *new, relocate_visit visit,
                    void *payload, struct relocated *out, struct error *error)
{
    struct relocation job = {handle, old, new, visit, payload, out, NULL};
    *out = (struct relocated){0};
    if (case_begin(handle, error))
        return -1;
    if (relocate_all(&job, error) ||
        (out->moved && note_relocation(&job, who, now_us, error)) ||
        case_commit(handle, error)) {
        case_rollback(handle);
        return -1;
    }
    return 0;
}
