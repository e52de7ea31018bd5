#include "config.h"

#include "core/device_context.h"
#include "core/form_internal.h"
#include "core/line_state.h"

static struct normaliser_joint stand(const struct normaliser *normaliser)
{
    const struct time_hint *hint = &normaliser->hint;
    return (struct normaliser_joint){
        .has_neighbour = hint->has_neighbour,
        .neighbour_us = hint->has_neighbour ? hint->neighbour_us : 0,
        .date_order = hint->date_order,
        .devices =
            normaliser->devices ? device_contexts_changes(normaliser->devices) : 0,
        .lines = normaliser->lines ? line_state_changes(normaliser->lines) : 0,
    };
}

static int copy_devices(struct normaliser *to, const struct normaliser *from)
{
    if (!from->devices) {
        if (to->devices)
            device_contexts_reset(to->devices);
        return 0;
    }
    if (!to->devices && !(to->devices = device_contexts_new()))
        return -1;
    device_contexts_copy(to->devices, from->devices);
    return 0;
}

static int copy_lines(struct normaliser *to, const struct normaliser *from)
{
    if (!from->lines) {
        if (to->lines)
            line_state_reset(to->lines);
        return 0;
    }
    if (!to->lines && !(to->lines = line_state_new()))
        return -1;
    return line_state_copy(to->lines, from->lines);
}

int normaliser_begin_as(struct normaliser *normaliser, const struct normaliser *other)
{
    if (copy_devices(normaliser, other) || copy_lines(normaliser, other))
        return -1;
    normaliser->hint = other->hint;
    memcpy(normaliser->shown_order, other->shown_order, sizeof other->shown_order);
    normaliser->year_told = normaliser->year_asked = false;
    normaliser->begun = stand(normaliser);
    return 0;
}

bool normaliser_joined(const struct normaliser *before, const struct normaliser *part)
{
    struct normaliser_joint joint = stand(before);
    const struct normaliser_joint *begun = &part->begun;
    bool same_year = joint.has_neighbour == begun->has_neighbour &&
                     joint.neighbour_us == begun->neighbour_us;
    return joint.devices == begun->devices && joint.lines == begun->lines &&
           joint.date_order == begun->date_order && (same_year || !part->year_asked);
}

int normaliser_follow(struct normaliser *before, const struct normaliser *part)
{
    const struct normaliser past = *before;
    if (normaliser_begin_as(before, part))
        return -1;
    if (!part->year_told) {
        before->hint.has_neighbour = past.hint.has_neighbour;
        before->hint.neighbour_us = past.hint.neighbour_us;
    }
    for (size_t i = 0; i < sizeof past.shown_order / sizeof *past.shown_order; i++)
        before->shown_order[i] = before->shown_order[i] || past.shown_order[i];
    return 0;
}
