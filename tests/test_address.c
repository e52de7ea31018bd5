#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/address.h"

static void reads_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_address;
    } cases[] = {
        {"198.51.100.7", true},
        {"0.0.0.0", true},
        {"255.255.255.255", true},
        {"2001:db8::1", true},
        {"2001:DB8:0:0:0:0:0:1", true},
        {"::ffff:198.51.100.7", true},
        {"::", true},
        {"256.0.0.1", false},
        {"198.51.100", false},
        {"198.51.100.7.1", false},
        {"198.51.100.007", false}, /* octal to some */
        {"198.51.100.7:443", false},
        {"198.51.100.7 ", false},
        {"198.51.100.0/24", false},
        {"fe80::1%eth0", false},
        {"2001:db8:::1", false},
        {"AWS Internal", false},
        {"ec2.amazonaws.com", false},
        {"bad", false},
        {"1111:1111:1111:1111:1111:1111:111.111.111.1111", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address address;
        if (address_parse(slice_from(cases[i].text), &address) != cases[i].is_address)
            fail_msg("%s", cases[i].text);
    }
    struct address address;
    assert_false(address_parse(SLICE("198.51.100.7\0"), &address));
    assert_false(address_parse(SLICE_NONE, &address));
}

static void keeps_one_form_of_both_families(void **state)
{
    (void)state;
    struct address plain, mapped;
    assert_true(address_parse(SLICE("198.51.100.7"), &plain));
    assert_true(address_parse(SLICE("::ffff:198.51.100.7"), &mapped));
    assert_memory_equal(plain.bytes, mapped.bytes, sizeof plain.bytes);
}

static void matches_blocks(void **state)
{
    (void)state;
    static const struct {
        const char *block, *address;
        bool inside;
    } cases[] = {
        {"198.51.100.0/24", "198.51.100.255", true},
        {"198.51.100.0/24", "198.51.101.0", false},
        {"198.51.100.77/24", "198.51.100.1", true},
        {"198.51.100.128/25", "198.51.100.127", false},
        {"198.51.100.128/25", "198.51.100.128", true},
        {"198.51.100.7", "198.51.100.7", true},
        {"198.51.100.7", "198.51.100.6", false},
        {"198.51.100.6/31", "198.51.100.7", true},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "2001:db8::1", true},
        {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {"2001:db8::1", "2001:db8::1", true},
        {"::ffff:198.51.100.0/120", "198.51.100.9", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address_block block;
        struct address address;
        assert_true(address_block_parse(slice_from(cases[i].block), &block));
        assert_true(address_parse(slice_from(cases[i].address), &address));
        if (address_in_block(&address, &block) != cases[i].inside)
            fail_msg("%s in %s", cases[i].address, cases[i].block);
    }
}

static void refuses_what_is_no_block(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",        "/24",       "198.51.100.0/",   "198.51.100.0/33",
        "198/8",   "*",         "198.51.100.0/-1", "198.51.100.0/24/1",
        "198.*",   "::/129",    "::/0128",         "198.51.100.0/ 24",
        "host/24", "x.y.z.t/1", "::/4294967296",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct address_block block;
        if (address_block_parse(slice_from(texts[i]), &block))
            fail_msg("%s is taken", texts[i]);
    }
}

static void finds_the_address_in_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *address;
    } cases[] = {
        {"198.51.100.7", "198.51.100.7"},
        {" 198.51.100.7\r\n", "198.51.100.7"},
        {"198.51.100.7:52044", "198.51.100.7"},
        {"198.51.100.0/24", "198.51.100.0"},
        {"2001:db8::1", "2001:db8::1"},
        {"[2001:db8::1]:443", "2001:db8::1"},
        {"[2001:db8::1]", "2001:db8::1"},
        {"2001:db8::/32", "2001:db8::"},
        {"[2001:db8::1", NULL},
        {"[]", NULL},
        {"[", NULL},
        {":", NULL},
        {"AWS Internal", NULL},
        {"private", NULL},
        {"gce-internal-ip", NULL},
        {"host.example:443", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice found = address_in_text(slice_from(cases[i].text));
        if (!slice_equal(found, slice_from(cases[i].address)) ||
            slice_present(found) != (cases[i].address != NULL))
            fail_msg("%s", cases[i].text);
    }
}

static void tells_public_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_public;
    } cases[] = {
        {"198.51.100.7", true},
        {"203.0.113.9", true},
        {"192.0.2.1", true},
        {"2001:db8::1", true},
        {"172.32.0.1", true},
        {"100.128.0.1", true},
        {"10.1.2.3", false},
        {"172.16.0.1", false},
        {"172.31.255.255", false},
        {"192.168.1.1", false},
        {"100.64.0.1", false},
        {"127.0.0.1", false},
        {"169.254.169.254", false},
        {"0.0.0.0", false},
        {"224.0.0.5", false},
        {"255.255.255.255", false},
        {"198.18.0.1", false},
        {"::", false},
        {"::1", false},
        {"fd00::1", false},
        {"fe80::1", false},
        {"ff02::1", false},
        {"::ffff:10.0.0.1", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address address;
        assert_true(address_parse(slice_from(cases[i].text), &address));
        if (address_is_public(&address) != cases[i].is_public)
            fail_msg("%s", cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_addresses),
        cmocka_unit_test(keeps_one_form_of_both_families),
        cmocka_unit_test(matches_blocks),
        cmocka_unit_test(refuses_what_is_no_block),
        cmocka_unit_test(finds_the_address_in_text),
        cmocka_unit_test(tells_public_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
