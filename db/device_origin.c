#include "config.h"

#include "db/device_origin.h"

#include <stdlib.h>

#include "core/lineage.h"
#include "core/timestamp.h"
#include "db/event_scan.h"
#include "db/statement.h"

_Static_assert(PROVIDER_CISCO_IOS == 7 && PROVIDER_LINUX == 15,
               "the statements name the devices by number");

/* Of each user on each device; later ones are passed over, and the operation stays
 * without an address. */
enum { LIMIT_SIGHTINGS = 200000 };

struct command {
    int64_t rowid, time_us;
    size_t user;
    bool joined;           /* by an earlier refresh */
    struct slice ip, text; /* as they stand in the case */
};

/* A user of a device that has commands without an address. */
struct user {
    struct scan_value account, actor;
    uint32_t account_code, actor_code; /* in the present segment; 0: not in it */
};

struct sighting {
    size_t user;
    int64_t time_us, source;
    bool configured;
    struct slice ip, operation;
    uint64_t offset;
};

struct origins {
    struct case_file *handle;
    struct event_scan scan;
    struct arena arena;
    struct command *commands;
    size_t command_count, command_room;
    struct user *users;
    size_t user_count, user_room;
    struct sighting *sightings;
    size_t sighting_count, sighting_room;
    uint8_t *kinds; /* 1 + lineage_sighting_kind + 1 by code of the operation; 0: not
                       asked */
};

enum { NAME_CODES = LIMIT_DICTIONARY_VALUES + 1 + SEGMENT_EVENTS };

/* Room for one more; NULL: no memory, the old rows stay. */
static void *grow(void *rows, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return rows;
    size_t more = *room ? 2 * *room : 64;
    void *bigger = realloc(rows, more * size);
    if (bigger)
        *room = more;
    return bigger;
}

static int no_memory(struct error *error)
{
    return error_set(error, ERROR_MEMORY, "out of memory");
}

/* --- the commands ----------------------------------------------------------------- */

static int user_of(struct origins *origins, struct slice account, struct slice actor,
                   size_t *out, struct error *error)
{
    for (size_t i = 0; i < origins->user_count; i++) {
        *out = i;
        if (slice_equal(origins->users[i].account.text, account) &&
            slice_equal(origins->users[i].actor.text, actor))
            return 0;
    }
    struct user *users =
        grow(origins->users, origins->user_count, &origins->user_room, sizeof *users);
    if (!users)
        return no_memory(error);
    origins->users = users;
    *out = origins->user_count++;
    users[*out] = (struct user){.account = {.text = account}, .actor = {.text = actor}};
    return 0;
}

static int read_command(struct origins *origins, sqlite3_stmt *row, struct error *error)
{
    struct command *commands = grow(origins->commands, origins->command_count,
                                    &origins->command_room, sizeof *commands);
    if (!commands)
        return no_memory(error);
    origins->commands = commands;
    struct command *command = &commands[origins->command_count++];
    *command = (struct command){
        .rowid = sqlite3_column_int64(row, 0),
        .time_us = statement_time(row, 1),
        .joined = sqlite3_column_int(row, 4) != 0,
        .ip = statement_text(row, 5, &origins->arena),
        .text = statement_text(row, 6, &origins->arena),
    };
    return user_of(origins, statement_text(row, 2, &origins->arena),
                   statement_text(row, 3, &origins->arena), &command->user, error);
}

static int read_commands(struct origins *origins, struct error *error)
{
    static const char sql[] =
        "SELECT rowid, time_us, account, actor, joined, source_ip, source_text"
        " FROM operation WHERE provider BETWEEN 7 AND 15 AND account IS NOT NULL"
        " AND actor IS NOT NULL AND (joined OR (source_ip IS NULL AND source_text IS"
        " NULL)) ORDER BY rowid";
    sqlite3_stmt *statement =
        statement_prepare(origins->handle, slice_from(sql), error);
    int code, result = 0;
    if (!statement)
        return -1;
    while (!result && (code = sqlite3_step(statement)) == SQLITE_ROW)
        result = read_command(origins, statement, error);
    if (!result)
        return statement_end(origins->handle, statement, code, "reading commands",
                             error);
    sqlite3_finalize(statement);
    return -1;
}

/* --- the sightings ---------------------------------------------------------------- */

struct columns {
    const struct segment_values *times, *sources, *offsets, *accounts, *actors, *ips,
        *operations;
};

