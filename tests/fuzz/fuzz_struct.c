/* Any bytes as the text of a struct: the parser comes to an end, and what it gives is a
 * tree that can be printed. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "core/struct_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *head, const uint8_t *data, size_t size)
{
    size_t before = strlen(head), length = before + size;
    char *text = malloc(length ? length : 1);
    if (!text)
        abort();
    memcpy(text, head, before);
    if (size)
        memcpy(text + before, data, size);
    json_t *tree = struct_text_parse((struct slice){text, length});
    char *printed = tree ? json_dumps(tree, JSON_COMPACT) : NULL;
    if (!tree != !printed)
        abort();
    free(printed);
    json_decref(tree);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    parse("", data, size);
    parse("{a={b=1, c=", data, size);
    return 0;
}
