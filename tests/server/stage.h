/* stage.h: a server without its threads: the test itself takes the turns, and is the client.
 *
 *     stage_open(), stage_close()     before and after each test
 *     stage_connect()                 a client
 *     stage_send()                    it sends
 *     stage_turn()                    next_ready, serve_connection, give_back: returns the wait
 *     stage_read()                    it reads what the server has sent since
 *
 * A turn begins when all that the client has sent is there to be received, so that what it does is
 * not a matter of luck. The link options are those of calls.h; the client calls read(2) and
 * write(2), which are not counted.
 */
#ifndef STRATA_TESTS_SERVER_STAGE_H
#define STRATA_TESTS_SERVER_STAGE_H

#include "server/worker.h"
#include "tests/support/site.h"
#include "tests/support/wrapped.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

enum { STAGE_CONNECTIONS = 4, STAGE_KEPT_OPEN = 2, STAGE_RECEIVED_MAX = 1 << 20 };

static struct {
    struct server server;
    struct worker worker;
    char log_path[300];
    size_t descriptors; /* open before */
    int client;
    size_t asked;    /* octets that the client has sent */
    size_t answered; /* … that the server has sent */
    size_t seen;     /* … of these read by the client */
    char received[STAGE_RECEIVED_MAX];
} stage;

/* What every response says, as the default options have it. */
static const char common_fields[] =
    "Server: strata\r\nCache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n";

enum { STAGE_LARGE = FILE_SMALL_MAX + 1000 }; /* octets of a file that sendfile(2) sends */

static const char stage_index[] = "<!doctype html>\n<title>The index</title>\n";

/* The limits are without end: a test that wants one sets it. */
static inline int stage_open(void **state)
{
    static const char *const hosts[] = {"127.0.0.1"};
    struct transport_options options = {
        .max_connections = STAGE_CONNECTIONS, .buffer_memory = 1 << 20};
    for (int wait = 0; wait < WAIT_COUNT; wait++) options.limits[wait] = WAIT_FOREVER;
    memset(&stage, 0, sizeof stage);
    calls_reset();
    signal(SIGPIPE, SIG_IGN);
    stage.client = -1;
    stage.descriptors = count_descriptors();
    if (site_make(state) != 0) return -1;
    site_file("root/index.html", stage_index);
    site_file_of("root/large", STAGE_LARGE);
    stage.server.site.root = site.root;
    file_cache_open(&stage.server.site.files, &stage.server.site.root, STAGE_KEPT_OPEN, true);
    stage.server.site.listings_left = 1;
    stage.server.site.fields_length =
        (size_t)sprintf(stage.server.site.fields, "%s", common_fields);
    snprintf(stage.log_path, sizeof stage.log_path, "%s/log", site.path);
    stage.server.sessions = calloc(STAGE_CONNECTIONS, sizeof *stage.server.sessions);
    worker_init(&stage.worker, &stage.server);
    return stage.server.sessions != NULL && access_log_open(&stage.server.log, stage.log_path) &&
            listeners_open(&stage.server.listeners, hosts, 1, 0) == LISTEN_OPEN &&
            transport_open(&stage.server.transport, &options, &stage.server.listeners) == IO_DONE
        ? 0
        : -1;
}

/* All is given back: descriptors, and memory that counts. */
static inline int stage_close(void **state)
{
    calls_reset();
    for (size_t i = 0; i < STAGE_CONNECTIONS; i++)
        session_reset(&stage.server, &stage.server.sessions[i]);
    for (size_t i = 0; i < STAGE_CONNECTIONS; i++)
        transport_forget_parked(&stage.server.transport, &stage.server.transport.table[i]);
    bool all_back = atomic_load(&stage.server.transport.memory) == 0;
    transport_close(&stage.server.transport);
    listeners_close(&stage.server.listeners);
    file_cache_close(&stage.server.site.files);
    access_log_close(&stage.server.log);
    free(stage.server.sessions);
    if (stage.client >= 0) close(stage.client);
    if (site_remove(state) != 0 || !all_back) return -1;
    return count_descriptors() == stage.descriptors ? 0 : -1;
}

static inline void stage_disconnect(void)
{
    assert_int_equal(close(stage.client), 0);
    stage.client = -1;
}

