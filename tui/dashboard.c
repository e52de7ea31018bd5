#include "config.h"

#include "tui/dashboard_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tui/app.h"
#include "tui/case_watch.h"
#include "tui/clipboard.h"
#include "tui/clock.h"
#include "tui/key.h"
#include "tui/signals.h"
#include "tui/term.h"
#include "tui/worker.h"

#ifndef SIGWINCH
#define SIGWINCH 28
#endif

enum {
    /* A frame waits this long for the answer that it shows, so that a key makes one
     * frame, not two. */
    FRAME_WAIT_MS = 8,
    /* Progress is shown at most this often. */
    LOAD_STEP_MS = 200,
    /* What another process writes is looked at together, so long after its first write.
     */
    NEWS_MS = 200,
    /* Reads without a key after poll saw input: the terminal is gone. */
    EMPTY_READS = 50,
};

struct dashboard {
    const struct dashboard_options *options;
    struct app app;
    struct canvas canvas;
    struct terminal *term;
    struct worker *worker;
    struct load *load;
    int signals;
    int wake[2]; /* from the worker and the loader */
    bool over, dirty;
    int ended_by;        /* a signal */
    int64_t dirty_since; /* steady ms */
    int64_t tick_at;     /* -1: none wanted */
    int64_t load_since, load_shown;
    atomic_bool case_changed;
    int case_watch;
    int64_t news_at;      /* steady ms; -1: nobody has written */
    int64_t data_version; /* 0: not asked yet */
    int empty_reads;
};

static void send(struct dashboard *dash, const struct message *message);

/* --- effects ---------------------------------------------------------------------- */

static void notice(struct dashboard *dash, const char *text)
{
    send(dash, &(struct message){.kind = MESSAGE_NOTICE, .notice = text});
}

static void copy(struct dashboard *dash, const char *text)
{
    struct arena arena;
    const char *tmux = getenv("TMUX");
    arena_init(&arena);
    if (tmux && tmux[0]) {
        if (clipboard_tmux(slice_from(text)))
            notice(dash, "tmux did not take the copy");
    } else {
        struct slice sequence = clipboard_osc52(&arena, slice_from(text));
        if (slice_present(sequence))
            term_write(dash->term, sequence);
        else
            notice(dash, "too long to copy: export it instead");
    }
    arena_fini(&arena);
}

static void new_size(struct dashboard *dash)
{
    int width, height;
    term_size(dash->term, &width, &height);
    if (canvas_resize(&dash->canvas, width, height))
        return;
    send(dash, &(struct message){.kind = MESSAGE_RESIZE,
                                 .width = dash->canvas.width,
                                 .height = dash->canvas.height});
}

static void suspend(struct dashboard *dash)
{
    term_leave(dash->term);
    signals_suspend();
    term_return(dash->term);
    new_size(dash);
}

static void perform(struct dashboard *dash, struct effect *effect)
{
    switch (effect->kind) {
    case EFFECT_REQUEST:
        worker_submit(dash->worker, effect->request);
        break;
    case EFFECT_INTERRUPT:
        worker_interrupt(dash->worker);
        break;
    case EFFECT_COPY:
        copy(dash, effect->text);
        free(effect->text);
        break;
    case EFFECT_REDRAW:
        term_redraw(dash->term);
        break;
    case EFFECT_SUSPEND:
        suspend(dash);
        break;
    case EFFECT_QUIT:
        dash->over = true;
        break;
    }
}

static void send(struct dashboard *dash, const struct message *message)
{
    struct effects effects = {0};
    app_update(&dash->app, message, &effects);
    if (!dash->dirty)
        dash->dirty_since = clock_steady_ms();
    dash->dirty = true;
    for (size_t i = 0; i < effects.count; i++)
        perform(dash, &effects.list[i]);
}

/* --- what comes in ---------------------------------------------------------------- */

static void take_signals(struct dashboard *dash)
{
    for (int number; (number = signals_next());) {
        switch (number) {
        case SIGWINCH:
            new_size(dash);
            break;
        case SIGTSTP:
            suspend(dash);
            break;
        case SIGCONT:
            term_redraw(dash->term);
            new_size(dash);
            break;
        default:
            dash->ended_by = number;
            send(dash, &(struct message){.kind = MESSAGE_HANG_UP});
        }
    }
}

static void take_keys(struct dashboard *dash, short events)
{
    uint32_t key;
    bool any = false;
    while (!dash->over && term_key(dash->term, &key)) {
        any = true;
        if (key != KEYCODE_NONE)
            send(dash, &(struct message){.kind = MESSAGE_KEY, .key = key});
    }
    dash->empty_reads = any ? 0 : dash->empty_reads + 1;
    if (events & (POLLHUP | POLLERR | POLLNVAL) || dash->empty_reads > EMPTY_READS) {
        dash->ended_by = SIGHUP;
        dash->over = true;
    }
}

/* --- what others write ------------------------------------------------------------ */

static void note_writing(struct dashboard *dash)
{
    case_watch_take(dash->case_watch);
    if (dash->news_at < 0)
        dash->news_at = clock_steady_ms() + NEWS_MS;
}

