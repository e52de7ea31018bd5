/*
 * The state of sessions.  AWS, "Traffic Mirroring": deleting the source interface
 * deletes its sessions; a target or filter that is in use cannot be deleted.
 */
#include "config.h"

#include "core/ledger_sessions.h"

void *cloud_thing(struct cloud *cloud, struct ledger_index *index, struct slice id,
                  size_t size)
{
    void *thing = ledger_find(index, id);
    if (thing)
        return thing;
    thing = ledger_alloc(cloud->ledger, size);
    if (thing && !ledger_put(index, cloud->ledger->arena, id, thing)) {
        cloud->ledger->failed = true;
        return NULL;
    }
    return thing;
}

struct target *cloud_target(struct cloud *cloud, struct slice id)
{
    struct target *target = cloud_thing(cloud, &cloud->targets, id, sizeof *target);
    if (target)
        target->id = id;
    return target;
}

bool cloud_copies_nothing(struct cloud *cloud, const struct session *session)
{
    const struct filter *filter = ledger_find(&cloud->filters, session->filter);
    return filter && filter->made &&
           !cloud_traffic_text(filter, cloud->ledger->arena).length;
}

/* A VTAP is off until it is told to be on. */
static enum mirror_state state_of(struct cloud *cloud, const struct session *session,
                                  enum mirror_state wanted)
{
    if (wanted != MIRROR_LIVE)
        return wanted;
    if (slice_equal(session->enabled, SLICE("false")))
        return MIRROR_SHUT;
    if (session->track.provider == PROVIDER_OCI && !session->enabled.length)
        return MIRROR_UNKNOWN;
    bool emptied = slice_present(session->interface) && !session->interface.length;
    return emptied || cloud_copies_nothing(cloud, session) ? MIRROR_INCOMPLETE
                                                           : MIRROR_LIVE;
}

void cloud_take(struct slice *into, struct slice text)
{
    if (text.length)
        *into = text;
}

/* ---- sessions ---- */

/*
 * Some exports drop the response, and with it the id: then a session is its source and
 * number.  Where the request is gone as well nothing says which one it was, and the act
 * stands for itself: no two of them are taken for one.
 */
static struct slice session_id(struct cloud *cloud, const struct fact *fact)
{
    struct arena *arena = cloud->ledger->arena;
    struct slice source = fact->text[FACT_SOURCE], number = fact->text[FACT_NUMBER];
    const struct slice numbered[] = {SLICE("session "), number},
                       unnamed[] = {SLICE("unnamed "), fact->act_id};
    if (fact->text[FACT_OBJECT].length)
        return fact->text[FACT_OBJECT];
    const struct slice parts[] = {fact->account, fact->region, source,
                                  !source.length  ? arena_join(arena, unnamed, 2)
                                  : number.length ? arena_join(arena, numbered, 2)
                                                  : SLICE("session")};
    return ledger_joined(arena, parts, sizeof parts / sizeof parts[0], "/");
}

static struct session *session_of(struct cloud *cloud, const struct fact *fact)
{
    struct slice id = session_id(cloud, fact);
    struct slice other_name = fact->text[FACT_PARENT];
    struct session *session = ledger_find(&cloud->sessions, id);
    if (!session && other_name.length)
        session = ledger_find(&cloud->sessions, other_name);
    if (session)
        return session;
    session = cloud_thing(cloud, &cloud->sessions, id, sizeof *session);
    if (!session)
        return NULL;
    session->track.id = id;
    if (other_name.length &&
        !ledger_put(&cloud->sessions, cloud->ledger->arena, other_name, session))
        cloud->ledger->failed = true;
    ledger_add_track(cloud->ledger, &session->track, fact);
    return session;
}

static bool has_word(struct slice words, struct slice word)
{
    while (slice_present(words)) {
        if (slice_equal(slice_cut(&words, ' '), word))
            return true;
    }
    return false;
}

bool cloud_removes(const struct fact *fact, const char *what)
{
    return has_word(fact->text[FACT_REMOVED], slice_from(what));
}

