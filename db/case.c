#include "config.h"

#include "db/case.h"

#include "db/event_table.h"
#include "db/filter_sql.h"
#include "db/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    PAGE_BYTES = 8192,       /* performance.md section 2: 4 KB is slower, 64 KB too */
    CACHE_KIBIBYTES = 16384, /* a larger one gained nothing */
    OPEN_TIMEOUT_MS = 1000,
    WORK_TIMEOUT_MS = 5000,
    LARGEST_VALUE_BYTES = 256 * 1024 * 1024,
};

/* --- messages -------------------------------------------------------------- */

/* The end of a path tells more than its beginning, and the reason must fit too. */
static int refuse(struct error *error, const char *path, const char *reason)
{
    enum { SHOWN = 240 };
    size_t length = strlen(path);
    bool cut = length > SHOWN;
    return error_set(error, ERROR_CASE, "%s%s: %s", cut ? "..." : "",
                     cut ? path + length - SHOWN : path, reason);
}

/* Results of SQLite that a person can do something about. */
static const char *reason_for(int code)
{
    switch (code & 0xff) {
    case SQLITE_NOTADB:
        return "not a case: not an SQLite database, or an encrypted one";
    case SQLITE_CORRUPT:
        return "the case file is damaged; copy it, and try sqlite3's .recover on the "
               "copy";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "locked by another process";
    case SQLITE_FULL:
        return "the disk is full; what was committed before is kept";
    case SQLITE_READONLY:
        return "cannot be written: the file or its folder is read-only";
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return "permission denied";
    default:
        return NULL;
    }
}

int case_error(struct case_file *handle, const char *doing, struct error *error)
{
    int code = sqlite3_extended_errcode(handle->db);
    if ((code & 0xff) == SQLITE_INTERRUPT)
        return error_set(error, ERROR_INTERRUPTED, "%s: stopped", doing);
    char text[384];
    const char *known = reason_for(code);
    if (known)
        snprintf(text, sizeof text, "%s: %s", doing, known);
    else
        snprintf(text, sizeof text, "%s: %s", doing, sqlite3_errmsg(handle->db));
    return refuse(error, handle->path, text);
}

/* --- what is there before SQLite writes anything --------------------------- */

static char *with_suffix(const char *path, const char *suffix)
{
    size_t size = strlen(path) + strlen(suffix) + 1;
    char *text = malloc(size);
    if (text)
        snprintf(text, size, "%s%s", path, suffix);
    return text;
}

static bool exists(const char *path, const char *suffix)
{
    struct stat status;
    char *name = with_suffix(path, suffix);
    bool found = name && stat(name, &status) == 0;
    free(name);
    return found;
}

static bool folder_writable(const char *path)
{
    char *folder = with_suffix(path, "");
    if (!folder)
        return false;
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder ? 1 : 0] = '\0';
    bool writable = access(slash ? folder : ".", W_OK | X_OK) == 0;
    free(folder);
    return writable;
}

/* A name that SQLite takes for a file and nothing else (":memory:", "file:..."). */
static char *file_name(const char *path)
{
    if (path[0] == '/') {
        while (path[1] == '/')
            path++;
        return with_suffix(path, "");
    }
    size_t size = strlen(path) + sizeof "./";
    char *name = malloc(size);
    if (name)
        snprintf(name, size, "./%s", path);
    return name;
}

static char *immutable_uri(const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789/._-";
    static const char query[] = "?immutable=1";
    char *uri = malloc(sizeof "file:" + 3 * strlen(name) + sizeof query);
    if (!uri)
        return NULL;
    size_t at = (size_t)snprintf(uri, sizeof "file:", "file:");
    for (const char *byte = name; *byte; byte++) {
        if (strchr(plain, *byte))
            uri[at++] = *byte;
        else
            at += (size_t)snprintf(uri + at, 4, "%%%02X", (unsigned char)*byte);
    }
    memcpy(uri + at, query, sizeof query);
    return uri;
}

static int pragma_number(sqlite3 *db, const char *sql, int64_t *out)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        *out = sqlite3_column_int64(statement, 0);
        code = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    return code;
}

static int check_header(sqlite3 *db, const char *path, struct error *error)
{
    int64_t application = 0, version = 0;
    int code = pragma_number(db, "PRAGMA application_id", &application);
    if (code == SQLITE_OK)
        code = pragma_number(db, "PRAGMA user_version", &version);
    if (code != SQLITE_OK) {
        const char *known = reason_for(code);
        return refuse(error, path, known ? known : sqlite3_errmsg(db));
    }
    if (application != CASE_APPLICATION_ID)
        return refuse(error, path, "not a case: an SQLite database of another program");
    if (version > (int64_t)schema_version)
        return refuse(error, path, "made by a newer mirrorscope than this one");
    return 0;
}

/*
 * Looks at a file without a lock, a -shm or a -wal, so that what is not ours stays
 * as it was.  The case's marks are in the main file from its first transaction on.
 */
