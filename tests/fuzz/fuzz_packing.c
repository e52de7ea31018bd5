/* Any bytes as a file: its layers, its members and theirs come to an end; windows
 * follow each other without a gap, and the same bytes come in two runs. */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "db/source_reader.h"

enum { MEMBERS_MAX = 64, WINDOWS_MAX = 4096 };

struct reading {
    uint64_t digest;
    uint64_t bytes;
    size_t members;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static int file_of(const uint8_t *data, size_t size)
{
    static int file = -1;
    if (file < 0) {
        char path[] = "/tmp/mirrorscope-fuzz.XXXXXX";
        file = mkstemp(path);
        require(file >= 0 && !unlink(path));
    }
    require(!ftruncate(file, 0) && pwrite(file, data, size, 0) == (ssize_t)size);
    return dup(file);
}

static void read_source(struct source_reader *reader, struct reading *out)
{
    struct source_window window = {0};
    struct error error = {0};
    uint64_t end = 0;
    size_t drop = 0;
    unsigned windows = 0;
    do {
        require(!source_reader_next(reader, drop, &window, &error));
        require(window.base <= end && window.base + window.length >= end);
        for (size_t i = (size_t)(end - window.base); i < window.length; i++)
            out->digest =
                (out->digest ^ (unsigned char)window.data[i]) * UINT64_C(0x100000001b3);
        end = window.base + window.length;
        drop = window.length;
    } while (window.state == SOURCE_MORE && windows++ < WINDOWS_MAX);
    require((window.state == SOURCE_CUT) ==
            (windows <= WINDOWS_MAX && source_reader_reason(reader)[0] != '\0'));
    out->bytes += end;
}

static struct reading read_file(struct source_reader *reader, const uint8_t *data,
                                size_t size)
{
    struct reading out = {0};
    struct error error = {0};
    require(!source_reader_open(reader, file_of(data, size), true, &error));
    if (!source_reader_is_archive(reader)) {
        read_source(reader, &out);
    } else {
        struct source_member member;
        require(!source_reader_hash_first(reader, &error));
        while (out.members < MEMBERS_MAX &&
               source_reader_next_member(reader, &member, &error) > 0) {
            require(member.name[0] != '\0');
            out.members++;
            if (!member.failure)
                read_source(reader, &out);
        }
    }
    source_reader_close(reader);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct source_reader *loads, *checks;
    if (!loads) {
        loads = source_reader_new(READER_LOADS);
        checks = source_reader_new(READER_CHECKS);
        require(loads && checks);
    }
    struct reading one = read_file(loads, data, size);
    struct reading two = read_file(checks, data, size);
    require(one.members == two.members && one.bytes == two.bytes &&
            one.digest == two.digest);
    return 0;
}
