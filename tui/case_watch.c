#include "config.h"

#include "tui/case_watch.h"

#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

int case_watch_open(const char *case_path)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s-wal", case_path);
    if (length < 0 || (size_t)length >= sizeof path)
        return -1;
    int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch >= 0 && inotify_add_watch(watch, path, IN_MODIFY) < 0) {
        close(watch);
        return -1;
    }
    return watch;
}

void case_watch_take(int watch)
{
    char events[4096];
    while (read(watch, events, sizeof events) > 0)
        ;
}

void case_watch_close(int watch)
{
    if (watch >= 0)
        close(watch);
}