static int check_before_opening(const char *path, const char *name, struct error *error)
{
    char *uri = immutable_uri(name);
    sqlite3 *db = NULL;
    if (!uri)
        return error_set(error, ERROR_MEMORY, "out of memory");
    int code = sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
    free(uri);
    int result;
    if (code != SQLITE_OK)
        result = refuse(error, path, strerror(sqlite3_system_errno(db)));
    else
        result = check_header(db, path, error);
    /* A creation that was killed while its first transaction reached the file, or a
     * checkpoint that met a full disk: the journal or the log beside it has the pages
     * that the file lacks, and opening it properly brings them back. */
    if (result && (sqlite3_errcode(db) & 0xff) == SQLITE_CORRUPT &&
        (exists(path, "-journal") || exists(path, "-wal")))
        result = 0;
    sqlite3_close(db);
    return result;
}

/* 0600 whatever the umask; -wal and -shm take their mode from it. */
static int create_file(const char *path, struct error *error)
{
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return errno == EEXIST ? 0 : refuse(error, path, strerror(errno));
    int failed = fchmod(file, 0600);
    int reason = errno;
    close(file);
    return failed ? refuse(error, path, strerror(reason)) : 0;
}

/* *empty: nothing in it yet, a new case can be made of it. */
static int check_file(const char *path, const char *name, enum case_mode mode,
                      bool *empty, struct error *error)
{
    struct stat status;
    *empty = false;
    if (stat(path, &status)) {
        if (errno != ENOENT)
            return refuse(error, path, strerror(errno));
        if (mode != CASE_CREATE)
            return refuse(error, path, "there is no such case; `load` makes one");
        if (create_file(path, error))
            return -1;
        *empty = true;
        return 0;
    }
    if (S_ISDIR(status.st_mode))
        return refuse(error, path, "is a folder, not a case");
    if (!S_ISREG(status.st_mode))
        return refuse(error, path, "is not a regular file");
    if (access(path, R_OK))
        return refuse(error, path, strerror(errno));
    if (mode != CASE_READ && access(path, W_OK))
        return refuse(error, path, "the case cannot be written: its file is read-only");
    if (status.st_size == 0) {
        *empty = true;
        if (mode == CASE_CREATE || exists(path, "-journal"))
            return 0;
        return refuse(error, path, "is empty, not a case");
    }
    return check_before_opening(path, name, error);
}

/* --- opening --------------------------------------------------------------- */

static int connect_to(struct case_file *handle, const char *name, struct error *error)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    char *uri = NULL;
    if (handle->read_only && !folder_writable(name)) {
        flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
        /* Read-only media.  With a -wal beside it somebody may be writing. */
        if (!exists(name, "-wal")) {
            if (!(uri = immutable_uri(name)))
                return error_set(error, ERROR_MEMORY, "out of memory");
            flags |= SQLITE_OPEN_URI;
        }
    } else if (handle->read_only && access(name, W_OK)) {
        flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    }
    int code = sqlite3_open_v2(uri ? uri : name, &handle->db, flags, NULL);
    free(uri);
    if (!handle->db)
        return error_set(error, ERROR_MEMORY, "out of memory");
    return code == SQLITE_OK ? 0 : case_error(handle, "opening the case", error);
}

/* What a hostile case file could use against its reader is switched off. */
static int harden(struct case_file *handle, struct error *error)
{
    sqlite3 *db = handle->db;
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, OPEN_TIMEOUT_MS);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LARGEST_VALUE_BYTES);
    char sql[160];
    snprintf(sql, sizeof sql,
             "PRAGMA cell_size_check = ON; PRAGMA cache_size = -%d;"
             "PRAGMA page_size = %d;",
             CACHE_KIBIBYTES, PAGE_BYTES);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK ||
        filter_functions_register(db) != SQLITE_OK)
        return case_error(handle, "opening the case", error);
    return 0;
}

static int make_uuid(char out[33])
{
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return -1;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return 0;
}

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int run_migrations(struct case_file *handle, struct error *error)
{
    static const char doing[] = "laying out the case";
    int64_t version = 0;
    /* Again, now that nobody else can change it. */
    if (pragma_number(handle->db, "PRAGMA user_version", &version) != SQLITE_OK)
        return case_error(handle, doing, error);
    for (size_t i = (size_t)version; i < schema_version; i++) {
        if (sqlite3_exec(handle->db, schema_migrations[i], NULL, NULL, NULL))
            return case_error(handle, doing, error);
    }
    char uuid[33], sql[512];
    if (make_uuid(uuid))
        return error_set(error, ERROR_CASE, "no random bytes: %s", strerror(errno));
    snprintf(sql, sizeof sql,
             "PRAGMA application_id = %d; PRAGMA user_version = %zu;"
             "INSERT OR IGNORE INTO meta VALUES('uuid', '%s'),"
             " ('created_us', '%lld'), ('tool_version', '%s')",
             CASE_APPLICATION_ID, schema_version, uuid, (long long)now_us(),
             PACKAGE_VERSION);
    if (sqlite3_exec(handle->db, sql, NULL, NULL, NULL))
        return case_error(handle, doing, error);
    return 0;
}

