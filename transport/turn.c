/* The workers' turns: a connection is taken when it is ready, and given back with what to wait for.
 */
#include "transport/internal.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

void transport_forget_parked(struct transport *transport, struct connection *connection)
{
    if (connection->parked == NULL) return;
    transport_release(transport, connection->input_length + connection->output_length);
    free(connection->parked);
    connection->parked = NULL;
}

/* Locked before; unlocked, and no longer the caller's, after. */
static void close_connection(struct transport *transport, struct connection *connection)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    int descriptor = connection->descriptor;
    transport_forget_parked(transport, connection);
    if (connection->file >= 0) close(connection->file);
    if (connection->reset) setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    connection->file = connection->descriptor = -1;
    close(descriptor);
    pthread_mutex_unlock(&connection->lock);
    transport_return_slot(transport, connection);
}

/* Arming is the last touch: from then on another worker may have the connection. False: it could
 * not be armed, and is closed. */
static bool unlock_and_arm(
    struct transport *transport, struct connection *connection, int operation)
{
    int descriptor = connection->descriptor;
    uint32_t events = wait_events((enum wait)connection->wait) | EPOLLONESHOT;
    uint32_t slot = transport_slot(transport, connection);
    pthread_mutex_unlock(&connection->lock);
    if (transport_watch(transport, operation, descriptor, events, slot)) return true;
    pthread_mutex_lock(&connection->lock);
    close_connection(transport, connection);
    return false;
}

/* accept4(2): errors of the network or of that one connection; the next may do. */
static bool only_this_one_failed(int error)
{
    return error == ECONNABORTED || error == EPROTO || error == ENETDOWN || error == ENOPROTOOPT ||
        error == EHOSTDOWN || error == ENONET || error == EHOSTUNREACH || error == EOPNOTSUPP ||
        error == ENETUNREACH || error == EPERM || error == EINTR;
}

enum io_status transport_accept_one(struct transport *transport, struct listener *listener)
{
    const size_t behind_lock = offsetof(struct connection, descriptor);
    struct connection *connection = transport_take_slot(transport);
    if (connection == NULL) return IO_FAILED;
    pthread_mutex_lock(&connection->lock);
    memset((char *)connection + behind_lock, 0, sizeof *connection - behind_lock);
    socklen_t size = sizeof connection->peer; /* enough for the two families that listen */
    connection->file = -1;
    connection->wait = WAIT_FIRST_OCTET;
    connection->start = connection->message_start = wait_clock();
    connection->deadline =
        wait_deadline(connection->start, transport->options.limits[WAIT_FIRST_OCTET]);
    connection->descriptor = accept4(listener->descriptor,
        (struct sockaddr *)(void *)&connection->peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection->descriptor >= 0)
        return unlock_and_arm(transport, connection, EPOLL_CTL_ADD) ? IO_DONE : IO_FAILED;
    int error = errno;
    pthread_mutex_unlock(&connection->lock);
    transport_return_slot(transport, connection);
    if (error == EAGAIN || error == EWOULDBLOCK) return IO_BLOCKED;
    return only_this_one_failed(error) ? IO_DONE : IO_FAILED;
}

/* When the system is out of descriptors, or the table full, the listener stays unarmed: an armed
 * one would be ready at once, and again, for nothing. A close or a tick arms it. */
static void serve_listener(struct transport *transport, size_t index)
{
    struct listener *listener = &transport->listeners->list[index];
    enum io_status status = IO_DONE;
    pthread_mutex_lock(&listener->lock);
    for (int i = 0; i < TRANSPORT_ACCEPTS_A_TURN && listener->descriptor >= 0; i++)
        if ((status = transport_accept_one(transport, listener)) != IO_DONE) break;
    if (status == IO_FAILED)
        atomic_store(&transport->paused, true);
    else if (listener->descriptor >= 0)
        transport_watch(transport, EPOLL_CTL_MOD, listener->descriptor, EPOLLIN | EPOLLONESHOT,
            transport->options.max_connections + index);
    pthread_mutex_unlock(&listener->lock);
}

void transport_seat(struct transport *transport, struct connection *connection, struct seat *seat)
{
    seat->now = wait_clock();
    connection->seat = seat;
    connection->message_ended = false;
    seat->input_start = seat->output_start = 0;
    if (connection->parked == NULL) return;
    memcpy(seat->input, connection->parked, connection->input_length);
    memcpy(seat->output, connection->parked + connection->input_length, connection->output_length);
    transport_forget_parked(transport, connection);
}

struct connection *transport_next_ready(struct transport *transport, struct seat *seat)
{
    const uint32_t first_listener = transport->options.max_connections;
    for (;;) {
        struct epoll_event event;
        if (epoll_wait(transport->epoll, &event, 1, -1) != 1) continue; /* EINTR */
        if (event.data.u64 == EVENT_STOP) return NULL;
        if (event.data.u64 >= first_listener) {
            serve_listener(transport, event.data.u64 - first_listener);
            continue;
        }
        struct connection *connection = &transport->table[event.data.u64];
        pthread_mutex_lock(&connection->lock);
        transport_seat(transport, connection, seat);
        return connection;
    }
}

/* Keeps exactly the octets that are unread and unsent. False: there is no memory for them. */
static bool park(struct transport *transport, struct connection *connection)
{
    struct seat *seat = connection->seat;
    size_t need = connection->input_length + connection->output_length;
    if (need == 0) return true;
    if (!transport_reserve(transport, need)) return false;
    connection->parked = malloc(need);
    if (connection->parked == NULL) {
        transport_release(transport, need);
        return false;
    }
    memcpy(connection->parked, seat->input + seat->input_start, connection->input_length);
    memcpy(connection->parked + connection->input_length, seat->output + seat->output_start,
        connection->output_length);
    return true;
}

/* Sent is not enough: the kernel takes what the peer may never read. SIOCOUTQ says what it has not
 * acknowledged. */
uint64_t transport_octets_moved(const struct connection *connection)
{
    int unacknowledged = 0;
    if (connection->wait == WAIT_CONTENT) return connection->received;
    ioctl(connection->descriptor, SIOCOUTQ, &unacknowledged);
    return connection->sent - (uint64_t)unacknowledged;
}

void transport_set_wait(struct transport *transport, struct connection *connection, enum wait wait)
{
    int64_t now = connection->seat->now;
    bool same = wait == connection->wait && !connection->message_ended;
    connection->wait = (uint8_t)wait;
    if (wait != WAIT_HEAD && same) return;
    connection->start = wait == WAIT_HEAD ? connection->message_start : now;
    connection->deadline = wait_deadline(connection->start, transport->options.limits[wait]);
    if (wait_counts_progress(wait)) {
        connection->last_moved = now;
        connection->octets_at_start = transport_octets_moved(connection);
        connection->octets_seen = connection->octets_at_start;
    }
}

void transport_give_back(struct transport *transport, struct connection *connection, enum wait wait)
{
    if (wait != WAIT_CLOSE && park(transport, connection)) {
        transport_set_wait(transport, connection, wait);
        connection->seat = NULL;
        unlock_and_arm(transport, connection, EPOLL_CTL_MOD);
        return;
    }
    close_connection(transport, connection);
    if (atomic_exchange(&transport->paused, false)) transport_arm_listeners(transport);
}
