/* A turn: which wait it ends with, and that it receives once and sends together. */
#include "tests/server/stage.h"

#define FIELDS       "Host: a.example\r\n"
#define ENTIRE(line) line " HTTP/1.1\r\n" FIELDS "\r\n"

static void test_with_nothing_here_it_waits_for_the_first_octet(void **state)
{
    char octet;
    (void)state;
    stage_connect();
    stage_send("G");
    struct connection *connection = stage_lend();
    assert_int_equal(read(connection->descriptor, &octet, 1), 1); /* it was not for the server */
    assert_int_equal(stage_serve(connection), WAIT_FIRST_OCTET);
    assert_string_equal(stage_read(), "");
}

static void test_with_half_a_head_it_waits_for_the_rest(void **state)
{
    (void)state;
    stage_connect();
    assert_string_equal(stage_ask("GET / HTTP/1.1\r\nHo", WAIT_HEAD), "");
    assert_string_equal(stage_ask("st: a.example\r\n", WAIT_HEAD), "");
    assert_starts_with(stage_ask("\r\n", WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
}

static void test_empty_lines_before_a_request_are_half_a_head(void **state)
{
    (void)state;
    stage_connect();
    assert_string_equal(stage_ask("\r\n", WAIT_HEAD), "");
    assert_starts_with(stage_ask(ENTIRE("GET /"), WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
}

static void test_a_request_that_comes_octet_by_octet_is_answered(void **state)
{
    const char *request = ENTIRE("GET /");
    (void)state;
    stage_connect();
    for (; request[1] != '\0'; request++) {
        stage_send_octets(request, 1);
        assert_int_equal(stage_turn(), WAIT_HEAD);
    }
    assert_starts_with(stage_ask(request, WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
    assert_int_equal(count_of(stage_log(), "\n"), 1);
}

static void test_with_half_the_content_it_waits_for_the_rest(void **state)
{
    (void)state;
    stage_connect();
    assert_string_equal(
        stage_ask("GET / HTTP/1.1\r\n" FIELDS "Content-Length: 6\r\n\r\n", WAIT_CONTENT), "");
    assert_string_equal(stage_ask("abc", WAIT_CONTENT), "");
    assert_starts_with(stage_ask("def", WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
}

static void test_when_all_is_answered_it_waits_for_the_next_request(void **state)
{
    (void)state;
    stage_connect();
    for (int i = 0; i < 3; i++) {
        const char *answer = stage_ask(ENTIRE("GET /"), WAIT_NEXT_REQUEST);
        assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
        assert_lacks(answer, "Connection:");
        assert_string_equal(strstr(answer, "\r\n\r\n") + 4, stage_index);
    }
}

static void test_head_is_answered_without_content(void **state)
{
    char length[48];
    (void)state;
    stage_connect();
    const char *answer = stage_ask(ENTIRE("HEAD /"), WAIT_NEXT_REQUEST);
    assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
    snprintf(length, sizeof length, "\r\nContent-Length: %zu\r\n", strlen(stage_index));
    assert_holds(answer, length);
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
    answer = stage_ask(ENTIRE("HEAD /nothing"), WAIT_NEXT_REQUEST);
    assert_starts_with(answer, "HTTP/1.1 404 Not Found\r\n");
    assert_lacks(answer, "\r\nContent-Length: 0\r\n");
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

/* RFC 9110 §9.3.2 holds for every response, whoever decided it. */
static void test_a_refused_head_has_no_content_either(void **state)
{
    (void)state;
    stage_connect();
    const char *answer =
        stage_ask("HEAD / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", WAIT_NEXT_REQUEST);
    assert_starts_with(answer, "HTTP/1.1 400 Bad Request\r\n");
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

static void test_a_turn_receives_at_most_once(void **state)
{
    char requests[1200] = "";
    (void)state;
    stage_connect();
    stage_ask("GET / HT", WAIT_HEAD);
    assert_int_equal(calls_count(CALL_RECV), 1);
    stage_ask("TP/1.1\r\n" FIELDS "Content-Length: 4\r\n\r\nab", WAIT_CONTENT);
    assert_int_equal(calls_count(CALL_RECV), 2);
    for (int i = 0; i < 10; i++) strcat(requests, ENTIRE("GET /nothing"));
    stage_send("cd");
    stage_send(requests);
    assert_int_equal(stage_turn(), WAIT_NEXT_REQUEST);
    assert_int_equal(calls_count(CALL_RECV), 3);
    assert_int_equal(count_of(stage_read(), "HTTP/1.1 404"), 10);
}

static void test_several_small_answers_share_one_send(void **state)
{
    (void)state;
    stage_connect();
    const char *answers =
        stage_ask(ENTIRE("GET /nothing") ENTIRE("HEAD /") ENTIRE("GET /.hidden") ENTIRE("HEAD /"),
            WAIT_NEXT_REQUEST);
    assert_int_equal(count_of(answers, "HTTP/1.1 404"), 2);
    assert_int_equal(count_of(answers, "HTTP/1.1 200"), 2);
    assert_int_equal(calls_count(CALL_SEND), 1);
}

static void test_more_answers_than_the_output_holds_are_all_sent(void **state)
{
    char requests[2400] = "";
    (void)state;
    stage_connect();
    for (int i = 0; i < TURN_ANSWERS_MAX - 1; i++)
        strcat(requests, "GET /no HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n");
    const char *answers = stage_ask(requests, WAIT_NEXT_REQUEST);
    assert_int_equal(count_of(answers, "HTTP/1.1 404"), TURN_ANSWERS_MAX - 1);
    assert_int_equal(count_of(answers, "</html>\n"), TURN_ANSWERS_MAX - 1);
    assert_in_range(calls_count(CALL_SEND), 1, 3);
}

static void test_pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    site_file("root/1", "<one>");
    site_file("root/2", "<two>");
    stage_connect();
    const char *answers = stage_ask(
        ENTIRE("GET /2") ENTIRE("GET /no") ENTIRE("GET /1") ENTIRE("HEAD /2"), WAIT_NEXT_REQUEST);
    const char *two = strstr(answers, "<two>");
    assert_non_null(two);
    const char *missing = strstr(two, "HTTP/1.1 404");
    assert_non_null(missing);
    const char *one = strstr(missing, "<one>");
    assert_non_null(one);
    assert_starts_with(one + 5, "HTTP/1.1 200");
    assert_int_equal(count_of(answers, "HTTP/1.1 "), 4);
    assert_int_equal(count_of(answers, "<two>"), 1);
}

static void test_a_part_behind_a_whole_request_is_half_a_head(void **state)
{
    (void)state;
    stage_connect();
    const char *answer = stage_ask(ENTIRE("HEAD /") "GET / HTTP", WAIT_HEAD);
    assert_int_equal(count_of(answer, "HTTP/1.1 200"), 1);
    assert_starts_with(
        stage_ask("/1.1\r\n" FIELDS "\r\n", WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
}

static void test_a_blocked_output_waits_for_the_peer(void **state)
{
    (void)state;
    stage_connect();
    calls_budget(CALL_SEND, 10);
    stage_send(ENTIRE("HEAD /"));
    assert_int_equal(stage_turn(), WAIT_PEER_READS);
    assert_string_equal(stage_read(), "HTTP/1.1 2");
    calls_budget(CALL_SEND, -1);
    assert_int_equal(stage_turn(), WAIT_NEXT_REQUEST);
    assert_starts_with(stage_read(), "00 OK\r\n");
}

static void test_a_file_that_blocks_waits_for_the_peer(void **state)
{
    static char answer[STAGE_LARGE + 2048];
    (void)state;
    stage_connect();
    calls_budget(CALL_SENDFILE, 5);
    snprintf(answer, sizeof answer, "%s", stage_ask(ENTIRE("GET /large"), WAIT_PEER_READS));
    calls_budget(CALL_SENDFILE, 3);
    assert_int_equal(stage_turn(), WAIT_PEER_READS);
    strcat(answer, stage_read());
    calls_budget(CALL_SENDFILE, -1);
    assert_int_equal(stage_turn(), WAIT_NEXT_REQUEST);
    strcat(answer, stage_read());
    assert_is_large(strstr(answer, "\r\n\r\n") + 4);
}

/* Else a client that reads nothing could make the server take in more and more. */
static void test_while_the_output_is_blocked_nothing_is_received(void **state)
{
    (void)state;
    stage_connect();
    calls_budget(CALL_SEND, 10);
    stage_send(ENTIRE("HEAD /"));
    assert_int_equal(stage_turn(), WAIT_PEER_READS);
    stage_send(ENTIRE("HEAD /"));
    assert_int_equal(stage_turn(), WAIT_PEER_READS);
    assert_int_equal(calls_count(CALL_RECV), 1);
    calls_budget(CALL_SEND, -1);
    assert_int_equal(stage_turn(), WAIT_NEXT_REQUEST);
    assert_int_equal(count_of(stage_read(), "\r\n\r\n"), 2);
}

static void test_a_request_behind_a_blocked_answer_is_answered_later(void **state)
{
    (void)state;
    stage_connect();
    calls_budget(CALL_SENDFILE, 5);
    assert_int_equal(
        count_of(stage_ask(ENTIRE("GET /large") ENTIRE("HEAD /no"), WAIT_PEER_READS), "HTTP/1.1"),
        1);
    calls_budget(CALL_SENDFILE, -1);
    assert_int_equal(stage_turn(), WAIT_NEXT_REQUEST);
    assert_int_equal(count_of(stage_read(), "HTTP/1.1 404"), 1);
}

static void test_the_answer_carries_a_date(void **state)
{
    char date[64] = "";
    (void)state;
    stage_connect();
    const char *answer = stage_ask(ENTIRE("HEAD /"), WAIT_NEXT_REQUEST);
    time_t before = time(NULL) - 2;
    bool known = false;
    for (int i = 0; i < 5 && !known; i++) {
        strcpy(date, "\r\nDate: ");
        http_format_date(before + i, date + strlen(date));
        strcat(date, "\r\n");
        known = strstr(answer, date) != NULL;
    }
    assert_true(known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_with_nothing_here_it_waits_for_the_first_octet),
        STAGED(test_with_half_a_head_it_waits_for_the_rest),
        STAGED(test_empty_lines_before_a_request_are_half_a_head),
        STAGED(test_a_request_that_comes_octet_by_octet_is_answered),
        STAGED(test_with_half_the_content_it_waits_for_the_rest),
        STAGED(test_when_all_is_answered_it_waits_for_the_next_request),
        STAGED(test_head_is_answered_without_content),
        STAGED(test_a_refused_head_has_no_content_either),
        STAGED(test_a_turn_receives_at_most_once),
        STAGED(test_several_small_answers_share_one_send),
        STAGED(test_more_answers_than_the_output_holds_are_all_sent),
        STAGED(test_pipelined_requests_are_answered_in_order),
        STAGED(test_a_part_behind_a_whole_request_is_half_a_head),
        STAGED(test_a_blocked_output_waits_for_the_peer),
        STAGED(test_a_file_that_blocks_waits_for_the_peer),
        STAGED(test_while_the_output_is_blocked_nothing_is_received),
        STAGED(test_a_request_behind_a_blocked_answer_is_answered_later),
        STAGED(test_the_answer_carries_a_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
