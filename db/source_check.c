#include "config.h"

#include "db/source_check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/growth.h"
#include "db/source_reopen.h"
#include "db/statement.h"

enum {
    REMEMBERED = 4096,                 /* sources, by their number */
    HASHED_AT_ONCE = 16 * 1024 * 1024, /* 10 ms or so: not worth sparing */
};

const char *source_condition_name(enum source_condition condition)
{
    static const char *const names[] = {
        [SOURCE_UNCHANGED] = "unchanged",  [SOURCE_KEPT] = "kept in the case",
        [SOURCE_UNHASHED] = "not checked", [SOURCE_MOVED] = "not found",
        [SOURCE_CHANGED] = "changed",
    };
    return names[condition];
}

/* A file as it was when it was read. */
struct file_facts {
    uint64_t bytes;
    int64_t mtime_us;
    char sha256[SHA256_HEX]; /* "" with --no-hash */
};

struct remembered {
    int64_t source; /* 0: none */
    enum source_condition condition;
    char *path; /* owned */
    char *member;
};

struct source_checker {
    struct case_file *handle;
    enum source_proof proof;
    struct source_reader *reader; /* NULL until a member is looked for */
    sqlite3_stmt *places, *source, *beat;
    bool stopped;
    struct remembered remembered[REMEMBERED];
    /* The last file that was judged: members of one archive follow each other. */
    char file[4096];
    struct file_facts file_facts;
    enum source_condition file_condition;
};

struct source_checker *source_checker_new(struct case_file *handle,
                                          enum source_proof proof)
{
    struct source_checker *checker = calloc(1, sizeof *checker);
    if (checker) {
        checker->handle = handle;
        checker->proof = proof;
    }
    return checker;
}

static void forget(struct remembered *place)
{
    free(place->path);
    free(place->member);
    *place = (struct remembered){0};
}

void source_checker_free(struct source_checker *checker)
{
    if (!checker)
        return;
    for (size_t i = 0; i < REMEMBERED; i++)
        forget(&checker->remembered[i]);
    sqlite3_finalize(checker->places);
    sqlite3_finalize(checker->source);
    sqlite3_finalize(checker->beat);
    source_reader_free(checker->reader);
    free(checker);
}

/* An interrupt stops the statements that run: while those of the checker are open, one
 * more step of any statement tells of it. */
static bool goes_on(void *payload)
{
    struct source_checker *checker = payload;
    int code = sqlite3_step(checker->beat);
    sqlite3_reset(checker->beat);
    checker->stopped = code == SQLITE_INTERRUPT;
    return !checker->stopped;
}

static bool takes(void *payload, struct slice bytes)
{
    (void)bytes;
    return goes_on(payload);
}

/* --- one file, one member ------------------------------------------------------ */

static bool looks_the_same(const struct stat *status, const struct file_facts *facts)
{
    return (uint64_t)status->st_size == facts->bytes &&
           (int64_t)status->st_mtim.tv_sec * 1000000 + status->st_mtim.tv_nsec / 1000 ==
               facts->mtime_us;
}

static enum source_condition judge_file(struct source_checker *checker, int descriptor,
                                        const struct file_facts *facts)
{
    char now[SHA256_HEX];
    struct stat status;
    if (fstat(descriptor, &status) || !S_ISREG(status.st_mode) ||
        (uint64_t)status.st_size < facts->bytes)
        return SOURCE_CHANGED;
    bool same = looks_the_same(&status, facts);
    if (!facts->sha256[0])
        return same ? SOURCE_UNHASHED : SOURCE_CHANGED;
    if (same && checker->proof == SOURCE_LOOK && facts->bytes > HASHED_AT_ONCE)
        return SOURCE_UNHASHED;
    return !growth_hash(descriptor, facts->bytes, goes_on, checker, now) &&
                   !strcmp(now, facts->sha256)
               ? SOURCE_UNCHANGED
               : SOURCE_CHANGED;
}

