#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/record_bed.h"

#define TENANT "aaaa0000-bbbb-4ccc-8ddd-eeee11112222"

/* A diagnostic record of this log, with these properties. */
static const char *diagnostic(const char *category, const char *operation,
                              const char *properties)
{
    static char json[4096];
    int length = snprintf(
        json, sizeof(json),
        "{\"time\":\"2026-03-14T02:01:05.0000000Z\",\"resourceId\":\"/tenants/" TENANT
        "/providers/Microsoft.aadiam\",\"operationName\":\"%s\",\"operationVersion\":"
        "\"1.0\",\"category\":\"%s\",\"tenantId\":\"" TENANT "\",\"resultType\":\"0\","
        "\"resultSignature\":\"None\",\"durationMs\":0,\"callerIpAddress\":"
        "\"198.51.100.23\",\"correlationId\":\"c-1\",\"identity\":\"Mallory M\","
        "\"Level\":4,\"location\":\"US\",\"properties\":%s}",
        operation, category, properties);
    assert_true(length > 0 && (size_t)length < sizeof(json));
    return json;
}

static const char sign_in[] =
    "{\"id\":\"s-1\",\"createdDateTime\":\"2026-03-14T02:01:00Z\",\"userDisplayName\":"
    "\"Mallory M\",\"userPrincipalName\":\"mallory@contoso.example\",\"userId\":"
    "\"object-1\",\"appId\":\"app-1\",\"appDisplayName\":\"Azure CLI\",\"ipAddress\":"
    "\"198.51.100.23\",\"clientAppUsed\":\"Browser\",\"userAgent\":\"python\","
    "\"correlationId\":\"c-1\",\"isInteractive\":true,\"status\":{\"errorCode\":0},"
    "\"resourceDisplayName\":\"Windows Azure Service Management API\",\"resourceId\":"
    "\"797f4846\",\"resourceTenantId\":\"" TENANT "\",\"uniqueTokenIdentifier\":"
    "\"token-1\",\"authenticationRequirement\":\"multiFactorAuthentication\","
    "\"signInEventTypes\":[\"interactiveUser\"],\"servicePrincipalId\":\"\"}";

static void expect_sign_in(const struct event *event)
{
    expect_texts(event, (expected_texts){
                            [FIELD_FORM] = "entra-sign-in",
                            [FIELD_OPERATION] = "Sign-in activity",
                            [FIELD_SERVICE] = "Microsoft.aadiam",
                            [FIELD_ACTOR] = "mallory@contoso.example",
                            [FIELD_ACTOR_TYPE] = "User",
                            [FIELD_ACTOR_ID] = "object-1",
                            [FIELD_SESSION_ISSUER] = "app-1",
                            [FIELD_MFA] = "true",
                            [FIELD_CREDENTIAL] = "token-1",
                            [FIELD_SOURCE_IP] = "198.51.100.23",
                            [FIELD_USER_AGENT] = "python",
                            [FIELD_ACCOUNT] = TENANT,
                            [FIELD_RESOURCE] = "Windows Azure Service Management API",
                            [FIELD_ISSUED] = "token-1",
                            [FIELD_EVENT_ID] = "s-1",
                            [FIELD_CORRELATION_ID] = "c-1",
                        });
    assert_int_equal(event->time_us, INT64_C(1773453660000000));
    expect_outcome(event, OUTCOME_SUCCESS);
}

static void both_forms_of_a_sign_in_agree(void **state)
{
    struct event event = record_read(*state, sign_in);
    expect_sign_in(&event);
    event = record_read(*state, diagnostic("SignInLogs", "Sign-in activity", sign_in));
    expect_sign_in(&event);
}

/* The token joins the record of what was done with it. */
static void a_sign_in_joins_the_activity_log(void **state)
{
    struct event act = record_read(
        *state, "{\"operationName\":\"Microsoft.Network/virtualNetworkTaps/write\","
                "\"category\":\"Administrative\",\"identity\":{\"claims\":{\"uti\":"
                "\"token-1\",\"appid\":\"app-1\"}}}");
    struct event event = record_read(*state, sign_in);
    assert_true(slice_equal(act.text[FIELD_CREDENTIAL], event.text[FIELD_CREDENTIAL]));
    assert_true(slice_equal(act.text[FIELD_CREDENTIAL], event.text[FIELD_ISSUED]));
    assert_true(
        slice_equal(act.text[FIELD_SESSION_ISSUER], event.text[FIELD_SESSION_ISSUER]));
}

static const struct {
    const char *category, *properties;
    const char *actor, *type, *id, *error;
    enum outcome outcome;
    const char *issued;
} sign_ins[] = {
    {"NonInteractiveUserSignInLogs",
     "{\"userPrincipalName\":\"a@b.example\",\"userId\":\"u\",\"status\":{"
     "\"errorCode\":"
     "50126},\"uniqueTokenIdentifier\":\"t\"}",
     "a@b.example", "User", "u", "50126", OUTCOME_FAILURE, NULL},
    {"SignInLogs", "{\"userId\":\"u\",\"status\":{\"errorCode\":53003}}", "Mallory M",
     "User", "u", "53003", OUTCOME_DENIED, NULL},
    {"ServicePrincipalSignInLogs",
     "{\"servicePrincipalName\":\"ndr\",\"servicePrincipalId\":\"sp\",\"appId\":\"a\","
     "\"uniqueTokenIdentifier\":\"t\",\"status\":{\"errorCode\":0}}",
     "ndr", "ServicePrincipal", "sp", NULL, OUTCOME_SUCCESS, "t"},
    {"ManagedIdentitySignInLogs",
     "{\"servicePrincipalName\":\"vm1\",\"servicePrincipalId\":\"mi\","
     "\"uniqueTokenIdentifier\":\"t\"}",
     "vm1", "ManagedIdentity", "mi", NULL, OUTCOME_SUCCESS, "t"},
};

