#include "config.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "core/operation.h"
#include "core/timestamp.h"

/* ---- identity ---- */

/* Every part with its length before it, so that no two lists give one text. */
static bool digest_part(EVP_MD_CTX *context, struct slice part)
{
    unsigned char length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)((uint64_t)part.length >> (8 * i));
    return EVP_DigestUpdate(context, length, sizeof(length)) &&
           (!part.length || EVP_DigestUpdate(context, part.data, part.length));
}

static bool digest_parts(const struct slice *parts, size_t count,
                         unsigned char digest[EVP_MAX_MD_SIZE])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    for (size_t i = 0; done && i < count; i++)
        done = digest_part(context, parts[i]);
    done = done && EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    return done;
}

void operation_id(const struct event *event, struct slice raw,
                  char out[OPERATION_ID_LENGTH + 1])
{
    static const char hex[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    char written[TIMESTAMP_TEXT_MAX];
    struct slice parts[5] = {slice_from(provider_name(event->provider))};
    size_t count = 2;

    if (event->merge_key.length) {
        /* A record that merges by its event id has that id, whichever field held
         * it in its export. */
        parts[1] = event->merge_key;
    } else if (event->text[FIELD_EVENT_ID].length) {
        parts[1] = event->text[FIELD_EVENT_ID];
    } else {
        struct slice stamp = event->text[FIELD_TIME_TEXT];
        if (!stamp.length)
            stamp = (struct slice){written, timestamp_format(event->time_us, written)};
        parts[1] = event->text[FIELD_ACCOUNT];
        parts[2] = stamp;
        parts[3] = raw.length ? raw : event->text[FIELD_OPERATION];
        count = 4;
    }
    out[0] = '\0';
    if (!digest_parts(parts, count, digest))
        return;
    for (int i = 0; i < OPERATION_ID_LENGTH / 2; i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 15];
    }
    out[OPERATION_ID_LENGTH] = '\0';
}

/* ---- order ---- */

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Undated records come last: they cannot say when the act began.  The key of the
 * evidence makes the order total; the rest of the text decides where even that is
 * missing. */
static int compare_records(const void *left, const void *right)
{
    const struct operation_record *a = left, *b = right;
    int64_t a_time = a->event.time_us == EVENT_TIME_NONE ? INT64_MAX : a->event.time_us;
    int64_t b_time = b->event.time_us == EVENT_TIME_NONE ? INT64_MAX : b->event.time_us;
    int order = compare_numbers(a_time, b_time);
    if (!order)
        order = compare_numbers(a->event.phase, b->event.phase);
    if (!order)
        order = slice_compare(a->evidence_key, b->evidence_key);
    for (int i = 0; !order && i < EVENT_FIELD_COUNT; i++)
        order = slice_compare(a->event.text[i], b->event.text[i]);
    return order;
}

/* ---- counting ---- */

enum { MILLISECOND_US = 1000, SECOND_US = 1000000 };

/* Exports cut times off: Windows PowerShell to milliseconds, a culture's stamp to
 * seconds. */
static bool is_same_time(int64_t a, int64_t b)
{
    int64_t later = a > b ? a : b, earlier = a > b ? b : a;
    if (a == b || earlier == EVENT_TIME_NONE)
        return a == b;
    return later - later % MILLISECOND_US == earlier ||
           later - later % SECOND_US == earlier;
}

/*
 * Two exports of one record: the same event id, or, where one of them carries
 * none, the same phase, time, outcome and operation.
 */
static bool is_same_record(const struct event *a, const struct event *b)
{
    struct slice a_id = a->text[FIELD_EVENT_ID], b_id = b->text[FIELD_EVENT_ID];
    if (a_id.length && b_id.length)
        return slice_equal(a_id, b_id);
    if (provider_is_device(a->provider) &&
        !slice_equal(a->text[FIELD_SERVICE], b->text[FIELD_SERVICE]))
        return false; /* two logs of the device */
    return is_same_time(a->time_us, b->time_us) && a->phase == b->phase &&
           a->outcome == b->outcome &&
           slice_equal_nocase(a->text[FIELD_OPERATION], b->text[FIELD_OPERATION]);
}

