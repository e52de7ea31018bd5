/* Approving, un-approving, undoing: each is proposed in words before it is done. */
#include "config.h"

#include <stdio.h>

#include "core/timestamp.h"
#include "tui/view.h"

bool decide_refused(struct app *app)
{
    if (app->read_only)
        app_error(app, "the case is open read-only");
    return app->read_only;
}

static const struct hit_row *current_hit(const struct app *app)
{
    if (app_view(app) == VIEW_HIT)
        return app->hit ? &app->hit->hit : NULL;
    ptrdiff_t index = rows_index(&app->hits, app->hits.list.cursor);
    return index < 0 ? NULL : &app->hits.result->hits.rows[index];
}

static const struct group_row *current_group(const struct app *app)
{
    ptrdiff_t index = rows_index(&app->groups, app->groups.list.cursor);
    return index < 0 ? NULL : &app->groups.result->groups.rows[index];
}

static void propose(struct app *app, struct slice operation_id,
                    const struct request_scope *scope, struct effects *effects)
{
    struct request *request = request_new(REQUEST_PROPOSE);
    if (!request)
        return;
    request_set_scope(request, scope);
    request->operation_id = arena_copy(&request->arena, operation_id);
    app_notice(app, "working out what to approve");
    app_ask(app, effects, request);
}

static void propose_group(struct app *app, struct effects *effects)
{
    const struct group_row *group = current_group(app);
    if (!group)
        return;
    if (group->approved == group->hits) {
        app_notice(app, "all of it is approved; open it to un-approve an operation");
        return;
    }
    struct arena arena;
    arena_init(&arena);
    struct request_scope scope = app_scope(app, false, &arena);
    scope.one_group = true;
    scope.actor = group->actor;
    scope.provider = group->provider;
    propose(app, SLICE_NONE, &scope, effects);
    arena_fini(&arena);
}

/* What the entry also covers is not in the row: the question waits for the list. */
static void ask_about_entry(struct app *app, int64_t approval, struct effects *effects)
{
    app->disable_id = approval;
    app_ask(app, effects, request_new(REQUEST_APPROVALS));
}

void decide_approve(struct app *app, struct effects *effects)
{
    if (decide_refused(app))
        return;
    if (app_view(app) == VIEW_GROUPS) {
        propose_group(app, effects);
        return;
    }
    const struct hit_row *hit = current_hit(app);
    if (!hit)
        return;
    if (hit->approval) {
        ask_about_entry(app, hit->approval, effects);
        return;
    }
    struct request_scope scope = {.last_event_us = EVENT_TIME_NONE};
    propose(app, hit->id, &scope, effects);
}

static void set_enabled(struct app *app, int64_t approval, bool enabled,
                        struct effects *effects)
{
    struct request *request = request_new(REQUEST_SET_ENABLED);
    if (!request)
        return;
    request->approval_id = approval;
    request->enabled = enabled;
    app_ask(app, effects, request);
}

void decide_toggle(struct app *app, struct effects *effects)
{
    ptrdiff_t index = rows_index(&app->approvals, app->approvals.list.cursor);
    if (decide_refused(app) || index < 0)
        return;
    const struct approval *approval =
        &app->approvals.result->approvals.rows[index].approval;
    set_enabled(app, approval->id, !approval->enabled, effects);
}

void decide_undo(struct app *app, struct effects *effects)
{
    if (!decide_refused(app))
        app_ask(app, effects, request_new(REQUEST_UNDO));
}

/* --- the proposal in words -------------------------------------------------------- */

static void field(struct document *document, const char *name, struct slice value)
{
    document_line(document, 1, 15);
    document_printf(document, ROLE_DIM, "%-13s ", name);
    document_add(document, slice_first(value, DOCUMENT_FIELD_BYTES), ROLE_TEXT);
}

static void describe(struct app *app)
{
    struct document *document = &app->question;
    const struct approval *approval = &app->proposal->approval;
    char start[TIMESTAMP_TEXT_MAX], end[TIMESTAMP_TEXT_MAX];
    document_start(document, app->width);
    document_line(document, 1, 1);
    document_label(document, "Approve every operation with", ROLE_TITLE);
    for (int i = 0; i < APPROVAL_SELECTOR_COUNT; i++)
        if (!slice_blank(approval->selector[i]))
            field(document, approval_selector_name((enum approval_selector)i),
                  approval->selector[i]);
    timestamp_format(approval->start_us, start);
    timestamp_format(approval->end_us, end);
    document_line(document, 1, 15);
    document_label(document, "event time    ", ROLE_DIM);
    document_printf(document, ROLE_TEXT, "%s - %s", start[0] ? start : "any",
                    end[0] ? end : "open");
    if (app->analyst)
        field(document, "author", slice_from(app->analyst));
}

static void show_proposal(struct app *app, struct result *result)
{
    result_free(app->proposal);
    app->proposal = result;
    app->ticket_length = 0;
    app->notice[0] = '\0';
    describe(app);
    prompt_open(&app->prompt, PROMPT_TICKET, "ticket: ", SLICE_NONE);
}

