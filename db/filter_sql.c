#include "config.h"

#include "db/filter_sql.h"

#include "core/glob.h"
#include "db/statement.h"

/*
 * One row per key of the language: the columns it looks at, and whether the table
 * `event` has them too.  Free text looks at them all.  The functions below take any
 * number of columns, so a value is bound once however many columns it is looked for in.
 */
struct filter_columns {
    const char *columns; /* separated by ", " */
    bool on_event;
    const char *of_mirror; /* NULL: the ledger does not know the key */
};

static const struct filter_columns filter_columns[FILTER_KEY_COUNT] = {
    [FILTER_ACTOR] = {"actor", true, "opened_by, closed_by"},
    [FILTER_ACTOR_TYPE] = {"actor_type", true, NULL},
    [FILTER_ACTOR_ID] = {"actor_id", true, NULL},
    [FILTER_SESSION_ISSUER] = {"session_issuer", true, NULL},
    [FILTER_CREDENTIAL] = {"credential", true, NULL},
    [FILTER_VIA] = {"via", true, NULL},
    [FILTER_IP] = {"source_ip", true, NULL},
    [FILTER_USER_AGENT] = {"user_agent", true, NULL},
    [FILTER_PROVIDER] = {"provider", true, "provider"},
    [FILTER_FORM] = {"form", true, NULL},
    [FILTER_OPERATION] = {"operation", true, NULL},
    [FILTER_SERVICE] = {"service", true, NULL},
    [FILTER_LIFECYCLE] = {"lifecycle", true, NULL},
    [FILTER_OUTCOME] = {"outcome", true, NULL},
    [FILTER_ERROR] = {"error_code", true, NULL},
    [FILTER_ACCOUNT] = {"account", true, "account, device"},
    [FILTER_REGION] = {"region", true, "region"},
    [FILTER_RESOURCE_GROUP] = {"resource_group", true, NULL},
    [FILTER_RESOURCE] = {"resource", true, NULL},
    [FILTER_MIRROR] = {"mirror", true, "mirror"},
    [FILTER_MIRRORED] = {"mirrored", true, "mirrored"},
    [FILTER_DESTINATION] = {"destination", true, "destination, destination_ids"},
    [FILTER_RULE] = {"rules", false, NULL},
    [FILTER_SEVERITY] = {"severity", false, NULL},
    [FILTER_CONFIDENCE] = {"confidence", false, NULL},
    [FILTER_ID] = {"id", false, NULL},
    [FILTER_EVENT_ID] = {"event_id", true, NULL},
    [FILTER_STATE] = {"m.state", false, "state"},
    [FILTER_FOREIGN] = {"m.foreign_destination", false, "foreign_destination"},
    [FILTER_APPROVED] = {"approval_state", false, "approval_state"},
    [FILTER_ATTEMPT] = {"outcome", false, NULL},
    [FILTER_SINCE] = {"time_us", true, "coalesce(until_us, 9223372036854775807)"},
    [FILTER_UNTIL] = {"time_us", true, "coalesce(since_us, -9223372036854775807)"},
    [FILTER_TEXT] = {"time_text, form, operation, service, error_code, actor,"
                     " actor_type, actor_id, session_issuer, source_identity, via,"
                     " credential, source_ip, source_text, user_agent, account,"
                     " region, resource_group, resource, mode, mirror, mirrored,"
                     " destination, event_id, request_id, correlation_id",
                     true,
                     "mirror, account, region, device, mirrored, destination,"
                     " destination_ids, filter, foreign_reason, opened_by, closed_by,"
                     " closed_how"},
};

/* --- building ------------------------------------------------------------------ */

/* The mirrors that an operation had to do with: the ledger's rows. */
#define LINKED_MIRRORS                                                                 \
    "SELECT 1 FROM mirror_operation AS l JOIN mirror AS m ON m.id = l.mirror"          \
    " WHERE l.operation = operation.id"
#define WORST_DESTINATION                                                              \
    "SELECT max(%s) FROM mirror_operation AS l JOIN mirror AS m ON m.id = l.mirror"    \
    " WHERE l.operation = operation.id"

/* What one value of a term asks of its columns; `?` stands for the bound value. */
static const char *value_condition(const struct filter_term *term,
                                   enum filter_target target)
{
    bool contains = term->compare == FILTER_CONTAINS;
    switch (term->key) {
    case FILTER_STATE:
        return target == FILTER_ON_MIRROR ? "%s = ?"
                                          : "EXISTS (" LINKED_MIRRORS " AND %s = ?)";
    case FILTER_FOREIGN:
        return target == FILTER_ON_MIRROR ? "%s = ?" : "(" WORST_DESTINATION ") = ?";
    case FILTER_SINCE:
        return "%s >= ?";
    case FILTER_UNTIL:
        return "%s <= ?";
    case FILTER_APPROVED:
        return "(" APPROVED_SQL ") = ?";
    case FILTER_ATTEMPT:
        return "(" ATTEMPT_SQL ") = ?";
    case FILTER_RULE:
        return contains ? "filter_contains(?, %s)" : "filter_rule(?, %s)";
    default:
        break;
    }
    switch (filter_key_kind(term->key)) {
    case FILTER_ADDRESS_KIND:
        return "filter_block(?, %s)";
    case FILTER_NAME_KIND:
        return "%s = ?";
    case FILTER_TEXT_KIND:
    case FILTER_YES_NO_KIND:
    case FILTER_TIME_KIND:
        break;
    }
    return contains ? "filter_contains(?, %s)" : "filter_glob(?, %s)";
}

