/* How a connection ends: at once, or lingering, and what is still answered before. */
#include "tests/server/stage.h"

#define FIELDS       "Host: a.example\r\n"
#define ENTIRE(line) line " HTTP/1.1\r\n" FIELDS "\r\n"
#define LAST(line)   line " HTTP/1.1\r\n" FIELDS "Connection: close\r\n\r\n"

static void test_a_client_that_asks_to_close_is_closed_at_once(void **state)
{
    (void)state;
    stage_connect();
    const char *answer = stage_ask(LAST("GET /"), WAIT_CLOSE);
    assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
    assert_int_equal(count_of(answer, "\r\nConnection: close\r\n"), 1);
    assert_end_is_seen();
    assert_int_equal(atomic_load(&stage.server.transport.count), 0);
}

static void test_http_1_0_closes_unless_it_is_kept_alive(void **state)
{
    (void)state;
    stage_connect();
    const char *answer = stage_ask("GET / HTTP/1.0\r\n\r\n", WAIT_CLOSE);
    assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
    assert_holds(answer, "\r\nConnection: close\r\n");
    stage_connect();
    answer = stage_ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", WAIT_NEXT_REQUEST);
    assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
    assert_holds(answer, "\r\nConnection: keep-alive\r\n");
    assert_lacks(answer, "close");
}

/* RFC 9112 §9.6: a reset for octets unread could destroy the answer on its way. */
static void test_a_cut_pipeline_lingers(void **state)
{
    (void)state;
    stage_connect();
    const char *answers = stage_ask(LAST("HEAD /") ENTIRE("GET /no"), WAIT_PEER_CLOSES);
    assert_int_equal(count_of(answers, "HTTP/1.1 "), 1);
    assert_int_equal(count_of(answers, "HTTP/1.1 200"), 1);
    assert_end_is_seen();
    stage_leave();
    assert_int_equal(count_of(stage_log(), "\n"), 1);
}

static void test_while_lingering_what_comes_is_thrown_away(void **state)
{
    (void)state;
    stage_connect();
    assert_starts_with(stage_ask("GARBAGE\r\n\r\n", WAIT_PEER_CLOSES), "HTTP/1.1 400 ");
    assert_end_is_seen();
    int received = calls_count(CALL_RECV);
    for (int i = 0; i < 3; i++)
        assert_string_equal(stage_ask(ENTIRE("GET /"), WAIT_PEER_CLOSES), "");
    assert_int_equal(calls_count(CALL_RECV), received + 3);
    assert_int_equal(calls_count(CALL_SEND), 1);
    stage_leave();
    assert_int_equal(count_of(stage_log(), "\n"), 1);
}

static void test_lingering_with_nothing_here_goes_on(void **state)
{
    char octet;
    (void)state;
    stage_connect();
    stage_ask("GARBAGE\r\n\r\n", WAIT_PEER_CLOSES);
    stage_send("x");
    struct connection *connection = stage_lend();
    assert_int_equal(read(connection->descriptor, &octet, 1), 1); /* it was not for the server */
    assert_int_equal(stage_serve(connection), WAIT_PEER_CLOSES);
    stage_leave();
}

/* A whole input buffer at once, again and again: there is always room for it. */
static void test_a_flood_while_lingering_is_thrown_away(void **state)
{
    static char flood[100 * 1024];
    (void)state;
    stage_connect();
    memset(flood, 'f', sizeof flood);
    stage_ask("GARBAGE\r\n\r\n", WAIT_PEER_CLOSES);
    stage_send_octets(flood, sizeof flood);
    int turns = 0;
    while (stage.server.transport.table[0].received < stage.asked) {
        assert_int_equal(stage_turn(), WAIT_PEER_CLOSES);
        assert_true(++turns < 100);
    }
    stage_leave();
}

