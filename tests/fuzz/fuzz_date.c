/* HTTP-date (http/date.h), in its three forms.
 *
 * Fed: a date, as it might stand in If-Modified-Since; and its octets as a number of seconds.
 * Must hold, whatever the time is now:
 *     - a date is accepted exactly where a second reader, below, accepts it, which follows the
 *       grammar of RFC 9110 §5.6.7 and counts the days one year after the other; and it is read as
 *       the same second
 *     - a second from 1970 to 9999, written as the server writes it, is read as that second again
 */
#include "http/date.h"
#include "tests/fuzz/fuzz.h"

/* What the second reader has read: the month from 0, the day of the week from 0 for Sunday. */
struct date {
    int week_day, day, month, year, hour, minute, second;
};

/* Takes one of the names off; -1: it is none of them. */
static int take_name(struct text *rest, const char *const names[], int count)
{
    int number = 0;
    while (number < count && !text_skip(rest, names[number])) number++;
    return number < count ? number : -1;
}

/* Takes exactly so many digits off; -1: they are not there. */
static int take_digits(struct text *rest, size_t count)
{
    int number = 0;
    if (rest->length < count || !text_is_made_of(text_until(*rest, count), "0123456789")) return -1;
    for (size_t i = 0; i < count; i++) number = number * 10 + rest->start[i] - '0';
    *rest = text_from(*rest, count);
    return number;
}

static int take_month(struct text *rest)
{
    static const char *const names[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return take_name(rest, names, 12);
}

static int take_week_day(struct text *rest)
{
    static const char *const names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    return take_name(rest, names, 7);
}

static bool take_time(struct text *rest, struct date *date)
{
    date->hour = take_digits(rest, 2);
    bool colons = text_skip(rest, ":");
    date->minute = take_digits(rest, 2);
    colons = colons && text_skip(rest, ":");
    date->second = take_digits(rest, 2);
    return colons;
}

/* IMF-fixdate */
static bool read_fixdate(struct text rest, struct date *date)
{
    date->week_day = take_week_day(&rest);
    if (!text_skip(&rest, ", ")) return false;
    date->day = take_digits(&rest, 2);
    if (!text_skip(&rest, " ")) return false;
    date->month = take_month(&rest);
    if (!text_skip(&rest, " ")) return false;
    date->year = take_digits(&rest, 4);
    return text_skip(&rest, " ") && take_time(&rest, date) && text_equals(rest, " GMT");
}

/* rfc850-date, with a year of two digits */
static bool read_rfc_850(struct text rest, struct date *date)
{
    static const char *const names[] = {
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    date->week_day = take_name(&rest, names, 7);
    if (!text_skip(&rest, ", ")) return false;
    date->day = take_digits(&rest, 2);
    if (!text_skip(&rest, "-")) return false;
    date->month = take_month(&rest);
    if (!text_skip(&rest, "-")) return false;
    date->year = take_digits(&rest, 2);
    return text_skip(&rest, " ") && take_time(&rest, date) && text_equals(rest, " GMT");
}

/* asctime-date */
static bool read_asctime(struct text rest, struct date *date)
{
    date->week_day = take_week_day(&rest);
    if (!text_skip(&rest, " ")) return false;
    date->month = take_month(&rest);
    if (!text_skip(&rest, " ")) return false;
    date->day = take_digits(&rest, text_skip(&rest, " ") ? 1 : 2);
    if (!text_skip(&rest, " ") || !take_time(&rest, date) || !text_skip(&rest, " ")) return false;
    date->year = take_digits(&rest, 4);
    return rest.length == 0;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month] + (month == 1 && leap);
}

/* Days since 1970, the slow way. */
static int64_t count_days(const struct date *date)
{
    int64_t days = date->day - 1;
    for (int month = 0; month < date->month; month++) days += days_of(date->year, month);
    for (int year = 1970; year < date->year; year++) days += 337 + days_of(year, 1);
    for (int year = date->year; year < 1970; year++) days -= 337 + days_of(year, 1);
    return days;
}

static int64_t count_seconds(const struct date *date)
{
    return ((count_days(date) * 24 + date->hour) * 60 + date->minute) * 60 + date->second;
}

/* No leap second, and no year before 1000: no file has such a time stamp. */
static bool is_moment(const struct date *date)
{
    return date->week_day >= 0 && date->month >= 0 && date->year >= 1000 && date->day >= 1 &&
        date->day <= days_of(date->year, date->month) && date->hour >= 0 && date->hour <= 23 &&
        date->minute >= 0 && date->minute <= 59 && date->second >= 0 && date->second <= 59 &&
        (count_days(date) % 7 + 7 + 4) % 7 == date->week_day; /* 1970 began on a Thursday */
}

/* §5.6.7: more than 50 years ahead is in the century before. */
static void complete_year(struct date *date, int64_t now, int century)
{
    struct date earlier = *date;
    if (date->year < 0 || date->month < 0) return;
    date->year += century;
    earlier.year = date->year - 50;
    if (count_seconds(&earlier) > now) date->year -= 100;
}

static void check_date(struct text text, int64_t now, int century)
{
    struct date date = {0};
    int64_t seconds = 0;
    bool expected = read_fixdate(text, &date) || read_asctime(text, &date);
    if (!expected && read_rfc_850(text, &date)) {
        complete_year(&date, now, century);
        expected = true;
    }
    expected = expected && is_moment(&date);
    must_hold(http_parse_date(text, now, &seconds) == expected);
    must_hold(!expected || seconds == count_seconds(&date));
}

static void check_second(uint64_t second)
{
    char written[HTTP_DATE_SIZE];
    int64_t read = -1;
    second %= UINT64_C(253402300800); /* the year 10000 */
    http_format_date((int64_t)second, written);
    must_hold(strlen(written) == strlen("Sun, 06 Nov 1994 08:49:37 GMT"));
    must_hold(http_parse_date(text_of(written), 0, &read) && read == (int64_t)second);
    check_date(text_of(written), 0, 1900);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
    uint64_t second = 0;
    struct text date = fuzz_copy(fuzz_text(octets, length));
    check_date(date, 0, 1900); /* the first second of 1970 */
    check_date(date, 784111777, 1900);
    check_date(date, 1732323600, 2000);
    check_date(date, 4102444799, 2000); /* the last one of 2099 */
    free((char *)date.start);
    memcpy(&second, octets, length < sizeof second ? length : sizeof second);
    check_second(second);
    return 0;
}
