/* One byte range: RFC 9110 §14.1.1, §14.1.2, §14.2. */
#include "http/range.h"
#include "tests/support/http_request.h"

static enum http_status select_from(
    const struct http_request *request, uint64_t complete_length, struct http_range *range)
{
    *range = (struct http_range){0xa5a5a5a5, 0xa5a5a5a5};
    enum http_status status = http_select_range(request, complete_length, range);
    if (status != HTTP_PARTIAL_CONTENT) {
        assert_int_equal(range->first_pos, 0);
        assert_int_equal(range->length, complete_length);
    }
    return status;
}

/* The status for this value of Range. */
static enum http_status select_range(
    const char *value, uint64_t complete_length, struct http_range *range)
{
    char line[128];
    snprintf(line, sizeof line, "Range: %s\r\n", value);
    struct http_request request = request_with(1, line);
    return select_from(&request, complete_length, range);
}

static void assert_status(const char *value, uint64_t complete_length, enum http_status expected)
{
    struct http_range range;
    enum http_status status = select_range(value, complete_length, &range);
    if (status != expected) fail_msg("%s: %d instead of %d", value, (int)status, (int)expected);
}

static void assert_part(
    const char *value, uint64_t complete_length, uint64_t first_pos, uint64_t last_pos)
{
    struct http_range range;
    assert_status(value, complete_length, HTTP_PARTIAL_CONTENT);
    select_range(value, complete_length, &range);
    if (range.first_pos != first_pos || range.length != last_pos - first_pos + 1)
        fail_msg("%s: %ju octets from %ju on", value, (uintmax_t)range.length,
            (uintmax_t)range.first_pos);
}

/* §14.1.2, for a representation of 10000 octets */
static void test_the_examples_of_the_rfc_are_answered_as_it_says(void **state)
{
    (void)state;
    assert_part("bytes=0-499", 10000, 0, 499);
    assert_part("bytes=500-999", 10000, 500, 999);
    assert_part("bytes=-500", 10000, 9500, 9999);
    assert_part("bytes=9500-", 10000, 9500, 9999);
    assert_status("bytes=0-0,-1", 10000, HTTP_OK);
    assert_status("bytes= 0-999, 4500-5499, -1000", 10000, HTTP_OK);
    assert_part("bytes=500-600,601-999", 10000, 500, 999);
    assert_part("bytes=500-700,601-999", 10000, 500, 999);
}

static void test_without_range_the_whole_is_wanted(void **state)
{
    struct http_range range;
    struct http_request request = request_with(1, "");
    (void)state;
    assert_int_equal(select_from(&request, 10, &range), HTTP_OK);
    request = request_with(1, "X-Range: bytes=1-2\r\nRang: bytes=1-2\r\n");
    assert_int_equal(select_from(&request, 10, &range), HTTP_OK);
}

static void test_the_name_of_the_field_has_no_case(void **state)
{
    struct http_range range;
    struct http_request request = request_with(0, "Host: a\r\nrAnGe: bytes=1-2\r\n");
    (void)state;
    assert_int_equal(select_from(&request, 10, &range), HTTP_PARTIAL_CONTENT);
    assert_int_equal(range.first_pos, 1);
    assert_int_equal(range.length, 2);
}

static void test_a_range_that_is_sent_twice_is_ignored(void **state)
{
    struct http_range range;
    struct http_request request =
        request_with(1, "Range: bytes=1-2\r\nHost: a\r\nrange: bytes=1-2\r\n");
    (void)state;
    assert_int_equal(select_from(&request, 10, &range), HTTP_OK);
    request = request_with(1, "Range: bytes=1-2\r\nRange: \r\n");
    assert_int_equal(select_from(&request, 10, &range), HTTP_OK);
    request = request_with(1, "Range: bytes=10-\r\nRange: bytes=11-\r\n");
    assert_int_equal(select_from(&request, 10, &range), HTTP_OK);
}

/* §14.2: a server MUST ignore it. */
static void test_a_range_is_for_get_only(void **state)
{
    static const char *const methods[] = {"HEAD", "POST", "OPTIONS", "get", "GETS", "GE", "G"};
    struct http_range range;
    (void)state;
    for (size_t i = 0; i < COUNT(methods); i++) {
        struct http_request request =
            hand_made_request(methods[i], text_of("/"), 1, "Range: bytes=1-2\r\n");
        assert_int_equal(select_from(&request, 10, &range), HTTP_OK);
        request = hand_made_request(methods[i], text_of("/"), 1, "Range: bytes=10-\r\n");
        assert_int_equal(select_from(&request, 10, &range), HTTP_OK);
    }
}

static void test_the_range_of_an_empty_representation_is_ignored(void **state)
{
    static const char *const values[] = {
        "bytes=0-", "bytes=0-0", "bytes=5-9", "bytes=-1", "bytes=-0", "bytes=0-,-1", "bytes=x"};
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) assert_status(values[i], 0, HTTP_OK);
}

