/*
 * Facts of Junos statements: analyzers and port mirroring, as the command line or the
 * audit tells them, whole from the top.
 */
#include "config.h"

#include "core/device_line.h"
#include "core/fact_device.h"

static struct slice word_after(struct slice text, struct slice mark)
{
    struct slice rest = text_after(text, mark);
    return slice_word(&rest);
}

/* Without the brackets of an audit path and what follows it. */
static struct slice junos_path(struct slice text)
{
    ptrdiff_t open = slice_index(text, '[');
    if (open >= 0) {
        text = slice_skip(text, (size_t)open + 1);
        text = slice_cut(&text, ']');
    }
    return slice_trim(text);
}

static bool takes_away(struct slice verb)
{
    return slice_starts_with_nocase(verb, SLICE("delete")) ||
           slice_starts_with_nocase(verb, SLICE("deactivate"));
}

/* "rate 100", "maximum-packet-length 128" say how much of the traffic. */
static bool take_sampling(struct path *path, struct slice rest)
{
    static const struct {
        struct slice word;
        enum fact_field field;
    } amounts[] = {{SLICE_INIT("rate"), FACT_FILTER},
                   {SLICE_INIT("run-length"), FACT_FILTER},
                   {SLICE_INIT("maximum-packet-length"), FACT_LENGTH}};
    struct slice number = rest, word = slice_word(&number);
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
        if (!slice_equal(word, amounts[i].word))
            continue;
        device_fact_set(path, amounts[i].field,
                        amounts[i].field == FACT_LENGTH ? number : rest);
        return true;
    }
    return false;
}

static void take_input(struct path *path, struct slice rest)
{
    struct slice way = slice_word(&rest);
    bool in = slice_equal(way, SLICE("ingress")),
         out = slice_equal(way, SLICE("egress"));
    if (in || out)
        way = slice_word(&rest); /* interface, vlan */
    bool port = slice_equal(way, SLICE("interface"));
    const struct slice parts[] = {
        port ? SLICE("") : way,
        port || !rest.length ? SLICE("") : SLICE(" "),
        rest,
        in    ? SLICE(" rx")
        : out ? SLICE(" tx")
              : SLICE(""),
    };
    device_fact_set(path, FACT_SOURCE,
                    slice_trim(arena_join(path->reader->tree.arena, parts, 4)));
}

static void take_output(struct path *path, struct slice rest)
{
    struct slice hop = word_after(rest, SLICE("next-hop ")), end = rest;
    struct slice kind = slice_word(&end);
    bool named =
        slice_equal(kind, SLICE("interface")) || slice_equal(kind, SLICE("ip-address"));
    device_fact_set(path, FACT_DESTINATION,
                    hop.length            ? hop
                    : named && end.length ? end
                                          : slice_trim(rest));
}

/* What stands behind the session's name: "input ingress interface X", "output
 * ip-address Y".  A verb that stops before tells of the whole. */
static void take_ends(struct path *path, struct slice rest, struct slice verb)
{
    bool removed = takes_away(verb);
    struct slice input = text_after(rest, SLICE("input ")),
                 output = text_after(rest, SLICE("output "));
    if (slice_present(output)) {
        take_output(path, output);
        if (removed)
            device_fact_removes(path, "destination");
    } else if (slice_present(input) && !take_sampling(path, input)) {
        take_input(path, input);
        if (removed)
            device_fact_removes(path, "source");
    } else if (slice_equal(verb, SLICE("deactivate"))) {
        path->fact->text[FACT_ENABLED] = SLICE("false");
    } else if (slice_equal(verb, SLICE("activate"))) {
        path->fact->text[FACT_ENABLED] = SLICE("true");
    } else if (removed && !slice_present(input)) {
        path->fact->act = ACT_DELETE;
    }
}

void fact_read_junos(struct path *path, struct slice command)
{
    static const struct slice analyzer = SLICE_INIT("analyzer "),
                              mirroring = SLICE_INIT("port-mirroring"),
                              then = SLICE_INIT("then port-mirror");
    struct slice text = junos_path(command), verb = slice_word(&command);
    bool removed = takes_away(verb);
    struct slice name = word_after(text, analyzer);
    if (name.length) {
        device_fact_begin(path, analyzer, name);
        take_ends(path, text_after(text, name), verb);
        return;
    }
    ptrdiff_t at = slice_find_nocase(text, mirroring);
    if (at >= 0) {
        struct slice instance = word_after(text, SLICE("port-mirroring instance "));
        device_fact_begin(path, instance.length ? SLICE("port-mirroring ") : mirroring,
                          instance);
        take_ends(path, slice_skip(text, (size_t)at + mirroring.length), verb);
        return;
    }
    if (slice_find_nocase(text, then) < 0)
        return;
    struct slice instance = word_after(text, SLICE("port-mirror-instance "));
    device_fact_begin(path, instance.length ? SLICE("port-mirroring ") : mirroring,
                      instance);
    const struct slice parts[] = {SLICE("firewall filter "),
                                  word_after(text, SLICE("filter "))};
    device_fact_set(path, FACT_SOURCE, arena_join(path->reader->tree.arena, parts, 2));
    if (removed)
        device_fact_removes(path, "source");
}
