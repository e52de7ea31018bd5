/*
 * Facts of device lines: SPAN, RSPAN and ERSPAN sessions of Cisco and Arista, IP
 * traffic export, Junos analyzers and port mirroring, and what befalls the whole
 * configuration (commit, rollback, save, reload).
 *
 * A command is read together with the mode that it was given in, as one path of parts:
 * "monitor session 7 type erspan-source ; destination ; ip address 203.0.113.66".  The
 * config logger gives the mode beside the command, NX-OS and its TACACS accounting
 * write the whole path into each line.
 */
#include "config.h"

#include "core/address.h"
#include "core/cisco_command.h"
#include "core/device_line.h"
#include "core/fact_device.h"
#include "core/junos_command.h"

void device_fact_set(struct path *path, enum fact_field field, struct slice text)
{
    if (text.length)
        path->fact->text[field] = text;
}

const struct slice device_fact_container = SLICE_INIT("container");

void device_fact_removes(struct path *path, const char *what)
{
    path->fact->text[FACT_REMOVED] = slice_from(what);
}

/* ---- options of a session ---- */

static void take_source(struct path *path, struct slice rest, bool negated)
{
    if (negated)
        device_fact_removes(path, "source");
    else if (!rest.length)
        path->inner = SLICE("source");
    device_fact_set(path, FACT_SOURCE, cisco_endpoint(rest));
}

/* "tunnel mode gre source A destination B" */
static struct slice tunnel_end(struct slice rest)
{
    static const struct slice mark = SLICE_INIT(" destination ");
    ptrdiff_t at = slice_find_nocase(rest, mark);
    return at < 0 ? rest
                  : slice_word(&(struct slice){rest.data + at + mark.length,
                                               rest.length - (size_t)at - mark.length});
}

static void take_destination(struct path *path, struct slice rest, bool negated)
{
    if (negated)
        device_fact_removes(path, "destination");
    else if (!rest.length)
        path->inner = SLICE("destination");
    if (cisco_take(&rest, "ip", 2) || cisco_take(&rest, "ipv6", 4) ||
        cisco_take(&rest, "next-hop", 4)) {
        cisco_take(&rest, "address", 4);
        device_fact_set(path, FACT_DESTINATION, slice_word(&rest));
    } else if (cisco_take(&rest, "tunnel", 3)) {
        device_fact_set(path, FACT_DESTINATION, tunnel_end(rest));
    } else {
        device_fact_set(path, FACT_DESTINATION, cisco_endpoint(rest));
    }
}

/* The session's far end where it stands under `destination`, or, of a session that
 * receives, under `source`.  Elsewhere it would be an interface's own. */
static void take_address(struct path *path, struct slice rest, bool negated)
{
    if (!cisco_take(&rest, "address", 2) || !path->inner.length)
        return;
    bool outward = slice_equal(path->inner, SLICE("destination"));
    if (negated)
        device_fact_removes(path, outward ? "destination" : "source");
    else
        device_fact_set(path, outward ? FACT_DESTINATION : FACT_SOURCE,
                        address_in_text(slice_word(&rest)));
}

static void take_origin(struct path *path, struct slice rest, bool negated)
{
    if (!cisco_take(&rest, "ip", 2))
        cisco_take(&rest, "ipv6", 4);
    cisco_take(&rest, "address", 2);
    if (!negated)
        device_fact_set(path, FACT_ADDRESS, slice_word(&rest));
}

static void take_shutdown(struct path *path, struct slice rest, bool negated)
{
    (void)rest;
    path->fact->text[FACT_ENABLED] = negated ? SLICE("true") : SLICE("false");
}

static void take_label(struct path *path, struct slice rest, bool negated)
{
    if (!negated)
        device_fact_set(path, FACT_LABEL, slice_word(&rest));
}

static void take_vrf(struct path *path, struct slice rest, bool negated)
{
    if (!negated)
        device_fact_set(path, FACT_NETWORK, slice_word(&rest));
}

