#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/record_bed.h"

static const char first_entry[] =
    "{\"insertId\":\"-abc123def\",\"logName\":\"projects/acme-prod/logs/"
    "cloudaudit.googleapis.com%2Factivity\",\"operation\":{\"id\":\"operation-1-abc\","
    "\"producer\":\"compute.googleapis.com\",\"first\":true},\"protoPayload\":{"
    "\"@type\":\"type.googleapis.com/google.cloud.audit.AuditLog\","
    "\"serviceName\":\"compute.googleapis.com\","
    "\"methodName\":\"v1.compute.packetMirrorings.insert\","
    "\"resourceName\":\"projects/acme-prod/regions/us-central1/packetMirrorings/pm1\","
    "\"authenticationInfo\":{\"principalEmail\":\"mallory@example.com\"},"
    "\"requestMetadata\":{\"callerIp\":\"198.51.100.23\","
    "\"callerSuppliedUserAgent\":\"google-cloud-sdk gcloud/460.0.0\"},"
    "\"authorizationInfo\":[{\"granted\":true,"
    "\"permission\":\"compute.packetMirrorings.create\"}],"
    "\"request\":{\"@type\":\"type.googleapis.com/compute.packetMirrorings.insert\","
    "\"name\":\"pm1\",\"network\":{\"url\":\"https://www.googleapis.com/compute/v1/"
    "projects/acme-prod/global/networks/prod\"},\"collectorIlb\":{\"url\":"
    "\"https://www.googleapis.com/compute/v1/projects/evil-proj/regions/us-central1/"
    "forwardingRules/sink\"},\"mirroredResources\":{\"subnetworks\":[{\"url\":"
    "\"https://www.googleapis.com/compute/v1/projects/acme-prod/regions/us-central1/"
    "subnetworks/db\"}],\"instances\":[{\"url\":\"https://www.googleapis.com/compute/"
    "v1/projects/acme-prod/zones/us-central1-a/instances/vm1\"}],\"tags\":[\"web\"]},"
    "\"enable\":\"TRUE\"}},\"receiveTimestamp\":\"2026-03-14T02:20:02Z\","
    "\"resource\":{\"type\":\"audited_resource\",\"labels\":{"
    "\"project_id\":\"acme-prod\",\"location\":\"us-central1\"}},"
    "\"severity\":\"NOTICE\",\"timestamp\":\"2026-03-14T02:20:01.123456789Z\"}";

static void reads_a_policy_in_full(void **state)
{
    struct event event = record_read_hit(*state, first_entry);
    const char name[] = "projects/acme-prod/regions/us-central1/packetMirrorings/pm1";
    expect_texts(
        &event,
        (expected_texts){
            [FIELD_TIME_TEXT] = "2026-03-14T02:20:01.123456789Z",
            [FIELD_FORM] = "gcp-audit",
            [FIELD_OPERATION] = "v1.compute.packetMirrorings.insert",
            [FIELD_SERVICE] = "compute.googleapis.com",
            [FIELD_ACTOR] = "mallory@example.com",
            [FIELD_ACTOR_TYPE] = "User",
            [FIELD_SOURCE_IP] = "198.51.100.23",
            [FIELD_USER_AGENT] = "google-cloud-sdk gcloud/460.0.0",
            [FIELD_ACCOUNT] = "acme-prod",
            [FIELD_REGION] = "us-central1",
            [FIELD_RESOURCE] = name,
            [FIELD_MIRROR] = name,
            [FIELD_MIRRORED] =
                "projects/acme-prod/zones/us-central1-a/instances/vm1, "
                "projects/acme-prod/regions/us-central1/subnetworks/db, tag:web",
            [FIELD_DESTINATION] =
                "projects/evil-proj/regions/us-central1/forwardingRules/sink",
            [FIELD_EVENT_ID] = "-abc123def",
            [FIELD_CORRELATION_ID] = "operation-1-abc",
        });
    assert_int_equal(event.phase, PHASE_FIRST);
    expect_outcome(&event, OUTCOME_PENDING);
    assert_false(event.switched_off);
    assert_true(slice_equal(event.merge_key, SLICE("operation-1-abc")));
}

