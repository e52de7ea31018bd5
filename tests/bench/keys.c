/*
 * From a key to its frame, through a real pty: starts the dashboard, waits for the
 * first screen, presses keys one after the other, each after the answer to the one
 * before, and prints the spread of the times until the first byte of the answer.
 *
 *   keys PRESSES KEYS COMMAND [ARG...]
 *
 * KEYS are pressed in turn; a key that changes nothing on the screen would wait for
 * ever, so it is given up after a second and counted.
 */
#define _DEFAULT_SOURCE 1
#include "config.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PRESSES_MAX = 100000, SILENT_MS = 1000, QUIET_MS = 20, START_MS = 10000 };

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* Whether something came within so many milliseconds; it is thrown away. */
static bool take(int tty, int wait_ms)
{
    char bytes[65536];
    struct pollfd fd = {.fd = tty, .events = POLLIN};
    return poll(&fd, 1, wait_ms) > 0 && read(tty, bytes, sizeof bytes) > 0;
}

static void until_quiet(int tty)
{
    while (take(tty, QUIET_MS))
        ;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void press_all(int tty, const char *keys, size_t presses, double *times)
{
    size_t count = 0, silent = 0, length = strlen(keys);
    for (size_t i = 0; i < presses; i++) {
        double begin = now_ms();
        if (write(tty, &keys[i % length], 1) != 1)
            break;
        if (take(tty, SILENT_MS))
            times[count++] = now_ms() - begin;
        else
            silent++;
        until_quiet(tty);
    }
    qsort(times, count, sizeof *times, by_size);
    if (count)
        printf("%zu keys: median %.1f ms, 99 %% within %.1f ms, longest %.1f ms; "
               "%zu without an answer\n",
               count, times[count / 2], times[(count - 1) * 99 / 100], times[count - 1],
               silent);
}

int main(int argc, char **argv)
{
    static double times[PRESSES_MAX];
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    size_t presses = argc > 3 ? (size_t)strtoul(argv[1], NULL, 10) : 0;
    int tty;
    if (!presses || presses > PRESSES_MAX || !argv[2][0])
        return fputs("usage: keys PRESSES KEYS COMMAND...\n", stderr), 2;
    double begin = now_ms();
    pid_t child = forkpty(&tty, NULL, NULL, &size);
    if (child < 0)
        return perror("forkpty"), 1;
    if (child == 0) {
        setenv("TERM", "xterm-256color", 1);
        execv(argv[3], argv + 3);
        _exit(127);
    }
    if (take(tty, START_MS))
        printf("first screen after %.0f ms; ", now_ms() - begin);
    until_quiet(tty);
    press_all(tty, argv[2], presses, times);
    kill(child, SIGTERM);
    waitpid(child, NULL, 0);
    return 0;
}
