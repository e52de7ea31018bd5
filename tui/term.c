#include "config.h"

/* Wide characters of curses; TIOCGWINSZ and wcwidth of libc. */
#define _XOPEN_SOURCE_EXTENDED 1
#define _DEFAULT_SOURCE 1
#undef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700

#include "tui/term.h"

#include "core/escape.h"
#include "tui/key.h"

/* Last: term.h of curses makes macros of words such as `columns`. */
#include <curses.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

enum { MARKS_IN_CELL = 4, RESTORE_BYTES = 256 };

struct terminal {
    SCREEN *screen;
    WINDOW *keys; /* a pad: reading a key never repaints */
    FILE *in, *out;
    bool own_in; /* opened here: standard input is data */
    bool unicode;
    attr_t attributes[ROLE_COUNT];
    short pairs[ROLE_COUNT];
    int cursor_shown;
    char note[160];
};

/* --- what a crash leaves ---------------------------------------------------------- */

static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
enum { CRASHES = sizeof crashes / sizeof crashes[0] };

/* A handler can reach nothing else. */
static struct {
    int fd;
    char bytes[RESTORE_BYTES];
    size_t length;
    struct termios modes;
    struct sigaction before[CRASHES];
} restore = {.fd = -1};

static void restore_terminal(int number)
{
    if (restore.fd >= 0) {
        ssize_t ignored = write(restore.fd, restore.bytes, restore.length);
        (void)ignored;
        tcsetattr(restore.fd, TCSANOW, &restore.modes);
    }
    for (int i = 0; i < CRASHES; i++)
        sigaction(crashes[i], &restore.before[i], NULL);
    /* A fault happens again when this returns, with whoever handled it before. */
    if (number == SIGABRT)
        raise(number);
}

static void remember(const char *sequence)
{
    size_t length = sequence ? strlen(sequence) : 0;
    if (restore.length + length > RESTORE_BYTES)
        return;
    memcpy(restore.bytes + restore.length, sequence ? sequence : "", length);
    restore.length += length;
}

static void prepare_for_crashes(int fd)
{
    struct sigaction action = {.sa_handler = restore_terminal};
    sigemptyset(&action.sa_mask);
    restore.length = 0;
    remember(exit_attribute_mode);
    remember(cursor_normal);
    remember(keypad_local);
    remember(exit_ca_mode);
    remember("\r\n");
    restore.fd = fd;
    for (int i = 0; i < CRASHES; i++)
        sigaction(crashes[i], &action, &restore.before[i]);
}

static void crashes_are_over(void)
{
    if (restore.fd < 0)
        return;
    restore.fd = -1;
    for (int i = 0; i < CRASHES; i++)
        sigaction(crashes[i], &restore.before[i], NULL);
}

/* --- starting --------------------------------------------------------------------- */

static bool known(const char *name, int fd)
{
    int status;
    if (setupterm(name, fd, &status) != OK)
        return false;
    /* Otherwise curses keeps the first one for newterm. */
    bool moves = cursor_address != NULL;
    del_curterm(cur_term);
    return moves;
}

/* Newer terminals whose entry is missing on a bastion host speak xterm's language. */
static const char *stand_in(const char *name)
{
    static const struct {
        const char *part, *entry;
    } families[] = {
        {"tmux", "screen-256color"},   {"screen", "screen-256color"},
        {"xterm", "xterm-256color"},   {"kitty", "xterm-256color"},
        {"ghostty", "xterm-256color"}, {"alacritty", "xterm-256color"},
        {"foot", "xterm-256color"},    {"wezterm", "xterm-256color"},
        {"rxvt", "xterm-256color"},
    };
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (strstr(name, families[i].part))
            return families[i].entry;
    return NULL;
}

static const char *choose_entry(struct terminal *term, struct error *error)
{
    const char *name = getenv("TERM");
    if (!name || !name[0])
        name = "dumb";
    int fd = fileno(term->out);
    if (known(name, fd))
        return name;
    const char *other = stand_in(name);
    if (other && known(other, fd)) {
        snprintf(term->note, sizeof term->note,
                 "this system does not know TERM=%.40s: "
                 "using %s",
                 name, other);
        return other;
    }
    error_set(error, ERROR_UNSUPPORTED,
              "the terminal \"%.40s\" cannot show the dashboard: use `mirrorscope "
              "report`",
              name);
    return NULL;
}

static int open_streams(struct terminal *term, struct error *error)
{
    if (!isatty(STDOUT_FILENO))
        return error_set(error, ERROR_UNSUPPORTED,
                         "standard output is no terminal: use `mirrorscope report`");
    term->out = stdout;
    term->in = stdin;
    if (isatty(STDIN_FILENO))
        return 0;
    term->in = fopen("/dev/tty", "r");
    term->own_in = term->in != NULL;
    return term->in ? 0
                    : error_set(error, ERROR_UNSUPPORTED,
                                "there is no terminal to read keys from: use "
                                "`mirrorscope report`");
}

