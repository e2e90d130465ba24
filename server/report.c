#include "server/report.h"

#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int report_open_again(int descriptor)
{
    char path[32];
    struct stat status;
    if (fstat(descriptor, &status) != 0 || (!S_ISFIFO(status.st_mode) && !S_ISCHR(status.st_mode)))
        return -1;
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void report_open(void)
{
    int own = report_open_again(STDERR_FILENO);
    if (own >= 0) dup3(own, STDERR_FILENO, 0);
    if (own >= 0) close(own);
}

bool report(const char *format, ...)
{
    char message[1000];
    struct pollfd standard_error = {.fd = STDERR_FILENO, .events = POLLOUT};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (poll(&standard_error, 1, 0) == 1) dprintf(STDERR_FILENO, "strata: %s\n", message);
    return false;
}

char *report_octets(char *to, size_t most, struct text *rest)
{
    const char *last = to + most - strlen("\\xFF");
    for (; rest->length > 0 && to <= last; *rest = text_from(*rest, 1)) {
        char octet = rest->start[0];
        bool visible = octet >= 0x20 && octet <= 0x7e;
        char letter = (char)(octet == '\r' ? 'r' : octet == '\n' ? 'n' : octet);
        bool named = letter != octet || octet == '"' || octet == '\\';
        if (named || !visible) *to++ = '\\';
        if (named || visible) *to++ = letter;
        if (!named && !visible) to += sprintf(to, "x%02X", (unsigned char)octet);
    }
    return to;
}
