/*
 * json_bytes.h - the innermost loop: where a run of plain string bytes stops.
 *
 * Three forms of one function, chosen at build: 16 bytes at a time with SSE2, which
 * every x86-64 has, or NEON, which every 64-bit ARM has, and eight bytes at a time in
 * portable C (configure --disable-vectors, or another machine).  None reads at or
 * beyond `end`.
 */
#ifndef CORE_JSON_BYTES_H
#define CORE_JSON_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(MS_DISABLE_VECTORS)
#define JSON_BYTES_BUILD "sse2"
#include <emmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__) &&        \
    !defined(MS_DISABLE_VECTORS)
#define JSON_BYTES_BUILD "neon"
#include <arm_neon.h>
#else
#define JSON_BYTES_BUILD "scalar"
#define JSON_BYTES_SCALAR
#endif

static inline bool json_byte_stops(unsigned char byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\';
}

static inline const char *json_plain_end_bytewise(const char *p, const char *end)
{
    while (p < end && !json_byte_stops((unsigned char)*p))
        p++;
    return p;
}

#ifndef JSON_BYTES_SCALAR

#ifdef __SSE2__
enum { JSON_STOP_BITS = 1 };

/* JSON_STOP_BITS bits for each of the 16 bytes from p on, set where it stops. */
static inline uint64_t json_stops(const char *p)
{
    const __m128i last_control = _mm_set1_epi8(0x1f);
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i stops = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                 _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(stops, control));
}
#else
enum { JSON_STOP_BITS = 4 };

/* NEON has no mask of bytes: narrowing pairs of them leaves four bits of each. */
static inline uint64_t json_stops(const char *p)
{
    uint8x16_t bytes = vld1q_u8((const uint8_t *)p);
    uint8x16_t stops =
        vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('"')), vceqq_u8(bytes, vdupq_n_u8('\\')));
    stops = vorrq_u8(stops, vcltq_u8(bytes, vdupq_n_u8(0x20)));
    uint8x8_t nibbles = vshrn_n_u16(vreinterpretq_u16_u8(stops), 4);
    return vget_lane_u64(vreinterpret_u64_u8(nibbles), 0);
}
#endif

/* The first quote, backslash or control byte in [p, end), else end. */
static inline const char *json_plain_end(const char *p, const char *end)
{
    for (; end - p >= 16; p += 16) {
        uint64_t stops = json_stops(p);
        if (stops)
            return p + __builtin_ctzll(stops) / JSON_STOP_BITS;
    }
    return json_plain_end_bytewise(p, end);
}

#else

/* High bits set in the bytes of `word` that are zero; others may follow the first
 * (Mycroft's test), so this answers only whether there is one. */
static inline uint64_t json_has_zero(uint64_t word)
{
    return (word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080);
}

static inline const char *json_plain_end(const char *p, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    for (; end - p >= 8; p += 8) {
        uint64_t word;
        memcpy(&word, p, sizeof word);
        uint64_t control = (word - ones * 0x20) & ~word & UINT64_C(0x8080808080808080);
        if (control | json_has_zero(word ^ ones * '"') |
            json_has_zero(word ^ ones * '\\'))
            break;
    }
    return json_plain_end_bytewise(p, end);
}

#endif

#endif
