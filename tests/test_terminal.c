/*
 * The dashboard on a terminal: a pty with libvterm at the other end.  Nothing sleeps
 * for luck: each step waits until the program has been quiet for a while.
 */
#include "config.h"

#define _DEFAULT_SOURCE 1 /* TIOCSCTTY, TIOCSWINSZ */
#undef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include "sample_case.h"

enum {
    QUIET_MS = 250,
    LONGEST_MS = 10000,
    BYTES_MAX = 1024 * 1024,
    MOVE_BYTES = 350,
    PAGE_BYTES = 2560,
};

struct desk {
    struct case_file *handle;
    int master;
    pid_t child;
    int status; /* of waitpid */
    VTerm *vterm;
    VTermScreen *screen;
    int rows, columns;
    struct termios before;
    char *bytes; /* all that was written to the terminal */
    size_t length, mark;
};

/* Pairs of name and value, NULL at the end. */
static void run_child(const char *slave, const char *case_path, const char *command,
                      const char *const *environment)
{
    char program[512];
    setsid();
    int fd = open(slave, O_RDWR);
    ioctl(fd, TIOCSCTTY, 0);
    for (int i = 0; i < 3; i++)
        dup2(fd, i);
    if (fd > 2)
        close(fd);
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("TMUX");
    unsetenv("NO_COLOR");
    for (; environment && environment[0]; environment += 2)
        setenv(environment[0], environment[1], 1);
    snprintf(program, sizeof program, "%s/mirrorscope", getenv("top_builddir"));
    setenv("PROGRAM", program, 1);
    setenv("CASE", case_path, 1);
    /* Whatever runs the tests (nohup, a job in the background) may ignore these. */
    signal(SIGINT, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

static void set_size(struct desk *desk, int columns, int rows)
{
    struct winsize size = {.ws_row = (unsigned short)rows,
                           .ws_col = (unsigned short)columns};
    desk->rows = rows;
    desk->columns = columns;
    if (desk->vterm)
        vterm_set_size(desk->vterm, rows, columns);
    assert_int_equal(ioctl(desk->master, TIOCSWINSZ, &size), 0);
}

static void desk_open(struct desk *desk, const char *command,
                      const char *const *environment)
{
    *desk = (struct desk){.handle = sample_case_new("acme.case")};
    assert_non_null(desk->handle);
    desk->bytes = malloc(BYTES_MAX);
    desk->master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(desk->bytes && desk->master >= 0);
    fcntl(desk->master, F_SETFD, FD_CLOEXEC);
    assert_int_equal(grantpt(desk->master), 0);
    assert_int_equal(unlockpt(desk->master), 0);
    set_size(desk, 80, 24);
    desk->vterm = vterm_new(24, 80);
    vterm_set_utf8(desk->vterm, 1);
    desk->screen = vterm_obtain_screen(desk->vterm);
    vterm_screen_enable_altscreen(desk->screen, 1);
    vterm_screen_reset(desk->screen, 1);
    int slave = open(ptsname(desk->master), O_RDWR | O_NOCTTY);
    assert_true(slave >= 0);
    tcgetattr(slave, &desk->before);
    desk->child = fork();
    if (desk->child == 0)
        run_child(ptsname(desk->master), desk->handle->path, command, environment);
    close(slave);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads what comes within `wait` ms; false: nothing, or the other end is closed. */
static bool read_some(struct desk *desk, int wait)
{
    struct pollfd fd = {.fd = desk->master, .events = POLLIN};
    if (poll(&fd, 1, wait) <= 0 || desk->length == BYTES_MAX)
        return false;
    ssize_t count =
        read(desk->master, desk->bytes + desk->length, BYTES_MAX - desk->length);
    if (count <= 0)
        return false;
    vterm_input_write(desk->vterm, desk->bytes + desk->length, (size_t)count);
    desk->length += (size_t)count;
    return true;
}

static void settle(struct desk *desk)
{
    int64_t end = now_ms() + LONGEST_MS;
    while (now_ms() < end && read_some(desk, QUIET_MS))
        ;
}

static const char *row(struct desk *desk, int number)
{
    static char text[4096];
    size_t used = 0;
    for (int column = 0; column < desk->columns && used < sizeof text - 8; column++) {
        VTermScreenCell cell;
        VTermPos at = {.row = number, .col = column};
        vterm_screen_get_cell(desk->screen, at, &cell);
        uint32_t c = cell.chars[0];
        text[used++] = c == 0 ? ' ' : c < 127 ? (char)c : '?';
    }
    text[used] = '\0';
    return text;
}

static bool shows(struct desk *desk, const char *text)
{
    for (int i = 0; i < desk->rows; i++)
        if (strstr(row(desk, i), text))
            return true;
    return false;
}

/* Until the first screen is complete: programs start slowly on a busy machine. */
static void wait_for(struct desk *desk, const char *text)
{
    int64_t end = now_ms() + LONGEST_MS;
    while (now_ms() < end && !shows(desk, text))
        read_some(desk, QUIET_MS);
    settle(desk);
    if (!shows(desk, text)) {
        for (int i = 0; i < desk->rows; i++)
            fprintf(stderr, "|%s|\n", row(desk, i));
        fail_msg("\"%s\" is not on the screen", text);
    }
}

static size_t press(struct desk *desk, const char *keys)
{
    desk->mark = desk->length;
    assert_int_equal(write(desk->master, keys, strlen(keys)), (ssize_t)strlen(keys));
    settle(desk);
    return desk->length - desk->mark;
}

static bool wrote(const struct desk *desk, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= desk->length; i++)
        if (!memcmp(desk->bytes + i, text, length))
            return true;
    return false;
}

/* The exit status, waiting for the end. */
static int ended(struct desk *desk)
{
    int64_t end = now_ms() + LONGEST_MS;
    while (now_ms() < end) {
        read_some(desk, 20);
        if (waitpid(desk->child, &desk->status, WNOHANG) == desk->child) {
            settle(desk);
            desk->child = 0;
            return WIFEXITED(desk->status) ? WEXITSTATUS(desk->status) : -1;
        }
    }
    fail_msg("the program does not end");
    return -1;
}

static void desk_close(struct desk *desk)
{
    if (desk->master >= 0)
        close(desk->master);
    if (desk->child > 0) {
        kill(desk->child, SIGKILL);
        waitpid(desk->child, NULL, 0);
    }
    vterm_free(desk->vterm);
    free(desk->bytes);
    sample_case_free(desk->handle);
}

static void assert_terminal_restored(struct desk *desk)
{
    struct termios now;
    assert_int_equal(tcgetattr(desk->master, &now), 0);
    assert_int_equal(now.c_lflag, desk->before.c_lflag);
    assert_int_equal(now.c_iflag, desk->before.c_iflag);
    assert_true(wrote(desk, "\033[?1049l"));
}

#define RUN "exec \"$PROGRAM\" open -c \"$CASE\" --analyst tester"
#define FIRST_ROW "alibaba"

static void starts_moves_and_quits(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk, RUN, NULL);
    wait_for(&desk, FIRST_ROW);
    assert_true(shows(&desk, "acme.case"));
    assert_true(shows(&desk, "85 hits"));
    assert_true(wrote(&desk, "\xe2\x96\x88")); /* a full block of the histogram */
    assert_int_equal(row(&desk, 3)[0], '>');
    press(&desk, "j");
    assert_int_equal(row(&desk, 4)[0], '>');
    press(&desk, "\033[B");
    assert_int_equal(row(&desk, 5)[0], '>');
    press(&desk, "q");
    assert_int_equal(ended(&desk), 0);
    assert_terminal_restored(&desk);
    assert_true(wrote(&desk, "case saved: "));
    desk_close(&desk);
}

static void a_move_is_cheap_and_idling_is_free(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk, RUN, NULL);
    wait_for(&desk, FIRST_ROW);
    for (int i = 0; i < 30; i++)
        assert_in_range(press(&desk, "j"), 1, MOVE_BYTES);
    for (int i = 0; i < 30; i++)
        assert_in_range(press(&desk, "k"), 1, MOVE_BYTES);
    assert_in_range(press(&desk, "\033[6~"), 1, PAGE_BYTES);
    size_t length = desk.length;
    assert_false(read_some(&desk, 1500));
    assert_int_equal(desk.length, length);
    desk_close(&desk);
}

