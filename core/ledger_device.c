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

#include "core/address.h"
#include "core/ledger_internal.h"

enum { LIMIT_DEVICE_SOURCES = 256 };

struct session {
    struct ledger_track track; /* first */
    struct slice name;         /* "session 7", as the device calls it */
    struct slice kind, destination, filter, length, label, address, network;
    struct slice sources[LIMIT_DEVICE_SOURCES];
    size_t source_count;
    bool exists; /* configured at present */
    bool shut, worked;
    bool told;       /* whether it is shut was told, or follows from its kind */
    bool before_log; /* the first line that the logs have is no beginning */
    unsigned ordinal;
    int64_t changed_us;
    bool saved;
};

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
    session->track.id =
        arena_printf(ledger->arena, "%.*s/%.*s/%u", (int)device->name.length,
                     device->name.data ? device->name.data : "", (int)name.length,
                     name.data ? name.data : "", ordinal);
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

/* ---- what it is made of ---- */

static bool starts_shut(const struct session *session)
{
    return session->track.provider == PROVIDER_CISCO_NXOS ||
           (session->track.provider == PROVIDER_CISCO_IOS &&
            slice_starts_with_nocase(session->kind, SLICE("erspan")));
}

/* Without its direction: "Gi1/0/1 rx" and "Gi1/0/1" are one source. */
static struct slice port_of(struct slice source)
{
    static const struct slice ways[] = {SLICE_INIT(" rx"), SLICE_INIT(" tx"),
                                        SLICE_INIT(" both")};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (slice_ends_with_nocase(source, ways[i]))
            return slice_first(source, source.length - ways[i].length);
    }
    return source;
}

static void remove_source(struct session *session, struct slice source)
{
    size_t kept = 0;
    for (size_t i = 0; i < session->source_count; i++) {
        if (source.length &&
            !slice_equal_nocase(port_of(session->sources[i]), port_of(source)))
            session->sources[kept++] = session->sources[i];
    }
    session->source_count = kept;
}

static void add_source(struct session *session, struct slice source)
{
    remove_source(session, source);
    if (session->source_count < LIMIT_DEVICE_SOURCES)
        session->sources[session->source_count++] = source;
}

static void take(struct slice *into, struct slice text)
{
    if (slice_present(text))
        *into = text;
}

static bool removes(const struct fact *fact, const char *what)
{
    return slice_equal(fact->text[FACT_REMOVED], slice_from(what));
}

static void take_line(struct session *session, const struct fact *fact)
{
    struct slice source = fact->text[FACT_SOURCE];
    take(&session->kind, fact->text[FACT_KIND]);
    if (!session->told && starts_shut(session)) {
        session->shut = true;
        session->told = true;
    }
    if (removes(fact, "source"))
        remove_source(session, source);
    else if (source.length)
        add_source(session, source);
    if (removes(fact, "destination"))
        session->destination = SLICE_NONE;
    else
        take(&session->destination, fact->text[FACT_DESTINATION]);
    if (removes(fact, "filter"))
        session->filter = SLICE_NONE;
    else
        take(&session->filter, fact->text[FACT_FILTER]);
    take(&session->length, fact->text[FACT_LENGTH]);
    take(&session->label, fact->text[FACT_LABEL]);
    take(&session->address, fact->text[FACT_ADDRESS]);
    take(&session->network, fact->text[FACT_NETWORK]);
    if (slice_present(fact->text[FACT_ENABLED])) {
        session->shut = slice_equal(fact->text[FACT_ENABLED], SLICE("false"));
        session->told = true;
    }
    session->changed_us = fact->time_us;
    session->saved = false;
}

/* ---- in words ---- */

static struct slice mirrored_text(const struct session *session, struct arena *arena)
{
    return ledger_joined(arena, session->sources, session->source_count, ", ");
}

static struct slice with(struct arena *arena, const char *label, struct slice text)
{
    const struct slice parts[] = {slice_from(label), text};
    return text.length ? arena_join(arena, parts, 2) : SLICE_NONE;
}

/* "received and sent; whole packets; ERSPAN id 100; VRF mgmt" */
static struct slice filter_text(const struct session *session, struct arena *arena)
{
    bool received = false, sent = false;
    for (size_t i = 0; i < session->source_count; i++) {
        struct slice source = session->sources[i];
        bool rx = slice_ends_with_nocase(source, SLICE(" rx"));
        bool tx = slice_ends_with_nocase(source, SLICE(" tx"));
        received |= !tx;
        sent |= !rx;
    }
    struct slice way = received && sent ? SLICE("received and sent")
                       : received       ? SLICE("received")
                       : sent           ? SLICE("sent")
                                        : SLICE_NONE;
    struct slice length = session->length.length
                              ? with(arena, "packets up to ", session->length)
                              : SLICE_NONE;
    const struct slice parts[] = {way,
                                  with(arena, "filter ", session->filter),
                                  length,
                                  with(arena, "ERSPAN id ", session->label),
                                  with(arena, "from ", session->address),
                                  with(arena, "VRF ", session->network)};
    return ledger_joined(arena, parts, sizeof parts / sizeof parts[0], "; ");
}

static enum mirror_state state_of(const struct session *session,
                                  const struct fact *fact)
{
    bool complete = session->source_count && session->destination.length;
    if (session->shut)
        return MIRROR_SHUT;
    if (complete)
        return ledger_state_of(fact);
    /* Switched on or edited, and the rest was configured before the log. */
    return session->before_log ? MIRROR_UNKNOWN : MIRROR_INCOMPLETE;
}

