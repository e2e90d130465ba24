/* report.h: a line on standard error for whoever runs the server, and descriptors that do not wait.
 */
#pragma once

#include "http/text.h"

/* "strata: " and the message; always false, so that a check can return it. While nobody reads
 * standard error, the line is dropped: telling must never stall the server. */
bool report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Once, before the sandbox or another user may forbid it: standard error is opened anew, so that no
 * report waits. */
void report_open(void);

/* Opens the pipe or terminal that another descriptor is open on, such that no write waits even if
 * nobody reads. The other's users notice nothing. -1: it is something else, or another user's. */
int report_open_again(int descriptor);

/* Writes what somebody else has sent so that it can be read: a backslash before quotation mark and
 * backslash, "\r", "\n", and "\xFF" for what is no visible ASCII; at most so many octets. Returns
 * where they end; rest is what had no room. */
char *report_octets(char *to, size_t most, struct text *rest);
