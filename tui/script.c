#include "config.h"

#include "tui/script.h"

#include <stdlib.h>

#include "core/escape.h"
#include "tui/key.h"

/* Requests that follow from one message: far more than any view makes. */
enum { SCRIPT_ROUNDS = 200 };

struct script {
    struct app app;
    struct canvas canvas;
    struct case_file *handle;
    const struct script_options *options;
    FILE *out;
    bool over, dumped;
    unsigned line;
    struct error *error;
};

/* Results wait until the effects of the message before are all done. */
struct queue {
    struct result *list[EFFECTS_MAX];
    size_t count;
};

static void perform(struct script *script, struct effects *effects, struct queue *queue)
{
    for (size_t i = 0; i < effects->count; i++) {
        struct effect *effect = &effects->list[i];
        if (effect->kind == EFFECT_QUIT)
            script->over = true;
        if (effect->kind == EFFECT_REQUEST && queue->count < EFFECTS_MAX) {
            struct result *result =
                request_run(effect->request, script->handle, &script->options->context);
            if (result)
                queue->list[queue->count++] = result;
        }
        if (effect->kind == EFFECT_COPY)
            fprintf(script->out, "== copied\n%s\n", effect->text);
        request_free(effect->request);
        free(effect->text);
    }
}

static void send(struct script *script, const struct message *message)
{
    struct effects effects = {0};
    struct queue queue = {0};
    app_update(&script->app, message, &effects);
    perform(script, &effects, &queue);
    for (int round = 0; queue.count && round < SCRIPT_ROUNDS; round++) {
        struct message answer = {.kind = MESSAGE_RESULT, .result = queue.list[0]};
        memmove(queue.list, queue.list + 1, --queue.count * sizeof queue.list[0]);
        app_update(&script->app, &answer, &effects);
        perform(script, &effects, &queue);
    }
    for (size_t i = 0; i < queue.count; i++)
        result_free(queue.list[i]);
    script->dumped = false;
}

static void dump(struct script *script)
{
    const struct canvas *canvas = &script->canvas;
    app_render(&script->app, &script->canvas);
    fprintf(script->out, "== %dx%d\n", canvas->width, canvas->height);
    for (int row = 0; row < canvas->height; row++) {
        int end = canvas->width;
        while (end > 0) {
            const struct cell *cell = canvas_cell(canvas, row, end - 1);
            if (cell->length != 1 || cell->text[0] != ' ')
                break;
            end--;
        }
        for (int column = 0; column < end; column++) {
            const struct cell *cell = canvas_cell(canvas, row, column);
            fwrite(cell->text, 1, cell->length, script->out);
        }
        fputc('\n', script->out);
    }
    script->dumped = true;
}

static int resize(struct script *script, int width, int height)
{
    if (canvas_resize(&script->canvas, width, height))
        return error_set(script->error, ERROR_MEMORY, "no memory for the screen");
    send(script, &(struct message){.kind = MESSAGE_RESIZE,
                                   .width = script->canvas.width,
                                   .height = script->canvas.height});
    return 0;
}

static void press(struct script *script, uint32_t key)
{
    if (!script->over)
        send(script, &(struct message){.kind = MESSAGE_KEY, .key = key});
}

static int misunderstood(struct script *script, const char *what)
{
    return error_set(script->error, ERROR_SYNTAX, "script line %u: %s", script->line,
                     what);
}

static int line_keys(struct script *script, struct slice rest)
{
    while (slice_present(rest)) {
        struct slice name = slice_cut(&rest, ' ');
        if (slice_blank(name))
            continue;
        uint32_t key = key_from_name(name);
        if (key == KEYCODE_NONE)
            return misunderstood(script, "no such key");
        press(script, key);
    }
    return 0;
}

static int line_text(struct script *script, struct slice rest)
{
    while (rest.length) {
        uint32_t code_point;
        unsigned length = utf8_length(rest, &code_point);
        if (!length)
            return misunderstood(script, "text is not UTF-8");
        press(script, code_point);
        rest = slice_skip(rest, length);
    }
    return 0;
}

static int line_resize(struct script *script, struct slice rest)
{
    int size[2] = {0, 0};
    struct slice width = slice_cut(&rest, 'x');
    const struct slice parts[2] = {width, rest};
    for (int i = 0; i < 2; i++)
        for (size_t at = 0; at < parts[i].length && at < 4; at++) {
            char digit = parts[i].data[at];
            if (digit < '0' || digit > '9')
                return misunderstood(script, "a size is 80x24");
            size[i] = size[i] * 10 + digit - '0';
        }
    if (!size[0] || !size[1])
        return misunderstood(script, "a size is 80x24");
    return resize(script, size[0], size[1]);
}

static int line_dump(struct script *script, struct slice rest)
{
    (void)rest;
    dump(script);
    return 0;
}

static const struct {
    const char *word;
    int (*run)(struct script *script, struct slice rest);
} words[] = {
    {"keys", line_keys},
    {"text", line_text},
    {"resize", line_resize},
    {"dump", line_dump},
};

static int run_line(struct script *script, struct slice line)
{
    script->line++;
    struct slice rest = slice_trim(line);
    if (slice_blank(rest) || rest.data[0] == '#')
        return 0;
    struct slice word = slice_cut(&rest, ' ');
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_equal(word, slice_from(words[i].word)))
            return words[i].run(script, rest);
    return misunderstood(script, "keys, text, resize or dump");
}

int script_run(struct slice text, struct case_file *handle,
               const struct script_options *options, FILE *out, struct error *error)
{
    struct script script = {
        .handle = handle, .options = options, .out = out, .error = error};
    app_init(&script.app, &options->app);
    canvas_init(&script.canvas, options->app.unicode);
    int status = resize(&script, options->width, options->height);
    while (!status && slice_present(text))
        status = run_line(&script, slice_cut(&text, '\n'));
    if (!status && !script.dumped)
        dump(&script);
    canvas_fini(&script.canvas);
    app_fini(&script.app);
    return status;
}