/* A port or a VLAN is the device's own; an address may be anybody's. */
static void judge(const struct ledger *ledger, struct mirror *mirror,
                  struct slice destination)
{
    bool declared = ledger->own->sets[OWN_NETWORK].declared;
    struct address address;
    mirror->destination_ids = destination;
    mirror->foreign = FOREIGN_NO;
    mirror->foreign_reason = SLICE_NONE;
    if (!destination.length) {
        mirror->foreign = FOREIGN_UNKNOWN;
        mirror->foreign_reason = SLICE("the logs do not show the destination");
    } else if (address_parse(destination, &address)) {
        bool own = own_is(ledger->own, OWN_NETWORK, destination) == OWN_YES;
        mirror->foreign = own ? FOREIGN_NO : FOREIGN_YES;
        mirror->foreign_reason =
            own ? (declared ? SLICE("in an own network") : SLICE("a private address"))
                : (declared ? SLICE("outside of the own networks")
                            : SLICE("a public address"));
    }
}

static void stamp(struct device *device, struct session *session)
{
    struct ledger_row *row = session->track.row;
    if (!row)
        return;
    struct arena *arena = device->ledger->arena;
    row->mirror.mirrored = mirrored_text(session, arena);
    row->mirror.sources = session->source_count;
    row->mirror.destination = session->destination;
    row->mirror.filter = filter_text(session, arena);
    judge(device->ledger, &row->mirror, session->destination);
}

/* ---- lines ---- */

static bool says_the_same(struct device *device, const struct session *session,
                          enum mirror_state state)
{
    const struct mirror *now = &session->track.row->mirror;
    struct arena *arena = device->ledger->arena;
    return now->state == state &&
           slice_equal(now->mirrored, mirrored_text(session, arena)) &&
           slice_equal(now->destination, session->destination) &&
           slice_equal(now->filter, filter_text(session, arena));
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
    enum mirror_state state = state_of(session, fact);
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

static void write_session(struct device *device, const struct fact *fact)
{
    bool beginning = fact->text[FACT_KIND].length || fact->text[FACT_SOURCE].length ||
                     fact->text[FACT_DESTINATION].length ||
                     !slice_present(fact->text[FACT_ENABLED]);
    if (slice_present(fact->text[FACT_REMOVED]))
        beginning = false;
    struct session *session = session_of(device, fact, beginning);
    if (!session)
        return;
    take_line(session, fact);
    advance(device, session, fact);
}

static void delete_session(struct device *device, struct session *session,
                           const struct fact *fact, const char *how)
{
    ledger_end(device->ledger, &session->track, fact, how);
    session->exists = false;
    session->changed_us = fact->time_us;
    session->saved = false;
}

/* ---- "no monitor session N | all | local | remote | range" ---- */

static bool parse_number(struct slice text, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || i > 8)
            return false;
        *out = *out * 10 + (uint64_t)(text.data[i] - '0');
    }
    return text.length > 0;
}

/* "1-3,5" holds 2; a name holds itself. */
static bool range_holds(struct slice range, struct slice number)
{
    uint64_t wanted, from, to;
    while (slice_present(range)) {
        struct slice part = slice_trim(slice_cut(&range, ','));
        struct slice low = slice_trim(slice_cut(&part, '-'));
        struct slice high = slice_present(part) ? slice_trim(part) : low;
        if (slice_equal_nocase(low, number))
            return true;
        if (parse_number(number, &wanted) && parse_number(low, &from) &&
            parse_number(high, &to) && wanted >= from && wanted <= to)
            return true;
    }
    return false;
}

static bool is_remote(const struct session *session)
{
    for (size_t i = 0; i < session->source_count; i++) {
        if (slice_starts_with_nocase(session->sources[i], SLICE("remote ")))
            return true;
    }
    return slice_starts_with_nocase(session->destination, SLICE("remote "));
}

static bool is_named(const struct session *session, struct slice names)
{
    static const struct slice prefix = SLICE_INIT("session ");
    if (slice_equal(session->name, names))
        return true;
    if (!slice_starts_with(names, prefix) || !slice_starts_with(session->name, prefix))
        return false;
    names = slice_skip(names, prefix.length);
    if (slice_equal_nocase(names, SLICE("all")))
        return true;
    if (slice_equal_nocase(names, SLICE("local")))
        return !is_remote(session) &&
               !slice_starts_with_nocase(session->kind, SLICE("erspan"));
    if (slice_equal_nocase(names, SLICE("remote")))
        return is_remote(session);
    return range_holds(names, slice_skip(session->name, prefix.length));
}

/* A single number that the logs do not know was a session from before them. */
static bool is_single(struct slice names)
{
    static const char *const groups[] = {"session all", "session local",
                                         "session remote"};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (slice_equal_nocase(names, slice_from(groups[i])))
            return false;
    }
    return slice_index(names, ',') < 0 && slice_index(names, '-') < 0;
}

static void delete_sessions(struct device *device, const struct fact *fact)
{
    struct slice names = fact->text[FACT_OBJECT];
    bool any = false;
    for (struct session *session = (struct session *)device->ledger->tracks; session;
         session = next_session(session)) {
        if (session->exists && is_named(session, names)) {
            delete_session(device, session, fact, "removed");
            any = true;
        }
    }
    if (any || !is_single(names) || ledger_find(&device->sessions, names))
        return;
    struct session *session = session_of(device, fact, false);
    if (!session)
        return;
    ledger_open(device->ledger, &session->track, fact, MIRROR_UNKNOWN, true);
    stamp(device, session);
    delete_session(device, session, fact, "removed");
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
        take_line(session, line);
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
