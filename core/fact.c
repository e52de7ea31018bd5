#include "config.h"

#include "core/fact_internal.h"
#include "core/limits.h"

#define X(identifier, text) text,
static const char *const thing_names[] = {FACT_THINGS(X)};
static const char *const act_names[] = {FACT_ACTS(X)};
#undef X
#define X(identifier, column) #column,
const char *const fact_field_names[FACT_FIELD_COUNT] = {FACT_FIELDS(X)};
#undef X

const char *fact_thing_name(enum fact_thing thing)
{
    return thing_names[thing < THING_COUNT ? thing : THING_NONE];
}

const char *fact_act_name(enum fact_act act)
{
    return act_names[act < ACT_COUNT ? act : ACT_NONE];
}

static const struct fact_row *const rows_of[PROVIDER_COUNT] = {
    [PROVIDER_AWS] = fact_rows_aws,          [PROVIDER_AZURE] = fact_rows_azure,
    [PROVIDER_GCP] = fact_rows_gcp,          [PROVIDER_OCI] = fact_rows_oci,
    [PROVIDER_ALIBABA] = fact_rows_sessions, [PROVIDER_HUAWEI] = fact_rows_sessions,
};

/* The first row that fits; NULL for none. */
static const struct fact_row *find_row(const struct event *event)
{
    struct slice operation = event->text[FIELD_OPERATION];
    const struct fact_row *row =
        (unsigned)event->provider < PROVIDER_COUNT ? rows_of[event->provider] : NULL;
    for (; row && row->extract; row++) {
        if (row->whole ? slice_equal_nocase(operation, row->part)
                       : slice_find_nocase(operation, row->part) >= 0)
            return row;
    }
    return NULL;
}

bool fact_wanted(const struct event *event)
{
    return provider_is_device(event->provider) ? fact_wanted_device(event)
                                               : find_row(event) != NULL;
}

void fact_read(const struct event *event, struct slice raw, struct arena *arena,
               struct fact_list *out)
{
    struct fact_reader reader = {.event = event, .raw = raw, .out = out};
    *out = (struct fact_list){0};
    if (provider_is_device(event->provider)) {
        reader.tree.arena = arena;
        fact_read_device(&reader);
        return;
    }
    const struct fact_row *row = find_row(event);
    if (row && facts_open(&reader.tree, raw, arena))
        row->extract(&reader);
    facts_close(&reader.tree);
}

static bool (*const states[])(struct fact_reader *reader) = {
    [PROVIDER_AWS] = fact_state_aws,
    [PROVIDER_AZURE] = fact_state_azure,
    [PROVIDER_GCP] = fact_state_gcp,
};

void fact_read_state(struct slice raw, struct arena *arena, struct fact_list *out)
{
    struct fact_reader reader = {.out = out};
    *out = (struct fact_list){0};
    if (facts_open(&reader.tree, raw, arena)) {
        unsigned provider = 0, count = sizeof states / sizeof states[0];
        while (provider < count && !(states[provider] && states[provider](&reader)))
            provider++;
        for (size_t i = 0; i < out->count; i++)
            out->facts[i].provider = (enum provider)provider;
    }
    facts_close(&reader.tree);
}
