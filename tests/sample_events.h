/*
 * sample_events.h - the events of the sample case that are no hits, as column segments.
 */
#ifndef TESTS_SAMPLE_EVENTS_H
#define TESTS_SAMPLE_EVENTS_H

#include "db/case.h"

/* 120,829 events from 11 to 14 March 2026: two accounts, two regions and a switch;
 * 444455556666 is silent for six hours.  Inside the caller's transaction. */
int sample_events_add(struct case_file *handle);

#endif
