/* realpath is of X/Open. */
#define _XOPEN_SOURCE 700
#include "config.h"

#include "db/follow_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "db/event_batch.h"

/*
 * Folders are watched for names, so that what appears or takes another's place is seen;
 * open files by their inode, so that a renamed one is read to its end.  The kernel says
 * when there is something to do: nothing is looked at in between.
 *
 * Linux' inotify (inotify(7)): events carry the watch and, for folders, the name; a
 * queue that overflowed says so, and everything is looked at again.
 */
enum {
    /* What comes within this time is taken in one round, with one commit. */
    GATHER_MS = 100,
    /* A file that was replaced, and was quiet for so long, is finished: its writer has
     * turned to the new one. */
    REPLACED_MS = 1000,
    EVENT_BYTES = 64 * 1024,
    /* Standard input that gave this much in a round is not waited for. */
    BUSY_BYTES = 64 * 1024,
};

/* --- what the kernel says -------------------------------------------------- */

/* Everything may have changed. */
static int look_at_all(struct follower *follower, struct error *error)
{
    for (struct followed *file = follower->files; file; file = file->next)
        follow_mark(file);
    for (size_t i = 0; i < follower->folder_count; i++) {
        struct folder *folder = &follower->folders[i];
        bool whole = folder->whole;
        folder->whole = false; /* as if it had just appeared */
        char *path = strdup(folder->path);
        int result = !path   ? error_set(error, ERROR_MEMORY, "out of memory")
                     : whole ? follow_consider_folder(follower, path, error)
                             : 0;
        free(path);
        if (result)
            return -1;
    }
    return 0;
}

static int take_folder_event(struct follower *follower, const struct folder *folder,
                             const struct inotify_event *event, struct error *error)
{
    const struct load *load = follower->load;
    bool appeared = event->mask & (IN_CREATE | IN_MOVED_TO);
    bool complete = event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO);
    if (folder->whole)
        return follow_consider_name(follower, folder->path, event->name, complete,
                                    error);
    for (size_t i = 0; appeared && i < load->path_count; i++) {
        const char *slash = strrchr(load->paths[i], '/');
        size_t length = slash ? (size_t)(slash - load->paths[i]) : 0;
        bool here = !strncmp(load->paths[i], folder->path, length) &&
                    strlen(folder->path) == (length ? length : 1);
        if (slash && here && !strcmp(slash + 1, event->name))
            return follow_consider(follower, load->paths[i], complete, error);
    }
    return 0;
}

static int take_event(struct follower *follower, const struct inotify_event *event,
                      struct error *error)
{
    if (event->mask & IN_Q_OVERFLOW)
        return look_at_all(follower, error);
    if (event->mask & IN_IGNORED)
        return 0;
    for (struct followed *file = follower->files; file; file = file->next) {
        struct stat status;
        if (file->watch != event->wd)
            continue;
        if (event->mask & IN_ATTRIB &&
            !fstat(follow_stream_descriptor(file->stream), &status))
            file->replaced |= status.st_nlink == 0;
        follow_mark(file);
        return 0;
    }
    struct folder *folder = follow_find_folder(follower, event->wd);
    return folder && event->len ? take_folder_event(follower, folder, event, error) : 0;
}

static int take_events(struct follower *follower, struct error *error)
{
    _Alignas(struct inotify_event) char bytes[EVENT_BYTES];
    ssize_t got;
    while ((got = read(follower->inotify, bytes, sizeof bytes)) > 0) {
        for (ssize_t at = 0; at < got;) {
            const struct inotify_event *event = (const void *)(bytes + at);
            if (take_event(follower, event, error))
                return -1;
            at += (ssize_t)(sizeof *event + event->len);
        }
    }
    return 0;
}

/* --- rounds ---------------------------------------------------------------- */

static int read_file(struct follower *follower, struct followed *file,
                     struct error *error)
{
    enum follow_state state;
    file->changed = false;
    if (follow_stream_read(file->stream, &state, error)) {
        /* Stopped in the middle of a piece: what is committed before it stays. */
        if (error->code == ERROR_INTERRUPTED)
            follow_forget(follower, file);
        return -1;
    }
    if (file->watch < 0)
        follower->input_bytes += follow_stream_progress(file->stream);
    if (state == FOLLOW_ENDED)
        return follow_finish(follower, file, FOLLOW_OVER, error);
    if (state != FOLLOW_PACKED)
        return 0;
    /* It was empty when it appeared. */
    char *path = strdup(follow_stream_path(file->stream));
    follow_forget(follower, file);
    int result = path ? follow_load_whole(follower, path, error)
                      : error_set(error, ERROR_MEMORY, "out of memory");
    free(path);
    return result;
}

static int read_changed(struct follower *follower, struct error *error)
{
    for (struct followed *file = follower->files, *next; file; file = next) {
        next = file->next;
        if (file->changed && read_file(follower, file, error))
            return -1;
    }
    return 0;
}

/* Reads what changed, ends what was replaced and is quiet, and commits. */
static int do_round(struct follower *follower, struct error *error)
{
    int64_t now = follow_now_ms();
    follower->input_bytes = 0;
    if (read_changed(follower, error))
        return -1;
    for (struct followed *file = follower->files, *next; file; file = next) {
        next = file->next;
        if (file->replaced && now - file->changed_at >= REPLACED_MS &&
            follow_finish(follower, file, FOLLOW_OVER, error))
            return -1;
    }
    return store_flush(follower->load->store, error);
}

