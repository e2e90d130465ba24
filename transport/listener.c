#include "transport/listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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

static bool turn_on(int descriptor, int level, int option)
{
    const int on = 1;
    return setsockopt(descriptor, level, option, &on, sizeof on) == 0;
}

/* Writes down an address as it stands in a URL. */
static void describe(struct listener *listener, const struct sockaddr *address, socklen_t size)
{
    char host[INET6_ADDRSTRLEN] = "";
    char port[8] = "0";
    getnameinfo(
        address, size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(listener->host, sizeof listener->host, address->sa_family == AF_INET6 ? "[%s]" : "%s",
        host);
    listener->port = (uint16_t)atoi(port);
}

/* SO_REUSEADDR: a restart must not wait for the old connections' TIME_WAIT. IPV6_V6ONLY: IPv4 has a
 * listener of its own. */
static enum listen_status open_one(struct listener *listener, const struct addrinfo *info)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    int family = info->ai_family;
    int descriptor = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return status_of(errno);
    if (!turn_on(descriptor, SOL_SOCKET, SO_REUSEADDR) ||
        !turn_on(descriptor, IPPROTO_TCP, TCP_NODELAY) ||
        (family == AF_INET6 && !turn_on(descriptor, IPPROTO_IPV6, IPV6_V6ONLY)) ||
        bind(descriptor, info->ai_addr, info->ai_addrlen) != 0 ||
        listen(descriptor, SOMAXCONN) != 0 ||
        getsockname(descriptor, (struct sockaddr *)&bound, &size) != 0) {
        enum listen_status status = status_of(errno);
        close(descriptor);
        return status;
    }
    listener->descriptor = descriptor;
    pthread_mutex_init(&listener->lock, NULL);
    describe(listener, (struct sockaddr *)&bound, size);
    return LISTEN_OPEN;
}

static enum listen_status open_address(
    struct listeners *listeners, const struct addrinfo *info, uint16_t *port)
{
    struct listener wanted;
    describe(&wanted, info->ai_addr, info->ai_addrlen);
    for (size_t i = 0; i < listeners->count; i++)
        if (strcmp(listeners->list[i].host, wanted.host) == 0)
            return LISTEN_OPEN; /* some hosts files name an address twice */
    if (listeners->count == LISTENERS_MAX) return LISTEN_TOO_MANY;
    /* The port stands at the same place in a sockaddr_in and a sockaddr_in6. */
    ((struct sockaddr_in *)(void *)info->ai_addr)->sin_port = htons(*port);
    enum listen_status status = open_one(&listeners->list[listeners->count], info);
    if (status == LISTEN_OPEN) *port = listeners->list[listeners->count++].port;
    return status;
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
        if (status != LISTEN_OPEN || this_status != LISTEN_NOT_HERE) status = this_status;
        if (status != LISTEN_OPEN && status != LISTEN_NOT_HERE) break;
    }
    freeaddrinfo(addresses);
    return status;
}

enum listen_status listeners_open(
    struct listeners *listeners, const char *const *hosts, size_t host_count, uint16_t port)
{
    for (int tries = 1;; tries++) {
        uint16_t this_port = port;
        enum listen_status status = LISTEN_OPEN;
        listeners->count = 0;
        for (size_t i = 0; i < host_count && status == LISTEN_OPEN; i++)
            status = open_host(listeners, hosts[i], &this_port);
        if (status == LISTEN_OPEN) return status;
        listeners_close(listeners);
        if (status != LISTEN_IN_USE || port != 0 || tries == FREE_PORT_TRIES) return status;
    }
}

void listeners_close(struct listeners *listeners)
{
    for (; listeners->count > 0; listeners->count--) {
        struct listener *listener = &listeners->list[listeners->count - 1];
        if (listener->descriptor >= 0) close(listener->descriptor);
        pthread_mutex_destroy(&listener->lock);
    }
}
