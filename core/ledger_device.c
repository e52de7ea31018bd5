/*
 * The ledger of one network device: its monitor sessions, analyzers and traffic
 * exports, as the lines of its configuration make them.
 *
 * A session copies when it has a source and a destination and is not shut.  ERSPAN
 * source sessions of IOS and IOS XE, and every session of NX-OS, start shut (Cisco,
 * configuration guides).  On Junos and IOS XR lines are a candidate until a commit.
 * After a reload the device has what was saved.
 */
#include "config.h"

#include "core/ledger_device.h"

struct device {
    struct ledger *ledger;
    struct ledger_index sessions; /* by name: the present incarnation */
    struct slice name;
    const struct fact **candidate; /* lines that wait for a commit */
    size_t candidate_count;
    const struct fact *first_commit, *last_commit; /* of unknown content */
    size_t blind_commits;
};

/* ---- identity ---- */

static struct session *next_session(struct session *session)
{
    return (struct session *)session->track.next;
}

/* Numbers are used again: the id says the how-manieth session of that name it is. */
static struct session *new_session(struct device *device, const struct fact *fact,
                                   struct slice name, unsigned ordinal)
{
    struct ledger *ledger = device->ledger;
    struct session *session = ledger_alloc(ledger, sizeof *session);
    if (!session || !ledger_put(&device->sessions, ledger->arena, name, session)) {
        ledger->failed = true;
        return NULL;
    }
    ledger_add_track(ledger, &session->track, fact);
    session->name = name;
    session->ordinal = ordinal;
    session->track.device = device->name;
    const struct slice parts[] = {device->name, name,
                                  arena_printf(ledger->arena, "%u", ordinal)};
    session->track.id = ledger_joined(ledger->arena, parts, 3, "/");
    return session;
}

static struct session *session_of(struct device *device, const struct fact *fact,
                                  bool beginning)
{
    struct slice name = fact->text[FACT_OBJECT];
    struct session *session = ledger_find(&device->sessions, name);
    if (session && session->exists)
        return session;
    struct session *fresh =
        new_session(device, fact, name, session ? session->ordinal + 1 : 1);
    if (!fresh)
        return NULL;
    fresh->exists = true;
    fresh->before_log = !beginning && !session;
    return fresh;
}

/* ---- lines ---- */

static void stamp(struct device *device, struct session *session)
{
    if (session->track.row)
        device_session_describe(device->ledger, session, &session->track.row->mirror);
}

static bool says_the_same(struct device *device, const struct session *session,
                          enum mirror_state state)
{
    const struct mirror *now = &session->track.row->mirror;
    struct mirror then = {.state = state};
    device_session_describe(device->ledger, session, &then);
    return now->state == then.state && slice_equal(now->mirrored, then.mirrored) &&
           slice_equal(now->destination, then.destination) &&
           slice_equal(now->filter, then.filter);
}

static bool is_building(enum mirror_state state)
{
    return state == MIRROR_INCOMPLETE || state == MIRROR_SHUT ||
           state == MIRROR_PENDING;
}

static const char *change_word(enum mirror_state from, enum mirror_state to)
{
    if (to == MIRROR_SHUT)
        return "shut";
    if (from != MIRROR_INCOMPLETE && to == MIRROR_INCOMPLETE)
        return "its source or destination was taken away";
    return from == MIRROR_SHUT && to == MIRROR_LIVE ? "switched on" : "changed";
}

/* What was half built and now works began now; what was shut again began anew. */
static void advance(struct device *device, struct session *session,
                    const struct fact *fact)
{
    struct ledger *ledger = device->ledger;
    enum mirror_state state = device_session_state(session, fact);
    struct ledger_row *row = session->track.row;
    if (!row) {
        ledger_open(ledger, &session->track, fact, state, session->before_log);
        if (session->track.row && session->before_log)
            ledger_link(ledger, session->track.row, fact, PART_SUPPORTS);
    } else if (says_the_same(device, session, state)) {
        ledger_link(ledger, row, fact, PART_SUPPORTS);
        return;
    } else if (is_building(row->mirror.state) && !session->worked) {
        row->mirror.state = state;
        if (state == MIRROR_LIVE && !session->before_log) {
            row->mirror.since_us = fact->time_us;
            row->mirror.opened_by = fact->actor;
        }
        ledger_link(ledger, row, fact,
                    state == MIRROR_LIVE ? PART_OPENED : PART_SUPPORTS);
    } else {
        ledger_split(ledger, &session->track, fact, state,
                     change_word(row->mirror.state, state));
    }
    session->worked |= state == MIRROR_LIVE;
    stamp(device, session);
}

/* Whether such a line may be the first of its mirror; else there were others before the
 * log. */
static bool is_beginning(const struct fact *fact)
{
    if (slice_present(fact->text[FACT_REMOVED]) ||
        slice_present(fact->text[FACT_CHANGED]))
        return false;
    return fact->text[FACT_KIND].length || fact->text[FACT_SOURCE].length ||
           fact->text[FACT_DESTINATION].length ||
           !slice_present(fact->text[FACT_ENABLED]);
}

/* Each session that the fact's name, group or range means; false if there is none. */
static bool each_named(struct device *device, const struct fact *fact,
                       void (*act)(struct device *device, struct session *session,
                                   const struct fact *fact))
{
    bool any = false;
    for (struct session *session = (struct session *)device->ledger->tracks; session;
         session = next_session(session)) {
        if (!session->exists ||
            !device_session_is_named(session, fact->text[FACT_OBJECT]))
            continue;
        act(device, session, fact);
        any = true;
    }
    return any;
}

