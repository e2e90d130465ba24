/* Accepting: one connection a turn, which is served at once by who accepts it. */
#include "tests/transport/held.h"

/* What a turn costs in calls, from here on. */
static struct {
    int count[CALL_COUNT];
} before;

static void start_counting(void)
{
    for (int call = 0; call < CALL_COUNT; call++) before.count[call] = calls_count((enum call)call);
}

static int calls_since(enum call call)
{
    return calls_count(call) - before.count[call];
}

/* A turn that finds a request, and sends an answer; the rest of it is the wait's. */
static void answer(struct stage *stage, enum wait wait)
{
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_int_equal(connection_input(connection).length, 3);
    connection_consume(connection, 3);
    queue_text(connection, "answer");
    assert_int_equal(connection_flush(connection), IO_DONE);
    give_back(stage, connection, wait);
}

static void assert_accepted_and_answered(int epoll_ctls, int closes)
{
    assert_int_equal(calls_since(CALL_EPOLL_WAIT), 1);
    assert_int_equal(calls_since(CALL_ACCEPT), 1);
    assert_int_equal(atomic_load(&number_touched), 2); /* the listener: accepted from, and armed */
    assert_int_equal(calls_since(CALL_RECV), 1);
    assert_int_equal(calls_since(CALL_SEND), 1);
    assert_int_equal(calls_since(CALL_EPOLL_CTL), epoll_ctls);
    assert_int_equal(calls_since(CALL_CLOSE), closes);
}

static void test_a_request_that_is_there_is_answered_in_the_turn_that_accepts_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    client_write(client, "GET");
    calls_watch_number(stage->listeners.list[0].descriptor);
    start_counting();
    answer(stage, WAIT_CLOSE);
    assert_accepted_and_answered(1, 1);
    client_expect(client, "answer");
    client_expect_end(client);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    stage_close(stage);
}

static void test_it_is_put_into_the_set_when_it_has_to_wait(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    client_write(client, "GET");
    calls_watch_number(stage->listeners.list[0].descriptor);
    start_counting();
    answer(stage, WAIT_NEXT_REQUEST);
    assert_accepted_and_answered(2, 0);
    for (int i = 0; i < 3; i++) { /* and it stays there */
        client_write(client, "GET");
        start_counting();
        answer(stage, WAIT_NEXT_REQUEST);
        assert_int_equal(calls_since(CALL_EPOLL_WAIT), 1);
        assert_int_equal(calls_since(CALL_EPOLL_CTL), 1);
        client_expect(client, "answer");
    }
    assert_int_equal(atomic_load(&stage->transport.count), 1);
    stage_close(stage);
}