static enum source_condition check_file(struct source_checker *checker,
                                        const char *path,
                                        const struct file_facts *facts)
{
    if (!strcmp(checker->file, path) &&
        !memcmp(&checker->file_facts, facts, sizeof *facts))
        return checker->file_condition;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return SOURCE_MOVED;
    enum source_condition condition = judge_file(checker, descriptor, facts);
    close(descriptor);
    snprintf(checker->file, sizeof checker->file, "%s", path);
    checker->file_facts = *facts;
    checker->file_condition = condition;
    return condition;
}

static enum source_condition check_member(struct source_checker *checker,
                                          const char *path, const char *member,
                                          const struct file_facts *facts)
{
    struct error error;
    if (!checker->reader && !(checker->reader = source_reader_new(READER_CHECKS)))
        return SOURCE_CHANGED;
    enum source_condition condition = SOURCE_MOVED;
    int found = source_reopen(checker->reader, path, member, true, &error);
    if (found > 0 && !facts->sha256[0]) {
        condition = SOURCE_UNHASHED;
        found = 0;
    }
    for (; found > 0 && condition != SOURCE_UNCHANGED && !checker->stopped;
         found = source_reopen_next(checker->reader, member, &error)) {
        /* What is odd in it was odd before: the hash alone decides. */
        source_read_through(checker->reader, takes, checker, &error);
        const char *now = source_reader_sha256(checker->reader);
        condition =
            now && !strcmp(now, facts->sha256) ? SOURCE_UNCHANGED : SOURCE_CHANGED;
    }
    source_reader_close(checker->reader);
    return condition;
}

/* --- one place of a source ----------------------------------------------------- */

/* What the case knows: of the source, and of the file that it is a member of. */
struct facts {
    const char *path, *member; /* borrowed from the statement's row */
    bool embedded;
    struct file_facts own, archive; /* archive.bytes 0: not known */
};

static struct file_facts read_facts(sqlite3_stmt *row, int column)
{
    struct file_facts facts;
    memset(&facts, 0, sizeof facts); /* they are compared as bytes */
    facts.bytes = statement_count(row, column);
    facts.mtime_us = statement_time(row, column + 1);
    const char *sha256 = (const char *)sqlite3_column_text(row, column + 2);
    if (sha256)
        snprintf(facts.sha256, sizeof facts.sha256, "%s", sha256);
    return facts;
}

static struct facts read_row(sqlite3_stmt *row)
{
    return (struct facts){
        .path = (const char *)sqlite3_column_text(row, 0),
        .member = (const char *)sqlite3_column_text(row, 1),
        .embedded = sqlite3_column_int(row, 2) != 0,
        .own = read_facts(row, 3),
        .archive = read_facts(row, 6),
    };
}

/* At `path`: as the file itself, else as the member of the file. */
static struct source_standing check_place(struct source_checker *checker,
                                          const struct facts *facts, const char *path)
{
    struct source_standing standing = {.path = path, .member = facts->member};
    if (!facts->member[0]) {
        standing.condition = check_file(checker, path, &facts->own);
        return standing;
    }
    bool known = facts->archive.bytes != 0;
    if (known)
        standing.condition = check_file(checker, path, &facts->archive);
    if (!known || (standing.condition == SOURCE_CHANGED && facts->own.sha256[0]))
        standing.condition = check_member(checker, path, facts->member, &facts->own);
    return standing;
}

/* An alias of a member may be a file with its bytes. */
static struct source_standing check_alias(struct source_checker *checker,
                                          const struct facts *facts)
{
    struct source_standing standing = {.path = facts->path, .member = ""};
    if (facts->member[0] && facts->own.sha256[0])
        standing.condition = check_file(checker, facts->path, &facts->own);
    if (facts->member[0] && standing.condition == SOURCE_UNCHANGED)
        return standing;
    return check_place(checker, facts, facts->path);
}

/* --- asking -------------------------------------------------------------------- */

/* An archive's own row is begun right before those of its members. */
#define FACTS_SQL                                                                      \
    " s.member, s.embedded, s.bytes, s.mtime_us, s.sha256, f.bytes, f.mtime_us,"       \
    " f.sha256"
