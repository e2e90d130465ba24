/* The timekeeper's turns: what is overdue, and who has to go where room is scarce. */
#include "transport/internal.h"

#include <sys/eventfd.h>
#include <sys/ioctl.h>

/* A deadline that has always passed: this one has to go. */
#define DEADLINE_NOW INT64_MIN

int64_t transport_tick_length(const struct transport_options *options)
{
    int64_t length = WAIT_SECOND;
    for (int wait = WAIT_FIRST_OCTET; wait < WAIT_COUNT; wait++)
        if (options->limits[wait] / 4 < length) length = options->limits[wait] / 4;
    return length > WAIT_SECOND / 1000 ? length : WAIT_SECOND / 1000;
}

/* Who may have to go where room is scarce. */
struct class
{
    uint32_t waits; /* a bit for each wait */
    bool memory;    /* only those that have something parked, weighed by it */
    bool slowest;   /* the lowest rate first; else the earliest start: the longest-waiting */
};

/* What one connection's going gives; 0 where it is not of the class. Locked. */
static uint64_t weight(const struct class *class, const struct connection *connection)
{
    if (connection->descriptor < 0 || connection->overdue || connection->deadline == DEADLINE_NOW ||
        (class->waits >> connection->wait & 1) == 0)
        return 0;
    if (!class->memory) return 1;
    return connection->parked == NULL ? 0 : connection->input_length + connection->output_length;
}

static int64_t key(const struct class *class, const struct connection *connection)
{
    if (!class->slowest) return connection->start;
    uint64_t octets = transport_octets_moved(connection) - connection->octets_at_start;
    return (int64_t)octets / ((wait_clock() - connection->start) / WAIT_SECOND + 1);
}

/* Finds the one of a class with the smallest key; those being served are passed over. */
static struct connection *choose(struct transport *transport, const struct class *class)
{
    struct connection *chosen = NULL;
    int64_t smallest = INT64_MAX;
    for (uint32_t slot = 0; slot < transport->options.max_connections; slot++) {
        struct connection *connection = &transport->table[slot];
        if (pthread_mutex_trylock(&connection->lock) != 0) continue;
        if (weight(class, connection) > 0 && key(class, connection) < smallest) {
            smallest = key(class, connection);
            chosen = connection;
        }
        pthread_mutex_unlock(&connection->lock);
    }
    return chosen;
}

/* Dismisses as many of a class as weigh what is needed. Returns what is still needed. */
static uint64_t make_room(struct transport *transport, const struct class *class, uint64_t needed)
{
    while (needed > 0) {
        struct connection *chosen = choose(transport, class);
        if (chosen == NULL || pthread_mutex_trylock(&chosen->lock) != 0) break;
        uint64_t gain = weight(class, chosen); /* 0: it has been served meanwhile */
        if (gain > 0) chosen->deadline = DEADLINE_NOW;
        needed -= gain < needed ? gain : needed;
        pthread_mutex_unlock(&chosen->lock);
    }
    return needed;
}

void transport_tick(struct transport *transport)
{
    static const struct class idle = {1U << WAIT_FIRST_OCTET | 1U << WAIT_NEXT_REQUEST, 0, 0};
    static const struct class half_sent = {1U << WAIT_HEAD, 0, 0};
    static const struct class half_sent_parked = {1U << WAIT_HEAD, true, 0};
    static const struct class readers = {1U << WAIT_PEER_READS | 1U << WAIT_TURN, true, true};
    eventfd_t ignored;
    eventfd_read(transport->wake, &ignored);
    transport->cursor = 0;
    if (atomic_exchange(&transport->paused, false)) transport_arm_listeners(transport);
    uint32_t max = transport->options.max_connections;
    uint32_t used = transport_count(transport);
    uint32_t most = max - (max + TRANSPORT_FREE_SHARE - 1) / TRANSPORT_FREE_SHARE;
    uint64_t slots = make_room(transport, &idle, used > most ? used - most : 0);
    make_room(transport, &half_sent, slots);
    uint64_t parked = atomic_load(&transport->memory);
    uint64_t enough = transport->options.buffer_memory / 4 * 3;
    uint64_t octets =
        make_room(transport, &half_sent_parked, parked > enough ? parked - enough : 0);
    make_room(transport, &readers, octets);
}

