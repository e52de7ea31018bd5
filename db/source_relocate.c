#include "config.h"

#include "db/source_check.h"

#include <stdio.h>
#include <stdlib.h>

#include "db/journal.h"
#include "db/statement.h"

/* --- relocating ------------------------------------------------------------ */

struct relocation {
    struct case_file *handle;
    const char *old, *new;
    relocate_visit visit;
    void *payload;
    struct relocated *out;
    struct source_checker *checker;
    int64_t *found; /* sources that are where they were said to be */
    size_t room;
};

static int keep(struct relocation *job, int64_t source, struct error *error)
{
    size_t count = (size_t)job->out->moved;
    if (count == job->room) {
        size_t room = job->room ? 2 * job->room : 64;
        int64_t *more = realloc(job->found, room * sizeof *more);
        if (!more)
            return error_set(error, ERROR_MEMORY, "out of memory");
        job->found = more;
        job->room = room;
    }
    job->found[count] = source;
    job->out->moved++;
    return 0;
}

static int look_for(struct relocation *job, sqlite3_stmt *row, struct error *error)
{
    char moved[4096];
    int64_t source = sqlite3_column_int64(row, 0);
    const char *path = (const char *)sqlite3_column_text(row, 1);
    int length =
        snprintf(moved, sizeof moved, "%s%s", job->new, path + strlen(job->old));
    if (length < 0 || (size_t)length >= sizeof moved)
        return error_set(error, ERROR_LIMIT, "the new path is too long");
    enum source_condition condition;
    if (source_checker_try(job->checker, source, moved, &condition, error))
        return -1;
    job->out->missing += condition == SOURCE_MOVED;
    job->out->changed += condition == SOURCE_CHANGED;
    if (job->visit)
        job->visit(job->payload, slice_from(path), slice_from(moved), condition);
    bool there = condition != SOURCE_MOVED && condition != SOURCE_CHANGED;
    return there ? keep(job, source, error) : 0;
}

/* All of them before anything is changed: members are judged by their archive's row. */
static int look_for_all(struct relocation *job, struct error *error)
{
    static const char sql[] =
        "SELECT id, path FROM source WHERE path = ?1"
        " OR substr(path, 1, length(?1) + 1) = ?1 || '/' ORDER BY id";
    sqlite3_stmt *select = statement_prepare(job->handle, slice_from(sql), error);
    int code = SQLITE_OK, result = 0;
    if (!select)
        return -1;
    sqlite3_bind_text(select, 1, job->old, -1, SQLITE_STATIC);
    while (!result && (code = sqlite3_step(select)) == SQLITE_ROW)
        result = look_for(job, select, error);
    if (!result)
        return statement_end(job->handle, select, code, "relocating", error);
    sqlite3_finalize(select);
    return -1;
}

static int move_all(struct relocation *job, struct error *error)
{
    static const char sql[] =
        "UPDATE source SET path = ?2 || substr(path, length(?1) + 1) WHERE id = ?3";
    sqlite3_stmt *update = statement_prepare(job->handle, slice_from(sql), error);
    int code = SQLITE_DONE;
    if (!update)
        return -1;
    sqlite3_bind_text(update, 1, job->old, -1, SQLITE_STATIC);
    sqlite3_bind_text(update, 2, job->new, -1, SQLITE_STATIC);
    for (uint64_t i = 0; i < job->out->moved && code == SQLITE_DONE; i++) {
        sqlite3_bind_int64(update, 3, job->found[i]);
        code = sqlite3_step(update);
        sqlite3_reset(update);
    }
    return statement_end(job->handle, update, code, "relocating", error);
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

static int relocate(struct relocation *job, const struct analyst *who, int64_t now_us,
                    struct error *error)
{
    if (case_begin(job->handle, error))
        return -1;
    if (!look_for_all(job, error) && !move_all(job, error) &&
        (!job->out->moved || !note_relocation(job, who, now_us, error)) &&
        !case_commit(job->handle, error))
        return 0;
    case_rollback(job->handle);
    return -1;
}

int source_relocate(struct case_file *handle, const struct analyst *who, int64_t now_us,
                    const char *old, const char *new, relocate_visit visit,
                    void *payload, struct relocated *out, struct error *error)
{
    struct relocation job = {
        .handle = handle,
        .old = old,
        .new = new,
        .visit = visit,
        .payload = payload,
        .out = out,
        .checker = source_checker_new(handle, SOURCE_HASH),
    };
    *out = (struct relocated){0};
    int result = job.checker ? relocate(&job, who, now_us, error)
                             : error_set(error, ERROR_MEMORY, "out of memory");
    source_checker_free(job.checker);
    free(job.found);
    return result;
}
