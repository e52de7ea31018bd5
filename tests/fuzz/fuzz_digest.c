/* Any bytes as a CloudTrail digest: its files have names, and hashes of 64 digits or
 * none. */
#include "config.h"

#include <stdlib.h>

#include "core/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct digest digest;
    struct error error = {.code = ERROR_NONE};
    arena_init(&arena);
    int result =
        digest_read((struct slice){(const char *)data, size}, &arena, &digest, &error);
    if (result && error.code == ERROR_NONE)
        abort();
    for (size_t i = 0; !result && i < digest.count; i++) {
        if (slice_blank(digest.files[i].object) ||
            (digest.files[i].sha256.length && digest.files[i].sha256.length != 64))
            abort();
    }
    arena_fini(&arena);
    return 0;
}
