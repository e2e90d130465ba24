/* strata: an HTTP/1.1 file server in four layers.
 *
 *   server/     this: the pool, the exchange, the methods; the only one that knows the other three
 *   transport/  bytes: sockets, readiness, deadlines
 *   http/       messages: parse, decide, format
 *   fs/         files: from a decoded path to an open file beneath one directory
 *
 * main() opens what is needed, starts the pool, and becomes the timekeeper: it watches the clock
 * and the signals until it is time to stop. Exit statuses are those of sysexits.h.
 */
#include "fs/sandbox.h"
#include "server/options.h"
#include "server/report.h"
#include "server/supervisor.h"
#include "server/user.h"
#include "server/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

/* Descriptors of our own: listeners, log, epoll, standard streams … */
enum { RESERVED_DESCRIPTORS = 32, CONNECTIONS_MOST = 10000, THREADS_LEAST = 4 };

static volatile sig_atomic_t stop_signals;
static volatile sig_atomic_t hung_up;

static void note_signal(int number)
{
    if (number == SIGHUP) hung_up = true;
    if (number != SIGHUP) stop_signals++;
}

/* The signals are blocked in every thread, and let in by ppoll alone: no call is interrupted. A
 * handler rather than sigtimedwait(2), so that Ctrl-C still reaches a debugger. */
static void prepare_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = note_signal};
    sigset_t blocked;
    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        sigaddset(&blocked, numbers[i]);
        sigaction(numbers[i], &action, NULL);
    }
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    signal(SIGPIPE, SIG_IGN); /* sendfile(2) has no MSG_NOSIGNAL */
    signal(SIGXFSZ, SIG_IGN); /* write(2) says EFBIG instead */
}

/* Raises the limit as far as it goes. Returns a quarter of what it leaves after our own: three are
 * for connections, one is for files, and half of that for those that are kept open. */
static uint64_t raise_descriptor_limit(void)
{
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < RESERVED_DESCRIPTORS + 4) return 1;
    return (limit.rlim_cur - RESERVED_DESCRIPTORS) / 4;
}

static struct transport_options transport_options(const struct options *options, uint64_t allowed)
{
    uint64_t wanted = (uint64_t)options->max_connections;
    if (wanted > allowed)
        report("the descriptor limit allows %llu connections, not %llu (see ulimit -n)",
            (unsigned long long)allowed, (unsigned long long)wanted);
    if (wanted == 0) wanted = CONNECTIONS_MOST;
    struct transport_options result = {.buffer_memory = (uint64_t)options->buffer_memory};
    result.max_connections = (uint32_t)(wanted < allowed ? wanted : allowed);
    for (int wait = 0; wait < WAIT_COUNT; wait++)
        result.limits[wait] = options->no_deadlines ? WAIT_FOREVER : options->limits[wait];
    result.limits[WAIT_FIRST_OCTET] = result.limits[WAIT_HEAD];
    result.limits[WAIT_TURN] = result.limits[WAIT_PEER_READS];
    return result;
}

static int open_listeners(struct server *server, const struct options *options)
{
    static const char *const reasons[] = {
#define LISTEN_STATUS(name, reason) reason,
#include "transport/listen_statuses.def"
    };
    const struct strings *hosts = &options->addresses;
    int inherited = supervisor_take_listeners();
    if (inherited < 0) return EX_UNAVAILABLE;
    enum listen_status status = inherited > 0
        ? listeners_adopt(&server->listeners, SUPERVISOR_FIRST_LISTENER, inherited)
        : listeners_open(&server->listeners, hosts->values, hosts->count, (uint16_t)options->port);
    if (status == LISTEN_OPEN) return EX_OK;
    if (inherited > 0)
        report("cannot serve the sockets of LISTEN_FDS: %s", reasons[status]);
    else
        report("cannot listen on %s port %d: %s", hosts->values[0], (int)options->port,
            reasons[status]);
    return EX_UNAVAILABLE;
}

/* Once all that needs them is open; the threads have what rights are left. */
static int give_up_rights(struct server *server, const struct options *options)
{
    const struct sandbox_area areas[] = {
        {server->site.root.directory,
            SANDBOX_READ | (method_flags() & WRITES ? SANDBOX_WRITE | SANDBOX_REMOVE : 0) |
                (method_flags() & EXECUTES ? SANDBOX_EXECUTE : 0)},
        {server->log.directory, SANDBOX_WRITE},
    };
    int status = user_become(options->user);
    if (status == EX_OK && options->user != NULL) status = site_probe(&server->site, options);
    if (status != EX_OK || options->no_sandbox) return status;
    enum sandbox_status entered = sandbox_enter(areas, server->log.directory < 0 ? 1 : 2);
    if (entered == SANDBOX_UNSUPPORTED) report("no sandbox: this kernel has no Landlock");
    if (entered != SANDBOX_FAILED) return EX_OK;
    report("cannot enter the sandbox: %s; --no-sandbox does without", strerror(errno));
    return EX_OSERR;
}