/* The client; it waits at most PATIENCE for octets. */
static inline void stage_connect(void)
{
    const struct timeval patience = {.tv_sec = PATIENCE};
    const int on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(stage.server.listeners.list[0].port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (stage.client >= 0) stage_disconnect();
    stage.asked = stage.answered = stage.seen = 0;
    stage.client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(stage.client >= 0);
    setsockopt(stage.client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(stage.client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(stage.client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    assert_int_equal(connect(stage.client, (const struct sockaddr *)&address, sizeof address), 0);
}

static inline void stage_send_octets(const char *octets, size_t length)
{
    assert_int_equal(write(stage.client, octets, length), length);
    stage.asked += length;
}

static inline void stage_send(const char *octets)
{
    stage_send_octets(octets, strlen(octets));
}

/* The client sends no more, but reads. */
static inline void stage_send_end(void)
{
    assert_int_equal(__real_shutdown(stage.client, SHUT_WR), 0);
}

/* Until so many octets are there to be received. */
static inline void await_octets(int descriptor, size_t length)
{
    struct pollfd ready = {.fd = descriptor, .events = POLLIN};
    int lowest = length < 16384 ? (int)length : 16384;
    if (length == 0) return;
    assert_int_equal(setsockopt(descriptor, SOL_SOCKET, SO_RCVLOWAT, &lowest, sizeof lowest), 0);
    assert_int_equal(poll(&ready, 1, PATIENCE * 1000), 1);
    lowest = 1;
    assert_int_equal(setsockopt(descriptor, SOL_SOCKET, SO_RCVLOWAT, &lowest, sizeof lowest), 0);
}

/* The connection whose turn it is; there is one within PATIENCE. */
static inline struct connection *stage_lend(void)
{
    struct connection *connection =
        transport_next_ready(&stage.server.transport, &stage.worker.seat);
    assert_non_null(connection);
    await_octets(connection->descriptor, stage.asked - connection->received);
    return connection;
}

static inline enum wait stage_serve(struct connection *connection)
{
    enum wait wait = serve_connection(&stage.worker, connection);
    stage.answered = connection->sent;
    transport_give_back(&stage.server.transport, connection, wait);
    return wait;
}

static inline enum wait stage_turn(void)
{
    return stage_serve(stage_lend());
}

/* What was sent since the last time, as a string; dead at the next call. */
static inline const char *stage_read(void)
{
    size_t length = 0;
    assert_true(stage.answered - stage.seen < sizeof stage.received);
    while (stage.seen < stage.answered) {
        ssize_t count = read(stage.client, stage.received + length, stage.answered - stage.seen);
        assert_true(count > 0);
        length += (size_t)count;
        stage.seen += (size_t)count;
    }
    stage.received[length] = '\0';
    return stage.received;
}

/* The client closes, and a turn ends the connection. */
static inline void stage_leave(void)
{
    stage_disconnect();
    assert_int_equal(stage_turn(), WAIT_CLOSE);
}

/* One turn, and what the client reads after it. */
static inline const char *stage_ask(const char *octets, enum wait expected)
{
    stage_send(octets);
    assert_int_equal(stage_turn(), expected);
    return stage_read();
}

/* The client has read everything and sees the end. */
static inline void assert_end_is_seen(void)
{
    char octet;
    assert_int_equal(read(stage.client, &octet, 1), 0);
}

/* The lines of the access log so far. */
static inline const char *stage_log(void)
{
    static char text[64 * 1024];
    access_log_flush(&stage.server.log, &stage.worker.log);
    int file = open(stage.log_path, O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    assert_true(length >= 0);
    text[length] = '\0';
    return text;
}

/* How often one string is in another. */
static inline size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    while ((text = strstr(text, part)) != NULL) {
        count++;
        text += strlen(part);
    }
    return count;
}

static inline void assert_starts_with(const char *text, const char *start)
{
    if (strncmp(text, start, strlen(start)) != 0)
        fail_msg("\"%.200s\" does not start with \"%s\"", text, start);
}

static inline void assert_holds(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) fail_msg("\"%.2000s\" does not hold \"%s\"", text, part);
}

static inline void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL) fail_msg("\"%.2000s\" holds \"%s\"", text, part);
}

/* The text starts with all of the large file. */
static inline void assert_is_large(const char *text)
{
    assert_true(strlen(text) >= STAGE_LARGE);
    for (size_t i = 0; i < STAGE_LARGE; i++) assert_int_equal(text[i], site_octet(i));
}

/* A test on a stage of its own. */
#define STAGED(test) cmocka_unit_test_setup_teardown(test, stage_open, stage_close)

#endif
