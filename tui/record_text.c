#include "config.h"

#include "tui/record_text.h"

#include "core/timestamp.h"
#include "tui/json_view.h"
#include "tui/view.h"

/* A value that is longer than a screen can use is cut, and says so. */
static void say_cut(struct document *document, struct slice value)
{
    char number[NUMBER_MAX];
    if (value.length > DOCUMENT_FIELD_BYTES)
        document_printf(document, ROLE_ALERT, " ... %s bytes, cut here",
                        format_number(value.length, number));
}

void record_value(struct document *document, struct slice value, enum role role)
{
    document_add(document, slice_first(value, DOCUMENT_FIELD_BYTES), role);
    say_cut(document, value);
}

void record_prose(struct document *document, struct slice text, enum role role)
{
    document_prose(document, slice_first(text, DOCUMENT_FIELD_BYTES), role);
    say_cut(document, text);
}

void record_label(struct document *document, const char *name)
{
    document_line(document, RECORD_INDENT, RECORD_VALUE);
    document_printf(document, ROLE_DIM, "%-14s ", name);
}

void record_field(struct document *document, const char *name, struct slice value)
{
    if (slice_blank(value))
        return;
    record_label(document, name);
    record_value(document, value, ROLE_TEXT);
}

struct named_field {
    const char *name;
    enum event_field field;
};

static void fields(struct document *document, const struct event *event,
                   const struct named_field *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        record_field(document, list[i].name, event->text[list[i].field]);
}

/* What is to be known of its time, and how it ended. */
static void when(struct document *document, const struct event *event)
{
    char time[TIMESTAMP_TEXT_MAX];
    timestamp_format(event->time_us, time);
    if (event->time_quality != TIME_EXACT) {
        record_label(document, "time quality");
        document_label(document, time_quality_name(event->time_quality), ROLE_ALERT);
    }
    if (!slice_equal(event->text[FIELD_TIME_TEXT], slice_from(time)))
        record_field(document, "time as logged", event->text[FIELD_TIME_TEXT]);
    record_field(document, "error", event->text[FIELD_ERROR_CODE]);
}

void record_heading(struct document *document, const struct event *event,
                    const char *lifecycle)
{
    char time[TIMESTAMP_TEXT_MAX];
    timestamp_format(event->time_us, time);
    document_line(document, 1, 1);
    document_printf(document, ROLE_TITLE, "%s", time[0] ? time : "(no time)");
    document_label(document, "  ", ROLE_TEXT);
    record_value(document, event->text[FIELD_OPERATION], ROLE_TITLE);
    if (lifecycle)
        document_printf(document, ROLE_TEXT, "  %s", lifecycle);
    document_printf(document,
                    outcome_is_attempt(event->outcome) ? ROLE_ATTEMPT : ROLE_TEXT,
                    "  %s", outcome_name(event->outcome));
    when(document, event);
}

void record_who(struct document *document, const struct event *event)
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

void record_what(struct document *document, const struct event *event)
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
    record_field(document, "provider", slice_from(provider_name(event->provider)));
    fields(document, event, list, sizeof list / sizeof list[0]);
    if (event->switched_off) {
        record_label(document, "switched off");
        document_label(document, "yes, by this call", ROLE_TEXT);
    }
}

void record_raw(struct document *document, struct slice text, const char *has_all)
{
    char number[NUMBER_MAX];
    struct slice shown = slice_first(text, DOCUMENT_RECORD_BYTES);
    document_line(document, 0, 0);
    if (json_view_suits(shown)) {
        json_view(document, shown, RECORD_INDENT);
    } else {
        while (slice_present(shown)) {
            document_line(document, RECORD_INDENT, RECORD_INDENT + 2);
            document_add_raw(document, slice_cut(&shown, '\n'), ROLE_TEXT);
        }
    }
    if (text.length > DOCUMENT_RECORD_BYTES) {
        document_line(document, RECORD_INDENT, RECORD_INDENT);
        document_printf(document, ROLE_ALERT,
                        "... %s bytes, cut here; %s has all of it",
                        format_number(text.length, number), has_all);
    }
}
