/*
 * source_reopen.h - the bytes of a source once more, wherever they stand.
 *
 * A source is told by its file and its member, "" for the file itself: a member of an
 * archive, of an archive in it, and so on.  An archive may hold several members of one
 * name: they are met one after the other, and their hashes tell them apart.  On the way
 * nothing else is unpacked but the archives that lead to the member.
 *
 * The reader is the caller's, and so is the thread.
 */
#ifndef DB_SOURCE_REOPEN_H
#define DB_SOURCE_REOPEN_H

#include "db/source_reader.h"

/* 1: the reader is at the source; 0: there is no such file or member; -1: it cannot be
 * read.  hash: its SHA-256 will be known when all of it was read.  `member` is borrowed
 * until the reader opens another file. */
int source_reopen(struct source_reader *reader, const char *path, const char *member,
                  bool hash, struct error *error);
/* To the next member of that name, likewise. */
int source_reopen_next(struct source_reader *reader, const char *member,
                       struct error *error);

/* False: that is enough. */
typedef bool (*source_take)(void *payload, struct slice bytes);
/* Gives all of the content, unpacked, in pieces. -1: it cannot be read to its end. */
int source_read_through(struct source_reader *reader, source_take take, void *payload,
                        struct error *error);

#endif
