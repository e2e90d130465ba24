/* A peer that reads slowly or not at all, calls that move less than they could, and files that
 * change while they are sent: to the exact octet, or cut. */
#include "tests/transport/reader.h"

#include <fcntl.h>

enum { NARROW = 2048, FILE_SIZE = 400000, OCTETS = 50000 };

/* A connection with small buffers at both ends. */
static struct connection *lend_narrow(struct stage *stage, int *client)
{
    const int narrow = NARROW;
    *client = stage_connect_narrow(stage, NARROW);
    client_write(*client, "GET");
    struct connection *connection = stage_take(stage);
    assert_int_equal(
        setsockopt(connection->descriptor, SOL_SOCKET, SO_SNDBUF, &narrow, sizeof narrow), 0);
    assert_int_equal(connection_receive(connection), IO_DONE);
    connection_consume(connection, 3);
    return connection;
}

/* Octets at positions from 0 on, then the file of which position OCTETS is the first. */
static int queue_much(struct connection *connection)
{
    int file = content_file(OCTETS + FILE_SIZE);
    queue_content(connection, 0, OCTETS);
    queue_file(connection, file, OCTETS, FILE_SIZE);
    return file;
}

static enum wait wait_after(enum io_status flushed)
{
    return flushed == IO_BLOCKED  ? WAIT_PEER_READS
        : flushed == IO_TURN_OVER ? WAIT_TURN
                                  : WAIT_CLOSE;
}

/* The peer reads a little, then the worker has all the turns it can have, until all is sent. */
static size_t serve_reader(struct stage *stage, int client, uint64_t position, uint64_t end)
{
    size_t turns = 0;
    int64_t patience_ends = wait_clock() + PATIENCE * WAIT_SECOND;
    while (position < end) {
        assert_true(wait_clock() < patience_ends);
        read_some(client, &position, end);
        struct connection *connection = stage_try(stage);
        if (connection == NULL) continue;
        turns++;
        give_back(stage, connection, wait_after(connection_flush(connection)));
    }
    return turns;
}

static void test_a_peer_that_does_not_read_blocks_the_flush(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = lend_narrow(stage, &client);
    queue_much(connection);
    assert_int_equal(connection_flush(connection), IO_BLOCKED);
    assert_true(connection->sent < OCTETS + FILE_SIZE);
    give_back(stage, connection, WAIT_PEER_READS);
    stage_close(stage);
}

static void test_a_blocked_response_goes_on_at_the_exact_octet(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = lend_narrow(stage, &client);
    queue_much(connection);
    assert_int_equal(connection_flush(connection), IO_BLOCKED);
    give_back(stage, connection, WAIT_PEER_READS);
    assert_true(serve_reader(stage, client, 0, OCTETS + FILE_SIZE) > 2);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    client_expect_end(client);
    stage_close(stage);
}

static void test_short_sends_move_every_octet_once(void **state)
{
    (void)state;
    enum { SHORT = 600 };
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    calls_limit(CALL_SEND, 1);
    calls_limit(CALL_SENDFILE, 1);
    queue_content(connection, 0, SHORT);
    queue_file(connection, content_file(2 * SHORT), SHORT, SHORT);
    assert_int_equal(connection_flush(connection), IO_DONE);
    assert_int_equal(connection->sent, 2 * SHORT);
    give_back(stage, connection, WAIT_CLOSE);
    client_expect_content(client, 0, 2 * SHORT);
    client_expect_end(client);
    stage_close(stage);
}

static void test_interrupted_sends_move_every_octet_once(void **state)
{
    (void)state;
    enum { SHORT = 600 };
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    connection_consume(connection, 3);
    calls_limit(CALL_SEND, 7);
    calls_limit(CALL_SENDFILE, 7);
    calls_interrupt(CALL_SEND);
    calls_interrupt(CALL_SENDFILE);
    queue_content(connection, 0, SHORT);
    queue_file(connection, content_file(2 * SHORT), SHORT, SHORT);
    give_back(stage, connection, wait_after(connection_flush(connection)));
    serve_reader(stage, client, 0, 2 * SHORT);
    client_expect_end(client);
    stage_close(stage);
}

/* Wherever the kernel's room ends, in the octets, between them and the file, in the file. */
static void test_it_may_be_blocked_after_any_octet(void **state)
{
    (void)state;
    enum { SHORT = 40 };
    for (int room = 0; room <= 2 * SHORT; room++) {
        struct stage *stage = stage_open_plain(4);
        int client;
        struct connection *connection = stage_lend(stage, &client, "GET");
        connection_consume(connection, 3);
        calls_budget(CALL_SEND, room < SHORT ? room : SHORT);
        calls_budget(CALL_SENDFILE, room < SHORT ? 0 : room - SHORT);
        queue_content(connection, 0, SHORT);
        queue_file(connection, content_file(2 * SHORT), SHORT, SHORT);
        assert_int_equal(connection_flush(connection), room < 2 * SHORT ? IO_BLOCKED : IO_DONE);
        assert_int_equal(connection->sent, room);
        give_back(stage, connection, WAIT_PEER_READS);
        calls_budget(CALL_SEND, -1);
        calls_budget(CALL_SENDFILE, -1);
        connection = stage_take(stage);
        assert_int_equal(connection_flush(connection), IO_DONE);
        give_back(stage, connection, WAIT_CLOSE);
        client_expect_content(client, 0, 2 * SHORT);
        client_expect_end(client);
        stage_close(stage);
    }
}

