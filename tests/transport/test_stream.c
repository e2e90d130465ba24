/* What a peer sends, in whatever pieces it comes, until it is consumed. */
#include "tests/transport/stream.h"

static inline void peer_sends(const char *octets)
{
    assert_int_equal(write(peer, octets, strlen(octets)), strlen(octets));
}

static void assert_input(const char *expected)
{
    struct octets input = connection_input(&connection);
    assert_int_equal(input.length, strlen(expected));
    assert_memory_equal(input.start, expected, strlen(expected));
}

static void receive(const char *octets)
{
    peer_sends(octets);
    assert_int_equal(connection_receive(&connection), IO_DONE);
}

static void test_what_the_peer_sends_is_received(void **state)
{
    (void)state;
    receive("GET / HTTP/1.1\r\n");
    assert_input("GET / HTTP/1.1\r\n");
    assert_int_equal(connection.received, 16);
}

/* A stream has no messages: a line may come in as many pieces as it has octets. */
static void test_a_line_that_comes_octet_by_octet_is_the_same_line(void **state)
{
    static const char line[] = "GET / HTTP/1.1\r\n";
    (void)state;
    for (const char *at = line; *at != '\0'; at++) receive((const char[]){*at, '\0'});
    assert_input(line);
}

static void test_where_nothing_has_come_it_is_blocked(void **state)
{
    (void)state;
    assert_int_equal(connection_receive(&connection), IO_BLOCKED);
    assert_input("");
}

static void test_the_end_comes_after_all_octets(void **state)
{
    (void)state;
    receive("last");
    assert_int_equal(shutdown(peer, SHUT_WR), 0);
    assert_int_equal(connection_receive(&connection), IO_ENDED);
    assert_input("last");
}

static void test_the_clock_of_a_message_starts_with_its_first_octet(void **state)
{
    (void)state;
    receive("one");
    seat.now = STREAM_NOW + 1;
    receive("two");
    assert_int_equal(connection.message_start, STREAM_NOW);
    assert_int_equal(connection.last_moved, STREAM_NOW + 1);
}

static void test_what_is_not_consumed_stays_at_the_front(void **state)
{
    (void)state;
    receive("one two ");
    assert_false(connection.message_ended);
    connection_consume(&connection, 4);
    assert_input("two ");
    receive("three");
    assert_input("two three");
}

static void test_with_the_end_of_a_message_the_clock_of_the_next_starts(void **state)
{
    (void)state;
    receive("one two ");
    seat.now = STREAM_NOW + 1;
    connection_consume(&connection, 4);
    assert_true(connection.message_ended);
    assert_int_equal(connection.message_start, STREAM_NOW + 1);
    seat.now = STREAM_NOW + 2;
    receive("and the rest of it");
    assert_int_equal(connection.message_start, STREAM_NOW + 1);
}

static void test_octets_are_removed_behind_those_still_needed(void **state)
{
    (void)state;
    receive("done head content next");
    connection_consume(&connection, 5);
    connection_remove(&connection, 5, 8);
    assert_input("head next");
    connection_remove(&connection, 4, 5);
    assert_input("head");
}

/* The receive that fills the buffer takes no more than there is room for. */
static void test_the_input_can_be_filled_to_the_last_octet(void **state)
{
    static char octets[SEAT_INPUT_SIZE + 100];
    (void)state;
    for (size_t i = 0; i < sizeof octets; i++) octets[i] = octet_at(i);
    assert_int_equal(write(peer, octets, 10), 10);
    assert_int_equal(connection_receive(&connection), IO_DONE);
    assert_int_equal(write(peer, octets + 10, sizeof octets - 10), sizeof octets - 10);
    while (connection_input(&connection).length < SEAT_INPUT_SIZE)
        assert_int_equal(connection_receive(&connection), IO_DONE);
    assert_int_equal(connection_input(&connection).length, SEAT_INPUT_SIZE);
    assert_memory_equal(connection_input(&connection).start, octets, SEAT_INPUT_SIZE);
    connection_consume(&connection, SEAT_INPUT_SIZE);
    assert_int_equal(connection_receive(&connection), IO_DONE);
    assert_int_equal(connection_input(&connection).length, 100);
    assert_memory_equal(connection_input(&connection).start, octets + SEAT_INPUT_SIZE, 100);
}

static void test_after_a_half_close_the_peer_may_still_send(void **state)
{
    char octet;
    (void)state;
    connection_half_close(&connection);
    assert_int_equal(recv(peer, &octet, 1, MSG_DONTWAIT), 0); /* the end */
    receive("still here");
    assert_input("still here");
}

static void test_a_peer_has_an_address_of_either_family(void **state)
{
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)&connection.peer;
    char text[INET6_ADDRSTRLEN] = "";
    (void)state;
    four->sin_family = AF_INET;
    four->sin_addr.s_addr = htonl(0xc0000201);
    connection_peer(&connection, text);
    assert_string_equal(text, "192.0.2.1");
    connection.peer = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr.s6_addr[15] = 1};
    connection_peer(&connection, text);
    assert_string_equal(text, "::1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM(test_what_the_peer_sends_is_received),
        STREAM(test_a_line_that_comes_octet_by_octet_is_the_same_line),
        STREAM(test_where_nothing_has_come_it_is_blocked),
        STREAM(test_the_end_comes_after_all_octets),
        STREAM(test_the_clock_of_a_message_starts_with_its_first_octet),
        STREAM(test_what_is_not_consumed_stays_at_the_front),
        STREAM(test_with_the_end_of_a_message_the_clock_of_the_next_starts),
        STREAM(test_octets_are_removed_behind_those_still_needed),
        STREAM(test_the_input_can_be_filled_to_the_last_octet),
        STREAM(test_after_a_half_close_the_peer_may_still_send),
        STREAM(test_a_peer_has_an_address_of_either_family),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
