/* Tables and exports that carry less than the provider's record: what each tells, and
 * that it tells no more than it knows.  Those that carry all of it are compared with
 * the samples in cli/tables.sh. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/timestamp.h"
#include "tests/leaf_bed.h"

#define TAP                                                                            \
    "/subscriptions/s-1/resourceGroups/rg-prod/providers/Microsoft.Network/"           \
    "virtualNetworkTaps/tap1"

static const struct row {
    const char *text, *form;
    enum provider provider;
    const char *time, *operation, *actor, *address, *account, *region, *group;
    enum outcome outcome;
} rows[] = {
    /* the LogScale query's own result */
    {"_time,ResolvedEventName,mirrorAction,ActorIdentity,SourceIP,awsRegion,"
     "resourceGroupName\n"
     "1773454269000,CreateTrafficMirrorSession,Creation,"
     "arn:aws:sts::111122223333:assumed-role/NetOps/mallory,198.51.100.23,us-east-1,\n",
     "logscale-summary", PROVIDER_AWS, "2026-03-14T02:11:09Z",
     "CreateTrafficMirrorSession",
     "arn:aws:sts::111122223333:assumed-role/NetOps/mallory", "198.51.100.23", NULL,
     "us-east-1", NULL, OUTCOME_UNKNOWN},
    {"{\"@timestamp\":1773454541000,\"ResolvedEventName\":"
     "\"MICROSOFT.NETWORK/VIRTUALNETWORKTAPS/WRITE\",\"mirrorAction\":"
     "\"Creation/Modification\",\"ActorIdentity\":\"mallory@contoso.example\","
     "\"SourceIP\":\"198.51.100.23\",\"resourceGroupName\":\"rg-prod\"}",
     "logscale-summary", PROVIDER_AZURE, "2026-03-14T02:15:41Z",
     "MICROSOFT.NETWORK/VIRTUALNETWORKTAPS/WRITE", "mallory@contoso.example",
     "198.51.100.23", NULL, NULL, "rg-prod", OUTCOME_UNKNOWN},
    {"{\"_time\":\"2026-03-14T02:20:01Z\",\"ResolvedEventName\":"
     "\"v1.compute.packetMirrorings.insert\",\"mirrorAction\":\"Other\","
     "\"ActorIdentity\":\"mallory@example.com\",\"SourceIP\":\"198.51.100.23\"}",
     "logscale-summary", PROVIDER_GCP, "2026-03-14T02:20:01Z",
     "v1.compute.packetMirrorings.insert", "mallory@example.com", "198.51.100.23", NULL,
     NULL, NULL, OUTCOME_UNKNOWN},

    /* columns chosen by hand: an outcome only where there is a column for errors */
    {"@timestamp,eventName,userIdentity.arn,sourceIPAddress\n"
     "1773454269000,CreateTrafficMirrorSession,arn:aws:iam::111122223333:user/mallory,"
     "198.51.100.23\n",
     "cloudtrail-columns", PROVIDER_AWS, "2026-03-14T02:11:09Z",
     "CreateTrafficMirrorSession", "arn:aws:iam::111122223333:user/mallory",
     "198.51.100.23", NULL, NULL, NULL, OUTCOME_UNKNOWN},
    {"eventTime;eventName;awsRegion;errorCode\n"
     "2026-03-14 02:11:09;CreateTrafficMirrorSession;us-east-1;\n",
     "cloudtrail-columns", PROVIDER_AWS, "2026-03-14T02:11:09Z",
     "CreateTrafficMirrorSession", NULL, NULL, NULL, "us-east-1", NULL,
     OUTCOME_SUCCESS},
    {"eventTime;eventName;awsRegion;errorCode\n"
     "2026-03-14 02:11:09;CreateTrafficMirrorSession;us-east-1;"
     "Client.UnauthorizedOperation\n",
     "cloudtrail-columns", PROVIDER_AWS, "2026-03-14T02:11:09Z",
     "CreateTrafficMirrorSession", NULL, NULL, NULL, "us-east-1", NULL, OUTCOME_DENIED},
    {"{\"@timestamp\":1773454269000,\"Vendor.eventName\":"
     "\"DeleteTrafficMirrorSession\"}",
     "cloudtrail-columns", PROVIDER_AWS, "2026-03-14T02:11:09Z",
     "DeleteTrafficMirrorSession", NULL, NULL, NULL, NULL, NULL, OUTCOME_UNKNOWN},

    /* LogScale's common fields without the vendor's */
    {"{\"@timestamp\":1773454269000,\"#Vendor\":\"aws\",\"event.action\":"
     "\"CreateTrafficMirrorSession\",\"event.provider\":\"ec2.amazonaws.com\","
     "\"event.outcome\":\"failure\",\"cloud.account.id\":\"111122223333\","
     "\"cloud.region\":\"us-east-1\",\"source.ip\":\"198.51.100.23\",\"user.name\":"
     "\"mallory\"}",
     "ecs-aws", PROVIDER_AWS, "2026-03-14T02:11:09Z", "CreateTrafficMirrorSession",
     "mallory", "198.51.100.23", "111122223333", "us-east-1", NULL, OUTCOME_FAILURE},
    {"{\"@timestamp\":\"2026-03-14T02:15:30Z\",\"event\":{\"action\":"
     "\"MICROSOFT.NETWORK/VIRTUALNETWORKTAPS/WRITE\",\"outcome\":\"success\"},"
     "\"source\":{\"ip\":\"198.51.100.23\"},\"azure\":{\"activitylogs\":{\"identity\":{"
     "\"claims\":{\"http://schemas_xmlsoap_org/ws/2005/05/identity/claims/upn\":"
     "\"mallory@contoso.example\"}},\"result_type\":\"Success\"},\"resource\":{"
     "\"group\":"
     "\"RG-PROD\",\"id\":\"" TAP "\"},\"subscription_id\":\"s-1\"}}",
     "ecs-azure", PROVIDER_AZURE, "2026-03-14T02:15:30Z",
     "MICROSOFT.NETWORK/VIRTUALNETWORKTAPS/WRITE", "mallory@contoso.example",
     "198.51.100.23", "s-1", NULL, "RG-PROD", OUTCOME_SUCCESS},
    {"{\"@timestamp\":\"2026-03-14T02:20:01Z\",\"gcp\":{\"audit\":{\"method_name\":"
     "\"v1.compute.packetMirrorings.insert\",\"service_name\":"
     "\"compute.googleapis.com\",\"resource_name\":"
     "\"projects/acme-prod/regions/us-central1/packetMirrorings/pm1\"}},\"client\":{"
     "\"user\":{\"email\":\"mallory@example.com\"}},\"source\":{\"ip\":"
     "\"198.51.100.23\"},\"event\":{\"outcome\":\"success\"},\"cloud\":{\"project\":{"
     "\"id\":\"acme-prod\"}}}",
     "ecs-gcp", PROVIDER_GCP, "2026-03-14T02:20:01Z",
     "v1.compute.packetMirrorings.insert", "mallory@example.com", "198.51.100.23",
     "acme-prod", "us-central1", NULL, OUTCOME_SUCCESS},

    /* the portal's activity log: what an operation is called gives its name */
    {"\xef\xbb\xbf"
     "Correlation id,Operation name,Status,Event category,Level,Time,"
     "Subscription,Event initiated by,Resource type,Resource group,Resource\n"
     "c-1,Create or Update Virtual Network Tap,Succeeded,Administrative,Informational,"
     "Sat Mar 14 2026 02:15:41 GMT+0000 (Coordinated Universal Time),s-1,"
     "mallory@contoso.example,Microsoft.Network/virtualNetworkTaps,rg-prod," TAP "\n",
     "azure-activity-portal", PROVIDER_AZURE, "2026-03-14T02:15:41Z",
     "Microsoft.Network/virtualNetworkTaps/write", "mallory@contoso.example", NULL,
     "s-1", NULL, "rg-prod", OUTCOME_SUCCESS},
    {"Correlation id,Operation name,Status,Time,Event initiated by,Resource type\n"
     "c-2,Delete Network Interface Tap Configuration,Failed,2026-03-14T02:16:00Z,"
     "mallory@contoso.example,Microsoft.Network/networkInterfaces\n",
     "azure-activity-portal", PROVIDER_AZURE, "2026-03-14T02:16:00Z",
     "Microsoft.Network/networkInterfaces/tapConfigurations/delete",
     "mallory@contoso.example", NULL, NULL, NULL, NULL, OUTCOME_FAILURE},

    /* BigQuery, flattened by hand */
    {"timestamp,protopayload_auditlog_methodName,"
     "protopayload_auditlog_authenticationInfo_principalEmail,"
     "protopayload_auditlog_requestMetadata_callerIp,resource_labels_project_id,"
     "resource_labels_location,protopayload_auditlog_status_code\n"
     "2026-03-14 02:20:01.123456 UTC,v1.compute.packetMirrorings.insert,"
     "mallory@example.com,198.51.100.23,acme-prod,us-central1,7\n",
     "gcp-audit-bigquery", PROVIDER_GCP, "2026-03-14T02:20:01.123456Z",
     "v1.compute.packetMirrorings.insert", "mallory@example.com", "198.51.100.23",
     "acme-prod", "us-central1", NULL, OUTCOME_DENIED},

    /* Chronicle, in both spellings */
    {"{\"events\":[{\"name\":\"x\",\"udm\":{\"metadata\":{\"eventTimestamp\":"
     "\"2026-03-14T02:11:09Z\",\"productEventType\":\"CreateTrafficMirrorSession\","
     "\"vendorName\":\"AMAZON\",\"productName\":\"AWS CloudTrail\"},\"principal\":{"
     "\"ip\":[\"198.51.100.23\"],\"user\":{\"userid\":\"mallory\"},\"location\":{"
     "\"name\":"
     "\"us-east-1\"}},\"target\":{\"application\":\"ec2.amazonaws.com\"},"
     "\"securityResult\":[{\"action\":[\"BLOCK\"]}]}}]}",
     "udm-aws", PROVIDER_AWS, "2026-03-14T02:11:09Z", "CreateTrafficMirrorSession",
     "mallory", "198.51.100.23", NULL, "us-east-1", NULL, OUTCOME_FAILURE},
    {"{\"metadata\":{\"event_timestamp\":\"2026-03-14T02:20:01Z\","
     "\"product_event_type\":\"v1.compute.packetMirrorings.insert\",\"vendor_name\":"
     "\"Google Cloud Platform\"},\"principal\":{\"ip\":\"198.51.100.23\",\"user\":{"
     "\"email_addresses\":[\"mallory@example.com\"]}},\"security_result\":{\"action\":"
     "\"ALLOW\"}}",
     "udm-gcp", PROVIDER_GCP, "2026-03-14T02:20:01Z",
     "v1.compute.packetMirrorings.insert", "mallory@example.com", "198.51.100.23", NULL,
     NULL, NULL, OUTCOME_SUCCESS},
};

