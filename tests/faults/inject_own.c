/* The wrappers of calls that move octets, that wait, that take any number of arguments, or that
 * change the rights of the whole process. */
#include "tests/faults/inject.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DECLARE(type, name, parameters)                                                            \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters

DECLARE(int, accept4, (int fd, struct sockaddr *address, socklen_t *size, int flags));
DECLARE(int, clock_gettime, (clockid_t clock, struct timespec *now));
DECLARE(int, epoll_wait, (int set, struct epoll_event *events, int most, int timeout));
DECLARE(int, fcntl, (int fd, int command, ...));
DECLARE(uid_t, geteuid, (void));
DECLARE(int, getsockname, (int fd, struct sockaddr *address, socklen_t *size));
DECLARE(int, ioctl, (int fd, unsigned long request, ...));
DECLARE(int, open, (const char *path, int flags, ...));
DECLARE(int, openat, (int at, const char *path, int flags, ...));
DECLARE(
    int, ppoll, (struct pollfd * set, nfds_t count, const struct timespec *, const sigset_t *mask));
DECLARE(int, prctl, (int option, ...));
DECLARE(ssize_t, pread, (int fd, void *to, size_t length, off_t offset));
DECLARE(ssize_t, recv, (int fd, void *to, size_t length, int flags));
DECLARE(ssize_t, send, (int fd, const void *from, size_t length, int flags));
DECLARE(ssize_t, sendfile, (int to, int from, off_t *offset, size_t length));
DECLARE(int, setgid, (gid_t group));
DECLARE(int, setgroups, (size_t count, const gid_t *groups));
DECLARE(int, setuid, (uid_t user));
DECLARE(long, syscall, (long number, ...));
int __wrap_dprintf(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool fails(enum call call)
{
    return inject_interrupts(call) || inject(call);
}

int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *size, int flags)
{
    int accepted = fails(CALL_accept4) ? -1 : __real_accept4(fd, address, size, flags);
    int send_buffer = inject_page == NULL ? 0 : atomic_load(&inject_page->send_buffer);
    if (accepted >= 0 && send_buffer > 0)
        setsockopt(accepted, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
    if (accepted >= 0 && inject_page != NULL) atomic_fetch_add(&inject_page->accepted, 1);
    return accepted;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = __real_clock_gettime(clock, now);
    if (clock != CLOCK_MONOTONIC || inject_page == NULL) return result;
    now->tv_sec += (time_t)(atomic_load(&inject_page->clock_ahead) / 1000000000);
    return result;
}

int __wrap_dprintf(int fd, const char *format, ...)
{
    va_list arguments;
    if (inject(CALL_dprintf)) return -1;
    va_start(arguments, format);
    int result = vdprintf(fd, format, arguments);
    va_end(arguments);
    return result;
}

int __wrap_epoll_wait(int set, struct epoll_event *events, int most, int timeout)
{
    if (fails(CALL_epoll_wait)) return -1;
    if (inject_page != NULL) atomic_fetch_add(&inject_page->waiting, 1);
    int result = __real_epoll_wait(set, events, most, timeout);
    if (inject_page == NULL) return result;
    atomic_fetch_sub(&inject_page->waiting, 1);
    if (result == 1) atomic_fetch_add(&inject_page->turns, 1);
    return result;
}

int __wrap_fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    int argument = va_arg(arguments, int);
    va_end(arguments);
    return inject(CALL_fcntl) ? -1 : __real_fcntl(fd, command, argument);
}

int __wrap_getsockname(int fd, struct sockaddr *address, socklen_t *size)
{
    int result = inject(CALL_getsockname) ? -1 : __real_getsockname(fd, address, size);
    const struct sockaddr_in *named = (const void *)address;
    if (result == 0 && inject_page != NULL)
        atomic_store(&inject_page->port, ntohs(named->sin_port));
    return result;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return inject(CALL_ioctl) ? -1 : __real_ioctl(fd, request, argument);
}