/* The list "a, b" without those of another, and with them at its end. */
static struct slice changed_list(struct arena *arena, struct slice list,
                                 struct slice items, bool with)
{
    struct slice kept = SLICE_NONE;
    while (slice_present(list)) {
        struct slice one = slice_trim(slice_cut(&list, ',')), others = items;
        bool named = false;
        while (slice_present(others))
            named |= slice_equal(slice_trim(slice_cut(&others, ',')), one);
        const struct slice parts[] = {kept, one};
        if (!named)
            kept = ledger_joined(arena, parts, 2, ", ");
    }
    const struct slice parts[] = {kept, with ? items : SLICE_NONE};
    return ledger_joined(arena, parts, 2, ", ");
}

/* Sessions of Alibaba and Huawei have several sources, which come and go one by one. */
static void take_sources(struct cloud *cloud, struct session *session,
                         const struct fact *fact)
{
    struct slice named = fact->text[FACT_SOURCE];
    bool more = has_word(fact->text[FACT_CHANGED], SLICE("sources"));
    if (!more && !cloud_removes(fact, "sources")) {
        cloud_take(&session->interface, named);
        return;
    }
    bool known = session->interface.length > 0;
    session->interface =
        changed_list(cloud->ledger->arena, session->interface, named, more);
    if (known && !session->interface.length)
        session->interface = SLICE("");
}

static void take_values(struct cloud *cloud, struct session *session,
                        const struct fact *fact)
{
    take_sources(cloud, session, fact);
    cloud_take(&session->target, fact->text[FACT_DESTINATION]);
    cloud_take(&session->filter, fact->text[FACT_FILTER]);
    cloud_take(&session->length, fact->text[FACT_LENGTH]);
    cloud_take(&session->label, fact->text[FACT_LABEL]);
    cloud_take(&session->number, fact->text[FACT_NUMBER]);
    cloud_take(&session->owner, fact->text[FACT_OWNER]);
    cloud_take(&session->caller, fact->text[FACT_CALLER]);
    cloud_take(&session->enabled, fact->text[FACT_ENABLED]);
    if (cloud_removes(fact, "packet-length"))
        session->length = SLICE_NONE;
    if (cloud_removes(fact, "virtual-network-id"))
        session->label = SLICE_NONE;
    struct target *target =
        session->target.length ? cloud_target(cloud, session->target) : NULL;
    struct filter *filter =
        session->filter.length ? cloud_filter(cloud, session->filter) : NULL;
    if (target)
        target->used = true;
    if (filter)
        filter->used = true;
}

void cloud_stamp(struct cloud *cloud, struct session *session)
{
    struct ledger_row *row = session->track.row;
    if (!row)
        return;
    row->mirror.mirrored = session->interface.length ? session->interface : SLICE_NONE;
    row->mirror.destination = session->target;
    row->mirror.filter = cloud_filter_text(cloud, session);
    row->mirror.foreign_reason = session->caller;
    /* What was behind the target then; where that is not known, what is learnt later.
     */
    const struct target *target = ledger_find(&cloud->targets, session->target);
    row->mirror.destination_ids = target ? target->end : SLICE_NONE;
    if (row->mirror.state == MIRROR_UNKNOWN && !session->enabled.length &&
        session->track.provider == PROVIDER_OCI)
        row->mirror.closed_how =
            SLICE("the logs do not show whether it was switched on");
}

static void link_chain(struct cloud *cloud, struct session *session)
{
    struct ledger_row *row = session->track.row;
    const struct target *target = ledger_find(&cloud->targets, session->target);
    if (row && target && target->maker)
        ledger_link(cloud->ledger, row, target->maker, PART_SUPPORTS);
}

static const char *change_word(enum mirror_state from, enum mirror_state to)
{
    return to == MIRROR_SHUT                          ? "switched off"
           : from == MIRROR_SHUT && to == MIRROR_LIVE ? "switched on"
                                                      : "changed";
}

