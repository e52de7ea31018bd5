#include "config.h"

#include "core/packing.h"

struct signature {
    size_t offset;
    struct slice magic; /* '?' stands for any byte */
    struct packing packing;
};

#define ZSTD                                                                           \
    {                                                                                  \
        PACKING_ZSTD, "zstd", "unpack it with `zstd -d`"                               \
    }
#define BZIP2                                                                          \
    {                                                                                  \
        PACKING_BZIP2, "bzip2", "unpack it with `bunzip2`"                             \
    }
#define ZIP                                                                            \
    {                                                                                  \
        PACKING_ZIP, "zip", "unpack it with `unzip`"                                   \
    }
#define TAR                                                                            \
    {                                                                                  \
        PACKING_TAR, "tar", "unpack it with `tar xf`"                                  \
    }
#define UTF16(kind, order)                                                             \
    {                                                                                  \
        kind, "UTF-16" order, "convert it with `iconv -f UTF-16" order " -t UTF-8`"    \
    }

#define GCLOUD                                                                         \
    {                                                                                  \
        PACKING_OTHER, "YAML of gcloud",                                               \
            "export it again as JSON with `gcloud logging read FILTER "                \
            "--freshness=30d --format=json`"                                           \
    }

static const struct signature signatures[] = {
    {0, SLICE_INIT("\x1f\x8b\x08"), {PACKING_GZIP, "gzip", "unpack it with `gunzip`"}},
    {0, SLICE_INIT("\x28\xb5\x2f\xfd"), ZSTD},
    {1, SLICE_INIT("\x2a\x4d\x18"), ZSTD}, /* a skippable frame; see matches */
    {0, SLICE_INIT("BZh?1AY&SY"), BZIP2},
    {0, SLICE_INIT("BZh?\x17\x72\x45\x38\x50\x90"), BZIP2}, /* of nothing */
    {0,
     SLICE_INIT("\xfd"
                "7zXZ\0"),
     {PACKING_XZ, "xz", "unpack it with `unxz`"}},
    {0, SLICE_INIT("PK\x03\x04"), ZIP},
    {0, SLICE_INIT("PK\x05\x06"), ZIP}, /* of nothing */
    {0, SLICE_INIT("PK\x07\x08PK\x03\x04"), ZIP},
    {0, SLICE_INIT("7z\xbc\xaf\x27\x1c"), {PACKING_7Z, "7z", "unpack it with `7z x`"}},
    {0,
     SLICE_INIT("PAR1"),
     {PACKING_OTHER, "Parquet",
      "export it as JSON with `duckdb -c \"COPY (FROM 'x.parquet') TO 'x.json'\"`"}},
    {0,
     SLICE_INIT("Obj\x01"),
     {PACKING_OTHER, "Avro",
      "export it as JSON with `avro-tools tojson x.avro >x.json`"}},
    {0,
     SLICE_INIT("SQLite format 3\0"),
     {PACKING_OTHER, "SQLite database", "load the logs it was made from"}},
    {0,
     SLICE_INIT("ElfFile\0"),
     {PACKING_OTHER, "Windows event log (EVTX)",
      "it holds no mirroring events; `evtx_dump -o jsonl x.evtx` reads it"}},
    {0, SLICE_INIT("---\ninsertId:"), GCLOUD},
    {0, SLICE_INIT("---\r\ninsertId:"), GCLOUD},
    {0, SLICE_INIT("---\nprotoPayload:"), GCLOUD},
    {0, SLICE_INIT("insertId: "), GCLOUD},
    {0,
     SLICE_INIT("---\ncollectorIlb:"),
     {PACKING_OTHER, "YAML of gcloud",
      "export it again as JSON with `gcloud compute packet-mirrorings list "
      "--format=json`"}},
    {0,
     SLICE_INIT("\x04\x22\x4d\x18"),
     {PACKING_OTHER, "lz4", "unpack it with `lz4 -d`"}},
    {0,
     SLICE_INIT("\x1f\x9d"),
     {PACKING_OTHER, "compress", "unpack it with `uncompress`"}},
    {0, SLICE_INIT("Rar!\x1a\x07"), {PACKING_OTHER, "rar", "unpack it with `unrar x`"}},
    {0,
     SLICE_INIT("\xff\xfe\0\0"),
     {PACKING_OTHER, "UTF-32", "convert it with `iconv -f UTF-32 -t UTF-8`"}},
    {0, SLICE_INIT("\xff\xfe"), UTF16(PACKING_UTF16_LITTLE, "LE")},
    {0, SLICE_INIT("\xfe\xff"), UTF16(PACKING_UTF16_BIG, "BE")},
};

