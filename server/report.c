#include "server/report.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void report(const char *format, ...)
{
    char message[1000];
    struct pollfd standard_error = {.fd = STDERR_FILENO, .events = POLLOUT};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (poll(&standard_error, 1, 0) == 1) dprintf(STDERR_FILENO, "strata: %s\n", message);
}
