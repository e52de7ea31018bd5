#include "config.h"

#include "tui/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/escape.h"

enum { MESSAGE_MAX = 1024, HOST_MAX = 256 };

static volatile sig_atomic_t caught;
/* A handler has no other way to reach its pipe. */
static int wakeups[2] = {-1, -1};

static void write_warning(const char *format, va_list arguments)
{
    char text[MESSAGE_MAX];
    vsnprintf(text, sizeof text, format, arguments);
    struct arena arena;
    arena_init(&arena);
    struct slice safe = escape_raw(&arena, slice_from(text));
    fflush(stdout);
    fprintf(stderr, "mirrorscope: %.*s\n", (int)safe.length, safe.data);
    arena_fini(&arena);
}

void cli_warn(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_warning(format, arguments);
    va_end(arguments);
}

int cli_usage(const struct invocation *invocation, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_warning(format, arguments);
    va_end(arguments);
    fprintf(stderr, "Try `mirrorscope%s%s --help`.\n",
            invocation && invocation->command ? " " : "",
            invocation && invocation->command ? invocation->command->name : "");
    return EXIT_USAGE;
}

int cli_fail(const struct error *error)
{
    if (error->code == ERROR_INTERRUPTED && caught) {
        cli_warn("stopped; what was committed is kept");
        return 128 + caught;
    }
    if (error->column)
        cli_warn("column %zu: %s", error->column, error->message);
    else
        cli_warn("%s", error->message);
    switch (error->code) {
    case ERROR_SYNTAX:
    case ERROR_UNSUPPORTED:
    case ERROR_LIMIT:
        return EXIT_USAGE;
    case ERROR_INPUT:
        return EXIT_DAMAGED_INPUT;
    case ERROR_NONE:
    case ERROR_MEMORY:
    case ERROR_CASE:
    case ERROR_INTERRUPTED:
        break;
    }
    return EXIT_CASE;
}

static int write_output(void *unused, const char *data, size_t length)
{
    (void)unused;
    if (caught)
        return -1;
    return fwrite(data, 1, length, stdout) == length ? 0 : -1;
}

const struct export_sink cli_output = {write_output, NULL};

int cli_format(const struct invocation *invocation, enum export_format *out)
{
    const char *name = invocation->values[OPTION_FORMAT];
    int format = name ? export_format_from_name(slice_from(name)) : EXPORT_TABLE;
    if (format < 0) {
        cli_usage(invocation, "--format is table, csv or jsonl, not `%s`", name);
        return -1;
    }
    *out = (enum export_format)format;
    return 0;
}

int cli_finish_output(int status)
{
    errno = 0;
    bool failed = fflush(stdout) != 0 || ferror(stdout);
    if (caught)
        return 128 + caught;
    if (!failed || errno == EPIPE || errno == 0)
        return status;
    char text[128] = "";
    (void)strerror_r(errno, text, sizeof text);
    cli_warn("standard output: %s", text);
    return EXIT_CASE;
}

struct case_file *cli_open_case(const struct invocation *invocation,
                                enum case_mode mode)
{
    struct error error = {0};
    struct case_file *handle = case_open(invocation->case_path, mode, &error);
    if (!handle) {
        cli_fail(&error);
        return NULL;
    }
    fprintf(stderr, "case: %s\n", handle->path);
    return handle;
}

static struct slice join_arguments(const struct invocation *invocation, size_t first,
                                   struct arena *arena)
{
    struct slice text = SLICE("");
    for (size_t i = first; i < invocation->argument_count; i++) {
        struct slice parts[] = {text, i > first ? SLICE(" ") : SLICE(""),
                                slice_from(invocation->arguments[i])};
        text = arena_join(arena, parts, 3);
    }
    return text;
}

int cli_filter(const struct invocation *invocation, size_t first,
               struct case_file *handle, struct arena *arena, struct filter *out)
{
    struct case_summary summary;
    struct error error = {0};
    struct slice text = join_arguments(invocation, first, arena);
    if (query_summary(handle, &summary, &error) ||
        filter_parse(out, arena, text, summary.last_us, &error)) {
        return cli_fail(&error);
    }
    return 0;
}

