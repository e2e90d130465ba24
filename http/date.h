/* date.h: HTTP-date, RFC 9110 §5.6.7. Pure: the clock is the caller's. */
#pragma once

#include "http/text.h"

#include <stdint.h>

enum { HTTP_DATE_SIZE = 30 }; /* "Sun, 06 Nov 1994 08:49:37 GMT" and its NUL */

/* Writes the preferred form, IMF-fixdate, of seconds since 1970. Years beyond 9999 have no form:
 * what lies outside 0 to 253402300799 becomes the nearer of the two. */
void http_format_date(int64_t seconds, char date[HTTP_DATE_SIZE]);

/* Reads any of the three forms, to the octet: IMF-fixdate, RFC 850's and asctime's. False, and
 * *seconds without meaning, for anything else and for what the calendar does not know: a 30th of
 * February, or a day of the week that is not that of the date (RFC 5322 §3.3, as §5.6.7 has it).
 * Neither a leap second, 23:59:60, nor a year before 1000 is read: no file has such a time stamp. A
 * year of two digits is one of the century that now is in; if it would be more than 50 years ahead,
 * of the century before. */
bool http_parse_date(struct text date, int64_t now, int64_t *seconds);
