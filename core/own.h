/*
 * own.h - which accounts, subscriptions, projects and networks are the user's own.
 *
 * Foreign is what is not own, so this decides what stands on top.  Values are
 * declared by the user or, for a kind without a declaration, inferred by the caller:
 * those whose logs are loaded.  The first declared value of a kind replaces what was
 * inferred for it.  A missing answer is an answer of its own: nothing here guesses.
 *
 * Sets are sorted and hold what they are given in the caller's arena; reading them
 * changes nothing, so several threads may.
 */
#ifndef CORE_OWN_H
#define CORE_OWN_H

#include "core/address.h"
#include "core/arena.h"
#include "core/error.h"

/* X(identifier, name) */
#define OWN_KINDS(X)                                                                   \
    X(OWN_ACCOUNT, "account")           /* AWS, OCI, Alibaba, Huawei */                \
    X(OWN_SUBSCRIPTION, "subscription") /* Azure */                                    \
    X(OWN_PROJECT, "project")           /* GCP */                                      \
    X(OWN_NETWORK, "network")           /* an address or a CIDR block */

enum own_kind {
#define X(identifier, name) identifier,
    OWN_KINDS(X)
#undef X
        OWN_KIND_COUNT
};

enum own_answer { OWN_UNKNOWN, OWN_YES, OWN_NO };

struct own_set {
    struct slice *values;         /* in order, ASCII case ignored */
    struct address_block *blocks; /* OWN_NETWORK: of the values */
    size_t count, room;
    bool declared;
};

struct own {
    struct own_set sets[OWN_KIND_COUNT];
    /* Inferred and not declared, of kinds of which others are: not own. */
    struct own_set passed_over[OWN_KIND_COUNT];
};

/* Empty: nothing is known, nothing allocated. */
void own_init(struct own *own);

/*
 * Adds a copy.  An inferred value is passed over where the kind is declared: so declare
 * first.
 * ERROR_SYNTAX: blank, or a network that is no address or block; ERROR_LIMIT: more
 * than LIMIT_OWN_VALUES of a kind.
 */
int own_add(struct own *own, struct arena *arena, enum own_kind kind,
            struct slice value, bool declared, struct error *error);

/*
 * Whether a value is own.
 * Names: in the set, or not; unknown for a blank value, for an empty set, and for a
 * project given by its number (GCP writes either) where no number is in the set.
 * Addresses: in a declared block, or not; without a declaration those of private
 * ranges are own and public ones are not.  Unknown: what is no address.
 */
enum own_answer own_is(const struct own *own, enum own_kind kind, struct slice value);

/* Names of the kinds; -1 for no name. */
const char *own_kind_name(enum own_kind kind);
int own_kind_from_name(struct slice name);
/* What a value looks like: an address or block (anything with a slash, so that one
 * which is mistyped is refused and does not become a project), a GUID, twelve digits or
 * an OCID, else a project. */
enum own_kind own_kind_of_value(struct slice value);

#endif
