#include "config.h"

#include "tui/request.h"

#include <stdlib.h>
#include <sys/stat.h>

enum {
    FIND_LIMIT = 10000,
    /* A row that moved further than this many places is given up. */
    ANCHOR_PAGES = 64,
    ANCHOR_PAGE = 1024,
};

struct request *request_new(enum request_kind kind)
{
    struct request *request = calloc(1, sizeof *request);
    if (!request)
        return NULL;
    request->kind = kind;
    arena_init(&request->arena);
    return request;
}

void request_free(struct request *request)
{
    if (!request)
        return;
    arena_fini(&request->arena);
    free(request);
}

void request_set_scope(struct request *request, const struct request_scope *scope)
{
    request->scope = *scope;
    request->scope.filter = arena_copy(&request->arena, scope->filter);
    request->scope.actor = arena_copy(&request->arena, scope->actor);
}

void request_set_approval(struct request *request, const struct approval *approval)
{
    struct arena *arena = &request->arena;
    request->approval = *approval;
    for (int i = 0; i < APPROVAL_SELECTOR_COUNT; i++)
        request->approval.selector[i] = arena_copy(arena, approval->selector[i]);
    request->approval.ticket = arena_copy(arena, approval->ticket);
    request->approval.reason = arena_copy(arena, approval->reason);
    request->approval.approved_by = arena_copy(arena, approval->approved_by);
    request->approval.created_by = arena_copy(arena, approval->created_by);
}

struct result *result_new(const struct request *request)
{
    struct result *result = calloc(1, sizeof *result);
    if (!result)
        return NULL;
    result->kind = request->kind;
    result->generation = request->generation;
    result->anchor_position = -1;
    arena_init(&result->arena);
    return result;
}

void result_free(struct result *result)
{
    if (!result)
        return;
    arena_fini(&result->arena);
    free(result);
}

/* What a request needs to be answered. */
struct answering {
    const struct request *request;
    struct case_file *handle;
    const struct request_context *context;
    struct filter filter;
    struct hit_scope scope;
    struct result *result;
};

static int scope_make(struct answering *job)
{
    const struct request_scope *from = &job->request->scope;
    struct result *result = job->result;
    job->scope = (struct hit_scope){
        .hide_approved = from->hide_approved,
        .one_group = from->one_group,
        .actor = from->actor,
        .provider = from->provider,
    };
    if (slice_blank(from->filter))
        return 0;
    if (filter_parse(&job->filter, &result->arena, from->filter, from->last_event_us,
                     &result->error))
        return -1;
    job->scope.filter = &job->filter;
    return 0;
}

static int answer_overview(struct answering *job)
{
    struct result *result = job->result;
    const struct mirror_scope mirrors = {.present = false};
    if (query_summary(job->handle, &result->summary, &result->error) ||
        query_mirror_counts(job->handle, &mirrors, &result->mirror_counts,
                            &result->error))
        return -1;
    return query_histogram(job->handle, &job->scope, job->request->limit,
                           &result->arena, &result->histogram, &result->error);
}

static int groups_at(struct answering *job, uint64_t offset, size_t limit,
                     struct arena *arena, struct group_list *out)
{
    const struct request *request = job->request;
    return query_groups(job->handle, &job->scope, (enum group_sort)request->sort,
                        request->descending, offset, limit, arena, out,
                        &job->result->error);
}

static int hits_at(struct answering *job, uint64_t offset, size_t limit,
                   struct arena *arena, struct hit_list *out)
{
    const struct request *request = job->request;
    return query_hits(job->handle, &job->scope, (enum operation_sort)request->sort,
                      request->descending, offset, limit, arena, out,
                      &job->result->error);
}

static int64_t anchor_in_groups(const struct request *request,
                                const struct group_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->rows[i].provider == request->anchor_provider &&
            slice_equal(list->rows[i].actor, request->anchor))
            return (int64_t)(list->offset + i);
    return -1;
}

static int64_t anchor_in_hits(const struct request *request,
                              const struct hit_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (slice_equal(list->rows[i].id, request->anchor))
            return (int64_t)(list->offset + i);
    return -1;
}

/* One page of either list; the position of the anchor in it or -1, -2 at the end. */
static int64_t anchor_in_page(struct answering *job, uint64_t offset,
                              struct arena *arena)
{
    if (job->request->kind == REQUEST_GROUPS) {
        struct group_list list;
        if (groups_at(job, offset, ANCHOR_PAGE, arena, &list) || !list.count)
            return -2;
        return anchor_in_groups(job->request, &list);
    }
    struct hit_list list;
    if (hits_at(job, offset, ANCHOR_PAGE, arena, &list) || !list.count)
        return -2;
    return anchor_in_hits(job->request, &list);
}