static void take_filter(struct path *path, struct slice rest, bool negated)
{
    device_fact_set(path, FACT_FILTER, rest);
    if (negated)
        device_fact_removes(path, "filter");
}

static void take_length(struct path *path, struct slice rest, bool negated)
{
    path->fact->text[FACT_LENGTH] = negated ? SLICE("") : slice_word(&rest);
}

static void take_type(struct path *path, struct slice rest, bool negated)
{
    (void)negated;
    device_fact_set(path, FACT_KIND, slice_word(&rest));
}

static const struct {
    const char *keyword;
    size_t least;
    void (*take)(struct path *path, struct slice rest, bool negated);
} options[] = {
    {"type", 1, take_type},
    {"source", 1, take_source},
    {"destination", 1, take_destination},
    {"ip", 2, take_address},
    {"ipv6", 4, take_address},
    {"origin", 2, take_origin},
    {"shutdown", 2, take_shutdown},
    {"erspan-id", 1, take_label},
    {"vrf", 1, take_vrf},
    {"filter", 1, take_filter},
    {"mtu", 2, take_length},
    {"truncate", 5, take_length},
};

static void take_option(struct path *path, struct slice rest, bool negated)
{
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (cisco_take(&rest, options[i].keyword, options[i].least)) {
            options[i].take(path, rest, negated);
            return;
        }
    }
}

/* ---- parts of a path ---- */

void device_fact_begin(struct path *path, struct slice kind, struct slice id)
{
    struct arena *arena = path->reader->tree.arena;
    const struct slice parts[] = {kind, id};
    if (!path->fact)
        path->fact = fact_add(path->reader, THING_SESSION, ACT_WRITE);
    path->fact->text[FACT_OBJECT] = arena_join(arena, parts, 2);
}

static void take_session(struct path *path, const struct cisco_session *session)
{
    struct slice rest = session->rest, id = session->id;
    enum provider provider = path->reader->event->provider;
    if (session->negated &&
        (provider == PROVIDER_CISCO_IOS || provider == PROVIDER_CISCO_NXOS))
        id = cisco_session_group(id);
    if (session->negated && slice_equal_nocase(id, SLICE("range")) && rest.length) {
        id = rest;
        rest = SLICE_NONE;
    }
    device_fact_begin(path, SLICE("session "), id);
    if (session->negated && !rest.length)
        path->fact->act = ACT_DELETE;
    else if (rest.length)
        take_option(path, rest, session->negated);
}

/* IOS XR: "monitor-session NAME ethernet destination interface X", and the same under
 * an interface, which is then the source. */
static bool take_hyphened(struct path *path, struct slice part)
{
    bool negated = cisco_take_negation(&part);
    if (!cisco_take(&part, "monitor-session", 9))
        return false;
    struct slice id = slice_word(&part);
    if (!id.length)
        return false;
    device_fact_begin(path, SLICE("session "), id);
    cisco_take(&part, "ethernet", 3);
    if (path->interface.length) {
        device_fact_set(path, FACT_SOURCE, path->interface);
        if (negated)
            device_fact_removes(path, "source");
    } else if (negated && !part.length) {
        path->fact->act = ACT_DELETE;
    } else if (part.length) {
        take_option(path, part, negated);
    }
    return true;
}

/* "ip traffic-export profile X" and, under an interface, "... apply X". */
static bool take_export(struct path *path, struct slice part)
{
    bool negated = cisco_take_negation(&part);
    if (!cisco_take(&part, "ip", 2) || !cisco_take(&part, "traffic-export", 3))
        return false;
    bool profile = cisco_take(&part, "profile", 2);
    if (!profile && !cisco_take(&part, "apply", 2))
        return false;
    device_fact_begin(path, SLICE("traffic-export "), slice_word(&part));
    device_fact_set(path, FACT_KIND, SLICE("traffic-export"));
    if (profile) {
        path->fact->act = negated ? ACT_DELETE : ACT_WRITE;
    } else {
        device_fact_set(path, FACT_SOURCE, path->interface);
        if (negated)
            device_fact_removes(path, "source");
    }
    return true;
}

