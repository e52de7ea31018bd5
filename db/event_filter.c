#include "config.h"

#include "db/event_filter.h"

#include <stdlib.h>

#include "core/glob.h"
#include "core/timestamp.h"

/* What is known of a value: calloc makes it VERDICT_OPEN. */
enum verdict { VERDICT_OPEN, VERDICT_NO, VERDICT_YES };

/* The answers of one term about one text column. */
struct term_column {
    int field;
    uint8_t *verdicts; /* by code of the dictionary */
    uint32_t room;
};

struct term {
    const struct filter_term *asked;
    struct term_column *columns; /* of the fields that it looks at */
    size_t column_count;
};

struct event_filter {
    struct term *terms;
    size_t term_count;
    bool found[SEGMENT_EVENTS];
};

/* --- which columns --------------------------------------------------------------- */

int event_filter_column(enum filter_key key)
{
    static const struct {
        enum filter_key key;
        int column;
    } columns[] = {
        {FILTER_ACTOR, COLUMN_TEXT + FIELD_ACTOR},
        {FILTER_ACTOR_TYPE, COLUMN_TEXT + FIELD_ACTOR_TYPE},
        {FILTER_ACTOR_ID, COLUMN_TEXT + FIELD_ACTOR_ID},
        {FILTER_SESSION_ISSUER, COLUMN_TEXT + FIELD_SESSION_ISSUER},
        {FILTER_CREDENTIAL, COLUMN_TEXT + FIELD_CREDENTIAL},
        {FILTER_VIA, COLUMN_TEXT + FIELD_VIA},
        {FILTER_IP, COLUMN_TEXT + FIELD_SOURCE_IP},
        {FILTER_USER_AGENT, COLUMN_TEXT + FIELD_USER_AGENT},
        {FILTER_FORM, COLUMN_TEXT + FIELD_FORM},
        {FILTER_OPERATION, COLUMN_TEXT + FIELD_OPERATION},
        {FILTER_SERVICE, COLUMN_TEXT + FIELD_SERVICE},
        {FILTER_ERROR, COLUMN_TEXT + FIELD_ERROR_CODE},
        {FILTER_ACCOUNT, COLUMN_TEXT + FIELD_ACCOUNT},
        {FILTER_REGION, COLUMN_TEXT + FIELD_REGION},
        {FILTER_RESOURCE_GROUP, COLUMN_TEXT + FIELD_RESOURCE_GROUP},
        {FILTER_RESOURCE, COLUMN_TEXT + FIELD_RESOURCE},
        {FILTER_PROVIDER, COLUMN_PROVIDER},
        {FILTER_OUTCOME, COLUMN_OUTCOME},
        {FILTER_LIFECYCLE, COLUMN_LIFECYCLE},
        {FILTER_SINCE, COLUMN_TIME},
        {FILTER_UNTIL, COLUMN_TIME},
    };
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (columns[i].key == key)
            return columns[i].column;
    return -1;
}

/* Free text looks at what a log says: not at yes and no, nor at names of ours. */
static bool is_searched(int field)
{
    return field != FIELD_MFA && field != FIELD_ISSUED;
}

static int add_columns(struct term *term, struct error *error)
{
    int column = event_filter_column(term->asked->key);
    int first = column - COLUMN_TEXT, last = first;
    if (term->asked->key == FILTER_TEXT) {
        first = 0;
        last = TEXT_COLUMN_COUNT - 1;
    } else if (column < 0) {
        return error_set_at(error, ERROR_UNSUPPORTED, term->asked->column,
                            "`%s` is known of hits only",
                            filter_key_name(term->asked->key));
    } else if (column < COLUMN_TEXT) {
        return 0;
    }
    term->columns = calloc((size_t)(last - first + 1), sizeof *term->columns);
    if (!term->columns)
        return error_set(error, ERROR_MEMORY, "no memory for the filter");
    for (int field = first; field <= last; field++)
        if (first == last || is_searched(field))
            term->columns[term->column_count++].field = field;
    return 0;
}

