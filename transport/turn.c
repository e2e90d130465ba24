/* The workers' turns: a connection is taken when it is ready, and given back with what to wait for.
 */
#include "transport/internal.h"

/* What is kept for a connection between turns: octets, and a file that is made of memory. */
uint64_t transport_memory_of(const struct connection *connection)
{
    uint64_t octets = connection->input_length + connection->output_length;
    return connection->descriptor < 0 ? 0 : octets + connection->file.memory;
}

void transport_forget_parked(struct transport *transport, struct connection *connection)
{
    uint64_t memory = transport_memory_of(connection);
    if (memory == 0 || connection->seat != NULL) return; /* in a turn nothing is parked */
    transport_release(transport, memory);
    free(connection->parked);
    connection->parked = NULL;
}

static struct connection *take_slot(struct transport *transport)
{
    struct connection *connection = NULL;
    pthread_mutex_lock(&transport->slots_lock);
    if (transport->free_slot < transport->options.max_connections) {
        connection = &transport->table[transport->free_slot];
        transport->free_slot = connection->next_free;
        atomic_fetch_add(&transport->count, 1);
    }
    pthread_mutex_unlock(&transport->slots_lock);
    return connection;
}

/* Locked before; unlocked, and no longer the caller's, after. What is unsent makes it a reset: the
 * peer must not take a part for the whole. */
void transport_end(struct transport *transport, struct connection *connection)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    int descriptor = connection->descriptor;
    bool cut = connection->output_length > 0 || connection->file.descriptor >= 0;
    transport_forget_parked(transport, connection);
    if (connection->file.descriptor >= 0) close(connection->file.descriptor);
    if (cut) setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    connection->file.descriptor = connection->descriptor = -1;
    if (descriptor >= 0) close(descriptor); /* none: nobody was there to be accepted */
    pthread_mutex_unlock(&connection->lock);

    pthread_mutex_lock(&transport->slots_lock);
    connection->next_free = transport->free_slot;
    transport->free_slot = transport_slot(transport, connection);
    bool last = atomic_fetch_sub(&transport->count, 1) == 1;
    if (connection->overdue) atomic_fetch_sub(&transport->leaving, 1);
    pthread_mutex_unlock(&transport->slots_lock);
    if (last && atomic_load(&transport->draining)) eventfd_write(transport->wake, 1);
}

/* Arming is the last touch: from then on another worker may have the connection. False: it could
 * not be armed, and is locked again. */
static bool unlock_and_arm(struct transport *transport, struct connection *connection)
{
    uint32_t slot = transport_slot(transport, connection);
    int descriptor = connection->descriptor;
    int op = connection->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    uint32_t events = waits[connection->wait].events | EPOLLONESHOT;
    connection->watched = true;
    pthread_mutex_unlock(&connection->lock);
    bool armed = transport_watch(transport, op, descriptor, events, slot);
    if (!armed) pthread_mutex_lock(&connection->lock);
    return armed;
}

/* DONE: one was accepted, and is locked; or lost while it was queued, or we were interrupted: NULL.
 * BLOCKED: none is there. FAILED: no slot, descriptor or memory, or the listener is closed. The
 * listener is locked. */
static enum io_status accept_one(
    struct transport *transport, struct listener *listener, struct connection **accepted)
{
    const size_t behind_lock = offsetof(struct connection, descriptor);
    struct connection *connection = *accepted = take_slot(transport);
    if (connection == NULL) return IO_FAILED;
    pthread_mutex_lock(&connection->lock);
    memset((char *)connection + behind_lock, 0, sizeof *connection - behind_lock);
    socklen_t size = sizeof connection->peer; /* enough for the two families that listen */
    connection->file.descriptor = -1;
    transport_set_wait(transport, connection, WAIT_FIRST_OCTET, wait_clock());
    connection->descriptor = accept4(listener->descriptor,
        (struct sockaddr *)(void *)&connection->peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection->descriptor >= 0) return IO_DONE;
    int error = errno;
    transport_end(transport, connection);
    *accepted = NULL;
    bool again = error == ECONNABORTED || error == EINTR;
    return again ? IO_DONE : error == EAGAIN ? IO_BLOCKED : IO_FAILED;
}

