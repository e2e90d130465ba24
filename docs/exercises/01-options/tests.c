/* Exercise 1: OPTIONS says what may be done, and does nothing. */
#include "tests/exercises/exercise.h"

#include <stdlib.h>
#include <string.h>

#define HOST "Host: a\r\n"

static void red_options_names_the_methods_of_the_target(void)
{
    site_has("file.txt", "file");
    ask("OPTIONS /file.txt HTTP/1.1\r\n" HOST "\r\n");
    expect_success("RFC 9110 §9.3.7");
    expect_element("Allow", "GET", "RFC 9110 §10.2.1");
    expect_element("Allow", "HEAD", "RFC 9110 §10.2.1");
    expect_element("Allow", "OPTIONS", "RFC 9110 §10.2.1");
}

/* ECHO is in this server's table as well, and not for this file. */
static void red_options_says_what_a_405_says(void)
{
    site_has("file.txt", "file");
    serve_with_echo(NULL);
    ask("ECHO /file.txt HTTP/1.1\r\n" HOST "\r\n");
    expect_answer(405, "RFC 9110 §15.5.6");
    char *allowed = strdup(response_field(&exercise.response, "Allow"));
    ask("OPTIONS /file.txt HTTP/1.1\r\n" HOST "\r\n");
    expect_field("Allow", allowed, "RFC 9110 §10.2.1");
    free(allowed);
}

static void red_a_next_request_follows_options(void)
{
    site_has("index.html", "home");
    ask("OPTIONS / HTTP/1.1\r\n" HOST "\r\n");
    expect_success("RFC 9110 §9.3.7");
    expect_usable("RFC 9112 §9.3");
}

static void red_options_of_the_server_as_a_whole_needs_no_file(void)
{
    ask("OPTIONS * HTTP/1.1\r\n" HOST "\r\n");
    expect_success("RFC 9110 §9.3.7");
    expect_element("Allow", "OPTIONS", "RFC 9110 §10.2.1");
    expect_usable("RFC 9112 §9.3");
}

static void red_options_of_what_is_not_there_is_404(void)
{
    ask("OPTIONS /missing.txt HTTP/1.1\r\n" HOST "\r\n");
    expect_answer(404, "RFC 9110 §15.5.5");
}

static void red_options_ignores_preconditions(void)
{
    site_has("file.txt", "file");
    ask("OPTIONS /file.txt HTTP/1.1\r\n" HOST "If-None-Match: *\r\n\r\n");
    expect_success("RFC 9110 §13.2.1");
    ask("OPTIONS /file.txt HTTP/1.1\r\n" HOST "If-Match: \"another\"\r\n\r\n");
    expect_success("RFC 9110 §13.2.1");
}

static void red_content_of_options_is_read_and_dropped(void)
{
    site_has("file.txt", "file");
    ask("OPTIONS /file.txt HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello");
    expect_success("RFC 9110 §9.3.7");
    expect_nowhere("hello", "RFC 9110 §9.3.7");
    expect_usable("RFC 9112 §9.3");
}

static void guard_get_still_gets_the_file(void)
{
    site_has("file.txt", "file");
    ask("GET /file.txt HTTP/1.1\r\n" HOST "\r\n");
    expect_answer(200, "RFC 9110 §9.3.1");
    expect_content("file", "RFC 9110 §9.3.1");
}

static void guard_the_asterisk_is_for_options_only(void)
{
    ask("GET * HTTP/1.1\r\n" HOST "\r\n");
    expect_answer(400, "RFC 9112 §3.2.4");
}

static void guard_a_method_without_a_row_is_501(void)
{
    ask("BREW / HTTP/1.1\r\n" HOST "\r\n");
    expect_answer(501, "RFC 9110 §15.6.2");
    expect_field("Allow", NULL, "RFC 9110 §15.6.2");
}

int main(int count, char **arguments)
{
    static const struct exercise_test tests[] = {
        EXERCISE_TEST(red_options_names_the_methods_of_the_target),
        EXERCISE_TEST(red_options_says_what_a_405_says),
        EXERCISE_TEST(red_a_next_request_follows_options),
        EXERCISE_TEST(red_options_of_the_server_as_a_whole_needs_no_file),
        EXERCISE_TEST(red_options_of_what_is_not_there_is_404),
        EXERCISE_TEST(red_options_ignores_preconditions),
        EXERCISE_TEST(red_content_of_options_is_read_and_dropped),
        EXERCISE_TEST(guard_get_still_gets_the_file),
        EXERCISE_TEST(guard_the_asterisk_is_for_options_only),
        EXERCISE_TEST(guard_a_method_without_a_row_is_501),
    };
    return exercise_run(tests, sizeof tests / sizeof tests[0], count, arguments);
}