static void open_session(struct cloud *cloud, const struct fact *fact)
{
    struct session *session = session_of(cloud, fact);
    if (!session)
        return;
    const struct session before = *session;
    take_values(cloud, session, fact);
    enum mirror_state state = state_of(cloud, session, ledger_state_of(fact));
    struct ledger_row *row = session->track.row;
    if (!row) {
        row = ledger_open(cloud->ledger, &session->track, fact, state, false);
        session->unnamed = !fact->text[FACT_OBJECT].length;
        if (row && session->unnamed)
            row->mirror.closed_how = SLICE("its id is not in the logs");
    } else if (row->mirror.state == state &&
               slice_equal(before.interface, session->interface) &&
               slice_equal(before.target, session->target) &&
               slice_equal(before.filter, session->filter)) {
        ledger_link(cloud->ledger, row, fact, PART_SUPPORTS);
        return;
    } else {
        ledger_split(cloud->ledger, &session->track, fact, state,
                     change_word(row->mirror.state, state));
    }
    cloud_stamp(cloud, session);
    link_chain(cloud, session);
}

/* A description alone changes nothing; a request that is not there may have changed
 * anything. */
static bool changes_something(const struct fact *fact)
{
    struct slice changed = fact->text[FACT_CHANGED];
    return !slice_present(changed) || changed.length;
}

/* Whether the request or the answer is there. */
static bool tells_values(const struct fact *fact)
{
    return slice_present(fact->text[FACT_CHANGED]) || fact->text[FACT_SOURCE].length ||
           fact->text[FACT_DESTINATION].length || fact->text[FACT_ENABLED].length;
}

static void change_session(struct cloud *cloud, const struct fact *fact)
{
    struct session *session = session_of(cloud, fact);
    if (!session)
        return;
    if (!session->track.row) {
        ledger_open(cloud->ledger, &session->track, fact, MIRROR_LIVE, true);
        if (!changes_something(fact))
            take_values(cloud, session, fact);
        cloud_stamp(cloud, session);
    }
    if (!changes_something(fact)) {
        if (session->track.row)
            ledger_link(cloud->ledger, session->track.row, fact, PART_SUPPORTS);
        return;
    }
    take_values(cloud, session, fact);
    enum mirror_state state = state_of(cloud, session, ledger_state_of(fact));
    enum mirror_state before =
        session->track.row ? session->track.row->mirror.state : state;
    struct ledger_row *row = ledger_split(cloud->ledger, &session->track, fact, state,
                                          change_word(before, state));
    cloud_stamp(cloud, session);
    if (row && !tells_values(fact))
        row->mirror.closed_how = SLICE(LEDGER_CHANGE_NOT_SHOWN);
    link_chain(cloud, session);
}

/* A session of which no making is known was deleted: one of those that were made
 * without an answer may be it. */
static void doubt_unnamed(struct cloud *cloud, const struct fact *fact)
{
    for (struct session *session = (struct session *)cloud->ledger->tracks; session;
         session = cloud_next_session(session)) {
        const struct ledger_track *track = &session->track;
        if (!session->unnamed || !track->row ||
            !slice_equal(track->account, fact->account) ||
            !slice_equal(track->region, fact->region))
            continue;
        track->row->mirror.state = MIRROR_UNKNOWN;
        track->row->mirror.closed_how = SLICE(
            "its id is not in the logs; a session that may be this one was deleted");
    }
}

static void delete_session(struct cloud *cloud, const struct fact *fact)
{
    struct session *session = session_of(cloud, fact);
    if (!session)
        return;
    if (!session->track.row && session->track.segments)
        return; /* ended before */
    if (!session->track.row) {
        ledger_open(cloud->ledger, &session->track, fact, MIRROR_LIVE, true);
        doubt_unnamed(cloud, fact);
    }
    if (fact->outcome == OUTCOME_SUCCESS)
        ledger_end(cloud->ledger, &session->track, fact, "deleted");
    else
        ledger_end_in_doubt(cloud->ledger, &session->track, fact);
}

/* ---- snapshots ---- */

static void observe_session(struct cloud *cloud, const struct fact *fact)
{
    struct session *session = session_of(cloud, fact);
    if (!session)
        return;
    take_values(cloud, session, fact);
    ledger_see(cloud->ledger, &session->track, fact,
               state_of(cloud, session, MIRROR_LIVE));
    cloud_stamp(cloud, session);
}

/* Whether a document that showed other sessions of that account and region, and not
 * this one, tells that it is gone. */
