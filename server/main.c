/* strata: an HTTP/1.1 file server in four layers.
 *
 *   server/     this: the pool, the exchange, the methods; the only layer that knows the other
 * three transport/  bytes: sockets, readiness, deadlines http/       messages: parse, decide,
 * format fs/         files: from a decoded path to an open file beneath one directory
 *
 * main() opens what is needed, starts the pool, and becomes the timekeeper: it watches the clock
 * and the signals until it is time to stop.
 */
#include "server/options.h"
#include "server/report.h"
#include "server/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    RESERVED_DESCRIPTORS = 32, /* listeners, log, epoll, standard streams … */
    CONNECTIONS_MOST = 10000,
    THREADS_LEAST = 4,
};

static volatile sig_atomic_t stop_signals;
static volatile sig_atomic_t hang_ups;

static void note_stop(int signal_number)
{
    (void)signal_number;
    stop_signals++;
}

static void note_hang_up(int signal_number)
{
    (void)signal_number;
    hang_ups++;
}

/* The signals are blocked in every thread, and let in by ppoll alone: no call is interrupted. A
 * handler rather than sigtimedwait(2), so that Ctrl-C still reaches a debugger. */
static void prepare_signals(void)
{
    struct sigaction stop = {.sa_handler = note_stop};
    struct sigaction hang_up = {.sa_handler = note_hang_up};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGHUP, &hang_up, NULL);
    sigaction(SIGPIPE, &ignore, NULL); /* sendfile(2) has no MSG_NOSIGNAL */
}

/* Raises the limit as far as it goes. Returns how many connections it allows: three quarters of
 * what is left after our own; the rest is for files. */
static uint32_t raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur / 4 > CONNECTIONS_MOST * 1000)
        return CONNECTIONS_MOST * 1000;
    if (limit.rlim_cur <= RESERVED_DESCRIPTORS + 4)
        return 1;
    return (uint32_t)((limit.rlim_cur - RESERVED_DESCRIPTORS) / 4 * 3);
}

static enum exit_status open_directory(struct server *server, const char *directory)
{
    switch (document_root_open(&server->root, directory)) {
    case FS_FOUND:
        return EXIT_STOPPED;
    case FS_UNSUPPORTED:
        report("this kernel or container has no openat2(2); strata needs Linux 5.6 or later");
        return EXIT_SYSTEM;
    case FS_NOT_FOUND:
        report("there is no directory '%s'", directory);
        return EXIT_NO_DIRECTORY;
    case FS_FORBIDDEN:
        report("the directory '%s' may not be read by this user", directory);
        return EXIT_NO_DIRECTORY;
    default:
        report("the directory '%s' cannot be opened", directory);
        return EXIT_NO_DIRECTORY;
    }
}

static enum exit_status open_listeners(struct server *server, const struct options *options)
{
    static const char *const reasons[] = {
        [LISTEN_REFUSED] = "the system refused",
        [LISTEN_NO_SUCH_HOST] = "there is no such host; check --address",
        [LISTEN_NOT_HERE] = "this machine does not have that address; check --address",
        [LISTEN_IN_USE] = "another program listens there; stop it, or take another --port",
        [LISTEN_NOT_PERMITTED] = "a port below 1024 needs a privilege; take another --port",
        [LISTEN_TOO_MANY] = "that is more than 16 addresses",
    };
    enum listen_status status = listeners_open(&server->listeners, options->addresses.hosts,
                                               options->addresses.count, (uint16_t)options->port);
    if (status == LISTEN_OPEN)
        return EXIT_STOPPED;
    report("cannot listen on %s port %d: %s", options->addresses.hosts[0], (int)options->port,
           reasons[status]);
    return EXIT_CANNOT_LISTEN;
}

static struct transport_options transport_options(const struct options *options)
{
    uint32_t allowed = raise_descriptor_limit();
    uint32_t wanted =
        options->max_connections > 0 ? (uint32_t)options->max_connections : CONNECTIONS_MOST;
    if (wanted > allowed && options->max_connections > 0)
        report("the descriptor limit allows %u connections, not %u (see ulimit -n)", allowed,
               wanted);
    struct transport_options result = {
        .max_connections = wanted < allowed ? wanted : allowed,
        .buffer_memory = (uint64_t)options->buffer_memory,
        .limits = {[WAIT_FIRST_OCTET] = options->head_timeout,
                   [WAIT_HEAD] = options->head_timeout,
                   [WAIT_NEXT_REQUEST] = options->idle_timeout,
                   [WAIT_CONTENT] = options->content_timeout,
                   [WAIT_PEER_READS] = options->send_timeout,
                   [WAIT_PEER_CLOSES] = options->linger_timeout,
                   [WAIT_TURN] = options->send_timeout},
    };
    for (int wait = 0; options->no_deadlines && wait < WAIT_COUNT; wait++)
        result.limits[wait] = WAIT_FOREVER;
    return result;
}

/* Tells those whose time is up, and shuts down those that are not worth telling. */
static void dismiss_overdue(struct worker *timekeeper)
{
    struct transport *transport = &timekeeper->server->transport;
    struct connection *connection;
    transport_tick(transport);
    while ((connection = transport_next_overdue(transport, &timekeeper->seat)) != NULL) {
        exchange_time_out(timekeeper, connection);
        bool told = connection_flush(connection) == IO_DONE;
        if (told)
            connection_half_close(connection);
        transport_return_overdue(transport, connection, told ? WAIT_PEER_CLOSES : WAIT_CLOSE);
    }
}

