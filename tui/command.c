#include "config.h"

#include "tui/command.h"

#define OPTIONS(...)                                                                   \
    (const unsigned char[]){__VA_ARGS__}, sizeof((const unsigned char[]){__VA_ARGS__})

const struct command commands[] = {
    {"open", "[PATH...]", "open the dashboard; PATHs load while hits already show",
     "The dashboard says which mirrors are live and where they lead, groups what was "
     "marked by actor and lifecycle, leads down to the raw record, and takes "
     "approvals. Press ? in it for its keys.\n"
     "PATHs are loaded in the background, as by `load`. Without a verb, the first word "
     "is taken for a PATH if it exists.",
     OPTIONS(OPTION_CASE, OPTION_READ_ONLY, OPTION_ANALYST, OPTION_NO_HASH, OPTION_YEAR,
             OPTION_TZ, OPTION_DEVICE_TZ, OPTION_DATE_ORDER, OPTION_WORKERS,
             OPTION_SCRIPT, OPTION_HELP),
     false, command_open},
    {"load", "PATH...",
     "index logs into the case: files, folders, - for standard input, OTHER.case",
     "Every file is recognised by its content, packed or in archives as well, nested "
     "to depth 4; several forms may stand in one file. Another case is merged. "
     "Loading the same content again changes nothing, and a load that was stopped "
     "goes on where it was.\n"
     "What could not be read is counted, named here, and kept in the case.\n"
     "With --follow the files, and folders with all that is in them, are read on as "
     "they grow, are rotated or appear, and their bytes are kept in the case. It "
     "runs in the foreground until it is stopped.",
     OPTIONS(OPTION_CASE, OPTION_FOLLOW, OPTION_NO_HASH, OPTION_EMBED, OPTION_YEAR,
             OPTION_TZ, OPTION_DEVICE_TZ, OPTION_DATE_ORDER, OPTION_WORKERS,
             OPTION_QUIET, OPTION_EXIT_CODE, OPTION_ANALYST, OPTION_HELP),
     false, command_load},
    {"report", "[FILTER...]", "the summary for a ticket",
     "Answers first: which mirrors are live and where they lead, what was marked, who "
     "is behind it, what was approved, what is left to decide, and what the logs "
     "cover. With --short, of each list only what is most urgent.",
     OPTIONS(OPTION_CASE, OPTION_SHORT, OPTION_EXIT_CODE, OPTION_HELP), false,
     command_report},
    {"export", "hits|mirrors|events|sources|approvals|rejects|evidence [FILTER...]",
     "the case's rows for other tools",
     "Formats: table (for reading), csv and jsonl (all fields). The order is stable. "
     "In CSV, cells that a spreadsheet would run begin with a quote mark.",
     OPTIONS(OPTION_CASE, OPTION_FORMAT, OPTION_RAW, OPTION_EXIT_CODE, OPTION_HELP),
     false, command_export},
    {"allow", "list | add SELECTORS | enable ID | disable ID",
     "approvals: what was allowed, when, and by whom",
     "An approval has selectors (globs, without case; alternatives joined by |), a "
     "window of event time, and a ticket or reason. At least two selectors, one of "
     "them "
     "actor, credential, address, mirrored, destination, mirror or device, and an end. "
     "It annotates operations and never hides one.",
     OPTIONS(OPTION_CASE, OPTION_FORMAT, OPTION_START, OPTION_END, OPTION_TICKET,
             OPTION_REASON, OPTION_APPROVED_BY, OPTION_REVIEW_BY, OPTION_ANALYST,
             OPTION_HELP),
     true, command_allow},
    {"own", "list | add VALUE... | remove VALUE...",
     "own accounts, subscriptions, projects and networks",
     "A destination that is none of these is foreign. A VALUE tells its kind (twelve "
     "digits are an account, a GUID a subscription, an address or block a network, "
     "anything else a project), or says it: project:acme-prod.\n"
     "For a kind without a declaration, own are those whose logs are loaded; `own "
     "list` says which they are.",
     OPTIONS(OPTION_CASE, OPTION_ANALYST, OPTION_HELP), false, command_own},
    {"info", "", "sources, coverage, rejects, versions and paths",
     "What the case holds and what it cannot show: accounts, regions and time span of "
     "its logs, and every file with what went wrong in it.",
     OPTIONS(OPTION_CASE, OPTION_DIGESTS, OPTION_EXIT_CODE, OPTION_HELP), false,
     command_info},
    {"journal", "", "who did what to this case",
     "Every approval, declaration, merge and relocation, with what was before and "
     "after. "
     "Cases that were merged keep a chain of their own.",
     OPTIONS(OPTION_CASE, OPTION_FORMAT, OPTION_VERIFY, OPTION_HELP), false,
     command_journal},
    {"relocate", "OLD NEW", "where moved sources are now",
     "OLD is a file or a folder as `info` names it. Each file is looked for at NEW and "
     "compared with what was read; one that is not there, or differs, stays as it is.",
     OPTIONS(OPTION_CASE, OPTION_ANALYST, OPTION_HELP), false, command_relocate},
    {"sql", "'SELECT ...'", "read-only SQL on the case",
     "The table `event` has all events; `operation` and `record` have the hits. "
     "Nothing can be changed from here.",
     OPTIONS(OPTION_CASE, OPTION_FORMAT, OPTION_HELP), false, command_sql},
};
const size_t command_count = sizeof commands / sizeof commands[0];

static const struct option_info options[] = {
#define X(identifier, letter, name, argument, help) {letter, name, argument, help},
    COMMAND_OPTIONS(X)
#undef X
};

struct option_info option_info(unsigned option)
{
    if (option < OPTION_SELECTOR)
        return options[option];
    enum approval_selector selector =
        (enum approval_selector)(option - OPTION_SELECTOR);
    return (struct option_info){0, approval_selector_name(selector), "GLOB",
                                "selects operations of this value"};
}

bool command_takes(const struct command *command, unsigned option)
{
    if (option >= OPTION_SELECTOR)
        return command->selectors;
    for (size_t i = 0; i < command->option_count; i++) {
        if (command->options[i] == option)
            return true;
    }
    return false;
}

const struct command *command_find(struct slice name)
{
    for (size_t i = 0; i < command_count; i++) {
        if (slice_equal(slice_from(commands[i].name), name))
            return &commands[i];
    }
    return NULL;
}

const struct command *command_nearest(struct slice name)
{
    const struct command *nearest = &commands[0];
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < command_count; i++) {
        size_t distance = slice_distance(slice_from(commands[i].name), name);
        if (distance < least) {
            least = distance;
            nearest = &commands[i];
        }
    }
    return nearest;
}
