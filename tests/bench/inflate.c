/*
 * The floor that a load of gz files is measured against: reads the files, unpacks them
 * as the loader does, on so many threads, and throws the bytes away.
 *
 *   inflate THREADS FILE...
 */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/source_reopen.h"

enum { THREADS_MAX = 64 };

struct files {
    char **paths;
    size_t count;
    atomic_size_t next;
    atomic_bool failed;
};

static bool throw_away(void *payload, struct slice bytes)
{
    (void)payload;
    (void)bytes;
    return true;
}

static void *run(void *argument)
{
    struct files *files = argument;
    struct source_reader *reader = source_reader_new(READER_LOADS);
    struct error error;
    bool good = reader;
    for (size_t i; good && (i = atomic_fetch_add(&files->next, 1)) < files->count;)
        good = source_reopen(reader, files->paths[i], "", false, &error) > 0 &&
               !source_read_through(reader, throw_away, NULL, &error);
    if (!good)
        atomic_store(&files->failed, true);
    source_reader_free(reader);
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
