/*
 * Writes a corpus of log records, the same for the same seed.
 *
 *   generate DIRECTORY EVENTS FILES SEED gz|jsonl|azure|gcp|syslog|distinct|files
 *
 * gz: FILES files of {"Records":[...]} as the S3 delivery has them, at gzip's usual
 * level; files: as many files of one record, 1,000 in a folder; the others: one file of
 * one record a line.  All but azure, gcp and syslog are CloudTrail; in distinct, no two
 * records have the same address or user agent.  Sizes
 * and variety are those of a busy account: 1.55 KB a CloudTrail record (1.1 to 2.1),
 * some 260 operations with a long tail, 1,700 actors, 5,000 addresses, one mirroring
 * call in 2,000.
 */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zlib.h>

enum { RECORD_MAX = 8192, ACTORS = 1674, ADDRESSES = 5040, MIRROR_EVERY = 2000 };

struct random {
    uint64_t state;
};

/* splitmix64: small, seeded, good enough for lengths and picks. */
static uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint32_t random_below(struct random *random, uint32_t limit)
{
    return (uint32_t)(random_next(random) % limit);
}

/* Low numbers come up much more often: the popularity of calls and actors. */
static uint32_t random_skewed(struct random *random, uint32_t limit)
{
    uint64_t a = random_below(random, limit), b = random_below(random, limit);
    return (uint32_t)(a * b / limit);
}

static const char *const services[] = {"ec2",
                                       "s3",
                                       "iam",
                                       "sts",
                                       "kms",
                                       "rds",
                                       "lambda",
                                       "logs",
                                       "dynamodb",
                                       "ssm",
                                       "elasticloadbalancing",
                                       "autoscaling"};
static const char *const verbs[] = {"Describe", "List",   "Get",    "Put",
                                    "Create",   "Update", "Delete", "Modify",
                                    "Attach",   "Assume", "Tag",    "Start"};
static const char *const nouns[] = {
    "Instances", "Buckets",   "Role",     "Users",      "Keys",    "Snapshots",
    "Functions", "LogGroups", "Tables",   "Parameters", "Targets", "Groups",
    "Volumes",   "Policies",  "Secrets",  "Subnets",    "Vpcs",    "Addresses",
    "Tags",      "Alarms",    "Clusters", "Services"};
static const char *const regions[] = {"us-east-1", "us-east-1", "eu-central-1",
                                      "us-west-2", "ap-southeast-2"};
static const char *const agents[] = {
    "aws-cli/2.15.0 Python/3.11.6 Linux/6.1.0 exe/x86_64.debian.12 prompt/off",
    "Boto3/1.34.2 md/Botocore#1.34.2 ua/2.0 os/linux#5.10.201 md/arch#x86_64 "
    "lang/python#3.9.18 md/pyimpl#CPython Botocore/1.34.2",
    "console.amazonaws.com", "autoscaling.amazonaws.com",
    "APN/1.0 HashiCorp/1.0 Terraform/1.5.7 (+https://www.terraform.io) "
    "terraform-provider-aws/5.31.0 aws-sdk-go-v2/1.24.0 os/linux lang/go/1.20.12"};
static const char *const mirror_calls[] = {
    "CreateTrafficMirrorTarget", "CreateTrafficMirrorFilter",
    "CreateTrafficMirrorFilterRule", "CreateTrafficMirrorSession",
    "DeleteTrafficMirrorSession"};

static const char *const azure_results[] = {"Start", "Success", "Success", "Failure"};

#define PICK(random, table) table[random_below(random, sizeof table / sizeof table[0])]

struct text {
    char data[RECORD_MAX];
    size_t length;
};

static void add(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text->data + text->length, RECORD_MAX - text->length, format,
                           arguments);
    va_end(arguments);
    if (length < 0 || text->length + (size_t)length >= RECORD_MAX) {
        fputs("a generated record is too long\n", stderr);
        exit(1);
    }
    text->length += (size_t)length;
}

static void add_uuid(struct text *text, struct random *random)
{
    uint64_t a = random_next(random), b = random_next(random);
    add(text, "%08x-%04x-4%03x-a%03x-%012" PRIx64, (unsigned)(a >> 32),
        (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff), (unsigned)(b & 0xfff),
        b >> 16);
}

