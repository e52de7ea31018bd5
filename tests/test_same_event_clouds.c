/* One event of Azure and one of GCP through every form that is JSON: the fields that a
 * form carries are the same, the case of Azure's names aside. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/leaf_bed.h"

enum { ABSENT_MAX = 6 };

/* How a form writes the event. */
struct form_text {
    const char *name; /* what FIELD_FORM says */
    const char *before, *record, *after;
    enum { PLAIN, BASE64, QUOTED } how;
    /* What the form does not carry; ends with FIELD_FORM, which always differs. */
    enum event_field absent[ABSENT_MAX];
};

static bool is_absent(const struct form_text *form, int field)
{
    for (size_t i = 0; i < ABSENT_MAX && form->absent[i] != FIELD_FORM; i++) {
        if ((int)form->absent[i] == field)
            return true;
    }
    return false;
}

static struct slice text_of(struct leaf_bed *bed, const struct form_text *form)
{
    struct slice record = slice_from(form->record);
    if (form->how == BASE64)
        record = base64(bed, record);
    if (form->how == QUOTED)
        record = quoted(bed, record);
    return joined(bed, form->before, record.data, form->after, NULL);
}

static void expect_same(const struct form_text *form, const struct event *event,
                        const struct event *model)
{
    for (int i = 0; i < EVENT_FIELD_COUNT; i++) {
        struct slice wanted = is_absent(form, i) ? SLICE_NONE : model->text[i];
        if (i == FIELD_FORM)
            wanted = slice_from(form->name);
        if (i != FIELD_TIME_TEXT && !slice_equal_nocase(event->text[i], wanted))
            fail_msg("%s %.20s: %s is \"%.*s\", not \"%.*s\"", form->name, form->before,
                     event_fields[i].name, (int)event->text[i].length,
                     event->text[i].data, (int)wanted.length, wanted.data);
    }
    assert_int_equal(event->time_us, model->time_us);
    assert_int_equal(event->outcome, model->outcome);
    assert_int_equal(event->provider, model->provider);
    assert_int_equal(event->phase, model->phase);
    assert_int_equal(event->says_created, model->says_created);
    assert_true(slice_equal(event->merge_key, model->merge_key));
}

/* The first form is the model of the others. */
static void expect_all_same(struct leaf_bed *bed, const struct form_text *forms,
                            size_t count)
{
    static const size_t most = 8 * 1024;
    struct event model = {.provider = PROVIDER_OTHER};
    struct arena kept;
    arena_init(&kept);
    for (size_t i = 0; i < count; i++) {
        struct slice text = text_of(bed, &forms[i]);
        assert_true(text.length < most);
        const struct event event = leaf_read(bed, text, RECORD_EVENT)->event;
        if (!i) {
            model = event;
            model.merge_key = arena_copy(&kept, event.merge_key);
            for (int field = 0; field < EVENT_FIELD_COUNT; field++)
                model.text[field] = arena_copy(&kept, event.text[field]);
        }
        expect_same(&forms[i], &event, &model);
    }
    arena_fini(&kept);
}

/* ---- Azure ---- */

#define UPN "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"
#define OBJECT "http://schemas.microsoft.com/identity/claims/objectidentifier"
#define CLAIMS                                                                         \
    "{\"appid\":\"app-1\",\"ipaddr\":\"198.51.100.23\",\"idtyp\":\"user\",\"uti\":"    \
    "\"token-1\",\"" OBJECT "\":\"object-1\",\"" UPN "\":\"mallory@contoso.example\"}"
#define CLAIMS_TEXT                                                                    \
    "\"{\\\"appid\\\":\\\"app-1\\\",\\\"ipaddr\\\":\\\"198.51.100.23\\\",\\\"idtyp"    \
    "\\\":\\\"user\\\",\\\"uti\\\":\\\"token-1\\\",\\\"" OBJECT                        \
    "\\\":\\\"object-1\\\",\\\"" UPN "\\\":\\\"mallory@contoso.example\\\"}\""
