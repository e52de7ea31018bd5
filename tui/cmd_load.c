#include "config.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "core/escape.h"
#include "db/load.h"
#include "tui/cli.h"
#include "tui/load_options.h"

enum { PROGRESS_MILLISECONDS = 200 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void show_progress(struct load *load, double started)
{
    struct load_totals totals;
    load_totals(load, &totals);
    double took = seconds() - started;
    unsigned percent =
        totals.bytes ? (unsigned)(100 * totals.bytes_done / totals.bytes) : 0;
    fprintf(stderr, "\r\033[K%s%llu/%llu files  %u%%  %llu events  %llu hits  %.0f/s",
            totals.listing ? "listing  " : "", (unsigned long long)totals.files_done,
            (unsigned long long)totals.files, percent > 100 ? 100 : percent,
            (unsigned long long)totals.events, (unsigned long long)totals.hits,
            took > 0 ? (double)totals.events / took : 0);
    fflush(stderr);
}

/* Nothing is looked at while nothing happens. */
static void watch_following(struct load *load, bool progress)
{
    double started = seconds();
    struct pollfd fd = {.fd = cli_wakeups(), .events = POLLIN};
    while (!load_finished(load)) {
        if (cli_signal())
            load_stop(load);
        if (progress)
            show_progress(load, started);
        if (poll(&fd, 1, -1) > 0)
            cli_awake();
    }
}

static void watch(struct load *load, bool progress)
{
    double started = seconds();
    while (!load_wait(load, PROGRESS_MILLISECONDS)) {
        if (cli_signal())
            load_stop(load);
        if (progress)
            show_progress(load, started);
    }
}

/* One line of the summary for each source; what went well is told in short. */
struct summary {
    bool quiet;
    struct case_file *handle;
};

static void print_source(const struct load_source_result *result, void *payload)
{
    const struct summary *summary = payload;
    uint64_t hits = 0;
    bool fine = !strcmp(result->status, "done") || !strcmp(result->status, "empty") ||
                !strcmp(result->status, "merged");
    struct arena arena;
    arena_init(&arena);
    struct slice place = arena_printf(&arena, "%s%s%s", result->path,
                                      result->member[0] ? "/" : "", result->member);
    struct slice path = escape_text(&arena, place);
    struct slice reason = escape_raw(&arena, slice_from(result->reason));
    if (!summary->quiet) {
        const struct source_progress *got = &result->progress;
        (void)query_source_hits(summary->handle, slice_from(result->path),
                                slice_from(result->member), &hits, NULL);
        printf("%-7s %9llu records %9llu events %5llu hits %5llu skipped %5llu unknown "
               "%5llu damaged  %.*s\n",
               result->duplicate ? "known" : result->status,
               (unsigned long long)got->records, (unsigned long long)got->events,
               (unsigned long long)hits, (unsigned long long)got->skipped,
               (unsigned long long)got->unknown, (unsigned long long)got->damaged,
               (int)path.length, path.data);
    }
    if (reason.length && (!fine || !summary->quiet)) {
        fflush(stdout);
        fprintf(stderr, "mirrorscope: %.*s: %.*s\n", (int)path.length, path.data,
                (int)reason.length, reason.data);
    }
    arena_fini(&arena);
}

static void print_totals(const struct load_totals *totals, struct case_file *handle,
                         double took)
{
    struct case_summary summary = {0};
    (void)query_summary(handle, &summary, NULL);
    printf("%llu file%s", (unsigned long long)totals->files,
           totals->files == 1 ? "" : "s");
    if (totals->members)
        printf(" and %llu member%s of archives", (unsigned long long)totals->members,
               totals->members == 1 ? "" : "s");
    printf(": %llu records, %llu events, %llu skipped, %llu unknown, %llu damaged",
           (unsigned long long)totals->records, (unsigned long long)totals->events,
           (unsigned long long)totals->skipped, (unsigned long long)totals->unknown,
           (unsigned long long)totals->damaged);
    if (totals->duplicates)
        printf("; %llu known already", (unsigned long long)totals->duplicates);
    if (totals->partial || totals->failed)
        printf("; %llu partial, %llu failed", (unsigned long long)totals->partial,
               (unsigned long long)totals->failed);
    if (totals->untold)
        printf("; of %llu more only the case tells: export sources",
               (unsigned long long)totals->untold);
    printf("\nthe case has %llu hits, %llu to decide\n",
           (unsigned long long)summary.hits, (unsigned long long)summary.open);
    fflush(stdout);
    fprintf(stderr, "%.2f s, %.0f events/s\n", took,
            took > 0 ? (double)totals->events / took : 0);
}

static int load_into(const struct invocation *invocation, struct case_file *handle,
                     const struct load_options *options)
{
    struct error error = {0};
    bool quiet = invocation->values[OPTION_QUIET] != NULL;
    double started = seconds();
    struct load *load = load_start(invocation->case_path, invocation->arguments,
                                   invocation->argument_count, options,
                                   options->follow ? cli_wake : NULL, NULL, &error);
    if (!load)
        return cli_fail(&error);
    bool progress = !quiet && isatty(STDERR_FILENO);
    if (options->follow)
        watch_following(load, progress);
    else
        watch(load, progress);
    if (progress)
        fputs("\r\033[K", stderr);
    struct load_totals totals;
    struct summary summary = {quiet, handle};
    int result = load_join(load, &totals, print_source, &summary, &error);
    if (!quiet)
        print_totals(&totals, handle, seconds() - started);
    if (result)
        return cli_fail(&error);
    return totals.partial || totals.failed ? EXIT_DAMAGED_INPUT : EXIT_DONE;
}

/* What was said wrong is told before there is a case. */
static int run_load(const struct invocation *invocation, struct arena *arena,
                    const struct rule_set *rules)
{
    struct load_options options;
    if (load_options_from(invocation, arena, rules, &options))
        return EXIT_USAGE;
    if (options.follow && (options.no_hash || cli_wakeups() < 0))
        return cli_usage(invocation, "--follow tells files by their hash: not with "
                                     "--no-hash");
    struct case_file *handle = cli_open_case(invocation, CASE_CREATE);
    if (!handle)
        return EXIT_CASE;
    int status = load_into(invocation, handle, &options);
    if (status == EXIT_DONE || status == EXIT_DAMAGED_INPUT)
        status = cli_judge(invocation, handle, status);
    case_close(handle);
    return status;
}

int command_load(const struct invocation *invocation)
{
    struct error error = {0};
    struct arena arena;
    if (!invocation->argument_count)
        return cli_usage(invocation, "name what to load: files, folders, or -");
    cli_catch_signals();
    struct rule_set *rules = rule_set_default(&error);
    if (!rules)
        return cli_fail(&error);
    arena_init(&arena);
    int status = run_load(invocation, &arena, rules);
    arena_fini(&arena);
    rule_set_free(rules);
    return cli_finish_output(status);
}
