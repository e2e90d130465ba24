/* stage.h: a transport on real loopback TCP for one test, with its clients.
 *
 *     struct stage *stage = stage_open(&options);
 *     int client = stage_connect(stage);
 *     ... stage_take(stage), give_back(stage, ...), stage_timekeep(stage) ...
 *     stage_close(stage);     nothing is left behind: no memory, no descriptor
 *
 * The thread of the test is a worker and the timekeeper in turn; actor.h has others.
 */
#pragma once

#include "tests/transport/client.h"

#include <signal.h>
#include <stdlib.h>

enum { STAGE_CLIENTS_MAX = 64 };

#define MILLISECOND ((int64_t)1000000)

struct stage {
    size_t descriptors; /* open before */
    struct listeners listeners;
    struct transport transport;
    struct seat seat;
    struct seat timekeeper;
    size_t client_count;
    int clients[STAGE_CLIENTS_MAX];
};

static inline struct transport_options stage_options(uint32_t max_connections)
{
    struct transport_options options = {
        .max_connections = max_connections, .buffer_memory = 1024 * 1024};
    for (int wait = 0; wait < WAIT_COUNT; wait++) options.limits[wait] = WAIT_FOREVER;
    return options;
}

/* A test that hangs has failed. */
static inline void end_hanging_test(int signal_number)
{
    static const char message[] = "a test hangs: a call did not come back\n";
    (void)signal_number;
    (void)!write(STDERR_FILENO, message, sizeof message - 1);
    _exit(1);
}

static inline struct stage *stage_open_at(
    const struct transport_options *options, const char *const *hosts, size_t host_count)
{
    calls_reset();
    signal(SIGALRM, end_hanging_test);
    alarm(5 * PATIENCE);
    struct stage *stage = calloc(1, sizeof *stage);
    assert_non_null(stage);
    stage->descriptors = descriptors_open();
    assert_int_equal(listeners_open(&stage->listeners, hosts, host_count, 0), LISTEN_OPEN);
    assert_int_equal(transport_open(&stage->transport, options, &stage->listeners), IO_DONE);
    return stage;
}

static inline struct stage *stage_open(const struct transport_options *options)
{
    static const char *const hosts[] = {"127.0.0.1"};
    return stage_open_at(options, hosts, 1);
}

static inline struct stage *stage_open_plain(uint32_t max_connections)
{
    const struct transport_options options = stage_options(max_connections);
    return stage_open(&options);
}

static inline void stage_close(struct stage *stage)
{
    transport_close(&stage->transport);
    listeners_close(&stage->listeners);
    for (size_t i = 0; i < stage->client_count; i++)
        if (stage->clients[i] >= 0) __real_close(stage->clients[i]);
    assert_int_equal(atomic_load(&stage->transport.memory), 0);
    assert_int_equal(descriptors_open(), stage->descriptors);
    free(stage);
}

static inline int stage_connect_narrow(struct stage *stage, int receive_buffer)
{
    struct pollfd queued = {.fd = stage->listeners.list[0].descriptor, .events = POLLIN};
    assert_true(stage->client_count < STAGE_CLIENTS_MAX);
    int client = client_connect(stage->listeners.list[0].port, receive_buffer);
    assert_true(client >= 0);
    stage->clients[stage->client_count++] = client;
    poll(&queued, 1, 100); /* the last of three segments; unless a worker accepts it meanwhile */
    return client;
}

static inline int stage_connect(struct stage *stage)
{
    return stage_connect_narrow(stage, 0);
}

/* From now on the client is closed, or the test's to close. */
static inline void stage_forget(struct stage *stage, int client)
{
    for (size_t i = 0; i < stage->client_count; i++)
        if (stage->clients[i] == client) stage->clients[i] = -1;
}

static inline void stage_hang_up(struct stage *stage, int client)
{
    stage_forget(stage, client);
    __real_close(client);
}

static inline void give_back(struct stage *stage, struct connection *connection, enum wait wait)
{
    transport_give_back(&stage->transport, connection, wait);
}

static inline void queue_text(struct connection *connection, const char *text)
{
    struct octets space = connection_space(connection);
    assert_true(space.length >= strlen(text));
    memcpy(space.start, text, strlen(text));
    connection_queue(connection, strlen(text));
}

static inline void queue_content(struct connection *connection, uint64_t position, size_t length)
{
    struct octets space = connection_space(connection);
    assert_true(space.length >= length);
    content_fill(space.start, position, length);
    connection_queue(connection, length);
}

/* Sends content until the peer, who does not read, blocks it for good; and then so much is unsent.
 * Returns how much has been sent in all. */
static inline uint64_t fill_up(struct connection *connection, size_t unsent)
{
    struct pollfd room = {.fd = connection->descriptor, .events = POLLOUT};
    do {
        while (connection_flush(connection) == IO_DONE)
            queue_content(connection, connection->sent, 1000);
    } while (poll(&room, 1, 5) != 0);
    if (connection->output_length < unsent)
        queue_content(connection, connection->sent + connection->output_length,
            unsent - connection->output_length);
    assert_int_equal(connection->output_length, unsent);
    return connection->sent;
}

/* The next connection that is ready; fails when there is none for PATIENCE. Of one that is new the
 * client has sent something, or hung up. */
static inline struct connection *stage_take(struct stage *stage)
{
    struct connection *connection = transport_next_ready(&stage->transport, &stage->seat);
    assert_non_null(connection);
    struct pollfd sent = {.fd = connection->descriptor, .events = POLLIN};
    if (!connection->watched) assert_int_equal(poll(&sent, 1, PATIENCE * 1000), 1);
    return connection;
}