/* Idle: between two messages, and no octet of the next has arrived. */
static bool is_idle(const struct connection *connection)
{
    int unread = 0;
    return (connection->wait == WAIT_FIRST_OCTET || connection->wait == WAIT_NEXT_REQUEST) &&
        ioctl(connection->descriptor, FIONREAD, &unread) == 0 && unread == 0;
}

/* The deadline where progress counts: first a look at how far the peer has come. */
static void look_at_progress(struct transport *transport, struct connection *connection)
{
    uint64_t moved = transport_octets_moved(connection);
    if (moved > connection->octets_seen && connection->wait != WAIT_CONTENT)
        connection->last_moved = wait_clock(); /* acknowledged some time since the last look */
    connection->octets_seen = moved;
    connection->deadline = wait_progress_deadline(connection->start, connection->last_moved,
        moved - connection->octets_at_start, transport->options.limits[connection->wait]);
}

static bool is_overdue(struct transport *transport, struct connection *connection)
{
    int64_t now = wait_clock();
    if (connection->descriptor < 0 || connection->overdue) return false;
    if (atomic_load(&transport->draining) && is_idle(connection)) return true;
    if (connection->deadline != DEADLINE_NOW && connection->deadline <= now &&
        wait_counts_progress((enum wait)connection->wait))
        look_at_progress(transport, connection);
    return connection->deadline <= now;
}

/* Armed or about to be, the connection has an event from now on; a worker closes it. */
static void shut_down(struct connection *connection)
{
    connection->overdue = true;
    connection->reset = connection->wait == WAIT_PEER_READS || connection->wait == WAIT_TURN;
    shutdown(connection->descriptor, SHUT_RDWR);
}

struct connection *transport_next_overdue(struct transport *transport, struct seat *seat)
{
    while (transport->cursor < transport->options.max_connections) {
        struct connection *connection = &transport->table[transport->cursor++];
        if (pthread_mutex_trylock(&connection->lock) != 0) continue; /* it is being served */
        bool overdue = is_overdue(transport, connection);
        if (overdue && (connection->wait == WAIT_HEAD || connection->wait == WAIT_CONTENT)) {
            transport_forget_parked(transport, connection);
            connection->input_length = connection->output_length = 0;
            transport_seat(transport, connection, seat);
            return connection;
        }
        if (overdue) shut_down(connection);
        pthread_mutex_unlock(&connection->lock);
    }
    return NULL;
}

/* HEAD and CONTENT are armed for readable, and so is PEER_CLOSES: nothing is to be armed. */
void transport_return_overdue(
    struct transport *transport, struct connection *connection, enum wait wait)
{
    connection->output_length = 0;
    if (wait == WAIT_PEER_CLOSES)
        transport_set_wait(transport, connection, wait);
    else
        shut_down(connection);
    connection->seat = NULL;
    pthread_mutex_unlock(&connection->lock);
}

/* A listener is closed, never shut down: an inherited one lives on elsewhere. What had connected
 * before is still accepted. */
void transport_drain(struct transport *transport)
{
    atomic_store(&transport->draining, true);
    for (size_t i = 0; i < transport->listeners->count; i++) {
        struct listener *listener = &transport->listeners->list[i];
        pthread_mutex_lock(&listener->lock);
        epoll_ctl(transport->epoll, EPOLL_CTL_DEL, listener->descriptor, NULL);
        for (int n = 0; n < SOMAXCONN; n++)
            if (transport_accept_one(transport, listener) != IO_DONE) break;
        close(listener->descriptor);
        listener->descriptor = -1;
        pthread_mutex_unlock(&listener->lock);
    }
    transport_wake(transport);
}
