/* The value of Content-Range: RFC 9110 §14.4. */
#include "http/range.h"
#include "tests/support/guard_page.h"
#include "tests/support/test.h"

static void assert_value(
    const struct http_range *range, uint64_t complete_length, const char *expected)
{
    char *value = guard_space(0, HTTP_CONTENT_RANGE_SIZE);
    memset(value, '#', HTTP_CONTENT_RANGE_SIZE);
    http_format_content_range(range, complete_length, value);
    assert_non_null(memchr(value, '\0', HTTP_CONTENT_RANGE_SIZE));
    assert_string_equal(value, expected);
}

static void assert_part(
    uint64_t first_pos, uint64_t length, uint64_t complete_length, const char *expected)
{
    assert_value(&(struct http_range){first_pos, length}, complete_length, expected);
}

static void test_a_part_is_written_with_both_positions_and_the_complete_length(void **state)
{
    (void)state;
    assert_part(42, 1192, 1234, "bytes 42-1233/1234"); /* the examples of the RFC */
    assert_part(0, 500, 1234, "bytes 0-499/1234");
    assert_part(500, 500, 1234, "bytes 500-999/1234");
    assert_part(500, 734, 1234, "bytes 500-1233/1234");
    assert_part(734, 500, 1234, "bytes 734-1233/1234");
    assert_part(0, 1, 1, "bytes 0-0/1");
    assert_part(7, 1, 9, "bytes 7-7/9");
}

/* §15.5.17 */
static void test_of_what_is_not_satisfiable_the_complete_length_is_written(void **state)
{
    (void)state;
    assert_value(NULL, 1234, "bytes */1234");
    assert_value(NULL, 47022, "bytes */47022");
    assert_value(NULL, 0, "bytes */0");
    assert_value(NULL, UINT64_MAX, "bytes */18446744073709551615");
}

static void test_the_greatest_numbers_have_room(void **state)
{
    (void)state;
    assert_part(0, UINT64_MAX, UINT64_MAX, "bytes 0-18446744073709551614/18446744073709551615");
    assert_part(UINT64_MAX - 1, 1, UINT64_MAX,
        "bytes 18446744073709551614-18446744073709551614/18446744073709551615");
    assert_part(UINT64_C(10000000000000000000), 2345678901234567890, UINT64_MAX - 1,
        "bytes 10000000000000000000-12345678901234567889/18446744073709551614");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_part_is_written_with_both_positions_and_the_complete_length),
        cmocka_unit_test(test_of_what_is_not_satisfiable_the_complete_length_is_written),
        cmocka_unit_test(test_the_greatest_numbers_have_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
