/* in_turns.h: a server without threads, whose only client is the fuzzer.
 *
 *     turns_open()     once: a small site, whose files have a fixed time, and the server
 *     turns_serve()    feeds a connection octets, takes the turns, and returns what came back
 *
 * It is the server's own transport and pool, but for the connection: one end of a socketpair, for
 * thousands of TCP connections a second would use up the ports. Nothing here waits: the server
 * takes a turn only when there are octets for it, an end, or room to send.
 */
#pragma once

#include "server/worker.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/site.h"
#include "transport/internal.h"

#include <signal.h>
#include <sys/socket.h>

enum { TURNS_OUTPUT_MAX = 1 << 22, TURNS_MODIFIED = 784111777 };

static struct {
    struct server server;
    struct listeners listeners; /* none */
    struct session session;
    struct worker worker;
    size_t length; /* of what came back to the last stream */
    char output[TURNS_OUTPUT_MAX];
} turns;

static inline void turns_add(const char *name, const char *content)
{
    const struct timespec times[] = {{TURNS_MODIFIED, 0}, {TURNS_MODIFIED, 0}};
    site_file(name, content);
    must_hold(utimensat(site.directory, name, times, 0) == 0);
}

static inline void turns_remove_site(void)
{
    site_remove(NULL);
}

static inline void turns_open(void)
{
    static char root[300];
    struct transport_options limits = {.max_connections = 1, .buffer_memory = 1 << 20};
    struct options options;
    for (int wait = 0; wait < WAIT_COUNT; wait++) limits.limits[wait] = WAIT_FOREVER;
    signal(SIGPIPE, SIG_IGN);
    must_hold(site_make(NULL) == 0 && atexit(turns_remove_site) == 0);
    snprintf(root, sizeof root, "%s/root", site.path);
    options_set_defaults(&options);
    options.directory = root;
    turns.server.sessions = &turns.session;
    worker_init(&turns.worker, &turns.server);
    must_hold(site_open(&turns.server.site, &options) == 0);
    must_hold(access_log_open(&turns.server.log, "/dev/null"));
    must_hold(transport_open(&turns.server.transport, &limits, &turns.listeners) == IO_DONE);
}

/* As if it had been accepted; returns the client's end. */
static inline int turns_connect(void)
{
    struct transport *transport = &turns.server.transport;
    struct connection *connection = &transport->table[0];
    const size_t behind_lock = offsetof(struct connection, descriptor);
    int ends[2];
    must_hold(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    memset((char *)connection + behind_lock, 0, sizeof *connection - behind_lock);
    connection->descriptor = ends[0];
    connection->file.descriptor = -1;
    connection->watched = true;
    transport->free_slot = transport->options.max_connections;
    atomic_fetch_add(&transport->count, 1);
    transport_set_wait(transport, connection, WAIT_FIRST_OCTET, wait_clock());
    must_hold(transport_watch(transport, EPOLL_CTL_ADD, ends[0], EPOLLIN | EPOLLONESHOT, 0));
    return ends[1];
}

static inline enum wait turns_take(int client)
{
    struct transport *transport = &turns.server.transport;
    struct connection *connection = transport_next_ready(transport, &turns.worker.seat);
    enum wait wait = serve_connection(&turns.worker, connection);
    ssize_t count = 1;
    transport_give_back(transport, connection, wait);
    while (count > 0) {
        must_hold(turns.length < TURNS_OUTPUT_MAX);
        count = recv(client, turns.output + turns.length, TURNS_OUTPUT_MAX - turns.length, 0);
        if (count > 0) turns.length += (size_t)count;
    }
    return wait;
}

/* Which of the numbers after this descriptor's are open; the fuzzer itself has some. */
static inline unsigned open_above(int descriptor)
{
    unsigned open = 0;
    for (unsigned i = 0; i < 8; i++)
        if (fcntl(descriptor + 1 + (int)i, F_GETFD) >= 0) open |= 1u << i;
    return open;
}

/* The stream arrives in pieces of so many octets, and then ends. */
static inline struct text turns_serve(struct text stream, size_t piece)
{
    int client = turns_connect();
    const unsigned open_before = open_above(client);
    enum wait wait = WAIT_FIRST_OCTET;
    turns.length = 0;
    while (wait != WAIT_CLOSE) {
        int unread = 0;
        ioctl(turns.server.transport.table[0].descriptor, FIONREAD, &unread);
        if (unread == 0 && stream.length > 0) {
            ssize_t sent =
                send(client, stream.start, stream.length < piece ? stream.length : piece, 0);
            must_hold(sent > 0);
            stream = text_from(stream, (size_t)sent);
        } else if (unread == 0) {
            shutdown(client, SHUT_WR);
        }
        wait = turns_take(client);
    }
    must_hold(open_above(client) == open_before);
    close(client);
    must_hold(atomic_load(&turns.server.transport.memory) == 0);
    must_hold(atomic_load(&turns.server.transport.count) == 0);
    return (struct text){turns.output, turns.length};
}
