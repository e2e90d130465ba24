/* HTTP-date, RFC 9110 §5.6.7. */
#include "http/date.h"
#include "tests/support/guard_page.h"
#include "tests/support/test.h"

struct date {
    int64_t seconds;
    const char *expected;
};

static const struct date dates[] = {
    {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"}, /* the example of the RFC */
    {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
    {1, "Thu, 01 Jan 1970 00:00:01 GMT"},
    {59, "Thu, 01 Jan 1970 00:00:59 GMT"},
    {60, "Thu, 01 Jan 1970 00:01:00 GMT"},
    {86399, "Thu, 01 Jan 1970 23:59:59 GMT"},
    {86400, "Fri, 02 Jan 1970 00:00:00 GMT"},
    {68169599, "Mon, 28 Feb 1972 23:59:59 GMT"},
    {68169600, "Tue, 29 Feb 1972 00:00:00 GMT"},
    {68256000, "Wed, 01 Mar 1972 00:00:00 GMT"},
    {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
    {951868799, "Tue, 29 Feb 2000 23:59:59 GMT"},
    {1078012800, "Sun, 29 Feb 2004 00:00:00 GMT"},
    {1709164800, "Thu, 29 Feb 2024 00:00:00 GMT"},
    {2147483647, "Tue, 19 Jan 2038 03:14:07 GMT"},
    {2147483648, "Tue, 19 Jan 2038 03:14:08 GMT"},
    {4107542399, "Sun, 28 Feb 2100 23:59:59 GMT"}, /* no leap year */
    {4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
    {4294967296, "Sun, 07 Feb 2106 06:28:16 GMT"},
    {253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
};

static void assert_date(int64_t seconds, const char *expected)
{
    char *date = guard_space(0, HTTP_DATE_SIZE);
    memset(date, '#', HTTP_DATE_SIZE);
    http_format_date(seconds, date);
    assert_int_equal(date[HTTP_DATE_SIZE - 1], '\0');
    assert_string_equal(date, expected);
}

static void test_a_date_is_written_in_the_preferred_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(dates); i++) assert_date(dates[i].seconds, dates[i].expected);
}

/* The first of each month of 1999, which started on a Friday. */
static void test_every_month_and_day_of_the_week_has_its_name(void **state)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const char *const months[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const char *const week[] = {"Fri", "Sat", "Sun", "Mon", "Tue", "Wed", "Thu"};
    int64_t seconds = 915148800;
    int day = 0;
    (void)state;
    for (size_t month = 0; month < 12; month++) {
        for (int of_month = 1; of_month <= days[month]; of_month++) {
            char expected[64];
            snprintf(expected, sizeof expected, "%s, %02d %s 1999 00:00:00 GMT", week[day++ % 7],
                of_month, months[month]);
            assert_date(seconds, expected);
            seconds += 86400;
        }
    }
}

static void test_what_lies_before_1970_becomes_its_first_second(void **state)
{
    (void)state;
    assert_date(-1, "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_date(-784111777, "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_date(INT64_MIN, "Thu, 01 Jan 1970 00:00:00 GMT");
}

static void test_what_lies_after_9999_becomes_its_last_second(void **state)
{
    (void)state;
    assert_date(253402300800, "Fri, 31 Dec 9999 23:59:59 GMT");
    assert_date(INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT");
}

/* GMT, whatever the zone of the process. */
static void test_a_date_is_in_gmt(void **state)
{
    (void)state;
    assert_int_equal(setenv("TZ", "XYZ+11", 1), 0);
    assert_date(784111777, "Sun, 06 Nov 1994 08:49:37 GMT");
    unsetenv("TZ");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_date_is_written_in_the_preferred_form),
        cmocka_unit_test(test_every_month_and_day_of_the_week_has_its_name),
        cmocka_unit_test(test_what_lies_before_1970_becomes_its_first_second),
        cmocka_unit_test(test_what_lies_after_9999_becomes_its_last_second),
        cmocka_unit_test(test_a_date_is_in_gmt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
