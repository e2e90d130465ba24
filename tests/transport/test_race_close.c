/* Closing, step by step: taken out of the slot and closed, unlocked, the slot returned, the
 * listeners armed, the timekeeper woken. */
#include "tests/transport/locks.h"

/* The connection of a worker that is closing it, and has just come to this lock. */
static struct actor *held_closing(struct stage *stage, uint32_t *slot, pthread_mutex_t *lock)
{
    int client;
    *slot = waiting(stage, &client, WAIT_NEXT_REQUEST);
    client_write(client, "bye");
    locks_watch(lock);
    return held(stage, act_serve, WAIT_CLOSE, CALL_LOCK, GATE_BEFORE);
}

/* It is closed; nobody has the slot. */
static void test_the_timekeeper_passes_over_a_slot_on_its_way_back(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    uint32_t slot;
    struct actor *closing = held_closing(stage, &slot, &stage->transport.slots_lock);
    assert_false(is_locked(stage, slot));
    clock_advance(2 * LIMIT);
    assert_int_equal(timekeep_beside(stage), 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 0);
    assert_int_equal(atomic_load(&stage->transport.leaving), 0);
    let_go(closing);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    stage_close(stage);
}

/* The table is full until the slot is returned: a listener that pauses before is armed after. */
static void test_a_listener_that_pauses_before_the_slot_is_returned_is_armed_after(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(1);
    uint32_t slot;
    int next;
    struct actor *closing = held_closing(stage, &slot, &stage->transport.slots_lock);
    next = stage_connect(stage);
    client_write(next, "GET");
    assert_null(stage_try(stage));
    assert_true(atomic_load(&stage->transport.paused));
    let_go(closing);
    assert_false(atomic_load(&stage->transport.paused));
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

/* Drained while the last one is on its way: the timekeeper has looked, and is woken all the same.
 */
static void test_the_last_wakes_a_timekeeper_that_began_to_drain_meanwhile(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    uint32_t slot;
    struct actor *closing = held_closing(stage, &slot, &stage->transport.slots_lock);
    transport_drain(&stage->transport);
    assert_int_equal(timekeep_beside(stage), 0);
    assert_int_equal(atomic_load(&stage->transport.count), 1);
    assert_false(is_readable(stage->transport.wake));
    let_go(closing);
    assert_true(is_readable(stage->transport.wake));
    stage_close(stage);
}

/* Whoever is woken counts nobody. */
static void test_the_timekeeper_is_woken_after_the_last_is_counted_out(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    waiting(stage, &client, WAIT_NEXT_REQUEST);
    client_write(client, "bye");
    transport_drain(&stage->transport);
    struct actor *closing = held(stage, act_serve, WAIT_CLOSE, CALL_WAKE, GATE_BEFORE);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    assert_true(is_free(&stage->transport.slots_lock));
    let_go(closing);
    stage_close(stage);
}

/* The number, and then the slot, are another's before the worker that closed them has gone on. */
static void test_who_has_returned_a_slot_touches_it_no_more(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(1);
    uint32_t slot;
    int client;
    struct actor *closing = held_closing(stage, &slot, &stage->transport.slots_lock);
    hold_next(closing, CALL_UNLOCK, GATE_AFTER);
    assert_int_equal(waiting(stage, &client, WAIT_HEAD), slot);
    struct connection before = stage->transport.table[slot];
    let_go(closing);
    struct connection *after = &stage->transport.table[slot];
    assert_memory_equal(&before.descriptor, &after->descriptor,
        sizeof before - offsetof(struct connection, descriptor));
    assert_int_equal(atomic_load(&stage->transport.count), 1);
    stage_close(stage);
}

/* One of two is on its way out and, half closed, is counted neither as staying nor as free. */
static void test_nobody_else_goes_for_who_is_on_its_way_out(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(2);
    int clients[2];
    waiting(stage, &clients[0], WAIT_NEXT_REQUEST);
    clock_advance(LIMIT / 2);
    waiting(stage, &clients[1], WAIT_NEXT_REQUEST);
    assert_int_equal(stage_timekeep(stage), 0); /* the table is full: the older one goes */
    assert_int_equal(atomic_load(&stage->transport.leaving), 1);
    struct actor *closing = held(stage, act_serve, WAIT_CLOSE, CALL_CLOSE, GATE_BEFORE);
    assert_int_equal(timekeep_beside(stage), 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 1);
    locks_watch(&stage->transport.slots_lock);
    hold_next(closing, CALL_LOCK, GATE_BEFORE);
    assert_int_equal(timekeep_beside(stage), 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 1);
    let_go(closing);
    assert_int_equal(atomic_load(&stage->transport.leaving), 0);
    client_expect_end(clients[0]);
    client_expect_silence(clients[1]);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_timekeeper_passes_over_a_slot_on_its_way_back),
        cmocka_unit_test(test_a_listener_that_pauses_before_the_slot_is_returned_is_armed_after),
        cmocka_unit_test(test_the_last_wakes_a_timekeeper_that_began_to_drain_meanwhile),
        cmocka_unit_test(test_the_timekeeper_is_woken_after_the_last_is_counted_out),
        cmocka_unit_test(test_who_has_returned_a_slot_touches_it_no_more),
        cmocka_unit_test(test_nobody_else_goes_for_who_is_on_its_way_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
