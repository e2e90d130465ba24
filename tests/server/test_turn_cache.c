/* What a request costs when its file is kept: wait, receive, send, re-arm, and nothing else. */
#include "tests/server/warm.h"

static void test_a_small_file_costs_four_calls(void **state)
{
    (void)state;
    assert_content(ask_warm(GET("/")), stage_index);
    assert_four_calls();
    assert_nothing_is_allocated();
}

static void test_so_does_whatever_else_is_kept(void **state)
{
    static const struct {
        const char *request, *answer;
    } rows[] = {
        {HEAD("/"), "HTTP/1.1 200 "},
        {"GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=1-3\r\n\r\n", "HTTP/1.1 206 "},
        {"GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n", "HTTP/1.1 304 "},
        {"GET / HTTP/1.1\r\nHost: a\r\nIf-Match: \"a\"\r\n\r\n", "HTTP/1.1 412 "},
        {"GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=999-\r\n\r\n", "HTTP/1.1 416 "},
        {GET("/dir"), "HTTP/1.1 301 "},
        {GET("/nothing"), "HTTP/1.1 404 "},
        {"GET /nothing HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n", "HTTP/1.1 404 "},
        {GET("/empty"), "HTTP/1.1 200 "},
        {"GET /app.js HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", "HTTP/1.1 200 "},
    };
    (void)state;
    site_directory("root/dir");
    site_file("root/empty", "");
    site_file("root/404.html", "the page of the site");
    site_file("root/app.js", "script");
    site_file("root/app.js.gz", "script in gzip");
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_starts_with(ask_warm(rows[i].request), rows[i].answer);
        assert_four_calls();
        assert_nothing_is_allocated();
        stage_leave();
    }
}

static void test_a_file_at_the_limit_is_one_send(void **state)
{
    (void)state;
    site_file_of("root/limit", FILE_SMALL_MAX);
    const char *answer = ask_warm(GET("/limit"));
    assert_four_calls();
    assert_holds(answer, "\r\nContent-Length: 16384\r\n");
    const char *content = strstr(answer, "\r\n\r\n") + 4;
    assert_int_equal(strlen(content), FILE_SMALL_MAX);
    for (size_t i = 0; i < FILE_SMALL_MAX; i++) assert_int_equal(content[i], site_octet(i));
}

/* It is duplicated, looked at, and closed when it is sent. */
static void test_a_file_beyond_it_is_head_and_sendfile(void **state)
{
    (void)state;
    assert_is_large(strstr(ask_warm(GET("/large")), "\r\n\r\n") + 4);
    assert_int_equal(calls_count(CALL_RECV), 1);
    assert_int_equal(calls_count(CALL_SEND), 1);
    assert_int_equal(calls_count(CALL_SENDFILE), 1);
    assert_int_equal(calls_count(CALL_CLOSE), 1);
    assert_int_equal(look_ups.calls, 0);
    assert_nothing_is_allocated();
}

/* The client leaves in between, so that a descriptor lost would show (see stage_close). */
static void test_head_of_a_large_file_sends_none_of_it(void **state)
{
    (void)state;
    const char *answer = ask_warm(HEAD("/large"));
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
    assert_int_equal(calls_count(CALL_SEND), 1);
    assert_int_equal(calls_count(CALL_SENDFILE), 0);
    assert_int_equal(calls_count(CALL_CLOSE), 1);
}

