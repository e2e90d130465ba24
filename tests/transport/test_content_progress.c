/* The deadline of content: as long as it moves, at no less than 1 KiB a second, it has time. */
#include "tests/transport/timed.h"

enum { KIB = 1024 };

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
    struct stage *stage = stage_open_limited(WAIT_CONTENT);
    int client = awaiting_content(stage);
    clock_at(LIMIT - 1);
    assert_in_time(stage);
    clock_at_second(30);
    assert_told(stage, client);
    stage_close(stage);
}

static void test_content_that_moves_buys_time(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_CONTENT);
    int client = awaiting_content(stage);
    send_content(stage, client, 11 * KIB);
    for (int seconds = 10; seconds <= 300; seconds += 10) {
        clock_at_second(seconds);
        assert_in_time(stage);
        send_content(stage, client, 11 * KIB);
    }
    clock_at(300 * WAIT_SECOND + LIMIT - 1);
    assert_in_time(stage);
    clock_at_second(330);
    assert_told(stage, client);
    stage_close(stage);
}

static void test_content_under_1_kib_a_second_has_the_first_limit_only(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_CONTENT);
    int client = awaiting_content(stage);
    for (int seconds = 1; seconds < 30; seconds++) {
        clock_at_second(seconds);
        assert_in_time(stage);
        send_content(stage, client, 900);
    }
    clock_at_second(30);
    assert_told(stage, client);
    stage_close(stage);
}

static void test_content_may_pause_for_less_than_the_limit(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_CONTENT);
    int client = awaiting_content(stage);
    send_content(stage, client, 100 * KIB);
    clock_at_second(29);
    send_content(stage, client, 1);
    clock_at_second(30);
    assert_in_time(stage);
    clock_at_second(58);
    assert_in_time(stage);
    clock_at_second(59);
    assert_told(stage, client);
    stage_close(stage);
}

static void test_the_clock_of_content_starts_with_it_not_with_its_head(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_CONTENT);
    int client;
    give_back(stage, stage_lend(stage, &client, "POST"), WAIT_HEAD);
    clock_at_second(20);
    client_write(client, ".");
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    give_back(stage, connection, WAIT_CONTENT);
    clock_at_second(49);
    assert_in_time(stage);
    clock_at_second(50);
    assert_told(stage, client);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
