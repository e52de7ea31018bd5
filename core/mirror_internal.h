/*
 * mirror_internal.h - what the files behind mirror_facts share: a marked record as
 * a tree, and readers that do not depend on the depth or the case of a key.
 *
 * EC2 wraps requests ("CreateTrafficMirrorSessionRequest", PascalCase) and
 * responses (camelCase), other exports do not; so ids are sought by name, below a
 * given node, ASCII case ignored.
 */
#ifndef CORE_MIRROR_INTERNAL_H
#define CORE_MIRROR_INTERNAL_H

#include "core/arena.h"
#include "core/event.h"
#include "core/json_tree.h"

struct facts {
    struct event *event;
    struct arena *arena;
    json_t *root;
    json_t *owned; /* array: bodies that came as JSON text inside a string */
};

/* Reads a record into a tree; false where it is no JSON.  Close it in any case. */
bool facts_open(struct facts *facts, struct slice raw, struct arena *arena);
void facts_close(struct facts *facts);

/* A member of an object by its name; NULL for anything else. */
static inline json_t *facts_member(json_t *object, const char *key)
{
    return json_tree_member(object, slice_from(key));
}
/* By names separated by blanks, one level each. */
json_t *facts_path(json_t *object, const char *path);
/* The first value of that name at or below node that is neither null nor empty;
 * members before what lies deeper. */
json_t *facts_find(json_t *node, const char *key);
/* The same for a node or, where it is a string of JSON, for what that holds. */
json_t *facts_body(const struct facts *facts, json_t *node);

/* A scalar's text, in the arena; absent for "", null and containers. */
struct slice facts_text(const struct facts *facts, json_t *node);
/* facts_find, as text. */
struct slice facts_find_text(const struct facts *facts, json_t *node, const char *key);
/* true, false, or -1 where it says neither ("TRUE" and "false" are words of GCP). */
int facts_truth(json_t *node);

/* Texts to be joined by ", ", each once; many more than fit are counted. */
enum { LIMIT_FACTS_ITEMS = 256 };
struct facts_list {
    struct slice items[LIMIT_FACTS_ITEMS];
    size_t count, left_out;
};
void facts_add(struct facts_list *list, struct slice item);
/* node: a text, an object with `key`, or an array of either. */
void facts_add_all(const struct facts *facts, struct facts_list *list, json_t *node,
                   const char *key);
struct slice facts_joined(const struct facts *facts, const struct facts_list *list);

/* Sets a field that is still absent. */
void facts_set(const struct facts *facts, enum event_field field, struct slice text);

/* Mirror and resource of a device: "sw1/session 7" and "session 7".  kind: with a blank
 * at its end where id is not empty. */
void facts_set_mirror(const struct facts *facts, struct slice kind, struct slice id);

/* An operation's name against a pattern's part, ASCII case ignored. */
bool facts_operation_has(const struct facts *facts, struct slice part);

/* Azure: what the answer shows under `key`, and else what the request asked for. */
json_t *azure_in_bodies(const struct facts *facts, const char *key);
/* The "id" of the object under `key`, or the ids of the objects of an array. */
struct slice azure_ids_in_bodies(const struct facts *facts, const char *key);

/* GCP: "projects/P/..." of "https://.../compute/v1/projects/P/...", and
 * "organizations/O/..." of "//networksecurity.googleapis.com/organizations/O/...". */
struct slice gcp_short_name(struct slice url);
json_t *gcp_request(const struct facts *facts);
/* A reference: a URL, or an object with one. */
struct slice gcp_reference(const struct facts *facts, json_t *node);

void aws_mirror_facts(const struct facts *facts);
void azure_mirror_facts(const struct facts *facts);
void gcp_mirror_facts(const struct facts *facts);
void oci_mirror_facts(const struct facts *facts);
void alibaba_mirror_facts(const struct facts *facts);
void huawei_mirror_facts(const struct facts *facts);
/* Of lines of text: they read fields of the event alone, root and owned are NULL. */
void cisco_mirror_facts(const struct facts *facts);
void junos_mirror_facts(const struct facts *facts);
void vrp_mirror_facts(const struct facts *facts);
void fortios_mirror_facts(const struct facts *facts);
void ovs_mirror_facts(const struct facts *facts);
void linux_mirror_facts(const struct facts *facts);

/* The new value of "name[old->new]" or "name[value]" among the attributes that a line
 * of FortiOS says were set, or absent. */
struct slice fortios_attribute(struct slice attributes, const char *name);
/* The value of a column, whose name has a hyphen or an underscore as the caller of
 * ovs-vsctl likes; "@p" stands for what "--id=@p get Port eth1" found. */
struct slice ovs_column(const struct facts *facts, struct slice hyphen,
                        struct slice underscore);
/* The same for a name: "@p" is "eth1". */
struct slice ovs_name(const struct facts *facts, struct slice text);

#endif