/* Milliseconds until a replaced file is finished; -1: none is. */
static int next_due(const struct follower *follower)
{
    int64_t now = follow_now_ms(), timeout = -1;
    for (const struct followed *file = follower->files; file; file = file->next) {
        int64_t wait = file->changed_at + REPLACED_MS - now;
        if (file->replaced && (timeout < 0 || wait < timeout))
            timeout = wait > 0 ? wait : 0;
    }
    return (int)timeout;
}

static struct followed *standard_input(const struct follower *follower)
{
    struct followed *file = follower->files;
    while (file && file->watch >= 0)
        file = file->next;
    return file;
}

/* Waits for something to do, and a little for what comes with it. */
static int wait_for_more(struct follower *follower, struct error *error)
{
    enum { STOP, EVENTS, INPUT };
    struct followed *input = standard_input(follower);
    struct pollfd fds[] = {
        [STOP] = {.fd = follower->load->wake, .events = POLLIN},
        [EVENTS] = {.fd = follower->inotify, .events = POLLIN},
        [INPUT] = {.fd = input ? STDIN_FILENO : -1, .events = POLLIN},
    };
    if (poll(fds, 3, next_due(follower)) < 0 && errno != EINTR)
        return error_set(error, ERROR_INPUT, "cannot wait for changes");
    bool busy = follower->input_bytes >= BUSY_BYTES;
    if ((fds[EVENTS].revents || fds[INPUT].revents) && !busy)
        (void)poll(fds, 1, GATHER_MS);
    if (fds[INPUT].revents && input)
        follow_mark(input);
    return fds[EVENTS].revents ? take_events(follower, error) : 0;
}

static bool is_stopped(const struct follower *follower)
{
    return atomic_load(&follower->load->stop);
}

static int end_all(struct follower *follower, struct error *error)
{
    while (follower->files) {
        enum follow_end how = follower->files->watch < 0 ? FOLLOW_CUT : FOLLOW_PAUSED;
        if (follow_finish(follower, follower->files, how, error))
            return -1;
    }
    return store_flush(follower->load->store, error);
}

/* The files that were there at the start, in order. */
static int open_listed(struct follower *follower, struct error *error)
{
    struct load *load = follower->load;
    size_t count = load->files.count;
    for (size_t i = 0; i < count && !is_stopped(follower); i++) {
        struct path_entry *entry = &load->files.entries[i];
        struct stat status;
        if (!entry->followed)
            continue;
        int descriptor = entry->is_stdin
                             ? STDIN_FILENO
                             : open(entry->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (descriptor < 0)
            continue;
        if (!entry->is_stdin && !fstat(descriptor, &status) &&
            follow_find(follower, &status)) {
            close(descriptor); /* given twice, or by two names */
            continue;
        }
        if (follow_add(follower, i, descriptor, follow_is_given(follower, entry->path),
                       error) ||
            (!entry->is_stdin && read_changed(follower, error)))
            return -1;
    }
    return 0;
}

int follow_run(struct follower *follower, struct error *error)
{
    int result = open_listed(follower, error);
    while (!result && !is_stopped(follower)) {
        result = do_round(follower, error);
        if (!follower->files && !follower->folder_count)
            break; /* standard input has ended, and there was nothing else */
        if (!result && !is_stopped(follower))
            result = wait_for_more(follower, error);
    }
    if (result && error->code != ERROR_INTERRUPTED)
        return -1;
    event_batch_reset(follower->tools.work.batch);
    return end_all(follower, error);
}

/* --- life ------------------------------------------------------------------ */

void follow_choose(struct load *load)
{
    for (size_t i = 0; i < load->files.count; i++) {
        struct path_entry *entry = &load->files.entries[i];
        if (entry->reason)
            continue;
        if (entry->is_stdin) {
            entry->followed = true;
            continue;
        }
        int descriptor = open(entry->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (descriptor < 0)
            continue;
        entry->followed = !follow_is_packed(descriptor);
        close(descriptor);
    }
}

/* A given file's folder tells when another file takes its place. */
static int watch_given(struct follower *follower, const char *path, struct error *error)
{
    struct stat status;
    bool new;
    if (!strcmp(path, "-") || stat(path, &status))
        return 0;
    if (S_ISDIR(status.st_mode))
        return follow_consider_folder(follower, path, error);
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (!slash)
        return 0;
    slash[slash == folder ? 1 : 0] = '\0';
    return follow_watch_folder(follower, folder, false, &new, error);
}

/* Links named by the user are followed, once. */
static int resolve(char **path, struct error *error)
{
    char *resolved = strcmp(*path, "-") ? realpath(*path, NULL) : NULL;
    if (!resolved)
        return errno == ENOMEM ? error_set(error, ERROR_MEMORY, "out of memory") : 0;
    free(*path);
    *path = resolved;
    return 0;
}

struct follower *follow_new(struct load *load, struct error *error)
{
    struct follower *follower = calloc(1, sizeof *follower);
    if (!follower) {
        error_set(error, ERROR_MEMORY, "no memory to follow files");
        return NULL;
    }
    follower->load = load;
    follower->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    int result = follow_tools_init(&follower->tools, load, error);
    if (follower->inotify < 0)
        result = follow_watch_failed("inotify", error);
    follower->listing = true;
    for (size_t i = 0; !result && i < load->path_count; i++)
        result = resolve(&load->paths[i], error) ||
                 watch_given(follower, load->paths[i], error);
    follower->listing = false;
    if (!result)
        return follower;
    follow_free(follower);
    return NULL;
}

void follow_free(struct follower *follower)
{
    if (!follower)
        return;
    while (follower->files)
        follow_forget(follower, follower->files);
    for (size_t i = 0; i < follower->folder_count; i++)
        free(follower->folders[i].path);
    free(follower->folders);
    if (follower->inotify >= 0)
        close(follower->inotify);
    follow_tools_fini(&follower->tools);
    free(follower);
}
