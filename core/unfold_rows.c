#include "config.h"

#include <stdlib.h>

#include "core/json_walk.h"
#include "core/unfold_internal.h"

/*
 * The first row that fits decides.  A record of CloudTrail in an envelope that looks
 * like another one is still found: what an envelope holds is judged again.
 */
static const struct unwrap rows[] = {
    {"lookup-events", UNWRAP_ORIGINAL, .payload = "CloudTrailEvent"},
    {"logscale", UNWRAP_ORIGINAL, .payload = "@rawstring"},
    {"splunk", UNWRAP_ORIGINAL, .payload = "_raw"},
    {"logs-insights", UNWRAP_ORIGINAL, .payload = "@message"},
    {"elastic", UNWRAP_ORIGINAL, .payload = "event original"},
    {"elastic", UNWRAP_ORIGINAL, .payload = "event.original"},

    {"splunk", UNWRAP_ENVELOPE, "preview", "true",
     .reason = "Splunk preview: its final row follows"},
    {"splunk", UNWRAP_ENVELOPE, "preview", .payload = "result"},
    {"elastic", UNWRAP_ENVELOPE, .payload = "_source"},
    {"eventbridge", UNWRAP_ENVELOPE, "detail-type", .payload = "detail",
     .other = "EventBridge event"},
    {"sns", UNWRAP_ENVELOPE, .payload = "Sns Message"},
    {"sns", UNWRAP_ENVELOPE, "Type", "SubscriptionConfirmation",
     .reason = "SNS subscription confirmation"},
    {"sns", UNWRAP_ENVELOPE, "TopicArn", .payload = "Message"},
    {"sns", UNWRAP_ENVELOPE, "Type", "Notification", .payload = "Message"},
    {"sqs", UNWRAP_ENVELOPE, .payload = "body"},
    {"sqs", UNWRAP_ENVELOPE, .payload = "Body"},
    {"kinesis", UNWRAP_ENVELOPE, .payload = "kinesis data", .packed = true},
    {"kinesis", UNWRAP_ENVELOPE, "SequenceNumber", .payload = "Data", .packed = true},
    {"firehose", UNWRAP_ENVELOPE, "recordId", .payload = "data", .packed = true},
    {"lambda", UNWRAP_ENVELOPE, .payload = "awslogs data", .packed = true},
    {"pubsub", UNWRAP_ENVELOPE, .payload = "message data", .packed = true},
    {"pubsub", UNWRAP_ENVELOPE, "@type", "PubsubMessage", .payload = "data",
     .packed = true},
    {"alert", UNWRAP_ENVELOPE, .payload = "data context activityLog"},
    {"chronicle", UNWRAP_ENVELOPE, .payload = "udm"},
    {"chronicle", UNWRAP_ENVELOPE, .payload = "event idm read_only_udm"},
    {"kusto", UNWRAP_ENVELOPE, "FrameType",
     .reason = "frame of a Data Explorer answer that is no result"},
    {"s3-notification", UNWRAP_ENVELOPE, "Event", "s3:TestEvent",
     .reason = "S3 test notification"},
    {"cloudwatch", UNWRAP_ENVELOPE, "ingestionTime", .payload = "message"},

    {"message", UNWRAP_PERHAPS, .payload = "message"},
    {"firehose", UNWRAP_PERHAPS, .payload = "data", .packed = true},
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0], NO_SLOT = UINT16_MAX };

/* Each distinct path has a slot; rows refer to them. */
struct unwrap_table {
    struct json_projection *projection;
    uint16_t mark[ROW_COUNT], payload[ROW_COUNT];
    struct json_slot slots[2 * ROW_COUNT];
};

static uint16_t slot_of(struct json_path *paths, size_t *count, const char *path)
{
    if (!path)
        return NO_SLOT;
    size_t i = 0;
    while (i < *count && strcmp(paths[i].keys, path))
        i++;
    if (i == *count)
        paths[(*count)++] = (struct json_path){path, (unsigned)i};
    return (uint16_t)i;
}

