/*
 * The floor that a load of gz files is measured against: reads the files, unpacks them
 * as the loader does, on so many threads, and throws the bytes away.
 *
 *   inflate THREADS FILE...
 */
#include "config.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "db/gzip_whole.h"

enum {
    PACKED_MAX = 64 * 1024 * 1024,
    CONTENT_MAX = 256 * 1024 * 1024,
    THREADS_MAX = 64
};

struct files {
    char **paths;
    size_t count;
    atomic_size_t next;
    atomic_bool failed;
};

static size_t read_whole(const char *path, char *to)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t got = 1;
    while (file >= 0 && length < PACKED_MAX && got > 0) {
        got = read(file, to + length, PACKED_MAX - length);
        length += got > 0 ? (size_t)got : 0;
    }
    if (file >= 0)
        close(file);
    return length;
}

static void *run(void *argument)
{
    struct files *files = argument;
    struct gzip_whole *whole = gzip_whole_new();
    struct gzip_content content;
    char *packed = malloc(PACKED_MAX), *bytes = malloc(CONTENT_MAX);
    bool good = whole && packed && bytes;
    for (size_t i; good && (i = atomic_fetch_add(&files->next, 1)) < files->count;) {
        struct slice file = {packed, read_whole(files->paths[i], packed)};
        good = gzip_whole_unpack(whole, file, bytes, CONTENT_MAX, &content);
    }
    if (!good)
        atomic_store(&files->failed, true);
    gzip_whole_free(whole);
    free(packed);
    free(bytes);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS_MAX];
    long count = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
    if (count < 1 || count > THREADS_MAX)
        return fputs("usage: inflate THREADS FILE...\n", stderr), 2;
    struct files files = {.paths = argv + 2, .count = (size_t)argc - 2};
    for (long i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, run, &files))
            return perror("a thread"), 1;
    for (long i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    return atomic_load(&files.failed);
}
