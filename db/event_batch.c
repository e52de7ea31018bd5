#include "config.h"

#include "db/event_batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "core/timestamp.h"

enum {
    CHUNK_BYTES = 1024 * 1024,      /* of embedded input */
    TABLE_KEPT_BYTES = 1024 * 1024, /* a cleared table keeps a buffer of this size */
    ARENA_KEPT_BYTES = 1024 * 1024,
};

static const int64_t day_us = INT64_C(86400) * 1000000;

struct event_batch *event_batch_new(void)
{
    struct event_batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        return NULL;
    uint64_t seeds[TEXT_COLUMNS];
    batch->packer = packer_new();
    if (!batch->packer || getrandom(seeds, sizeof seeds, 0) != (ssize_t)sizeof seeds) {
        packer_free(batch->packer);
        free(batch);
        return NULL;
    }
    for (int i = 0; i < TEXT_COLUMNS; i++)
        value_table_init(&batch->columns[i].values, seeds[i], LIMIT_DICTIONARY_VALUES,
                         LIMIT_DICTIONARY_BYTES);
    batch->day = INT64_MIN;
    arena_init(&batch->arena);
    event_batch_reset(batch);
    return batch;
}

void event_batch_free(struct event_batch *batch)
{
    if (!batch)
        return;
    for (int i = 0; i < TEXT_COLUMNS; i++) {
        value_table_fini(&batch->columns[i].values);
        free(batch->columns[i].mapped);
        free(batch->columns[i].own_code);
        free(batch->columns[i].own_segment);
    }
    arena_fini(&batch->arena);
    packer_free(batch->packer);
    free(batch);
}

bool event_batch_map_room(struct batch_column *column)
{
    uint32_t needed = column->values.count + 1, had = column->mapped_room;
    if (needed <= had)
        return true;
    uint32_t room = had ? had : 64;
    while (room < needed)
        room *= 2;
    uint32_t *mapped = realloc(column->mapped, room * sizeof *mapped);
    if (mapped)
        column->mapped = mapped;
    uint32_t *own_code = realloc(column->own_code, room * sizeof *own_code);
    if (own_code)
        column->own_code = own_code;
    int64_t *own_segment = realloc(column->own_segment, room * sizeof *own_segment);
    if (own_segment)
        column->own_segment = own_segment;
    if (!mapped || !own_code || !own_segment)
        return false;
    memset(mapped + had, 0, (room - had) * sizeof *mapped);
    memset(own_segment + had, 0, (room - had) * sizeof *own_segment);
    column->mapped_room = room;
    return true;
}

static void unmap(struct batch_column *column)
{
    if (!column->mapped_room)
        return;
    memset(column->mapped, 0, column->mapped_room * sizeof *column->mapped);
    memset(column->own_segment, 0, column->mapped_room * sizeof *column->own_segment);
}

void event_batch_unmap(struct event_batch *batch)
{
    for (int i = 0; i < TEXT_COLUMNS; i++)
        unmap(&batch->columns[i]);
}

static void forget_values(struct event_batch *batch, int field)
{
    struct batch_column *column = &batch->columns[field];
    batch->dictionary_bytes -= column->values.used;
    value_table_clear(&column->values, TABLE_KEPT_BYTES);
    unmap(column);
    column->last = 0;
}

void event_batch_reset(struct event_batch *batch)
{
    batch->count = 0;
    if (batch->columns[FIELD_TIME_TEXT].values.count)
        forget_values(batch, FIELD_TIME_TEXT);
    if (batch->bytes > ARENA_KEPT_BYTES)
        arena_fini(&batch->arena);
    else
        arena_reset(&batch->arena);
    batch->bytes = 0;
    batch->records = NULL;
    batch->last_record = &batch->records;
    batch->rejects = NULL;
    batch->last_reject = &batch->rejects;
    batch->chunks = NULL;
    batch->last_chunk = &batch->chunks;
    batch->facts = NULL;
    batch->last_fact = &batch->facts;
}

size_t event_batch_count(const struct event_batch *batch)
{
    return batch->count;
}

size_t event_batch_bytes(const struct event_batch *batch)
{
    return batch->bytes;
}

/* --- events ---------------------------------------------------------------- */

