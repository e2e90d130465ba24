#include "transport/internal.h"

#include <sys/eventfd.h>

bool transport_watch(
    struct transport *transport, int operation, int descriptor, uint32_t events, uint64_t about)
{
    struct epoll_event event = {.events = events, .data.u64 = about};
    return epoll_ctl(transport->epoll, operation, descriptor, &event) == 0;
}

static bool watch_all(struct transport *transport)
{
    uint32_t max = transport->options.max_connections;
    bool done = transport_watch(transport, EPOLL_CTL_ADD, transport->stop, EPOLLIN, EVENT_STOP);
    for (size_t i = 0; i < transport->listeners->count; i++)
        done = done &&
            transport_watch(transport, EPOLL_CTL_ADD, transport->listeners->list[i].descriptor,
                EPOLLIN | EPOLLONESHOT, max + i);
    return done;
}

enum io_status transport_open(struct transport *transport, const struct transport_options *options,
    struct listeners *listeners)
{
    *transport = (struct transport){.options = *options, .listeners = listeners};
    transport->epoll = epoll_create1(EPOLL_CLOEXEC);
    transport->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    transport->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&transport->slots_lock, NULL);
    transport->table = calloc(options->max_connections, sizeof *transport->table);
    for (uint32_t i = options->max_connections; transport->table != NULL && i > 0; i--) {
        struct connection *connection = &transport->table[i - 1];
        pthread_mutex_init(&connection->lock, NULL);
        connection->descriptor = connection->file = -1;
        transport_return_slot(transport, connection);
    }
    if (transport->table != NULL && transport->wake >= 0 && watch_all(transport)) return IO_DONE;
    transport_close(transport);
    return IO_FAILED;
}

void transport_close(struct transport *transport)
{
    uint32_t count = transport->table == NULL ? 0 : transport->options.max_connections;
    for (uint32_t slot = 0; slot < count; slot++) {
        struct connection *connection = &transport->table[slot];
        transport_forget_parked(transport, connection);
        if (connection->file >= 0) close(connection->file);
        if (connection->descriptor >= 0) close(connection->descriptor);
        pthread_mutex_destroy(&connection->lock);
    }
    free(transport->table);
    close(transport->epoll);
    close(transport->stop);
    close(transport->wake);
    pthread_mutex_destroy(&transport->slots_lock);
}

struct connection *transport_take_slot(struct transport *transport)
{
    struct connection *connection = NULL;
    pthread_mutex_lock(&transport->slots_lock);
    if (transport->free_count > 0) {
        connection = &transport->table[transport->free_slot];
        transport->free_slot = connection->next_free;
        transport->free_count--;
    }
    pthread_mutex_unlock(&transport->slots_lock);
    return connection;
}

void transport_return_slot(struct transport *transport, struct connection *connection)
{
    pthread_mutex_lock(&transport->slots_lock);
    connection->next_free = transport->free_slot;
    transport->free_slot = transport_slot(transport, connection);
    bool last = ++transport->free_count == transport->options.max_connections;
    pthread_mutex_unlock(&transport->slots_lock);
    if (last && atomic_load(&transport->draining)) transport_wake(transport);
}

/* At three quarters of the bound the timekeeper is woken, so that room is made before the bound is
 * reached. */
bool transport_reserve(struct transport *transport, uint64_t octets)
{
    uint64_t total = atomic_fetch_add(&transport->memory, octets) + octets;
    if (total > transport->options.buffer_memory / 4 * 3) transport_wake(transport);
    if (total <= transport->options.buffer_memory) return true;
    transport_release(transport, octets);
    return false;
}

void transport_release(struct transport *transport, uint64_t octets)
{
    atomic_fetch_sub(&transport->memory, octets);
}

void transport_arm_listeners(struct transport *transport)
{
    for (size_t i = 0; i < transport->listeners->count; i++) {
        struct listener *listener = &transport->listeners->list[i];
        pthread_mutex_lock(&listener->lock);
        if (listener->descriptor >= 0)
            transport_watch(transport, EPOLL_CTL_MOD, listener->descriptor, EPOLLIN | EPOLLONESHOT,
                transport->options.max_connections + i);
        pthread_mutex_unlock(&listener->lock);
    }
}

/* An event in the set that every worker sees, for it is never read. */
void transport_stop(struct transport *transport)
{
    eventfd_write(transport->stop, 1);
}

void transport_wake(struct transport *transport)
{
    eventfd_write(transport->wake, 1);
}

bool transport_is_draining(struct transport *transport)
{
    return atomic_load(&transport->draining);
}

uint32_t transport_count(struct transport *transport)
{
    pthread_mutex_lock(&transport->slots_lock);
    uint32_t count = transport->options.max_connections - transport->free_count;
    pthread_mutex_unlock(&transport->slots_lock);
    return count;
}

uint32_t transport_slot(const struct transport *transport, const struct connection *connection)
{
    return (uint32_t)(connection - transport->table);
}