#define ARCHIVE_SQL                                                                    \
    " LEFT JOIN source AS f ON f.id = (SELECT max(id) FROM source WHERE path = s.path" \
    " AND member = '' AND id < s.id AND s.member <> '')"

static int prepare(struct source_checker *checker, struct error *error)
{
    static const char places[] =
        "SELECT s.path," FACTS_SQL ", 0 FROM source AS s" ARCHIVE_SQL
        " WHERE s.id = ?1 UNION ALL SELECT a.path," FACTS_SQL
        ", 1 FROM source_alias AS a JOIN source AS s ON s.id = a.source" ARCHIVE_SQL
        " WHERE s.id = ?1";
    static const char source[] =
        "SELECT s.path," FACTS_SQL " FROM source AS s" ARCHIVE_SQL " WHERE s.id = ?1";
    struct case_file *handle = checker->handle;
    if (!checker->places)
        checker->places = statement_prepare(handle, slice_from(places), error);
    if (!checker->source)
        checker->source = statement_prepare(handle, slice_from(source), error);
    if (!checker->beat)
        checker->beat = statement_prepare(handle, SLICE("SELECT 1"), error);
    return checker->places && checker->source && checker->beat ? 0 : -1;
}

static int stopped(struct source_checker *checker, struct error *error)
{
    checker->stopped = false;
    checker->file[0] = '\0';
    return error_set(error, ERROR_INTERRUPTED, "stopped");
}

static int remember(struct remembered *place, const struct source_standing *standing)
{
    forget(place);
    place->condition = standing->condition;
    place->path = strdup(standing->path);
    place->member = strdup(standing->member);
    return place->path && place->member ? 0 : -1;
}

static int find(struct source_checker *checker, int64_t source,
                struct remembered *place, struct error *error)
{
    sqlite3_stmt *rows = checker->places;
    bool any = false;
    int code, result = 0;
    sqlite3_bind_int64(rows, 1, source);
    while (!result && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        struct facts facts = read_row(rows);
        bool alias = sqlite3_column_int(rows, 9) != 0;
        struct source_standing here = {SOURCE_KEPT, "", ""};
        if (!facts.embedded)
            here = alias ? check_alias(checker, &facts)
                         : check_place(checker, &facts, facts.path);
        if (checker->stopped)
            result = stopped(checker, error);
        else if ((!any || here.condition < place->condition) && remember(place, &here))
            result = error_set(error, ERROR_MEMORY, "out of memory");
        any = true;
    }
    sqlite3_reset(rows);
    if (!result && code != SQLITE_DONE)
        result = case_error(checker->handle, "checking a source", error);
    if (!result && !any)
        result =
            error_set(error, ERROR_CASE, "there is no source %lld", (long long)source);
    return result;
}

int source_checker_ask(struct source_checker *checker, int64_t source,
                       struct source_standing *out, struct error *error)
{
    struct remembered *place = &checker->remembered[(uint64_t)source % REMEMBERED];
    if (place->source != source || !source) {
        forget(place);
        if (prepare(checker, error) || find(checker, source, place, error))
            return -1;
        place->source = source;
    }
    *out = (struct source_standing){place->condition, place->path, place->member};
    return 0;
}

int source_checker_try(struct source_checker *checker, int64_t source, const char *path,
                       enum source_condition *out, struct error *error)
{
    if (prepare(checker, error))
        return -1;
    sqlite3_stmt *row = checker->source;
    sqlite3_bind_int64(row, 1, source);
    int code = sqlite3_step(row), result = 0;
    if (code == SQLITE_ROW) {
        struct facts facts = read_row(row);
        *out = check_place(checker, &facts, path).condition;
        if (checker->stopped)
            result = stopped(checker, error);
    } else {
        result = code == SQLITE_DONE ? error_set(error, ERROR_CASE, "no such source")
                                     : case_error(checker->handle, "checking", error);
    }
    sqlite3_reset(row);
    return result;
}