#define SUBSCRIPTION "11112222-3333-4444-5555-666677778888"
#define NIC                                                                            \
    "/subscriptions/" SUBSCRIPTION "/resourceGroups/rg-prod/providers/"                \
    "Microsoft.Network/networkInterfaces/vm1-nic"
#define NIC_UPPER                                                                      \
    "/SUBSCRIPTIONS/" SUBSCRIPTION "/RESOURCEGROUPS/RG-PROD/PROVIDERS/"                \
    "MICROSOFT.NETWORK/NETWORKINTERFACES/VM1-NIC"
#define BODY                                                                           \
    "\"{\\\"properties\\\":{\\\"virtualNetworkTap\\\":{\\\"id\\\":\\\"/taps/t"         \
    "\\\"}}}\""
#define WRITE "Microsoft.Network/networkInterfaces/tapConfigurations/write"
#define CORRELATION "c0c0c0c0-0000-4000-8000-000000000001"

static const char azure_hub[] =
    "{\"time\":\"2026-03-14T02:15:41.7650000Z\",\"resourceId\":\"" NIC_UPPER
    "/TAPCONFIGURATIONS/TAPC\",\"operationName\":\"MICROSOFT.NETWORK/NETWORKINTERFACES/"
    "TAPCONFIGURATIONS/WRITE\",\"category\":\"Administrative\",\"resultType\":"
    "\"Success\",\"resultSignature\":\"Succeeded.Created\",\"callerIpAddress\":"
    "\"198.51.100.23:50123\",\"correlationId\":\"" CORRELATION
    "\",\"identity\":{\"claims\":" CLAIMS "},\"location\":\"global\",\"properties\":"
    "{\"requestbody\":" BODY ",\"statusCode\":\"Created\"}}";
static const char azure_rest[] =
    "{\"caller\":\"mallory@contoso.example\",\"eventTimestamp\":"
    "\"2026-03-14T02:15:41.765Z\",\"operationName\":{\"value\":\"" WRITE
    "\",\"localizedValue\":\"x\"},\"status\":{\"value\":\"Succeeded\"},\"subStatus\":"
    "{\"value\":\"Created\"},\"eventName\":{\"value\":\"EndRequest\"},\"httpRequest\":"
    "{\"clientIpAddress\":\"198.51.100.23\"},\"resourceGroupName\":\"rg-prod\","
    "\"resourceProviderName\":{\"value\":\"Microsoft.Network\"},\"resourceId\":\"" NIC
    "/tapConfigurations/tapc\",\"subscriptionId\":\"" SUBSCRIPTION
    "\",\"eventDataId\":\"d-2\",\"correlationId\":\"" CORRELATION
    "\",\"operationId\":\"o-1\",\"claims\":" CLAIMS
    ",\"properties\":{\"requestbody\":" BODY "}}";
static const char azure_sdk[] =
    "{\"caller\":\"mallory@contoso.example\",\"event_timestamp\":"
    "\"2026-03-14T02:15:41.765000Z\",\"operation_name\":{\"value\":\"" WRITE
    "\",\"localized_value\":\"x\"},\"status\":{\"value\":\"Succeeded\"},\"sub_status\":"
    "{\"value\":\"Created\"},\"event_name\":{\"value\":\"EndRequest\"},"
    "\"http_request\":{\"client_ip_address\":\"198.51.100.23\"},"
    "\"resource_group_name\":\"rg-prod\",\"resource_provider_name\":{\"value\":"
    "\"Microsoft.Network\"},\"resource_id\":\"" NIC
    "/tapConfigurations/tapc\",\"subscription_id\":\"" SUBSCRIPTION
    "\",\"event_data_id\":\"d-2\",\"correlation_id\":\"" CORRELATION
    "\",\"operation_id\":\"o-1\",\"claims\":" CLAIMS
    ",\"properties\":{\"requestbody\":" BODY "}}";
