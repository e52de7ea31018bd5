/*
 * unicode.h - what the escaper must know of characters: which are unsafe to show, and
 * how many cells the others take.  Sorted tables of ranges; no locale is asked.
 *
 * Source: the Unicode Character Database 15.0 (general category, East Asian Width,
 * Default_Ignorable_Code_Point); each table ascends, gaps without characters bridged.
 */
#ifndef CORE_UNICODE_H
#define CORE_UNICODE_H

#include "core/slice.h"

/* Controls, format and invisible characters, blanks that only look like one,
 * separators, private use, non-characters, and what terminals do not agree on the width
 * of. */
bool unicode_unsafe(uint32_t code_point);
bool unicode_combining(uint32_t code_point);
bool unicode_wide(uint32_t code_point);

#endif