static void add_identity(struct text *text, struct random *random, uint32_t actor)
{
    unsigned role = actor % 97;
    add(text,
        "\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":"
        "\"AROAEXAMPLE%09u:user-%u\",\"arn\":\"arn:aws:sts::111122223333:"
        "assumed-role/Team%02u-Automation/user-%u\",\"accountId\":\"111122223333\","
        "\"accessKeyId\":\"ASIAEXAMPLE%05u%04u\",\"sessionContext\":{\"sessionIssuer\":"
        "{\"type\":\"Role\",\"principalId\":\"AROAEXAMPLE%09u\",\"arn\":"
        "\"arn:aws:iam::111122223333:role/Team%02u-Automation\",\"accountId\":"
        "\"111122223333\",\"userName\":\"Team%02u-Automation\"},\"attributes\":"
        "{\"creationDate\":\"2026-03-14T0%u:00:00Z\",\"mfaAuthenticated\":\"false\"}}}",
        role, actor, role, actor, actor, random_below(random, 8), role, role, role,
        actor % 9);
}

static void add_parameters(struct text *text, struct random *random)
{
    uint32_t count = random_below(random, 5);
    add(text, "\"requestParameters\":{\"maxResults\":%u,\"filterSet\":{\"items\":[",
        random_below(random, 1000));
    for (uint32_t i = 0; i < count; i++) {
        add(text,
            "%s{\"name\":\"tag:Environment-%u\",\"valueSet\":{\"items\":[{\"value\":"
            "\"%016" PRIx64 "\"}]}}",
            i ? "," : "", i, random_next(random));
    }
    add(text, "]}},");
    if (random_below(random, 3) == 0) {
        add(text, "\"responseElements\":null,");
        return;
    }
    add(text, "\"responseElements\":{\"requestId\":\"");
    add_uuid(text, random);
    add(text, "\",\"resourcesSet\":{\"items\":[");
    count = random_below(random, 4);
    for (uint32_t i = 0; i < count; i++) {
        add(text,
            "%s{\"resourceId\":\"i-%016" PRIx64 "\",\"state\":{\"code\":16,\"name\":"
            "\"running\"},\"note\":\"line\\nbreak and \\\"quotes\\\"\"}",
            i ? "," : "", random_next(random));
    }
    add(text, "]}},");
}

static void add_mirror_parameters(struct text *text, struct random *random,
                                  const char *call)
{
    uint64_t session = random_next(random), interface = random_next(random);
    add(text,
        "\"requestParameters\":{\"%sRequest\":{\"NetworkInterfaceId\":\"eni-%017" PRIx64
        "\",\"TrafficMirrorTargetId\":\"tmt-%017" PRIx64
        "\",\"TrafficMirrorFilterId\":\"tmf-%017" PRIx64 "\",\"SessionNumber\":1}},"
        "\"responseElements\":{\"%sResponse\":{\"trafficMirrorSession\":{"
        "\"trafficMirrorSessionId\":\"tms-%017" PRIx64 "\"}}},",
        call, interface, session, session, call, session);
}

/* Of the day, so that the corpus is one day whatever its size. */
static uint32_t second_of(uint64_t number, uint64_t total)
{
    return (uint32_t)(number * 86400 / (total ? total : 1));
}

