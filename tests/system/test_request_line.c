/* The request line: RFC 9112 §3, §2.2, §2.3 and the rules for what it may hold. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST "Host: a\r\n\r\n"

static const struct http_case cases[] = {
    {"three parts and single spaces are served (RFC 9112 §3)",
        REQUEST("GET /file.txt HTTP/1.1\r\n" HOST), 200, STAYS, .content = "file"},
    {"one empty line before the request line is skipped (RFC 9112 §2.2)",
        REQUEST("\r\nGET /file.txt HTTP/1.1\r\n" HOST), 200, STAYS, .content = "file"},
    {"two empty lines before the request line are skipped (RFC 9112 §2.2)",
        REQUEST("\r\n\r\nGET /file.txt HTTP/1.1\r\n" HOST), 200, STAYS, .content = "file"},
    {"a third empty line before the request line is refused (RFC 9112 §2.2)",
        REQUEST("\r\n\r\n\r\nGET /file.txt HTTP/1.1\r\n" HOST), 400, CLOSES},

    {"lines that end in LF alone are refused and nc -C is named (RFC 9112 §2.2)",
        REQUEST("GET / HTTP/1.1\nHost: a\n\n"), 400, CLOSES, .has = "RFC 9112 §2.2",
        .has_too = "nc -C"},
    {"LF in place of the second space is refused (RFC 9112 §2.2)",
        REQUEST("GET /\nHTTP/1.1\r\n" HOST), 400, CLOSES},
    {"LF alone as an empty line before the request line is refused (RFC 9112 §2.2)",
        REQUEST("\nGET / HTTP/1.1\r\n" HOST), 400, CLOSES},
    {"CR without LF in the request line is refused (RFC 9112 §2.2)",
        REQUEST("GET /a\rb HTTP/1.1\r\n" HOST), 400, CLOSES},
    {"CR without LF at the end of the request line is refused (RFC 9112 §2.2)",
        REQUEST("GET / HTTP/1.1\rHost: a\r\n\r\n"), 400, CLOSES},
    {"two CRs before LF are refused (RFC 9112 §2.2)", REQUEST("GET / HTTP/1.1\r\r\n" HOST), 400,
        CLOSES},
    {"CR X is not the end of the head (RFC 9112 §2.2)", REQUEST("GET / HTTP/1.1\r\nHost: a\r\n\rX"),
        400, CLOSES},
    {"NUL in the method is refused (RFC 9112 §3)", REQUEST("G\0T / HTTP/1.1\r\n" HOST), 400,
        CLOSES},
    {"NUL in the target is refused (RFC 9112 §3)", REQUEST("GET /\0 HTTP/1.1\r\n" HOST), 400,
        CLOSES},
    {"NUL in the version is refused (RFC 9112 §3)", REQUEST("GET / HTTP/1.1\0\r\n" HOST), 400,
        CLOSES},
    {"a control in the target is refused (RFC 9112 §3)", REQUEST("GET /\001 HTTP/1.1\r\n" HOST),
        400, CLOSES},
    {"DEL in the target is refused (RFC 9112 §3)", REQUEST("GET /\177 HTTP/1.1\r\n" HOST), 400,
        CLOSES},
    {"a TLS hello is told that this is http, not https (RFC 9112 §3)",
        REQUEST("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), 400, CLOSES, .has = "https",
        .only_whole = true},

    {"two spaces after the method are refused (RFC 9112 §3)", REQUEST("GET  / HTTP/1.1\r\n" HOST),
        400, CLOSES},
    {"two spaces before the version are refused (RFC 9112 §3)", REQUEST("GET /  HTTP/1.1\r\n" HOST),
        400, CLOSES},
    {"a tab after the method is refused (RFC 9112 §3)", REQUEST("GET\t/ HTTP/1.1\r\n" HOST), 400,
        CLOSES},
    {"a tab before the version is refused (RFC 9112 §3)", REQUEST("GET /\tHTTP/1.1\r\n" HOST), 400,
        CLOSES},
    {"a space before the method is refused (RFC 9112 §3)", REQUEST(" GET / HTTP/1.1\r\n" HOST), 400,
        CLOSES},
    {"a space after the version is refused (RFC 9112 §3)", REQUEST("GET / HTTP/1.1 \r\n" HOST), 400,
        CLOSES},
    {"a space within the target is refused (RFC 9112 §3.2)", REQUEST("GET /a b HTTP/1.1\r\n" HOST),
        400, CLOSES},
    {"a request line of the method alone is refused (RFC 9112 §3)", REQUEST("GET\r\n" HOST), 400,
        CLOSES},
    {"a request line without a target is refused (RFC 9112 §3)", REQUEST("GET HTTP/1.1\r\n" HOST),
        400, CLOSES},
    {"a request line without a version, as in HTTP/0.9, is refused (RFC 9112 §3)",
        REQUEST("GET /\r\n" HOST), 400, EITHER},
    {"a fragment in the target is refused (RFC 9112 §3.2)",
        REQUEST("GET /file.txt#part HTTP/1.1\r\n" HOST), 400, CLOSES},
    {"an octet of the target above 0x7E is refused (RFC 9112 §3.2)",
        REQUEST("GET /\xc3\xbc HTTP/1.1\r\n" HOST), 400, CLOSES},
    {"every visible character but # may stand in a target (RFC 9112 §3.2)",
        REQUEST("GET /!\"$&'()*+,-.;<=>@[\\]^_`{|}~ HTTP/1.1\r\n" HOST), 404, STAYS},

    {"a method that is not known is not implemented (RFC 9110 §15.6.2)",
        REQUEST("BREW / HTTP/1.1\r\n" HOST), 501, STAYS},
    {"BREW without content is not implemented (RFC 9110 §15.6.2)",
        REQUEST("BREW / HTTP/1.1\r\n" HOST), 501, STAYS},
    {"BREW with an empty content leaves the connection open (RFC 9112 §9.3)",
        REQUEST("BREW / HTTP/1.1\r\nContent-Length: 0\r\n" HOST), 501, STAYS},
    {"BREW with content is refused by its head and closes (RFC 9112 §9.3)",
        REQUEST("BREW / HTTP/1.1\r\nContent-Length: 5\r\n" HOST "hello"), 501, CLOSES},
    {"BREW with chunked content is refused by its head and closes (RFC 9112 §9.3)",
        REQUEST("BREW / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" HOST "5\r\nhello\r\n0\r\n\r\n"),
        501, CLOSES},
    {"a method in lower case is another method (RFC 9110 §9.1)", REQUEST("get / HTTP/1.1\r\n" HOST),
        501, STAYS},
    {"a method that starts with GET is another method (RFC 9110 §9.1)",
        REQUEST("GETS / HTTP/1.1\r\n" HOST), 501, STAYS},
    {"a method that is the start of GET is another method (RFC 9110 §9.1)",
        REQUEST("GE / HTTP/1.1\r\n" HOST), 501, STAYS},
    {"a method of odd token characters is not implemented (RFC 9110 §5.6.2)",
        REQUEST("!#$%&'*+-.^_`|~0Aa / HTTP/1.1\r\n" HOST), 501, STAYS},
    {"BREW in asterisk-form is refused by its method, not its target (RFC 9110 §15.6.2)",
        REQUEST("BREW * HTTP/1.1\r\n" HOST), 501, STAYS},
    {"CONNECT in authority-form is refused by its method, not its target (RFC 9110 §15.6.2)",
        REQUEST("CONNECT a:80 HTTP/1.1\r\n" HOST), 501, STAYS},
    {"a method with a parenthesis is no token (RFC 9110 §5.6.2)",
        REQUEST("G(T / HTTP/1.1\r\n" HOST), 400, EITHER},
    {"a method with a colon is no token (RFC 9110 §5.6.2)", REQUEST("GET: / HTTP/1.1\r\n" HOST),
        400, EITHER},
    {"a method in quotes is no token (RFC 9110 §5.6.2)", REQUEST("\"GET\" / HTTP/1.1\r\n" HOST),
        400, EITHER},
    {"a method of separators is no token (RFC 9110 §5.6.2)",
        REQUEST("()<>@,;:\\\"/[]?={} / HTTP/1.1\r\n" HOST), 400, EITHER},
    {"a method with an octet above 0x7E is no token (RFC 9110 §5.6.2)",
        REQUEST("G\xc9T / HTTP/1.1\r\n" HOST), 400, EITHER},
};

/* A request of a start, a run of one character and an end. */
static char *stretched(const char *start, size_t count, char filling, const char *end)
{
    size_t first = strlen(start);
    char *request = malloc(first + count + strlen(end) + 1);
    memcpy(request, start, first);
    memset(request + first, filling, count);
    strcpy(request + first + count, end);
    return request;
}

