/*
 * event_document.h - one event as text: what the log says of it, where its record
 * stands, whether that can be relied on, and the record.
 */
#ifndef TUI_EVENT_DOCUMENT_H
#define TUI_EVENT_DOCUMENT_H

#include "db/query_event.h"
#include "tui/document.h"

struct event_document_options {
    int width;
    bool folded; /* the raw record is not laid out */
    /* Of its source, once its hash was compared; NULL: not yet. */
    const enum source_condition *proof;
};

/* Texts are borrowed from both. */
void event_document_build(struct document *document, const struct event_found *found,
                          const struct event_document_options *options);

#endif
