/* listening.h: for the tests of listener.h: bind(2) that fails on demand, and an eye on descriptors
 * that are left behind. */
#pragma once

#include "tests/transport/client.h"
#include "transport/listener.h"

enum { ANY_PORT = 0 };

/* How bind(2) fails for one family: so many times, after it was let through so often. */
static struct {
    int family;
    int error;
    int times;
    int passes;
} bind_fails;

int __real_bind(int descriptor, const struct sockaddr *address, socklen_t size);
int __wrap_bind(int descriptor, const struct sockaddr *address, socklen_t size);
int __wrap_bind(int descriptor, const struct sockaddr *address, socklen_t size)
{
    if (bind_fails.times <= 0 || address->sa_family != bind_fails.family || bind_fails.passes-- > 0)
        return __real_bind(descriptor, address, size);
    bind_fails.times--;
    errno = bind_fails.error;
    return -1;
}

static inline void fail_bind(int family, int error, int times)
{
    bind_fails.family = family;
    bind_fails.error = error;
    bind_fails.times = times;
    bind_fails.passes = 0;
}

/* Opens, and if that fails sees to it that no descriptor is left. */
static inline enum listen_status open_hosts(
    struct listeners *listeners, const char *const *hosts, size_t count, uint16_t port)
{
    size_t before = descriptors_open();
    enum listen_status status = listeners_open(listeners, hosts, count, port);
    /* What was opened before it failed is closed again. */
    if (status != LISTEN_OPEN) assert_int_equal(descriptors_open(), before);
    fail_bind(0, 0, 0);
    return status;
}

static inline enum listen_status open_host(
    struct listeners *listeners, const char *host, uint16_t port)
{
    return open_hosts(listeners, &host, 1, port);
}
