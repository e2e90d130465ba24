/* connection.h: one TCP connection during a turn.
 *
 * transport_next_ready() lends you the connection, locked. Then, in any order:
 *     connection_receive()      one recv into the input
 *     connection_input()        the octets not yet consumed; valid until the next receive, consume
 *                               or remove
 *     connection_consume()      the message at the front of the input is done with
 *     connection_remove()       cuts octets out of the input, behind those that are still needed
 *     connection_space()        where to write what is to be sent, then
 *     connection_queue()        so many octets were written there
 *     connection_queue_file()   after the octets, a range of a file; its descriptor is the
 *                               connection's from then on
 *     connection_flush()        sends what is queued, as much as a turn allows
 * and at last transport_give_back() with what to wait for; after it the connection must not be
 * touched. Nothing here waits for the peer.
 */
#pragma once

#include "transport/wait.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stddef.h>
#include <time.h>

/* FAILED: the connection is of no more use, close it. BLOCKED: not now, wait for readable or
 * writable. ENDED: the peer sends no more; it may still read. TURN_OVER: it could go on, but others
 * are waiting. */
enum io_status { IO_FAILED = 0, IO_DONE, IO_BLOCKED, IO_ENDED, IO_TURN_OVER };

/* The input has more than the longest head, so there is always room. */
enum { SEAT_INPUT_SIZE = 36 * 1024, SEAT_OUTPUT_SIZE = 64 * 1024 };
enum { CONNECTION_TURN_OCTETS = 1 << 20 }; /* of a file, sent in one turn */

/* The buffers of whoever serves connections, one at a time: a worker's for life. */
struct seat {
    int64_t now;                      /* the instant at which this turn began */
    size_t input_start, output_start; /* of what is not consumed, and not sent */
    char input[SEAT_INPUT_SIZE];
    char output[SEAT_OUTPUT_SIZE];
};

/* A run of octets in a buffer. */
struct octets {
    char *start;
    size_t length;
};

/* A range of an open file, and the file's time stamp when its content was decided on. */
struct file_range {
    int descriptor;
    uint32_t memory;         /* octets of memory that it is made of; 0: it is on a disk */
    uint64_t offset, length; /* length > 0 */
    struct timespec modified;
};

struct connection {
    pthread_mutex_t lock; /* held for a whole turn; guards all below */

    /* The peer. */
    int descriptor;           /* -1: this slot is free */
    struct sockaddr_in6 peer; /* a sockaddr_in where its family says so */

    uint8_t wait;       /* enum wait; in a turn: what it has waited for */
    bool overdue;       /* the deadline has passed: close it */
    bool watched;       /* it has waited: it is in the set, or about to be */
    bool message_ended; /* in this turn: a new clock starts */
    uint32_t next_free; /* while the slot is free; slots_lock guards it */

    /* What is unread and unsent: in the seat during a turn, in parked between turns. */
    struct seat *seat;
    char *parked; /* NULL when there is nothing: input octets, then output octets */
    uint32_t input_length, output_length;
    struct file_range file; /* what is left of it, after the octets; none: all 0, descriptor -1 */

    /* The clock of the wait. */
    int64_t message_start, start, last_moved, deadline;
    uint64_t received, sent;
    /* Received or acknowledged when the clock started, and when the timekeeper last looked. */
    uint64_t octets_at_start, octets_seen;
};

/* One recv. DONE: there is at least one octet more. ENDED, BLOCKED, FAILED. The input is not full:
 * consume or remove before. */
enum io_status connection_receive(struct connection *connection);

struct octets connection_input(const struct connection *connection);
/* message_ended is true from here on, and what is left is a message that started now. */
void connection_consume(struct connection *connection, size_t length);
void connection_remove(struct connection *connection, size_t offset, size_t length);
void connection_discard_input(struct connection *connection);

/* The rest of the output buffer; empty while a file is queued. */
struct octets connection_space(const struct connection *connection);
void connection_queue(struct connection *connection, size_t length);
void connection_queue_file(struct connection *connection, const struct file_range *range);

/* DONE: all is sent, the output begins at the front again, the file is closed and there is none.
 * BLOCKED: the peer has to read first. TURN_OVER. FAILED; also where the file was cut or changed
 * while it was sent: never pad, never mix. */
enum io_status connection_flush(struct connection *connection);

/* What the peer has of the octets sent: the kernel takes what it may never read. */
uint64_t connection_acknowledged(const struct connection *connection);

/* Sends no more; the peer may (RFC 9112 §9.6). */
void connection_half_close(struct connection *connection);

/* The peer's address as text. */
void connection_peer(const struct connection *connection, char text[INET6_ADDRSTRLEN]);
