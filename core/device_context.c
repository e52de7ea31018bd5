#include "config.h"

#include <stdlib.h>

#include "core/cisco_command.h"
#include "core/device_context.h"
#include "core/event.h"
#include "core/limits.h"

/* Longer names and modes are no real ones: they are not remembered. */
enum { NAME_BYTES = 96, MODE_BYTES = 192 };

#define CONTEXT_SPAN_US (10 * 60 * INT64_C(1000000))

enum mode_kind {
    MODE_NONE,
    MODE_SESSION,
    MODE_VLAN,
    MODE_EXPORT,
    MODE_INTERFACE,
    MODE_PLACE
};

struct text {
    size_t length;
    char bytes[NAME_BYTES];
};

struct context {
    struct text device, user;
    enum mode_kind kind;
    size_t mode_length;  /* of the session line */
    size_t inner_length; /* with " ; destination", else the same */
    bool named;          /* MODE_EXPORT: its interface was given */
    int64_t time_us;
    char mode[MODE_BYTES];
};

/* What is asked of all rows for each command stands apart from them: looking through
 * the rows themselves took a fifth of the time of a load. */
struct device_contexts {
    uint64_t clock, changes;
    uint64_t used[LIMIT_DEVICE_CONTEXTS]; /* a count, 0: free */
    uint32_t hashes[LIMIT_DEVICE_CONTEXTS];
    struct context rows[LIMIT_DEVICE_CONTEXTS];
};

struct device_contexts *device_contexts_new(void)
{
    return calloc(1, sizeof(struct device_contexts));
}

void device_contexts_free(struct device_contexts *contexts)
{
    free(contexts);
}

void device_contexts_reset(struct device_contexts *contexts)
{
    contexts->clock = contexts->changes = 0;
    memset(contexts->used, 0, sizeof contexts->used);
}

void device_contexts_copy(struct device_contexts *to,
                          const struct device_contexts *from)
{
    *to = *from;
}

uint64_t device_contexts_changes(const struct device_contexts *contexts)
{
    return contexts->changes;
}

/* ---- rows ---- */

static bool text_is(const struct text *text, struct slice value)
{
    return slice_equal((struct slice){text->bytes, text->length}, value);
}

static void text_set(struct text *text, struct slice value)
{
    text->length = value.length;
    if (value.length)
        memcpy(text->bytes, value.data, value.length);
}

static uint32_t hash_of(struct slice device, struct slice user)
{
    const uint32_t prime = 16777619; /* FNV-1a */
    uint32_t hash = 2166136261;
    for (size_t i = 0; i < device.length; i++)
        hash = (hash ^ (unsigned char)device.data[i]) * prime;
    for (size_t i = 0; i < user.length; i++)
        hash = (hash ^ (unsigned char)user.data[i]) * prime;
    return hash;
}

static const struct context *find_row(const struct device_contexts *contexts,
                                      struct slice device, struct slice user)
{
    uint32_t hash = hash_of(device, user);
    for (size_t i = 0; i < LIMIT_DEVICE_CONTEXTS; i++) {
        const struct context *row = &contexts->rows[i];
        if (contexts->hashes[i] == hash && contexts->used[i] &&
            text_is(&row->device, device) && text_is(&row->user, user))
            return row;
    }
    return NULL;
}

static void use(struct device_contexts *contexts, const struct context *row)
{
    contexts->used[row - contexts->rows] = ++contexts->clock;
}

static void forget(struct device_contexts *contexts, const struct context *row)
{
    contexts->used[row - contexts->rows] = 0;
}

/* To be changed. */
static struct context *find(struct device_contexts *contexts, struct slice device,
                            struct slice user)
{
    struct context *row = (struct context *)find_row(contexts, device, user);
    contexts->changes += row != NULL;
    return row;
}

/* A free row, or the one that was used least lately. */
static struct context *claim(struct device_contexts *contexts, struct slice device,
                             struct slice user)
{
    size_t oldest = 0;
    uint64_t least = contexts->used[0];
    for (size_t i = 1; i < LIMIT_DEVICE_CONTEXTS && least; i++) {
        if (contexts->used[i] < least) {
            least = contexts->used[i];
            oldest = i;
        }
    }
    struct context *row = &contexts->rows[oldest];
    contexts->changes++;
    contexts->hashes[oldest] = hash_of(device, user);
    text_set(&row->device, device);
    text_set(&row->user, user);
    return row;
}

static bool is_late(const struct context *row, int64_t time_us)
{
    if (time_us == EVENT_TIME_NONE || row->time_us == EVENT_TIME_NONE)
        return false;
    int64_t later = time_us > row->time_us ? time_us : row->time_us;
    int64_t earlier = time_us > row->time_us ? row->time_us : time_us;
    uint64_t apart = (uint64_t)later - (uint64_t)earlier;
    return apart > (uint64_t)CONTEXT_SPAN_US;
}

/* ---- lines that open a mode ---- */