static void sleep_until_tick(struct transport *transport, int64_t length)
{
    struct pollfd wake = {.fd = transport->wake, .events = POLLIN};
    struct timespec timeout = {.tv_sec = length / WAIT_SECOND, .tv_nsec = length % WAIT_SECOND};
    sigset_t none;
    sigemptyset(&none);
    ppoll(&wake, 1, &timeout, &none);
}

/* Until there is nothing left to do. Returns how many connections were cut. */
static uint32_t keep_time(struct server *server, struct worker *workers, size_t count,
                          int64_t grace)
{
    enum { DRAIN_TICK = 50000000 }; /* nanoseconds */
    struct transport *transport = &server->transport;
    int64_t tick = transport_tick_length(&transport->options);
    int64_t end = WAIT_FOREVER;
    for (;;) {
        sleep_until_tick(transport, tick);
        if (stop_signals > 0 && !transport_is_draining(transport)) {
            transport_drain(transport);
            end = wait_deadline(wait_clock(), grace);
            tick = tick < DRAIN_TICK ? tick : DRAIN_TICK;
        }
        uint32_t left = transport_count(transport);
        bool draining = transport_is_draining(transport);
        if (draining && (left == 0 || stop_signals > 1 || wait_clock() >= end))
            return left;
        dismiss_overdue(&workers[0]);
        if (hang_ups > 0) {
            hang_ups = 0;
            access_log_reopen(&server->log);
        }
        for (size_t i = 0; i < count; i++)
            access_log_flush(&server->log, &workers[i].log);
        access_log_report_lost(&server->log);
    }
}

static void say_ready(const struct server *server, const char *directory)
{
    for (size_t i = 0; i < server->listeners.count; i++)
        report("serving %s at http://%s:%u/", directory, server->listeners.list[i].host,
               (unsigned)server->listeners.list[i].port);
}

static size_t thread_count(const struct options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (options->threads > 0)
        return (size_t)options->threads;
    return processors > THREADS_LEAST / 2 ? (size_t)processors * 2 : THREADS_LEAST;
}

/* workers[0] is the timekeeper's own; the others are the pool. */
static enum exit_status run(struct server *server, const struct options *options)
{
    size_t count = thread_count(options) + 1;
    struct worker *workers = calloc(count, sizeof *workers);
    if (workers == NULL) {
        report("there is no memory for %zu threads", count - 1);
        return EXIT_SYSTEM;
    }
    for (size_t i = 0; i < count; i++)
        worker_init(&workers[i], server);
    size_t started = pool_start(workers + 1, count - 1);
    if (started < count - 1)
        report("the system allows %zu threads, not %zu", started, count - 1);
    if (started > 0) {
        say_ready(server, options->directory);
        uint32_t cut = keep_time(server, workers, count, options->grace);
        if (cut > 0)
            report("%u connections were cut", cut);
    }
    transport_stop(&server->transport);
    pool_join(workers + 1, started);
    for (size_t i = 0; i < count; i++)
        access_log_flush(&server->log, &workers[i].log);
    access_log_report_lost(&server->log);
    free(workers);
    return started > 0 ? EXIT_STOPPED : EXIT_SYSTEM;
}

/* Everything is acquired downwards and released upwards. */
static enum exit_status serve(struct server *server, const struct options *options)
{
    const struct transport_options limits = transport_options(options);
    enum exit_status status = open_directory(server, options->directory);
    if (status != EXIT_STOPPED)
        return status;
    status = open_listeners(server, options);
    if (status != EXIT_STOPPED)
        goto close_root;
    status = EXIT_SYSTEM;
    if (!access_log_open(&server->log, options->access_log)) {
        report("cannot open the access log '%s': %s", options->access_log, strerror(errno));
        goto close_listeners;
    }
    server->sessions = calloc(limits.max_connections, sizeof *server->sessions);
    if (server->sessions == NULL ||
        transport_open(&server->transport, &limits, &server->listeners) != IO_DONE) {
        report("there is no memory for %u connections; see --max-connections",
               limits.max_connections);
        goto free_sessions;
    }
    status = run(server, options);
    for (uint32_t slot = 0; slot < limits.max_connections; slot++)
        session_reset(server, &server->sessions[slot]);
    transport_close(&server->transport);
free_sessions:
    free(server->sessions);
    access_log_close(&server->log);
close_listeners:
    listeners_close(&server->listeners);
close_root:
    document_root_close(&server->root);
    return status;
}

int main(int argument_count, char **arguments)
{
    static struct server server;
    struct options options;
    options_set_defaults(&options);
    if (!options_parse(&options, argument_count, arguments)) {
        fputs("Try 'strata --help'.\n", stderr);
        return EXIT_USAGE;
    }
    if (options.help)
        options_print_help();
    else if (options.version)
        puts("strata " STRATA_VERSION);
    else {
        prepare_signals();
        return (int)serve(&server, &options);
    }
    return EXIT_STOPPED;
}
