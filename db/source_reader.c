/* mmap of anonymous memory and madvise are not in POSIX 2008. */
#define _DEFAULT_SOURCE 1
#include "config.h"

#include "db/source_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <zlib.h>
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

#include "core/limits.h"

enum {
    /* Two workers must stay well under 256 MB together.  CloudTrail's files are 2 to
     * 7 MB packed and 27 MB unpacked on average. */
    PACKED_CAPACITY = 16 * 1024 * 1024,
    WINDOW_CAPACITY = 48 * 1024 * 1024,
    WINDOW_STREAMING = LIMIT_RECORD_BYTES + 1024 * 1024,
    READ_CHUNK = 1024 * 1024,
};

struct source_reader {
    int descriptor;
    uint64_t size; /* when opened: bytes appended later belong to the next load */
    int64_t mtime_us;
    struct packing packing;

    char *packed;
    size_t packed_length;  /* bytes in `packed` */
    size_t packed_used;    /* of them taken by the inflater */
    uint64_t packed_total; /* bytes read from the file */
    bool packed_end;

    char *window;
    size_t window_length;
    uint64_t window_base;
    bool ended;
    const char *reason, *note;

    z_stream inflater;
    bool inflater_ready;  /* inflateInit2 was done once */
    bool between_members; /* a member ended; another may follow */
    bool whole;           /* read and unpacked in one go */

    EVP_MD *sha256;
    EVP_MD_CTX *digest;
    bool hashing;
    char hex[SHA256_HEX];
#ifdef HAVE_LIBDEFLATE
    struct libdeflate_decompressor *decompressor;
#endif
};

/* First touch of new memory costs 30 times a touch of old (performance.md section 2),
 * so the buffers are mapped once, with huge pages where the system gives them. */
static char *map_buffer(size_t size)
{
    void *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
#ifdef MADV_HUGEPAGE
    (void)madvise(memory, size, MADV_HUGEPAGE);
#endif
    return memory;
}

struct source_reader *source_reader_new(void)
{
    struct source_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    reader->descriptor = -1;
    reader->packed = map_buffer(PACKED_CAPACITY);
    reader->window = map_buffer(WINDOW_CAPACITY);
    reader->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    reader->digest = EVP_MD_CTX_new();
#ifdef HAVE_LIBDEFLATE
    reader->decompressor = libdeflate_alloc_decompressor();
    if (!reader->decompressor)
        goto failed;
#endif
    if (reader->packed && reader->window && reader->sha256 && reader->digest)
        return reader;
#ifdef HAVE_LIBDEFLATE
failed:
#endif
    source_reader_free(reader);
    return NULL;
}

void source_reader_free(struct source_reader *reader)
{
    if (!reader)
        return;
    source_reader_close(reader);
    if (reader->inflater_ready)
        inflateEnd(&reader->inflater);
#ifdef HAVE_LIBDEFLATE
    if (reader->decompressor)
        libdeflate_free_decompressor(reader->decompressor);
#endif
    EVP_MD_CTX_free(reader->digest);
    EVP_MD_free(reader->sha256);
    if (reader->packed)
        munmap(reader->packed, PACKED_CAPACITY);
    if (reader->window)
        munmap(reader->window, WINDOW_CAPACITY);
    free(reader);
}

void source_reader_close(struct source_reader *reader)
{
    if (reader->descriptor >= 0)
        close(reader->descriptor);
    reader->descriptor = -1;
}

/* --- reading and hashing ------------------------------------------------------- */

void sha256_text(const unsigned char *digest, char out[SHA256_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_HEX / 2; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[SHA256_HEX - 1] = '\0';
}

static void finish_hash(struct source_reader *reader)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (!reader->hashing || reader->hex[0])
        return;
    if (!EVP_DigestFinal_ex(reader->digest, digest, &length) || length != 32)
        return;
    sha256_text(digest, reader->hex);
}

/* Appends up to `room` bytes of the file to `to`; marks the end. */
static ssize_t read_some(struct source_reader *reader, char *to, size_t room,
                         struct error *error)
{
    uint64_t left = reader->size - reader->packed_total;
    if (left < room)
        room = (size_t)left;
    ssize_t got = 0;
    if (room) {
        do
            got = pread(reader->descriptor, to, room, (off_t)reader->packed_total);
        while (got < 0 && errno == EINTR);
    }
    if (got < 0) {
        char text[128] = "";
        (void)strerror_r(errno, text, sizeof text);
        return error_set(error, ERROR_INPUT, "cannot be read at byte %llu: %s",
                         (unsigned long long)reader->packed_total, text);
    }
    if (reader->hashing && !reader->hex[0] && got > 0)
        EVP_DigestUpdate(reader->digest, to, (size_t)got);
    reader->packed_total += (uint64_t)got;
    if (got == 0 && room)
        reader->reason = "the file shrank while it was read";
    if (got == 0 || reader->packed_total == reader->size) {
        reader->packed_end = true;
        finish_hash(reader);
    }
    return got;
}

