/*
 * The Activity Log and Entra ID's logs as PowerShell writes its objects: PascalCase,
 * and dictionaries as {"Content":{..}}.  Names: azure-powershell, PSEventData.cs and
 * PSDictionaryElement.cs; Microsoft Graph, "signIn" and "directoryAudit".
 */
#include "config.h"

#include "core/reshape_internal.h"

#define ROWS(table) .rows = table, .row_count = sizeof table / sizeof table[0]
/* The same place, in the spelling that is read. */
#define SAME(path)                                                                     \
    {                                                                                  \
        path, path, RESHAPE_COPY                                                       \
    }

static const struct reshape_row powershell[] = {
    {"claims content", "claims", RESHAPE_COPY},
    {"properties content", "properties", RESHAPE_COPY},
};

const struct reshape_form reshape_azure_powershell = {
    .name = "azure-activity-powershell",
    .marks = {"eventDataId", "claims content"},
    ROWS(powershell),
};

static const struct reshape_row sign_in[] = {
    SAME("id"),
    SAME("userPrincipalName"),
    SAME("userDisplayName"),
    SAME("userId"),
    SAME("appId"),
    SAME("appDisplayName"),
    SAME("servicePrincipalId"),
    SAME("servicePrincipalName"),
    SAME("userAgent"),
    SAME("uniqueTokenIdentifier"),
    SAME("authenticationRequirement"),
    SAME("signInEventTypes"),
    SAME("resourceDisplayName"),
    SAME("resourceTenantId"),
    SAME("status errorCode"),
};

const struct reshape_form reshape_entra_sign_in = {
    .marks = {"createdDateTime", "ipAddress", "correlationId"},
    ROWS(sign_in),
};

/* Who did it and to whom is read in either spelling: provider_entra.c. */
static const struct reshape_row audit[] = {
    SAME("id"),     SAME("activityDateTime"), SAME("loggedByService"),
    SAME("result"), SAME("resultReason"),
};

const struct reshape_form reshape_entra_audit = {
    .marks = {"activityDisplayName", "category"},
    ROWS(audit),
};
