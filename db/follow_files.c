#include "config.h"

#include "db/follow_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

enum {
    /* Of a folder's files; the ones that were quiet longest are closed, and opened
     * again when they change. */
    OPEN_MAX_FILES = 256,
};

#define FOLDER_EVENTS                                                                  \
    (IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_CLOSE_WRITE | IN_ONLYDIR)
#define FILE_EVENTS (IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_MOVE_SELF)

int64_t follow_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- watches --------------------------------------------------------------- */

int follow_watch_failed(const char *path, struct error *error)
{
    int reason = errno;
    char text[128] = "";
    if (reason == ENOSPC)
        return error_set(error, ERROR_INPUT,
                         "%.200s: too many watches; raise "
                         "/proc/sys/fs/inotify/max_user_watches",
                         path);
    (void)strerror_r(reason, text, sizeof text);
    return error_set(error, ERROR_INPUT, "%.200s: cannot be watched: %s", path, text);
}

struct folder *follow_find_folder(struct follower *follower, int watch)
{
    for (size_t i = 0; i < follower->folder_count; i++) {
        if (follower->folders[i].watch == watch)
            return &follower->folders[i];
    }
    return NULL;
}

int follow_watch_folder(struct follower *follower, const char *path, bool whole,
                        bool *new, struct error *error)
{
    *new = false;
    int watch = inotify_add_watch(follower->inotify, path, FOLDER_EVENTS);
    if (watch < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES
                   ? 0
                   : follow_watch_failed(path, error);
    struct folder *known = follow_find_folder(follower, watch);
    if (known) {
        *new = whole && !known->whole;
        known->whole |= whole;
        return 0;
    }
    if (follower->folder_count == follower->folder_room) {
        size_t room = follower->folder_room ? 2 * follower->folder_room : 16;
        void *folders = realloc(follower->folders, room * sizeof *follower->folders);
        if (!folders)
            return error_set(error, ERROR_MEMORY, "no memory for a folder");
        follower->folders = folders;
        follower->folder_room = room;
    }
    char *copy = strdup(path);
    if (!copy)
        return error_set(error, ERROR_MEMORY, "no memory for a folder");
    follower->folders[follower->folder_count++] = (struct folder){watch, copy, whole};
    *new = true;
    return 0;
}

/* By its descriptor, so that it is the file that was opened. */
static int watch_file(struct follower *follower, struct followed *file,
                      struct error *error)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d",
             follow_stream_descriptor(file->stream));
    file->watch = inotify_add_watch(follower->inotify, path, FILE_EVENTS);
    return file->watch < 0
               ? follow_watch_failed(follow_stream_path(file->stream), error)
               : 0;
}

/* --- the files ------------------------------------------------------------- */

void follow_mark(struct followed *file)
{
    file->changed = true;
    file->changed_at = follow_now_ms();
}

void follow_forget(struct follower *follower, struct followed *file)
{
    struct followed **link = &follower->files;
    while (*link != file)
        link = &(*link)->next;
    *link = file->next;
    if (file->watch >= 0) {
        (void)inotify_rm_watch(follower->inotify, file->watch);
        follower->open_files--;
    }
    follow_stream_free(file->stream);
    free(file);
}

int follow_finish(struct follower *follower, struct followed *file, enum follow_end how,
                  struct error *error)
{
    int result = follow_stream_end(file->stream, how, error);
    follow_forget(follower, file);
    return result;
}

static int close_quietest(struct follower *follower, struct error *error)
{
    struct followed *quietest = NULL;
    for (struct followed *file = follower->files; file; file = file->next) {
        if (!file->given && !file->changed &&
            (!quietest || file->changed_at < quietest->changed_at))
            quietest = file;
    }
    return quietest ? follow_finish(follower, quietest, FOLLOW_PAUSED, error) : 0;
}

