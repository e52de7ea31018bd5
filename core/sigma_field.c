#include "config.h"

#include "core/sigma.h"

#define BIT(provider) (UINT32_C(1) << (provider))
#define ANY_PROVIDER ((UINT32_C(1) << PROVIDER_COUNT) - 1)
#define CISCO                                                                          \
    (BIT(PROVIDER_CISCO_IOS) | BIT(PROVIDER_CISCO_NXOS) | BIT(PROVIDER_CISCO_IOSXR))
#define DEVICES                                                                        \
    (CISCO | BIT(PROVIDER_JUNOS) | BIT(PROVIDER_EOS) | BIT(PROVIDER_HUAWEI_VRP) |      \
     BIT(PROVIDER_FORTIOS) | BIT(PROVIDER_OPENVSWITCH) | BIT(PROVIDER_LINUX))
/* Their audit records call the operation eventName. */
#define EVENT_NAME                                                                     \
    (BIT(PROVIDER_AWS) | BIT(PROVIDER_ALIBABA) | BIT(PROVIDER_OCI) |                   \
     BIT(PROVIDER_HUAWEI) | BIT(PROVIDER_OTHER))

static const struct product {
    const char *name;
    uint32_t providers;
    const char *services[4]; /* the audit logs that are read; others are refused */
} products[] = {
    {"aws", BIT(PROVIDER_AWS), {"cloudtrail"}},
    {"azure", BIT(PROVIDER_AZURE), {"activitylogs"}},
    {"gcp", BIT(PROVIDER_GCP), {"gcp.audit"}},
    {"oci", BIT(PROVIDER_OCI), {"audit"}},
    {"alibaba", BIT(PROVIDER_ALIBABA), {"actiontrail"}},
    {"huawei", BIT(PROVIDER_HUAWEI), {"cts"}},
    {"cisco", CISCO, {"aaa", "syslog", "accounting"}},
    {"cisco-ios", BIT(PROVIDER_CISCO_IOS), {"aaa", "syslog", "accounting"}},
    {"cisco-nxos", BIT(PROVIDER_CISCO_NXOS), {"aaa", "syslog", "accounting"}},
    {"cisco-iosxr", BIT(PROVIDER_CISCO_IOSXR), {"aaa", "syslog", "accounting"}},
    {"juniper", BIT(PROVIDER_JUNOS), {"aaa", "syslog"}},
    {"junos", BIT(PROVIDER_JUNOS), {"aaa", "syslog"}},
    {"arista", BIT(PROVIDER_EOS), {"aaa", "syslog"}},
    {"eos", BIT(PROVIDER_EOS), {"aaa", "syslog"}},
    {"huawei-vrp", BIT(PROVIDER_HUAWEI_VRP), {"aaa", "syslog"}},
    {"fortios", BIT(PROVIDER_FORTIOS), {"event", "syslog"}},
    {"openvswitch", BIT(PROVIDER_OPENVSWITCH), {"syslog"}},
    {"linux", BIT(PROVIDER_LINUX), {"auditd", "syslog"}},
    {"other", BIT(PROVIDER_OTHER), {"audit"}},
};

/*
 * Sigma's field names, as its rules for these products write them, and the column
 * that holds the same bytes.  A field whose column may have been repaired or filled
 * from elsewhere (userIdentity.arn and actor) is not listed: it is raw.
 */
static const struct field {
    const char *name;
    uint32_t providers;
    enum field_origin origin;
    enum event_field column;
} fields[] = {
    {"eventName", EVENT_NAME, ORIGIN_COLUMN, FIELD_OPERATION},
    {"eventSource", BIT(PROVIDER_AWS), ORIGIN_COLUMN, FIELD_SERVICE},
    {"errorCode", BIT(PROVIDER_AWS), ORIGIN_COLUMN, FIELD_ERROR_CODE},
    {"awsRegion", BIT(PROVIDER_AWS), ORIGIN_COLUMN, FIELD_REGION},
    {"sourceIPAddress", BIT(PROVIDER_AWS), ORIGIN_ADDRESS, FIELD_SOURCE_IP},
    {"userAgent", BIT(PROVIDER_AWS), ORIGIN_COLUMN, FIELD_USER_AGENT},
    {"data.eventName", BIT(PROVIDER_OCI), ORIGIN_COLUMN, FIELD_OPERATION},
    {"trace_name", BIT(PROVIDER_HUAWEI), ORIGIN_COLUMN, FIELD_OPERATION},
    {"operationName", BIT(PROVIDER_AZURE), ORIGIN_COLUMN, FIELD_OPERATION},
    {"operationNameValue", BIT(PROVIDER_AZURE), ORIGIN_COLUMN, FIELD_OPERATION},
    {"operationName.value", BIT(PROVIDER_AZURE), ORIGIN_COLUMN, FIELD_OPERATION},
    {"methodName", BIT(PROVIDER_GCP), ORIGIN_COLUMN, FIELD_OPERATION},
    {"protoPayload.methodName", BIT(PROVIDER_GCP), ORIGIN_COLUMN, FIELD_OPERATION},
    {"gcp.audit.method_name", BIT(PROVIDER_GCP), ORIGIN_COLUMN, FIELD_OPERATION},
    {"data.protoPayload.methodName", BIT(PROVIDER_GCP), ORIGIN_COLUMN, FIELD_OPERATION},
    {"serviceName", BIT(PROVIDER_GCP), ORIGIN_COLUMN, FIELD_SERVICE},
    {"protoPayload.serviceName", BIT(PROVIDER_GCP), ORIGIN_COLUMN, FIELD_SERVICE},
    {"command", DEVICES, ORIGIN_COLUMN, FIELD_OPERATION},
    {"CmdSet", CISCO, ORIGIN_COLUMN, FIELD_OPERATION},
    {"provider", ANY_PROVIDER, ORIGIN_PROVIDER, FIELD_OPERATION},
    {"outcome", ANY_PROVIDER, ORIGIN_OUTCOME, FIELD_OPERATION},
};

