/* Field lines (RFC 9112 §5, RFC 9110 §5) and Host (RFC 9112 §3.2). */
#include "tests/system/support/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES(lines) REQUEST("GET /file.txt HTTP/1.1\r\n" lines "\r\n")
#define WITH(line)   LINES("Host: a\r\n" line)
#define OLD(lines)   REQUEST("GET /file.txt HTTP/1.0\r\n" lines "\r\n")

static const struct http_case cases[] = {
    /* Host */
    {"HTTP/1.1 without Host is refused (RFC 9112 §3.2)", LINES(""), 400, STAYS},
    {"HTTP/1.0 without Host is served (RFC 9112 §3.2)", OLD(""), 200, CLOSES, .content = "file"},
    {"two Host lines are refused (RFC 9112 §3.2)", LINES("Host: a\r\nHost: a\r\n"), 400, STAYS},
    {"two different Host lines are refused (RFC 9112 §3.2)", LINES("Host: a\r\nHost: b\r\n"), 400,
        STAYS},
    {"two Host lines in HTTP/1.0 are refused (RFC 9112 §3.2)", OLD("Host: a\r\nHost: a\r\n"), 400,
        CLOSES},
    {"an empty Host is fine (RFC 9112 §3.2)", LINES("Host:\r\n"), 200, STAYS, .content = "file"},
    {"a Host of white space is an empty one (RFC 9112 §3.2)", LINES("Host: \t \r\n"), 200, STAYS},
    {"a Host with a port is fine (RFC 9110 §7.2)", LINES("Host: a.example:8080\r\n"), 200, STAYS},
    {"a Host with an empty port is fine (RFC 3986 §3.2.3)", LINES("Host: a:\r\n"), 200, STAYS},
    {"a Host that is an IPv4 address is fine (RFC 3986 §3.2.2)", LINES("Host: 127.0.0.1:80\r\n"),
        200, STAYS},
    {"a Host that is an IPv6 address is fine (RFC 3986 §3.2.2)", LINES("Host: [::1]:80\r\n"), 200,
        STAYS},
    {"a Host with percent-encoding is fine (RFC 3986 §3.2.2)", LINES("Host: %41.example\r\n"), 200,
        STAYS},
    {"a Host with a space is refused (RFC 9112 §3.2)", LINES("Host: a b\r\n"), 400, STAYS},
    {"a Host with a path is refused (RFC 9112 §3.2)", LINES("Host: a/b\r\n"), 400, STAYS},
    {"a Host with user information is refused (RFC 9110 §7.2)", LINES("Host: user@a\r\n"), 400,
        STAYS},
    {"a Host with a port of letters is refused (RFC 3986 §3.2.3)", LINES("Host: a:b\r\n"), 400,
        STAYS},
    {"a Host with two ports is refused (RFC 3986 §3.2.3)", LINES("Host: a:1:2\r\n"), 400, STAYS},
    {"a Host with half a bracket is refused (RFC 3986 §3.2.2)", LINES("Host: [::1\r\n"), 400,
        STAYS},
    {"a Host with broken percent-encoding is refused (RFC 3986 §2.1)", LINES("Host: %zz\r\n"), 400,
        STAYS},
    {"a Host with angle brackets is refused (RFC 3986 §3.2.2)", LINES("Host: <a>\r\n"), 400, STAYS},
    {"a Host that is a target is refused (RFC 9112 §3.2)", LINES("Host: http://a/\r\n"), 400,
        STAYS},
    {"a Host with an octet above 0x7E is refused (RFC 3986 §3.2.2)", LINES("Host: \xfc\r\n"), 400,
        STAYS},
    {"an invalid Host in HTTP/1.0 is refused (RFC 9112 §3.2)", OLD("Host: a b\r\n"), 400, CLOSES},
    {"a field whose name starts with Host is not Host (RFC 9110 §5.1)", LINES("Hosts: a\r\n"), 400,
        STAYS},
    {"a field whose name is the start of Host is not Host (RFC 9110 §5.1)", LINES("Hos: a\r\n"),
        400, STAYS},

    /* Names */
    {"names are compared without case (RFC 9110 §5.1)", LINES("hOsT: a\r\n"), 200, STAYS,
        .content = "file"},
    {"a name of odd token characters is fine (RFC 9110 §5.1)", WITH("!#$%&'*+-.^_`|~9: x\r\n"), 200,
        STAYS},
    {"a space before the colon is refused (RFC 9112 §5.1)", WITH("X : y\r\n"), 400, CLOSES},
    {"a tab before the colon is refused (RFC 9112 §5.1)", WITH("X\t: y\r\n"), 400, CLOSES},
    {"a space before the colon of Host is refused (RFC 9112 §5.1)", LINES("Host : a\r\n"), 400,
        CLOSES},
    {"an empty name is refused (RFC 9112 §5)", WITH(": y\r\n"), 400, CLOSES},
    {"a name with a space is refused (RFC 9112 §5)", WITH("X Y: z\r\n"), 400, CLOSES},
    {"a name with a parenthesis is refused (RFC 9112 §5)", WITH("X(: y\r\n"), 400, CLOSES},
    {"a name in quotes is refused (RFC 9112 §5)", WITH("\"X\": y\r\n"), 400, CLOSES},
    {"a name with an octet above 0x7E is refused (RFC 9112 §5)", WITH("X\xe4: y\r\n"), 400, CLOSES},
    {"a name with NUL is refused (RFC 9112 §5)", WITH("X\0: y\r\n"), 400, CLOSES},
    {"a line without a colon is refused (RFC 9112 §5)", WITH("Nonsense\r\n"), 400, CLOSES},
    {"a line without a colon as the first is refused (RFC 9112 §5)",
        LINES("Nonsense\r\nHost: a\r\n"), 400, CLOSES},

    /* Folding */
    {"a line folded with a space is refused (RFC 9112 §5.2)", WITH("X: a\r\n b\r\n"), 400, CLOSES},
    {"a line folded with a tab is refused (RFC 9112 §5.2)", WITH("X: a\r\n\tb\r\n"), 400, CLOSES},
    {"a line folded over nothing is refused (RFC 9112 §5.2)", WITH("X: a\r\n \r\n"), 400, CLOSES},
    {"a first line starting with a space is refused (RFC 9112 §2.2)", LINES(" X: y\r\nHost: a\r\n"),
        400, CLOSES},
    {"a first line starting with a tab is refused (RFC 9112 §2.2)", LINES("\tX: y\r\nHost: a\r\n"),
        400, CLOSES},

    /* Values */
    {"no white space before a value is fine (RFC 9112 §5)", LINES("Host:a\r\n"), 200, STAYS},
    {"spaces and tabs around a value are trimmed (RFC 9112 §5)",
        LINES("Host: \t a.example \t \r\n"), 200, STAYS},
    {"spaces and tabs around Content-Length are trimmed (RFC 9112 §5)",
        REQUEST("GET /file.txt HTTP/1.1\r\nHost: a\r\nContent-Length: \t5\t \r\n\r\nhello"), 200,
        STAYS},
    {"an empty value is fine (RFC 9110 §5.5)", WITH("X:\r\n"), 200, STAYS},
    {"a tab within a value is fine (RFC 9110 §5.5)", WITH("X: a\tb\r\n"), 200, STAYS},
    {"octets above 0x7E in a value are fine (RFC 9110 §5.5)", WITH("X: \x80\xe4\xff\r\n"), 200,
        STAYS},
    {"colons in a value are fine (RFC 9112 §5)", WITH("X: a:b: c\r\n"), 200, STAYS},
    {"NUL in a value is refused (RFC 9110 §5.5)", WITH("X: a\0b\r\n"), 400, CLOSES},
    {"CR alone in a value is refused (RFC 9110 §5.5)", WITH("X: a\rb\r\n"), 400, CLOSES},
    {"CR alone at the end of a value is refused (RFC 9110 §5.5)", WITH("X: a\r\r\n"), 400, CLOSES},
    {"LF alone in a value is refused (RFC 9110 §5.5)", WITH("X: a\nY: b\r\n"), 400, CLOSES},
    {"LF alone as the end of the head is refused (RFC 9112 §2.2)", LINES("Host: a\r\n\n"), 400,
        CLOSES},
    {"a control in a value is refused (RFC 9110 §5.5)", WITH("X: a\001b\r\n"), 400, CLOSES},
    {"an escape in a value is refused (RFC 9110 §5.5)", WITH("X: \033[31m\r\n"), 400, CLOSES},
    {"DEL in a value is refused (RFC 9110 §5.5)", WITH("X: a\177b\r\n"), 400, CLOSES},

    /* Lists */
    {"a list over several lines is one list (RFC 9110 §5.3)",
        WITH("Connection: x\r\nX: y\r\nConnection: close\r\n"), 200, CLOSES},
    {"empty elements of a list are ignored (RFC 9110 §5.6.1.2)", WITH("Connection: , ,close,,\r\n"),
        200, CLOSES},
    {"a list of empty elements is an empty list (RFC 9110 §5.6.1.2)", WITH("Connection: , ,\r\n"),
        200, STAYS},
};

