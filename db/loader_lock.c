#include "config.h"

#include "db/case.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static void read_holder(int file, char *out, size_t size)
{
    ssize_t length = pread(file, out, size - 1, 0);
    size_t digits = 0;
    while (length > 0 && digits < (size_t)length && out[digits] >= '0' &&
           out[digits] <= '9')
        digits++;
    out[digits] = '\0';
}

static int write_holder(int file)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    return ftruncate(file, 0) || pwrite(file, text, (size_t)length, 0) != length;
}

/*
 * A file of its own: a lock on the case itself would be dropped with SQLite's when
 * any descriptor on it is closed.  flock, not fcntl: it belongs to the open file,
 * so two loads in one process exclude each other too.  The file stays: removing it
 * would let two holders lock two files of one name.
 */
int case_lock_loader(const char *path, int *lock, struct error *error)
{
    size_t size = strlen(path) + sizeof "-lock";
    char *name = malloc(size);
    if (!name)
        return error_set(error, ERROR_MEMORY, "out of memory");
    snprintf(name, size, "%s-lock", path);
    int file = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int reason = errno;
    free(name);
    if (file < 0)
        return error_set(error, ERROR_CASE, "%.240s: its lock cannot be taken: %s",
                         path, strerror(reason));
    if (flock(file, LOCK_EX | LOCK_NB)) {
        reason = errno;
        char holder[24];
        read_holder(file, holder, sizeof holder);
        close(file);
        if (reason != EWOULDBLOCK)
            return error_set(error, ERROR_CASE, "%.240s: its lock cannot be taken: %s",
                             path, strerror(reason));
        return error_set(error, ERROR_CASE,
                         "%.240s: another load is at work on this case (process %s)",
                         path, holder[0] ? holder : "unknown");
    }
    if (write_holder(file)) {
        reason = errno;
        close(file);
        return error_set(error, ERROR_CASE, "%.240s: its lock cannot be written: %s",
                         path, strerror(reason));
    }
    *lock = file;
    return 0;
}

void case_unlock_loader(int lock)
{
    if (lock >= 0)
        close(lock);
}
