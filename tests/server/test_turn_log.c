/* What the access log says of a turn: a line for each response. */
#include "tests/server/stage.h"

#include <sys/resource.h>

#define FIELDS "Host: a.example\r\n"

static void test_a_line_for_each_response_in_order(void **state)
{
    (void)state;
    stage_connect();
    stage_ask("GET / HTTP/1.1\r\n" FIELDS "\r\nGET /no?a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
              "BREW /x HTTP/1.1\r\n" FIELDS "\r\n",
        WAIT_NEXT_REQUEST);
    const char *at = strstr(stage_log(), "] \"GET / HTTP/1.1\" 200 41 \"-\" \"-\"\n127.0.0.1 ");
    assert_non_null(at);
    assert_int_equal(strlen(stage_index), 41);
    at = strstr(at, "] \"GET /no?a HTTP/1.0\" 404 ");
    assert_non_null(at);
    at = strstr(at, "] \"BREW /x HTTP/1.1\" 501 ");
    assert_non_null(at);
    assert_int_equal(count_of(stage_log(), "\n"), 3);
}

static void test_the_length_is_that_of_the_content(void **state)
{
    char expected[64];
    (void)state;
    stage_connect();
    const char *answer = stage_ask("GET /no HTTP/1.1\r\n" FIELDS "\r\n", WAIT_NEXT_REQUEST);
    snprintf(expected, sizeof expected, "\" 404 %zu \"", strlen(strstr(answer, "\r\n\r\n") + 4));
    assert_holds(stage_log(), expected);
}

static void test_the_referer_and_the_user_agent_are_logged(void **state)
{
    (void)state;
    stage_connect();
    stage_ask("GET / HTTP/1.1\r\n" FIELDS "user-agent: me \"quoted\"\r\nREFERER: http://b/\r\n\r\n",
        WAIT_NEXT_REQUEST);
    assert_holds(stage_log(), " \"http://b/\" \"me \\\"quoted\\\"\"\n");
}

static void test_a_bad_request_is_logged_with_what_came(void **state)
{
    (void)state;
    stage_connect();
    stage_ask("GET  / HTTP/1.1\r\n" FIELDS "\r\n", WAIT_PEER_CLOSES);
    assert_holds(stage_log(), "] \"GET  / HTTP/1.1\" 400 ");
    stage_leave();
    stage_connect();
    stage_ask("GET / HTTP/1.1\r\nHost: \xff\r\nNo colon\r\n\r\n", WAIT_PEER_CLOSES);
    assert_holds(stage_log(), "] \"GET / HTTP/1.1\" 400 ");
    assert_int_equal(count_of(stage_log(), "\n"), 2);
}

/* Whatever octets come, it is one line, and none of it can be taken for another. */
static void test_a_hostile_request_is_one_line(void **state)
{
    static const char *const hostile[] = {"GET /\n127.0.0.1 - - [forged]\r\n\r\n",
        "GET /\x1b[2J HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02 \" \\ \xff", "\x01",
        "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: \xff\"\\\t\r\n\r\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(hostile); i++) {
        stage_connect();
        stage_send(hostile[i]);
        stage_turn();
        stage_read();
        stage_leave();
        assert_int_equal(count_of(stage_log(), "\n"), i + 1);
        assert_int_equal(count_of(stage_log(), "127.0.0.1 - - ["), i + 1);
    }
    for (const char *at = stage_log(); *at != '\0'; at++)
        assert_true(*at == '\n' || (*at >= 0x20 && *at <= 0x7e));
}

static void test_an_interim_response_is_not_logged(void **state)
{
    (void)state;
    stage_connect();
    stage_ask("GET / HTTP/1.1\r\n" FIELDS "Content-Length: 1\r\nExpect: 100-continue\r\n\r\n",
        WAIT_CONTENT);
    assert_string_equal(stage_log(), "");
    stage_ask("a", WAIT_NEXT_REQUEST);
    assert_int_equal(count_of(stage_log(), "\n"), 1);
}

static void test_a_head_without_end_is_logged_cut(void **state)
{
    static char line[HTTP_REQUEST_LINE_MAX + 100] = "GET /";
    (void)state;
    memset(line + 5, '"', sizeof line - 6);
    stage_connect();
    assert_starts_with(stage_ask(line, WAIT_PEER_CLOSES), "HTTP/1.1 414 URI Too Long\r\n");
    assert_int_equal(count_of(stage_log(), "\n"), 1);
    assert_in_range(strlen(stage_log()), 100, LOG_LINE_MAX);
    assert_holds(stage_log(), "\" 414 ");
}

/* RFC 9110 §15.6.4, and the connection is one descriptor that can be given back. */
static void test_a_503_closes_and_is_logged(void **state)
{
    (void)state;
    stage_connect();
    stage_send("GET / HTTP/1.1\r\n" FIELDS "\r\n");
    struct connection *connection = stage_lend();
    struct rlimit limit;
    int lowest = dup(0);
    assert_true(lowest >= 0);
    close(lowest);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = (rlim_t)lowest; /* the next one would have this number */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    enum wait wait = stage_serve(connection);
    limit.rlim_cur = before;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(wait, WAIT_PEER_CLOSES); /* the client did not ask for it */
    const char *answer = stage_read();
    assert_starts_with(answer, "HTTP/1.1 503 Service Unavailable\r\n");
    assert_holds(answer, "\r\nRetry-After: 1\r\n");
    assert_holds(answer, "\r\nConnection: close\r\n");
    assert_holds(stage_log(), "] \"GET / HTTP/1.1\" 503 ");
    stage_leave();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_a_line_for_each_response_in_order),
        STAGED(test_the_length_is_that_of_the_content),
        STAGED(test_the_referer_and_the_user_agent_are_logged),
        STAGED(test_a_bad_request_is_logged_with_what_came),
        STAGED(test_a_hostile_request_is_one_line),
        STAGED(test_an_interim_response_is_not_logged),
        STAGED(test_a_head_without_end_is_logged_cut),
        STAGED(test_a_503_closes_and_is_logged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
