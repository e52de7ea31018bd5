#include "config.h"

#include "core/packing.h"

struct signature {
    size_t offset;
    struct slice magic;
    struct packing packing;
};

#define MAGIC(text)                                                                    \
    {                                                                                  \
        "" text, sizeof(text) - 1                                                      \
    }

static const struct signature signatures[] = {
    {0, MAGIC("\x1f\x8b"), {PACKING_GZIP, "gzip", ""}},
    {0, MAGIC("\x28\xb5\x2f\xfd"), {PACKING_OTHER, "zstd", "unpack it with `zstd -d`"}},
    {0, MAGIC("BZh"), {PACKING_OTHER, "bzip2", "unpack it with `bunzip2`"}},
    {0,
     MAGIC("\xfd"
           "7zXZ\0"),
     {PACKING_OTHER, "xz", "unpack it with `unxz`"}},
    {0, MAGIC("PK\x03\x04"), {PACKING_OTHER, "zip", "unpack it with `unzip`"}},
    {0, MAGIC("7z\xbc\xaf\x27\x1c"), {PACKING_OTHER, "7z", "unpack it with `7z x`"}},
    {257, MAGIC("ustar"), {PACKING_OTHER, "tar", "unpack it with `tar xf`"}},
    {0,
     MAGIC("PAR1"),
     {PACKING_OTHER, "Parquet",
      "export it as JSON, for instance with DuckDB: COPY (FROM 'x.parquet') TO "
      "'x.json'"}},
    {0,
     MAGIC("Obj\x01"),
     {PACKING_OTHER, "Avro", "export it as JSON with `avro-tools tojson`"}},
    {0,
     MAGIC("SQLite format 3\0"),
     {PACKING_OTHER, "SQLite database", "load the logs it was made from"}},
    {0,
     MAGIC("ElfFile\0"),
     {PACKING_OTHER, "Windows event log (EVTX)", "it holds no mirroring events"}},
    {0,
     MAGIC("\xff\xfe"),
     {PACKING_OTHER, "UTF-16 text", "convert it with `iconv -f UTF-16 -t UTF-8`"}},
    {0,
     MAGIC("\xfe\xff"),
     {PACKING_OTHER, "UTF-16 text", "convert it with `iconv -f UTF-16 -t UTF-8`"}},
};

static bool matches(const struct signature *signature, struct slice head)
{
    return head.length >= signature->offset + signature->magic.length &&
           !memcmp(head.data + signature->offset, signature->magic.data,
                   signature->magic.length);
}

/*
 * A log may hold some hostile bytes, so one odd byte proves nothing: binary is what
 * has many control bytes.  NUL padding alone (a preallocated file) is not counted.
 */
static bool looks_binary(struct slice head)
{
    size_t controls = 0;
    for (size_t i = 0; i < head.length; i++) {
        unsigned char byte = (unsigned char)head.data[i];
        controls += byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' &&
                    byte != 0x1b && byte != 0x1e && byte != 0;
    }
    return head.length >= 64 && controls > head.length / 16;
}

struct packing packing_of(struct slice head)
{
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        if (matches(&signatures[i], head))
            return signatures[i].packing;
    }
    if (looks_binary(head))
        return (struct packing){PACKING_BINARY, "binary data", "it is no kind of log"};
    return (struct packing){PACKING_NONE, "text", ""};
}