static size_t thread_count(const struct options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (options->threads > 0) return (size_t)options->threads;
    return processors > THREADS_LEAST / 2 ? (size_t)processors * 2 : THREADS_LEAST;
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
        if (told) connection_half_close(connection);
        if (told && timekeeper->exchange.story != NULL)
            story_waits(timekeeper, connection, WAIT_PEER_CLOSES);
        transport_return_overdue(transport, connection, told ? WAIT_PEER_CLOSES : WAIT_CLOSE);
    }
}

static void flush_logs(struct worker *workers, size_t count)
{
    struct access_log *log = &workers->server->log;
    for (size_t i = 0; i < count; i++) access_log_flush(log, &workers[i].log);
    access_log_report_lost(log);
}

/* Until there is nothing left to do. Returns how many connections are cut. */
static uint32_t keep_time(struct worker *workers, size_t count, int64_t grace)
{
    struct transport *transport = &workers->server->transport;
    struct pollfd wake = {.fd = transport->wake, .events = POLLIN};
    int64_t tick = transport_tick_length(&transport->options);
    int64_t end = WAIT_FOREVER;
    sigset_t none;
    sigemptyset(&none);
    for (;;) {
        ppoll(&wake, 1, &(struct timespec){tick / WAIT_SECOND, tick % WAIT_SECOND}, &none);
        if (stop_signals > 0 && !atomic_load(&transport->draining)) {
            supervisor_tell(workers->server->supervisor, "STOPPING=1");
            transport_drain(transport);
            end = wait_deadline(wait_clock(), grace);
            if (tick > WAIT_SECOND / 20) tick = WAIT_SECOND / 20;
        }
        dismiss_overdue(&workers[0]);
        if (hung_up) access_log_reopen(&workers->server->log);
        hung_up = false;
        flush_logs(workers, count);
        uint32_t left = atomic_load(&transport->count);
        bool over = left == 0 || stop_signals > 1 || wait_clock() >= end;
        if (atomic_load(&transport->draining) && over) return left;
    }
}

/* workers[0] is the timekeeper's own; the others are the pool. */
static int run(struct server *server, const struct options *options, size_t threads)
{
    server->site.listings_left = (int)(threads + 1) / 2;
    struct worker *workers = calloc(threads + 1, sizeof *workers);
    size_t started = 0;
    for (size_t i = 0; workers != NULL && i <= threads; i++) worker_init(&workers[i], server);
    if (workers != NULL) started = pool_start(workers + 1, threads);
    if (started < threads) report("the system allows %zu threads, not %zu", started, threads);
    for (size_t i = 0; started > 0 && i < server->listeners.count; i++)
        report("serving %s at http://%s:%u/", options->directory, server->listeners.list[i].host,
            (unsigned)server->listeners.list[i].port);
    if (started > 0) supervisor_tell(server->supervisor, "READY=1");
    uint32_t cut = started > 0 ? keep_time(workers, started + 1, options->grace) : 0;
    if (cut > 0) report("%u connections were cut", cut);
    transport_stop(&server->transport);
    for (size_t i = 1; i <= started; i++) pthread_join(workers[i].thread, NULL);
    if (started > 0) flush_logs(workers, started + 1);
    free(workers);
    return started > 0 ? EX_OK : EX_OSERR;
}

/* Everything is acquired downwards and released upwards. */
static int serve(struct server *server, const struct options *options)
{
    const uint64_t descriptors = raise_descriptor_limit();
    const struct transport_options limits = transport_options(options, 3 * descriptors);
    const size_t threads = thread_count(options); /* what the sandbox forbids to look up */
    int status = site_open(&server->site, options);
    if (status != EX_OK) return status;
    server->site.files.descriptors = (int)(descriptors / 2);
    status = open_listeners(server, options);
    if (status != EX_OK) goto close_site;
    status = EX_OSERR;
    if (!access_log_open(&server->log, options->access_log)) {
        report("cannot open the access log '%s': %s", options->access_log, strerror(errno));
        goto close_listeners;
    }
    server->supervisor = supervisor_open();
    status = give_up_rights(server, options);
    if (status != EX_OK) goto close_log;
    status = EX_OSERR;
    server->sessions = calloc(limits.max_connections, sizeof *server->sessions);
    if (server->sessions == NULL ||
        transport_open(&server->transport, &limits, &server->listeners) != IO_DONE) {
        report("no memory for %u connections; try --max-connections", limits.max_connections);
        goto free_sessions;
    }
    status = run(server, options, threads);
    for (uint32_t slot = 0; slot < limits.max_connections; slot++)
        session_reset(server, &server->sessions[slot]);
    transport_close(&server->transport);
free_sessions:
    free(server->sessions);
close_log:
    close(server->supervisor);
    access_log_close(&server->log);
close_listeners:
    listeners_close(&server->listeners);
close_site:
    site_close(&server->site);
    return status;
}

int main(int count, char **arguments)
{
    static struct server server;
    struct options options;
    options_set_defaults(&options);
    if (!options_parse(&options, count, arguments) ||
        !explain_set(&server.explain, options.explain, options.explain_format)) {
        fputs("Try 'strata --help'.\n", stderr);
        return EX_USAGE;
    }
    if (options.help) options_print_help();
    if (options.version) puts("strata " STRATA_VERSION);
    if (options.help || options.version) return EX_OK;
    prepare_signals();
    report_open();
    return serve(&server, &options);
}
