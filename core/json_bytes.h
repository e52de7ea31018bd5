/*
 * json_bytes.h - the innermost loop: where a run of plain string bytes stops.
 *
 * Two forms of one function, chosen at build: SSE2, which every x86-64 has, and
 * eight bytes at a time in portable C (configure --disable-sse2, or a machine
 * without it).  Neither reads at or beyond `end`.
 */
#ifndef CORE_JSON_BYTES_H
#define CORE_JSON_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(MS_DISABLE_SSE2)
#define JSON_BYTES_BUILD "sse2"
#include <emmintrin.h>
#else
#define JSON_BYTES_BUILD "scalar"
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

#if defined(__SSE2__) && !defined(MS_DISABLE_SSE2)

/* The first quote, backslash or control byte in [p, end), else end. */
static inline const char *json_plain_end(const char *p, const char *end)
{
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i last_control = _mm_set1_epi8(0x1f);
    for (; end - p >= 16; p += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i stops = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote),
                                     _mm_cmpeq_epi8(bytes, backslash));
        __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(stops, control));
        if (mask)
            return p + __builtin_ctz(mask);
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
