#include "server/report.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void report(const char *format, ...)
{
    char line[1024];
    va_list arguments;
    int prefix = snprintf(line, sizeof line, "strata: ");
    va_start(arguments, format);
    vsnprintf(line + prefix, sizeof line - (size_t)prefix - 1, format, arguments);
    va_end(arguments);
    size_t length = 0;
    while (line[length] != '\0')
        length++;
    line[length++] = '\n';
    struct pollfd standard_error = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&standard_error, 1, 0) == 1 && write(STDERR_FILENO, line, length) < 0)
        return; /* there is nobody left to tell */
}
