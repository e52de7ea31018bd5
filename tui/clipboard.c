#include "config.h"

#include "tui/clipboard.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static size_t encode(struct slice text, char *out)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t count = 0;
    for (size_t i = 0; i < text.length; i += 3) {
        size_t left = text.length - i;
        uint32_t bits = (uint32_t)(unsigned char)text.data[i] << 16;
        if (left > 1)
            bits |= (uint32_t)(unsigned char)text.data[i + 1] << 8;
        if (left > 2)
            bits |= (unsigned char)text.data[i + 2];
        out[count++] = digits[bits >> 18];
        out[count++] = digits[bits >> 12 & 63];
        out[count++] = left > 1 ? digits[bits >> 6 & 63] : '=';
        out[count++] = left > 2 ? digits[bits & 63] : '=';
    }
    return count;
}

struct slice clipboard_osc52(struct arena *arena, struct slice text)
{
    size_t encoded = (text.length + 2) / 3 * 4;
    if (text.length > CLIPBOARD_OSC52_BYTES || encoded > CLIPBOARD_OSC52_BYTES)
        return SLICE_NONE;
    char *buffer = arena_alloc(arena, encoded + 1);
    if (!buffer)
        return SLICE_NONE;
    const struct slice parts[] = {
        SLICE("\033]52;c;"), {buffer, encode(text, buffer)}, SLICE("\033\\")};
    return arena_join(arena, parts, sizeof parts / sizeof parts[0]);
}

static int write_all(int fd, struct slice text)
{
    while (text.length) {
        ssize_t written = write(fd, text.data, text.length);
        if (written <= 0)
            return -1;
        text = slice_skip(text, (size_t)written);
    }
    return 0;
}

int clipboard_tmux(struct slice text)
{
    static char program[] = "tmux", verb[] = "load-buffer", flag[] = "-w", dash[] = "-";
    char *const arguments[] = {program, verb, flag, dash, NULL};
    int ends[2];
    if (pipe(ends))
        return -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    pid_t child;
    int refused = posix_spawnp(&child, program, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[0]);
    int cut = refused || write_all(ends[1], text);
    close(ends[1]);
    int status = 0;
    if (refused || waitpid(child, &status, 0) != child || cut)
        return -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}
