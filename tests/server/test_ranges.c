/* Parts of a file: 206, 416, and when Range is not looked at. RFC 9110 §14. */
#include "tests/server/parts.h"

static void test_a_range_is_a_part_of_the_file(void **state)
{
    (void)state;
    assert_part(ask_range("/file.txt", "bytes=0-0", ""), 0, 0);
    assert_part(ask_range("/file.txt", "bytes=10-19", ""), 10, 19);
    assert_part(ask_range("/file.txt", "bytes=0-999", ""), 0, 999);
    assert_part(ask_range("/file.txt", "bytes=999-999", ""), 999, 999);
    assert_part(ask_range("/file.txt", "BYTES=10-19", ""), 10, 19);
}

static void test_a_range_without_its_end_is_the_rest(void **state)
{
    (void)state;
    assert_part(ask_range("/file.txt", "bytes=0-", ""), 0, 999);
    assert_part(ask_range("/file.txt", "bytes=990-", ""), 990, 999);
    assert_part(ask_range("/file.txt", "bytes=990-1000", ""), 990, 999);
    assert_part(ask_range("/file.txt", "bytes=990-18446744073709551616", ""), 990, 999);
}

static void test_a_suffix_range_is_the_end(void **state)
{
    (void)state;
    assert_part(ask_range("/file.txt", "bytes=-1", ""), 999, 999);
    assert_part(ask_range("/file.txt", "bytes=-300", ""), 700, 999);
    assert_part(ask_range("/file.txt", "bytes=-1001", ""), 0, 999);
    assert_part(ask_range("/file.txt", "bytes=-18446744073709551615", ""), 0, 999);
}

static void test_ranges_that_join_are_one(void **state)
{
    (void)state;
    assert_part(ask_range("/file.txt", "bytes=0-9,10-19", ""), 0, 19);
    assert_part(ask_range("/file.txt", "bytes=15-30, 10-20", ""), 10, 30);
    assert_part(ask_range("/file.txt", "bytes=10-19,5000-", ""), 10, 19);
}

/* RFC 9110 §14.2: a server may ignore Range. */
static void test_ranges_that_do_not_join_are_the_whole_file(void **state)
{
    (void)state;
    assert_whole(ask_range("/file.txt", "bytes=0-9,20-29", ""));
    assert_whole(ask_range("/file.txt", "bytes=0-0,-1", ""));
}

static void test_a_part_has_the_fields_of_the_whole(void **state)
{
    const char *tag = tag_of("/file.txt");
    (void)state;
    const struct exchange *exchange = ask_range("/file.txt", "bytes=10-19", "");
    assert_part(exchange, 10, 19);
    assert_field(&exchange->response, "ETag", tag);
    assert_field(&exchange->response, "Last-Modified", PARTS_DATE);
    assert_field(&exchange->response, "Accept-Ranges", "bytes");
    assert_field(&exchange->response, "Cache-Control", "no-cache");
    assert_no_field(&exchange->response, "Vary");
}

static void test_a_range_behind_the_end_is_a_416_that_says_how_long_it_is(void **state)
{
    static const char *const ranges[] = {"bytes=1000-", "bytes=1000-1000", "bytes=5000-6000, 7000-",
        "bytes=-0", "bytes=18446744073709551615-"};
    (void)state;
    for (size_t i = 0; i < COUNT(ranges); i++) {
        const struct exchange *exchange = ask_range("/file.txt", ranges[i], "");
        if (exchange->response.status != HTTP_RANGE_NOT_SATISFIABLE)
            fail_msg("%s: %d instead of 416", ranges[i], (int)exchange->response.status);
        assert_field(&exchange->response, "Content-Range", "bytes */1000");
        assert_length_is_right(exchange);
        assert_int_equal(exchange->file.descriptor, -1);
        assert_int_equal(strncmp(answered_content(exchange), "416 Range Not Satisfiable. ", 27), 0);
    }
}

/* The page is not the file. */
static void test_a_416_says_nothing_else_of_the_file(void **state)
{
    const struct exchange *exchange =
        ask_range("/file.txt", "bytes=1000-", "Accept: text/html\r\n");
    (void)state;
    assert_int_equal(exchange->response.status, HTTP_RANGE_NOT_SATISFIABLE);
    assert_field(&exchange->response, "Content-Type", "text/html; charset=utf-8");
    assert_field(&exchange->response, "Vary", "Accept");
    assert_no_field(&exchange->response, "ETag");
    assert_no_field(&exchange->response, "Last-Modified");
}

static void test_a_range_that_cannot_be_read_is_ignored(void **state)
{
    static const char *const ranges[] = {"", "bytes", "bytes=", "bytes=-", "bytes=a-b",
        "bytes=20-10", "bytes=1", "bytes=1-2-3", "bytes 1-2", "bytes=+1-2", "bytes=0x1-2",
        "lines=1-2", "byte=1-2", "bytes=1-2;", "bytes = 1-2", "bytes=1 -2"};
    (void)state;
    for (size_t i = 0; i < COUNT(ranges); i++) assert_whole(ask_range("/file.txt", ranges[i], ""));
}