static void test_one_that_has_sent_nothing_waits_for_its_first_octet(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    start_counting();
    struct connection *connection = transport_next_ready(&stage->transport, &stage->seat);
    assert_non_null(connection);
    assert_int_equal(connection->wait, WAIT_FIRST_OCTET);
    assert_false(connection->overdue);
    assert_int_equal(connection_receive(connection), IO_BLOCKED);
    assert_int_equal(calls_since(CALL_EPOLL_CTL), 1);
    calls_watch_number(connection->descriptor);
    give_back(stage, connection, WAIT_FIRST_OCTET);
    assert_int_equal(calls_since(CALL_EPOLL_CTL), 2);
    assert_int_equal(atomic_load(&number_touched), 1);
    assert_null(stage_try(stage));
    client_write(client, "GET");
    assert_ptr_equal(stage_take(stage), connection);
    assert_int_equal(connection->wait, WAIT_FIRST_OCTET);
    give_back(stage, connection, WAIT_FIRST_OCTET); /* armed again, not put into it again */
    assert_ptr_equal(stage_take(stage), connection);
    assert_int_equal(connection_receive(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_the_next_in_its_slot_is_put_into_the_set_too(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(1);
    for (int i = 0; i < 3; i++) {
        int client = stage_connect(stage);
        client_write(client, "GET");
        answer(stage, WAIT_NEXT_REQUEST);
        client_write(client, "GET");
        answer(stage, WAIT_CLOSE);
        client_expect(client, "answeranswer");
        client_expect_end(client);
    }
    stage_close(stage);
}

static void test_a_turn_accepts_one_and_leaves_the_next_to_others(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    for (int i = 0; i < 3; i++) client_write(stage_connect(stage), "GET");
    for (uint32_t i = 1; i <= 3; i++) {
        start_counting();
        struct connection *connection = stage_take(stage);
        assert_int_equal(calls_since(CALL_ACCEPT), 1);
        assert_int_equal(atomic_load(&stage->transport.count), i);
        assert_int_equal(connection_receive(connection), IO_DONE);
        connection_consume(connection, 3);
        give_back(stage, connection, WAIT_NEXT_REQUEST);
    }
    stage_close(stage);
}

static void test_the_listener_is_armed_before_who_was_accepted_is_served(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    client_write(stage_connect(stage), "GET");
    struct actor *first = held(stage, act_serve, WAIT_CLOSE, CALL_RECV, GATE_BEFORE);
    assert_int_equal(atomic_load(&stage->transport.count), 1);
    client_write(stage_connect(stage), "GET");
    struct actor *second = start(stage, act_serve);
    actor_finish(second);
    assert_true(second->served);
    assert_int_equal(second->found, WAIT_FIRST_OCTET);
    assert_int_equal(second->received, IO_DONE);
    assert_int_equal(atomic_load(&stage->transport.count), 2);
    actor_free(second);
    let_go(first);
    stage_close(stage);
}

static void test_a_listener_is_not_closed_before_who_accepted_has_armed_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    client_write(stage_connect(stage), "GET");
    calls_watch_number(stage->listeners.list[0].descriptor);
    struct actor *worker = held(stage, act_serve, WAIT_CLOSE, CALL_EPOLL_CTL, GATE_BEFORE);
    struct actor *timekeeper = start(stage, act_drain);
    actor_expect_waiting(timekeeper);
    assert_int_equal(atomic_load(&number_touched), 2); /* the worker's accept4 and epoll_ctl */
    let_go(worker);
    actor_finish(timekeeper);
    actor_free(timekeeper);
    stage_close(stage);
}

/* Its lock is free by then: a drain need not wait for a turn's end. */
static void test_a_listener_is_drained_while_who_was_accepted_is_served(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client = stage_connect(stage);
    client_write(client, "GET");
    struct actor *worker = held(stage, act_serve, WAIT_CLOSE, CALL_RECV, GATE_BEFORE);
    struct actor *timekeeper = start(stage, act_drain);
    actor_finish(timekeeper);
    actor_free(timekeeper);
    actor_open_gate(worker);
    actor_finish(worker);
    assert_int_equal(worker->received, IO_DONE);
    actor_free(worker);
    stage_close(stage);
}

static void test_who_is_accepted_is_locked_from_then_on(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(1);
    client_write(stage_connect(stage), "GET");
    struct actor *worker = held(stage, act_serve, WAIT_CLOSE, CALL_EPOLL_CTL, GATE_BEFORE);
    assert_true(is_locked(stage, 0)); /* while the listener is armed */
    let_go(worker);
    assert_false(is_locked(stage, 0));
    stage_close(stage);
}

static void test_when_nobody_is_there_any_more_the_next_is_awaited(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    client_write(stage_connect(stage), "GET");
    calls_fail(CALL_ACCEPT, EAGAIN, 2); /* others were quicker */
    start_counting();
    give_back(stage, stage_take(stage), WAIT_CLOSE);
    assert_int_equal(calls_since(CALL_ACCEPT), 3);
    assert_false(atomic_load(&stage->transport.paused));
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_request_that_is_there_is_answered_in_the_turn_that_accepts_it),
        cmocka_unit_test(test_it_is_put_into_the_set_when_it_has_to_wait),
        cmocka_unit_test(test_one_that_has_sent_nothing_waits_for_its_first_octet),
        cmocka_unit_test(test_the_next_in_its_slot_is_put_into_the_set_too),
        cmocka_unit_test(test_a_turn_accepts_one_and_leaves_the_next_to_others),
        cmocka_unit_test(test_the_listener_is_armed_before_who_was_accepted_is_served),
        cmocka_unit_test(test_a_listener_is_not_closed_before_who_accepted_has_armed_it),
        cmocka_unit_test(test_a_listener_is_drained_while_who_was_accepted_is_served),
        cmocka_unit_test(test_who_is_accepted_is_locked_from_then_on),
        cmocka_unit_test(test_when_nobody_is_there_any_more_the_next_is_awaited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
