#include "config.h"

#include "sample_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/event.h"
#include "tests/sample_events.h"

#define START_US INT64_C(1773453600000000) /* 2026-03-14T02:00:00Z */
#define MINUTE_US INT64_C(60000000)

struct sample {
    int minutes;
    enum provider provider;
    enum lifecycle lifecycle;
    enum outcome outcome;
    const char *operation, *actor, *address, *account, *mirrored, *destination;
};

#define MALLORY "arn:aws:sts::111122223333:assumed-role/NetOps/mallory"
#define NDR "svc-ndr@acme-prod.iam.gserviceaccount.com"

static const struct sample samples[] = {
    {11, PROVIDER_AWS, LIFECYCLE_CREATION, OUTCOME_SUCCESS, "CreateTrafficMirrorTarget",
     MALLORY, "198.51.100.23", "111122223333", NULL, "eni-0fedcba9876543210"},
    {12, PROVIDER_AWS, LIFECYCLE_CREATION, OUTCOME_SUCCESS, "CreateTrafficMirrorFilter",
     MALLORY, "198.51.100.23", "111122223333", NULL, NULL},
    {14, PROVIDER_AWS, LIFECYCLE_CREATION, OUTCOME_SUCCESS,
     "CreateTrafficMirrorSession", MALLORY, "198.51.100.23", "111122223333",
     "eni-0a1b2c3d4e5f60718", "tmt-0fedcba9876543210"},
    {15, PROVIDER_AWS, LIFECYCLE_MODIFICATION, OUTCOME_SUCCESS,
     "ModifyTrafficMirrorSession", MALLORY, "198.51.100.23", "111122223333",
     "eni-0a1b2c3d4e5f60718", "tmt-0fedcba9876543210"},
    {44, PROVIDER_AWS, LIFECYCLE_DELETION, OUTCOME_SUCCESS,
     "DeleteTrafficMirrorSession", MALLORY, "198.51.100.23", "444455556666", NULL,
     NULL},
    {50, PROVIDER_AWS, LIFECYCLE_CREATION, OUTCOME_DENIED, "CreateTrafficMirrorSession",
     "arn:aws:iam::111122223333:user/eve", "203.0.113.9", "111122223333",
     "eni-0a1b2c3d4e5f60718", "tmt-0fedcba9876543210"},
    {51, PROVIDER_AWS, LIFECYCLE_CREATION, OUTCOME_DRY_RUN,
     "CreateTrafficMirrorSession", "arn:aws:iam::111122223333:user/eve", "203.0.113.9",
     "111122223333", NULL, NULL},
    {-4000, PROVIDER_GCP, LIFECYCLE_CREATION, OUTCOME_SUCCESS,
     "v1.compute.packetMirrorings.insert", NDR, "192.0.2.77", "acme-prod",
     "projects/acme-prod/regions/europe-west1/subnetworks/web",
     "projects/acme-prod/regions/europe-west1/forwardingRules/ndr"},
    {-3990, PROVIDER_GCP, LIFECYCLE_MODIFICATION, OUTCOME_SUCCESS,
     "v1.compute.packetMirrorings.patch", NDR, "192.0.2.77", "acme-prod",
     "projects/acme-prod/regions/europe-west1/subnetworks/web",
     "projects/acme-prod/regions/europe-west1/forwardingRules/ndr"},
    {120, PROVIDER_AZURE, LIFECYCLE_CREATION_MODIFICATION, OUTCOME_SUCCESS,
     "Microsoft.Network/virtualNetworkTaps/write", "alice@example.com",
     "2001:db8:0:12::7", "00000000-0000-4000-8000-000011112222", "nic-web-01",
     "tap-soc"},
    {205, PROVIDER_CISCO_NXOS, LIFECYCLE_CREATION, OUTCOME_UNKNOWN, "monitor session 1",
     "admin", NULL, "sw1", "Ethernet1/1", "Ethernet1/48"},
    {206, PROVIDER_CISCO_NXOS, LIFECYCLE_DELETION, OUTCOME_UNKNOWN,
     "no monitor session 1", "admin", NULL, "sw1", "Ethernet1/1", "Ethernet1/48"},
    {300, PROVIDER_EOS, LIFECYCLE_CREATION, OUTCOME_UNKNOWN, "monitor session SPY",
     NULL, NULL, "leaf-7", "Ethernet3", "Ethernet9"},
    {310, PROVIDER_AWS, LIFECYCLE_CREATION, OUTCOME_SUCCESS,
     "CreateTrafficMirrorSession",
     "evil\r\033[2J\xc2\x9b\xe2\x80\xae\xf3\xa0\x81\x81\\", "203.0.113.66",
     "111122223333", "eni-\033]0;owned\007", "tmt-\n[allowed]"},
    {320, PROVIDER_ALIBABA, LIFECYCLE_CREATION, OUTCOME_SUCCESS,
     "CreateTrafficMirrorSession", "\xe5\xbc\xa0\xe4\xbc\x9f", "203.0.113.80",
     "1234567890123456", "eni-bp1a", "eni-bp1b"},
};

