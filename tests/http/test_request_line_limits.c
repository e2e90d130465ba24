/* How long a request line may be: 414, and 501 for an endless method; but what is malformed gets
 * 400. RFC 9112 §3. */
#include "tests/support/http_head.h"
#include "tests/support/http_writer.h"

/* A request line of so many octets, CR LF not counted, and the rest of a head. */
static void write_request_line(const char *before, size_t total)
{
    start(before);
    append("GET /");
    fill_to(strlen(before) + total - strlen(" HTTP/1.1"));
    append(" HTTP/1.1\r\nHost: a\r\n\r\n");
}

static void test_a_request_line_of_8192_octets_is_taken(void **state)
{
    struct parsed_head parsed;
    (void)state;
    write_request_line("", 8192);
    assert_head_status(written(), HTTP_OK);
    parse_head(written(), &parsed);
    assert_int_equal(parsed.request.line.length, 8192);
    assert_int_equal(parsed.request.target.length, 8192 - strlen("GET  HTTP/1.1"));
    write_request_line("\r\n\r\n", 8192);
    assert_head_status(written(), HTTP_OK);
}

static void test_a_request_line_of_8193_octets_gets_414(void **state)
{
    (void)state;
    write_request_line("", 8193);
    assert_head_status(written(), HTTP_URI_TOO_LONG);
    write_request_line("\r\n\r\n", 8193);
    assert_head_status(written(), HTTP_URI_TOO_LONG);
}

/* Splits around the limit: the CR LF of the request line, and what is one octet too much. */
static void test_the_limit_of_the_request_line_is_the_same_however_it_arrives(void **state)
{
    (void)state;
    for (size_t total = 8191; total <= 8194; total++) {
        write_request_line("", total);
        for (size_t split = 8180; split <= 8200; split++)
            assert_same_look_when_split(written(), split);
    }
}

/* 414 in the turn in which the first octet too many arrives, not when the line ends. */
static void test_a_target_without_end_gets_414_as_soon_as_the_limit_is_passed(void **state)
{
    (void)state;
    start("GET /");
    fill_to(8192);
    assert_head_status(written(), HTTP_CONTINUE);
    append("\r");
    assert_head_status(written(), HTTP_CONTINUE);
    writer.length--;
    append("x");
    assert_head_status(written(), HTTP_URI_TOO_LONG);
    fill_to(36 * 1024);
    assert_head_status(written(), HTTP_URI_TOO_LONG);
}

/* RFC 9112 §3 */
static void test_a_method_without_end_gets_501_as_soon_as_the_limit_is_passed(void **state)
{
    (void)state;
    start("");
    fill_to(8192);
    assert_head_status(written(), HTTP_CONTINUE);
    fill_to(8193);
    assert_head_status(written(), HTTP_NOT_IMPLEMENTED);
    start("\r\n");
    fill_to(9000);
    assert_head_status(written(), HTTP_NOT_IMPLEMENTED);
}

/* A target that starts in time and goes on for too long, wherever it starts. */
static void test_a_target_that_starts_late_gets_414(void **state)
{
    (void)state;
    start("");
    fill_to(8000);
    append(" /");
    fill_to(9000);
    append(" HTTP/1.1\r\n\r\n");
    assert_head_status(written(), HTTP_URI_TOO_LONG);
}

/* Syntax comes first: these would be no request line at any length. */
static void test_a_long_request_line_that_is_malformed_gets_400(void **state)
{
    static const char *const starts[] = {
        "GET  /",
        "GET\t/",
        "GET /#",
        "GET /\x80",
        " GET /",
        " /",
        "GET / HTTP/1.1x",
        "GET / HTTP/1.1 ",
        "GET / http/1.1 ",
        "(GET) /",
        "GET /a b ",
        "@",
        "GET@ /",
        "GET /a HTTP/2.0",
        "GET  ",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(starts); i++) {
        start(starts[i]);
        fill_to(9000);
        append(" HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_head_status(written(), HTTP_BAD_REQUEST);
    }
}

/* Where a version would have fitted, there is something else: no request line. Where it would not,
 * the request line is too long. */
static void test_a_long_request_line_is_malformed_where_a_version_had_room(void **state)
{
    (void)state;
    for (size_t target_end = 8192 - 12; target_end <= 8192 - 6; target_end++) {
        start("GET /");
        fill_to(target_end);
        append(" HTTP/1.1");
        fill_to(9000);
        append("\r\n\r\n");
        assert_head_status(written(),
            target_end + strlen(" HTTP/1.1") <= 8192 ? HTTP_BAD_REQUEST : HTTP_URI_TOO_LONG);
    }
}

static void test_a_short_method_and_a_long_target_get_414(void **state)
{
    (void)state;
    start("G /");
    fill_to(9000);
    assert_head_status(written(), HTTP_URI_TOO_LONG);
}

static void test_a_control_octet_before_the_limit_gets_400_and_not_414(void **state)
{
    (void)state;
    write_request_line("", 9000);
    writer.octets[8191] = '\x01';
    assert_head_status(written(), HTTP_BAD_REQUEST);
    writer.octets[8191] = '\n';
    assert_head_status(written(), HTTP_BAD_REQUEST);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_request_line_of_8192_octets_is_taken),
        cmocka_unit_test(test_a_request_line_of_8193_octets_gets_414),
        cmocka_unit_test(test_the_limit_of_the_request_line_is_the_same_however_it_arrives),
        cmocka_unit_test(test_a_target_without_end_gets_414_as_soon_as_the_limit_is_passed),
        cmocka_unit_test(test_a_method_without_end_gets_501_as_soon_as_the_limit_is_passed),
        cmocka_unit_test(test_a_target_that_starts_late_gets_414),
        cmocka_unit_test(test_a_long_request_line_that_is_malformed_gets_400),
        cmocka_unit_test(test_a_long_request_line_is_malformed_where_a_version_had_room),
        cmocka_unit_test(test_a_short_method_and_a_long_target_get_414),
        cmocka_unit_test(test_a_control_octet_before_the_limit_gets_400_and_not_414),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
