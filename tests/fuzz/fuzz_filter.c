/* Any text as a filter: its terms are in bounds, or the error has a column in the text.
 */
#include "config.h"

#include <stdlib.h>

#include "core/filter.h"
#include "core/glob.h"
#include "core/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_value(const struct filter_term *term,
                        const struct filter_value *value)
{
    require(value->text.length > 0);
    require(value->text.data[value->text.length] == '\0');
    switch (filter_key_kind(term->key)) {
    case FILTER_NAME_KIND:
        require(value->number >= 0 && value->number < PROVIDER_COUNT);
        break;
    case FILTER_YES_NO_KIND:
        require(value->number == 0 || value->number == 1);
        break;
    case FILTER_ADDRESS_KIND:
        require(value->block.prefix <= 128 && term->compare == FILTER_EQUALS);
        break;
    case FILTER_TIME_KIND:
        require(value->time_us != EVENT_TIME_NONE);
        break;
    case FILTER_TEXT_KIND:
        break;
    }
}

static void check_filter(const struct filter *filter, struct slice text)
{
    require(filter->term_count <= LIMIT_FILTER_TERMS);
    for (size_t i = 0; i < filter->term_count; i++) {
        const struct filter_term *term = &filter->terms[i];
        require(term->key < FILTER_KEY_COUNT && term->column <= text.length);
        require(term->value_count > 0 && term->value_count <= LIMIT_FILTER_TERMS);
        for (size_t j = 0; j < term->value_count; j++) {
            check_value(term, &term->values[j]);
            /* terminates; a text without stars is its own pattern */
            bool same = glob_match(term->values[j].text, term->values[j].text);
            require(same || slice_index(term->values[j].text, '*') >= 0);
            glob_match(term->values[j].text, text);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct filter filter;
    struct error error = {0};
    struct slice text = {(const char *)data, size};
    int64_t last = size & 1 ? INT64_C(1774008000000000) : EVENT_TIME_NONE;
    arena_init(&arena);
    if (!filter_parse(&filter, &arena, text, last, &error))
        check_filter(&filter, text);
    else
        require(error.message[0] && error.column > 0 && error.column <= size + 1);
    arena_fini(&arena);
    return 0;
}
