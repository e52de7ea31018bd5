/*
 * device_origin.h - where commands on devices came from.
 *
 * The config logger of a device names the user of a command and not the address; the
 * login before it and the configuration notice after it do.  For the marked operations
 * of devices whose own lines say neither address nor terminal, the sighting that tells
 * (core/lineage.h) is joined: source_ip is its address, source_text says that it is
 * joined and from which line, and operation.joined is set.  What a line says itself is
 * never changed.  Worked out anew from all events each time, so that the order of
 * loading does not matter.
 */
#ifndef DB_DEVICE_ORIGIN_H
#define DB_DEVICE_ORIGIN_H

#include "db/case.h"

/* Inside the caller's transaction.  Operations that changed are judged again by the
 * next triage_refresh.  One scan of all events where there are such operations at all.
 */
int device_origin_refresh(struct case_file *handle, struct error *error);

#endif