static void deliver_stretched(
    const char *start, size_t count, const char *end, struct http_case expected)
{
    char *request = stretched(start, count, 'A', end);
    expected.request = request;
    expected.length = strlen(request);
    case_deliver(&expected);
    free(request);
}

/* RFC 9112 §3: at least 8000 octets ought to be taken. */
static void test_a_request_line_of_8000_octets_is_served(void **state)
{
    (void)state;
    deliver_stretched("GET /file.txt?", 8000 - 23, " HTTP/1.1\r\n" HOST,
        (struct http_case){.status = 200, .after = STAYS, .content = "file"});
}

/* RFC 9110 §15.5.15 */
static void test_a_target_beyond_8_kib_is_too_long(void **state)
{
    (void)state;
    deliver_stretched(
        "GET /", 8300, " HTTP/1.1\r\n" HOST, (struct http_case){.status = 414, .after = CLOSES});
}

/* RFC 9110 §15.5.15: nothing more need come for that to be seen. */
static void test_a_target_without_end_is_answered_while_it_grows(void **state)
{
    (void)state;
    deliver_stretched("GET /", 8300, "", (struct http_case){.status = 414, .after = CLOSES});
}

/* RFC 9112 §3: a method longer than any known one is answered with 501. */
static void test_a_method_without_end_is_not_implemented(void **state)
{
    (void)state;
    deliver_stretched("", 8300, "", (struct http_case){.status = 501, .after = CLOSES});
}