int follow_add(struct follower *follower, size_t index, int descriptor, bool given,
               struct error *error)
{
    bool is_stdin = follower->load->files.entries[index].is_stdin;
    if (!is_stdin && follower->open_files >= OPEN_MAX_FILES &&
        close_quietest(follower, error)) {
        close(descriptor);
        return -1;
    }
    struct followed *file = calloc(1, sizeof *file);
    if (!file) {
        close(descriptor);
        return error_set(error, ERROR_MEMORY, "no memory to follow a file");
    }
    *file = (struct followed){.watch = -1, .given = given};
    file->stream = follow_stream_new(&follower->tools, index, descriptor);
    struct stat status;
    if (!file->stream || fstat(descriptor, &status)) {
        follow_stream_free(file->stream);
        free(file);
        return error_set(error, ERROR_MEMORY, "no memory to follow a file");
    }
    file->device = status.st_dev;
    file->inode = status.st_ino;
    follow_mark(file);
    /* Behind those that are there: what one of them has read is known when a copy of it
     * is looked at. */
    struct followed **last = &follower->files;
    while (*last)
        last = &(*last)->next;
    *last = file;
    if (is_stdin)
        return 0;
    follower->open_files++;
    return watch_file(follower, file, error);
}

struct followed *follow_find(struct follower *follower, const struct stat *status)
{
    for (struct followed *file = follower->files; file; file = file->next) {
        if (file->watch >= 0 && file->device == status->st_dev &&
            file->inode == status->st_ino)
            return file;
    }
    return NULL;
}

bool follow_is_given(const struct follower *follower, const char *path)
{
    const struct load *load = follower->load;
    for (size_t i = 0; i < load->path_count; i++) {
        if (!strcmp(load->paths[i], path))
            return true;
    }
    return false;
}

static bool is_excluded(const struct load *load, const struct stat *status)
{
    for (size_t i = 0; i < load->exclusion_count; i++) {
        if (load->exclusions[i].device == status->st_dev &&
            load->exclusions[i].inode == status->st_ino)
            return true;
    }
    return false;
}

int follow_load_whole(struct follower *follower, const char *path, struct error *error)
{
    follower->tools.work.file = load_add_file(follower->load, path);
    if (follower->tools.work.file == SIZE_MAX)
        return error_set(error, ERROR_MEMORY, "no memory for another file");
    return load_file(&follower->tools.work, error);
}

/* Whoever had this path before is another file now. */
static void note_replaced(struct follower *follower, const char *path)
{
    for (struct followed *file = follower->files; file; file = file->next) {
        if (!file->replaced && !strcmp(follow_stream_path(file->stream), path)) {
            file->replaced = true;
            follow_mark(file);
        }
    }
}

static int consider_file(struct follower *follower, const char *path,
                         const struct stat *status, bool complete, struct error *error)
{
    if (follower->listing)
        return 0;
    struct followed *known = follow_find(follower, status);
    if (known) {
        follow_mark(known);
        return 0;
    }
    note_replaced(follower, path);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return 0; /* gone again, or not for us: as in any folder that is walked */
    if (follow_is_packed(descriptor)) {
        close(descriptor);
        return complete ? follow_load_whole(follower, path, error) : 0;
    }
    size_t index = load_add_file(follower->load, path);
    if (index == SIZE_MAX) {
        close(descriptor);
        return error_set(error, ERROR_MEMORY, "no memory for another file");
    }
    return follow_add(follower, index, descriptor, follow_is_given(follower, path),
                      error);
}

int follow_consider(struct follower *follower, const char *path, bool complete,
                    struct error *error)
{
    struct stat status;
    if (lstat(path, &status) || is_excluded(follower->load, &status))
        return 0;
    if (S_ISDIR(status.st_mode))
        return follow_consider_folder(follower, path, error);
    return S_ISREG(status.st_mode)
               ? consider_file(follower, path, &status, complete, error)
               : 0;
}

int follow_consider_name(struct follower *follower, const char *folder,
                         const char *name, bool complete, struct error *error)
{
    char path[4096];
    int length =
        snprintf(path, sizeof path, "%s/%s", strcmp(folder, "/") ? folder : "", name);
    if (length < 0 || (size_t)length >= sizeof path)
        return 0;
    return follow_consider(follower, path, complete, error);
}

int follow_consider_folder(struct follower *follower, const char *path,
                           struct error *error)
{
    bool new;
    if (follow_watch_folder(follower, path, true, &new, error))
        return -1;
    DIR *folder = new ? opendir(path) : NULL;
    if (!folder)
        return 0;
    int result = 0;
    for (struct dirent *entry; !result && (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            result = follow_consider_name(follower, path, entry->d_name, true, error);
    }
    closedir(folder);
    return result;
}
