#include "config.h"

#include "db/sha256.h"

#include <stdlib.h>

#include <openssl/evp.h>

struct sha256 {
    EVP_MD *algorithm;
    EVP_MD_CTX *context;
};

struct sha256 *sha256_new(void)
{
    struct sha256 *hash = calloc(1, sizeof *hash);
    if (!hash)
        return NULL;
    hash->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    hash->context = EVP_MD_CTX_new();
    if (hash->algorithm && hash->context)
        return hash;
    sha256_free(hash);
    return NULL;
}

void sha256_free(struct sha256 *hash)
{
    if (!hash)
        return;
    EVP_MD_CTX_free(hash->context);
    EVP_MD_free(hash->algorithm);
    free(hash);
}

int sha256_start(struct sha256 *hash)
{
    return EVP_DigestInit_ex2(hash->context, hash->algorithm, NULL) ? 0 : -1;
}

void sha256_add(struct sha256 *hash, const void *data, size_t length)
{
    EVP_DigestUpdate(hash->context, data, length);
}

void sha256_text(const unsigned char *digest, char out[SHA256_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_HEX / 2; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[SHA256_HEX - 1] = '\0';
}

int sha256_finish(struct sha256 *hash, char hex[SHA256_HEX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    hex[0] = '\0';
    if (!EVP_DigestFinal_ex(hash->context, digest, &length) ||
        2 * length + 1 != SHA256_HEX)
        return -1;
    sha256_text(digest, hex);
    return 0;
}
