/*
 * approval_store.h - approvals as rows: the reading and writing that triage.c and its
 * refresh share. Internal to db/.
 */
#ifndef DB_APPROVAL_STORE_H
#define DB_APPROVAL_STORE_H

#include "db/triage.h"

/* In order of id, at most LIMIT_APPROVALS. */
int approval_store_list(struct case_file *handle, struct arena *arena,
                        struct approval_list *out, struct error *error);
/* One approval; ERROR_CASE where there is none of this id. */
int approval_store_get(struct case_file *handle, int64_t id, struct arena *arena,
                       struct approval *out, struct error *error);
/* Inside the caller's transaction; sets approval->id. */
int approval_store_insert(struct case_file *handle, struct approval *approval,
                          struct error *error);
int approval_store_enable(struct case_file *handle, int64_t id, bool enabled,
                          int64_t now_us, struct error *error);
/* What it says, hashed: ids are numbers of one case, this is the same in all. */
enum { APPROVAL_KEY_BYTES = 17 };
int approval_key(const struct approval *approval, char out[APPROVAL_KEY_BYTES]);
/* As compact JSON, for the journal. */
struct slice approval_json(const struct approval *approval, struct arena *arena);

#endif
