/*
 * Which lines are headers of tables.  Names: AWS "View events in the console" and its
 * Athena table for CloudTrail, Microsoft's AzureActivity and AWSCloudTrail tables and
 * the portal's activity log, Google's LogEntry, Falcon LogScale's and Splunk's metadata
 * fields, Elastic's field reference.
 */
#include "config.h"

#include "core/table_internal.h"

enum {
    NAME_BYTES = 256,
    KNOWN_BYTES = 40,
};

struct known_name {
    unsigned weight;
    struct slice name;
};

/* In lower case, blanks and `_` left out: each export spells them in its own way. Those
 * of weight 1 stand in tables of anything. */
static const struct known_name known_names[] = {
    /* the raw record in a column */
    {TABLE_RAW, SLICE_INIT("@rawstring")},
    {TABLE_RAW, SLICE_INIT("raw")},
    {TABLE_RAW, SLICE_INIT("event.original")},
    {TABLE_RAW, SLICE_INIT("cloudtrailevent")},
    {TABLE_RAW, SLICE_INIT("@message")},
    {1, SLICE_INIT("message")},
    /* the record's envelope */
    {2, SLICE_INIT("@timestamp")},
    {2, SLICE_INIT("@id")},
    {2, SLICE_INIT("@ingesttimestamp")},
    {2, SLICE_INIT("#repo")},
    {2, SLICE_INIT("sourcetype")},
    {2, SLICE_INIT("splunkserver")},
    {2, SLICE_INIT("@logstream")},
    {1, SLICE_INIT("timestamp")},
    {1, SLICE_INIT("time")},
    {1, SLICE_INIT("date")},
    {1, SLICE_INIT("host")},
    {1, SLICE_INIT("source")},
    {1, SLICE_INIT("index")},
    {1, SLICE_INIT("severity")},
    {1, SLICE_INIT("level")},
    {1, SLICE_INIT("status")},
    {1, SLICE_INIT("category")},
    /* CloudTrail */
    {2, SLICE_INIT("eventname")},
    {2, SLICE_INIT("eventtime")},
    {2, SLICE_INIT("eventsource")},
    {2, SLICE_INIT("eventversion")},
    {2, SLICE_INIT("useridentity")},
    {2, SLICE_INIT("useridentityarn")},
    {2, SLICE_INIT("awsregion")},
    {2, SLICE_INIT("awsaccesskey")},
    {2, SLICE_INIT("awseventid")},
    {2, SLICE_INIT("sourceipaddress")},
    {2, SLICE_INIT("recipientaccountid")},
    {2, SLICE_INIT("requestparameters")},
    {2, SLICE_INIT("responseelements")},
    {1, SLICE_INIT("username")},
    {1, SLICE_INIT("useragent")},
    {1, SLICE_INIT("errorcode")},
    {1, SLICE_INIT("errormessage")},
    {1, SLICE_INIT("eventid")},
    {1, SLICE_INIT("requestid")},
    {1, SLICE_INIT("readonly")},
    {1, SLICE_INIT("resources")},
    /* Azure */
    {2, SLICE_INIT("operationname")},
    {2, SLICE_INIT("operationnamevalue")},
    {2, SLICE_INIT("timegenerated")},
    {2, SLICE_INIT("timegenerated[utc]")},
    {2, SLICE_INIT("activitystatusvalue")},
    {2, SLICE_INIT("eventinitiatedby")},
    {2, SLICE_INIT("calleripaddress")},
    {2, SLICE_INIT("correlationid")},
    {2, SLICE_INIT("eventtimestamp")},
    {2, SLICE_INIT("eventdataid")},
    {2, SLICE_INIT("resourceid")},
    {2, SLICE_INIT("resourcegroup")},
    {2, SLICE_INIT("resourcegroupname")},
    {2, SLICE_INIT("subscriptionid")},
    {2, SLICE_INIT("resourcetype")},
    {2, SLICE_INIT("eventcategory")},
    {1, SLICE_INIT("caller")},
    {1, SLICE_INIT("subscription")},
    {1, SLICE_INIT("resource")},
    /* GCP */
    {2, SLICE_INIT("insertid")},
    {2, SLICE_INIT("logname")},
    {2, SLICE_INIT("receivetimestamp")},
    {2, SLICE_INIT("protopayload")},
    {2, SLICE_INIT("methodname")},
    {2, SLICE_INIT("principalemail")},
    {2, SLICE_INIT("callerip")},
    /* the LogScale query's result */
    {2, SLICE_INIT("resolvedeventname")},
    {2, SLICE_INIT("mirroraction")},
    {2, SLICE_INIT("actoridentity")},
    {1, SLICE_INIT("sourceip")},
    /* OCSF */
    {2, SLICE_INIT("classuid")},
};

