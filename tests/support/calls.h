/* calls.h: the system calls of transport/, under a test's thumb.
 *
 * A test program that includes wrapped.h is linked with the --wrap options that stand in
 * tests/transport/test_receive.link. Each wrapped call
 *     - counts how often it was made,
 *     - fails as often as calls_fail() said, with that errno, before it does anything,
 *     - is interrupted every other time after calls_interrupt(),
 *     - moves at most so many octets at once after calls_limit(), and EAGAIN after calls_budget(),
 *     - stops at the gate of its thread, if it has one that is set for this call.
 * calls_reset() undoes all of that. wait_clock() is the real clock until clock_set().
 *
 * No call waits longer than PATIENCE: a broken rule makes a test fail, not hang.
 */
#pragma once

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>

enum { PATIENCE = 60 }; /* seconds: the machine may be busy */

enum call {
    CALL_NONE,
    CALL_ACCEPT,
    CALL_CLOSE,
    CALL_EPOLL_CTL,
    CALL_EPOLL_WAIT,
    CALL_MALLOC,
    CALL_RECV,
    CALL_SEND,
    CALL_SENDFILE,
    CALL_SHUTDOWN,
    CALL_COUNT,
};

enum gate_side { GATE_BEFORE, GATE_AFTER };

/* Stops one call of the thread whose gate it is, once: before or after the real call. */
struct gate {
    enum call call; /* CALL_NONE: open */
    enum gate_side side;
    int passes; /* so many calls go through first */
    sem_t reached;
    sem_t opened;
};

struct call_rules {
    atomic_int count;
    atomic_int fail_times;
    atomic_int fail_errno;
    atomic_bool interrupt;
    atomic_size_t limit;  /* octets at once; 0: any */
    atomic_llong budget;  /* octets until EAGAIN; < 0: any */
    atomic_bool pretends; /* sendfile only: nothing is really sent */
};

static struct call_rules calls[CALL_COUNT];
static _Thread_local struct gate *own_gate;       /* this thread's; NULL: none */
static _Thread_local int own_patience = -1;       /* milliseconds in epoll_wait; -1: PATIENCE */
static atomic_int number_watched = -1;            /* a descriptor number … */
static atomic_int number_touched;                 /* … and how often a call was about it */
static atomic_int_fast64_t clock_now = INT64_MIN; /* INT64_MIN: the real clock */
static void (*clock_hook)(void); /* done at each look at the clock; NULL: nothing */

static inline void calls_reset(void)
{
    for (int call = 0; call < CALL_COUNT; call++) {
        atomic_store(&calls[call].count, 0);
        atomic_store(&calls[call].fail_times, 0);
        atomic_store(&calls[call].interrupt, false);
        atomic_store(&calls[call].limit, 0);
        atomic_store(&calls[call].budget, -1);
        atomic_store(&calls[call].pretends, false);
    }
    atomic_store(&number_watched, -1);
    atomic_store(&number_touched, 0);
    atomic_store(&clock_now, INT64_MIN);
    clock_hook = NULL;
}

static inline int calls_count(enum call call)
{
    return atomic_load(&calls[call].count);
}

static inline void calls_fail(enum call call, int error, int times)
{
    atomic_store(&calls[call].fail_errno, error);
    atomic_store(&calls[call].fail_times, times);
}

static inline void calls_interrupt(enum call call)
{
    atomic_store(&calls[call].interrupt, true);
}

static inline void calls_limit(enum call call, size_t octets)
{
    atomic_store(&calls[call].limit, octets);
}

static inline void calls_budget(enum call call, long long octets)
{
    atomic_store(&calls[call].budget, octets);
}

/* How often accept4, epoll_ctl, shutdown and close are about this number, from now on. */
static inline void calls_watch_number(int descriptor)
{
    atomic_store(&number_touched, 0);
    atomic_store(&number_watched, descriptor);
}

static inline void clock_set(int64_t now)
{
    atomic_store(&clock_now, now);
}

static inline void clock_advance(int64_t nanoseconds)
{
    atomic_fetch_add(&clock_now, nanoseconds);
}

/* False: nothing came within the time. */
static inline bool semaphore_wait(sem_t *semaphore, int64_t milliseconds)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += (time_t)(milliseconds / 1000);
    end.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000;
    }
    int result;
    do result = sem_timedwait(semaphore, &end);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

static inline void gate_stop(enum call call, enum gate_side side)
{
    struct gate *gate = own_gate;
    int error = errno;
    if (gate == NULL || gate->call != call || gate->side != side || gate->passes-- > 0) return;
    gate->call = CALL_NONE;
    sem_post(&gate->reached);
    semaphore_wait(&gate->opened, 2 * PATIENCE * 1000);
    errno = error;
}

/* Counts; true: this call fails, errno says why. */
static inline bool call_begins(enum call call)
{
    struct call_rules *rules = &calls[call];
    int count = atomic_fetch_add(&rules->count, 1);
    gate_stop(call, GATE_BEFORE);
    if (atomic_load(&rules->interrupt) && count % 2 == 0) {
        errno = EINTR;
        return true;
    }
    if (atomic_load(&rules->fail_times) <= 0) return false;
    atomic_fetch_sub(&rules->fail_times, 1);
    errno = atomic_load(&rules->fail_errno);
    return true;
}

static inline void call_is_about(int descriptor)
{
    if (descriptor == atomic_load(&number_watched)) atomic_fetch_add(&number_touched, 1);
}

/* How many octets this call may move; 0: EAGAIN. */
static inline size_t call_allows(enum call call, size_t length)
{
    size_t limit = atomic_load(&calls[call].limit);
    long long budget = atomic_load(&calls[call].budget);
    if (limit > 0 && length > limit) length = limit;
    if (budget >= 0 && length > (size_t)budget) length = (size_t)budget;
    return length;
}

static inline ssize_t call_moved(enum call call, ssize_t count)
{
    if (count > 0 && atomic_load(&calls[call].budget) >= 0)
        atomic_fetch_sub(&calls[call].budget, count);
    return count;
}
