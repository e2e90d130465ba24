/* The output of a connection: octets, then a range of a file, as far as the peer reads. */
#include "tests/transport/stage.h"

#include <fcntl.h>

static void test_queued_octets_are_sent_by_a_flush(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    queue_text(connection, "one ");
    queue_text(connection, "two");
    client_expect_silence(client);
    assert_int_equal(connection_flush(connection), IO_DONE);
    client_expect(client, "one two");
    give_back(stage, connection, WAIT_CLOSE);
    client_expect_end(client);
    stage_close(stage);
}

static void test_a_flush_of_nothing_is_done(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    assert_int_equal(connection_flush(connection), IO_DONE);
    client_expect_silence(client);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_space_shrinks_by_what_is_queued_and_is_whole_after_a_flush(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    assert_int_equal(connection_space(connection).length, SEAT_OUTPUT_SIZE);
    queue_content(connection, 0, 1000);
    assert_int_equal(connection_space(connection).length, SEAT_OUTPUT_SIZE - 1000);
    assert_int_equal(connection_flush(connection), IO_DONE);
    assert_int_equal(connection_space(connection).length, SEAT_OUTPUT_SIZE);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_while_a_file_is_queued_there_is_no_space(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    queue_text(connection, "head ");
    queue_file(connection, content_file(100), 0, 100);
    assert_int_equal(connection_space(connection).length, 0);
    assert_int_equal(connection_flush(connection), IO_DONE);
    assert_int_equal(connection_space(connection).length, SEAT_OUTPUT_SIZE);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_a_range_of_a_file_follows_the_octets(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    queue_text(connection, "head ");
    queue_file(connection, content_file(50000), 12345, 20001);
    assert_int_equal(connection_flush(connection), IO_DONE);
    queue_text(connection, "tail");
    assert_int_equal(connection_flush(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    client_expect(client, "head ");
    client_expect_content(client, 12345, 20001);
    client_expect(client, "tail");
    client_expect_end(client);
    stage_close(stage);
}

static void test_a_range_needs_no_octets_before_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    queue_file(connection, content_file(10), 9, 1);
    assert_int_equal(connection_flush(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    client_expect_content(client, 9, 1);
    client_expect_end(client);
    stage_close(stage);
}

static void test_the_file_is_closed_when_it_is_sent(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    size_t before = descriptors_open();
    queue_file(connection, content_file(100), 0, 100);
    assert_int_equal(descriptors_open(), before + 1);
    assert_int_equal(connection_flush(connection), IO_DONE);
    assert_int_equal(descriptors_open(), before);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_the_file_is_closed_with_its_connection(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    size_t before = descriptors_open();
    queue_file(connection, content_file(100), 0, 100);
    give_back(stage, connection, WAIT_CLOSE);
    assert_int_equal(descriptors_open(), before - 1);
    stage_close(stage);
}

static void test_the_file_of_a_parked_connection_is_closed_at_the_end(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    queue_text(connection, "head");
    queue_file(connection, content_file(100), 0, 100);
    give_back(stage, connection, WAIT_TURN);
    stage_close(stage);
}

/* A range of any length: the first turns send CONNECTION_TURN_OCTETS each, the last what is left.
 */
static void test_a_turn_sends_so_much_of_a_file_and_no_more(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    atomic_store(&calls[CALL_SENDFILE].pretends, true);
    calls_limit(CALL_SENDFILE, 100000);
    queue_file(connection, content_file(1), 5, 2 * (uint64_t)CONNECTION_TURN_OCTETS + 1);
    for (uint64_t turn = 1; turn <= 2; turn++) {
        assert_int_equal(connection_flush(connection), IO_TURN_OVER);
        assert_int_equal(connection->sent, turn * CONNECTION_TURN_OCTETS);
        give_back(stage, connection, WAIT_TURN);
        connection = stage_take(stage);
    }
    assert_int_equal(connection_flush(connection), IO_DONE);
    assert_int_equal(connection->sent, 2 * CONNECTION_TURN_OCTETS + 1);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_a_file_of_exactly_a_turn_needs_no_other(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    atomic_store(&calls[CALL_SENDFILE].pretends, true);
    queue_file(connection, content_file(1), 0, CONNECTION_TURN_OCTETS);
    assert_int_equal(connection_flush(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_offsets_beyond_4_gib_are_offsets(void **state)
{
    (void)state;
    const uint64_t far = 5ULL * 1024 * 1024 * 1024 + 7;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    char octets[1000];
    int file = content_file(0);
    content_fill(octets, far, sizeof octets);
    assert_int_equal(pwrite(file, octets, sizeof octets, (off_t)far), sizeof octets);
    queue_file(connection, file, far, sizeof octets);
    assert_int_equal(connection_flush(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    client_expect_content(client, far, sizeof octets);
    client_expect_end(client);
    stage_close(stage);
}

static void test_a_half_close_ends_what_the_peer_reads_not_what_it_sends(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    connection_discard_input(connection);
    queue_text(connection, "answer");
    assert_int_equal(connection_flush(connection), IO_DONE);
    connection_half_close(connection);
    give_back(stage, connection, WAIT_PEER_CLOSES);
    client_expect(client, "answer");
    client_expect_end(client);
    client_write(client, "still here");
    connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_int_equal(connection_input(connection).length, 10);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_sending_to_a_peer_that_is_gone_fails(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    stage_forget(stage, client);
    client_reset(client);
    queue_text(connection, "answer");
    assert_int_equal(connection_flush(connection), IO_FAILED);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

/* The peer must not take a part for the whole. */
static void test_a_close_with_something_unsent_is_a_reset(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    queue_text(connection, "answer");
    give_back(stage, connection, WAIT_CLOSE);
    client_expect_reset(client);
    connection = stage_lend(stage, &client, "GET");
    queue_file(connection, content_file(100), 0, 100);
    give_back(stage, connection, WAIT_CLOSE);
    client_expect_reset(client);
    stage_close(stage);
}

static void test_a_response_that_cannot_be_parked_ends_with_a_reset(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    connection_consume(connection, 3);
    queue_content(connection, 0, 1000);
    calls_budget(CALL_SEND, 400);
    assert_int_equal(connection_flush(connection), IO_BLOCKED);
    calls_fail(CALL_MALLOC, ENOMEM, 1);
    give_back(stage, connection, WAIT_PEER_READS);
    uint64_t length;
    assert_int_equal(client_drain_content(client, 0, &length), ECONNRESET);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queued_octets_are_sent_by_a_flush),
        cmocka_unit_test(test_a_flush_of_nothing_is_done),
        cmocka_unit_test(test_space_shrinks_by_what_is_queued_and_is_whole_after_a_flush),
        cmocka_unit_test(test_while_a_file_is_queued_there_is_no_space),
        cmocka_unit_test(test_a_range_of_a_file_follows_the_octets),
        cmocka_unit_test(test_a_range_needs_no_octets_before_it),
        cmocka_unit_test(test_the_file_is_closed_when_it_is_sent),
        cmocka_unit_test(test_the_file_is_closed_with_its_connection),
        cmocka_unit_test(test_the_file_of_a_parked_connection_is_closed_at_the_end),
        cmocka_unit_test(test_a_turn_sends_so_much_of_a_file_and_no_more),
        cmocka_unit_test(test_a_file_of_exactly_a_turn_needs_no_other),
        cmocka_unit_test(test_offsets_beyond_4_gib_are_offsets),
        cmocka_unit_test(test_a_half_close_ends_what_the_peer_reads_not_what_it_sends),
        cmocka_unit_test(test_sending_to_a_peer_that_is_gone_fails),
        cmocka_unit_test(test_a_close_with_something_unsent_is_a_reset),
        cmocka_unit_test(test_a_response_that_cannot_be_parked_ends_with_a_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
