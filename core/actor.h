/*
 * actor.h - who did it, in a width that fits a column.
 */
#ifndef CORE_ACTOR_H
#define CORE_ACTOR_H

#include "core/slice.h"

/*
 * The part of an actor's name that tells people apart, a slice of the name itself:
 *   arn:aws:sts::111122223333:assumed-role/NetOps/mallory  ->  NetOps/mallory
 *   arn:aws:iam::111122223333:user/mallory                 ->  mallory
 *   svc-ndr@acme-prod.iam.gserviceaccount.com              ->  svc-ndr@acme-prod
 * Anything else is returned as it is.  The account that is cut off has a column of
 * its own.
 */
struct slice actor_short(struct slice actor);

#endif
