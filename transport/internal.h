/* internal.h: what the files of transport/ share. Not for others. */
#ifndef STRATA_TRANSPORT_INTERNAL_H
#define STRATA_TRANSPORT_INTERNAL_H

#include "transport/transport.h"

/* What an epoll event is about: a slot of the table below max_connections, from there on a
 * listener, or this. */
#define EVENT_STOP UINT64_MAX

/* epoll_ctl(2). */
bool transport_watch(struct transport *transport, int operation, int descriptor, uint32_t events,
                     uint64_t about);

/* Arms every listener that is still open. */
void transport_arm_listeners(struct transport *transport);

/* A free slot, or NULL; and back. */
struct connection *transport_take_slot(struct transport *transport);
void transport_return_slot(struct transport *transport, struct connection *connection);

/* Frees what the connection has parked. Locked. */
void transport_forget_parked(struct transport *transport, struct connection *connection);

/* DONE: one was accepted, or lost. BLOCKED: none is there. FAILED: no slot, no descriptor.
 * The listener is locked. */
enum io_status transport_accept_one(struct transport *transport, struct listener *listener);

/* Octets moved so far in the direction that the wait is about. Locked. */
uint64_t transport_octets_moved(const struct connection *connection, enum wait wait);

/* Wakes the timekeeper. */
void transport_wake(struct transport *transport);

#endif