/* A head with this many lines X, each with a value of this many octets, beside Host. */
static void deliver_lines(size_t count, size_t value_length, int status, enum after after)
{
    char *request = malloc(count * (value_length + 6) + 100);
    size_t used = (size_t)sprintf(request, "GET /file.txt HTTP/1.1\r\nHost: a\r\n");
    for (size_t i = 0; i < count; i++) {
        used += (size_t)sprintf(request + used, "X: ");
        memset(request + used, 'v', value_length);
        used += value_length;
        used += (size_t)sprintf(request + used, "\r\n");
    }
    used += (size_t)sprintf(request + used, "\r\n");
    case_deliver(
        &(struct http_case){.request = request, .length = used, .status = status, .after = after});
    free(request);
}

/* RFC 9110 §5.4 */
static void test_one_hundred_field_lines_are_served(void **state)
{
    (void)state;
    deliver_lines(99, 1, 200, STAYS);
}

/* RFC 6585 §5 */
static void test_one_hundred_and_one_field_lines_are_too_many(void **state)
{
    (void)state;
    deliver_lines(100, 1, 431, CLOSES);
}

/* RFC 9110 §5.4 */
static void test_a_head_just_below_32_kib_is_served(void **state)
{
    (void)state;
    deliver_lines(32, 1000, 200, STAYS); /* 32 × 1005 + 36 = 32,196 of 32,768 */
}

/* RFC 6585 §5 */
static void test_a_head_over_32_kib_is_too_large(void **state)
{
    (void)state;
    deliver_lines(33, 1000, 431, CLOSES); /* 33,201 */
}

/* RFC 9110 §5.4 */
static void test_one_line_of_30_kib_is_served(void **state)
{
    (void)state;
    deliver_lines(1, 30 * 1024, 200, STAYS);
}

/* RFC 6585 §5 */
static void test_one_line_of_40_kib_is_too_large(void **state)
{
    (void)state;
    deliver_lines(1, 40 * 1024, 431, CLOSES);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_hundred_field_lines_are_served),
        TEST(test_one_hundred_and_one_field_lines_are_too_many),
        TEST(test_a_head_just_below_32_kib_is_served),
        TEST(test_a_head_over_32_kib_is_too_large),
        TEST(test_one_line_of_30_kib_is_served),
        TEST(test_one_line_of_40_kib_is_too_large),
    };
    return cases_run("field lines", CASES(cases), TESTS(tests), setup);
}
