/* The hand-over between a worker and the timekeeper, who comes at any instant. */
#include "tests/transport/held.h"

static void test_the_timekeeper_shuts_down_only_what_it_has_locked(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    uint32_t slot = waiting(stage, &client, WAIT_NEXT_REQUEST);
    clock_advance(LIMIT);
    struct actor *timekeeper = held(stage, act_timekeep, WAIT_CLOSE, CALL_SHUTDOWN, GATE_BEFORE);
    assert_true(is_locked(stage, slot));
    client_write(client, "GET");
    struct actor *worker = actor_new(stage);
    worker->wait = WAIT_CLOSE;
    actor_start(worker, act_serve);
    actor_expect_waiting(worker);
    let_go(timekeeper);
    actor_finish(worker);
    assert_true(worker->overdue);
    actor_free(worker);
    stage_close(stage);
}

static void test_who_is_being_told_is_not_lent_to_a_worker(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    waiting(stage, &client, WAIT_HEAD);
    clock_advance(LIMIT);
    struct actor *timekeeper = /* at the half-close */
        held(stage, act_timekeep, WAIT_CLOSE, CALL_SHUTDOWN, GATE_BEFORE);
    client_write(client, "more");
    struct actor *worker = actor_new(stage);
    worker->wait = WAIT_CLOSE;
    actor_start(worker, act_serve);
    actor_expect_waiting(worker);
    let_go(timekeeper);
    actor_finish(worker);
    assert_int_equal(worker->found, WAIT_PEER_CLOSES);
    assert_false(worker->overdue);
    actor_free(worker);
    client_expect(client, TIMED_OUT);
    stage_close(stage);
}

static void test_a_worker_whose_event_came_at_the_same_instant_finds_the_new_wait(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    waiting(stage, &client, WAIT_HEAD);
    client_write(client, "more");
    struct actor *worker = held(stage, act_serve, WAIT_PEER_CLOSES, CALL_EPOLL_WAIT, GATE_AFTER);
    clock_advance(LIMIT);
    assert_int_equal(stage_timekeep(stage), 1);
    assert_null(stage_try(stage)); /* it is still the worker's: nobody has armed it */
    actor_open_gate(worker);
    actor_finish(worker);
    assert_int_equal(worker->found, WAIT_PEER_CLOSES);
    assert_false(worker->overdue);
    assert_int_equal(worker->received, IO_DONE);
    actor_free(worker);
    client_expect(client, TIMED_OUT);
    client_expect_end(client);
    stage_hang_up(stage, client);
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection->wait, WAIT_PEER_CLOSES);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_a_worker_whose_event_came_at_the_same_instant_finds_it_overdue(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    waiting(stage, &client, WAIT_PEER_CLOSES);
    client_write(client, "GET");
    struct actor *worker = held(stage, act_serve, WAIT_CLOSE, CALL_EPOLL_WAIT, GATE_AFTER);
    clock_advance(LIMIT);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_null(stage_try(stage)); /* it is still the worker's: nobody has armed it */
    actor_open_gate(worker);
    actor_finish(worker);
    assert_true(worker->overdue);
    actor_free(worker);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    assert_null(stage_try(stage));
    stage_close(stage);
}

