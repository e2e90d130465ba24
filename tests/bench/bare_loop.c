/* What strata's shape costs before anything is done in it: strata's turns (one epoll set, one-shot
 * arming, threads that take one event at a time, and who accepts a connection serves it at once),
 * and in each one receive and one send of the same octets. Nothing is parsed, looked up or decided.
 * What strata costs more than this is strata.
 *
 *     bare_loop PORT THREADS CONNECTIONS FILE REQUESTS [close]
 *
 * FILE holds the octets of an answer. REQUESTS come pipelined and are taken for received at once:
 * the send holds as many answers. close: the connection ends after them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INPUT_SIZE = 36 * 1024 };

struct connection {
    size_t unsent;
    bool watched; /* it has waited: it is in the set, or about to be */
};

struct loop {
    int set, listener;
    char *answers;
    size_t length;
    bool closes;
    struct connection *connections; /* by descriptor; who has taken its event may touch it */
};

static void stop_if(bool failed, const char *what)
{
    if (!failed) return;
    perror(what);
    exit(EXIT_FAILURE);
}

static void watch(struct loop *loop, int operation, int descriptor, uint32_t events)
{
    struct epoll_event event = {.events = events | EPOLLONESHOT, .data.fd = descriptor};
    epoll_ctl(loop->set, operation, descriptor, &event);
}

/* < 0: none was there. */
static int accept_one(struct loop *loop)
{
    int descriptor = accept4(loop->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) loop->connections[descriptor] = (struct connection){.unsent = 0};
    watch(loop, EPOLL_CTL_MOD, loop->listener, EPOLLIN);
    return descriptor;
}

/* Arming is the last touch: from then on another thread may have the connection. */
static void wait_for(struct loop *loop, int descriptor, uint32_t events)
{
    int operation = loop->connections[descriptor].watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    loop->connections[descriptor].watched = true;
    watch(loop, operation, descriptor, events);
}

/* False: the connection is done with. */
static bool take_turn(struct loop *loop, int descriptor, char *input)
{
    size_t *unsent = &loop->connections[descriptor].unsent;
    ssize_t count = 1;
    if (*unsent == 0) {
        count = recv(descriptor, input, INPUT_SIZE, 0);
        if (count == 0 || (count < 0 && errno != EAGAIN)) return false;
        if (count > 0) *unsent = loop->length;
    }
    if (count > 0) {
        const char *rest = loop->answers + loop->length - *unsent;
        count = send(descriptor, rest, *unsent, MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN) return false;
        if (count > 0) *unsent -= (size_t)count;
        if (*unsent == 0 && loop->closes) return false;
    }
    wait_for(loop, descriptor, *unsent > 0 ? EPOLLOUT : EPOLLIN);
    return true;
}

static void *thread_main(void *argument)
{
    struct loop *loop = argument;
    char input[INPUT_SIZE];
    for (;;) {
        struct epoll_event event;
        if (epoll_wait(loop->set, &event, 1, -1) != 1) continue;
        int descriptor = event.data.fd;
        if (descriptor == loop->listener) descriptor = accept_one(loop);
        if (descriptor >= 0 && !take_turn(loop, descriptor, input)) close(descriptor);
    }
    return NULL;
}

static void load_answers(struct loop *loop, const char *path, size_t requests)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    stop_if(file < 0 || fstat(file, &status) != 0, path);
    size_t length = (size_t)status.st_size;
    loop->length = length * requests;
    loop->answers = malloc(loop->length + 1);
    stop_if(loop->answers == NULL || read(file, loop->answers, length) != status.st_size, path);
    for (size_t i = 1; i < requests; i++) memcpy(loop->answers + i * length, loop->answers, length);
    close(file);
}

static int open_listener(const char *port)
{
    const int on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    stop_if(bind(listener, (struct sockaddr *)(void *)&address, sizeof address) != 0, port);
    stop_if(listen(listener, SOMAXCONN) != 0, port);
    return listener;
}

int main(int count, char **arguments)
{
    struct loop loop = {0};
    pthread_t thread;
    if (count < 6) {
        fputs("usage: bare_loop PORT THREADS CONNECTIONS FILE REQUESTS [close]\n", stderr);
        return EXIT_FAILURE;
    }
    struct rlimit limit = {.rlim_cur = 0};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    load_answers(&loop, arguments[4], strtoul(arguments[5], NULL, 10));
    loop.closes = count > 6;
    loop.listener = open_listener(arguments[1]);
    loop.connections = calloc(limit.rlim_cur, sizeof *loop.connections);
    loop.set = epoll_create1(EPOLL_CLOEXEC);
    stop_if(loop.connections == NULL || loop.set < 0, "epoll");
    watch(&loop, EPOLL_CTL_ADD, loop.listener, EPOLLIN);
    for (int i = 1; i < atoi(arguments[2]); i++)
        stop_if(pthread_create(&thread, NULL, thread_main, &loop) != 0, "thread");
    thread_main(&loop);
}