static void shows_what_another_process_writes(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk, RUN, NULL);
    wait_for(&desk, FIRST_ROW);
    assert_int_equal(sqlite3_exec(desk.handle->db,
                                  "UPDATE operation SET approval_state = 'covered'",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    wait_for(&desk, "85 approved");
    desk_close(&desk);
}

static void follows_a_resize(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk, RUN, NULL);
    wait_for(&desk, FIRST_ROW);
    set_size(&desk, 40, 10);
    wait_for(&desk, "? help");
    assert_non_null(strstr(row(&desk, 9), "? help"));
    set_size(&desk, 30, 6);
    wait_for(&desk, "too small");
    set_size(&desk, 120, 40);
    wait_for(&desk, FIRST_ROW);
    assert_non_null(strstr(row(&desk, 39), "? help"));
    desk_close(&desk);
}

static void suspends_and_comes_back(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk,
              "set -m; \"$PROGRAM\" open -c \"$CASE\"; echo stopped; read line;"
              "fg >/dev/null;"
              "echo status $?",
              NULL);
    wait_for(&desk, FIRST_ROW);
    press(&desk, "j\x1a");
    wait_for(&desk, "stopped");
    assert_terminal_restored(&desk);
    press(&desk, "\r");
    wait_for(&desk, FIRST_ROW);
    assert_int_equal(row(&desk, 4)[0], '>');
    press(&desk, "q");
    wait_for(&desk, "status 0");
    desk_close(&desk);
}

