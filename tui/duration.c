#include "config.h"

#include "tui/duration.h"

#include <stdio.h>

void duration_text(int64_t span_us, char out[DURATION_MAX])
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    enum { UNITS = sizeof units / sizeof units[0] };
    int64_t seconds = span_us / 1000000;
    size_t unit = 0;
    while (unit < UNITS - 1 && seconds < units[unit].seconds)
        unit++;
    int used = snprintf(out, DURATION_MAX, "%lld %s",
                        (long long)(seconds / units[unit].seconds), units[unit].name);
    int64_t rest = seconds % units[unit].seconds;
    if (unit + 1 < UNITS && rest >= units[unit + 1].seconds)
        snprintf(out + used, DURATION_MAX - (size_t)used, " %lld %s",
                 (long long)(rest / units[unit + 1].seconds), units[unit + 1].name);
}
