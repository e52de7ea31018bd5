#include "config.h"

#include "tui/hit_document.h"

#include "core/timestamp.h"
#include "tui/json_view.h"
#include "tui/view.h"

enum { INDENT = 3, VALUE = 18 };

/* A value that is longer than a screen can use is cut, and says so. */
static void add_value(struct document *document, struct slice value, enum role role)
{
    char number[NUMBER_MAX];
    document_add(document, slice_first(value, DOCUMENT_FIELD_BYTES), role);
    if (value.length > DOCUMENT_FIELD_BYTES)
        document_printf(document, ROLE_ALERT, " ... %s bytes, cut here",
                        format_number(value.length, number));
}

static void label(struct document *document, const char *name)
{
    document_line(document, INDENT, VALUE);
    document_printf(document, ROLE_DIM, "%-14s ", name);
}

static void field(struct document *document, const char *name, struct slice value)
{
    if (slice_blank(value))
        return;
    label(document, name);
    add_value(document, value, ROLE_TEXT);
}

struct named_field {
    const char *name;
    enum event_field field;
};

static void fields(struct document *document, const struct event *event,
                   const struct named_field *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        field(document, list[i].name, event->text[list[i].field]);
}

static void heading(struct document *document, const struct hit_row *hit)
{
    const struct operation *operation = &hit->operation;
    const struct event *event = &operation->event;
    char time[TIMESTAMP_TEXT_MAX];
    timestamp_format(event->time_us, time);
    document_line(document, 1, 1);
    document_printf(document, ROLE_TITLE, "%s", time[0] ? time : "(no time)");
    document_label(document, "  ", ROLE_TEXT);
    add_value(document, event->text[FIELD_OPERATION], ROLE_TITLE);
    document_printf(document, ROLE_TEXT, "  %s", lifecycle_name(operation->lifecycle));
    document_printf(document,
                    outcome_is_attempt(event->outcome) ? ROLE_ATTEMPT : ROLE_TEXT,
                    "  %s", outcome_name(event->outcome));
    if (event->time_quality != TIME_EXACT) {
        label(document, "time quality");
        document_label(document, time_quality_name(event->time_quality), ROLE_ALERT);
    }
    if (!slice_equal(event->text[FIELD_TIME_TEXT], slice_from(time)))
        field(document, "time as logged", event->text[FIELD_TIME_TEXT]);
    field(document, "error", event->text[FIELD_ERROR_CODE]);
}

static void who(struct document *document, const struct event *event)
{
    static const struct named_field list[] = {
        {"actor", FIELD_ACTOR},
        {"type", FIELD_ACTOR_TYPE},
        {"id", FIELD_ACTOR_ID},
        {"issuer", FIELD_SESSION_ISSUER},
        {"identity", FIELD_SOURCE_IDENTITY},
        {"via", FIELD_VIA},
        {"mfa", FIELD_MFA},
        {"credential", FIELD_CREDENTIAL},
        {"address", FIELD_SOURCE_IP},
        {"source", FIELD_SOURCE_TEXT},
        {"user agent", FIELD_USER_AGENT},
    };
    document_heading(document, "Who");
    fields(document, event, list, sizeof list / sizeof list[0]);
}

static void step(struct document *document, const struct lineage_step *step)
{
    char time[TIMESTAMP_TEXT_MAX];
    timestamp_format(step->at.event.time_us, time);
    document_line(document, INDENT, VALUE);
    document_printf(document, ROLE_DIM, "%-20s ", time[0] ? time : "(no time)");
    add_value(document, lineage_step_words(step, &document->arena), ROLE_TEXT);
    document_printf(document, lineage_link_is_proof(step->link) ? ROLE_DIM : ROLE_ALERT,
                    "  (%s%s)", lineage_link_words(step->link),
                    lineage_link_is_proof(step->link) ? "" : ": joined, not proven");
}

static void behind(struct document *document, const struct lineage *lineage)
{
    document_heading(document, "Who is behind it");
    if (!lineage) {
        document_line(document, INDENT, VALUE);
        document_label(document, "...", ROLE_DIM);
        return;
    }
    for (size_t i = 1; i < lineage->count; i++)
        step(document, &lineage->steps[i]);
    label(document, lineage->reached ? "first" : "ends");
    add_value(document, lineage->ending, lineage->reached ? ROLE_TEXT : ROLE_ALERT);
}