/* §14.1 */
static void test_the_unit_has_no_case(void **state)
{
    (void)state;
    assert_part("Bytes=1-2", 10, 1, 2);
    assert_part("BYTES=1-2", 10, 1, 2);
    assert_part("byteS=-2", 10, 8, 9);
    assert_status("bYTES=10-", 10, HTTP_RANGE_NOT_SATISFIABLE);
}

static void test_an_unknown_unit_is_ignored(void **state)
{
    static const char *const values[] = {"octets=1-2", "byte=1-2", "bytess=1-2", "none=1-2",
        "x=10-", "=1-2", "=10-", "1-2", "b=1-2", "bytes,bytes=1-2", "bits=1-2", "bytes\x80=1-2"};
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) assert_status(values[i], 10, HTTP_OK);
}

static void test_between_the_unit_and_the_set_there_is_only_an_equals_sign(void **state)
{
    static const char *const values[] = {"bytes =1-2", "bytes\t=1-2", "bytes = 1-2", "bytes 1-2",
        "bytes:1-2", "bytes==1-2", "bytes1-2", "bytes", "bytes =10-", "bytes,=1-2", "bytes-1-2"};
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) assert_status(values[i], 10, HTTP_OK);
}

/* §14.1.1: int-range and suffix-range; bytes have no other-range. */
static const char *const no_ranges[] = {"", "-", "--", "1", "12", "a", "-a", "a-", "a-2", "1-a",
    "1-2a", "1a-2", "a1-2", "1--2", "--2", "-1-", "-1-2", "1-2-", "1-2-3", "1 -2", "1- 2", "1 - 2",
    "1 2-3", "1-2 3", "- 2", "+1-2", "1-+2", "-+2", "0x1-2", "1-0x2", "-0x2", "1.0-2", "1-2.",
    "1e0-2", "\"1-2\"", "1-2\"", "'1-2'", "1-2;", "1-2;q=1", "1:2", "1..2", "*", "1-*", "*-2",
    "1/2", "1-2/10", "\xb9-2", "1\xad-2", "1=2", "=1-2", "(1-2)", "1\t-2", "\xd9\xa1-2", "10-a",
    "a10-", "-0x", "1-/", "1-:", "/-2", ":-2", "-/", "-:"};

static void test_a_set_of_other_syntax_is_ignored(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(no_ranges); i++) {
        char value[64];
        snprintf(value, sizeof value, "bytes=%s", no_ranges[i]);
        assert_status(value, 10, HTTP_OK);
    }
}

/* §14.1.1: an int-range is invalid if the last-pos value is less than the first-pos. */
static void test_a_last_position_before_the_first_is_bad_syntax(void **state)
{
    static const char *const values[] = {"1-0", "5-4", "9-8", "10-9", "100-20", "010-9", "11-10",
        "18446744073709551615-18446744073709551614", "99999999999999999999-3",
        "18446744073709551616-18446744073709551614"};
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        char value[64];
        snprintf(value, sizeof value, "bytes=%s", values[i]);
        assert_status(value, 10, HTTP_OK);
        assert_status(value, UINT64_MAX, HTTP_OK);
    }
}

static void test_both_positions_are_inclusive(void **state)
{
    (void)state;
    assert_part("bytes=0-0", 10, 0, 0);
    assert_part("bytes=0-0", 1, 0, 0);
    assert_part("bytes=4-4", 10, 4, 4);
    assert_part("bytes=9-9", 10, 9, 9);
    assert_part("bytes=1-8", 10, 1, 8);
    assert_part("bytes=0-9", 10, 0, 9);
    assert_part("bytes=9-10", 11, 9, 10);
}

static void test_a_last_position_past_the_end_is_the_end(void **state)
{
    (void)state;
    assert_part("bytes=0-10", 10, 0, 9);
    assert_part("bytes=3-10", 10, 3, 9);
    assert_part("bytes=9-99999", 10, 9, 9);
    assert_part("bytes=3-18446744073709551614", 10, 3, 9);
    assert_part("bytes=3-18446744073709551615", 10, 3, 9);
    assert_part("bytes=3-18446744073709551616", 10, 3, 9);
    assert_part("bytes=3-18446744073709551619", 10, 3, 9);
    assert_part("bytes=3-36893488147419103236", 10, 3, 9);
    assert_part("bytes=3-184467440737095516160000000000000000000004", 10, 3, 9);
}

static void test_a_missing_last_position_is_the_end(void **state)
{
    (void)state;
    assert_part("bytes=0-", 10, 0, 9);
    assert_part("bytes=3-", 10, 3, 9);
    assert_part("bytes=9-", 10, 9, 9);
}

