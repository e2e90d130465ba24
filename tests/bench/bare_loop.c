/* What strata's shape costs before anything is done in it: strata's turns (one epoll set, one-shot
 * arming, threads that take one event at a time), and in each one receive and one send of the same
 * octets. Nothing is parsed, looked up or decided. What strata costs more than this is strata.
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

enum { ACCEPTS_A_TURN = 16, INPUT_SIZE = 36 * 1024 };

struct loop {
    int set, listener;
    char *answers;
    size_t length;
    bool closes;
    size_t *unsent; /* by descriptor; whoever has taken its event may touch it */
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

static void accept_some(struct loop *loop)
{
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        int descriptor = accept4(loop->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) break;
        loop->unsent[descriptor] = 0;
        watch(loop, EPOLL_CTL_ADD, descriptor, EPOLLIN);
    }
    watch(loop, EPOLL_CTL_MOD, loop->listener, EPOLLIN);
}

/* False: the connection is done with. */
static bool take_turn(struct loop *loop, int descriptor, char *input)
{
    size_t *unsent = &loop->unsent[descriptor];
    if (*unsent == 0) {
        if (recv(descriptor, input, INPUT_SIZE, 0) <= 0) return false;
        *unsent = loop->length;
    }
    const char *rest = loop->answers + loop->length - *unsent;
    ssize_t count = send(descriptor, rest, *unsent, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN) return false;
    if (count > 0) *unsent -= (size_t)count;
    if (*unsent == 0 && loop->closes) return false;
    watch(loop, EPOLL_CTL_MOD, descriptor, *unsent > 0 ? EPOLLOUT : EPOLLIN);
    return true;
}

static void *thread_main(void *argument)
{
    struct loop *loop = argument;
    char input[INPUT_SIZE];
    for (;;) {
        struct epoll_event event;
        if (epoll_wait(loop->set, &event, 1, -1) != 1) continue;
        if (event.data.fd == loop->listener)
            accept_some(loop);
        else if (!take_turn(loop, event.data.fd, input))
            close(event.data.fd);
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
    loop.unsent = calloc(limit.rlim_cur, sizeof *loop.unsent);
    loop.set = epoll_create1(EPOLL_CLOEXEC);
    stop_if(loop.unsent == NULL || loop.set < 0, "epoll");
    watch(&loop, EPOLL_CTL_ADD, loop.listener, EPOLLIN);
    for (int i = 1; i < atoi(arguments[2]); i++)
        stop_if(pthread_create(&thread, NULL, thread_main, &loop) != 0, "thread");
    thread_main(&loop);
}
