/* The hand-over of a connection between workers, and the closing of it: each race that it closes is
 * brought about, with one thread held at the call where it matters. */
#include "tests/transport/held.h"

static void test_the_next_turn_needs_nothing_of_who_is_still_arming(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    uint32_t slot = waiting(stage, &client, WAIT_NEXT_REQUEST);
    client_write(client, "one");
    struct actor *slow = held(stage, act_serve, WAIT_NEXT_REQUEST, CALL_EPOLL_CTL, GATE_AFTER);
    assert_false(is_locked(stage, slot));
    client_write(client, "two");
    struct actor *next = start(stage, act_serve);
    actor_finish(next);
    assert_true(next->served);
    assert_int_equal(next->slot, slot);
    assert_int_equal(next->received, IO_DONE);
    actor_free(next);
    let_go(slow);
    stage_close(stage);
}

/* … and the slot may be another connection's by then. */
static void test_who_is_still_arming_touches_nothing_of_who_comes_next(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(1);
    int client;
    int other;
    waiting(stage, &client, WAIT_NEXT_REQUEST);
    client_write(client, "one");
    struct actor *slow = held(stage, act_serve, WAIT_NEXT_REQUEST, CALL_EPOLL_CTL, GATE_AFTER);
    stage_hang_up(stage, client);
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_ENDED);
    give_back(stage, connection, WAIT_CLOSE);
    waiting(stage, &other, WAIT_HEAD);
    let_go(slow);
    client_write(other, " more");
    connection = stage_take(stage);
    assert_int_equal(connection->wait, WAIT_HEAD);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_int_equal(connection_input(connection).length, 8);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

/* The worker that accepts arms the listener first, and the connection when its turn is over. */
static void test_the_second_turn_needs_nothing_of_who_is_still_arming_after_the_first(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client = stage_connect(stage);
    client_write(client, "GET");
    struct actor *slow =
        held_later(stage, act_serve, WAIT_NEXT_REQUEST, CALL_EPOLL_CTL, GATE_AFTER, 1);
    assert_false(is_locked(stage, slow->slot));
    client_write(client, "next");
    struct actor *next = start(stage, act_serve);
    actor_finish(next);
    assert_true(next->served);
    assert_int_equal(next->slot, slow->slot);
    assert_int_equal(next->found, WAIT_NEXT_REQUEST);
    assert_int_equal(next->received, IO_DONE);
    actor_free(next);
    let_go(slow);
    stage_close(stage);
}

static void test_a_connection_is_closed_while_it_is_locked_and_then_returned(void **state)
{
    (void)state;
    const enum gate_side sides[] = {GATE_BEFORE, GATE_AFTER};
    for (size_t i = 0; i < COUNT(sides); i++) {
        struct stage *stage = stage_open_timed(4);
        int client;
        uint32_t slot = waiting(stage, &client, WAIT_NEXT_REQUEST);
        client_write(client, "bye");
        struct actor *closing = held(stage, act_serve, WAIT_CLOSE, CALL_CLOSE, sides[i]);
        assert_true(is_locked(stage, slot));
        assert_int_equal(atomic_load(&stage->transport.count), 1);
        let_go(closing);
        assert_false(is_locked(stage, slot));
        assert_int_equal(stage->transport.table[slot].descriptor, -1);
        assert_int_equal(atomic_load(&stage->transport.count), 0);
        stage_close(stage);
    }
}

static void test_who_is_being_closed_is_no_business_of_the_timekeeper(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    waiting(stage, &client, WAIT_HEAD);
    client_write(client, "bye");
    struct actor *closing = held(stage, act_serve, WAIT_CLOSE, CALL_CLOSE, GATE_BEFORE);
    clock_advance(LIMIT);
    struct actor *timekeeper = start(stage, act_timekeep);
    actor_finish(timekeeper);
    assert_int_equal(timekeeper->lent, 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 0);
    actor_free(timekeeper);
    let_go(closing);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 0);
    stage_close(stage);
}

/* The number is free, and taken again, before the worker is back from close(). */
static void test_a_number_used_again_is_not_shut_down_for_its_old_deadline(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int old;
    uint32_t slot = waiting(stage, &old, WAIT_NEXT_REQUEST);
    int number = stage->transport.table[slot].descriptor;
    client_write(old, "bye");
    struct pollfd ready = {.fd = stage->transport.epoll, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, PATIENCE * 1000), 1);
    int client = stage_connect(stage); /* it has its own number, and is still queued */
    struct actor *closing = held(stage, act_serve, WAIT_CLOSE, CALL_CLOSE, GATE_AFTER);
    clock_advance(LIMIT);
    client_write(client, "GET");
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_int_equal(connection->descriptor, number);
    connection_consume(connection, 3);
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    calls_watch_number(number);
    for (int when = 0; when < 2; when++) {
        struct actor *timekeeper = start(stage, act_timekeep);
        actor_finish(timekeeper);
        actor_free(timekeeper);
        if (when == 0) let_go(closing);
    }
    assert_int_equal(atomic_load(&number_touched), 0);
    client_expect_silence(client);
    assert_null(stage_try(stage));
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_next_turn_needs_nothing_of_who_is_still_arming),
        cmocka_unit_test(test_who_is_still_arming_touches_nothing_of_who_comes_next),
        cmocka_unit_test(test_the_second_turn_needs_nothing_of_who_is_still_arming_after_the_first),
        cmocka_unit_test(test_a_connection_is_closed_while_it_is_locked_and_then_returned),
        cmocka_unit_test(test_who_is_being_closed_is_no_business_of_the_timekeeper),
        cmocka_unit_test(test_a_number_used_again_is_not_shut_down_for_its_old_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
