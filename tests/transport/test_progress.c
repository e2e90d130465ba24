/* The deadlines of those who send content or read a response: as long as they move, at no less than
 * 1 KiB a second, they have time. The clock is the test's. */
#include "tests/transport/stage.h"

enum { KIB = 1024 };

#define NOON  (1000 * WAIT_SECOND)
#define LIMIT (30 * WAIT_SECOND)

static struct stage *open_stage(enum wait limited)
{
    struct transport_options options = stage_options(4);
    options.limits[limited] = LIMIT;
    struct stage *stage = stage_open(&options);
    clock_set(NOON);
    return stage;
}

static void clock_at(int64_t seconds)
{
    clock_set(NOON + seconds * WAIT_SECOND);
}

/* Nobody is told, and nobody shut down. */
static void assert_in_time(struct stage *stage)
{
    int shut_down = calls_count(CALL_SHUTDOWN);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), shut_down);
}

static void assert_told(struct stage *stage, int client)
{
    assert_int_equal(stage_timekeep(stage), 1);
    client_expect(client, TIMED_OUT);
    client_expect_end(client);
}

/* Cut in the midst of the response: the peer must not take it for the whole. */
static void assert_reset(struct stage *stage, int client)
{
    char octets[4096];
    ssize_t count;
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(stage_close_overdue(stage), 1);
    assert_int_equal(transport_count(&stage->transport), 0);
    while ((count = read(client, octets, sizeof octets)) > 0) continue;
    assert_int_equal(count, -1);
    assert_int_equal(errno, ECONNRESET);
}

/* A head, and the content it announces is awaited. */
static int awaiting_content(struct stage *stage)
{
    int client;
    give_back(stage, stage_lend(stage, &client, "POST"), WAIT_CONTENT);
    return client;
}

/* The peer sends so much content, which is taken in as many turns as that needs. */
static void send_content(struct stage *stage, int client, size_t length)
{
    client_write_content(client, 0, length);
    while (length > 0) {
        struct connection *connection = stage_take(stage);
        assert_int_equal(connection_receive(connection), IO_DONE);
        size_t count = connection_input(connection).length - strlen("POST");
        connection_remove(connection, strlen("POST"), count);
        give_back(stage, connection, WAIT_CONTENT);
        length -= count;
    }
}

static void test_content_that_does_not_come_is_awaited_for_the_limit(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_CONTENT);
    int client = awaiting_content(stage);
    clock_set(NOON + LIMIT - 1);
    assert_in_time(stage);
    clock_at(30);
    assert_told(stage, client);
    stage_close(stage);
}

static void test_content_that_moves_buys_time(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_CONTENT);
    int client = awaiting_content(stage);
    send_content(stage, client, 11 * KIB);
    for (int seconds = 10; seconds <= 300; seconds += 10) {
        clock_at(seconds);
        assert_in_time(stage);
        send_content(stage, client, 11 * KIB);
    }
    clock_set(NOON + 300 * WAIT_SECOND + LIMIT - 1);
    assert_in_time(stage);
    clock_at(330);
    assert_told(stage, client);
    stage_close(stage);
}

static void test_content_under_1_kib_a_second_has_the_first_limit_only(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_CONTENT);
    int client = awaiting_content(stage);
    for (int seconds = 1; seconds < 30; seconds++) {
        clock_at(seconds);
        assert_in_time(stage);
        send_content(stage, client, 900);
    }
    clock_at(30);
    assert_told(stage, client);
    stage_close(stage);
}

static void test_content_may_pause_for_less_than_the_limit(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_CONTENT);
    int client = awaiting_content(stage);
    send_content(stage, client, 100 * KIB);
    clock_at(29);
    send_content(stage, client, 1);
    clock_at(30);
    assert_in_time(stage);
    clock_at(58);
    assert_in_time(stage);
    clock_at(59);
    assert_told(stage, client);
    stage_close(stage);
}

static void test_the_clock_of_content_starts_with_it_not_with_its_head(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_CONTENT);
    int client;
    give_back(stage, stage_lend(stage, &client, "POST"), WAIT_HEAD);
    clock_at(20);
    client_write(client, ".");
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    give_back(stage, connection, WAIT_CONTENT);
    clock_at(49);
    assert_in_time(stage);
    clock_at(50);
    assert_told(stage, client);
    stage_close(stage);
}

static int blocked(struct stage *stage, enum wait wait)
{
    int client;
    give_back(stage, stage_lend_blocked(stage, &client, 20 * KIB), wait);
    return client;
}

static void test_a_peer_that_reads_nothing_is_reset_after_the_limit(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_PEER_READS);
    int client = blocked(stage, WAIT_PEER_READS);
    clock_set(NOON + LIMIT - 1);
    assert_in_time(stage);
    clock_at(30);
    assert_reset(stage, client);
    stage_close(stage);
}

static void test_a_peer_that_reads_nothing_is_no_better_off_in_its_turn(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_TURN);
    int client = blocked(stage, WAIT_TURN);
    clock_set(NOON + LIMIT - 1);
    assert_in_time(stage);
    clock_at(30);
    assert_reset(stage, client);
    stage_close(stage);
}

