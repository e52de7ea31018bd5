#include "config.h"

#include "db/journal.h"

#include <openssl/sha.h>
#include <stdio.h>

#include "db/statement.h"

enum { HASH_HEX = 2 * SHA256_DIGEST_LENGTH + 1, JOURNAL_FIELDS = 9 };

static const char no_hash[HASH_HEX] =
    "0000000000000000000000000000000000000000000000000000000000000000";

/* Each field with its length before it, so that fields cannot run into each other. */
static int hash_fields(const struct slice *fields, size_t count, struct arena *arena,
                       char out[HASH_HEX])
{
    struct slice text = SLICE("");
    for (size_t i = 0; i < count; i++) {
        struct slice parts[] = {text, arena_printf(arena, "%zu:", fields[i].length),
                                fields[i]};
        text = arena_join(arena, parts, 3);
    }
    unsigned char digest[SHA256_DIGEST_LENGTH];
    if (!slice_present(text) ||
        !SHA256((const unsigned char *)text.data, text.length, digest))
        return -1;
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return 0;
}

int journal_head(struct case_file *handle, struct arena *arena, struct slice *hash,
                 struct error *error)
{
    static const char sql[] = "SELECT hash FROM journal ORDER BY id DESC LIMIT 1";
    *hash = slice_from(no_hash);
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW)
        *hash = statement_text(statement, 0, arena);
    return statement_end(handle, statement, result, "reading the journal", error);
}

static struct slice present(struct slice text)
{
    return slice_present(text) ? text : SLICE("");
}

static int insert_row(struct case_file *handle, const struct slice *fields,
                      int64_t now_us, struct slice hash, struct error *error)
{
    static const char sql[] =
        "INSERT INTO journal(at_us, analyst, host, action, subject, before, after,"
        " previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    sqlite3_bind_int64(statement, 1, now_us);
    for (int i = 2; i < JOURNAL_FIELDS; i++) /* fields[0] is the case, [1] the time */
        statement_bind_text(statement, i, fields[i]);
    statement_bind_text(statement, JOURNAL_FIELDS, hash);
    int result = sqlite3_step(statement);
    return statement_end(handle, statement, result, "writing the journal", error);
}

int journal_append(struct case_file *handle, const struct analyst *who, int64_t now_us,
                   const struct journal_entry *entry, struct error *error)
{
    struct arena arena;
    struct slice head;
    char hash[HASH_HEX];
    arena_init(&arena);
    int result = journal_head(handle, &arena, &head, error);
    if (!result) {
        struct slice fields[JOURNAL_FIELDS] = {
            slice_from(case_uuid(handle)),
            arena_printf(&arena, "%lld", (long long)now_us),
            present(who->name),
            present(who->host),
            slice_from(entry->action),
            present(entry->subject),
            present(entry->before),
            present(entry->after),
            head,
        };
        if (hash_fields(fields, JOURNAL_FIELDS, &arena, hash))
            result = error_set(error, ERROR_MEMORY, "no memory for the journal");
        else
            result = insert_row(handle, fields, now_us, slice_from(hash), error);
    }
    arena_fini(&arena);
    return result;
}

/* Whether the row under the cursor follows from the row whose hash is `previous`. */
static bool row_is_intact(struct case_file *handle, sqlite3_stmt *statement,
                          struct arena *arena, struct slice previous)
{
    struct slice fields[JOURNAL_FIELDS] = {slice_from(case_uuid(handle))};
    char hash[HASH_HEX];
    for (int i = 1; i < JOURNAL_FIELDS; i++)
        fields[i] = statement_text(statement, i - 1, arena);
    return slice_equal(fields[JOURNAL_FIELDS - 1], previous) &&
           !hash_fields(fields, JOURNAL_FIELDS, arena, hash) &&
           slice_equal(slice_from(hash),
                       statement_text(statement, JOURNAL_FIELDS - 1, arena));
}

int journal_verify(struct case_file *handle, bool *intact, struct error *error)
{
    static const char sql[] = "SELECT at_us, analyst, host, action, subject, before,"
                              " after, previous_hash, hash FROM journal ORDER BY id";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    struct arena arena;
    char previous[HASH_HEX];
    int result;
    if (!statement)
        return -1;
    memcpy(previous, no_hash, sizeof previous);
    *intact = true;
    arena_init(&arena);
    while ((result = sqlite3_step(statement)) == SQLITE_ROW && *intact) {
        *intact = row_is_intact(handle, statement, &arena, slice_from(previous));
        struct slice hash = statement_text(statement, JOURNAL_FIELDS - 1, &arena);
        snprintf(previous, sizeof previous, "%.*s", (int)hash.length, hash.data);
        arena_reset(&arena);
    }
    arena_fini(&arena);
    return statement_end(handle, statement, result, "reading the journal", error);
}
