/* A turn ends after so many answers or octets, so that others come to theirs. */
#include "tests/server/stage.h"

#define HEAD_REQUEST "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"

static void send_requests(size_t count)
{
    char requests[4096] = "";
    assert_true(count * strlen(HEAD_REQUEST) < sizeof requests);
    for (size_t i = 0; i < count; i++) strcat(requests, HEAD_REQUEST);
    stage_send(requests);
}

static void write_file(const char *name, off_t size)
{
    int file = openat(site.directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, size), 0);
    close(file);
}

static void test_the_limits_are_those_of_the_design(void **state)
{
    (void)state;
    assert_int_equal(TURN_ANSWERS_MAX, 32);
    assert_int_equal(TURN_OCTETS_MAX, 1024 * 1024);
}

static void test_after_32_answers_others_take_their_turn(void **state)
{
    (void)state;
    stage_connect();
    send_requests(33);
    assert_int_equal(stage_turn(), WAIT_TURN);
    assert_int_equal(count_of(stage_read(), "HTTP/1.1 200"), 32);
    assert_int_equal(stage_turn(), WAIT_NEXT_REQUEST);
    assert_int_equal(count_of(stage_read(), "HTTP/1.1 200"), 1);
}

static void test_exactly_32_requests_are_one_turn(void **state)
{
    (void)state;
    stage_connect();
    send_requests(32);
    assert_int_equal(stage_turn(), WAIT_NEXT_REQUEST);
    assert_int_equal(count_of(stage_read(), "HTTP/1.1 200"), 32);
}

static void test_a_hundred_requests_are_four_turns(void **state)
{
    (void)state;
    stage_connect();
    send_requests(100);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(stage_turn(), WAIT_TURN);
        assert_int_equal(count_of(stage_read(), "HTTP/1.1 200"), 32);
    }
    assert_int_equal(stage_turn(), WAIT_NEXT_REQUEST);
    assert_int_equal(count_of(stage_read(), "HTTP/1.1 200"), 4);
}

/* What is refused counts like what is served. */
static void test_refusals_count_too(void **state)
{
    char requests[4096] = "";
    (void)state;
    stage_connect();
    for (int i = 0; i < 33; i++) strcat(requests, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n");
    stage_send(requests);
    assert_int_equal(stage_turn(), WAIT_TURN);
    assert_int_equal(count_of(stage_read(), "HTTP/1.1 501"), 32);
}

static void test_with_half_a_head_left_the_next_turn_waits_for_its_rest(void **state)
{
    (void)state;
    stage_connect();
    send_requests(32);
    stage_send("GET / HT");
    assert_int_equal(stage_turn(), WAIT_TURN);
    assert_int_equal(stage_turn(), WAIT_HEAD);
    stage_send("TP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(stage_turn(), WAIT_NEXT_REQUEST);
    assert_int_equal(count_of(stage_read(), "HTTP/1.1 200"), 33);
}

static void test_a_file_is_sent_a_mebibyte_a_turn(void **state)
{
    (void)state;
    write_file("root/big", 5 << 19); /* 2.5 MiB */
    stage_connect();
    atomic_store(&calls[CALL_SENDFILE].pretends, true);
    stage_send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(stage_turn(), WAIT_TURN);
    assert_in_range(stage.answered, 1 << 20, (1 << 20) + 1024);
    assert_int_equal(stage_turn(), WAIT_TURN);
    assert_in_range(stage.answered, 2 << 20, (2 << 20) + 1024);
    assert_int_equal(stage_turn(), WAIT_NEXT_REQUEST);
    assert_in_range(stage.answered, 5 << 19, (5 << 19) + 1024);
}

/* Each is less than a turn's, together they are more. */
static void test_several_files_share_the_octets_of_a_turn(void **state)
{
    char requests[1024] = "";
    (void)state;
    write_file("root/part", 400 * 1024);
    stage_connect();
    atomic_store(&calls[CALL_SENDFILE].pretends, true);
    for (int i = 0; i < 6; i++) strcat(requests, "GET /part HTTP/1.1\r\nHost: a\r\n\r\n");
    stage_send(requests);
    assert_int_equal(stage_turn(), WAIT_TURN);
    assert_in_range(stage.answered, 3 * 400 * 1024, 3 * 401 * 1024);
    assert_int_equal(stage_turn(), WAIT_NEXT_REQUEST);
    assert_in_range(stage.answered, 6 * 400 * 1024, 6 * 401 * 1024);
    assert_int_equal(calls_count(CALL_SENDFILE), 6);
}

static void test_a_connection_that_closes_is_not_put_off(void **state)
{
    (void)state;
    stage_connect();
    send_requests(31);
    stage_send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_int_equal(stage_turn(), WAIT_CLOSE);
    assert_int_equal(count_of(stage_read(), "HTTP/1.1 200"), 32);
    assert_end_is_seen();
}

static void test_another_client_is_answered_in_between(void **state)
{
    (void)state;
    stage_connect();
    send_requests(100);
    assert_int_equal(stage_turn(), WAIT_TURN);
    int first = stage.client;
    size_t asked = stage.asked;
    stage.client = -1;
    stage_connect();
    send_requests(1);
    size_t turns = 0;
    bool served = false;
    for (; turns < 4 && !served; turns++) {
        struct connection *connection =
            transport_next_ready(&stage.server.transport, &stage.worker.seat);
        assert_non_null(connection);
        served = connection->wait == WAIT_FIRST_OCTET;
        stage_serve(connection);
    }
    assert_true(served);
    assert_true(turns <= 3); /* 100 requests are four */
    assert_int_equal(count_of(stage_read(), "HTTP/1.1 200"), 1);
    stage_disconnect();
    stage.client = first;
    stage.asked = asked;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_the_limits_are_those_of_the_design),
        STAGED(test_after_32_answers_others_take_their_turn),
        STAGED(test_exactly_32_requests_are_one_turn),
        STAGED(test_a_hundred_requests_are_four_turns),
        STAGED(test_refusals_count_too),
        STAGED(test_with_half_a_head_left_the_next_turn_waits_for_its_rest),
        STAGED(test_a_file_is_sent_a_mebibyte_a_turn),
        STAGED(test_several_files_share_the_octets_of_a_turn),
        STAGED(test_a_connection_that_closes_is_not_put_off),
        STAGED(test_another_client_is_answered_in_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
