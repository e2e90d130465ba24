/* The table of connections: slots are lent, returned and used again; when there is none, or no
 * descriptor, the listeners pause. */
#include "tests/transport/actor.h"

#include <fcntl.h>

static void test_a_ready_connection_is_lent_once_until_it_is_given_back(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    client_write(client, "more");
    assert_null(stage_try(stage));
    give_back(stage, connection, WAIT_HEAD);
    assert_ptr_equal(stage_take(stage), connection);
    assert_null(stage_try(stage));
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_an_idle_connection_is_not_lent(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    connection_consume(connection, 3);
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    assert_null(stage_try(stage));
    stage_close(stage);
}

static void test_what_had_arrived_before_it_was_given_back_is_reported(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    connection_consume(connection, 3);
    client_write(client, "next");
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    assert_ptr_equal(stage_take(stage), connection);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_int_equal(connection_input(connection).length, 4);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

/* RDHUP would report a half-close in any wait. */
static void test_a_half_close_is_no_event_while_the_peer_is_to_read(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    give_back(stage, stage_lend_blocked(stage, &client, 2000), WAIT_PEER_READS);
    stage_settle(stage);
    assert_int_equal(__real_shutdown(client, SHUT_WR), 0);
    assert_null(stage_try(stage));
    stage_close(stage);
}

static void test_a_turn_cut_for_fairness_goes_on_without_an_octet(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET GET GET");
    connection_consume(connection, 4);
    give_back(stage, connection, WAIT_TURN);
    assert_ptr_equal(stage_take(stage), connection);
    assert_int_equal(connection_input(connection).length, 7);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_slots_are_numbered_from_0(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(3);
    bool seen[3] = {false};
    int client;
    for (int i = 0; i < 3; i++) {
        struct connection *connection = stage_lend(stage, &client, "GET");
        uint32_t slot = transport_slot(&stage->transport, connection);
        assert_true(slot < 3 && !seen[slot]);
        seen[slot] = true;
        give_back(stage, connection, WAIT_HEAD);
    }
    stage_close(stage);
}

static void test_a_slot_is_used_again(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(1);
    int client;
    for (int i = 0; i < 5; i++) {
        struct connection *connection = stage_lend(stage, &client, "GET");
        assert_int_equal(atomic_load(&stage->transport.count), 1);
        assert_int_equal(connection->received, 3);
        assert_int_equal(connection->wait, WAIT_FIRST_OCTET);
        queue_text(connection, "unsent"); /* and not the next one's */
        give_back(stage, connection, WAIT_CLOSE);
        assert_int_equal(atomic_load(&stage->transport.count), 0);
        assert_true(read(client, &(char){0}, 1) <= 0);
    }
    stage_close(stage);
}

/* So that a full table costs nothing: no call is made until something has changed. */
static void assert_nobody_is_accepted(struct stage *stage)
{
    int accepts = calls_count(CALL_ACCEPT);
    uint32_t open = atomic_load(&stage->transport.count);
    for (int i = 0; i < 20; i++) assert_null(stage_try(stage));
    assert_true(calls_count(CALL_ACCEPT) <= accepts + 1);
    accepts = calls_count(CALL_ACCEPT);
    assert_false(is_readable(stage->transport.epoll));
    assert_null(stage_try(stage));
    assert_int_equal(calls_count(CALL_ACCEPT), accepts);
    assert_int_equal(atomic_load(&stage->transport.count), open);
}

static void test_a_full_table_pauses_the_listeners_until_a_close(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(2);
    int clients[3];
    for (int i = 0; i < 3; i++) clients[i] = stage_connect(stage);
    stage_accept(stage, 2);
    client_write(clients[2], "GET");
    assert_nobody_is_accepted(stage);
    stage_hang_up(stage, clients[0]);
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_ENDED);
    give_back(stage, connection, WAIT_CLOSE);
    connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_int_equal(connection_input(connection).length, 3);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void assert_accept_pauses_after(int error)
{
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    client_write(client, "GET");
    calls_fail(CALL_ACCEPT, error, 1);
    assert_null(stage_try(stage));
    assert_int_equal(calls_count(CALL_ACCEPT), 1);
    assert_nobody_is_accepted(stage);
    transport_tick(&stage->transport);
    give_back(stage, stage_take(stage), WAIT_CLOSE);
    stage_close(stage);
}

static void test_without_a_descriptor_it_accepts_again_after_a_tick(void **state)
{
    (void)state;
    assert_accept_pauses_after(EMFILE);
    assert_accept_pauses_after(ENFILE);
    assert_accept_pauses_after(ENOMEM);
    assert_accept_pauses_after(ENOBUFS);
}

static void test_without_a_descriptor_it_accepts_again_after_a_close(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    give_back(stage, stage_lend(stage, &client, "GET"), WAIT_HEAD);
    int next = stage_connect(stage);
    client_write(next, "GET");
    calls_fail(CALL_ACCEPT, EMFILE, 1);
    assert_nobody_is_accepted(stage);
    client_write(client, "bye");
    give_back(stage, stage_take(stage), WAIT_CLOSE);
    give_back(stage, stage_take(stage), WAIT_CLOSE);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    stage_close(stage);
}

static void test_a_connection_lost_while_it_was_queued_does_not_stop_the_next(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    client_write(client, "GET");
    calls_fail(CALL_ACCEPT, ECONNABORTED, 2);
    give_back(stage, stage_take(stage), WAIT_CLOSE);
    stage_close(stage);
}

static void test_an_accepted_socket_does_not_block_nor_delay_and_is_closed_on_exec(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    int on = 0;
    socklen_t size = sizeof on;
    struct connection *connection = stage_lend(stage, &client, "GET");
    int descriptor = connection->descriptor;
    assert_true((fcntl(descriptor, F_GETFL) & O_NONBLOCK) != 0);
    assert_true((fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
    assert_int_equal(getsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
    assert_true(on != 0);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_an_interrupted_wait_goes_on(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    client_write(client, "GET");
    calls_fail(CALL_EPOLL_WAIT, EINTR, 3);
    give_back(stage, stage_take(stage), WAIT_CLOSE);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_ready_connection_is_lent_once_until_it_is_given_back),
        cmocka_unit_test(test_an_idle_connection_is_not_lent),
        cmocka_unit_test(test_what_had_arrived_before_it_was_given_back_is_reported),
        cmocka_unit_test(test_a_half_close_is_no_event_while_the_peer_is_to_read),
        cmocka_unit_test(test_a_turn_cut_for_fairness_goes_on_without_an_octet),
        cmocka_unit_test(test_slots_are_numbered_from_0),
        cmocka_unit_test(test_a_slot_is_used_again),
        cmocka_unit_test(test_a_full_table_pauses_the_listeners_until_a_close),
        cmocka_unit_test(test_without_a_descriptor_it_accepts_again_after_a_tick),
        cmocka_unit_test(test_without_a_descriptor_it_accepts_again_after_a_close),
        cmocka_unit_test(test_a_connection_lost_while_it_was_queued_does_not_stop_the_next),
        cmocka_unit_test(test_an_accepted_socket_does_not_block_nor_delay_and_is_closed_on_exec),
        cmocka_unit_test(test_an_interrupted_wait_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
