/* The hand-over where something else ends: the transport, a listener; or where arming fails. */
#include "tests/transport/held.h"

#include <fcntl.h>

static void act_serve_head(struct actor *actor)
{
    struct transport *transport = &actor->stage->transport;
    struct connection *connection = transport_next_ready(transport, &actor->seat);
    if (connection == NULL) return;
    actor->received = connection_receive(connection);
    transport_give_back(transport, connection, WAIT_HEAD);
    actor->served = transport_next_ready(transport, &actor->seat) != NULL;
}

static void test_a_stop_while_one_is_parked_leaves_nothing_behind(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client = stage_connect(stage);
    stage_accept(stage, 1);
    client_write(client, "half a head");
    struct actor *worker =
        held(stage, act_serve_head, WAIT_NEXT_REQUEST, CALL_EPOLL_CTL, GATE_BEFORE);
    transport_stop(&stage->transport);
    assert_int_equal(atomic_load(&stage->transport.memory), 11);
    actor_open_gate(worker);
    actor_finish(worker);
    assert_false(worker->served);
    actor_free(worker);
    stage_close(stage); /* which looks */
}

static void test_a_listener_is_not_closed_while_one_accepts_from_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int number = stage->listeners.list[0].descriptor;
    int client = stage_connect(stage);
    struct actor *worker = held(stage, act_serve, WAIT_NEXT_REQUEST, CALL_ACCEPT, GATE_BEFORE);
    calls_watch_number(number);
    struct actor *timekeeper = actor_new(stage);
    actor_start(timekeeper, act_drain);
    actor_expect_waiting(timekeeper);
    assert_int_equal(atomic_load(&number_touched), 0);
    assert_true(fcntl(number, F_GETFD) >= 0);
    client_write(client, "GET");
    let_go(worker);
    actor_finish(timekeeper);
    actor_free(timekeeper);
    assert_int_equal(fcntl(number, F_GETFD), -1);
    stage_close(stage);
}

/* Its event was delivered, and the listener closed before the worker had its lock. */
static void test_nobody_accepts_from_a_listener_that_was_closed_meanwhile(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int number = stage->listeners.list[0].descriptor;
    stage_connect(stage);
    struct actor *worker = held(stage, act_serve, WAIT_NEXT_REQUEST, CALL_EPOLL_WAIT, GATE_AFTER);
    transport_drain(&stage->transport);
    assert_int_equal(atomic_load(&stage->transport.count), 1);
    calls_watch_number(number);
    transport_stop(&stage->transport);
    let_go(worker);
    assert_int_equal(atomic_load(&number_touched), 0);
    assert_int_equal(atomic_load(&stage->transport.count), 1);
    stage_close(stage);
}

static void test_a_listener_is_not_closed_while_one_arms_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(1);
    int number = stage->listeners.list[0].descriptor;
    int client;
    waiting(stage, &client, WAIT_NEXT_REQUEST);
    stage_connect(stage);
    assert_null(stage_try(stage)); /* no slot: paused */
    assert_true(atomic_load(&stage->transport.paused));
    client_write(client, "bye");
    struct actor *worker = held(
        stage, act_serve, WAIT_CLOSE, CALL_EPOLL_CTL, GATE_BEFORE); /* it re-arms the listener */
    calls_watch_number(number);
    struct actor *timekeeper = actor_new(stage);
    actor_start(timekeeper, act_drain);
    actor_expect_waiting(timekeeper);
    assert_int_equal(atomic_load(&number_touched), 0);
    let_go(worker);
    actor_finish(timekeeper);
    actor_free(timekeeper);
    stage_close(stage);
}

/* The number of the closed listener belongs to another file of the set by then. */
static void test_a_number_used_again_is_not_armed_as_a_listener(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(1);
    int client;
    waiting(stage, &client, WAIT_NEXT_REQUEST);
    stage_connect(stage);
    assert_null(stage_try(stage)); /* no slot: paused */
    assert_true(atomic_load(&stage->transport.paused));
    int number = stage->listeners.list[0].descriptor;
    transport_drain(&stage->transport);
    int other = dup3(stage->transport.wake, number, O_CLOEXEC);
    assert_int_equal(other, number);
    calls_watch_number(number);
    client_write(client, "bye");
    give_back(stage, stage_take(stage), WAIT_CLOSE);
    transport_tick(&stage->transport);
    assert_int_equal(atomic_load(&number_touched), 0);
    __real_close(other);
    stage_close(stage);
}