static void test_answers_before_a_bad_request_are_sent_with_its_refusal(void **state)
{
    (void)state;
    stage_connect();
    const char *answers =
        stage_ask(ENTIRE("HEAD /") ENTIRE("HEAD /no") "BAD \x01", WAIT_PEER_CLOSES);
    assert_starts_with(answers, "HTTP/1.1 200 ");
    assert_int_equal(count_of(answers, "HTTP/1.1 "), 3);
    assert_int_equal(count_of(answers, "HTTP/1.1 404 "), 1);
    assert_int_equal(count_of(answers, "HTTP/1.1 400 "), 1);
    assert_int_equal(count_of(answers, "\r\nConnection: close\r\n"), 1);
    assert_end_is_seen();
    assert_int_equal(calls_count(CALL_SEND), 1);
}

static void test_what_no_head_may_hold_is_refused_in_the_turn_it_arrives(void **state)
{
    static const char *const wrong[] = {"GET / HTTP/1.1\n", "\x16\x03\x01", "G\x01", "\r\n\r\n\r\n",
        "GET / HTTP/1.1\r\nA: \x7f", "GET / HTTP/1.1\rX"};
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        stage_connect();
        const char *answer = stage_ask(wrong[i], WAIT_PEER_CLOSES);
        assert_starts_with(answer, "HTTP/1.1 400 Bad Request\r\n");
        assert_holds(answer, "\r\nConnection: close\r\n");
        assert_end_is_seen();
        stage_leave();
    }
}

static void test_an_end_without_a_request_closes_silently(void **state)
{
    (void)state;
    stage_connect();
    stage_send_end();
    assert_int_equal(stage_turn(), WAIT_CLOSE);
    assert_end_is_seen();
    assert_string_equal(stage_log(), "");
}

static void test_an_end_after_half_a_head_closes_silently(void **state)
{
    (void)state;
    stage_connect();
    stage_ask("GET / HTTP/1.1\r\nHo", WAIT_HEAD);
    stage_send_end();
    assert_int_equal(stage_turn(), WAIT_CLOSE);
    assert_end_is_seen();
    assert_string_equal(stage_log(), "");
}

static void test_an_end_after_half_the_content_closes_silently(void **state)
{
    (void)state;
    stage_connect();
    stage_ask("GET / HTTP/1.1\r\n" FIELDS "Content-Length: 6\r\n\r\nabc", WAIT_CONTENT);
    stage_send_end();
    assert_int_equal(stage_turn(), WAIT_CLOSE);
    assert_end_is_seen();
    assert_string_equal(stage_log(), "");
}

/* Turns until the connection is closed; how many. */
static int turn_until_closed(void)
{
    int turns = 1;
    while (stage_turn() != WAIT_CLOSE) assert_true(++turns < 100);
    return turns;
}

static void test_requests_before_an_end_are_all_answered(void **state)
{
    char requests[2000] = "";
    (void)state;
    for (int i = 0; i < 40; i++) strcat(requests, ENTIRE("HEAD /"));
    stage_connect();
    stage_send(requests);
    stage_send("GET / HTTP/1.1\r\nHo");
    stage_send_end();
    assert_true(turn_until_closed() <= 4);
    assert_int_equal(count_of(stage_read(), "HTTP/1.1 200"), 40);
    assert_end_is_seen();
    assert_int_equal(count_of(stage_log(), "\n"), 40);
}

static void test_an_answer_that_was_blocked_is_sent_after_an_end(void **state)
{
    (void)state;
    stage_connect();
    calls_budget(CALL_SENDFILE, 5);
    stage_send(ENTIRE("GET /large") ENTIRE("HEAD /"));
    stage_send_end();
    assert_int_equal(stage_turn(), WAIT_PEER_READS);
    calls_budget(CALL_SENDFILE, -1);
    turn_until_closed();
    const char *answers = stage_read();
    assert_is_large(strstr(answers, "\r\n\r\n") + 4);
    assert_int_equal(count_of(answers, "HTTP/1.1 200"), 2);
    assert_end_is_seen();
}

static void test_a_refusal_that_was_blocked_still_lingers(void **state)
{
    (void)state;
    stage_connect();
    calls_budget(CALL_SEND, 20);
    stage_send("GARBAGE\r\n\r\n");
    assert_int_equal(stage_turn(), WAIT_PEER_READS);
    calls_budget(CALL_SEND, -1);
    assert_int_equal(stage_turn(), WAIT_PEER_CLOSES);
    assert_starts_with(stage_read(), "HTTP/1.1 400 ");
    assert_end_is_seen();
}

