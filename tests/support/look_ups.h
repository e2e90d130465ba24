/* look_ups.h: openat2(2) fails on demand; for programs that are linked with --wrap=syscall. */
#ifndef STRATA_TESTS_SUPPORT_LOOK_UPS_H
#define STRATA_TESTS_SUPPORT_LOOK_UPS_H

#include "tests/support/test.h"

#include <errno.h>
#include <sys/syscall.h>

static struct look_ups {
    int error;    /* what the next calls fail with */
    int passes;   /* how many do not fail before that */
    int failures; /* how many fail then */
    int calls;
    void (*meanwhile)(void); /* done during the next call, once; NULL: nothing */
} look_ups;

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
    va_list list;
    long arguments[4];
    va_start(list, number);
    for (size_t i = 0; i < COUNT(arguments); i++) arguments[i] = va_arg(list, long);
    va_end(list);
    void (*meanwhile)(void) = number == SYS_openat2 ? look_ups.meanwhile : NULL;
    if (meanwhile != NULL) look_ups.meanwhile = NULL;
    if (meanwhile != NULL) meanwhile();
    if (number == SYS_openat2) look_ups.calls++;
    if (number != SYS_openat2 || look_ups.failures == 0 || look_ups.passes-- > 0)
        return __real_syscall(number, arguments[0], arguments[1], arguments[2], arguments[3]);
    look_ups.failures--;
    errno = look_ups.error;
    return -1;
}

#endif
