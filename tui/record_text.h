/*
 * record_text.h - the parts of a document that tells of one record: its fields by name,
 * and the record itself.
 *
 * Shared by the screens of an operation and of an event.  Texts are borrowed.
 */
#ifndef TUI_RECORD_TEXT_H
#define TUI_RECORD_TEXT_H

#include "core/event.h"
#include "tui/document.h"

/* Columns of names and of values. */
enum { RECORD_INDENT = 3, RECORD_VALUE = 18 };

/* A value that is longer than a screen can use is cut, and says so. */
void record_value(struct document *document, struct slice value, enum role role);
/* The same for a sentence: it breaks between words. */
void record_prose(struct document *document, struct slice text, enum role role);
void record_label(struct document *document, const char *name);
/* Nothing where the value is blank. */
void record_field(struct document *document, const char *name, struct slice value);

/* When what was done and how it ended; of its time the quality, and as logged where
 * that reads otherwise; its error.  lifecycle: NULL for an event that is no hit. */
void record_heading(struct document *document, const struct event *event,
                    const char *lifecycle);
void record_who(struct document *document, const struct event *event);
void record_what(struct document *document, const struct event *event);
/* Indented where it is JSON; has_all: the command that gives more than fits. */
void record_raw(struct document *document, struct slice text, const char *has_all);

#endif
