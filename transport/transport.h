/* transport.h: all sockets, and whose turn it is.
 *
 * One epoll set holds the listeners and the connections, each armed for one event (EPOLLONESHOT).
 * The kernel's ready list is the work queue: a worker that takes an event has the connection to
 * itself until it gives it back. One that takes a listener's event accepts one connection, arms
 * the listener again and has that connection at once, for its request is mostly there already; the
 * set gets it when it first has to wait.
 *
 *     transport_open()            once
 *     transport_next_ready()      workers: sleeps until a connection is ready; NULL: stop
 *     transport_give_back()       workers: with what to wait for, or WAIT_CLOSE
 *     transport_tick()            the timekeeper: begins a pass over the table, then
 *     transport_next_overdue()    lends each connection that has to be told that its time is up
 *     transport_return_overdue()  takes it back
 *     transport_drain()           the timekeeper: no more connections, idle ones are closed
 *     transport_stop()            next_ready() returns NULL to every worker
 *     transport_close()           when the workers are joined
 *
 * Locks. Order: a listener, a connection, then at most one leaf (slots_lock). A worker holds the
 * connection's lock for its whole turn, from accept on in the first one. Giving back: write the
 * wait, unlock, then arm as the last touch. Closing: take the descriptor out of the slot and close
 * it while locked, unlock, then return the slot. So nobody ever arms or shuts down a number that
 * means someone else. The timekeeper only tries a lock (busy = being served) and lends connections
 * that are armed, or about to be; it never arms and never closes: it shuts a connection down, and
 * the event that follows makes a worker close it.
 */
#pragma once

#include "transport/connection.h"
#include "transport/listener.h"

#include <stdatomic.h>

/* A tick makes room until one in so many slots is free. */
enum { TRANSPORT_FREE_SHARE = 16 };

struct transport_options {
    uint32_t max_connections;
    uint64_t buffer_memory;     /* octets for what parked connections are owed, all together */
    int64_t limits[WAIT_COUNT]; /* nanoseconds; WAIT_FOREVER: none */
};

struct transport {
    struct transport_options options;
    struct listeners *listeners; /* the caller's */
    /* stop: an eventfd in the set, level-triggered and never read once it is written; wake: one
     * that the timekeeper polls, when room is needed or all is drained. */
    int epoll, stop, wake;
    struct connection *table;    /* options.max_connections of them, allocated once */
    atomic_uint_fast64_t memory; /* octets parked */
    /* paused: the listeners are not armed, for no slot or no descriptor was free. */
    atomic_bool paused, draining;
    /* Connections open now, and those of them that the timekeeper has shut down. */
    atomic_uint count, leaving;
    uint32_t cursor; /* the timekeeper's, in its pass over the table */

    pthread_mutex_t slots_lock; /* a leaf; guards: */
    uint32_t free_slot;         /* the first of the free ones; max_connections: none */
};

/* IO_DONE, or IO_FAILED where the system has no memory or descriptor for it. */
enum io_status transport_open(
    struct transport *, const struct transport_options *, struct listeners *);

/* Closes every connection that is left. */
void transport_close(struct transport *transport);

struct connection *transport_next_ready(struct transport *transport, struct seat *seat);
void transport_give_back(struct transport *, struct connection *, enum wait);

/* Re-arms paused listeners, and picks who has to go where the table or the memory is nearly full:
 * of the table the longest-waiting idle ones, then half-sent heads; of the memory who
 * slowly reads a file that is made of it, then the oldest half-sent heads, then the slowest of the
 * other readers. */
void transport_tick(struct transport *transport);

/* What is overdue in HEAD or CONTENT is lent, its input dropped, to be told so (408); any other is
 * shut down here. NULL at the end of the pass. */
struct connection *transport_next_overdue(struct transport *transport, struct seat *seat);

/* WAIT_PEER_CLOSES after a half-close, or WAIT_CLOSE: shuts it down. */
void transport_return_overdue(struct transport *, struct connection *, enum wait);

/* How long the timekeeper sleeps between ticks, nanoseconds. */
int64_t transport_tick_length(const struct transport_options *options);

void transport_drain(struct transport *transport);
void transport_stop(struct transport *transport);

/* Memory for what a connection is owed counts here, whoever holds it. False: the bound is reached.
 * The timekeeper is woken to make room before that. */
bool transport_reserve(struct transport *transport, uint64_t octets);
void transport_release(struct transport *transport, uint64_t octets);

/* Which slot of the table this is: 0 to max_connections - 1. */
uint32_t transport_slot(const struct transport *transport, const struct connection *connection);
