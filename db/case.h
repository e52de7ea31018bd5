/*
 * case.h - the case: one SQLite file that holds everything about one incident.
 *
 * A handle is one connection and belongs to one thread at a time; readers and the
 * loader each open their own.  The file is WAL, mode 0600, marked by its
 * application_id; its layout is a number of ordered migrations (schema.c).
 * Anything that is not ours, or newer than this program, is refused and left
 * untouched.
 */
#ifndef DB_CASE_H
#define DB_CASE_H

#include <sqlite3.h>

#include "core/arena.h"
#include "core/error.h"

/* 'MSco' */
#define CASE_APPLICATION_ID 0x4d53636f

enum case_mode {
    CASE_READ,   /* must exist; works on read-only media too */
    CASE_WRITE,  /* must exist */
    CASE_CREATE, /* made where it does not exist */
};

struct case_file {
    sqlite3 *db;
    char *path;
    char uuid[33];
    bool read_only;
};

/* Failures are ERROR_CASE with the path and what to do in the message. */
struct case_file *case_open(const char *path, enum case_mode mode, struct error *error);
void case_close(struct case_file *handle);

/* ERROR_CASE from SQLite's own last message, with what was being done; a full disk
 * is named as such. Returns -1. */
int case_error(struct case_file *handle, const char *doing, struct error *error);

int case_begin(struct case_file *handle, struct error *error); /* BEGIN IMMEDIATE */
int case_commit(struct case_file *handle, struct error *error);
void case_rollback(struct case_file *handle);

/* The case's random name, made with it: scopes its journal. Borrowed until close. */
const char *case_uuid(struct case_file *handle);

/* A number that changes when another connection has committed; *out stays on failure.
 */
int case_data_version(struct case_file *handle, int64_t *out, struct error *error);

/*
 * One loader at a time: an advisory lock on PATH-lock, released by the kernel when
 * its holder ends, however it ends.  -1 with ERROR_CASE naming the holder's pid.
 */
int case_lock_loader(const char *path, int *lock, struct error *error);
void case_unlock_loader(int lock);

#endif
