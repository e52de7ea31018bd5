#include "config.h"

#include "db/filter_sql.h"

/*
 * One row per key of the language: the columns it looks at, and whether the table
 * `event` has them too.  Free text looks at them all.
 */
struct filter_columns {
    const char *columns; /* separated by one blank */
    bool on_event;
};

static const struct filter_columns filter_columns[FILTER_KEY_COUNT] = {
    [FILTER_ACTOR] = {"actor", true},
    [FILTER_ACTOR_TYPE] = {"actor_type", true},
    [FILTER_ACTOR_ID] = {"actor_id", true},
    [FILTER_SESSION_ISSUER] = {"session_issuer", true},
    [FILTER_CREDENTIAL] = {"credential", true},
    [FILTER_VIA] = {"via", true},
    [FILTER_IP] = {"source_ip", true},
    [FILTER_USER_AGENT] = {"user_agent", true},
    [FILTER_PROVIDER] = {"provider", true},
    [FILTER_FORM] = {"form", true},
    [FILTER_OPERATION] = {"operation", true},
    [FILTER_SERVICE] = {"service", true},
    [FILTER_LIFECYCLE] = {"lifecycle", true},
    [FILTER_OUTCOME] = {"outcome", true},
    [FILTER_ERROR] = {"error_code", true},
    [FILTER_ACCOUNT] = {"account", true},
    [FILTER_REGION] = {"region", true},
    [FILTER_RESOURCE_GROUP] = {"resource_group", true},
    [FILTER_RESOURCE] = {"resource", true},
    [FILTER_MIRROR] = {"mirror", true},
    [FILTER_MIRRORED] = {"mirrored", true},
    [FILTER_DESTINATION] = {"destination", true},
    [FILTER_RULE] = {"rules", false},
    [FILTER_SEVERITY] = {"severity", false},
    [FILTER_CONFIDENCE] = {"confidence", false},
    [FILTER_ID] = {"id", false},
    [FILTER_EVENT_ID] = {"event_id", true},
    [FILTER_APPROVED] = {"approval_state", false},
    [FILTER_ATTEMPT] = {"outcome", false},
    [FILTER_SINCE] = {"time_us", true},
    [FILTER_UNTIL] = {"time_us", true},
    [FILTER_TEXT] = {"time_text operation service error_code actor actor_type actor_id "
                     "session_issuer source_identity via credential source_ip "
                     "source_text user_agent account region resource_group resource "
                     "mode mirror mirrored destination event_id request_id "
                     "correlation_id",
                     true},
};

/* --- building ------------------------------------------------------------------ */

/* What one value of a term asks of one column; `?` stands for the bound value. */
static const char *value_condition(const struct filter_term *term)
{
    switch (term->key) {
    case FILTER_SINCE:
        return "time_us >= ?";
    case FILTER_UNTIL:
        return "time_us <= ?";
    case FILTER_APPROVED:
        return "(coalesce(approval_state, '') <> '') = ?";
    case FILTER_ATTEMPT:
        return "(outcome IN (2, 3, 4)) = ?"; /* failure, denied, dry-run */
    case FILTER_RULE:
        return "filter_rule(?, rules)";
    default:
        break;
    }
    switch (filter_key_kind(term->key)) {
    case FILTER_ADDRESS_KIND:
        return "filter_block(?, %.*s)";
    case FILTER_NAME_KIND:
        return "%.*s = ?";
    case FILTER_TEXT_KIND:
    case FILTER_YES_NO_KIND:
    case FILTER_TIME_KIND:
        break;
    }
    return term->compare == FILTER_CONTAINS ? "filter_contains(?, %.*s)"
                                            : "filter_glob(?, %.*s)";
}

_Static_assert(OUTCOME_FAILURE == 1 + OUTCOME_SUCCESS && OUTCOME_FAILURE == 2 &&
                   OUTCOME_DENIED == 3 && OUTCOME_DRY_RUN == 4,
               "the condition on attempts names these numbers");

static struct slice append(struct arena *arena, struct slice text, struct slice more)
{
    struct slice parts[] = {text, more};
    return arena_join(arena, parts, 2);
}

/* (column asks value OR column asks value ...) */
static struct slice term_sql(const struct filter_term *term, struct arena *arena)
{
    struct slice text = term->negated ? SLICE("NOT coalesce((") : SLICE("coalesce((");
    const char *condition = value_condition(term);
    bool first = true;
    for (size_t i = 0; i < term->value_count; i++) {
        struct slice columns = slice_from(filter_columns[term->key].columns);
        while (slice_present(columns)) {
            struct slice column = slice_cut(&columns, ' ');
            if (!first)
                text = append(arena, text, SLICE(" OR "));
            first = false;
            text =
                append(arena, text,
                       arena_printf(arena, condition, (int)column.length, column.data));
        }
    }
    return append(arena, text, SLICE("), 0)"));
}

