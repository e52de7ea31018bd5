#include "config.h"

#include "tui/event_document.h"

#include "core/timestamp.h"
#include "tui/record_text.h"
#include "tui/view.h"

/* How its source stands: in words, and whether it is well. */
static void standing(struct document *document, const struct event_found *found,
                     const struct event_document_options *options)
{
    static const struct {
        const char *words;
        enum role role;
    } states[] = {
        [SOURCE_UNCHANGED] = {"unchanged: its SHA-256 is as it was", ROLE_TEXT},
        [SOURCE_KEPT] = {"its bytes are kept in the case", ROLE_TEXT},
        [SOURCE_UNHASHED] = {"size and time are as they were", ROLE_TEXT},
        [SOURCE_CHANGED] = {"CHANGED: there is something else by now", ROLE_ALERT},
        [SOURCE_MOVED] = {"NOT FOUND: R says where it is by now, as `relocate` does",
                          ROLE_ALERT},
    };
    enum source_condition condition = found->raw.condition;
    if (options->proof && *options->proof != SOURCE_UNHASHED)
        condition = *options->proof;
    record_label(document, "source");
    document_label(document, states[condition].words, states[condition].role);
    if (condition != SOURCE_UNHASHED)
        return;
    const char *more = slice_blank(found->sha256) ? "; it was loaded without a hash"
                                                  : "; its SHA-256 is being compared";
    document_label(document, more, ROLE_DIM);
}

static void place(struct document *document, const struct event_found *found,
                  const struct event_document_options *options)
{
    const struct record_place *at = &found->row.place;
    char number[NUMBER_MAX];
    document_heading(document, "Where its record stands");
    record_field(document, "file", found->raw.path);
    record_field(document, "member", found->raw.member);
    record_label(document, "at");
    document_printf(document, ROLE_TEXT, "byte %s, ",
                    format_number(at->offset, number));
    document_printf(document, ROLE_TEXT, "%s bytes", format_number(at->length, number));
    if (at->leaf)
        document_printf(document, ROLE_TEXT, ", number %u of the records in them",
                        at->leaf + 1);
    record_field(document, "form", found->row.event.text[FIELD_FORM]);
    record_field(document, "sha256", found->sha256);
    standing(document, found, options);
}

static void record(struct document *document, const struct event_found *found,
                   bool folded)
{
    document_heading(document, "Raw record");
    if (found->raw.in_case)
        document_label(document, "  kept in the case", ROLE_DIM);
    if (folded) {
        document_label(document, "  (x shows it)", ROLE_DIM);
    } else if (slice_present(found->raw.raw)) {
        record_raw(document, found->raw.raw, "export events --raw");
    } else {
        document_line(document, RECORD_INDENT, RECORD_INDENT);
        document_label(document,
                       "It is not shown: its source does not hold what was read of it.",
                       ROLE_ALERT);
    }
}

void event_document_build(struct document *document, const struct event_found *found,
                          const struct event_document_options *options)
{
    document_start(document, options->width);
    record_heading(document, &found->row.event, NULL);
    if (found->row.hit) {
        record_label(document, "marked");
        document_label(document, "as mirroring: Enter opens its operation", ROLE_ALERT);
    }
    record_what(document, &found->row.event);
    record_who(document, &found->row.event);
    place(document, found, options);
    record(document, found, options->folded);
    document_end(document, "... cut here: export events --raw has all of it");
}
