/*
 * hit_document.h - one operation as text: who, what, why it was marked, whether it is
 * approved, and the log records that tell of it.
 */
#ifndef TUI_HIT_DOCUMENT_H
#define TUI_HIT_DOCUMENT_H

#include "db/query_lineage.h"
#include "tui/document.h"

struct hit_document_options {
    int width;
    bool folded;                   /* raw records are not laid out */
    const struct rule_set *rules;  /* for titles; may be NULL */
    const struct lineage *lineage; /* NULL: not known yet */
};

/* Lines of the record n (from 1) carry n as their anchor. Texts are borrowed from
 * both. */
void hit_document_build(struct document *document, const struct hit_row *hit,
                        const struct evidence_list *evidence,
                        const struct hit_document_options *options);

#endif
