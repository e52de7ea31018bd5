#include "config.h"

#include "db/pack.h"

#include <stdlib.h>
#include <zlib.h>
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

enum { PACK_LEVEL = 1 };

#ifdef HAVE_LIBDEFLATE

struct packer {
    struct libdeflate_compressor *compressor;
};

struct packer *packer_new(void)
{
    struct packer *packer = malloc(sizeof *packer);
    if (packer && !(packer->compressor = libdeflate_alloc_compressor(PACK_LEVEL))) {
        free(packer);
        packer = NULL;
    }
    return packer;
}

void packer_free(struct packer *packer)
{
    if (packer)
        libdeflate_free_compressor(packer->compressor);
    free(packer);
}

static size_t pack_into(struct packer *packer, struct slice bytes, char *out,
                        size_t room)
{
    return libdeflate_zlib_compress(packer->compressor, bytes.data, bytes.length, out,
                                    room);
}

bool unpack(struct slice packed, void *out, size_t size)
{
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    size_t got = 0;
    bool done = decompressor &&
                libdeflate_zlib_decompress(decompressor, packed.data, packed.length,
                                           out, size, &got) == LIBDEFLATE_SUCCESS;
    libdeflate_free_decompressor(decompressor);
    return done && got == size;
}

uint32_t pack_crc32(struct slice bytes)
{
    return libdeflate_crc32(0, bytes.data, bytes.length);
}

#else

struct packer {
    z_stream stream;
};

struct packer *packer_new(void)
{
    struct packer *packer = calloc(1, sizeof *packer);
    if (packer && deflateInit(&packer->stream, PACK_LEVEL) != Z_OK) {
        free(packer);
        packer = NULL;
    }
    return packer;
}

void packer_free(struct packer *packer)
{
    if (packer)
        deflateEnd(&packer->stream);
    free(packer);
}

static size_t pack_into(struct packer *packer, struct slice bytes, char *out,
                        size_t room)
{
    z_stream *stream = &packer->stream;
    if (bytes.length > UINT32_MAX || deflateReset(stream) != Z_OK)
        return 0;
    stream->next_in = (unsigned char *)(uintptr_t)bytes.data;
    stream->avail_in = (unsigned)bytes.length;
    stream->next_out = (unsigned char *)out;
    stream->avail_out = (unsigned)room;
    return deflate(stream, Z_FINISH) == Z_STREAM_END ? stream->total_out : 0;
}

bool unpack(struct slice packed, void *out, size_t size)
{
    uLongf got = (uLongf)size;
    return uncompress(out, &got, (const unsigned char *)packed.data,
                      (uLong)packed.length) == Z_OK &&
           got == size;
}

uint32_t pack_crc32(struct slice bytes)
{
    return (uint32_t)crc32(0, (const unsigned char *)bytes.data, (uInt)bytes.length);
}

#endif

struct slice pack(struct packer *packer, struct slice bytes, struct arena *arena)
{
    if (bytes.length < 2)
        return SLICE_NONE;
    char *out = arena_alloc(arena, bytes.length);
    size_t length = out ? pack_into(packer, bytes, out, bytes.length - 1) : 0;
    return length ? (struct slice){out, length} : SLICE_NONE;
}

struct slice pack_always(struct packer *packer, struct slice bytes, struct arena *arena)
{
    /* Stored blocks cost 5 bytes for each 16 KiB at worst, and the frame of a stream
     * 11. */
    size_t room = bytes.length + bytes.length / 1024 + 64;
    char *out = arena_alloc(arena, room);
    size_t length = out ? pack_into(packer, bytes, out, room) : 0;
    return length ? (struct slice){out, length} : SLICE_NONE;
}
