#include "config.h"

#include "db/load_parts.h"

/* Records between two looks at the stop flag. */
enum { STOP_INTERVAL = 512 };

bool work_stopped(const struct work *work)
{
    return atomic_load_explicit(&work->load->stop, memory_order_relaxed);
}

int load_append(struct work *work, const struct source_end *end, struct error *error)
{
    work->tally.progress.forms = tally_forms(&work->tally, work->forms_text);
    if (store_append(work->load->store, work->source, work->batch,
                     &work->tally.progress, end, error))
        return -1;
    load_add_to_totals(work);
    if (work->load->changed && !end)
        work->load->changed(work->load->payload);
    return 0;
}

/* --- one source ---------------------------------------------------------------- */

/* Whether what comes after the end of the window, if anything does, may belong to the
 * item: a line or row that has no end yet, or what was rejected up to there. */
static bool is_open(const struct work *work, const struct frame_item *item,
                    const struct source_window *window)
{
    bool closed = item->kind == FRAME_NOTE || (item->kind == FRAME_JSON && !item->row);
    if (closed || framer_tail(work->framer) < window->length)
        return false;
    return item->kind == FRAME_REJECT || window->data[window->length - 1] != '\n';
}

static void note_tail(struct work *work, const struct frame_item *item,
                      const struct source_window *window)
{
    work->tally.any_item = true;
    work->tally.tail_offset = item->offset;
    work->tally.tail_open = is_open(work, item, window);
    work->tally.tail_is_event = false;
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
        note_tail(work, &item, window);
        if (load_take_item(work, &item, error))
            return -1;
        if (taken % STOP_INTERVAL == 0 && work_stopped(work))
            return error_set(error, ERROR_INTERRUPTED, "stopped");
    }
}

/* A source that fits the window is read at once. */
int load_take_source(struct work *work, bool embedding, struct error *error)
{
    struct source_window window = {.state = SOURCE_WHOLE};
    struct slice content;
    size_t tail;
    if (!source_reader_whole(work->reader, &content))
        return load_take_parts(work, embedding, error);
    work->consumed = source_reader_consumed(work->reader);
    window.data = content.data;
    window.length = content.length;
    window.state = source_reader_end(work->reader);
    if (embedding && content.length > work->resume_offset &&
        event_batch_embed(work->batch, 0, content))
        return error_set(error, ERROR_MEMORY, "no memory to embed the input");
    work->tally.progress.unpacked_bytes = content.length;
    return load_take_window(work, &window, &tail, error);
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
        work->tally.progress = (struct source_progress){
            .first_us = EVENT_TIME_NONE,
            .last_us = EVENT_TIME_NONE,
            .unpacked_bytes = work->tally.progress.unpacked_bytes,
        };
        work->tally.form_count = 0;
    } else if (!strcmp(end->status, "done") && load_keep_lists(work))
        return error_set(error, ERROR_MEMORY, "no memory for the facts of a source");
    return load_append(work, end, error);
}

/* What is said where nothing was there (query.h, source_word), or "". */
static const char *note_of_empty(const struct work *work)
{
    if (work->tally.progress.records)
        return "";
    return source_reader_bytes(work->reader) ? "empty: no record is in it"
                                             : "empty: the file has no bytes";
}

int load_finish_source(struct work *work, const char *failure, struct error *error)
{
    char reason[REASON_MAX];
    const char *cut = source_reader_reason(work->reader);
    /* What was not read may have been records, whoever wrote it. */
    if (!cut[0])
        cut = source_reader_note(work->reader);
    const char *note = failure || cut[0] ? "" : note_of_empty(work);
    struct source_end end = {
        .status = tally_judge(&work->tally, failure, cut, note, reason),
        .reason = reason,
        .sha256 = source_reader_sha256(work->reader),
        .sample = work->ordinal ? NULL : work->sample,
        .bytes = source_reader_bytes(work->reader),
        .open_end = work->tally.tail_open && work->tally.tail_is_event,
        .content = source_reader_content(work->reader),
    };
    load_resume_at(&work->tally.progress,
                   work->tally.tail_open && !work->tally.tail_is_event
                       ? work->tally.tail_offset
                       : work->tally.progress.unpacked_bytes);
    pthread_mutex_lock(&work->load->ending);
    int result = end_source(work, &end, reason, error);
    pthread_mutex_unlock(&work->load->ending);
    if (!result)
        load_tell_result(work, note[0] ? "empty" : end.status, reason, end.doubled);
    return result;
}

void load_start_progress(struct work *work)
{
    tally_reset(&work->tally);
    work->told = work->tally.progress;
    if (!work->ordinal)
        work->consumed = work->bytes_told = 0;
    work->resume_offset = work->resume_leaf = 0;
    work->head = 0;
    if (!work->ordinal)
        work->sample[0] = '\0';
    work->growth = (struct growth_found){.kind = GROWTH_NONE};
}
