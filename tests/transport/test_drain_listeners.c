/* Stopping, the listeners: they are closed, and who was queued is served. */
#include "tests/transport/actor.h"

static void test_from_then_on_it_is_draining(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    assert_false(atomic_load(&stage->transport.draining));
    transport_drain(&stage->transport);
    assert_true(atomic_load(&stage->transport.draining));
    stage_close(stage);
}

static void test_nobody_can_connect_any_more(void **state)
{
    (void)state;
    const char *const hosts[] = {"127.0.0.2", "127.0.0.1"};
    const struct transport_options options = stage_options(4);
    struct stage *stage = stage_open_at(&options, hosts, 2);
    size_t before = descriptors_open();
    transport_drain(&stage->transport);
    assert_int_equal(descriptors_open(), before - 2);
    assert_int_equal(client_connect(stage->listeners.list[1].port, 0), -1);
    assert_int_equal(errno, ECONNREFUSED);
    stage_close(stage);
}

/* An inherited listener lives on elsewhere. */
static void test_a_listener_is_closed_never_shut_down(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int elsewhere = dup(stage->listeners.list[0].descriptor);
    transport_drain(&stage->transport);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 0);
    int client = stage_connect(stage);
    struct pollfd queued = {.fd = elsewhere, .events = POLLIN};
    assert_int_equal(poll(&queued, 1, PATIENCE * 1000), 1);
    assert_false(is_readable(stage->transport.epoll)); /* it is no longer in the set */
    assert_null(stage_try(stage));
    client_expect_silence(client);
    __real_close(elsewhere);
    stage_close(stage);
}

static void test_who_was_queued_is_served(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(32);
    int clients[20];
    for (size_t i = 0; i < COUNT(clients); i++) {
        clients[i] = stage_connect(stage);
        client_write(clients[i], "GET");
    }
    transport_drain(&stage->transport);
    assert_int_equal(atomic_load(&stage->transport.count), COUNT(clients));
    for (size_t i = 0; i < COUNT(clients); i++) {
        struct connection *connection = stage_take(stage);
        assert_int_equal(connection_receive(connection), IO_DONE);
        connection_consume(connection, 3);
        queue_text(connection, "answer");
        assert_int_equal(connection_flush(connection), IO_DONE);
        give_back(stage, connection, WAIT_CLOSE);
    }
    for (size_t i = 0; i < COUNT(clients); i++) client_expect(clients[i], "answer");
    stage_close(stage);
}

static void test_who_was_queued_waits_like_the_others(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    transport_drain(&stage->transport);
    assert_null(stage_try(stage)); /* it is armed, not lent */
    for (int i = 0; i < 3; i++) {
        client_write(client, "GET");
        struct connection *connection = stage_take(stage);
        assert_int_equal(connection->wait, i == 0 ? WAIT_FIRST_OCTET : WAIT_NEXT_REQUEST);
        assert_int_equal(connection_receive(connection), IO_DONE);
        connection_consume(connection, 3);
        give_back(stage, connection, WAIT_NEXT_REQUEST);
    }
    assert_int_equal(atomic_load(&stage->transport.count), 1);
    stage_close(stage);
}

static void test_who_was_lost_while_queued_does_not_keep_the_others_out(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    for (int i = 0; i < 3; i++) stage_connect(stage);
    calls_fail(CALL_ACCEPT, ECONNABORTED, 1);
    transport_drain(&stage->transport);
    assert_int_equal(atomic_load(&stage->transport.count), 3);
    stage_close(stage);
}

/* A listener that another program has shut down, or that is no socket of ours any more. */
static void test_a_listener_that_only_fails_does_not_keep_it_from_stopping(void **state)
{
    (void)state;
    const int errors[] = {EINVAL, EBADF, EMFILE, ENOMEM, ECONNABORTED};
    for (size_t i = 0; i < COUNT(errors); i++) {
        struct stage *stage = stage_open_plain(4);
        struct actor *timekeeper = actor_new(stage);
        calls_fail(CALL_ACCEPT, errors[i], 1000000000);
        actor_start(timekeeper, act_drain);
        actor_finish(timekeeper);
        actor_free(timekeeper);
        stage_close(stage);
    }
}

static void test_with_a_full_table_it_can_be_drained(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(2);
    for (int i = 0; i < 3; i++) stage_connect(stage);
    stage_accept(stage, 2);
    transport_drain(&stage->transport);
    assert_int_equal(atomic_load(&stage->transport.count), 2);
    stage_close(stage);
}

static void test_draining_twice_is_draining(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    transport_drain(&stage->transport);
    struct actor *timekeeper = actor_new(stage);
    actor_start(timekeeper, act_drain);
    actor_finish(timekeeper);
    actor_free(timekeeper);
    stage_close(stage);
}

static void test_a_paused_listener_is_not_armed_after_a_drain(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(1);
    int client;
    give_back(stage, stage_lend(stage, &client, "GET"), WAIT_HEAD);
    stage_connect(stage);
    assert_null(stage_try(stage)); /* no slot: paused */
    assert_true(atomic_load(&stage->transport.paused));
    int number = stage->listeners.list[0].descriptor;
    transport_drain(&stage->transport);
    calls_watch_number(number);
    client_write(client, "bye");
    give_back(stage, stage_take(stage), WAIT_CLOSE);
    transport_tick(&stage->transport);
    assert_int_equal(atomic_load(&number_touched), 0);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_then_on_it_is_draining),
        cmocka_unit_test(test_nobody_can_connect_any_more),
        cmocka_unit_test(test_a_listener_is_closed_never_shut_down),
        cmocka_unit_test(test_who_was_queued_is_served),
        cmocka_unit_test(test_who_was_queued_waits_like_the_others),
        cmocka_unit_test(test_who_was_lost_while_queued_does_not_keep_the_others_out),
        cmocka_unit_test(test_a_listener_that_only_fails_does_not_keep_it_from_stopping),
        cmocka_unit_test(test_with_a_full_table_it_can_be_drained),
        cmocka_unit_test(test_draining_twice_is_draining),
        cmocka_unit_test(test_a_paused_listener_is_not_armed_after_a_drain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
