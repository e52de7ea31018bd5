/*
 * source_content.h - what the unpacked bytes of a source are known by.
 */
#ifndef DB_SOURCE_CONTENT_H
#define DB_SOURCE_CONTENT_H

#include <stdbool.h>
#include <stdint.h>

struct source_content {
    bool packed;    /* false: the SHA-256 of the source is that of its content */
    uint32_t crc32; /* where it is packed: of the unpacked bytes */
};

#endif
