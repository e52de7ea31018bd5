/*
 * What a command of Cisco IOS, and of those with its commands, tells of a mirror: SPAN
 * and RSPAN in one line
 * ("monitor session 1 source interface Gi1/0/1 rx"), ERSPAN over several lines in a
 * mode, and IP traffic export.  Session numbers are a device's own, so the mirror is
 * named after both.
 */
#include "config.h"

#include "core/address.h"
#include "core/cisco_command.h"
#include "core/device_line.h"
#include "core/mirror_internal.h"

static const struct slice INNER = {" ; ", 3};

/* command: a line of the session without its number, not negated. */
static void session_ends(const struct facts *facts, struct slice command,
                         struct slice inner)
{
    bool outward = slice_equal(inner, SLICE("destination"));
    if (cisco_take(&command, "source", 1)) {
        facts_set(facts, FIELD_MIRRORED, cisco_endpoint(command));
    } else if (cisco_take(&command, "destination", 1)) {
        /* NX-OS "destination ip A", IOS XR "destination next-hop A", EOS "destination
         * tunnel mode gre source A destination B". */
        if (cisco_take(&command, "tunnel", 3))
            command = text_after(command, SLICE(" destination "));
        if (cisco_take(&command, "ip", 2) || cisco_take(&command, "next-hop", 6)) {
            if (!cisco_take(&command, "ipv4", 4))
                cisco_take(&command, "ipv6", 4);
            command = slice_word(&command);
        }
        facts_set(facts, FIELD_DESTINATION, cisco_endpoint(command));
    } else if (outward &&
               (cisco_take(&command, "ip", 2) || cisco_take(&command, "ipv6", 4)) &&
               cisco_take(&command, "address", 2)) {
        facts_set(facts, FIELD_DESTINATION, address_in_text(slice_word(&command)));
    } else if (cisco_take(&command, "shutdown", 2)) {
        facts->event->switched_off = true;
    }
}

/* A line that takes a part away tells nothing of what is mirrored now. */
static void session_facts(const struct facts *facts, struct slice id,
                          struct slice command, struct slice inner, bool negated)
{
    facts_set_mirror(facts, SLICE("session "), id);
    if (!negated && !cisco_take_negation(&command))
        session_ends(facts, command, inner);
}

static void export_facts(const struct facts *facts, struct slice command,
                         struct slice mode)
{
    cisco_take_negation(&command);
    cisco_take(&command, "ip", 2);
    cisco_take(&command, "traffic-export", 3);
    if (!cisco_take(&command, "profile", 2) && !cisco_take(&command, "apply", 2))
        return;
    facts_set_mirror(facts, SLICE("traffic-export "), slice_word(&command));
    if (cisco_take(&mode, "interface", 9))
        facts_set(facts, FIELD_MIRRORED, mode);
}

static bool is_export(struct slice command)
{
    cisco_take_negation(&command);
    return cisco_take(&command, "ip", 2) && cisco_take(&command, "traffic-export", 3);
}

void cisco_mirror_facts(const struct facts *facts)
{
    static const struct slice profile = {"ip traffic-export profile ", 26};
    static const struct slice vlan = {"vlan ", 5};
    struct slice command = facts->event->text[FIELD_OPERATION];
    struct slice mode = facts->event->text[FIELD_MODE];
    struct slice inner = SLICE_NONE;
    struct cisco_session session;
    ptrdiff_t at = slice_find(mode, INNER);
    if (at >= 0)
        inner = slice_skip(mode, (size_t)at + INNER.length);

    if (cisco_session_parse(command, &session)) {
        session_facts(facts, session.id, session.rest, SLICE_NONE, session.negated);
        /* IOS XR names the session under the interface that it mirrors. */
        if (cisco_take(&mode, "interface", 9))
            facts_set(facts, FIELD_MIRRORED, mode);
    } else if (is_export(command)) {
        export_facts(facts, command, mode);
    } else if (cisco_session_parse(mode, &session)) {
        session_facts(facts, session.id, command, inner, false);
    } else if (slice_starts_with(mode, profile)) {
        facts_set_mirror(facts, SLICE("traffic-export "),
                         slice_skip(mode, profile.length));
        if (cisco_take(&command, "interface", 3))
            facts_set(facts, FIELD_DESTINATION, command);
    } else if (slice_starts_with(mode, vlan)) {
        facts_set(facts, FIELD_RESOURCE, mode);
    }
}