static void change_session(struct device *device, struct session *session,
                           const struct fact *fact)
{
    device_session_take(device->ledger, session, fact);
    advance(device, session, fact);
}

/* "no monitor session all shut" of NX-OS is said of all. */
static void write_session(struct device *device, const struct fact *fact)
{
    struct session *session;
    if (!device_names_one(fact->text[FACT_OBJECT]))
        each_named(device, fact, change_session);
    else if ((session = session_of(device, fact, is_beginning(fact))))
        change_session(device, session, fact);
}

/* ---- what takes sessions away ---- */

static void delete_session(struct device *device, struct session *session,
                           const struct fact *fact)
{
    ledger_end(device->ledger, &session->track, fact, "removed");
    session->exists = false;
    session->changed_us = fact->time_us;
    session->saved = false;
}

static void delete_sessions(struct device *device, const struct fact *fact)
{
    struct slice names = fact->text[FACT_OBJECT];
    if (each_named(device, fact, delete_session) ||
        slice_present(fact->text[FACT_CHANGED]) || !device_names_one(names) ||
        ledger_find(&device->sessions, names))
        return;
    struct session *session = session_of(device, fact, false);
    if (!session)
        return;
    ledger_open(device->ledger, &session->track, fact, MIRROR_UNKNOWN, true);
    stamp(device, session);
    delete_session(device, session, fact);
}

/* ---- the whole configuration ---- */

static void save(struct device *device)
{
    for (struct session *session = (struct session *)device->ledger->tracks; session;
         session = next_session(session))
        session->saved = true;
}

/* A removal that was not saved is undone by the reload. */
static void revive(struct device *device, struct session *session,
                   const struct fact *fact)
{
    if (session->exists || ledger_find(&device->sessions, session->name) != session)
        return;
    session->exists = true;
    struct ledger_row *row =
        ledger_open(device->ledger, &session->track, fact, MIRROR_UNKNOWN, false);
    stamp(device, session);
    if (row)
        row->mirror.closed_how =
            SLICE("back after a reload, unless its removal was saved unseen");
}

static void restart(struct device *device, const struct fact *fact)
{
    for (struct session *session = (struct session *)device->ledger->tracks; session;
         session = next_session(session)) {
        if (session->saved)
            continue;
        if (!session->track.row) {
            revive(device, session, fact);
            continue;
        }
        struct ledger_row *row =
            ledger_split(device->ledger, &session->track, fact, MIRROR_UNKNOWN,
                         "a reload, and no save in the logs");
        if (row)
            row->mirror.closed_how =
                SLICE("unknown after a reload: no save in the logs");
        session->saved = true;
    }
}

/* ---- candidates ---- */

static bool needs_commit(const struct fact *fact)
{
    return fact->provider == PROVIDER_JUNOS || fact->provider == PROVIDER_CISCO_IOSXR;
}

static void apply_session(struct device *device, const struct fact *fact)
{
    if (fact->act == ACT_DELETE)
        delete_sessions(device, fact);
    else
        write_session(device, fact);
}

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

static void commit(struct device *device, const struct fact *fact)
{
    for (size_t i = 0; i < device->candidate_count; i++) {
        const struct fact *line = committed(device, device->candidate[i], fact);
        if (line)
            apply_session(device, line);
    }
    if (!device->candidate_count && fact->text[FACT_LABEL].length) {
        device->blind_commits++;
        if (!device->first_commit)
            device->first_commit = fact;
        device->last_commit = fact;
    }
    device->candidate_count = 0;
}

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
        session = session_of(device, line, true);
        if (!session)
            return;
        device_session_take(device->ledger, session, line);
        if (!session->track.row)
            ledger_open(device->ledger, &session->track, line, MIRROR_PENDING, false);
        else
            ledger_link(device->ledger, session->track.row, line, PART_SUPPORTS);
        stamp(device, session);
        if (session->track.row)
            session->track.row->mirror.closed_how = SLICE("no commit in the logs");
    }
}

/* Where only the commit's id is logged, its lines may have made a mirror. */
static void add_blind_commits(struct device *device)
{
    if (!device->blind_commits)
        return;
    struct ledger *ledger = device->ledger;
    struct session *session =
        new_session(device, device->first_commit, SLICE("commits"), 1);
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

/* ---- dispatch ---- */

static void take_configuration(struct device *device, const struct fact *fact)
{
    switch (fact->act) {
    case ACT_SAVE:
        save(device);
        break;
    case ACT_RESTART:
        restart(device, fact);
        break;
    case ACT_COMMIT:
        commit(device, fact);
        break;
    case ACT_ROLLBACK:
        device->candidate_count = 0;
        break;
    default:
        break;
    }
}

void ledger_apply_device(struct ledger *ledger)
{
    struct device device = {.ledger = ledger};
    device.candidate =
        ledger_alloc(ledger, (ledger->fact_count + 1) * sizeof *device.candidate);
    if (!ledger->fact_count || !device.candidate)
        return;
    device.name = ledger->facts[0].account;
    for (size_t i = 0; i < ledger->fact_count && !ledger->failed; i++) {
        const struct fact *fact = &ledger->facts[i];
        if (fact->thing == THING_CONFIGURATION)
            take_configuration(&device, fact);
        else if (needs_commit(fact))
            device.candidate[device.candidate_count++] = fact;
        else
            apply_session(&device, fact);
    }
    leave_pending(&device);
    add_blind_commits(&device);
}