struct unwrap_table *unwrap_table_new(void)
{
    struct json_path paths[2 * ROW_COUNT];
    size_t count = 0;
    struct unwrap_table *table = calloc(1, sizeof *table);
    if (!table)
        return NULL;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        table->mark[i] = slot_of(paths, &count, rows[i].mark);
        table->payload[i] = slot_of(paths, &count, rows[i].payload);
    }
    table->projection = json_projection_new(paths, count, (unsigned)count, NULL);
    if (table->projection)
        return table;
    free(table);
    return NULL;
}

void unwrap_table_free(struct unwrap_table *table)
{
    if (table)
        json_projection_free(table->projection);
    free(table);
}

static bool mark_fits(const struct unwrap *row, const struct json_slot *mark)
{
    if (mark->type == VALUE_ABSENT || mark->type == VALUE_NULL)
        return false;
    return !row->mark_part ||
           slice_find_nocase(mark->text, slice_from(row->mark_part)) >= 0;
}

static bool payload_fits(const struct unwrap *row, const struct json_slot *payload)
{
    if (payload->type == VALUE_STRING)
        return !slice_blank(slice_trim(payload->text));
    return payload->type == VALUE_OBJECT && !row->packed;
}

bool unwrap_find(struct unwrap_table *table, struct slice object,
                 enum unwrap_kind first, enum unwrap_kind last, struct unwrapped *out)
{
    const char *next;
    if (json_scan(table->projection, object.data, object.data + object.length, true,
                  table->slots, &next) != JSON_OK)
        return false;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const struct unwrap *row = &rows[i];
        *out = (struct unwrapped){.row = row};
        if (row->kind < first || row->kind > last)
            continue;
        if (row->mark)
            out->mark = table->slots[table->mark[i]];
        if (row->payload)
            out->payload = table->slots[table->payload[i]];
        if ((!row->mark || mark_fits(row, &out->mark)) &&
            (row->reason || payload_fits(row, &out->payload)))
            return true;
    }
    return false;
}

/* --- what is none of them --------------------------------------------------------- */

const char *unwrap_unknown(struct slice json, struct arena *arena)
{
    enum { KEYS_TOLD = 6, KEY_BYTES = 32 };
    struct json_walk walk = json_walk_into(json);
    struct slice key, keys = SLICE_NONE;
    struct json_slot value;
    for (int i = 0; i < KEYS_TOLD && slice_starts_with(json, SLICE("{")) &&
                    json_walk_member(&walk, &key, &value);
         i++) {
        const struct slice parts[] = {keys, i ? SLICE(", ") : SLICE_NONE,
                                      slice_first(key, KEY_BYTES)};
        keys = arena_join(arena, parts, sizeof parts / sizeof parts[0]);
    }
    struct slice reason = SLICE_NONE;
    if (keys.length)
        reason = arena_printf(arena, "JSON of no known form, of keys %.*s",
                              (int)keys.length, keys.data);
    return reason.length ? reason.data : "JSON of no known form";
}

/* --- lines --------------------------------------------------------------------- */

static const struct {
    struct slice begins;
    const char *reason;
} notices[] = {
    {SLICE_INIT("CWL CONTROL MESSAGE"), "CloudWatch control message"},
    {SLICE_INIT("Permission Check Successful"), "CloudWatch export's test file"},
};

const char *unwrap_line_notice(struct slice line)
{
    for (size_t i = 0; i < sizeof notices / sizeof notices[0]; i++) {
        if (slice_starts_with(line, notices[i].begins))
            return notices[i].reason;
    }
    return NULL;
}

struct slice unwrap_line_json(struct slice line)
{
    struct slice text = slice_trim(line);
    if (!slice_ends_with(text, SLICE("}")))
        return SLICE_NONE;
    ptrdiff_t at = slice_find(text, SLICE("{\""));
    return at < 0 ? SLICE_NONE : slice_skip(text, (size_t)at);
}