/* ---- results ---- */

static const struct {
    const char *operation, *payload;
    enum outcome outcome;
    enum phase phase;
    const char *error_code;
} results[] = {
    {"{\"id\":\"o\",\"last\":true}", "", OUTCOME_SUCCESS, PHASE_LAST, NULL},
    {"{\"id\":\"o\",\"last\":true}", ",\"status\":{}", OUTCOME_SUCCESS, PHASE_LAST,
     NULL},
    {"{\"id\":\"o\",\"last\":true}", ",\"status\":{\"code\":9}", OUTCOME_FAILURE,
     PHASE_LAST, "9"},
    {"{\"id\":\"o\",\"first\":true,\"last\":true}", "", OUTCOME_SUCCESS, PHASE_SINGLE,
     NULL},
    {"null", "", OUTCOME_SUCCESS, PHASE_SINGLE, NULL},
    {"null", ",\"status\":{\"code\":7,\"message\":\"Required permission\"}",
     OUTCOME_DENIED, PHASE_SINGLE, "7"},
    {"null", ",\"authorizationInfo\":[{\"granted\":true},{\"granted\" : false}]",
     OUTCOME_DENIED, PHASE_SINGLE, NULL},
    /* One of several permissions was missing, and the call went through. */
    {"null", ",\"status\":{\"code\":0},\"authorizationInfo\":[{\"granted\":false}]",
     OUTCOME_SUCCESS, PHASE_SINGLE, NULL},
    {"null",
     ",\"authorizationInfo\":[{\"permission\":\"\\\"granted\\\":false\","
     "\"granted\":true}]",
     OUTCOME_SUCCESS, PHASE_SINGLE, NULL},
    /* What is false is left out, unless the call is said to have gone well. */
    {"null",
     ",\"authorizationInfo\":[{\"permission\":\"p\",\"granted\":true},"
     "{\"permission\":\"q\"}]",
     OUTCOME_DENIED, PHASE_SINGLE, NULL},
    {"null", ",\"status\":{},\"authorizationInfo\":[{\"permission\":\"q\"}]",
     OUTCOME_SUCCESS, PHASE_SINGLE, NULL},
    {"null", ",\"authorizationInfo\":[]", OUTCOME_SUCCESS, PHASE_SINGLE, NULL},
    {"{\"id\":\"o\",\"first\":true}", ",\"status\":{\"code\":3}", OUTCOME_FAILURE,
     PHASE_FIRST, "3"},
};

static void tells_results_apart(void **state)
{
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        char json[512];
        snprintf(json, sizeof(json),
                 "{\"operation\":%s,\"protoPayload\":{\"methodName\":\"a.b\"%s}}",
                 results[i].operation, results[i].payload);
        struct event event = record_read(*state, json);
        print_message("%s\n", json);
        expect_outcome(&event, results[i].outcome);
        assert_int_equal(event.phase, results[i].phase);
        expect_text(&event, FIELD_ERROR_CODE, results[i].error_code);
    }
}

/* ---- who and where ---- */

static void shows_both_sides_of_a_delegation(void **state)
{
    struct event event = record_read(
        *state,
        "{\"protoPayload\":{\"methodName\":\"a.b\",\"authenticationInfo\":{"
        "\"principalEmail\":\"sa@acme-prod.iam.gserviceaccount.com\","
        "\"serviceAccountKeyName\":\"//iam.googleapis.com/keys/1\","
        "\"principalSubject\":\"serviceAccount:sa@acme-prod.iam.gserviceaccount.com\","
        "\"serviceAccountDelegationInfo\":[{\"firstPartyPrincipal\":{"
        "\"principalEmail\":\"mallory@example.com\"}}]}}}");
    expect_text(&event, FIELD_ACTOR, "sa@acme-prod.iam.gserviceaccount.com");
    expect_text(&event, FIELD_VIA, "mallory@example.com");
    expect_text(&event, FIELD_CREDENTIAL, "//iam.googleapis.com/keys/1");
}