static int64_t anchor_search(struct answering *job)
{
    int64_t position = -1;
    for (int page = 0; page < ANCHOR_PAGES && position == -1; page++) {
        struct arena arena;
        arena_init(&arena);
        position = anchor_in_page(job, (uint64_t)page * ANCHOR_PAGE, &arena);
        arena_fini(&arena);
    }
    return position < 0 ? -1 : position;
}

/*
 * The window asked for, or, where the anchor has moved out of it, the window around
 * the anchor's new place.
 */
static uint64_t window_around(const struct request *request, int64_t position)
{
    uint64_t half = request->limit / 2;
    return (uint64_t)position > half ? (uint64_t)position - half : 0;
}

static int answer_groups(struct answering *job)
{
    const struct request *request = job->request;
    struct result *result = job->result;
    struct group_list *list = &result->groups;
    if (groups_at(job, request->offset, request->limit, &result->arena, list))
        return -1;
    if (!request->anchored)
        return 0;
    result->anchor_position = anchor_in_groups(request, list);
    if (result->anchor_position >= 0)
        return 0;
    result->anchor_position = anchor_search(job);
    if (result->anchor_position < 0)
        return 0;
    return groups_at(job, window_around(request, result->anchor_position),
                     request->limit, &result->arena, list);
}

static int answer_hits(struct answering *job)
{
    const struct request *request = job->request;
    struct result *result = job->result;
    struct hit_list *list = &result->hits;
    if (hits_at(job, request->offset, request->limit, &result->arena, list))
        return -1;
    if (!request->anchored)
        return 0;
    result->anchor_position = anchor_in_hits(request, list);
    if (result->anchor_position >= 0)
        return 0;
    result->anchor_position = anchor_search(job);
    if (result->anchor_position < 0)
        return 0;
    return hits_at(job, window_around(request, result->anchor_position), request->limit,
                   &result->arena, list);
}

static int answer_hit(struct answering *job)
{
    struct result *result = job->result;
    if (query_hit(job->handle, job->request->operation_id, &result->arena, &result->hit,
                  &result->error))
        return -1;
    return query_evidence(job->handle, job->request->operation_id, true, &result->arena,
                          &result->evidence, &result->error);
}

static int answer_lineage(struct answering *job)
{
    struct result *result = job->result;
    if (query_hit(job->handle, job->request->operation_id, &result->arena, &result->hit,
                  &result->error))
        return -1;
    return query_lineage(job->handle, &result->hit, &result->arena, &result->lineage,
                         &result->error);
}

static int answer_approvals(struct answering *job)
{
    return triage_approvals(job->handle, &job->result->arena, &job->result->approvals,
                            &job->result->error);
}

static int answer_sources(struct answering *job)
{
    return query_sources(job->handle, job->request->offset, job->request->limit,
                         &job->result->arena, &job->result->sources,
                         &job->result->error);
}

static struct mirror_scope mirrors_of(const struct answering *job)
{
    return (struct mirror_scope){.filter = job->scope.filter,
                                 .present = job->request->present};
}

static int answer_mirrors(struct answering *job)
{
    const struct request *request = job->request;
    const struct mirror_scope scope = mirrors_of(job);
    return query_mirrors(job->handle, &scope, (enum mirror_sort)request->sort,
                         request->descending, request->offset, request->limit,
                         &job->result->arena, &job->result->mirrors,
                         &job->result->error);
}

static int answer_mirror(struct answering *job)
{
    struct result *result = job->result;
    if (query_mirror(job->handle, job->request->mirror_id, job->request->mirror_segment,
                     &result->arena, &result->mirrors, &result->error))
        return -1;
    return result->mirrors.count
               ? query_mirror_operations(job->handle, result->mirrors.rows[0].id,
                                         &result->arena, &result->hits, &result->error)
               : 0;
}

static int answer_rejects(struct answering *job)
{
    const struct request *request = job->request;
    return query_rejects(job->handle, request->source, request->offset, request->limit,
                         &job->result->arena, &job->result->rejects,
                         &job->result->error);
}

