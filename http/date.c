#include "http/date.h"

#include <stdio.h>
#include <time.h>

/* The names are fixed, RFC 9110 §5.6.7: strftime would write those of the locale. */
static const char day_names[7][10] = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static const char month_names[12][4] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void http_format_date(int64_t seconds, char date[HTTP_DATE_SIZE])
{
    static const int64_t end_of_9999 = 253402300799;
    struct tm tm;
    time_t time = (time_t)(seconds < 0 ? 0 : seconds > end_of_9999 ? end_of_9999 : seconds);
    gmtime_r(&time, &tm);
    snprintf(date, HTTP_DATE_SIZE, "%.3s, %02u %s %04u %02u:%02u:%02u GMT", day_names[tm.tm_wday],
        (unsigned)tm.tm_mday % 100, month_names[tm.tm_mon], (unsigned)(tm.tm_year + 1900) % 10000,
        (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}

/* What follows the name of the day: n is the name of a month, any other small letter a digit of the
 * number that goes by it, and what is no small letter stands for itself. */
static const char *const forms[] = {", dd n yyyy hh:mm:ss GMT", ", dd-n-yy hh:mm:ss GMT",
    " n dd hh:mm:ss yyyy", " n  d hh:mm:ss yyyy"};
enum { RFC_850 = 1, FORMS = 4, LETTERS = 128 };

/* Finds the number of each letter; months are counted from 0. Whatever the letter, what is read is
 * one of the strings there are to choose from, and its index is the digit. */
static bool read_form(struct text rest, const char *form, int found[LETTERS])
{
    static const char digits[10][4] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    memset(found, 0, LETTERS * sizeof *found);
    for (; *form != '\0'; form++) {
        const char itself[1][4] = {{*form}};
        const char(*choice)[4] = *form == 'n' ? month_names : *form >= 'a' ? digits : itself;
        int index = *form == 'n' ? 11 : *form >= 'a' ? 9 : 0;
        while (index >= 0 && !text_skip(&rest, choice[index])) index--;
        if (index < 0) return false;
        found[(int)*form] = found[(int)*form] * 10 + index;
    }
    return rest.length == 0;
}

/* What was found, in that year, as seconds since 1970. Years begin in March here, so that a leap
 * day is the last; and 400 years earlier, so that nothing is negative. */
static int64_t seconds_in(int64_t year, const int found[LETTERS])
{
    int64_t years = year + 400 - (found['n'] < 2);
    int64_t days = 365 * years + years / 4 - years / 100 + years / 400 +
        (153 * ((found['n'] + 10) % 12) + 2) / 5 + found['d'] - 865566;
    return ((days * 24 + found['h']) * 60 + found['m']) * 60 + found['s'];
}

/* §5.6.7: a year of two digits, of this century or, if more than 50 years ahead, of the last. */
static int64_t full_year(int64_t now, const int found[LETTERS])
{
    struct tm tm = {0};
    gmtime_r(&(time_t){now}, &tm);
    int64_t year = found['y'] + INT64_C(1900) + tm.tm_year / 100 * 100;
    return seconds_in(year - 50, found) > now ? year - 100 : year;
}

bool http_parse_date(struct text date, int64_t now, int64_t *seconds)
{
    int found[LETTERS];
    struct tm tm = {0};
    struct text day = text_take(&date, text_is_alphanumeric);
    size_t form = 0;
    while (form < FORMS && !read_form(date, forms[form], found)) form++;
    if (form == FORMS) return false;
    *seconds = seconds_in(form == RFC_850 ? full_year(now, found) : found['y'], found);
    /* The calendar knows the moment if it gives the same back; of a leap second only the one before
     * it (RFC 5322 §3.3: 00:00:00 to 23:59:60, and the day of the week is that of the date). */
    bool leap = found['h'] == 23 && found['m'] == 59 && found['s'] == 60;
    gmtime_r(&(time_t){*seconds - leap}, &tm);
    size_t length = form == RFC_850 ? strlen(day_names[tm.tm_wday]) : 3;
    return tm.tm_mday == found['d'] && tm.tm_hour == found['h'] && tm.tm_min == found['m'] &&
        tm.tm_sec == found['s'] - leap && day.length == length &&
        memcmp(day.start, day_names[tm.tm_wday], length) == 0;
}
