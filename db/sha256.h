/*
 * sha256.h - SHA-256 of bytes that come in pieces, as the digits that sha256sum prints.
 *
 * One for each thread that hashes; libcrypto's own fetch is done once.
 */
#ifndef DB_SHA256_H
#define DB_SHA256_H

#include <stddef.h>

enum { SHA256_HEX = 65 };

/* 32 bytes as 64 digits. */
void sha256_text(const unsigned char *digest, char out[SHA256_HEX]);

struct sha256;

struct sha256 *sha256_new(void);
void sha256_free(struct sha256 *hash);
/* -1: libcrypto refuses. */
int sha256_start(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *data, size_t length);
/* Ends it; -1 leaves "". */
int sha256_finish(struct sha256 *hash, char hex[SHA256_HEX]);

#endif
