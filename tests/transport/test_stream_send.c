/* What is queued is sent: over a socket that may take less than it was given, to a peer that may be
 * gone, from a file that may change. */
#include "tests/transport/stream.h"

enum { LARGE = 60000 };

static void queue_content(size_t length)
{
    struct octets space = connection_space(&connection);
    assert_true(length <= space.length);
    for (size_t i = 0; i < length; i++) space.start[i] = octet_at(i);
    connection_queue(&connection, length);
}

/* Queues a file of the test content from position first on; it is as long as it says. */
static int queue_file(size_t first, size_t announced, size_t length)
{
    struct stat status;
    int file = memfd_create("content", MFD_CLOEXEC);
    for (size_t i = 0; i < first + length; i++) {
        char octet = octet_at(i);
        assert_int_equal(write(file, &octet, 1), 1);
    }
    assert_int_equal(fstat(file, &status), 0);
    const struct file_range range = {
        .descriptor = file, .offset = first, .length = announced, .modified = status.st_mtim};
    connection_queue_file(&connection, &range);
    return file;
}

/* The peer reads so many octets: those of the content from a position on. */
static void peer_reads(size_t position, size_t length)
{
    static char octets[LARGE];
    assert_true(length <= sizeof octets);
    assert_int_equal(recv(peer, octets, length, MSG_WAITALL), length);
    for (size_t i = 0; i < length; i++) assert_int_equal(octets[i], octet_at(position + i));
}

static void test_what_is_queued_is_sent(void **state)
{
    (void)state;
    queue_content(1000);
    assert_int_equal(connection_flush(&connection), IO_DONE);
    assert_int_equal(connection.sent, 1000);
    assert_int_equal(connection.output_length, 0);
    assert_int_equal(seat.output_start, 0); /* all of the buffer is free again */
    peer_reads(0, 1000);
}

/* A send may take fewer octets than it was given: the rest is sent later, from where it stopped. */
static void test_a_blocked_flush_goes_on_at_the_exact_octet(void **state)
{
    const int narrow = 4096;
    (void)state;
    assert_int_equal(
        setsockopt(connection.descriptor, SOL_SOCKET, SO_SNDBUF, &narrow, sizeof narrow), 0);
    queue_content(LARGE);
    assert_int_equal(connection_flush(&connection), IO_BLOCKED);
    assert_true(connection.sent < LARGE);
    for (size_t read_so_far = 0; read_so_far < LARGE;) {
        size_t sent = connection.sent;
        assert_true(sent > read_so_far);
        peer_reads(read_so_far, sent - read_so_far);
        read_so_far = sent;
        connection_flush(&connection);
    }
    assert_int_equal(connection_flush(&connection), IO_DONE);
}

static void test_after_the_octets_comes_the_range_of_the_file(void **state)
{
    (void)state;
    queue_content(100);
    int file = queue_file(100, 5000, 6000);
    assert_int_equal(connection_flush(&connection), IO_DONE);
    assert_int_equal(connection.sent, 5100);
    peer_reads(0, 5100);
    assert_int_equal(fcntl(file, F_GETFD), -1); /* closed */
    assert_int_equal(connection.file.descriptor, -1);
    assert_int_equal(connection.file.offset, 0);
    assert_int_equal(connection.file.modified.tv_sec, 0);
}

/* Others are waiting. Where the octets go to is a file: that takes all at once, as no peer does. */
static void test_one_turn_sends_so_much_of_a_file_and_no_more(void **state)
{
    struct stat status;
    (void)state;
    int taker = memfd_create("taker", MFD_CLOEXEC);
    assert_int_equal(dup2(taker, connection.descriptor), connection.descriptor);
    close(taker);
    int file = memfd_create("large", MFD_CLOEXEC);
    assert_int_equal(ftruncate(file, CONNECTION_TURN_OCTETS + 1), 0);
    assert_int_equal(fstat(file, &status), 0);
    connection_queue_file(&connection,
        &(struct file_range){
            .descriptor = file, .length = CONNECTION_TURN_OCTETS + 1, .modified = status.st_mtim});
    assert_int_equal(connection_flush(&connection), IO_TURN_OVER);
    assert_int_equal(connection.sent, CONNECTION_TURN_OCTETS);
    assert_int_equal(connection.file.length, 1);
    assert_int_equal(connection_flush(&connection), IO_DONE);
    assert_int_equal(connection.sent, CONNECTION_TURN_OCTETS + 1);
}

/* Never pad: the peer must not take less than was announced for the whole. */
static void test_a_file_that_ends_too_early_is_a_failure(void **state)
{
    (void)state;
    queue_file(0, 5000, 4000);
    assert_int_equal(connection_flush(&connection), IO_FAILED);
    assert_int_equal(connection.sent, 4000);
}

/* Never mix: the octets of two versions make a file that never was. */
static void test_a_file_that_changes_while_it_is_sent_is_a_failure(void **state)
{
    const struct timespec changed[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    (void)state;
    int file = queue_file(0, 4000, 4000);
    assert_int_equal(futimens(file, changed), 0);
    assert_int_equal(connection_flush(&connection), IO_FAILED);
    assert_int_equal(connection.sent, 4000);
}

/* A peer that has gone costs the connection, not the process. */
static void test_sending_to_a_peer_that_has_gone_fails_without_a_signal(void **state)
{
    (void)state;
    close(peer);
    peer = -1;
    queue_content(10);
    assert_int_equal(connection_flush(&connection), IO_FAILED);
    assert_int_equal(signals, 0);
    assert_int_equal(connection.output_length, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM(test_what_is_queued_is_sent),
        STREAM(test_a_blocked_flush_goes_on_at_the_exact_octet),
        STREAM(test_after_the_octets_comes_the_range_of_the_file),
        STREAM(test_one_turn_sends_so_much_of_a_file_and_no_more),
        STREAM(test_a_file_that_ends_too_early_is_a_failure),
        STREAM(test_a_file_that_changes_while_it_is_sent_is_a_failure),
        STREAM(test_sending_to_a_peer_that_has_gone_fails_without_a_signal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
