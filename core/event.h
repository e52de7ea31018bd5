/*
 * event.h - one normalised log record, whatever form it came in.
 *
 * The text fields are one table, EVENT_FIELDS: columns of the case, names of
 * exports, filter keys and rule fields all come from it.
 */
#ifndef CORE_EVENT_H
#define CORE_EVENT_H

#include "core/slice.h"

/*
 * X(identifier, name, kept)
 * kept: EVENT_KEPT    stored for every event, dictionary-coded
 *       HIT_KEPT      stored for hits alone (an id costs 8 to 16 incompressible
 *                     bytes an event, as much as all other columns together)
 */
#define EVENT_FIELDS(X)                                                                \
    X(FIELD_TIME_TEXT, time_text, EVENT_KEPT)                                          \
    X(FIELD_FORM, form, EVENT_KEPT)                                                    \
    X(FIELD_OPERATION, operation, EVENT_KEPT)                                          \
    X(FIELD_SERVICE, service, EVENT_KEPT)                                              \
    X(FIELD_ERROR_CODE, error_code, EVENT_KEPT)                                        \
    X(FIELD_ACTOR, actor, EVENT_KEPT)                                                  \
    X(FIELD_ACTOR_TYPE, actor_type, EVENT_KEPT)                                        \
    X(FIELD_ACTOR_ID, actor_id, EVENT_KEPT)                                            \
    X(FIELD_SESSION_ISSUER, session_issuer, EVENT_KEPT)                                \
    X(FIELD_SOURCE_IDENTITY, source_identity, EVENT_KEPT)                              \
    X(FIELD_MFA, mfa, EVENT_KEPT)                                                      \
    X(FIELD_VIA, via, EVENT_KEPT)                                                      \
    X(FIELD_CREDENTIAL, credential, EVENT_KEPT)                                        \
    X(FIELD_SOURCE_IP, source_ip, EVENT_KEPT)                                          \
    X(FIELD_SOURCE_TEXT, source_text, EVENT_KEPT)                                      \
    X(FIELD_USER_AGENT, user_agent, EVENT_KEPT)                                        \
    X(FIELD_ACCOUNT, account, EVENT_KEPT)                                              \
    X(FIELD_REGION, region, EVENT_KEPT)                                                \
    X(FIELD_RESOURCE_GROUP, resource_group, EVENT_KEPT)                                \
    X(FIELD_RESOURCE, resource, EVENT_KEPT)                                            \
    X(FIELD_MODE, mode, EVENT_KEPT)                                                    \
    X(FIELD_ISSUED, issued, EVENT_KEPT) /* the credential that this act gave out */    \
    X(FIELD_MIRROR, mirror, HIT_KEPT)                                                  \
    X(FIELD_MIRRORED, mirrored, HIT_KEPT)                                              \
    X(FIELD_DESTINATION, destination, HIT_KEPT)                                        \
    X(FIELD_EVENT_ID, event_id, HIT_KEPT)                                              \
    X(FIELD_REQUEST_ID, request_id, HIT_KEPT)                                          \
    X(FIELD_CORRELATION_ID, correlation_id, HIT_KEPT)

enum event_field {
#define X(identifier, name, kept) identifier,
    EVENT_FIELDS(X)
#undef X
        EVENT_FIELD_COUNT
};

enum event_kept { EVENT_KEPT, HIT_KEPT };

struct event_field_info {
    const char *name;
    enum event_kept kept;
};

extern const struct event_field_info event_fields[EVENT_FIELD_COUNT];

/* X(identifier, text).  The numbers are stored: append only. */
#define PROVIDERS(X)                                                                   \
    X(PROVIDER_OTHER, "other")                                                         \
    X(PROVIDER_AWS, "aws")                                                             \
    X(PROVIDER_AZURE, "azure")                                                         \
    X(PROVIDER_GCP, "gcp")                                                             \
    X(PROVIDER_OCI, "oci")                                                             \
    X(PROVIDER_ALIBABA, "alibaba")                                                     \
    X(PROVIDER_HUAWEI, "huawei")                                                       \
    X(PROVIDER_CISCO_IOS, "cisco-ios")                                                 \
    X(PROVIDER_CISCO_NXOS, "cisco-nxos")                                               \
    X(PROVIDER_CISCO_IOSXR, "cisco-iosxr")                                             \
    X(PROVIDER_JUNOS, "junos")                                                         \
    X(PROVIDER_EOS, "eos")                                                             \
    X(PROVIDER_HUAWEI_VRP, "huawei-vrp")                                               \
    X(PROVIDER_FORTIOS, "fortios")                                                     \
    X(PROVIDER_OPENVSWITCH, "openvswitch")                                             \
    X(PROVIDER_LINUX, "linux")

#define LIFECYCLES(X)                                                                  \
    X(LIFECYCLE_NONE, "")                                                              \
    X(LIFECYCLE_CREATION, "Creation")                                                  \
    X(LIFECYCLE_MODIFICATION, "Modification")                                          \
    X(LIFECYCLE_DELETION, "Deletion")                                                  \
    X(LIFECYCLE_CREATION_MODIFICATION, "Creation/Modification")                        \
    X(LIFECYCLE_READ, "Read")                                                          \
    X(LIFECYCLE_OTHER, "Other")