static void test_a_connection_that_was_reset_is_closed(void **state)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    (void)state;
    stage_connect();
    stage_ask("GET /", WAIT_HEAD);
    assert_int_equal(setsockopt(stage.client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
    stage_leave();
    assert_string_equal(stage_log(), "");
}

static void test_a_connection_that_cannot_be_sent_to_is_closed(void **state)
{
    (void)state;
    stage_connect();
    calls_fail(CALL_SEND, EPIPE, 1);
    stage_send(ENTIRE("HEAD /"));
    assert_int_equal(stage_turn(), WAIT_CLOSE);
    stage_connect();
    calls_budget(CALL_SEND, 10);
    stage_send(ENTIRE("HEAD /"));
    assert_int_equal(stage_turn(), WAIT_PEER_READS);
    calls_fail(CALL_SEND, ECONNRESET, 1);
    assert_int_equal(stage_turn(), WAIT_CLOSE);
}

/* RFC 9112 §9.6: the client did not ask for it, and the next request may be on its way. */
static void test_while_draining_answers_carry_close(void **state)
{
    (void)state;
    stage_connect();
    assert_lacks(stage_ask(ENTIRE("HEAD /"), WAIT_NEXT_REQUEST), "Connection:");
    transport_drain(&stage.server.transport);
    const char *answer = stage_ask(ENTIRE("HEAD /"), WAIT_PEER_CLOSES);
    assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
    assert_holds(answer, "\r\nConnection: close\r\n");
    assert_end_is_seen();
    stage_leave();
}

static void test_a_connection_whose_time_is_up_is_closed_by_a_worker(void **state)
{
    (void)state;
    stage_connect();
    stage.server.transport.options.limits[WAIT_NEXT_REQUEST] = 0;
    stage_ask(ENTIRE("HEAD /"), WAIT_NEXT_REQUEST);
    transport_tick(&stage.server.transport);
    assert_null(transport_next_overdue(&stage.server.transport, &stage.worker.seat));
    assert_int_equal(stage_turn(), WAIT_CLOSE);
    assert_string_equal(stage_read(), "");
    assert_int_equal(count_of(stage_log(), "\n"), 1);
}

/* What an earlier connection in the same slot left undone is forgotten. */
static void test_a_new_connection_begins_anew(void **state)
{
    (void)state;
    stage_connect();
    stage_ask("GET / HTTP/1.1\r\n" FIELDS "Content-Length: 6\r\n\r\nabc", WAIT_CONTENT);
    stage_leave();
    stage_connect();
    assert_starts_with(stage_ask(ENTIRE("GET /"), WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
    stage_ask("GARBAGE\r\n\r\n", WAIT_PEER_CLOSES);
    stage_leave();
    stage_connect();
    assert_starts_with(stage_ask(ENTIRE("GET /"), WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_a_client_that_asks_to_close_is_closed_at_once),
        STAGED(test_http_1_0_closes_unless_it_is_kept_alive),
        STAGED(test_a_cut_pipeline_lingers),
        STAGED(test_while_lingering_what_comes_is_thrown_away),
        STAGED(test_lingering_with_nothing_here_goes_on),
        STAGED(test_a_flood_while_lingering_is_thrown_away),
        STAGED(test_answers_before_a_bad_request_are_sent_with_its_refusal),
        STAGED(test_what_no_head_may_hold_is_refused_in_the_turn_it_arrives),
        STAGED(test_an_end_without_a_request_closes_silently),
        STAGED(test_an_end_after_half_a_head_closes_silently),
        STAGED(test_an_end_after_half_the_content_closes_silently),
        STAGED(test_requests_before_an_end_are_all_answered),
        STAGED(test_an_answer_that_was_blocked_is_sent_after_an_end),
        STAGED(test_a_refusal_that_was_blocked_still_lingers),
        STAGED(test_a_connection_that_was_reset_is_closed),
        STAGED(test_a_connection_that_cannot_be_sent_to_is_closed),
        STAGED(test_while_draining_answers_carry_close),
        STAGED(test_a_connection_whose_time_is_up_is_closed_by_a_worker),
        STAGED(test_a_new_connection_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
