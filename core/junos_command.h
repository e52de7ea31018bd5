/*
 * junos_command.h - a statement of Junos, which is relative to the level that `edit`
 * went to.
 */
#ifndef CORE_JUNOS_COMMAND_H
#define CORE_JUNOS_COMMAND_H

#include "core/arena.h"

/* "set output vlan 9" at the level "edit forwarding-options analyzer A" is
 * "set forwarding-options analyzer A output vlan 9". */
struct slice junos_statement(struct slice level, struct slice command,
                             struct arena *arena);

#endif
