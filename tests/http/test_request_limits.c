/* How long a head may be, and which fault comes first: syntax 400, version 505, sizes 431.
 * RFC 9110 §5.4. */
#include "tests/support/http_head.h"
#include "tests/support/http_writer.h"

/* A head of so many octets in all, its last field line filling it up. */
static void write_head(const char *before, size_t total)
{
    start(before);
    append("GET / HTTP/1.1\r\nHost: a\r\nName: ");
    fill_to(total - strlen("\r\n\r\n"));
    append("\r\n\r\n");
}

static void test_a_head_of_32768_octets_is_taken(void **state)
{
    struct parsed_head parsed;
    (void)state;
    write_head("", 32768);
    assert_head_status(written(), HTTP_OK);
    parse_head(written(), &parsed);
    assert_int_equal(parsed.length, 32768);
    assert_int_equal(parsed.request.fields[1].value.length, 32768 - 31 - 4);
}

static void test_a_head_of_32769_octets_gets_431(void **state)
{
    (void)state;
    write_head("", 32769);
    assert_head_status(written(), HTTP_FIELDS_TOO_LARGE);
}

/* The empty lines before the request line are octets of the head, too. */
static void test_empty_lines_before_it_count_for_the_length_of_a_head(void **state)
{
    (void)state;
    write_head("\r\n\r\n", 32768);
    assert_head_status(written(), HTTP_OK);
    write_head("\r\n\r\n", 32769);
    assert_head_status(written(), HTTP_FIELDS_TOO_LARGE);
}

static void test_the_limit_of_the_head_is_the_same_however_it_arrives(void **state)
{
    (void)state;
    for (size_t total = 32767; total <= 32772; total++) {
        write_head("", total);
        for (size_t split = 32760; split <= total; split++)
            assert_same_look_when_split(written(), split);
    }
}

/* A head that ends in many short field lines, of which the last passes the limit or does not. */
static void test_the_limit_of_the_head_holds_for_many_field_lines(void **state)
{
    (void)state;
    for (size_t total = 32766; total <= 32771; total++) {
        start("GET / HTTP/1.1\r\n");
        for (size_t line = 1; line <= 99; line++) {
            append("Name: ");
            fill_to(line == 99 ? total - strlen("\r\n\r\n") : line * 320);
            append("\r\n");
        }
        append("\r\n");
        assert_head_status(written(), total <= 32768 ? HTTP_OK : HTTP_FIELDS_TOO_LARGE);
        for (size_t split = 32760; split <= total; split++)
            assert_same_look_when_split(written(), split);
    }
}

static void test_a_head_without_end_gets_431_before_the_input_is_full(void **state)
{
    (void)state;
    start("GET / HTTP/1.1\r\nName: ");
    fill_to(32766);
    assert_head_status(written(), HTTP_CONTINUE);
    fill_to(32771);
    assert_head_status(written(), HTTP_FIELDS_TOO_LARGE);
    fill_to(36 * 1024);
    assert_head_status(written(), HTTP_FIELDS_TOO_LARGE);
}

static void test_a_head_of_field_lines_without_end_gets_431(void **state)
{
    (void)state;
    start("GET / HTTP/1.1\r\n");
    while (writer.length < 36 * 1024 - 8) append("A: bc\r\n");
    assert_head_status(written(), HTTP_FIELDS_TOO_LARGE);
}

static void write_field_lines(const char *line, size_t count)
{
    start(line);
    for (size_t i = 0; i < count; i++) {
        append("Name: ");
        fill(1 + i % 7);
        append("\r\n");
    }
}

static void test_100_field_lines_are_taken(void **state)
{
    struct parsed_head parsed;
    (void)state;
    write_field_lines("GET / HTTP/1.1\r\n", 100);
    append("\r\n");
    assert_head_status(written(), HTTP_OK);
    parse_head(written(), &parsed);
    assert_int_equal(parsed.request.field_count, 100);
    assert_int_equal(parsed.request.fields[99].value.length, 1 + 99 % 7);
    assert_text(parsed.request.fields[99].name, "Name");
}

static void test_101_field_lines_get_431(void **state)
{
    struct parsed_head parsed;
    (void)state;
    write_field_lines("GET / HTTP/1.1\r\n", 101);
    append("\r\n");
    assert_head_status(written(), HTTP_FIELDS_TOO_LARGE);
    parse_head(written(), &parsed);
    assert_int_equal(parsed.request.field_count, 100);
    write_field_lines("GET / HTTP/1.1\r\n", 2000);
    append("\r\n");
    assert_head_status(written(), HTTP_FIELDS_TOO_LARGE);
}

