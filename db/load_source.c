#include "config.h"

#include "db/load_internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/date_survey.h"
#include "core/unfold.h"

enum {
    BATCH_BYTES = 8 * 1024 * 1024,
    /* Records between two looks at the stop flag. */
    STOP_INTERVAL = 512,
    UNKNOWN_BYTES_KEPT = 256,
    FORM_CHAIN_MAX = UNFOLD_CHAIN_MAX + 64,
};

bool work_stopped(const struct work *work)
{
    return atomic_load_explicit(&work->load->stop, memory_order_relaxed);
}

/* --- totals and results -------------------------------------------------------- */

static void add_to_totals(struct work *work)
{
    struct load *load = work->load;
    const struct source_progress *now = &work->progress, *before = &work->told;
    pthread_mutex_lock(&load->mutex);
    load->totals.records += now->records - before->records;
    load->totals.events += now->events - before->events;
    load->totals.hits += now->hits - before->hits;
    load->totals.skipped += now->skipped - before->skipped;
    load->totals.unknown += now->unknown - before->unknown;
    load->totals.damaged += now->damaged - before->damaged;
    if (work->consumed > work->bytes_told)
        load->totals.bytes_done += work->consumed - work->bytes_told;
    pthread_mutex_unlock(&load->mutex);
    work->told = *now;
    work->bytes_told = work->consumed;
}

void load_end_file(struct work *work)
{
    struct load *load = work->load;
    const struct path_entry *entry = &load->files.entries[work->file];
    pthread_mutex_lock(&load->mutex);
    if (entry->bytes > work->bytes_told && !entry->followed)
        load->totals.bytes_done += entry->bytes - work->bytes_told;
    pthread_mutex_unlock(&load->mutex);
}

/* Under the mutex. NULL: it is not told. */
static struct load_result *new_result(struct load_results *results)
{
    if (results->count == LIMIT_RESULTS)
        return NULL;
    if (results->count == results->room) {
        size_t room = results->room ? 2 * results->room : 64;
        struct load_result *items = realloc(results->items, room * sizeof *items);
        if (!items)
            return NULL;
        results->items = items;
        results->room = room;
    }
    return &results->items[results->count++];
}

void load_tell_result(struct work *work, const char *status, const char *reason,
                      bool duplicate)
{
    struct load *load = work->load;
    pthread_mutex_lock(&load->mutex);
    struct load_result *result = new_result(&load->results);
    if (result) {
        *result = (struct load_result){
            .told = {.path = load->files.entries[work->file].path,
                     .member = strdup(work->member),
                     .status = strdup(status),
                     .reason = strdup(reason),
                     .duplicate = duplicate,
                     .progress = work->progress},
            .file = work->file,
            .ordinal = work->ordinal,
        };
        result->told.progress.forms = SLICE_NONE;
    }
    load->totals.untold += !result;
    load->totals.members += work->ordinal != 0;
    load->totals.files_done += work->ordinal == 0;
    load->totals.partial += !strcmp(status, "partial");
    load->totals.failed += !strcmp(status, "failed");
    load->totals.duplicates += duplicate;
    pthread_mutex_unlock(&load->mutex);
    if (load->changed)
        load->changed(load->payload);
}

/* --- one record ---------------------------------------------------------------- */

static void note_form(struct work *work, struct slice form)
{
    size_t at = 0;
    while (at < work->form_count) {
        int order = slice_compare(work->forms[at], form);
        if (order == 0)
            return;
        if (order > 0)
            break;
        at++;
    }
    if (work->form_count == FORMS_MAX)
        return;
    memmove(work->forms + at + 1, work->forms + at,
            (work->form_count - at) * sizeof *work->forms);
    work->forms[at] = form; /* names of forms are static text */
    work->form_count++;
}

