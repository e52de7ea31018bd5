/*
 * The ledger of one network device: its monitor sessions, analyzers and traffic
 * exports, as the lines of its configuration make them.
 *
 * A session copies when it has a source and a destination and is not shut.  ERSPAN
 * source sessions of IOS and IOS XE, and every session of NX-OS, start shut (Cisco,
 * configuration guides).  After a reload the device has what was saved.  Lines that
 * wait for a commit are in ledger_commit.c.
 */
#include "config.h"

#include "core/ledger_device.h"

/* ---- identity ---- */

struct session *device_next(struct session *session)
{
    return (struct session *)session->track.next;
}

/* Numbers are used again: the id says the how-manieth session of that name it is. */
struct session *device_new_session(struct device *device, const struct fact *fact,
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

struct session *device_session_of(struct device *device, const struct fact *fact,
                                  bool beginning)
{
    struct slice name = fact->text[FACT_OBJECT];
    struct session *session = ledger_find(&device->sessions, name);
    if (session && session->exists)
        return session;
    struct session *fresh =
        device_new_session(device, fact, name, session ? session->ordinal + 1 : 1);
    if (!fresh)
        return NULL;
    fresh->exists = true;
    fresh->made_in = device->commits;
    fresh->before_log = !beginning && !session;
    return fresh;
}

/* ---- lines ---- */

void device_stamp(struct device *device, struct session *session)
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
    device_stamp(device, session);
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
         session = device_next(session)) {
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
    session->changed_in = device->commits;
    advance(device, session, fact);
}

/* "no monitor session all shut" of NX-OS is said of all. */
static void write_session(struct device *device, const struct fact *fact)
{
    struct session *session;
    if (!device_names_one(fact->text[FACT_OBJECT]))
        each_named(device, fact, change_session);
    else if ((session = device_session_of(device, fact, is_beginning(fact))))
        change_session(device, session, fact);
}

/* ---- what takes sessions away ---- */

void device_delete(struct device *device, struct session *session,
                   const struct fact *fact, const char *how)
{
    ledger_end(device->ledger, &session->track, fact, how);
    session->exists = false;
    session->changed_in = device->commits;
    session->changed_us = fact->time_us;
    session->saved = false;
}

static void remove_session(struct device *device, struct session *session,
                           const struct fact *fact)
{
    device_delete(device, session, fact, "removed");
}

static void delete_sessions(struct device *device, const struct fact *fact)
{
    struct slice names = fact->text[FACT_OBJECT];
    if (each_named(device, fact, remove_session) ||
        slice_present(fact->text[FACT_CHANGED]) || !device_names_one(names) ||
        ledger_find(&device->sessions, names))
        return;
    struct session *session = device_session_of(device, fact, false);
    if (!session)
        return;
    ledger_open(device->ledger, &session->track, fact, MIRROR_UNKNOWN, true);
    device_stamp(device, session);
    remove_session(device, session, fact);
}

/* ---- the whole configuration ---- */

void device_save(struct device *device)
{
    for (struct session *session = (struct session *)device->ledger->tracks; session;
         session = device_next(session))
        session->saved = true;
}

void device_revive(struct device *device, struct session *session,
                   const struct fact *fact, const char *why)
{
    if (session->exists || ledger_find(&device->sessions, session->name) != session)
        return;
    session->exists = true;
    struct ledger_row *row =
        ledger_open(device->ledger, &session->track, fact, MIRROR_UNKNOWN, false);
    device_stamp(device, session);
    if (row)
        row->mirror.closed_how = slice_from(why);
}

void device_doubt(struct device *device, struct session *session,
                  const struct fact *fact, const char *how, const char *why)
{
    struct ledger_row *row =
        session->track.row
            ? ledger_split(device->ledger, &session->track, fact, MIRROR_UNKNOWN, how)
            : NULL;
    if (row)
        row->mirror.closed_how = slice_from(why);
}

/* A removal that was not saved is undone by the reload. */
static void restart(struct device *device, const struct fact *fact)
{
    for (struct session *session = (struct session *)device->ledger->tracks; session;
         session = device_next(session)) {
        if (session->saved)
            continue;
        if (!session->track.row) {
            device_revive(device, session, fact,
                          "back after a reload, unless its removal was saved unseen");
            continue;
        }
        device_doubt(device, session, fact, "a reload, and no save in the logs",
                     "unknown after a reload: no save in the logs");
        session->saved = true;
    }
}

/* ---- dispatch ---- */

void device_apply(struct device *device, const struct fact *fact)
{
    if (fact->act == ACT_DELETE)
        delete_sessions(device, fact);
    else
        write_session(device, fact);
}

static void take_configuration(struct device *device, const struct fact *fact)
{
    switch (fact->act) {
    case ACT_SAVE:
        device_save(device);
        break;
    case ACT_RESTART:
        restart(device, fact);
        break;
    default:
        device_take_commit(device, fact);
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
        else if (device_needs_commit(fact))
            device.candidate[device.candidate_count++] = fact;
        else
            device_apply(&device, fact);
    }
    device_end_commits(&device);
}
