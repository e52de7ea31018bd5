/*
 * syslog_header.h - cuts one syslog line of a Cisco device into its parts.
 *
 * Devices and relays write headers in any order and number:
 *
 *   [<PRI>] [relay stamp  relay host] [seq:] [host:] [seq:] [*|.]stamp[ zone]:
 * %FAC-SEV-MNEM: text
 *
 * so nothing is read at a fixed place.  The anchor is the first %FACILITY token; of
 * the time stamps left of it the last one that a colon follows is the device's own,
 * and one that no colon follows is a relay's.  A file written by a syslog relay on
 * Linux may have the tag CISCO-IOS and no token at all.
 *
 * Pure text: nothing is decoded and no time is read; all slices are the line's own.
 * Absent parts are SLICE_NONE.  Sources: Cisco, "System Message Logging" (service
 * timestamps, service sequence-numbers, logging origin-id), RFC 3164, RFC 5424.
 */
#ifndef CORE_SYSLOG_HEADER_H
#define CORE_SYSLOG_HEADER_H

#include "core/slice.h"

struct syslog_header {
    struct slice relay_stamp; /* who received the line, and when */
    struct slice relay_host;
    struct slice sequence; /* the device's: the last one written */
    struct slice host;     /* as the device names itself */
    struct slice stamp;    /* the device's, with its mark (* or .) and its zone */
    struct slice node;     /* IOS XR "RP/0/RP0/CPU0": a part of the device */
    struct slice process;  /* IOS XR "config[65539]", EOS "Aaa" */
    struct slice token;    /* "PARSER-5-CFGLOG_LOGGEDCMD", no percent sign */
    struct slice facility; /* "PARSER" */
    struct slice text;     /* what follows, without blanks at its ends */
    bool uptime;           /* stamp counts from the last start: "2y10w", "00:00:46" */
    bool tagged;           /* by a relay as CISCO-IOS */
    bool repeated;         /* counts an earlier line: no message of its own */
};

/* False where there is neither a token, nor the tag, nor a count of repeats. */
bool syslog_header_parse(struct slice line, struct syslog_header *out);

/* Reads what stands left of another form's anchor: stamps, hosts, sequence, process.
 * *out must be zero. */
void syslog_header_read(struct slice header, struct syslog_header *out);

/* "CISCO-IOS", "CISCO-IOS[811]". */
bool syslog_header_is_tag(struct slice word);

#endif
