#include "transport/internal.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Locked before; unlocked, and no longer the caller's, after. */
static void close_connection(struct transport *transport, struct connection *connection)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    int descriptor = connection->descriptor;
    transport_forget_parked(transport, connection);
    if (connection->file >= 0)
        close(connection->file);
    if (connection->reset)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    connection->file = connection->descriptor = -1;
    connection->seat = NULL;
    close(descriptor);
    pthread_mutex_unlock(&connection->lock);
    transport_return_slot(transport, connection);
    if (atomic_exchange(&transport->paused, false))
        transport_arm_listeners(transport);
}

/* Arming is the last touch: from then on another worker may have the connection. */
static void unlock_and_arm(struct transport *transport, struct connection *connection,
                           int operation)
{
    int descriptor = connection->descriptor;
    uint32_t events = wait_events((enum wait)connection->wait) | EPOLLONESHOT;
    pthread_mutex_unlock(&connection->lock);
    if (transport_watch(transport, operation, descriptor, events,
                        transport_slot(transport, connection)))
        return;
    pthread_mutex_lock(&connection->lock);
    close_connection(transport, connection);
}

/* What accept4(2) calls errors of the network: that one connection is lost, the next may do. */
static bool only_this_one_failed(int error)
{
    return error != EMFILE && error != ENFILE && error != ENOBUFS && error != ENOMEM;
}

static void start_connection(const struct transport *transport, struct connection *connection,
                             int descriptor, const struct sockaddr_storage *peer)
{
    const struct sockaddr_in *peer4 = (const struct sockaddr_in *)peer;
    const struct sockaddr_in6 *peer6 = (const struct sockaddr_in6 *)peer;
    size_t behind_lock = offsetof(struct connection, descriptor);
    memset((char *)connection + behind_lock, 0, sizeof *connection - behind_lock);
    connection->descriptor = descriptor;
    connection->file = -1;
    connection->peer_family = (uint8_t)peer->ss_family;
    if (peer->ss_family == AF_INET6)
        memcpy(connection->peer_address, &peer6->sin6_addr, sizeof peer6->sin6_addr);
    else
        memcpy(connection->peer_address, &peer4->sin_addr, sizeof peer4->sin_addr);
    connection->wait = WAIT_FIRST_OCTET;
    connection->start = connection->message_start = connection->last_moved = wait_clock();
    connection->deadline =
        wait_deadline(connection->start, transport->options.limits[WAIT_FIRST_OCTET]);
}

enum io_status transport_accept_one(struct transport *transport, struct listener *listener)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    struct connection *connection = transport_take_slot(transport);
    if (connection == NULL)
        return IO_FAILED;
    int descriptor = accept4(listener->descriptor, (struct sockaddr *)&peer, &size,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
        int error = errno;
        transport_return_slot(transport, connection);
        if (error == EAGAIN || error == EWOULDBLOCK)
            return IO_BLOCKED;
        return only_this_one_failed(error) ? IO_DONE : IO_FAILED;
    }
    pthread_mutex_lock(&connection->lock);
    start_connection(transport, connection, descriptor, &peer);
    unlock_and_arm(transport, connection, EPOLL_CTL_ADD);
    return IO_DONE;
}

/* When the system is out of descriptors, or the table full, the listener stays unarmed: an armed
 * one would be ready at once, and again, for nothing. A close or a tick arms it. */
static void serve_listener(struct transport *transport, size_t index)
{
    struct listener *listener = &transport->listeners->list[index];
    enum io_status status = IO_DONE;
    pthread_mutex_lock(&listener->lock);
    if (listener->descriptor >= 0) {
        for (int i = 0; i < TRANSPORT_ACCEPTS_A_TURN && status == IO_DONE; i++)
            status = transport_accept_one(transport, listener);
        if (status == IO_FAILED)
            atomic_store(&transport->paused, true);
        else
            transport_watch(transport, EPOLL_CTL_MOD, listener->descriptor, EPOLLIN | EPOLLONESHOT,
                            transport->options.max_connections + index);
    }
    pthread_mutex_unlock(&listener->lock);
}

static void seat_connection(struct transport *transport, struct connection *connection,
                            struct seat *seat)
{
    seat->now = wait_clock();
    connection->seat = seat;
    connection->message_ended = false;
    connection->input_start = connection->output_start = 0;
    if (connection->parked == NULL)
        return;
    memcpy(seat->input, connection->parked, connection->input_length);
    memcpy(seat->output, connection->parked + connection->input_length, connection->output_length);
    transport_forget_parked(transport, connection);
}

struct connection *transport_next_ready(struct transport *transport, struct seat *seat)
{
    for (;;) {
        struct epoll_event event;
        if (epoll_wait(transport->epoll, &event, 1, -1) != 1)
            continue; /* EINTR */
        if (event.data.u64 == EVENT_STOP)
            return NULL;
        if (event.data.u64 >= transport->options.max_connections) {
            serve_listener(transport, event.data.u64 - transport->options.max_connections);
            continue;
        }
        struct connection *connection = &transport->table[event.data.u64];
        pthread_mutex_lock(&connection->lock);
        seat_connection(transport, connection, seat);
        return connection;
    }
}

/* Keeps exactly the octets that are unread and unsent. False: the bound is reached. */
static bool park(struct transport *transport, struct connection *connection)
{
    struct seat *seat = connection->seat;
    size_t need = connection->input_length + connection->output_length;
    connection->seat = NULL;
    if (need == 0)
        return true;
    if (!transport_reserve(transport, need))
        return false;
    connection->parked = malloc(need);
    if (connection->parked == NULL) {
        transport_release(transport, need);
        return false;
    }
    memcpy(connection->parked, seat->input + connection->input_start, connection->input_length);
    memcpy(connection->parked + connection->input_length, seat->output + connection->output_start,
           connection->output_length);
    return true;
}

/* Octets moved in the direction that the wait is about. Sent is not enough: the kernel takes what
 * the peer may never read. SIOCOUTQ says what it has not acknowledged. */
uint64_t transport_octets_moved(const struct connection *connection, enum wait wait)
{
    int unacknowledged = 0;
    if (wait == WAIT_CONTENT)
        return connection->received;
    if (ioctl(connection->descriptor, SIOCOUTQ, &unacknowledged) != 0 || unacknowledged < 0)
        return connection->sent;
    return connection->sent - (uint64_t)unacknowledged;
}

/* The clock goes on as long as the wait is the same and for the same message. */
static void set_wait(struct transport *transport, struct connection *connection, enum wait wait)
{
    int64_t limit = transport->options.limits[wait];
    int64_t now = connection->seat->now;
    if (wait == WAIT_HEAD) {
        connection->start = connection->message_start;
    } else if (wait != connection->wait || connection->message_ended) {
        connection->start = now;
        if (wait_counts_progress(wait)) {
            connection->last_moved = now;
            connection->octets_at_start = transport_octets_moved(connection, wait);
            connection->octets_seen = connection->octets_at_start;
        }
    } else {
        return;
    }
    connection->wait = (uint8_t)wait;
    connection->deadline = wait_deadline(connection->start, limit);
}

void transport_give_back(struct transport *transport, struct connection *connection, enum wait wait)
{
    if (wait != WAIT_CLOSE)
        set_wait(transport, connection, wait);
    if (wait == WAIT_CLOSE || !park(transport, connection))
        close_connection(transport, connection);
    else
        unlock_and_arm(transport, connection, EPOLL_CTL_MOD);
}
