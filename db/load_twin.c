#include "config.h"

#include "db/load_internal.h"

#include <stdio.h>

#include "db/source_reopen.h"

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

static bool add_to_hash(void *hash, struct slice bytes)
{
    sha256_add(hash, bytes.data, bytes.length);
    return true;
}

/* What the reader has open, unpacked. */
static int hash_content(struct source_reader *reader, char out[SHA256_HEX])
{
    struct error error;
    struct sha256 *hash = sha256_new();
    int result = hash && !sha256_start(hash) &&
                         !source_read_through(reader, add_to_hash, hash, &error)
                     ? sha256_finish(hash, out)
                     : -1;
    sha256_free(hash);
    return result;
}

static bool has_hash(const struct source_reader *reader, const char *sha256)
{
    const char *now = source_reader_sha256(reader);
    return now && !strcmp(now, sha256);
}

/* Reads a source again: the SHA-256 of its content, where its own is as it was. */
static int hash_again(const char *path, const char *member, const char *sha256,
                      char out[SHA256_HEX])
{
    struct error error;
    struct source_reader *reader = source_reader_new(READER_CHECKS);
    int found = reader ? source_reopen(reader, path, member, true, &error) : 0;
    while (found > 0 && (hash_content(reader, out) || !has_hash(reader, sha256)))
        found = source_reopen_next(reader, member, &error);
    source_reader_free(reader);
    return found > 0 ? 0 : -1;
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