/* What there is no room for is not told, but counted all the same. */
static void count_remark(struct counted *remarks, size_t *count, const char *text)
{
    size_t i = 0, length = sizeof remarks->text - 1;
    while (i < *count && strncmp(remarks[i].text, text, length))
        i++;
    if (i == SKIP_REASONS_MAX)
        return;
    if (i == *count) {
        remarks[(*count)++] = (struct counted){.count = 0};
        memcpy(remarks[i].text, text, strnlen(text, length));
    }
    remarks[i].count++;
}

/* Whether the present record is not in the case yet. */
static bool is_fresh(const struct work *work, const struct frame_item *item)
{
    return item->offset > work->resume_offset ||
           (item->offset == work->resume_offset && work->leaf >= work->resume_leaf);
}

static int keep_reject(struct work *work, enum reject_kind kind,
                       const struct frame_item *item, const char *reason,
                       struct slice bytes)
{
    if (kind == REJECT_NOTE)
        count_remark(work->notes, &work->note_count, reason);
    else if (++work->rejects_kept > LIMIT_REJECTS_KEPT)
        return 0;
    if (!is_fresh(work, item))
        return 0;
    size_t limit = kind == REJECT_UNKNOWN ? UNKNOWN_BYTES_KEPT : LIMIT_REJECT_BYTES;
    return event_batch_reject(work->batch, kind, item->offset, item->length, reason,
                              slice_first(bytes, limit));
}

int load_append(struct work *work, const struct source_end *end, struct error *error)
{
    size_t used = 0;
    work->forms_text[0] = '\0';
    for (size_t i = 0; i < work->form_count; i++) {
        int length =
            snprintf(work->forms_text + used, sizeof work->forms_text - used, "%s%.*s",
                     i ? ";" : "", (int)work->forms[i].length, work->forms[i].data);
        if (length < 0 || (size_t)length >= sizeof work->forms_text - used)
            break;
        used += (size_t)length;
    }
    work->progress.forms = slice_from(work->forms_text);
    if (store_append(work->load->store, work->source, work->batch, &work->progress, end,
                     error))
        return -1;
    add_to_totals(work);
    if (work->load->changed && !end)
        work->load->changed(work->load->payload);
    return 0;
}

static int keep_hit(struct work *work, struct leaf *leaf, const struct frame_item *item,
                    const struct rule_match *match)
{
    char chain[FORM_CHAIN_MAX];
    struct slice form = leaf->event.text[FIELD_FORM];
    snprintf(chain, sizeof chain, "%s%s%.*s", leaf->chain, leaf->chain[0] ? ">" : "",
             (int)form.length, form.data);
    mirror_facts(&leaf->event, leaf->read, &work->facts);

    const struct rule_set *rules = work->load->options.rules;
    struct slice parts[2 * LIMIT_RULES_PER_EVENT];
    size_t count = 0;
    struct slice technique = SLICE_NONE;
    for (size_t i = 0; i < match->count; i++) {
        const struct rule *rule = rule_set_get(rules, match->rules[i]);
        if (i)
            parts[count++] = SLICE(";");
        parts[count++] = slice_from(rule->id);
        if (!slice_present(technique))
            technique = slice_from(rule->technique);
    }
    struct batch_hit hit = {
        .event = leaf->event,
        .raw = leaf->raw,
        .offset = item->offset,
        .leaf = work->leaf,
        .length = (uint32_t)item->length,
        .form_chain = chain,
        .lifecycle = match->lifecycle,
        .severity = match->severity,
        .confidence = match->confidence,
        .rules = arena_join(&work->facts, parts, count),
        .technique = technique,
    };
    return event_batch_hit(work->batch, &hit);
}

static void fill_fact(struct fact *fact, const struct event *event, struct slice act_id)
{
    fact->time_us = event->time_us;
    fact->provider = event->provider;
    fact->outcome = event->outcome;
    fact->phase = event->phase;
    fact->act_id = act_id;
    fact->order = event->text[FIELD_EVENT_ID];
    if (!fact->account.length)
        fact->account = event->text[FIELD_ACCOUNT];
    if (!fact->region.length)
        fact->region = event->text[FIELD_REGION];
    fact->actor = event->text[FIELD_ACTOR];
}