/* Without the half of a character that the limit would leave. */
static struct slice cut_text(struct slice text)
{
    if (text.length <= LIMIT_FIELD_BYTES)
        return text;
    size_t length = LIMIT_FIELD_BYTES;
    while (length > LIMIT_FIELD_BYTES - 4 &&
           ((unsigned char)text.data[length] & 0xc0) == 0x80)
        length--;
    return slice_first(text, length);
}

static bool two_digits(const char *at, int64_t value)
{
    return at[0] == (char)('0' + value / 10) && at[1] == (char)('0' + value % 10);
}

/*
 * Whether the log's own text is just how we print its time ("2026-03-14T02:11:09Z"):
 * then the time column tells it all, and 20 bytes an event are saved.
 */
static bool text_tells_time(struct event_batch *batch, int64_t time_us,
                            struct slice text)
{
    enum { LENGTH = 20, DAY_LENGTH = 11 };
    if (text.length != LENGTH || time_us % 1000000 || time_us == EVENT_TIME_NONE)
        return false;
    int64_t day = time_us / day_us - (time_us % day_us < 0);
    if (day != batch->day) {
        char printed[TIMESTAMP_TEXT_MAX];
        if (timestamp_format(time_us, printed) < DAY_LENGTH)
            return false;
        memcpy(batch->day_text, printed, DAY_LENGTH);
        batch->day = day;
    }
    int64_t second = (time_us - day * day_us) / 1000000;
    const char *at = text.data;
    return !memcmp(at, batch->day_text, DAY_LENGTH) &&
           two_digits(at + 11, second / 3600) && at[13] == ':' &&
           two_digits(at + 14, second / 60 % 60) && at[16] == ':' &&
           two_digits(at + 17, second % 60) && at[19] == 'Z';
}

/* A text that is not that of the event before: to be looked up. */
struct lookup {
    struct batch_column *column;
    struct slice text;
    uint32_t hash;
};

/* Neighbouring events mostly agree. Returns the number of texts that do not. */
static size_t compare_with_last(struct event_batch *batch, const struct event *event,
                                struct lookup lookups[TEXT_COLUMNS])
{
    size_t count = 0;
    for (int i = 0; i < TEXT_COLUMNS; i++) {
        struct batch_column *column = &batch->columns[i];
        struct slice text = event->text[i];
        if (i == FIELD_TIME_TEXT && text_tells_time(batch, event->time_us, text))
            text = SLICE_NONE;
        if (!slice_present(text)) {
            column->codes[batch->count] = 0;
        } else if (column->last &&
                   value_equal(value_table_get(&column->values, column->last), text)) {
            column->codes[batch->count] = column->last;
        } else {
            text = cut_text(text);
            uint32_t hash = value_table_hash(&column->values, text);
            value_table_fetch_slot(&column->values, hash);
            lookups[count++] = (struct lookup){column, text, hash};
        }
    }
    return count;
}

/* False where the dictionaries are full. */
static bool look_up(struct event_batch *batch, const struct lookup *lookup)
{
    struct value_table *values = &lookup->column->values;
    uint32_t before = values->used;
    if (batch->dictionary_bytes + lookup->text.length > BATCH_DICTIONARY_BYTES &&
        !value_table_find(values, lookup->text))
        return false;
    uint32_t code = value_table_add(values, lookup->text, lookup->hash);
    if (!code)
        return false;
    batch->dictionary_bytes += values->used - before;
    lookup->column->last = (uint16_t)code;
    lookup->column->codes[batch->count] = (uint16_t)code;
    return true;
}

/* False where the dictionaries are full. */
static bool add_texts(struct event_batch *batch, const struct event *event)
{
    struct lookup lookups[TEXT_COLUMNS];
    size_t count = compare_with_last(batch, event, lookups);
    for (size_t i = 0; i < count; i++)
        value_table_fetch_value(&lookups[i].column->values, lookups[i].hash);
    for (size_t i = 0; i < count; i++) {
        if (!look_up(batch, &lookups[i]))
            return false;
    }
    return true;
}

