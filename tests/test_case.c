#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/event.h"
#include "db/case.h"
#include "db/schema.h"

struct folder {
    char path[64];
    char file[96];
};

static int make_folder(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);
    snprintf(folder->path, sizeof folder->path, "/tmp/mirrorscope-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->file, sizeof folder->file, "%s/a b%%?#.case", folder->path);
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    struct folder *folder = *state;
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal", "-lock"};
    char name[128];
    chmod(folder->path, 0700);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        snprintf(name, sizeof name, "%s%s", folder->file, suffixes[i]);
        unlink(name);
    }
    assert_int_equal(rmdir(folder->path), 0);
    free(folder);
    return 0;
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void write_file(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = malloc(1 << 20);
    *length = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

static unsigned mode_of(const char *path, const char *suffix)
{
    char name[128];
    struct stat status;
    snprintf(name, sizeof name, "%s%s", path, suffix);
    assert_int_equal(stat(name, &status), 0);
    return (unsigned)status.st_mode & 07777;
}

static int64_t number(struct case_file *handle, const char *sql)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(handle->db, sql, -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static void assert_refused(const char *path, enum case_mode mode, const char *reason)
{
    struct error error = {0};
    assert_null(case_open(path, mode, &error));
    assert_int_equal(error.code, ERROR_CASE);
    if (!strstr(error.message, reason))
        fail_msg("\"%s\" does not say \"%s\"", error.message, reason);
    if (strncmp(error.message, path, strlen(path)))
        fail_msg("\"%s\" does not begin with the path", error.message);
    assert_null(strchr(error.message, '\n'));
}

static void makes_a_private_case(void **state)
{
    struct folder *folder = *state;
    struct error error;
    mode_t before = umask(0277);
    struct case_file *handle = case_open(folder->file, CASE_CREATE, &error);
    umask(before);
    assert_non_null(handle);
    assert_int_equal(number(handle, "PRAGMA application_id"), CASE_APPLICATION_ID);
    assert_int_equal(number(handle, "PRAGMA user_version"), schema_version);
    assert_int_equal(number(handle, "PRAGMA page_size"), 8192);
    assert_int_equal(number(handle, "PRAGMA synchronous"), 1);
    assert_int_equal(number(handle, "PRAGMA foreign_keys"), 1);
    assert_int_equal(number(handle, "PRAGMA trusted_schema"), 0);
    assert_int_equal(strlen(case_uuid(handle)), 32);
    assert_int_equal(mode_of(folder->file, ""), 0600);
    assert_int_equal(mode_of(folder->file, "-wal"), 0600);
    assert_int_equal(mode_of(folder->file, "-shm"), 0600);
    char uuid[33];
    snprintf(uuid, sizeof uuid, "%s", case_uuid(handle));
    case_close(handle);

    handle = case_open(folder->file, CASE_CREATE, &error);
    assert_non_null(handle);
    assert_string_equal(case_uuid(handle), uuid);
    case_close(handle);
}

static void reads_without_writing(void **state)
{
    struct folder *folder = *state;
    struct error error;
    struct case_file *writer = case_open(folder->file, CASE_CREATE, &error);
    struct case_file *reader = case_open(folder->file, CASE_READ, &error);
    assert_non_null(writer);
    assert_non_null(reader);
    assert_int_not_equal(sqlite3_exec(reader->db, "DELETE FROM meta", NULL, NULL, NULL),
                         SQLITE_OK);
    /* A writer at work does not stop a reader. */
    assert_int_equal(case_begin(writer, &error), 0);
    assert_int_equal(number(reader, "SELECT count(*) FROM source"), 0);
    assert_int_equal(sqlite3_exec(writer->db,
                                  "INSERT INTO source(path,status) VALUES('a','done')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(number(reader, "SELECT count(*) FROM source"), 0);
    assert_int_equal(case_commit(writer, &error), 0);
    assert_int_equal(number(reader, "SELECT count(*) FROM source"), 1);
    case_close(reader);
    case_close(writer);
}

static void refuses_what_is_not_there(void **state)
{
    struct folder *folder = *state;
    assert_refused(folder->file, CASE_READ, "no such case");
    assert_refused(folder->file, CASE_WRITE, "no such case");
    assert_refused(folder->path, CASE_CREATE, "is a folder");
    assert_refused("/dev/null", CASE_READ, "not a regular file");
    char inside[128];
    snprintf(inside, sizeof inside, "%s/none/x.case", folder->path);
    assert_refused(inside, CASE_CREATE, "No such file");
}

static void leaves_other_files_untouched(void **state)
{
    struct folder *folder = *state;
    struct {
        const char *sql; /* NULL: plain bytes */
        const char *reason;
    } cases[] = {
        {NULL, "not an SQLite database"},
        {"CREATE TABLE a(b)", "another program"},
        {"PRAGMA journal_mode=WAL; CREATE TABLE a(b)", "another program"},
        {"PRAGMA application_id=7; CREATE TABLE a(b)", "another program"},
        {"PRAGMA application_id=0x4d53636f; PRAGMA user_version=999;"
         "CREATE TABLE a(b)",
         "newer mirrorscope"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unlink(folder->file);
        if (cases[i].sql)
            run_sql(folder->file, cases[i].sql);
        else
            write_file(folder->file, "2026-03-14 some notes of mine, not a case\n", 42);
        size_t length, after;
        char *bytes = read_file(folder->file, &length);
        for (int mode = CASE_READ; mode <= CASE_CREATE; mode++)
            assert_refused(folder->file, (enum case_mode)mode, cases[i].reason);
        char *again = read_file(folder->file, &after);
        assert_int_equal(length, after);
        assert_memory_equal(bytes, again, length);
        free(bytes);
        free(again);
        /* Nothing beside it either. */
        char name[128];
        snprintf(name, sizeof name, "%s-shm", folder->file);
        assert_int_not_equal(access(name, F_OK), 0);
    }
}

static void takes_an_empty_file_to_create(void **state)
{
    struct folder *folder = *state;
    struct error error;
    write_file(folder->file, "", 0);
    assert_refused(folder->file, CASE_READ, "is empty");
    assert_refused(folder->file, CASE_WRITE, "is empty");
    struct case_file *handle = case_open(folder->file, CASE_CREATE, &error);
    assert_non_null(handle);
    case_close(handle);
}

static void names_a_locked_case(void **state)
{
    struct folder *folder = *state;
    struct error error;
    case_close(case_open(folder->file, CASE_CREATE, &error));
    sqlite3 *other;
    assert_int_equal(sqlite3_open(folder->file, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other,
                                  "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE;"
                                  "CREATE TABLE x(y)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_refused(folder->file, CASE_WRITE, "locked by another process");
    sqlite3_close(other);
}

static void opens_on_read_only_media(void **state)
{
    struct folder *folder = *state;
    struct error error;
    case_close(case_open(folder->file, CASE_CREATE, &error));
    if (geteuid() == 0)
        skip(); /* permissions do not bind root */
    chmod(folder->path, 0500);
    assert_refused(folder->file, CASE_WRITE, "folder cannot be written");
    struct case_file *handle = case_open(folder->file, CASE_READ, &error);
    assert_non_null(handle);
    assert_int_equal(number(handle, "SELECT count(*) FROM source"), 0);
    case_close(handle);
    chmod(folder->path, 0700);
    chmod(folder->file, 0400);
    assert_refused(folder->file, CASE_WRITE, "read-only");
    handle = case_open(folder->file, CASE_READ, &error);
    assert_non_null(handle);
    case_close(handle);
}

static void assert_cell(struct case_file *handle, const char *sql, const char *wanted)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(handle->db, sql, -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(statement, 0), wanted);
    sqlite3_finalize(statement);
}

static const char *name_of_provider(int number)
{
    return provider_name((enum provider)number);
}

static const char *name_of_lifecycle(int number)
{
    return lifecycle_name((enum lifecycle)number);
}

static const char *name_of_outcome(int number)
{
    return outcome_name((enum outcome)number);
}

static const char *name_of_quality(int number)
{
    return time_quality_name((enum time_quality)number);
}

static const char *name_of_severity(int number)
{
    return severity_name((enum severity)number);
}

static const char *name_of_confidence(int number)
{
    return confidence_name((enum confidence)number);
}

/* The views spell the names of core/event.h out; a migration cannot ask it. */
static void names_enumerations_in_views(void **state)
{
    struct folder *folder = *state;
    struct error error;
    struct case_file *handle = case_open(folder->file, CASE_CREATE, &error);
    assert_non_null(handle);
    const struct {
        const char *column;
        int count;
        const char *(*name)(int number);
    } enumerations[] = {
        {"provider", PROVIDER_COUNT, name_of_provider},
        {"lifecycle", LIFECYCLE_COUNT, name_of_lifecycle},
        {"outcome", OUTCOME_COUNT, name_of_outcome},
        {"time_quality", TIME_QUALITY_COUNT, name_of_quality},
        {"severity", SEVERITY_COUNT, name_of_severity},
        {"confidence", CONFIDENCE_COUNT, name_of_confidence},
    };
    assert_int_equal(
        sqlite3_exec(
            handle->db,
            "INSERT INTO operation(id, time_us, time_quality, provider,"
            " outcome, lifecycle, severity, confidence, rules, technique,"
            " records, switched_off, first_loaded_us)"
            " VALUES('a', 1773454269250000, 0, 0, 0, 0, 0, 0, '', '', 1, 0, 0)",
            NULL, NULL, NULL),
        SQLITE_OK);
    assert_cell(handle, "SELECT time FROM hits", "2026-03-14T02:11:09.25Z");
    for (size_t i = 0; i < sizeof enumerations / sizeof enumerations[0]; i++) {
        for (int number = 0; number < enumerations[i].count; number++) {
            char sql[96];
            snprintf(sql, sizeof sql, "UPDATE operation SET %s = %d",
                     enumerations[i].column, number);
            assert_int_equal(sqlite3_exec(handle->db, sql, NULL, NULL, NULL),
                             SQLITE_OK);
            snprintf(sql, sizeof sql, "SELECT coalesce(%s, '') FROM hits",
                     enumerations[i].column);
            assert_cell(handle, sql, enumerations[i].name(number));
        }
    }
    assert_int_equal(number(handle, "SELECT count(*) FROM approvals"), 0);
    assert_int_equal(number(handle, "SELECT count(*) FROM sources"), 0);
    case_close(handle);
}

/* Every kind of damage to the first page is an error or a case, never a crash. */
static void survives_damage(void **state)
{
    struct folder *folder = *state;
    struct error error;
    case_close(case_open(folder->file, CASE_CREATE, &error));
    size_t length;
    char *bytes = read_file(folder->file, &length);
    for (size_t at = 0; at < 108; at++) {
        bytes[at] = (char)~bytes[at];
        write_file(folder->file, bytes, length);
        case_close(case_open(folder->file, CASE_READ, &error));
        bytes[at] = (char)~bytes[at];
    }
    for (size_t cut = 1; cut < length; cut += 1021) {
        write_file(folder->file, bytes, cut);
        case_close(case_open(folder->file, CASE_READ, &error));
    }
    free(bytes);
}

static void lets_one_loader_in(void **state)
{
    struct folder *folder = *state;
    struct error error;
    int lock = -1, second = -1;
    assert_int_equal(case_lock_loader(folder->file, &lock, &error), 0);
    assert_int_equal(case_lock_loader(folder->file, &second, &error), -1);
    assert_int_equal(error.code, ERROR_CASE);
    char pid[32];
    snprintf(pid, sizeof pid, "process %ld", (long)getpid());
    assert_non_null(strstr(error.message, pid));
    case_unlock_loader(lock);
    /* The kernel releases it, however its holder ends. */
    pid_t child = fork();
    if (child == 0)
        _exit(case_lock_loader(folder->file, &lock, NULL) ? 1 : 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(case_lock_loader(folder->file, &lock, &error), 0);
    case_unlock_loader(lock);
}

#define ON_FOLDER(test)                                                                \
    cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FOLDER(makes_a_private_case),
        ON_FOLDER(reads_without_writing),
        ON_FOLDER(refuses_what_is_not_there),
        ON_FOLDER(leaves_other_files_untouched),
        ON_FOLDER(takes_an_empty_file_to_create),
        ON_FOLDER(names_a_locked_case),
        ON_FOLDER(opens_on_read_only_media),
        ON_FOLDER(names_enumerations_in_views),
        ON_FOLDER(survives_damage),
        ON_FOLDER(lets_one_loader_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
