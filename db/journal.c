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
    static const char sql[] = "SELECT hash FROM journal WHERE origin = ?"
                              " ORDER BY number DESC, hash DESC LIMIT 1";
    *hash = slice_from(no_hash);
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    statement_bind_text(statement, 1, slice_from(case_uuid(handle)));
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
        " previous_hash, hash, origin, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?10,"
        " 1 + (SELECT coalesce(max(number), 0) FROM journal WHERE origin = ?10))";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    if (!statement)
        return -1;
    sqlite3_bind_int64(statement, 1, now_us);
    for (int i = 2; i < JOURNAL_FIELDS; i++) /* fields[0] is the case, [1] the time */
        statement_bind_text(statement, i, fields[i]);
    statement_bind_text(statement, JOURNAL_FIELDS, hash);
    statement_bind_text(statement, JOURNAL_FIELDS + 1, fields[0]);
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

/* Whether the hash of the row under the cursor is that of its fields. */
static bool row_is_intact(sqlite3_stmt *statement, struct arena *arena)
{
    struct slice fields[JOURNAL_FIELDS];
    char hash[HASH_HEX];
    for (int i = 0; i < JOURNAL_FIELDS; i++)
        fields[i] = statement_text(statement, i, arena);
    return !hash_fields(fields, JOURNAL_FIELDS, arena, hash) &&
           slice_equal(slice_from(hash),
                       statement_text(statement, JOURNAL_FIELDS, arena));
}

int journal_verify(struct case_file *handle, bool *intact, struct error *error)
{
    /* A row follows one of its origin, or is the first.  Copies of a case that went
     * different ways and were merged have two rows that follow the same. */
    static const char sql[] =
        "SELECT origin, at_us, analyst, host, action, subject, before, after,"
        " previous_hash, hash, CASE number WHEN 1 THEN previous_hash = ?1"
        "  ELSE EXISTS (SELECT 1 FROM journal AS p WHERE p.origin = j.origin"
        "   AND p.number = j.number - 1 AND p.hash = j.previous_hash) END"
        " FROM journal AS j ORDER BY origin, number, hash";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    struct arena arena;
    int result;
    if (!statement)
        return -1;
    statement_bind_text(statement, 1, slice_from(no_hash));
    *intact = true;
    arena_init(&arena);
    while ((result = sqlite3_step(statement)) == SQLITE_ROW && *intact) {
        *intact = sqlite3_column_int(statement, JOURNAL_FIELDS + 1) != 0 &&
                  row_is_intact(statement, &arena);
        arena_reset(&arena);
    }
    arena_fini(&arena);
    return statement_end(handle, statement, result, "reading the journal", error);
}