static void test_a_range_that_starts_at_the_end_or_after_it_is_not_satisfiable(void **state)
{
    static const char *const values[] = {"10-", "10-10", "10-20", "11-", "99999-", "010-",
        "18446744073709551614-", "18446744073709551615-",
        "18446744073709551615-18446744073709551615", "18446744073709551616-",
        "18446744073709551617-18446744073709551618", "184467440737095516160000000000000000000004-"};
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        char value[96];
        snprintf(value, sizeof value, "bytes=%s", values[i]);
        assert_status(value, 10, HTTP_RANGE_NOT_SATISFIABLE);
    }
}

static void test_a_suffix_is_so_many_last_octets(void **state)
{
    (void)state;
    assert_part("bytes=-1", 10, 9, 9);
    assert_part("bytes=-9", 10, 1, 9);
    assert_part("bytes=-10", 10, 0, 9);
    assert_part("bytes=-1", 1, 0, 0);
}

static void test_a_suffix_longer_than_the_representation_is_all_of_it(void **state)
{
    (void)state;
    assert_part("bytes=-11", 10, 0, 9);
    assert_part("bytes=-18446744073709551615", 10, 0, 9);
    assert_part("bytes=-18446744073709551616", 10, 0, 9);
    assert_part("bytes=-18446744073709551617", 10, 0, 9);
    assert_part("bytes=-184467440737095516160000000000000000000003", 10, 0, 9);
}

static void test_a_suffix_of_no_octets_is_not_satisfiable(void **state)
{
    (void)state;
    assert_status("bytes=-0", 10, HTTP_RANGE_NOT_SATISFIABLE);
    assert_status("bytes=-000", 10, HTTP_RANGE_NOT_SATISFIABLE);
    assert_status("bytes=-0", 1, HTTP_RANGE_NOT_SATISFIABLE);
    assert_status("bytes=-0", UINT64_MAX, HTTP_RANGE_NOT_SATISFIABLE);
}

static void test_zeros_before_a_number_do_not_count(void **state)
{
    (void)state;
    assert_part("bytes=0001-0000000000000000000000000000000000000002", 10, 1, 2);
    assert_part("bytes=010-012", 20, 10, 12);
    assert_part("bytes=0000000000000000000000000000000000000003-", 10, 3, 9);
    assert_part("bytes=-0000000000000000000000000000000000000003", 10, 7, 9);
}

static void test_positions_are_exact_up_to_the_greatest_length(void **state)
{
    static const uint64_t most = UINT64_MAX;
    (void)state;
    assert_part("bytes=0-", most, 0, most - 1);
    assert_part("bytes=0-18446744073709551613", most, 0, most - 2);
    assert_part("bytes=0-18446744073709551614", most, 0, most - 1);
    assert_part("bytes=0-18446744073709551615", most, 0, most - 1);
    assert_part("bytes=18446744073709551614-", most, most - 1, most - 1);
    assert_part("bytes=18446744073709551613-18446744073709551613", most, most - 2, most - 2);
    assert_part("bytes=18446744073709551609-18446744073709551610", most, most - 6, most - 5);
    assert_part("bytes=9223372036854775807-9223372036854775808", most, most / 2, most / 2 + 1);
    assert_part("bytes=-18446744073709551614", most, 1, most - 1);
    assert_part("bytes=-18446744073709551615", most, 0, most - 1);
    assert_part("bytes=-1", most, most - 1, most - 1);
    assert_status("bytes=18446744073709551615-", most, HTTP_RANGE_NOT_SATISFIABLE);
    assert_status("bytes=18446744073709551616-", most, HTTP_RANGE_NOT_SATISFIABLE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_examples_of_the_rfc_are_answered_as_it_says),
        cmocka_unit_test(test_without_range_the_whole_is_wanted),
        cmocka_unit_test(test_the_name_of_the_field_has_no_case),
        cmocka_unit_test(test_a_range_that_is_sent_twice_is_ignored),
        cmocka_unit_test(test_a_range_is_for_get_only),
        cmocka_unit_test(test_the_range_of_an_empty_representation_is_ignored),
        cmocka_unit_test(test_the_unit_has_no_case),
        cmocka_unit_test(test_an_unknown_unit_is_ignored),
        cmocka_unit_test(test_between_the_unit_and_the_set_there_is_only_an_equals_sign),
        cmocka_unit_test(test_a_set_of_other_syntax_is_ignored),
        cmocka_unit_test(test_a_last_position_before_the_first_is_bad_syntax),
        cmocka_unit_test(test_both_positions_are_inclusive),
        cmocka_unit_test(test_a_last_position_past_the_end_is_the_end),
        cmocka_unit_test(test_a_missing_last_position_is_the_end),
        cmocka_unit_test(test_a_range_that_starts_at_the_end_or_after_it_is_not_satisfiable),
        cmocka_unit_test(test_a_suffix_is_so_many_last_octets),
        cmocka_unit_test(test_a_suffix_longer_than_the_representation_is_all_of_it),
        cmocka_unit_test(test_a_suffix_of_no_octets_is_not_satisfiable),
        cmocka_unit_test(test_zeros_before_a_number_do_not_count),
        cmocka_unit_test(test_positions_are_exact_up_to_the_greatest_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
