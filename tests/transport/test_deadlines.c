/* The deadlines of those who wait for a message: what starts the clock, what does not stop it, and
 * what follows. */
#include "tests/transport/timed.h"

static void test_the_clock_of_the_first_octet_starts_at_accept(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_FIRST_OCTET);
    clock_at(5 * WAIT_SECOND);
    int client = stage_connect(stage);
    stage_accept(stage, 1);
    clock_at(5 * WAIT_SECOND + LIMIT - 1);
    assert_in_time(stage);
    clock_at(5 * WAIT_SECOND + LIMIT);
    assert_shut_down(stage, client);
    stage_close(stage);
}

static void test_who_is_shut_down_is_shut_down_once(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_FIRST_OCTET);
    stage_connect(stage);
    stage_accept(stage, 1);
    clock_at(LIMIT);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 1);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 1);
    assert_int_equal(stage_close_overdue(stage), 1);
    stage_close(stage);
}

static void test_a_turn_without_an_octet_does_not_start_the_clock_again(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_FIRST_OCTET);
    int client = stage_connect(stage);
    client_write(client, "\n");
    clock_at(0);
    struct connection *connection = stage_take(stage);
    clock_at(LIMIT / 2);
    give_back(stage, connection, WAIT_FIRST_OCTET);
    connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    connection_discard_input(connection);
    give_back(stage, connection, WAIT_FIRST_OCTET);
    clock_at(LIMIT);
    assert_shut_down(stage, client);
    stage_close(stage);
}

static void test_the_clock_of_a_head_starts_with_its_first_octet(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_HEAD);
    int client = stage_connect(stage);
    stage_accept(stage, 1);
    clock_at(100 * WAIT_SECOND);
    client_write(client, "G");
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    give_back(stage, connection, WAIT_HEAD);
    clock_at(100 * WAIT_SECOND + LIMIT - 1);
    assert_in_time(stage);
    clock_at(100 * WAIT_SECOND + LIMIT);
    assert_told(stage, client);
    stage_close(stage);
}

static void test_octets_do_not_buy_a_head_time(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_HEAD);
    int client = stage_connect(stage);
    for (int i = 0; i < 100; i++) {
        clock_at(i * LIMIT / 100);
        client_write(client, "a");
        struct connection *connection = stage_take(stage);
        assert_int_equal(connection_receive(connection), IO_DONE);
        give_back(stage, connection, WAIT_HEAD);
        assert_in_time(stage);
    }
    clock_at(LIMIT);
    assert_told(stage, client);
    stage_close(stage);
}

static void test_the_clock_of_the_next_head_starts_with_its_own_first_octet(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_HEAD);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    connection_consume(connection, 3);
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    clock_at(50 * WAIT_SECOND);
    client_write(client, "G");
    connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    give_back(stage, connection, WAIT_HEAD);
    clock_at(50 * WAIT_SECOND + LIMIT - 1);
    assert_in_time(stage);
    clock_at(50 * WAIT_SECOND + LIMIT);
    assert_told(stage, client);
    stage_close(stage);
}

static void test_the_clock_of_a_pipelined_head_starts_at_the_end_of_the_message_before_it(
    void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_HEAD);
    int client;
    struct connection *connection = stage_lend(stage, &client, "one two");
    give_back(stage, connection, WAIT_HEAD);
    clock_at(8 * WAIT_SECOND);
    client_write(client, ".");
    connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    connection_consume(connection, 4);
    give_back(stage, connection, WAIT_HEAD);
    clock_at(8 * WAIT_SECOND + LIMIT - 1);
    assert_in_time(stage);
    clock_at(8 * WAIT_SECOND + LIMIT);
    assert_told(stage, client);
    stage_close(stage);
}

static void test_the_clock_of_the_next_request_starts_with_the_last_answer(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_NEXT_REQUEST);
    int client = -1;
    for (int i = 0; i < 3; i++) {
        clock_at(i * LIMIT / 2);
        struct connection *connection;
        if (client < 0) {
            connection = stage_lend(stage, &client, "GET");
        } else {
            client_write(client, "GET");
            connection = stage_take(stage);
            assert_int_equal(connection_receive(connection), IO_DONE);
        }
        connection_consume(connection, 3);
        give_back(stage, connection, WAIT_NEXT_REQUEST);
        assert_in_time(stage);
    }
    clock_at(2 * LIMIT - 1);
    assert_in_time(stage);
    clock_at(2 * LIMIT);
    assert_shut_down(stage, client);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_clock_of_the_first_octet_starts_at_accept),
        cmocka_unit_test(test_who_is_shut_down_is_shut_down_once),
        cmocka_unit_test(test_a_turn_without_an_octet_does_not_start_the_clock_again),
        cmocka_unit_test(test_the_clock_of_a_head_starts_with_its_first_octet),
        cmocka_unit_test(test_octets_do_not_buy_a_head_time),
        cmocka_unit_test(test_the_clock_of_the_next_head_starts_with_its_own_first_octet),
        cmocka_unit_test(
            test_the_clock_of_a_pipelined_head_starts_at_the_end_of_the_message_before_it),
        cmocka_unit_test(test_the_clock_of_the_next_request_starts_with_the_last_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