static void ask_for_news(struct dashboard *dash)
{
    struct request *request = request_new(REQUEST_NEWS);
    dash->news_at = -1;
    if (request)
        worker_submit(dash->worker, request);
}

static void take_news(struct dashboard *dash, struct result *result)
{
    bool known = !result->failed;
    bool news =
        known && dash->data_version && result->data_version != dash->data_version;
    if (known)
        dash->data_version = result->data_version;
    result_free(result);
    if (news)
        send(dash, &(struct message){.kind = MESSAGE_CHANGED});
}

static void take_results(struct dashboard *dash)
{
    char bytes[64];
    while (read(dash->wake[0], bytes, sizeof bytes) > 0)
        ;
    for (struct result *result; (result = worker_result(dash->worker));) {
        if (result->kind == REQUEST_NEWS)
            take_news(dash, result);
        else
            send(dash, &(struct message){.kind = MESSAGE_RESULT, .result = result});
    }
}

/* --- loading ---------------------------------------------------------------------- */

/* From a worker of the loader. */
static void case_changed(void *payload)
{
    struct dashboard *dash = payload;
    atomic_store(&dash->case_changed, true);
    ssize_t ignored = write(dash->wake[1], "l", 1);
    (void)ignored;
}

static void show_progress(struct dashboard *dash, bool running)
{
    struct load_totals totals;
    load_totals(dash->load, &totals);
    struct message message = {.kind = MESSAGE_LOAD,
                              .load = {
                                  .running = running,
                                  .listing = totals.listing,
                                  .files = totals.files,
                                  .files_done = totals.files_done,
                                  .bytes = totals.bytes,
                                  .bytes_done = totals.bytes_done,
                                  .events = totals.events,
                                  .partial = totals.partial,
                                  .failed = totals.failed,
                                  .elapsed_ms = clock_steady_ms() - dash->load_since,
                              }};
    send(dash, &message);
}

static void finish_loading(struct dashboard *dash)
{
    struct load_totals totals;
    struct error error = {0};
    char text[APP_NOTICE_BYTES];
    show_progress(dash, false);
    int failed = load_join(dash->load, &totals, NULL, NULL, &error);
    dash->load = NULL;
    if (dash->options->totals)
        *dash->options->totals = totals;
    if (failed)
        snprintf(text, sizeof text, "loading stopped: %.200s", error.message);
    else
        snprintf(text, sizeof text,
                 "loaded %llu file%s: %llu events, %llu partial, %llu failed%s",
                 (unsigned long long)totals.files_done,
                 totals.files_done == 1 ? "" : "s", (unsigned long long)totals.events,
                 (unsigned long long)totals.partial, (unsigned long long)totals.failed,
                 totals.partial || totals.failed ? "; i says why" : "");
    notice(dash, text);
}

static void load_step(struct dashboard *dash)
{
    int64_t now = clock_steady_ms();
    if (!dash->load || now - dash->load_shown < LOAD_STEP_MS)
        return;
    dash->load_shown = now;
    bool finished = load_finished(dash->load);
    if (finished)
        finish_loading(dash);
    else
        show_progress(dash, true);
    if (atomic_exchange(&dash->case_changed, false) || finished)
        send(dash, &(struct message){.kind = MESSAGE_CHANGED});
}

static int start_loading(struct dashboard *dash, struct error *error)
{
    const struct dashboard_options *options = dash->options;
    if (!options->path_count)
        return 0;
    dash->load_since = clock_steady_ms();
    dash->load_shown = dash->load_since - LOAD_STEP_MS;
    dash->load = load_start(options->case_path, options->paths, options->path_count,
                            options->load, case_changed, dash, error);
    return dash->load ? 0 : -1;
}

/* --- the loop --------------------------------------------------------------------- */

static void paint(struct dashboard *dash)
{
    app_render(&dash->app, &dash->canvas);
    term_paint(dash->term, &dash->canvas);
    dash->dirty = false;
}

static void sooner(int64_t *timeout, int64_t at, int64_t now)
{
    int64_t wait = at > now ? at - now : 0;
    if (*timeout < 0 || wait < *timeout)
        *timeout = wait;
}

/* Milliseconds until something is due, -1: nothing is. */
static int next_due(struct dashboard *dash)
{
    int64_t now = clock_steady_ms(), timeout = -1;
    if (!app_wants_tick(&dash->app))
        dash->tick_at = -1;
    else if (dash->tick_at < 0)
        dash->tick_at = now + APP_LATE_MS;
    if (dash->tick_at >= 0)
        sooner(&timeout, dash->tick_at, now);
    if (dash->dirty)
        sooner(&timeout, dash->dirty_since + FRAME_WAIT_MS, now);
    if (dash->news_at >= 0)
        sooner(&timeout, dash->news_at, now);
    if (dash->load)
        sooner(&timeout, dash->load_shown + LOAD_STEP_MS, now);
    return (int)timeout;
}