/* Undated records come last; their times are equal. */
static bool is_within_a_second(int64_t earlier, int64_t later)
{
    if (earlier == EVENT_TIME_NONE || later == EVENT_TIME_NONE)
        return earlier == later;
    return later - earlier < SECOND_US;
}

/* Copies have times less than a second apart, so each record is sought among those
 * just before it. */
static size_t count_distinct(const struct operation_record *records, size_t count)
{
    size_t distinct = 0, near = 0;
    for (size_t i = 0; i < count; i++) {
        while (
            !is_within_a_second(records[near].event.time_us, records[i].event.time_us))
            near++;
        size_t j = near;
        while (j < i && !is_same_record(&records[j].event, &records[i].event))
            j++;
        if (j == i)
            distinct++;
    }
    return distinct;
}

/* ---- the result ---- */

static int outcome_rank(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_DENIED: /* a failure whose reason is known */
        return 5;
    case OUTCOME_FAILURE:
        return 4;
    case OUTCOME_DRY_RUN:
        return 3;
    case OUTCOME_SUCCESS:
        return 2;
    case OUTCOME_PENDING:
        return 1;
    default:
        return 0;
    }
}

/* What is settled outdoes what is pending; then the last phase outdoes the first
 * (GCP accepts with the first entry and may fail with the last); then an attempt
 * outdoes a success, since a mirror must be proven. */
static int result_rank(const struct operation_result *result)
{
    bool settled = outcome_rank(result->outcome) >= outcome_rank(OUTCOME_SUCCESS);
    bool final = result->phase == PHASE_SINGLE || result->phase == PHASE_LAST;
    return (settled && final ? 50 : 0) + outcome_rank(result->outcome);
}

/*
 * Azure tries again under one correlation id: two ends at two times are two tries, and
 * one that failed must not hide the mirror that the other made.
 */
static bool is_another_try(const struct operation_result *a,
                           const struct operation_result *b)
{
    return a->phase == PHASE_LAST && b->phase == PHASE_LAST &&
           a->time_us != EVENT_TIME_NONE && b->time_us != EVENT_TIME_NONE &&
           a->time_us != b->time_us;
}

bool operation_result_outdoes(const struct operation_result *result,
                              const struct operation_result *decided)
{
    bool succeeded = result->outcome == OUTCOME_SUCCESS;
    if (is_another_try(result, decided) &&
        (succeeded ? outcome_is_attempt(decided->outcome)
                   : decided->outcome == OUTCOME_SUCCESS))
        return succeeded;
    return result_rank(result) > result_rank(decided);
}

static bool outdoes(const struct event *event, const struct event *final)
{
    return operation_result_outdoes(
        &(struct operation_result){event->outcome, event->phase, event->time_us},
        &(struct operation_result){final->outcome, final->phase, final->time_us});
}

static void fold_result(const struct operation_record *records, size_t count,
                        struct event *out)
{
    const struct event *final = &records[0].event;
    for (size_t i = 1; i < count; i++) {
        if (outdoes(&records[i].event, final))
            final = &records[i].event;
    }
    out->outcome = final->outcome;
    out->phase = final->phase;
    out->text[FIELD_ERROR_CODE] = final->text[FIELD_ERROR_CODE];
    for (size_t i = 0; i < count && outcome_is_attempt(out->outcome) &&
                       !out->text[FIELD_ERROR_CODE].length;
         i++)
        out->text[FIELD_ERROR_CODE] = records[i].event.text[FIELD_ERROR_CODE];
}

/* ---- what the rules said ---- */

