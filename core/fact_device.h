/*
 * fact_device.h - what the readers of device commands share: fact_device.c (Cisco,
 * Arista, configurations), fact_junos.c, fact_host.c (VRP, FortiOS, Open vSwitch, tc).
 * Internal to them.
 */
#ifndef CORE_FACT_DEVICE_H
#define CORE_FACT_DEVICE_H

#include "core/fact_internal.h"

/* A path on its way into a fact. */
struct path {
    struct fact_reader *reader;
    struct fact *fact;  /* NULL until a part names a session */
    struct slice inner; /* "destination" or "source": the mode within the session */
    struct slice interface;
};

/* Without a text the field stays. */
void device_fact_set(struct path *path, enum fact_field field, struct slice text);
/* The line takes away "source", "destination" or "filter". */
void device_fact_removes(struct path *path, const char *what);
/* A line about the mirror of that kind and name: "session " and "7". */
void device_fact_begin(struct path *path, struct slice kind, struct slice name);

/* FACT_CHANGED of a line that takes away what a mirror would go with, so that nothing
 * tells that there was one. */
extern const struct slice device_fact_container;

void fact_read_junos(struct path *path, struct slice command);
/* VRP, FortiOS and hosts. */
void fact_read_host(struct path *path);

#endif