static bool is_neighbour(enum fact_thing thing)
{
    return thing == THING_INTERFACE || thing == THING_MACHINE ||
           thing == THING_BALANCER;
}

/* What is neither a hit nor one record of several tells who did it only where that ends
 * something, and needs no id: there may be very many of them. */
static bool is_plain_neighbour(const struct event *event, bool hit)
{
    return !hit && event->phase == PHASE_SINGLE;
}

static void thin_out(struct fact *fact)
{
    fact->act_id = fact->order = SLICE_NONE;
    if (fact->act != ACT_DELETE && fact->act != ACT_RESTART)
        fact->actor = SLICE_NONE;
}

static int keep_facts(struct work *work, const struct leaf *leaf,
                      const struct frame_item *item, bool hit)
{
    const struct event *event = &leaf->event;
    struct fact_list facts;
    char id[OPERATION_ID_LENGTH + 1];
    bool plain = is_plain_neighbour(event, hit);
    if (plain && outcome_is_attempt(event->outcome))
        return 0;
    fact_read(event, leaf->read, &work->facts, &facts);
    if (facts.failed)
        return -1;
    operation_id(event, leaf->raw, id);
    for (size_t i = 0; i < facts.count; i++) {
        fill_fact(&facts.facts[i], event, slice_from(id));
        if (plain && is_neighbour(facts.facts[i].thing))
            thin_out(&facts.facts[i]);
    }
    if (facts.left_out &&
        keep_reject(work, REJECT_NOTE, item,
                    "names more interfaces than the ledger keeps of one record",
                    leaf->raw))
        return -1;
    return event_batch_facts(work->batch, &facts, item->offset, work->leaf);
}

/* Everything up to the present record is committed with its place; done: it too. */
static int append_so_far(struct work *work, const struct frame_item *item, bool done,
                         struct error *error)
{
    struct source_progress *now = &work->progress;
    /* What is read again lies before that. */
    if (is_fresh(work, item)) {
        now->resume_offset = item->offset;
        now->resume_leaf = work->leaf + done;
    }
    return load_append(work, NULL, error);
}

static const char doubtful_dates[] =
    "day and month of dates are in doubt, month first is assumed: say --date-order dmy "
    "or mdy";

/*
 * 03/04/2026: the other stamps of the source decide.  A source that is not in the
 * window as a whole is judged by what was read of it so far.
 */
static void settle_dates(struct work *work, struct event *event)
{
    const struct source_window *window = work->window;
    enum date_order order = normaliser_date_order(work->normaliser);
    bool whole = window->base == 0 && window->state != SOURCE_MORE;
    if (!work->dates_surveyed && window->base == 0)
        order = date_survey(work->load->projection,
                            (struct slice){window->data, window->length});
    else if (whole)
        order = DATE_ORDER_UNKNOWN;
    work->dates_surveyed = true;
    if (order == DATE_ORDER_UNKNOWN)
        count_remark(work->notes, &work->note_count, doubtful_dates);
    else
        normaliser_set_date_order(work->normaliser, order, event);
}

