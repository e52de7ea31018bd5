/*
 * json_view.h - a raw JSON record, indented for reading.
 *
 * A streaming indenter: it follows the bytes as they are, token by token, and never
 * changes one, so that damaged JSON is shown as far as it goes and nothing that a
 * parser would drop (duplicate keys, odd numbers) is hidden.
 */
#ifndef TUI_JSON_VIEW_H
#define TUI_JSON_VIEW_H

#include "tui/document.h"

/* Lines start at `indent`; two blanks a level. Pieces borrow from `json`. */
void json_view(struct document *document, struct slice json, int indent);
/* Whether the record starts like JSON. */
bool json_view_suits(struct slice raw);

#endif
