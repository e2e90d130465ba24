/* date.h: HTTP-date, RFC 9110 §5.6.7. Pure: the clock is the caller's. */
#pragma once

#include <stdint.h>

enum { HTTP_DATE_SIZE = 30 }; /* "Sun, 06 Nov 1994 08:49:37 GMT" and its NUL */

/* Writes the preferred form, IMF-fixdate, of seconds since 1970. Years beyond 9999 have no form:
 * what lies outside 0 to 253402300799 becomes the nearer of the two. */
void http_format_date(int64_t seconds, char date[HTTP_DATE_SIZE]);