static bool names_one(const char *const *names, size_t count, struct slice name)
{
    for (size_t i = 0; i < count && names[i]; i++)
        if (slice_equal_nocase(slice_from(names[i]), name))
            return true;
    return false;
}

static const struct product *product_named(struct slice name)
{
    for (size_t i = 0; i < sizeof products / sizeof *products; i++)
        if (slice_equal_nocase(slice_from(products[i].name), name))
            return &products[i];
    return NULL;
}

static uint32_t refuse_logsource(struct sigma_compiler *compiler,
                                 const struct tree_node *entry)
{
    sigma_refuse(compiler, entry->line, ERROR_UNSUPPORTED,
                 "logsource %s %s is not supported", sigma_quote(compiler, entry->key),
                 sigma_quote(compiler, entry->text));
    return 0;
}

uint32_t sigma_logsource(struct sigma_compiler *compiler,
                         const struct tree_node *logsource)
{
    const struct product *product = NULL;
    for (const struct tree_node *entry = logsource->first; entry; entry = entry->next) {
        if (slice_equal(entry->key, SLICE("definition")))
            continue;
        if (entry->kind != TREE_SCALAR || !slice_equal(entry->key, SLICE("product")))
            continue;
        product = product_named(entry->text);
        if (!product)
            return refuse_logsource(compiler, entry);
    }
    if (!product) {
        sigma_refuse(compiler, logsource->line, ERROR_UNSUPPORTED,
                     "a logsource without a product is not supported");
        return 0;
    }
    for (const struct tree_node *entry = logsource->first; entry; entry = entry->next) {
        if (slice_equal(entry->key, SLICE("product")) ||
            slice_equal(entry->key, SLICE("definition")))
            continue;
        bool known = entry->kind == TREE_SCALAR &&
                     slice_equal(entry->key, SLICE("service")) &&
                     names_one(product->services,
                               sizeof product->services / sizeof *product->services,
                               entry->text);
        if (!known)
            return refuse_logsource(compiler, entry);
    }
    return product->providers;
}

static int check_raw_path(struct sigma_compiler *compiler, unsigned line,
                          struct slice name)
{
    size_t dots = 0;
    for (size_t i = 0; i < name.length; i++)
        dots += name.data[i] == '.';
    if (dots > LIMIT_RULE_FIELD_DOTS)
        return sigma_refuse(compiler, line, ERROR_LIMIT, "field %s has too many dots",
                            sigma_quote(compiler, name));
    return 0;
}

static int own_column(struct sigma_compiler *compiler, unsigned line, struct slice name,
                      int column, struct field_test *test)
{
    if (event_fields[column].kept == HIT_KEPT)
        return sigma_refuse(compiler, line, ERROR_UNSUPPORTED,
                            "field %s is known for marked events alone",
                            sigma_quote(compiler, name));
    test->origin = ORIGIN_COLUMN;
    test->column = (enum event_field)column;
    test->providers = ANY_PROVIDER;
    compiler->reads |= READS(column);
    return 0;
}

static uint32_t reads_of(const struct field *field)
{
    switch (field->origin) {
    case ORIGIN_COLUMN:
        return READS(field->column);
    case ORIGIN_ADDRESS:
        return READS(FIELD_SOURCE_IP) | READS(FIELD_SOURCE_TEXT);
    case ORIGIN_OUTCOME:
        return READS_OUTCOME;
    default:
        return 0;
    }
}

int sigma_field(struct sigma_compiler *compiler, unsigned line, struct slice name,
                struct field_test *test)
{
    test->name = name;
    int column = event_field_from_name(name);
    if (column >= 0)
        return own_column(compiler, line, name, column, test);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct field *field = &fields[i];
        if (!(field->providers & compiler->providers) ||
            !slice_equal_nocase(slice_from(field->name), name))
            continue;
        test->origin = field->origin;
        test->column = field->column;
        test->providers = field->providers;
        compiler->reads |= reads_of(field);
        return 0;
    }
    test->origin = ORIGIN_RAW;
    return check_raw_path(compiler, line, name);
}
