/* If-Modified-Since and If-Unmodified-Since: RFC 9110 §13.1.3 and §13.1.4. */
#include "http/conditional.h"
#include "tests/support/http_request.h"

static const int64_t in_2026 = 1795395723; /* Mon, 23 Nov 2026 01:02:03 GMT */

static const struct http_validators file = {"\"abc\"", 784111777, true};
static const struct http_validators weak_file = {"W/\"abc\"", 784111777, false};
static const struct http_validators without_validators = {"", 0, false};

static enum http_status evaluate(
    const char *name, const char *value, const struct http_validators *validators, int64_t now)
{
    char lines[256];
    snprintf(lines, sizeof lines, "%s: %s\r\n", name, value);
    struct http_request request = request_with(1, lines);
    return http_evaluate_preconditions(&request, validators, now);
}

static void assert_statuses(const char *value, const struct http_validators *validators,
    int64_t now, enum http_status modified, enum http_status unmodified)
{
    if (evaluate("If-Modified-Since", value, validators, now) != modified)
        fail_msg("If-Modified-Since: %s", value);
    if (evaluate("If-Unmodified-Since", value, validators, now) != unmodified)
        fail_msg("If-Unmodified-Since: %s", value);
}

static const char *const before[] = {
    "Sun, 06 Nov 1994 08:49:36 GMT",
    "Sunday, 06-Nov-94 08:49:36 GMT",
    "Sun Nov  6 08:49:36 1994",
    "Sat, 05 Nov 1994 23:59:59 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Wed, 31 Dec 1969 23:59:59 GMT",
    "Wed, 01 Jan 1000 00:00:00 GMT",
};

static const char *const same_or_after[] = {
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
    "Sun, 06 Nov 1994 08:49:38 GMT",
    "Mon, 07 Nov 1994 00:00:00 GMT",
    "Tue, 19 Jan 2038 03:14:08 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
};

static void test_what_was_changed_after_the_date_is_modified(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(before); i++) {
        assert_statuses(before[i], &file, in_2026, HTTP_OK, HTTP_PRECONDITION_FAILED);
        assert_statuses(before[i], &weak_file, in_2026, HTTP_OK, HTTP_PRECONDITION_FAILED);
    }
}

/* Earlier or equal. A date that lies ahead of the clock is one like any other. */
static void test_what_was_changed_at_the_date_or_before_is_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(same_or_after); i++) {
        assert_statuses(same_or_after[i], &file, in_2026, HTTP_NOT_MODIFIED, HTTP_OK);
        assert_statuses(same_or_after[i], &weak_file, in_2026, HTTP_NOT_MODIFIED, HTTP_OK);
    }
}

static void test_two_digits_of_a_year_are_read_at_the_time_of_the_request(void **state)
{
    static const char value[] = "Monday, 06-Nov-44 08:49:37 GMT"; /* 1944 */
    static const int64_t in_1994 = 784111778;
    static const int64_t in_2024 = 1718452800;
    (void)state;
    assert_statuses(value, &file, in_1994, HTTP_OK, HTTP_PRECONDITION_FAILED);
    assert_statuses(value, &file, in_2024, HTTP_OK, HTTP_OK); /* 2044: a Sunday */
    assert_statuses("Sunday, 06-Nov-44 08:49:37 GMT", &file, in_2024, HTTP_NOT_MODIFIED, HTTP_OK);
}

static const char *const no_dates[] = {
    "",
    "*",
    "0",
    "784111777",
    "\"abc\"",
    "yesterday",
    "1994-11-06T08:49:37Z",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 gmt",
    "Sun, 06 Nov 1994 08:49:37",
    "Mon, 06 Nov 1994 08:49:37 GMT",
    "Sun, 31 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT; length=5",
    "\"Sun, 06 Nov 1994 08:49:37 GMT\"",
    "Sun, 06 Nov 1994 08:49:37 GMT,",
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:36 GMT, Sun, 06 Nov 1994 08:49:36 GMT",
};

static void test_a_value_that_is_no_date_is_ignored(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(no_dates); i++)
        assert_statuses(no_dates[i], &file, in_2026, HTTP_OK, HTTP_OK);
}

static void test_a_date_is_ignored_where_the_file_has_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(before); i++)
        assert_statuses(before[i], &without_validators, in_2026, HTTP_OK, HTTP_OK);
    for (size_t i = 0; i < COUNT(same_or_after); i++)
        assert_statuses(same_or_after[i], &without_validators, in_2026, HTTP_OK, HTTP_OK);
}

/* More than one member, even where they agree. */
static void test_a_date_field_sent_twice_is_ignored(void **state)
{
    static const char *const values[] = {
        "Sun, 06 Nov 1994 08:49:36 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:38 GMT",
        "",
    };
    static const char *const names[] = {"If-Modified-Since", "If-Unmodified-Since"};
    (void)state;
    for (size_t i = 0; i < COUNT(values) * COUNT(values); i++)
        for (size_t j = 0; j < COUNT(names); j++) {
            char lines[256];
            snprintf(lines, sizeof lines, "%s: %s\r\nX: y\r\n%s: %s\r\n", names[j],
                values[i % COUNT(values)], names[j], values[i / COUNT(values)]);
            struct http_request request = request_with(1, lines);
            assert_int_equal(http_evaluate_preconditions(&request, &file, in_2026), HTTP_OK);
        }
}

/* The Last-Modified of a file from the future is the time at which it was asked for. */
static void test_a_file_from_the_future_is_modified_again_a_second_later(void **state)
{
    struct http_validators validators;
    struct timespec modified = {784200000, 0};
    (void)state;
    http_describe_file(&validators, 5, modified, "", (struct timespec){784111777, 0});
    assert_statuses(
        "Sun, 06 Nov 1994 08:49:37 GMT", &validators, 784111777, HTTP_NOT_MODIFIED, HTTP_OK);
    http_describe_file(&validators, 5, modified, "", (struct timespec){784111778, 0});
    assert_statuses(
        "Sun, 06 Nov 1994 08:49:37 GMT", &validators, 784111778, HTTP_OK, HTTP_PRECONDITION_FAILED);
}

/* Time stamps have nanoseconds, dates have not: within its second nothing counts as changed. */
static void test_nanoseconds_do_not_make_a_file_newer_than_its_date(void **state)
{
    struct http_validators validators;
    (void)state;
    http_describe_file(
        &validators, 5, (struct timespec){784111777, 999999999}, "", (struct timespec){in_2026, 0});
    assert_statuses(
        "Sun, 06 Nov 1994 08:49:37 GMT", &validators, in_2026, HTTP_NOT_MODIFIED, HTTP_OK);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_changed_after_the_date_is_modified),
        cmocka_unit_test(test_what_was_changed_at_the_date_or_before_is_not),
        cmocka_unit_test(test_two_digits_of_a_year_are_read_at_the_time_of_the_request),
        cmocka_unit_test(test_a_value_that_is_no_date_is_ignored),
        cmocka_unit_test(test_a_date_is_ignored_where_the_file_has_none),
        cmocka_unit_test(test_a_date_field_sent_twice_is_ignored),
        cmocka_unit_test(test_a_file_from_the_future_is_modified_again_a_second_later),
        cmocka_unit_test(test_nanoseconds_do_not_make_a_file_newer_than_its_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