static void expect(const struct row *row, const struct event *event,
                   enum event_field field, const char *text)
{
    struct slice got = event->text[field];
    if (slice_present(got) != (text != NULL) || !slice_equal(got, slice_from(text)))
        fail_msg("%s\n%s is \"%.*s\", not \"%s\"", row->text, event_fields[field].name,
                 (int)got.length, got.data ? got.data : "", text ? text : "");
}

static void tells_what_it_carries(void **state)
{
    struct leaf_bed *bed = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        const struct leaf *leaf = leaf_read(bed, slice_from(row->text), RECORD_EVENT);
        const struct event *event = &leaf->event;
        char time[TIMESTAMP_TEXT_MAX];
        timestamp_format(event->time_us, time);
        assert_string_equal(time, row->time);
        assert_string_equal(provider_name(event->provider),
                            provider_name(row->provider));
        if (event->outcome != row->outcome)
            fail_msg("%s\nis a %s", row->text, outcome_name(event->outcome));
        expect(row, event, FIELD_FORM, row->form);
        expect(row, event, FIELD_OPERATION, row->operation);
        expect(row, event, FIELD_ACTOR, row->actor);
        expect(row, event, FIELD_SOURCE_IP, row->address);
        expect(row, event, FIELD_ACCOUNT, row->account);
        expect(row, event, FIELD_REGION, row->region);
        expect(row, event, FIELD_RESOURCE_GROUP, row->group);
    }
}

