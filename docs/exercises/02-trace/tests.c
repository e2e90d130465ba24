/* Exercise 2: TRACE sends back what was received, and no secret. */
#include "tests/exercises/exercise.h"

#include <stdio.h>
#include <string.h>

#define HOST "Host: a\r\n"

static void serve_with_trace(void)
{
    serve(ARGUMENTS("--trace"));
}

/* A parser would tidy this up: letters, spaces, the target. */
static void red_trace_sends_back_the_octets_of_the_head(void)
{
    static const char request[] = "TRACE /no%2Dsuch//file?a=b HTTP/1.1\r\n"
                                  "hOST:a\r\n"
                                  "X-Spaces:  two  \t\r\n"
                                  "x-spaces: and again\r\n"
                                  "\r\n";
    serve_with_trace();
    ask(request);
    expect_answer(200, "RFC 9110 §9.3.8");
    expect_content(request, "RFC 9110 §9.3.8");
}

static void red_trace_is_of_the_media_type_message_http(void)
{
    serve_with_trace();
    ask("TRACE / HTTP/1.1\r\n" HOST "\r\n");
    expect_answer(200, "RFC 9110 §9.3.8");
    expect_field("Content-Type", "message/http", "RFC 9112 §10.1");
}

static void red_trace_leaves_out_credentials_and_cookies(void)
{
    serve_with_trace();
    ask("TRACE / HTTP/1.1\r\n"
        "Authorization: Basic c2VjcmV0\r\n" HOST "Cookie: id=secret\r\n"
        "Proxy-Authorization: Basic c2VjcmV0\r\n"
        "Via: 1.1 proxy\r\n\r\n");
    expect_nowhere("c2VjcmV0", "RFC 9110 §9.3.8");
    expect_nowhere("id=secret", "RFC 9110 §9.3.8");
    expect_content("TRACE / HTTP/1.1\r\n" HOST "Via: 1.1 proxy\r\n\r\n", "RFC 9110 §9.3.8");
}

/* RFC 9110 §5.1: names of fields are compared ignoring case. */
static void red_secrets_are_left_out_in_any_letters(void)
{
    serve_with_trace();
    ask("TRACE / HTTP/1.1\r\n" HOST "cookie:id=secret\r\nCOOKIE: id=secret\r\n"
        "authorization: Basic c2VjcmV0\r\n\r\n");
    expect_nowhere("secret", "RFC 9110 §9.3.8");
    expect_content("TRACE / HTTP/1.1\r\n" HOST "\r\n", "RFC 9110 §9.3.8");
}

static void red_a_name_that_only_begins_like_a_secret_is_none(void)
{
    static const char request[] =
        "TRACE / HTTP/1.1\r\n" HOST "Cookie-Count: 3\r\nX-Authorization: none\r\n\r\n";
    serve_with_trace();
    ask(request);
    expect_content(request, "RFC 9110 §9.3.8");
}

static void red_empty_lines_before_the_request_are_not_sent_back(void)
{
    serve_with_trace();
    ask("\r\nTRACE / HTTP/1.1\r\n" HOST "\r\n");
    expect_content("TRACE / HTTP/1.1\r\n" HOST "\r\n", "RFC 9112 §2.2");
}

static void red_trace_with_content_is_refused(void)
{
    serve_with_trace();
    ask("TRACE / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello");
    expect_answer(400, "RFC 9110 §9.3.8");
    expect_nowhere("hello", "RFC 9110 §9.3.8");
    ask("TRACE / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    expect_answer(400, "RFC 9110 §9.3.8");
}

static void red_a_length_of_zero_is_no_content(void)
{
    serve_with_trace();
    ask("TRACE / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n");
    expect_answer(200, "RFC 9110 §9.3.8");
}

static void red_a_long_head_comes_back_whole_or_is_refused(void)
{
    char request[6000] = "TRACE / HTTP/1.1\r\n" HOST;
    for (size_t i = 0; strlen(request) < 5000; i++)
        sprintf(request + strlen(request), "X-%zu: %0100zu\r\n", i, i);
    strcat(request, "\r\n");
    serve_with_trace();
    ask(request);
    if (exercise.response.status == 431) return; /* RFC 9110 §5.4 */
    expect_answer(200, "RFC 9110 §9.3.8");
    expect_content(request, "RFC 9110 §9.3.8");
}

static void red_a_next_request_follows_trace(void)
{
    serve_with_trace();
    ask("TRACE / HTTP/1.1\r\n" HOST "\r\n");
    expect_answer(200, "RFC 9110 §9.3.8");
    expect_usable("RFC 9112 §9.3");
}

static void guard_trace_is_off_unless_it_is_asked_for(void)
{
    ask("TRACE / HTTP/1.1\r\n" HOST "Cookie: id=secret\r\n\r\n");
    expect_answer(501, "RFC 9110 §15.6.2");
    expect_nowhere("secret", "RFC 9110 §9.3.8");
}

static void guard_get_still_gets_the_file(void)
{
    site_has("file.txt", "file");
    ask("GET /file.txt HTTP/1.1\r\n" HOST "\r\n");
    expect_answer(200, "RFC 9110 §9.3.1");
    expect_content("file", "RFC 9110 §9.3.1");
}

int main(int count, char **arguments)
{
    static const struct exercise_test tests[] = {
        EXERCISE_TEST(red_trace_sends_back_the_octets_of_the_head),
        EXERCISE_TEST(red_trace_is_of_the_media_type_message_http),
        EXERCISE_TEST(red_trace_leaves_out_credentials_and_cookies),
        EXERCISE_TEST(red_secrets_are_left_out_in_any_letters),
        EXERCISE_TEST(red_a_name_that_only_begins_like_a_secret_is_none),
        EXERCISE_TEST(red_empty_lines_before_the_request_are_not_sent_back),
        EXERCISE_TEST(red_trace_with_content_is_refused),
        EXERCISE_TEST(red_a_length_of_zero_is_no_content),
        EXERCISE_TEST(red_a_long_head_comes_back_whole_or_is_refused),
        EXERCISE_TEST(red_a_next_request_follows_trace),
        EXERCISE_TEST(guard_trace_is_off_unless_it_is_asked_for),
        EXERCISE_TEST(guard_get_still_gets_the_file),
    };
    return exercise_run(tests, sizeof tests / sizeof tests[0], count, arguments);
}