static int take_event(struct work *work, struct leaf *leaf,
                      const struct frame_item *item, struct error *error)
{
    struct rule_match match;
    struct event *event = &leaf->event;
    if (event->time_quality == TIME_DAY_MONTH_AMBIGUOUS)
        settle_dates(work, event);
    enum truth truth = detector_check(work->detector, event, SLICE_NONE, &match);
    if (truth == TRUTH_UNKNOWN)
        truth = detector_check(work->detector, event, leaf->read, &match);
    bool hit = truth == TRUTH_TRUE;
    if (hit && match.lifecycle == LIFECYCLE_NONE)
        match.lifecycle = lifecycle_from_operation(event->text[FIELD_OPERATION]);
    bool fresh = is_fresh(work, item);
    enum lifecycle lifecycle = hit ? match.lifecycle : LIFECYCLE_NONE;
    uint32_t length = (uint32_t)item->length;
    if (fresh &&
        !event_batch_add(work->batch, event, lifecycle, item->offset, length)) {
        if (append_so_far(work, item, false, error))
            return -1;
        if (!event_batch_add(work->batch, event, lifecycle, item->offset, length))
            return error_set(error, ERROR_LIMIT, "one event does not fit a batch");
    }
    source_notes_see(&work->exports, event, leaf->chain);
    work->tail_is_event = true;
    work->progress.events++;
    work->progress.hits += hit;
    time_span_widen(&work->progress.first_us, &work->progress.last_us, event->time_us);
    note_form(work, event->text[FIELD_FORM]);
    if (fresh && match.facts && keep_facts(work, leaf, item, hit))
        return error_set(error, ERROR_MEMORY, "no memory for the facts of a record");
    if (hit && fresh && keep_hit(work, leaf, item, &match))
        return error_set(error, ERROR_MEMORY, "no memory for a hit");
    if (leaf->remark)
        count_remark(work->notes, &work->note_count, leaf->remark);
    work->degraded = work->degraded || leaf->note;
    if (leaf->note && keep_reject(work, REJECT_NOTE, item, leaf->note, leaf->raw))
        return error_set(error, ERROR_MEMORY, "no memory for a note");
    return 0;
}

/* A snapshot is no event, and shows what stands when it was taken: at the file's time.
 */
static int keep_state(struct work *work, const struct leaf *leaf,
                      const struct frame_item *item)
{
    struct fact_list facts;
    struct event event;
    char id[OPERATION_ID_LENGTH + 1];
    event_clear(&event);
    fact_read_state(leaf->read, &work->facts, &event.provider, &facts);
    event.time_us = source_reader_mtime(work->reader);
    event.outcome = OUTCOME_SUCCESS;
    operation_id(&event, leaf->raw, id);
    for (size_t i = 0; i < facts.count; i++)
        fill_fact(&facts.facts[i], &event, slice_from(id));
    if (facts.failed)
        return -1;
    return event_batch_facts(work->batch, &facts, item->offset, work->leaf);
}

/* What else is told of a leaf; -1 without memory. */
static int take_other(struct work *work, const struct leaf *leaf,
                      const struct frame_item *item)
{
    switch (leaf->class) {
    case RECORD_EVENT:
        break;
    case RECORD_SKIPPED:
    case RECORD_STATE:
        work->progress.skipped++;
        count_remark(work->skips, &work->skip_count, leaf->reason);
        return leaf->class == RECORD_STATE && is_fresh(work, item)
                   ? keep_state(work, leaf, item)
                   : 0;
    case RECORD_UNKNOWN:
        work->progress.unknown++;
        return keep_reject(work, REJECT_UNKNOWN, item, leaf->reason, leaf->raw);
    case RECORD_DAMAGED:
        work->progress.damaged++;
        return keep_reject(work, REJECT_DAMAGED, item, leaf->reason, leaf->raw);
    case RECORD_NOTE:
        return keep_reject(work, REJECT_NOTE, item, leaf->reason, leaf->raw);
    }
    return 0;
}

/* The record that is being unfolded. */
struct taking {
    struct work *work;
    const struct frame_item *item;
    struct error *error;
};

static int take_leaf(struct leaf *leaf, void *payload)
{
    const struct taking *taking = payload;
    struct work *work = taking->work;
    int result = leaf->class == RECORD_EVENT
                     ? take_event(work, leaf, taking->item, taking->error)
                     : take_other(work, leaf, taking->item);
    arena_reset(&work->facts);
    if (result)
        return leaf->class == RECORD_EVENT
                   ? -1
                   : error_set(taking->error, ERROR_MEMORY, "no memory for a record");
    work->progress.records += leaf->class != RECORD_NOTE;
    if (event_batch_bytes(work->batch) > BATCH_BYTES &&
        append_so_far(work, taking->item, true, taking->error))
        return -1;
    work->leaf++;
    return 0;
}

