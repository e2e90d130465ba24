/* The 408 that the timekeeper sends to a request that does not come. */
#include "tests/server/stage.h"

#define FIELDS "Host: a.example\r\n"

/* What the timekeeper does at a tick; how many were told. */
static int dismiss_overdue(void)
{
    struct transport *transport = &stage.server.transport;
    struct connection *connection;
    int told = 0;
    transport_tick(transport);
    while ((connection = transport_next_overdue(transport, &stage.worker.seat)) != NULL) {
        exchange_time_out(&stage.worker, connection);
        assert_int_equal(connection_flush(connection), IO_DONE);
        stage.answered = connection->sent;
        connection_half_close(connection);
        transport_return_overdue(transport, connection, WAIT_PEER_CLOSES);
        told++;
    }
    return told;
}

static void set_limit(enum wait wait, int64_t limit)
{
    stage.server.transport.options.limits[wait] = limit;
}

static void assert_408(const char *answer)
{
    assert_starts_with(answer, "HTTP/1.1 408 Request Timeout\r\n");
    assert_int_equal(count_of(answer, "HTTP/1.1"), 1);
    assert_int_equal(count_of(answer, "\r\nConnection: close\r\n"), 1);
    assert_holds(answer, "\r\n\r\n408 Request Timeout. ");
    assert_holds(answer, "(RFC 9110 §15.5.9)");
    assert_end_is_seen();
}

static void test_half_a_head_is_told_that_its_time_is_up(void **state)
{
    (void)state;
    stage_connect();
    set_limit(WAIT_HEAD, 0);
    stage_ask("GET / HTTP/1.1\r\nHo", WAIT_HEAD);
    assert_int_equal(dismiss_overdue(), 1);
    assert_408(stage_read());
}

static void test_half_the_content_is_told_that_its_time_is_up(void **state)
{
    (void)state;
    stage_connect();
    set_limit(WAIT_CONTENT, 0);
    stage_ask("GET / HTTP/1.1\r\n" FIELDS "Content-Length: 9\r\n\r\nabc", WAIT_CONTENT);
    assert_int_equal(dismiss_overdue(), 1);
    assert_408(stage_read());
}

/* HEAD has not been asked for until its head is whole. */
static void test_half_a_request_for_head_gets_the_content_too(void **state)
{
    (void)state;
    stage_connect();
    set_limit(WAIT_HEAD, 0);
    stage_ask("HEAD / HTTP/1.1\r\n" FIELDS "\r\nHEAD / HTTP/1.1\r\n", WAIT_HEAD);
    assert_int_equal(dismiss_overdue(), 1);
    assert_408(stage_read());
}

static void test_what_comes_after_the_408_is_thrown_away(void **state)
{
    (void)state;
    stage_connect();
    set_limit(WAIT_HEAD, 0);
    stage_ask("GET / HTTP/1.1\r\nHo", WAIT_HEAD);
    assert_int_equal(dismiss_overdue(), 1);
    assert_408(stage_read());
    assert_string_equal(
        stage_ask("st: a\r\n\r\nGET / HTTP/1.1\r\n" FIELDS "\r\n", WAIT_PEER_CLOSES), "");
    assert_int_equal(dismiss_overdue(), 0);
    stage_leave();
}

static void test_after_the_408_the_next_connection_begins_anew(void **state)
{
    (void)state;
    stage_connect();
    set_limit(WAIT_CONTENT, 0);
    stage_ask("GET / HTTP/1.1\r\n" FIELDS "Content-Length: 9\r\n\r\nabc", WAIT_CONTENT);
    assert_int_equal(dismiss_overdue(), 1);
    stage_leave();
    stage_connect();
    assert_starts_with(
        stage_ask("GET / HTTP/1.1\r\n" FIELDS "\r\n", WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
}

static void test_a_408_is_logged_without_a_request_line(void **state)
{
    (void)state;
    stage_connect();
    set_limit(WAIT_HEAD, 0);
    stage_ask("HEAD /one HTTP/1.1\r\n" FIELDS "Referer: r\r\nUser-Agent: u\r\n\r\n"
              "GET /two HTTP/1.1\r\nHo",
        WAIT_HEAD);
    assert_int_equal(dismiss_overdue(), 1);
    stage_read();
    const char *line = strchr(stage_log(), '\n');
    assert_non_null(line);
    assert_starts_with(line + 1, "127.0.0.1 - - [");
    assert_holds(line, "] \"-\" 408 ");
    assert_holds(line, " \"-\" \"-\"\n");
}

/* No deadline of theirs has passed. */
static void test_others_are_not_told(void **state)
{
    (void)state;
    stage_connect();
    set_limit(WAIT_CONTENT, 0);
    stage_ask("GET / HTTP/1.1\r\nHo", WAIT_HEAD);
    assert_int_equal(dismiss_overdue(), 0);
    assert_starts_with(stage_ask("st: a\r\n\r\n", WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
    assert_int_equal(dismiss_overdue(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_half_a_head_is_told_that_its_time_is_up),
        STAGED(test_half_the_content_is_told_that_its_time_is_up),
        STAGED(test_half_a_request_for_head_gets_the_content_too),
        STAGED(test_what_comes_after_the_408_is_thrown_away),
        STAGED(test_after_the_408_the_next_connection_begins_anew),
        STAGED(test_a_408_is_logged_without_a_request_line),
        STAGED(test_others_are_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
