/*
 * device_message.h - the messages that Cisco IOS and those after it have in common:
 * %SYS-5-CONFIG_I, logins, reloads.  The header is read and its fields are set.
 */
#ifndef CORE_DEVICE_MESSAGE_H
#define CORE_DEVICE_MESSAGE_H

#include "core/device_line.h"

/* Operation and service are the token's; who and from where, where it says so. */
void device_message_fill(struct device_line *line);

#endif