static void make_record(struct text *text, struct random *random, uint64_t number,
                        uint64_t total)
{
    bool mirror = number % MIRROR_EVERY == MIRROR_EVERY / 2;
    uint32_t second = second_of(number, total);
    uint32_t call = random_skewed(random, 264);
    uint32_t actor = random_skewed(random, ACTORS);
    uint32_t address = random_skewed(random, ADDRESSES);
    const char *mirror_call = PICK(random, mirror_calls);
    text->length = 0;
    add(text, "{\"eventVersion\":\"1.09\",");
    add_identity(text, random, actor);
    add(text, ",\"eventTime\":\"2026-03-14T%02u:%02u:%02uZ\",", second / 3600,
        second / 60 % 60, second % 60);
    if (mirror)
        add(text, "\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"%s\",",
            mirror_call);
    else
        add(text, "\"eventSource\":\"%s.amazonaws.com\",\"eventName\":\"%s%s\",",
            services[call % 12], verbs[call / 22], nouns[call % 22]);
    add(text,
        "\"awsRegion\":\"%s\",\"sourceIPAddress\":\"198.51.%u.%u\",\"userAgent\":\"%"
        "s\",",
        PICK(random, regions), 100 + address / 250 % 28, address % 250 + 1,
        PICK(random, agents));
    if (random_below(random, 25) == 0)
        add(text, "\"errorCode\":\"AccessDenied\",\"errorMessage\":\"User is not "
                  "authorized to perform this operation\",");
    if (mirror)
        add_mirror_parameters(text, random, mirror_call);
    else
        add_parameters(text, random);
    add(text, "\"requestID\":\"");
    add_uuid(text, random);
    add(text, "\",\"eventID\":\"");
    add_uuid(text, random);
    add(text,
        "\",\"readOnly\":%s,\"eventType\":\"AwsApiCall\",\"managementEvent\":true,"
        "\"recipientAccountId\":\"111122223333\",\"eventCategory\":\"Management\","
        "\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":"
        "\"TLS_AES_128_GCM_SHA256\",\"clientProvidedHostHeader\":"
        "\"ec2.us-east-1.amazonaws.com\"}}",
        call < 66 ? "true" : "false");
}

/* Small records: what counts is how many values there are. */
static void make_distinct(struct text *text, struct random *random, uint64_t number,
                          uint64_t total)
{
    uint32_t second = second_of(number, total), call = random_skewed(random, 264);
    text->length = 0;
    add(text,
        "{\"eventVersion\":\"1.09\",\"userIdentity\":{\"type\":\"IAMUser\","
        "\"userName\":"
        "\"user-%u\",\"accountId\":\"111122223333\"},\"eventTime\":"
        "\"2026-03-14T%02u:%02u:%02uZ\",\"eventSource\":\"%s.amazonaws.com\","
        "\"eventName\":\"%s%s\",\"awsRegion\":\"us-east-1\",\"sourceIPAddress\":"
        "\"2001:db8::%x:%x\",\"userAgent\":\"agent/%" PRIu64
        " of many\",\"eventID\":\"",
        random_skewed(random, ACTORS), second / 3600, second / 60 % 60, second % 60,
        services[call % 12], verbs[call / 22], nouns[call % 22],
        (unsigned)(number >> 16) & 0xffff, (unsigned)number & 0xffff, number);
    add_uuid(text, random);
    add(text, "\"}");
}

static void write_gz(const char *directory, uint64_t from, uint64_t to, uint64_t total,
                     unsigned file, struct random *random)
{
    char path[4096];
    snprintf(path, sizeof path,
             "%s/111122223333_CloudTrail_us-east-1_20260314T%04uZ_%08x.json.gz",
             directory, file, file);
    gzFile out = gzopen(path, "wb6");
    if (!out) {
        perror(path);
        exit(1);
    }
    struct text text;
    gzputs(out, "{\"Records\":[");
    for (uint64_t i = from; i < to; i++) {
        make_record(&text, random, i, total);
        if (i > from)
            gzputc(out, ',');
        gzwrite(out, text.data, (unsigned)text.length);
    }
    gzputs(out, "]}");
    if (gzclose(out) != Z_OK) {
        fprintf(stderr, "%s: cannot be written\n", path);
        exit(1);
    }
}

/* --- other forms ----------------------------------------------------------------- */