static bool is_listed_region(struct cloud *cloud, const struct session *session,
                             const struct fact *list)
{
    for (struct session *other = (struct session *)cloud->ledger->tracks; other;
         other = cloud_next_session(other)) {
        if (other->track.seen && slice_equal(other->track.seen->act_id, list->act_id) &&
            slice_equal(other->track.account, session->track.account) &&
            other->track.region.length &&
            slice_equal(other->track.region, session->track.region))
            return true;
    }
    return false;
}

/* A list that is empty, or names no region, may be of another region. */
static void doubt_session(struct session *session)
{
    struct ledger_row *row = session->track.row;
    row->mirror.state = MIRROR_UNKNOWN;
    row->mirror.closed_how =
        SLICE("a snapshot that names neither account nor region does not show it");
}

/* The list names accounts, and the regions only by what else it shows. */
static void take_account_list(struct cloud *cloud, struct session *session,
                              const struct fact *fact)
{
    struct slice owners = fact->text[FACT_OWNER];
    bool part = fact->text[FACT_CHANGED].length > 0;
    bool shown = session->track.seen && session->track.seen->time_us == fact->time_us;
    if (part || shown)
        return;
    if (!owners.length)
        doubt_session(session);
    else if (has_word(owners, session->track.account) &&
             is_listed_region(cloud, session, fact))
        ledger_end(cloud->ledger, &session->track, fact, LEDGER_NOT_SHOWN);
}

static void take_list(struct cloud *cloud, const struct fact *fact)
{
    bool of_accounts = slice_present(fact->text[FACT_OWNER]);
    for (struct session *session = (struct session *)cloud->ledger->tracks; session;
         session = cloud_next_session(session)) {
        if (!session->track.row)
            continue;
        if (of_accounts)
            take_account_list(cloud, session, fact);
        else if (ledger_is_absent(fact, session->track.id, session->target,
                                  session->track.seen))
            ledger_end(cloud->ledger, &session->track, fact, LEDGER_NOT_SHOWN);
    }
}

/* ---- dispatch ---- */

/* The interface was written without the TAP that an earlier write had put on it. */
static void detach_session(struct cloud *cloud, const struct fact *fact)
{
    struct session *session = ledger_find(&cloud->sessions, fact->text[FACT_OBJECT]);
    if (session && session->track.row && fact->outcome == OUTCOME_SUCCESS)
        ledger_end(cloud->ledger, &session->track, fact,
                   "its interface was written without it");
}

/* To write is to make or to change; what Azure writes is whole. */
static void write_session(struct cloud *cloud, const struct fact *fact)
{
    if (fact->provider == PROVIDER_AZURE)
        open_session(cloud, fact);
    else
        change_session(cloud, fact);
}

static void (*const session_acts[ACT_COUNT])(struct cloud *cloud,
                                             const struct fact *fact) = {
    [ACT_CREATE] = open_session,   [ACT_CHANGE] = change_session,
    [ACT_WRITE] = write_session,   [ACT_DELETE] = delete_session,
    [ACT_DETACH] = detach_session, [ACT_OBSERVE] = observe_session,
    [ACT_LIST] = take_list,
};

static void take_session(struct cloud *cloud, const struct fact *fact)
{
    if (fact->act < ACT_COUNT && session_acts[fact->act])
        session_acts[fact->act](cloud, fact);
}

static void (*const takers[THING_COUNT])(struct cloud *cloud,
                                         const struct fact *fact) = {
    [THING_SESSION] = take_session,           [THING_TARGET] = cloud_take_target,
    [THING_FILTER] = cloud_take_filter,       [THING_RULE] = cloud_take_rule,
    [THING_INTERFACE] = cloud_take_interface, [THING_MACHINE] = cloud_take_machine,
    [THING_BALANCER] = cloud_take_balancer,   [THING_SHARE] = cloud_take_share,
};

void ledger_apply_sessions(struct ledger *ledger)
{
    struct cloud cloud = {.ledger = ledger};
    for (size_t i = 0; i < ledger->fact_count && !ledger->failed; i++) {
        const struct fact *fact = &ledger->facts[i];
        if (fact->thing < THING_COUNT && takers[fact->thing])
            takers[fact->thing](&cloud, fact);
    }
    if (!ledger->failed)
        cloud_give_meaning(&cloud);
}