#define OUTCOMES(X)                                                                    \
    X(OUTCOME_UNKNOWN, "unknown")                                                      \
    X(OUTCOME_SUCCESS, "success")                                                      \
    X(OUTCOME_FAILURE, "failure")                                                      \
    X(OUTCOME_DENIED, "denied")                                                        \
    X(OUTCOME_DRY_RUN, "dry-run")                                                      \
    X(OUTCOME_PENDING, "pending")

#define TIME_QUALITIES(X)                                                              \
    X(TIME_NONE, "none")                                                               \
    X(TIME_EXACT, "exact")                                                             \
    X(TIME_ZONE_ASSUMED, "zone_assumed")                                               \
    X(TIME_YEAR_INFERRED, "year_inferred")                                             \
    X(TIME_DAY_MONTH_AMBIGUOUS, "day_month_ambiguous")                                 \
    X(TIME_UPTIME_ONLY, "uptime_only")                                                 \
    X(TIME_RECEIVER_CLOCK, "receiver_clock")

#define SEVERITIES(X)                                                                  \
    X(SEVERITY_INFORMATIONAL, "informational")                                         \
    X(SEVERITY_LOW, "low")                                                             \
    X(SEVERITY_MEDIUM, "medium")                                                       \
    X(SEVERITY_HIGH, "high")                                                           \
    X(SEVERITY_CRITICAL, "critical")

#define CONFIDENCES(X)                                                                 \
    X(CONFIDENCE_LOW, "low")                                                           \
    X(CONFIDENCE_MEDIUM, "medium")                                                     \
    X(CONFIDENCE_HIGH, "high")

#define X(identifier, text) identifier,
enum provider { PROVIDERS(X) PROVIDER_COUNT };
enum lifecycle { LIFECYCLES(X) LIFECYCLE_COUNT };
enum outcome { OUTCOMES(X) OUTCOME_COUNT };
enum time_quality { TIME_QUALITIES(X) TIME_QUALITY_COUNT };
enum severity { SEVERITIES(X) SEVERITY_COUNT };
enum confidence { CONFIDENCES(X) CONFIDENCE_COUNT };
#undef X

/* Where a record stands in its operation. */
enum phase { PHASE_SINGLE, PHASE_FIRST, PHASE_MIDDLE, PHASE_LAST };

#define EVENT_TIME_NONE INT64_MIN

/* Lets a span hold a time as well; both bounds are EVENT_TIME_NONE at first. */
static inline void time_span_widen(int64_t *first_us, int64_t *last_us, int64_t time_us)
{
    if (time_us == EVENT_TIME_NONE)
        return;
    if (*first_us == EVENT_TIME_NONE || time_us < *first_us)
        *first_us = time_us;
    if (*last_us == EVENT_TIME_NONE || time_us > *last_us)
        *last_us = time_us;
}

struct event {
    int64_t time_us; /* UTC microseconds since 1970, or EVENT_TIME_NONE */
    enum time_quality time_quality;
    enum provider provider;
    enum outcome outcome;
    enum phase phase;
    /* The provider's result says that the object is new (Azure 201 Created). */
    bool says_created;
    /* Switched off by this call (GCP enable false, OCI isVtapEnabled false,
     * SPAN shutdown): set when the mirror facts are read. */
    bool switched_off;
    /*
     * What the records of one act share, empty where the record stands alone.
     * Scoped to the provider; with event_id it decides the operation's id.
     */
    struct slice merge_key;
    /* What is doubtful about its source, or NULL; borrowed as the texts are. */
    const char *remark;
    /* Borrowed from the record or its arena: valid until either is reset.
     * Absent fields are SLICE_NONE.  Text is UTF-8 as decoded from the log,
     * NOT escaped: invalid sequences and control bytes are kept. */
    struct slice text[EVENT_FIELD_COUNT];
};

void event_clear(struct event *event);

const char *provider_name(enum provider provider);
const char *lifecycle_name(enum lifecycle lifecycle);
const char *outcome_name(enum outcome outcome);
const char *time_quality_name(enum time_quality quality);
/* What is not known of such a time, in words; "" of an exact one, and of none. */
const char *time_quality_doubt(enum time_quality quality);
const char *severity_name(enum severity severity);
const char *confidence_name(enum confidence confidence);

/* The number behind a name (ASCII case ignored), or -1. */
int provider_from_name(struct slice name);
int lifecycle_from_name(struct slice name);
int outcome_from_name(struct slice name);
int severity_from_name(struct slice name);
int confidence_from_name(struct slice name);
int event_field_from_name(struct slice name);

/* Failed, denied or dry run: a hit, never a mirror. */
bool outcome_is_attempt(enum outcome outcome);
/* A network device: its account is the device's name. */
bool provider_is_device(enum provider provider);

#endif
