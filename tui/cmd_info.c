#include "config.h"

#include <stdio.h>

#include "core/escape.h"
#include "core/timestamp.h"
#include "db/coverage.h"
#include "db/digest_check.h"
#include "db/report.h"
#include "db/schema.h"
#include "tui/cli.h"

enum { VALUES_SHOWN = 50, SOURCES_WINDOW = 256, REJECTS_SHOWN = 20 };

static void print_escaped(struct arena *arena, struct slice text)
{
    struct slice safe = escape_text(arena, text);
    fwrite(safe.data, 1, safe.length, stdout);
}

static void print_span(int64_t first_us, int64_t last_us)
{
    char first[TIMESTAMP_TEXT_MAX], last[TIMESTAMP_TEXT_MAX];
    if (first_us == EVENT_TIME_NONE) {
        fputs("no dated events", stdout);
        return;
    }
    timestamp_format(first_us, first);
    timestamp_format(last_us, last);
    printf("%s to %s", first, last);
}

static int print_values(struct case_file *handle, const char *heading,
                        enum event_field field, struct arena *arena,
                        struct error *error)
{
    struct value_list list;
    if (coverage_values(handle, field, VALUES_SHOWN, arena, &list, error))
        return -1;
    printf("%-10s", heading);
    for (size_t i = 0; i < list.count; i++) {
        fputs(i ? ", " : "", stdout);
        print_escaped(arena, list.values[i]);
    }
    if (!list.count)
        fputs("none named in the logs", stdout);
    puts(list.more ? ", and more" : "");
    return 0;
}

static int print_case(struct case_file *handle, struct arena *arena,
                      struct error *error)
{
    struct case_summary summary;
    if (query_summary(handle, &summary, error))
        return -1;
    printf("mirrorscope %s, case layout %zu, SQLite %s\n", PACKAGE_VERSION,
           schema_version, sqlite3_libversion());
    printf("%-10s", "case");
    print_escaped(arena, slice_from(handle->path));
    printf("\n%-10s%s\n", "case id", case_uuid(handle));
    printf("%-10s%llu in %llu sources (%llu partial, %llu failed, %llu unfinished)\n",
           "events", (unsigned long long)summary.events,
           (unsigned long long)summary.sources, (unsigned long long)summary.partial,
           (unsigned long long)summary.failed, (unsigned long long)summary.loading);
    printf("%-10s", "span");
    print_span(summary.first_us, summary.last_us);
    printf(
        "\n%-10s%llu hits, %llu attempts among them; %llu approved, %llu to decide\n",
        "marked", (unsigned long long)summary.hits,
        (unsigned long long)summary.attempts, (unsigned long long)summary.approved,
        (unsigned long long)summary.open);
    if (print_values(handle, "accounts", FIELD_ACCOUNT, arena, error) ||
        print_values(handle, "regions", FIELD_REGION, arena, error) ||
        print_values(handle, "forms", FIELD_FORM, arena, error))
        return -1;
    return 0;
}

static int print_coverage(struct case_file *handle, struct error *error)
{
    puts("\ncoverage (! in the strip: a gap, against the rhythm of its own events)");
    return report_coverage_text(handle, &cli_output, error);
}

static int print_digest_file(void *payload, enum digest_state state,
                             struct slice object, struct slice path,
                             struct error *error)
{
    struct arena *arena = payload;
    (void)error;
    if (state == DIGEST_CONSISTENT)
        return 0;
    printf("  %s: ", digest_state_words(state));
    print_escaped(arena, slice_blank(path) ? object : path);
    putchar('\n');
    arena_reset(arena);
    return 0;
}

/* Hashing takes its time: only when it is asked for. */
static int print_digests(const struct invocation *invocation, struct case_file *handle,
                         struct arena *arena, struct error *error)
{
    struct digest_totals totals;
    uint64_t digests;
    if (digest_count(handle, &digests, error))
        return -1;
    if (!digests)
        return 0;
    printf("\nCloudTrail digests: %llu%s\n", (unsigned long long)digests,
           invocation->values[OPTION_DIGESTS] ? ""
                                              : "; info --digests compares the files");
    if (!invocation->values[OPTION_DIGESTS])
        return 0;
    if (digest_check(handle, print_digest_file, arena, &totals, error))
        return -1;
    for (int i = 0; i < DIGEST_STATE_COUNT; i++)
        printf("  %llu files %s\n", (unsigned long long)totals.files[i],
               digest_state_words((enum digest_state)i));
    if (totals.unread)
        printf("  %llu digests cannot be read now\n",
               (unsigned long long)totals.unread);
    return 0;
}

static void print_source(const struct source_row *row, struct arena *arena)
{
    struct slice word = source_word(row);
    printf("%-8.*s%9llu records %9llu events  ", (int)word.length, word.data,
           (unsigned long long)row->records, (unsigned long long)row->events);
    print_escaped(arena, row->path);
    if (row->reason.length) {
        fputs(": ", stdout);
        print_escaped(arena, row->reason);
    }
    fputs("\n        ", stdout);
    print_span(row->first_us, row->last_us);
    if (row->forms.length)
        printf(", %.*s", (int)row->forms.length, row->forms.data);
    if (row->sha256.length)
        printf(", sha256 %.*s", (int)row->sha256.length, row->sha256.data);
    putchar('\n');
}

static int print_sources(struct case_file *handle, struct arena *arena,
                         struct error *error)
{
    struct source_list list = {.total = 1};
    puts("\nsources");
    for (uint64_t offset = 0; offset < list.total; offset += SOURCES_WINDOW) {
        if (query_sources(handle, offset, SOURCES_WINDOW, arena, &list, error))
            return -1;
        for (size_t i = 0; i < list.count; i++)
            print_source(&list.rows[i], arena);
        arena_reset(arena);
    }
    return 0;
}

static int print_rejects(struct case_file *handle, struct arena *arena,
                         struct error *error)
{
    struct reject_list list;
    if (query_rejects(handle, 0, 0, REJECTS_SHOWN, arena, &list, error))
        return -1;
    if (list.total)
        printf("\nnot read (%llu places; `export rejects` has their bytes)\n",
               (unsigned long long)list.total);
    for (size_t i = 0; i < list.count; i++) {
        const struct reject_row *row = &list.rows[i];
        fputs("  ", stdout);
        print_escaped(arena, row->path);
        printf(" at byte %llu, %llu bytes: ", (unsigned long long)row->offset,
               (unsigned long long)row->length);
        print_escaped(arena, row->reason);
        putchar('\n');
    }
    if (list.total > list.count)
        printf("  and %llu more\n", (unsigned long long)(list.total - list.count));
    return 0;
}

int command_info(const struct invocation *invocation)
{
    struct error error = {0};
    struct arena arena;
    if (invocation->argument_count)
        return cli_usage(invocation, "`info` takes no words");
    cli_catch_signals();
    struct case_file *handle = cli_open_case(invocation, CASE_READ);
    if (!handle)
        return EXIT_CASE;
    arena_init(&arena);
    int status = EXIT_DONE;
    if (print_case(handle, &arena, &error) || print_coverage(handle, &error) ||
        print_digests(invocation, handle, &arena, &error) ||
        print_sources(handle, &arena, &error) || print_rejects(handle, &arena, &error))
        status = cli_fail(&error);
    else
        status = cli_judge(invocation, handle, status);
    arena_fini(&arena);
    case_close(handle);
    return cli_finish_output(status);
}
