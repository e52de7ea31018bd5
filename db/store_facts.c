#include "config.h"

#include "db/store_internal.h"

/* ---- from the batch to what is pending ---- */

static struct slice *record_texts(struct fact *fact, size_t at)
{
    struct slice *texts[] = {&fact->account, &fact->region, &fact->actor, &fact->act_id,
                             &fact->order};
    return at < sizeof texts / sizeof texts[0] ? texts[at] : NULL;
}

/* The fact with its texts in the arena; adds their bytes. */
static bool copy_fact(struct arena *arena, const struct fact *from, struct fact *out,
                      size_t *bytes)
{
    bool done = true;
    struct slice *text;
    *out = *from;
    for (size_t i = 0; (text = record_texts(out, i)); i++) {
        struct slice copy = arena_copy(arena, *text);
        done = done && slice_present(copy) == slice_present(*text);
        *bytes += text->length;
        *text = copy;
    }
    for (int i = 0; i < FACT_FIELD_COUNT; i++) {
        struct slice whole = slice_first(from->text[i], LIMIT_FIELD_BYTES);
        out->text[i] = arena_copy(arena, whole);
        done = done && slice_present(out->text[i]) == slice_present(whole);
        *bytes += whole.length;
    }
    return done;
}

int event_batch_facts(struct event_batch *batch, const struct fact_list *facts,
                      uint64_t offset, uint32_t leaf)
{
    for (size_t i = 0; i < facts->count; i++) {
        struct batch_fact *fact = arena_alloc(&batch->arena, sizeof *fact);
        if (!fact)
            return -1;
        *fact = (struct batch_fact){.offset = offset, .leaf = leaf};
        batch->bytes += sizeof *fact;
        if (!copy_fact(&batch->arena, &facts->facts[i], &fact->fact, &batch->bytes))
            return -1;
        *batch->last_fact = fact;
        batch->last_fact = &fact->next;
    }
    return 0;
}

bool store_keep_facts(struct pending *pending, const struct store_source *source,
                      const struct event_batch *batch)
{
    for (const struct batch_fact *from = batch->facts; from; from = from->next) {
        struct pending_fact *fact = arena_alloc(&pending->arena, sizeof *fact);
        if (!fact)
            return false;
        *fact = (struct pending_fact){.source = source, .fact = *from};
        pending->bytes += sizeof *fact;
        if (!copy_fact(&pending->arena, &from->fact, &fact->fact.fact, &pending->bytes))
            return false;
        *pending->last_fact = fact;
        pending->last_fact = &fact->next;
    }
    return true;
}

/* ---- into the case ---- */

static int write_fact(struct store *store, const struct pending_fact *pending)
{
    sqlite3_stmt *insert = store->statements[STATEMENT_FACT];
    const struct fact *fact = &pending->fact.fact;
    int at = 1;
    sqlite3_bind_int64(insert, at++, pending->source->id);
    sqlite3_bind_int64(insert, at++, (int64_t)pending->fact.offset);
    sqlite3_bind_int64(insert, at++, pending->fact.leaf);
    sqlite3_bind_int64(insert, at++, fact->number);
    sqlite3_bind_int(insert, at++, fact->thing);
    sqlite3_bind_int(insert, at++, fact->act);
    store_bind_time(insert, at++, fact->time_us);
    sqlite3_bind_int(insert, at++, fact->provider);
    sqlite3_bind_int(insert, at++, fact->outcome);
    sqlite3_bind_int(insert, at++, fact->phase);
    store_bind(insert, at++, fact->act_id);
    store_bind(insert, at++, fact->order);
    store_bind(insert, at++, fact->account);
    store_bind(insert, at++, fact->region);
    store_bind(insert, at++, fact->actor);
    for (int i = 0; i < FACT_FIELD_COUNT; i++)
        store_bind(insert, at++, fact->text[i]);
    return store_run(store, STATEMENT_FACT);
}

int store_note_due(struct store *store, enum provider provider, struct slice account)
{
    sqlite3_stmt *insert = store->statements[STATEMENT_FACT_DUE];
    bool device = provider_is_device(provider);
    sqlite3_bind_int(insert, 1, provider);
    store_bind(insert, 2, device && account.length ? account : SLICE(""));
    return store_run(store, STATEMENT_FACT_DUE);
}

/* Facts of one family mostly follow each other. */
static bool same_family(const struct fact *a, const struct fact *b)
{
    return a && a->provider == b->provider && slice_equal(a->account, b->account);
}

int store_write_facts(struct store *store)
{
    const struct fact *last = NULL;
    for (const struct pending_fact *fact = store->pending.facts; fact;
         fact = fact->next) {
        if (fact->source->duplicate)
            continue;
        if (write_fact(store, fact))
            return -1;
        if (!same_family(last, &fact->fact.fact) &&
            store_note_due(store, (&fact->fact.fact)->provider,
                           (&fact->fact.fact)->account))
            return -1;
        last = &fact->fact.fact;
    }
    return 0;
}