/* Accounting adds the result and the end of the line to what was typed. */
static struct slice typed(struct slice part)
{
    static const struct slice tails[] = {SLICE_INIT("<cr>"), SLICE_INIT("(SUCCESS)")};
    part = slice_trim(part);
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        if (slice_ends_with_nocase(part, tails[i]))
            part = slice_trim(slice_first(part, part.length - tails[i].length));
    }
    return part;
}

static void take_part(struct path *path, struct slice part)
{
    struct cisco_session session;
    struct slice bare = part;
    if (cisco_session_parse(part, &session)) {
        take_session(path, &session);
        return;
    }
    if (take_hyphened(path, part) || take_export(path, part))
        return;
    bool negated = cisco_take_negation(&bare);
    struct slice name = bare;
    if (!path->fact) {
        if (cisco_take(&name, "interface", 3))
            path->interface = name;
        return;
    }
    if (slice_equal(path->fact->text[FACT_KIND], SLICE("traffic-export"))) {
        if (cisco_take(&bare, "interface", 3))
            device_fact_set(path, FACT_DESTINATION, bare);
        return;
    }
    take_option(path, bare, negated);
}

static void take_parts(struct path *path, struct slice parts)
{
    while (slice_present(parts))
        take_part(path, typed(slice_cut(&parts, ';')));
}

/* ---- the configuration as a whole ---- */

/* "!exec: write memory", "do write" */
static struct slice exec_command(struct slice command)
{
    if (slice_starts_with_nocase(command, SLICE("!exec:")))
        command = slice_trim(slice_skip(command, 6));
    cisco_take(&command, "do", 2);
    return typed(command);
}

static bool is_save(struct slice command)
{
    struct slice rest = exec_command(command);
    if (slice_equal(rest, SLICE("save")) || slice_equal(rest, SLICE("save force")))
        return true; /* VRP */
    if (cisco_take(&rest, "write", 2))
        return !rest.length || cisco_take(&rest, "memory", 3);
    return cisco_take(&rest, "copy", 3) && cisco_take(&rest, "running-config", 1) &&
           cisco_take(&rest, "startup-config", 2);
}

static bool is_reload(struct slice command)
{
    struct slice rest = exec_command(command);
    return (cisco_take(&rest, "reload", 6) || cisco_take(&rest, "reboot", 6)) &&
           !rest.length;
}

/* Messages by the end of their token, and the words of the record before what it says
 * of the act: "requested 'commit confirmed' operation", "performing a 'rollback 3'". */
static const struct message {
    struct slice token;
    enum fact_act act;
    enum fact_field field;
    struct slice before;
} messages[] = {
    {SLICE_INIT("SYS-5-RESTART"), ACT_RESTART, FACT_KIND, SLICE_INIT("")},
    {SLICE_INIT("SYS-5-RELOAD"), ACT_RESTART, FACT_KIND, SLICE_INIT("")},
    {SLICE_INIT("SYS-5-CONFIG_STARTUP"), ACT_SAVE, FACT_KIND, SLICE_INIT("")},
    {SLICE_INIT("CONFIG-6-DB_COMMIT"), ACT_COMMIT, FACT_LABEL,
     SLICE_INIT("commit changes ")},
    {SLICE_INIT("UI_COMMIT_COMPLETED"), ACT_COMMIT, FACT_KIND, SLICE_INIT("")},
    {SLICE_INIT("UI_COMMIT"), ACT_REQUEST, FACT_KIND, SLICE_INIT("requested '")},
    {SLICE_INIT("UI_COMMIT_NOT_CONFIRMED"), ACT_ROLLBACK, FACT_KIND, SLICE_INIT("")},
    {SLICE_INIT("UI_LOAD_EVENT"), ACT_ROLLBACK, FACT_KIND,
     SLICE_INIT("performing a '")},
};

