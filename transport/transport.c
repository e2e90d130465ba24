#include "transport/internal.h"

bool transport_watch(
    struct transport *transport, int operation, int descriptor, uint32_t events, uint64_t about)
{
    struct epoll_event event = {.events = events, .data.u64 = about};
    return epoll_ctl(transport->epoll, operation, descriptor, &event) == 0;
}

bool transport_arm_listener(struct transport *transport, struct listener *listener, int operation)
{
    size_t index = (size_t)(listener - transport->listeners->list);
    return transport_watch(transport, operation, listener->descriptor, EPOLLIN | EPOLLONESHOT,
        transport->options.max_connections + index);
}

void transport_resume(struct transport *transport)
{
    if (!atomic_exchange(&transport->paused, false)) return;
    for (size_t i = 0; i < transport->listeners->count; i++) {
        struct listener *listener = &transport->listeners->list[i];
        pthread_mutex_lock(&listener->lock);
        if (!transport_arm_listener(transport, listener, EPOLL_CTL_MOD))
            atomic_store(&transport->paused, true);
        pthread_mutex_unlock(&listener->lock);
    }
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
    for (uint32_t slot = 0; transport->table != NULL && slot < options->max_connections; slot++) {
        struct connection *connection = &transport->table[slot];
        pthread_mutex_init(&connection->lock, NULL);
        connection->descriptor = -1;
        connection->next_free = slot + 1;
    }
    bool done = transport->table != NULL && transport->wake >= 0 &&
        transport_watch(transport, EPOLL_CTL_ADD, transport->stop, EPOLLIN, EVENT_STOP);
    for (size_t i = 0; done && i < listeners->count; i++)
        done = transport_arm_listener(transport, &listeners->list[i], EPOLL_CTL_ADD);
    if (!done) transport_close(transport);
    return done ? IO_DONE : IO_FAILED;
}

void transport_close(struct transport *transport)
{
    uint32_t count = transport->table == NULL ? 0 : transport->options.max_connections;
    for (uint32_t slot = 0; slot < count; slot++) {
        struct connection *connection = &transport->table[slot];
        if (connection->descriptor >= 0) {
            pthread_mutex_lock(&connection->lock);
            transport_end(transport, connection);
        }
        pthread_mutex_destroy(&connection->lock);
    }
    free(transport->table);
    close(transport->epoll);
    close(transport->stop);
    close(transport->wake);
    pthread_mutex_destroy(&transport->slots_lock);
}

/* The timekeeper is woken when three quarters of the bound are passed, so that it makes room before
 * the bound is reached; once, for what is over them until its next tick cannot be helped. */
bool transport_reserve(struct transport *transport, uint64_t octets)
{
    uint64_t before = atomic_fetch_add(&transport->memory, octets);
    uint64_t enough = transport->options.buffer_memory / 4 * 3;
    if (before <= enough && before + octets > enough) eventfd_write(transport->wake, 1);
    if (before + octets <= transport->options.buffer_memory) return true;
    transport_release(transport, octets);
    return false;
}

void transport_release(struct transport *transport, uint64_t octets)
{
    atomic_fetch_sub(&transport->memory, octets);
}

/* An event in the set that every worker sees, for it is never read. */
void transport_stop(struct transport *transport)
{
    eventfd_write(transport->stop, 1);
}

uint32_t transport_slot(const struct transport *transport, const struct connection *connection)
{
    return (uint32_t)(connection - transport->table);
}
