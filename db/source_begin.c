/* madvise is not in POSIX 2008. */
#define _DEFAULT_SOURCE 1
#include "config.h"

#include "db/source_reader_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "db/unpack.h"

/* --- hashing ------------------------------------------------------------------- */

int source_start_hash(struct source_reader *reader, struct error *error)
{
    reader->source.sha256[0] = '\0';
    if (!reader->hashing)
        return 0;
    if (sha256_start(reader->hash))
        return error_set(error, ERROR_MEMORY, "SHA-256 cannot be started");
    reader->source.origin->hash = reader->hash;
    return 0;
}

/* When all bytes of the source were read. */
static void finish_hash(struct source_reader *reader)
{
    if (reader->source.origin->hash)
        (void)sha256_finish(reader->hash, reader->source.sha256);
    reader->source.origin->hash = NULL;
}

int source_drain(struct source_reader *reader, struct error *error)
{
    if (!reader->source.origin || !reader->source.origin->hash)
        return 0;
    if (byte_stream_drain(reader->source.origin, error))
        return -1;
    finish_hash(reader);
    return 0;
}

/* --- layers -------------------------------------------------------------------- */

int source_no_memory(struct error *error)
{
    return error_set(error, ERROR_MEMORY, "no memory to unpack");
}

/* The source's own bytes into `packed`, until it holds `target` of them. */
static int read_packed(struct source_reader *reader, size_t target, struct error *error)
{
    struct byte_stream *origin = reader->source.origin;
    while (reader->packed_length < target && !origin->ended) {
        ssize_t got = byte_stream_read(origin, reader->packed + reader->packed_length,
                                       target - reader->packed_length, error);
        if (got < 0)
            return -1;
        reader->packed_length += (size_t)got;
    }
    if (origin->ended)
        finish_hash(reader);
    if (reader->packed_length > READ_CHUNK)
        reader->large_touched = true;
    return 0;
}

static void add_layer(struct source *source, const char *name)
{
    size_t used = strlen(source->layers);
    snprintf(source->layers + used, sizeof source->layers - used, "%s%s",
             used ? ">" : "", name);
}

/* What was read into `packed` is the beginning of the layers again. */
static int give_back(struct source_reader *reader, struct error *error)
{
    struct source *source = &reader->source;
    struct byte_stream *origin = source->origin;
    if (origin->kind->seek) {
        if (origin->hash && sha256_start(reader->hash))
            return error_set(error, ERROR_MEMORY, "SHA-256 cannot be started");
        byte_stream_seek(origin, 0);
        return 0;
    }
    char *copy = malloc(reader->packed_length + 1);
    if (!copy)
        return source_no_memory(error);
    memcpy(copy, reader->packed, reader->packed_length);
    source->leaf = byte_stream_of_memory(copy, reader->packed_length, origin);
    if (source->leaf)
        return 0;
    source->origin = NULL;
    return source_no_memory(error);
}

/* What only small sources need goes back: a decoder may need much for its window. */
static void release_buffers(struct source_reader *reader)
{
    if (!reader->large_touched)
        return;
    if (reader->packed_capacity > READ_CHUNK)
        (void)madvise(reader->packed + READ_CHUNK, reader->packed_capacity - READ_CHUNK,
                      MADV_DONTNEED);
    if (reader->window_capacity > WINDOW_STREAMING)
        (void)madvise(reader->window + WINDOW_STREAMING,
                      reader->window_capacity - WINDOW_STREAMING, MADV_DONTNEED);
    reader->large_touched = false;
}

static bool is_packed(enum packing_kind kind)
{
    return packing_is_archive(kind) ||
           (packing_is_stream(kind) && kind != PACKING_UTF16_LITTLE &&
            kind != PACKING_UTF16_BIG);
}

static const char too_deep[] =
    "it is packed more than 4 times over: unpack the outer ones first";
_Static_assert(LIMIT_PACKING_DEPTH == 4, "the text says 4");