static void test_a_malformed_field_line_comes_before_too_many_of_them(void **state)
{
    (void)state;
    write_field_lines("GET / HTTP/1.1\r\n", 101);
    append("Bad\r\n\r\n");
    assert_head_status(written(), HTTP_BAD_REQUEST);
    write_field_lines("GET / HTTP/1.1\r\nBad : 1\r\n", 101);
    append("\r\n");
    assert_head_status(written(), HTTP_BAD_REQUEST);
}

static void test_a_malformed_field_line_comes_before_the_version(void **state)
{
    (void)state;
    start("GET / HTTP/2.0\r\nHost: a\r\nBad\r\n\r\n");
    assert_head_status(written(), HTTP_BAD_REQUEST);
    start("GET / HTTP/2.0\r\nHost: a\r\n folded\r\n\r\n");
    assert_head_status(written(), HTTP_BAD_REQUEST);
}

static void test_the_version_comes_before_too_many_field_lines(void **state)
{
    (void)state;
    write_field_lines("GET / HTTP/2.0\r\n", 101);
    append("\r\n");
    assert_head_status(written(), HTTP_VERSION_NOT_SUPPORTED);
}

/* Syntax comes first, up to the octet with which the limit is passed. */
static void test_a_control_octet_where_the_last_line_would_begin_gets_400(void **state)
{
    (void)state;
    write_head("", 32768);
    writer.octets[32766] = '\0';
    assert_head_status(written(), HTTP_BAD_REQUEST);
    writer.octets[32766] = '\n';
    assert_head_status(written(), HTTP_BAD_REQUEST);
}

/* What the parser says of a head that the look refused for its length. */
static enum http_status parse_too_long(const char *first_lines, const char *last_octet)
{
    struct http_request request;
    struct http_problem problem;
    size_t looked = 0;
    start(first_lines);
    fill_to(36 * 1024);
    append(last_octet);
    assert_int_equal(look(written(), &looked, &problem), HTTP_INVALID);
    assert_int_equal(problem.status, HTTP_FIELDS_TOO_LARGE);
    if (parse(written(), &request, &problem) == HTTP_COMPLETE) return HTTP_OK;
    return problem.status;
}

static void test_in_a_head_that_is_too_long_other_faults_come_first(void **state)
{
    (void)state;
    assert_int_equal(parse_too_long("GET / HTTP/1.1\r\nHost: a\r\n", ""), HTTP_OK);
    assert_int_equal(parse_too_long("GET / HTTP/1.1\r\nBad\r\n", ""), HTTP_BAD_REQUEST);
    assert_int_equal(parse_too_long("GET / HTTP/1.10\r\n", ""), HTTP_BAD_REQUEST);
    assert_int_equal(parse_too_long("GET / HTTP/2.0\r\nBad\r\n", ""), HTTP_BAD_REQUEST);
    assert_int_equal(
        parse_too_long("GET / HTTP/2.0\r\nHost: a\r\n", ""), HTTP_VERSION_NOT_SUPPORTED);
}

/* A line without its CR LF is none yet: nothing is wrong with it. */
static void test_in_a_head_that_is_too_long_the_last_line_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(parse_too_long("GET / HTTP/1.1\r\nBad ", ""), HTTP_OK);
    assert_int_equal(parse_too_long("GET / HTTP/1.1\r\nBad ", "\r"), HTTP_OK);
    assert_int_equal(parse_too_long("GET / HTTP/1.1\r\nBad ", "\r\n"), HTTP_BAD_REQUEST);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_head_of_32768_octets_is_taken),
        cmocka_unit_test(test_a_head_of_32769_octets_gets_431),
        cmocka_unit_test(test_empty_lines_before_it_count_for_the_length_of_a_head),
        cmocka_unit_test(test_the_limit_of_the_head_is_the_same_however_it_arrives),
        cmocka_unit_test(test_the_limit_of_the_head_holds_for_many_field_lines),
        cmocka_unit_test(test_a_head_without_end_gets_431_before_the_input_is_full),
        cmocka_unit_test(test_a_head_of_field_lines_without_end_gets_431),
        cmocka_unit_test(test_100_field_lines_are_taken),
        cmocka_unit_test(test_101_field_lines_get_431),
        cmocka_unit_test(test_a_malformed_field_line_comes_before_too_many_of_them),
        cmocka_unit_test(test_a_malformed_field_line_comes_before_the_version),
        cmocka_unit_test(test_the_version_comes_before_too_many_field_lines),
        cmocka_unit_test(test_a_control_octet_where_the_last_line_would_begin_gets_400),
        cmocka_unit_test(test_in_a_head_that_is_too_long_other_faults_come_first),
        cmocka_unit_test(test_in_a_head_that_is_too_long_the_last_line_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
