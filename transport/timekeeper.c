/* The timekeeper's turns: what is overdue, and who has to go where room is scarce. */
#include "transport/internal.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* A deadline that has always passed: this one has to go. */
#define DEADLINE_NOW INT64_MIN

int64_t transport_tick_length(const struct transport_options *options)
{
    int64_t length = WAIT_SECOND;
    for (int wait = WAIT_FIRST_OCTET; wait < WAIT_COUNT; wait++)
        if (options->limits[wait] / 4 < length)
            length = options->limits[wait] / 4;
    return length > WAIT_SECOND / 1000 ? length : WAIT_SECOND / 1000;
}

/* Who has to go first, where room is scarce: those of the first class, the smallest key first. */
enum scarce { SCARCE_SLOTS, SCARCE_MEMORY };

static const struct class
{
    enum scarce scarce;
    uint32_t waits; /* a bit for each */
    bool slowest;   /* the key is the rate, else the start of the clock: the longest-waiting */
} classes[] = {
    {SCARCE_SLOTS, 1U << WAIT_FIRST_OCTET | 1U << WAIT_NEXT_REQUEST, false},
    {SCARCE_SLOTS, 1U << WAIT_HEAD, false},
    {SCARCE_MEMORY, 1U << WAIT_HEAD, false},
    {SCARCE_MEMORY, 1U << WAIT_PEER_READS | 1U << WAIT_TURN | 1U << WAIT_CONTENT, true},
};

/* What one connection's going gives; 0 where it is not of the class. Locked. */
static uint64_t weight(const struct class *class, const struct connection *connection)
{
    bool member = connection->descriptor >= 0 && !connection->overdue &&
                  connection->deadline != DEADLINE_NOW &&
                  (class->waits >> connection->wait & 1) != 0;
    if (!member)
        return 0;
    if (class->scarce == SCARCE_SLOTS)
        return 1;
    return connection->parked == NULL ? 0 : connection->input_length + connection->output_length;
}

static int64_t key(const struct class *class, const struct connection *connection, int64_t now)
{
    if (!class->slowest)
        return connection->start;
    uint64_t octets = transport_octets_moved(connection, (enum wait)connection->wait) -
                      connection->octets_at_start;
    int64_t seconds = (now - connection->start) / WAIT_SECOND + 1;
    return (int64_t)(octets / (uint64_t)seconds);
}

/* The weight of all members whose key is at most limit; with dismiss they have to go, as long as
 * that is not more than needed. Those being served are passed over. */
static uint64_t weigh(struct transport *transport, const struct class *class, int64_t limit,
                      uint64_t needed, bool dismiss)
{
    uint64_t sum = 0;
    int64_t now = wait_clock();
    for (uint32_t slot = 0; slot < transport->options.max_connections && sum < needed; slot++) {
        struct connection *connection = &transport->table[slot];
        if (pthread_mutex_trylock(&connection->lock) != 0)
            continue;
        uint64_t gain = weight(class, connection);
        if (gain > 0 && key(class, connection, now) <= limit) {
            sum += gain;
            if (dismiss)
                connection->deadline = DEADLINE_NOW;
        }
        pthread_mutex_unlock(&connection->lock);
    }
    return sum;
}

/* Finds by halving the smallest key at which the members weigh enough, and dismisses them: those
 * below it, then as many as needed of those that have it. Returns what that gives. */
static uint64_t dismiss(struct transport *transport, const struct class *class, uint64_t needed)
{
    int64_t low = 0;
    int64_t high = class->slowest ? INT32_MAX : wait_clock();
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (weigh(transport, class, middle, needed, false) >= needed)
            high = middle;
        else
            low = middle + 1;
    }
    uint64_t gained = weigh(transport, class, high - 1, needed, true);
    return gained + weigh(transport, class, high, needed - gained, true);
}

static void make_room(struct transport *transport, enum scarce scarce, uint64_t needed)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0] && needed > 0; i++) {
        if (classes[i].scarce != scarce)
            continue;
        uint64_t gained = dismiss(transport, &classes[i], needed);
        needed -= gained < needed ? gained : needed;
    }
}

