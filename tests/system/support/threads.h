/* threads.h — what each thread of a server may do, and whether it does anything, from
 * /proc/PID/task/TID/status and stat (proc_pid_status(5), proc_pid_stat(5)). */
#ifndef STRATA_TESTS_SYSTEM_THREADS_H
#define STRATA_TESTS_SYSTEM_THREADS_H

#include "tests/system/support/server.h"

#include <stdbool.h>

/* Nobody runs or is about to: all threads wait for something to happen. */
bool server_rests(const struct server *server);

/* Waits until it rests: what was sent to it so far, it has acted on. */
void server_await_rest(const struct server *server);

/* Fails unless it comes to rest, and uses hardly any CPU from then on: it does not spin. */
void server_expect_idle(const struct server *server);

/* Fails unless there are so many threads at least, and the line of this name, such as "Uid", says
 * this in each: words with a single space between them. */
void server_expect_threads(
    const struct server *server, size_t least, const char *name, const char *words);

#endif