static void what_is_due(struct dashboard *dash)
{
    int64_t now = clock_steady_ms();
    if (dash->tick_at >= 0 && now >= dash->tick_at) {
        dash->tick_at = -1;
        send(dash, &(struct message){.kind = MESSAGE_TICK});
    }
    if (dash->news_at >= 0 && now >= dash->news_at)
        ask_for_news(dash);
    load_step(dash);
    bool waits = app_wants_tick(&dash->app);
    if (dash->dirty && !dash->over &&
        (!waits || now - dash->dirty_since >= FRAME_WAIT_MS))
        paint(dash);
}

static void loop(struct dashboard *dash)
{
    enum { KEYS, SIGNALS, WAKE, CASE };
    struct pollfd fds[] = {
        [KEYS] = {.fd = term_fd(dash->term), .events = POLLIN},
        [SIGNALS] = {.fd = dash->signals, .events = POLLIN},
        [WAKE] = {.fd = dash->wake[0], .events = POLLIN},
        [CASE] = {.fd = dash->case_watch, .events = POLLIN},
    };
    while (!dash->over) {
        what_is_due(dash);
        if (dash->over)
            break;
        if (poll(fds, sizeof fds / sizeof fds[0], next_due(dash)) < 0 && errno != EINTR)
            break;
        if (fds[SIGNALS].revents)
            take_signals(dash);
        if (fds[KEYS].revents && !dash->over)
            take_keys(dash, fds[KEYS].revents);
        if (fds[WAKE].revents && !dash->over)
            take_results(dash);
        if (fds[CASE].revents && !dash->over)
            note_writing(dash);
    }
}

/* --- starting and ending ---------------------------------------------------------- */

static int open_wake(struct dashboard *dash, struct error *error)
{
    if (pipe(dash->wake))
        return error_set(error, ERROR_MEMORY, "no pipe for the query thread");
    for (int i = 0; i < 2; i++) {
        fcntl(dash->wake[i], F_SETFL, O_NONBLOCK);
        fcntl(dash->wake[i], F_SETFD, FD_CLOEXEC);
    }
    return 0;
}

static int start(struct dashboard *dash, const char *analyst, struct error *error)
{
    const struct dashboard_options *options = dash->options;
    if (open_wake(dash, error))
        return -1;
    struct worker_options worker = {
        .case_path = options->case_path,
        .read_only = options->read_only,
        .analyst = options->analyst,
        .wake = dash->wake[1],
        .now_us = clock_now_us,
    };
    dash->worker = worker_start(&worker, error);
    if (!dash->worker || signals_start(&dash->signals, error))
        return -1;
    dash->term = term_open(error);
    if (!dash->term)
        return -1;
    struct app_options app = {
        .case_name = options->case_path,
        .analyst = analyst,
        .unicode = term_unicode(dash->term),
        .read_only = options->read_only,
        .rules = options->rules,
    };
    app_init(&dash->app, &app);
    canvas_init(&dash->canvas, app.unicode);
    dash->case_watch = case_watch_open(options->case_path);
    ask_for_news(dash);
    return 0;
}

static void stop(struct dashboard *dash)
{
    struct error ignored;
    bool opened = dash->term != NULL;
    term_close(dash->term);
    if (dash->load) {
        load_stop(dash->load);
        load_join(dash->load, dash->options->totals, NULL, NULL, &ignored);
    }
    worker_stop(dash->worker);
    signals_stop();
    case_watch_close(dash->case_watch);
    for (int i = 0; i < 2; i++)
        if (dash->wake[i] >= 0)
            close(dash->wake[i]);
    if (!opened)
        return;
    canvas_fini(&dash->canvas);
    app_fini(&dash->app);
}

static int run_terminal(const struct dashboard_options *options, const char *analyst,
                        struct error *error)
{
    struct dashboard dash = {.options = options,
                             .wake = {-1, -1},
                             .signals = -1,
                             .tick_at = -1,
                             .case_watch = -1,
                             .news_at = -1};
    /* Which characters the terminal takes, and nothing else of the locale. */
    setlocale(LC_CTYPE, "");
    int status = start(&dash, analyst, error);
    if (!status) {
        new_size(&dash);
        if (term_note(dash.term))
            notice(&dash, term_note(dash.term));
        status = start_loading(&dash, error);
    }
    if (!status) {
        loop(&dash);
        status = dash.ended_by;
    }
    stop(&dash);
    return status;
}

/* With paths the case is made where it does not exist. */
static int make_case(const struct dashboard_options *options, struct error *error)
{
    if (!options->path_count)
        return 0;
    struct case_file *handle = case_open(options->case_path, CASE_CREATE, error);
    if (!handle)
        return -1;
    case_close(handle);
    return 0;
}

int dashboard_run(const struct dashboard_options *options, struct error *error)
{
    struct arena arena;
    arena_init(&arena);
    /* The same text for the screens, with a NUL. */
    struct slice analyst = arena_copy(&arena, options->analyst.name);
    /* No case is left behind where no screen could show it. */
    int status = options->script_path ? 0 : term_check(error);
    if (!status)
        status = make_case(options, error);
    if (!status)
        status = options->script_path ? dashboard_script(options, analyst.data, error)
                                      : run_terminal(options, analyst.data, error);
    arena_fini(&arena);
    return status;
}
