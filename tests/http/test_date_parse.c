/* HTTP-date as a recipient reads it, RFC 9110 §5.6.7. */
#include "tests/support/http_date.h"

static void assert_date(const char *date, int64_t now, int64_t expected)
{
    int64_t seconds = ~expected;
    if (!parse_text(text_of(date), now, &seconds)) fail_msg("%s is refused", date);
    if (seconds != expected) fail_msg("%s: %jd", date, (intmax_t)seconds);
}

static const char *const months[] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static void test_three_forms_name_the_same_moment(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(three_forms); i++) assert_date(three_forms[i], in_2026, 784111777);
}

struct date {
    const char *date;
    int64_t seconds;
};

static const struct date dates[] = {
    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
    {"Thu, 01 Jan 1970 00:00:01 GMT", 1},
    {"Thu, 01 Jan 1970 00:00:59 GMT", 59},
    {"Thu, 01 Jan 1970 00:01:00 GMT", 60},
    {"Thu, 01 Jan 1970 00:59:00 GMT", 3540},
    {"Thu, 01 Jan 1970 01:00:00 GMT", 3600},
    {"Thu, 01 Jan 1970 23:59:59 GMT", 86399},
    {"Fri, 02 Jan 1970 00:00:00 GMT", 86400},
    {"Tue, 29 Feb 1972 00:00:00 GMT", 68169600},
    {"Wed, 01 Mar 1972 00:00:00 GMT", 68256000},
    {"Tue, 29 Feb 2000 12:34:56 GMT", 951827696}, /* a leap year: 400 divides it */
    {"Sun, 29 Feb 2004 00:00:00 GMT", 1078012800},
    {"Tue, 19 Jan 2038 03:14:07 GMT", 2147483647},
    {"Tue, 19 Jan 2038 03:14:08 GMT", 2147483648},
    {"Sun, 28 Feb 2100 23:59:59 GMT", 4107542399},
    {"Mon, 01 Mar 2100 00:00:00 GMT", 4107542400},
    {"Sun, 07 Feb 2106 06:28:16 GMT", 4294967296},
    {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
    {"Fri, 13 Dec 1901 20:45:52 GMT", -2147483648},
    {"Thu, 01 Mar 1900 00:00:00 GMT", -2203891200},
    {"Wed, 28 Feb 1900 00:00:00 GMT", -2203977600},
    {"Fri, 15 Oct 1582 00:00:00 GMT", -12219292800}, /* as if it had always been Gregorian */
    {"Wed, 01 Jan 1000 00:00:00 GMT", -30610224000},
    {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
    {"Sun Nov  6 08:49:37 1994", 784111777},
    {"Sun Nov 06 08:49:37 1994", 784111777}, /* date3 = month SP ( 2DIGIT / ( SP 1DIGIT ) ) */
    {"Tue Feb 29 12:34:56 2000", 951827696},
    {"Fri Dec 31 23:59:59 9999", 253402300799},
};

static void test_a_date_is_read_as_the_seconds_since_1970(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(dates); i++) assert_date(dates[i].date, in_2026, dates[i].seconds);
}

struct day {
    int year, month, of_month, of_week; /* month from 0, of_week from Sunday */
    int64_t midnight;
};

/* All three forms of a moment on that day; RFC 850's is read then, where clocks can be. */
static void assert_day(const struct day *day, int hour, int minute, int second)
{
    char date[64];
    int64_t expected = day->midnight + hour * 3600 + minute * 60 + second;
    snprintf(date, sizeof date, "%s, %02d %s %04d %02d:%02d:%02d GMT", short_days[day->of_week],
        day->of_month, months[day->month], day->year, hour, minute, second);
    assert_date(date, in_2026, expected);
    snprintf(date, sizeof date, "%s %s %2d %02d:%02d:%02d %04d", short_days[day->of_week],
        months[day->month], day->of_month, hour, minute, second, day->year);
    assert_date(date, in_2026, expected);
    if (expected < 0) return;
    snprintf(date, sizeof date, "%s, %02d-%s-%02d %02d:%02d:%02d GMT", long_days[day->of_week],
        day->of_month, months[day->month], day->year % 100, hour, minute, second);
    assert_date(date, expected, expected);
}

static int days_of(int month, int year)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month] + (month == 1 && leap);
}

static void next_day(struct day *day)
{
    day->midnight += 86400;
    day->of_week = (day->of_week + 1) % 7;
    if (++day->of_month <= days_of(day->month, day->year)) return;
    day->of_month = 1;
    day->month = (day->month + 1) % 12;
    day->year += day->month == 0;
}