/* --- life ------------------------------------------------------------------------ */

int event_filter_new(const struct filter *filter, struct event_filter **out,
                     struct error *error)
{
    struct event_filter *made = calloc(1, sizeof *made);
    size_t count = filter ? filter->term_count : 0;
    *out = made;
    if (made)
        made->terms = calloc(count + 1, sizeof *made->terms);
    if (!made || !made->terms)
        return error_set(error, ERROR_MEMORY, "no memory for the filter");
    for (size_t i = 0; i < count; i++) {
        struct term *term = &made->terms[made->term_count++];
        term->asked = &filter->terms[i];
        if (add_columns(term, error))
            return -1;
    }
    return 0;
}

void event_filter_free(struct event_filter *filter)
{
    if (!filter)
        return;
    for (size_t i = 0; i < filter->term_count; i++) {
        struct term *term = &filter->terms[i];
        for (size_t j = 0; j < term->column_count; j++)
            free(term->columns[j].verdicts);
        free(term->columns);
    }
    free(filter->terms);
    free(filter);
}

void event_filter_span(const struct event_filter *filter, int64_t *from_us,
                       int64_t *until_us)
{
    *from_us = INT64_MIN;
    *until_us = INT64_MAX;
    for (size_t i = 0; i < filter->term_count; i++) {
        const struct filter_term *term = filter->terms[i].asked;
        if (term->negated || term->value_count != 1)
            continue;
        int64_t time_us = term->values[0].time_us;
        if (term->key == FILTER_SINCE && time_us > *from_us)
            *from_us = time_us;
        if (term->key == FILTER_UNTIL && time_us < *until_us)
            *until_us = time_us;
    }
}

/* --- numbers --------------------------------------------------------------------- */

static bool number_matches(const struct filter_term *term, int64_t number)
{
    for (size_t i = 0; i < term->value_count; i++) {
        const struct filter_value *value = &term->values[i];
        bool matches = term->key == FILTER_SINCE   ? number >= value->time_us
                       : term->key == FILTER_UNTIL ? number <= value->time_us
                                                   : number == value->number;
        if (matches)
            return true;
    }
    return false;
}

static int find_numbers(const struct term *term, struct event_scan *scan, bool *found,
                        struct error *error)
{
    const struct segment_values *values;
    enum segment_column column =
        (enum segment_column)event_filter_column(term->asked->key);
    if (event_scan_column(scan, column, &values, error))
        return -1;
    for (uint32_t i = 0; i < scan->segment.count; i++)
        found[i] = (column != COLUMN_TIME || values->numbers[i] != EVENT_TIME_NONE) &&
                   number_matches(term->asked, values->numbers[i]);
    return 0;
}

/* --- texts ----------------------------------------------------------------------- */

static bool text_matches(const struct filter_term *term, struct slice text)
{
    struct address address;
    bool by_address = filter_key_kind(term->key) == FILTER_ADDRESS_KIND;
    if (by_address && !address_parse(text, &address))
        return false;
    for (size_t i = 0; i < term->value_count; i++) {
        const struct filter_value *value = &term->values[i];
        bool matches = by_address ? address_in_block(&address, &value->block)
                       : term->compare == FILTER_CONTAINS
                           ? slice_find_nocase(text, value->text) >= 0
                           : glob_match(value->text, text);
        if (matches)
            return true;
    }
    return false;
}

static bool grow_verdicts(struct term_column *column, uint32_t count)
{
    if (count < column->room)
        return true;
    uint32_t room = count + 1024;
    uint8_t *verdicts = realloc(column->verdicts, room);
    if (!verdicts)
        return false;
    memset(verdicts + column->room, VERDICT_OPEN, room - column->room);
    column->verdicts = verdicts;
    column->room = room;
    return true;
}

/* A time that the log writes as we do is kept as a number alone. */
static bool time_matches(const struct filter_term *term, int64_t time_us)
{
    char text[TIMESTAMP_TEXT_MAX];
    return time_us != EVENT_TIME_NONE &&
           text_matches(term, (struct slice){text, timestamp_format(time_us, text)});
}

