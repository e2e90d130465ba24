/* The timekeeper's turn, step by step: it looks, tries the lock, tells or shuts down, unlocks. */
#include "tests/transport/locks.h"

/* One whose time is up: HEAD is told, NEXT_REQUEST is shut down. The timekeeper is held at its
 * lock. */
static struct actor *held_at_lock_of(
    struct stage *stage, int *client, enum wait wait, enum call call, enum gate_side side)
{
    uint32_t slot = waiting(stage, client, wait);
    clock_advance(LIMIT);
    locks_watch(&stage->transport.table[slot].lock);
    return held(stage, act_timekeep, WAIT_CLOSE, call, side);
}

/* The deadline is looked at under the lock: before it, it may be the last turn's. */
static void test_who_is_served_before_the_timekeeper_has_the_lock_is_in_time(void **state)
{
    (void)state;
    const enum wait waits_before[] = {WAIT_NEXT_REQUEST, WAIT_HEAD};
    for (size_t i = 0; i < COUNT(waits_before); i++) {
        struct stage *stage = stage_open_timed(4);
        int client;
        struct actor *timekeeper =
            held_at_lock_of(stage, &client, waits_before[i], CALL_TRYLOCK, GATE_BEFORE);
        client_write(client, "GET");
        struct connection *connection = stage_take(stage);
        assert_int_equal(connection_receive(connection), IO_DONE);
        connection_consume(connection, connection_input(connection).length);
        give_back(stage, connection, WAIT_NEXT_REQUEST);
        actor_open_gate(timekeeper);
        actor_finish(timekeeper);
        assert_int_equal(timekeeper->lent, 0);
        assert_int_equal(calls_count(CALL_SHUTDOWN), 0);
        actor_free(timekeeper);
        client_expect_silence(client);
        stage_close(stage);
    }
}

/* Closes the one that is ready, and accepts another: it has the slot and the number. */
static struct connection *replace(struct stage *stage, int *client)
{
    struct pollfd ready = {.fd = stage->transport.epoll, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, PATIENCE * 1000), 1);
    *client = stage_connect(stage); /* it has its own number, and is still queued */
    struct connection *old = stage_take(stage);
    int number = old->descriptor;
    give_back(stage, old, WAIT_CLOSE);
    client_write(*client, "GET");
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_ptr_equal(connection, old);
    assert_int_equal(connection->descriptor, number);
    return connection;
}

static void test_who_is_closed_before_the_timekeeper_has_the_lock_is_not_shut_down(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int old;
    int client;
    struct actor *timekeeper =
        held_at_lock_of(stage, &old, WAIT_NEXT_REQUEST, CALL_TRYLOCK, GATE_BEFORE);
    client_write(old, "bye");
    give_back(stage, replace(stage, &client), WAIT_HEAD);
    let_go(timekeeper);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 0);
    client_expect_silence(client);
    stage_close(stage);
}

/* From the unlock on it is the worker's that has its event, whatever the timekeeper still does. */
static void test_who_was_told_is_a_workers_as_soon_as_it_is_unlocked(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    struct actor *timekeeper = held_at_lock_of(stage, &client, WAIT_HEAD, CALL_UNLOCK, GATE_AFTER);
    client_write(client, "more");
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection->wait, WAIT_PEER_CLOSES);
    assert_int_equal(connection->deadline, NOON + LIMIT + LIMIT);
    assert_int_equal(connection_receive(connection), IO_DONE);
    connection_discard_input(connection);
    let_go(timekeeper);
    assert_ptr_equal(connection->seat, &stage->seat);
    assert_int_equal(connection->wait, WAIT_PEER_CLOSES);
    assert_null(stage_try(stage)); /* the timekeeper has not armed it */
    give_back(stage, connection, WAIT_CLOSE);
    client_expect(client, TIMED_OUT);
    client_expect_end(client);
    stage_close(stage);
}

static void test_who_is_shut_down_is_closed_as_soon_as_it_is_unlocked(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int old;
    int client;
    struct actor *timekeeper =
        held_at_lock_of(stage, &old, WAIT_NEXT_REQUEST, CALL_UNLOCK, GATE_AFTER);
    struct connection *connection = replace(stage, &client);
    calls_watch_number(connection->descriptor);
    let_go(timekeeper);
    assert_int_equal(atomic_load(&number_touched), 0);
    assert_int_equal(atomic_load(&stage->transport.leaving), 0);
    give_back(stage, connection, WAIT_HEAD);
    client_expect_silence(client);
    stage_close(stage);
}

/* The 408 could not be sent: shut down while it is locked, like the others. */
static void test_who_cannot_be_told_is_shut_down_while_it_is_locked(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(1);
    int client;
    waiting(stage, &client, WAIT_HEAD);
    clock_advance(LIMIT);
    calls_fail(CALL_SEND, EPIPE, 1);
    struct actor *timekeeper = held(stage, act_timekeep, WAIT_CLOSE, CALL_SHUTDOWN, GATE_BEFORE);
    assert_true(is_locked(stage, 0));
    let_go(timekeeper);
    assert_int_equal(stage_close_overdue(stage), 1);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    client_expect_end(client);
    stage_close(stage);
}

/* What wakes it after it has begun to look wakes it again: it may have looked there already. */
static void test_a_wake_that_comes_during_a_tick_is_not_lost(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(1); /* full: the tick makes room */
    int client;
    waiting(stage, &client, WAIT_NEXT_REQUEST);
    transport_drain(&stage->transport);
    client_write(client, "bye");
    locks_watch(&stage->transport.table[0].lock);
    struct actor *timekeeper = held(stage, act_timekeep, WAIT_CLOSE, CALL_TRYLOCK, GATE_BEFORE);
    assert_false(is_readable(stage->transport.wake));
    give_back(stage, stage_take(stage), WAIT_CLOSE);
    let_go(timekeeper);
    assert_true(is_readable(stage->transport.wake));
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_served_before_the_timekeeper_has_the_lock_is_in_time),
        cmocka_unit_test(test_who_is_closed_before_the_timekeeper_has_the_lock_is_not_shut_down),
        cmocka_unit_test(test_who_was_told_is_a_workers_as_soon_as_it_is_unlocked),
        cmocka_unit_test(test_who_is_shut_down_is_closed_as_soon_as_it_is_unlocked),
        cmocka_unit_test(test_who_cannot_be_told_is_shut_down_while_it_is_locked),
        cmocka_unit_test(test_a_wake_that_comes_during_a_tick_is_not_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