static void take_ticket(struct app *app)
{
    struct slice text = slice_trim(prompt_text(&app->prompt));
    if (text.length > sizeof app->ticket) {
        prompt_fail(&app->prompt, "at most 256 bytes", 0);
        return;
    }
    memcpy(app->ticket, text.data, text.length);
    app->ticket_length = text.length;
    field(&app->question, "ticket", (struct slice){app->ticket, app->ticket_length});
    prompt_open(&app->prompt, PROMPT_REASON, "reason: ", SLICE_NONE);
}

static void take_reason(struct app *app, struct effects *effects)
{
    struct approval approval = app->proposal->approval;
    struct error error = {0};
    approval.enabled = true;
    approval.ticket = (struct slice){app->ticket, app->ticket_length};
    approval.reason = slice_trim(prompt_text(&app->prompt));
    if (approval_validate(&approval, &error)) {
        prompt_fail(&app->prompt, error.message, 0);
        return;
    }
    struct request *request = request_new(REQUEST_APPROVE);
    if (request)
        request_set_approval(request, &approval);
    prompt_close(&app->prompt);
    decide_cancel(app);
    app_ask(app, effects, request);
}

void decide_answer(struct app *app, struct effects *effects)
{
    switch (app->prompt.kind) {
    case PROMPT_TICKET:
        take_ticket(app);
        break;
    case PROMPT_REASON:
        take_reason(app, effects);
        break;
    case PROMPT_DISABLE:
        prompt_close(&app->prompt);
        set_enabled(app, app->disable_id, false, effects);
        decide_cancel(app);
        break;
    default:
        prompt_close(&app->prompt);
    }
}

void decide_cancel(struct app *app)
{
    result_free(app->proposal);
    app->proposal = NULL;
    app->disable_id = 0;
    document_start(&app->question, app->width);
}

void decide_resize(struct app *app)
{
    if (!app->proposal)
        return;
    describe(app);
    if (app->prompt.kind == PROMPT_REASON)
        field(&app->question, "ticket",
              (struct slice){app->ticket, app->ticket_length});
}

/* --- answers ---------------------------------------------------------------------- */

static const struct approval_row *find_entry(const struct approval_list *list,
                                             int64_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->rows[i].approval.id == id)
            return &list->rows[i];
    return NULL;
}

static void ask_to_disable(struct app *app, const struct approval_list *list)
{
    const struct approval_row *row = find_entry(list, app->disable_id);
    char question[sizeof app->prompt.label], number[NUMBER_MAX];
    if (!row) {
        app->disable_id = 0;
        app_error(app, "the approval is not there any more");
        return;
    }
    struct document *document = &app->question;
    document_start(document, app->width);
    document_line(document, 1, 1);
    document_label(document, "Un-approve: the entry is disabled", ROLE_TITLE);
    field(document, "ticket", row->approval.ticket);
    field(document, "reason", row->approval.reason);
    field(document, "author", row->approval.created_by);
    uint64_t others = row->covers ? row->covers - 1 : 0;
    if (others)
        snprintf(question, sizeof question,
                 "Disable approval %lld? It covers %s other operation%s too",
                 (long long)app->disable_id, format_number(others, number),
                 others == 1 ? "" : "s");
    else
        snprintf(question, sizeof question, "Disable approval %lld?",
                 (long long)app->disable_id);
    prompt_ask(&app->prompt, PROMPT_DISABLE, question);
}

static void told_approved(struct app *app, const struct result *result)
{
    char number[NUMBER_MAX];
    const struct approval_row *row =
        find_entry(&result->approvals, result->approval.id);
    uint64_t covers = row ? row->covers : 0;
    app_notice(app, "approval %lld covers %s operation%s; u takes it back",
               (long long)result->approval.id, format_number(covers, number),
               covers == 1 ? "" : "s");
}

static void take_approvals(struct app *app, struct result *result)
{
    rows_take(&app->approvals, result);
    /* The question's texts are the result's: both are replaced together. */
    if (app->disable_id && app->prompt.kind == PROMPT_NONE)
        ask_to_disable(app, &result->approvals);
    else if (app->prompt.kind == PROMPT_DISABLE)
        ask_to_disable(app, &result->approvals);
}

void decide_take(struct app *app, struct result *result)
{
    switch (result->kind) {
    case REQUEST_APPROVALS:
        take_approvals(app, result);
        return;
    case REQUEST_PROPOSE:
        if (app->prompt.kind == PROMPT_NONE)
            show_proposal(app, result);
        else
            result_free(result);
        return;
    case REQUEST_APPROVE:
        told_approved(app, result);
        app_data_changed(app);
        break;
    case REQUEST_RELOCATE:
        relocate_take(app, result);
        break;
    case REQUEST_SET_ENABLED:
        app_notice(app, "approval %lld is %s; u takes it back",
                   (long long)result->approval.id,
                   result->approval.enabled ? "enabled" : "disabled");
        app_data_changed(app);
        break;
    case REQUEST_UNDO:
        app_notice(app, "taken back: %.*s",
                   (int)(result->what.length < 200 ? result->what.length : 200),
                   result->what.data ? result->what.data : "");
        app_data_changed(app);
        break;
    default:
        break;
    }
    result_free(result);
}