/* In rollback mode where the case is new, so that its marks reach the main file. */
static int migrate(struct case_file *handle, struct error *error)
{
    int64_t version = 0;
    if (pragma_number(handle->db, "PRAGMA user_version", &version) != SQLITE_OK)
        return case_error(handle, "opening the case", error);
    if (version >= (int64_t)schema_version)
        return 0;
    if (handle->read_only)
        return refuse(error, handle->path,
                      "made by an older mirrorscope; open it once for writing");
    if (case_begin(handle, error))
        return -1;
    if (run_migrations(handle, error) || case_commit(handle, error)) {
        case_rollback(handle);
        return -1;
    }
    return 0;
}

static int use_wal(struct case_file *handle, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(handle->db, "PRAGMA journal_mode = WAL", -1,
                                  &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    const char *mode =
        code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    bool wal = mode && !strcmp(mode, "wal");
    int result = 0;
    if (code != SQLITE_ROW)
        result = case_error(handle, "opening the case", error);
    else if (!wal)
        result = refuse(error, handle->path,
                        "this file system cannot share a case between processes "
                        "(a network file system?); keep the case on a local disk");
    sqlite3_finalize(statement);
    return result;
}

static int read_uuid(struct case_file *handle, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(handle->db, "SELECT value FROM meta WHERE key='uuid'",
                                  -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        snprintf(handle->uuid, sizeof handle->uuid, "%s",
                 (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    if (code == SQLITE_ROW)
        return 0;
    if (code == SQLITE_DONE)
        return refuse(error, handle->path, "the case file is damaged: it has no name");
    return case_error(handle, "opening the case", error);
}

static int prepare_connection(struct case_file *handle, bool empty, struct error *error)
{
    if (harden(handle, error))
        return -1;
    if (!empty && check_header(handle->db, handle->path, error))
        return -1;
    if (migrate(handle, error))
        return -1;
    if (!handle->read_only && use_wal(handle, error))
        return -1;
    /* Debian's default is FULL; in WAL mode NORMAL cannot damage the file. */
    const char *sql =
        handle->read_only ? "PRAGMA query_only = ON" : "PRAGMA synchronous = NORMAL";
    if (sqlite3_exec(handle->db, sql, NULL, NULL, NULL))
        return case_error(handle, "opening the case", error);
    sqlite3_busy_timeout(handle->db, WORK_TIMEOUT_MS);
    if (event_table_register(handle->db) != SQLITE_OK)
        return case_error(handle, "opening the case", error);
    return read_uuid(handle, error);
}

struct case_file *case_open(const char *path, enum case_mode mode, struct error *error)
{
    struct case_file *handle = calloc(1, sizeof *handle);
    char *name = file_name(path);
    if (handle)
        handle->path = with_suffix(path, "");
    if (!handle || !name || !handle->path) {
        error_set(error, ERROR_MEMORY, "out of memory");
        goto failed;
    }
    handle->read_only = mode == CASE_READ;
    bool empty;
    if (check_file(path, name, mode, &empty, error))
        goto failed;
    if (!handle->read_only && !folder_writable(path)) {
        refuse(
            error, path,
            "the folder cannot be written, and a case keeps -wal and -shm beside it");
        goto failed;
    }
    if (connect_to(handle, name, error) || prepare_connection(handle, empty, error))
        goto failed;
    free(name);
    return handle;

failed:
    free(name);
    case_close(handle);
    return NULL;
}

void case_close(struct case_file *handle)
{
    if (!handle)
        return;
    /* v2: statements that are still open keep the connection until they go. */
    sqlite3_close_v2(handle->db);
    free(handle->path);
    free(handle);
}

const char *case_uuid(struct case_file *handle)
{
    return handle->uuid;
}

int case_data_version(struct case_file *handle, int64_t *out, struct error *error)
{
    return pragma_number(handle->db, "PRAGMA data_version", out) == SQLITE_OK
               ? 0
               : case_error(handle, "looking for changes", error);
}

/* --- transactions ---------------------------------------------------------- */

int case_begin(struct case_file *handle, struct error *error)
{
    if (sqlite3_exec(handle->db, "BEGIN IMMEDIATE", NULL, NULL, NULL))
        return case_error(handle, "starting to write", error);
    return 0;
}

int case_commit(struct case_file *handle, struct error *error)
{
    if (sqlite3_exec(handle->db, "COMMIT", NULL, NULL, NULL))
        return case_error(handle, "writing", error);
    return 0;
}

void case_rollback(struct case_file *handle)
{
    /* Some failures (a full disk) have rolled it back already. */
    if (!sqlite3_get_autocommit(handle->db))
        sqlite3_exec(handle->db, "ROLLBACK", NULL, NULL, NULL);
}
