#include "config.h"

#include "db/growth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

enum {
    HEAD_BYTES = 4096,
    HEAD_LEAST = 256, /* many logs have the same first line: "{", a heading */
    READ_BYTES = 256 * 1024,
    /* Of a sample. */
    ENDS_BYTES = 64 * 1024,
    BLOCK_BYTES = 4096,
    BLOCKS = 64,
    /* Logs that begin with the same line are told apart by reading them. */
    CANDIDATES_MAX = 16,
};

static ssize_t read_at(int descriptor, char *to, size_t length, uint64_t offset)
{
    ssize_t got;
    do
        got = pread(descriptor, to, length, (off_t)offset);
    while (got < 0 && errno == EINTR);
    return got;
}

int64_t growth_head(int descriptor)
{
    char head[HEAD_BYTES];
    ssize_t got = read_at(descriptor, head, sizeof head, 0);
    const char *end = got > HEAD_LEAST
                          ? memchr(head + HEAD_LEAST, '\n', (size_t)got - HEAD_LEAST)
                          : NULL;
    if (!end && got < HEAD_BYTES)
        return 0;
    size_t length = end ? (size_t)(end - head) : (size_t)got;
    /* FNV-1a; what it leads to is compared in full. */
    uint64_t key = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        key = (key ^ (unsigned char)head[i]) * UINT64_C(0x100000001b3);
    return key ? (int64_t)key : 1;
}

/* "" where the bytes cannot be read. */
static void hash_prefix(int descriptor, uint64_t length, bool (*goes_on)(void *payload),
                        void *payload, char *buffer, char out[SHA256_HEX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    uint64_t at = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    out[0] = '\0';
    if (!context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL))
        length = UINT64_MAX;
    while (length != UINT64_MAX && at < length) {
        size_t room = length - at < READ_BYTES ? (size_t)(length - at) : READ_BYTES;
        ssize_t got = read_at(descriptor, buffer, room, at);
        if (got <= 0 || !EVP_DigestUpdate(context, buffer, (size_t)got) ||
            (goes_on && !goes_on(payload)))
            length = UINT64_MAX;
        else
            at += (uint64_t)got;
    }
    if (length != UINT64_MAX && EVP_DigestFinal_ex(context, digest, &size))
        sha256_text(digest, out);
    EVP_MD_CTX_free(context);
}

int growth_hash(int descriptor, uint64_t length, bool (*goes_on)(void *payload),
                void *payload, char out[SHA256_HEX])
{
    char *buffer = malloc(READ_BYTES);
    out[0] = '\0';
    if (buffer)
        hash_prefix(descriptor, length, goes_on, payload, buffer, out);
    free(buffer);
    return out[0] ? 0 : -1;
}

static bool hash_block(EVP_MD_CTX *context, int descriptor, uint64_t from, uint64_t to,
                       char *buffer)
{
    while (from < to) {
        size_t room = to - from < ENDS_BYTES ? (size_t)(to - from) : ENDS_BYTES;
        ssize_t got = read_at(descriptor, buffer, room, from);
        if (got <= 0 || !EVP_DigestUpdate(context, buffer, (size_t)got))
            return false;
        from += (uint64_t)got;
    }
    return true;
}

static bool hash_blocks(EVP_MD_CTX *context, int descriptor, uint64_t bytes,
                        char *buffer)
{
    if (bytes <= 2 * ENDS_BYTES + BLOCKS * BLOCK_BYTES)
        return hash_block(context, descriptor, 0, bytes, buffer);
    uint64_t step = (bytes - 2 * ENDS_BYTES) / BLOCKS;
    for (uint64_t i = 0; i < BLOCKS; i++) {
        uint64_t at = ENDS_BYTES + i * step;
        if (!hash_block(context, descriptor, at, at + BLOCK_BYTES, buffer))
            return false;
    }
    return hash_block(context, descriptor, 0, ENDS_BYTES, buffer) &&
           hash_block(context, descriptor, bytes - ENDS_BYTES, bytes, buffer);
}

void growth_sample(int descriptor, uint64_t bytes, char out[SHA256_HEX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    char *buffer = malloc(ENDS_BYTES);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    out[0] = '\0';
    if (buffer && context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) &&
        hash_blocks(context, descriptor, bytes, buffer) &&
        EVP_DigestFinal_ex(context, digest, &size))
        sha256_text(digest, out);
    EVP_MD_CTX_free(context);
    free(buffer);
}

/* Whether the case's own bytes of the source begin with all of the file. */
static bool is_part(struct store *store, const struct source_candidate *candidate,
                    int descriptor, uint64_t bytes, char *buffer)
{
    char *file = buffer, *kept = buffer + READ_BYTES / 2;
    for (uint64_t at = 0; at < bytes;) {
        size_t room =
            bytes - at < READ_BYTES / 2 ? (size_t)(bytes - at) : READ_BYTES / 2;
        ssize_t got = read_at(descriptor, file, room, at);
        size_t have;
        if (got <= 0 ||
            store_embedded(store, candidate->id, at, kept, (size_t)got, &have) ||
            have != (size_t)got || memcmp(file, kept, have))
            return false;
        at += have;
    }
    return bytes > 0;
}

/* Whether the file begins with what was read of the source. */
static bool begins_with(const struct source_candidate *candidate, int descriptor,
                        char *buffer)
{
    char found[SHA256_HEX];
    bool hashed = candidate->sha256[0] != '\0';
    if (hashed)
        hash_prefix(descriptor, candidate->bytes, NULL, NULL, buffer, found);
    else
        growth_sample(descriptor, candidate->bytes, found);
    return found[0] && !strcmp(found, hashed ? candidate->sha256 : candidate->sample);
}

static enum growth compare(struct store *store,
                           const struct source_candidate *candidate, int descriptor,
                           uint64_t bytes, char *buffer)
{
    if (candidate->bytes > bytes)
        return candidate->embedded &&
                       is_part(store, candidate, descriptor, bytes, buffer)
                   ? GROWTH_PART
                   : GROWTH_NONE;
    if (!candidate->bytes || !begins_with(candidate, descriptor, buffer))
        return GROWTH_NONE;
    if (candidate->active)
        return candidate->bytes == bytes ? GROWTH_SAME : GROWTH_NONE;
    if (candidate->loading)
        return GROWTH_CONTINUES;
    if (candidate->bytes == bytes)
        return GROWTH_SAME;
    return candidate->open_end ? GROWTH_SUPERSEDES : GROWTH_CONTINUES;
}

int growth_find(struct store *store, int descriptor, uint64_t bytes, const char *path,
                int64_t head, struct growth_found *out, struct error *error)
{
    struct source_candidate candidates[CANDIDATES_MAX];
    *out = (struct growth_found){.kind = GROWTH_NONE};
    ptrdiff_t count =
        store_candidates(store, path, head, candidates, CANDIDATES_MAX, error);
    if (count <= 0)
        return count < 0 ? -1 : 0;
    char *buffer = malloc(READ_BYTES);
    if (!buffer)
        return error_set(error, ERROR_MEMORY, "out of memory");
    for (ptrdiff_t i = 0; i < count && out->kind == GROWTH_NONE; i++) {
        out->kind = compare(store, &candidates[i], descriptor, bytes, buffer);
        out->source = candidates[i].id;
        out->embedded = candidates[i].embedded;
        out->same_path = candidates[i].same_path;
    }
    free(buffer);
    return 0;
}
