#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/actor.h"

static void shortens(void **state)
{
    (void)state;
    static const struct {
        const char *actor, *expected;
    } cases[] = {
        {"arn:aws:sts::111122223333:assumed-role/NetOps/mallory", "NetOps/mallory"},
        {"arn:aws-cn:sts::111122223333:assumed-role/NetOps/i-0abc", "NetOps/i-0abc"},
        {"arn:aws:iam::111122223333:user/mallory", "mallory"},
        {"arn:aws:iam::111122223333:user/path/mallory", "path/mallory"},
        {"arn:aws:iam::111122223333:role/NetOps", "NetOps"},
        {"arn:aws:iam::111122223333:root", "root"},
        {"arn:aws:sts::111122223333:federated-user/bob", "bob"},
        {"arn:aws:iam::111122223333:user/", "user/"},
        {"arn:aws:iam", "arn:aws:iam"},
        {"arn:", "arn:"},
        {"svc-ndr@acme-prod.iam.gserviceaccount.com", "svc-ndr@acme-prod"},
        {".iam.gserviceaccount.com", ".iam.gserviceaccount.com"},
        {"alice@example.com", "alice@example.com"},
        {"admin", "admin"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice out = actor_short(slice_from(cases[i].actor));
        if (!slice_equal(out, slice_from(cases[i].expected)))
            fail_msg("%s: %.*s", cases[i].actor, (int)out.length, out.data);
    }
    assert_false(slice_present(actor_short(SLICE_NONE)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shortens)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