static const struct {
    struct slice word;
    enum fact_act act;
} junos_commands[] = {
    {SLICE_INIT("commit"), ACT_REQUEST},
    {SLICE_INIT("rollback"), ACT_ROLLBACK},
    {SLICE_INIT("load"), ACT_ROLLBACK},
};

/* What befalls the configuration as a whole, and its words. */
struct befalling {
    enum fact_act act;
    enum fact_field field;
    struct slice words;
};

static struct befalling befalling_of(const struct event *event, struct slice raw)
{
    struct slice operation = event->text[FIELD_OPERATION];
    struct slice service = event->text[FIELD_SERVICE];
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        const struct message *message = &messages[i];
        if (!slice_ends_with_nocase(operation, message->token) &&
            !slice_ends_with_nocase(service, message->token))
            continue;
        return (struct befalling){message->act, message->field,
                                  message->before.length
                                      ? text_between(raw, message->before, '\'')
                                      : SLICE_NONE};
    }
    struct slice command = typed(operation), rest = command, word = slice_word(&rest);
    for (size_t i = 0; i < sizeof junos_commands / sizeof junos_commands[0]; i++) {
        if (event->provider == PROVIDER_JUNOS &&
            slice_equal(word, junos_commands[i].word))
            return (struct befalling){junos_commands[i].act, FACT_KIND, command};
    }
    return (struct befalling){is_save(operation)     ? ACT_SAVE
                              : is_reload(operation) ? ACT_RESTART
                                                     : ACT_NONE,
                              FACT_KIND, SLICE_NONE};
}

static void configuration(struct fact_reader *reader, const struct befalling *befalling)
{
    struct fact *fact = fact_add(reader, THING_CONFIGURATION, befalling->act);
    fact->text[befalling->field] = befalling->words;
}

/* ---- lines ---- */

/* Words without which no line is about mirroring. */
bool fact_wanted_device(const struct event *event)
{
    static const struct slice marks[] = {SLICE_INIT("mon"),
                                         SLICE_INIT("traf"),
                                         SLICE_INIT("analyzer"),
                                         SLICE_INIT("port-mirror"),
                                         SLICE_INIT("mirror"),
                                         SLICE_INIT("observe-port"),
                                         SLICE_INIT("mirred"),
                                         SLICE_INIT("sniffer"),
                                         SLICE_INIT("switch-interface"),
                                         SLICE_INIT("tc "),
                                         SLICE_INIT("del-br")};
    struct slice operation = event->text[FIELD_OPERATION];
    if (event->text[FIELD_MODE].length ||
        befalling_of(event, SLICE_NONE).act != ACT_NONE)
        return true;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (slice_find_nocase(operation, marks[i]) >= 0)
            return true;
    }
    return false;
}

void fact_read_device(struct fact_reader *reader)
{
    struct path path = {.reader = reader};
    struct slice operation = reader->event->text[FIELD_OPERATION];
    const struct befalling befalling = befalling_of(reader->event, reader->raw);
    if (befalling.act != ACT_NONE) {
        configuration(reader, &befalling);
        return;
    }
    if (reader->event->provider >= PROVIDER_HUAWEI_VRP) {
        fact_read_host(&path);
        return;
    }
    if (reader->event->provider == PROVIDER_JUNOS) {
        fact_read_junos(&path, junos_statement(reader->event->text[FIELD_MODE],
                                               operation, reader->tree.arena));
        return;
    }
    take_parts(&path, reader->event->text[FIELD_MODE]);
    take_parts(&path, operation);
    /* What only opens or leaves a mode within says nothing of the session. */
    if (path.fact && path.fact->act == ACT_WRITE &&
        cisco_take(&(struct slice){operation.data, operation.length}, "exit", 2))
        reader->out->count = 0;
}
