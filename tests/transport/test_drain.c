/* Stopping, the connections: the idle go, the others may finish; and at last every worker. */
#include "tests/transport/actor.h"

static int idle_client(struct stage *stage)
{
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    connection_consume(connection, 3);
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    return client;
}

static void test_the_idle_are_closed_at_the_tick(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(16);
    int idle = idle_client(stage);
    transport_drain(&stage->transport);
    assert_int_equal(stage_timekeep(stage), 0);
    client_expect_end(idle);
    assert_int_equal(stage_close_overdue(stage), 1);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    stage_close(stage);
}

/* Its request may be on the way, and is not repeated like one on a connection used before. */
static void test_who_has_just_connected_has_a_second_while_draining(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(16);
    clock_set(wait_clock());
    int silent = stage_connect(stage);
    stage_accept(stage, 1);
    transport_drain(&stage->transport);
    clock_advance(WAIT_SECOND);
    assert_int_equal(stage_timekeep(stage), 0);
    client_expect_silence(silent);
    clock_advance(1);
    assert_int_equal(stage_timekeep(stage), 0);
    client_expect_end(silent);
    assert_int_equal(stage_close_overdue(stage), 1);
    stage_close(stage);
}

static void test_who_becomes_idle_later_is_closed_at_the_next_tick(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(16);
    int client;
    give_back(stage, stage_lend(stage, &client, "GET"), WAIT_TURN);
    transport_drain(&stage->transport);
    assert_int_equal(stage_timekeep(stage), 0);
    struct connection *connection = stage_take(stage);
    assert_false(connection->overdue);
    connection_consume(connection, 3);
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    assert_int_equal(stage_timekeep(stage), 0);
    client_expect_end(client);
    assert_int_equal(stage_close_overdue(stage), 1);
    stage_close(stage);
}

static void test_a_request_that_has_arrived_is_still_served(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(16);
    int first = stage_connect(stage);
    stage_accept(stage, 1);
    int next = idle_client(stage);
    client_write(first, "GET");
    client_write(next, "GET");
    transport_drain(&stage->transport);
    assert_int_equal(stage_timekeep(stage), 0);
    for (int i = 0; i < 2; i++) {
        struct connection *connection = stage_take(stage);
        assert_false(connection->overdue);
        assert_int_equal(connection_receive(connection), IO_DONE);
        assert_int_equal(connection_input(connection).length, 3);
        give_back(stage, connection, WAIT_CLOSE);
    }
    stage_close(stage);
}

static void test_who_is_in_the_midst_of_something_may_finish(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(16);
    int clients[4];
    give_back(stage, stage_lend(stage, &clients[0], "GE"), WAIT_HEAD);
    give_back(stage, stage_lend(stage, &clients[1], "POST"), WAIT_CONTENT);
    give_back(stage, stage_lend(stage, &clients[2], "GET"), WAIT_PEER_CLOSES);
    give_back(stage, stage_lend_blocked(stage, &clients[3], 2000), WAIT_PEER_READS);
    stage_settle(stage);
    transport_drain(&stage->transport);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 0);
    assert_int_equal(stage_close_overdue(stage), 0);
    assert_int_equal(atomic_load(&stage->transport.count), 4);
    stage_close(stage);
}

static void test_the_timekeeper_is_woken_when_the_last_is_gone(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(16);
    int clients[2];
    for (int i = 0; i < 2; i++) give_back(stage, stage_lend(stage, &clients[i], "GET"), WAIT_HEAD);
    transport_drain(&stage->transport);
    transport_tick(&stage->transport);
    assert_false(is_readable(stage->transport.wake));
    for (int i = 0; i < 2; i++) client_write(clients[i], "bye");
    give_back(stage, stage_take(stage), WAIT_CLOSE);
    assert_false(is_readable(stage->transport.wake));
    give_back(stage, stage_take(stage), WAIT_CLOSE);
    assert_true(is_readable(stage->transport.wake));
    stage_close(stage);
}

static void test_with_nobody_there_the_timekeeper_is_woken_at_once(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(16);
    transport_drain(&stage->transport);
    assert_true(is_readable(stage->transport.wake));
    stage_close(stage);
}

/* Several workers whose connections are always ready. */
static void act_serve_until_stopped(struct actor *actor)
{
    struct connection *connection;
    while ((connection = transport_next_ready(&actor->stage->transport, &actor->seat)) != NULL) {
        actor->served = true;
        sem_post(&actor->gate.reached);
        transport_give_back(&actor->stage->transport, connection, WAIT_TURN);
    }
}

static void test_every_worker_stops_although_connections_are_ready(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(16);
    struct actor *workers[4];
    int client;
    for (int i = 0; i < 8; i++)
        give_back(stage, stage_lend(stage, &client, "GET"), WAIT_PEER_CLOSES);
    for (size_t i = 0; i < stage->client_count; i++) client_write(stage->clients[i], "GET");
    for (size_t i = 0; i < COUNT(workers); i++) {
        workers[i] = actor_new(stage);
        actor_start(workers[i], act_serve_until_stopped);
        actor_await_gate(workers[i]);
    }
    transport_stop(&stage->transport);
    for (size_t i = 0; i < COUNT(workers); i++) {
        actor_finish(workers[i]);
        actor_free(workers[i]);
    }
    assert_int_equal(atomic_load(&stage->transport.count), 8);
    stage_close(stage);
}

static void test_a_stopped_transport_stays_stopped(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(16);
    transport_stop(&stage->transport);
    for (int i = 0; i < 10; i++) {
        assert_true(is_readable(stage->transport.epoll));
        assert_null(transport_next_ready(&stage->transport, &stage->seat));
    }
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_idle_are_closed_at_the_tick),
        cmocka_unit_test(test_who_has_just_connected_has_a_second_while_draining),
        cmocka_unit_test(test_who_becomes_idle_later_is_closed_at_the_next_tick),
        cmocka_unit_test(test_a_request_that_has_arrived_is_still_served),
        cmocka_unit_test(test_who_is_in_the_midst_of_something_may_finish),
        cmocka_unit_test(test_the_timekeeper_is_woken_when_the_last_is_gone),
        cmocka_unit_test(test_with_nobody_there_the_timekeeper_is_woken_at_once),
        cmocka_unit_test(test_every_worker_stops_although_connections_are_ready),
        cmocka_unit_test(test_a_stopped_transport_stays_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
