#include "config.h"

#include "tui/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* Not in every libc under _POSIX_C_SOURCE alone. */
#ifndef SIGWINCH
#define SIGWINCH 28
#endif

static const int caught[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT};
enum { CAUGHT = sizeof caught / sizeof caught[0] };

/* A handler has no other way to reach its pipe. */
static int ends[2] = {-1, -1};
static struct sigaction before[CAUGHT], pipe_before;

static void note(int number)
{
    int saved = errno;
    char byte = (char)number;
    ssize_t ignored = write(ends[1], &byte, 1);
    (void)ignored;
    errno = saved;
}

static int catch_one(int number, struct sigaction *old)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    if (sigaction(number, NULL, old))
        return -1;
    return old->sa_handler == SIG_IGN ? 0 : sigaction(number, &action, NULL);
}

static int open_pipe(void)
{
    if (pipe(ends))
        return -1;
    for (int i = 0; i < 2; i++)
        if (fcntl(ends[i], F_SETFL, O_NONBLOCK) || fcntl(ends[i], F_SETFD, FD_CLOEXEC))
            return -1;
    return 0;
}

int signals_start(int *fd, struct error *error)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    int failed = open_pipe() || sigaction(SIGPIPE, &ignore, &pipe_before);
    for (int i = 0; i < CAUGHT && !failed; i++)
        failed = catch_one(caught[i], &before[i]);
    if (failed)
        return error_set(error, ERROR_UNSUPPORTED, "signals cannot be caught");
    *fd = ends[0];
    return 0;
}

void signals_stop(void)
{
    if (ends[0] < 0)
        return;
    for (int i = 0; i < CAUGHT; i++)
        sigaction(caught[i], &before[i], NULL);
    sigaction(SIGPIPE, &pipe_before, NULL);
    close(ends[0]);
    close(ends[1]);
    ends[0] = ends[1] = -1;
}

int signals_next(void)
{
    char byte;
    return read(ends[0], &byte, 1) == 1 ? byte : 0;
}

void signals_suspend(void)
{
    struct sigaction standard = {.sa_handler = SIG_DFL}, ours;
    sigset_t stop, mask;
    sigemptyset(&standard.sa_mask);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigaction(SIGTSTP, &standard, &ours);
    pthread_sigmask(SIG_UNBLOCK, &stop, &mask);
    raise(SIGTSTP);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGTSTP, &ours, NULL);
}