static int compare_slices(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Lists joined by ';' into one: ascending, each word once. */
static struct slice join_lists(const struct slice *lists, size_t count,
                               struct arena *arena)
{
    enum { WORDS = LIMIT_RULES };
    struct slice *words = arena_alloc(arena, WORDS * sizeof(*words));
    struct slice *parts = arena_alloc(arena, 2 * WORDS * sizeof(*parts));
    size_t used = 0, part_count = 0;
    if (!words || !parts)
        return SLICE_NONE;
    for (size_t i = 0; i < count; i++) {
        struct slice rest = lists[i];
        while (slice_present(rest)) {
            struct slice word = slice_cut(&rest, ';');
            size_t known = 0;
            while (known < used && !slice_equal(words[known], word))
                known++;
            if (word.length && known == used && used < WORDS)
                words[used++] = word;
        }
    }
    if (!used)
        return SLICE_NONE;
    qsort(words, used, sizeof(*words), compare_slices);
    for (size_t i = 0; i < used; i++) {
        if (i)
            parts[part_count++] = SLICE(";");
        parts[part_count++] = words[i];
    }
    return arena_join(arena, parts, part_count);
}

/* The same list in all records, as nearly always, needs no work. */
static struct slice fold_list(const struct operation_record *records, size_t count,
                              size_t offset, struct arena *arena)
{
    struct slice *lists = arena_alloc(arena, count * sizeof(*lists));
    bool alike = true;
    if (!lists)
        return SLICE_NONE;
    for (size_t i = 0; i < count; i++) {
        memcpy(&lists[i], (const char *)&records[i] + offset, sizeof(*lists));
        alike = alike && slice_equal(lists[i], lists[0]);
    }
    return alike ? lists[0] : join_lists(lists, count, arena);
}

static void fold_rules(const struct operation_record *records, size_t count,
                       struct arena *arena, struct operation *out)
{
    const struct operation_record *teller = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct operation_record *record = &records[i];
        if (record->severity > out->severity)
            out->severity = record->severity;
        if (record->confidence > out->confidence)
            out->confidence = record->confidence;
        if (record->lifecycle != LIFECYCLE_NONE &&
            (!teller || record->severity > teller->severity))
            teller = record;
    }
    out->lifecycle = teller ? teller->lifecycle : LIFECYCLE_NONE;
    out->rules =
        fold_list(records, count, offsetof(struct operation_record, rules), arena);
    out->technique =
        fold_list(records, count, offsetof(struct operation_record, technique), arena);
}

/* The result refines an upsert: Created is new; what was switched off was there. */
static enum lifecycle refine_lifecycle(enum lifecycle lifecycle,
                                       const struct event *event)
{
    if (lifecycle != LIFECYCLE_CREATION_MODIFICATION)
        return lifecycle;
    if (event->says_created)
        return LIFECYCLE_CREATION;
    return event->switched_off ? LIFECYCLE_MODIFICATION : lifecycle;
}

/* ---- the fold ---- */

static void fold_fields(const struct operation_record *records, size_t count,
                        struct event *out)
{
    for (size_t i = 1; i < count; i++) {
        const struct event *event = &records[i].event;
        for (int field = 0; field < EVENT_FIELD_COUNT; field++) {
            /* The stamp belongs to the time, which is the first record's. */
            if (field != FIELD_TIME_TEXT && !out->text[field].length)
                out->text[field] = event->text[field];
        }
        if (!out->merge_key.length)
            out->merge_key = event->merge_key;
        out->says_created = out->says_created || event->says_created;
        out->switched_off = out->switched_off || event->switched_off;
    }
}

void operation_fold(struct operation_record *records, size_t count, struct arena *arena,
                    struct operation *out)
{
    qsort(records, count, sizeof(*records), compare_records);
    *out = (struct operation){.event = records[0].event};
    fold_fields(records, count, &out->event);
    fold_result(records, count, &out->event);
    fold_rules(records, count, arena, out);
    out->lifecycle = refine_lifecycle(out->lifecycle, &out->event);
    out->records = count_distinct(records, count);
}
