#include "config.h"

#include "db/gzip_whole.h"

#include <stdlib.h>

#include <zlib.h>
#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

#ifdef HAVE_LIBDEFLATE

struct gzip_whole {
    struct libdeflate_decompressor *decompressor;
};

struct gzip_whole *gzip_whole_new(void)
{
    struct gzip_whole *whole = malloc(sizeof *whole);
    if (whole && (whole->decompressor = libdeflate_alloc_decompressor()))
        return whole;
    free(whole);
    return NULL;
}

void gzip_whole_free(struct gzip_whole *whole)
{
    if (whole)
        libdeflate_free_decompressor(whole->decompressor);
    free(whole);
}

static bool is_gzip(struct slice bytes)
{
    return slice_starts_with(bytes, SLICE("\x1f\x8b"));
}

/* A member ends with the CRC-32 and the length of what it unpacks to. */
static uint32_t crc_of_member(struct slice member)
{
    enum { TRAILER = 8 };
    const unsigned char *at =
        (const unsigned char *)member.data + member.length - TRAILER;
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
           (uint32_t)at[3] << 24;
}

bool gzip_whole_unpack(struct gzip_whole *whole, struct slice packed, char *to,
                       size_t room, struct gzip_content *out)
{
    *out = (struct gzip_content){0};
    while (is_gzip(packed)) {
        size_t used = 0, made = 0;
        if (libdeflate_gzip_decompress_ex(whole->decompressor, packed.data,
                                          packed.length, to + out->length,
                                          room - out->length, &used, &made))
            return false;
        /* libdeflate has compared it. */
        uint32_t crc = crc_of_member(slice_first(packed, used));
        out->crc32 =
            out->length ? (uint32_t)crc32_combine(out->crc32, crc, (z_off_t)made) : crc;
        out->length += made;
        packed = slice_skip(packed, used);
    }
    while (packed.length && !packed.data[0])
        packed = slice_skip(packed, 1);
    /* Another member after padding is left to the stream. */
    out->trailing = packed.length != 0;
    return !is_gzip(packed);
}

uint32_t gzip_crc32(uint32_t crc, struct slice bytes)
{
    return libdeflate_crc32(crc, bytes.data, bytes.length);
}

#else

struct gzip_whole {
    char unused;
};

struct gzip_whole *gzip_whole_new(void)
{
    return malloc(sizeof(struct gzip_whole));
}

void gzip_whole_free(struct gzip_whole *whole)
{
    free(whole);
}

bool gzip_whole_unpack(struct gzip_whole *whole, struct slice packed, char *to,
                       size_t room, struct gzip_content *out)
{
    (void)whole;
    (void)packed;
    (void)to;
    (void)room;
    *out = (struct gzip_content){0};
    return false;
}

uint32_t gzip_crc32(uint32_t crc, struct slice bytes)
{
    return (uint32_t)crc32_z(crc, (const unsigned char *)bytes.data, bytes.length);
}

#endif
