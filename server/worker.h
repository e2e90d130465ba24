/* worker.h: the pool: a fixed number of threads, each taking turns at the connections.
 *
 *     pool_start()   threads that run worker_main() until transport_stop(), to be joined
 */
#pragma once

#include "http/date.h"
#include "server/access_log.h"
#include "server/story.h"
#include "transport/transport.h"

/* So much in a turn; then others have theirs. */
enum { TURN_ANSWERS_MAX = 32, TURN_OCTETS_MAX = 1 << 20 };

/* Content that a handler wants, until it is complete. */
struct kept_content {
    size_t size, length;
    char octets[];
};

/* What is known of a connection between two turns, besides its octets. Guarded by its lock. */
struct session {
    struct http_content content; /* of the request at the front of the input, once it is framed */
    struct kept_content *kept;   /* NULL: nothing */
    uint32_t looked;             /* octets of the head looked at; when it is complete its length */
    uint8_t ends;                /* how, when all is sent: enum outcome; ANSWERED: it goes on */
    uint32_t number, answered;   /* which connection this is, counted from 1, and its answers */
};

/* What all workers share; none of it changes while they run, but for what is atomic or has a lock
 * of its own. */
struct server {
    struct site site;
    struct listeners listeners;
    struct transport transport;
    struct access_log log;
    struct explain explain;
    int supervisor;           /* a socket to who watches over the server; -1: nobody */
    struct session *sessions; /* one for each slot of the transport's table */
};

/* A thread and the memory that it serves with. */
struct worker {
    struct server *server;
    pthread_t thread;
    struct session *session; /* of the connection being served */
    struct seat seat;
    struct exchange exchange;
    struct story story; /* used where exchange.story is set */
    struct log_buffer log;
    time_t date_time; /* what date stands for */
    char date[HTTP_DATE_SIZE];
};

void worker_init(struct worker *worker, struct server *server);

/* How many of the workers could be started: 0 to count. */
size_t pool_start(struct worker *workers, size_t count);

/* A turn: as much as can be done for a connection without waiting. Returns what to wait for. */
enum wait serve_connection(struct worker *worker, struct connection *connection);

/* The session of a connection. */
struct session *worker_session(const struct worker *worker, const struct connection *connection);

/* Keeps content for a method that wants it; all that is kept is bounded with the buffer memory.
 * False: there is no room. */
bool session_keep(struct worker *worker, struct text data);

/* Ready for the next request. */
void session_reset(struct server *server, struct session *session);
