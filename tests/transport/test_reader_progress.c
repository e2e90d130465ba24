/* The deadline of those who are to read: as long as they do, at no less than 1 KiB a second, they
 * have time. */
#include "tests/transport/reader.h"
#include "tests/transport/timed.h"

enum { KIB = 1024 };

static int blocked(struct stage *stage, enum wait wait)
{
    int client;
    give_back(stage, stage_lend_blocked(stage, &client, 20 * KIB), wait);
    return client;
}

static void test_a_peer_that_reads_nothing_is_reset_after_the_limit(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_PEER_READS);
    int client = blocked(stage, WAIT_PEER_READS);
    clock_at(LIMIT - 1);
    assert_in_time(stage);
    clock_at_second(30);
    assert_reset(stage, client);
    stage_close(stage);
}

static void test_a_peer_that_reads_nothing_is_no_better_off_in_its_turn(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_TURN);
    int client = blocked(stage, WAIT_TURN);
    clock_at(LIMIT - 1);
    assert_in_time(stage);
    clock_at_second(30);
    assert_reset(stage, client);
    stage_close(stage);
}

static void test_a_peer_that_reads_on_has_time(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_PEER_READS);
    int client = blocked(stage, WAIT_PEER_READS);
    uint64_t position = 0;
    for (int seconds = 10; seconds <= 200; seconds += 10) {
        clock_at_second(seconds);
        assert_in_time(stage);
        read_on(stage, client, &position, 25 * KIB);
    }
    assert_int_equal(atomic_load(&stage->transport.count), 1);
    clock_at_second(230);
    stage_timekeep(stage); /* a look at what was acknowledged since the last one */
    clock_at_second(270);
    assert_reset(stage, client);
    stage_close(stage);
}

static void test_a_peer_that_reads_under_1_kib_a_second_is_reset(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_PEER_READS);
    int client = blocked(stage, WAIT_PEER_READS);
    uint64_t position = 0;
    for (int seconds = 1; seconds < 30; seconds++) {
        clock_at_second(seconds);
        assert_in_time(stage);
        read_on(stage, client, &position, 300);
    }
    clock_at_second(30);
    assert_reset(stage, client);
    stage_close(stage);
}

/* A wide buffer on this side, a narrow one on the other: the kernel takes what the peer does not.
 */
static void test_what_the_kernel_takes_is_not_what_the_peer_has(void **state)
{
    (void)state;
    const int wide = 256 * KIB;
    struct stage *stage = stage_open_limited(WAIT_PEER_READS);
    int client = stage_connect_narrow(stage, 2 * KIB);
    client_write(client, "GET");
    struct connection *connection = stage_take(stage);
    setsockopt(connection->descriptor, SOL_SOCKET, SO_SNDBUF, &wide, sizeof wide);
    queue_content(connection, 0, 60 * KIB);
    calls_budget(CALL_SEND, 100);
    assert_int_equal(connection_flush(connection), IO_BLOCKED);
    give_back(stage, connection, WAIT_PEER_READS);
    clock_at_second(20);
    calls_budget(CALL_SEND, -1);
    connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    fill_up(connection, 1 * KIB);
    assert_true(connection->sent > 60 * KIB);
    give_back(stage, connection, WAIT_PEER_READS);
    clock_at_second(29);
    assert_in_time(stage);
    clock_at_second(30);
    assert_reset(stage, client);
    stage_close(stage);
}

/* Writable comes only when a third of the buffer is free: the timekeeper has to look. */
static void test_what_the_peer_has_counts_before_there_is_room_to_send(void **state)
{
    (void)state;
    const int wide = 1024 * KIB;
    struct stage *stage = stage_open_limited(WAIT_PEER_READS);
    int client = stage_connect_narrow(stage, 2 * KIB);
    client_write(client, "GET");
    struct connection *connection = stage_take(stage);
    setsockopt(connection->descriptor, SOL_SOCKET, SO_SNDBUF, &wide, sizeof wide);
    fill_up(connection, 1 * KIB);
    give_back(stage, connection, WAIT_PEER_READS);
    clock_at_second(25);
    client_expect_content(client, 0, 50 * KIB);
    clock_at_second(30);
    assert_in_time(stage);
    clock_at_second(40);
    assert_in_time(stage);
    clock_at_second(100); /* at the latest: twice the limit after what it had last */
    assert_reset(stage, client);
    stage_close(stage);
}

static void test_the_next_response_has_a_clock_of_its_own(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_PEER_READS);
    int client = stage_connect_narrow(stage, 4 * KIB);
    client_write(client, "one two");
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    connection_consume(connection, 4);
    calls_budget(CALL_SEND, 100);
    queue_content(connection, 0, 1000);
    assert_int_equal(connection_flush(connection), IO_BLOCKED);
    give_back(stage, connection, WAIT_PEER_READS);
    clock_at_second(20);
    calls_budget(CALL_SEND, -1);
    connection = stage_take(stage);
    assert_int_equal(connection_flush(connection), IO_DONE);
    connection_consume(connection, 3);
    fill_up(connection, 1 * KIB);
    give_back(stage, connection, WAIT_PEER_READS);
    clock_at_second(49);
    assert_in_time(stage);
    clock_at_second(50);
    assert_reset(stage, client);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_peer_that_reads_nothing_is_reset_after_the_limit),
        cmocka_unit_test(test_a_peer_that_reads_nothing_is_no_better_off_in_its_turn),
        cmocka_unit_test(test_a_peer_that_reads_on_has_time),
        cmocka_unit_test(test_a_peer_that_reads_under_1_kib_a_second_is_reset),
        cmocka_unit_test(test_what_the_kernel_takes_is_not_what_the_peer_has),
        cmocka_unit_test(test_what_the_peer_has_counts_before_there_is_room_to_send),
        cmocka_unit_test(test_the_next_response_has_a_clock_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
