/* The deadlines of those who wait for a whole message: what starts the clock, what does not stop
 * it, and what follows. The clock is the test's. */
#include "tests/transport/stage.h"

#define NOON  (1000 * WAIT_SECOND)
#define LIMIT (10 * WAIT_SECOND)

/* All waits but one are unlimited. */
static struct stage *open_stage(enum wait limited)
{
    struct transport_options options = stage_options(4);
    options.limits[limited] = LIMIT;
    struct stage *stage = stage_open(&options);
    clock_set(NOON);
    return stage;
}

static void clock_at(int64_t after_noon)
{
    clock_set(NOON + after_noon);
}

/* Nobody's time is up. */
static void assert_in_time(struct stage *stage)
{
    assert_int_equal(stage_timekeep(stage), 0);
    assert_null(stage_try(stage));
}

/* One is shut down without a word; a worker is given it, overdue, and closes it. */
static void assert_shut_down(struct stage *stage, int client)
{
    uint32_t open = transport_count(&stage->transport);
    assert_int_equal(stage_timekeep(stage), 0);
    client_expect_end(client);
    assert_int_equal(transport_count(&stage->transport), open);
    struct connection *connection = stage_take(stage);
    assert_true(connection->overdue);
    give_back(stage, connection, WAIT_CLOSE);
    assert_int_equal(transport_count(&stage->transport), open - 1);
}

static void assert_told(struct stage *stage, int client)
{
    assert_int_equal(stage_timekeep(stage), 1);
    client_expect(client, TIMED_OUT);
    client_expect_end(client);
}

static void test_the_clock_of_the_first_octet_starts_at_accept(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_FIRST_OCTET);
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
    struct stage *stage = open_stage(WAIT_FIRST_OCTET);
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
    struct stage *stage = open_stage(WAIT_FIRST_OCTET);
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
    struct stage *stage = open_stage(WAIT_HEAD);
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
    struct stage *stage = open_stage(WAIT_HEAD);
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
    struct stage *stage = open_stage(WAIT_HEAD);
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
    struct stage *stage = open_stage(WAIT_HEAD);
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

static void test_what_is_told_has_lost_its_input_and_output(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_HEAD);
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

static void test_the_clock_of_the_next_request_starts_with_the_last_answer(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_NEXT_REQUEST);
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

static void test_octets_do_not_buy_a_lingering_peer_time(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_PEER_CLOSES);
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
        cmocka_unit_test(test_the_clock_of_the_first_octet_starts_at_accept),
        cmocka_unit_test(test_who_is_shut_down_is_shut_down_once),
        cmocka_unit_test(test_a_turn_without_an_octet_does_not_start_the_clock_again),
        cmocka_unit_test(test_the_clock_of_a_head_starts_with_its_first_octet),
        cmocka_unit_test(test_octets_do_not_buy_a_head_time),
        cmocka_unit_test(test_the_clock_of_the_next_head_starts_with_its_own_first_octet),
        cmocka_unit_test(
            test_the_clock_of_a_pipelined_head_starts_at_the_end_of_the_message_before_it),
        cmocka_unit_test(test_what_is_told_has_lost_its_input_and_output),
        cmocka_unit_test(test_who_was_told_lingers_and_then_is_closed),
        cmocka_unit_test(test_the_clock_of_the_next_request_starts_with_the_last_answer),
        cmocka_unit_test(test_octets_do_not_buy_a_lingering_peer_time),
        cmocka_unit_test(test_without_limits_nobody_is_ever_overdue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