static int open_users(struct origins *origins, struct columns *columns, bool *any,
                      struct error *error)
{
    struct event_scan *scan = &origins->scan;
    *any = false;
    if (event_scan_field(scan, FIELD_ACCOUNT, &columns->accounts, error) ||
        event_scan_field(scan, FIELD_ACTOR, &columns->actors, error))
        return -1;
    for (size_t i = 0; i < origins->user_count; i++) {
        struct user *user = &origins->users[i];
        user->account_code = event_scan_code(&user->account, columns->accounts);
        user->actor_code = event_scan_code(&user->actor, columns->actors);
        *any = *any || (user->account_code && user->actor_code);
    }
    if (!*any)
        return 0;
    return event_scan_column(scan, COLUMN_TIME, &columns->times, error) ||
                   event_scan_column(scan, COLUMN_SOURCE, &columns->sources, error) ||
                   event_scan_column(scan, COLUMN_OFFSET, &columns->offsets, error) ||
                   event_scan_field(scan, FIELD_SOURCE_IP, &columns->ips, error) ||
                   event_scan_field(scan, FIELD_OPERATION, &columns->operations, error)
               ? -1
               : 0;
}

static int kind_of(struct origins *origins, uint32_t code, int *kind,
                   struct error *error)
{
    uint8_t *known = &origins->kinds[code];
    if (!*known) {
        struct slice name;
        if (event_scan_text(&origins->scan, FIELD_OPERATION, code, &origins->arena,
                            &name, error))
            return -1;
        *known = (uint8_t)(lineage_sighting_kind(name) + 2);
    }
    *kind = *known - 2;
    return 0;
}

static int keep_sighting(struct origins *origins, const struct columns *columns,
                         uint32_t at, size_t user, int kind, struct error *error)
{
    if (origins->sighting_count == LIMIT_SIGHTINGS)
        return 0;
    struct sighting *sightings = grow(origins->sightings, origins->sighting_count,
                                      &origins->sighting_room, sizeof *sightings);
    if (!sightings)
        return no_memory(error);
    origins->sightings = sightings;
    struct sighting *sighting = &sightings[origins->sighting_count++];
    *sighting = (struct sighting){
        .user = user,
        .time_us = columns->times->numbers[at],
        .source = columns->sources->numbers[at],
        .offset = (uint64_t)columns->offsets->numbers[at],
        .configured = kind == 1,
    };
    return event_scan_text(&origins->scan, FIELD_SOURCE_IP, columns->ips->codes[at],
                           &origins->arena, &sighting->ip, error) ||
                   event_scan_text(&origins->scan, FIELD_OPERATION,
                                   columns->operations->codes[at], &origins->arena,
                                   &sighting->operation, error)
               ? -1
               : 0;
}

static int consider(struct origins *origins, const struct columns *columns, uint32_t at,
                    struct error *error)
{
    int kind;
    if (!columns->ips->codes[at] || columns->times->numbers[at] == EVENT_TIME_NONE)
        return 0;
    if (kind_of(origins, columns->operations->codes[at], &kind, error))
        return -1;
    if (kind < 0 || doubled_has(&origins->scan.doubled, columns->sources->numbers[at]))
        return 0;
    for (size_t i = 0; i < origins->user_count; i++) {
        const struct user *user = &origins->users[i];
        if (user->account_code == columns->accounts->codes[at] &&
            user->actor_code == columns->actors->codes[at] && user->account_code &&
            user->actor_code)
            return keep_sighting(origins, columns, at, i, kind, error);
    }
    return 0;
}

static int find_sightings(struct origins *origins, struct error *error)
{
    int next;
    for (size_t i = 0; i < origins->user_count; i++) {
        struct user *user = &origins->users[i];
        if (event_scan_find(&origins->scan, FIELD_ACCOUNT, user->account.text,
                            &user->account, error) ||
            event_scan_find(&origins->scan, FIELD_ACTOR, user->actor.text, &user->actor,
                            error))
            return -1;
    }
    while ((next = event_scan_next(&origins->scan, error)) > 0) {
        struct columns columns;
        bool any;
        if (open_users(origins, &columns, &any, error))
            return -1;
        memset(origins->kinds + LIMIT_DICTIONARY_VALUES + 1, 0, SEGMENT_EVENTS);
        for (uint32_t i = 0; any && i < origins->scan.segment.count; i++) {
            if (consider(origins, &columns, i, error))
                return -1;
        }
    }
    return next;
}

/* By user and time; what tells the same apart does not depend on the order of loading.
 */
static int by_user(const void *left, const void *right)
{
    const struct sighting *a = left, *b = right;
    if (a->user != b->user)
        return a->user < b->user ? -1 : 1;
    if (a->time_us != b->time_us)
        return a->time_us < b->time_us ? -1 : 1;
    int order = slice_compare(a->operation, b->operation);
    return order ? order : slice_compare(a->ip, b->ip);
}

/* --- joining ---------------------------------------------------------------------- */

