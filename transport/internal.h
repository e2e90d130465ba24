/* internal.h: what the files of transport/ share. Not for others. */
#pragma once

#include "transport/transport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* What an epoll event is about: a slot of the table below max_connections, from there on a
 * listener, or this. */
#define EVENT_STOP UINT64_MAX

/* epoll_ctl(2). */
bool transport_watch(
    struct transport *transport, int operation, int descriptor, uint32_t events, uint64_t about);

/* Arms every listener that is still open. No lock is held. */
void transport_arm_listeners(struct transport *transport);

/* A free slot, or NULL; and back. */
struct connection *transport_take_slot(struct transport *transport);
void transport_return_slot(struct transport *transport, struct connection *connection);

/* Lends a locked connection the buffers, with what it has parked. */
void transport_seat(struct transport *transport, struct connection *connection, struct seat *seat);
void transport_forget_parked(struct transport *transport, struct connection *connection);

/* Sets the wait and its clock, which goes on while the wait is the same and for the same message.
 */
void transport_set_wait(struct transport *transport, struct connection *connection, enum wait wait);

/* DONE: one was accepted, or lost. BLOCKED: none is there. FAILED: no slot, descriptor or memory.
 * The listener is locked. */
enum io_status transport_accept_one(struct transport *transport, struct listener *listener);

/* Octets moved so far in the direction that the wait is about. Locked. */
uint64_t transport_octets_moved(const struct connection *connection);

/* Wakes the timekeeper. */
void transport_wake(struct transport *transport);