#define THING(type, name)                                                              \
    "{\"\"resourceType\"\":\"\"AWS::EC2::" type "\"\",\"\"resourceName\"\":\"\"" name  \
    "\"\"}"
#define HISTORY(resources)                                                             \
    "Event time,Event source,Event name,Resources,Event ID\n2026-03-14T02:11:09Z,"     \
    "ec2.amazonaws.com,CreateTrafficMirrorSession,\"[" resources "]\",e-1\n"

/* What has no request names the things that were touched, by their type. */
static void reads_resources(void **state)
{
    struct leaf_bed *bed = *state;
    static const struct {
        const char *text, *mirror, *mirrored;
    } cases[] = {
        {HISTORY(THING("Subnet", "subnet-1") "," THING(
             "TrafficMirrorSession", "tms-1") "," THING("NetworkInterface", "eni-1")),
         "tms-1", "eni-1"},
        {HISTORY(
             THING("NetworkInterface", "eni-1") "," THING("NetworkInterface", "eni-2")),
         NULL, NULL},
        {"{\"EventName\":\"CreateTrafficMirrorSession\",\"EventTime\":1773454269.0,"
         "\"EventSource\":\"ec2.amazonaws.com\",\"Resources\":[{\"ResourceType\":"
         "\"AWS::EC2::NetworkInterface\",\"ResourceName\":\"eni-1\"}],"
         "\"CloudTrailEvent\":\"{\\\"eventVersion\\\":\"}",
         NULL, "eni-1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct leaf *leaf =
            leaf_read(bed, slice_from(cases[i].text), RECORD_EVENT);
        const struct slice *text = leaf->event.text;
        assert_true(slice_equal(text[FIELD_MIRROR], slice_from(cases[i].mirror)));
        assert_true(slice_equal(text[FIELD_MIRRORED], slice_from(cases[i].mirrored)));
    }
}

static void warns_of_summaries(void **state)
{
    struct leaf_bed *bed = *state;
    const struct leaf *leaf = leaf_read(bed, slice_from(rows[0].text), RECORD_EVENT);
    assert_non_null(leaf->remark);
    assert_true(slice_find(slice_from(leaf->remark), SLICE("no raw records")) >= 0);
    assert_null(leaf_read(bed, slice_from(rows[3].text), RECORD_EVENT)->remark);
}

static void knows_no_others(void **state)
{
    struct leaf_bed *bed = *state;
    static const char *const texts[] = {
        "{\"@timestamp\":1773454269000,\"eventName\":\"click\"}",
        "{\"_time\":1773454269000,\"host\":\"h\"}",
        "{\"event.action\":\"x\",\"source.ip\":\"198.51.100.23\"}",
        "{\"metadata\":{\"productEventType\":\"x\",\"vendorName\":\"other\"}}",
        "eventTime,eventVersion\n2026-03-14 02:11:09,1.11\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        leaf_read(bed, slice_from(texts[i]), RECORD_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_it_carries),
        cmocka_unit_test(reads_resources),
        cmocka_unit_test(warns_of_summaries),
        cmocka_unit_test(knows_no_others),
    };
    return cmocka_run_group_tests(tests, leaf_bed_make, leaf_bed_unmake);
}