static int take_record(struct work *work, const struct frame_item *item,
                       struct error *error)
{
    struct taking taking = {work, item, error};
    return unfold(work->unfolder, item, work->slots, take_leaf, &taking);
}

/* What is no record of JSON or text. */
static int take_rest(struct work *work, const struct frame_item *item,
                     struct error *error)
{
    enum reject_kind kind = REJECT_NOTE;
    if (item->kind == FRAME_REJECT) {
        kind = REJECT_DAMAGED;
        work->progress.records++;
        work->progress.damaged++;
    }
    if (keep_reject(work, kind, item, item->reason, item->bytes))
        return error_set(error, ERROR_MEMORY, "no memory for a record");
    if (event_batch_bytes(work->batch) > BATCH_BYTES)
        return append_so_far(work, item, true, error);
    return 0;
}

/* --- one source ---------------------------------------------------------------- */

/* What comes after the end of the window, if anything does, may belong to a line that
 * has no end yet, or to what was rejected because it was cut off. */
static void note_tail(struct work *work, const struct frame_item *item,
                      uint64_t window_end)
{
    work->tail_offset = item->offset;
    work->tail_open = item->kind != FRAME_JSON && item->kind != FRAME_NOTE &&
                      item->offset + item->length >= window_end;
    work->tail_is_event = false;
}

int load_take_window(struct work *work, const struct source_window *window,
                     size_t *tail, struct error *error)
{
    work->window = window;
    framer_window(work->framer, window->data, window->length, window->base,
                  window->state != SOURCE_MORE, window->state == SOURCE_CUT);
    struct frame_item item;
    for (unsigned taken = 1;; taken++) {
        framer_next(work->framer, &item, work->slots);
        if (item.kind == FRAME_MORE || item.kind == FRAME_END) {
            *tail = framer_tail(work->framer);
            return 0;
        }
        note_tail(work, &item, window->base + window->length);
        work->leaf = 0;
        int result = item.kind == FRAME_JSON || item.kind == FRAME_LINE
                         ? take_record(work, &item, error)
                         : take_rest(work, &item, error);
        if (result)
            return -1;
        if (taken % STOP_INTERVAL == 0 && work_stopped(work))
            return error_set(error, ERROR_INTERRUPTED, "stopped");
    }
}

static int embed(struct work *work, const struct source_window *window,
                 uint64_t *embedded)
{
    uint64_t end = window->base + window->length;
    if (end <= *embedded)
        return 0;
    size_t from = (size_t)(*embedded - window->base);
    struct slice fresh = {window->data + from, window->length - from};
    *embedded = end;
    /* Of a source that goes on, the case may have none of the bytes yet. */
    bool none = work->growth.kind == GROWTH_CONTINUES && !work->growth.embedded;
    if (end <= work->resume_offset && !none)
        return 0;
    return event_batch_embed(work->batch, end - fresh.length, fresh);
}

/* -1 with ERROR_INPUT: the input failed, and only it. */
int load_take_source(struct work *work, bool embedding, struct error *error)
{
    struct source_window window = {0};
    uint64_t embedded = 0;
    size_t tail = 0;
    do {
        if (source_reader_next(work->reader, tail, &window, error))
            return -1;
        work->consumed = source_reader_consumed(work->reader);
        if (embedding && embed(work, &window, &embedded))
            return error_set(error, ERROR_MEMORY, "no memory to embed the input");
        if (load_take_window(work, &window, &tail, error))
            return -1;
        add_to_totals(work);
    } while (window.state == SOURCE_MORE);
    work->progress.unpacked_bytes = window.base + window.length;
    return 0;
}

static size_t add_reason(char *out, size_t used, const char *format, uint64_t count,
                         const char *text)
{
    if (used && used < REASON_MAX)
        used += (size_t)snprintf(out + used, REASON_MAX - used, "; ");
    if (used < REASON_MAX)
        used += (size_t)snprintf(out + used, REASON_MAX - used, format,
                                 (unsigned long long)count, text);
    return used < REASON_MAX ? used : REASON_MAX;
}