int cli_judge(const struct invocation *invocation, struct case_file *handle, int status)
{
    struct error error = {0};
    bool left;
    if (!invocation->values[OPTION_EXIT_CODE])
        return status;
    if (query_left_to_decide(handle, &left, &error))
        return cli_fail(&error);
    return left ? EXIT_LEFT_TO_DECIDE : status;
}

void cli_wake(void *payload)
{
    (void)payload;
    int saved = errno;
    ssize_t ignored = wakeups[1] < 0 ? 0 : write(wakeups[1], "w", 1);
    (void)ignored;
    errno = saved;
}

static void note_signal(int number)
{
    caught = number;
    cli_wake(NULL);
}

void cli_catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = note_signal};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction present;
        /* nohup's choice stands */
        if (!sigaction(numbers[i], NULL, &present) && present.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
}

int cli_signal(void)
{
    return caught;
}

int cli_wakeups(void)
{
    if (wakeups[0] >= 0)
        return wakeups[0];
    if (pipe(wakeups))
        return -1;
    for (int i = 0; i < 2; i++) {
        fcntl(wakeups[i], F_SETFL, O_NONBLOCK);
        fcntl(wakeups[i], F_SETFD, FD_CLOEXEC);
    }
    return wakeups[0];
}

void cli_awake(void)
{
    char bytes[64];
    while (read(wakeups[0], bytes, sizeof bytes) > 0)
        ;
}

int64_t cli_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct slice login_name(struct arena *arena)
{
    struct passwd *entry = getpwuid(geteuid());
    struct slice name = entry ? slice_from(entry->pw_name) : SLICE("unknown");
    const char *sudo = getenv("SUDO_USER");
    if (sudo && *sudo)
        return arena_printf(arena, "%.*s (sudo %s)", (int)name.length, name.data, sudo);
    return arena_copy(arena, name);
}

struct analyst cli_analyst(const struct invocation *invocation, struct arena *arena)
{
    const char *given = invocation->values[OPTION_ANALYST];
    if (!given || !*given)
        given = getenv("MIRRORSCOPE_ANALYST");
    char host[HOST_MAX] = "";
    if (gethostname(host, sizeof host - 1))
        host[0] = '\0';
    return (struct analyst){
        .name =
            given && *given ? arena_copy(arena, slice_from(given)) : login_name(arena),
        .host = arena_copy(arena, slice_from(host)),
    };
}

bool cli_path_exists(const char *path)
{
    struct stat status;
    return !strcmp(path, "-") || !stat(path, &status) ||
           (errno != ENOENT && errno != ENOTDIR);
}

int cli_parse_zone(const char *text, int *minutes)
{
    if (!strcmp(text, "Z") || !strcmp(text, "UTC")) {
        *minutes = 0;
        return 0;
    }
    if (strlen(text) != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return -1;
    for (int i = 1; i < 6; i++) {
        if (i != 3 && (text[i] < '0' || text[i] > '9'))
            return -1;
    }
    int hours = (text[1] - '0') * 10 + text[2] - '0';
    int rest = (text[4] - '0') * 10 + text[5] - '0';
    if (hours > 14 || rest > 59)
        return -1;
    *minutes = (hours * 60 + rest) * (text[0] == '-' ? -1 : 1);
    return 0;
}

int cli_run_subject(const struct invocation *invocation,
                    const struct cli_subject *subjects, size_t count, const char *names)
{
    const char *word =
        invocation->argument_count ? invocation->arguments[0] : subjects[0].name;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(subjects[i].name, word))
            continue;
        struct case_file *handle = cli_open_case(invocation, subjects[i].mode);
        if (!handle)
            return EXIT_CASE;
        int status = subjects[i].run(invocation, handle);
        case_close(handle);
        return cli_finish_output(status);
    }
    return cli_usage(invocation, "`%s %s`: it is %s", invocation->command->name, word,
                     names);
}
