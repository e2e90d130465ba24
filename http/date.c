#include "http/date.h"

#include <stdio.h>
#include <time.h>

/* The names are fixed, RFC 9110 §5.6.7: strftime would write those of the locale. */
static const char day_names[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char month_names[12][4] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void http_format_date(int64_t seconds, char date[HTTP_DATE_SIZE])
{
    static const int64_t end_of_9999 = 253402300799;
    struct tm tm;
    time_t time = (time_t)(seconds < 0 ? 0 : seconds > end_of_9999 ? end_of_9999 : seconds);
    gmtime_r(&time, &tm);
    snprintf(date, HTTP_DATE_SIZE, "%s, %02u %s %04u %02u:%02u:%02u GMT", day_names[tm.tm_wday],
        (unsigned)tm.tm_mday % 100, month_names[tm.tm_mon], (unsigned)(tm.tm_year + 1900) % 10000,
        (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}
