#include "config.h"

#include "core/actor.h"

/* arn:partition:service:region:account:resource */
static struct slice arn_resource(struct slice actor)
{
    struct slice rest = actor;
    for (int part = 0; part < 5; part++) {
        slice_cut(&rest, ':');
        if (slice_blank(rest))
            return actor;
    }
    return rest;
}

struct slice actor_short(struct slice actor)
{
    const struct slice kinds[] = {SLICE("assumed-role/"), SLICE("federated-user/"),
                                  SLICE("user/"), SLICE("role/")};
    const struct slice service_account = SLICE(".iam.gserviceaccount.com");
    if (slice_ends_with(actor, service_account) &&
        actor.length > service_account.length)
        return slice_first(actor, actor.length - service_account.length);
    if (!slice_starts_with(actor, SLICE("arn:")))
        return actor;
    struct slice resource = arn_resource(actor);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (slice_starts_with(resource, kinds[i]) && resource.length > kinds[i].length)
            return slice_skip(resource, kinds[i].length);
    return resource;
}