static void what(struct document *document, const struct event *event)
{
    static const struct named_field list[] = {
        {"mirror", FIELD_MIRROR},
        {"mirrored", FIELD_MIRRORED},
        {"destination", FIELD_DESTINATION},
        {"resource", FIELD_RESOURCE},
        {"account", FIELD_ACCOUNT},
        {"region", FIELD_REGION},
        {"group", FIELD_RESOURCE_GROUP},
        {"service", FIELD_SERVICE},
        {"mode", FIELD_MODE},
        {"event id", FIELD_EVENT_ID},
        {"request id", FIELD_REQUEST_ID},
        {"correlation", FIELD_CORRELATION_ID},
    };
    document_heading(document, "What");
    field(document, "provider", slice_from(provider_name(event->provider)));
    fields(document, event, list, sizeof list / sizeof list[0]);
    if (event->switched_off) {
        label(document, "switched off");
        document_label(document, "yes, by this call", ROLE_TEXT);
    }
}

static const struct rule *find_rule(const struct rule_set *rules, struct slice id)
{
    for (size_t i = 0; rules && i < rule_set_count(rules); i++)
        if (slice_equal(slice_from(rule_set_get(rules, i)->id), id))
            return rule_set_get(rules, i);
    return NULL;
}

static void why(struct document *document, const struct operation *operation,
                const struct rule_set *rules)
{
    struct slice rest = operation->rules;
    document_heading(document, "Why it was marked");
    while (slice_present(rest)) {
        struct slice id = slice_cut(&rest, ';');
        if (slice_blank(id))
            continue;
        const struct rule *rule = find_rule(rules, id);
        label(document, "rule");
        if (rule && rule->title) {
            document_label(document, rule->title, ROLE_TEXT);
            document_label(document, "  ", ROLE_TEXT);
        }
        add_value(document, id, ROLE_DIM);
    }
    label(document, "severity");
    document_printf(document, ROLE_TEXT, "%s, confidence %s",
                    severity_name(operation->severity),
                    confidence_name(operation->confidence));
    field(document, "technique", operation->technique);
}

static void approval(struct document *document, const struct hit_row *hit)
{
    document_heading(document, "Approval");
    if (hit->approval) {
        label(document, "approved");
        document_printf(document, ROLE_APPROVED, "by entry %lld, ",
                        (long long)hit->approval);
        add_value(document, hit->approval_state, ROLE_APPROVED);
        field(document, "ticket", hit->approval_ticket);
    } else {
        label(document, "approved");
        document_label(document, "no", ROLE_TEXT);
    }
    field(document, "near miss", hit->near_miss);
}

static void place(struct document *document, const struct evidence_row *row)
{
    char number[NUMBER_MAX];
    label(document, "file");
    add_value(document, row->path, ROLE_TEXT);
    field(document, "member", row->member);
    label(document, "at");
    document_printf(document, ROLE_TEXT, "byte %s, ",
                    format_number(row->offset, number));
    document_printf(document, ROLE_TEXT, "%s bytes",
                    format_number(row->length, number));
    field(document, "form", slice_blank(row->form) ? row->form_chain : row->form);
    label(document, "outcome");
    document_label(document, outcome_name(row->outcome), ROLE_TEXT);
}

static void raw(struct document *document, struct slice text)
{
    char number[NUMBER_MAX];
    struct slice shown = slice_first(text, DOCUMENT_RECORD_BYTES);
    document_line(document, 0, 0);
    if (json_view_suits(shown)) {
        json_view(document, shown, INDENT);
    } else {
        while (slice_present(shown)) {
            document_line(document, INDENT, INDENT + 2);
            document_add_raw(document, slice_cut(&shown, '\n'), ROLE_TEXT);
        }
    }
    if (text.length > DOCUMENT_RECORD_BYTES) {
        document_line(document, INDENT, INDENT);
        document_printf(document, ROLE_ALERT,
                        "... %s bytes, cut here; export hits --raw has all of it",
                        format_number(text.length, number));
    }
}

static void records(struct document *document, const struct evidence_list *evidence,
                    bool folded)
{
    for (size_t i = 0; i < evidence->count && !document->failed; i++) {
        document_line(document, 0, 0);
        document->anchor = (uint32_t)i + 1;
        document_line(document, 1, 1);
        document_printf(document, ROLE_TITLE, "Record %zu of %zu", i + 1,
                        evidence->count);
        if (folded)
            document_label(document, "  (x shows it)", ROLE_DIM);
        place(document, &evidence->rows[i]);
        if (!folded)
            raw(document, evidence->rows[i].raw);
    }
}

void hit_document_build(struct document *document, const struct hit_row *hit,
                        const struct evidence_list *evidence,
                        const struct hit_document_options *options)
{
    document_start(document, options->width);
    heading(document, hit);
    what(document, &hit->operation.event);
    who(document, &hit->operation.event);
    behind(document, options->lineage);
    why(document, &hit->operation, options->rules);
    approval(document, hit);
    records(document, evidence, options->folded);
    document_end(document, "... cut here: export hits --raw has all records");
}
