#include "http/date.h"

#include <time.h>

/* IMF-fixdate, RFC 850's form and asctime's two, for strftime(3) and strptime(3). The names are
 * those of the C locale: nobody calls setlocale(3). */
static const char *const forms[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %e %H:%M:%S %Y", "%a %b %d %H:%M:%S %Y"};
enum { FORM_COUNT = 4, LONGEST_DATE = 34 }; /* "Wednesday, 09-Nov-94 08:49:37 GMT" */

void http_format_date(int64_t seconds, char date[HTTP_DATE_SIZE])
{
    static const int64_t end_of_9999 = 253402300799;
    struct tm tm;
    time_t time = (time_t)(seconds < 0 ? 0 : seconds > end_of_9999 ? end_of_9999 : seconds);
    strftime(date, HTTP_DATE_SIZE, forms[0], gmtime_r(&time, &tm));
}

/* A year of two digits: of this century or, if that is more than 50 years ahead, of the last. */
static void complete_year(struct tm *tm, int64_t now)
{
    time_t time = now;
    struct tm today = {0};
    gmtime_r(&time, &today);
    tm->tm_year = today.tm_year - today.tm_year % 100 + tm->tm_year % 100;
    struct tm before = *tm;
    before.tm_year -= 50;
    if (timegm(&before) > now) tm->tm_year -= 100;
}

/* strptime is lenient. What it has read, and timegm(3) has put right, has to be written the same:
 * so that it is a day of the calendar, with its name, and no octet is different. */
bool http_parse_date(struct text date, int64_t now, int64_t *seconds)
{
    char string[LONGEST_DATE] = "";
    if (date.length >= sizeof string) return false;
    memcpy(string, date.start, date.length);
    for (int form = 0; form < FORM_COUNT; form++) {
        struct tm tm = {0};
        char written[LONGEST_DATE];
        strptime(string, forms[form], &tm);
        if (form == 1) complete_year(&tm, now);
        *seconds = timegm(&tm);
        strftime(written, sizeof written, forms[form], &tm);
        if (text_equals(date, written) && tm.tm_year >= 1000 - 1900) return true;
    }
    return false;
}