/* The resource's name has a number in place of the account's address. */
static void a_token_is_asked_for_by_address(void **state)
{
    static const char token[] =
        "{\"insertId\":\"t1\",\"logName\":\"projects/acme-prod/logs/"
        "cloudaudit.googleapis.com%2Fdata_access\",\"protoPayload\":{\"serviceName\":"
        "\"iamcredentials.googleapis.com\",\"methodName\":\"GenerateAccessToken\","
        "\"resourceName\":\"projects/-/serviceAccounts/105711361070066902665\","
        "\"authenticationInfo\":{\"principalEmail\":\"mallory@example.com\","
        "\"principalSubject\":\"user:mallory@example.com\"},\"requestMetadata\":{"
        "\"callerIp\":\"198.51.100.23\"},\"status\":{},\"request\":{\"name\":"
        "\"projects/-/serviceAccounts/ndr@acme-prod.iam.gserviceaccount.com\"}},"
        "\"resource\":{\"labels\":{\"project_id\":\"acme-prod\",\"email_id\":"
        "\"ndr@acme-prod.iam.gserviceaccount.com\"}},"
        "\"timestamp\":\"2026-03-14T02:19:00Z\"}";
    struct event event = record_read(*state, token);
    expect_texts(
        &event,
        (expected_texts){
            [FIELD_FORM] = "gcp-audit",
            [FIELD_OPERATION] = "GenerateAccessToken",
            [FIELD_SERVICE] = "iamcredentials.googleapis.com",
            [FIELD_ACTOR] = "mallory@example.com",
            [FIELD_ACTOR_TYPE] = "User",
            [FIELD_ACTOR_ID] = "user:mallory@example.com",
            [FIELD_SOURCE_IP] = "198.51.100.23",
            [FIELD_ACCOUNT] = "acme-prod",
            [FIELD_RESOURCE] =
                "projects/-/serviceAccounts/ndr@acme-prod.iam.gserviceaccount.com",
            [FIELD_EVENT_ID] = "t1",
        });
    expect_outcome(&event, OUTCOME_SUCCESS);
}

/* What Google's own systems did, and what a perimeter refused. */
static void reads_the_other_audit_logs(void **state)
{
    struct event event = record_read(
        *state,
        "{\"logName\":\"projects/p/logs/cloudaudit.googleapis.com%2Fsystem_event\","
        "\"insertId\":\"s\",\"protoPayload\":{\"methodName\":"
        "\"compute.instances.migrateOnHostMaintenance\",\"authenticationInfo\":{"
        "\"principalEmail\":\"system@google.com\"}},\"timestamp\":"
        "\"2026-03-14T02:19:00Z\"}");
    assert_int_equal(((struct record_bed *)*state)->class, RECORD_EVENT);
    expect_text(&event, FIELD_ACTOR, "system@google.com");
    event = record_read(
        *state,
        "{\"logName\":\"projects/p/logs/cloudaudit.googleapis.com%2Fpolicy\","
        "\"insertId\":\"d\",\"protoPayload\":{\"methodName\":\"google.storage.objects"
        ".get\",\"status\":{\"code\":7,\"message\":\"Request is prohibited\"},"
        "\"authenticationInfo\":{\"principalEmail\":\"m@example.com\"},\"metadata\":{"
        "\"violationReason\":\"NO_MATCHING_ACCESS_LEVEL\"}}}");
    expect_outcome(&event, OUTCOME_DENIED);
    expect_text(&event, FIELD_ACCOUNT, "p");
}