static void test_a_request_that_comes_at_the_last_instant_is_served(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    waiting(stage, &client, WAIT_NEXT_REQUEST);
    client_write(client, "GET");
    stage_await_event(stage);
    clock_advance(LIMIT);
    assert_int_equal(stage_timekeep(stage), 0);
    struct connection *connection = stage_take(stage);
    assert_false(connection->overdue);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_int_equal(connection_input(connection).length, 3);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

/* Nor is it dismissed where the table is full. */
static void test_a_request_that_has_come_is_served_though_room_is_needed(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(1);
    int client;
    waiting(stage, &client, WAIT_NEXT_REQUEST);
    client_write(client, "GET");
    stage_await_event(stage);
    assert_int_equal(stage_timekeep(stage), 0);
    struct connection *connection = stage_take(stage);
    assert_false(connection->overdue);
    assert_int_equal(connection_receive(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

/* A turn that ends in the midst of a head; then it asks for the next. */
static void act_serve_head(struct actor *actor)
{
    struct transport *transport = &actor->stage->transport;
    struct connection *connection = transport_next_ready(transport, &actor->seat);
    if (connection == NULL) return;
    actor->received = connection_receive(connection);
    transport_give_back(transport, connection, WAIT_HEAD);
    actor->served = transport_next_ready(transport, &actor->seat) != NULL;
}

static void test_who_is_shut_down_before_it_is_armed_is_closed_not_lost(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    waiting(stage, &client, WAIT_NEXT_REQUEST);
    client_write(client, "GET");
    struct actor *worker = held(stage, act_serve, WAIT_NEXT_REQUEST, CALL_EPOLL_CTL, GATE_BEFORE);
    clock_advance(LIMIT);
    assert_int_equal(stage_timekeep(stage), 0);
    client_expect_end(client);
    assert_null(stage_try(stage));
    let_go(worker);
    struct connection *connection = stage_take(stage);
    assert_true(connection->overdue);
    give_back(stage, connection, WAIT_CLOSE);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    stage_close(stage);
}

static void test_who_is_shut_down_before_its_first_arming_is_closed_not_lost(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client = stage_connect(stage);
    struct actor *worker =
        held_later(stage, act_serve, WAIT_FIRST_OCTET, CALL_EPOLL_CTL, GATE_BEFORE, 1);
    clock_advance(LIMIT);
    assert_int_equal(stage_timekeep(stage), 0);
    client_expect_end(client);
    assert_null(stage_try(stage));
    let_go(worker);
    assert_int_equal(stage_close_overdue(stage), 1);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    stage_close(stage);
}

static void test_who_is_told_before_its_first_arming_lingers(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client = stage_connect(stage);
    client_write(client, "half a head");
    struct actor *worker = held_later(stage, act_serve, WAIT_HEAD, CALL_EPOLL_CTL, GATE_BEFORE, 1);
    clock_advance(LIMIT);
    assert_int_equal(stage_timekeep(stage), 1);
    client_expect(client, TIMED_OUT);
    client_expect_end(client);
    let_go(worker);
    stage_hang_up(stage, client);
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection->wait, WAIT_PEER_CLOSES);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

/* It has been accepted and is not yet in the set: it is as much the worker's as any. */
static void test_who_has_its_first_turn_is_no_business_of_the_timekeeper(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client = stage_connect(stage);
    client_write(client, "GET");
    struct actor *worker = held(stage, act_serve, WAIT_NEXT_REQUEST, CALL_RECV, GATE_BEFORE);
    clock_advance(LIMIT);
    struct actor *timekeeper = start(stage, act_timekeep);
    actor_finish(timekeeper);
    assert_int_equal(timekeeper->lent, 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 0);
    actor_free(timekeeper);
    actor_open_gate(worker);
    actor_finish(worker);
    assert_int_equal(worker->received, IO_DONE);
    assert_false(worker->overdue);
    actor_free(worker);
    client_expect_silence(client);
    stage_close(stage);
}

static void test_who_is_told_before_it_is_armed_lingers(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client = stage_connect(stage);
    stage_accept(stage, 1);
    client_write(client, "half a head");
    struct actor *worker = held(stage, act_serve_head, WAIT_HEAD, CALL_EPOLL_CTL, GATE_BEFORE);
    clock_advance(LIMIT);
    assert_int_equal(stage_timekeep(stage), 1);
    assert_int_equal(atomic_load(&stage->transport.memory), 0);
    client_expect(client, TIMED_OUT);
    client_expect_end(client);
    transport_stop(&stage->transport);
    let_go(worker);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_timekeeper_shuts_down_only_what_it_has_locked),
        cmocka_unit_test(test_who_is_being_told_is_not_lent_to_a_worker),
        cmocka_unit_test(test_a_worker_whose_event_came_at_the_same_instant_finds_the_new_wait),
        cmocka_unit_test(test_a_worker_whose_event_came_at_the_same_instant_finds_it_overdue),
        cmocka_unit_test(test_a_request_that_comes_at_the_last_instant_is_served),
        cmocka_unit_test(test_a_request_that_has_come_is_served_though_room_is_needed),
        cmocka_unit_test(test_who_is_shut_down_before_it_is_armed_is_closed_not_lost),
        cmocka_unit_test(test_who_is_shut_down_before_its_first_arming_is_closed_not_lost),
        cmocka_unit_test(test_who_is_told_before_its_first_arming_lingers),
        cmocka_unit_test(test_who_has_its_first_turn_is_no_business_of_the_timekeeper),
        cmocka_unit_test(test_who_is_told_before_it_is_armed_lingers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
