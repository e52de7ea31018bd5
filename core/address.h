/*
 * address.h - IP addresses and CIDR blocks as text and as bytes.
 *
 * IPv4 is held as IPv4-mapped IPv6, so that one comparison serves both.
 */
#ifndef CORE_ADDRESS_H
#define CORE_ADDRESS_H

#include "core/slice.h"

struct address {
    uint8_t bytes[16];
};

struct address_block {
    struct address address;
    unsigned prefix; /* bits of 128 */
};

/* A bare address, no port, no zone. */
bool address_parse(struct slice text, struct address *out);
/* "198.51.100.0/24", "2001:db8::/32", or one address. */
bool address_block_parse(struct slice text, struct address_block *out);
bool address_in_block(const struct address *address, const struct address_block *block);

/*
 * The address in text as logs write it: "a.b.c.d:port", "[v6]:port", a CIDR, or
 * bare.  Returns the part that is the address, or SLICE_NONE if there is none
 * ("AWS Internal", "private", a host name).
 */
struct slice address_in_text(struct slice text);

/* Not in a private, shared, loopback, link-local, multicast, or unspecified range.
 * Documentation ranges count as public: they stand for public addresses. */
bool address_is_public(const struct address *address);

#endif