static void test_every_year_and_every_february_begins_and_ends_on_its_day(void **state)
{
    struct day day = {1000, 0, 1, 3, -30610224000}; /* a Wednesday */
    (void)state;
    for (; day.year <= 9999; next_day(&day)) {
        bool first = day.of_month == 1 && (day.month <= 2);
        bool last = day.of_month == days_of(day.month, day.year) && day.month % 10 == 1;
        if (first || last) assert_day(&day, day.year % 24, day.year % 60, day.of_month);
    }
    assert_int_equal(day.midnight, 253402300800);
}

static void test_every_day_of_a_hundred_years_is_read_in_every_form(void **state)
{
    struct day day = {1950, 0, 1, 0, -631152000}; /* a Sunday */
    (void)state;
    for (; day.year < 2050; next_day(&day))
        assert_day(&day, day.of_month % 24, day.year % 60, day.of_month);
}

static void test_every_hour_and_minute_and_second_is_read(void **state)
{
    struct day day = {1994, 10, 6, 0, 784080000};
    (void)state;
    for (int second = 0; second < 86400; second += 13)
        assert_day(&day, second / 3600, second / 60 % 60, second % 60);
}

static void test_what_is_sent_as_a_date_is_read_as_one(void **state)
{
    char date[HTTP_DATE_SIZE];
    (void)state;
    for (int64_t seconds = 0; seconds <= 253402300799; seconds += 2147483647) {
        http_format_date(seconds, date);
        assert_date(date, in_2026, seconds);
    }
}

/* HTTP-dates are UTC, whatever the zone of the process. */
static void test_a_date_is_in_gmt(void **state)
{
    (void)state;
    assert_int_equal(setenv("TZ", "XYZ+11", 1), 0);
    test_three_forms_name_the_same_moment(state);
    unsetenv("TZ");
}

struct two_digits {
    int64_t now;
    const char *date;
    int64_t seconds;
};

enum { NOON_OF_15_JUNE_2024 = 1718452800 };

static const struct two_digits years[] = {
    {NOON_OF_15_JUNE_2024, "Saturday, 15-Jun-24 12:00:00 GMT", NOON_OF_15_JUNE_2024},
    {NOON_OF_15_JUNE_2024, "Saturday, 15-Jun-24 12:00:01 GMT", NOON_OF_15_JUNE_2024 + 1},
    {NOON_OF_15_JUNE_2024, "Saturday, 01-Jan-00 00:00:00 GMT", 946684800},
    {NOON_OF_15_JUNE_2024, "Friday, 31-Dec-99 23:59:59 GMT", 946684799},
    {NOON_OF_15_JUNE_2024, "Friday, 31-Dec-49 23:59:59 GMT", 2524607999},
    {NOON_OF_15_JUNE_2024, "Sunday, 31-Dec-73 23:59:59 GMT", 3281990399},
    {NOON_OF_15_JUNE_2024, "Friday, 15-Jun-74 11:59:59 GMT", 3296289599},
    {NOON_OF_15_JUNE_2024, "Friday, 15-Jun-74 12:00:00 GMT", 3296289600},  /* 50 years ahead */
    {NOON_OF_15_JUNE_2024, "Saturday, 15-Jun-74 12:00:01 GMT", 140529601}, /* more than that */
    {NOON_OF_15_JUNE_2024 - 1, "Saturday, 15-Jun-74 12:00:00 GMT", 140529600},
    {NOON_OF_15_JUNE_2024, "Tuesday, 31-Dec-74 00:00:00 GMT", 157680000},
    {NOON_OF_15_JUNE_2024, "Wednesday, 01-Jan-75 00:00:00 GMT", 157766400},
    {1772323199, "Sunday, 29-Feb-76 00:00:00 GMT", 194400000}, /* 28 Feb 2026 23:59:59 */
    {1772323200, "Saturday, 29-Feb-76 00:00:00 GMT", 3350160000},
    {946684799, "Friday, 31-Dec-99 23:59:59 GMT", 946684799}, /* the end of 1999 */
    {946684799, "Monday, 01-Jan-00 00:00:00 GMT", -2208988800},
    {946684800, "Saturday, 01-Jan-00 00:00:00 GMT", 946684800}, /* the first second of 2000 */
    {946684800, "Saturday, 01-Jan-50 00:00:00 GMT", 2524608000},
    {946684799, "Saturday, 31-Dec-49 23:59:59 GMT", -631152001},
    {946684800, "Friday, 31-Dec-49 23:59:59 GMT", 2524607999},
    {4102444799, "Thursday, 31-Dec-99 23:59:59 GMT", 4102444799}, /* the end of 2099 */
    {4102444799, "Saturday, 01-Jan-00 00:00:00 GMT", 946684800},
    {4102444800, "Friday, 01-Jan-00 00:00:00 GMT", 4102444800},
    {4102444800, "Thursday, 31-Dec-99 23:59:59 GMT", 4102444799},
    {4102444800, "Thursday, 01-Jan-50 00:00:00 GMT", 5680281600},
    {0, "Thursday, 01-Jan-70 00:00:00 GMT", 0},
    {0, "Monday, 01-Jan-00 00:00:00 GMT", -2208988800},
};

