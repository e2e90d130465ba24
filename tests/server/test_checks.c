/* The order of checks: of several things that are wrong with a request, which one is said. */
#include "tests/server/stage.h"

static void assert_status(const char *request, const char *status)
{
    char start[32];
    snprintf(start, sizeof start, "HTTP/1.1 %s ", status);
    stage_connect();
    stage_send(request);
    assert_int_not_equal(stage_turn(), WAIT_CLOSE);
    assert_starts_with(stage_read(), start);
    stage_leave();
}

/* A head of lines without end, after this. */
static const char *endless(const char *start)
{
    static char head[HTTP_HEAD_MAX + 200];
    size_t length = (size_t)snprintf(head, sizeof head, "%s", start);
    while (length + 100 < sizeof head)
        length += (size_t)snprintf(head + length, 100, "Field-%zu: %060d\r\n", length, 0);
    return head;
}

/* As many octets as a request line may not have, after this. */
static const char *long_line(const char *start)
{
    static char line[HTTP_REQUEST_LINE_MAX + 100];
    size_t length = (size_t)snprintf(line, sizeof line, "%s", start);
    memset(line + length, 'A', sizeof line - length - 1);
    return line;
}

static void test_the_limits_have_their_own_status(void **state)
{
    (void)state;
    assert_status(endless("GET / HTTP/1.1\r\nHost: a\r\n"), "431");
    assert_status(long_line("GET /"), "414");
    assert_status(long_line("METHOD"), "501");
}

static void test_what_is_malformed_comes_before_what_is_too_long(void **state)
{
    (void)state;
    assert_status(endless("GET  / HTTP/1.1\r\n"), "400");
    assert_status(endless("GET / HTTP/1.1\r\nno colon\r\n"), "400");
    assert_status(endless("GET / HTTP/1.1\r\n folded: x\r\n"), "400");
}

static void test_the_version_comes_before_what_is_too_long(void **state)
{
    (void)state;
    assert_status(endless("GET / HTTP/2.0\r\n"), "505");
}

static void test_an_octet_that_no_head_may_hold_comes_before_the_version(void **state)
{
    (void)state;
    assert_status("GET / HTTP/2.0\r\nA: \x01", "400");
    assert_status("GET / HTTP/2.0\r\nA: b\n", "400");
}

static void test_the_version_comes_before_the_framing(void **state)
{
    (void)state;
    assert_status("GET / HTTP/3.0\r\nHost: a\r\nContent-Length: x\r\n\r\n", "505");
}

static void test_the_framing_comes_before_host(void **state)
{
    (void)state;
    assert_status("GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501");
}

static void test_host_comes_before_the_method(void **state)
{
    (void)state;
    assert_status("NONE / HTTP/1.1\r\n\r\n", "400");
}

static void test_the_method_comes_before_the_target(void **state)
{
    (void)state;
    assert_status("NONE /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "501");
    assert_status("NONE * HTTP/1.1\r\nHost: a\r\n\r\n", "501");
}

static void test_the_target_comes_before_the_content_limit(void **state)
{
    (void)state;
    assert_status("GET /%zz HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", "400");
    assert_status("GET /%2F HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", "404");
}

static void test_the_content_limit_comes_before_an_expectation(void **state)
{
    (void)state;
    assert_status(
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\nExpect: it\r\n\r\n", "413");
}

static void test_an_expectation_comes_before_the_file(void **state)
{
    (void)state;
    assert_status("GET /nothing HTTP/1.1\r\nHost: a\r\nExpect: it\r\n\r\n", "417");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_the_limits_have_their_own_status),
        STAGED(test_what_is_malformed_comes_before_what_is_too_long),
        STAGED(test_the_version_comes_before_what_is_too_long),
        STAGED(test_an_octet_that_no_head_may_hold_comes_before_the_version),
        STAGED(test_the_version_comes_before_the_framing),
        STAGED(test_the_framing_comes_before_host),
        STAGED(test_host_comes_before_the_method),
        STAGED(test_the_method_comes_before_the_target),
        STAGED(test_the_target_comes_before_the_content_limit),
        STAGED(test_the_content_limit_comes_before_an_expectation),
        STAGED(test_an_expectation_comes_before_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
