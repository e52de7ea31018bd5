/* Any text as a stamp: what is taken lies in the years that the parsers know, within
 * the text, and reads back as it is printed. */
#include "config.h"

#include <stdlib.h>

#include "core/timestamp.h"

/* A day more than 9999-12-31, for zones; and a day less than 1970. */
#define LATEST_US INT64_C(253402387200000000)
#define EARLIEST_US INT64_C(-86400000000)
/* Stamps with a four-digit year, which alone read back. */
#define LAST_PRINTED_US INT64_C(253402300800000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check(int status, const struct time_value *value)
{
    char text[TIMESTAMP_TEXT_MAX];
    struct time_value again;
    if (status || value->us == EVENT_TIME_NONE) {
        require(status || value->quality == TIME_UPTIME_ONLY);
        return;
    }
    require(value->us >= EARLIEST_US && value->us < LATEST_US);
    size_t length = timestamp_format(value->us, text);
    require(length < TIMESTAMP_TEXT_MAX && !text[length]);
    if (value->us < 0 || value->us >= LAST_PRINTED_US)
        return;
    require(!timestamp_iso((struct slice){text, length}, &again));
    require(again.us == value->us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct time_hint hint = {.year = data[0] & 1 ? 2026 : 0,
                             .newest_us = data[0] & 2 ? INT64_C(1774008000000000)
                                                      : EVENT_TIME_NONE,
                             .offset_minutes = data[0] & 4 ? -300 : 0,
                             .offset_given = (data[0] & 8) != 0};
    struct slice text = {(const char *)data + 1, size - 1};
    struct time_value value = {0};
    struct error error = {0};
    size_t used = 0;
    int64_t us;
    check(timestamp_iso(text, &value), &value);
    check(timestamp_epoch(text, &value), &value);
    check(timestamp_any(text, &hint, &value), &value);
    int status = timestamp_device(text, &hint, &value, &used);
    check(status, &value);
    require(status || (used > 0 && used <= text.length));
    status = timestamp_user(text, INT64_C(1774008000000000), &us, &error);
    require(status ? error.message[0] != '\0' : us != EVENT_TIME_NONE);
    return 0;
}