/*
 * Roles: 16 colours, no background, neither blue nor yellow (unreadable on half of all
 * screens); without colour the attributes alone tell them apart.
 */
static const struct {
    short colour; /* -1: the terminal's own */
    attr_t with_colour, mono;
} looks[ROLE_COUNT] = {
    [ROLE_TEXT] = {-1, A_NORMAL, A_NORMAL},
    [ROLE_DIM] = {-1, A_DIM, A_NORMAL},
    [ROLE_TITLE] = {-1, A_BOLD, A_BOLD},
    [ROLE_HEADER] = {-1, A_UNDERLINE, A_UNDERLINE},
    [ROLE_ALERT] = {COLOR_RED, A_BOLD, A_BOLD},
    [ROLE_APPROVED] = {COLOR_GREEN, A_NORMAL, A_NORMAL},
    [ROLE_ATTEMPT] = {COLOR_MAGENTA, A_NORMAL, A_NORMAL},
    [ROLE_KEY] = {COLOR_CYAN, A_NORMAL, A_BOLD},
    [ROLE_STRING] = {COLOR_GREEN, A_NORMAL, A_NORMAL},
    [ROLE_NUMBER] = {COLOR_MAGENTA, A_NORMAL, A_NORMAL},
    [ROLE_ESCAPE] = {COLOR_RED, A_UNDERLINE, A_UNDERLINE},
};

static void choose_looks(struct terminal *term)
{
    const char *refused = getenv("NO_COLOR");
    bool colour = !(refused && refused[0]) && has_colors() && start_color() == OK &&
                  use_default_colors() == OK;
    for (int role = 0; role < ROLE_COUNT; role++) {
        term->attributes[role] = colour ? looks[role].with_colour : looks[role].mono;
        if (colour && looks[role].colour >= 0) {
            term->pairs[role] = (short)(role + 1);
            init_pair(term->pairs[role], looks[role].colour, -1);
        }
    }
}

static int start_curses(struct terminal *term, const char *entry, struct error *error)
{
    tcgetattr(fileno(term->out), &restore.modes);
    term->screen = newterm(entry, term->out, term->in);
    if (!term->screen)
        return error_set(error, ERROR_UNSUPPORTED,
                         "the terminal cannot be started: use `mirrorscope report`");
    prepare_for_crashes(fileno(term->out));
    if (!getenv("ESCDELAY"))
        set_escdelay(25);
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    idlok(stdscr, TRUE);
    leaveok(stdscr, TRUE);
    curs_set(0);
    term->keys = newpad(1, 1);
    if (!term->keys)
        return error_set(error, ERROR_MEMORY, "no memory for the terminal");
    keypad(term->keys, TRUE);
    /* Arrows as sent by terminals that do not follow keypad mode. */
    define_key("\033[A", KEY_UP);
    define_key("\033[B", KEY_DOWN);
    define_key("\033[C", KEY_RIGHT);
    define_key("\033[D", KEY_LEFT);
    nodelay(term->keys, TRUE);
    choose_looks(term);
    return 0;
}

int term_check(struct error *error)
{
    struct terminal term = {.out = NULL};
    int result = open_streams(&term, error) || !choose_entry(&term, error) ? -1 : 0;
    if (term.own_in)
        fclose(term.in);
    return result;
}

struct terminal *term_open(struct error *error)
{
    struct terminal *term = calloc(1, sizeof *term);
    if (!term) {
        error_set(error, ERROR_MEMORY, "no memory for the terminal");
        return NULL;
    }
    const char *entry;
    term->unicode = !strcmp(nl_langinfo(CODESET), "UTF-8");
    if (open_streams(term, error) || !(entry = choose_entry(term, error)) ||
        start_curses(term, entry, error)) {
        term_close(term);
        return NULL;
    }
    return term;
}

void term_close(struct terminal *term)
{
    if (!term)
        return;
    if (term->keys)
        delwin(term->keys);
    if (term->screen) {
        endwin();
        crashes_are_over();
        delscreen(term->screen);
    }
    if (term->own_in)
        fclose(term->in);
    free(term);
}

/* --- keys ------------------------------------------------------------------------- */

static const struct {
    wint_t curses;
    uint32_t key;
} special[] = {
    {KEY_UP, KEYCODE_UP},
    {KEY_DOWN, KEYCODE_DOWN},
    {KEY_LEFT, KEYCODE_LEFT},
    {KEY_RIGHT, KEYCODE_RIGHT},
    {KEY_PPAGE, KEYCODE_PAGE_UP},
    {KEY_NPAGE, KEYCODE_PAGE_DOWN},
    {KEY_HOME, KEYCODE_HOME},
    {KEY_END, KEYCODE_END},
    {KEY_BACKSPACE, KEYCODE_BACKSPACE},
    {KEY_DC, KEYCODE_DELETE},
    {KEY_BTAB, KEYCODE_BACK_TAB},
    {KEY_ENTER, KEYCODE_ENTER},
};

