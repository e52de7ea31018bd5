/*
 * Screens as text: every tests/golden/NAME.keys is run on the sample case and compared
 * with NAME.txt.  With UPDATE_GOLDENS set, the texts are written instead.
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sample_case.h"
#include "tui/script.h"

enum { FILE_BYTES = 1024 * 1024, NAMES_MAX = 64 };

static struct slice read_file(const char *path, struct arena *arena)
{
    FILE *file = fopen(path, "r");
    char *text = arena_alloc(arena, FILE_BYTES);
    if (!file || !text) {
        if (file)
            fclose(file);
        return SLICE_NONE;
    }
    struct slice out = {text, fread(text, 1, FILE_BYTES, file)};
    fclose(file);
    return out;
}

static int run(const char *path, struct case_file *handle, const char *result,
               struct arena *arena)
{
    struct script_options options = {
        .app = {.case_name = "acme.case", .analyst = "tester", .unicode = true},
        .context = {.analyst = {SLICE("tester"), SLICE("testhost")},
                    .now_us = INT64_C(1773532800000000)},
        .width = 80,
        .height = 24,
    };
    struct error error = {0};
    FILE *out = fopen(result, "w");
    if (!out)
        return -1;
    int status = script_run(read_file(path, arena), handle, &options, out, &error);
    fclose(out);
    if (status)
        fprintf(stderr, "%s: %s\n", path, error.message);
    return status;
}

enum { PATH_BYTES = 2 * 4096 };

static int check(const char *folder, const char *name)
{
    char keys[PATH_BYTES], expected[PATH_BYTES], result[64];
    struct arena arena;
    bool update = getenv("UPDATE_GOLDENS") != NULL;
    snprintf(keys, sizeof keys, "%s/%s.keys", folder, name);
    snprintf(expected, sizeof expected, "%s/%s.txt", folder, name);
    snprintf(result, sizeof result, "golden-%.40s.out", name);
    struct case_file *handle = sample_case_new("acme.case");
    if (!handle)
        return 1;
    arena_init(&arena);
    int failed = run(keys, handle, update ? expected : result, &arena) != 0;
    if (!failed && !update) {
        failed = !slice_equal(read_file(expected, &arena), read_file(result, &arena));
        printf("%s %s\n", failed ? "not ok" : "ok", name);
        if (failed)
            printf("  diff -u %s %s\n", expected, result);
        else
            unlink(result);
    }
    sample_case_free(handle);
    arena_fini(&arena);
    return failed;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

int main(void)
{
    static char names[NAMES_MAX][64];
    char folder[400];
    size_t count = 0;
    int failed = 0;
    snprintf(folder, sizeof folder, "%s/tests/golden", getenv("top_srcdir"));
    DIR *directory = opendir(folder);
    if (!directory)
        return 1;
    for (struct dirent *entry; (entry = readdir(directory)) && count < NAMES_MAX;) {
        struct slice name = slice_from(entry->d_name);
        if (slice_ends_with(name, SLICE(".keys")) && name.length < sizeof names[0])
            snprintf(names[count++], sizeof names[0], "%.*s", (int)name.length - 5,
                     entry->d_name);
    }
    closedir(directory);
    qsort(names, count, sizeof names[0], by_name);
    for (size_t i = 0; i < count; i++)
        failed += check(folder, names[i]);
    return failed || !count ? 1 : 0;
}
