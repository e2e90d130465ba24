/* links: threads */
/* 07a_queue PORT: one thread accepts connections and pushes them into a queue; each worker pops one,
 * serves it until the client closes, and pops the next. It says when the queue is deeper than ever
 * before. */
#include "docs/steps/07_answer.h"
#include "docs/steps/door.h"

#include <pthread.h>
#include <unistd.h>

enum { QUEUE_MAX = 64 };

static struct {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t not_empty, not_full;
    size_t first, count;
    int connections[QUEUE_MAX];
} queue = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .not_empty = PTHREAD_COND_INITIALIZER,
    .not_full = PTHREAD_COND_INITIALIZER,
};

/* Returns how many are in the queue now. While it is full, new clients wait in the kernel's. */
static size_t push(int connection)
{
    pthread_mutex_lock(&queue.lock);
    while (queue.count == QUEUE_MAX) pthread_cond_wait(&queue.not_full, &queue.lock);
    queue.connections[(queue.first + queue.count) % QUEUE_MAX] = connection;
    size_t depth = ++queue.count;
    pthread_cond_signal(&queue.not_empty);
    pthread_mutex_unlock(&queue.lock);
    return depth;
}

/* A worker that waits does not hold the lock. When it holds it again, another may have been faster:
 * it looks again. */
static int pop(void)
{
    pthread_mutex_lock(&queue.lock);
    while (queue.count == 0) pthread_cond_wait(&queue.not_empty, &queue.lock);
    int connection = queue.connections[queue.first];
    queue.first = (queue.first + 1) % QUEUE_MAX;
    queue.count--;
    pthread_cond_signal(&queue.not_full);
    pthread_mutex_unlock(&queue.lock);
    return connection;
}

/* All of it: recv sleeps until the client sends, and so does this worker. */
static void serve(int connection)
{
    char octets[1024];
    size_t matched = 0;
    ssize_t count;
    do count = recv(connection, octets, sizeof octets, 0);
    while (count > 0 && answer(connection, octets, (size_t)count, &matched));
    close(connection);
}

static void *work(void *unused)
{
    (void)unused;
    for (;;) serve(pop());
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_t worker;
    size_t deepest = 0;
    int listener = open_door(count > 1 ? arguments[1] : "8080");
    for (int i = 0; i < WORKERS; i++)
        if (pthread_create(&worker, NULL, work, NULL) != 0) return EXIT_FAILURE;
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0) continue;
        size_t depth = push(connection);
        if (depth > deepest) printf("deepest so far: %zu\n", deepest = depth);
    }
}