static int answer_timeline(struct answering *job)
{
    const struct request *request = job->request;
    return query_timeline(job->handle, job->scope.filter, request->from_us,
                          request->step_us, request->limit, &job->result->arena,
                          &job->result->timeline, &job->result->error);
}

static int answer_context(struct answering *job)
{
    const struct request *request = job->request;
    struct context_scope scope = request->context;
    if (slice_present(request->mirror_id) &&
        context_scope_tie_mirror(job->handle, request->mirror_id,
                                 request->mirror_segment, &job->result->arena, &scope,
                                 &job->result->error))
        return -1;
    return query_context(job->handle, &scope, request->offset, request->limit,
                         &job->result->arena, &job->result->context,
                         &job->result->error);
}

static int answer_coverage(struct answering *job)
{
    return coverage_grid(job->handle, &job->result->arena, &job->result->coverage,
                         &job->result->error);
}

static int answer_search(struct answering *job)
{
    return raw_search(job->handle, job->request->needle, 0, job->context->progress,
                      &job->result->arena, &job->result->search, &job->result->error);
}

static int answer_tally(struct answering *job)
{
    const struct request *request = job->request;
    const struct tally_scope scope = {job->scope.filter, request->key};
    return query_tally(job->handle, &scope, (enum tally_sort)request->sort,
                       request->descending, request->offset, request->limit,
                       job->context->progress, &job->result->arena, &job->result->tally,
                       &job->result->error);
}

static int answer_events(struct answering *job)
{
    const struct request *request = job->request;
    const struct events_scope scope = {job->scope.filter, request->from_us,
                                       request->until_us};
    return query_events(job->handle, &scope, request->offset, request->limit,
                        &job->result->arena, &job->result->events, &job->result->error);
}

static int answer_event(struct answering *job)
{
    return query_event(job->handle, job->request->rowid, &job->result->arena,
                       &job->result->event, &job->result->error);
}

static int answer_proof(struct answering *job)
{
    struct source_standing standing;
    struct source_checker *checker = source_checker_new(job->handle, SOURCE_HASH);
    if (!checker)
        return error_set(&job->result->error, ERROR_MEMORY, "out of memory");
    int result = source_checker_ask(checker, job->request->source, &standing,
                                    &job->result->error);
    if (!result)
        job->result->condition = standing.condition;
    source_checker_free(checker);
    return result;
}

static int answer_news(struct answering *job)
{
    return case_data_version(job->handle, &job->result->data_version,
                             &job->result->error);
}

static int find_groups(struct answering *job, struct position_list *out)
{
    const struct request *request = job->request;
    return query_find_groups(job->handle, &job->scope, (enum group_sort)request->sort,
                             request->descending, request->needle, FIND_LIMIT,
                             &job->result->arena, out, &job->result->error);
}

static int find_hits(struct answering *job, struct position_list *out)
{
    const struct request *request = job->request;
    return query_find_hits(job->handle, &job->scope, (enum operation_sort)request->sort,
                           request->descending, request->needle, FIND_LIMIT,
                           &job->result->arena, out, &job->result->error);
}

static int find_mirrors(struct answering *job, struct position_list *out)
{
    const struct request *request = job->request;
    const struct mirror_scope scope = mirrors_of(job);
    return query_find_mirrors(job->handle, &scope, (enum mirror_sort)request->sort,
                              request->descending, request->needle, FIND_LIMIT,
                              &job->result->arena, out, &job->result->error);
}

static int find_sources(struct answering *job, struct position_list *out)
{
    return query_find_sources(job->handle, job->request->needle, FIND_LIMIT,
                              &job->result->arena, out, &job->result->error);
}

static int find_rejects(struct answering *job, struct position_list *out)
{
    return query_find_rejects(job->handle, job->request->source, job->request->needle,
                              FIND_LIMIT, &job->result->arena, out,
                              &job->result->error);
}

static int find_values(struct answering *job, struct position_list *out)
{
    const struct request *request = job->request;
    const struct tally_scope scope = {job->scope.filter, request->key};
    return query_find_tally(job->handle, &scope, (enum tally_sort)request->sort,
                            request->descending, request->needle, FIND_LIMIT,
                            &job->result->arena, out, &job->result->error);
}

static int find_events(struct answering *job, struct position_list *out)
{
    const struct request *request = job->request;
    const struct events_scope scope = {job->scope.filter, request->from_us,
                                       request->until_us};
    return query_find_events(job->handle, &scope, request->needle, FIND_LIMIT,
                             &job->result->arena, out, &job->result->error);
}

