#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/record_bed.h"

#define UPN "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"
#define OBJECT_ID "http://schemas.microsoft.com/identity/claims/objectidentifier"
#define CLAIMS                                                                         \
    "{\"appid\":\"app-1\",\"ipaddr\":\"203.0.113.9\",\"idtyp\":\"user\","              \
    "\"name\":\"Mallory M\",\"uti\":\"token-1\",\"" OBJECT_ID "\":\"object-1\","       \
    "\"" UPN "\":\"mallory@contoso.example\"}"
#define SUBSCRIPTION "11112222-3333-4444-5555-666677778888"
#define NIC                                                                            \
    "/subscriptions/" SUBSCRIPTION "/resourceGroups/rg-prod/providers/"                \
    "Microsoft.Network/networkInterfaces/vm1-nic"
#define TAP                                                                            \
    "/subscriptions/99990000-0000-4000-8000-000000000000/resourceGroups/rg-x/"         \
    "providers/Microsoft.Network/virtualNetworkTaps/tap1"

/* One act, its first and its last phase, as Event Hub and as REST deliver it. */
static const char hub_start[] =
    "{\"time\":\"2026-03-14T02:15:30.1234567Z\",\"resourceId\":\"/SUBSCRIPTIONS/"
    "11112222-3333-4444-5555-666677778888/RESOURCEGROUPS/RG-PROD/PROVIDERS/"
    "MICROSOFT.NETWORK/NETWORKINTERFACES/VM1-NIC/TAPCONFIGURATIONS/TAPC\","
    "\"operationName\":\"MICROSOFT.NETWORK/NETWORKINTERFACES/TAPCONFIGURATIONS/WRITE\","
    "\"category\":\"Administrative\",\"resultType\":\"Start\",\"resultSignature\":"
    "\"Started.\",\"durationMs\":\"0\",\"callerIpAddress\":\"198.51.100.23:51544\","
    "\"correlationId\":\"C0C0C0C0-0000-4000-8000-000000000001\",\"identity\":{"
    "\"authorization\":{\"scope\":\"x\",\"evidence\":{\"role\":\"Network Contributor\","
    "\"principalId\":\"object-1\",\"principalType\":\"User\"}},\"claims\":" CLAIMS "},"
    "\"level\":\"Information\",\"location\":\"global\",\"properties\":{\"requestbody\":"
    "\"{\\\"properties\\\":{\\\"virtualNetworkTap\\\":{\\\"id\\\":\\\"" TAP
    "\\\"}},\\\"location\\\":\\\"westeurope\\\"}\"}}";
static const char hub_end[] =
    "{\"time\":\"2026-03-14T02:15:41.7654321Z\",\"resourceId\":\"/SUBSCRIPTIONS/"
    "11112222-3333-4444-5555-666677778888/RESOURCEGROUPS/RG-PROD/PROVIDERS/"
    "MICROSOFT.NETWORK/NETWORKINTERFACES/VM1-NIC/TAPCONFIGURATIONS/TAPC\","
    "\"operationName\":\"MICROSOFT.NETWORK/NETWORKINTERFACES/TAPCONFIGURATIONS/WRITE\","
    "\"category\":\"Administrative\",\"resultType\":\"Success\",\"resultSignature\":"
    "\"Succeeded.Created\",\"callerIpAddress\":\"198.51.100.23\","
    "\"correlationId\":\"c0c0c0c0-0000-4000-8000-000000000001\",\"identity\":{"
    "\"claims\":" CLAIMS "},\"properties\":{\"statusCode\":\"Created\"}}";
static const char rest_end[] =
    "{\"caller\":\"mallory@contoso.example\",\"eventTimestamp\":"
    "\"2026-03-14T02:15:41.7654321Z\",\"operationName\":{\"value\":"
    "\"Microsoft.Network/networkInterfaces/tapConfigurations/write\","
    "\"localizedValue\":\"Create or Update Tap Configuration\"},\"status\":{\"value\":"
    "\"Succeeded\",\"localizedValue\":\"Succeeded\"},\"subStatus\":{\"value\":"
    "\"Created\",\"localizedValue\":\"Created (HTTP Status Code: 201)\"},"
    "\"eventName\":{\"value\":\"EndRequest\",\"localizedValue\":\"End request\"},"
    "\"httpRequest\":{\"clientIpAddress\":\"198.51.100.23\",\"method\":\"PUT\"},"
    "\"resourceGroupName\":\"rg-prod\",\"resourceProviderName\":{\"value\":"
    "\"Microsoft.Network\"},\"resourceId\":\"" NIC "/tapConfigurations/tapc\","
    "\"subscriptionId\":\"" SUBSCRIPTION "\",\"eventDataId\":\"d-2\","
    "\"correlationId\":\"c0c0c0c0-0000-4000-8000-000000000001\","
    "\"operationId\":\"o-1\",\"claims\":" CLAIMS ",\"properties\":{\"responseBody\":"
    "\"{\\\"properties\\\":{\\\"virtualNetworkTap\\\":{\\\"id\\\":\\\"" TAP
    "\\\"}}}\"}}";