static const char json[] =
    "{\"eventVersion\":\"1.09\",\"userIdentity\":{\"type\":\"AssumedRole\",\"arn\":"
    "\"" MALLORY "\",\"sessionContext\":{\"attributes\":{\"mfaAuthenticated\":"
    "\"false\"}}},\"eventTime\":\"2026-03-14T02:14:00Z\",\"eventName\":"
    "\"CreateTrafficMirrorSession\",\"sourceIPAddress\":\"198.51.100.23\","
    "\"userAgent\":\"aws-cli/2.15.0 Python/3.11 \\u001b[31m\",\"requestParameters\":"
    "{\"networkInterfaceId\":\"eni-0a1b2c3d4e5f60718\",\"trafficMirrorTargetId\":"
    "\"tmt-0fedcba9876543210\",\"sessionNumber\":1,\"tags\":[],\"dryRun\":false}}";

static int run(struct case_file *handle, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(handle->db, sql, NULL, NULL, &message) == SQLITE_OK)
        return 0;
    fprintf(stderr, "sample case: %s\n", message);
    sqlite3_free(message);
    return -1;
}

static void bind_text(sqlite3_stmt *statement, int parameter, const char *text)
{
    sqlite3_bind_text(statement, parameter, text, -1, SQLITE_STATIC);
}

static int insert(struct case_file *handle, const char *sql,
                  const struct sample *sample, int number, int source)
{
    sqlite3_stmt *statement;
    char id[40];
    snprintf(id, sizeof id, "%032x", number);
    if (sqlite3_prepare_v2(handle->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "sample case: %s\n", sqlite3_errmsg(handle->db));
        return -1;
    }
    bind_text(statement, 1, id);
    sqlite3_bind_int64(statement, 2, START_US + sample->minutes * MINUTE_US);
    sqlite3_bind_int(statement, 3, sample->provider);
    sqlite3_bind_int(statement, 4, sample->lifecycle);
    sqlite3_bind_int(statement, 5, sample->outcome);
    bind_text(statement, 6, sample->operation);
    bind_text(statement, 7, sample->actor);
    bind_text(statement, 8, sample->address);
    bind_text(statement, 9, sample->account);
    bind_text(statement, 10, sample->mirrored);
    bind_text(statement, 11, sample->destination);
    sqlite3_bind_int(statement, 12, source);
    sqlite3_bind_int(statement, 13, 1000 * number);
    bind_text(statement, 14,
              provider_is_device(sample->provider) ? sample->operation : json);
    int result = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return result == SQLITE_DONE ? 0 : -1;
}

static int add(struct case_file *handle, const struct sample *sample, int number)
{
    static const char operation[] =
        "INSERT INTO operation(id, time_us, time_quality, provider, lifecycle, outcome,"
        " operation, actor, source_ip, account, mirrored, destination, severity,"
        " confidence, rules, technique, records, switched_off, user_agent, region,"
        " event_id, first_loaded_us) SELECT ?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
        " ?11, 3, 2, 'aws_traffic_mirror', 'T1020.001', 1, 0, 'aws-cli/2.15.0',"
        " 'us-east-1', 'event-' || ?1, 0";
    static const char record[] =
        "INSERT INTO record(operation, alone, source, offset, length, form_chain, "
        "time_us,"
        " time_quality, provider, outcome, phase, says_created, switched_off, "
        "lifecycle,"
        " severity, confidence, rules, technique, form, operation_name, actor, raw)"
        " SELECT ?1, ?1, ?12, ?13, length(?14), 'gzip:cloudtrail', ?2, 1, ?3, ?5, 0, "
        "0, 0,"
        " ?4, 3, 2, 'aws_traffic_mirror', 'T1020.001', 'cloudtrail', ?6, ?7,"
        " CAST(?14 AS BLOB)";
    return insert(handle, operation, sample, number, 1) ||
           insert(handle, record, sample, number, 1);
}