static int find_printed_times(const struct term *term,
                              const struct segment_values *texts,
                              struct event_scan *scan, bool *found, struct error *error)
{
    const struct segment_values *times;
    if (event_scan_column(scan, COLUMN_TIME, &times, error))
        return -1;
    for (uint32_t i = 0; i < scan->segment.count; i++)
        found[i] = found[i] ||
                   (!texts->codes[i] && time_matches(term->asked, times->numbers[i]));
    return 0;
}

/* Stamps hold no other bytes: most words are no part of any. */
static bool may_match_stamp(const struct filter_term *term)
{
    static const char bytes[] = "0123456789-:.TtZz*";
    for (size_t i = 0; i < term->value_count; i++) {
        struct slice text = term->values[i].text;
        size_t known = 0;
        while (known < text.length && strchr(bytes, text.data[known]))
            known++;
        if (known == text.length)
            return true;
    }
    return false;
}

static int find_texts(const struct term *term, struct term_column *column,
                      struct event_scan *scan, bool *found, struct error *error)
{
    const struct segment_values *values;
    const struct dictionary *dictionary;
    if (event_scan_field(scan, column->field, &values, error) ||
        segment_reader_dictionary(&scan->reader, column->field, &dictionary, error))
        return -1;
    if (!grow_verdicts(column, LIMIT_DICTIONARY_VALUES + 1 + values->own_count))
        return error_set(error, ERROR_MEMORY, "no memory for the filter");
    /* Own values are this segment's alone. */
    memset(column->verdicts + LIMIT_DICTIONARY_VALUES + 1, VERDICT_OPEN,
           values->own_count);
    for (uint32_t i = 0; i < scan->segment.count; i++) {
        uint32_t code = values->codes[i];
        if (!code || found[i])
            continue;
        if (column->verdicts[code] == VERDICT_OPEN) {
            bool own = code > LIMIT_DICTIONARY_VALUES;
            if (!own && code > dictionary->count)
                return error_set(error, ERROR_CASE, "a code has no value");
            struct slice text = own ? values->own[code - LIMIT_DICTIONARY_VALUES - 1]
                                    : dictionary->values[code - 1];
            column->verdicts[code] =
                text_matches(term->asked, text) ? VERDICT_YES : VERDICT_NO;
        }
        found[i] = column->verdicts[code] == VERDICT_YES;
    }
    if (column->field == FIELD_TIME_TEXT && may_match_stamp(term->asked))
        return find_printed_times(term, values, scan, found, error);
    return 0;
}

/* --- a segment ------------------------------------------------------------------- */

static int find_term(struct term *term, struct event_scan *scan, bool *found,
                     struct error *error)
{
    memset(found, 0, scan->segment.count * sizeof *found);
    if (!term->column_count)
        return find_numbers(term, scan, found, error);
    for (size_t i = 0; i < term->column_count; i++)
        if (find_texts(term, &term->columns[i], scan, found, error))
            return -1;
    return 0;
}

static int keep_single(struct event_scan *scan, bool *keep, struct error *error)
{
    const struct segment_values *sources;
    uint32_t count = scan->segment.count;
    memset(keep, true, count * sizeof *keep);
    if (!scan->doubled.count)
        return 0;
    if (event_scan_column(scan, COLUMN_SOURCE, &sources, error))
        return -1;
    for (uint32_t i = 0; i < count; i++)
        keep[i] = !doubled_has(&scan->doubled, sources->numbers[i]);
    return 0;
}

int event_filter_apply(struct event_filter *filter, struct event_scan *scan, bool *keep,
                       struct error *error)
{
    if (keep_single(scan, keep, error))
        return -1;
    for (size_t t = 0; t < filter->term_count; t++) {
        struct term *term = &filter->terms[t];
        if (find_term(term, scan, filter->found, error))
            return -1;
        for (uint32_t i = 0; i < scan->segment.count; i++)
            keep[i] = keep[i] && filter->found[i] != term->asked->negated;
    }
    return 0;
}