#define POWERSHELL(stamp)                                                              \
    "{\r\n  \"Authorization\": {\r\n    \"Action\": \"" WRITE                          \
    "\"\r\n  },\r\n  \"Caller\": \"mallory@contoso.example\",\r\n  \"Claims\": {\r\n"  \
    "    \"Content\": " CLAIMS "\r\n  },\r\n  \"CorrelationId\": \"" CORRELATION       \
    "\",\r\n  \"EventDataId\": \"d-2\",\r\n  \"EventTimestamp\": \"" stamp             \
    "\",\r\n  \"EventName\": {\"Value\": \"EndRequest\"},\r\n  \"HttpRequest\": {"     \
    "\"ClientIpAddress\": \"198.51.100.23\", \"Url\": null},\r\n  \"Level\": 4,\r\n"   \
    "  \"OperationId\": \"o-1\",\r\n  \"OperationName\": {\"Value\": \"" WRITE         \
    "\", \"LocalizedValue\": \"x\"},\r\n  \"Properties\": {\"Content\": "              \
    "{\"requestbody\": " BODY "}},\r\n  \"ResourceGroupName\": \"rg-prod\",\r\n"       \
    "  \"ResourceProviderName\": {\"Value\": \"Microsoft.Network\"},\r\n"              \
    "  \"ResourceId\": \"" NIC                                                         \
    "/tapConfigurations/tapc\",\r\n  \"Status\": {\"Value\": \"Succeeded\"},\r\n"      \
    "  \"SubStatus\": {\"Value\": \"Created\"},\r\n  \"SubscriptionId\": "             \
    "\"" SUBSCRIPTION "\"\r\n}"
static const char azure_alert[] =
    "{\"authorization\":{\"action\":\"" WRITE "\"},\"claims\":" CLAIMS_TEXT
    ",\"caller\":\"mallory@contoso.example\",\"correlationId\":\"" CORRELATION
    "\",\"eventDataId\":\"d-2\",\"eventSource\":\"Administrative\",\"eventTimestamp\":"
    "\"2026-03-14T02:15:41.765+00:00\",\"level\":\"Informational\",\"operationId\":"
    "\"o-1\",\"operationName\":\"" WRITE "\",\"resourceId\":\"" NIC
    "/tapConfigurations/tapc\",\"resourceGroupName\":\"rg-prod\","
    "\"resourceProviderName\":\"Microsoft.Network\",\"status\":\"Succeeded\","
    "\"subStatus\":\"Created\",\"subscriptionId\":\"" SUBSCRIPTION
    "\",\"properties\":{\"requestbody\":" BODY "}}";

/* A diagnostic record has no ids of its own. */
#define NO_IDS                                                                         \
    {                                                                                  \
        FIELD_EVENT_ID, FIELD_REQUEST_ID, FIELD_FORM                                   \
    }
#define ALL                                                                            \
    {                                                                                  \
        FIELD_FORM                                                                     \
    }

static void the_forms_of_azure_agree(void **state)
{
    static const struct form_text forms[] = {
        {"azure-activity-rest", "", azure_rest, "", PLAIN, ALL},
        {"azure-activity-rest", "[", azure_rest, "]", PLAIN, ALL},
        {"azure-activity-rest", "{\"value\":[", azure_rest, "],\"nextLink\":null}",
         PLAIN, ALL},
        {"azure-activity", "{\"records\":[", azure_hub, "]}", PLAIN, NO_IDS},
        {"azure-activity", "", azure_hub, "\r\n", PLAIN, NO_IDS},
        {"azure-activity-sdk", "", azure_sdk, "\n", PLAIN, ALL},
        {"azure-activity-powershell", "\xef\xbb\xbf[",
         POWERSHELL("\\/Date(1773454541765)\\/"), "]\r\n", PLAIN, ALL},
        {"azure-activity-powershell", "", POWERSHELL("2026-03-14T02:15:41.765Z"),
         "\r\n", PLAIN, ALL},
        {"azure-activity",
         "{\"schemaId\":\"Microsoft.Insights/activityLogs\",\"data\":{\"status\":"
         "\"Activated\",\"context\":{\"activityLog\":",
         azure_alert, "}}}", PLAIN, ALL},
    };
    expect_all_same(*state, forms, sizeof forms / sizeof forms[0]);
}

