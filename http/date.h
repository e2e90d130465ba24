/* date.h: HTTP-date, RFC 9110 §5.6.7. Pure: the clock is the caller's. */
#pragma once

#include "http/text.h"

#include <stdint.h>

enum { HTTP_DATE_SIZE = 30 }; /* "Sun, 06 Nov 1994 08:49:37 GMT" and its NUL */

/* Writes the preferred form, IMF-fixdate, of seconds since 1970. Years beyond 9999 have no form:
 * what lies outside 0 to 253402300799 becomes the nearer of the two. */
void http_format_date(int64_t seconds, char date[HTTP_DATE_SIZE]);

/* Reads any of the three forms: IMF-fixdate, RFC 850's and asctime's; false where it is none of
 * them or no day of the calendar. A year of two digits that seems more than 50 years after now is
 * in the century before. */
bool http_parse_date(struct text date, int64_t now, int64_t *seconds);
