/*
 * Runs a command several times as a whole process and prints the median (and the
 * spread) of its wall time, processor time and peak memory, and a rate.
 *
 *   measure NAME RUNS UNITS BEFORE COMMAND [ARG...]
 *
 * BEFORE is a shell command run before each measured one ("" for none), such as the
 * removal of the last run's case; UNITS (events) divided by the median wall time is
 * the rate.
 */
#define _DEFAULT_SOURCE 1
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <fcntl.h>
#include <unistd.h>

enum { RUNS_MAX = 100 };

struct run {
    double wall, processor, megabytes;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Starts argv with its output thrown away. */
static pid_t start(char **argv)
{
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execvp(argv[0], argv);
        _exit(127);
    }
    return child;
}

static int run_once(char **argv, struct run *run)
{
    struct rusage usage;
    int status = 0;
    double begin = now();
    pid_t child = start(argv);
    if (child < 0 || wait4(child, &status, 0, &usage) < 0)
        return -1;
    run->wall = now() - begin;
    run->processor = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    run->megabytes = (double)usage.ru_maxrss / 1024;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int prepare(char *command)
{
    char shell[] = "/bin/sh", option[] = "-c";
    char *argv[] = {shell, option, command, NULL};
    int status = 0;
    pid_t child = *command ? start(argv) : 0;
    return child > 0 && (waitpid(child, &status, 0) < 0 || status) ? -1 : 0;
}

static int by_wall(const void *a, const void *b)
{
    double x = ((const struct run *)a)->wall, y = ((const struct run *)b)->wall;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    struct run runs[RUNS_MAX];
    if (argc < 6)
        return fputs("usage: measure NAME RUNS UNITS BEFORE COMMAND...\n", stderr), 2;
    int count = (int)strtol(argv[2], NULL, 10);
    double units = strtod(argv[3], NULL), peak = 0;
    if (count < 1 || count > RUNS_MAX)
        return fputs("RUNS is from 1 to 100\n", stderr), 2;
    for (int i = 0; i < count; i++) {
        if (prepare(argv[4]))
            return fprintf(stderr, "%s failed\n", argv[4]), 1;
        int status = run_once(argv + 5, &runs[i]);
        if (status)
            return fprintf(stderr, "%s ended with %d\n", argv[5], status), 1;
        peak = runs[i].megabytes > peak ? runs[i].megabytes : peak;
    }
    qsort(runs, (size_t)count, sizeof *runs, by_wall);
    const struct run *median = &runs[count / 2];
    printf("%-34s %8.3f s (%.3f-%.3f) %8.2f cpu s %7.0f MB", argv[1], median->wall,
           runs[0].wall, runs[count - 1].wall, median->processor, peak);
    if (units > 0)
        printf(" %10.0f /s", units / median->wall);
    putchar('\n');
    return 0;
}
