#include "server/worker.h"

#include <stdlib.h>

void worker_init(struct worker *worker, struct server *server)
{
    worker->server = server;
    worker->exchange.site = &server->site;
    worker->story.explain = &server->explain;
    worker->story.event.worker = atomic_fetch_add(&server->explain.workers, 1);
    if (server->explain.layers != 0) worker->exchange.story = &worker->story;
    pthread_mutex_init(&worker->log.lock, NULL);
}

struct session *worker_session(const struct worker *worker, const struct connection *connection)
{
    return &worker->server->sessions[transport_slot(&worker->server->transport, connection)];
}

bool session_keep(struct worker *worker, struct text data)
{
    struct session *session = worker->session;
    size_t limit = worker->exchange.method->content_limit;
    if (limit == 0 || data.length == 0) return true;
    if (session->kept == NULL && transport_reserve(&worker->server->transport, limit)) {
        struct kept_content *kept = calloc(1, sizeof *kept + limit);
        if (kept != NULL) kept->size = limit;
        if (kept == NULL) transport_release(&worker->server->transport, limit);
        session->kept = kept;
    }
    if (session->kept == NULL)
        return http_refuse(&worker->exchange.problem, HTTP_FAULT_EXHAUSTED, NULL);
    memcpy(session->kept->octets + session->kept->length, data.start, data.length);
    session->kept->length += data.length;
    return true;
}

void session_reset(struct server *server, struct session *session)
{
    if (session->kept != NULL) transport_release(&server->transport, session->kept->size);
    free(session->kept);
    *session = (struct session){
        .ends = OUTCOME_ANSWERED, .number = session->number, .answered = session->answered};
}

/* What to wait for, by what is left to be done. */
static enum wait next_wait(
    struct connection *connection, const struct session *session, enum io_status flushed, bool cut)
{
    size_t unread = connection_input(connection).length;
    if (flushed == IO_FAILED) return WAIT_CLOSE;
    if (flushed == IO_BLOCKED) return WAIT_PEER_READS;
    if (flushed == IO_TURN_OVER || (cut && unread > 0)) return WAIT_TURN;
    /* RFC 9112 §9.6: closed before it has arrived, an answer can be destroyed by a reset. */
    if (session->ends == OUTCOME_LINGERS ||
        (session->ends == OUTCOME_CLOSES &&
            connection_acknowledged(connection) < connection->sent)) {
        connection_half_close(connection);
        connection_discard_input(connection);
        return WAIT_PEER_CLOSES;
    }
    if (session->ends == OUTCOME_CLOSES) return WAIT_CLOSE;
    if (session->content.phase != HTTP_CONTENT_UNDECIDED) return WAIT_CONTENT;
    if (unread > 0) return WAIT_HEAD;
    return connection->received == 0 ? WAIT_FIRST_OCTET : WAIT_NEXT_REQUEST;
}

enum wait serve_connection(struct worker *worker, struct connection *connection)
{
    struct session *session = worker->session = worker_session(worker, connection);
    const uint64_t sent_before = connection->sent;
    bool received = false;
    bool cut = false;
    int answers = 0;
    if (connection->wait == WAIT_FIRST_OCTET || connection->overdue)
        session_reset(worker->server, session);
    if (worker->exchange.story != NULL) story_turn(worker, connection);
    if (connection->overdue) return WAIT_CLOSE;
    if (connection->wait == WAIT_PEER_CLOSES) {
        /* 1. lingering: what still comes is thrown away until the peer closes, so that no reset
         * destroys our last answer on its way (RFC 9112 §9.6) */
        enum io_status status = connection_receive(connection);
        connection_discard_input(connection);
        return status == IO_DONE || status == IO_BLOCKED ? WAIT_PEER_CLOSES : WAIT_CLOSE;
    }
    enum io_status flushed = connection_flush(connection); /* 2. what is owed comes first */
    while (flushed == IO_DONE && session->ends == OUTCOME_ANSWERED && !cut) {
        enum outcome outcome = exchange_answer(worker, connection); /* 3. what is here */
        if (outcome == OUTCOME_FULL) flushed = connection_flush(connection);
        if (outcome == OUTCOME_ANSWERED) answers++;
        if (outcome == OUTCOME_CLOSES || outcome == OUTCOME_LINGERS)
            session->ends = (uint8_t)outcome;
        if (outcome == OUTCOME_PARTIAL) { /* 4. what has arrived; at its end a part is dropped */
            enum io_status status = received ? IO_BLOCKED : connection_receive(connection);
            if (worker->exchange.story != NULL && !received)
                story_received(worker->exchange.story, connection, status);
            if (status == IO_ENDED || status == IO_FAILED) session->ends = OUTCOME_CLOSES;
            if (status != IO_DONE) break;
            received = true;
        }
        cut = answers == TURN_ANSWERS_MAX || connection->sent - sent_before >= TURN_OCTETS_MAX;
    }
    if (flushed == IO_DONE) flushed = connection_flush(connection); /* 5. send the answers */
    enum wait wait = next_wait(connection, session, flushed, cut);  /* 6. and then? */
    if (wait == WAIT_CLOSE) session_reset(worker->server, session);
    return wait;
}

static void *worker_main(void *argument)
{
    struct worker *worker = argument;
    struct transport *transport = &worker->server->transport;
    struct connection *connection;
    while ((connection = transport_next_ready(transport, &worker->seat)) != NULL) {
        enum wait wait = serve_connection(worker, connection);
        if (worker->exchange.story != NULL) story_waits(worker, connection, wait);
        transport_give_back(transport, connection, wait);
    }
    return NULL;
}

size_t pool_start(struct worker *workers, size_t count)
{
    size_t started = 0;
    while (started < count &&
        pthread_create(&workers[started].thread, NULL, worker_main, &workers[started]) == 0)
        started++;
    return started;
}
