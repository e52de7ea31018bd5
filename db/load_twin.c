#include "config.h"

#include "db/load_internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/*
 * The same content packed differently.  Its length and CRC-32 come for nothing with
 * unpacking, so they name candidates; SHA-256 of the unpacked bytes, taken only then,
 * decides: nobody can make one log pass for another.  What cannot be read again is
 * another source.
 */

enum { TWINS_MAX = 4 };

static int hash_slice(struct slice content, char out[SHA256_HEX])
{
    struct sha256 *hash = sha256_new();
    int result = hash && !sha256_start(hash) ? 0 : -1;
    if (!result) {
        sha256_add(hash, content.data, content.length);
        result = sha256_finish(hash, out);
    }
    sha256_free(hash);
    return result;
}

/* What the reader has open, unpacked. */
static int hash_content(struct source_reader *reader, char out[SHA256_HEX])
{
    struct source_window window;
    struct error error;
    size_t drop = 0;
    struct sha256 *hash = sha256_new();
    int result = hash && !sha256_start(hash) ? 0 : -1;
    do {
        if (result || (result = source_reader_next(reader, drop, &window, &error)))
            break;
        sha256_add(hash, window.data, window.length);
        drop = window.length;
    } while (window.state == SOURCE_MORE);
    if (!result)
        result = window.state == SOURCE_WHOLE ? sha256_finish(hash, out) : -1;
    sha256_free(hash);
    return result;
}

/* Goes to the member of this name and hash; for a file to itself. */
static bool find_member(struct source_reader *reader, const char *name,
                        const char *sha256, struct error *error)
{
    struct source_member member;
    if (!name[0])
        return !source_reader_hash_first(reader, error);
    while (source_reader_is_archive(reader) || source_reader_in_archive(reader)) {
        if (source_reader_next_member(reader, &member, error) <= 0)
            return false;
        const char *got = source_reader_sha256(reader);
        if (!strcmp(member.name, name) && !member.failure &&
            (!got || !strcmp(got, sha256)))
            return true;
    }
    return false;
}

/* Reads a source again: the SHA-256 of its content, where its own is as it was. */
static int hash_again(const char *path, const char *member, const char *sha256,
                      char out[SHA256_HEX])
{
    struct error error;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct source_reader *reader =
        descriptor < 0 ? NULL : source_reader_new(READER_CHECKS);
    int result = -1;
    if (!reader && descriptor >= 0)
        close(descriptor);
    if (reader && !source_reader_open(reader, descriptor, true, &error) &&
        find_member(reader, member, sha256, &error) && !hash_content(reader, out)) {
        const char *now = source_reader_sha256(reader);
        result = now && !strcmp(now, sha256) ? 0 : -1;
    }
    source_reader_free(reader);
    return result;
}

/* The SHA-256 of the content of the source that was just read to its end. */
static int hash_own(const struct work *work, const char *sha256, char out[SHA256_HEX])
{
    struct slice content;
    if (!source_reader_content(work->reader).packed) {
        memcpy(out, sha256, SHA256_HEX);
        return 0;
    }
    if (source_reader_whole(work->reader, &content))
        return hash_slice(content, out);
    return hash_again(work->load->files.entries[work->file].path, work->member, sha256,
                      out);
}

static bool is_twin(const struct source_twin *twin, const char *content_sha256)
{
    char theirs[SHA256_HEX];
    if (!twin->packed)
        return !strcmp(twin->sha256, content_sha256);
    return !hash_again(twin->path, twin->member, twin->sha256, theirs) &&
           !strcmp(theirs, content_sha256);
}

int load_find_twin(struct work *work, char reason[REASON_MAX], bool *found,
                   struct error *error)
{
    const char *sha256 = source_reader_sha256(work->reader);
    uint64_t unpacked = work->tally.progress.unpacked_bytes;
    struct source_content content = source_reader_content(work->reader);
    *found = false;
    if (!sha256 || !unpacked || source_reader_reason(work->reader)[0])
        return 0;
    struct source_twin twins[TWINS_MAX];
    arena_reset(&work->facts);
    ptrdiff_t count = store_twins(work->load->store, work->source, unpacked, &content,
                                  &work->facts, twins, TWINS_MAX, error);
    char own[SHA256_HEX];
    if (count <= 0 || hash_own(work, sha256, own))
        return count < 0 ? -1 : 0;
    for (ptrdiff_t i = 0; i < count && !*found; i++) {
        *found = is_twin(&twins[i], own);
        if (*found)
            snprintf(reason, REASON_MAX,
                     "the same content as %s%s%s, packed differently", twins[i].path,
                     twins[i].member[0] ? "/" : "", twins[i].member);
    }
    return 0;
}
