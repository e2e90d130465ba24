/* wrapped.h: the calls that the linker puts in the place of the real ones (see calls.h). A program
 * is one translation unit, so they are defined here. */
#pragma once

#include "tests/support/calls.h"
#include "transport/internal.h"

/* The sanitizer takes epoll_ctl(EPOLL_CTL_MOD) for no hand-over, and so the close() of the worker
 * that has the event for a race with it. Nothing else is touched inside the call. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:epoll_ctl\n";
}

int __real_accept4(int descriptor, struct sockaddr *peer, socklen_t *size, int flags);
int __real_close(int descriptor);
int __real_epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event *event);
int __real_epoll_wait(int epoll, struct epoll_event *events, int most, int timeout);
void *__real_malloc(size_t size);
ssize_t __real_recv(int descriptor, void *buffer, size_t length, int flags);
ssize_t __real_send(int descriptor, const void *octets, size_t length, int flags);
ssize_t __real_sendfile(int descriptor, int file, off_t *offset, size_t length);
int __real_shutdown(int descriptor, int how);
int64_t __real_wait_clock(void);

int __wrap_accept4(int descriptor, struct sockaddr *peer, socklen_t *size, int flags);
int __wrap_accept4(int descriptor, struct sockaddr *peer, socklen_t *size, int flags)
{
    int result = -1;
    call_is_about(descriptor);
    if (!call_begins(CALL_ACCEPT)) result = __real_accept4(descriptor, peer, size, flags);
    gate_stop(CALL_ACCEPT, GATE_AFTER);
    return result;
}

int __wrap_close(int descriptor);
int __wrap_close(int descriptor)
{
    int result = -1;
    call_is_about(descriptor);
    if (!call_begins(CALL_CLOSE)) result = __real_close(descriptor);
    gate_stop(CALL_CLOSE, GATE_AFTER);
    return result;
}

int __wrap_epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event *event)
{
    int result = -1;
    call_is_about(descriptor);
    if (!call_begins(CALL_EPOLL_CTL))
        result = __real_epoll_ctl(epoll, operation, descriptor, event);
    gate_stop(CALL_EPOLL_CTL, GATE_AFTER);
    return result;
}

/* When nothing comes for so long, the worker is told to stop: next_ready returns NULL. */
int __wrap_epoll_wait(int epoll, struct epoll_event *events, int most, int timeout);
int __wrap_epoll_wait(int epoll, struct epoll_event *events, int most, int timeout)
{
    (void)timeout;
    int count = -1;
    if (!call_begins(CALL_EPOLL_WAIT))
        count = __real_epoll_wait(
            epoll, events, most, own_patience >= 0 ? own_patience : PATIENCE * 1000);
    if (count == 0) {
        *events = (struct epoll_event){.events = EPOLLIN, .data.u64 = EVENT_STOP};
        count = 1;
    }
    gate_stop(CALL_EPOLL_WAIT, GATE_AFTER);
    return count;
}

void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return call_begins(CALL_MALLOC) ? NULL : __real_malloc(size);
}

ssize_t __wrap_recv(int descriptor, void *buffer, size_t length, int flags);
ssize_t __wrap_recv(int descriptor, void *buffer, size_t length, int flags)
{
    if (call_begins(CALL_RECV)) return -1;
    return __real_recv(descriptor, buffer, call_allows(CALL_RECV, length), flags);
}

ssize_t __wrap_send(int descriptor, const void *octets, size_t length, int flags);
ssize_t __wrap_send(int descriptor, const void *octets, size_t length, int flags)
{
    if (call_begins(CALL_SEND)) return -1;
    errno = EAGAIN;
    length = call_allows(CALL_SEND, length);
    return length == 0 ? -1 : call_moved(CALL_SEND, __real_send(descriptor, octets, length, flags));
}

ssize_t __wrap_sendfile(int descriptor, int file, off_t *offset, size_t length);
ssize_t __wrap_sendfile(int descriptor, int file, off_t *offset, size_t length)
{
    if (call_begins(CALL_SENDFILE)) return -1;
    errno = EAGAIN;
    length = call_allows(CALL_SENDFILE, length);
    if (length == 0) return -1;
    if (atomic_load(&calls[CALL_SENDFILE].pretends)) {
        *offset += (off_t)length;
        return call_moved(CALL_SENDFILE, (ssize_t)length);
    }
    return call_moved(CALL_SENDFILE, __real_sendfile(descriptor, file, offset, length));
}

int __wrap_shutdown(int descriptor, int how);
int __wrap_shutdown(int descriptor, int how)
{
    int result = -1;
    call_is_about(descriptor);
    if (!call_begins(CALL_SHUTDOWN)) result = __real_shutdown(descriptor, how);
    gate_stop(CALL_SHUTDOWN, GATE_AFTER);
    return result;
}

int64_t __wrap_wait_clock(void);
int64_t __wrap_wait_clock(void)
{
    if (clock_hook != NULL) clock_hook();
    int64_t now = atomic_load(&clock_now);
    return now == INT64_MIN ? __real_wait_clock() : now;
}
