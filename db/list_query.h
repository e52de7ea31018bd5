/*
 * list_query.h - a list that SQL puts in order: how many rows it has, a window of them,
 * and the positions of those that hold a text.  Internal to db/: each list of query.h
 * says in a `list_query` what is its own.
 *
 * Texts of the query and the rows are in the caller's arena.
 */
#ifndef DB_LIST_QUERY_H
#define DB_LIST_QUERY_H

#include "db/query.h"

struct list_query {
    const char *what;     /* in messages: "mirrors" */
    struct slice columns; /* behind SELECT, as `read` takes them */
    struct slice rows;    /* behind FROM, with WHERE; the scope's values are its own */
    struct slice counted; /* the same for counting alone; absent: rows */
    struct slice order;   /* behind ORDER BY: total */
    const char *searched; /* the columns that a search looks in */
    int (*bind)(const void *scope, sqlite3_stmt *statement, int *parameter);
    const void *scope;
    size_t row_size;
    void (*read)(sqlite3_stmt *statement, struct arena *arena, void *row);
};

struct list_window {
    void *rows;
    size_t count;
    uint64_t total;
};

int list_query_window(struct case_file *handle, const struct list_query *query,
                      uint64_t offset, size_t limit, struct arena *arena,
                      struct list_window *out, struct error *error);
/* Rows of a statement that is bound already; ends it. result: of the binding. */
int list_query_read(struct case_file *handle, const struct list_query *query,
                    sqlite3_stmt *statement, int result, size_t limit,
                    struct arena *arena, struct list_window *out, struct error *error);
int list_query_find(struct case_file *handle, const struct list_query *query,
                    struct slice needle, size_t limit, struct arena *arena,
                    struct position_list *out, struct error *error);

#endif