/* Which mode the command opens; *tail is what the mode's name keeps of it. */
static enum mode_kind opened_mode(struct slice command, struct slice *tail)
{
    struct slice rest = command;
    struct cisco_session session;
    if (cisco_session_parse(command, &session)) {
        /* One-line forms (source, destination, filter) open none; IOS XR names the
         * kind of packets. */
        bool opens = session.hyphen || !session.rest.length ||
                     cisco_take(&session.rest, "type", 1);
        *tail = session.id;
        return opens && !session.negated ? MODE_SESSION : MODE_NONE;
    }
    if (cisco_take(&rest, "vlan", 2)) {
        *tail = rest;
        return rest.length && rest.data[0] >= '0' && rest.data[0] <= '9' ? MODE_VLAN
                                                                         : MODE_NONE;
    }
    if (cisco_take(&rest, "ip", 2)) {
        bool opens =
            cisco_take(&rest, "traffic-export", 3) && cisco_take(&rest, "profile", 2);
        *tail = slice_word(&rest);
        return opens && tail->length ? MODE_EXPORT : MODE_NONE;
    }
    *tail = rest;
    return cisco_take(&rest, "interface", 3) && rest.length ? MODE_INTERFACE
                                                            : MODE_NONE;
}

static struct slice mode_name(enum mode_kind kind, struct slice command,
                              struct slice tail, struct arena *arena)
{
    struct cisco_session session;
    struct slice parts[4] = {SLICE_NONE, tail, SLICE_NONE, SLICE_NONE};
    switch (kind) {
    case MODE_SESSION:
        parts[0] = SLICE("monitor session ");
        if (cisco_session_parse(command, &session) &&
            cisco_take(&session.rest, "type", 1)) {
            parts[2] = SLICE(" type ");
            parts[3] = session.rest;
        }
        break;
    case MODE_VLAN:
        parts[0] = SLICE("vlan ");
        break;
    case MODE_EXPORT:
        parts[0] = SLICE("ip traffic-export profile ");
        break;
    case MODE_INTERFACE:
        slice_word(&tail);
        parts[0] = SLICE("interface ");
        parts[1] = tail;
        break;
    case MODE_NONE:
    case MODE_PLACE:
        break;
    }
    return arena_join(arena, parts, 4);
}

static void open_mode(struct context *row, enum mode_kind kind, struct slice name)
{
    row->kind = name.length && name.length <= MODE_BYTES ? kind : MODE_NONE;
    if (row->kind == MODE_NONE)
        return;
    memcpy(row->mode, name.data, name.length);
    row->mode_length = row->inner_length = name.length;
    row->named = false;
}

/* ---- lines inside a mode ---- */

struct keyword {
    const char *name;
    size_t least;
};

static bool begins_with_any(struct slice command, const struct keyword *keywords)
{
    struct slice word = slice_word(&command);
    for (; keywords->name; keywords++) {
        if (cisco_abbreviates(word, keywords->name, keywords->least))
            return true;
    }
    return false;
}

static bool is_session_address(struct slice command)
{
    static const struct keyword after_ip[] = {
        {"address", 2}, {"ttl", 2}, {"prec", 2}, {"dscp", 2}, {NULL, 0}};
    return (cisco_take(&command, "ip", 2) || cisco_take(&command, "ipv6", 4)) &&
           begins_with_any(command, after_ip);
}

static bool belongs_to_session(struct slice command)
{
    static const struct keyword keywords[] = {
        {"source", 2},      {"destination", 3}, {"erspan-id", 2}, {"origin", 2},
        {"vrf", 2},         {"shutdown", 2},    {"mtu", 2},       {"filter", 2},
        {"description", 3}, {"header-type", 3}, {NULL, 0}};
    return begins_with_any(command, keywords) || is_session_address(command);
}

static bool belongs_to_vlan(struct slice command)
{
    static const struct keyword keywords[] = {
        {"remote-span", 3}, {"name", 2},         {"state", 2}, {"shutdown", 4},
        {"mtu", 2},         {"private-vlan", 2}, {NULL, 0}};
    return begins_with_any(command, keywords);
}

/* Its first interface is the one that the copies leave by, a second one another
 * mode's. */
static bool belongs_to_export(struct context *row, struct slice command)
{
    static const struct keyword keywords[] = {{"bidirectional", 2}, {"incoming", 3},
                                              {"outgoing", 3},      {"mac-address", 3},
                                              {"length", 3},        {NULL, 0}};
    bool interface = cisco_take(&command, "interface", 3);
    if (interface && row->named)
        return false;
    row->named |= interface;
    return interface || begins_with_any(command, keywords);
}

static bool belongs(struct context *row, struct slice command)
{
    struct slice bare = command;
    cisco_take_negation(&bare);
    switch (row->kind) {
    case MODE_SESSION:
        return belongs_to_session(bare);
    case MODE_VLAN:
        return belongs_to_vlan(bare);
    case MODE_EXPORT:
        return belongs_to_export(row, bare);
    case MODE_INTERFACE:
        return cisco_take(&bare, "monitor-session", 8) ||
               (cisco_take(&bare, "ip", 2) && cisco_take(&bare, "traffic-export", 3));
    case MODE_NONE:
    case MODE_PLACE:
        break;
    }
    return false;
}

