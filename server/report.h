/* report.h: a line on standard error for whoever runs the server. */
#pragma once

/* "strata: " and the message. While nobody reads standard error, the line is dropped: telling must
 * never stall the server. */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));