static void reads_every_sign_in_log(void **state)
{
    for (size_t i = 0; i < sizeof(sign_ins) / sizeof(sign_ins[0]); i++) {
        print_message("%s\n", sign_ins[i].category);
        struct event event =
            record_read(*state, diagnostic(sign_ins[i].category, "Sign-in activity",
                                           sign_ins[i].properties));
        expect_text(&event, FIELD_FORM, "entra-sign-in");
        expect_text(&event, FIELD_ACTOR, sign_ins[i].actor);
        expect_text(&event, FIELD_ACTOR_TYPE, sign_ins[i].type);
        expect_text(&event, FIELD_ACTOR_ID, sign_ins[i].id);
        expect_text(&event, FIELD_ERROR_CODE, sign_ins[i].error);
        expect_text(&event, FIELD_ISSUED, sign_ins[i].issued);
        expect_outcome(&event, sign_ins[i].outcome);
    }
}

static const char audit[] =
    "{\"id\":\"Directory_1\",\"category\":\"RoleManagement\",\"correlationId\":\"c-1\","
    "\"result\":\"success\",\"resultReason\":\"\",\"activityDisplayName\":"
    "\"Add member to role\",\"activityDateTime\":\"2026-03-14T02:01:00Z\","
    "\"loggedByService\":\"Core Directory\",\"operationType\":\"Assign\","
    "\"initiatedBy\":{\"app\":null,\"user\":{\"id\":\"object-1\",\"displayName\":null,"
    "\"userPrincipalName\":\"mallory@contoso.example\",\"ipAddress\":"
    "\"198.51.100.23\"}},\"targetResources\":[{\"id\":\"t-1\",\"displayName\":null,"
    "\"type\":\"User\",\"userPrincipalName\":\"eve@contoso.example\"}]}";

static void both_forms_of_an_audit_record_agree(void **state)
{
    const char *forms[] = {audit, diagnostic("AuditLogs", "Add member to role", audit)};
    for (int i = 0; i < 2; i++) {
        struct event event = record_read(*state, forms[i]);
        expect_texts(&event, (expected_texts){
                                 [FIELD_FORM] = "entra-audit",
                                 [FIELD_OPERATION] = "Add member to role",
                                 [FIELD_SERVICE] = "Core Directory",
                                 [FIELD_ACTOR] = "mallory@contoso.example",
                                 [FIELD_ACTOR_TYPE] = "User",
                                 [FIELD_ACTOR_ID] = "object-1",
                                 [FIELD_SOURCE_IP] = "198.51.100.23",
                                 /* Graph does not say whose log it is. */
                                 [FIELD_ACCOUNT] = i ? TENANT : NULL,
                                 [FIELD_RESOURCE] = "eve@contoso.example",
                                 [FIELD_EVENT_ID] = "Directory_1",
                                 [FIELD_CORRELATION_ID] = "c-1",
                             });
        assert_int_equal(event.time_us, INT64_C(1773453660000000));
        expect_outcome(&event, OUTCOME_SUCCESS);
    }
}

static void an_application_changes_the_directory(void **state)
{
    struct event event = record_read(
        *state,
        "{\"activityDisplayName\":\"Add app role assignment\",\"category\":"
        "\"ApplicationManagement\",\"result\":\"failure\",\"resultReason\":"
        "\"Not allowed\",\"initiatedBy\":{\"user\":null,\"app\":{\"appId\":\"a\","
        "\"displayName\":\"deployer\",\"servicePrincipalId\":\"sp\"}}}");
    expect_text(&event, FIELD_ACTOR, "deployer");
    expect_text(&event, FIELD_ACTOR_TYPE, "ServicePrincipal");
    expect_text(&event, FIELD_ACTOR_ID, "sp");
    expect_text(&event, FIELD_ERROR_CODE, "Not allowed");
    expect_outcome(&event, OUTCOME_FAILURE);
}

/* Other objects of Graph have the same keys, but not all of them. */
static void takes_nothing_else_for_a_sign_in(void **state)
{
    static const char *const others[] = {
        "{\"id\":\"u\",\"createdDateTime\":\"2026-03-14T02:01:00Z\","
        "\"userPrincipalName\":\"a@b.example\"}",
        "{\"createdDateTime\":\"2026-03-14T02:01:00Z\",\"ipAddress\":\"192.0.2.1\"}",
        "{\"activityDisplayName\":\"x\"}",
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        record_read(*state, others[i]);
        assert_int_equal(((struct record_bed *)*state)->class, RECORD_UNKNOWN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_forms_of_a_sign_in_agree),
        cmocka_unit_test(a_sign_in_joins_the_activity_log),
        cmocka_unit_test(reads_every_sign_in_log),
        cmocka_unit_test(both_forms_of_an_audit_record_agree),
        cmocka_unit_test(an_application_changes_the_directory),
        cmocka_unit_test(takes_nothing_else_for_a_sign_in),
    };
    return cmocka_run_group_tests(tests, record_bed_make, record_bed_unmake);
}
