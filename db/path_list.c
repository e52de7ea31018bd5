/* realpath is of X/Open. */
#define _XOPEN_SOURCE 700
#include "config.h"

#include "db/path_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"

struct walk {
    struct path_list *list;
    const struct path_exclusion *exclusions;
    size_t exclusion_count;
    bool out_of_memory;
};

struct path_entry *path_list_add(struct path_list *list, const char *path)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 64;
        struct path_entry *entries =
            realloc(list->entries, capacity * sizeof *list->entries);
        if (!entries)
            return NULL;
        list->entries = entries;
        list->capacity = capacity;
    }
    struct path_entry *entry = &list->entries[list->count];
    *entry = (struct path_entry){.path = strdup(path)};
    if (!entry->path)
        return NULL;
    list->count++;
    return entry;
}

static struct path_entry *add_entry(struct walk *walk, const char *path)
{
    struct path_entry *entry = path_list_add(walk->list, path);
    walk->out_of_memory |= !entry;
    return entry;
}

static void add_failure(struct walk *walk, const char *path, const char *reason)
{
    struct path_entry *entry = add_entry(walk, path);
    if (entry && !(entry->reason = strdup(reason)))
        walk->out_of_memory = true;
}

static void add_errno(struct walk *walk, const char *path, int number)
{
    char text[128] = "";
    if (number == ENOENT)
        add_failure(walk, path, "no such file or folder");
    else if (strerror_r(number, text, sizeof text) == 0)
        add_failure(walk, path, text);
    else
        add_failure(walk, path, "cannot be opened");
}

static bool excluded(const struct walk *walk, const struct stat *status)
{
    for (size_t i = 0; i < walk->exclusion_count; i++) {
        if (walk->exclusions[i].device == status->st_dev &&
            walk->exclusions[i].inode == status->st_ino)
            return true;
    }
    return false;
}

static void add_file(struct walk *walk, const char *path, const struct stat *status,
                     bool named)
{
    if (excluded(walk, status))
        return;
    struct path_entry *entry = add_entry(walk, path);
    if (entry) {
        entry->bytes = (uint64_t)status->st_size;
        entry->named = named;
        walk->list->bytes += entry->bytes;
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder, sorted; closes it. */
static char **read_names(struct walk *walk, DIR *folder, size_t *count)
{
    char **names = NULL;
    size_t capacity = 0;
    *count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        if (*count == capacity) {
            capacity = capacity ? 2 * capacity : 64;
            char **more = realloc(names, capacity * sizeof *names);
            if (!more) {
                walk->out_of_memory = true;
                break;
            }
            names = more;
        }
        if (!(names[*count] = strdup(entry->d_name))) {
            walk->out_of_memory = true;
            break;
        }
        ++*count;
    }
    if (*count)
        qsort(names, *count, sizeof *names, by_name);
    return names;
}

static void walk_folder(struct walk *walk, int descriptor, const char *path,
                        unsigned depth);

static void walk_entry(struct walk *walk, int folder, const char *folder_path,
                       const char *name, unsigned depth)
{
    size_t size = strlen(folder_path) + strlen(name) + 2;
    char *path = malloc(size);
    if (!path) {
        walk->out_of_memory = true;
        return;
    }
    const char *slash = folder_path[strlen(folder_path) - 1] == '/' ? "" : "/";
    snprintf(path, size, "%s%s%s", folder_path, slash, name);
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW)) {
        add_errno(walk, path, errno);
    } else if (S_ISREG(status.st_mode)) {
        add_file(walk, path, &status, false);
    } else if (S_ISDIR(status.st_mode)) {
        int inner =
            openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner < 0)
            add_errno(walk, path, errno);
        else
            walk_folder(walk, inner, path, depth + 1);
    }
    free(path);
}

/* Takes over the descriptor. */
static void walk_folder(struct walk *walk, int descriptor, const char *path,
                        unsigned depth)
{
    if (depth > LIMIT_FOLDER_DEPTH) {
        add_failure(walk, path, "folders are nested too deeply");
        close(descriptor);
        return;
    }
    DIR *folder = fdopendir(descriptor);
    if (!folder) {
        add_errno(walk, path, errno);
        close(descriptor);
        return;
    }
    size_t count;
    char **names = read_names(walk, folder, &count);
    for (size_t i = 0; i < count; i++) {
        if (!walk->out_of_memory)
            walk_entry(walk, dirfd(folder), path, names[i], depth);
        free(names[i]);
    }
    free(names);
    closedir(folder);
}

static void add_path(struct walk *walk, const char *given)
{
    if (!strcmp(given, "-")) {
        struct path_entry *entry = add_entry(walk, "-");
        if (entry)
            entry->is_stdin = true;
        return;
    }
    char *path = realpath(given, NULL);
    if (!path) {
        add_errno(walk, given, errno);
        return;
    }
    struct stat status;
    if (stat(path, &status)) {
        add_errno(walk, path, errno);
    } else if (S_ISDIR(status.st_mode)) {
        int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0)
            add_errno(walk, path, errno);
        else
            walk_folder(walk, descriptor, path, 0);
    } else if (!S_ISREG(status.st_mode)) {
        add_failure(walk, path, "is no regular file; pipe it in as `-`");
    } else if (excluded(walk, &status)) {
        add_failure(walk, path, "is this case itself, which is no log");
    } else {
        add_file(walk, path, &status, true);
    }
    free(path);
}

int path_list_fill(struct path_list *list, const char *const *paths, size_t count,
                   const struct path_exclusion *exclusions, size_t exclusion_count,
                   struct error *error)
{
    struct walk walk = {list, exclusions, exclusion_count, false};
    for (size_t i = 0; i < count && !walk.out_of_memory; i++)
        add_path(&walk, paths[i]);
    if (walk.out_of_memory)
        return error_set(error, ERROR_MEMORY, "no memory for the list of files");
    return 0;
}

void path_list_fini(struct path_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->entries[i].path);
        free(list->entries[i].reason);
    }
    free(list->entries);
    *list = (struct path_list){0};
}
