/* Any bytes: the scanner and jansson agree, but for the declared differences; and
 * a scan of every shorter beginning never takes the text to be complete. */
#include "config.h"

#include <stdlib.h>

#include "core/json_scan.h"
#include "tests/json_oracle.h"

static const char *const paths[] = {
    "a", "a b", "a b c", "a *", "a * b", "b", "* a", "* * a", "* b c", "c * * d",
};
enum { PATHS = sizeof paths / sizeof paths[0] };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_prefix(const char *text, size_t size, size_t cut)
{
    static const struct json_path path = {"a b", 0};
    struct json_projection *projection = json_projection_new(&path, 1, 1, NULL);
    struct json_slot slot = {0};
    const char *whole_next, *next;
    enum json_status whole =
        json_scan(projection, text, text + size, true, &slot, &whole_next);
    char *prefix = malloc(cut ? cut : 1); /* so that a read beyond it is seen */
    if (!prefix)
        abort();
    memcpy(prefix, text, cut);
    enum json_status part =
        json_scan(projection, prefix, prefix + cut, false, &slot, &next);
    if (next > prefix + cut || (part == JSON_INCOMPLETE && next != prefix + cut))
        abort();
    size_t read = (size_t)(whole_next - text);
    if (whole == JSON_OK && part != (cut > read ? JSON_OK : part))
        abort();
    if (whole == JSON_OK && cut < read && part != JSON_INCOMPLETE)
        abort();
    free(prefix);
    json_projection_free(projection);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_oracle *oracle = json_oracle_new(paths, PATHS);
    const char *path;
    if (!oracle ||
        json_oracle_compare(oracle, (struct slice){(const char *)data, size}, &path))
        abort();
    json_oracle_free(oracle);
    if (size)
        check_prefix((const char *)data, size, data[size - 1] % size);
    return 0;
}
