#include "config.h"

#include "db/load_tally.h"

#include <stdio.h>

void tally_reset(struct load_tally *tally)
{
    *tally = (struct load_tally){
        .progress = {.first_us = EVENT_TIME_NONE, .last_us = EVENT_TIME_NONE},
    };
    source_notes_reset(&tally->exports);
    state_lists_reset(&tally->lists);
}

void tally_form(struct load_tally *tally, struct slice form)
{
    size_t at = 0;
    while (at < tally->form_count) {
        int order = slice_compare(tally->forms[at], form);
        if (order == 0)
            return;
        if (order > 0)
            break;
        at++;
    }
    if (tally->form_count == FORMS_MAX)
        return;
    memmove(tally->forms + at + 1, tally->forms + at,
            (tally->form_count - at) * sizeof *tally->forms);
    tally->forms[at] = form;
    tally->form_count++;
}

static void add_remark(struct remarks *remarks, const char *text, uint64_t count)
{
    size_t i = 0, length = sizeof remarks->items->text - 1;
    while (i < remarks->count && strncmp(remarks->items[i].text, text, length))
        i++;
    if (i == REMARKS_MAX)
        return;
    if (i == remarks->count) {
        remarks->items[remarks->count++] = (struct remark){.count = 0};
        memcpy(remarks->items[i].text, text, strnlen(text, length));
    }
    remarks->items[i].count += count;
}

void tally_unknown(struct load_tally *tally, const char *reason)
{
    tally->progress.unknown++;
    if (!tally->unknown[0])
        snprintf(tally->unknown, sizeof tally->unknown, "%s", reason);
}

void tally_remark(struct remarks *remarks, const char *text)
{
    add_remark(remarks, text, 1);
}

static void add_remarks(struct remarks *remarks, const struct remarks *more)
{
    for (size_t i = 0; i < more->count; i++)
        add_remark(remarks, more->items[i].text, more->items[i].count);
}

static void add_progress(struct source_progress *progress,
                         const struct source_progress *more)
{
    progress->records += more->records;
    progress->events += more->events;
    progress->skipped += more->skipped;
    progress->unknown += more->unknown;
    progress->damaged += more->damaged;
    progress->hits += more->hits;
    time_span_widen(&progress->first_us, &progress->last_us, more->first_us);
    time_span_widen(&progress->first_us, &progress->last_us, more->last_us);
}

void tally_add(struct load_tally *tally, const struct load_tally *part)
{
    add_progress(&tally->progress, &part->progress);
    tally->rejects_kept += part->rejects_kept;
    for (size_t i = 0; i < part->form_count; i++)
        tally_form(tally, part->forms[i]);
    if (!tally->unknown[0])
        memcpy(tally->unknown, part->unknown, sizeof tally->unknown);
    add_remarks(&tally->skips, &part->skips);
    add_remarks(&tally->notes, &part->notes);
    source_notes_add(&tally->exports, &part->exports);
    state_lists_add(&tally->lists, &part->lists);
    tally->degraded = tally->degraded || part->degraded;
    if (!part->any_item)
        return;
    tally->any_item = true;
    tally->tail_offset = part->tail_offset;
    tally->tail_open = part->tail_open;
    tally->tail_is_event = part->tail_is_event;
}

struct slice tally_forms(const struct load_tally *tally, char text[TALLY_FORMS_BYTES])
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < tally->form_count; i++) {
        struct slice form = tally->forms[i];
        int length = snprintf(text + used, TALLY_FORMS_BYTES - used, "%s%.*s",
                              i ? ";" : "", (int)form.length, form.data);
        if (length < 0 || (size_t)length >= TALLY_FORMS_BYTES - used)
            break;
        used += (size_t)length;
    }
    return (struct slice){text, used};
}

/* --- the reason ---------------------------------------------------------------- */

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

static size_t add_export_notes(char *out, size_t used, const struct load_tally *tally)
{
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < SOURCE_EXPORTS; i++) {
        struct slice note = source_notes_tell(&tally->exports, i, &arena);
        if (slice_present(note))
            used = add_reason(out, used, "%.0llu%s", 0, note.data);
    }
    arena_fini(&arena);
    return used;
}

const char *tally_judge(const struct load_tally *tally, const char *failure,
                        const char *cut, const char *note, char reason[REASON_MAX])
{
    const struct source_progress *got = &tally->progress;
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
        used = add_reason(reason, used,
                          tally->unknown[0] ? "%llu of unknown kind, the first: %s"
                                            : "%llu of unknown kind%s",
                          got->unknown, tally->unknown);
    for (size_t i = 0; i < tally->skips.count; i++)
        used = add_reason(reason, used, "%llu skipped: %s", tally->skips.items[i].count,
                          tally->skips.items[i].text);
    for (size_t i = 0; i < tally->notes.count; i++)
        used = add_reason(reason, used, "%.0llu%s", 0, tally->notes.items[i].text);
    add_export_notes(reason, used, tally);
    if (failure && !got->records)
        return "failed";
    bool whole = !failure && !cut[0] && !got->damaged && !got->unknown;
    return whole && !tally->degraded ? "done" : "partial";
}
