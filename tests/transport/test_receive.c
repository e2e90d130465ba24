/* The input of a connection: what a peer sends, until it is consumed. */
#include "tests/transport/stage.h"

static void assert_input(const struct connection *connection, const char *text)
{
    struct octets input = connection_input(connection);
    assert_int_equal(input.length, strlen(text));
    assert_memory_equal(input.start, text, strlen(text));
}

static void test_what_the_peer_sends_is_received(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    client_write(client, "GET / HTTP/1.1\r\n");
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_input(connection).length, 0);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_input(connection, "GET / HTTP/1.1\r\n");
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_where_nothing_has_come_it_is_blocked(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "GET");
    assert_int_equal(connection_receive(connection), IO_BLOCKED);
    assert_input(connection, "GET");
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_what_is_not_consumed_stays_at_the_front(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "one two ");
    connection_consume(connection, 4);
    assert_input(connection, "two ");
    client_write(client, "three");
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_input(connection, "two three");
    connection_consume(connection, 9);
    assert_input(connection, "");
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_octets_are_removed_behind_those_still_needed(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "done head content next");
    connection_consume(connection, 5);
    connection_remove(connection, 5, 8);
    assert_input(connection, "head next");
    connection_remove(connection, 4, 5);
    assert_input(connection, "head");
    connection_remove(connection, 0, 4);
    assert_input(connection, "");
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_after_a_removal_the_next_octets_follow(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "head content");
    connection_remove(connection, 5, 7);
    client_write(client, "more");
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_input(connection, "head more");
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_discarded_input_is_gone(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    struct connection *connection = stage_lend(stage, &client, "rubbish");
    connection_discard_input(connection);
    assert_input(connection, "");
    client_write(client, "next");
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_input(connection, "next");
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

/* The receive that fills the buffer takes no more than there is room for. */
static void test_the_input_can_be_filled_to_the_last_octet(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    client_write_content(client, 0, SEAT_INPUT_SIZE + 100);
    struct connection *connection = stage_take(stage);
    receive_until(connection, SEAT_INPUT_SIZE);
    assert_content(connection_input(connection).start, 0, SEAT_INPUT_SIZE);
    connection_consume(connection, SEAT_INPUT_SIZE);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_content(
        connection_input(connection).start, SEAT_INPUT_SIZE, connection_input(connection).length);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_the_end_comes_after_all_octets(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    client_write(client, "last");
    assert_int_equal(__real_shutdown(client, SHUT_WR), 0);
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_input(connection, "last");
    give_back(stage, connection, WAIT_HEAD);
    connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_ENDED);
    assert_input(connection, "last");
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_a_peer_that_sends_no_more_may_still_read(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    assert_int_equal(__real_shutdown(client, SHUT_WR), 0);
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_ENDED);
    queue_text(connection, "answer");
    assert_int_equal(connection_flush(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    client_expect(client, "answer");
    client_expect_end(client);
    stage_close(stage);
}

static void test_a_reset_by_the_peer_is_a_failure(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    stage_accept(stage, 1);
    stage_forget(stage, client);
    client_reset(client);
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_FAILED);
    give_back(stage, connection, WAIT_CLOSE);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    stage_close(stage);
}

/* One turn that receives and gives back. Interrupted, a receive may have moved nothing; then there
 * is another turn. */
static size_t receive_in_a_turn(struct stage *stage, enum wait wait)
{
    struct connection *connection = stage_take(stage);
    enum io_status status = connection_receive(connection);
    assert_true(status == IO_DONE || status == IO_BLOCKED);
    size_t length = connection_input(connection).length;
    assert_content(connection_input(connection).start, 0, length);
    give_back(stage, connection, wait);
    return length;
}

static void test_an_interrupted_receive_loses_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    client_write_content(client, 0, 100);
    calls_fail(CALL_RECV, EINTR, 3);
    for (int turn = 0; turn < 4 && receive_in_a_turn(stage, WAIT_HEAD) == 0; turn++) continue;
    stage_hang_up(stage, client);
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_input(connection).length, 100);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_octets_that_come_one_at_a_time_make_the_same_input(void **state)
{
    (void)state;
    enum { LENGTH = 300 };
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect(stage);
    client_write_content(client, 0, LENGTH);
    calls_limit(CALL_RECV, 1);
    calls_interrupt(CALL_RECV);
    size_t length = 0;
    for (int turns = 0; turns < 2 * LENGTH && length < LENGTH; turns++) {
        size_t now = receive_in_a_turn(stage, WAIT_HEAD);
        assert_in_range(now, length, length + 1);
        length = now;
    }
    assert_int_equal(length, LENGTH);
    stage_close(stage);
}

static void test_the_peer_has_an_address(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client;
    char text[INET6_ADDRSTRLEN] = "";
    struct connection *connection = stage_lend(stage, &client, "GET");
    connection_peer(connection, text);
    assert_string_equal(text, "127.0.0.1");
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_an_ipv6_peer_has_its_address(void **state)
{
    (void)state;
    static const char *const hosts[] = {"::1"};
    const struct transport_options options = stage_options(4);
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    char text[INET6_ADDRSTRLEN] = "";
    if (!has_ipv6()) skip();
    struct stage *stage = stage_open_at(&options, hosts, 1);
    int client = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin6_port = htons(stage->listeners.list[0].port);
    assert_int_equal(connect(client, (const struct sockaddr *)&address, sizeof address), 0);
    client_write(client, "GET");
    struct connection *connection = stage_take(stage);
    connection_peer(connection, text);
    assert_string_equal(text, "::1");
    give_back(stage, connection, WAIT_CLOSE);
    __real_close(client);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_the_peer_sends_is_received),
        cmocka_unit_test(test_where_nothing_has_come_it_is_blocked),
        cmocka_unit_test(test_what_is_not_consumed_stays_at_the_front),
        cmocka_unit_test(test_octets_are_removed_behind_those_still_needed),
        cmocka_unit_test(test_after_a_removal_the_next_octets_follow),
        cmocka_unit_test(test_discarded_input_is_gone),
        cmocka_unit_test(test_the_input_can_be_filled_to_the_last_octet),
        cmocka_unit_test(test_the_end_comes_after_all_octets),
        cmocka_unit_test(test_a_peer_that_sends_no_more_may_still_read),
        cmocka_unit_test(test_a_reset_by_the_peer_is_a_failure),
        cmocka_unit_test(test_an_interrupted_receive_loses_nothing),
        cmocka_unit_test(test_octets_that_come_one_at_a_time_make_the_same_input),
        cmocka_unit_test(test_the_peer_has_an_address),
        cmocka_unit_test(test_an_ipv6_peer_has_its_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