static void make_azure(struct text *text, struct random *random, uint64_t number,
                       uint64_t total)
{
    bool mirror = number % MIRROR_EVERY == MIRROR_EVERY / 2;
    uint32_t second = second_of(number, total), call = random_skewed(random, 264);
    uint32_t actor = random_skewed(random, ACTORS);
    const char *group = mirror ? "virtualNetworkTaps" : nouns[call % 22];
    text->length = 0;
    add(text, "{\"time\":\"2026-03-14T%02u:%02u:%02u.0000000Z\",", second / 3600,
        second / 60 % 60, second % 60);
    add(text,
        "\"resourceId\":\"/SUBSCRIPTIONS/11111111-2222-4333-8444-555555555555/"
        "RESOURCEGROUPS/GROUP-%u/PROVIDERS/MICROSOFT.NETWORK/%s/ITEM-%u\","
        "\"operationName\":\"MICROSOFT.NETWORK/%s/WRITE\",\"category\":"
        "\"Administrative\",\"resultType\":\"%s\",\"resultSignature\":\"\","
        "\"durationMs\":\"0\",\"callerIpAddress\":\"198.51.100.%u\","
        "\"correlationId\":\"",
        actor % 40, group, call, group, PICK(random, azure_results),
        random_below(random, 250) + 1);
    add_uuid(text, random);
    add(text,
        "\",\"identity\":{\"authorization\":{\"scope\":\"/subscriptions/"
        "11111111-2222-4333-8444-555555555555\",\"action\":"
        "\"Microsoft.Network/%s/write\",\"evidence\":{\"role\":\"Contributor\"}},"
        "\"claims\":{\"appid\":\"11111111-0000-4000-8000-%012u\",\"http://schemas."
        "xmlsoap.org/ws/2005/05/identity/claims/upn\":\"user-%u@example.com\"}},"
        "\"level\":\"Information\",\"location\":\"global\",\"properties\":"
        "{\"eventCategory\":\"Administrative\",\"hierarchy\":\"\"}}",
        group, actor % 97, actor);
}

static void make_gcp(struct text *text, struct random *random, uint64_t number,
                     uint64_t total)
{
    bool mirror = number % MIRROR_EVERY == MIRROR_EVERY / 2;
    uint32_t second = second_of(number, total), call = random_skewed(random, 264);
    uint32_t actor = random_skewed(random, ACTORS);
    const char *noun = mirror ? "packetMirrorings" : nouns[call % 22];
    text->length = 0;
    add(text,
        "{\"protoPayload\":{\"@type\":\"type.googleapis.com/google.cloud.audit."
        "AuditLog\",\"status\":{},\"authenticationInfo\":{\"principalEmail\":"
        "\"user-%u@example.com\"},\"requestMetadata\":{\"callerIp\":"
        "\"198.51.100.%u\",\"callerSuppliedUserAgent\":\"%s\"},\"serviceName\":"
        "\"compute.googleapis.com\",\"methodName\":\"v1.compute.%s.insert\","
        "\"authorizationInfo\":[{\"permission\":\"compute.%s.create\",\"granted\":"
        "true}],\"resourceName\":\"projects/acme-prod/regions/europe-west1/%s/item-%u\""
        ",\"request\":{\"@type\":\"type.googleapis.com/compute.%s.insert\",\"name\":"
        "\"item-%u\"}},",
        actor, random_below(random, 250) + 1, PICK(random, agents), noun, noun, noun,
        call, noun, call);
    add(text,
        "\"insertId\":\"-%08x\",\"resource\":{\"type\":\"gce_project\","
        "\"labels\":{\"project_id\":\"acme-prod\"}},",
        random_below(random, UINT32_MAX));
    add(text,
        "\"timestamp\":\"2026-03-14T%02u:%02u:%02u.%06uZ\",\"severity\":\"NOTICE\","
        "\"logName\":\"projects/acme-prod/logs/cloudaudit.googleapis.com%%2Factivity\","
        "\"receiveTimestamp\":\"2026-03-14T%02u:%02u:%02u.999999Z\"}",
        second / 3600, second / 60 % 60, second % 60, random_below(random, 1000000),
        second / 3600, second / 60 % 60, second % 60);
}