int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return inject(CALL_open) ? -1 : __real_open(path, flags, mode);
}

int __wrap_openat(int at, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return inject(CALL_openat) ? -1 : __real_openat(at, path, flags, mode);
}

/* While calls are interrupted only a signal wakes the timekeeper: nothing may wait for its tick. */
int __wrap_ppoll(
    struct pollfd *set, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    if (fails(CALL_ppoll)) return -1;
    bool for_ever = inject_page != NULL && atomic_load(&inject_page->interrupts);
    if (inject_page != NULL) atomic_store(&inject_page->sleeps, true);
    int result = __real_ppoll(set, count, for_ever ? NULL : timeout, mask);
    if (inject_page == NULL) return result;
    atomic_store(&inject_page->sleeps, false);
    if (result < 0) atomic_fetch_add(&inject_page->signals, 1);
    return result;
}

static bool pretends(void)
{
    return inject_page != NULL && atomic_load(&inject_page->pretends);
}

int __wrap_prctl(int option, ...)
{
    va_list arguments;
    va_start(arguments, option);
    unsigned long argument = va_arg(arguments, unsigned long);
    va_end(arguments);
    if (inject(CALL_prctl)) return -1;
    return pretends() ? 0 : __real_prctl(option, argument, 0, 0, 0);
}

ssize_t __wrap_pread(int fd, void *to, size_t length, off_t offset)
{
    return fails(CALL_pread) ? -1 : __real_pread(fd, to, inject_piece(length), offset);
}

ssize_t __wrap_recv(int fd, void *to, size_t length, int flags)
{
    return fails(CALL_recv) ? -1 : __real_recv(fd, to, inject_piece(length), flags);
}

/* That of the log is not interrupted, for signals are let in by ppoll alone. */
ssize_t __wrap_send(int fd, const void *from, size_t length, int flags)
{
    bool of_log = flags & MSG_DONTWAIT;
    return (of_log ? inject(CALL_send) : fails(CALL_send))
        ? -1
        : __real_send(fd, from, inject_piece(length), flags);
}

ssize_t __wrap_sendfile(int to, int from, off_t *offset, size_t length)
{
    return fails(CALL_sendfile) ? -1 : __real_sendfile(to, from, offset, inject_piece(length));
}

int __wrap_setgid(gid_t group)
{
    return inject(CALL_setgid) ? -1 : pretends() ? 0 : __real_setgid(group);
}

int __wrap_setgroups(size_t count, const gid_t *groups)
{
    return inject(CALL_setgroups) ? -1 : pretends() ? 0 : __real_setgroups(count, groups);
}

static uid_t pretended_user; /* at first root */

uid_t __wrap_geteuid(void)
{
    return pretends() ? pretended_user : __real_geteuid();
}

/* There is no way back. */
int __wrap_setuid(uid_t user)
{
    if (inject(CALL_setuid)) return -1;
    if (!pretends()) return __real_setuid(user);
    if (user == 0) return -1;
    pretended_user = user;
    return 0;
}

/* A ruleset is a descriptor. */
static long pretend_landlock(long number, const void *attributes)
{
    const int newest_known = 3;
    if (number != SYS_landlock_create_ruleset) return 0;
    return attributes == NULL ? newest_known : dup(STDERR_FILENO);
}

long __wrap_syscall(long number, ...)
{
    va_list arguments;
    long argument[4];
    va_start(arguments, number);
    for (int i = 0; i < 4; i++) argument[i] = va_arg(arguments, long);
    va_end(arguments);
    if (number == SYS_openat2 ? fails(CALL_syscall) : inject(CALL_syscall)) return -1;
    if (number != SYS_openat2 && pretends())
        return pretend_landlock(number, (const void *)argument[0]); /* NOLINT */
    return __real_syscall(number, argument[0], argument[1], argument[2], argument[3]);
}
