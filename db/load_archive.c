#include "config.h"

#include "db/load_internal.h"

#include <stdio.h>

/* Each member is a source of its own; one that cannot be read hinders no other. */
static int load_member(struct work *work, const struct source_member *member,
                       struct error *error)
{
    work->member = member->name;
    work->ordinal++;
    load_start_progress(work);
    return member->failure ? load_record_failure(work, member->failure, error)
                           : load_opened(work, error);
}

/* What is said of the archive as a whole, which has no records of its own. */
static int finish_archive(struct work *work, const char *failure, struct error *error)
{
    char reason[REASON_MAX];
    uint64_t links = source_reader_passed_over(work->reader);
    const char *cut = failure ? failure : source_reader_reason(work->reader);
    if (!cut[0])
        cut = source_reader_note(work->reader);
    int used = snprintf(reason, sizeof reason, "an archive of %llu member%s%s%s",
                        (unsigned long long)work->ordinal,
                        work->ordinal == 1 ? "" : "s", cut[0] ? "; " : "", cut);
    if (links && used > 0 && (size_t)used < sizeof reason)
        snprintf(reason + used, sizeof reason - (size_t)used,
                 "; %llu links or devices passed over", (unsigned long long)links);
    struct source_end end = {
        .status = !cut[0]         ? "done"
                  : work->ordinal ? "partial"
                                  : "failed",
        .reason = reason,
        .sha256 = source_reader_sha256(work->reader),
        .bytes = source_reader_bytes(work->reader),
    };
    load_start_progress(work);
    work->member = "";
    work->ordinal = 0;
    if (store_append(work->load->store, work->source, work->batch,
                     &work->tally.progress, &end, error))
        return -1;
    load_tell_result(work, end.status, reason, false);
    return 0;
}

int load_members(struct work *work, struct error *error)
{
    int64_t archive = work->source;
    struct source_member member;
    int result;
    while ((result = source_reader_next_member(work->reader, &member, error)) > 0) {
        if (load_member(work, &member, error))
            return -1;
        if (work_stopped(work))
            return error_set(error, ERROR_INTERRUPTED, "stopped");
    }
    work->source = archive;
    if (result < 0 && error->code != ERROR_INPUT)
        return -1;
    return finish_archive(work, result < 0 ? error->message : NULL, error);
}