/* Segments with data that the server has sent on its connection to the client. */
static unsigned segments_sent(const struct connection *connection)
{
    struct {
        struct tcp_info known; /* as far as glibc 2.36 has it */
        uint64_t rates_and_octets[4];
        uint32_t others[5], data_segments_out;
    } info = {0};
    socklen_t size = sizeof info;
    assert_int_equal(getsockopt(connection->descriptor, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
    return info.data_segments_out;
}

/* MSG_MORE holds the head back for a fifth of a second: enough, but for a machine that stalls. */
static void test_the_head_travels_with_the_start_of_a_large_file(void **state)
{
    unsigned least = UINT32_MAX;
    (void)state;
    warm_up(GET("/large"));
    for (int i = 0; i < 5 && least > 1; i++) {
        stage_send(GET("/large"));
        struct connection *connection = stage_lend();
        unsigned before = segments_sent(connection);
        stage_serve(connection);
        stage_read();
        stage_send(HEAD("/"));
        connection = stage_lend();
        unsigned sent = segments_sent(connection) - before;
        if (sent < least) least = sent;
        stage_serve(connection);
        stage_read();
    }
    assert_int_equal(least, 1);
}

static void test_sixteen_small_files_asked_for_at_once_are_one_send(void **state)
{
    enum { FILES = 16, SIZE = 1024 };
    char requests[FILES * 40] = "";
    (void)state;
    site_file_of("root/kilo", SIZE);
    for (int i = 0; i < FILES; i++) strcat(requests, GET("/kilo"));
    const char *answers = ask_warm(requests);
    assert_four_calls();
    assert_nothing_is_allocated();
    assert_int_equal(count_of(answers, "HTTP/1.1 200 OK\r\n"), FILES);
    for (int i = 0; i < FILES; i++) {
        answers = strstr(answers, "\r\n\r\n") + 4;
        for (size_t at = 0; at < SIZE; at++) assert_int_equal(answers[at], site_octet(at));
        answers += SIZE;
    }
    assert_string_equal(answers, "");
}

/* Two of them and their heads fit into the output at once. */
static void test_answers_that_fill_the_output_are_sent_in_order(void **state)
{
    enum { FILES = 6 };
    char requests[FILES * 40] = "";
    char content[FILE_SMALL_MAX + 1] = "";
    (void)state;
    for (int i = 0; i < FILES; i++) {
        char name[] = "root/0";
        char request[40];
        name[5] = (char)('0' + i);
        for (size_t at = 0; at < FILE_SMALL_MAX; at++) content[at] = site_octet(at * 3 + (size_t)i);
        site_file(name, content);
        sprintf(request, GET("/%d"), i);
        strcat(requests, request);
    }
    const char *answers = ask_warm(requests);
    assert_int_equal(calls_count(CALL_RECV), 1);
    assert_int_equal(calls_count(CALL_SEND), FILES / 2);
    assert_nothing_is_allocated();
    for (int i = 0; i < FILES; i++) {
        answers = strstr(answers, "\r\n\r\n") + 4;
        for (size_t at = 0; at < FILE_SMALL_MAX; at++)
            assert_int_equal(answers[at], site_octet(at * 3 + (size_t)i));
        answers += FILE_SMALL_MAX;
    }
    assert_string_equal(answers, "");
}

static void test_small_files_around_a_large_one_are_sent_in_order(void **state)
{
    (void)state;
    const char *answers = ask_warm(GET("/") GET("/large") GET("/"));
    assert_starts_with(strstr(answers, "\r\n\r\n") + 4, stage_index);
    answers = strstr(strstr(answers, stage_index), "\r\n\r\n") + 4;
    assert_is_large(answers);
    assert_content(answers + STAGE_LARGE, stage_index);
    assert_int_equal(calls_count(CALL_SEND), 2);
    assert_int_equal(calls_count(CALL_SENDFILE), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_a_small_file_costs_four_calls),
        STAGED(test_so_does_whatever_else_is_kept),
        STAGED(test_a_file_at_the_limit_is_one_send),
        STAGED(test_a_file_beyond_it_is_head_and_sendfile),
        STAGED(test_head_of_a_large_file_sends_none_of_it),
        STAGED(test_the_head_travels_with_the_start_of_a_large_file),
        STAGED(test_sixteen_small_files_asked_for_at_once_are_one_send),
        STAGED(test_answers_that_fill_the_output_are_sent_in_order),
        STAGED(test_small_files_around_a_large_one_are_sent_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