static bool matches(const struct signature *signature, struct slice head)
{
    if (head.length < signature->offset + signature->magic.length)
        return false;
    for (size_t i = 0; i < signature->magic.length; i++) {
        char wanted = signature->magic.data[i];
        if (wanted != '?' && head.data[signature->offset + i] != wanted)
            return false;
    }
    /* Of the first byte of a skippable frame of zstd only four bits are fixed. */
    return signature->offset == 0 || ((unsigned char)head.data[0] & 0xf0) == 0x50;
}

/*
 * A header of tar says the sum of its bytes, those of the sum counted as blanks, in
 * octal.  Old ones have no other mark; the mark `ustar` alone proves nothing, it may
 * stand in a log.
 */
static bool is_tar(struct slice head)
{
    enum { HEADER = 512, SUM_AT = 148, SUM_BYTES = 8 };
    if (head.length < HEADER || !head.data[0])
        return false;
    unsigned sum = 0, said = 0;
    for (size_t i = 0; i < HEADER; i++)
        sum +=
            i >= SUM_AT && i < SUM_AT + SUM_BYTES ? ' ' : (unsigned char)head.data[i];
    size_t at = SUM_AT, digits = 0;
    while (at < SUM_AT + SUM_BYTES && head.data[at] == ' ')
        at++;
    for (; at < SUM_AT + SUM_BYTES && head.data[at] >= '0' && head.data[at] <= '7';
         at++, digits++)
        said = said * 8 + (unsigned)(head.data[at] - '0');
    return digits && said == sum;
}

/*
 * UTF-16 without a mark: of two bytes that make an ASCII character one is NUL, always
 * the same.  Three in four suffice, so that names in other scripts may stand in it;
 * the other bytes are never NUL, as those of padding are.
 */
static enum packing_kind utf16_without_mark(struct slice head)
{
    size_t pairs = head.length / 2, nul[2] = {0, 0};
    for (size_t i = 0; i < 2 * pairs; i++)
        nul[i & 1] += !head.data[i];
    if (pairs < 2 || (nul[0] && nul[1]))
        return PACKING_NONE;
    if (4 * nul[1] >= 3 * pairs)
        return PACKING_UTF16_LITTLE;
    return 4 * nul[0] >= 3 * pairs ? PACKING_UTF16_BIG : PACKING_NONE;
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
    static const struct packing tar = TAR,
                                binary = {PACKING_BINARY, "binary data",
                                          "it is no kind of log"},
                                little = UTF16(PACKING_UTF16_LITTLE, "LE"),
                                big = UTF16(PACKING_UTF16_BIG, "BE");
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        if (matches(&signatures[i], head))
            return signatures[i].packing;
    }
    if (head.length && memchr(head.data, '\0', head.length)) {
        if (is_tar(head))
            return tar;
        enum packing_kind wide = utf16_without_mark(head);
        if (wide != PACKING_NONE)
            return wide == PACKING_UTF16_BIG ? big : little;
    }
    if (looks_binary(head))
        return binary;
    return (struct packing){PACKING_NONE, "text", ""};
}

bool packing_is_stream(enum packing_kind kind)
{
    return kind >= PACKING_GZIP && kind <= PACKING_UTF16_BIG;
}

bool packing_is_archive(enum packing_kind kind)
{
    return kind >= PACKING_TAR && kind <= PACKING_7Z;
}
