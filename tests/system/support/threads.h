/* threads.h — what each thread of a server may do, from /proc/PID/task/TID/status
 * (proc_pid_status(5)). */
#ifndef STRATA_TESTS_SYSTEM_THREADS_H
#define STRATA_TESTS_SYSTEM_THREADS_H

#include "tests/system/support/server.h"

/* Fails unless there are so many threads at least, and the line of this name, such as "Uid", says
 * this in each: words with a single space between them. */
void server_expect_threads(
    const struct server *server, size_t least, const char *name, const char *words);

#endif
