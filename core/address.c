#include "config.h"

#include "core/address.h"

#include <arpa/inet.h>

enum { ADDRESS_TEXT_MAX = 45, PREFIX_IPV4 = 96 };

static void map_ipv4(const unsigned char bytes[4], struct address *out)
{
    memset(out->bytes, 0, 10);
    out->bytes[10] = out->bytes[11] = 0xff;
    memcpy(out->bytes + 12, bytes, 4);
}

static bool is_ipv4(const struct address *address)
{
    static const unsigned char prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return !memcmp(address->bytes, prefix, sizeof prefix);
}

bool address_parse(struct slice text, struct address *out)
{
    char copy[ADDRESS_TEXT_MAX + 1];
    unsigned char bytes[16];
    if (text.length < 2 || text.length > ADDRESS_TEXT_MAX)
        return false;
    /* Refused at a glance: most texts here are names of services. */
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.data[i];
        if (!((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
              (byte >= 'A' && byte <= 'F') || byte == '.' || byte == ':'))
            return false;
    }
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    if (inet_pton(AF_INET, copy, bytes) == 1) {
        map_ipv4(bytes, out);
        return true;
    }
    if (inet_pton(AF_INET6, copy, bytes) != 1)
        return false;
    memcpy(out->bytes, bytes, sizeof out->bytes);
    return true;
}

bool address_block_parse(struct slice text, struct address_block *out)
{
    struct slice rest = text;
    struct slice host = slice_cut(&rest, '/');
    if (!address_parse(host, &out->address))
        return false;
    unsigned most = slice_index(host, ':') < 0 ? 32 : 128;
    unsigned prefix = most;
    if (slice_present(rest)) {
        if (rest.length == 0 || rest.length > 3)
            return false;
        prefix = 0;
        for (size_t i = 0; i < rest.length; i++) {
            if (rest.data[i] < '0' || rest.data[i] > '9')
                return false;
            prefix = prefix * 10 + (unsigned)(rest.data[i] - '0');
        }
        if (prefix > most)
            return false;
    }
    out->prefix = most == 32 ? PREFIX_IPV4 + prefix : prefix;
    return true;
}

bool address_in_block(const struct address *address, const struct address_block *block)
{
    unsigned whole = block->prefix / 8, rest = block->prefix % 8;
    if (block->prefix > 128 || memcmp(address->bytes, block->address.bytes, whole))
        return false;
    if (!rest)
        return true;
    unsigned char mask = (unsigned char)(0xff << (8 - rest));
    return (address->bytes[whole] & mask) == (block->address.bytes[whole] & mask);
}

struct slice address_in_text(struct slice text)
{
    struct address address;
    text = slice_trim(text);
    if (address_parse(text, &address))
        return text;
    if (text.length && text.data[0] == '[') { /* [v6]:port */
        ptrdiff_t end = slice_index(text, ']');
        struct slice inner = {text.data + 1, end > 0 ? (size_t)end - 1 : 0};
        return address_parse(inner, &address) ? inner : SLICE_NONE;
    }
    struct slice rest = text;
    struct slice host = slice_cut(&rest, '/'); /* a block */
    if (slice_present(rest) && address_parse(host, &address))
        return host;
    ptrdiff_t colon = slice_rindex(text, ':'); /* v4:port */
    host = colon > 0 ? slice_first(text, (size_t)colon) : SLICE_NONE;
    return slice_index(host, ':') < 0 && address_parse(host, &address) ? host
                                                                       : SLICE_NONE;
}

bool address_is_public(const struct address *address)
{
    /* IANA special-purpose registries, without the documentation ranges. */
    static const char *const special[] = {
        "0.0.0.0/8",      "10.0.0.0/8",    "100.64.0.0/10",  "127.0.0.0/8",
        "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15",
        "224.0.0.0/4",    "240.0.0.0/4",   "::/128",         "::1/128",
        "fc00::/7",       "fe80::/10",     "ff00::/8",
    };
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        struct address_block block;
        bool is_block = address_block_parse(slice_from(special[i]), &block);
        bool same_family = is_ipv4(address) == is_ipv4(&block.address);
        if (is_block && same_family && address_in_block(address, &block))
            return false;
    }
    return true;
}
