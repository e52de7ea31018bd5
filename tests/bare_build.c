#include "config.h"

#include "db/unpack.h"

/*
 * The program as it is built without libzstd, libbz2, liblzma and libarchive: linked
 * with this file and db/archive_walk_none.c in the place of db/unpack_decoders.c and
 * db/archive_walk.c.  Only what it says matters (tests/cli/bad_input.sh).
 */
const struct unpack_decoder *unpack_decoder_of(enum packing_kind kind)
{
    return kind == unpack_gzip.packing ? &unpack_gzip : NULL;
}