/* What a line of IOS tells after its stamp. */
static void add_message(struct text *text, struct random *random)
{
    uint32_t kind = random_below(random, 100), port = random_below(random, 48) + 1;
    if (kind < 40)
        add(text,
            "%%LINEPROTO-5-UPDOWN: Line protocol on Interface "
            "GigabitEthernet1/0/%u, changed state to %s",
            port, kind % 2 ? "up" : "down");
    else if (kind < 70)
        add(text,
            "%%SEC-6-IPACCESSLOGP: list 101 denied tcp 198.51.100.%u(%u) -> "
            "192.0.2.%u(443), 1 packet",
            random_below(random, 254) + 1, random_below(random, 60000) + 1024, port);
    else if (kind < 85)
        add(text,
            "%%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: user-%u] "
            "[Source: 198.51.100.%u] [localport: 22]",
            random_skewed(random, 97), random_below(random, 254) + 1);
    else if (kind < 90)
        add(text,
            "%%SYS-5-CONFIG_I: Configured from console by user-%u on vty0 "
            "(198.51.100.%u)",
            random_skewed(random, 97), random_below(random, 254) + 1);
    else
        add(text,
            "%%PARSER-5-CFGLOG_LOGGEDCMD: User:user-%u  logged command:interface "
            "GigabitEthernet1/0/%u",
            random_skewed(random, 97), port);
}

/* Most lines of a network tell of links, lists and logins; one in ten is a command. */
static void make_syslog(struct text *text, struct random *random, uint64_t number,
                        uint64_t total)
{
    bool mirror = number % MIRROR_EVERY == MIRROR_EVERY / 2;
    uint32_t second = second_of(number, total);
    text->length = 0;
    add(text,
        "<189>Mar 14 %02u:%02u:%02u sw%u.example.net %u: Mar 14 2026 "
        "%02u:%02u:%02u.%03u UTC: ",
        second / 3600, second / 60 % 60, second % 60, random_skewed(random, 400),
        (unsigned)(number % 1000000), second / 3600, second / 60 % 60, second % 60,
        random_below(random, 1000));
    if (mirror)
        add(text,
            "%%PARSER-5-CFGLOG_LOGGEDCMD: User:user-%u  logged command:monitor "
            "session %u source interface Gi1/0/%u both",
            random_skewed(random, 97), random_below(random, 60) + 1,
            random_below(random, 48) + 1);
    else
        add_message(text, random);
}

/* --- files ------------------------------------------------------------------------ */

static const struct form {
    const char *name, *file;
    void (*make)(struct text *text, struct random *random, uint64_t number,
                 uint64_t total);
} forms[] = {
    {"jsonl", "cloudtrail.jsonl", make_record},
    {"azure", "azure.jsonl", make_azure},
    {"gcp", "gcp.jsonl", make_gcp},
    {"syslog", "network.log", make_syslog},
    {"distinct", "distinct.jsonl", make_distinct},
};

static int write_lines(const struct form *form, const char *directory, uint64_t total,
                       struct random *random)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, form->file);
    FILE *out = fopen(path, "wb");
    struct text text;
    for (uint64_t i = 0; out && i < total; i++) {
        form->make(&text, random, i, total);
        fwrite(text.data, 1, text.length, out);
        putc('\n', out);
    }
    if (out && !fclose(out))
        return 0;
    perror(path);
    return 1;
}

static int write_files(const char *directory, uint64_t total, struct random *random)
{
    enum { IN_A_FOLDER = 1000 };
    char path[4096];
    struct text text;
    for (uint64_t i = 0; i < total; i++) {
        snprintf(path, sizeof path, "%s/%" PRIu64, directory, i / IN_A_FOLDER);
        if (i % IN_A_FOLDER == 0)
            mkdir(path, 0777);
        snprintf(path, sizeof path, "%s/%" PRIu64 "/%" PRIu64 ".json", directory,
                 i / IN_A_FOLDER, i);
        FILE *out = fopen(path, "wb");
        make_record(&text, random, i, total);
        if (!out || fwrite(text.data, 1, text.length, out) != text.length ||
            fclose(out))
            return perror(path), 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return fputs("usage: generate DIRECTORY EVENTS FILES SEED FORM\n", stderr), 2;
    uint64_t total = strtoull(argv[2], NULL, 10);
    uint64_t files = strtoull(argv[3], NULL, 10);
    struct random random = {strtoull(argv[4], NULL, 10)};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (!strcmp(argv[5], forms[i].name))
            return write_lines(&forms[i], argv[1], total, &random);
    if (!strcmp(argv[5], "files"))
        return write_files(argv[1], total, &random);
    for (uint64_t i = 0; i < files; i++)
        write_gz(argv[1], i * total / files, (i + 1) * total / files, total,
                 (unsigned)i, &random);
    return 0;
}
