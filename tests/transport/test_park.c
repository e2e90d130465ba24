/* Between two turns a connection keeps exactly the octets that are unread and unsent. */
#include "tests/transport/stage.h"

static uint64_t memory(struct stage *stage)
{
    return atomic_load(&stage->transport.memory);
}

/* What server/ adds to each connection is at most 48 octets. */
static void test_a_parked_connection_costs_256_octets(void **state)
{
    (void)state;
    assert_true(sizeof(struct connection) + 48 <= 256);
}

static void test_who_owes_nothing_keeps_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    connection_consume(connection, 3);
    queue_text(connection, "answer");
    assert_int_equal(connection_flush(connection), IO_DONE);
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    assert_null(connection->parked);
    assert_int_equal(memory(stage), 0);
    stage_close(stage);
}

static void test_unread_octets_are_there_again_in_the_next_turn(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    client_write_content(client, 0, 5000);
    struct connection *connection = stage_take(stage);
    receive_until(connection, 5000);
    connection_consume(connection, 1001);
    give_back(stage, connection, WAIT_HEAD);
    assert_int_equal(memory(stage), 3999);
    memset(&stage->seat, 0, sizeof stage->seat);
    client_write_content(client, 5000, 500);
    connection = stage_take(stage);
    assert_int_equal(memory(stage), 0);
    assert_int_equal(connection_input(connection).length, 3999);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_int_equal(connection_input(connection).length, 4499);
    assert_content(connection_input(connection).start, 1001, 4499);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_unsent_octets_are_there_again_in_the_next_turn(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    connection_consume(connection, 3);
    queue_content(connection, 0, 3000);
    calls_budget(CALL_SEND, 1234);
    assert_int_equal(connection_flush(connection), IO_BLOCKED);
    give_back(stage, connection, WAIT_PEER_READS);
    assert_int_equal(memory(stage), 3000 - 1234);
    memset(&stage->seat, 0, sizeof stage->seat);
    calls_budget(CALL_SEND, -1);
    connection = stage_take(stage);
    assert_int_equal(memory(stage), 0);
    assert_int_equal(connection_flush(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    client_expect_content(client, 0, 3000);
    client_expect_end(client);
    stage_close(stage);
}

static void test_input_and_output_are_parked_side_by_side(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "one two");
    connection_consume(connection, 4);
    queue_content(connection, 0, 3000);
    calls_budget(CALL_SEND, 17);
    assert_int_equal(connection_flush(connection), IO_BLOCKED);
    give_back(stage, connection, WAIT_PEER_READS);
    assert_int_equal(memory(stage), 3 + 3000 - 17);
    memset(&stage->seat, 0, sizeof stage->seat);
    calls_budget(CALL_SEND, -1);
    connection = stage_take(stage);
    assert_int_equal(connection_input(connection).length, 3);
    assert_memory_equal(connection_input(connection).start, "two", 3);
    queue_content(connection, 3000, 500);
    assert_int_equal(connection_flush(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    client_expect_content(client, 0, 3500);
    stage_close(stage);
}

static void test_full_buffers_are_parked_whole(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    client_write_content(client, 0, SEAT_INPUT_SIZE);
    struct connection *connection = stage_take(stage);
    receive_until(connection, SEAT_INPUT_SIZE);
    queue_content(connection, 0, SEAT_OUTPUT_SIZE);
    give_back(stage, connection, WAIT_TURN);
    assert_int_equal(memory(stage), SEAT_INPUT_SIZE + SEAT_OUTPUT_SIZE);
    memset(&stage->seat, 0, sizeof stage->seat);
    connection = stage_take(stage);
    assert_content(connection_input(connection).start, 0, SEAT_INPUT_SIZE);
    assert_int_equal(connection_space(connection).length, 0);
    give_back(stage, connection, WAIT_CLOSE);
    assert_int_equal(memory(stage), 0);
    stage_close(stage);
}

static void test_what_a_closed_connection_kept_is_given_back(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "half a head");
    give_back(stage, connection, WAIT_HEAD);
    assert_int_equal(memory(stage), 11);
    stage_hang_up(stage, client);
    connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_ENDED);
    give_back(stage, connection, WAIT_CLOSE);
    assert_int_equal(memory(stage), 0);
    stage_close(stage);
}

static void test_what_is_parked_at_the_end_is_freed(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    for (int i = 0; i < 3; i++)
        give_back(stage, stage_lend(stage, &client, "half a head"), WAIT_HEAD);
    assert_int_equal(memory(stage), 33);
    stage_close(stage); /* which looks */
}

static void test_reserved_memory_is_counted_until_it_is_released(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    assert_true(transport_reserve(&stage->transport, 1024 * 1024));
    assert_false(transport_reserve(&stage->transport, 1));
    assert_int_equal(memory(stage), 1024 * 1024);
    transport_release(&stage->transport, 1024 * 1024);
    assert_true(transport_reserve(&stage->transport, 1));
    transport_release(&stage->transport, 1);
    stage_close(stage);
}

static void test_near_the_bound_the_timekeeper_is_woken(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    assert_true(transport_reserve(&stage->transport, 1024 * 1024 / 4 * 3));
    assert_false(is_readable(stage->transport.wake));
    assert_true(transport_reserve(&stage->transport, 1));
    assert_true(is_readable(stage->transport.wake));
    transport_release(&stage->transport, 1024 * 1024 / 4 * 3 + 1);
    transport_tick(&stage->transport);
    assert_false(is_readable(stage->transport.wake));
    stage_close(stage);
}

/* A connection whose 2000 octets cannot be parked, and another that has to live. */
static void assert_only_the_one_is_closed(struct stage *stage)
{
    int other;
    int client = stage_connect(stage);
    client_write_content(client, 0, 2000);
    struct connection *connection = stage_take(stage);
    receive_until(connection, 2000);
    calls_fail(CALL_MALLOC, ENOMEM, 1);
    give_back(stage, connection, WAIT_HEAD);
    calls_fail(CALL_MALLOC, 0, 0);
    client_expect_end(client);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    connection = stage_lend(stage, &other, "GET");
    queue_text(connection, "answer");
    assert_int_equal(connection_flush(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    client_expect(other, "answer");
    assert_int_equal(memory(stage), 0);
}

static void test_at_the_bound_the_connection_is_closed_and_the_timekeeper_woken(void **state)
{
    (void)state;
    struct transport_options options = stage_options(4);
    options.buffer_memory = 1999;
    struct stage *stage = stage_open(&options);
    assert_only_the_one_is_closed(stage);
    assert_true(is_readable(stage->transport.wake));
    assert_int_equal(calls_count(CALL_MALLOC), 0);
    stage_close(stage);
}

static void test_what_just_fits_is_parked(void **state)
{
    (void)state;
    struct transport_options options = stage_options(4);
    int client;
    options.buffer_memory = 11;
    struct stage *stage = stage_open(&options);
    give_back(stage, stage_lend(stage, &client, "half a head"), WAIT_HEAD);
    assert_int_equal(atomic_load(&stage->transport.count), 1);
    stage_close(stage);
}

static void test_without_memory_the_connection_is_closed(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    assert_only_the_one_is_closed(stage);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_parked_connection_costs_256_octets),
        cmocka_unit_test(test_who_owes_nothing_keeps_nothing),
        cmocka_unit_test(test_unread_octets_are_there_again_in_the_next_turn),
        cmocka_unit_test(test_unsent_octets_are_there_again_in_the_next_turn),
        cmocka_unit_test(test_input_and_output_are_parked_side_by_side),
        cmocka_unit_test(test_full_buffers_are_parked_whole),
        cmocka_unit_test(test_what_a_closed_connection_kept_is_given_back),
        cmocka_unit_test(test_what_is_parked_at_the_end_is_freed),
        cmocka_unit_test(test_reserved_memory_is_counted_until_it_is_released),
        cmocka_unit_test(test_near_the_bound_the_timekeeper_is_woken),
        cmocka_unit_test(test_at_the_bound_the_connection_is_closed_and_the_timekeeper_woken),
        cmocka_unit_test(test_what_just_fits_is_parked),
        cmocka_unit_test(test_without_memory_the_connection_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
