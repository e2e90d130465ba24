#include "transport/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A free port taken for one address may be in use at the next: begin again this often. */
enum { FREE_PORT_TRIES = 16 };

static enum listen_status status_of(int error)
{
    if (error == EADDRINUSE) return LISTEN_IN_USE;
    if (error == EACCES || error == EPERM) return LISTEN_NOT_PERMITTED;
    bool elsewhere = error == EADDRNOTAVAIL || error == EAFNOSUPPORT;
    return elsewhere ? LISTEN_NOT_HERE : LISTEN_REFUSED;
}

/* SO_REUSEADDR: a restart must not wait for the old connections' TIME_WAIT. IPV6_V6ONLY: IPv4 has a
 * listener of its own. */
static bool set_options(int fd, int family)
{
    const int on = 1;
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
        (family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0);
}

static void write_host(const struct sockaddr *address, socklen_t size, char *host)
{
    char digits[INET6_ADDRSTRLEN] = "";
    getnameinfo(address, size, digits, sizeof digits, NULL, 0, NI_NUMERICHOST);
    snprintf(host, LISTENER_HOST_SIZE, address->sa_family == AF_INET6 ? "[%s]" : "%s", digits);
}

/* The port stands at the same place in a sockaddr_in and a sockaddr_in6. */
static struct listener *add(
    struct listeners *listeners, int descriptor, const struct sockaddr *address, socklen_t size)
{
    struct listener *listener = &listeners->list[listeners->count++];
    const struct sockaddr_in *either = (const struct sockaddr_in *)(const void *)address;
    *listener = (struct listener){.descriptor = descriptor, .port = ntohs(either->sin_port)};
    write_host(address, size, listener->host);
    pthread_mutex_init(&listener->lock, NULL);
    return listener;
}

static enum listen_status open_address(
    struct listeners *listeners, const struct addrinfo *info, uint16_t *port)
{
    struct sockaddr_in *address = (struct sockaddr_in *)(void *)info->ai_addr;
    socklen_t size = info->ai_addrlen;
    char host[LISTENER_HOST_SIZE];
    write_host(info->ai_addr, size, host);
    for (size_t i = 0; i < listeners->count; i++) /* some hosts files name an address twice */
        if (strcmp(listeners->list[i].host, host) == 0) return LISTEN_OPEN;
    if (listeners->count == LISTENERS_MAX) return LISTEN_TOO_MANY;
    int descriptor = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    address->sin_port = htons(*port);
    if (descriptor < 0 || !set_options(descriptor, info->ai_family) ||
        bind(descriptor, info->ai_addr, size) != 0 || listen(descriptor, SOMAXCONN) != 0 ||
        getsockname(descriptor, info->ai_addr, &size) != 0) {
        enum listen_status status = status_of(errno);
        if (descriptor >= 0) close(descriptor);
        return status;
    }
    *port = add(listeners, descriptor, info->ai_addr, size)->port;
    return LISTEN_OPEN;
}

/* An address that this machine does not have is passed over if the host has another. */
static enum listen_status open_host(struct listeners *listeners, const char *host, uint16_t *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *addresses;
    enum listen_status status = LISTEN_NOT_HERE;
    if (getaddrinfo(host, NULL, &hints, &addresses) != 0) return LISTEN_NO_SUCH_HOST;
    for (struct addrinfo *info = addresses; info != NULL; info = info->ai_next) {
        enum listen_status this_status = open_address(listeners, info, port);
        if (this_status != LISTEN_NOT_HERE) status = this_status;
        if (status != LISTEN_OPEN && status != LISTEN_NOT_HERE) break;
    }
    freeaddrinfo(addresses);
    return status;
}

/* Both loopback addresses, whatever the hosts file says (RFC 6761 §6.3); one may be missing. */
static enum listen_status open_localhost(struct listeners *listeners, uint16_t *port)
{
    enum listen_status four = open_host(listeners, "127.0.0.1", port);
    if (four != LISTEN_OPEN && four != LISTEN_NOT_HERE) return four;
    enum listen_status six = open_host(listeners, "::1", port);
    return six == LISTEN_NOT_HERE ? four : six;
}

enum listen_status listeners_open(
    struct listeners *listeners, const char *const *hosts, size_t host_count, uint16_t port)
{
    for (int tries = 1;; tries++) {
        uint16_t this_port = port;
        enum listen_status status = LISTEN_OPEN;
        listeners->count = 0;
        for (size_t i = 0; i < host_count && status == LISTEN_OPEN; i++)
            status = strcmp(hosts[i], "localhost") == 0
                ? open_localhost(listeners, &this_port)
                : open_host(listeners, hosts[i], &this_port);
        if (status == LISTEN_OPEN) return status;
        listeners_close(listeners);
        if (status != LISTEN_IN_USE || port != 0 || tries == FREE_PORT_TRIES) return status;
    }
}

static bool socket_option(int descriptor, int option, int wanted)
{
    int value;
    socklen_t size = sizeof value;
    return getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 && value == wanted;
}

static enum listen_status adopt(struct listeners *listeners, int descriptor)
{
    const int on = 1;
    struct sockaddr_in6 address = {0};
    struct sockaddr *name = (struct sockaddr *)(void *)&address;
    socklen_t size = sizeof address;
    if (!socket_option(descriptor, SO_ACCEPTCONN, 1) ||
        !socket_option(descriptor, SO_PROTOCOL, IPPROTO_TCP) ||
        getsockname(descriptor, name, &size) != 0)
        return LISTEN_NOT_LISTENING;
    if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(descriptor, F_SETFL, O_NONBLOCK) != 0 ||
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        return LISTEN_REFUSED;
    add(listeners, descriptor, name, size)->adopted = true;
    return LISTEN_OPEN;
}

enum listen_status listeners_adopt(struct listeners *listeners, int first, int count)
{
    enum listen_status status = count > LISTENERS_MAX ? LISTEN_TOO_MANY : LISTEN_OPEN;
    listeners->count = 0;
    for (int i = 0; i < count && status == LISTEN_OPEN; i++) status = adopt(listeners, first + i);
    if (status != LISTEN_OPEN) listeners_close(listeners);
    return status;
}

void listeners_close(struct listeners *listeners)
{
    for (; listeners->count > 0; listeners->count--) {
        struct listener *listener = &listeners->list[listeners->count - 1];
        if (listener->descriptor >= 0) close(listener->descriptor);
        pthread_mutex_destroy(&listener->lock);
    }
}