bool event_batch_add(struct event_batch *batch, const struct event *event,
                     enum lifecycle lifecycle, const struct record_place *place)
{
    uint32_t at = batch->count;
    if (at == BATCH_EVENTS)
        return false;
    if (!add_texts(batch, event)) {
        /* Only the events of this batch need what fills the dictionaries. */
        if (at)
            return false;
        for (int i = 0; i < TEXT_COLUMNS; i++)
            forget_values(batch, i);
        if (!add_texts(batch, event))
            return false;
    }
    batch->numbers[COLUMN_TIME][at] = event->time_us;
    batch->numbers[COLUMN_OFFSET][at] = (int64_t)place->offset;
    batch->numbers[COLUMN_LENGTH][at] = place->length;
    batch->numbers[COLUMN_LEAF][at] = place->leaf;
    batch->numbers[COLUMN_TIME_QUALITY][at] = event->time_quality;
    batch->numbers[COLUMN_PROVIDER][at] = event->provider;
    batch->numbers[COLUMN_OUTCOME][at] = event->outcome;
    batch->numbers[COLUMN_LIFECYCLE][at] = lifecycle;
    batch->count++;
    return true;
}

/* --- hits, rejects, chunks ------------------------------------------------------- */

/* A copy in the batch's arena; *failed where there is no memory. */
static struct slice keep(struct event_batch *batch, struct slice s, bool *failed)
{
    struct slice copy = arena_copy(&batch->arena, s);
    *failed = *failed || slice_present(copy) != slice_present(s);
    batch->bytes += s.length;
    return copy;
}

static void *keep_new(struct event_batch *batch, size_t size)
{
    void *memory = arena_alloc(&batch->arena, size);
    if (memory)
        memset(memory, 0, size);
    batch->bytes += size;
    return memory;
}

int event_batch_hit(struct event_batch *batch, const struct batch_hit *hit)
{
    struct batch_record *record = keep_new(batch, sizeof *record);
    if (!record)
        return -1;
    bool failed = false;
    record->hit = *hit;
    struct event *event = &record->hit.event;
    for (int i = 0; i < EVENT_FIELD_COUNT; i++)
        event->text[i] = keep(batch, cut_text(event->text[i]), &failed);
    event->merge_key = keep(batch, event->merge_key, &failed);
    record->hit.raw = keep(batch, hit->raw, &failed);
    record->hit.rules = keep(batch, hit->rules, &failed);
    record->hit.technique = keep(batch, hit->technique, &failed);
    record->form_chain = keep(batch, slice_from(hit->form_chain), &failed);
    record->hit.form_chain = record->form_chain.data;
    if (failed)
        return -1;
    *batch->last_record = record;
    batch->last_record = &record->next;
    return 0;
}

int event_batch_reject(struct event_batch *batch, enum reject_kind kind,
                       uint64_t offset, uint64_t length, const char *reason,
                       struct slice bytes)
{
    struct batch_reject *reject = keep_new(batch, sizeof *reject);
    if (!reject)
        return -1;
    bool failed = false;
    reject->kind = kind;
    reject->offset = offset;
    reject->length = length;
    reject->reason = keep(batch, slice_from(reason), &failed);
    reject->bytes = keep(batch, slice_first(bytes, LIMIT_REJECT_BYTES), &failed);
    if (failed)
        return -1;
    *batch->last_reject = reject;
    batch->last_reject = &reject->next;
    return 0;
}

static int add_chunk(struct event_batch *batch, struct batch_chunk like,
                     struct slice bytes)
{
    struct batch_chunk *chunk = keep_new(batch, sizeof *chunk);
    if (!chunk)
        return -1;
    *chunk = like;
    chunk->data = pack_always(batch->packer, bytes, &batch->arena);
    if (!slice_present(chunk->data))
        return -1;
    batch->bytes += chunk->data.length;
    *batch->last_chunk = chunk;
    batch->last_chunk = &chunk->next;
    return 0;
}

int event_batch_embed(struct event_batch *batch, uint64_t offset, struct slice bytes)
{
    while (bytes.length) {
        struct slice part = slice_first(bytes, CHUNK_BYTES);
        struct batch_chunk chunk = {.offset = offset, .number = part.length};
        if (add_chunk(batch, chunk, part))
            return -1;
        offset += part.length;
        bytes = slice_skip(bytes, part.length);
    }
    return 0;
}

int event_batch_point(struct event_batch *batch, const struct access_point *point)
{
    struct batch_chunk chunk = {
        .is_point = true, .offset = point->offset, .number = point->bit};
    return add_chunk(batch, chunk, (struct slice){point->window, ACCESS_WINDOW_BYTES});
}
