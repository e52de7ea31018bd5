#include "config.h"

#include "tui/load_options.h"

#include <stdlib.h>

static int parse_number(const char *text, long least, long most, long *out)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end || number < least || number > most)
        return -1;
    *out = number;
    return 0;
}

static int parse_date_order(const char *text, enum date_order *out)
{
    *out = !strcmp(text, "dmy") ? DATE_ORDER_DAY_FIRST : DATE_ORDER_MONTH_FIRST;
    return *out == DATE_ORDER_DAY_FIRST || !strcmp(text, "mdy") ? 0 : -1;
}

/* "sw1=+05:30", "CST=+08:00": --device-tz, as often as it was given. */
static int take_zones(const struct invocation *invocation, struct arena *arena,
                      struct load_options *out)
{
    struct time_zone_name *zones =
        arena_alloc(arena, LIMIT_LOAD_ZONES * sizeof(*zones));
    for (size_t i = 0; i < invocation->given_count; i++) {
        struct slice rest = slice_from(invocation->given[i].value);
        if (invocation->given[i].option != OPTION_DEVICE_TZ)
            continue;
        ptrdiff_t equals = slice_rindex(rest, '=');
        struct slice name = slice_first(rest, equals < 0 ? 0 : (size_t)equals);
        int minutes = 0;
        if (!name.length || name.length > LIMIT_LOAD_ZONE_BYTES ||
            cli_parse_zone(rest.data + equals + 1, &minutes)) {
            cli_usage(invocation, "--device-tz takes a device or a zone's name and its "
                                  "zone, such as sw1=+02:00");
            return -1;
        }
        if (!zones || out->zone_count == LIMIT_LOAD_ZONES) {
            cli_usage(invocation, "--device-tz is given more than %d times",
                      LIMIT_LOAD_ZONES);
            return -1;
        }
        zones[out->zone_count++] = (struct time_zone_name){name, minutes};
    }
    out->zones = zones;
    return 0;
}

/* Where some exist, the others are told as sources that could not be read. */
static int check_paths(const struct invocation *invocation)
{
    size_t count = invocation->argument_count, missing = 0;
    while (missing < count && !cli_path_exists(invocation->arguments[missing]))
        missing++;
    if (!count || missing < count)
        return 0;
    cli_usage(invocation, "nothing to load: `%s`%s does not exist",
              invocation->arguments[0], count > 1 ? " or any other PATH" : "");
    return -1;
}

int load_options_from(const struct invocation *invocation, struct arena *arena,
                      const struct rule_set *rules, struct load_options *out)
{
    const char *const *values = invocation->values;
    struct analyst analyst = cli_analyst(invocation, arena);
    long number = 0;
    *out = (struct load_options){
        .no_hash = values[OPTION_NO_HASH] != NULL,
        .embed = values[OPTION_EMBED] != NULL,
        .follow = values[OPTION_FOLLOW] != NULL,
        .now_us = cli_now(),
        .analyst = analyst.name.data,
        .host = analyst.host.data,
        .rules = rules,
    };
    if (values[OPTION_WORKERS]) {
        if (parse_number(values[OPTION_WORKERS], 1, 64, &number)) {
            cli_usage(invocation, "--workers takes a number from 1 to 64");
            return -1;
        }
        out->workers = (unsigned)number;
    }
    if (values[OPTION_YEAR]) {
        if (parse_number(values[OPTION_YEAR], 1970, 2100, &number)) {
            cli_usage(invocation, "--year takes a year such as 2026");
            return -1;
        }
        out->year = (int)number;
    }
    if (values[OPTION_TZ]) {
        if (cli_parse_zone(values[OPTION_TZ], &out->offset_minutes)) {
            cli_usage(invocation, "--tz takes a zone such as +02:00");
            return -1;
        }
        out->offset_given = true;
    }
    if (values[OPTION_DATE_ORDER] &&
        parse_date_order(values[OPTION_DATE_ORDER], &out->date_order)) {
        cli_usage(invocation, "--date-order takes dmy or mdy");
        return -1;
    }
    return take_zones(invocation, arena, out) ? -1 : check_paths(invocation);
}