static size_t add_export_notes(char *out, size_t used, const struct work *work)
{
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < SOURCE_EXPORTS; i++) {
        struct slice note = source_notes_tell(&work->exports, i, &arena);
        if (slice_present(note))
            used = add_reason(out, used, "%.0llu%s", 0, note.data);
    }
    arena_fini(&arena);
    return used;
}

const char *load_judge_source(const struct work *work, const char *failure,
                              const char *cut, const char *note,
                              char reason[REASON_MAX])
{
    const struct source_progress *got = &work->progress;
    size_t used = 0;
    reason[0] = '\0';
    if (failure)
        used = add_reason(reason, used, "%.0llu%s", 0, failure);
    if (cut[0])
        used = add_reason(reason, used, "%.0llu%s", 0, cut);
    if (note[0])
        used = add_reason(reason, used, "%.0llu%s", 0, note);
    if (got->damaged)
        used = add_reason(reason, used, "%llu damaged%s", got->damaged, "");
    if (got->unknown)
        used = add_reason(reason, used, "%llu of unknown kind%s", got->unknown, "");
    for (size_t i = 0; i < work->skip_count; i++)
        used = add_reason(reason, used, "%llu skipped: %s", work->skips[i].count,
                          work->skips[i].text);
    for (size_t i = 0; i < work->note_count; i++)
        used = add_reason(reason, used, "%.0llu%s", 0, work->notes[i].text);
    add_export_notes(reason, used, work);
    if (failure && !got->records)
        return "failed";
    bool whole = !failure && !cut[0] && !got->damaged && !got->unknown;
    return whole && !work->degraded ? "done" : "partial";
}

/* Under load.ending. */
static int end_source(struct work *work, struct source_end *end,
                      char reason[REASON_MAX], struct error *error)
{
    bool twin = false;
    if (strcmp(end->status, "failed") != 0 &&
        load_find_twin(work, reason, &twin, error))
        return -1;
    if (twin) {
        end->status = "skipped";
        end->doubled = true;
        work->progress = (struct source_progress){
            .first_us = EVENT_TIME_NONE,
            .last_us = EVENT_TIME_NONE,
            .unpacked_bytes = work->progress.unpacked_bytes,
        };
        work->form_count = 0;
    }
    return load_append(work, end, error);
}

int load_finish_source(struct work *work, const char *failure, struct error *error)
{
    char reason[REASON_MAX];
    const char *note = source_reader_note(work->reader);
    if (source_reader_bytes(work->reader) == 0)
        note = "the file is empty";
    struct source_end end = {
        .status = load_judge_source(work, failure, source_reader_reason(work->reader),
                                    note, reason),
        .reason = reason,
        .sha256 = source_reader_sha256(work->reader),
        .bytes = source_reader_bytes(work->reader),
        .open_end = work->tail_open && work->tail_is_event,
        .content = source_reader_content(work->reader),
    };
    load_resume_at(&work->progress, work->tail_open && !work->tail_is_event
                                        ? work->tail_offset
                                        : work->progress.unpacked_bytes);
    pthread_mutex_lock(&work->load->ending);
    int result = end_source(work, &end, reason, error);
    pthread_mutex_unlock(&work->load->ending);
    if (!result)
        load_tell_result(work, end.status, reason, end.doubled);
    return result;
}

void load_start_progress(struct work *work)
{
    work->progress = (struct source_progress){.first_us = EVENT_TIME_NONE,
                                              .last_us = EVENT_TIME_NONE};
    work->told = work->progress;
    if (!work->ordinal)
        work->consumed = work->bytes_told = 0;
    work->rejects_kept = 0;
    work->resume_offset = work->resume_leaf = 0;
    work->head = 0;
    work->growth = (struct growth_found){.kind = GROWTH_NONE};
    work->tail_open = work->tail_is_event = false;
    work->degraded = false;
    work->dates_surveyed = false;
    work->form_count = work->skip_count = work->note_count = 0;
    source_notes_reset(&work->exports);
}
