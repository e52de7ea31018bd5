#include "config.h"

#include "core/digest.h"

#include <jansson.h>

enum { SHA256_DIGITS = 64 };

static struct slice text_of(json_t *object, const char *key, struct arena *arena)
{
    json_t *value = json_object_get(object, key);
    if (!json_is_string(value) || !json_string_length(value))
        return SLICE_NONE;
    return arena_copy(
        arena, (struct slice){json_string_value(value), json_string_length(value)});
}

static bool is_sha256(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
              (c >= 'A' && c <= 'F')))
            return false;
    }
    return text.length == SHA256_DIGITS;
}

static void add_file(struct digest *out, struct slice object, struct slice sha256,
                     bool digest)
{
    if (slice_blank(object))
        return;
    out->files[out->count++] = (struct digest_file){
        .object = object,
        .sha256 = is_sha256(sha256) ? sha256 : SLICE_NONE,
        .digest = digest,
    };
}

static int read_files(json_t *root, json_t *list, struct arena *arena,
                      struct digest *out, struct error *error)
{
    size_t count = json_array_size(list), i;
    json_t *file;
    if (count > LIMIT_DIGEST_FILES)
        return error_set(error, ERROR_LIMIT, "a digest of more than %d files",
                         LIMIT_DIGEST_FILES);
    out->files = arena_alloc(arena, (count + 1) * sizeof *out->files);
    if (!out->files)
        return error_set(error, ERROR_MEMORY, "out of memory");
    json_array_foreach(list, i, file)
    {
        add_file(out, text_of(file, "s3Object", arena),
                 text_of(file, "hashValue", arena), false);
    }
    /* The first digest of a trail has none before it. */
    add_file(out, text_of(root, "previousDigestS3Object", arena),
             text_of(root, "previousDigestHashValue", arena), true);
    return 0;
}

int digest_read(struct slice json, struct arena *arena, struct digest *out,
                struct error *error)
{
    *out = (struct digest){.count = 0};
    if (json.length > LIMIT_DIGEST_BYTES)
        return error_set(error, ERROR_LIMIT, "a digest of more than %d bytes",
                         LIMIT_DIGEST_BYTES);
    json_t *root = json_loadb(json.data, json.length, JSON_ALLOW_NUL, NULL);
    json_t *list = json_object_get(root, "logFiles");
    int result = -1;
    if (!json_is_array(list)) {
        error_set(error, ERROR_SYNTAX, "no CloudTrail digest");
    } else {
        out->start = text_of(root, "digestStartTime", arena);
        out->end = text_of(root, "digestEndTime", arena);
        result = read_files(root, list, arena, out, error);
    }
    json_decref(root);
    return result;
}
