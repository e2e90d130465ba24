/* Where one epoll set stops scaling: what it costs a thread to take an event and to arm it again,
 * alone, with other threads on the same set, and with others that have sets of their own. Events
 * are always there, and nothing is done between, so this is the most that a set can give.
 *
 *     epoll_set THREADS
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 32, TURNS = 500 * 1000, THREADS_MAX = 64 };

struct taker {
    pthread_t thread;
    int set;
    double nanoseconds; /* a turn */
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Eventfds that are never read: ready as soon as they are armed. */
static void fill(int set)
{
    for (int i = 0; i < EVENTS; i++) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT};
        event.data.fd = eventfd(1, EFD_CLOEXEC);
        epoll_ctl(set, EPOLL_CTL_ADD, event.data.fd, &event);
    }
}

static void *take_turns(void *argument)
{
    struct taker *taker = argument;
    double start = now();
    for (int i = 0; i < TURNS; i++) {
        struct epoll_event event;
        if (epoll_wait(taker->set, &event, 1, -1) != 1) exit(EXIT_FAILURE);
        event.events = EPOLLIN | EPOLLONESHOT;
        epoll_ctl(taker->set, EPOLL_CTL_MOD, event.data.fd, &event);
    }
    taker->nanoseconds = (now() - start) / TURNS;
    return NULL;
}

static void measure(const char *what, int threads, int sets)
{
    static struct taker takers[THREADS_MAX];
    double sum = 0;
    for (int i = 0; i < threads; i++) {
        takers[i].set = i < sets ? epoll_create1(EPOLL_CLOEXEC) : takers[0].set;
        fill(takers[i].set);
    }
    for (int i = 0; i < threads; i++)
        if (pthread_create(&takers[i].thread, NULL, take_turns, &takers[i]) != 0) exit(1);
    for (int i = 0; i < threads; i++) {
        pthread_join(takers[i].thread, NULL);
        sum += takers[i].nanoseconds;
    }
    double mean = sum / threads;
    printf("  %2d threads, %-18s %7.0f ns a turn, %7.0f thousand turns/s together\n", threads, what,
        mean, threads * 1e6 / mean);
}

int main(int count, char **arguments)
{
    int threads = count > 1 ? atoi(arguments[1]) : 2;
    if (threads < 2) threads = 2;
    if (threads > THREADS_MAX) threads = THREADS_MAX;
    measure("one set", 1, 1);
    for (int most = 2; most <= threads; most *= 2) {
        measure("one set", most, 1);
        measure("a set each", most, most);
    }
    return EXIT_SUCCESS;
}