/* Puts a decoder on each packed stream, until the bytes are no such stream. */
static int stack_layers(struct source_reader *reader, struct error *error)
{
    struct source *source = &reader->source;
    for (;;) {
        struct slice head;
        if (byte_stream_ahead(source->leaf, PACKING_SNIFF_BYTES, &head, error))
            return -1;
        source->packing = packing_of(head);
        enum packing_kind kind = source->packing.kind;
        if (is_packed(kind) && source->depth == LIMIT_PACKING_DEPTH) {
            source->packing.kind = PACKING_OTHER;
            source->packing.hint = too_deep;
        }
        const struct unpack_decoder *decoder = unpack_decoder_of(source->packing.kind);
        if (archive_walk_can(source->packing.kind))
            add_layer(source, source->packing.name);
        if (!decoder)
            return 0;
        if (kind == PACKING_XZ || kind == PACKING_ZSTD)
            release_buffers(reader);
        add_layer(source, source->packing.name);
        source->depth += is_packed(kind);
        source->leaf = unpack_stream_new(decoder, source->leaf, &reader->budget);
        if (!source->leaf) {
            source->origin = NULL;
            return source_no_memory(error);
        }
    }
}

bool source_is_gzip_file(const struct source *source)
{
    return source->leaf && source->leaf->below == source->origin &&
           source->origin->kind->seek && !strcmp(source->layers, "gzip");
}

/* --- beginning a source -------------------------------------------------------- */

static void be_whole(struct source_reader *reader, const char *data, size_t length)
{
    reader->whole = true;
    reader->content = (struct slice){data, length};
}

/* True: the gzip data is in the window, whole, and is no packing again. */
static bool inflate_whole(struct source_reader *reader)
{
    struct source *source = &reader->source;
    struct gzip_content got;
    if (source->depth == LIMIT_PACKING_DEPTH ||
        !gzip_whole_unpack(reader->inflater,
                           (struct slice){reader->packed, reader->packed_length},
                           reader->window, reader->window_capacity, &got))
        return false;
    if (got.length > WINDOW_STREAMING)
        reader->large_touched = true;
    struct slice content = {reader->window, got.length};
    struct packing inner = packing_of(slice_first(content, PACKING_SNIFF_BYTES));
    if (is_packed(inner.kind) || packing_is_stream(inner.kind))
        return false;
    reader->budget.made += got.length;
    source->packing = inner;
    source->depth++;
    source->crc32 = got.crc32;
    if (got.trailing)
        source->note = unpack_gzip.trailing;
    add_layer(source, "gzip");
    be_whole(reader, content.data, content.length);
    return true;
}

/* Gzip data that may fit is read whole: true with the source in the window. */
static int try_whole_gzip(struct source_reader *reader, bool *done, struct error *error)
{
    const struct source *source = &reader->source;
    *done = false;
    if (source->bytes_known && source->bytes > reader->packed_capacity)
        return 0;
    if (read_packed(reader, reader->packed_capacity, error))
        return -1;
    *done = source->origin->ended && inflate_whole(reader);
    return 0;
}

/* Text, or nothing that can be unpacked: read as it is. */
static void begin_plain(struct source_reader *reader)
{
    if (reader->source.origin->ended) {
        be_whole(reader, reader->packed, reader->packed_length);
        return;
    }
    memcpy(reader->window, reader->packed, reader->packed_length);
    reader->window_length = reader->packed_length;
}

static size_t first_read(const struct source_reader *reader)
{
    uint64_t bytes = reader->source.bytes;
    bool fits = reader->source.bytes_known && bytes < reader->packed_capacity &&
                bytes <= WINDOW_STREAMING;
    /* One more, to see the end. */
    return fits ? (size_t)bytes + 1 : READ_CHUNK;
}

/* Finds out what the source is, and reads it whole if it is small. */
int source_begin(struct source_reader *reader, struct error *error)
{
    struct source *source = &reader->source;
    reader->packed_length = reader->window_length = reader->window_given = 0;
    reader->window_base = reader->point.offset = 0;
    reader->whole = reader->ended = false;
    source->leaf = source->origin;
    if (read_packed(reader, first_read(reader), error))
        return -1;
    struct slice head = {reader->packed, reader->packed_length};
    source->packing = packing_of(slice_first(head, PACKING_SNIFF_BYTES));
    enum packing_kind kind = source->packing.kind;
    if (!is_packed(kind) && !packing_is_stream(kind)) {
        begin_plain(reader);
        return 0;
    }
    bool done = false;
    if (kind == PACKING_GZIP && try_whole_gzip(reader, &done, error))
        return -1;
    if (done)
        return 0;
    if (give_back(reader, error) || stack_layers(reader, error))
        return -1;
    if (source_is_gzip_file(source) && reader->window_capacity > WINDOW_STREAMING)
        unpack_stream_note_points(source->leaf, &reader->point);
    return 0;
}
