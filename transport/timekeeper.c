/* The clocks of the waits, and the timekeeper's turns: what is overdue, and who has to go where
 * room is scarce. */
#include "transport/internal.h"

/* A deadline that has always passed: this one has to go. */
#define DEADLINE_NOW INT64_MIN

/* Who goes first where room is scarce has the lowest rank: those idle begin at 0, and then … */
#define RANK_HEADS   (INT64_MAX / 4)
#define RANK_READERS (INT64_MAX / 2)
#define RANK_STAYS   INT64_MAX

int64_t transport_tick_length(const struct transport_options *options)
{
    int64_t length = WAIT_SECOND;
    for (int wait = WAIT_FIRST_OCTET; wait < WAIT_COUNT; wait++)
        if (options->limits[wait] / 4 < length) length = options->limits[wait] / 4;
    return length > WAIT_SECOND / 1000 ? length : WAIT_SECOND / 1000;
}

/* Octets moved so far in the direction that the wait is about. */
static uint64_t octets_moved(const struct connection *connection)
{
    bool receives = connection->wait == WAIT_CONTENT;
    return receives ? connection->received : connection_acknowledged(connection);
}

void transport_set_wait(
    struct transport *transport, struct connection *connection, enum wait wait, int64_t now)
{
    bool same = wait == connection->wait && !connection->message_ended;
    connection->wait = (uint8_t)wait;
    if (wait != WAIT_HEAD && same) return;
    connection->start = wait == WAIT_HEAD ? connection->message_start : now;
    connection->deadline = wait_deadline(connection->start, transport->options.limits[wait]);
    if (!waits[wait].progress) return;
    connection->last_moved = now;
    connection->octets_at_start = connection->octets_seen = octets_moved(connection);
}

/* For the timekeeper, who passes over a free slot, one being served and one on its way out. */
static bool try_lock(struct connection *connection)
{
    if (pthread_mutex_trylock(&connection->lock) != 0) return false;
    if (connection->descriptor >= 0 && !connection->overdue) return true;
    pthread_mutex_unlock(&connection->lock);
    return false;
}

/* The longest-waiting idle ones go, then the oldest half-sent heads. For memory only those that
 * take some: first who slowly reads a file that is made of it, at last the slowest of the other
 * readers. */
static int64_t rank_of(const struct connection *connection, bool for_memory)
{
    enum wait wait = (enum wait)connection->wait;
    if (connection->deadline == DEADLINE_NOW) return RANK_STAYS;
    if (for_memory && transport_memory_of(connection) == 0) return RANK_STAYS;
    if (wait == WAIT_FIRST_OCTET || wait == WAIT_NEXT_REQUEST) return connection->start;
    if (wait == WAIT_HEAD) return RANK_HEADS + connection->start;
    if (!for_memory || waits[wait].events != EPOLLOUT) return RANK_STAYS;
    int64_t seconds = (wait_clock() - connection->start) / WAIT_SECOND + 1;
    int64_t octets = (int64_t)(octets_moved(connection) - connection->octets_at_start);
    return (connection->file.memory > 0 ? 0 : RANK_READERS) + octets / seconds;
}

/* Dismisses whoever has the lowest rank, one after the other, until so much is gained. Who has the
 * lowest so far stays locked: nobody who is served meanwhile is dismissed. */
static void make_room(struct transport *transport, bool for_memory, int64_t needed)
{
    while (needed > 0) {
        struct connection *first = NULL;
        int64_t lowest = RANK_STAYS;
        for (uint32_t slot = 0; slot < transport->options.max_connections; slot++) {
            struct connection *connection = &transport->table[slot];
            if (!try_lock(connection)) continue;
            int64_t rank = rank_of(connection, for_memory);
            struct connection *stays = rank < lowest ? first : connection;
            if (stays != NULL) pthread_mutex_unlock(&stays->lock);
            if (rank >= lowest) continue;
            lowest = rank;
            first = connection;
        }
        if (first == NULL) return;
        first->deadline = DEADLINE_NOW;
        needed -= for_memory ? (int64_t)transport_memory_of(first) : 1;
        pthread_mutex_unlock(&first->lock);
    }
}

