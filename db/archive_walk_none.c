/* A build without libarchive opens no archive; source_reader names what to do. */
#include "config.h"

#include "db/archive_walk.h"

bool archive_walk_can(enum packing_kind kind)
{
    (void)kind;
    return false;
}

struct archive_walk *archive_walk_new(enum packing_kind kind, struct byte_stream *below)
{
    (void)kind;
    byte_stream_free(below);
    return NULL;
}

void archive_walk_free(struct archive_walk *walk)
{
    (void)walk;
}

int archive_walk_next(struct archive_walk *walk, struct archive_member *member,
                      struct error *error)
{
    (void)walk;
    (void)member;
    (void)error;
    return 0;
}

struct byte_stream *archive_walk_data(struct archive_walk *walk,
                                      struct unpack_budget *budget)
{
    (void)walk;
    (void)budget;
    return NULL;
}

const char *archive_walk_reason(const struct archive_walk *walk)
{
    (void)walk;
    return "";
}

const char *archive_walk_note(const struct archive_walk *walk)
{
    (void)walk;
    return "";
}