static int (*const finders[REQUEST_KIND_COUNT])(struct answering *job,
                                                struct position_list *out) = {
    [REQUEST_GROUPS] = find_groups,   [REQUEST_HITS] = find_hits,
    [REQUEST_MIRRORS] = find_mirrors, [REQUEST_SOURCES] = find_sources,
    [REQUEST_REJECTS] = find_rejects, [REQUEST_TALLY] = find_values,
    [REQUEST_EVENTS] = find_events,
};

bool request_finds(enum request_kind kind)
{
    return finders[kind] != NULL;
}

static int answer_find(struct answering *job)
{
    return finders[job->request->listed](job, &job->result->positions);
}

static int answer_propose(struct answering *job)
{
    return triage_propose(job->handle, &job->scope, job->request->operation_id,
                          &job->result->arena, &job->result->approval,
                          &job->result->error);
}

static int answer_approve(struct answering *job)
{
    job->result->approval = job->request->approval;
    if (triage_approve(job->handle, &job->context->analyst, job->context->now_us,
                       &job->result->approval, &job->result->error))
        return -1;
    /* Its texts are the request's, which ends here; the id is what is told. */
    int64_t id = job->result->approval.id;
    job->result->approval = (struct approval){.id = id};
    return triage_approvals(job->handle, &job->result->arena, &job->result->approvals,
                            &job->result->error);
}

static int answer_set_enabled(struct answering *job)
{
    job->result->approval.id = job->request->approval_id;
    job->result->approval.enabled = job->request->enabled;
    return triage_set_enabled(job->handle, &job->context->analyst, job->context->now_us,
                              job->request->approval_id, job->request->enabled,
                              &job->result->error);
}

static int answer_undo(struct answering *job)
{
    return triage_undo(job->handle, &job->context->analyst, job->context->now_us,
                       &job->result->arena, &job->result->what, &job->result->error);
}

static int answer_mark_seen(struct answering *job)
{
    return triage_mark_seen(job->handle, job->request->operation_id,
                            &job->result->error);
}

static int answer_relocate(struct answering *job)
{
    const struct request *request = job->request;
    struct stat found;
    bool in_folder = !slice_blank(request->from_folder) &&
                     !stat(request->to_path.data, &found) && S_ISDIR(found.st_mode);
    const char *from = (in_folder ? request->from_folder : request->from_path).data;
    return source_relocate(job->handle, &job->context->analyst, job->context->now_us,
                           from, request->to_path.data, NULL, NULL,
                           &job->result->relocated, &job->result->error);
}

static int (*const answers[REQUEST_KIND_COUNT])(struct answering *job) = {
    [REQUEST_OVERVIEW] = answer_overview, [REQUEST_GROUPS] = answer_groups,
    [REQUEST_HITS] = answer_hits,         [REQUEST_HIT] = answer_hit,
    [REQUEST_LINEAGE] = answer_lineage,   [REQUEST_APPROVALS] = answer_approvals,
    [REQUEST_SOURCES] = answer_sources,   [REQUEST_REJECTS] = answer_rejects,
    [REQUEST_TIMELINE] = answer_timeline, [REQUEST_NEWS] = answer_news,
    [REQUEST_FIND] = answer_find,         [REQUEST_PROPOSE] = answer_propose,
    [REQUEST_APPROVE] = answer_approve,   [REQUEST_SET_ENABLED] = answer_set_enabled,
    [REQUEST_UNDO] = answer_undo,         [REQUEST_MARK_SEEN] = answer_mark_seen,
    [REQUEST_CONTEXT] = answer_context,   [REQUEST_COVERAGE] = answer_coverage,
    [REQUEST_MIRRORS] = answer_mirrors,   [REQUEST_MIRROR] = answer_mirror,
    [REQUEST_RELOCATE] = answer_relocate, [REQUEST_TALLY] = answer_tally,
    [REQUEST_SEARCH] = answer_search,     [REQUEST_EVENTS] = answer_events,
    [REQUEST_EVENT] = answer_event,       [REQUEST_PROOF] = answer_proof,
};

struct result *request_run(const struct request *request, struct case_file *handle,
                           const struct request_context *context)
{
    struct answering job = {.request = request, .handle = handle, .context = context};
    job.result = result_new(request);
    if (!job.result)
        return NULL;
    job.result->failed = scope_make(&job) || answers[request->kind](&job);
    return job.result;
}
