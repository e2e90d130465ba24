/* links: threads */
/* 07b_turns PORT: the answers of 07a_queue, by turns. All sockets are in one epoll set; a worker
 * takes one that is ready, does what can be done without waiting, and puts it back. */
#include "docs/steps/07_answer.h"
#include "docs/steps/door.h"

#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 4096 };

/* What outlives a turn, by descriptor. */
static struct connection {
    pthread_mutex_t lock; /* held for a whole turn */
    size_t matched;
} connections[DESCRIPTORS_MAX];

static int listener, set;

/* For one event: then the socket is at rest, and whoever got the event has it alone, until it is
 * armed again. */
static bool arm(int operation, int descriptor)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.fd = descriptor};
    return epoll_ctl(set, operation, descriptor, &event) == 0;
}

/* The listener is armed before the client is served: the next one need not wait for it. */
static void accept_one(void)
{
    int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    arm(EPOLL_CTL_MOD, listener);
    if (descriptor >= DESCRIPTORS_MAX) close(descriptor);
    if (descriptor < 0 || descriptor >= DESCRIPTORS_MAX) return;
    struct connection *connection = &connections[descriptor];
    pthread_mutex_lock(&connection->lock);
    connection->matched = 0;
    if (!arm(EPOLL_CTL_ADD, descriptor)) close(descriptor);
    pthread_mutex_unlock(&connection->lock);
}

/* One recv, which never sleeps: EAGAIN says that nothing is there. */
static void take_turn(int descriptor)
{
    struct connection *connection = &connections[descriptor];
    char octets[1024];
    pthread_mutex_lock(&connection->lock);
    ssize_t count = recv(descriptor, octets, sizeof octets, 0);
    bool goes_on = count < 0 && errno == EAGAIN;
    if (count > 0) goes_on = answer(descriptor, octets, (size_t)count, &connection->matched);
    if (!goes_on || !arm(EPOLL_CTL_MOD, descriptor)) close(descriptor);
    pthread_mutex_unlock(&connection->lock);
}

static void *work(void *unused)
{
    struct epoll_event event;
    (void)unused;
    for (;;) {
        if (epoll_wait(set, &event, 1, -1) != 1) continue; /* EINTR */
        if (event.data.fd == listener)
            accept_one();
        else
            take_turn(event.data.fd);
    }
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_t worker;
    for (int i = 0; i < DESCRIPTORS_MAX; i++) pthread_mutex_init(&connections[i].lock, NULL);
    listener = open_door(count > 1 ? arguments[1] : "8080");
    set = epoll_create1(EPOLL_CLOEXEC);
    if (!arm(EPOLL_CTL_ADD, listener)) return EXIT_FAILURE;
    for (int i = 1; i < WORKERS; i++)
        if (pthread_create(&worker, NULL, work, NULL) != 0) return EXIT_FAILURE;
    work(NULL);
}
