/* Room, made while others come and go, step by step: slots, and memory at its bound. */
#include "tests/transport/locks.h"

enum { KIB = 1024 };

/* Nobody else's turn comes between the choice of who has to go and the dismissal. */
static void test_who_has_to_go_is_locked_until_all_have_been_looked_at(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(3);
    int clients[3];
    uint32_t slots[3];
    for (int i = 0; i < 3; i++) {
        slots[i] = waiting(stage, &clients[i], WAIT_NEXT_REQUEST);
        clock_advance(WAIT_SECOND);
    }
    locks_watch(&stage->transport.table[slots[2]].lock);
    struct actor *timekeeper = held(stage, act_timekeep, WAIT_CLOSE, CALL_TRYLOCK, GATE_BEFORE);
    assert_true(is_locked(stage, slots[0]));
    assert_false(is_locked(stage, slots[1]));
    client_write(clients[1], "GET"); /* who stays is served meanwhile */
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    connection_consume(connection, 3);
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    let_go(timekeeper);
    for (uint32_t slot = 0; slot < 3; slot++) assert_false(is_locked(stage, slot));
    client_expect_end(clients[0]);
    client_expect_silence(clients[1]);
    client_expect_silence(clients[2]);
    stage_close(stage);
}

/* An older one that comes back in time is chosen instead, and the other may be served again. */
static void test_who_had_to_go_is_free_when_an_older_one_is_found(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(3);
    int clients[3];
    uint32_t slots[3];
    for (int i = 0; i < 3; i++) {
        clock_set(NOON + (i == 1 ? 0 : WAIT_SECOND));
        slots[i] = waiting(stage, &clients[i], WAIT_NEXT_REQUEST);
    }
    locks_watch(&stage->transport.table[slots[2]].lock);
    struct actor *timekeeper = held(stage, act_timekeep, WAIT_CLOSE, CALL_TRYLOCK, GATE_BEFORE);
    assert_false(is_locked(stage, slots[0]));
    assert_true(is_locked(stage, slots[1]));
    let_go(timekeeper);
    client_expect_end(clients[1]);
    client_expect_silence(clients[0]);
    client_expect_silence(clients[2]);
    stage_close(stage);
}

/* Marked, and not yet shut down: a turn that comes between clears it. */
static void test_who_is_served_between_dismissal_and_shutdown_stays(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(1);
    int client;
    waiting(stage, &client, WAIT_NEXT_REQUEST);
    locks_watch(&stage->transport.table[0].lock);
    struct actor *timekeeper = held(stage, act_timekeep, WAIT_CLOSE, CALL_UNLOCK, GATE_AFTER);
    client_write(client, "GET");
    struct connection *connection = stage_take(stage);
    assert_false(connection->overdue);
    assert_int_equal(connection_receive(connection), IO_DONE);
    connection_consume(connection, 3);
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    let_go(timekeeper);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 0);
    client_expect_silence(client);
    stage_close(stage);
}

/* Its slot counts until it is returned, but it is neither chosen nor waited for. */
static void test_who_is_being_closed_is_not_chosen(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(2);
    int closes;
    int other;
    waiting(stage, &closes, WAIT_NEXT_REQUEST);
    clock_advance(WAIT_SECOND);
    waiting(stage, &other, WAIT_HEAD);
    client_write(closes, "bye");
    struct actor *closing = held(stage, act_serve, WAIT_CLOSE, CALL_CLOSE, GATE_BEFORE);
    assert_int_equal(timekeep_beside(stage), 1);
    let_go(closing);
    client_expect_end(closes);
    client_expect(other, TIMED_OUT);
    assert_int_equal(atomic_load(&stage->transport.leaving), 0);
    stage_close(stage);
}

static void act_reserve(struct actor *actor)
{
    actor->served = transport_reserve(&actor->stage->transport, 700 * KIB);
}

/* The bound is a bound: what one has reserved is counted before the other looks. */
static void test_two_that_reserve_at_once_do_not_pass_the_bound(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4); /* with 1024 KiB */
    assert_true(transport_reserve(&stage->transport, 200 * KIB));
    struct actor *first = held(stage, act_reserve, WAIT_CLOSE, CALL_WAKE, GATE_BEFORE);
    assert_false(transport_reserve(&stage->transport, 200 * KIB));
    assert_true(transport_reserve(&stage->transport, 100 * KIB));
    actor_open_gate(first);
    actor_finish(first);
    assert_true(first->served);
    actor_free(first);
    assert_int_equal(atomic_load(&stage->transport.memory), 1000 * KIB);
    transport_release(&stage->transport, 1000 * KIB);
    stage_close(stage);
}

/* What the timekeeper could not find a home for must not keep it awake. */
static void test_the_timekeeper_is_woken_once_for_what_is_over_three_quarters(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    assert_true(transport_reserve(&stage->transport, 800 * KIB));
    transport_tick(&stage->transport);
    assert_true(transport_reserve(&stage->transport, 100 * KIB));
    assert_false(transport_reserve(&stage->transport, 200 * KIB));
    assert_false(is_readable(stage->transport.wake));
    transport_release(&stage->transport, 900 * KIB);
    assert_true(transport_reserve(&stage->transport, 800 * KIB));
    assert_true(is_readable(stage->transport.wake));
    transport_release(&stage->transport, 800 * KIB);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_has_to_go_is_locked_until_all_have_been_looked_at),
        cmocka_unit_test(test_who_had_to_go_is_free_when_an_older_one_is_found),
        cmocka_unit_test(test_who_is_served_between_dismissal_and_shutdown_stays),
        cmocka_unit_test(test_who_is_being_closed_is_not_chosen),
        cmocka_unit_test(test_two_that_reserve_at_once_do_not_pass_the_bound),
        cmocka_unit_test(test_the_timekeeper_is_woken_once_for_what_is_over_three_quarters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
