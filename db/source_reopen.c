#include "config.h"

#include "db/source_reopen.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int source_reopen(struct source_reader *reader, const char *path, const char *member,
                  bool hash, struct error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return 0;
    if (source_reader_open(reader, descriptor, hash, error))
        return -1;
    if (!member[0])
        return 1;
    source_reader_want_member(reader, member);
    return source_reopen_next(reader, member, error);
}

int source_reopen_next(struct source_reader *reader, const char *member,
                       struct error *error)
{
    struct source_member found;
    while (source_reader_is_archive(reader) || source_reader_in_archive(reader)) {
        int result = source_reader_next_member(reader, &found, error);
        if (result <= 0)
            return result;
        if (!found.failure && !strcmp(found.name, member))
            return 1;
    }
    return 0;
}

int source_read_through(struct source_reader *reader, source_take take, void *payload,
                        struct error *error)
{
    struct source_window window = {.state = SOURCE_MORE};
    while (window.state == SOURCE_MORE) {
        if (source_reader_next(reader, window.length, &window, error))
            return -1;
        if (!take(payload, (struct slice){window.data, window.length}))
            return error_set(error, ERROR_INTERRUPTED, "stopped");
    }
    return window.state == SOURCE_WHOLE
               ? 0
               : error_set(error, ERROR_INPUT, "%s", source_reader_reason(reader));
}