static void test_two_digits_of_a_year_are_never_more_than_50_years_ahead(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(years); i++)
        assert_date(years[i].date, years[i].now, years[i].seconds);
}

/* The day of the week is that of the year it stands for: of 1974 and 2074, only one. */
static void test_the_day_of_the_week_does_not_choose_the_century(void **state)
{
    int64_t seconds;
    (void)state;
    assert_false(
        parse_text(text_of("Saturday, 15-Jun-74 12:00:00 GMT"), NOON_OF_15_JUNE_2024, &seconds));
    assert_false(
        parse_text(text_of("Friday, 15-Jun-74 12:00:01 GMT"), NOON_OF_15_JUNE_2024, &seconds));
}

static void test_four_digits_of_a_year_mean_the_same_at_any_time(void **state)
{
    const int64_t times[] = {INT64_MIN, -1, 0, 1, 784111777, 253402300800, INT64_MAX};
    (void)state;
    for (size_t i = 0; i < COUNT(times); i++) {
        assert_date(three_forms[0], times[i], 784111777);
        assert_date(three_forms[2], times[i], 784111777);
    }
}

/* Not even a clock beyond the years of struct tm. */
static void test_at_any_time_two_digits_of_a_year_name_one_day_of_the_week(void **state)
{
    const int64_t times[] = {0, 784111777, in_2026, 4102444800, 253402300799};
    (void)state;
    for (size_t i = 0; i < COUNT(times); i++) {
        int valid = 0;
        for (size_t day = 0; day < 7; day++) {
            char date[64];
            int64_t seconds;
            snprintf(date, sizeof date, "%s, 06-Nov-94 08:49:37 GMT", long_days[day]);
            valid += parse_text(text_of(date), times[i], &seconds);
        }
        assert_int_equal(valid, 1);
    }
}

/* §5.6.7 has room for both, but no file is as old, or as exact. */
static void test_neither_a_leap_second_nor_the_first_thousand_years_are_read(void **state)
{
    int64_t seconds;
    (void)state;
    assert_false(parse_text(text_of("Sat, 31 Dec 2016 23:59:60 GMT"), in_2026, &seconds));
    assert_false(parse_text(text_of("Saturday, 31-Dec-16 23:59:60 GMT"), in_2026, &seconds));
    assert_false(parse_text(text_of("Sat Dec 31 23:59:60 2016"), in_2026, &seconds));
    assert_false(parse_text(text_of("Tue, 31 Dec 0999 23:59:59 GMT"), in_2026, &seconds));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_three_forms_name_the_same_moment),
        cmocka_unit_test(test_a_date_is_read_as_the_seconds_since_1970),
        cmocka_unit_test(test_every_year_and_every_february_begins_and_ends_on_its_day),
        cmocka_unit_test(test_every_day_of_a_hundred_years_is_read_in_every_form),
        cmocka_unit_test(test_every_hour_and_minute_and_second_is_read),
        cmocka_unit_test(test_what_is_sent_as_a_date_is_read_as_one),
        cmocka_unit_test(test_a_date_is_in_gmt),
        cmocka_unit_test(test_two_digits_of_a_year_are_never_more_than_50_years_ahead),
        cmocka_unit_test(test_the_day_of_the_week_does_not_choose_the_century),
        cmocka_unit_test(test_four_digits_of_a_year_mean_the_same_at_any_time),
        cmocka_unit_test(test_at_any_time_two_digits_of_a_year_name_one_day_of_the_week),
        cmocka_unit_test(test_neither_a_leap_second_nor_the_first_thousand_years_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
