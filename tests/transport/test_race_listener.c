/* Pausing, arming and closing listeners, step by step, with one or two of them. */
#include "tests/transport/locks.h"

/* Two listeners; the first of them is the first in the list. */
static struct stage *stage_open_two(uint32_t max_connections)
{
    static const char *const hosts[] = {"127.0.0.2", "127.0.0.1"};
    const struct transport_options options = stage_options(max_connections);
    return stage_open_at(&options, hosts, 2);
}

static int connect_to(const char *host, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client >= 0);
    assert_int_equal(inet_pton(AF_INET, host, &address.sin_addr), 1);
    assert_int_equal(connect(client, (const struct sockaddr *)&address, sizeof address), 0);
    return client;
}

/* A worker that finds no descriptor for who connects, and is held before it says so. */
static struct actor *held_without_descriptor(struct stage *stage)
{
    client_write(stage_connect(stage), "GET");
    calls_fail(CALL_ACCEPT, EMFILE, 1);
    return held(stage, act_serve, WAIT_CLOSE, CALL_ACCEPT, GATE_AFTER);
}

/* The close that could have armed the listener came just before it paused: the tick arms it. */
static void test_a_close_just_before_a_listener_pauses_leaves_it_to_the_tick(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int old;
    waiting(stage, &old, WAIT_NEXT_REQUEST);
    client_write(old, "bye");
    stage_await_event(stage);
    struct connection *closing = stage_take(stage);
    struct actor *worker = held_without_descriptor(stage);
    give_back(stage, closing, WAIT_CLOSE);
    assert_false(atomic_load(&stage->transport.paused));
    hold_next(worker, CALL_EPOLL_WAIT, GATE_BEFORE);
    assert_true(atomic_load(&stage->transport.paused));
    assert_false(is_readable(stage->transport.epoll));
    transport_tick(&stage->transport);
    assert_false(atomic_load(&stage->transport.paused));
    actor_open_gate(worker);
    actor_finish(worker);
    assert_true(worker->served);
    assert_int_equal(worker->received, IO_DONE);
    actor_free(worker);
    stage_close(stage);
}

/* … and one that comes just after arms it. */
static void test_a_close_just_after_a_listener_has_paused_arms_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int old;
    waiting(stage, &old, WAIT_NEXT_REQUEST);
    client_write(old, "bye");
    struct connection *closing = stage_take(stage);
    struct actor *worker = held_without_descriptor(stage);
    locks_watch(&stage->listeners.list[0].lock);
    hold_next(worker, CALL_UNLOCK, GATE_AFTER);
    give_back(stage, closing, WAIT_CLOSE);
    actor_open_gate(worker);
    actor_finish(worker);
    assert_true(worker->served);
    assert_int_equal(worker->received, IO_DONE);
    actor_free(worker);
    stage_close(stage);
}

/* Armed, a listener may pause again while the next one is being armed: that is not forgotten. */
static void test_a_listener_that_pauses_again_while_the_next_is_armed_stays_paused(void **state)
{
    (void)state;
    struct stage *stage = stage_open_two(4);
    int client = connect_to("127.0.0.2", stage->listeners.list[0].port);
    client_write(client, "GET");
    calls_fail(CALL_ACCEPT, EMFILE, 2);
    assert_null(stage_try(stage));
    assert_true(atomic_load(&stage->transport.paused));
    locks_watch(&stage->listeners.list[1].lock);
    struct actor *timekeeper = held(stage, act_timekeep, WAIT_CLOSE, CALL_LOCK, GATE_BEFORE);
    assert_null(stage_try(stage)); /* armed, and again no descriptor */
    let_go(timekeeper);
    assert_true(atomic_load(&stage->transport.paused));
    transport_tick(&stage->transport);
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    __real_close(client);
    stage_close(stage);
}

/* Its event was delivered when a close armed all listeners: two workers have one each. */
static void test_a_listener_that_two_workers_have_is_accepted_from_one_by_one(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    client_write(stage_connect(stage), "GET");
    struct actor *late = held(stage, act_serve, WAIT_CLOSE, CALL_EPOLL_WAIT, GATE_AFTER);
    atomic_store(&stage->transport.paused, true); /* another one */
    transport_tick(&stage->transport);
    struct actor *early = held(stage, act_serve, WAIT_CLOSE, CALL_ACCEPT, GATE_BEFORE);
    actor_open_gate(late);
    actor_expect_waiting(late); /* for the listener */
    assert_int_equal(calls_count(CALL_ACCEPT), 1);
    let_go(early);
    client_write(stage_connect(stage), "GET");
    actor_finish(late);
    assert_true(late->served);
    actor_free(late);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    stage_close(stage);
}

/* Accepted while the other listener was being closed: a connection like any. */
static void test_one_listener_goes_on_while_the_other_is_drained(void **state)
{
    (void)state;
    struct stage *stage = stage_open_two(4);
    int client = client_connect(stage->listeners.list[1].port, 0);
    client_write(client, "GET");
    struct actor *timekeeper = held(stage, act_drain, WAIT_CLOSE, CALL_CLOSE, GATE_BEFORE);
    assert_true(atomic_load(&stage->transport.draining)); /* what is decided now says close */
    assert_false(is_free(&stage->listeners.list[0].lock));
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    connection_consume(connection, 3);
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    let_go(timekeeper);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(stage_close_overdue(stage), 1);
    client_expect_end(client);
    __real_close(client);
    stage_close(stage);
}

/* A worker with the listener's event waits until it is closed; then there is nothing to accept. */
static void test_who_comes_to_a_listener_that_is_being_closed_waits(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    stage_connect(stage);
    struct actor *worker = held(stage, act_serve, WAIT_CLOSE, CALL_EPOLL_WAIT, GATE_AFTER);
    struct actor *timekeeper = held(stage, act_drain, WAIT_CLOSE, CALL_CLOSE, GATE_BEFORE);
    calls_watch_number(stage->listeners.list[0].descriptor);
    actor_open_gate(worker);
    actor_expect_waiting(worker);
    assert_int_equal(atomic_load(&number_touched), 0);
    transport_stop(&stage->transport);
    let_go(timekeeper);
    actor_finish(worker);
    assert_false(worker->served);
    actor_free(worker);
    assert_int_equal(atomic_load(&number_touched), 0);
    assert_int_equal(atomic_load(&stage->transport.count), 1); /* accepted by the drain */
    stage_close(stage);
}

/* What is queued at an adopted listener is another's to accept. */
static void test_a_drain_that_finds_nobody_wakes_the_timekeeper(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    stage->listeners.list[0].adopted = true;
    transport_drain(&stage->transport);
    assert_int_equal(calls_count(CALL_ACCEPT), 0);
    assert_true(is_readable(stage->transport.wake));
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_close_just_before_a_listener_pauses_leaves_it_to_the_tick),
        cmocka_unit_test(test_a_close_just_after_a_listener_has_paused_arms_it),
        cmocka_unit_test(test_a_listener_that_pauses_again_while_the_next_is_armed_stays_paused),
        cmocka_unit_test(test_a_listener_that_two_workers_have_is_accepted_from_one_by_one),
        cmocka_unit_test(test_one_listener_goes_on_while_the_other_is_drained),
        cmocka_unit_test(test_who_comes_to_a_listener_that_is_being_closed_waits),
        cmocka_unit_test(test_a_drain_that_finds_nobody_wakes_the_timekeeper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
