#include "config.h"

#include "core/ledger_device.h"

#include "core/address.h"

/* ---- what it is made of ---- */

static bool starts_shut(const struct session *session)
{
    return session->track.provider == PROVIDER_CISCO_NXOS ||
           (session->track.provider == PROVIDER_CISCO_IOS &&
            slice_starts_with_nocase(session->kind, SLICE("erspan")));
}

/* Open vSwitch sets all sources at once; the others add to them with each line. */
static bool sets_sources(const struct session *session)
{
    return session->track.provider == PROVIDER_OPENVSWITCH;
}

static bool is_far(struct slice destination)
{
    struct address address;
    return address_parse(destination, &address) ||
           slice_starts_with_nocase(destination, SLICE("remote "));
}

/* Switches of Cisco and Arista copy to several ports at once, but to one far end, be it
 * an address or a VLAN. */
static bool adds_destination(const struct session *session, struct slice text,
                             struct arena *arena)
{
    enum provider provider = session->track.provider;
    bool several = provider == PROVIDER_CISCO_IOS || provider == PROVIDER_CISCO_NXOS ||
                   provider == PROVIDER_EOS;
    return several && text.length && !is_far(text) &&
           !is_far(device_ends_text(&session->destinations, arena));
}

static bool change_ends(struct device_ends *ends, struct slice text, bool removed,
                        bool anew, struct arena *arena)
{
    if (removed)
        return device_ends_remove(ends, text, arena);
    if (!text.length)
        return true;
    return (!anew || device_ends_remove(ends, SLICE_NONE, arena)) &&
           device_ends_add(ends, text, arena);
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

static void take_ends(struct ledger *ledger, struct session *session,
                      const struct fact *fact)
{
    struct slice source = fact->text[FACT_SOURCE],
                 destination = fact->text[FACT_DESTINATION];
    if (!change_ends(&session->sources, source, removes(fact, "source"),
                     sets_sources(session), ledger->arena) ||
        !change_ends(&session->destinations, destination, removes(fact, "destination"),
                     !adds_destination(session, destination, ledger->arena),
                     ledger->arena))
        ledger->failed = true;
}

void device_session_take(struct ledger *ledger, struct session *session,
                         const struct fact *fact)
{
    take(&session->kind, fact->text[FACT_KIND]);
    take(&session->parent, fact->text[FACT_PARENT]);
    if (!session->told && starts_shut(session)) {
        session->shut = true;
        session->told = true;
    }
    take_ends(ledger, session, fact);
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

static struct slice with(struct arena *arena, const char *label, struct slice text)
{
    const struct slice parts[] = {slice_from(label), text};
    return text.length ? arena_join(arena, parts, 2) : SLICE_NONE;
}

/* "received and sent; whole packets; ERSPAN id 100; VRF mgmt" */
static struct slice filter_text(const struct session *session, struct arena *arena)
{
    unsigned ways = device_ends_ways(&session->sources);
    bool received = ways & DEVICE_RECEIVED, sent = ways & DEVICE_SENT;
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

enum mirror_state device_session_state(const struct session *session,
                                       const struct fact *fact)
{
    bool complete = session->sources.first && session->destinations.first;
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

void device_session_describe(const struct ledger *ledger, const struct session *session,
                             struct mirror *out)
{
    out->mirrored = device_ends_text(&session->sources, ledger->arena);
    out->sources = device_ends_number(&session->sources);
    out->destination = device_ends_text(&session->destinations, ledger->arena);
    out->filter = filter_text(session, ledger->arena);
    judge(ledger, out, out->destination);
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

/* Numbers as IOS and NX-OS list them; a name of EOS or IOS XR may hold a hyphen. */
static bool is_range(struct slice names)
{
    for (size_t i = 0; i < names.length; i++) {
        char c = names.data[i];
        if ((c < '0' || c > '9') && c != '-' && c != ',' && c != ' ')
            return false;
    }
    return true;
}

/* "1-3,5" holds 2. */
static bool range_holds(struct slice range, struct slice number)
{
    uint64_t wanted, from, to;
    if (!is_range(range) || !parse_number(number, &wanted))
        return false;
    while (slice_present(range)) {
        struct slice part = slice_trim(slice_cut(&range, ','));
        struct slice low = slice_trim(slice_cut(&part, '-'));
        struct slice high = slice_present(part) ? slice_trim(part) : low;
        if (parse_number(low, &from) && parse_number(high, &to) && wanted >= from &&
            wanted <= to)
            return true;
    }
    return false;
}

static bool is_any(const struct session *session)
{
    (void)session;
    return true;
}

static bool is_remote(const struct session *session)
{
    static const struct slice remote = SLICE_INIT("remote ");
    const struct device_end *source = session->sources.first,
                            *destination = session->destinations.first;
    return (source && slice_starts_with_nocase(source->prefix, remote)) ||
           (destination && slice_starts_with_nocase(destination->prefix, remote));
}

static bool is_local(const struct session *session)
{
    return !is_remote(session) &&
           !slice_starts_with_nocase(session->kind, SLICE("erspan"));
}

static const struct group {
    struct slice names;
    bool (*holds)(const struct session *session);
} groups[] = {
    {SLICE_INIT("session all"), is_any},
    {SLICE_INIT("session local"), is_local},
    {SLICE_INIT("session remote"), is_remote},
};

static const struct group *group_of(struct slice names)
{
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (slice_equal_nocase(names, groups[i].names))
            return &groups[i];
    }
    return NULL;
}

static const struct slice session_mark = SLICE_INIT("session ");

bool device_session_is_named(const struct session *session, struct slice names)
{
    if (slice_equal(session->name, names) || slice_equal(session->parent, names))
        return true;
    if (!slice_starts_with(names, session_mark) ||
        !slice_starts_with(session->name, session_mark))
        return false;
    const struct group *group = group_of(names);
    return group ? group->holds(session)
                 : range_holds(slice_skip(names, session_mark.length),
                               slice_skip(session->name, session_mark.length));
}

bool device_names_one(struct slice names)
{
    struct slice numbers = slice_skip(names, session_mark.length);
    bool several = slice_index(numbers, ',') >= 0 || slice_index(numbers, '-') >= 0;
    return !group_of(names) && !(several && is_range(numbers));
}
