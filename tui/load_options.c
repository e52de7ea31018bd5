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
    return 0;
}
