#include "config.h"

#include "tui/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    WORKER_QUEUE = 64,
    /* A long query tells how far it is so often. */
    PROGRESS_MS = 100,
};

struct worker {
    struct worker_options options;
    struct case_file *handle;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    /* Under the lock: */
    struct request *queue[WORKER_QUEUE];
    size_t queued;
    struct result *results[WORKER_QUEUE];
    size_t answered;
    enum request_kind running;
    bool busy, stop;
};

static struct request *next(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    worker->busy = false;
    while (!worker->queued && !worker->stop)
        pthread_cond_wait(&worker->work, &worker->lock);
    struct request *request = NULL;
    if (!worker->stop) {
        request = worker->queue[0];
        memmove(worker->queue, worker->queue + 1,
                --worker->queued * sizeof worker->queue[0]);
        worker->running = request->kind;
        worker->busy = true;
    }
    pthread_mutex_unlock(&worker->lock);
    return request;
}

static void deliver(struct worker *worker, struct result *result)
{
    pthread_mutex_lock(&worker->lock);
    if (worker->answered == WORKER_QUEUE) {
        /* The screen is far behind: what is oldest is out of date. */
        result_free(worker->results[0]);
        memmove(worker->results, worker->results + 1,
                --worker->answered * sizeof worker->results[0]);
    }
    worker->results[worker->answered++] = result;
    pthread_mutex_unlock(&worker->lock);
    /* A full pipe holds wake-ups enough already. */
    ssize_t ignored = write(worker->options.wake, "r", 1);
    (void)ignored;
}

/* One request as it runs. */
struct running {
    struct worker *worker;
    const struct request *request;
    int64_t told_us;
    uint64_t done, all;
};

/* How far it is, and the rows until now; arena NULL: no others than before. */
static void deliver_part(const struct running *running,
                         const struct raw_search_list *list, struct arena *arena)
{
    struct result *result = result_new(running->request);
    if (!result) {
        if (arena)
            arena_fini(arena);
        return;
    }
    result->partial = true;
    result->done = running->done;
    result->all = running->all;
    if (arena) {
        result->search = *list;
        result->arena = *arena;
    }
    deliver(running->worker, result);
}

static void tell_found(void *payload, const struct raw_search_list *list,
                       struct arena *arena)
{
    deliver_part(payload, list, arena);
}

static void tell_progress(void *payload, uint64_t done, uint64_t all)
{
    struct running *running = payload;
    int64_t now_us = running->worker->options.now_us();
    running->done = done;
    running->all = all;
    if (now_us - running->told_us < PROGRESS_MS * INT64_C(1000))
        return;
    running->told_us = now_us;
    deliver_part(running, NULL, NULL);
}
static void *run(void *argument)
{
    struct worker *worker = argument;
    struct request *request;
    while ((request = next(worker))) {
        int64_t now_us = worker->options.now_us();
        struct running running = {
            .worker = worker, .request = request, .told_us = now_us};
        const struct query_progress progress = {tell_progress, tell_found, &running};
        struct request_context context = {
            .analyst = worker->options.analyst,
            .now_us = now_us,
            .progress = &progress,
        };
        struct result *result = request_run(request, worker->handle, &context);
        request_free(request);
        if (result)
            deliver(worker, result);
    }
    return NULL;
}

/* Signals are the screen's thread's. */
static int start_thread(struct worker *worker)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&worker->thread, NULL, run, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? -1 : 0;
}

struct worker *worker_start(const struct worker_options *options, struct error *error)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker) {
        error_set(error, ERROR_MEMORY, "no memory for the query thread");
        return NULL;
    }
    worker->options = *options;
    worker->handle = case_open(options->case_path,
                               options->read_only ? CASE_READ : CASE_WRITE, error);
    if (!worker->handle) {
        free(worker);
        return NULL;
    }
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->work, NULL);
    if (start_thread(worker)) {
        error_set(error, ERROR_MEMORY, "the query thread cannot be started");
        case_close(worker->handle);
        free(worker);
        return NULL;
    }
    return worker;
}

/* Drops a waiting request of the same kind; the newer one takes the end of the queue.
 */
static void replace(struct worker *worker, enum request_kind kind)
{
    for (size_t i = 0; i < worker->queued; i++) {
        if (worker->queue[i]->kind != kind)
            continue;
        request_free(worker->queue[i]);
        memmove(worker->queue + i, worker->queue + i + 1,
                (--worker->queued - i) * sizeof worker->queue[0]);
        return;
    }
}

void worker_submit(struct worker *worker, struct request *request)
{
    pthread_mutex_lock(&worker->lock);
    if (!request_writes(request->kind)) {
        replace(worker, request->kind);
        if (worker->busy &&
            (worker->running == request->kind || request_gives_way(worker->running)))
            sqlite3_interrupt(worker->handle->db);
    }
    if (worker->queued < WORKER_QUEUE)
        worker->queue[worker->queued++] = request;
    else
        request_free(request);
    pthread_cond_signal(&worker->work);
    pthread_mutex_unlock(&worker->lock);
}

struct result *worker_result(struct worker *worker)
{
    struct result *result = NULL;
    pthread_mutex_lock(&worker->lock);
    if (worker->answered) {
        result = worker->results[0];
        memmove(worker->results, worker->results + 1,
                --worker->answered * sizeof worker->results[0]);
    }
    pthread_mutex_unlock(&worker->lock);
    return result;
}

void worker_interrupt(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    if (worker->busy && !request_writes(worker->running))
        sqlite3_interrupt(worker->handle->db);
    pthread_mutex_unlock(&worker->lock);
}

void worker_stop(struct worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->lock);
    worker->stop = true;
    if (worker->busy && !request_writes(worker->running))
        sqlite3_interrupt(worker->handle->db);
    pthread_cond_signal(&worker->work);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    for (size_t i = 0; i < worker->queued; i++)
        request_free(worker->queue[i]);
    for (size_t i = 0; i < worker->answered; i++)
        result_free(worker->results[i]);
    case_close(worker->handle);
    pthread_cond_destroy(&worker->work);
    pthread_mutex_destroy(&worker->lock);
    free(worker);
}
