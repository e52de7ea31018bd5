/*
 * Facts of clouds whose records tell a mirror in one piece (OCI VTAPs, Alibaba and
 * Huawei sessions) and of hosts and switches whose commands do (VRP, FortiOS, Open
 * vSwitch, tc): what mirror_facts reads is all there is.
 */
#include "config.h"

#include "core/fact_internal.h"
#include "core/form.h"
#include "core/rule.h"

static enum fact_act act_of(const struct event *event)
{
    switch (lifecycle_from_operation(event->text[FIELD_OPERATION])) {
    case LIFECYCLE_CREATION:
        return ACT_CREATE;
    case LIFECYCLE_DELETION:
        return ACT_DELETE;
    default:
        return ACT_WRITE;
    }
}

static void whole_mirror(struct fact_reader *reader, enum fact_act act)
{
    struct event event = *reader->event;
    mirror_facts(&event, reader->raw, reader->tree.arena);
    /* The id is the response's, which an export may lack: the act names the mirror. */
    bool made = act == ACT_CREATE && (event.text[FIELD_MIRRORED].length ||
                                      event.text[FIELD_DESTINATION].length);
    if (!event.text[FIELD_MIRROR].length && !made)
        return;
    struct fact *fact = fact_add(reader, THING_SESSION, act);
    fact->text[FACT_OBJECT] = event.text[FIELD_MIRROR];
    fact->text[FACT_SOURCE] = event.text[FIELD_MIRRORED];
    fact->text[FACT_DESTINATION] = event.text[FIELD_DESTINATION];
    if (event.switched_off)
        fact->text[FACT_ENABLED] = SLICE("false");
}

/* A VTAP copies when isVtapEnabled says so, which is false by default. */
static void vtap(struct fact_reader *reader)
{
    whole_mirror(reader, act_of(reader->event));
    if (!reader->out->count)
        return;
    struct fact *fact = &reader->out->facts[reader->out->count - 1];
    int enabled = facts_truth(facts_find(reader->tree.root, "isVtapEnabled"));
    fact->text[FACT_FILTER] =
        facts_find_text(&reader->tree, reader->tree.root, "captureFilterId");
    if (enabled >= 0)
        fact->text[FACT_ENABLED] = enabled ? SLICE("true") : SLICE("false");
}

static void session(struct fact_reader *reader)
{
    whole_mirror(reader, act_of(reader->event));
}

/* The request names those that come or go, and no others. */
static void sources(struct fact_reader *reader)
{
    whole_mirror(reader, ACT_CHANGE);
    if (!reader->out->count)
        return;
    struct fact *fact = &reader->out->facts[reader->out->count - 1];
    bool gone =
        slice_starts_with_nocase(reader->event->text[FIELD_OPERATION], SLICE("Remove"));
    fact->text[gone ? FACT_REMOVED : FACT_CHANGED] = SLICE("sources");
}

const struct fact_row fact_rows_oci[] = {
    {SLICE_INIT("CreateVtap"), false, vtap},
    {SLICE_INIT("UpdateVtap"), false, vtap},
    {SLICE_INIT("DeleteVtap"), false, vtap},
    {SLICE_NONE, false, NULL},
};

const struct fact_row fact_rows_sessions[] = {
    {SLICE_INIT("CreateTrafficMirrorSession"), true, session},
    {SLICE_INIT("UpdateTrafficMirrorSession"), false, session},
    {SLICE_INIT("DeleteTrafficMirrorSession"), true, session},
    {SLICE_INIT("AddSourcesToTrafficMirrorSession"), true, sources},
    {SLICE_INIT("RemoveSourcesFromTrafficMirrorSession"), true, sources},
    {SLICE_NONE, false, NULL},
};