static void reads_a_diagnostic_record_in_full(void **state)
{
    static const char resource[] =
        "/SUBSCRIPTIONS/11112222-3333-4444-5555-666677778888/RESOURCEGROUPS/RG-PROD/"
        "PROVIDERS/MICROSOFT.NETWORK/NETWORKINTERFACES/VM1-NIC/TAPCONFIGURATIONS/TAPC";
    struct event event = record_read_hit(*state, hub_start);
    expect_texts(
        &event,
        (expected_texts){
            [FIELD_TIME_TEXT] = "2026-03-14T02:15:30.1234567Z",
            [FIELD_FORM] = "azure-activity",
            [FIELD_OPERATION] =
                "MICROSOFT.NETWORK/NETWORKINTERFACES/TAPCONFIGURATIONS/WRITE",
            [FIELD_SERVICE] = "MICROSOFT.NETWORK",
            [FIELD_ACTOR] = "mallory@contoso.example",
            [FIELD_ACTOR_TYPE] = "User",
            [FIELD_ACTOR_ID] = "object-1",
            [FIELD_SESSION_ISSUER] = "app-1",
            [FIELD_CREDENTIAL] = "token-1",
            [FIELD_SOURCE_IP] = "198.51.100.23",
            [FIELD_ACCOUNT] = SUBSCRIPTION,
            [FIELD_REGION] = "westeurope",
            [FIELD_RESOURCE_GROUP] = "RG-PROD",
            [FIELD_RESOURCE] = resource,
            [FIELD_MIRROR] = resource,
            [FIELD_MIRRORED] =
                "/SUBSCRIPTIONS/11112222-3333-4444-5555-666677778888/RESOURCEGROUPS/"
                "RG-PROD/PROVIDERS/MICROSOFT.NETWORK/NETWORKINTERFACES/VM1-NIC",
            [FIELD_DESTINATION] = TAP,
            [FIELD_CORRELATION_ID] = "C0C0C0C0-0000-4000-8000-000000000001",
        });
    assert_int_equal(event.phase, PHASE_FIRST);
    expect_outcome(&event, OUTCOME_PENDING);
    assert_false(event.says_created);
}

/* Fields that both forms have must agree, but for the case of names. */
static void both_forms_tell_the_same(void **state)
{
    struct event hub = record_read_hit(*state, hub_end);
    struct event rest = record_read_hit(*state, rest_end);
    static const enum event_field same[] = {
        FIELD_OPERATION,  FIELD_SERVICE,   FIELD_ACTOR,
        FIELD_ACTOR_TYPE, FIELD_ACTOR_ID,  FIELD_CREDENTIAL,
        FIELD_SOURCE_IP,  FIELD_ACCOUNT,   FIELD_SESSION_ISSUER,
        FIELD_RESOURCE,   FIELD_MIRROR,    FIELD_RESOURCE_GROUP,
        FIELD_MIRRORED,   FIELD_TIME_TEXT, FIELD_CORRELATION_ID};
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        assert_true(slice_present(hub.text[same[i]]));
        if (!slice_equal_nocase(hub.text[same[i]], rest.text[same[i]]))
            fail_msg("%s differs", event_fields[same[i]].name);
    }
    assert_int_equal(hub.time_us, rest.time_us);
    assert_int_equal(hub.phase, PHASE_LAST);
    assert_int_equal(rest.phase, PHASE_LAST);
    expect_outcome(&hub, OUTCOME_SUCCESS);
    expect_outcome(&rest, OUTCOME_SUCCESS);
    assert_true(hub.says_created && rest.says_created);
    assert_true(slice_equal(hub.merge_key, rest.merge_key));
    expect_text(&rest, FIELD_EVENT_ID, "d-2");
    expect_text(&rest, FIELD_REQUEST_ID, "o-1");
    expect_text(&rest, FIELD_DESTINATION, TAP);
    /* ... and with the first phase. */
    struct event start = record_read(*state, hub_start);
    assert_true(slice_equal(hub.merge_key, start.merge_key));
}