/* The connection is cut: what came is the content, and the peer sees that it is not all. */
static void expect_cut(struct stage *stage, int client)
{
    uint64_t length;
    assert_int_equal(client_drain_content(client, 0, &length), ECONNRESET);
    assert_true(length < OCTETS + FILE_SIZE);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
}

/* A connection that has sent its octets and the first so many of the file. */
static struct connection *lend_half_sent(struct stage *stage, int *client, int *file)
{
    struct connection *connection = stage_lend(stage, client, "GET");
    connection_consume(connection, 3);
    calls_budget(CALL_SENDFILE, 1000);
    *file = queue_much(connection);
    assert_int_equal(connection_flush(connection), IO_BLOCKED);
    assert_int_equal(connection->sent, OCTETS + 1000);
    give_back(stage, connection, WAIT_PEER_READS);
    calls_budget(CALL_SENDFILE, -1);
    return stage_take(stage);
}

static void test_a_file_that_is_cut_while_it_is_sent_cuts_the_connection(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    int file;
    struct connection *connection = lend_half_sent(stage, &client, &file);
    assert_int_equal(ftruncate(file, OCTETS + 1000), 0);
    assert_int_equal(connection_flush(connection), IO_FAILED);
    give_back(stage, connection, WAIT_CLOSE);
    expect_cut(stage, client);
    stage_close(stage);
}

static void test_a_file_whose_end_is_cut_is_never_padded(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    int file;
    struct connection *connection = lend_half_sent(stage, &client, &file);
    assert_int_equal(ftruncate(file, OCTETS + 5000), 0);
    assert_int_equal(connection_flush(connection), IO_FAILED);
    assert_true(connection->sent <= OCTETS + 5000);
    give_back(stage, connection, WAIT_CLOSE);
    expect_cut(stage, client);
    stage_close(stage);
}

static void test_a_file_overwritten_while_it_is_sent_cuts_the_connection(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    int file;
    struct connection *connection = lend_half_sent(stage, &client, &file);
    assert_int_equal(pwrite(file, "other", 5, OCTETS + FILE_SIZE - 5), 5);
    assert_int_equal(connection_flush(connection), IO_FAILED);
    give_back(stage, connection, WAIT_CLOSE);
    expect_cut(stage, client);
    stage_close(stage);
}

static void test_a_file_shorter_than_its_range_cuts_the_connection(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    uint64_t length;
    struct connection *connection = stage_lend(stage, &client, "GET");
    connection_consume(connection, 3);
    queue_file(connection, content_file(1000), 0, 1001);
    assert_int_equal(connection_flush(connection), IO_FAILED);
    give_back(stage, connection, WAIT_CLOSE);
    assert_int_equal(client_drain_content(client, 0, &length), ECONNRESET);
    assert_true(length <= 1000);
    stage_close(stage);
}

/* Of the last octets, too: nothing comes after them that could notice. */
static void test_a_file_overwritten_before_its_last_octets_cuts_the_connection(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    int file = content_file(1000);
    queue_file(connection, file, 0, 1000);
    assert_int_equal(pwrite(file, "other", 5, 0), 5);
    assert_int_equal(connection_flush(connection), IO_FAILED);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_a_file_that_is_only_read_meanwhile_is_sent_whole(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    int file;
    char octets[100];
    struct connection *connection = lend_half_sent(stage, &client, &file);
    assert_int_equal(pread(file, octets, sizeof octets, 0), sizeof octets);
    give_back(stage, connection, wait_after(connection_flush(connection)));
    serve_reader(stage, client, 0, OCTETS + FILE_SIZE);
    client_expect_end(client);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_peer_that_does_not_read_blocks_the_flush),
        cmocka_unit_test(test_a_blocked_response_goes_on_at_the_exact_octet),
        cmocka_unit_test(test_short_sends_move_every_octet_once),
        cmocka_unit_test(test_interrupted_sends_move_every_octet_once),
        cmocka_unit_test(test_it_may_be_blocked_after_any_octet),
        cmocka_unit_test(test_a_file_that_is_cut_while_it_is_sent_cuts_the_connection),
        cmocka_unit_test(test_a_file_whose_end_is_cut_is_never_padded),
        cmocka_unit_test(test_a_file_shorter_than_its_range_cuts_the_connection),
        cmocka_unit_test(test_a_file_overwritten_while_it_is_sent_cuts_the_connection),
        cmocka_unit_test(test_a_file_overwritten_before_its_last_octets_cuts_the_connection),
        cmocka_unit_test(test_a_file_that_is_only_read_meanwhile_is_sent_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