static const struct {
    const char *authentication, *actor, *type, *via;
} identities[] = {
    {"\"principalEmail\":\"a@example.com\"", "a@example.com", "User", NULL},
    {"\"principalEmail\":\"x@p.iam.gserviceaccount.com\"",
     "x@p.iam.gserviceaccount.com", "ServiceAccount", NULL},
    {"\"principalSubject\":\"serviceAccount:x@p.iam.gserviceaccount.com\"",
     "serviceAccount:x@p.iam.gserviceaccount.com", "ServiceAccount", NULL},
    {"\"principalEmail\":\"\",\"principalSubject\":\"principal://iam.googleapis.com/"
     "locations/global/workforcePools/p/subject/s\"",
     "principal://iam.googleapis.com/locations/global/workforcePools/p/subject/s",
     "Federated", NULL},
    {"\"principalEmail\":\"x@p.iam.gserviceaccount.com\","
     "\"serviceAccountDelegationInfo\":[{\"principalSubject\":\"principal://a\"},"
     "{\"principalSubject\":\"serviceAccount:y\"}]",
     "x@p.iam.gserviceaccount.com", "ServiceAccount", "principal://a"},
    {"\"serviceAccountDelegationInfo\":[{\"thirdPartyPrincipal\":{"
     "\"thirdPartyClaims\":{\"sub\":\"repo:acme/infra\"}}}]",
     "repo:acme/infra", NULL, "repo:acme/infra"},
};

static void names_every_kind_of_identity(void **state)
{
    for (size_t i = 0; i < sizeof(identities) / sizeof(identities[0]); i++) {
        char json[512];
        snprintf(json, sizeof(json),
                 "{\"protoPayload\":{\"methodName\":\"a.b\",\"authenticationInfo\":"
                 "{%s}}}",
                 identities[i].authentication);
        print_message("%s\n", json);
        struct event event = record_read(*state, json);
        expect_text(&event, FIELD_ACTOR, identities[i].actor);
        expect_text(&event, FIELD_ACTOR_TYPE, identities[i].type);
        expect_text(&event, FIELD_VIA, identities[i].via);
    }
}

static void names_identities_without_mail(void **state)
{
    struct event event = record_read(
        *state,
        "{\"protoPayload\":{\"methodName\":\"a.b\",\"authenticationInfo\":{"
        "\"principalSubject\":\"principal://iam.googleapis.com/pools/p/subject/s\"},"
        "\"requestMetadata\":{\"callerIp\":\"private\"}}}");
    expect_text(&event, FIELD_ACTOR,
                "principal://iam.googleapis.com/pools/p/subject/s");
    expect_text(&event, FIELD_SOURCE_IP, NULL);
    expect_text(&event, FIELD_SOURCE_TEXT, "private");
}

static const struct {
    const char *labels, *name, *location, *account, *region;
} places[] = {
    {"{\"project_id\":\"p\",\"region\":\"us-east1\",\"location\":\"x\"}", "", "", "p",
     "us-east1"},
    {"{\"zone\":\"europe-west1-b\"}", "projects/q/zones/z/instances/i", "", "q",
     "europe-west1"},
    {"{}", "projects/q/regions/us-west1/packetMirrorings/m", "global", "q", "us-west1"},
    {"{}", "projects/q/zones/us-west1-a/instances/i", "", "q", "us-west1"},
    {"{}", "projects/q/global/networks/n", "us-central1", "q", "global"},
    {"{}", "projects/q/locations/us-west1-a/mirroringDeployments/d", "", "q",
     "us-west1"},
    {"{}", "organizations/1", "us-central1", "from-log", "us-central1"},
    {"{\"location\":\"global\"}", "", "", "from-log", "global"},
};

static void finds_project_and_region(void **state)
{
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char json[512];
        snprintf(
            json, sizeof(json),
            "{\"logName\":\"projects/from-log/logs/x\",\"resource\":{\"labels\":%s},"
            "\"protoPayload\":{\"methodName\":\"a.b\",\"resourceName\":\"%s\","
            "\"resourceLocation\":{\"currentLocations\":[\"%s\"]}}}",
            places[i].labels, places[i].name, places[i].location);
        struct event event = record_read(*state, json);
        expect_text(&event, FIELD_ACCOUNT, places[i].account);
        expect_text(&event, FIELD_REGION, places[i].region);
    }
}

/* ---- what each call tells of the mirror ---- */

#define PARENT "projects/p/locations/us-central1-a"
#define NSI "google.cloud.networksecurity.v1.Mirroring."