static int read_all(struct source_reader *reader, char *to, size_t *length,
                    struct error *error)
{
    *length = 0;
    while (!reader->packed_end) {
        ssize_t got = read_some(reader, to + *length,
                                (size_t)(reader->size - reader->packed_total), error);
        if (got < 0)
            return -1;
        *length += (size_t)got;
    }
    return 0;
}

/* --- inflating ----------------------------------------------------------------- */

static bool only_padding(const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (data[i])
            return false;
    }
    return true;
}

static bool is_gzip(const char *data, size_t length)
{
    return length >= 2 && (unsigned char)data[0] == 0x1f &&
           (unsigned char)data[1] == 0x8b;
}

#ifdef HAVE_LIBDEFLATE
/* True when all members were unpacked whole; false: let the streaming inflater, which
 * also salvages what precedes damage, do it from the start. */
static bool inflate_whole(struct source_reader *reader)
{
    const char *input = reader->packed;
    size_t input_left = reader->packed_length;
    size_t length = 0;
    while (is_gzip(input, input_left)) {
        size_t used = 0, made = 0;
        enum libdeflate_result result = libdeflate_gzip_decompress_ex(
            reader->decompressor, input, input_left, reader->window + length,
            WINDOW_CAPACITY - length, &used, &made);
        if (result != LIBDEFLATE_SUCCESS)
            return false;
        input += used;
        input_left -= used;
        length += made;
    }
    if (input_left && !only_padding(input, input_left))
        reader->note = "bytes after the end of the gzip data were not read";
    reader->window_length = length;
    return true;
}
#else
static bool inflate_whole(struct source_reader *reader)
{
    (void)reader;
    return false;
}
#endif

static int start_inflater(struct source_reader *reader, struct error *error)
{
    int result = reader->inflater_ready ? inflateReset(&reader->inflater)
                                        : inflateInit2(&reader->inflater, 15 + 16);
    if (result != Z_OK)
        return error_set(error, ERROR_MEMORY, "no memory to unpack gzip data");
    reader->inflater_ready = true;
    reader->between_members = false;
    return 0;
}

static int refill_packed(struct source_reader *reader, struct error *error)
{
    if (reader->packed_used < reader->packed_length || reader->packed_end)
        return 0;
    ssize_t got = read_some(reader, reader->packed, READ_CHUNK, error);
    if (got < 0)
        return -1;
    reader->packed_length = (size_t)got;
    reader->packed_used = 0;
    return 0;
}

/* What follows a member: another one, padding, or bytes that do not belong there. */
static int next_member(struct source_reader *reader, struct error *error)
{
    const char *rest = reader->packed + reader->packed_used;
    size_t left = reader->packed_length - reader->packed_used;
    if (left == 1 && !reader->packed_end) {
        reader->packed[0] = rest[0];
        ssize_t got = read_some(reader, reader->packed + 1, READ_CHUNK, error);
        if (got < 0)
            return -1;
        reader->packed_length = 1 + (size_t)got;
        reader->packed_used = 0;
        rest = reader->packed;
        left = reader->packed_length;
    }
    if (is_gzip(rest, left))
        return start_inflater(reader, error);
    if (left && !only_padding(rest, left))
        reader->note = "bytes after the end of the gzip data were not read";
    reader->ended = true;
    /* The rest is read for the hash alone. */
    while (!reader->packed_end) {
        if (read_some(reader, reader->packed, READ_CHUNK, error) < 0)
            return -1;
    }
    return 0;
}

static void cut(struct source_reader *reader, const char *reason)
{
    if (!reader->reason[0])
        reader->reason = reason;
    reader->ended = true;
}

static int drain_for_hash(struct source_reader *reader, struct error *error)
{
    while (reader->hashing && !reader->packed_end) {
        if (read_some(reader, reader->packed, READ_CHUNK, error) < 0)
            return -1;
    }
    return 0;
}

/* Inflates until the window holds `target` bytes or the source ends. */
static int inflate_some(struct source_reader *reader, size_t target,
                        struct error *error)
{
    while (!reader->ended && reader->window_length < target) {
        if (refill_packed(reader, error))
            return -1;
        size_t left = reader->packed_length - reader->packed_used;
        if (reader->between_members) {
            if (left == 0 && reader->packed_end)
                reader->ended = true;
            else if (left && next_member(reader, error))
                return -1;
            continue;
        }
        if (left == 0 && reader->packed_end) {
            cut(reader, "the gzip data is cut off");
            break;
        }
        z_stream *z = &reader->inflater;
        z->next_in = (unsigned char *)reader->packed + reader->packed_used;
        z->avail_in = (unsigned)left;
        z->next_out = (unsigned char *)reader->window + reader->window_length;
        z->avail_out = (unsigned)(target - reader->window_length);
        int result = inflate(z, Z_NO_FLUSH);
        reader->packed_used = reader->packed_length - z->avail_in;
        reader->window_length = target - z->avail_out;
        if (result == Z_STREAM_END) {
            reader->between_members = true;
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            cut(reader, "the gzip data is damaged");
            return drain_for_hash(reader, error);
        }
    }
    return 0;
}