struct slice filter_sql(const struct filter *filter, enum filter_target target,
                        struct arena *arena, struct error *error)
{
    struct slice text = SLICE("1");
    for (size_t i = 0; filter && i < filter->term_count; i++) {
        const struct filter_term *term = &filter->terms[i];
        if (target == FILTER_ON_EVENT && !filter_columns[term->key].on_event) {
            error_set_at(error, ERROR_UNSUPPORTED, term->column,
                         "`%s` is known of hits only", filter_key_name(term->key));
            return SLICE_NONE;
        }
        text = append(arena, text, SLICE(" AND "));
        text = append(arena, text, term_sql(term, arena));
    }
    if (!slice_present(text))
        error_set(error, ERROR_MEMORY, "no memory for the filter");
    return text;
}

/* --- binding ------------------------------------------------------------------- */

static const char *enumeration_name(enum filter_key key, int number)
{
    switch (key) {
    case FILTER_PROVIDER:
        return provider_name((enum provider)number);
    case FILTER_OUTCOME:
        return outcome_name((enum outcome)number);
    case FILTER_LIFECYCLE:
        return lifecycle_name((enum lifecycle)number);
    default:
        return "";
    }
}

static int bind_value(sqlite3_stmt *statement, int parameter,
                      const struct filter_term *term, const struct filter_value *value,
                      enum filter_target target)
{
    switch (filter_key_kind(term->key)) {
    case FILTER_TIME_KIND:
        return sqlite3_bind_int64(statement, parameter, value->time_us);
    case FILTER_NAME_KIND:
        if (target == FILTER_ON_EVENT)
            return sqlite3_bind_text(statement, parameter,
                                     enumeration_name(term->key, value->number), -1,
                                     SQLITE_STATIC);
        return sqlite3_bind_int(statement, parameter, value->number);
    case FILTER_YES_NO_KIND:
        return sqlite3_bind_int(statement, parameter, value->number);
    case FILTER_ADDRESS_KIND:
        return sqlite3_bind_blob(statement, parameter, &value->block,
                                 (int)sizeof value->block, SQLITE_TRANSIENT);
    case FILTER_TEXT_KIND:
        break;
    }
    return sqlite3_bind_text(statement, parameter, value->text.data,
                             (int)value->text.length, SQLITE_TRANSIENT);
}

static size_t column_count(enum filter_key key)
{
    size_t count = 1;
    for (const char *at = filter_columns[key].columns; *at; at++)
        count += *at == ' ';
    return count;
}

int filter_bind(const struct filter *filter, enum filter_target target,
                sqlite3_stmt *statement, int *parameter)
{
    for (size_t i = 0; filter && i < filter->term_count; i++) {
        const struct filter_term *term = &filter->terms[i];
        for (size_t j = 0; j < term->value_count; j++) {
            for (size_t k = column_count(term->key); k > 0; k--) {
                int result = bind_value(statement, (*parameter)++, term,
                                        &term->values[j], target);
                if (result != SQLITE_OK)
                    return result;
            }
        }
    }
    return SQLITE_OK;
}

/* --- the functions ------------------------------------------------------------- */

static struct slice value_text(sqlite3_value *value)
{
    if (sqlite3_value_type(value) == SQLITE_NULL)
        return SLICE_NONE;
    const char *text = (const char *)sqlite3_value_text(value);
    return text ? (struct slice){text, (size_t)sqlite3_value_bytes(value)} : SLICE_NONE;
}

static void filter_glob(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct slice pattern = value_text(values[0]), text = value_text(values[1]);
    sqlite3_result_int(context, slice_present(text) && glob_match(pattern, text));
}

static void filter_contains(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct slice needle = value_text(values[0]), text = value_text(values[1]);
    sqlite3_result_int(context,
                       slice_present(text) && slice_find_nocase(text, needle) >= 0);
}

static void filter_block(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct address_block block;
    struct address address;
    const void *bytes = sqlite3_value_blob(values[0]);
    bool inside = false;
    if (bytes && sqlite3_value_bytes(values[0]) == (int)sizeof block) {
        memcpy(&block, bytes, sizeof block);
        inside = address_parse(value_text(values[1]), &address) &&
                 address_in_block(&address, &block);
    }
    sqlite3_result_int(context, inside);
}

static void filter_rule(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    struct slice pattern = value_text(values[0]), rules = value_text(values[1]);
    bool found = false;
    while (slice_present(rules) && !found)
        found = glob_match(pattern, slice_cut(&rules, ';'));
    sqlite3_result_int(context, found);
}

int filter_functions_register(sqlite3 *db)
{
    static const struct {
        const char *name;
        void (*call)(sqlite3_context *context, int count, sqlite3_value **values);
    } functions[] = {
        {"filter_glob", filter_glob},
        {"filter_contains", filter_contains},
        {"filter_block", filter_block},
        {"filter_rule", filter_rule},
    };
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        int result = sqlite3_create_function_v2(db, functions[i].name, 2, flags, NULL,
                                                functions[i].call, NULL, NULL, NULL);
        if (result != SQLITE_OK)
            return result;
    }
    return SQLITE_OK;
}
