#include "config.h"

#include "tui/view.h"

static void take_failure(struct app *app, struct result *result)
{
    struct rows *rows = app_rows(app, result->kind);
    if (rows)
        rows->failed = true;
    if (result->kind == REQUEST_OVERVIEW)
        app->overview_failed = true;
    if (result->kind == REQUEST_HIT)
        app->hit_failed = true;
    /* A proof that gave way is asked for again; one that was stopped is not. */
    bool stopped = result->error.code != ERROR_INTERRUPTED || app->interrupted;
    if (result->kind == REQUEST_EVENT || (result->kind == REQUEST_PROOF && stopped))
        app->event.failed = true;
    if (result->kind == REQUEST_MIRROR)
        app->mirror_failed = true;
    if (result->kind == REQUEST_TIMELINE)
        app->timeline.failed = true;
    if (result->error.code != ERROR_INTERRUPTED)
        app_error(app, "%s", result->error.message);
    result_free(result);
}

static void take_hit(struct app *app, struct result *result, struct effects *effects)
{
    bool same = app->hit && slice_equal(app->hit->hit.id, result->hit.id);
    result_free(app->hit);
    app->hit = result;
    app->lineage_stale = true;
    app->waits[REQUEST_LINEAGE].pending = false;
    if (!same) {
        result_free(app->lineage);
        app->lineage = NULL;
    }
    app->hit_document.line_count = 0;
    if (app->read_only ||
        !slice_equal(result->hit.approval_state, SLICE("newly-covered")))
        return;
    struct request *request = request_new(REQUEST_MARK_SEEN);
    if (!request)
        return;
    request->operation_id = arena_copy(&request->arena, result->hit.id);
    app_ask(app, effects, request);
    rows_refresh(&app->hits);
}

void app_take(struct app *app, struct result *result, struct effects *effects)
{
    struct wait *wait = &app->waits[result->kind];
    if (!wait->pending || wait->generation != result->generation) {
        result_free(result);
        return;
    }
    if (result->partial) {
        wait->done = result->done;
        wait->all = result->all;
        if (result->search.events.count)
            rows_take(&app->search, result);
        else
            result_free(result);
        return;
    }
    wait->pending = false;
    if (!app_waiting(app))
        app->late = false;
    if (result->failed) {
        take_failure(app, result);
        return;
    }
    switch (result->kind) {
    case REQUEST_OVERVIEW:
        result_free(app->overview);
        app->overview = result;
        break;
    case REQUEST_GROUPS:
    case REQUEST_HITS:
    case REQUEST_SOURCES:
    case REQUEST_REJECTS:
    case REQUEST_MIRRORS:
    case REQUEST_CONTEXT:
    case REQUEST_COVERAGE:
    case REQUEST_TALLY:
    case REQUEST_EVENTS:
    case REQUEST_SEARCH:
        rows_take(app_rows(app, result->kind), result);
        break;
    case REQUEST_MIRROR:
        result_free(app->mirror);
        app->mirror = result;
        break;
    case REQUEST_TIMELINE:
        result_free(app->timeline.result);
        app->timeline.result = result;
        break;
    case REQUEST_HIT:
        take_hit(app, result, effects);
        break;
    case REQUEST_EVENT:
        result_free(app->event.result);
        result_free(app->event.proof);
        app->event.result = result;
        app->event.proof = NULL;
        app->event.document.line_count = 0;
        break;
    case REQUEST_PROOF:
        result_free(app->event.proof);
        app->event.proof = result;
        app->event.document.line_count = 0;
        break;
    case REQUEST_LINEAGE:
        result_free(app->lineage);
        app->lineage = result;
        app->hit_document.line_count = 0;
        break;
    case REQUEST_FIND:
        find_take(app, result);
        break;
    default:
        decide_take(app, result);
    }
}
