/* another_user.h: being somebody else, who may not open anew what the process was given.
 *
 * Root becomes nobody. Anybody else gets what nobody would: EACCES for /proc/self/fd/… Needs the
 * link option --wrap=open.
 */
#pragma once

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static bool reopening_is_refused;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = va_arg(arguments, mode_t);
    va_end(arguments);
    bool refused = reopening_is_refused && strncmp(path, "/proc/self/fd/", 14) == 0;
    errno = EACCES;
    return refused ? -1 : __real_open(path, flags, mode);
}

/* False: root cannot become nobody here. */
static inline bool become_another_user(void)
{
    reopening_is_refused = geteuid() != 0;
    return reopening_is_refused || (setgid(65534) == 0 && setuid(65534) == 0);
}
