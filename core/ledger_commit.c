/*
 * Lines of Junos and IOS XR, which are a candidate until a commit.
 *
 * `commit check` commits nothing, whatever is logged of it.  `rollback N` makes the
 * candidate what was committed N commits ago; a `commit confirmed` that nobody confirms
 * is taken back by the device, which says so.  `load override` puts a file in the place
 * of all that stands, and the logs do not show what is in it.  IOS XR logs the number
 * of a commit and not its lines.  Source: Juniper, "Commit the Configuration" and
 * "Rolling Back"; the messages UI_COMMIT, UI_COMMIT_COMPLETED, UI_COMMIT_NOT_CONFIRMED
 * and UI_LOAD_EVENT.
 */
#include "config.h"

#include "core/ledger_device.h"

bool device_needs_commit(const struct fact *fact)
{
    return fact->provider == PROVIDER_JUNOS || fact->provider == PROVIDER_CISCO_IOSXR;
}

/* ---- back to an earlier commit ---- */

static void go_back(struct device *device, const struct fact *fact, size_t commit,
                    const char *how)
{
    for (struct session *session = (struct session *)device->ledger->tracks; session;
         session = device_next(session)) {
        if (session->changed_in <= commit)
            continue;
        if (!session->exists)
            device_revive(device, session, fact, how);
        else if (session->made_in > commit && !session->before_log)
            device_delete(device, session, fact, how);
        else
            device_doubt(device, session, fact, how, how);
        session->changed_in = device->commits;
    }
}

static void doubt_all(struct device *device, const struct fact *fact)
{
    for (struct session *session = (struct session *)device->ledger->tracks; session;
         session = device_next(session))
        device_doubt(device, session, fact, "the configuration was replaced",
                     "unknown: the configuration was replaced by a file");
}

/* The device took the last commit back by itself. */
static void take_back(struct device *device, const struct fact *fact)
{
    size_t last = device->trial ? device->trial : device->commits;
    device->candidate_count = 0;
    device->rolled_back = device->replaced = false;
    device->trial = 0;
    device->commits++;
    go_back(device, fact, last ? last - 1 : 0, "the commit was not confirmed");
}

/* "rollback 3", "load override": another candidate takes the place of the lines.  What
 * is merged into it the audit tells. */
static void change_candidate(struct device *device, struct slice words)
{
    bool load = slice_equal(slice_word(&words), SLICE("load"));
    struct slice what = slice_word(&words);
    size_t steps = 0;
    if (load && !slice_equal(what, SLICE("override")))
        return;
    for (size_t i = 0; !load && i < what.length && i < 3; i++)
        steps = steps * 10 + (size_t)(what.data[i] - '0') % 10;
    device->candidate_count = 0;
    device->replaced = load;
    device->rolled_back = steps > 0; /* 0 is the configuration that holds */
    device->back_to = device->commits > steps ? device->commits - steps : 0;
}

/* ---- a commit ---- */

/* The line takes effect at the commit, and stays its author's. */
static const struct fact *committed(struct device *device, const struct fact *line,
                                    const struct fact *commit)
{
    struct fact *fact = ledger_alloc(device->ledger, sizeof *fact);
    if (!fact)
        return NULL;
    *fact = *line;
    fact->time_us = commit->time_us;
    fact->outcome = commit->outcome;
    return fact;
}

static void note_blind(struct device *device, const struct fact *fact)
{
    device->blind_commits++;
    if (!device->first_commit)
        device->first_commit = fact;
    device->last_commit = fact;
}

static void commit(struct device *device, const struct fact *fact)
{
    enum device_request request = device->request;
    device->request = REQUEST_COMMIT;
    if (request == REQUEST_CHECK)
        return;
    device->commits++;
    if (device->rolled_back)
        go_back(device, fact, device->back_to, "rolled back to an earlier commit");
    if (device->replaced)
        doubt_all(device, fact);
    device->rolled_back = device->replaced = false;
    for (size_t i = 0; i < device->candidate_count; i++) {
        const struct fact *line = committed(device, device->candidate[i], fact);
        if (line)
            device_apply(device, line);
    }
    if (!device->candidate_count && fact->text[FACT_LABEL].length)
        note_blind(device, fact);
    device->candidate_count = 0;
    device->confirmed = request != REQUEST_TRIAL;
    if (!device->confirmed)
        device->trial = device->commits;
    device_save(device);
}

static enum device_request request_of(struct slice words)
{
    slice_word(&words); /* commit */
    struct slice kind = slice_word(&words);
    return slice_equal(kind, SLICE("check"))       ? REQUEST_CHECK
           : slice_equal(kind, SLICE("confirmed")) ? REQUEST_TRIAL
                                                   : REQUEST_COMMIT;
}

void device_take_commit(struct device *device, const struct fact *fact)
{
    struct slice words = fact->text[FACT_KIND];
    if (fact->act == ACT_COMMIT)
        commit(device, fact);
    else if (fact->act == ACT_REQUEST)
        device->request = request_of(words);
    else if (fact->act == ACT_ROLLBACK && words.length)
        change_candidate(device, words);
    else if (fact->act == ACT_ROLLBACK)
        take_back(device, fact);
}

/* ---- the end of the log ---- */

/* Lines that no commit has followed. */
static void leave_pending(struct device *device)
{
    for (size_t i = 0; i < device->candidate_count; i++) {
        const struct fact *line = device->candidate[i];
        struct session *session =
            ledger_find(&device->sessions, line->text[FACT_OBJECT]);
        bool known = session && session->exists;
        if (known && session->track.row &&
            session->track.row->mirror.state != MIRROR_PENDING) {
            ledger_link(device->ledger, session->track.row, line, PART_SUPPORTS);
            continue;
        }
        if (line->act == ACT_DELETE)
            continue;
        session = device_session_of(device, line, true);
        if (!session)
            return;
        device_session_take(device->ledger, session, line);
        if (!session->track.row)
            ledger_open(device->ledger, &session->track, line, MIRROR_PENDING, false);
        else
            ledger_link(device->ledger, session->track.row, line, PART_SUPPORTS);
        device_stamp(device, session);
        if (session->track.row)
            session->track.row->mirror.closed_how = SLICE("no commit in the logs");
    }
}

/* What the last commit made works, and will be taken back unless it is confirmed. */
static void note_trial(struct device *device)
{
    if (!device->trial || device->confirmed)
        return;
    for (struct session *session = (struct session *)device->ledger->tracks; session;
         session = device_next(session)) {
        if (session->track.row && session->changed_in == device->trial)
            session->track.row->mirror.closed_how =
                SLICE("committed on trial: the logs show no confirmation");
    }
}

/* Where only the commit's id is logged, its lines may have made a mirror. */
static void add_blind_commits(struct device *device)
{
    if (!device->blind_commits)
        return;
    struct ledger *ledger = device->ledger;
    struct session *session =
        device_new_session(device, device->first_commit, SLICE("commits"), 1);
    struct ledger_row *row =
        session ? ledger_open(ledger, &session->track, device->first_commit,
                              MIRROR_UNKNOWN, false)
                : NULL;
    if (!row)
        return;
    struct slice last = device->last_commit->text[FACT_LABEL];
    row->mirror.closed_how =
        arena_printf(ledger->arena,
                     "the logs do not show what %zu commit%s (last %.*s) "
                     "changed",
                     device->blind_commits, device->blind_commits == 1 ? "" : "s",
                     (int)last.length, last.data);
    row->mirror.foreign_reason = SLICE("the logs do not show the destination");
}

void device_end_commits(struct device *device)
{
    note_trial(device);
    leave_pending(device);
    add_blind_commits(device);
}
