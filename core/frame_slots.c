#include "config.h"

#include "core/frame.h"

const char frame_result_rows[] = "ResultSet Rows";

const struct json_path frame_paths[] = {
    {"Records", SLOT_RECORDS_ARRAY},       {"records", SLOT_RECORDS_LOWER},
    {"value", SLOT_VALUE_ARRAY},           {"Events", SLOT_EVENTS_ARRAY},
    {"entries", SLOT_ENTRIES_ARRAY},       {"events", SLOT_EVENTS_LOWER},
    {"logEvents", SLOT_LOG_EVENTS},        {"results", SLOT_RESULTS_ARRAY},
    {"Messages", SLOT_MESSAGES_ARRAY},     {"hits hits", SLOT_HITS_ARRAY},
    {"tables", SLOT_TABLES_ARRAY},         {"Tables", SLOT_TABLES_ARRAY},
    {frame_result_rows, SLOT_RESULT_ROWS}, {"nextLink", SLOT_NEXT_PAGE},
    {"NextToken", SLOT_NEXT_PAGE},         {"nextToken", SLOT_NEXT_PAGE},
    {"nextPageToken", SLOT_NEXT_PAGE},     {"@odata.nextLink", SLOT_NEXT_PAGE},
};
const size_t frame_path_count = sizeof frame_paths / sizeof frame_paths[0];
