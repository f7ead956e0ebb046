/*
 * An SQLite database in a file: created, filled, queried, vacuumed, with both
 * kinds of journal. Prints what it found and the digest of the file, which is
 * the same wherever SQLite's file I/O works.
 *
 *   database FILE JOURNAL-MODE
 */
#include "guests/workloads/sha256.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 3000 };

static void fail(sqlite3 *database, const char *what)
{
    printf("%s: %s\n", what, sqlite3_errmsg(database));
    exit(1);
}

static void execute(sqlite3 *database, const char *sql)
{
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail(database, sql);
}

static void print_query(sqlite3 *database, const char *sql)
{
    sqlite3_stmt *query;
    int status;

    if (sqlite3_prepare_v2(database, sql, -1, &query, NULL) != SQLITE_OK)
        fail(database, sql);
    while ((status = sqlite3_step(query)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(query); i++)
            printf("%s%s", i > 0 ? "|" : "", sqlite3_column_text(query, i));
        printf("\n");
    }
    if (status != SQLITE_DONE)
        fail(database, sql);
    sqlite3_finalize(query);
}

static void fill(sqlite3 *database)
{
    sqlite3_stmt *insert;

    execute(database, "CREATE TABLE reading (id INTEGER PRIMARY KEY, "
                      "name TEXT NOT NULL, value REAL, note BLOB)");
    execute(database, "CREATE INDEX reading_name ON reading (name, value)");
    execute(database, "BEGIN");
    if (sqlite3_prepare_v2(database,
                           "INSERT INTO reading (name, value, note) "
                           "VALUES ('name ' || (?1 * 7919 % 101), ?1 / 8.0, "
                           "zeroblob(?1 % 97))",
                           -1, &insert, NULL) != SQLITE_OK)
        fail(database, "prepare");
    for (int i = 1; i <= ROWS; i++) {
        sqlite3_bind_int(insert, 1, i);
        if (sqlite3_step(insert) != SQLITE_DONE)
            fail(database, "insert");
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    execute(database, "COMMIT");
}

/* A transaction that is given up leaves no trace but in the journal. */
static void change(sqlite3 *database)
{
    execute(database, "BEGIN; DELETE FROM reading WHERE id % 2 = 0; ROLLBACK");
    execute(database, "UPDATE reading SET note = name WHERE id % 10 = 0");
    execute(database, "DELETE FROM reading WHERE id % 3 = 0");
}

static void print_digest(const char *path)
{
    unsigned char digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;
    char block[4096];
    size_t n, size = 0;
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        perror(path);
        exit(1);
    }
    sha256_start(&hash);
    while ((n = fread(block, 1, sizeof(block), file)) > 0) {
        sha256_add(&hash, block, n);
        size += n;
    }
    fclose(file);
    sha256_finish(&hash, digest);
    printf("%zu bytes, digest ", size);
    for (size_t i = 0; i < sizeof(digest); i++)
        printf("%02x", digest[i]);
    printf("\n");
}

int main(int argc, char **argv)
{
    char pragma[64];
    sqlite3 *database;

    if (argc != 3)
        return 2;
    if (sqlite3_open(argv[1], &database) != SQLITE_OK)
        fail(database, argv[1]);
    snprintf(pragma, sizeof(pragma), "PRAGMA journal_mode = %.20s", argv[2]);
    print_query(database, pragma);
    fill(database);
    change(database);
    print_query(database, "SELECT count(*), sum(value), max(length(note)) "
                          "FROM reading");
    print_query(database, "SELECT name, count(*) AS n, avg(value) FROM reading "
                          "GROUP BY name ORDER BY n DESC, name LIMIT 5");
    execute(database, "VACUUM");
    print_query(database, "PRAGMA integrity_check");
    if (sqlite3_close(database) != SQLITE_OK)
        fail(database, "close");
    print_digest(argv[1]);
    return 0;
}