static void test_who_cannot_be_armed_is_closed_and_others_go_on(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    int other;
    waiting(stage, &other, WAIT_NEXT_REQUEST);
    struct connection *connection = stage_lend(stage, &client, "half");
    calls_fail(CALL_EPOLL_CTL, ENOMEM, 1);
    give_back(stage, connection, WAIT_HEAD);
    client_expect_end(client);
    assert_int_equal(atomic_load(&stage->transport.count), 1);
    assert_int_equal(atomic_load(&stage->transport.memory), 0);
    client_write(other, "GET");
    connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_who_cannot_be_armed_is_closed_while_it_is_locked(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    uint32_t slot = waiting(stage, &client, WAIT_NEXT_REQUEST);
    client_write(client, "GET");
    calls_fail(CALL_EPOLL_CTL, ENOMEM, 1);
    struct actor *closing = held(stage, act_serve, WAIT_NEXT_REQUEST, CALL_CLOSE, GATE_BEFORE);
    assert_true(is_locked(stage, slot));
    let_go(closing);
    assert_false(is_locked(stage, slot));
    stage_close(stage);
}

static void test_who_cannot_be_put_into_the_set_is_closed_and_the_next_is_accepted(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "half");
    calls_fail(CALL_EPOLL_CTL, ENOSPC, 1);
    give_back(stage, connection, WAIT_HEAD);
    client_expect_end(client);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    assert_int_equal(atomic_load(&stage->transport.memory), 0);
    give_back(stage, stage_lend(stage, &client, "GET"), WAIT_CLOSE);
    stage_close(stage);
}

/* One listener has paused; a connection of the other one cannot be put into the set: its close arms
 * the paused one. */
static void test_that_holds_while_another_listener_is_paused(void **state)
{
    (void)state;
    const char *const hosts[] = {"127.0.0.2", "127.0.0.1"};
    const struct transport_options options = stage_options(4);
    struct stage *stage = stage_open_at(&options, hosts, 2);
    stage->listeners.count = 2;
    atomic_store(&stage->transport.paused, true);
    int client = client_connect(stage->listeners.list[1].port, 0);
    assert_true(client >= 0);
    struct actor *worker =
        held_later(stage, act_serve, WAIT_FIRST_OCTET, CALL_EPOLL_CTL, GATE_BEFORE, 1);
    calls_fail(CALL_EPOLL_CTL, ENOMEM, 1);
    let_go(worker);
    client_expect_end(client);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    assert_false(atomic_load(&stage->transport.paused));
    __real_close(client);
    stage_close(stage);
}

static void test_that_holds_while_it_is_drained(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client = stage_connect(stage);
    calls_fail(CALL_ACCEPT, EMFILE, 1);
    assert_null(stage_try(stage)); /* no descriptor: paused */
    struct actor *timekeeper = actor_new(stage);
    actor_stops_at(timekeeper, CALL_ACCEPT, GATE_BEFORE);
    actor_start(timekeeper, act_drain);
    actor_await_gate(timekeeper);
    calls_fail(CALL_EPOLL_CTL, ENOMEM, 1);
    let_go(timekeeper);
    client_expect_end(client);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stop_while_one_is_parked_leaves_nothing_behind),
        cmocka_unit_test(test_a_listener_is_not_closed_while_one_accepts_from_it),
        cmocka_unit_test(test_nobody_accepts_from_a_listener_that_was_closed_meanwhile),
        cmocka_unit_test(test_a_listener_is_not_closed_while_one_arms_it),
        cmocka_unit_test(test_a_number_used_again_is_not_armed_as_a_listener),
        cmocka_unit_test(test_who_cannot_be_armed_is_closed_and_others_go_on),
        cmocka_unit_test(test_who_cannot_be_armed_is_closed_while_it_is_locked),
        cmocka_unit_test(test_who_cannot_be_put_into_the_set_is_closed_and_the_next_is_accepted),
        cmocka_unit_test(test_that_holds_while_another_listener_is_paused),
        cmocka_unit_test(test_that_holds_while_it_is_drained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