void transport_tick(struct transport *transport)
{
    eventfd_t ignored;
    eventfd_read(transport->wake, &ignored);
    transport->cursor = 0;
    if (atomic_exchange(&transport->paused, false))
        transport_arm_listeners(transport);
    uint32_t max = transport->options.max_connections;
    uint32_t wanted = max / TRANSPORT_FREE_SHARE > 0 ? max / TRANSPORT_FREE_SHARE : 1;
    uint32_t free_slots = max - transport_count(transport);
    if (free_slots < wanted)
        make_room(transport, SCARCE_SLOTS, wanted - free_slots);
    uint64_t memory = atomic_load(&transport->memory);
    uint64_t enough = transport->options.buffer_memory / 4 * 3;
    if (memory > enough)
        make_room(transport, SCARCE_MEMORY, memory - enough);
}

/* Idle: between two messages, and no octet of the next has arrived. */
static bool is_idle(const struct connection *connection)
{
    int unread = 0;
    bool between = connection->wait == WAIT_FIRST_OCTET || connection->wait == WAIT_NEXT_REQUEST;
    return between && ioctl(connection->descriptor, FIONREAD, &unread) == 0 && unread == 0;
}

/* Looks at the clock; where progress counts, first at how far the peer has come. */
static bool is_overdue(struct transport *transport, struct connection *connection)
{
    int64_t now = wait_clock();
    enum wait wait = (enum wait)connection->wait;
    if (connection->descriptor < 0 || connection->overdue)
        return false;
    if (connection->deadline == DEADLINE_NOW)
        return true;
    if (atomic_load(&transport->draining) && is_idle(connection))
        return true;
    if (connection->deadline > now)
        return false;
    if (!wait_counts_progress(wait))
        return true;
    uint64_t moved = transport_octets_moved(connection, wait);
    if (moved > connection->octets_seen && wait != WAIT_CONTENT)
        connection->last_moved = now; /* acknowledged at some time since the last look */
    connection->octets_seen = moved;
    struct wait_progress progress = {
        .start = connection->start,
        .last_moved = connection->last_moved,
        .octets = moved - connection->octets_at_start,
    };
    connection->deadline =
        wait_progress_deadline(&progress, transport->options.limits[connection->wait]);
    return connection->deadline <= now;
}

/* Armed or about to be, the connection has an event from now on; a worker closes it. */
static void shut_down(struct connection *connection)
{
    connection->overdue = true;
    if (connection->wait == WAIT_PEER_READS || connection->wait == WAIT_TURN)
        connection->reset = true;
    shutdown(connection->descriptor, SHUT_RDWR);
}

struct connection *transport_next_overdue(struct transport *transport, struct seat *seat)
{
    while (transport->cursor < transport->options.max_connections) {
        struct connection *connection = &transport->table[transport->cursor++];
        if (pthread_mutex_trylock(&connection->lock) != 0)
            continue; /* it is being served */
        if (is_overdue(transport, connection)) {
            if (connection->wait == WAIT_HEAD || connection->wait == WAIT_CONTENT) {
                transport_forget_parked(transport, connection);
                connection->input_length = connection->output_length = 0;
                connection->output_start = 0;
                seat->now = wait_clock();
                connection->seat = seat;
                return connection;
            }
            shut_down(connection);
        }
        pthread_mutex_unlock(&connection->lock);
    }
    return NULL;
}

/* HEAD and CONTENT are armed for readable, and so is PEER_CLOSES: nothing is to be armed. */
void transport_return_overdue(struct transport *transport, struct connection *connection,
                              enum wait wait)
{
    connection->output_start = connection->output_length = 0;
    if (wait == WAIT_PEER_CLOSES) {
        connection->wait = WAIT_PEER_CLOSES;
        connection->start = connection->seat->now;
        connection->deadline =
            wait_deadline(connection->start, transport->options.limits[WAIT_PEER_CLOSES]);
    } else {
        shut_down(connection);
    }
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
        while (transport_accept_one(transport, listener) == IO_DONE)
            continue;
        close(listener->descriptor);
        listener->descriptor = -1;
        pthread_mutex_unlock(&listener->lock);
    }
    if (transport_count(transport) == 0)
        transport_wake(transport);
}