/* One is accepted, and the listener armed for another worker before this one serves it. When the
 * system is out of descriptors, or the table full, the listener stays unarmed: an armed one would
 * be ready at once, and again, for nothing. A close or a tick arms it; a close that comes just
 * before it is called paused leaves it to the tick. */
static struct connection *serve_listener(struct transport *transport, struct listener *listener)
{
    struct connection *connection;
    pthread_mutex_lock(&listener->lock);
    enum io_status status = accept_one(transport, listener, &connection);
    bool armed = status != IO_FAILED && transport_arm_listener(transport, listener, EPOLL_CTL_MOD);
    if (!armed) atomic_store(&transport->paused, true);
    pthread_mutex_unlock(&listener->lock);
    return connection;
}

/* A listener is closed, never shut down: an adopted one lives on elsewhere, with what is queued. Of
 * our own, what had connected before is still accepted. */
void transport_drain(struct transport *transport)
{
    atomic_store(&transport->draining, true);
    for (size_t i = 0; i < transport->listeners->count; i++) {
        struct listener *listener = &transport->listeners->list[i];
        struct connection *next;
        pthread_mutex_lock(&listener->lock);
        epoll_ctl(transport->epoll, EPOLL_CTL_DEL, listener->descriptor, NULL);
        int most = listener->adopted ? 0 : SOMAXCONN;
        for (int n = 0; n < most && accept_one(transport, listener, &next) == IO_DONE; n++)
            if (next != NULL && !unlock_and_arm(transport, next)) transport_end(transport, next);
        close(listener->descriptor);
        listener->descriptor = -1;
        pthread_mutex_unlock(&listener->lock);
    }
    eventfd_write(transport->wake, 1);
}

void transport_seat(struct transport *transport, struct connection *connection, struct seat *seat)
{
    seat->now = wait_clock();
    connection->message_ended = false;
    seat->input_start = seat->output_start = 0;
    if (connection->input_length + connection->output_length > 0) {
        const char *output = connection->parked + connection->input_length;
        memcpy(seat->input, connection->parked, connection->input_length);
        memcpy(seat->output, output, connection->output_length);
    }
    transport_forget_parked(transport, connection);
    connection->seat = seat;
}

struct connection *transport_next_ready(struct transport *transport, struct seat *seat)
{
    struct connection *connection = NULL;
    while (connection == NULL) {
        struct epoll_event event;
        if (epoll_wait(transport->epoll, &event, 1, -1) != 1) continue; /* EINTR */
        if (event.data.u64 == EVENT_STOP) return NULL;
        if (event.data.u64 < transport->options.max_connections) {
            connection = &transport->table[event.data.u64];
            pthread_mutex_lock(&connection->lock);
        } else {
            uint64_t index = event.data.u64 - transport->options.max_connections;
            connection = serve_listener(transport, &transport->listeners->list[index]);
        }
    }
    transport_seat(transport, connection, seat);
    return connection;
}

/* Keeps exactly the octets that are unread and unsent. False: there is no memory for them. */
static bool park(struct transport *transport, struct connection *connection)
{
    struct seat *seat = connection->seat;
    size_t need = connection->input_length + connection->output_length;
    uint64_t memory = transport_memory_of(connection);
    if (memory > 0 && !transport_reserve(transport, memory)) return false;
    if (need == 0) return true;
    connection->parked = malloc(need);
    if (connection->parked == NULL) {
        transport_release(transport, memory);
        return false;
    }
    memcpy(connection->parked, seat->input + seat->input_start, connection->input_length);
    memcpy(connection->parked + connection->input_length, seat->output + seat->output_start,
        connection->output_length);
    return true;
}

void transport_give_back(struct transport *transport, struct connection *connection, enum wait wait)
{
    if (wait != WAIT_CLOSE && park(transport, connection)) {
        transport_set_wait(transport, connection, wait, connection->seat->now);
        connection->seat = NULL;
        if (unlock_and_arm(transport, connection)) return;
    }
    transport_end(transport, connection);
    transport_resume(transport);
}
