/* After a deadline: who is told, lingers; and who has no deadline is never told. */
#include "tests/transport/timed.h"

static void test_what_is_told_has_lost_its_input_and_output(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_HEAD);
    int client;
    struct connection *connection = stage_lend(stage, &client, "half a head");
    give_back(stage, connection, WAIT_HEAD);
    clock_at(LIMIT);
    transport_tick(&stage->transport);
    assert_ptr_equal(transport_next_overdue(&stage->transport, &stage->timekeeper), connection);
    assert_int_equal(connection_input(connection).length, 0);
    assert_int_equal(connection_space(connection).length, SEAT_OUTPUT_SIZE);
    assert_int_equal(atomic_load(&stage->transport.memory), 0);
    transport_return_overdue(&stage->transport, connection, WAIT_CLOSE);
    assert_null(transport_next_overdue(&stage->transport, &stage->timekeeper));
    assert_int_equal(stage_close_overdue(stage), 1);
    client_expect_end(client);
    stage_close(stage);
}

static void test_who_was_told_lingers_and_then_is_closed(void **state)
{
    (void)state;
    struct transport_options options = stage_options(4);
    options.limits[WAIT_HEAD] = LIMIT;
    options.limits[WAIT_PEER_CLOSES] = 5 * WAIT_SECOND;
    struct stage *stage = stage_open(&options);
    int client;
    clock_set(NOON);
    give_back(stage, stage_lend(stage, &client, "half"), WAIT_HEAD);
    clock_at(LIMIT);
    assert_told(stage, client);
    client_write(client, " a head");
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection->wait, WAIT_PEER_CLOSES);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_int_equal(connection_input(connection).length, 7);
    connection_discard_input(connection);
    give_back(stage, connection, WAIT_PEER_CLOSES);
    clock_at(LIMIT + 5 * WAIT_SECOND - 1);
    assert_in_time(stage);
    clock_at(LIMIT + 5 * WAIT_SECOND);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(stage_close_overdue(stage), 1);
    stage_close(stage);
}

static void test_octets_do_not_buy_a_lingering_peer_time(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_PEER_CLOSES);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    for (int i = 0; i < 20; i++) {
        clock_at(i * LIMIT / 20);
        if (i == 0) connection_half_close(connection);
        connection_discard_input(connection);
        give_back(stage, connection, WAIT_PEER_CLOSES);
        assert_in_time(stage);
        client_write(client, "still talking");
        connection = stage_take(stage);
        assert_int_equal(connection_receive(connection), IO_DONE);
    }
    connection_discard_input(connection);
    give_back(stage, connection, WAIT_PEER_CLOSES);
    clock_at(LIMIT);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(stage_close_overdue(stage), 1);
    stage_close(stage);
}

static void test_without_limits_nobody_is_ever_overdue(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(16);
    clock_set(NOON);
    for (int wait = WAIT_HEAD; wait <= WAIT_PEER_CLOSES; wait++) {
        int client;
        struct connection *connection;
        if (wait == WAIT_PEER_READS)
            connection = stage_lend_blocked(stage, &client, 2000);
        else
            connection = stage_lend(stage, &client, "GET");
        give_back(stage, connection, (enum wait)wait);
    }
    stage_connect(stage);
    stage_accept(stage, WAIT_PEER_CLOSES - WAIT_HEAD + 2);
    clock_at(WAIT_FOREVER - 2 * NOON);
    assert_in_time(stage);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_told_has_lost_its_input_and_output),
        cmocka_unit_test(test_who_was_told_lingers_and_then_is_closed),
        cmocka_unit_test(test_octets_do_not_buy_a_lingering_peer_time),
        cmocka_unit_test(test_without_limits_nobody_is_ever_overdue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