static void one_correlation_id_is_not_one_act(void **state)
{
    struct event disk = record_read(
        *state, "{\"operationName\":\"Microsoft.Compute/disks/delete\","
                "\"correlationId\":\"c\",\"resourceId\":\"/subscriptions/s/d\"}");
    struct event machine = record_read(
        *state, "{\"operationName\":\"Microsoft.Compute/virtualMachines/delete\","
                "\"correlationId\":\"c\",\"resourceId\":\"/subscriptions/s/m\"}");
    assert_false(slice_equal(disk.merge_key, machine.merge_key));
}

static void the_sdk_writes_snake_case(void **state)
{
    struct event event = record_read(
        *state,
        "{\"caller\":\"12345678-9abc-4def-8abc-1234567890ab\",\"correlation_id\":\"c\","
        "\"event_data_id\":\"d\",\"event_timestamp\":\"2026-03-14T02:15:41.765432Z\","
        "\"event_name\":{\"value\":\"EndRequest\"},\"http_request\":{"
        "\"client_ip_address\":\"198.51.100.23\"},\"operation_id\":\"o\","
        "\"operation_name\":{\"value\":\"Microsoft.Network/virtualNetworkTaps/write\"},"
        "\"resource_group_name\":\"rg\",\"resource_id\":\"" TAP "\",\"status\":{"
        "\"value\":\"Failed\"},\"sub_status\":{\"value\":\"Forbidden\"},"
        "\"subscription_id\":\"s-1\",\"claims\":{\"appid\":\"app-1\"}}");
    expect_texts(&event,
                 (expected_texts){
                     [FIELD_FORM] = "azure-activity-sdk",
                     [FIELD_OPERATION] = "Microsoft.Network/virtualNetworkTaps/write",
                     [FIELD_SERVICE] = "Microsoft.Network",
                     [FIELD_ERROR_CODE] = "Forbidden",
                     [FIELD_ACTOR] = "12345678-9abc-4def-8abc-1234567890ab",
                     [FIELD_ACTOR_TYPE] = "ServicePrincipal",
                     [FIELD_SESSION_ISSUER] = "app-1",
                     [FIELD_CREDENTIAL] = "app-1",
                     [FIELD_SOURCE_IP] = "198.51.100.23",
                     [FIELD_ACCOUNT] = "s-1",
                     [FIELD_RESOURCE_GROUP] = "rg",
                     [FIELD_RESOURCE] = TAP,
                     [FIELD_EVENT_ID] = "d",
                     [FIELD_REQUEST_ID] = "o",
                     [FIELD_CORRELATION_ID] = "c",
                 });
    expect_outcome(&event, OUTCOME_DENIED);
    assert_int_equal(event.phase, PHASE_LAST);
}

/* ---- results ---- */

