#include "config.h"

#include "core/rule.h"

/*
 * A rule file, a NUL, an operation, a NUL, a raw record.  Any bytes either make a
 * rule set or an error with a message; a rule set judges any event, and a verdict
 * with the raw record is never unknown.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct slice cut(struct slice *rest)
{
    struct slice part = slice_cut(rest, '\0');
    return slice_present(part) ? part : SLICE("");
}

static void judge(const struct rule_set *set, const struct event *event,
                  struct slice raw)
{
    struct rule_match match = {0};
    struct detector *detector = detector_new(set);
    if (!detector)
        return;
    for (int pass = 0; pass < 2; pass++) {
        enum truth without = detector_check(detector, event, SLICE_NONE, &match);
        enum truth with = detector_check(detector, event, raw, &match);
        if (with == TRUTH_UNKNOWN || (without != TRUTH_UNKNOWN && without != with) ||
            match.count > LIMIT_RULES_PER_EVENT)
            __builtin_trap();
    }
    detector_free(detector);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {(const char *)data, size};
    struct rule_source source = {SLICE("fuzz.yml"), cut(&rest)};
    struct error error = {0};
    struct rule_set *set = rule_set_new(&source, 1, &error);
    if (!set) {
        if (error.code == ERROR_NONE || !error.message[0])
            __builtin_trap();
        return 0;
    }
    struct event event;
    event_clear(&event);
    event.text[FIELD_OPERATION] = cut(&rest);
    struct slice raw = cut(&rest);
    event.provider = (enum provider)(size % PROVIDER_COUNT);
    judge(set, &event, raw);
    rule_set_free(set);
    return 0;
}
