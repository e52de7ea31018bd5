#include "config.h"

#include "db/unpack.h"

#include <stddef.h>

static const struct unpack_decoder *const decoders[] = {
#ifdef HAVE_LIBISAL
    &unpack_isal,
#endif
    &unpack_gzip,  &unpack_utf16_little, &unpack_utf16_big,
#ifdef HAVE_LIBZSTD
    &unpack_zstd,
#endif
#ifdef HAVE_LIBBZ2
    &unpack_bzip2,
#endif
#ifdef HAVE_LIBLZMA
    &unpack_xz,
#endif
};

const struct unpack_decoder *unpack_decoder_of(enum packing_kind kind)
{
    for (size_t i = 0; i < sizeof decoders / sizeof decoders[0]; i++) {
        if (decoders[i]->packing == kind)
            return decoders[i];
    }
    return NULL;
}
