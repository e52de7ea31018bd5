#include "config.h"

#include "tui/hit_document.h"

#include "core/timestamp.h"
#include "tui/record_text.h"
#include "tui/view.h"

static void step(struct document *document, const struct lineage_step *step)
{
    char time[TIMESTAMP_TEXT_MAX];
    timestamp_format(step->at.event.time_us, time);
    document_line(document, RECORD_INDENT, RECORD_VALUE);
    document_printf(document, ROLE_DIM, "%-20s ", time[0] ? time : "(no time)");
    record_value(document, lineage_step_words(step, &document->arena), ROLE_TEXT);
    document_printf(document, lineage_link_is_proof(step->link) ? ROLE_DIM : ROLE_ALERT,
                    "  (%s%s)", lineage_link_words(step->link),
                    lineage_link_is_proof(step->link) ? "" : ": joined, not proven");
}

static void behind(struct document *document, const struct lineage *lineage)
{
    document_heading(document, "Who is behind it");
    if (!lineage) {
        document_line(document, RECORD_INDENT, RECORD_VALUE);
        document_label(document, "...", ROLE_DIM);
        return;
    }
    for (size_t i = 1; i < lineage->count; i++)
        step(document, &lineage->steps[i]);
    record_label(document, lineage->reached ? "first" : "ends");
    record_prose(document, lineage->ending, lineage->reached ? ROLE_TEXT : ROLE_ALERT);
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
        record_label(document, "rule");
        if (rule && rule->title) {
            document_label(document, rule->title, ROLE_TEXT);
            document_label(document, "  ", ROLE_TEXT);
        }
        record_value(document, id, ROLE_DIM);
    }
    record_label(document, "severity");
    document_printf(document, ROLE_TEXT, "%s, confidence %s",
                    severity_name(operation->severity),
                    confidence_name(operation->confidence));
    record_field(document, "technique", operation->technique);
}

static void approval(struct document *document, const struct hit_row *hit)
{
    document_heading(document, "Approval");
    if (hit->approval) {
        enum role role = hit_is_overstayed(hit) ? ROLE_ALERT : ROLE_APPROVED;
        record_label(document, "approved");
        document_printf(document, role, "by entry %lld, ", (long long)hit->approval);
        record_value(document, hit->approval_state, role);
        record_field(document, "ticket", hit->approval_ticket);
    } else {
        record_label(document, "approved");
        document_label(document, "no", ROLE_TEXT);
    }
    record_field(document, "near miss", hit->near_miss);
}

static void place(struct document *document, const struct evidence_row *row)
{
    char number[NUMBER_MAX];
    record_label(document, "file");
    record_value(document, row->path, ROLE_TEXT);
    record_field(document, "member", row->member);
    record_label(document, "at");
    document_printf(document, ROLE_TEXT, "byte %s, ",
                    format_number(row->offset, number));
    document_printf(document, ROLE_TEXT, "%s bytes",
                    format_number(row->length, number));
    record_field(document, "form",
                 slice_blank(row->form) ? row->form_chain : row->form);
    record_label(document, "outcome");
    document_label(document, outcome_name(row->outcome), ROLE_TEXT);
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
            record_raw(document, evidence->rows[i].raw, "export hits --raw");
    }
}

void hit_document_build(struct document *document, const struct hit_row *hit,
                        const struct evidence_list *evidence,
                        const struct hit_document_options *options)
{
    document_start(document, options->width);
    record_heading(document, &hit->operation.event,
                   lifecycle_name(hit->operation.lifecycle));
    record_what(document, &hit->operation.event);
    record_who(document, &hit->operation.event);
    behind(document, options->lineage);
    why(document, &hit->operation, options->rules);
    approval(document, hit);
    records(document, evidence, options->folded);
    document_end(document, "... cut here: export hits --raw has all records");
}