/* The collector's culture writes no zone, and seconds alone. */
static void a_culture_stamp_has_no_zone(void **state)
{
    const struct leaf *leaf =
        leaf_read(*state, SLICE(POWERSHELL("3/14/2026 2:15:41 AM")), RECORD_EVENT);
    assert_int_equal(leaf->event.time_us, INT64_C(1773454541000000));
    assert_int_equal(leaf->event.time_quality, TIME_ZONE_ASSUMED);
}

/* Windows PowerShell's depth ends at dictionaries: the caller is still there. */
static void a_shallow_depth_keeps_the_rest(void **state)
{
    const struct leaf *leaf = leaf_read(
        *state,
        SLICE("{\"Caller\":\"mallory@contoso.example\",\"Claims\":{\"Content\":"
              "\"System.Collections.Generic.Dictionary`2[System.String,System.String]"
              "\"},\"EventDataId\":\"d\",\"EventTimestamp\":\"2026-03-14T02:15:41Z\","
              "\"OperationName\":{\"Value\":\"" WRITE "\"},\"CorrelationId\":\"c\"}"),
        RECORD_EVENT);
    assert_true(slice_equal(leaf->event.text[FIELD_OPERATION], SLICE(WRITE)));
    assert_true(
        slice_equal(leaf->event.text[FIELD_ACTOR], SLICE("mallory@contoso.example")));
}

/* ---- Entra ID ---- */

static void sign_ins_agree(void **state)
{
    static const struct form_text forms[] = {
        {"entra-sign-in", "{\"@odata.context\":\"x\",\"value\":[",
         "{\"id\":\"s-1\",\"createdDateTime\":\"2026-03-14T02:01:00Z\","
         "\"userPrincipalName\":\"m@contoso.example\",\"userId\":\"u\",\"appId\":\"a\","
         "\"ipAddress\":\"198.51.100.23\",\"correlationId\":\"c\",\"status\":{"
         "\"errorCode\":0},\"uniqueTokenIdentifier\":\"t\",\"resourceTenantId\":\"n\","
         "\"resourceDisplayName\":\"r\"}",
         "],\"@odata.nextLink\":null}", PLAIN, ALL},
        {"entra-sign-in", "[",
         "{\"Id\":\"s-1\",\"CreatedDateTime\":\"\\/Date(1773453660000)\\/\","
         "\"UserPrincipalName\":\"m@contoso.example\",\"UserId\":\"u\",\"AppId\":\"a\","
         "\"IPAddress\":\"198.51.100.23\",\"CorrelationId\":\"c\",\"Status\":{"
         "\"ErrorCode\":0},\"UniqueTokenIdentifier\":\"t\",\"ResourceTenantId\":\"n\","
         "\"ResourceDisplayName\":\"r\"}",
         "]", PLAIN, ALL},
    };
    expect_all_same(*state, forms, sizeof forms / sizeof forms[0]);
}

static void directory_changes_agree(void **state)
{
    static const struct form_text forms[] = {
        {"entra-audit", "{\"value\":[",
         "{\"id\":\"d-1\",\"activityDateTime\":\"2026-03-14T02:01:00Z\",\"category\":"
         "\"RoleManagement\",\"activityDisplayName\":\"Add member to role\",\"result\":"
         "\"success\",\"loggedByService\":\"Core Directory\",\"correlationId\":\"c\","
         "\"initiatedBy\":{\"user\":{\"id\":\"u\",\"userPrincipalName\":"
         "\"m@contoso.example\",\"ipAddress\":\"198.51.100.23\"}},\"targetResources\":["
         "{"
         "\"userPrincipalName\":\"e@contoso.example\"}]}",
         "]}", PLAIN, ALL},
        {"entra-audit", "",
         "{\"Id\":\"d-1\",\"ActivityDateTime\":\"2026-03-14T02:01:00Z\",\"Category\":"
         "\"RoleManagement\",\"ActivityDisplayName\":\"Add member to role\",\"Result\":"
         "\"success\",\"LoggedByService\":\"Core Directory\",\"CorrelationId\":\"c\","
         "\"InitiatedBy\":{\"User\":{\"Id\":\"u\",\"UserPrincipalName\":"
         "\"m@contoso.example\",\"IPAddress\":\"198.51.100.23\"}},\"TargetResources\":["
         "{"
         "\"UserPrincipalName\":\"e@contoso.example\"}]}",
         "", PLAIN, ALL},
    };
    expect_all_same(*state, forms, sizeof forms / sizeof forms[0]);
}

