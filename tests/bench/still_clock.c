/*
 * A steady clock that stands still, for LD_PRELOAD: bench-guard counts instructions,
 * and a store that commits by time would do more of it the slower the machine is.
 */
#define _GNU_SOURCE 1
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *out)
{
    if (id != CLOCK_MONOTONIC)
        return (int)syscall(SYS_clock_gettime, id, out);
    *out = (struct timespec){.tv_sec = 1};
    return 0;
}