static const char sources[] =
    "INSERT INTO source(id, path, sha256, bytes, unpacked_bytes, forms, records, "
    "events,"
    " skipped, damaged, hits, first_us, last_us, status, reason, loaded_us) VALUES"
    "(1, '/evidence/aws/111122223333_CloudTrail_us-east-1_20260314T0215Z_abc.json.gz',"
    " '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 52011,"
    " 1048576, 'cloudtrail', 120001, 119998, 3, 0, 7, 1773453600000000,"
    " 1773475200000000, 'done', '', 0),"
    "(2, '/evidence/aws/truncated.json.gz', NULL, 4096, 65536, 'cloudtrail', 812, 811,"
    " 0, 1, 1, 1773453600000000, 1773457200000000, 'partial',"
    " 'gzip data ends after 65,536 bytes', 0),"
    "(3, '/evidence/gcp/audit.jsonl', NULL, 9000, 9000, 'gcp', 20, 20, 0, 0, 2,"
    " 1773213600000000, 1773215200000000, 'done', '', 0),"
    "(4, '/evidence/notes\033[31m.docx', NULL, 77, 77, '', 1, 0, 0, 1, 0, NULL, NULL,"
    " 'failed', 'of no known form', 0)";

static const char rejects[] =
    "INSERT INTO reject(source, kind, offset, length, reason, bytes) VALUES"
    "(2, 'note', 64900, 30, 'a next page is named: the export is not whole',"
    " CAST('\"NextToken\":\"AAMA-0123456789\"' AS BLOB)),"
    "(2, 'damaged', 65411, 125, 'cut off',"
    " CAST('{\"eventVersion\":\"1.11\",\"userAgent\":\"\033[2Jaws-cli' AS BLOB)),"
    "(4, 'damaged', 0, 77, 'neither JSON nor text', CAST('PK\003\004\033]0;title\007' "
    "AS BLOB))";

static int fill(struct case_file *handle)
{
    int number = 1;
    if (run(handle, sources) || run(handle, rejects) || sample_events_add(handle))
        return -1;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        if (add(handle, &samples[i], number++))
            return -1;
    /* Enough quiet actors to scroll. */
    for (int i = 0; i < 30; i++) {
        char actor[80];
        snprintf(actor, sizeof actor, "arn:aws:iam::111122223333:user/ops-%02d", i);
        struct sample quiet = samples[i % 5];
        quiet.minutes = -600 - i;
        quiet.actor = actor;
        if (add(handle, &quiet, number++))
            return -1;
    }
    struct sample many = samples[2];
    for (int i = 0; i < 40; i++) {
        many.minutes = 60 + i;
        many.lifecycle = i % 2 ? LIFECYCLE_DELETION : LIFECYCLE_CREATION;
        many.operation =
            i % 2 ? "DeleteTrafficMirrorSession" : "CreateTrafficMirrorSession";
        if (add(handle, &many, number++))
            return -1;
    }
    /* The second record of one act, in another export. */
    return insert(
        handle,
        "INSERT INTO record(operation, alone, source, offset, length, form_chain,"
        " time_us, time_quality, provider, outcome, phase, says_created,"
        " switched_off, lifecycle, severity, confidence, rules, technique,"
        " form, raw) SELECT ?1, ?1, ?12, ?13, length(?14), 'cloudtrail', ?2, 1, "
        "?3, ?5, 0, 0, 0, ?4, 3, 2, '', '', 'cloudtrail', CAST(?14 AS BLOB)",
        &samples[2], 3, 2);
}

struct case_file *sample_case_new(const char *name)
{
    char folder[] = "/tmp/mirrorscope-test-XXXXXX";
    char path[256];
    struct error error = {0};
    if (!mkdtemp(folder))
        return NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    struct case_file *handle = case_open(path, CASE_CREATE, &error);
    if (!handle) {
        fprintf(stderr, "sample case: %s\n", error.message);
        return NULL;
    }
    if (run(handle, "BEGIN") || fill(handle) || run(handle, "COMMIT")) {
        sample_case_free(handle);
        return NULL;
    }
    return handle;
}

void sample_case_free(struct case_file *handle)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
    char path[256], name[300];
    snprintf(path, sizeof path, "%s", handle->path);
    case_close(handle);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        unlink(name);
    }
    char *slash = strrchr(path, '/');
    if (slash) {
        *slash = '\0';
        rmdir(path);
    }
}

int sample_case_grow(struct case_file *handle, int count, int *serial)
{
    for (int i = 0; i < count; i++) {
        char actor[80];
        int number = 1000 + (*serial)++;
        snprintf(actor, sizeof actor, "arn:aws:iam::111122223333:user/new-%05d",
                 number);
        struct sample sample = samples[2];
        sample.minutes = 400 + number;
        sample.actor = actor;
        if (add(handle, &sample, number))
            return -1;
    }
    return 0;
}