static const struct {
    const char *method, *name, *request;
    const char *mirror, *mirrored, *destination;
    bool off;
} calls[] = {
    {"v1.compute.packetMirrorings.patch", "projects/p/regions/r/packetMirrorings/m",
     "{\"enable\":\"FALSE\"}", "projects/p/regions/r/packetMirrorings/m", NULL, NULL,
     true},
    {"beta.compute.packetMirrorings.patch", "projects/p/regions/r/packetMirrorings/m",
     "{\"enable\":false}", "projects/p/regions/r/packetMirrorings/m", NULL, NULL, true},
    {"v1.compute.packetMirrorings.delete", "projects/p/regions/r/packetMirrorings/m",
     "{\"@type\":\"x\"}", "projects/p/regions/r/packetMirrorings/m", NULL, NULL, false},
    {"v1.compute.networkFirewallPolicies.addPacketMirroringRule",
     "projects/p/global/firewallPolicies/f",
     "{\"priority\":\"1000\",\"action\":\"mirror\",\"securityProfileGroup\":"
     "\"//networksecurity.googleapis.com/organizations/1/locations/global/"
     "securityProfileGroups/g\",\"targetResources\":[\"https://www.googleapis.com/"
     "compute/v1/projects/p/global/networks/n\"]}",
     "projects/p/global/firewallPolicies/f/packetMirroringRules/1000",
     "projects/p/global/networks/n",
     "organizations/1/locations/global/securityProfileGroups/g", false},
    {"v1.compute.networkFirewallPolicies.patchPacketMirroringRule",
     "projects/p/global/firewallPolicies/f", "{\"priority\":7,\"disabled\":true}",
     "projects/p/global/firewallPolicies/f/packetMirroringRules/7", NULL, NULL, true},
    {"v1.compute.networkFirewallPolicies.patchPacketMirroringRule",
     "projects/p/global/firewallPolicies/f", "{\"action\":\"do_not_mirror\"}",
     "projects/p/global/firewallPolicies/f", NULL, NULL, true},
    {"v1.compute.networkFirewallPolicies.insert",
     "projects/p/global/firewallPolicies/f",
     "{\"packetMirroringRules\":[{\"action\":\"mirror\",\"securityProfileGroup\":\"g\"}"
     "]}",
     "projects/p/global/firewallPolicies/f", NULL, "g", false},
    {"v1.compute.networkFirewallPolicies.insert",
     "projects/p/global/firewallPolicies/f", "{\"rules\":[]}", NULL, NULL, NULL, false},
    {"v1.compute.networkFirewallPolicies.addAssociation",
     "projects/p/global/firewallPolicies/f",
     "{\"attachmentTarget\":\"https://x/projects/p/global/networks/n\"}",
     "projects/p/global/firewallPolicies/f", "projects/p/global/networks/n", NULL,
     false},
    {NSI "CreateMirroringDeployment", PARENT,
     "{\"mirroringDeploymentId\":\"d\",\"mirroringDeployment\":{\"forwardingRule\":"
     "\"https://x/projects/evil/regions/r/forwardingRules/sink\","
     "\"mirroringDeploymentGroup\":\"projects/p/locations/global/"
     "mirroringDeploymentGroups/g\"}}",
     PARENT "/mirroringDeployments/d", NULL,
     "projects/evil/regions/r/forwardingRules/sink", false},
    {NSI "DeleteMirroringDeployment", PARENT "/mirroringDeployments/d", "{}",
     PARENT "/mirroringDeployments/d", NULL, NULL, false},
    {NSI "CreateMirroringDeploymentGroup", "projects/p/locations/global",
     "{\"mirroringDeploymentGroupId\":\"g\",\"mirroringDeploymentGroup\":{\"network\":"
     "\"projects/p/global/networks/n\"}}",
     "projects/p/locations/global/mirroringDeploymentGroups/g",
     "projects/p/global/networks/n", NULL, false},
    {NSI "CreateMirroringEndpointGroup", "projects/p/locations/global",
     "{\"mirroringEndpointGroupId\":\"e\",\"mirroringEndpointGroup\":{"
     "\"mirroringDeploymentGroup\":\"projects/evil/locations/global/"
     "mirroringDeploymentGroups/g\"}}",
     "projects/p/locations/global/mirroringEndpointGroups/e", NULL,
     "projects/evil/locations/global/mirroringDeploymentGroups/g", false},
    {NSI "CreateMirroringEndpointGroupAssociation", "projects/p/locations/global",
     "{\"mirroringEndpointGroupAssociationId\":\"a\","
     "\"mirroringEndpointGroupAssociation\":{\"network\":"
     "\"projects/p/global/networks/n\",\"mirroringEndpointGroup\":"
     "\"projects/p/locations/global/mirroringEndpointGroups/e\"}}",
     "projects/p/locations/global/mirroringEndpointGroupAssociations/a",
     "projects/p/global/networks/n",
     "projects/p/locations/global/mirroringEndpointGroups/e", false},
    {"google.cloud.networksecurity.v1.OrganizationSecurityProfileGroupService."
     "CreateSecurityProfile",
     "organizations/1/locations/global",
     "{\"securityProfileId\":\"s\",\"securityProfile\":{\"customMirroringProfile\":{"
     "\"mirroringEndpointGroup\":\"projects/p/locations/global/"
     "mirroringEndpointGroups/e\"}}}",
     "organizations/1/locations/global/securityProfiles/s", NULL,
     "projects/p/locations/global/mirroringEndpointGroups/e", false},
    {"google.cloud.networksecurity.v1.OrganizationSecurityProfileGroupService."
     "CreateSecurityProfileGroup",
     "organizations/1/locations/global",
     "{\"securityProfileGroupId\":\"g\",\"securityProfileGroup\":{"
     "\"customMirroringProfile\":\"organizations/1/locations/global/securityProfiles/"
     "s\""
     "}}",
     "organizations/1/locations/global/securityProfileGroups/g", NULL,
     "organizations/1/locations/global/securityProfiles/s", false},
};

