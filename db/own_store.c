#include "config.h"

#include "db/own_store.h"

#include "db/journal.h"
#include "db/ledger_store.h"
#include "db/statement.h"

/* --- what is declared ---------------------------------------------------------- */

static int load_declared(struct case_file *handle, struct arena *arena, struct own *out,
                         struct error *error)
{
    static const char sql[] = "SELECT kind, value FROM own ORDER BY kind, value";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    int result, added = 0;
    if (!statement)
        return -1;
    while (!added && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        int kind = own_kind_from_name(statement_text(statement, 0, arena));
        if (kind >= 0)
            added = own_add(out, arena, (enum own_kind)kind,
                            statement_text(statement, 1, arena), true, error);
    }
    if (!added)
        return statement_end(handle, statement, result, "reading what is own", error);
    sqlite3_finalize(statement);
    return -1;
}

/* --- what is inferred ---------------------------------------------------------- */

/* What the account of an event is; OWN_KIND_COUNT: a device, which owns no address. */
static enum own_kind kind_of(int64_t provider)
{
    switch (provider) {
    case PROVIDER_AZURE:
        return OWN_SUBSCRIPTION;
    case PROVIDER_GCP:
        return OWN_PROJECT;
    default:
        return provider_is_device((enum provider)provider) ? OWN_KIND_COUNT
                                                           : OWN_ACCOUNT;
    }
}

static int load_inferred(struct case_file *handle, struct arena *arena, struct own *out,
                         struct error *error)
{
    static const char sql[] =
        "SELECT DISTINCT provider, account FROM seen WHERE account <> ''"
        " ORDER BY provider, account";
    sqlite3_stmt *statement = statement_prepare(handle, slice_from(sql), error);
    int result, added = 0;
    if (!statement)
        return -1;
    while (!added && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        enum own_kind kind = kind_of(sqlite3_column_int64(statement, 0));
        if (kind != OWN_KIND_COUNT && out->sets[kind].count < LIMIT_OWN_VALUES)
            added = own_add(out, arena, kind, statement_text(statement, 1, arena),
                            false, error);
    }
    if (!added)
        return statement_end(handle, statement, result, "reading whose logs are loaded",
                             error);
    sqlite3_finalize(statement);
    return -1;
}

int own_store_load(struct case_file *handle, struct arena *arena, struct own *out,
                   struct error *error)
{
    own_init(out);
    if (load_declared(handle, arena, out, error))
        return -1;
    return load_inferred(handle, arena, out, error);
}

/* --- declaring ----------------------------------------------------------------- */

static int write_value(struct case_file *handle, enum own_kind kind, struct slice value,
                       bool declared, bool *changed, struct error *error)
{
    static const char insert[] = "INSERT OR IGNORE INTO own(kind, value) VALUES (?, ?)";
    static const char delete[] = "DELETE FROM own WHERE kind = ? AND value = ?";
    sqlite3_stmt *statement =
        statement_prepare(handle, slice_from(declared ? insert : delete), error);
    if (!statement)
        return -1;
    statement_bind_text(statement, 1, slice_from(own_kind_name(kind)));
    statement_bind_text(statement, 2, value);
    int result = sqlite3_step(statement);
    *changed = result == SQLITE_DONE && sqlite3_changes(handle->db) > 0;
    return statement_end(handle, statement, result, "writing what is own", error);
}

static int declare(struct case_file *handle, const struct analyst *who, int64_t now_us,
                   enum own_kind kind, struct slice value, bool declared, bool *changed,
                   struct arena *arena, struct error *error)
{
    if (write_value(handle, kind, value, declared, changed, error))
        return -1;
    if (!*changed)
        return 0;
    struct slice subject = arena_printf(arena, "%s:%.*s", own_kind_name(kind),
                                        (int)value.length, value.data);
    struct journal_entry entry = {
        .action = declared ? "own" : "disown",
        .subject = subject,
        .before = declared ? SLICE("") : subject,
        .after = declared ? subject : SLICE(""),
    };
    if (journal_append(handle, who, now_us, &entry, error))
        return -1;
    /* What is foreign may be own now, and the other way round. */
    return ledger_refresh(handle, error) || triage_refresh(handle, false, error) ? -1
                                                                                 : 0;
}

/* The limits of a set hold for a declaration as well. */
static int check(struct case_file *handle, struct arena *arena, enum own_kind kind,
                 struct slice value, struct error *error)
{
    struct own own;
    own_init(&own);
    if (load_declared(handle, arena, &own, error))
        return -1;
    return own_add(&own, arena, kind, value, true, error);
}

int own_store_declare(struct case_file *handle, const struct analyst *who,
                      int64_t now_us, enum own_kind kind, struct slice value,
                      bool declared, bool *changed, struct error *error)
{
    struct arena arena;
    if (case_begin(handle, error))
        return -1;
    arena_init(&arena);
    int result = declared ? check(handle, &arena, kind, value, error) : 0;
    if (!result)
        result =
            declare(handle, who, now_us, kind, value, declared, changed, &arena, error);
    arena_fini(&arena);
    if (!result && !case_commit(handle, error))
        return 0;
    case_rollback(handle);
    return -1;
}
