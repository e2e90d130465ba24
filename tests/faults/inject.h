/* inject.h: what the tests tell the program strata_with_faults, and what it tells them: a page of
 * memory that both map from the file named by STRATA_FAULTS. Without it nothing fails.
 *
 * In that program each call of calls.def is wrapped. One use of one call fails, once: the left-th
 * from now on, and reached counts it. AFTER calls do their work even so, as close(2) does.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum call {
    CALL_NONE,
#define CALL(name, type, failure, parameters, arguments)  CALL_##name,
#define AFTER(name, type, failure, parameters, arguments) CALL_##name,
#define OWN(name)                                         CALL_##name,
#include "tests/faults/calls.def"
    CALL_COUNT
};

struct faults {
    /* The test's. */
    atomic_int call, left, error; /* errno, or what the call returns instead of one */
    atomic_int send_buffer;       /* SO_SNDBUF of what is accepted; 0: as the system has it */
    atomic_size_t piece;          /* what moves octets moves at most so many; 0: any number */
    atomic_llong clock_ahead;     /* nanoseconds by which the monotonic clock is ahead */
    atomic_bool interrupts;       /* what can be interrupted is, every other time */
    /* It is root and has Landlock, it believes. It has listeners handed over to it. */
    atomic_bool pretends, hands_over;

    /* The program's. */
    atomic_int reached, port;
    atomic_int accepted;       /* connections */
    atomic_int waiting, turns; /* threads in epoll_wait; events taken from it */
    atomic_bool sleeps;        /* the timekeeper does */
    atomic_int signals;        /* that woke it */
};

/* For wrappers. Does this use fail? Then errno is set. */
bool inject(enum call call);
int inject_error(void);
bool inject_interrupts(enum call call);
size_t inject_piece(size_t length);
extern struct faults *inject_page; /* NULL: nothing fails */