static void reads_every_call(void **state)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        char json[2048];
        snprintf(json, sizeof(json),
                 "{\"protoPayload\":{\"methodName\":\"%s\",\"resourceName\":\"%s\","
                 "\"request\":%s}}",
                 calls[i].method, calls[i].name, calls[i].request);
        struct event event = record_read_hit(*state, json);
        print_message("%s\n", calls[i].method);
        expect_text(&event, FIELD_MIRROR, calls[i].mirror);
        expect_text(&event, FIELD_MIRRORED, calls[i].mirrored);
        expect_text(&event, FIELD_DESTINATION, calls[i].destination);
        assert_int_equal(event.switched_off, calls[i].off);
    }
}

/* A new key has the name that its uses say. */
static void keeps_the_key_that_was_made(void **state)
{
#define RESPONSE                                                                       \
    "\"response\":{\"name\":\"projects/acme-prod/serviceAccounts/"                     \
    "ndr@acme-prod.iam.gserviceaccount.com/keys/0123abcd\"}}}"
    struct event event = record_read(
        *state, "{\"protoPayload\":{\"methodName\":"
                "\"google.iam.admin.v1.CreateServiceAccountKey\"," RESPONSE);
    expect_text(&event, FIELD_ISSUED,
                "//iam.googleapis.com/projects/acme-prod/serviceAccounts/"
                "ndr@acme-prod.iam.gserviceaccount.com/keys/0123abcd");
    event =
        record_read(*state, "{\"protoPayload\":{\"methodName\":"
                            "\"google.iam.admin.v1.GetServiceAccountKey\"," RESPONSE);
    expect_text(&event, FIELD_ISSUED, NULL);
#undef RESPONSE
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_policy_in_full),
        cmocka_unit_test(tells_results_apart),
        cmocka_unit_test(shows_both_sides_of_a_delegation),
        cmocka_unit_test(a_token_is_asked_for_by_address),
        cmocka_unit_test(reads_the_other_audit_logs),
        cmocka_unit_test(names_every_kind_of_identity),
        cmocka_unit_test(names_identities_without_mail),
        cmocka_unit_test(finds_project_and_region),
        cmocka_unit_test(reads_every_call),
        cmocka_unit_test(keeps_the_key_that_was_made),
    };
    return cmocka_run_group_tests(tests, record_bed_make, record_bed_unmake);
}