/* RFC 9112 §3: it is the target that is too long once one has begun. */
static void test_a_long_method_before_an_endless_target_is_a_long_target(void **state)
{
    (void)state;
    deliver_stretched(
        "BREWBREWBREW /", 8300, "", (struct http_case){.status = 414, .after = CLOSES});
}

/* A request that is refused in the turn its bad octet arrives: nothing comes after it. */
static void expect_refused_at_once(const char *octets, size_t length)
{
    struct client client;
    struct response response;
    client_connect(&client, world.port);
    client_send(&client, octets, length);
    response_expect(&client, &response, 400);
    client_expect_end(&client);
    response_release(&response);
    client_close(&client);
}

/* RFC 9112 §2.2 */
static void test_a_bare_lf_is_refused_before_the_head_is_complete(void **state)
{
    (void)state;
    expect_refused_at_once("GET / HTTP/1.1\n", 15);
}

/* RFC 9112 §2.2 */
static void test_a_bare_cr_is_refused_before_the_head_is_complete(void **state)
{
    (void)state;
    expect_refused_at_once("GET / HTTP/1.1\rH", 16);
}

/* RFC 9110 §5.5 */
static void test_nul_is_refused_before_the_head_is_complete(void **state)
{
    (void)state;
    expect_refused_at_once("GET / HTTP/1.1\r\nX: \0", 20);
}

/* RFC 9110 §5.5 */
static void test_a_control_is_refused_before_the_head_is_complete(void **state)
{
    (void)state;
    expect_refused_at_once("GET / HTTP/1.1\r\nX: \x1b", 20);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "index.html", "start");
    site_add(&world.site, "file.txt", "file");
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_request_line_of_8000_octets_is_served),
        TEST(test_a_target_beyond_8_kib_is_too_long),
        TEST(test_a_target_without_end_is_answered_while_it_grows),
        TEST(test_a_method_without_end_is_not_implemented),
        TEST(test_a_long_method_before_an_endless_target_is_a_long_target),
        TEST(test_a_bare_lf_is_refused_before_the_head_is_complete),
        TEST(test_a_bare_cr_is_refused_before_the_head_is_complete),
        TEST(test_nul_is_refused_before_the_head_is_complete),
        TEST(test_a_control_is_refused_before_the_head_is_complete),
    };
    return cases_run("request line", CASES(cases), TESTS(tests), setup);
}