static uint32_t translate(int kind, wint_t code)
{
    if (kind == KEY_CODE_YES) {
        for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
            if (special[i].curses == code)
                return special[i].key;
        if (code >= KEY_F(1) && code <= KEY_F(10))
            return KEYCODE_F1 + (uint32_t)(code - KEY_F(1));
        return KEYCODE_NONE;
    }
    if (code == '\n')
        return KEYCODE_ENTER;
    if (code == 127 || code == '\b')
        return KEYCODE_BACKSPACE;
    return code < 0x110000 ? (uint32_t)code : KEYCODE_NONE;
}

bool term_key(struct terminal *term, uint32_t *key)
{
    wint_t code;
    int kind = wget_wch(term->keys, &code);
    if (kind == ERR)
        return false;
    *key = translate(kind, code);
    return true;
}

int term_fd(const struct terminal *term)
{
    return fileno(term->in);
}

bool term_unicode(const struct terminal *term)
{
    return term->unicode;
}

const char *term_note(const struct terminal *term)
{
    return term->note[0] ? term->note : NULL;
}

/* --- painting --------------------------------------------------------------------- */

void term_size(struct terminal *term, int *width, int *height)
{
    struct winsize size;
    *width = COLS;
    *height = LINES;
    if (ioctl(fileno(term->out), TIOCGWINSZ, &size) || !size.ws_col || !size.ws_row)
        return;
    *width = size.ws_col > CANVAS_MAX_WIDTH ? CANVAS_MAX_WIDTH : size.ws_col;
    *height = size.ws_row > CANVAS_MAX_HEIGHT ? CANVAS_MAX_HEIGHT : size.ws_row;
    if (*width != COLS || *height != LINES)
        resizeterm(*height, *width);
}

/* A selected row has one look from end to end: that is what a cursor move costs. */
static void look(const struct terminal *term, const struct cell *cell,
                 attr_t *attributes, short *pair)
{
    *pair = 0;
    if (cell->selected)
        *attributes = A_REVERSE | (cell->role == ROLE_ESCAPE ? A_UNDERLINE : A_NORMAL);
    else {
        *attributes = term->attributes[cell->role];
        *pair = term->pairs[cell->role];
    }
    if (cell->matched)
        *attributes = cell->selected ? A_BOLD | A_UNDERLINE : A_REVERSE;
}

static void cell_text(const struct cell *cell, int width, wchar_t *out)
{
    struct slice rest = {cell->text, cell->length};
    size_t count = 0;
    uint32_t code_point;
    unsigned length;
    while (count <= MARKS_IN_CELL && (length = utf8_length(rest, &code_point))) {
        out[count++] = (wchar_t)code_point;
        rest = slice_skip(rest, length);
    }
    /* Where this system and the escaper disagree on a width, no column may shift. */
    if (count == 0 || wcwidth(out[0]) != width) {
        out[0] = L'?';
        count = 1;
    }
    out[count] = L'\0';
}

static void paint_cell(const struct terminal *term, const struct canvas *canvas,
                       int row, int column)
{
    const struct cell *cell = canvas_cell(canvas, row, column);
    const struct cell *next = canvas_cell(canvas, row, column + 1);
    wchar_t text[MARKS_IN_CELL + 2];
    attr_t attributes;
    short pair;
    cchar_t character;
    look(term, cell, &attributes, &pair);
    cell_text(cell, next && next->length == 0 ? 2 : 1, text);
    if (setcchar(&character, text, attributes, pair, NULL) == OK)
        mvadd_wch(row, column, &character);
}

void term_paint(struct terminal *term, const struct canvas *canvas)
{
    erase();
    for (int row = 0; row < canvas->height && row < LINES; row++)
        for (int column = 0; column < canvas->width && column < COLS; column++)
            if (canvas_cell(canvas, row, column)->length)
                paint_cell(term, canvas, row, column);
    int shown = canvas->cursor_row >= 0;
    leaveok(stdscr, !shown);
    if (shown)
        move(canvas->cursor_row, canvas->cursor_column);
    if (shown != term->cursor_shown)
        curs_set(shown);
    term->cursor_shown = shown;
    refresh();
}

void term_redraw(struct terminal *term)
{
    (void)term;
    clearok(stdscr, TRUE);
}

void term_leave(struct terminal *term)
{
    (void)term;
    endwin();
}

void term_return(struct terminal *term)
{
    clearok(stdscr, TRUE);
    refresh();
    curs_set(term->cursor_shown);
}

void term_write(struct terminal *term, struct slice bytes)
{
    int fd = fileno(term->out);
    while (bytes.length) {
        ssize_t written = write(fd, bytes.data, bytes.length);
        if (written <= 0)
            return;
        bytes = slice_skip(bytes, (size_t)written);
    }
}
