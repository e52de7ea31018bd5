#include "config.h"

#include "core/lineage_internal.h"

#include "core/limits.h"

static const char *const link_words[LINEAGE_LINK_COUNT] = {
#define X(identifier, words) words,
    LINEAGE_LINKS(X)
#undef X
};

const char *lineage_link_words(enum lineage_link link)
{
    return (unsigned)link < LINEAGE_LINK_COUNT ? link_words[link] : "";
}

bool lineage_link_is_proof(enum lineage_link link)
{
    return link == LINEAGE_ACT || link == LINEAGE_ISSUED || link == LINEAGE_MADE_KEY;
}

/* ---- the chain ---- */

static int step(struct lineage_chain *chain)
{
    switch (lineage_last_event(chain)->provider) {
    case PROVIDER_AWS:
        return lineage_aws_step(chain);
    case PROVIDER_GCP:
        return lineage_gcp_step(chain);
    case PROVIDER_AZURE:
        return lineage_azure_step(chain);
    default:
        break;
    }
    if (provider_is_device(lineage_last_event(chain)->provider))
        return lineage_device_step(chain);
    return lineage_end(
        chain, false,
        SLICE("the logs of this provider do not tell where a credential is "
              "from"));
}

int lineage_build(const struct lineage_event *act, lineage_ask ask_caller,
                  void *payload, struct arena *arena, struct lineage *out,
                  struct error *error)
{
    struct lineage_chain *chain = arena_alloc(arena, sizeof *chain);
    *out = (struct lineage){.count = 0};
    if (!chain)
        return error_set(error, ERROR_MEMORY, "out of memory");
    *chain = (struct lineage_chain){.ask = ask_caller,
                                    .payload = payload,
                                    .arena = arena,
                                    .out = out,
                                    .error = error};
    lineage_push(chain, LINEAGE_ACT, act);
    int result = 1;
    /* A step may add one for its link and one that is a guess. */
    while (result > 0 && out->count < LIMIT_LINEAGE_STEPS - 1)
        result = step(chain);
    if (result > 0)
        result = lineage_end(chain, false, SLICE("more steps than are followed"));
    return result;
}

/* ---- in words ---- */

static size_t add_part(struct slice *parts, size_t count, const char *words,
                       struct slice text)
{
    if (slice_blank(text))
        return count;
    parts[count] = slice_from(words);
    parts[count + 1] = text;
    return count + 2;
}

struct slice lineage_step_words(const struct lineage_step *step_of, struct arena *arena)
{
    const struct slice *text = step_of->at.event.text;
    struct slice parts[16], mfa = text[FIELD_MFA];
    size_t count = add_part(parts, 0, "", text[FIELD_OPERATION]);
    struct slice from =
        text[slice_blank(text[FIELD_SOURCE_IP]) ? FIELD_SOURCE_TEXT : FIELD_SOURCE_IP];
    count = add_part(parts, count, " by ",
                     slice_blank(text[FIELD_ACTOR]) ? SLICE("nobody named")
                                                    : text[FIELD_ACTOR]);
    count = add_part(parts, count, " via ", text[FIELD_VIA]);
    if (slice_equal(mfa, SLICE("true")))
        count = add_part(parts, count, ", ", SLICE("with MFA"));
    if (slice_equal(mfa, SLICE("false")))
        count = add_part(parts, count, ", ", SLICE("without MFA"));
    count = add_part(parts, count, ", source identity ", text[FIELD_SOURCE_IDENTITY]);
    count = add_part(parts, count, ", from ", from);
    count = add_part(parts, count, ", with ", text[FIELD_CREDENTIAL]);
    return arena_join(arena, parts, count);
}