/* Names that are paths into a record: any that begins so. */
static const struct slice known_paths[] = {
    SLICE_INIT("vendor."),
    SLICE_INIT("protopayload."),
    SLICE_INIT("protopayload_auditlog"),
    SLICE_INIT("useridentity."),
    SLICE_INIT("requestparameters."),
    SLICE_INIT("responseelements."),
    SLICE_INIT("identity."),
    SLICE_INIT("claims."),
    SLICE_INIT("operationname."),
    SLICE_INIT("aws.cloudtrail."),
    SLICE_INIT("azure."),
    SLICE_INIT("gcp.audit."),
    SLICE_INIT("resource.labels."),
    SLICE_INIT("event."),
    SLICE_INIT("cloud."),
    SLICE_INIT("source."),
    SLICE_INIT("api."),
    SLICE_INIT("actor."),
    SLICE_INIT("src_endpoint."),
};

/* The loose spelling; absent where it is longer than any known name. */
static struct slice loosen(struct slice name, char out[KNOWN_BYTES])
{
    size_t length = 0;
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.data[i];
        if (byte == ' ' || byte == '_')
            continue;
        if (length == KNOWN_BYTES)
            return SLICE_NONE;
        out[length++] = byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
    }
    return (struct slice){out, length};
}

static bool begins_like_name(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '_' || byte == '@' || byte == '#' || (unsigned char)byte >= 0x80;
}

static bool is_name(struct slice name)
{
    if (!name.length)
        return true;
    if (name.length > NAME_BYTES || !begins_like_name(name.data[0]))
        return false;
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.data[i];
        if ((unsigned char)byte < 0x20 || byte == '=' || byte == '<' || byte == '{')
            return false;
    }
    return true;
}

unsigned table_name_weight(struct slice name)
{
    char loose[KNOWN_BYTES];
    if (!name.length || !begins_like_name(name.data[0]))
        return 0;
    for (size_t i = 0; i < sizeof known_paths / sizeof known_paths[0]; i++) {
        if (slice_starts_with_nocase(name, known_paths[i]))
            return 2;
    }
    struct slice spelling = loosen(name, loose);
    for (size_t i = 0; i < sizeof known_names / sizeof known_names[0]; i++) {
        if (slice_present(spelling) && slice_equal(spelling, known_names[i].name))
            return known_names[i].weight;
    }
    return 0;
}

/* Most lines are none: their first bytes tell, for the price of those. */
static bool may_be_header(struct slice line)
{
    size_t at = 0;
    if (line.length && line.data[0] == '"')
        at = 1;
    if (at == line.length || !begins_like_name(line.data[at]))
        return false;
    for (; at < line.length && at < NAME_BYTES; at++) {
        char byte = line.data[at];
        if (byte == ',' || byte == ';' || byte == '\t')
            return true;
        if (byte == ':' || byte == '=' || byte == '<' || byte == '%' || byte == '{')
            return false;
    }
    return at == line.length;
}

/* The weight of the cells cut last; 0 where one of them is no name. */
static unsigned weigh(const struct table *table)
{
    unsigned weight = 0;
    if (table->cell_count > LIMIT_TABLE_COLUMNS)
        return 0;
    for (unsigned i = 0; i < table->cell_count; i++) {
        struct slice name = slice_trim(table->cells[i].text);
        if (table->cells[i].doubled || !is_name(name))
            return 0;
        unsigned known = table_name_weight(name);
        weight += known == TABLE_RAW && table->cell_count > 1 ? 2 : known;
    }
    return weight;
}

static unsigned weigh_with(struct table *table, struct slice line, char separator)
{
    struct table_row row;
    table->separator = separator;
    if (separator != '\n' && slice_index(line, separator) < 0)
        return 0;
    if (table_cut(table, line, true, &row) != TABLE_ROW || row.after != line.length)
        return 0;
    return weigh(table);
}

bool table_open(struct table *table, struct slice line)
{
    /* The last: a table of one column. */
    static const char separators[] = {',', ';', '\t', '\n'};
    char before = table->separator, best = before;
    unsigned weight = TABLE_HEADER_WEIGHT - 1;
    if (!may_be_header(line) || line.length > LIMIT_TABLE_NAME_BYTES)
        return false;
    for (size_t i = 0; i < sizeof separators; i++) {
        unsigned with = weigh_with(table, line, separators[i]);
        if (with > weight) {
            weight = with;
            best = separators[i];
        }
    }
    if (weight < TABLE_HEADER_WEIGHT) {
        table->separator = before;
        return false;
    }
    weigh_with(table, line, best);
    table_clear(table);
    for (unsigned i = 0; i < table->cell_count; i++)
        table_add_column(table, slice_trim(table->cells[i].text), false);
    return true;
}

bool table_like_header(const struct table *table)
{
    if (!table_name_weight(slice_trim(table->cells[0].text)))
        return false;
    if (table->cell_count == 1)
        return true;
    struct slice second = slice_trim(table->cells[1].text);
    return second.length <= KNOWN_BYTES && is_name(second);
}
