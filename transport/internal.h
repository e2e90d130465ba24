/* internal.h: what the files of transport/ share. Not for others. */
#pragma once

#include "transport/transport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What an epoll event is about: a slot of the table below max_connections, from there on a
 * listener, or this. */
#define EVENT_STOP UINT64_MAX

/* epoll_ctl(2). */
bool transport_watch(
    struct transport *transport, int operation, int descriptor, uint32_t events, uint64_t about);

/* A listener that a drain has closed is refused by the kernel (EBADF). Locked. */
bool transport_arm_listener(struct transport *transport, struct listener *listener, int operation);

/* Arms the listeners if they have paused. No lock is held. */
void transport_resume(struct transport *transport);

/* Lends a locked connection the buffers, with what it has parked. */
void transport_seat(struct transport *transport, struct connection *connection, struct seat *seat);
uint64_t transport_memory_of(const struct connection *connection);
void transport_forget_parked(struct transport *transport, struct connection *connection);

/* Closes a locked connection; unlocked, and no longer the caller's, after. */
void transport_end(struct transport *transport, struct connection *connection);

/* Sets the wait and its clock, which goes on while the wait is the same and for the same message.
 */
void transport_set_wait(struct transport *, struct connection *, enum wait, int64_t now);
