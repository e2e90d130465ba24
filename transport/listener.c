#include "transport/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A free port taken for one address may be in use at the next: begin again this often. */
enum { FREE_PORT_TRIES = 16 };

static enum listen_status status_of(int error)
{
    switch (error) {
    case EADDRINUSE:
        return LISTEN_IN_USE;
    case EACCES:
    case EPERM:
        return LISTEN_NOT_PERMITTED;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
        return LISTEN_NOT_HERE;
    default:
        return LISTEN_REFUSED;
    }
}

static bool turn_on(int descriptor, int level, int option)
{
    const int on = 1;
    return setsockopt(descriptor, level, option, &on, sizeof on) == 0;
}

static void set_port(struct sockaddr *address, uint16_t port)
{
    if (address->sa_family == AF_INET6)
        ((struct sockaddr_in6 *)(void *)address)->sin6_port = htons(port);
    else
        ((struct sockaddr_in *)(void *)address)->sin_port = htons(port);
}

/* Writes down where a listener really is: the port may have been 0. */
static void describe(struct listener *listener)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    char text[INET6_ADDRSTRLEN] = "";
    getsockname(listener->descriptor, (struct sockaddr *)&bound, &size);
    if (bound.ss_family == AF_INET6) {
        const struct sockaddr_in6 *address = (const struct sockaddr_in6 *)&bound;
        inet_ntop(AF_INET6, &address->sin6_addr, text, sizeof text);
        snprintf(listener->host, sizeof listener->host, "[%s]", text);
        listener->port = ntohs(address->sin6_port);
    } else {
        const struct sockaddr_in *address = (const struct sockaddr_in *)&bound;
        inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
        snprintf(listener->host, sizeof listener->host, "%s", text);
        listener->port = ntohs(address->sin_port);
    }
}

/* SO_REUSEADDR: a restart must not wait for the old connections' TIME_WAIT. IPV6_V6ONLY: IPv4 has a
 * listener of its own. */
static enum listen_status open_one(struct listener *listener, const struct addrinfo *info)
{
    int descriptor = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return status_of(errno);
    bool ready = turn_on(descriptor, SOL_SOCKET, SO_REUSEADDR) &&
                 turn_on(descriptor, IPPROTO_TCP, TCP_NODELAY) &&
                 (info->ai_family != AF_INET6 || turn_on(descriptor, IPPROTO_IPV6, IPV6_V6ONLY)) &&
                 bind(descriptor, info->ai_addr, info->ai_addrlen) == 0 &&
                 listen(descriptor, SOMAXCONN) == 0;
    if (!ready) {
        enum listen_status status = status_of(errno);
        close(descriptor);
        return status;
    }
    listener->descriptor = descriptor;
    pthread_mutex_init(&listener->lock, NULL);
    describe(listener);
    return LISTEN_OPEN;
}

/* Some hosts files name an address twice. */
static bool is_listed(const struct listeners *listeners, const struct listener *listener)
{
    for (size_t i = 0; i < listeners->count; i++)
        if (strcmp(listeners->list[i].host, listener->host) == 0)
            return true;
    return false;
}

static enum listen_status open_address(struct listeners *listeners, const struct addrinfo *info,
                                       uint16_t *port)
{
    struct listener *listener = &listeners->list[listeners->count];
    struct listener wanted = {.descriptor = -1};
    char text[INET6_ADDRSTRLEN] = "";
    getnameinfo(info->ai_addr, info->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST);
    snprintf(wanted.host, sizeof wanted.host, info->ai_family == AF_INET6 ? "[%s]" : "%s", text);
    if (is_listed(listeners, &wanted))
        return LISTEN_OPEN;
    if (listeners->count == LISTENERS_MAX)
        return LISTEN_TOO_MANY;
    set_port(info->ai_addr, *port);
    enum listen_status status = open_one(listener, info);
    if (status == LISTEN_OPEN) {
        *port = listener->port;
        listeners->count++;
    }
    return status;
}

/* An address that this machine does not have is passed over if the host has another. */
static enum listen_status open_host(struct listeners *listeners, const char *host, uint16_t *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *addresses;
    bool any = false;
    if (getaddrinfo(host, NULL, &hints, &addresses) != 0)
        return LISTEN_NO_SUCH_HOST;
    enum listen_status status = LISTEN_OPEN;
    for (struct addrinfo *info = addresses; info != NULL; info = info->ai_next) {
        status = open_address(listeners, info, port);
        if (status != LISTEN_OPEN && status != LISTEN_NOT_HERE)
            break;
        any = any || status == LISTEN_OPEN;
        status = any ? LISTEN_OPEN : status;
    }
    freeaddrinfo(addresses);
    return status;
}

enum listen_status listeners_open(struct listeners *listeners, const char *const *hosts,
                                  size_t host_count, uint16_t port)
{
    enum listen_status status = LISTEN_NO_SUCH_HOST;
    for (int tries = 0; tries < FREE_PORT_TRIES; tries++) {
        uint16_t this_port = port;
        listeners->count = 0;
        status = LISTEN_OPEN;
        for (size_t i = 0; i < host_count && status == LISTEN_OPEN; i++)
            status = open_host(listeners, hosts[i], &this_port);
        if (status == LISTEN_OPEN)
            return status;
        listeners_close(listeners);
        if (status != LISTEN_IN_USE || port != 0)
            return status;
    }
    return status;
}

void listeners_close(struct listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++) {
        struct listener *listener = &listeners->list[i];
        if (listener->descriptor >= 0)
            close(listener->descriptor);
        pthread_mutex_destroy(&listener->lock);
    }
    listeners->count = 0;
}
