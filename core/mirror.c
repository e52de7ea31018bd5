#include "config.h"

#include "core/mirror.h"

#define X(identifier, text) text,
static const char *const state_names[] = {MIRROR_STATES(X)};
static const char *const foreign_names[] = {FOREIGNS(X)};
#undef X

const char *mirror_state_name(enum mirror_state state)
{
    return state_names[state < MIRROR_STATE_COUNT ? state : MIRROR_UNKNOWN];
}

const char *foreign_name(enum foreign foreign)
{
    return foreign_names[foreign < FOREIGN_COUNT ? foreign : FOREIGN_UNKNOWN];
}

static int name_index(const char *const *names, int count, struct slice name)
{
    for (int i = 0; i < count; i++) {
        if (slice_equal_nocase(slice_from(names[i]), name))
            return i;
    }
    return -1;
}

int mirror_state_from_name(struct slice name)
{
    return name_index(state_names, MIRROR_STATE_COUNT, name);
}

int foreign_from_name(struct slice name)
{
    return name_index(foreign_names, FOREIGN_COUNT, name);
}
