/*
 * Speed of the projection scanner and of the framer on records of CloudTrail's
 * size and shape, one thread, input in memory.  Prints the best of several rounds.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/frame.h"

enum { RECORDS = 40000, ROUNDS = 7, RECORD_ROOM = 2048 };

static const char record_form[] =
    "{\"eventVersion\":\"1.09\",\"userIdentity\":{\"type\":\"AssumedRole\","
    "\"principalId\":\"AROAEXAMPLEEXAMPLE%02u:session-%u\",\"arn\":"
    "\"arn:aws:sts::111122223333:assumed-role/Role-%u/session-%u\",\"accountId\":"
    "\"111122223333\",\"accessKeyId\":\"ASIAEXAMPLE%08u\",\"sessionContext\":"
    "{\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":\"AROAEXAMPLEEXAMPLE%02u\","
    "\"arn\":\"arn:aws:iam::111122223333:role/Role-%u\",\"accountId\":"
    "\"111122223333\",\"userName\":\"Role-%u\"},\"webIdFederationData\":{},"
    "\"attributes\":{\"creationDate\":\"2026-03-14T02:01:00Z\",\"mfaAuthenticated\":"
    "\"false\"}}},\"eventTime\":\"2026-03-14T02:%02u:%02uZ\",\"eventSource\":"
    "\"ec2.amazonaws.com\",\"eventName\":\"DescribeInstances\",\"awsRegion\":"
    "\"us-east-1\",\"sourceIPAddress\":\"198.51.100.%u\",\"userAgent\":"
    "\"aws-cli/2.15.0 Python/3.11.6 Linux/5.10.0 exe/x86_64.debian.12 prompt/off "
    "command/ec2.describe-instances\",\"requestParameters\":{\"instancesSet\":"
    "{\"items\":[{\"instanceId\":\"i-0a1b2c3d4e5f%05u\"},{\"instanceId\":"
    "\"i-0fedcba98765%05u\"}]},\"filterSet\":{\"items\":[{\"name\":\"tag:Name\","
    "\"valueSet\":{\"items\":[{\"value\":\"web \\\"front\\\"\"}]}}]}},"
    "\"responseElements\":null,\"requestID\":\"7f1f3f7e-0000-4000-8000-%012u\","
    "\"eventID\":\"0c2f3f7e-0000-4000-8000-%012u\",\"readOnly\":true,\"eventType\":"
    "\"AwsApiCall\",\"managementEvent\":true,\"recipientAccountId\":"
    "\"111122223333\",\"eventCategory\":\"Management\",\"tlsDetails\":{\"tlsVersion\":"
    "\"TLSv1.3\",\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\","
    "\"clientProvidedHostHeader\":"
    "\"ec2.us-east-1.amazonaws.com\"},\"sessionCredentialFromConsole\":\"true\"}";

static const char *const wanted[] = {
    "eventVersion",
    "userIdentity",
    "userIdentity type",
    "userIdentity principalId",
    "userIdentity arn",
    "userIdentity accountId",
    "userIdentity accessKeyId",
    "userIdentity userName",
    "userIdentity invokedBy",
    "userIdentity sessionContext sessionIssuer arn",
    "userIdentity sessionContext sessionIssuer userName",
    "userIdentity sessionContext attributes creationDate",
    "userIdentity sessionContext attributes mfaAuthenticated",
    "userIdentity sessionContext sourceIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestID",
    "eventID",
    "eventType",
    "recipientAccountId",
    "sharedEventID",
    "requestParameters",
    "responseElements",
    "detail",
    "detail-type",
    "protoPayload methodName",
    "operationName",
    "operationName value",
    "resourceId",
    "correlationId",
    "time",
    "caller",
    "message",
    "@rawstring",
};
enum { WANTED = sizeof wanted / sizeof wanted[0] };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t make_records(char *text)
{
    size_t length = 0;
    for (unsigned i = 0; i < RECORDS; i++) {
        unsigned role = i % 97;
        length += (size_t)snprintf(text + length, RECORD_ROOM, record_form, role, i,
                                   role, i, i, role, role, role, i / 60 % 60, i % 60,
                                   i % 250 + 1, i, i, i, i);
        text[length++] = '\n';
    }
    return length;
}

static struct json_projection *make_projection(void)
{
    struct json_path paths[WANTED + 64];
    size_t count = 0;
    for (; count < frame_path_count; count++)
        paths[count] = frame_paths[count];
    for (unsigned i = 0; i < WANTED; i++)
        paths[count++] = (struct json_path){wanted[i], FRAME_SLOT_COUNT + i};
    return json_projection_new(paths, count, FRAME_SLOT_COUNT + WANTED, NULL);
}

static size_t scan_all(const struct json_projection *projection, const char *text,
                       size_t length)
{
    struct json_slot slots[FRAME_SLOT_COUNT + WANTED] = {0};
    size_t records = 0;
    const char *p = text, *end = text + length;
    while (p < end && json_scan(projection, p, end, true, slots, &p) == JSON_OK) {
        records++;
        p++;
    }
    return records;
}

static size_t frame_all(const struct json_projection *projection, const char *text,
                        size_t length)
{
    struct json_slot slots[FRAME_SLOT_COUNT + WANTED] = {0};
    struct framer *framer = framer_new(projection);
    struct frame_item item = {.kind = FRAME_MORE};
    size_t records = 0;
    if (!framer)
        return 0;
    framer_window(framer, text, length, 0, true, false);
    while (item.kind != FRAME_END) {
        framer_next(framer, &item, slots);
        records += item.kind == FRAME_JSON;
    }
    framer_free(framer);
    return records;
}

typedef size_t pass(const struct json_projection *, const char *, size_t);

static void measure(const char *name, pass *run,
                    const struct json_projection *projection, const char *text,
                    size_t length)
{
    double best = 1e9;
    size_t records = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double start = now();
        records = run(projection, text, length);
        double taken = now() - start;
        best = taken < best ? taken : best;
    }
    printf("%-6s %s: %zu records of %zu bytes, %.0f MB/s, %.2f M records/s\n", name,
           json_scan_build(), records, length / RECORDS, (double)length / best / 1e6,
           (double)records / best / 1e6);
}

int main(void)
{
    char *text = malloc((size_t)RECORDS * RECORD_ROOM);
    struct json_projection *projection = make_projection();
    if (!text || !projection)
        return 1;
    size_t length = make_records(text);
    measure("scan", scan_all, projection, text, length);
    measure("frame", frame_all, projection, text, length);
    json_projection_free(projection);
    free(text);
    return 0;
}