/* The name of its file, without the folders of this machine. */
static int file_of(struct origins *origins, int64_t source, struct slice *out,
                   struct error *error)
{
    sqlite3_stmt *statement = statement_prepare(
        origins->handle,
        SLICE("SELECT CASE member WHEN '' THEN path ELSE member END FROM source"
              " WHERE id = ?"),
        error);
    if (!statement)
        return -1;
    sqlite3_bind_int64(statement, 1, source);
    int result = sqlite3_step(statement);
    *out = result == SQLITE_ROW ? statement_text(statement, 0, &origins->arena)
                                : SLICE_NONE;
    ptrdiff_t slash = slice_rindex(*out, '/');
    if (slash >= 0)
        *out = slice_skip(*out, (size_t)slash + 1);
    return statement_end(origins->handle, statement, result, "reading a source", error);
}

static int write_origin(struct origins *origins, const struct command *command,
                        struct slice ip, struct slice text, struct error *error)
{
    static const char sql[] =
        "UPDATE operation SET source_ip = ?1, source_text = ?2, joined = ?1 IS NOT "
        "NULL,"
        " approval = NULL, approval_state = NULL, near_miss = NULL WHERE rowid = ?3";
    if (slice_equal(ip, command->ip) && slice_equal(text, command->text))
        return 0;
    sqlite3_stmt *statement =
        statement_prepare(origins->handle, slice_from(sql), error);
    if (!statement)
        return -1;
    statement_bind_text(statement, 1, ip);
    statement_bind_text(statement, 2, text);
    sqlite3_bind_int64(statement, 3, command->rowid);
    return statement_end(origins->handle, statement, sqlite3_step(statement),
                         "writing an address", error);
}

static int join(struct origins *origins, const struct command *command,
                const struct sighting *sighting, struct error *error)
{
    char time[TIMESTAMP_TEXT_MAX];
    struct slice file;
    if (file_of(origins, sighting->source, &file, error))
        return -1;
    size_t length = timestamp_format(sighting->time_us, time);
    const struct slice parts[] = {
        SLICE("joined: "),
        sighting->operation,
        SLICE(" "),
        {time, length},
        SLICE(", "),
        file,
        arena_printf(&origins->arena, " at byte %llu",
                     (unsigned long long)sighting->offset),
    };
    struct slice text =
        arena_join(&origins->arena, parts, sizeof parts / sizeof parts[0]);
    if (!slice_present(text))
        return no_memory(error);
    return write_origin(origins, command, sighting->ip, text, error);
}

static int join_command(struct origins *origins, const struct command *command,
                        struct lineage_sighting *list, struct error *error)
{
    size_t first = 0, count = 0;
    while (first < origins->sighting_count &&
           origins->sightings[first].user < command->user)
        first++;
    while (first + count < origins->sighting_count &&
           origins->sightings[first + count].user == command->user) {
        const struct sighting *sighting = &origins->sightings[first + count];
        list[count++] =
            (struct lineage_sighting){sighting->time_us, sighting->configured};
    }
    ptrdiff_t picked = lineage_pick_sighting(list, count, command->time_us);
    if (picked >= 0)
        return join(origins, command, &origins->sightings[first + (size_t)picked],
                    error);
    return write_origin(origins, command, SLICE_NONE, SLICE_NONE, error);
}

static int join_all(struct origins *origins, struct error *error)
{
    struct lineage_sighting *list = calloc(origins->sighting_count + 1, sizeof *list);
    int result = list ? 0 : no_memory(error);
    if (origins->sighting_count)
        qsort(origins->sightings, origins->sighting_count, sizeof *origins->sightings,
              by_user);
    for (size_t i = 0; i < origins->command_count && !result; i++)
        result = join_command(origins, &origins->commands[i], list, error);
    free(list);
    return result;
}

static int refresh(struct origins *origins, struct error *error)
{
    if (read_commands(origins, error))
        return -1;
    if (!origins->command_count)
        return 0;
    origins->kinds = calloc(NAME_CODES, 1);
    if (!origins->kinds)
        return no_memory(error);
    int result =
        event_scan_begin(&origins->scan, origins->handle, INT64_MIN, INT64_MAX, error);
    if (!result)
        result = find_sightings(origins, error);
    event_scan_end(&origins->scan);
    return result ? -1 : join_all(origins, error);
}

int device_origin_refresh(struct case_file *handle, struct error *error)
{
    struct origins origins = {.handle = handle};
    arena_init(&origins.arena);
    int result = refresh(&origins, error);
    free(origins.commands);
    free(origins.users);
    free(origins.sightings);
    free(origins.kinds);
    arena_fini(&origins.arena);
    return result;
}