static void test_a_range_that_is_sent_twice_is_ignored(void **state)
{
    (void)state;
    assert_whole(ask_range("/file.txt", "bytes=10-19", "Range: bytes=10-19\r\n"));
    assert_whole(ask_range("/file.txt", "bytes=1000-", "Range: bytes=10-19\r\n"));
}

static void test_of_an_empty_file_there_are_no_parts(void **state)
{
    static const char *const ranges[] = {"bytes=0-", "bytes=0-0", "bytes=-1", "bytes=5-"};
    (void)state;
    for (size_t i = 0; i < COUNT(ranges); i++) {
        const struct exchange *exchange = ask_range("/empty.txt", ranges[i], "");
        assert_int_equal(exchange->response.status, HTTP_OK);
        assert_field(&exchange->response, "Content-Length", "0");
        assert_no_field(&exchange->response, "Content-Range");
    }
}

/* RFC 9110 §13.2.2: If-Range is the last of the conditions. */
static void test_other_conditions_go_before_the_range(void **state)
{
    static const char *const ranges[] = {"bytes=10-19", "bytes=1000-"};
    (void)state;
    for (size_t i = 0; i < COUNT(ranges); i++) {
        const struct exchange *exchange = ask_range("/file.txt", ranges[i], "If-None-Match: *\r\n");
        assert_int_equal(exchange->response.status, HTTP_NOT_MODIFIED);
        assert_no_field(&exchange->response, "Content-Range");
        exchange = ask_range("/file.txt", ranges[i], "If-Match: \"a\"\r\n");
        assert_int_equal(exchange->response.status, HTTP_PRECONDITION_FAILED);
        assert_no_field(&exchange->response, "Content-Range");
    }
    assert_part(ask_range("/file.txt", "bytes=10-19", "If-Match: *\r\n"), 10, 19);
}

static void test_there_are_no_parts_of_what_is_not_there(void **state)
{
    static const char *const ranges[] = {"bytes=1-2", "bytes=1000-"};
    (void)state;
    for (size_t i = 0; i < COUNT(ranges); i++) {
        const struct exchange *exchange = ask_range("/nothing", ranges[i], "Accept: text/html\r\n");
        assert_int_equal(exchange->response.status, HTTP_NOT_FOUND);
        assert_no_field(&exchange->response, "Content-Range");
        assert_string_equal(answered_range(exchange), "<p>the page of the site</p>");
        exchange = ask_range("/dir", ranges[i], "");
        assert_int_equal(exchange->response.status, HTTP_MOVED_PERMANENTLY);
        assert_no_field(&exchange->response, "Content-Range");
    }
}

static void test_only_a_file_that_is_sent_stays_open(void **state)
{
    (void)state;
    ask_range("/large.txt", "bytes=100000-", "");
    size_t descriptors = count_descriptors();
    ask_range("/large.txt", "bytes=100000-", "");
    assert_int_equal(count_descriptors(), descriptors);
    ask_range("/file.txt", "bytes=10-19", "");
    assert_int_equal(count_descriptors(), descriptors);
    const struct exchange *exchange = ask_range("/large.txt", "bytes=15000-15999", "");
    assert_int_equal(count_descriptors(), descriptors + 1);
    const char *part = answered_range(exchange);
    assert_int_equal(strlen(part), 1000);
    for (size_t i = 0; i < 1000; i++) assert_int_equal(part[i], site_octet(15000 + i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_range_is_a_part_of_the_file),
        cmocka_unit_test(test_a_range_without_its_end_is_the_rest),
        cmocka_unit_test(test_a_suffix_range_is_the_end),
        cmocka_unit_test(test_ranges_that_join_are_one),
        cmocka_unit_test(test_ranges_that_do_not_join_are_the_whole_file),
        cmocka_unit_test(test_a_part_has_the_fields_of_the_whole),
        cmocka_unit_test(test_a_range_behind_the_end_is_a_416_that_says_how_long_it_is),
        cmocka_unit_test(test_a_416_says_nothing_else_of_the_file),
        cmocka_unit_test(test_a_range_that_cannot_be_read_is_ignored),
        cmocka_unit_test(test_a_range_that_is_sent_twice_is_ignored),
        cmocka_unit_test(test_of_an_empty_file_there_are_no_parts),
        cmocka_unit_test(test_other_conditions_go_before_the_range),
        cmocka_unit_test(test_there_are_no_parts_of_what_is_not_there),
        cmocka_unit_test(test_only_a_file_that_is_sent_stays_open),
    };
    return cmocka_run_group_tests(tests, make_parts, ask_close);
}