static const struct {
    const char *fields;
    enum outcome outcome;
    enum phase phase;
    bool created;
    const char *error_code;
} results[] = {
    {"\"resultType\":\"Started\"", OUTCOME_PENDING, PHASE_FIRST, false, NULL},
    {"\"resultType\":\"Accept\",\"resultSignature\":\"Accepted.Created\"",
     OUTCOME_PENDING, PHASE_MIDDLE, true, NULL},
    {"\"resultType\":\"Accepted\",\"resultSignature\":\"201\"", OUTCOME_PENDING,
     PHASE_MIDDLE, true, NULL},
    {"\"resultType\":\"Success\",\"resultSignature\":\"Succeeded.OK\"", OUTCOME_SUCCESS,
     PHASE_LAST, false, NULL},
    {"\"resultType\":\"SUCCEEDED\",\"properties\":{\"statusCode\":\"Created\"}",
     OUTCOME_SUCCESS, PHASE_LAST, true, NULL},
    {"\"resultType\":\"Failure\",\"resultSignature\":\"Failed.Conflict\"",
     OUTCOME_FAILURE, PHASE_LAST, false, "Conflict"},
    {"\"resultType\":\"Failed\",\"resultSignature\":\"Failed.\"", OUTCOME_FAILURE,
     PHASE_LAST, false, NULL},
    {"\"resultType\":\"Failed\",\"properties\":{\"statusCode\":\"Forbidden\","
     "\"statusMessage\":\"{\\\"error\\\":{\\\"code\\\" : \\\"AuthorizationFailed\\\","
     "\\\"message\\\":\\\"x\\\"}}\"}",
     OUTCOME_DENIED, PHASE_LAST, false, "AuthorizationFailed"},
    {"\"resultType\":\"Failed\",\"properties\":{\"statusMessage\":\"{\\\"error\\\":{"
     "\\\"code\\\":\\\"LinkedAuthorizationFailed\\\"}}\"}",
     OUTCOME_DENIED, PHASE_LAST, false, "LinkedAuthorizationFailed"},
    {"\"resultType\":\"Failed\",\"properties\":{\"statusMessage\":\"{\\\"error\\\":{"
     "\\\"code\\\":\\\"RequestDisallowedByPolicy\\\"}}\"}",
     OUTCOME_DENIED, PHASE_LAST, false, "RequestDisallowedByPolicy"},
    {"\"properties\":{\"eventName\":\"BeginRequest\"}", OUTCOME_UNKNOWN, PHASE_FIRST,
     false, NULL},
    {"\"resultType\":\"0\"", OUTCOME_UNKNOWN, PHASE_SINGLE, false, NULL},
};

static void tells_results_apart(void **state)
{
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        char json[1024];
        snprintf(json, sizeof(json),
                 "{\"operationName\":\"A/write\",\"caller\":\"a\",%s}",
                 results[i].fields);
        print_message("%s\n", json);
        struct event event = record_read(*state, json);
        expect_outcome(&event, results[i].outcome);
        assert_int_equal(event.phase, results[i].phase);
        assert_int_equal(event.says_created, results[i].created);
        expect_text(&event, FIELD_ERROR_CODE, results[i].error_code);
    }
}

/* ---- actors ---- */

static const struct {
    const char *fields, *actor, *type;
} actors[] = {
    {"\"identity\":{\"claims\":{\"" UPN "\":\"a@b.example\",\"name\":\"A\"}}",
     "a@b.example", "User"},
    {"\"identity\":{\"claims\":{\"name\":\"A\",\"appid\":\"app\"}}", "A", NULL},
    {"\"identity\":{\"claims\":{\"appid\":\"app\",\"idtyp\":\"app\"}}", "app",
     "ServicePrincipal"},
    {"\"identity\":{\"authorization\":{\"evidence\":{\"principalId\":\"p\","
     "\"principalType\":\"ServicePrincipal\"}}}",
     "p", "ServicePrincipal"},
    {"\"caller\":\"\",\"claims\":{\"" OBJECT_ID "\":\"o\"}", "o", NULL},
    /* Keys whose dots an export has replaced, and a value that looks like a key. */
    {"\"identity\":{\"claims\":{\"name\":\"x/claims/upn\",\"appid\":\"a\"}}",
     "x/claims/upn", NULL},
    {"\"identity\":{\"claims\":{\"name\":\"M\",\"http://schemas_xmlsoap_org/ws/2005/05/"
     "identity/claims/upn\" : \"m@contoso.example\"}}",
     "m@contoso.example", "User"},
    {"\"caller\":\"12345678-9abc-4def-8abc-1234567890ab\",\"claims\":{\"idtyp\":"
     "\"app\",\"xms_mirid\":\"/subscriptions/s/vm\"}",
     "12345678-9abc-4def-8abc-1234567890ab", "ManagedIdentity"},
};

static void names_the_actor(void **state)
{
    for (size_t i = 0; i < sizeof(actors) / sizeof(actors[0]); i++) {
        char json[1024];
        snprintf(json, sizeof(json),
                 "{\"operationName\":\"A/write\",\"category\":\"x\",%s}",
                 actors[i].fields);
        struct event event = record_read(*state, json);
        expect_text(&event, FIELD_ACTOR, actors[i].actor);
        expect_text(&event, FIELD_ACTOR_TYPE, actors[i].type);
    }
}

