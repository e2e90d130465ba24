/* http_date.h: parsing a date, and the names and forms that dates have (RFC 9110 §5.6.7). */
#ifndef STRATA_TESTS_SUPPORT_HTTP_DATE_H
#define STRATA_TESTS_SUPPORT_HTTP_DATE_H

#include "http/date.h"
#include "tests/support/http.h"

static const int64_t in_2026 = 1795395723; /* Mon, 23 Nov 2026 01:02:03 GMT */

/* The example of the RFC. */
static const char *const three_forms[] = {
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
};

static const char *const short_days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const long_days[] = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/* Parses, and checks that it makes no difference at which end of it the memory stops. */
static inline bool parse_text(struct text date, int64_t now, int64_t *seconds)
{
    struct text at_start = {guard_start(1, date.start, date.length), date.length};
    int64_t other = 0;
    bool valid = http_parse_date(guarded(date), now, seconds);
    assert_int_equal(http_parse_date(at_start, now, &other), valid);
    if (valid) assert_int_equal(other, *seconds);
    return valid;
}

#endif
