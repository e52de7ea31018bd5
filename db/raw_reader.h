/*
 * raw_reader.h - the raw record of any event, by its place.
 *
 * Whoever shows or hands out a raw record asks here.  Marked records are in the case;
 * any other is read again: from the bytes that the case keeps of its source, from its
 * file, or from a member of an archive, unpacked, and decoded from its envelopes.
 * Before that the source is judged (source_check.h), and of one that changed nothing
 * is given that is not in the case; with SOURCE_HASH, which is for evidence, not even
 * that.
 *
 * A reader keeps a few sources open, so records that follow each other cost one
 * reading.  A file of gzip data is unpacked from the access point before the record
 * (access_point.h), any other packed source up to the record: half a second for each
 * gigabyte before it.
 *
 * One thread, one snapshot of the case after the other; stopped by sqlite3_interrupt.
 */
#ifndef DB_RAW_READER_H
#define DB_RAW_READER_H

#include "db/source_check.h"
#include "db/store.h"

struct raw_reader;
struct raw_reader *raw_reader_new(struct case_file *handle, enum source_proof proof,
                                  struct error *error);
void raw_reader_free(struct raw_reader *reader);

struct raw_found {
    enum source_condition condition; /* of its source */
    struct slice path, member;       /* where the source is, or was */
    struct slice raw;                /* absent: the condition says why */
    bool in_case; /* it, or all bytes of its source, are in the case */
};
/* In the arena. */
int raw_reader_read(struct raw_reader *reader, int64_t source,
                    const struct record_place *place, struct arena *arena,
                    struct raw_found *out, struct error *error);

#endif