/* An alert: plain words where REST has objects, and claims that are text. */
static void an_alert_tells_the_same(void **state)
{
    struct event event = record_read_hit(
        *state,
        "{\"authorization\":{\"action\":\"Microsoft.Network/virtualNetworkTaps/"
        "write\"},"
        "\"claims\":\"{\\\"appid\\\":\\\"app-1\\\",\\\"ipaddr\\\":\\\"203.0.113.9\\\","
        "\\\"uti\\\":\\\"token-1\\\",\\\"idtyp\\\":\\\"user\\\",\\\"http://schemas."
        "microsoft.com/identity/claims/objectidentifier\\\":\\\"object-1\\\",\\\"name"
        "\\\":\\\"Mallory M\\\"}\",\"caller\":\"mallory@contoso.example\","
        "\"correlationId\":\"c-1\",\"eventDataId\":\"d-1\",\"eventSource\":"
        "\"Administrative\",\"eventTimestamp\":\"2026-03-14T02:15:41.765+00:00\","
        "\"level\":\"Informational\",\"operationId\":\"o-1\",\"operationName\":"
        "\"Microsoft.Network/virtualNetworkTaps/write\",\"resourceId\":\"" TAP "\","
        "\"resourceGroupName\":\"rg-x\",\"resourceProviderName\":\"Microsoft.Network\","
        "\"status\":\"Succeeded\",\"subStatus\":\"Created\",\"subscriptionId\":\"s-1\","
        "\"properties\":{\"statusCode\":\"Created\"}}");
    expect_texts(&event,
                 (expected_texts){
                     [FIELD_TIME_TEXT] = "2026-03-14T02:15:41.765+00:00",
                     [FIELD_FORM] = "azure-activity",
                     [FIELD_OPERATION] = "Microsoft.Network/virtualNetworkTaps/write",
                     [FIELD_SERVICE] = "Microsoft.Network",
                     [FIELD_ACTOR] = "mallory@contoso.example",
                     [FIELD_ACTOR_TYPE] = "User",
                     [FIELD_ACTOR_ID] = "object-1",
                     [FIELD_SESSION_ISSUER] = "app-1",
                     [FIELD_CREDENTIAL] = "token-1",
                     [FIELD_SOURCE_IP] = "203.0.113.9",
                     [FIELD_ACCOUNT] = "s-1",
                     [FIELD_RESOURCE_GROUP] = "rg-x",
                     [FIELD_RESOURCE] = TAP,
                     [FIELD_MIRROR] = TAP,
                     [FIELD_EVENT_ID] = "d-1",
                     [FIELD_REQUEST_ID] = "o-1",
                     [FIELD_CORRELATION_ID] = "c-1",
                 });
    expect_outcome(&event, OUTCOME_SUCCESS);
    assert_int_equal(event.phase, PHASE_LAST);
    assert_true(event.says_created);
}

/* ---- addresses ---- */

static const struct {
    const char *fields, *address, *text;
} addresses[] = {
    {"\"callerIpAddress\":\"198.51.100.23:51544\"", "198.51.100.23", NULL},
    {"\"callerIpAddress\":\"[2001:db8::7]:443\"", "2001:db8::7", NULL},
    {"\"callerIpAddress\":\"198.51.100.0/24\"", "198.51.100.0", "198.51.100.0/24"},
    {"\"httpRequest\":null,\"claims\":{\"ipaddr\":\"203.0.113.9\"}", "203.0.113.9",
     NULL},
    {"\"httpRequest\":{\"clientIpAddress\":\"192.0.2.4\"},\"claims\":{\"ipaddr\":"
     "\"203.0.113.9\"}",
     "192.0.2.4", NULL},
    {"\"callerIpAddress\":\"\",\"identity\":{\"claims\":{\"ipaddr\":\"2001:db8::9\"}}",
     "2001:db8::9", NULL},
};

static void finds_the_address(void **state)
{
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        char json[512];
        snprintf(json, sizeof(json),
                 "{\"operationName\":\"A/write\",\"category\":\"x\",%s}",
                 addresses[i].fields);
        struct event event = record_read(*state, json);
        expect_text(&event, FIELD_SOURCE_IP, addresses[i].address);
        expect_text(&event, FIELD_SOURCE_TEXT, addresses[i].text);
    }
}