static void a_signal_restores_the_terminal(void **state)
{
    (void)state;
    static const struct {
        int signal, status;
    } cases[] = {{SIGTERM, 143}, {SIGINT, 130}, {SIGHUP, 129}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct desk desk;
        desk_open(&desk, RUN, NULL);
        wait_for(&desk, FIRST_ROW);
        kill(desk.child, cases[i].signal);
        assert_int_equal(ended(&desk), cases[i].status);
        assert_terminal_restored(&desk);
        desk_close(&desk);
    }
}

/* The program's own signal handler gives the terminal back before it dies. */
static void a_crash_restores_the_terminal(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk, RUN, NULL);
    wait_for(&desk, FIRST_ROW);
    kill(desk.child, SIGABRT);
    ended(&desk);
    assert_terminal_restored(&desk);
    desk_close(&desk);
}

static void ends_with_its_terminal(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk, RUN, NULL);
    wait_for(&desk, FIRST_ROW);
    close(desk.master);
    desk.master = -1;
    int64_t end = now_ms() + LONGEST_MS;
    pid_t done = 0;
    while (now_ms() < end && !done) {
        done = waitpid(desk.child, &desk.status, WNOHANG);
        poll(NULL, 0, 20);
    }
    assert_int_equal(done, desk.child);
    assert_int_equal(WEXITSTATUS(desk.status), 129);
    desk.child = 0;
    desk_close(&desk);
}

static void refuses_a_dumb_terminal(void **state)
{
    (void)state;
    static const char *const environment[] = {"TERM", "dumb", NULL};
    struct desk desk;
    desk_open(&desk, RUN, environment);
    assert_int_equal(ended(&desk), 2);
    assert_true(wrote(&desk, "mirrorscope report"));
    desk_close(&desk);
}

static void stands_in_for_an_unknown_terminal(void **state)
{
    (void)state;
    static const char *const environment[] = {"TERM", "xterm-nobody-knows", NULL};
    struct desk desk;
    desk_open(&desk, RUN, environment);
    wait_for(&desk, "using xterm-256color");
    desk_close(&desk);
}

static void works_without_colour(void **state)
{
    (void)state;
    static const char *const environments[][3] = {{"NO_COLOR", "1", NULL},
                                                  {"TERM", "vt100", NULL}};
    for (size_t e = 0; e < 2; e++) {
        struct desk desk;
        desk_open(&desk, RUN, environments[e]);
        wait_for(&desk, "acme.case");
        press(&desk, "jj");
        for (int colour = 30; colour < 38; colour++) {
            char code[16];
            snprintf(code, sizeof code, "%dm", colour);
            for (size_t i = 2; i + 3 <= desk.length; i++)
                if (!memcmp(desk.bytes + i, code, 3))
                    assert_true(desk.bytes[i - 1] != '[' && desk.bytes[i - 1] != ';');
        }
        desk_close(&desk);
    }
}

static void works_in_a_plain_locale(void **state)
{
    (void)state;
    static const char *const environment[] = {"LC_ALL", "C", NULL};
    struct desk desk;
    desk_open(&desk, RUN, environment);
    wait_for(&desk, FIRST_ROW);
    for (size_t i = 0; i < desk.length; i++)
        assert_true((unsigned char)desk.bytes[i] < 0x80);
    desk_close(&desk);
}

/* Rows that were written to deceive: nothing of them reaches the terminal as it is. */
static void hostile_rows_stay_text(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk, RUN, NULL);
    wait_for(&desk, FIRST_ROW);
    press(&desk, "j\r");
    wait_for(&desk, "evil");
    press(&desk, "\r");
    wait_for(&desk, "owned");
    press(&desk, "qqi");
    press(&desk, "G");
    wait_for(&desk, "docx");
    static const char *const never[] = {"\033]0;",          "\xc2\x9b", "\xe2\x80\xae",
                                        "\xf3\xa0\x81\x81", "evil\r",   "\007"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        assert_false(wrote(&desk, never[i]));
    assert_true(wrote(&desk, "\\x1B"));
    desk_close(&desk);
}

static void copies_by_osc_52(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk, RUN, NULL);
    wait_for(&desk, FIRST_ROW);
    press(&desk, "jjjy");
    assert_true(wrote(&desk, "\033]52;c;YWRtaW4=\033\\"));
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_moves_and_quits),
        cmocka_unit_test(a_move_is_cheap_and_idling_is_free),
        cmocka_unit_test(shows_what_another_process_writes),
        cmocka_unit_test(follows_a_resize),
        cmocka_unit_test(suspends_and_comes_back),
        cmocka_unit_test(a_signal_restores_the_terminal),
        cmocka_unit_test(a_crash_restores_the_terminal),
        cmocka_unit_test(ends_with_its_terminal),
        cmocka_unit_test(refuses_a_dumb_terminal),
        cmocka_unit_test(stands_in_for_an_unknown_terminal),
        cmocka_unit_test(works_without_colour),
        cmocka_unit_test(works_in_a_plain_locale),
        cmocka_unit_test(hostile_rows_stay_text),
        cmocka_unit_test(copies_by_osc_52),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
