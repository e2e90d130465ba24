#include "transport/wait.h"

#include <sys/epoll.h>
#include <time.h>

/* EPOLLRDHUP is never asked for: a half-close is found by receiving, after what came before it. */
static const uint32_t events[WAIT_COUNT] = {
    [WAIT_FIRST_OCTET] = EPOLLIN, [WAIT_HEAD] = EPOLLIN,        [WAIT_NEXT_REQUEST] = EPOLLIN,
    [WAIT_CONTENT] = EPOLLIN,     [WAIT_PEER_READS] = EPOLLOUT, [WAIT_PEER_CLOSES] = EPOLLIN,
    [WAIT_TURN] = EPOLLOUT,
};

uint32_t wait_events(enum wait wait)
{
    return events[wait];
}

bool wait_counts_progress(enum wait wait)
{
    return wait == WAIT_CONTENT || wait == WAIT_PEER_READS || wait == WAIT_TURN;
}

int64_t wait_deadline(int64_t start, int64_t limit)
{
    return limit > WAIT_FOREVER - start ? WAIT_FOREVER : start + limit;
}

int64_t wait_progress_deadline(const struct wait_progress *progress, int64_t limit)
{
    int64_t silent = wait_deadline(progress->last_moved, limit);
    int64_t first = wait_deadline(progress->start, limit);
    uint64_t paid_seconds = progress->octets / WAIT_MINIMUM_RATE;
    if (paid_seconds >= (uint64_t)(WAIT_FOREVER / WAIT_SECOND) - 1)
        return silent;
    int64_t paid = wait_deadline(progress->start, (int64_t)paid_seconds * WAIT_SECOND);
    int64_t too_slow = paid > first ? paid : first;
    return too_slow < silent ? too_slow : silent;
}

int64_t wait_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * WAIT_SECOND + now.tv_nsec;
}