/* --- the public face ----------------------------------------------------------- */

static void restart(struct source_reader *reader)
{
    reader->packed_length = reader->packed_used = 0;
    reader->packed_total = 0;
    reader->packed_end = reader->ended = reader->whole = false;
    reader->window_length = 0;
    reader->window_base = 0;
    reader->reason = reader->note = "";
}

/* Small files are unpacked at once, into the window. */
static int open_whole(struct source_reader *reader, struct error *error)
{
    if (reader->packing.kind == PACKING_NONE && reader->size <= WINDOW_STREAMING) {
        reader->whole = true;
        return read_all(reader, reader->window, &reader->window_length, error);
    }
    if (reader->packing.kind != PACKING_GZIP || reader->size > PACKED_CAPACITY)
        return 0;
    if (read_all(reader, reader->packed, &reader->packed_length, error))
        return -1;
    reader->whole = inflate_whole(reader);
    if (!reader->whole) {
        reader->window_length = 0;
        reader->note = "";
    }
    return 0;
}

int source_reader_open(struct source_reader *reader, int descriptor, bool hash,
                       struct error *error)
{
    source_reader_close(reader);
    reader->descriptor = descriptor;
    restart(reader);
    struct stat status;
    if (fstat(descriptor, &status) || !S_ISREG(status.st_mode))
        return error_set(error, ERROR_INPUT, "is not a regular file");
    reader->size = (uint64_t)status.st_size;
    reader->mtime_us =
        (int64_t)status.st_mtim.tv_sec * 1000000 + status.st_mtim.tv_nsec / 1000;
    reader->hex[0] = '\0';
    reader->hashing = hash;
    if (hash && !EVP_DigestInit_ex2(reader->digest, reader->sha256, NULL))
        return error_set(error, ERROR_MEMORY, "SHA-256 cannot be started");
    if (reader->size == 0) {
        reader->packed_end = reader->whole = true;
        reader->packing = packing_of(SLICE_NONE);
        finish_hash(reader);
        return 0;
    }
    char head[PACKING_SNIFF_BYTES];
    ssize_t got = pread(descriptor, head, sizeof head, 0);
    if (got < 0) {
        char text[128] = "";
        (void)strerror_r(errno, text, sizeof text);
        return error_set(error, ERROR_INPUT, "cannot be read: %s", text);
    }
    reader->packing = packing_of((struct slice){head, (size_t)got});
    if (open_whole(reader, error))
        return -1;
    if (reader->packing.kind == PACKING_GZIP && !reader->whole)
        return start_inflater(reader, error);
    return 0;
}

int source_reader_hash_first(struct source_reader *reader, struct error *error)
{
    if (!reader->hashing || reader->hex[0])
        return 0;
    if (drain_for_hash(reader, error))
        return -1;
    restart(reader);
    if (reader->packing.kind == PACKING_GZIP)
        return start_inflater(reader, error);
    return 0;
}

static int read_plain(struct source_reader *reader, size_t target, struct error *error)
{
    while (!reader->packed_end && reader->window_length < target) {
        ssize_t got = read_some(reader, reader->window + reader->window_length,
                                target - reader->window_length, error);
        if (got < 0)
            return -1;
        reader->window_length += (size_t)got;
    }
    reader->ended = reader->packed_end;
    return 0;
}

int source_reader_next(struct source_reader *reader, size_t keep,
                       struct source_window *window, struct error *error)
{
    if (reader->whole) {
        reader->ended = true;
    } else {
        size_t kept = reader->window_length - keep;
        memmove(reader->window, reader->window + keep, kept);
        reader->window_base += keep;
        reader->window_length = kept;
        size_t target = kept + (kept > READ_CHUNK ? kept : READ_CHUNK);
        if (target > WINDOW_STREAMING)
            target = WINDOW_STREAMING;
        int result = reader->packing.kind == PACKING_GZIP
                         ? inflate_some(reader, target, error)
                         : read_plain(reader, target, error);
        if (result)
            return -1;
    }
    window->data = reader->window;
    window->length = reader->window_length;
    window->base = reader->window_base;
    window->state = !reader->ended      ? SOURCE_MORE
                    : reader->reason[0] ? SOURCE_CUT
                                        : SOURCE_WHOLE;
    return 0;
}

struct packing source_reader_packing(const struct source_reader *reader)
{
    return reader->packing;
}

uint64_t source_reader_bytes(const struct source_reader *reader)
{
    return reader->size;
}

int64_t source_reader_mtime(const struct source_reader *reader)
{
    return reader->mtime_us;
}

uint64_t source_reader_consumed(const struct source_reader *reader)
{
    return reader->packed_total;
}

const char *source_reader_sha256(const struct source_reader *reader)
{
    return reader->hex[0] ? reader->hex : NULL;
}

const char *source_reader_reason(const struct source_reader *reader)
{
    return reader->reason;
}

const char *source_reader_note(const struct source_reader *reader)
{
    return reader->note;
}
