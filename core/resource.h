/*
 * resource.h - which thing a call was about, where its form has no column for it.
 *
 * CloudTrail has no such member: the id stands somewhere in the request or the answer,
 * by another key for each call.  Those that move what mirrors are made of, and those
 * that tell something beside a mirror (context.h), have a row that says which keys; for
 * all others the resource stays absent, as reading it would cost a parse of every
 * record.  Names of keys: botocore's service models, in the case that CloudTrail logs.
 *
 * Pure; texts live in the caller's arena.
 */
#ifndef CORE_RESOURCE_H
#define CORE_RESOURCE_H

#include "core/arena.h"
#include "core/event.h"

/* Whether records of this provider and operation have a row.  Reads these fields alone,
 * so the answer may be kept per distinct value. */
bool resource_wanted(const struct event *event);
/* The id; absent where the record does not tell.  raw: the record's bytes. */
struct slice resource_read(const struct event *event, struct slice raw,
                           struct arena *arena);

#endif