static struct slice current_mode(const struct context *row, struct arena *arena)
{
    return arena_copy(arena, (struct slice){row->mode, row->inner_length});
}

/* `destination` of an ERSPAN source session and `source` of an ERSPAN destination
 * session, alone on their line, are modes within. */
static void enter_inner_mode(struct context *row, struct slice command)
{
    static const struct slice separator = {" ; ", 3};
    struct slice rest = command;
    struct slice name;
    if (cisco_take(&rest, "destination", 3))
        name = SLICE("destination");
    else if (cisco_take(&rest, "source", 2))
        name = SLICE("source");
    else
        return;
    if (rest.length || row->mode_length + separator.length + name.length > MODE_BYTES)
        return;
    memcpy(row->mode + row->mode_length, separator.data, separator.length);
    memcpy(row->mode + row->mode_length + separator.length, name.data, name.length);
    row->inner_length = row->mode_length + separator.length + name.length;
}

static void leave_one(struct context *row)
{
    if (row->inner_length > row->mode_length)
        row->inner_length = row->mode_length;
    else
        row->kind = MODE_NONE;
}

static struct slice follow(struct context *row, struct slice command,
                           struct arena *arena)
{
    static const struct keyword leaving[] = {{"exit", 2}, {"end", 3}, {NULL, 0}};
    struct slice mode = SLICE_NONE, word = command;
    if (begins_with_any(command, leaving)) {
        mode = row->kind == MODE_SESSION ? current_mode(row, arena) : SLICE_NONE;
        if (cisco_take(&word, "end", 3))
            row->kind = MODE_NONE;
        else
            leave_one(row);
    } else if (belongs(row, command)) {
        mode = current_mode(row, arena);
        if (row->kind == MODE_SESSION)
            enter_inner_mode(row, command);
    } else if (row->kind != MODE_INTERFACE) {
        row->kind = MODE_NONE; /* a line of another mode */
    }
    return mode;
}

/* ---- in use ---- */

static void forget_if_done(struct device_contexts *contexts, const struct context *row)
{
    if (row->kind == MODE_NONE)
        forget(contexts, row);
}

/* "do show ..." and "!exec: show ..." run outside of the mode and do not leave it. */
static bool is_exec(struct slice command)
{
    struct slice rest = command;
    return slice_starts_with(command, SLICE("!")) || cisco_take(&rest, "do", 2);
}

struct slice device_contexts_command(struct device_contexts *contexts,
                                     struct slice device, struct slice user,
                                     int64_t time_us, struct slice command,
                                     struct arena *arena)
{
    struct slice tail = SLICE_NONE;
    struct context *row = find(contexts, device, user);
    if (is_exec(command))
        return SLICE_NONE;
    if (row && is_late(row, time_us)) {
        forget(contexts, row);
        row = NULL;
    }
    if (row && (row->kind == MODE_EXPORT || row->kind == MODE_INTERFACE) &&
        belongs(row, command)) {
        row->time_us = time_us;
        return current_mode(row, arena);
    }
    enum mode_kind kind = opened_mode(command, &tail);
    if (kind != MODE_NONE) {
        if (device.length > NAME_BYTES || user.length > NAME_BYTES)
            return SLICE_NONE;
        row = row ? row : claim(contexts, device, user);
        use(contexts, row);
        row->time_us = time_us;
        open_mode(row, kind, mode_name(kind, command, tail, arena));
        forget_if_done(contexts, row);
        return SLICE_NONE;
    }
    if (!row)
        return SLICE_NONE;
    use(contexts, row);
    row->time_us = time_us;
    struct slice mode = follow(row, command, arena);
    forget_if_done(contexts, row);
    return mode;
}

void device_contexts_leave(struct device_contexts *contexts, struct slice device,
                           struct slice user)
{
    struct context *row = find(contexts, device, user);
    if (row)
        forget(contexts, row);
}

struct slice device_contexts_place(const struct device_contexts *contexts,
                                   struct slice device, struct slice user,
                                   struct arena *arena)
{
    const struct context *row = find_row(contexts, device, user);
    return row && row->kind == MODE_PLACE ? current_mode(row, arena) : SLICE_NONE;
}

void device_contexts_set_place(struct device_contexts *contexts, struct slice device,
                               struct slice user, struct slice place)
{
    struct context *row = find(contexts, device, user);
    if (!place.length || place.length > MODE_BYTES || device.length > NAME_BYTES ||
        user.length > NAME_BYTES) {
        if (row)
            forget(contexts, row);
        return;
    }
    row = row ? row : claim(contexts, device, user);
    use(contexts, row);
    row->time_us = EVENT_TIME_NONE;
    open_mode(row, MODE_PLACE, place);
}