/* The client reads so much, and the worker sends on. */
static void read_on(struct stage *stage, int client, uint64_t *position, size_t length)
{
    uint64_t end = *position + length;
    while (*position < end) {
        if (is_readable(client)) {
            size_t part = end - *position < 500 ? (size_t)(end - *position) : 500;
            client_expect_content(client, *position, part);
            *position += part;
        }
        struct connection *connection = stage_try(stage);
        if (connection == NULL) continue;
        fill_up(connection, 20 * KIB);
        give_back(stage, connection, WAIT_PEER_READS);
    }
}

static void test_a_peer_that_reads_on_has_time(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_PEER_READS);
    int client = blocked(stage, WAIT_PEER_READS);
    uint64_t position = 0;
    for (int seconds = 10; seconds <= 200; seconds += 10) {
        clock_at(seconds);
        assert_in_time(stage);
        read_on(stage, client, &position, 25 * KIB);
    }
    assert_int_equal(transport_count(&stage->transport), 1);
    clock_at(230);
    stage_timekeep(stage); /* a look at what was acknowledged since the last one */
    clock_at(270);
    assert_reset(stage, client);
    stage_close(stage);
}

static void test_a_peer_that_reads_under_1_kib_a_second_is_reset(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_PEER_READS);
    int client = blocked(stage, WAIT_PEER_READS);
    uint64_t position = 0;
    for (int seconds = 1; seconds < 30; seconds++) {
        clock_at(seconds);
        assert_in_time(stage);
        read_on(stage, client, &position, 300);
    }
    clock_at(30);
    assert_reset(stage, client);
    stage_close(stage);
}

/* A wide buffer on this side, a narrow one on the other: the kernel takes what the peer does not.
 */
static void test_what_the_kernel_takes_is_not_what_the_peer_has(void **state)
{
    (void)state;
    const int wide = 256 * KIB;
    struct stage *stage = open_stage(WAIT_PEER_READS);
    int client = stage_connect_narrow(stage, 2 * KIB);
    client_write(client, "GET");
    struct connection *connection = stage_take(stage);
    setsockopt(connection->descriptor, SOL_SOCKET, SO_SNDBUF, &wide, sizeof wide);
    queue_content(connection, 0, 60 * KIB);
    calls_budget(CALL_SEND, 100);
    assert_int_equal(connection_flush(connection), IO_BLOCKED);
    give_back(stage, connection, WAIT_PEER_READS);
    clock_at(20);
    calls_budget(CALL_SEND, -1);
    connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    fill_up(connection, 1 * KIB);
    assert_true(connection->sent > 60 * KIB);
    give_back(stage, connection, WAIT_PEER_READS);
    clock_at(29);
    assert_in_time(stage);
    clock_at(30);
    assert_reset(stage, client);
    stage_close(stage);
}

/* Writable comes only when a third of the buffer is free: the timekeeper has to look. */
static void test_what_the_peer_has_counts_before_there_is_room_to_send(void **state)
{
    (void)state;
    const int wide = 1024 * KIB;
    struct stage *stage = open_stage(WAIT_PEER_READS);
    int client = stage_connect_narrow(stage, 2 * KIB);
    client_write(client, "GET");
    struct connection *connection = stage_take(stage);
    setsockopt(connection->descriptor, SOL_SOCKET, SO_SNDBUF, &wide, sizeof wide);
    fill_up(connection, 1 * KIB);
    give_back(stage, connection, WAIT_PEER_READS);
    clock_at(25);
    client_expect_content(client, 0, 50 * KIB);
    assert_null(stage_try(stage));
    clock_at(30);
    assert_in_time(stage);
    clock_at(40);
    assert_in_time(stage);
    clock_at(100); /* at the latest: twice the limit after what it had last */
    assert_reset(stage, client);
    stage_close(stage);
}

static void test_the_next_response_has_a_clock_of_its_own(void **state)
{
    (void)state;
    struct stage *stage = open_stage(WAIT_PEER_READS);
    int client = stage_connect_narrow(stage, 4 * KIB);
    client_write(client, "one two");
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    connection_consume(connection, 4);
    calls_budget(CALL_SEND, 100);
    queue_content(connection, 0, 1000);
    assert_int_equal(connection_flush(connection), IO_BLOCKED);
    give_back(stage, connection, WAIT_PEER_READS);
    clock_at(20);
    calls_budget(CALL_SEND, -1);
    connection = stage_take(stage);
    assert_int_equal(connection_flush(connection), IO_DONE);
    connection_consume(connection, 3);
    fill_up(connection, 1 * KIB);
    give_back(stage, connection, WAIT_PEER_READS);
    clock_at(49);
    assert_in_time(stage);
    clock_at(50);
    assert_reset(stage, client);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_content_that_does_not_come_is_awaited_for_the_limit),
        cmocka_unit_test(test_content_that_moves_buys_time),
        cmocka_unit_test(test_content_under_1_kib_a_second_has_the_first_limit_only),
        cmocka_unit_test(test_content_may_pause_for_less_than_the_limit),
        cmocka_unit_test(test_the_clock_of_content_starts_with_it_not_with_its_head),
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
