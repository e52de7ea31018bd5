#include "config.h"

#include "core/frame_internal.h"

enum {
    /* How far before the end of the bytes a line that begins with an object is looked
     * for, where lines of text stand between objects. */
    JOINT_LOOK_BYTES = 64 * 1024,
};

static struct slice opening_text(const struct opening *opening)
{
    return (struct slice){opening->text, opening->length};
}

/* --- where to cut -------------------------------------------------------------- */

/* Behind the last newline, or 0. object: a `{` must follow. */
static size_t last_line(struct slice bytes, bool object)
{
    size_t least =
        object && bytes.length > JOINT_LOOK_BYTES ? bytes.length - JOINT_LOOK_BYTES : 1;
    for (size_t at = bytes.length; at >= least && at; at--) {
        if (bytes.data[at - 1] == '\n' &&
            (!object || (at < bytes.length && bytes.data[at] == '{')))
            return at;
    }
    return 0;
}

/* The last place where bytes stand that records begin with, or 0. */
static size_t last_opening(struct slice bytes, struct slice opening)
{
    for (size_t at = bytes.length; at-- > 1;) {
        if (bytes.data[at] == '{' && slice_starts_with(slice_skip(bytes, at), opening))
            return at;
    }
    return 0;
}

size_t framer_guess_joint(const struct framer *framer, struct slice bytes)
{
    bool opens = framer->opening.length && !framer->opening.guessed;
    if (framer->damage.active)
        return 0;
    if (framer->depth)
        return opens && framer->levels[framer->depth - 1].kind != LEVEL_WHOLE
                   ? last_opening(bytes, opening_text(&framer->opening))
                   : 0;
    size_t object = opens && !framer->in_table ? last_line(bytes, true) : 0;
    return object ? object : last_line(bytes, false);
}

/* --- the parts ----------------------------------------------------------------- */

static struct joint stand(const struct framer *framer)
{
    struct joint joint = {
        .in_table = framer->in_table,
        .end_noted = framer->end_noted,
        .in_damage = framer->damage.active,
        .depth = framer->depth,
        .opening = framer->opening,
        .table = table_changes(framer->table),
    };
    memcpy(joint.levels, framer->levels, framer->depth * sizeof *joint.levels);
    return joint;
}

int framer_begin_as(struct framer *framer, const struct framer *other)
{
    if (table_copy(framer->table, other->table))
        return -1;
    framer->depth = other->depth;
    memcpy(framer->levels, other->levels, sizeof framer->levels);
    framer->in_table = other->in_table;
    framer->end_noted = other->end_noted;
    framer->opening = other->opening;
    char *kept_bytes = framer->damage.kept_bytes;
    framer->damage = other->damage;
    framer->damage.kept_bytes = kept_bytes;
    if (other->damage.active)
        memcpy(kept_bytes, other->damage.kept_bytes, other->damage.kept);
    framer->opening_told = framer->opening_asked = false;
    framer->begun = stand(framer);
    return 0;
}

int framer_guess(struct framer *framer, const struct framer *other)
{
    if (framer_begin_as(framer, other))
        return -1;
    /* Its bytes up to here are not there: such a part is never joined. */
    framer->damage.active = false;
    return 0;
}

static bool same_levels(const struct joint *a, const struct joint *b)
{
    bool rows = a->in_table;
    if (a->depth != b->depth)
        return false;
    for (size_t i = 0; i < a->depth; i++) {
        const struct level *left = &a->levels[i], *right = &b->levels[i];
        if (left->kind != right->kind || left->envelope != right->envelope ||
            left->end != right->end)
            return false;
        rows = rows || left->kind == LEVEL_ROWS;
    }
    return a->in_table == b->in_table && (!rows || a->table == b->table);
}

static bool same_opening(const struct opening *a, const struct opening *b)
{
    return slice_equal(opening_text(a), opening_text(b)) && a->guessed == b->guessed &&
           a->fills == b->fills;
}

bool framer_joined(const struct framer *before, const struct framer *part)
{
    struct joint joint = stand(before);
    return !joint.in_damage && !part->begun.in_damage &&
           joint.end_noted == part->begun.end_noted &&
           same_levels(&joint, &part->begun) &&
           (!part->opening_asked || same_opening(&joint.opening, &part->begun.opening));
}

int framer_follow(struct framer *before, const struct framer *part)
{
    struct opening opening =
        part->opening_told || same_opening(&before->opening, &part->begun.opening)
            ? part->opening
            : before->opening;
    int result = framer_begin_as(before, part);
    before->opening = opening;
    return result;
}

uint64_t framer_settled(const struct framer *framer)
{
    return framer->damage.active ? framer->damage.offset : framer->base + framer->at;
}
