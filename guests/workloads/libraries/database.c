/*
 * database: transactions of a bank on SQLite, with its defaults: a rollback
 * journal made, synced and removed for each. One operation is one transaction:
 * a look-up by index, money moved between two accounts, a line of history. The
 * files are in memory (scratch.h), so this is SQLite's arithmetic and its many
 * small system calls, not a disk. The library is the system's, linked in.
 */
#include "../measure.h"
#include "../random.h"
#include "../scratch.h"
#include "../sha256.h"
#include "../workload.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

enum {
    ACCOUNTS = 1000,
    FIRST_BALANCE = 1000,
    LARGEST_SUM = 100,
    HISTORY = 4096, /* lines that are kept, the oldest written over */
    VERIFIED_TRANSACTIONS = 100,
};

enum statement { BEGIN, LOOK_UP, TAKE, GIVE, NOTE, COMMIT, STATEMENTS };

static const char *const texts[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [LOOK_UP] = "SELECT id FROM account WHERE name = 'account ' || ?1",
    [TAKE] = "UPDATE account SET balance = balance - ?2 WHERE id = ?1",
    [GIVE] = "UPDATE account SET balance = balance + ?2 WHERE id = ?1",
    [NOTE] = "REPLACE INTO history VALUES (?1, ?2, ?3, ?4)",
    [COMMIT] = "COMMIT",
};

struct bank {
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENTS];
    uint64_t random, transactions;
    int failed;
};

static int bank_failure(struct bank *bank)
{
    bank->failed = 1;
    return report_failure("SQLite: %s", sqlite3_errmsg(bank->database));
}

/* Runs one with its parameters; returns the first column of a row, or 0. */
static int64_t step(struct bank *bank, enum statement which, int count,
                    const int64_t *parameters)
{
    sqlite3_stmt *statement = bank->statements[which];
    int64_t answer = 0;
    int status;

    for (int i = 0; i < count; i++)
        sqlite3_bind_int64(statement, i + 1, parameters[i]);
    while ((status = sqlite3_step(statement)) == SQLITE_ROW)
        answer = sqlite3_column_int64(statement, 0);
    if (status != SQLITE_DONE && !bank->failed)
        bank_failure(bank);
    sqlite3_reset(statement);
    return answer;
}

static void transact(struct bank *bank)
{
    int64_t line = (int64_t)(bank->transactions++ % HISTORY);
    int64_t from = (int64_t)random_below(&bank->random, ACCOUNTS);
    int64_t to = (int64_t)random_below(&bank->random, ACCOUNTS);
    int64_t sum = (int64_t)random_below(&bank->random, LARGEST_SUM);

    step(bank, BEGIN, 0, NULL);
    from = step(bank, LOOK_UP, 1, &from);
    to = step(bank, LOOK_UP, 1, &to);
    step(bank, TAKE, 2, (int64_t[]){from, sum});
    step(bank, GIVE, 2, (int64_t[]){to, sum});
    step(bank, NOTE, 4, (int64_t[]){line, from, to, sum});
    step(bank, COMMIT, 0, NULL);
}

static void run_batch(void *state, uint64_t iterations)
{
    struct bank *bank = state;

    for (; iterations > 0 && !bank->failed; iterations--)
        transact(bank);
}

static int execute(struct bank *bank, const char *sql)
{
    return sqlite3_exec(bank->database, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : bank_failure(bank);
}

static int bank_open(struct bank *bank, const char *path)
{
    char fill[256];

    *bank = (struct bank){0};
    snprintf(fill, sizeof(fill),
             "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n "
             "WHERE i < %d) INSERT INTO account "
             "SELECT i + 1, 'account ' || i, %d FROM n",
             ACCOUNTS - 1, FIRST_BALANCE);
    if (sqlite3_open(path, &bank->database) != SQLITE_OK)
        return bank_failure(bank);
    if (execute(bank, "CREATE TABLE account (id INTEGER PRIMARY KEY, "
                      "name TEXT NOT NULL, balance INTEGER NOT NULL)") < 0 ||
        execute(bank, "CREATE INDEX account_name ON account (name)") < 0 ||
        execute(bank, "CREATE TABLE history (line INTEGER PRIMARY KEY, "
                      "giver INTEGER, taker INTEGER, sum INTEGER)") < 0 ||
        execute(bank, fill) < 0)
        return -1;
    for (int i = 0; i < STATEMENTS; i++) {
        if (sqlite3_prepare_v2(bank->database, texts[i], -1,
                               &bank->statements[i], NULL) != SQLITE_OK)
            return bank_failure(bank);
    }
    return 0;
}

static void bank_close(struct bank *bank)
{
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(bank->statements[i]);
    sqlite3_close(bank->database);
}

static void hash_rows(struct bank *bank, const char *sql, struct sha256 *hash)
{
    sqlite3_stmt *query;
    int status;

    if (sqlite3_prepare_v2(bank->database, sql, -1, &query, NULL) !=
        SQLITE_OK) {
        bank_failure(bank);
        return;
    }
    while ((status = sqlite3_step(query)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(query); i++)
            sha256_add_u64(hash, (uint64_t)sqlite3_column_int64(query, i));
    }
    if (status != SQLITE_DONE)
        bank_failure(bank);
    sqlite3_finalize(query);
}

/* The result: the books of a new bank after 100 transactions. */
static int verify(struct report *report)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 hash;
    struct bank bank;

    sha256_start(&hash);
    if (bank_open(&bank, "verified") == 0) {
        run_batch(&bank, VERIFIED_TRANSACTIONS);
        hash_rows(&bank, "SELECT id, balance FROM account ORDER BY id", &hash);
        hash_rows(&bank, "SELECT * FROM history ORDER BY line", &hash);
    }
    bank_close(&bank);
    sha256_finish(&hash, digest);
    report_result(report, digest);
    return bank.failed ? -1 : 0;
}

static int run(const uint64_t *values, struct report *report)
{
    int directory = scratch_enter(), status;
    struct bank bank;

    if (directory < 0)
        return -1;
    status = bank_open(&bank, "measured");
    if (status == 0)
        status = measure_and_report(&(struct batch){run_batch, &bank}, values,
                                    report);
    if (bank.failed)
        status = -1;
    bank_close(&bank);
    if (status == 0)
        status = verify(report);
    scratch_leave(directory);
    return status;
}

static const struct option options[] = {
    MEASURE_OPTIONS,
    {0},
};

const struct workload database_workload = {
    .name = "database",
    .group = "macro",
    .summary = "Database transaction (SQLite)",
    .options = options,
    .run = run,
};
