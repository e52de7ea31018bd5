/*
 * Writes a corpus of CloudTrail-like records, the same for the same seed.
 *
 *   generate DIRECTORY EVENTS FILES SEED gz|jsonl
 *
 * gz: FILES files of {"Records":[...]} as the S3 delivery has them, at gzip's usual
 * level; jsonl: one file of one record a line.  Sizes and variety are those of
 * a busy account: 1.55 KB a record (1.1 to 2.1), some 260 operations with a long tail,
 * 1,700 actors, 5,000 addresses, one mirroring call in 2,000.
 */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void make_record(struct text *text, struct random *random, uint64_t number,
                        uint64_t total)
{
    bool mirror = number % MIRROR_EVERY == MIRROR_EVERY / 2;
    uint32_t second = (uint32_t)(number * 86400 / (total ? total : 1));
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

static void write_jsonl(const char *directory, uint64_t total, struct random *random)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/cloudtrail.jsonl", directory);
    FILE *out = fopen(path, "wb");
    if (!out) {
        perror(path);
        exit(1);
    }
    struct text text;
    for (uint64_t i = 0; i < total; i++) {
        make_record(&text, random, i, total);
        fwrite(text.data, 1, text.length, out);
        putc('\n', out);
    }
    if (fclose(out)) {
        perror(path);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fputs("usage: generate DIRECTORY EVENTS FILES SEED gz|jsonl\n", stderr);
        return 2;
    }
    uint64_t total = strtoull(argv[2], NULL, 10);
    uint64_t files = strtoull(argv[3], NULL, 10);
    struct random random = {strtoull(argv[4], NULL, 10)};
    if (!files || !strcmp(argv[5], "jsonl")) {
        write_jsonl(argv[1], total, &random);
        return 0;
    }
    for (uint64_t i = 0; i < files; i++)
        write_gz(argv[1], i * total / files, (i + 1) * total / files, total,
                 (unsigned)i, &random);
    return 0;
}
