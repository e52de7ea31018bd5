#include "config.h"

#include "db/store_internal.h"

#include <stdlib.h>

#include "core/copies.h"

/*
 * Copies of a command are found among all marked records of a device, so this runs when
 * its ledger is worked out, not with each commit, and begins anew from what each record
 * is alone.
 */

struct device {
    enum provider provider;
    struct slice name;
};

/* A record and the operation that it is part of so far. */
struct told_record {
    int64_t id;
    struct slice operation;
};

struct device_records {
    struct told_command *commands;
    struct told_record *records; /* by the command's place */
    size_t count, room;
};

static bool grow(struct device_records *all)
{
    size_t room = all->room ? 2 * all->room : 256;
    void *commands = realloc(all->commands, room * sizeof *all->commands);
    if (commands)
        all->commands = commands;
    void *records = realloc(all->records, room * sizeof *all->records);
    if (records)
        all->records = records;
    if (commands && records)
        all->room = room;
    return commands && records;
}

static void read_row(sqlite3_stmt *row, enum provider provider, struct arena *arena,
                     struct device_records *all)
{
    struct told_command *command = &all->commands[all->count];
    struct slice mode = store_column(row, 6, arena), text = store_column(row, 7, arena);
    all->records[all->count] =
        (struct told_record){sqlite3_column_int64(row, 0), store_column(row, 1, arena)};
    *command = (struct told_command){
        .place = (int64_t)all->count++,
        .operation = store_column(row, 2, arena),
        .time_us = sqlite3_column_type(row, 3) == SQLITE_NULL
                       ? EVENT_TIME_NONE
                       : sqlite3_column_int64(row, 3),
        .log = store_column(row, 4, arena),
        .actor = store_column(row, 5, arena),
        .statement = copies_statement(provider, mode, text, arena),
    };
}

static int read_records(struct store *store, const struct device *device,
                        struct arena *arena, struct device_records *all)
{
    sqlite3_stmt *select = store->statements[STATEMENT_DEVICE_RECORDS];
    int code;
    sqlite3_bind_int(select, 1, (int)device->provider);
    store_bind(select, 2, device->name);
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        if (all->count == all->room && !grow(all))
            break;
        read_row(select, device->provider, arena, all);
    }
    sqlite3_reset(select);
    return code == SQLITE_DONE ? 0 : -1;
}

static int move_record(struct store *store, const struct told_record *record,
                       struct slice act)
{
    sqlite3_stmt *update = store->statements[STATEMENT_RECORD_OPERATION];
    store_bind(update, 1, act);
    sqlite3_bind_int64(update, 2, record->id);
    return store_run(store, STATEMENT_RECORD_OPERATION) ||
                   id_set_add(&store->operations, record->operation.data) ||
                   id_set_add(&store->operations, act.data)
               ? -1
               : 0;
}

static int join_device(struct store *store, const struct device *device)
{
    struct device_records all = {.count = 0};
    struct arena arena;
    arena_init(&arena);
    int result = read_records(store, device, &arena, &all);
    if (!result && !copies_join(all.commands, all.count))
        result = -1;
    for (size_t i = 0; i < all.count && !result; i++) {
        const struct told_command *command = &all.commands[i];
        const struct told_record *record = &all.records[command->place];
        if (!slice_equal(record->operation, command->act))
            result = move_record(store, record, command->act);
    }
    free(all.commands);
    free(all.records);
    arena_fini(&arena);
    return result;
}

/* NULL: failed. */
static struct device *read_due(struct store *store, struct arena *arena, size_t *count)
{
    sqlite3_stmt *select = store->statements[STATEMENT_DEVICES_DUE];
    struct device *devices = NULL;
    size_t room = 0;
    int code;
    *count = 0;
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        if (*count == room) {
            room = room ? 2 * room : 64;
            void *more = realloc(devices, room * sizeof *devices);
            if (!more)
                break;
            devices = more;
        }
        devices[(*count)++] =
            (struct device){(enum provider)sqlite3_column_int(select, 0),
                            store_column(select, 1, arena)};
    }
    sqlite3_reset(select);
    if (code == SQLITE_DONE)
        return devices ? devices : calloc(1, sizeof *devices);
    free(devices);
    return NULL;
}

int store_join_copies(struct store *store, struct error *error)
{
    size_t count = 0;
    struct arena arena;
    arena_init(&arena);
    struct device *devices = read_due(store, &arena, &count);
    int result = devices ? 0 : -1;
    for (size_t i = 0; i < count && !result; i++)
        result = join_device(store, &devices[i]);
    free(devices);
    arena_fini(&arena);
    return result ? case_error(store->handle, "joining copies of commands", error)
                  : store_fold_operations(store, error);
}
