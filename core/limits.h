/*
 * limits.h - every limit on outside bytes, in one place.
 *
 * Each buffer and loop over input that an attacker may have written stops at
 * one of these.  Meeting one is counted and shown, never silent.
 */
#ifndef CORE_LIMITS_H
#define CORE_LIMITS_H

#include <stdint.h>

enum {
    /* One record, unpacked.  CloudTrail events are at most 256 KB; a GCP entry
     * at most 256 KB; whole documents are streamed, not held. */
    LIMIT_RECORD_BYTES = 8 * 1024 * 1024,
    /* Nesting of one JSON value. */
    LIMIT_JSON_DEPTH = 128,
    /* One text field as kept in the case; the raw record keeps the rest. */
    LIMIT_FIELD_BYTES = 16 * 1024,
    /* One text line of a device log. */
    LIMIT_LINE_BYTES = 1024 * 1024,
    /* Columns of one table, and the bytes of their names. */
    LIMIT_TABLE_COLUMNS = 1024,
    LIMIT_TABLE_NAME_BYTES = 128 * 1024,
    /* Rejected bytes kept in the case for each damaged place. */
    LIMIT_REJECT_BYTES = 64 * 1024,
    /* Rejects kept with their bytes for one source; later ones are counted. */
    LIMIT_REJECTS_KEPT = 10000,
    /* Packings inside of each other: gz in zst in tar in zip. */
    LIMIT_PACKING_DEPTH = 4,
    /* All that is unpacked out of one file, layers added up, over the file's bytes;
     * LIMIT_UNPACK_FREE_BYTES are always granted.  Logs unpack to 10 to 100 times
     * their size; deflate's own ceiling is 1,032, that of the others far above. */
    LIMIT_UNPACK_RATIO = 250,
    LIMIT_UNPACK_FREE_BYTES = 256 * 1024 * 1024,
    /* What a decoder may remember of what it unpacked: `xz -9` and `zstd -21` need so
     * much, and two workers must stay under 256 MB. */
    LIMIT_UNPACK_WINDOW_BYTES = 64 * 1024 * 1024,
    /* Members of one archive, those of archives in it included, and a member's name. */
    LIMIT_ARCHIVE_MEMBERS = 1000000,
    LIMIT_MEMBER_NAME_BYTES = 4096,
    /* A zip or 7z inside of another packing is held in memory, since its directory
     * stands at its end. */
    LIMIT_HELD_ARCHIVE_BYTES = 32 * 1024 * 1024,
    /* Device sub-mode contexts remembered for one source. */
    LIMIT_DEVICE_CONTEXTS = 256,
    /* Messages that are split into lines: how many are joined at once, and how long. */
    LIMIT_SPLIT_MESSAGES = 32,
    LIMIT_SPLIT_MESSAGE_BYTES = 32 * 1024,
    /* Bytes of a journal's message that is an array of numbers. */
    LIMIT_JOURNAL_BYTES = 64 * 1024,
    /* Rules in a set, marks on one event, bytes of one rule file. */
    LIMIT_RULES = 1024,
    LIMIT_RULES_PER_EVENT = 16,
    LIMIT_RULE_FILE_BYTES = 1024 * 1024,
    /* Nesting and items of one rule file; bytes of one value or field name, and
     * of a condition; parentheses in it; dots in a field name. */
    LIMIT_RULE_DEPTH = 16,
    LIMIT_RULE_NODES = 50000,
    LIMIT_RULE_VALUE_BYTES = 1024,
    LIMIT_RULE_CONDITION_BYTES = 4096,
    LIMIT_RULE_CONDITION_DEPTH = 16,
    LIMIT_RULE_MAP_ENTRIES = 256,
    LIMIT_RULE_FIELD_DOTS = 12,
    /* Remembered verdicts of one detector, the bytes of one key, and of all. */
    LIMIT_VERDICTS = 65536,
    LIMIT_VERDICT_KEY_BYTES = 4096,
    LIMIT_VERDICT_BYTES = 16 * 1024 * 1024,
    /* Steps of one PCRE2 match. */
    LIMIT_REGEX_MATCH = 100000,
    LIMIT_REGEX_DEPTH = 1000,
    LIMIT_REGEX_HEAP_KIB = 16 * 1024,
    /* Terms and nesting of one filter text. */
    LIMIT_FILTER_TERMS = 64,
    LIMIT_FILTER_BYTES = 4096,
    /* Facts read from one record: a call that starts a thousand instances gives three
     * for each. */
    LIMIT_FACTS_PER_RECORD = 8192,
    /* Rows of the ledger that are shown for one operation. */
    LIMIT_MIRRORS_SHOWN = 256,
    /* Operations that are shown of one row. */
    LIMIT_MIRROR_OPERATIONS = 1024,
    /* Records merged into one operation that are folded and shown. */
    LIMIT_OPERATION_RECORDS = 4096,
    /* Selectors of one approval, and approvals of one case. */
    LIMIT_APPROVAL_SELECTORS = 32,
    LIMIT_APPROVALS = 10000,
    /* Own accounts, subscriptions, projects and networks, of each kind. */
    LIMIT_OWN_VALUES = 65536,
    /* Sources that a load tells of when it ends. */
    LIMIT_RESULTS = 250000,
    /* Directory nesting while a folder is loaded. */
    LIMIT_FOLDER_DEPTH = 64,
};

/* The global dictionary of one column: later values go to the segment's own. */
enum { LIMIT_DICTIONARY_VALUES = 65535, LIMIT_DICTIONARY_BYTES = 8 * 1024 * 1024 };

/* Unpacked bytes of one file or member, whatever its ratio. */
#define LIMIT_UNPACKED_BYTES (UINT64_C(256) << 30)

#endif