/* The next connection that is ready, or was accepted, now; or NULL. */
static inline struct connection *stage_try(struct stage *stage)
{
    own_patience = 0;
    struct connection *connection = transport_next_ready(&stage->transport, &stage->seat);
    own_patience = -1;
    return connection;
}

/* A peer that does not read may make a little room all the same, late: it is filled up again.
 */
static inline bool keep_blocked(struct stage *stage, struct connection *connection)
{
    enum wait wait = (enum wait)connection->wait;
    if (connection->overdue || (wait != WAIT_PEER_READS && wait != WAIT_TURN)) return false;
    fill_up(connection, connection->output_length);
    give_back(stage, connection, wait);
    return true;
}

/* Something is ready: what a client has sent may arrive a moment after its write(2). */
static inline void stage_await_event(struct stage *stage)
{
    struct pollfd ready = {.fd = stage->transport.epoll, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, PATIENCE * 1000), 1);
}

/* Nobody is ready, and nobody will be as long as the clients do nothing. */
static inline void stage_settle(struct stage *stage)
{
    struct connection *connection;
    own_patience = 50;
    while ((connection = transport_next_ready(&stage->transport, &stage->seat)) != NULL)
        assert_true(keep_blocked(stage, connection));
    own_patience = -1;
}

/* A connection that was accepted, and whose client has sent nothing, goes on waiting. */
static inline void await_first_octet(struct stage *stage, struct connection *connection)
{
    assert_int_equal(connection->wait, WAIT_FIRST_OCTET);
    assert_int_equal(connection_receive(connection), IO_BLOCKED);
    give_back(stage, connection, WAIT_FIRST_OCTET);
}

/* Until so many connections are open: new ones have sent nothing. No other may be ready. */
static inline void stage_accept(struct stage *stage, uint32_t count)
{
    for (int i = 0; i < PATIENCE * 1000 && atomic_load(&stage->transport.count) < count; i++) {
        own_patience = 1;
        struct connection *connection = transport_next_ready(&stage->transport, &stage->seat);
        own_patience = -1;
        if (connection != NULL && !keep_blocked(stage, connection))
            await_first_octet(stage, connection);
    }
    assert_int_equal(atomic_load(&stage->transport.count), count);
}

/* Receives until there is so much input. */
static inline void receive_until(struct connection *connection, size_t length)
{
    struct pollfd more = {.fd = connection->descriptor, .events = POLLIN};
    while (connection_input(connection).length < length) {
        assert_int_equal(poll(&more, 1, PATIENCE * 1000), 1);
        assert_int_equal(connection_receive(connection), IO_DONE);
    }
    assert_int_equal(connection_input(connection).length, length);
}

/* The next connection that has not had a turn. */
static inline struct connection *stage_take_new(struct stage *stage)
{
    struct connection *connection;
    while ((connection = stage_take(stage))->wait != WAIT_FIRST_OCTET)
        assert_true(keep_blocked(stage, connection));
    return connection;
}

/* A new client that has sent this, and its connection, which has received it. */
static inline struct connection *stage_lend(struct stage *stage, int *client, const char *text)
{
    *client = stage_connect(stage);
    client_write(*client, text);
    struct connection *connection = stage_take_new(stage);
    receive_until(connection, strlen(text));
    return connection;
}

/* Is this descriptor readable now? */
static inline bool is_readable(int descriptor)
{
    struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
    return poll(&wanted, 1, 0) == 1;
}

static inline void queue_file(
    struct connection *connection, int file, uint64_t offset, uint64_t length)
{
    struct file_range range = {.descriptor = file, .offset = offset, .length = length};
    struct stat now;
    assert_int_equal(fstat(file, &now), 0);
    range.modified = now.st_mtim;
    connection_queue_file(connection, &range);
}

/* A new client that reads through a narrow window, whose connection has sent it content until it
 * was blocked, and has so much unsent. */
static inline struct connection *stage_lend_blocked(struct stage *stage, int *client, size_t unsent)
{
    const int narrow = 4096;
    *client = stage_connect_narrow(stage, narrow);
    client_write(*client, "GET");
    struct connection *connection = stage_take_new(stage);
    setsockopt(connection->descriptor, SOL_SOCKET, SO_SNDBUF, &narrow, sizeof narrow);
    assert_int_equal(connection_receive(connection), IO_DONE);
    connection_consume(connection, 3);
    fill_up(connection, unsent);
    return connection;
}

#define TIMED_OUT "HTTP/1.1 408 Request Timeout\r\n\r\n"

/* One tick and its pass: tells those that are lent, as server/ does. How many were lent. It asserts
 * nothing, for other threads may call it. */
static inline int timekeep(struct transport *transport, struct seat *seat)
{
    struct connection *connection;
    int lent = 0;
    transport_tick(transport);
    while ((connection = transport_next_overdue(transport, seat)) != NULL) {
        memcpy(connection_space(connection).start, TIMED_OUT, strlen(TIMED_OUT));
        connection_queue(connection, strlen(TIMED_OUT));
        bool told = connection_flush(connection) == IO_DONE;
        if (told) connection_half_close(connection);
        transport_return_overdue(transport, connection, told ? WAIT_PEER_CLOSES : WAIT_CLOSE);
        lent++;
    }
    return lent;
}

static inline int stage_timekeep(struct stage *stage)
{
    return timekeep(&stage->transport, &stage->timekeeper);
}

/* Closes all that is overdue, as a worker does. How many there were. Nothing else is ready. */
static inline int stage_close_overdue(struct stage *stage)
{
    struct connection *connection;
    int closed = 0;
    while ((connection = stage_try(stage)) != NULL) {
        if (keep_blocked(stage, connection)) continue;
        assert_true(connection->overdue);
        give_back(stage, connection, WAIT_CLOSE);
        closed++;
    }
    return closed;
}
