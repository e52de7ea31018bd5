#include "config.h"

#include "tests/sample_events.h"

#include <stdio.h>
#include <stdlib.h>

#include "db/segment.h"

#define FIRST_US INT64_C(1773213600000000) /* 2026-03-11T07:20:00Z */
#define LAST_US INT64_C(1773475200000000)  /* 2026-03-14T08:00:00Z */
#define HOUR_US INT64_C(3600000000)

enum { EVENTS = 120829, MALLORYS = 500, SWITCH = 4001 };

/* Values of the dictionaries, code i + 1. */
static const struct {
    int field;
    const char *values[8];
} dictionaries[] = {
    {FIELD_FORM, {"cloudtrail", "cisco-ios-syslog"}},
    {FIELD_ACCOUNT, {"111122223333", "444455556666", "sw1"}},
    {FIELD_REGION, {"us-east-1", "eu-west-1"}},
    {FIELD_ACTOR,
     {"arn:aws:iam::111122223333:user/ops-01",
      "arn:aws:sts::111122223333:assumed-role/NetOps/mallory", "admin"}},
    {FIELD_SOURCE_IP, {"192.0.2.10", "198.51.100.23"}},
    {FIELD_OPERATION,
     {"DescribeInstances", "SYS-5-CONFIG_I", "CreateLoadBalancer", "RegisterTargets",
      "AuthorizeSecurityGroupIngress", "DescribeTrafficMirrorTargets", "StopLogging",
      "GetCallerIdentity"}},
};
enum { DICTIONARIES = sizeof dictionaries / sizeof dictionaries[0] };

static int64_t time_of(int number)
{
    return FIRST_US + (LAST_US - FIRST_US) * number / (EVENTS - 1);
}

static bool is_switch(int number)
{
    return number % SWITCH == 17;
}

static uint32_t code_of(int field, int number)
{
    int64_t hour = (time_of(number) - FIRST_US) / HOUR_US;
    bool mallory = number % MALLORYS == 0;
    switch (field) {
    case FIELD_FORM:
        return is_switch(number) ? 2 : 1;
    case FIELD_ACCOUNT:
        return is_switch(number)                             ? 3
               : number % 7 == 1 && (hour < 40 || hour > 45) ? 2
                                                             : 1;
    case FIELD_REGION:
        return is_switch(number) ? 0 : number % 3 == 2 ? 2 : 1;
    case FIELD_ACTOR:
        return is_switch(number) ? 3 : mallory ? 2 : 1;
    case FIELD_SOURCE_IP:
        return mallory ? 2 : 1;
    default:
        return is_switch(number) ? 2
               : mallory         ? 3 + (uint32_t)(number / MALLORYS % 6)
                                 : 1;
    }
}

static int insert(struct case_file *handle, const char *sql, int64_t a, int64_t b,
                  struct slice blob)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(handle->db, sql, -1, &statement, NULL))
        return -1;
    sqlite3_bind_int64(statement, 1, a);
    sqlite3_bind_int64(statement, 2, b);
    sqlite3_bind_blob(statement, 3, blob.data, (int)blob.length, SQLITE_STATIC);
    int code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? 0 : -1;
}

static int add_dictionaries(struct case_file *handle)
{
    for (int i = 0; i < DICTIONARIES; i++) {
        for (int j = 0; j < 8 && dictionaries[i].values[j]; j++) {
            if (insert(handle,
                       "INSERT INTO dictionary(field, code, value) VALUES(?, ?, ?)",
                       dictionaries[i].field, j + 1,
                       slice_from(dictionaries[i].values[j])))
                return -1;
        }
    }
    return 0;
}

static int put_column(struct case_file *handle, int64_t segment, int column,
                      struct slice blob)
{
    if (!slice_present(blob))
        return 0;
    return insert(handle, "INSERT INTO segment_column(id, data) VALUES(?1 + ?2, ?3)",
                  segment * SEGMENT_COLUMNS_MAX, column, blob);
}

struct builder {
    struct case_file *handle;
    struct packer *packer;
    struct arena arena;
    int64_t numbers[SEGMENT_EVENTS];
    uint32_t codes[SEGMENT_EVENTS];
};

static int add_numbers(struct builder *builder, int64_t segment, int first,
                       uint32_t count, enum segment_column column)
{
    struct slice blob;
    struct error error;
    for (uint32_t i = 0; i < count; i++) {
        int number = first + (int)i;
        builder->numbers[i] = column == COLUMN_TIME     ? time_of(number)
                              : column == COLUMN_SOURCE ? 1
                              : is_switch(number)       ? PROVIDER_CISCO_IOS
                                                        : PROVIDER_AWS;
    }
    return segment_encode_numbers(builder->packer, column, builder->numbers, count,
                                  &builder->arena, &blob, &error) ||
           put_column(builder->handle, segment, (int)column, blob);
}

static int add_texts(struct builder *builder, int64_t segment, int first,
                     uint32_t count, int field)
{
    struct slice blob;
    struct error error;
    enum segment_column column = (enum segment_column)(COLUMN_TEXT + field);
    for (uint32_t i = 0; i < count; i++)
        builder->codes[i] = code_of(field, first + (int)i);
    return segment_encode_text(builder->packer, column, builder->codes, count, NULL, 0,
                               NULL, &builder->arena, &blob, &error) ||
           put_column(builder->handle, segment, (int)column, blob);
}

static int add_segment(struct builder *builder, int64_t id, int first, uint32_t count)
{
    char sql[200];
    snprintf(sql, sizeof sql, "INSERT INTO segment VALUES(%lld, %u, %lld, %lld)",
             (long long)id, count, (long long)time_of(first),
             (long long)time_of(first + (int)count - 1));
    if (sqlite3_exec(builder->handle->db, sql, NULL, NULL, NULL))
        return -1;
    static const enum segment_column numbers[] = {COLUMN_TIME, COLUMN_SOURCE,
                                                  COLUMN_PROVIDER};
    for (int i = 0; i < 3; i++) {
        if (add_numbers(builder, id, first, count, numbers[i]))
            return -1;
    }
    for (int i = 0; i < DICTIONARIES; i++) {
        if (add_texts(builder, id, first, count, dictionaries[i].field))
            return -1;
    }
    arena_reset(&builder->arena);
    return 0;
}

int sample_events_add(struct case_file *handle)
{
    struct builder *builder = calloc(1, sizeof *builder);
    if (!builder)
        return -1;
    builder->handle = handle;
    builder->packer = packer_new();
    arena_init(&builder->arena);
    int result = builder->packer ? add_dictionaries(handle) : -1;
    for (int first = 0; first < EVENTS && !result; first += SEGMENT_EVENTS) {
        int left = EVENTS - first;
        result = add_segment(builder, first / SEGMENT_EVENTS + 1, first,
                             (uint32_t)(left < SEGMENT_EVENTS ? left : SEGMENT_EVENTS));
    }
    packer_free(builder->packer);
    arena_fini(&builder->arena);
    free(builder);
    return result;
}