/* ---- GCP ---- */

static const char gcp[] =
    "{\"insertId\":\"-abc123def\",\"logName\":\"projects/acme-prod/logs/"
    "cloudaudit.googleapis.com%2Factivity\",\"operation\":{\"id\":\"operation-1-abc\","
    "\"producer\":\"compute.googleapis.com\",\"first\":true},\"protoPayload\":{"
    "\"@type\":\"type.googleapis.com/google.cloud.audit.AuditLog\",\"serviceName\":"
    "\"compute.googleapis.com\",\"methodName\":\"v1.compute.packetMirrorings.insert\","
    "\"resourceName\":\"projects/acme-prod/regions/us-central1/packetMirrorings/pm1\","
    "\"authenticationInfo\":{\"principalEmail\":\"sa@acme-prod.iam.gserviceaccount.com"
    "\",\"serviceAccountKeyName\":\"//iam.googleapis.com/k\","
    "\"serviceAccountDelegationInfo\":[{\"firstPartyPrincipal\":{\"principalEmail\":"
    "\"mallory@example.com\"}}]},\"requestMetadata\":{\"callerIp\":\"198.51.100.23\","
    "\"callerSuppliedUserAgent\":\"gcloud\"},\"request\":{\"collectorIlb\":{\"url\":"
    "\"https://x/projects/evil-proj/regions/us-central1/forwardingRules/sink\"},"
    "\"mirroredResources\":{\"tags\":[\"web\"]},\"enable\":\"TRUE\"}},\"resource\":{"
    "\"labels\":{\"project_id\":\"acme-prod\",\"location\":\"us-central1\"}},"
    "\"timestamp\":\"2026-03-14T02:20:01.123456Z\"}";

static void the_forms_of_gcp_agree(void **state)
{
    static const struct form_text forms[] = {
        /* A sink's object, and the body of an event of Eventarc. */
        {"gcp-audit", "", gcp, "\n", PLAIN, ALL},
        {"gcp-audit", "[\n  ", gcp, "\n]\n", PLAIN, ALL},
        {"gcp-audit", "{\"entries\":[", gcp, "],\"nextPageToken\":\"t\"}", PLAIN, ALL},
        {"gcp-audit",
         "{\"message\":{\"attributes\":{\"logging.googleapis.com/timestamp\":\"x\"},"
         "\"data\":\"",
         gcp,
         "\",\"messageId\":\"1\",\"publishTime\":\"2026-03-14T02:21:00Z\"},"
         "\"subscription\":\"projects/p/subscriptions/s\"}",
         BASE64, ALL},
        {"gcp-audit", "[{\"ackId\":\"a\",\"message\":{\"data\":\"", gcp,
         "\",\"messageId\":\"1\"}}]", BASE64, ALL},
        {"gcp-audit", "[{\"ackId\":\"a\",\"message\":{\"data\":\"", gcp,
         "\",\"messageId\":\"1\"}}]", QUOTED, ALL},
        {"gcp-audit",
         "{\"@type\":\"type.googleapis.com/google.pubsub.v1.PubsubMessage\","
         "\"attributes\":null,\"data\":\"",
         gcp, "\"}", BASE64, ALL},
    };
    expect_all_same(*state, forms, sizeof forms / sizeof forms[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_forms_of_azure_agree),
        cmocka_unit_test(a_culture_stamp_has_no_zone),
        cmocka_unit_test(a_shallow_depth_keeps_the_rest),
        cmocka_unit_test(sign_ins_agree),
        cmocka_unit_test(directory_changes_agree),
        cmocka_unit_test(the_forms_of_gcp_agree),
    };
    return cmocka_run_group_tests(tests, leaf_bed_make, leaf_bed_unmake);
}