static struct slice append(struct arena *arena, struct slice text, struct slice more)
{
    struct slice parts[] = {text, more};
    return arena_join(arena, parts, 2);
}

/*
 * (columns ask value OR columns ask value ...).  A term that is not negated is left
 * bare, so that bounds of time reach the index and the segments; WHERE takes NULL for
 * false.  Negated, a column without a value must count as not matching.
 */
static struct slice term_sql(const struct filter_term *term, enum filter_target target,
                             struct arena *arena)
{
    const struct filter_columns *columns = &filter_columns[term->key];
    struct slice condition = arena_printf(
        arena, value_condition(term, target),
        target == FILTER_ON_MIRROR ? columns->of_mirror : columns->columns);
    struct slice text = term->negated ? SLICE("NOT coalesce((") : SLICE("(");
    for (size_t i = 0; i < term->value_count; i++) {
        if (i)
            text = append(arena, text, SLICE(" OR "));
        text = append(arena, text, condition);
    }
    return append(arena, text, term->negated ? SLICE("), 0)") : SLICE(")"));
}

struct slice filter_sql(const struct filter *filter, enum filter_target target,
                        struct arena *arena, struct error *error)
{
    struct slice text = SLICE("1");
    for (size_t i = 0; filter && i < filter->term_count; i++) {
        const struct filter_term *term = &filter->terms[i];
        const struct filter_columns *columns = &filter_columns[term->key];
        if ((target == FILTER_ON_EVENT && !columns->on_event) ||
            (target == FILTER_ON_MIRROR && !columns->of_mirror)) {
            error_set_at(error, ERROR_UNSUPPORTED, term->column,
                         "`%s` is known of hits only", filter_key_name(term->key));
            return SLICE_NONE;
        }
        text = append(arena, text, SLICE(" AND "));
        text = append(arena, text, term_sql(term, target, arena));
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

int filter_bind(const struct filter *filter, enum filter_target target,
                sqlite3_stmt *statement, int *parameter)
{
    for (size_t i = 0; filter && i < filter->term_count; i++) {
        const struct filter_term *term = &filter->terms[i];
        for (size_t j = 0; j < term->value_count; j++) {
            int result =
                bind_value(statement, (*parameter)++, term, &term->values[j], target);
            if (result != SQLITE_OK)
                return result;
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

/* The first argument is the bound value; true if any of the others matches it. */
static void any_matches(sqlite3_context *context, int count, sqlite3_value **values,
                        bool (*matches)(struct slice wanted, struct slice text))
{
    struct slice wanted = count ? value_text(values[0]) : SLICE_NONE;
    bool found = false;
    for (int i = 1; i < count && !found; i++) {
        struct slice text = value_text(values[i]);
        found = slice_present(text) && matches(wanted, text);
    }
    sqlite3_result_int(context, found);
}

static bool contains(struct slice wanted, struct slice text)
{
    return slice_find_nocase(text, wanted) >= 0;
}

static bool has_rule(struct slice wanted, struct slice rules)
{
    bool found = false;
    while (slice_present(rules) && !found)
        found = glob_match(wanted, slice_cut(&rules, ';'));
    return found;
}

static void filter_glob(sqlite3_context *context, int count, sqlite3_value **values)
{
    any_matches(context, count, values, glob_match);
}

static void filter_contains(sqlite3_context *context, int count, sqlite3_value **values)
{
    any_matches(context, count, values, contains);
}

static void filter_rule(sqlite3_context *context, int count, sqlite3_value **values)
{
    any_matches(context, count, values, has_rule);
}

static void filter_block(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct address_block block;
    struct address address;
    const void *bytes = count ? sqlite3_value_blob(values[0]) : NULL;
    bool found = false;
    if (bytes && sqlite3_value_bytes(values[0]) == (int)sizeof block) {
        memcpy(&block, bytes, sizeof block);
        for (int i = 1; i < count && !found; i++)
            found = address_parse(value_text(values[i]), &address) &&
                    address_in_block(&address, &block);
    }
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
        int result = sqlite3_create_function_v2(db, functions[i].name, -1, flags, NULL,
                                                functions[i].call, NULL, NULL, NULL);
        if (result != SQLITE_OK)
            return result;
    }
    return SQLITE_OK;
}