void transport_tick(struct transport *transport)
{
    int64_t max = transport->options.max_connections;
    int64_t leaving = atomic_load(&transport->leaving); /* first: rather too few are dismissed */
    int64_t used = atomic_load(&transport->count) - leaving;
    int64_t spare = (max - 1) / TRANSPORT_FREE_SHARE + 1;
    int64_t enough = (int64_t)(transport->options.buffer_memory / 4 * 3);
    eventfd_t ignored;
    eventfd_read(transport->wake, &ignored);
    transport->cursor = 0;
    transport_resume(transport);
    make_room(transport, false, used + spare - max);
    make_room(transport, true, (int64_t)atomic_load(&transport->memory) - enough);
}

/* Where progress counts, a deadline that is due calls for a look at how far the peer has come. */
static void look_at_progress(
    struct transport *transport, struct connection *connection, int64_t now)
{
    enum wait wait = (enum wait)connection->wait;
    if (connection->deadline > now || connection->deadline == DEADLINE_NOW || !waits[wait].progress)
        return;
    uint64_t moved = octets_moved(connection);
    /* Acknowledged some time since the last look. */
    if (moved > connection->octets_seen && wait != WAIT_CONTENT) connection->last_moved = now;
    connection->octets_seen = moved;
    connection->deadline = wait_progress_deadline(connection->start, connection->last_moved,
        moved - connection->octets_at_start, transport->options.limits[wait]);
}

/* A request that has arrived is served, even at the last instant. While draining the idle are
 * closed, once the last answer has arrived: a request that meets a closed connection destroys what
 * is on its way (RFC 9112 §9.6). But who has just connected has most likely sent its request, and
 * does not repeat it as on a connection used before: it has a second. */
static bool is_overdue(struct transport *transport, struct connection *connection)
{
    int64_t now = wait_clock();
    int unread = 0;
    look_at_progress(transport, connection, now);
    bool overdue = connection->deadline <= now;
    bool is_first = connection->wait == WAIT_FIRST_OCTET;
    if (!is_first && connection->wait != WAIT_NEXT_REQUEST) return overdue;
    if (atomic_load(&transport->draining))
        overdue = overdue ||
            (is_first ? now - connection->start > WAIT_SECOND
                      : connection_acknowledged(connection) == connection->sent);
    if (overdue) ioctl(connection->descriptor, FIONREAD, &unread);
    return overdue && unread == 0;
}

/* Armed or about to be, the connection has an event from now on; a worker closes it. */
static void shut_down(struct transport *transport, struct connection *connection)
{
    connection->overdue = true;
    atomic_fetch_add(&transport->leaving, 1);
    shutdown(connection->descriptor, SHUT_RDWR);
}

struct connection *transport_next_overdue(struct transport *transport, struct seat *seat)
{
    while (transport->cursor < transport->options.max_connections) {
        struct connection *connection = &transport->table[transport->cursor++];
        if (!try_lock(connection)) continue;
        bool overdue = is_overdue(transport, connection);
        if (overdue && (connection->wait == WAIT_HEAD || connection->wait == WAIT_CONTENT)) {
            transport_seat(transport, connection, seat);
            connection->input_length = connection->output_length = 0;
            return connection;
        }
        if (overdue) shut_down(transport, connection);
        pthread_mutex_unlock(&connection->lock);
    }
    return NULL;
}

/* HEAD and CONTENT are armed for readable, and so is PEER_CLOSES: nothing is to be armed. What
 * could not be sent is dropped, without a reset: it would destroy an answer that is still on its
 * way. */
void transport_return_overdue(
    struct transport *transport, struct connection *connection, enum wait wait)
{
    connection->output_length = 0;
    if (wait == WAIT_PEER_CLOSES)
        transport_set_wait(transport, connection, wait, connection->seat->now);
    else
        shut_down(transport, connection);
    connection->seat = NULL;
    pthread_mutex_unlock(&connection->lock);
}
