/* timed.h: a stage whose clock is the test's, and what happens to a connection whose time is up. */
#pragma once

#include "tests/transport/stage.h"

#define NOON  (1000 * WAIT_SECOND)
#define LIMIT (30 * WAIT_SECOND)

/* It is noon. All waits but one are unlimited. */
static inline struct stage *stage_open_limited(enum wait limited)
{
    struct transport_options options = stage_options(4);
    options.limits[limited] = LIMIT;
    struct stage *stage = stage_open(&options);
    clock_set(NOON);
    return stage;
}

static inline void clock_at(int64_t after_noon)
{
    clock_set(NOON + after_noon);
}

static inline void clock_at_second(int64_t after_noon)
{
    clock_set(NOON + after_noon * WAIT_SECOND);
}

/* Nobody is told, and nobody shut down. */
static inline void assert_in_time(struct stage *stage)
{
    int shut_down = calls_count(CALL_SHUTDOWN);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), shut_down);
}

/* One is shut down without a word; a worker is given it, overdue, and closes it. */
static inline void assert_shut_down(struct stage *stage, int client)
{
    uint32_t open = atomic_load(&stage->transport.count);
    assert_int_equal(stage_timekeep(stage), 0);
    client_expect_end(client);
    assert_int_equal(atomic_load(&stage->transport.count), open);
    assert_int_equal(stage_close_overdue(stage), 1);
    assert_int_equal(atomic_load(&stage->transport.count), open - 1);
}

static inline void assert_told(struct stage *stage, int client)
{
    assert_int_equal(stage_timekeep(stage), 1);
    client_expect(client, TIMED_OUT);
    client_expect_end(client);
}

/* Cut in the midst of the response: the peer must not take it for the whole. */
static inline void assert_reset(struct stage *stage, int client)
{
    char octets[4096];
    ssize_t count;
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(stage_close_overdue(stage), 1);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    while ((count = read(client, octets, sizeof octets)) > 0) continue;
    assert_int_equal(count, -1);
    assert_int_equal(errno, ECONNRESET);
}
