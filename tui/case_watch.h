/*
 * case_watch.h - tells when another process may have written to a case.
 *
 * A loader that follows, or a second analyst, is another process.  The kernel tells
 * when the case's log is written, by whomever (this process too); whether it was
 * another, the case tells (REQUEST_NEWS).  Linux' inotify.
 */
#ifndef TUI_CASE_WATCH_H
#define TUI_CASE_WATCH_H

/* A descriptor that becomes readable with a write; -1: the case is on media where
 * nobody can write. The case must have been opened before. */
int case_watch_open(const char *case_path);
/* Takes what made it readable. */
void case_watch_take(int watch);
void case_watch_close(int watch);

#endif