static void the_authorized_action_names_the_operation(void **state)
{
    struct event event = record_read(
        *state,
        "{\"operationName\":{\"value\":null},\"caller\":\"a\",\"authorization\":"
        "{\"action\":\"Microsoft.Network/virtualNetworkTaps/write\"}}");
    expect_text(&event, FIELD_OPERATION, "Microsoft.Network/virtualNetworkTaps/write");
    event =
        record_read(*state, "{\"operationName\":\"\",\"caller\":\"a\",\"identity\":{"
                            "\"authorization\":{\"action\":\"A/delete\"}}}");
    expect_text(&event, FIELD_OPERATION, "A/delete");
}

/* ---- what each operation tells of the mirror ---- */

static const struct {
    const char *operation, *resource, *properties;
    const char *mirror, *mirrored, *destination;
} operations[] = {
    {"Microsoft.Network/virtualNetworkTaps/write", TAP,
     "{\"requestBody\":\"{\\\"properties\\\":{"
     "\\\"destinationNetworkInterfaceIPConfiguration\\\":{\\\"id\\\":\\\"/ip\\\"},"
     "\\\"networkInterfaceTapConfigurations\\\":[{\\\"id\\\":\\\"/a\\\"},"
     "{\\\"id\\\":\\\"/b\\\"}]}}\"}",
     TAP, "/a, /b", "/ip"},
    {"MICROSOFT.NETWORK/VIRTUALNETWORKTAPS/WRITE", TAP,
     "{\"responseBody\":\"{\\\"properties\\\":{"
     "\\\"destinationLoadBalancerFrontEndIPConfiguration\\\":{\\\"id\\\":\\\"/lb\\\"}}}"
     "\"}",
     TAP, NULL, "/lb"},
    {"Microsoft.Network/virtualNetworkTaps/delete", TAP, "{}", TAP, NULL, NULL},
    {"Microsoft.Network/networkInterfaces/tapConfigurations/delete",
     NIC "/tapConfigurations/c", "null", NIC "/tapConfigurations/c", NIC, NULL},
    {"Microsoft.Network/virtualNetworkTaps/networkInterfaceTapConfigurationProxies/"
     "write",
     TAP "/networkInterfaceTapConfigurationProxies/p", "{}",
     TAP "/networkInterfaceTapConfigurationProxies/p", NULL, TAP},
    /* The interface itself may be written with a TAP on it. */
    {"Microsoft.Network/networkInterfaces/write", NIC,
     "{\"requestbody\":\"{\\\"properties\\\":{\\\"ipConfigurations\\\":[{"
     "\\\"properties\\\":{\\\"virtualNetworkTaps\\\":[{\\\"id\\\":\\\"/t\\\"}]}}]}}\"}",
     NULL, NIC, "/t"},
    {"Microsoft.Network/networkInterfaces/write", NIC,
     "{\"requestbody\":\"{\\\"properties\\\":{}}\"}", NULL, NULL, NULL},
    /* A body that is cut off. */
    {"Microsoft.Network/networkInterfaces/tapConfigurations/write",
     NIC "/tapConfigurations/c", "{\"requestbody\":\"{\\\"properties\\\":{\"}",
     NIC "/tapConfigurations/c", NIC, NULL},
};

static void reads_every_operation(void **state)
{
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        char json[2048];
        snprintf(json, sizeof(json),
                 "{\"operationName\":\"%s\",\"resourceId\":\"%s\",\"properties\":%s}",
                 operations[i].operation, operations[i].resource,
                 operations[i].properties);
        print_message("%s\n", operations[i].operation);
        struct event event = record_read_hit(*state, json);
        expect_text(&event, FIELD_MIRROR, operations[i].mirror);
        expect_text(&event, FIELD_MIRRORED, operations[i].mirrored);
        expect_text(&event, FIELD_DESTINATION, operations[i].destination);
        expect_text(&event, FIELD_REGION, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_diagnostic_record_in_full),
        cmocka_unit_test(both_forms_tell_the_same),
        cmocka_unit_test(one_correlation_id_is_not_one_act),
        cmocka_unit_test(the_sdk_writes_snake_case),
        cmocka_unit_test(tells_results_apart),
        cmocka_unit_test(names_the_actor),
        cmocka_unit_test(an_alert_tells_the_same),
        cmocka_unit_test(finds_the_address),
        cmocka_unit_test(the_authorized_action_names_the_operation),
        cmocka_unit_test(reads_every_operation),
    };
    return cmocka_run_group_tests(tests, record_bed_make, record_bed_unmake);
}
